"""HDF5 files, as Keras writes them: names, shapes and types of their data sets.

A small reader of the format's headers (HDF5 File Format Specification 3.0): superblocks 0 to 3,
object headers 1 and 2, groups as symbol tables, link messages, or links in a heap.
"""

import struct
from dataclasses import dataclass, field
from typing import BinaryIO

from runcase.errors import UnreadableError
from runcase.preview import words
from runcase.preview.facts import Facts, Tensor
from runcase.preview.hdf5_links import UNDEFINED, Heap, identities
from runcase.preview.source import Source
from runcase.preview.wire import Cursor

SIGNATURE = b"\x89HDF\r\n\x1a\n"
_OBJECTS = 20_000
_DEPTH = 32
_TENSORS = 5_000
_FAILURES = 3
_INTEGER, _FLOAT, _ENUM, _VARIABLE = 0, 1, 8, 9
_CLASSES = {
    3: "string", 4: "bits", 5: "opaque", 6: "compound", 7: "reference", 8: "enum", 10: "array",
}  # fmt: skip
# Kind, size and flags of a message, in headers of version 2 and 1.
_NEW, _OLD = "BHB", "HHB"
_SHARED, _NO_SPACE = 2, 2
_SPACE, _TYPE, _LINK_INFO, _LINK, _LAYOUT, _CONTINUATION, _SYMBOLS = 1, 3, 2, 6, 8, 16, 17


@dataclass(slots=True)
class _Object:
    """What the messages of an object's header say."""

    shape: tuple[int, ...] | None = None
    dtype: str = ""
    width: int = 0
    links: list[tuple[str, int]] = field(default_factory=list)
    table: tuple[int, int] | None = None
    heap: tuple[int, int] | None = None


