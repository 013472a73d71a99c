"""Sound and video by their headers: container, length, rate, tracks. Nothing is decoded."""

from collections.abc import Iterator

from runcase.errors import UnreadableError
from runcase.preview.facts import Facts
from runcase.preview.source import Source
from runcase.preview.wire import Cursor

HEADERS_ONLY = "Runcase reads its headers; Open With plays it."
_BOXES = 10_000
_WAVE_CODECS = {1: "PCM", 3: "PCM float", 6: "A-law", 7: "µ-law", 85: "MP3", 65534: "extensible"}
_BITRATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
_RATES = (44100, 48000, 32000, 0)
_CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})
_HANDLERS = {b"vide": "video", b"soun": "sound", b"text": "text", b"sbtl": "subtitles"}


def is_media(source: Source) -> bool:
    """Say whether a file is one of the containers that are known here."""
    head = source.head
    if head[:4] == b"RIFF":
        return head[8:12] in (b"WAVE", b"AVI ")
    brand = head[8:12]
    if head[4:8] == b"ftyp":
        return not brand.startswith((b"avif", b"avis", b"heic", b"mif1"))
    starts = (b"OggS", b"ID3", b"fLaC", b"\x1aE\xdf\xa3", b"FORM")
    return head.startswith(starts) or (
        head[:2] in (b"\xff\xfb", b"\xff\xf3") and source.suffix == ".mp3"
    )


def read(source: Source) -> Facts:
    """Return what the headers say; raises `UnreadableError` when they are damaged."""
    head = source.head
    with source.open() as file:
        cursor = Cursor(file, source.size)
        if head[:4] == b"RIFF":
            form, facts = _riff(cursor, head)
        elif head[4:8] == b"ftyp":
            form, facts = _mp4(cursor, source.size)
        elif head.startswith(b"fLaC"):
            form, facts = "FLAC sound", _flac(head)
        elif head.startswith(b"OggS"):
            form, facts = _ogg(source)
        elif head.startswith(b"\x1aE\xdf\xa3"):
            form, facts = "WebM video" if b"webm" in head[:64] else "Matroska video", []
        elif head.startswith(b"FORM"):
            form, facts = "AIFF sound", []
        else:
            form, facts = "MP3 sound", _mp3(source)
    return Facts(source.name, source.size, HEADERS_ONLY, form, tuple(facts))


def _riff(cursor: Cursor, head: bytes) -> tuple[str, list[tuple[str, str]]]:
    if head[8:12] != b"WAVE":
        width, height = (int.from_bytes(head[at : at + 4], "little") for at in (64, 68))
        delay = int.from_bytes(head[32:36], "little")
        frames = int.from_bytes(head[48:52], "little")
        facts = [("Size", f"{width:,} × {height:,}"), ("Frames", f"{frames:,}")]
        facts.append(("Length", _length(frames * delay / 1_000_000)))
        return "AVI video", facts
    cursor.skip(12)
    facts, rate = [], 0
    while cursor.left >= 8:
        name, size = cursor.take(4), cursor.number("I")
        place = cursor.position
        if name == b"fmt " and size >= 16:
            codec, channels = cursor.number("H"), cursor.number("H")
            hertz, rate = cursor.number("I"), cursor.number("I")
            cursor.skip(2)
            bits = cursor.number("H")
            facts += [
                ("Codec", _WAVE_CODECS.get(codec, str(codec))),
                ("Channels", str(channels)),
                ("Rate", f"{hertz:,} Hz"),
                ("Depth", f"{bits} bit"),
            ]
        elif name == b"data":
            if rate:
                facts.append(("Length", _length(min(size, cursor.left) / rate)))
            break
        if place + size > cursor.end:
            break
        cursor.go(place + size + size % 2)
    if not facts:
        raise UnreadableError("It has no format, as WAVE files have.")
    return "WAVE sound", facts


