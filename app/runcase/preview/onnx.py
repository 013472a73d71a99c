"""ONNX models by their protobuf fields: graph, operators, initialisers (onnx/onnx.proto)."""

import math
from collections import Counter

from runcase.errors import UnreadableError
from runcase.preview import words
from runcase.preview.facts import Facts, Tensor
from runcase.preview.source import Source
from runcase.preview.wire import Cursor, fields

_TENSORS = 5_000
_TEXT = 300
# By number: NumPy's name, and how many bits each is stored in (onnx.proto, TensorProto.DataType).
_TYPES = {
    1: ("float32", 32), 2: ("uint8", 8), 3: ("int8", 8), 4: ("uint16", 16), 5: ("int16", 16),
    6: ("int32", 32), 7: ("int64", 64), 8: ("string", 0), 9: ("bool", 8), 10: ("float16", 16),
    11: ("float64", 64), 12: ("uint32", 32), 13: ("uint64", 64), 14: ("complex64", 64),
    15: ("complex128", 128), 16: ("bfloat16", 16), 17: ("float8_e4m3fn", 8),
    18: ("float8_e4m3fnuz", 8), 19: ("float8_e5m2", 8), 20: ("float8_e5m2fnuz", 8),
    21: ("uint4", 4), 22: ("int4", 4), 23: ("float4_e2m1fn", 4), 24: ("float8_e8m0fnu", 8),
    25: ("uint2", 2), 26: ("int2", 2),
}  # fmt: skip


class _Graph:
    """What is collected while the fields are walked."""

    def __init__(self) -> None:
        self.name = ""
        self.operators: Counter[str] = Counter()
        self.tensors: list[Tensor] = []
        self.inputs: list[tuple[str, str]] = []
        self.outputs: list[tuple[str, str]] = []


def read(source: Source) -> Facts:
    """Describe an ONNX model; raises `UnreadableError` when its fields make no sense."""
    graph = _Graph()
    facts: dict[str, str] = {}
    opsets: list[str] = []
    metadata: list[tuple[str, str]] = []
    with source.open() as file:
        cursor = Cursor(file, source.size)
        for number, value, place in fields(cursor):
            if number == 1 and place < 0:
                facts["IR version"] = str(value)
            elif number in (2, 3, 4) and place >= 0:
                title = {2: "Producer", 3: "Producer version", 4: "Domain"}[number]
                facts[title] = _text(cursor, value)
            elif number == 7 and place >= 0:
                _walk_graph(Cursor(file, place + value, place), graph)
            elif number == 8 and place >= 0:
                opsets.append(_opset(Cursor(file, place + value, place)))
            elif number == 14 and place >= 0:
                metadata.append(_pair(Cursor(file, place + value, place)))
    if "IR version" not in facts or not (graph.operators or graph.tensors or graph.outputs):
        raise UnreadableError("It has no graph, as an ONNX model has.")
    shown = [*facts.items(), ("Operator sets", ", ".join(opsets)), ("Graph", graph.name)]
    shown += [(f"Input {name}", kind) for name, kind in graph.inputs[:20]]
    shown += [(f"Output {name}", kind) for name, kind in graph.outputs[:20]]
    numbers = sum(each.size for each in graph.tensors if each.size > 0)
    shown += [
        ("Nodes", f"{graph.operators.total():,}"),
        ("Initialisers", f"{len(graph.tensors):,}, {words.size(numbers)}"),
    ]
    return Facts(
        source.name, source.size, "", "ONNX model",
        tuple((name, value) for name, value in shown if value),
        (), tuple(graph.tensors[:_TENSORS]), len(graph.tensors),
        tuple(graph.operators.most_common(200)), "Operators", tuple(metadata),
    )  # fmt: skip


def _walk_graph(cursor: Cursor, graph: _Graph) -> None:
    for number, value, place in fields(cursor):
        if place < 0:
            continue
        inner = Cursor(cursor.file, place + value, place)
        if number == 1:
            graph.operators[_string_field(inner, 4)[:80]] += 1
        elif number == 2:
            graph.name = _text(inner, value)
        elif number == 5:
            graph.tensors.append(_initialiser(inner))
        elif number == 11:
            graph.inputs.append(_value_info(inner))
        elif number == 12:
            graph.outputs.append(_value_info(inner))


def _initialiser(cursor: Cursor) -> Tensor:
    lengths: list[int] = []
    name, kind = "", 0
    for number, value, place in fields(cursor):
        if number == 1 and place < 0:
            lengths.append(value)
        elif number == 1:
            packed = Cursor(cursor.file, place + value, place)
            while packed.left and len(lengths) < 64:
                lengths.append(packed.varint())
        elif number == 2 and place < 0:
            kind = value
        elif number == 8 and place >= 0:
            name = _text(cursor, value)
    dtype, bits = _TYPES.get(kind, ("unknown", 0))
    size = (math.prod(lengths) * bits + 7) // 8 if bits else -1
    shape = " × ".join(str(each) for each in lengths[:12]) or "scalar"
    return Tensor(name, dtype, shape, size if 0 <= size < 2**62 else -1)


def _value_info(cursor: Cursor) -> tuple[str, str]:
    """Read ValueInfoProto: a name, and the type of a tensor with its dimensions."""
    name, words_ = "", ""
    for number, value, place in fields(cursor):
        if number == 1 and place >= 0:
            name = _text(cursor, value)
        elif number == 2 and place >= 0:
            words_ = _type(Cursor(cursor.file, place + value, place))
    return name, words_


def _type(cursor: Cursor) -> str:
    for number, value, place in fields(cursor):
        if number == 1 and place >= 0:
            return _tensor_type(Cursor(cursor.file, place + value, place))
        return {4: "sequence", 5: "map", 8: "sparse tensor", 9: "optional"}.get(number, "")
    return ""


def _tensor_type(cursor: Cursor) -> str:
    dtype = ""
    lengths: list[str] = []
    for number, value, place in fields(cursor):
        if number == 1 and place < 0:
            dtype = _TYPES.get(value, ("unknown", 0))[0]
        elif number == 2 and place >= 0:
            dimensions = Cursor(cursor.file, place + value, place)
            for inner, size, at in fields(dimensions):
                if inner == 1 and at >= 0 and len(lengths) < 32:
                    lengths.append(_dimension(Cursor(cursor.file, at + size, at)))
    return f"{dtype} ({', '.join(lengths)})" if lengths else dtype


def _dimension(cursor: Cursor) -> str:
    for number, value, place in fields(cursor):
        if number == 1 and place < 0:
            return str(value)
        if number == 2 and place >= 0:
            return _text(cursor, value)
    return "?"


def _opset(cursor: Cursor) -> str:
    domain, version = "", ""
    for number, value, place in fields(cursor):
        if number == 1 and place >= 0:
            domain = _text(cursor, value)
        elif number == 2 and place < 0:
            version = str(value)
    return f"{domain or 'ai.onnx'} {version}"


def _pair(cursor: Cursor) -> tuple[str, str]:
    key, text = "", ""
    for number, value, place in fields(cursor):
        if number == 1 and place >= 0:
            key = _text(cursor, value)
        elif number == 2 and place >= 0:
            text = _text(cursor, value)
    return key, text


def _string_field(cursor: Cursor, wanted: int) -> str:
    for number, value, place in fields(cursor):
        if number == wanted and place >= 0:
            return _text(cursor, value)
    return ""


def _text(cursor: Cursor, length: int) -> str:
    """Return the bytes at the cursor's place as text, cut."""
    return cursor.take(min(length, _TEXT)).decode("utf-8", "replace")
