"""Frames on the pipes between window and worker: a length of 8 bytes, then an encoded message."""

import struct
from typing import IO

from runcase.errors import UnreadableError
from runcase.preview import codec

_LENGTH = struct.Struct("<Q")
# The largest honest answer is a picture of 40 megapixels.
_LIMIT = 256 * 1024 * 1024


def send(pipe: IO[bytes], message: object) -> None:
    """Write a message; raises `OSError` when the other side is gone."""
    parts = codec.encode(message)
    pipe.write(_LENGTH.pack(sum(map(len, parts))))
    pipe.writelines(parts)
    pipe.flush()


def receive(pipe: IO[bytes]) -> object:
    """Wait for a message; raises `EOFError` when the other side closed its end or died."""
    header = pipe.read(_LENGTH.size)
    if len(header) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(header)
    if length > _LIMIT:
        raise UnreadableError("The preview worker sent more than a preview may hold.")
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return codec.decode(data)
