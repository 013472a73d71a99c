"""Matroska and WebM by their heads (RFC 9559): length and tracks; the clusters are passed over."""

import struct
from collections.abc import Iterator

from runcase.errors import UnreadableError
from runcase.preview.media_facts import OPUS_RATE, Pairs, Track, facts
from runcase.preview.wire import Cursor

_HEAD, _DOCTYPE, _SEGMENT, _INFO, _TRACKS = 0x1A45DFA3, 0x4282, 0x18538067, 0x1549A966, 0x1654AE6B
_SCALE, _DURATION = 0x2AD7B1, 0x4489
_ENTRY, _KIND, _CODEC, _FRAME, _VIDEO, _SOUND = 0xAE, 0x83, 0x86, 0x23E383, 0xE0, 0xE1
_WIDTH, _HEIGHT, _RATE, _CHANNELS, _BITS = 0xB0, 0xBA, 0xB5, 0x9F, 0x6264
_KINDS = {1: "video", 2: "sound", 17: "subtitles"}
_CODECS = {
    "V_MPEG4/ISO/AVC": "H.264", "V_MPEGH/ISO/HEVC": "H.265", "V_MPEG4/ISO/ASP": "MPEG-4",
    "V_VP8": "VP8", "V_VP9": "VP9", "V_AV1": "AV1", "V_MJPEG": "Motion JPEG",
    "A_VORBIS": "Vorbis", "A_OPUS": "Opus", "A_AAC": "AAC", "A_MPEG/L3": "MP3", "A_FLAC": "FLAC",
    "A_PCM/INT/LIT": "PCM", "A_PCM/INT/BIG": "PCM", "A_PCM/FLOAT/IEEE": "PCM float",
    "A_AC3": "AC-3",
}  # fmt: skip
_ELEMENTS = 10_000
_TEXT_BYTES = 100


class _Film:
    """What is collected while the elements are walked."""

    def __init__(self) -> None:
        self.doctype = "matroska"
        self.scale = 1_000_000
        self.duration: float | None = None
        self.tracks: list[Track] = []


def read(cursor: Cursor) -> tuple[str, Pairs]:
    """Return a file's form and facts; raises `UnreadableError` when its head is damaged."""
    film = _Film()
    for number, place, end in _elements(cursor, cursor.end):
        if number == _HEAD:
            for inner, at, behind in _elements(_go(cursor, place), end):
                if inner == _DOCTYPE:
                    film.doctype = _text(cursor, at, behind)
        elif number == _SEGMENT:
            _segment(_go(cursor, place), end, film)
            break
    kinds = {each.kind for each in film.tracks}
    if not kinds:
        raise UnreadableError("It has no tracks.")
    name = "WebM" if film.doctype == "webm" else "Matroska"
    seconds = film.duration * film.scale / 1e9 if film.duration is not None else None
    return f"{name} {'video' if 'video' in kinds else 'sound'}", facts(seconds, film.tracks)


def _segment(cursor: Cursor, end: int, film: _Film) -> None:
    for number, place, behind in _elements(cursor, end):
        if number == _INFO:
            for inner, at, last in _elements(_go(cursor, place), behind):
                if inner == _SCALE:
                    film.scale = _whole(cursor, at, last)
                elif inner == _DURATION:
                    film.duration = _float(cursor, at, last)
        elif number == _TRACKS:
            for inner, at, last in _elements(_go(cursor, place), behind):
                if inner == _ENTRY:
                    film.tracks.append(_track(_go(cursor, at), last))


def _track(cursor: Cursor, end: int) -> Track:
    track = Track()
    for number, place, behind in _elements(cursor, end):
        if number == _KIND:
            track.kind = _KINDS.get(_whole(cursor, place, behind), "other")
        elif number == _CODEC:
            codec = _text(cursor, place, behind)
            # AAC's and PCM's have more behind them in old files.
            track.codec = _CODECS.get(codec) or _CODECS.get("/".join(codec.split("/")[:1]), codec)
        elif number == _FRAME:
            track.pictures = 1e9 / max(1, _whole(cursor, place, behind))
        elif number in (_VIDEO, _SOUND):
            if number == _SOUND:
                track.channels, track.rate = 1, 8000  # as the format has it if it says nothing
            for inner, at, last in _elements(_go(cursor, place), behind):
                _tell(cursor, inner, at, last, track)
    track.pictures = track.pictures if track.kind == "video" else 0
    if track.codec == "Opus":
        track.rate = OPUS_RATE
    return track


def _tell(cursor: Cursor, number: int, place: int, end: int, track: Track) -> None:
    if number == _WIDTH:
        track.width = _whole(cursor, place, end)
    elif number == _HEIGHT:
        track.height = _whole(cursor, place, end)
    elif number == _CHANNELS:
        track.channels = _whole(cursor, place, end)
    elif number == _RATE:
        rate = _float(cursor, place, end)
        track.rate = round(rate) if 0 < rate < 10**9 else 0
    elif number == _BITS and track.codec.startswith("PCM"):
        track.bits = _whole(cursor, place, end)


def _elements(cursor: Cursor, end: int) -> Iterator[tuple[int, int, int]]:
    """Walk the elements from the cursor's place on: (number, place of the content, its end).

    One that is as long as it is, as a recorder writes it live, goes on to the end.
    """
    position = cursor.position
    for _ in range(_ELEMENTS):
        if position >= end:
            return
        cursor.go(position)
        number, _ = _sized(cursor, 4, keeps_mark=True)
        length, unknown = _sized(cursor, 8, keeps_mark=False)
        place = cursor.position
        behind = end if unknown else place + length
        if behind > end:
            # The last one may be cut off, or still be written.
            behind = end
        yield number, place, behind
        position = behind


def _sized(cursor: Cursor, most: int, keeps_mark: bool) -> tuple[int, bool]:
    """Return a number whose first bits say how long it is, and whether all its bits are set."""
    first = cursor.take(1)[0]
    length = 9 - first.bit_length()
    if length > most:
        raise UnreadableError(f"The element at byte {cursor.position - 1:,} has no length.")
    value = int.from_bytes(bytes([first]) + cursor.take(length - 1), "big")
    mark = 1 << 7 * length
    rest = value & (mark - 1)
    return (value if keeps_mark else rest), rest == mark - 1


def _go(cursor: Cursor, place: int) -> Cursor:
    cursor.go(place)
    return cursor


def _whole(cursor: Cursor, place: int, end: int) -> int:
    return int.from_bytes(_go(cursor, place).take(min(8, end - place)), "big")


def _float(cursor: Cursor, place: int, end: int) -> float:
    form = {4: ">f", 8: ">d"}.get(end - place)
    if form is None:
        return 0.0
    return float(struct.unpack(form, _go(cursor, place).take(end - place))[0])


def _text(cursor: Cursor, place: int, end: int) -> str:
    data = _go(cursor, place).take(min(_TEXT_BYTES, end - place))
    return data.rstrip(b"\0").decode("ascii", "replace")