def _mp4(cursor: Cursor, size: int) -> tuple[str, list[tuple[str, str]]]:
    facts: list[tuple[str, str]] = []
    tracks: list[str] = []
    for name, place, length in _boxes(cursor, size):
        if name == b"mvhd":
            facts.append(("Length", _length(_movie_seconds(cursor, place))))
        elif name == b"tkhd" and length >= 84:
            cursor.go(place + length - 8)
            width, height = (int.from_bytes(cursor.take(4), "big") >> 16 for _ in range(2))
            if width and height:
                facts.append(("Size", f"{width:,} × {height:,}"))
        elif name == b"hdlr":
            cursor.go(place + 8)
            tracks.append(_HANDLERS.get(cursor.take(4), "other"))
        elif name == b"stsd" and length >= 16:
            cursor.go(place + 12)
            facts.append(("Codec", cursor.take(4).decode("latin-1").strip()))
    if not tracks:
        raise UnreadableError("It has no tracks: the end of the file may be missing.")
    facts.append(("Tracks", ", ".join(tracks)))
    return "MP4 video" if "video" in tracks else "MP4 sound", facts


def _boxes(cursor: Cursor, size: int) -> Iterator[tuple[bytes, int, int]]:
    """Walk the boxes of an MP4 file (ISO/IEC 14496-12): name, place of the content, its length."""
    waiting = [(0, size)]
    for _ in range(_BOXES):
        if not waiting:
            return
        position, end = waiting.pop()
        if position + 8 > end:
            continue
        cursor.go(position)
        length, name = int.from_bytes(cursor.take(4), "big"), cursor.take(4)
        head = 8
        if length == 1:
            length, head = int.from_bytes(cursor.take(8), "big"), 16
        length = length or end - position
        if length < head or position + length > end:
            continue
        waiting.append((position + length, end))
        if name in _CONTAINERS:
            waiting.append((position + head, position + length))
        else:
            yield name, position + head, length - head


def _movie_seconds(cursor: Cursor, place: int) -> float:
    cursor.go(place)
    wide = cursor.take(4)[0] == 1
    cursor.skip(16 if wide else 8)
    scale = int.from_bytes(cursor.take(4), "big")
    return int.from_bytes(cursor.take(8 if wide else 4), "big") / max(1, scale)


def _flac(head: bytes) -> list[tuple[str, str]]:
    packed = int.from_bytes(head[18:26], "big")
    rate, samples = packed >> 44, packed & ((1 << 36) - 1)
    return [
        ("Channels", str(((packed >> 41) & 7) + 1)),
        ("Rate", f"{rate:,} Hz"),
        ("Depth", f"{((packed >> 36) & 31) + 1} bit"),
        ("Length", _length(samples / max(1, rate))),
    ]


def _ogg(source: Source) -> tuple[str, list[tuple[str, str]]]:
    head = source.head[:512]
    place = head.find(b"\x01vorbis")
    if place >= 0:
        channels, rate = head[place + 11], int.from_bytes(head[place + 12 : place + 16], "little")
        facts = [("Codec", "Vorbis"), ("Channels", str(channels)), ("Rate", f"{rate:,} Hz")]
    elif b"OpusHead" in head:
        place, rate = head.find(b"OpusHead"), 48000
        facts = [("Codec", "Opus"), ("Channels", str(head[place + 9]))]
    else:
        return "Ogg media", []
    tail = source.window(max(0, source.size - 64 * 1024), 64 * 1024)
    last = tail.rfind(b"OggS")
    if last >= 0:
        granule = int.from_bytes(tail[last + 6 : last + 14], "little")
        facts.append(("Length", _length(granule / max(1, rate))))
    return "Ogg sound", facts


def _mp3(source: Source) -> list[tuple[str, str]]:
    start = 0
    if source.head.startswith(b"ID3"):
        size = 0
        for byte in source.head[6:10]:
            size = size << 7 | byte & 0x7F
        start = size + 10
    frame = source.window(start, 4)
    if len(frame) < 4 or frame[0] != 0xFF or frame[1] & 0xE0 != 0xE0:
        return []
    bitrate, rate = _BITRATES[frame[2] >> 4] * 1000, _RATES[frame[2] >> 2 & 3]
    facts = [("Rate", f"{rate:,} Hz"), ("Bit rate", f"{bitrate // 1000} kbit/s")]
    facts.append(("Channels", "1" if frame[3] >> 6 == 3 else "2"))
    if bitrate:
        facts.append(("Length", f"about {_length((source.size - start) * 8 / bitrate)}"))
    return facts


def _length(seconds: float) -> str:
    if seconds > 10**7:
        return "not known"
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)} min {rest:.0f} s" if minutes else f"{rest:.2f} s"
