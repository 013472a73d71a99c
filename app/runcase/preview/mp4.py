"""MP4 and its relatives by their boxes (ISO/IEC 14496-12)."""

from collections.abc import Iterator

from runcase.errors import UnreadableError
from runcase.preview.media_facts import Pairs, Track, facts
from runcase.preview.wire import Cursor

_BOXES = 10_000
_CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"mvex"})
_HANDLERS = {b"vide": "video", b"soun": "sound", b"text": "text", b"sbtl": "subtitles"}
_CODECS = {
    b"avc1": "H.264", b"avc3": "H.264", b"hvc1": "H.265", b"hev1": "H.265", b"av01": "AV1",
    b"vp08": "VP8", b"vp09": "VP9", b"mp4v": "MPEG-4", b"mp4a": "AAC", b"Opus": "Opus",
    b"fLaC": "FLAC", b"alac": "ALAC", b".mp3": "MP3", b"ac-3": "AC-3", b"ec-3": "E-AC-3",
    b"jpeg": "Motion JPEG", b"sowt": "PCM", b"twos": "PCM", b"lpcm": "PCM",
}  # fmt: skip
# What an mp4a box says more exactly (ISO/IEC 14496-1, object types).
_OBJECTS = {0x69: "MP3", 0x6B: "MP3", 0xA5: "AC-3", 0xA9: "DTS"}
_RATE_OF_ITS_OWN = 15
_ENTRY_BYTES = 200


def read(cursor: Cursor, size: int) -> tuple[str, Pairs]:
    """Return a file's form and facts; raises `UnreadableError` when it has no tracks."""
    tracks: list[Track] = []
    seconds: float | None = None
    scale, track_seconds = 1, 0.0
    for name, place, length in _boxes(cursor, size):
        if name == b"mvhd":
            seconds, scale = _duration(cursor, place)
        elif name == b"mehd":  # of a file in fragments, whose head says nothing
            wide = _version(cursor, place) == 1
            seconds = int.from_bytes(cursor.take(8 if wide else 4), "big") / scale
        elif name == b"tkhd" and length >= 84:
            tracks.append(Track())
        elif tracks:
            track_seconds = _tell(cursor, name, place, length, tracks[-1], track_seconds)
    tracks = [each for each in tracks if each.kind != "other" or each.codec]
    if not tracks:
        raise UnreadableError("It has no tracks: the end of the file may be missing.")
    form = "MP4 video" if any(each.kind == "video" for each in tracks) else "MP4 sound"
    return form, facts(seconds or None, tracks)


def _tell(
    cursor: Cursor, name: bytes, place: int, length: int, track: Track, seconds: float
) -> float:
    """Add to a track what a box of it says; returns the track's seconds as far as known."""
    if name == b"mdhd":
        return _duration(cursor, place)[0]
    if name == b"hdlr":
        cursor.go(place + 8)
        track.kind = _HANDLERS.get(cursor.take(4), "other")
    elif name == b"stsd" and length >= 16:
        cursor.go(place + 8)
        _describe(cursor.take(min(length - 8, _ENTRY_BYTES)), track)
    elif name == b"stsz" and track.kind == "video" and seconds > 0:
        cursor.go(place + 8)
        track.pictures = int.from_bytes(cursor.take(4), "big") / seconds
    return seconds


def _describe(entry: bytes, track: Track) -> None:
    """Read a sample entry: its name, then sizes of pictures, or channels and rate of sound."""
    name = entry[4:8]
    track.codec = _CODECS.get(name, name.decode("latin-1").strip())
    if track.kind == "video":
        track.width, track.height = _big(entry[32:34]), _big(entry[34:36])
    elif track.kind == "sound":
        track.channels, track.rate = _big(entry[24:26]), _big(entry[32:34])
        if name == b"mp4a":
            _configure(entry, track)


def _configure(entry: bytes, track: Track) -> None:
    """Read the descriptors in an esds box, which know better than the entry (ISO/IEC 14496-1)."""
    place = entry.find(b"esds")
    if place < 0:
        return
    place = _content(entry, place + 8) + 3  # of the stream: a number and flags
    place = _content(entry, place)  # of the decoder
    track.codec = _OBJECTS.get(_big(entry[place : place + 1]), track.codec)
    place = _content(entry, place + 13)  # of AAC: its kind, index of the rate, channels
    bits = _big(entry[place : place + 2])
    if track.codec == "AAC" and place + 2 <= len(entry) and bits >> 7 & 15 != _RATE_OF_ITS_OWN:
        channels = bits >> 3 & 15
        track.channels = {7: 8}.get(channels, channels) or track.channels


def _content(entry: bytes, place: int) -> int:
    """Return where a descriptor's content begins: behind its tag and up to four length bytes."""
    place += 1
    while entry[place : place + 1] >= b"\x80":
        place += 1
    return place + 1


def _boxes(cursor: Cursor, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Walk the boxes: name, place of the content, its length."""
    waiting = [(0, size)]
    for _ in range(_BOXES):
        if not waiting:
            return
        position, end = waiting.pop()
        if position + 8 > end:
            continue
        cursor.go(position)
        length, name = _big(cursor.take(4)), cursor.take(4)
        head = 8
        if length == 1:
            length, head = _big(cursor.take(8)), 16
        length = length or end - position
        if length < head or position + length > end:
            continue
        waiting.append((position + length, end))
        if name in _CONTAINERS:
            waiting.append((position + head, position + length))
        else:
            yield name, position + head, length - head


def _duration(cursor: Cursor, place: int) -> tuple[float, int]:
    """Return seconds and parts of a second, which mvhd and mdhd say alike."""
    wide = _version(cursor, place) == 1
    cursor.skip(16 if wide else 8)
    scale = max(1, _big(cursor.take(4)))
    return _big(cursor.take(8 if wide else 4)) / scale, scale


def _version(cursor: Cursor, place: int) -> int:
    cursor.go(place)
    return cursor.take(4)[0]


def _big(data: bytes) -> int:
    return int.from_bytes(data, "big")
