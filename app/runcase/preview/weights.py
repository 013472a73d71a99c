"""Model weights by their headers: safetensors, GGUF, and PyTorch's ZIP archives."""

import io
import json
import math
import zipfile
from typing import Any

from runcase.errors import TooBigError, UnreadableError
from runcase.preview import pickles, words
from runcase.preview.facts import Facts, Import, Tensor, Verdict
from runcase.preview.source import Source
from runcase.preview.torch_names import tensors_of
from runcase.preview.wire import Cursor

TENSORS = 5_000
_HEADER_BYTES = 32 * 1024 * 1024
_PICKLE_BYTES = 64 * 1024 * 1024
_VALUE_CHARACTERS = 300
OLD_TORCH = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
_OLD_PICKLES = 5

# ggml's types, by number: name, block of so many numbers, in so many bytes (ggml.h).
_GGML = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22), 7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 9: ("Q8_1", 32, 40),
    10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110), 12: ("Q4_K", 256, 144), 13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210), 15: ("Q8_K", 256, 292), 16: ("IQ2_XXS", 256, 66),
    17: ("IQ2_XS", 256, 74), 18: ("IQ3_XXS", 256, 98), 19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110), 22: ("IQ2_S", 256, 82),
    23: ("IQ4_XS", 256, 136), 24: ("I8", 1, 1), 25: ("I16", 1, 2), 26: ("I32", 1, 4),
    27: ("I64", 1, 8), 28: ("F64", 1, 8), 29: ("IQ1_M", 256, 56), 30: ("BF16", 1, 2),
    34: ("TQ1_0", 256, 54), 35: ("TQ2_0", 256, 66), 39: ("MXFP4", 32, 17), 40: ("NVFP4", 64, 36),
    41: ("Q1_0", 128, 18),
}  # fmt: skip
_GGUF_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 10: "Q", 11: "q"}
_GGUF_FLOATS = {6: "f", 12: "d"}
_GGUF_BOOL, _GGUF_STRING, _GGUF_ARRAY = 7, 8, 9


def is_safetensors(source: Source) -> bool:
    """Say whether a file begins as safetensors: a length, then a JSON object of that length."""
    length = int.from_bytes(source.head[:8], "little")
    return 2 <= length <= source.size - 8 and source.head[8:10] in (b'{"', b"{ ", b"{}", b"{\n")


def read_safetensors(source: Source) -> Facts:
    """List the tensors of a safetensors file; raises `UnreadableError`."""
    length = int.from_bytes(source.head[:8], "little")
    if length > min(_HEADER_BYTES, source.size - 8):
        raise UnreadableError("Its header claims to be longer than the file.")
    try:
        header = json.loads(source.window(8, length))
    except (ValueError, RecursionError) as error:
        raise UnreadableError("Its header is not valid JSON.") from error
    if not isinstance(header, dict):
        raise UnreadableError("Its header is not an object.")
    metadata = header.pop("__metadata__", {})
    tensors = tuple(
        Tensor(str(name), str(each.get("dtype", "")), shape(each.get("shape")), _extent(each))
        for name, each in header.items()
        if isinstance(each, dict)
    )
    end = 8 + length + max((_end(each) for each in header.values()), default=0)
    note = "" if end <= source.size else f"It is cut off: its tensors end at byte {end:,}."
    pairs = metadata.items() if isinstance(metadata, dict) else ()
    return _weights(
        source, "safetensors", tensors, note=note, metadata=[(str(k), str(v)) for k, v in pairs]
    )


def _extent(described: dict[str, Any]) -> int:
    offsets = described.get("data_offsets")
    if isinstance(offsets, list) and len(offsets) == 2:
        begin, end = offsets
        if isinstance(begin, int) and isinstance(end, int) and 0 <= begin <= end < 2**62:
            return end - begin
    return -1


def _end(described: object) -> int:
    offsets = described.get("data_offsets") if isinstance(described, dict) else None
    end = offsets[1] if isinstance(offsets, list) and len(offsets) == 2 else 0
    return end if isinstance(end, int) and end < 2**62 else 0


def read_gguf(source: Source) -> Facts:
    """Read the metadata and tensor list of a GGUF file (ggml/docs/gguf.md)."""
    with source.open() as file:
        cursor = Cursor(file, source.size, 4)
        version, count, pairs = cursor.number("I"), cursor.number("Q"), cursor.number("Q")
        if not 2 <= version <= 3 or max(count, pairs) > 1_000_000:
            raise UnreadableError(f"It is GGUF of version {version}, of which little is known.")
        metadata = []
        for _ in range(pairs):
            name = _gguf_string(cursor)
            metadata.append((name, _gguf_value(cursor, cursor.number("I"))))
        tensors = []
        for _ in range(count):
            name = _gguf_string(cursor)
            dimensions = cursor.number("I")
            if dimensions > 8:
                raise UnreadableError(f"The tensor {name[:80]} claims {dimensions:,} dimensions.")
            lengths = [cursor.number("Q") for _ in range(dimensions)]
            kind, block, size = _GGML.get(cursor.number("I"), ("unknown", 1, 0))
            cursor.number("Q")
            total = math.prod(lengths)
            stored = total // block * size if size else -1
            tensors.append(Tensor(name, kind, shape(lengths[::-1]), min(stored, 2**62)))
    facts = [("Version", str(version))]
    known = dict(metadata)
    for title, key in (("Architecture", "general.architecture"), ("Name", "general.name")):
        if key in known:
            facts.append((title, known[key]))
    return _weights(source, "GGUF", tuple(tensors), facts, metadata)


