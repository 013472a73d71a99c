"""MP3 by the headers of its frames (ISO/IEC 11172-3 and 13818-3, layer III)."""

from dataclasses import dataclass
from typing import BinaryIO

from runcase.preview.media_facts import Pairs, Track, facts, length
from runcase.preview.source import Source

_BITRATES = (
    (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
)
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_LAYER_3 = 1
# About an hour and a half; past that the length is reckoned from the bit rate.
_FRAMES = 200_000
_SEARCHED_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class _Frame:
    """A header's facts; `size` in bytes with the header, `samples` a channel."""

    rate: int
    bitrate: int
    channels: int
    samples: int
    size: int
    side: int


def read(source: Source) -> Pairs:
    """Return what the frames say, or nothing where there are none."""
    with source.open() as file:
        start = _behind_tags(source.head)
        file.seek(start)
        found = _first(file.read(_SEARCHED_BYTES))
        if found is None:
            return []
        place, frame, told = found
        frames = _counted(told, frame) or _walked(file, start + place, source.size)
    seconds = frames * frame.samples / frame.rate
    track = Track("sound", "MP3", channels=frame.channels, rate=frame.rate)
    if not frames:
        about = (source.size - start) * 8 / frame.bitrate
        return [("Length", f"about {length(about)}"), *facts(None, [track])]
    varies = told[4 + frame.side :].startswith(b"Xing")
    average = round((source.size - start - place) * 8 / seconds / 1000)
    words = f"{average} kbit/s on average" if varies else f"{frame.bitrate // 1000} kbit/s"
    return [*facts(seconds, [track]), ("Bit rate", words)]


def _behind_tags(head: bytes) -> int:
    if not head.startswith(b"ID3") or len(head) < 10:
        return 0
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte & 0x7F
    return size + 10


def _first(data: bytes) -> tuple[int, _Frame, bytes] | None:
    """Return the place of a frame that another one follows, its header, and its bytes."""
    place = data.find(b"\xff")
    while place >= 0:
        frame = _frame(data[place : place + 4])
        if frame is not None:
            behind = data[place + frame.size : place + frame.size + 4]
            if len(behind) < 4 or _frame(behind) is not None:
                return place, frame, data[place : place + frame.size]
        place = data.find(b"\xff", place + 1)
    return None


def _frame(head: bytes) -> _Frame | None:
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bits, rate = head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or layer != _LAYER_3 or bits in (0, 15) or rate == 3:
        return None
    old = version == 3
    bitrate = _BITRATES[not old][bits] * 1000
    hertz = _RATES[version][rate]
    channels = 1 if head[3] >> 6 == 3 else 2
    samples = 1152 if old else 576
    side = (17 if channels == 1 else 32) if old else (9 if channels == 1 else 17)
    size = samples // 8 * bitrate // hertz + (head[2] >> 1 & 1)
    return _Frame(hertz, bitrate, channels, samples, size, side)


def _counted(told: bytes, frame: _Frame) -> int:
    """Return how many frames the first one says there are, which has no sound then; or 0."""
    tag = told[4 + frame.side :]
    if tag[:4] not in (b"Xing", b"Info") or len(tag) < 12 or not tag[7] & 1:
        return 0
    return int.from_bytes(tag[8:12], "big")


def _walked(file: BinaryIO, place: int, size: int) -> int:
    """Count the frames from a place on; 0 if there are too many."""
    for count in range(_FRAMES):
        file.seek(place)
        frame = _frame(file.read(4)) if place < size else None
        if frame is None:
            return count
        place += frame.size
    return 0
