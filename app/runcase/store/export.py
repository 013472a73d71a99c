"""Exports tables of runs to a file, whole or not at all, in chunks of bounded size."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from runcase.errors import RuncaseError
from runcase.progress import Progress
from runcase.store.export_text import Format, pieces
from runcase.store.export_values import Head, RunTable, Value, ValueKind
from runcase.whole_file import whole_file

if TYPE_CHECKING:
    from polars import DataFrame

# Beside a database: files that SQLite takes for parts of it.
_PARTS = ("", "-wal", "-shm", "-journal")


SUFFIXES = {
    Format.CSV: ".csv",
    Format.TSV: ".txt",
    Format.PARQUET: ".parquet",
    Format.MARKDOWN: ".md",
    Format.LATEX: ".tex",
    Format.JSON: ".json",
    Format.PYTHON: ".py",
}


class ExportError(RuncaseError):
    """A table cannot be exported to where the person wants it."""


def write(
    target: Path,
    form: Format,
    table: RunTable,
    *,
    store: Path | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> int:
    """Write a table to a file, and return how many runs it holds.

    Args:
        target: Where to; it appears when all of it is written.
        form: As what.
        table: What.
        store: The store that the runs are from; it is never written to.
        overwrite: Whether the person agreed to replace a file that is there.
        progress: Hears how many runs are written.

    Raises:
        WriteError: The place cannot be written, or holds something already.
        ExportError: The place belongs to the store.
        CancelledError: It was stopped; nothing is left behind.
    """
    if store is not None:
        keep_off(target, store)
    with whole_file(target, overwrite=overwrite) as beside, beside.open("wb") as file:
        return write_to(file, form, table, progress)


def write_to(out: BinaryIO, form: Format, table: RunTable, progress: Progress | None = None) -> int:
    """Write a table to a stream in chunks of bounded size; returns how many runs it holds."""
    progress = progress or Progress()
    if form is Format.PARQUET:
        _write_parquet(out, table, progress)
        return len(table.rows)
    encoding = "utf-8"
    if form is Format.TSV:
        encoding = "utf-16-le"
        out.write("\ufeff".encode(encoding))
    for piece in pieces(form, table, progress):
        out.write(piece.encode(encoding, "replace"))
    return len(table.rows)


def keep_off(target: Path, store: Path) -> None:
    """Raise `ExportError` if a file belongs to a store, which is never written to."""
    place, own = os.path.realpath(target), os.path.realpath(store)
    if os.path.isdir(own):
        inside = place == own or place.startswith(own + os.sep)
    else:
        parts = [own + part for part in _PARTS]
        inside = os.path.normcase(place) in map(os.path.normcase, parts)
    if inside:
        raise ExportError(
            f"{target} belongs to the store, which is never written to.", "Choose another place."
        )


def _write_parquet(out: BinaryIO, table: RunTable, progress: Progress) -> None:
    # Imported here: polars costs 0.2 s, and most windows export nothing.
    import polars as pl
    from polars.exceptions import PolarsError
    from polars.io.plugins import register_io_source

    types: dict[ValueKind, Any] = {
        ValueKind.NUMBER: pl.Float64(),
        ValueKind.INTEGER: pl.Int64(),
        ValueKind.TIME: pl.Datetime("ms", "UTC"),
        ValueKind.TEXT: pl.String(),
    }
    heads = table.heads()
    schema = {_encodable(head.title): types[head.kind] for head in heads}

    def frames(
        columns: list[str] | None, predicate: object, most: int | None, _batch: int | None
    ) -> "Iterator[DataFrame]":
        assert columns is None
        assert predicate is None
        assert most is None
        for chunk in table.chunks(progress):
            series = [
                pl.Series(name, _for_polars(head, values), dtype=schema[name], strict=False)
                for name, head, values in zip(schema, heads, chunk, strict=True)
            ]
            yield pl.DataFrame(series)

    try:
        register_io_source(frames, schema=schema).sink_parquet(out, row_group_size=100_000)
    except PolarsError as error:
        raise ExportError(f"The Parquet file could not be written: {error}.") from error


def _for_polars(head: Head, values: Sequence[Value]) -> Sequence[Value]:
    if head.kind is ValueKind.TEXT:
        return [_encodable(value) if isinstance(value, str) else value for value in values]
    return values


def _encodable(text: str) -> str:
    """Replace halves of characters, which are in no encoding."""
    return text.encode("utf-8", "replace").decode("utf-8")
