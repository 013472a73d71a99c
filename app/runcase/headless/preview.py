"""`runcase preview`: a file on the terminal, read in the worker process like in the window."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

from runcase.headless import preview_lines
from runcase.preview import hexdump, words
from runcase.preview.document import (
    NODE_KINDS,
    Array,
    Bytes,
    Document,
    Image,
    Log,
    Model,
    Page,
    Request,
    Table,
    Text,
    Tree,
)
from runcase.preview.facts import Facts
from runcase.preview.inventory import Archive, Profile
from runcase.preview.worker import Worker

_TEXT_LINES = 200
_ROWS = 20
_CELL_CHARACTERS = 40
_NODES = 500
_HEX_BYTES = 512


def preview(path: str, as_json: bool) -> int:
    """Print what a file holds; raises `RuncaseError` when it cannot be read."""
    with Worker() as worker:
        document = worker.read(Request(path))
    if as_json:
        print(json.dumps(_as_json(document), ensure_ascii=False, indent=2))
        return 0
    _print(document)
    return 0


def _print(document: Document) -> None:
    # A terminal that cannot show a character shows an escape instead of a traceback.
    encoding = sys.stdout.encoding or "utf-8"
    for line in _lines(document):
        print(line.encode(encoding, "backslashreplace").decode(encoding))


def _lines(document: Document) -> Iterator[str]:
    yield f"{document.name}: {_facts(document)}"
    if document.note:
        yield document.note
    yield ""
    yield from _LINES[type(document)](document)


def _facts(document: Document) -> str:
    size = words.size(document.size)
    if isinstance(document, Text):
        lines = "" if document.lines is None else f", {words.many(document.lines, 'line')}"
        return f"text, {size}, {document.encoding}{lines}"
    if isinstance(document, Tree):
        return f"tree, {size}"
    if isinstance(document, Table):
        total = "" if document.total is None else f", {words.many(document.total, 'row')}"
        return f"{document.format}, {size}{total}, {words.many(len(document.columns), 'column')}"
    if isinstance(document, Image):
        pixels = words.dimensions(document.width, document.height)
        many = f", {words.many(document.frame_count, 'frame')}" if document.frame_count > 1 else ""
        return f"{document.format}, {size}, {pixels} pixels, {document.mode}{many}"
    if isinstance(document, Page):
        return f"{document.format}, {size}"
    if isinstance(document, Model):
        return f"MLflow model, {size} in {words.many(len(document.files), 'file')}"
    if isinstance(document, Facts | Archive):
        return f"{document.format}, {size}"
    if isinstance(document, Array):
        return f"array of {document.dtype}, {size}"
    return f"{document.type}, {size}" if isinstance(document, Bytes) else f"text, {size}"


def _text_lines(document: Text) -> Iterator[str]:
    lines = document.text.split("\n")
    yield from lines[:_TEXT_LINES]
    if len(lines) > _TEXT_LINES or document.truncated:
        yield "…"


def _tree_lines(document: Tree) -> Iterator[str]:
    first, shown = memoryview(document.first).cast("I"), memoryview(document.shown).cast("I")
    counts = memoryview(document.counts).cast("I")
    stack = [(number, 0) for number in reversed(range(first[0], first[0] + shown[0]))]
    if not counts[0]:
        yield document.values[0] or "(empty)"
    for _ in range(_NODES):
        if not stack:
            return
        node, depth = stack.pop()
        kind = NODE_KINDS[document.kinds[node]]
        value = document.values[node]
        if kind in ("object", "array"):
            value = f"{kind} of {counts[node]:,}"
        yield f"{'  ' * depth}{document.keys[node]}: {value}"
        children = range(first[node], first[node] + shown[node])
        stack.extend((number, depth + 1) for number in reversed(children))
    yield "…"


def _table_lines(document: Table) -> Iterator[str]:
    rows = min(_ROWS, document.rows)
    columns = [
        [column.name, *("" if cell is None else cell for cell in cells[:rows])]
        for column, cells in zip(document.columns, document.cells, strict=True)
    ]
    shown = [[_short(cell) for cell in column] for column in columns]
    widths = [max(len(cell) for cell in column) for column in shown]
    for number in range(rows + 1):
        cells = (
            column[number].rjust(width) if described.numeric else column[number].ljust(width)
            for column, width, described in zip(shown, widths, document.columns, strict=True)
        )
        yield "  ".join(cells).rstrip()
    if document.total is None or document.total > rows:
        yield "…"


def _short(cell: str) -> str:
    cell = " ".join(cell.split())
    return cell if len(cell) <= _CELL_CHARACTERS else cell[: _CELL_CHARACTERS - 1] + "…"


def _model_lines(document: Model) -> Iterator[str]:
    for name, value in (
        ("Model ID", document.model_id),
        ("Run", document.run_id),
        ("Created (UTC)", document.created),
        ("MLflow", document.mlflow_version),
        ("Input example", document.example),
        *document.metadata,
    ):
        if value:
            yield f"{name}: {value}"
    for flavor in document.flavors:
        yield f"Flavor: {flavor.name} {flavor.version}".rstrip()
    for row in document.signature:
        yield f"Signature: {row.kind} {row.name} {row.type} {row.detail}".rstrip()
    for requirement in document.requirements:
        here = f" ({requirement.here})" if requirement.here else ""
        yield f"Requirement: {requirement.package}{requirement.pin}{here}"
    for pickle in document.pickles:
        for each in pickle.imports:
            yield f"Import ({each.verdict}): {pickle.name} {each.module}.{each.name}"
    for file in document.files:
        yield f"File: {file.path} ({words.size(file.size)})"


def _bytes_lines(document: Bytes) -> Iterator[str]:
    yield from hexdump.lines(document.data[:_HEX_BYTES], document.offset)
    if document.size > _HEX_BYTES:
        yield "…"


def _as_json(document: Document) -> dict[str, Any]:
    kind = type(document).__name__.lower()
    facts: dict[str, Any] = {"kind": kind, "name": document.name, "size": document.size}
    facts["note"] = document.note
    if isinstance(document, Tree):
        return facts | {"root": _node(document, 0, 0), "text": document.source.text}
    if isinstance(document, Table):
        columns = [_plain(column) for column in document.columns]
        rows = [list(row) for row in zip(*document.cells, strict=True)]
        more = {"format": document.format, "first": document.first, "total": document.total}
        return facts | more | {"columns": columns, "rows": rows}
    if isinstance(document, Image):
        names = ("format", "width", "height", "mode", "dpi", "frame_count")
        return facts | {name: getattr(document, name) for name in names}
    if isinstance(document, Page):
        return facts | {"format": document.format, "text": document.source.text}
    if isinstance(document, Bytes):
        head = document.data[:_HEX_BYTES].hex()
        return facts | {"type": document.type, "offset": document.offset, "hex": head}
    if isinstance(document, Array):
        document = replace(document, curve=b"", picture=None)
    plain: dict[str, Any] = _plain(document)
    return facts | plain


def _plain(value: Any) -> Any:
    """Return a document's parts as JSON has them; highlighting is left out."""
    if isinstance(value, bytes):
        return list(memoryview(value).cast("I")) if len(value) % 4 == 0 else value.hex()
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if hasattr(value, "__dataclass_fields__"):
        names = (field.name for field in fields(value) if field.name != "spans")
        return {name: _plain(getattr(value, name)) for name in names}
    return value


