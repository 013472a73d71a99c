"""The tensors of a PyTorch pickle, by running its opcodes on a machine that only builds records."""

import math
import pickletools
from dataclasses import dataclass
from typing import Any, BinaryIO

from runcase.preview.facts import Tensor

_MOST = 20_000
_OPERATIONS = 2_000_000
# A storage's kind is a dtype under an older name.
_DTYPES = {
    "Double": "float64", "Float": "float32", "Half": "float16", "Long": "int64", "Int": "int32",
    "Short": "int16", "Char": "int8", "Byte": "uint8", "ComplexDouble": "complex128",
    "ComplexFloat": "complex64", "QUInt4x2": "quint4x2", "QUInt2x4": "quint2x4",
}  # fmt: skip
_WIDTHS = {
    "float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "int64": 8, "int32": 4, "int16": 2,
    "int8": 1, "uint8": 1, "uint16": 2, "uint32": 4, "uint64": 8, "bool": 1, "complex32": 4,
    "complex64": 8, "complex128": 16, "qint8": 1, "quint8": 1, "qint32": 4,
    "float8_e4m3fn": 1, "float8_e4m3fnuz": 1, "float8_e5m2": 1, "float8_e5m2fnuz": 1,
    "float8_e8m0fnu": 1, "float4_e2m1fn_x2": 1,
}  # fmt: skip
# What a module keeps its parts under, in the order of its state dict.
_PARTS = ("_parameters", "_buffers", "_modules")
_MARK = object()


@dataclass(frozen=True, slots=True)
class _Name:
    module: str
    name: str


@dataclass(frozen=True, slots=True)
class _Storage:
    dtype: str


@dataclass(frozen=True, slots=True)
class _Tensor:
    dtype: str
    shape: tuple[int, ...]


def tensors_of(file: BinaryIO) -> tuple[Tensor, ...]:
    """Return the tensors that a pickle would rebuild, under their keys; nothing if it is odd.

    Nothing is imported or called: names stay names, and of calls only PyTorch's own rebuilding of
    tensors is understood.
    """
    machine = _Machine()
    try:
        for number, (opcode, argument, _) in enumerate(pickletools.genops(file)):
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
        # ("storage", type, key, location, number of elements), or ("module", class, its source)
        identity = self.stack.pop()
        named = identity[1] if isinstance(identity, tuple) else None
        if identity[0] == "module" and isinstance(named, _Name):
            self.stack.append(named)
            return
        kind = named.name.removesuffix("Storage") if isinstance(named, _Name) else ""
        self.stack.append(_Storage(_DTYPES.get(kind, kind.lower())))

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
    if called.name == "_rebuild_from_type_v2" and arguments[0].name != called.name:
        return _called(arguments[0], arguments[2])  # (function, class, its arguments, state)
    rebuilds = called.name.startswith(("_rebuild_tensor", "_rebuild_qtensor"))
    if rebuilds and isinstance(arguments[0], _Storage):
        lengths, dtype = arguments[2], arguments[0].dtype
        if called.name == "_rebuild_tensor_v3":  # its storage is of bytes
            dtype = arguments[6].name
        known = isinstance(lengths, tuple) and all(isinstance(each, int) for each in lengths)
        return _Tensor(dtype, lengths if known else ())
    if called.name.startswith("_rebuild_parameter") and isinstance(arguments[0], _Tensor):
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
            pairs = _pairs(value) if isinstance(value, dict) else enumerate(value)
            inner = [(f"{name}.{key}" if name else str(key), each) for key, each in pairs]
            waiting.extend(reversed(inner))


def _pairs(value: dict[Any, Any]) -> list[tuple[Any, Any]]:
    """Return what lies in a dict; of a module, its parts as the state dict names them."""
    parts = [value.get(each) for each in _PARTS]
    if not all(isinstance(each, dict) for each in parts):
        return list(value.items())
    rest = [(key, each) for key, each in value.items() if key not in _PARTS]
    return [pair for each in parts if each for pair in each.items()] + rest


def _tensor(name: str, tensor: _Tensor) -> Tensor:
    lengths = tensor.shape
    width = _WIDTHS.get(tensor.dtype)
    size = math.prod(lengths) * width if width else -1
    words = " × ".join(str(each) for each in lengths[:12]) or "scalar"
    return Tensor(name or "tensor", tensor.dtype, words, size if 0 <= size < 2**62 else -1)
