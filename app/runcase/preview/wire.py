"""Bytes read in order from a file that may lie: numbers, strings, and protobuf fields."""

import struct
from collections.abc import Iterator
from typing import BinaryIO

from runcase.errors import UnreadableError

_LONGEST = 16 * 1024 * 1024


class Cursor:
    """Reads from a place up to an end; raises `UnreadableError` behind it."""

    def __init__(self, file: BinaryIO, end: int, start: int = 0) -> None:
        self.file = file
        self.end = end
        self.position = start
        file.seek(start)

    def take(self, count: int) -> bytes:
        """Return the next bytes."""
        if count < 0 or count > min(_LONGEST, self.end - self.position):
            raise UnreadableError(f"At byte {self.position:,} it claims {count:,} bytes of data.")
        data = self.file.read(count)
        self.position += len(data)
        if len(data) < count:
            raise UnreadableError(f"It is cut off at byte {self.position:,}.")
        return data

    def skip(self, count: int) -> None:
        """Pass over bytes."""
        if count < 0 or count > self.end - self.position:
            raise UnreadableError(f"At byte {self.position:,} it claims {count:,} bytes of data.")
        self.position += count
        self.file.seek(self.position)

    def go(self, position: int) -> None:
        """Read on from another place."""
        self.position = position
        self.file.seek(position)

    def number(self, form: str) -> int:
        """Return a little-endian number in one of struct's forms."""
        (value,) = struct.unpack("<" + form, self.take(struct.calcsize("<" + form)))
        return int(value)

    def varint(self) -> int:
        """Return protobuf's number of up to ten bytes."""
        value = 0
        for shift in range(0, 70, 7):
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise UnreadableError(f"The number at byte {self.position:,} has no end.")

    @property
    def left(self) -> int:
        """Return how many bytes there are before the end."""
        return self.end - self.position


def fields(cursor: Cursor) -> Iterator[tuple[int, int, int]]:
    """Walk the fields of a protobuf message: (number, value or length, place of its bytes).

    The place is −1 for a number. The caller may move the cursor; each field starts where the last
    one ended (protobuf.dev/programming-guides/encoding).
    """
    position = cursor.position
    while position < cursor.end:
        cursor.go(position)
        key = cursor.varint()
        kind = key & 7
        if kind == 0:
            value, place = cursor.varint(), -1
            position = cursor.position
        elif kind in (1, 5):
            width = 8 if kind == 1 else 4
            value, place = width, cursor.position
            position = cursor.position + width
        elif kind == 2:
            value = cursor.varint()
            place = cursor.position
            position = place + value
        else:
            raise UnreadableError(f"The field at byte {position:,} is of no known kind.")
        if position > cursor.end:
            raise UnreadableError(f"The field at byte {place:,} is longer than the file.")
        yield key >> 3, value, place
