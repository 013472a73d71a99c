"""Writes all points of curves as CSV: one row for each, in full."""

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from runcase.curves.series import Series
from runcase.progress import Progress
from runcase.whole_file import whole_file

_HEAD = ("run_id", "run", "metric", "step", "timestamp", "value")
_CHUNK = 10_000


def write_points(
    target: Path,
    series: Sequence[Series],
    names: Mapping[str, str],
    *,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> int:
    """Write the points of curves to a file, and return how many they are.

    Args:
        target: Where to; it appears when all of it is written.
        series: The curves, in the order of the rows; timestamps are written in ms, as MLflow has
            them.
        names: The runs' names by id.
        overwrite: Whether the person agreed to replace a file that is there.
        progress: Hears how many points are written.

    Raises:
        WriteError: The place cannot be written, or holds something already.
        CancelledError: It was stopped; nothing is left behind.
    """
    progress = progress or Progress()
    total, done = sum(len(each.y) for each in series), 0
    with (
        whole_file(target, overwrite=overwrite) as beside,
        beside.open("w", encoding="utf-8", errors="replace", newline="") as file,
    ):
        csv.writer(file).writerow(_HEAD)
        for each in series:
            for text, count in _pieces(each, names.get(each.run_id, "")):
                file.write(text)
                done += count
                progress.report(done, total, "points")
    return total


def _pieces(series: Series, name: str) -> Iterator[tuple[str, int]]:
    same = (series.run_id, name, series.key)
    for start in range(0, len(series.y), _CHUNK):
        part = slice(start, start + _CHUNK)
        out = io.StringIO(newline="")
        rows = zip(
            series.step[part].tolist(),
            series.timestamp[part].tolist(),
            series.y[part].tolist(),
            strict=True,
        )
        writer = csv.writer(out)
        writer.writerows((*same, step, time, _text(value)) for step, time, value in rows)
        yield out.getvalue(), len(series.y[part])


def _text(value: float) -> str:
    """Write a number so that Python and pandas read the very same one back."""
    return "NaN" if math.isnan(value) else repr(value)
