"""FlatBuffers read field by field, with nothing believed (flatbuffers.dev/internals)."""

import struct
from array import array
from typing import BinaryIO

from runcase.errors import UnreadableError
from runcase.preview.wire import Cursor


class Table:
    """A table at a place of a buffer; fields that are not there have their defaults.

    Every offset is checked against the buffer's end: `UnreadableError` behind it.
    """

    def __init__(self, file: BinaryIO, start: int, end: int, position: int) -> None:
        self._file = file
        self._start = start
        self._end = end
        self._position = position
        cursor = self._at(position)
        layout = position - cursor.number("i")
        cursor = self._at(layout)
        size = cursor.number("H")
        if size < 4 or size % 2:
            raise UnreadableError(f"The table at byte {position:,} has no layout.")
        cursor.skip(2)
        self._fields = struct.unpack(f"<{size // 2 - 2}H", cursor.take(size - 4))

    @classmethod
    def root(cls, file: BinaryIO, start: int, end: int) -> "Table":
        """Return the table that a buffer between two places of a file begins with."""
        return cls(file, start, end, start + Cursor(file, end, start).number("I"))

    def whole(self, field: int, default: int = 0) -> int:
        """Return a field of type int."""
        place = self._place(field)
        return default if place is None else self._at(place).number("i")

    def text(self, field: int, most: int) -> str:
        """Return a string, cut to so many bytes."""
        place = self._pointed(field)
        return "" if place is None else self._string(place, most)

    def table(self, field: int) -> "Table | None":
        """Return the table that a field points to."""
        place = self._pointed(field)
        return None if place is None else self._table(place)

    def length(self, field: int) -> int:
        """Return how long a vector says it is."""
        place = self._pointed(field)
        return 0 if place is None else self._at(place).number("I")

    def numbers(self, field: int, form: str, most: int, each: int = 1) -> "array[int]":
        """Return at most so many elements of a vector, of one or more numbers each."""
        place = self._pointed(field)
        made: array[int] = array(form)
        if place is not None:
            cursor = self._at(place)
            count = cursor.number("I")
            if count * each * made.itemsize > cursor.left:
                raise UnreadableError(f"The list at byte {place:,} claims {count:,} elements.")
            made.frombytes(cursor.take(min(count, most) * each * made.itemsize))
        return made

    def tables(self, field: int, most: int) -> "list[Table]":
        """Return at most so many tables of a vector."""
        return [self._table(place) for place in self._places(field, most)]

    def texts(self, field: int, most: int, characters: int) -> list[str]:
        """Return at most so many strings of a vector, each cut."""
        return [self._string(place, characters) for place in self._places(field, most)]

    def _table(self, place: int) -> "Table":
        return Table(self._file, self._start, self._end, place)

    def _string(self, place: int, most: int) -> str:
        cursor = self._at(place)
        return cursor.take(min(cursor.number("I"), most)).decode("utf-8", "replace")

    def _places(self, field: int, most: int) -> list[int]:
        place = self._pointed(field)
        if place is None:
            return []
        offsets = self.numbers(field, "I", most)
        return [place + 4 + 4 * number + offset for number, offset in enumerate(offsets)]

    def _pointed(self, field: int) -> int | None:
        place = self._place(field)
        return None if place is None else place + self._at(place).number("I")

    def _place(self, field: int) -> int | None:
        offset = self._fields[field] if field < len(self._fields) else 0
        return self._position + offset if offset else None

    def _at(self, position: int) -> Cursor:
        if not self._start <= position < self._end:
            raise UnreadableError(f"It refers to byte {position:,}, which is outside of its core.")
        return Cursor(self._file, self._end, position)