class _File:
    """Walks groups and data sets from the root."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size
        self.tensors: list[Tensor] = []
        self.groups = 0
        self.again = 0
        self.failures: list[str] = []
        self._seen: set[int] = set()
        self._types: dict[int, _Object] = {}

    def root(self) -> int:
        cursor = self._at(8)
        version = cursor.number("B")
        if version in (0, 1):
            cursor.skip(4)
            offsets, lengths = cursor.number("B"), cursor.number("B")
            cursor.skip(1 + 2 + 2 + 4 + (4 if version == 1 else 0) + 4 * 8 + 8)
        elif version in (2, 3):
            offsets, lengths = cursor.number("B"), cursor.number("B")
            cursor.skip(1 + 3 * 8)
        else:
            raise UnreadableError(f"Its superblock is of version {version}, which is unknown.")
        if (offsets, lengths) != (8, 8):
            raise UnreadableError("Its addresses are not of 8 bytes.")
        return cursor.number("Q")

    def walk(self, address: int) -> None:
        """List all below the root; raises `UnreadableError` when that makes no sense."""
        waiting = [("", address, 0)]
        while waiting:
            path, address, depth = waiting.pop()
            if len(self._seen) >= _OBJECTS:
                self.failures.append(f"Only its first {_OBJECTS:,} objects were looked at.")
                return
            if address in self._seen or address >= self._size or depth > _DEPTH:
                self.again += address in self._seen
                continue
            self._seen.add(address)
            try:
                found = self._object(address)
            except UnreadableError as error:
                if not path:
                    raise
                self.failures.append(f"“{path}” could not be read: {error.message}")
                continue
            if found.shape is not None:
                self._add(path, found)
            elif not found.dtype:  # else a type with a name
                self.groups += 1
                members = sorted(self._members(path, found), reverse=True)
                waiting += [(f"{path}/{name}", at, depth + 1) for name, at in members]

    def _members(self, path: str, found: _Object) -> list[tuple[str, int]]:
        """Return what a group links to, as far as it can be read."""
        members = list(found.links)
        try:
            if found.table is not None:
                members += self._symbols(*found.table)
            if found.heap is not None:
                members += self._heaped(path, *found.heap)
        except UnreadableError as error:
            self._lose(path, error)
        return members

    def _heaped(self, path: str, heap: int, tree: int) -> list[tuple[str, int]]:
        """Return the links in a heap, but for those that cannot be read."""
        opened = Heap(self._file, self._size, heap)
        members: list[tuple[str, int]] = []
        lost: UnreadableError | None = None
        for identity in identities(self._file, self._size, tree):
            try:
                link = _link(opened.object(identity))
            except UnreadableError as error:
                lost = error
            else:
                members += [link] if link is not None else []
            if len(members) >= _OBJECTS:
                break
        if lost is not None:
            self._lose(path, lost)
        return members

    def _lose(self, path: str, error: UnreadableError) -> None:
        which = f"the group “{path}”" if path else "the root"
        self.failures.append(f"Not all of {which} could be read: {error.message}")

    def _add(self, path: str, found: _Object) -> None:
        total = 1
        for length in found.shape or ():
            total *= length
        lengths = " × ".join(str(each) for each in found.shape or ()) or "scalar"
        size = total * found.width if found.width else -1
        self.tensors.append(
            Tensor(path.lstrip("/"), found.dtype, lengths, size if size < 2**62 else -1)
        )

    def _at(self, position: int) -> Cursor:
        if not 0 <= position < self._size:
            raise UnreadableError(f"It refers to byte {position:,}, behind its end.")
        return Cursor(self._file, self._size, position)

    def _object(self, address: int) -> _Object:
        found = _Object()
        cursor = self._at(address)
        if cursor.take(4) == b"OHDR":
            cursor.skip(1)
            flags = cursor.number("B")
            cursor.skip((16 if flags & 32 else 0) + (4 if flags & 16 else 0))
            length = cursor.number("BHIQ"[flags & 3])
            self._messages(cursor.position, length, _NEW, 2 if flags & 4 else 0, found)
        else:
            cursor.go(address + 1)
            cursor.skip(1 + 2 + 4)
            length = cursor.number("I")
            self._messages(cursor.position + 4, length, _OLD, 3, found)
        return found

    def _messages(self, start: int, length: int, form: str, behind: int, found: _Object) -> None:
        """Read the messages of a header, and of the blocks that continue it, each once."""
        waiting, seen = [(start, length)], {start}
        while waiting:
            start, length = waiting.pop(0)
            cursor = self._at(start)
            end = min(self._size, start + length)
            head = struct.calcsize("<" + form) + behind
            while cursor.position + head <= end:
                kind, size, flags = (cursor.number(each) for each in form)
                place = cursor.position + behind
                if kind == _CONTINUATION:
                    block = self._continuation(place, checked=form == _NEW)
                    waiting += [block] if block[0] not in seen else []
                    seen.add(block[0])
                elif size:
                    self._message(kind, place, size, flags, found)
                cursor.go(place + size)

    def _continuation(self, place: int, checked: bool) -> tuple[int, int]:
        """Return the start and length of a block; a checked one lies in "OCHK" and a checksum."""
        cursor = self._at(place)
        start, length = cursor.number("Q"), cursor.number("Q")
        return (start + 4, max(0, length - 8)) if checked else (start, length)

    def _message(self, kind: int, place: int, size: int, flags: int, found: _Object) -> None:
        cursor = self._at(place)
        if kind == _SPACE:
            version, rank = cursor.number("B"), cursor.number("B")
            cursor.skip(1)
            # Version 2 knows spaces of no numbers at all.
            empty = cursor.number("B") == _NO_SPACE and version == 2
            cursor.skip(4 if version == 1 else 0)
            lengths = tuple(cursor.number("Q") for _ in range(min(rank, 32)))
            found.shape = (0,) if empty else lengths
        elif kind == _TYPE and flags & _SHARED:
            self._named_type(cursor, found)
        elif kind == _TYPE:
            found.dtype, found.width = _type(cursor, size)
        elif kind == _SYMBOLS:
            found.table = cursor.number("Q"), cursor.number("Q")
        elif kind == _LINK:
            link = _link(cursor)
            found.links += [link] if link is not None else []
        elif kind == _LINK_INFO:
            cursor.skip(1)
            cursor.skip(8 if cursor.number("B") & 1 else 0)
            heap, tree = cursor.number("Q"), cursor.number("Q")
            found.heap = (heap, tree) if heap != UNDEFINED else None

    def _named_type(self, cursor: Cursor, found: _Object) -> None:
        """Look a type up that stands in the tree under a name of its own."""
        version = cursor.number("B")
        cursor.skip(7 if version == 1 else 1)
        address = cursor.number("Q")
        if address not in self._types:
            self._types[address] = _Object(dtype="other")  # a type that is its own
            self._types[address] = self._object(address)
        found.dtype, found.width = self._types[address].dtype, self._types[address].width

    def _symbols(self, tree: int, heap: int) -> list[tuple[str, int]]:
        """Read a group's names: a B-tree of symbol nodes, and a heap of names."""
        cursor = self._at(heap)
        if cursor.take(4) != b"HEAP":
            raise UnreadableError("The names of a group are not where they should be.")
        cursor.skip(4 + 16)
        names = cursor.number("Q")
        found: list[tuple[str, int]] = []
        waiting = [tree]
        visited: set[int] = set()
        while waiting and len(found) < _OBJECTS:
            address = waiting.pop()
            if address in visited or address == UNDEFINED:
                continue
            visited.add(address)
            node = self._at(address)
            mark = node.take(4)
            if mark == b"TREE":
                node.skip(2)
                used = node.number("H")
                node.skip(16 + 8)
                children = []
                for _ in range(used):
                    children.append(node.number("Q"))
                    node.skip(8)
                waiting += reversed(children)
            elif mark == b"SNOD":
                found += self._entries(node, names)
        return found

    def _entries(self, node: Cursor, names: int) -> list[tuple[str, int]]:
        node.skip(2)
        entries = []
        for _ in range(node.number("H")):
            entries.append((node.number("Q"), node.number("Q")))
            node.skip(4 + 4 + 16)
        return [(self._name(names + at), address) for at, address in entries]

    def _name(self, position: int) -> str:
        self._at(position)
        data = self._file.read(1024)
        return data.partition(b"\0")[0].decode("utf-8", "replace")


