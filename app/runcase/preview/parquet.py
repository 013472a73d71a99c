"""What a Parquet file says of itself in its footer (apache/parquet-format, parquet.thrift)."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import BinaryIO

from runcase.errors import TooBigError, UnreadableError
from runcase.preview import table_index, thrift, words
from runcase.preview.inventory import RowGroup, Storage
from runcase.preview.source import Source
from runcase.preview.wire import Cursor

# A thousand columns in fifty row groups; it takes about a second to walk.
_FOOTER_BYTES = 8 * 1024 * 1024
_TAIL = 8
_ROW_GROUPS = 4
_INVALID = "It is not valid Parquet"
# Row groups, their columns and metadata together.
_PARTS = 300_000
_GROUPS = 1_000
_NAMES = 100
_NAME_BYTES = 200
_CODECS = ("not compressed", "snappy", "gzip", "lzo", "brotli", "lz4", "zstd", "lz4 raw")


@dataclass(slots=True)
class _Footer:
    """What is collected while the fields are walked."""

    version: int = 0
    writer: str = ""
    codecs: dict[str, None] = field(default_factory=dict)
    groups: list[RowGroup] = field(default_factory=list)
    group_count: int = 0
    names: list[str] = field(default_factory=list)
    room: int = _PARTS


def check(source: Source) -> None:
    """Raise `UnreadableError` when there is no footer, or it claims more than it can hold.

    Polars believes its numbers, and would end the process when there is no room for as many row
    groups as one claims. What comes after their number is left to it: that takes too long here.
    """
    if source.data is not None:
        _check(io.BytesIO(source.data), source.size)
    else:
        _check_file(*table_index.key(str(source.path)))


@lru_cache(maxsize=1)
def _check_file(path: str, size: int, _modified: int) -> None:
    """Check a file once for all of its windows."""
    with open(path, "rb") as file:
        _check(file, size)


def _check(file: BinaryIO, size: int) -> None:
    cursor = _cursor(file, size)
    if cursor is None:
        return
    try:
        for number, kind in thrift.fields(cursor):
            if number == _ROW_GROUPS and kind == thrift.LIST:
                thrift.items(cursor)
                return
            thrift.skip(cursor, kind)
    except UnreadableError as error:
        raise UnreadableError(f"{_INVALID}: its footer makes no sense.") from error


def storage(source: Source) -> Storage | None:
    """Return what the footer says, or None where it is too large or makes no sense.

    Takes about 30 µs for each column of a row group.
    """
    footer = _Footer()
    try:
        with source.open() as file:
            cursor = _cursor(file, source.size)
        if cursor is None:
            return None
        length = cursor.end - cursor.position
        _walk(cursor, footer)
    except (TooBigError, UnreadableError):
        return None
    groups = words.many(footer.group_count, "row group")
    codecs = ", ".join(footer.codecs)
    writer = footer.writer.partition(" (build")[0].replace(" version ", " ")
    facts = (
        ("Writer", footer.writer),
        ("Format version", str(footer.version)),
        ("Compression", codecs),
        ("Row groups", f"{footer.group_count:,}"),
        ("Footer", words.size(length)),
        ("Metadata", ", ".join(footer.names)),
    )
    return Storage(
        (", ".join([groups, *footer.codecs]), *([f"written by {writer}"] if writer else [])),
        tuple((name, value) for name, value in facts if value),
        tuple(footer.groups),
        footer.group_count,
    )


def _cursor(file: BinaryIO, size: int) -> Cursor | None:
    """Return the footer to be read, or None where it is too large."""
    file.seek(max(0, size - _TAIL))
    end = file.read(_TAIL)
    length = int.from_bytes(end[:4], "little")
    if end[4:] != b"PAR1" or not 0 < length <= size - _TAIL:
        raise UnreadableError(f"{_INVALID}: it does not end with its footer.")
    if length > _FOOTER_BYTES:
        return None
    file.seek(size - _TAIL - length)
    return Cursor(io.BytesIO(file.read(length)), length)


def _walk(cursor: Cursor, footer: _Footer) -> None:
    """Read FileMetaData."""
    for number, kind in thrift.fields(cursor):
        if number == 1 and kind in thrift.NUMBERS:
            footer.version = thrift.whole(cursor)
        elif number == _ROW_GROUPS and kind == thrift.LIST:
            for _ in _structs(cursor, footer):
                footer.group_count += 1
                group = _group(cursor, footer)
                footer.groups += [group] if len(footer.groups) < _GROUPS else []
        elif number == 5 and kind == thrift.LIST:
            for _ in _structs(cursor, footer):
                name = _name(cursor)
                footer.names += [name] if len(footer.names) < _NAMES else []
        elif number == 6 and kind == thrift.BINARY:
            footer.writer = thrift.text(cursor, _NAME_BYTES)
        else:
            thrift.skip(cursor, kind)


def _structs(cursor: Cursor, footer: _Footer) -> Iterator[None]:
    count, kind = thrift.items(cursor)
    footer.room -= count
    if count and kind != thrift.STRUCT:
        raise UnreadableError("A list of its footer is not of structs.")
    if footer.room < 0:
        raise TooBigError("There are too many parts.")
    yield from (None for _ in range(count))


def _group(cursor: Cursor, footer: _Footer) -> RowGroup:
    """Read RowGroup: its rows, and the bytes of its columns packed and unpacked."""
    rows = unpacked = packed = 0
    for number, kind in thrift.fields(cursor):
        if number == 1 and kind == thrift.LIST:
            packed = sum(_column(cursor, footer) for _ in _structs(cursor, footer))
        elif number == 2 and kind in thrift.NUMBERS:
            unpacked = thrift.whole(cursor)
        elif number == 3 and kind in thrift.NUMBERS:
            rows = thrift.whole(cursor)
        else:
            thrift.skip(cursor, kind)
    if not (0 <= rows < 2**62 and 0 <= unpacked < 2**62 and 0 <= packed < 2**62):
        raise UnreadableError("The numbers of a row group make no sense.")
    return RowGroup(rows, packed, unpacked)


def _column(cursor: Cursor, footer: _Footer) -> int:
    """Read ColumnChunk and the ColumnMetaData in it: its codec, and how many bytes it takes."""
    packed = 0
    for number, kind in thrift.fields(cursor):
        if number != 3 or kind != thrift.STRUCT:
            thrift.skip(cursor, kind)
            continue
        for inner, inner_kind in thrift.fields(cursor):
            if inner == 4 and inner_kind in thrift.NUMBERS:
                codec = thrift.whole(cursor)
                known = 0 <= codec < len(_CODECS)
                footer.codecs[_CODECS[codec] if known else f"codec {codec}"] = None
            elif inner == 7 and inner_kind in thrift.NUMBERS:
                packed = thrift.whole(cursor)
            else:
                thrift.skip(cursor, inner_kind)
    return packed


def _name(cursor: Cursor) -> str:
    """Read KeyValue: its key."""
    name = ""
    for number, kind in thrift.fields(cursor):
        if number == 1 and kind == thrift.BINARY:
            name = thrift.text(cursor, _NAME_BYTES)
        else:
            thrift.skip(cursor, kind)
    return name
