"""HDF5 files, as Keras writes them: names, shapes and types of their data sets.

A small reader of the format's headers (HDF5 File Format Specification 3.0): superblocks 0 to 3,
object headers 1 and 2, groups as symbol tables or link messages. Not read, and said so: groups
whose links lie in fractal heaps, which HDF5 uses for groups of many members in new-style files.
"""

from dataclasses import dataclass, field
from typing import BinaryIO

from runcase.errors import UnreadableError
from runcase.preview import words
from runcase.preview.facts import Facts, Tensor
from runcase.preview.source import Source
from runcase.preview.wire import Cursor

SIGNATURE = b"\x89HDF\r\n\x1a\n"
_OBJECTS = 20_000
_DEPTH = 32
_TENSORS = 5_000
_UNDEFINED = (1 << 64) - 1
_CLASSES = {
    0: "int",
    1: "float",
    3: "string",
    4: "bits",
    5: "opaque",
    6: "compound",
    7: "reference",
    8: "enum",
    9: "variable",
    10: "array",
}
_SPACE, _TYPE, _LINK_INFO, _LINK, _LAYOUT, _CONTINUATION, _SYMBOLS = 1, 3, 2, 6, 8, 16, 17


@dataclass(slots=True)
class _Object:
    """What the messages of an object's header say."""

    shape: tuple[int, ...] | None = None
    dtype: str = ""
    width: int = 0
    links: list[tuple[str, int]] = field(default_factory=list)
    table: tuple[int, int] | None = None
    heaped: bool = False


class _File:
    """Walks groups and data sets from the root."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size
        self.tensors: list[Tensor] = []
        self.groups = 0
        self.heaped = 0
        self._seen: set[int] = set()

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
        waiting = [("", address, 0)]
        while waiting and len(self._seen) < _OBJECTS:
            path, address, depth = waiting.pop()
            if address in self._seen or address >= self._size or depth > _DEPTH:
                continue
            self._seen.add(address)
            found = self._object(address)
            if found.shape is not None:
                self._add(path, found)
                continue
            self.groups += 1
            self.heaped += found.heaped
            links = found.links
            if found.table is not None:
                links = [*links, *self._symbols(*found.table)]
            waiting += [(f"{path}/{name}", at, depth + 1) for name, at in reversed(links)]

    def _add(self, path: str, found: _Object) -> None:
        total = 1
        for length in found.shape or ():
            total *= length
        lengths = " × ".join(str(each) for each in found.shape or ()) or "scalar"
        size = total * found.width
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
            self._messages_2(cursor.position, length, bool(flags & 4), found, 0)
        else:
            cursor.go(address + 1)
            cursor.skip(1)
            count = cursor.number("H")
            cursor.skip(4)
            length = cursor.number("I")
            self._messages_1(cursor.position + 4, length, count, found, 0)
        return found

    def _messages_1(self, start: int, length: int, count: int, found: _Object, depth: int) -> None:
        cursor = self._at(start)
        end = min(self._size, start + length)
        while count > 0 and cursor.position + 8 <= end and depth < 16:
            kind, size = cursor.number("H"), cursor.number("H")
            cursor.skip(4)
            place = cursor.position
            if kind == _CONTINUATION:
                inner = self._at(place)
                self._messages_1(inner.number("Q"), inner.number("Q"), count, found, depth + 1)
            else:
                self._message(kind, place, size, found)
            cursor.go(place + size)
            count -= 1

    def _messages_2(
        self, start: int, length: int, ordered: bool, found: _Object, depth: int
    ) -> None:
        cursor = self._at(start)
        end = min(self._size, start + length)
        head = 6 if ordered else 4
        while cursor.position + head <= end and depth < 16:
            kind, size = cursor.number("B"), cursor.number("H")
            cursor.skip(head - 3)
            place = cursor.position
            if kind == _CONTINUATION:
                inner = self._at(place)
                at, many = inner.number("Q"), inner.number("Q")
                # Past "OCHK", and without the checksum at its end.
                self._messages_2(at + 4, max(0, many - 8), ordered, found, depth + 1)
            else:
                self._message(kind, place, size, found)
            cursor.go(place + size)

    def _message(self, kind: int, place: int, size: int, found: _Object) -> None:
        if not size:
            return
        cursor = self._at(place)
        if kind == _SPACE:
            version, rank = cursor.number("B"), cursor.number("B")
            cursor.skip(6 if version == 1 else 2)
            found.shape = tuple(cursor.number("Q") for _ in range(min(rank, 32)))
        elif kind == _TYPE:
            first = cursor.number("B")
            bits = cursor.number("B")
            cursor.skip(2)
            found.width = cursor.number("I")
            found.dtype = _type_words(first & 15, bits, found.width)
        elif kind == _SYMBOLS:
            found.table = cursor.number("Q"), cursor.number("Q")
        elif kind == _LINK:
            link = _link(cursor)
            if link is not None:
                found.links.append(link)
        elif kind == _LINK_INFO:
            cursor.skip(1)
            flags = cursor.number("B")
            cursor.skip(8 if flags & 1 else 0)
            found.heaped = found.heaped or cursor.number("Q") != _UNDEFINED

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
            if address in visited or address == _UNDEFINED:
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
    note = ""
    if walker.heaped:
        many = words.many(walker.heaped, "large group keeps its", "large groups keep their")
        note = f"{many} members in a way that is not read."
    keras = any(each.name.startswith(("model_weights", "layers/")) for each in walker.tensors)
    form = "Keras weights (HDF5)" if keras or source.suffix == ".keras" else "HDF5 file"
    facts = (("Groups", f"{walker.groups:,}"), ("Data sets", f"{len(walker.tensors):,}"))
    return Facts(
        source.name, source.size, note, form, facts, (), tuple(walker.tensors[:_TENSORS]),
        len(walker.tensors),
    )  # fmt: skip


def _type_words(kind: int, bits: int, width: int) -> str:
    if kind == 0:
        return f"{'int' if bits & 8 else 'uint'}{8 * width}"
    if kind == 1:
        return f"float{8 * width}"
    return _CLASSES.get(kind, "other")


def _link(cursor: Cursor) -> tuple[str, int] | None:
    """Read a link message: a hard link's name and address, or None for another kind."""
    cursor.skip(1)
    flags = cursor.number("B")
    kind = cursor.number("B") if flags & 8 else 0
    cursor.skip((8 if flags & 4 else 0) + (1 if flags & 16 else 0))
    name = cursor.take(cursor.number("BHIQ"[flags & 3])).decode("utf-8", "replace")
    return (name, cursor.number("Q")) if kind == 0 else None