def read(source: Source) -> Facts:
    """List the data sets of an HDF5 file; raises `UnreadableError` when it is damaged."""
    with source.open() as file:
        walker = _File(file, source.size)
        walker.walk(walker.root())
    keras = any(each.name.startswith(("model_weights", "layers/")) for each in walker.tensors)
    form = "Keras weights (HDF5)" if keras or source.suffix == ".keras" else "HDF5 file"
    facts = [("Groups", f"{walker.groups:,}"), ("Data sets", f"{len(walker.tensors):,}")]
    if walker.again:
        facts.append(("Further names of them", f"{walker.again:,}"))
    failed = walker.failures
    more = words.many(len(failed) - _FAILURES, "more part", "more parts")
    note = " ".join(
        [*failed[:_FAILURES], *([f"So it is with {more}."] if len(failed) > _FAILURES else [])]
    )
    return Facts(
        source.name, source.size, note, form, tuple(facts), (), tuple(walker.tensors[:_TENSORS]),
        len(walker.tensors),
    )  # fmt: skip


def _type(cursor: Cursor, size: int) -> tuple[str, int]:
    """Read a type message: its name, and bytes a value, or 0 where values lie elsewhere."""
    first, bits = cursor.number("B"), cursor.number("B")
    members = bits | cursor.number("B") << 8
    cursor.skip(1)
    kind, width = first & 15, cursor.number("I")
    if kind == _INTEGER:
        return f"{'int' if bits & 8 else 'uint'}{8 * width}", width
    if kind == _FLOAT:
        return f"float{8 * width}", width
    if kind == _VARIABLE:
        return "string" if bits & 15 == 1 else "variable", 0
    if kind == _ENUM and members == 2:
        names = cursor.take(min(max(0, size - 8), 64))
        if b"FALSE\0" in names and b"TRUE\0" in names:  # as h5py writes it
            return "bool", width
    return _CLASSES.get(kind, "other"), width


def _link(cursor: Cursor) -> tuple[str, int] | None:
    """Read a link message: a hard link's name and address, or None for another kind."""
    cursor.skip(1)
    flags = cursor.number("B")
    kind = cursor.number("B") if flags & 8 else 0
    cursor.skip((8 if flags & 4 else 0) + (1 if flags & 16 else 0))
    name = cursor.take(cursor.number("BHIQ"[flags & 3])).decode("utf-8", "replace")
    return (name, cursor.number("Q")) if kind == 0 else None