def _gguf_string(cursor: Cursor) -> str:
    return cursor.take(cursor.number("Q")).decode("utf-8", "replace")


def _gguf_value(cursor: Cursor, kind: int, depth: int = 0) -> str:
    import struct

    if kind in _GGUF_NUMBERS:
        return str(cursor.number(_GGUF_NUMBERS[kind]))
    if kind in _GGUF_FLOATS:
        form = "<" + _GGUF_FLOATS[kind]
        return f"{struct.unpack(form, cursor.take(struct.calcsize(form)))[0]:.6g}"
    if kind == _GGUF_BOOL:
        return "true" if cursor.number("B") else "false"
    if kind == _GGUF_STRING:
        return _gguf_string(cursor)[:_VALUE_CHARACTERS]
    if kind != _GGUF_ARRAY or depth > 3:
        raise UnreadableError(f"A value at byte {cursor.position:,} is of no known kind.")
    inner, count = cursor.number("I"), cursor.number("Q")
    shown = []
    for number in range(count):
        value = _gguf_value(cursor, inner, depth + 1)
        if number < 8:
            shown.append(value)
    return f"[{', '.join(shown)}{', …' if count > 8 else ''}] ({count:,})"


def read_torch(source: Source) -> Facts:
    """Describe a PyTorch file: its pickle's imports and its tensors; raises `UnreadableError`."""
    try:
        with source.open() as file, zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            inner = [each for each in members if each.filename.endswith("data.pkl")]
            if not inner:
                raise UnreadableError("It has no data.pkl, as PyTorch's files have.")
            if inner[0].file_size > _PICKLE_BYTES:
                raise TooBigError("Its data.pkl is too large to read.")
            data = archive.read(inner[0])
            scripted = any("/code/" in f"/{each.filename}" for each in members)
            stored = sum(each.file_size for each in members if "/data/" in f"/{each.filename}")
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnreadableError(f"It is not a valid PyTorch archive: {error}.") from error
    seen = pickles.inspect(io.BytesIO(data), len(data))
    plain = pickles.describe(source.name, source.size, seen, 0)
    tensors = tensors_of(io.BytesIO(data))
    form = "TorchScript archive" if scripted else "PyTorch file"
    facts = [("Protocol", str(seen.protocol)), ("Storage", words.size(stored))]
    return _weights(source, form, tensors, facts, (), plain.note, plain.imports)


def read_old_torch(source: Source) -> Facts:
    """Describe what PyTorch wrote before version 1.6: five pickles, then the tensors' bytes."""
    with source.open() as file:
        seen = pickles.inspect(file, source.size, _OLD_PICKLES)
    plain = pickles.describe(source.name, source.size, seen, 0)
    data = io.BytesIO(source.read(min(seen.end, _PICKLE_BYTES)))
    # A number that marks the format, its version, and what the machine was like.
    for _ in range(_OLD_PICKLES - 2):
        pickles.inspect(data, source.size, 1)
    facts = [("Protocol", str(seen.protocol)), ("Storage", words.size(source.size - seen.end))]
    form = "PyTorch file (before 1.6)"
    return _weights(source, form, tensors_of(data), facts, (), plain.note, plain.imports)


def shape(lengths: object) -> str:
    """Return the lengths of dimensions as a person writes them."""
    if not isinstance(lengths, list | tuple):
        return ""
    return " × ".join(str(each) for each in lengths[:12]) or "scalar"


def worst_first(imports: tuple[Import, ...]) -> bool:
    """Say whether anything imported is dangerous."""
    return bool(imports) and imports[0].verdict == Verdict.DANGEROUS


def _weights(
    source: Source,
    form: str,
    tensors: tuple[Tensor, ...],
    facts: list[tuple[str, str]] | tuple[()] = (),
    metadata: list[tuple[str, str]] | tuple[()] = (),
    note: str = "",
    imports: tuple[Import, ...] = (),
) -> Facts:
    numbers = sum(_numbers(each.shape) for each in tensors)
    size = sum(each.size for each in tensors if each.size > 0)
    kinds: dict[str, int] = {}
    for each in tensors:
        kinds[each.dtype] = kinds.get(each.dtype, 0) + 1
    shown = (
        ("Tensors", f"{len(tensors):,}"),
        ("Numbers", f"{numbers:,}"),
        ("Size of tensors", words.size(size)),
        *facts,
    )
    return Facts(
        source.name, source.size, note, form, shown, imports, tensors[:TENSORS], len(tensors),
        tuple(sorted(kinds.items(), key=lambda pair: -pair[1])), "Tensors by type",
        tuple((key[:_VALUE_CHARACTERS], value[:_VALUE_CHARACTERS]) for key, value in metadata),
    )  # fmt: skip


def _numbers(words_: str) -> int:
    try:
        return math.prod(int(each) for each in words_.split(" × ")) if words_ != "scalar" else 1
    except ValueError:
        return 0
