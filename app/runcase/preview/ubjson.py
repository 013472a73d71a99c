"""UBJSON, the binary JSON that XGBoost writes, as plain values (ubjson.org, draft 12)."""

import struct

from runcase.errors import UnreadableError
from runcase.preview.wire import Cursor

_NUMBERS = {"i": "b", "U": "B", "I": "h", "l": "i", "L": "q", "d": "f", "D": "d"}
_VALUES = 5_000_000
_DEPTH = 64


class Packed:
    """A typed array that is not unpacked: its element's mark and its length."""

    def __init__(self, mark: str, count: int) -> None:
        self.mark = mark
        self.count = count

    def __len__(self) -> int:
        return self.count


class Reader:
    """Reads one value; long typed arrays are passed over."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._room = _VALUES

    def value(self, mark: str = "", depth: int = 0) -> object:
        """Return the next value; raises `UnreadableError` where the bytes make no sense."""
        self._room -= 1
        if self._room < 0 or depth > _DEPTH:
            raise UnreadableError("It has too many values, or they are nested too deep.")
        mark = mark or self._mark()
        if mark in _NUMBERS:
            form = ">" + _NUMBERS[mark]
            return struct.unpack(form, self._cursor.take(struct.calcsize(form)))[0]
        if mark in "ZTFN":
            return {"Z": None, "T": True, "F": False, "N": None}[mark]
        if mark == "C":
            return self._cursor.take(1).decode("latin-1")
        if mark in "SH":
            return self._string()
        if mark == "[":
            return self._array(depth)
        if mark == "{":
            return self._object(depth)
        raise UnreadableError(f"At byte {self._cursor.position:,} there is no value of UBJSON.")

    def _mark(self) -> str:
        return self._cursor.take(1).decode("latin-1")

    def _count(self) -> int:
        number = self.value()
        if not isinstance(number, int) or number < 0:
            raise UnreadableError(f"The length at byte {self._cursor.position:,} is none.")
        return number

    def _string(self) -> str:
        return self._cursor.take(self._count()).decode("utf-8", "replace")

    def _array(self, depth: int) -> object:
        mark, kind = self._mark(), ""
        if mark == "$":
            kind, mark = self._mark(), self._mark()
        if mark == "#":
            count = self._count()
            if kind in _NUMBERS:
                self._cursor.skip(count * struct.calcsize(">" + _NUMBERS[kind]))
                return Packed(kind, count)
            return [self.value(kind, depth + 1) for _ in range(min(count, self._cursor.left + 1))]
        values = []
        while mark != "]":
            values.append(self.value(mark, depth + 1))
            mark = self._mark()
        return values

    def _object(self, depth: int) -> dict[str, object]:
        mark, kind, made = self._mark(), "", {}
        if mark == "$":
            kind, mark = self._mark(), self._mark()
        if mark == "#":
            for _ in range(min(self._count(), self._cursor.left + 1)):
                key = self._string()
                made[key] = self.value(kind, depth + 1)
            return made
        while mark != "}":
            length = self.value(mark)
            if not isinstance(length, int) or length < 0:
                raise UnreadableError(f"A name at byte {self._cursor.position:,} has no length.")
            key = self._cursor.take(length).decode("utf-8", "replace")
            made[key] = self.value(depth=depth + 1)
            mark = self._mark()
        return made
