"""Writes the bad files; the large ones are sparse or made of few bytes."""

import io
import json
import os
import pickle
import struct
import zipfile
import zlib
from pathlib import Path

import numpy
import PIL.Image

GIANT = 1024 * 1024 * 1024


def png(width: int = 8, height: int = 8) -> bytes:
    out = io.BytesIO()
    PIL.Image.new("RGB", (width, height), (200, 30, 30)).save(out, "PNG")
    return out.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def huge_png() -> bytes:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


def bad_crc_png() -> bytes:
    data = bytearray(png())
    place = data.index(b"IDAT")
    (length,) = struct.unpack(">I", data[place - 4 : place])
    data[place + 4 + length] ^= 1
    return bytes(data)


def broken_avif() -> bytes:
    out = io.BytesIO()
    PIL.Image.new("RGB", (64, 64), (200, 30, 30)).save(out, "AVIF")
    data = bytearray(out.getvalue())
    place = data.index(b"mdat") + 4
    data[place:] = b"\xff" * (len(data) - place)
    return bytes(data)


def zip_of(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def climbing_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../evil.txt", "x")
        archive.writestr("/etc/evil", "x")
        archive.writestr("fine.txt", "x")
    return out.getvalue()


def quine_like_gzip() -> bytes:
    """Nest gzip files deeper than any honest one."""
    data = b"x"
    for _ in range(30):
        out = zlib.compressobj(9, zlib.DEFLATED, 31)
        data = out.compress(data) + out.flush()
    return data


class Evil:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch /tmp/runcase-was-here",)


def evil_pickle() -> bytes:
    return pickle.dumps({"model": Evil()})


def long_field_pickle() -> bytes:
    # BINUNICODE8 that claims four gigabytes.
    return b"\x80\x04\x8d" + struct.pack("<Q", 4 * 1024**3) + b"abc."


def deep_pickle() -> bytes:
    return b"\x80\x02" + b"(" * 10_000 + b"]" + b"l" * 10_000 + b"."


def object_npy() -> bytes:
    out = io.BytesIO()
    numpy.save(out, numpy.array([Evil(), None], dtype=object), allow_pickle=True)
    return out.getvalue()


def lying_npy() -> bytes:
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 1000), }"
    header = header.ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + bytes(64)


def hostile_notebook() -> str:
    outputs = [
        {
            "output_type": "display_data",
            "data": {
                "text/html": "<script>while(1){}</script><img src=x onerror=alert(1)><b>kept</b>"
            },
        },
        {"output_type": "display_data", "data": {"image/png": "!!! not base64"}},
        {"output_type": "stream", "text": 7},
        {"output_type": "error", "traceback": [1, None, "\x1b[31mboom\x1b[0m"]},
        "no output at all",
    ]
    cells = [
        {"cell_type": "code", "source": ["print(1)"], "outputs": outputs},
        None,
        {"cell_type": "?"},
    ]
    return json.dumps({"cells": cells, "metadata": {"kernelspec": 3}})


def million_groups_svg() -> str:
    return '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">' + "<g>" * 1_000_000


def laughs() -> str:
    lines = ["a0: &a0 [lol, lol]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    return "\n".join(lines)


def sparse(path: Path, size: int, head: bytes = b"", tail: bytes = b"") -> Path:
    with path.open("wb") as file:
        file.write(head)
        file.truncate(size - len(tail))
        file.seek(size - len(tail))
        file.write(tail)
    return path


def one_line(path: Path) -> Path:
    """Write a line of a gigabyte: text at both ends, and a hole of NULs that cost no disk."""
    return sparse(path, GIANT, b"a,b\n" + b"x" * 100_000, b"\n1,2\n")


def wide_csv() -> str:
    row = ",".join(map(str, range(10_000)))
    return "\n".join([",".join(f"c{n}" for n in range(10_000)), *[row] * 20])
