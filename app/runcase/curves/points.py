"""Writes the numbers of a chart as CSV, Parquet or text: piece by piece, in full precision."""

import csv
import io
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from runcase.progress import Progress
from runcase.whole_file import whole_file

Column: TypeAlias = Sequence[Any] | npt.NDArray[Any]
# Columns of one length by name; every piece of a chart has the same names in the same order.
Piece: TypeAlias = Mapping[str, Column]
Pieces: TypeAlias = Callable[[], Iterable[Piece]]

_CHUNK = 10_000


def write_csv(
    target: Path, pieces: Pieces, *, overwrite: bool = False, progress: Progress | None = None
) -> int:
    """Write pieces below each other as CSV, and return how many rows they are.

    Args:
        target: Where to; it appears when all of it is written.
        pieces: Called on this thread.
        overwrite: Whether the person agreed to replace a file that is there.
        progress: Hears how many rows are written.

    Raises:
        WriteError: The place cannot be written, or holds something already.
        CancelledError: It was stopped; nothing is left behind.
    """
    with (
        whole_file(target, overwrite=overwrite) as beside,
        beside.open("w", encoding="utf-8", errors="replace", newline="") as file,
    ):
        return _write(file.write, pieces, ",", progress or Progress())


def write_parquet(
    target: Path, pieces: Pieces, *, overwrite: bool = False, progress: Progress | None = None
) -> int:
    """Write pieces as one Parquet file; see `write_csv`."""
    import polars  # 0.2 s that only an export needs

    progress = progress or Progress()
    frames: list[polars.DataFrame] = []
    rows = 0
    for piece in pieces():
        frames.append(polars.DataFrame({name: _plain(column) for name, column in piece.items()}))
        rows += len(frames[-1])
        progress.report(rows, 0, "rows")
    with whole_file(target, overwrite=overwrite) as beside:
        (polars.concat(frames) if frames else polars.DataFrame()).write_parquet(beside)
    return rows


def as_text(pieces: Pieces, progress: Progress | None = None) -> str:
    """Return pieces as rows with tabs between, for the clipboard."""
    out = io.StringIO(newline="")
    _write(out.write, pieces, "\t", progress or Progress())
    return out.getvalue()


def _write(
    write: Callable[[str], object], pieces: Pieces, delimiter: str, progress: Progress
) -> int:
    rows = 0
    for at, piece in enumerate(pieces()):
        if at == 0:
            write(_lines([tuple(piece)], delimiter))
        for part in _parts(list(piece.values())):
            write(_lines(part, delimiter))
            rows += len(part)
            progress.report(rows, 0, "rows")
    return rows


def _parts(columns: Sequence[Column]) -> Iterator[list[tuple[object, ...]]]:
    for start in range(0, len(columns[0]) if columns else 0, _CHUNK):
        part = slice(start, start + _CHUNK)
        yield list(zip(*(_texts(column[part]) for column in columns), strict=True))


def _lines(rows: Iterable[tuple[object, ...]], delimiter: str) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def _texts(column: Column) -> list[object]:
    values = column.tolist() if isinstance(column, np.ndarray) else list(column)
    return [_text(value) if isinstance(value, float) else value for value in values]


def _text(value: float) -> str:
    """Write a number so that Python and pandas read the very same one back."""
    return "NaN" if math.isnan(value) else repr(value)


def _plain(column: Column) -> Column:
    """Return a column as polars takes it: numpy's texts are no strings to it."""
    if isinstance(column, np.ndarray) and column.dtype.kind in "UO":
        return list(column.tolist())
    return column
