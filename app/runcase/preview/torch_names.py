"""The tensors of a PyTorch pickle, by running its opcodes on a machine that only builds records."""

import math
import pickletools
from dataclasses import dataclass
from typing import Any

from runcase.preview.facts import Tensor

_MOST = 20_000
_OPERATIONS = 2_000_000
_SIZES = {
    "Double": 8, "Float": 4, "Half": 2, "BFloat16": 2, "Long": 8, "Int": 4, "Short": 2, "Char": 1,
    "Byte": 1, "Bool": 1, "ComplexDouble": 16, "ComplexFloat": 8, "QInt8": 1, "QUInt8": 1,
}  # fmt: skip
_NAMES = {
    "Double": "float64", "Float": "float32", "Half": "float16", "Long": "int64", "Int": "int32",
    "Short": "int16", "Char": "int8", "Byte": "uint8",
}  # fmt: skip
_MARK = object()


@dataclass(frozen=True, slots=True)
class _Name:
    module: str
    name: str


@dataclass(frozen=True, slots=True)
class _Storage:
    kind: str


@dataclass(frozen=True, slots=True)
class _Tensor:
    kind: str
    shape: tuple[int, ...]


def tensors_of(data: bytes) -> tuple[Tensor, ...]:
    """Return the tensors that a pickle would rebuild, under their keys; nothing if it is odd.

    Nothing is imported or called: names stay names, and of calls only PyTorch's own rebuilding of
    tensors is understood.
    """
    machine = _Machine()
    try:
        for number, (opcode, argument, _) in enumerate(pickletools.genops(data)):
            if number > _OPERATIONS or opcode.name == "STOP":
                break
            machine.step(opcode.name, argument)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError):
        # Not as PyTorch writes it: what was found up to here counts.
        pass
    found: list[Tensor] = []
    _collect(machine.stack, found)
    return tuple(found)


class _Machine:
    """A stack and a memo of plain values."""

    def __init__(self) -> None:
        self.stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def step(self, name: str, argument: Any) -> None:
        handler = getattr(self, f"_{name.lower()}", None)
        if handler is not None:
            handler(argument)
        elif name in _PUSHING:
            self.stack.append(argument)
        elif name in _EMPTY:
            self.stack.append(_EMPTY[name]())
        elif name in ("BINPUT", "LONG_BINPUT", "PUT"):
            self._memo[int(argument)] = self.stack[-1]
        elif name in ("BINGET", "LONG_BINGET", "GET"):
            self.stack.append(self._memo[int(argument)])

    def _memoize(self, _: Any) -> None:
        self._memo[len(self._memo)] = self.stack[-1]

    def _mark(self, _: Any) -> None:
        self.stack.append(_MARK)

    def _global(self, argument: str) -> None:
        module, _, name = argument.partition(" ")
        self.stack.append(_Name(module, name))

    def _stack_global(self, _: Any) -> None:
        name, module = self.stack.pop(), self.stack.pop()
        self.stack.append(_Name(str(module), str(name)))

    def _tuple(self, _: Any) -> None:
        self.stack.append(tuple(self._marked()))

    def _tuple1(self, _: Any) -> None:
        self.stack[-1:] = [(self.stack[-1],)]

    def _tuple2(self, _: Any) -> None:
        self.stack[-2:] = [tuple(self.stack[-2:])]

    def _tuple3(self, _: Any) -> None:
        self.stack[-3:] = [tuple(self.stack[-3:])]

    def _list(self, _: Any) -> None:
        self.stack.append(list(self._marked()))

    def _append(self, _: Any) -> None:
        value = self.stack.pop()
        _extend(self.stack[-1], [value])

    def _appends(self, _: Any) -> None:
        values = self._marked()
        _extend(self.stack[-1], values)

    def _setitem(self, _: Any) -> None:
        value, key = self.stack.pop(), self.stack.pop()
        _update(self.stack[-1], [key, value])

    def _setitems(self, _: Any) -> None:
        values = self._marked()
        _update(self.stack[-1], values)

    def _dict(self, _: Any) -> None:
        made: dict[Any, Any] = {}
        _update(made, self._marked())
        self.stack.append(made)

    def _pop(self, _: Any) -> None:
        self.stack.pop()

    def _binpersid(self, _: Any) -> None:
        # ("storage", type, key, location, number of elements)
        identity = self.stack.pop()
        kind = identity[1].name.removesuffix("Storage") if isinstance(identity, tuple) else ""
        self.stack.append(_Storage(kind))

    def _reduce(self, _: Any) -> None:
        arguments, called = self.stack.pop(), self.stack.pop()
        self.stack.append(_called(called, arguments))

    def _newobj(self, _: Any) -> None:
        self.stack.pop()
        self.stack[-1:] = [{}]

    def _build(self, _: Any) -> None:
        state = self.stack.pop()
        target = self.stack[-1]
        if isinstance(target, dict) and isinstance(state, dict):
            target.update(state)

    def _marked(self) -> list[Any]:
        place = len(self.stack) - 1 - self.stack[::-1].index(_MARK)
        values = self.stack[place + 1 :]
        del self.stack[place:]
        return values


_PUSHING = frozenset(
    [
        "BININT",
        "BININT1",
        "BININT2",
        "INT",
        "LONG",
        "LONG1",
        "LONG4",
        "BINFLOAT",
        "FLOAT",
        "BINUNICODE",
        "SHORT_BINUNICODE",
        "BINUNICODE8",
        "UNICODE",
        "BINBYTES",
        "SHORT_BINBYTES",
        "BINBYTES8",
        "STRING",
        "BINSTRING",
        "SHORT_BINSTRING",
    ]
)
_EMPTY: dict[str, Any] = {
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
    "EMPTY_SET": list,
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
}


def _called(called: Any, arguments: Any) -> Any:
    if not isinstance(called, _Name):
        return None
    if called.name.startswith("_rebuild_tensor") and isinstance(arguments[0], _Storage):
        lengths = arguments[2]
        known = isinstance(lengths, tuple) and all(isinstance(each, int) for each in lengths)
        return _Tensor(arguments[0].kind, lengths if known else ())
    if called.name == "_rebuild_parameter" and isinstance(arguments[0], _Tensor):
        return arguments[0]
    return {} if called.name == "OrderedDict" else None


def _extend(target: Any, values: list[Any]) -> None:
    if isinstance(target, list):
        target.extend(values)


def _update(target: Any, values: list[Any]) -> None:
    if isinstance(target, dict):
        for key, value in zip(values[0::2], values[1::2], strict=True):
            target[key if isinstance(key, str | int) else str(key)] = value


def _collect(stack: list[Any], found: list[Tensor]) -> None:
    """Walk what was built, breadth kept by a stack of its own, each container once."""
    waiting: list[tuple[str, Any]] = [("", each) for each in reversed(stack)]
    seen: set[int] = set()
    while waiting and len(found) < _MOST:
        name, value = waiting.pop()
        if isinstance(value, _Tensor):
            found.append(_tensor(name, value))
        elif isinstance(value, dict | list | tuple) and id(value) not in seen:
            seen.add(id(value))
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            inner = [(f"{name}.{key}" if name else str(key), each) for key, each in pairs]
            waiting.extend(reversed(inner))


def _tensor(name: str, tensor: _Tensor) -> Tensor:
    lengths = tensor.shape
    size = math.prod(lengths) * _SIZES.get(tensor.kind, 0)
    words = " × ".join(str(each) for each in lengths[:12]) or "scalar"
    dtype = _NAMES.get(tensor.kind, tensor.kind.lower())
    return Tensor(name or "tensor", dtype, words, size if 0 <= size < 2**62 else -1)
