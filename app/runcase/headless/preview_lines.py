"""The kinds of documents that are mostly lists, as lines for the terminal."""

from collections.abc import Iterator

from runcase.preview import words
from runcase.preview.document import Array, Log
from runcase.preview.facts import Facts
from runcase.preview.inventory import Archive, Profile

_SHOWN = 200


def facts_lines(document: Facts) -> Iterator[str]:
    """Say what a file says of itself: facts, imports, counts, tensors."""
    yield from (f"{name}: {value}" for name, value in document.facts)
    for each in document.imports[:_SHOWN]:
        yield f"Import ({each.verdict}): {each.module}.{each.name}, {each.reason}"
    for name, count in document.counts[:_SHOWN]:
        yield f"{document.counts_title}: {name} {count:,}"
    for tensor in document.tensors[:_SHOWN]:
        size = words.size(tensor.size) if tensor.size >= 0 else ""
        yield f"Tensor: {tensor.name} {tensor.dtype} {tensor.shape} {size}".rstrip()
    if document.tensor_count > _SHOWN:
        yield "…"
    yield from (f"{name}: {value}" for name, value in document.metadata[:_SHOWN])


def archive_lines(document: Archive) -> Iterator[str]:
    """List the members of an archive."""
    for entry in document.entries[:_SHOWN]:
        note = f" ({entry.note})" if entry.note else ""
        yield f"{words.size(entry.size):>8}  {entry.modified:16}  {entry.path}{note}"
    if document.total > _SHOWN:
        yield "…"


def array_lines(document: Array) -> Iterator[str]:
    """Say what an array is."""
    yield from (f"{name}: {value}" for name, value in document.facts)
    if document.names:
        yield f"Arrays: {', '.join(document.names)}"


def log_lines(document: Log) -> Iterator[str]:
    """Print the beginning of a long text."""
    lines = document.text.text.split("\n")
    yield from lines[:_SHOWN]
    if len(lines) > _SHOWN or document.end < document.size:
        yield "…"


def profile_lines(document: Profile) -> Iterator[str]:
    """Say what the columns of a table hold."""
    for column in document.columns:
        distinct = "" if column.distinct is None else f", {column.distinct:,} distinct"
        extent = f", {column.least} to {column.greatest}" if column.least else ""
        yield f"{column.name}: {words.many(column.nulls, 'null')}{distinct}{extent}"