def _node(document: Tree, node: int, depth: int) -> dict[str, Any]:
    first, shown = memoryview(document.first).cast("I"), memoryview(document.shown).cast("I")
    made: dict[str, Any] = {"key": document.keys[node], "kind": NODE_KINDS[document.kinds[node]]}
    if made["kind"] not in ("object", "array"):
        return made | {"value": document.values[node]}
    made["count"] = memoryview(document.counts).cast("I")[node]
    # Deeper than this Python's own JSON writer would give up.
    children = range(first[node], first[node] + shown[node]) if depth < 100 else ()
    return made | {"children": [_node(document, child, depth + 1) for child in children]}


def _page_lines(document: Page) -> Iterator[str]:
    yield from _text_lines(document.source)


def _image_lines(document: Image) -> Iterator[str]:
    yield from (f"{name}: {value}" for name, value in document.facts)


# How each kind is printed below its first line.
_LINES: dict[type, Callable[[Any], Iterator[str]]] = {
    Text: _text_lines,
    Page: _page_lines,
    Tree: _tree_lines,
    Table: _table_lines,
    Image: _image_lines,
    Model: _model_lines,
    Bytes: _bytes_lines,
    Facts: preview_lines.facts_lines,
    Archive: preview_lines.archive_lines,
    Array: preview_lines.array_lines,
    Log: preview_lines.log_lines,
    Profile: preview_lines.profile_lines,
}
