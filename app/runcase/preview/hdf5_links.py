"""The links of a large HDF5 group: a B-tree of names over a fractal heap.

HDF5 File Format Specification 3.0, III.A.2 (version 2 B-trees) and III.G (fractal heaps).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from runcase.errors import UnreadableError
from runcase.preview.wire import Cursor

UNDEFINED = (1 << 64) - 1
_NODES = 20_000
_ROWS = 64
# Signature, version, type, and the checksum at the end.
_NODE_OVERHEAD = 10
_HASH_BYTES = 4
_BY_NAME = 5
_PARTS = {
    b"BTHD": "tree of names", b"BTIN": "node of names", b"BTLF": "leaf of names",
    b"FRHP": "heap of links", b"FHDB": "block of links", b"FHIB": "list of blocks",
}  # fmt: skip


def _at(file: BinaryIO, size: int, position: int, signature: bytes) -> Cursor:
    if not 0 <= position < size:
        raise UnreadableError(f"It refers to byte {position:,}, behind its end.")
    cursor = Cursor(file, size, position)
    if cursor.take(4) != signature:
        raise UnreadableError(f"There is no {_PARTS[signature]} at byte {position:,}.")
    return cursor


def identities(file: BinaryIO, size: int, address: int) -> Iterator[bytes]:
    """Return the heap's names for the links, in the order of the tree; raises `UnreadableError`."""
    head = _at(file, size, address, b"BTHD")
    if (head.number("B"), head.number("B")) != (0, _BY_NAME):
        raise UnreadableError("Its names are kept in an unknown kind of tree.")
    node, width, depth = head.number("I"), head.number("H"), head.number("H")
    head.skip(2)
    root, records = head.number("Q"), head.number("H")
    if width <= _HASH_BYTES or depth > 16 or node < _NODE_OVERHEAD + width:
        raise UnreadableError("The tree of its names has no sense.")
    sizes = _pointer_sizes(node, width, depth)
    waiting, seen = [(root, records, depth)], {UNDEFINED}
    while waiting and len(seen) < _NODES:
        address, records, depth = waiting.pop()
        if not records or address in seen:
            continue
        seen.add(address)
        cursor = _at(file, size, address, b"BTIN" if depth else b"BTLF")
        cursor.skip(2)
        found = cursor.take(records * width)
        if depth:
            counted, summed = sizes[depth]
            for _ in range(records + 1):
                child = cursor.number("Q")
                waiting.append((child, _number(cursor, counted), depth - 1))
                cursor.skip(summed)
        # Only now, as whoever gets one reads on elsewhere in the file.
        for place in range(0, len(found), width):
            yield found[place + _HASH_BYTES : place + width]


def _pointer_sizes(node: int, width: int, depth: int) -> list[tuple[int, int]]:
    """Return for nodes of each height how many bytes their children's numbers of records take.

    Of the child itself, and of all below it; those of leaves are not written.
    """
    most = (node - _NODE_OVERHEAD) // width
    counted = _bytes_for(most)
    sizes, below, summed = [(0, 0)], most, 0
    for _ in range(depth):
        sizes.append((counted, summed))
        pointer = 8 + counted + summed
        here = max(0, node - _NODE_OVERHEAD - pointer) // (width + pointer)
        below = (here + 1) * below + here
        summed = _bytes_for(below)
    return sizes


def _bytes_for(number: int) -> int:
    return (max(1, number).bit_length() + 7) // 8


def _number(cursor: Cursor, count: int) -> int:
    return int.from_bytes(cursor.take(count), "little")


@dataclass(frozen=True, slots=True)
class _Block:
    """A block of the heap; `rows` is 0 for one that holds objects."""

    address: int
    start: int
    rows: int


class Heap:
    """Finds objects by the offset and length in their names."""

    def __init__(self, file: BinaryIO, size: int, address: int) -> None:
        self._file = file
        self._size = size
        head = _at(file, size, address, b"FRHP")
        head.skip(1 + 2)
        if head.number("H"):
            raise UnreadableError("Its names are packed by a filter.")
        head.skip(1)
        largest = head.number("I")
        head.skip(12 * 8)
        self._width = head.number("H")
        self._first, self._largest = head.number("Q"), head.number("Q")
        bits = head.number("H")
        head.skip(2)
        root, rows = head.number("Q"), head.number("H")
        honest = self._width and self._first and self._first <= self._largest < 1 << 32
        if not honest or bits > 64 or rows > _ROWS:
            raise UnreadableError("The heap of its names has no sense.")
        self._root = _Block(root, 0, rows)
        self._offset_bytes = (bits + 7) // 8
        in_block = ((self._largest - 1).bit_length() + 7) // 8
        self._length_bytes = min(in_block, _bytes_for(largest))

    def object(self, identity: bytes) -> Cursor:
        """Return a cursor over an object that ends where it does; raises `UnreadableError`."""
        if identity[0] >> 4:  # version 0, and 0 for managed
            raise UnreadableError("A name is kept outside of the blocks of its heap.")
        offset = int.from_bytes(identity[1 : 1 + self._offset_bytes], "little")
        rest = identity[1 + self._offset_bytes :]
        length = int.from_bytes(rest[: self._length_bytes], "little")
        block = self._root
        for _ in range(_ROWS):
            if not block.rows:
                break
            block = self._child(block, offset)
        _at(self._file, self._size, block.address, b"FHDB")
        place = block.address + offset - block.start
        if not block.address < place < place + length <= self._size:
            raise UnreadableError(f"A name at byte {place:,} is behind the end.")
        return Cursor(self._file, place + length, place)

    def _child(self, block: _Block, offset: int) -> _Block:
        """Return the block of a block of blocks that holds an offset."""
        row, start, size = 0, block.start, self._first
        while row < block.rows and offset >= start + self._width * size:
            start += self._width * size
            size = size * 2 if row else size
            row += 1
        if row >= block.rows or offset < block.start:
            raise UnreadableError(f"A name is {offset:,} bytes into a heap that is not as long.")
        column = (offset - start) // size
        cursor = _at(self._file, self._size, block.address, b"FHIB")
        cursor.skip(1 + 8 + self._offset_bytes + 8 * (row * self._width + column))
        address = cursor.number("Q")
        rows = 0
        if size > self._largest:
            rows = size.bit_length() - (self._first * self._width).bit_length() + 1
        return _Block(address, start + column * size, rows)
