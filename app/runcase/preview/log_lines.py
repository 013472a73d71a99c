"""A file's lines by their bytes: where they begin, windows of them, search.

In UTF-16 and UTF-32 a line feed has two or four bytes, and stands at a multiple of that: the same
bytes elsewhere are halves of two characters.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

WINDOW_BYTES = 256 * 1024
# A search reads on from where it is; past this much it says how far it got.
SEARCHED_BYTES = 2 * 1024 * 1024 * 1024
CHUNK = 4 * 1024 * 1024
_HIGH, _LOW = range(0xD800, 0xDC00), range(0xDC00, 0xE000)


@dataclass(frozen=True, slots=True)
class Units:
    """How a codec's characters are made: of units of so many bytes, in an order.

    Args:
        codec: One that neither wants nor writes a mark, but for UTF-8.
    """

    codec: str
    width: int

    @classmethod
    def of(cls, codec: str, head: bytes) -> "Units":
        """Return the units of a codec that was detected for a file with this head."""
        if not codec.startswith(("utf-16", "utf-32")):
            return cls(codec, 1)
        name = codec[:6]
        if codec == name:  # it says its order in its mark
            order = "le" if head.startswith(b"\xff\xfe") else "be"
            codec = f"{name}-{order}"
        return cls(codec, 2 if name == "utf-16" else 4)

    @property
    def line_feed(self) -> bytes:
        """Return the bytes that end a line."""
        return "\n".encode(self.codec)

    def plain(self, data: bytes) -> bytes:
        """Return text of wide units as UTF-8, and other text as it is."""
        return data if self.width == 1 else data.decode(self.codec, "replace").encode()

    @property
    def plain_codec(self) -> str:
        """Return the codec of what `plain` returns."""
        return self.codec if self.width == 1 else "utf-8"

    def find(
        self, data: bytes, wanted: bytes, back: bool = False, start: int = 0, end: int = sys.maxsize
    ) -> int:
        """Return the first or last place of bytes at a unit's beginning, or −1."""
        look = data.rfind if back else data.find
        place = look(wanted, start, end)
        while place >= 0 and place % self.width:
            start, end = (start, place + len(wanted) - 1) if back else (place + 1, end)
            place = look(wanted, start, end)
        return place

    def is_half(self, unit: bytes, halves: range) -> bool:
        """Say whether a unit is one of the two of a character outside the first plane."""
        if self.width != 2 or len(unit) != 2:
            return False
        ordered = unit[::-1] if self.codec.endswith("le") else unit
        return int.from_bytes(ordered, "big") in halves


class Lines:
    """A file that is looked at by windows; places are bytes from its beginning."""

    def __init__(self, file: BinaryIO, size: int, units: Units) -> None:
        self._file = file
        self._size = size
        self._units = units

    def start(self, wanted: int) -> int:
        """Return where the line that holds a byte begins, or about that byte in an endless one."""
        wanted -= wanted % self._units.width
        back = min(wanted, WINDOW_BYTES)
        before = self._bytes(wanted - back, back)
        found = self._units.find(before, self._units.line_feed, back=True)
        if found >= 0:
            return wanted - back + found + self._units.width
        if back == wanted:
            return 0
        cuts = self._units.is_half(self._bytes(wanted, self._units.width), _LOW)
        return wanted - self._units.width if cuts else wanted

    def window(self, begin: int, count: int) -> tuple[bytes, int]:
        """Return whole lines from a place on, as far as there is an end; and where they end."""
        data = self._bytes(begin, count)
        end = begin + len(data)
        if end < self._size:
            width = self._units.width
            cut = self._units.find(data, self._units.line_feed, back=True) + width
            if cut < width:  # a line without end
                cut = len(data) - len(data) % width
                cut -= width if self._units.is_half(data[cut - width : cut], _HIGH) else 0
            data, end = data[:cut], begin + cut
        return self._units.plain(data), end

    def count(self, begin: int, end: int) -> int:
        """Return how many lines end between two places."""
        return self._units.plain(self._bytes(begin, end - begin)).count(b"\n")

    def each(self, begin: int) -> Iterator[tuple[bytes, int]]:
        """Walk lines with their ends; each with the place behind it."""
        if self._units.width == 1:
            self._file.seek(begin)
            while line := self._file.readline(CHUNK):
                begin += len(line)
                yield line, begin
            return
        feed, width = self._units.line_feed, self._units.width
        while data := self._bytes(begin, CHUNK):
            ends = [place.end() for place in re.finditer(re.escape(feed), data)]
            ends = [end for end in ends if end % width == 0]
            if not ends or begin + len(data) >= self._size:
                ends.append(len(data))
            for start, end in zip([0, *ends], ends, strict=False):
                if start < end:
                    yield self._units.plain(data[start:end]), begin + end
            begin += ends[-1]

    def search(self, words: str, start: int, back: bool) -> int | None:
        """Return the next place of a text without regard to the case of ASCII, or the last."""
        wanted = words.encode(self._units.codec, "replace").lower()
        overlap = len(wanted) - self._units.width
        for begin in self._chunks(start, back):
            data = self._bytes(begin, CHUNK + overlap)
            if back:
                data = data[: max(0, start - begin)]
            place = self._match(data, wanted, words.lower(), back)
            if place >= 0:
                return begin + place
        return None

    def _match(self, data: bytes, wanted: bytes, words: str, back: bool) -> int:
        """Return where the lowered bytes are, and where that is no accident of wide units.

        Half of a wide character may be the code of a capital, which is lowered like any byte.
        """
        units, lowered = self._units, data.lower()
        place = units.find(lowered, wanted, back)
        while place >= 0 and units.width > 1:
            end = place + len(wanted)
            if data[place:end].decode(units.codec, "replace").lower() == words:
                break
            if back:
                place = units.find(lowered, wanted, back, 0, end - units.width)
            else:
                place = units.find(lowered, wanted, back, place + units.width)
        return place

    def _chunks(self, start: int, back: bool) -> Iterator[int]:
        start -= start % self._units.width
        if back:
            begins = range(start - CHUNK, -CHUNK, -CHUNK) if start > CHUNK else (0,)
            yield from (max(0, begin) for begin in begins)
        else:
            yield from range(start, min(self._size, start + SEARCHED_BYTES), CHUNK)

    def _bytes(self, begin: int, count: int) -> bytes:
        self._file.seek(begin)
        return self._file.read(max(0, count))
