"""Thrift's compact protocol, of which Parquet's footers are made, read field by field.

github.com/apache/thrift, doc/specs/thrift-compact-protocol.md.
"""

from collections.abc import Iterator

from runcase.errors import UnreadableError
from runcase.preview.wire import Cursor

NUMBERS = frozenset({4, 5, 6})
BINARY, LIST, STRUCT = 8, 9, 12
_TRUE, _FALSE, _BYTE, _DOUBLE, _SET, _MAP, _UUID = 1, 2, 3, 7, 10, 11, 13
_DEPTH = 32


def fields(cursor: Cursor) -> Iterator[tuple[int, int]]:
    """Walk a struct: (number, kind) of each field, whose value the caller reads or passes over."""
    number = 0
    while head := cursor.take(1)[0]:
        step = head >> 4
        number = number + step if step else whole(cursor)
        yield number, head & 15


def whole(cursor: Cursor) -> int:
    """Return a number of 16, 32 or 64 bits."""
    value = cursor.varint()
    return value >> 1 ^ -(value & 1)


def text(cursor: Cursor, most: int) -> str:
    """Return a string, cut to so many bytes."""
    length = cursor.varint()
    data = cursor.take(min(length, most))
    cursor.skip(length - len(data))
    return data.decode("utf-8", "replace")


def items(cursor: Cursor) -> tuple[int, int]:
    """Return how many items a list says it has, and their kind; none is of no bytes."""
    head = cursor.take(1)[0]
    count = head >> 4 if head >> 4 < 15 else cursor.varint()
    if count > cursor.left:
        raise UnreadableError(f"At byte {cursor.position:,} it claims {count:,} items.")
    return count, head & 15


def skip(cursor: Cursor, kind: int, depth: int = 0) -> None:
    """Pass over a value; raises `UnreadableError` when it is of no kind or nested too deep."""
    if depth > _DEPTH:
        raise UnreadableError("It is nested too deep.")
    if kind in NUMBERS:
        cursor.varint()
    elif kind == BINARY:
        cursor.skip(cursor.varint())
    elif kind == STRUCT:
        for _, inner in fields(cursor):
            skip(cursor, inner, depth + 1)
    elif kind in (LIST, _SET):
        count, inner = items(cursor)
        for _ in range(count):
            _skip_item(cursor, inner, depth + 1)
    elif kind == _MAP:
        _skip_map(cursor, depth + 1)
    elif kind not in (_TRUE, _FALSE):  # which are their own values
        cursor.skip(_width(cursor, kind))


def _skip_item(cursor: Cursor, kind: int, depth: int) -> None:
    if kind in (_TRUE, _FALSE):
        cursor.skip(1)
    else:
        skip(cursor, kind, depth)


def _skip_map(cursor: Cursor, depth: int) -> None:
    count = cursor.varint()
    if count > cursor.left:
        raise UnreadableError(f"At byte {cursor.position:,} it claims {count:,} pairs.")
    kinds = cursor.take(1)[0] if count else 0
    for _ in range(count):
        _skip_item(cursor, kinds >> 4, depth)
        _skip_item(cursor, kinds & 15, depth)


def _width(cursor: Cursor, kind: int) -> int:
    widths = {_BYTE: 1, _DOUBLE: 8, _UUID: 16}
    if kind not in widths:
        raise UnreadableError(f"At byte {cursor.position:,} there is a value of no known kind.")
    return widths[kind]
