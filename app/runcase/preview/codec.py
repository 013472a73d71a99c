"""Messages between window and worker: dataclasses to bytes and back, by their declared types.

The child reads hostile files and could be taken over, so its answers are not pickled: what is
decoded here has the declared types by construction, and is never larger than the message.
"""

import struct
import types
import typing
from array import array
from collections.abc import Callable
from dataclasses import fields
from functools import cache
from typing import Any

from runcase.errors import UnreadableError
from runcase.preview.document import DOCUMENT_KINDS, Failure, Hello, Request
from runcase.preview.many import MANY_KINDS

_MESSAGES: tuple[type, ...] = (Request, Hello, Failure, *MANY_KINDS, *DOCUMENT_KINDS)
_COUNT = struct.Struct("<Q")
_INT = struct.Struct("<q")
_NONE = 0xFFFFFFFF

Encoder = Callable[[Any, list[bytes]], None]
Decoder = Callable[["_Input"], Any]


class _Input:
    """The bytes of a message, read from the front."""

    def __init__(self, data: bytes) -> None:
        self._view = memoryview(data)
        self._position = 0

    def take(self, count: int) -> memoryview:
        end = self._position + count
        if count < 0 or end > len(self._view):
            raise UnreadableError("The preview worker sent a message that is cut off.")
        taken = self._view[self._position : end]
        self._position = end
        return taken

    def count(self) -> int:
        return int(_COUNT.unpack(self.take(8))[0])

    @property
    def left(self) -> int:
        return len(self._view) - self._position


def encode(message: object) -> list[bytes]:
    """Return a message as bytes, in parts; its class is one of those in this module's table."""
    out: list[bytes] = [bytes([_MESSAGES.index(type(message))])]
    kind: Any = type(message)
    _codec(kind)[0](message, out)
    return out


def decode(data: bytes) -> object:
    """Return the message that bytes hold; raises `UnreadableError` if they hold none."""
    source = _Input(data)
    number = source.take(1)[0]
    if number >= len(_MESSAGES):
        raise UnreadableError("The preview worker sent an unknown message.")
    try:
        return _codec(_MESSAGES[number])[1](source)
    except (UnicodeDecodeError, ValueError, OverflowError) as error:
        raise UnreadableError("The preview worker sent a message that makes no sense.") from error


@cache
def _codec(kind: Any) -> tuple[Encoder, Decoder]:
    if kind in _PLAIN:
        return _PLAIN[kind]
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is types.UnionType:
        return _optional(arguments[0])
    if origin is tuple:
        if arguments == (str, ...) or arguments == (str | None, ...):
            return _put_strings, _take_strings
        return _many(arguments[0]) if arguments[-1] is ... else _product(tuple, arguments)
    hints = typing.get_type_hints(kind)
    return _record(kind, tuple(hints[field.name] for field in fields(kind)))


def _put_int(value: int, out: list[bytes]) -> None:
    out.append(_INT.pack(value))


def _take_int(source: _Input) -> int:
    return int(_INT.unpack(source.take(8))[0])


def _put_bool(value: bool, out: list[bytes]) -> None:
    out.append(b"\1" if value else b"\0")


def _take_bool(source: _Input) -> bool:
    return source.take(1)[0] == 1


def _put_bytes(value: bytes, out: list[bytes]) -> None:
    out.extend((_COUNT.pack(len(value)), value))


def _take_bytes(source: _Input) -> bytes:
    return bytes(source.take(source.count()))


def _put_str(value: str, out: list[bytes]) -> None:
    # surrogatepass: a file name that is not UTF-8 carries lone surrogates.
    _put_bytes(value.encode("utf-8", "surrogatepass"), out)


def _take_str(source: _Input) -> str:
    return str(source.take(source.count()), "utf-8", "surrogatepass")


def _put_strings(values: tuple[str | None, ...], out: list[bytes]) -> None:
    """Join them: a table's column costs one decode, not one a cell."""
    lengths = array("I", (_NONE if value is None else len(value) for value in values))
    _put_bytes(lengths.tobytes(), out)
    _put_str("".join(value for value in values if value is not None), out)


def _take_strings(source: _Input) -> tuple[str | None, ...]:
    lengths = array("I")
    lengths.frombytes(_take_bytes(source))
    text = _take_str(source)
    values: list[str | None] = []
    position = 0
    for length in lengths:
        if length == _NONE:
            values.append(None)
            continue
        values.append(text[position : position + length])
        position += length
    return tuple(values)


_PLAIN: dict[Any, tuple[Encoder, Decoder]] = {
    int: (_put_int, _take_int),
    bool: (_put_bool, _take_bool),
    bytes: (_put_bytes, _take_bytes),
    str: (_put_str, _take_str),
}


def _optional(kind: Any) -> tuple[Encoder, Decoder]:
    put, take = _codec(kind)

    def encoder(value: Any, out: list[bytes]) -> None:
        _put_bool(value is not None, out)
        if value is not None:
            put(value, out)

    return encoder, lambda source: take(source) if _take_bool(source) else None


def _many(kind: Any) -> tuple[Encoder, Decoder]:
    put, take = _codec(kind)

    def encoder(values: Any, out: list[bytes]) -> None:
        out.append(_COUNT.pack(len(values)))
        for value in values:
            put(value, out)

    def decoder(source: _Input) -> Any:
        count = source.count()
        if count > source.left:
            raise UnreadableError("The preview worker sent a message that is cut off.")
        return tuple(take(source) for _ in range(count))

    return encoder, decoder


def _product(make: Callable[[Any], Any], kinds: tuple[Any, ...]) -> tuple[Encoder, Decoder]:
    codecs = tuple(_codec(kind) for kind in kinds)

    def encoder(values: Any, out: list[bytes]) -> None:
        for value, (put, _) in zip(values, codecs, strict=True):
            put(value, out)

    return encoder, lambda source: make([take(source) for _, take in codecs])


def _record(kind: type, kinds: tuple[Any, ...]) -> tuple[Encoder, Decoder]:
    names = tuple(field.name for field in fields(kind))
    put, take = _product(lambda values: kind(*values), kinds)
    return lambda value, out: put([getattr(value, name) for name in names], out), take
