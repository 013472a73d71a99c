"""Where the rows of a long text table are: built once by reading it, then any row is found.

Kept in the reader process, which lives as long as one file is looked at.
"""

import os
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy

BLOCK_BYTES = 1024 * 1024
_NEWLINE, _QUOTE = 10, 34


class RowIndex(NamedTuple):
    """For each megabyte of a file: lines ended before it, and whether it begins in quotes.

    Args:
        ended: int64, one more than there are blocks; the last is the number of all rows' ends.
        quoted: Whether each block begins inside quotes.
        trailing: Whether the file goes on behind its last line's end.
    """

    ended: "numpy.ndarray[tuple[int], numpy.dtype[numpy.int64]]"
    quoted: "numpy.ndarray[tuple[int], numpy.dtype[numpy.bool_]]"
    trailing: bool

    @property
    def rows(self) -> int:
        """Return how many rows the file has, its header among them."""
        return int(self.ended[-1]) + self.trailing


@lru_cache(maxsize=1)
def build(path: str, size: int, modified: int, quotes: bool) -> RowIndex:
    """Read a file once and count the ends of its rows; `size` and `modified` (ns) key the cache."""
    import numpy

    ended, quoted = [0], [False]
    inside, last = False, _NEWLINE
    buffer = bytearray(BLOCK_BYTES)
    # One array for all blocks: a new one each time costs more than what is done with it.
    plain = numpy.empty(BLOCK_BYTES, numpy.bool_)
    with open(path, "rb", buffering=0) as file:
        while count := file.readinto(buffer):
            block = numpy.frombuffer(buffer, numpy.uint8, count)
            if inside or (quotes and buffer.find(_QUOTE, 0, count) >= 0):
                found, inside = _ends(block, inside, quotes)
            else:
                found = numpy.equal(block, _NEWLINE, out=plain[:count])
            ended.append(ended[-1] + int(numpy.count_nonzero(found)))
            quoted.append(inside)
            last = int(block[-1])
    trailing = last != _NEWLINE
    return RowIndex(numpy.array(ended), numpy.array(quoted[:-1] or [False]), trailing)


def window(path: str, index: RowIndex, first: int, count: int, quotes: bool) -> bytes:
    """Return the bytes of rows `first` to `first + count`, the header counted as row 0."""
    import numpy

    # The block in which the row before ends, which is where this one begins.
    block = max(0, int(numpy.searchsorted(index.ended, first, side="left")) - 1) if first else 0
    with open(path, "rb", buffering=0) as file:
        file.seek(block * BLOCK_BYTES)
        parts: list[bytes] = []
        skip, wanted = first - int(index.ended[block]), count
        inside = bool(index.quoted[block])
        while wanted > 0 and (data := file.read(BLOCK_BYTES)):
            found, inside = _ends(numpy.frombuffer(data, numpy.uint8), inside, quotes)
            places = numpy.flatnonzero(found)
            begin = 0
            if skip:
                if skip > places.size:
                    skip -= places.size
                    continue
                begin, places, skip = int(places[skip - 1]) + 1, places[skip:], 0
            if places.size >= wanted:
                parts.append(data[begin : int(places[wanted - 1]) + 1])
                break
            wanted -= places.size
            parts.append(data[begin:])
    return b"".join(parts)


def key(path: str) -> tuple[str, int, int]:
    """Return what tells one state of a file from another."""
    status = os.stat(path)
    return path, status.st_size, status.st_mtime_ns


def _ends(
    block: "numpy.ndarray[tuple[int], numpy.dtype[numpy.uint8]]", inside: bool, quotes: bool
) -> "tuple[numpy.ndarray[tuple[int], numpy.dtype[numpy.bool_]], bool]":
    """Mark the line feeds that end a row, and say whether the block ends inside quotes."""
    import numpy

    found = block == _NEWLINE
    if not quotes:
        return found, False
    marks = block == _QUOTE
    many = int(numpy.count_nonzero(marks))
    if not many:
        return (numpy.zeros_like(found) if inside else found), inside
    parity = (numpy.cumsum(marks, dtype=numpy.int64) + inside) & 1
    return found & (parity == 0), bool((many + inside) & 1)
