"""Small recordings: a tone as WAVE, coloured pictures as an AVI of JPEGs."""

import io
import math
import struct
import wave

import PIL.Image


def tone(seconds: float = 1.0, rate: int = 8000) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        samples = (math.sin(n / rate * 440 * math.tau) * 9000 for n in range(int(seconds * rate)))
        file.writeframes(b"".join(struct.pack("<h", int(each)) for each in samples))
    return out.getvalue()


def film(colors: list[str], size: int = 64, per_second: int = 10) -> bytes:
    """Return an AVI whose every picture has one colour."""
    pictures = [_jpeg(color, size) for color in colors]
    header = struct.pack(
        "<14I", 1_000_000 // per_second, 0, 0, 0x10, len(colors), 0, 1, 0, size, size, 0, 0, 0, 0
    )
    stream = b"vidsMJPG" + struct.pack(
        "<10I4H", 0, 0, 0, 1, per_second, 0, len(colors), 0, 0, 0, 0, 0, size, size
    )
    form = struct.pack("<IiiHH4sIiiII", 40, size, size, 1, 24, b"MJPG", size * size * 3, 0, 0, 0, 0)
    streams = _list(b"strl", _chunk(b"strh", stream) + _chunk(b"strf", form))
    body = _list(b"hdrl", _chunk(b"avih", header) + streams)
    body += _list(b"movi", b"".join(_chunk(b"00dc", each) for each in pictures))
    index, place = b"", 4
    for each in pictures:
        index += b"00dc" + struct.pack("<3I", 0x10, place, len(each))
        place += 8 + len(each) + len(each) % 2
    return (
        b"RIFF"
        + struct.pack("<I", 4 + len(body + index) + 8)
        + b"AVI "
        + body
        + _chunk(b"idx1", index)
    )


def _jpeg(color: str, size: int) -> bytes:
    out = io.BytesIO()
    PIL.Image.new("RGB", (size, size), color).save(out, "JPEG")
    return out.getvalue()


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _list(name: bytes, data: bytes) -> bytes:
    return _chunk(b"LIST", name + data)
