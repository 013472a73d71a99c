"""WAVE and AVI by their chunks, and AIFF by its (Microsoft RIFF, EA IFF 85)."""

from collections.abc import Iterator

from runcase.errors import UnreadableError
from runcase.preview.media_facts import Pairs, Track, facts
from runcase.preview.wire import Cursor

_CODECS = {1: "PCM", 3: "PCM float", 6: "A-law", 7: "µ-law", 85: "MP3", 255: "AAC", 8192: "AC-3"}
_EXTENSIBLE = 65534
_VIDEO_CODECS = {
    b"H264": "H.264", b"avc1": "H.264", b"MJPG": "Motion JPEG", b"FMP4": "MPEG-4",
    b"XVID": "MPEG-4", b"DIVX": "MPEG-4", b"DX50": "MPEG-4", b"mp4v": "MPEG-4",
}  # fmt: skip
_AIFF_CODECS = {
    b"NONE": "PCM", b"sowt": "PCM", b"twos": "PCM", b"fl32": "PCM float", b"FL32": "PCM float",
    b"fl64": "PCM float", b"ulaw": "µ-law", b"alaw": "A-law",
}  # fmt: skip
_CHUNKS = 1_000


def read_wave(cursor: Cursor) -> tuple[str, Pairs]:
    """Return a WAVE file's form and facts; raises `UnreadableError` when it has no format."""
    track, a_second, seconds = Track("sound"), 0, None
    for name, place, end in _chunks(cursor, 12, cursor.end, "little"):
        if name == b"fmt " and end - place >= 16:
            cursor.go(place)
            a_second = _sound(cursor.take(min(40, end - place)), track)
        elif name == b"data":
            seconds = (end - place) / a_second if a_second else None
            break
    if not track.codec:
        raise UnreadableError("It has no format, as WAVE files have.")
    return "WAVE sound", facts(seconds, [track])


def read_avi(cursor: Cursor) -> tuple[str, Pairs]:
    """Return an AVI file's form and facts; raises `UnreadableError` when it has no streams."""
    tracks: list[Track] = []
    seconds = 0.0
    for name, place, end in _chunks(cursor, 12, cursor.end, "little"):
        cursor.go(place)
        if name != b"LIST" or end - place < 4 or cursor.take(4) != b"hdrl":
            continue
        for inner, at, behind in _chunks(cursor, place + 4, end, "little"):
            cursor.go(at)
            if inner == b"LIST" and behind - at >= 4 and cursor.take(4) == b"strl":
                lasts = _stream(cursor, at + 4, behind, tracks)
                seconds = seconds or lasts
        break
    if not tracks:
        raise UnreadableError("It has no streams, as AVI files have.")
    return "AVI video", facts(seconds or None, tracks)


def read_aiff(cursor: Cursor) -> tuple[str, Pairs]:
    """Return an AIFF file's form and facts; raises `UnreadableError` when it has no format."""
    cursor.go(8)
    packed = cursor.take(4) == b"AIFC"
    for name, place, end in _chunks(cursor, 12, cursor.end, "big"):
        if name == b"COMM" and end - place >= 18:
            cursor.go(place)
            data = cursor.take(min(22, end - place))
            codec = _AIFF_CODECS.get(data[18:22], "other") if packed else "PCM"
            rate = _extended(data[8:18])
            track = Track("sound", codec, channels=_big(data[:2]), rate=rate, bits=_big(data[6:8]))
            return "AIFF sound", facts(_big(data[2:6]) / rate if rate else None, [track])
    raise UnreadableError("It has no format, as AIFF files have.")


def _stream(cursor: Cursor, start: int, end: int, tracks: list[Track]) -> float:
    """Read a stream's header and format; returns how many seconds it lasts."""
    track, seconds = Track(), 0.0
    for name, place, behind in _chunks(cursor, start, end, "little"):
        cursor.go(place)
        data = cursor.take(min(64, behind - place))
        if name == b"strh" and len(data) >= 36:
            track.kind = {b"vids": "video", b"auds": "sound"}.get(data[:4], "other")
            scale, rate, length = (_little(data[at : at + 4]) for at in (20, 24, 32))
            seconds = length * scale / rate if rate else 0.0
            track.pictures = rate / scale if track.kind == "video" and scale else 0.0
        elif name == b"strf" and track.kind == "sound" and len(data) >= 16:
            _sound(data, track)
        elif name == b"strf" and track.kind == "video" and len(data) >= 20:
            code = data[16:20]
            track.codec = _VIDEO_CODECS.get(code, code.decode("latin-1").strip("\0 "))
            track.width = _little(data[4:8])
            # Counted from the top, it is below zero.
            height = int.from_bytes(data[8:12], "little", signed=True)
            track.height = abs(height)
    tracks.append(track)
    return seconds


def _sound(data: bytes, track: Track) -> int:
    """Read WAVEFORMATEX, and what is behind it in the extensible form; returns bytes a second."""
    codec = _little(data[:2])
    if codec == _EXTENSIBLE and len(data) >= 26:
        codec = _little(data[24:26])
    track.codec = _CODECS.get(codec, str(codec))
    track.channels, track.rate = _little(data[2:4]), _little(data[4:8])
    track.bits = _little(data[14:16])
    return _little(data[8:12])


def _chunks(cursor: Cursor, start: int, end: int, order: str) -> Iterator[tuple[bytes, int, int]]:
    """Walk chunks: (name, place of the content, its end, which may be the file's)."""
    position = start
    for _ in range(_CHUNKS):
        if position + 8 > end:
            return
        cursor.go(position)
        name, size = cursor.take(4), cursor.take(4)
        length = _little(size) if order == "little" else _big(size)
        place = position + 8
        yield name, place, min(end, place + length)
        position = place + length + length % 2


def _extended(data: bytes) -> int:
    """Return a float of 80 bits as a whole number, if it is a rate that sound can have."""
    shift = 16383 + 63 - (_big(data[:2]) & 0x7FFF)
    return _big(data[2:10]) >> shift if 32 <= shift < 64 else 0


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")
