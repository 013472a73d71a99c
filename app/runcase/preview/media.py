"""Sound and video by their headers: container, length, rate, tracks. Nothing is decoded."""

from runcase.preview import matroska, mp3, mp4, riff
from runcase.preview.facts import Facts
from runcase.preview.media_facts import OPUS_RATE, Pairs, Track, facts
from runcase.preview.source import Source
from runcase.preview.wire import Cursor

HEADERS_ONLY = "Runcase reads its headers; Open With plays it."
_HEADER_BYTES = 16
_TAIL_BYTES = 64 * 1024
# A frame of layer III of MPEG 1, 2 and 2.5, with and without a checksum.
_MP3 = (b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2", b"\xff\xe3", b"\xff\xe2")


def is_media(source: Source) -> bool:
    """Say whether a file is one of the containers that are known here."""
    head = source.head
    if head[:4] == b"RIFF":
        return head[8:12] in (b"WAVE", b"AVI ")
    if head[:4] == b"FORM":
        return head[8:12] in (b"AIFF", b"AIFC")
    brand = head[8:12]
    if head[4:8] == b"ftyp":
        return not brand.startswith((b"avif", b"avis", b"heic", b"mif1"))
    starts = (b"OggS", b"ID3", b"fLaC", b"\x1aE\xdf\xa3")
    return head.startswith(starts) or (head[:2] in _MP3 and source.suffix == ".mp3")


def read(source: Source) -> Facts:
    """Return what the headers say; raises `UnreadableError` when they are damaged."""
    with source.open() as file:
        form, told = _read(source, Cursor(file, source.size))
    return Facts(source.name, source.size, HEADERS_ONLY, form, tuple(told))


def _read(source: Source, cursor: Cursor) -> tuple[str, Pairs]:
    head = source.head
    if head[:4] == b"RIFF":
        return riff.read_wave(cursor) if head[8:12] == b"WAVE" else riff.read_avi(cursor)
    if head[4:8] == b"ftyp":
        return mp4.read(cursor, source.size)
    if head.startswith(b"fLaC"):
        return "FLAC sound", _flac(head)
    if head.startswith(b"OggS"):
        return _ogg(source)
    if head.startswith(b"\x1aE\xdf\xa3"):
        return matroska.read(cursor)
    if head.startswith(b"FORM"):
        return riff.read_aiff(cursor)
    return "MP3 sound", mp3.read(source)


def _flac(head: bytes) -> Pairs:
    packed = int.from_bytes(head[18:26], "big")
    rate, samples = packed >> 44, packed & ((1 << 36) - 1)
    channels, bits = (packed >> 41 & 7) + 1, (packed >> 36 & 31) + 1
    track = Track("sound", "FLAC", channels=channels, rate=rate, bits=bits)
    # A recorder that was stopped leaves no number of samples.
    return facts(samples / rate if samples and rate else None, [track])


def _ogg(source: Source) -> tuple[str, Pairs]:
    head = source.head[:512]
    # Bytes that a cut file lacks; what they would say is not known then.
    head += bytes(_HEADER_BYTES)
    track, skipped = Track("sound"), 0
    if (place := head.find(b"\x01vorbis")) >= 0:
        track.codec, track.channels = "Vorbis", head[place + 11]
        track.rate = int.from_bytes(head[place + 12 : place + 16], "little")
    elif (place := head.find(b"OpusHead")) >= 0:
        track.codec, track.channels, track.rate = "Opus", head[place + 9], OPUS_RATE
        skipped = int.from_bytes(head[place + 10 : place + 12], "little")
    else:
        return "Ogg media", []
    tail = source.window(max(0, source.size - _TAIL_BYTES), _TAIL_BYTES)
    last = tail.rfind(b"OggS")
    samples = int.from_bytes(tail[last + 6 : last + 14], "little") - skipped
    known = last >= 0 and track.rate > 0
    return "Ogg sound", facts(samples / track.rate if known else None, [track])
