"""Pickles by their opcodes: what they would import, what they hold. Never loaded.

The opcodes are read here and not with `pickletools.genops`, which first reads an argument as long
as its length field says, and takes ten times as long.
"""

import io
import pickletools
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from runcase.errors import UnreadableError
from runcase.preview.facts import Facts, Import, Verdict
from runcase.preview.pickle_names import LONGEST, judge
from runcase.preview.source import Source

_OPCODES = {opcode.code.encode("latin-1")[0]: opcode for opcode in pickletools.opcodes}
_READ_BYTES = 256 * 1024 * 1024
_OPERATIONS = 5_000_000
_NAMES = 2_000
_FIXED = {
    "uint1": 1, "uint2": 2, "int4": 4, "uint4": 4, "uint8": 8, "float8": 8,
}  # fmt: skip
_COUNTED = {
    "string1": "<B", "string4": "<i", "bytes1": "<B", "bytes4": "<I", "bytes8": "<Q",
    "bytearray8": "<Q", "unicodestring1": "<B", "unicodestring4": "<I", "unicodestring8": "<Q",
    "long1": "<B", "long4": "<i",
}  # fmt: skip
_TEXTS = frozenset(
    {
        "SHORT_BINUNICODE",
        "BINUNICODE",
        "BINUNICODE8",
        "UNICODE",
        "SHORT_BINSTRING",
        "BINSTRING",
        "STRING",
    }
)
_CALLS = frozenset({"REDUCE", "NEWOBJ", "NEWOBJ_EX", "OBJ", "INST"})
_MEMO_PUTS = frozenset({"PUT", "BINPUT", "LONG_BINPUT"})
_MEMO_GETS = frozenset({"GET", "BINGET", "LONG_BINGET"})


@dataclass(slots=True)
class Inspection:
    """What was seen while the opcodes were read.

    Args:
        protocol: The highest that was stated.
        depth: How deep marks were nested.
        calls: How often something imported would be called.
        complete: Whether the last opcode was STOP.
    """

    protocol: int = 0
    imports: dict[tuple[str, str], None] = field(default_factory=dict)
    operations: int = 0
    depth: int = 0
    calls: int = 0
    longest: int = 0
    complete: bool = False
    why: str = ""
    end: int = 0


def read(source: Source) -> Facts:
    """Describe a pickle; raises `UnreadableError` when it does not begin as one."""
    if source.head[:1] == b"x":
        data = _inflated(source)
        seen = inspect(io.BytesIO(data), len(data))
    else:
        with source.open() as file:
            seen = inspect(file, source.size)
    if seen.operations < 2 and not seen.protocol:
        raise UnreadableError("It is not a pickle.")
    return describe(source.name, source.size, seen, source.size - seen.end)


def _inflated(source: Source) -> bytes:
    """Unpack what joblib compressed, up to a limit."""
    try:
        return zlib.decompressobj().decompress(source.read(_READ_BYTES), _READ_BYTES)
    except zlib.error as error:
        raise UnreadableError("It is not a compressed pickle.") from error


def describe(name: str, size: int, seen: Inspection, rest: int) -> Facts:
    """Return what was seen as a document."""
    imports = verdicts(seen)
    worst = [each for each in imports if each.verdict == Verdict.DANGEROUS]
    notes = []
    if worst:
        words = ", ".join(f"{each.module}.{each.name}" for each in worst[:3])
        notes.append(f"Loading this file could run code of its author: it imports {words}.")
    if not seen.complete:
        notes.append(seen.why or "The pickle is cut off.")
    facts = [
        ("Protocol", str(seen.protocol)),
        ("Opcodes", f"{seen.operations:,}"),
        ("Imports", f"{len(seen.imports):,}"),
        ("Calls", f"{seen.calls:,}"),
        ("Nesting", f"{seen.depth:,}"),
    ]
    if rest > 0 and seen.complete:
        facts.append(("Bytes behind it", f"{rest:,}"))
    return Facts(name, size, " ".join(notes), "Pickle", tuple(facts), imports)


def verdicts(seen: Inspection) -> tuple[Import, ...]:
    """Return the imports with their verdicts, the worst first."""
    order = (Verdict.DANGEROUS, Verdict.UNKNOWN, Verdict.ALLOWED)
    judged = (judge(module, name) for module, name in seen.imports)
    return tuple(sorted(judged, key=lambda each: (order.index(Verdict(each.verdict)), each.module)))


def inspect(file: BinaryIO, size: int, most: int = _OPERATIONS) -> Inspection:
    """Follow the opcodes of a pickle, or of up to `most` that follow each other."""
    seen = Inspection()
    stream = _Stream(file, size)
    machine = _Machine(seen)
    try:
        for name, argument in stream.operations():
            seen.operations += 1
            machine.step(name, argument)
            seen.end = stream.position
            if name == "STOP":
                seen.complete = True
                most -= 1
                if most == 0 or stream.peek() != b"\x80":
                    break
                seen.complete = False
            if seen.operations >= _OPERATIONS:
                seen.why = f"Only its first {_OPERATIONS:,} opcodes were read."
                break
    except _CutError as error:
        seen.why = str(error)
        if ("joblib.numpy_pickle", "NumpyArrayWrapper") in seen.imports:
            _search_behind_arrays(file, seen)
    return seen


def _search_behind_arrays(file: BinaryIO, seen: Inspection) -> None:
    """Look for imports in what follows; joblib writes raw numbers between its opcodes."""
    seen.why = "joblib wrote arrays between the opcodes: imports behind them were searched for."
    file.seek(seen.end)
    data = file.read(_READ_BYTES)
    for found in _IMPORTS.finditer(data):
        module, name, old_module, old_name = found.groups()
        pair = (module, name) if module is not None else (old_module, old_name)
        if len(seen.imports) < _NAMES:
            seen.imports[pair[0].decode(), pair[1].decode()] = None


_IMPORTS = re.compile(
    rb"\x8c.([A-Za-z_][\w.]{1,99})\x94?\x8c.([A-Za-z_][\w.]{0,99})\x94?\x93"
    rb"|c([A-Za-z_][\w.]{1,99})\n([A-Za-z_][\w.]{0,99})\n",
    re.DOTALL,
)


class _CutError(Exception):
    """The file ends or lies where an opcode was expected; the text says how."""


class _Stream:
    """Opcodes and their short arguments, in order; long data is passed over."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size
        self.position = 0

    def operations(self) -> Iterator[tuple[str, object]]:
        while True:
            code = self._take(1)
            opcode = _OPCODES.get(code[0])
            if opcode is None:
                raise _CutError(f"Byte {self.position - 1:,} is no opcode of a pickle.")
            yield opcode.name, self._argument(opcode.arg)

    def peek(self) -> bytes:
        """Return the next byte without taking it."""
        place = self._file.tell()
        data = self._file.read(1)
        self._file.seek(place)
        return data

    def _argument(self, described: "pickletools.ArgumentDescriptor | None") -> object:
        if described is None:
            return None
        name = described.name
        if name in _FIXED:
            return int.from_bytes(self._take(_FIXED[name]), "little")
        if name in _COUNTED:
            form = _COUNTED[name]
            (count,) = struct.unpack(form, self._take(struct.calcsize(form)))
            return self._counted(count)
        lines = 2 if name == "stringnl_noescape_pair" else 1
        return " ".join(self._line() for _ in range(lines))

    def _counted(self, count: int) -> object:
        if count < 0 or count > self._size - self.position:
            raise _CutError(
                f"At byte {self.position:,} it claims {count:,} bytes of data, but the file ends "
                f"{self._size - self.position:,} bytes later."
            )
        if count <= _NAMES:
            return self._take(count).decode("utf-8", "replace")
        self._file.seek(count, 1)
        self.position += count
        return None

    def _line(self) -> str:
        line = self._file.readline(_NAMES + 1)
        self.position += len(line)
        if not line.endswith(b"\n"):
            raise _CutError("A line of the pickle has no end.")
        return line[:-1].decode("utf-8", "replace")

    def _take(self, count: int) -> bytes:
        data = self._file.read(count)
        self.position += len(data)
        if len(data) < count:
            raise _CutError(f"The pickle is cut off at byte {self.position:,}.")
        return data


class _Machine:
    """As much of the pickle machine as tells which names are imported."""

    def __init__(self, seen: Inspection) -> None:
        self._seen = seen
        self._recent: list[str] = []
        self._memo: dict[int, str] = {}
        self._last = ""
        self._depth = 0

    def step(self, name: str, argument: object) -> None:
        seen = self._seen
        if name in _TEXTS:
            self._push(argument if isinstance(argument, str) else "")
            return
        if name == "PROTO" and isinstance(argument, int):
            seen.protocol = max(seen.protocol, argument)
        elif name in ("GLOBAL", "INST"):
            module, _, attribute = str(argument).partition(" ")
            self._import(module, attribute)
        elif name == "STACK_GLOBAL":
            module, attribute = ["?", "?", *self._recent][-2:]
            self._import(module, attribute)
        elif name in _MEMO_GETS:
            self._push(self._memo.get(_number(argument), ""))
        seen.calls += name in _CALLS
        self._nest(name)
        self._remember(name, argument)

    def _remember(self, name: str, argument: object) -> None:
        """Keep in the memo what was pushed last, if that was text."""
        if name == "MEMOIZE" or name in _MEMO_PUTS:
            place = len(self._memo) if name == "MEMOIZE" else _number(argument)
            self._memo[place] = self._last
        elif name not in _MEMO_GETS:
            self._last = ""

    def _nest(self, name: str) -> None:
        if name == "MARK":
            self._depth += 1
        elif name in (
            "APPENDS",
            "SETITEMS",
            "TUPLE",
            "LIST",
            "DICT",
            "OBJ",
            "ADDITEMS",
            "FROZENSET",
        ):
            self._depth = max(0, self._depth - 1)
        self._seen.depth = max(self._seen.depth, self._depth)

    def _push(self, text: str) -> None:
        self._last = text
        if text:
            self._recent = [*self._recent[-3:], text]

    def _import(self, module: str, name: str) -> None:
        if len(self._seen.imports) < _NAMES:
            self._seen.imports[module[:LONGEST], name[:LONGEST]] = None


def _number(argument: object) -> int:
    try:
        return int(argument)  # type: ignore[call-overload, no-any-return]
    except (TypeError, ValueError):
        return -1
