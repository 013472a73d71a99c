"""Writes rows of a `RunFrame` as JSON, CSV or a table that fits the terminal."""

import csv
import json
import math
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TextIO

import numpy as np
import numpy.typing as npt

from runcase.store.columns import MetricColumn, TextColumn
from runcase.store.frame import MISSING, RUN_NAME, RunFrame
from runcase.store.records import ColumnKey, Kind

_Rows = npt.NDArray[np.int64]
_Value = str | int | float | None

_GAP = "  "
_WIDEST = 36  # characters of one cell
_TIMES = ("start_time", "end_time")
# What a table shows first when nobody says which columns.
_FIRST = (
    ColumnKey(Kind.ATTRIBUTE, "run_id"),
    RUN_NAME,
    ColumnKey(Kind.ATTRIBUTE, "status"),
    ColumnKey(Kind.ATTRIBUTE, "start_time"),
)


def title(key: ColumnKey) -> str:
    """Return a column's name as `mlflow.search_runs` gives it."""
    return key.key if key.kind is Kind.ATTRIBUTE else f"{key.kind}s.{key.key}"


def write_json(
    out: TextIO, frame: RunFrame, rows: _Rows, columns: Sequence[ColumnKey], nulls: bool
) -> None:
    """Write a list of objects, each with at least `run_id`.

    Args:
        out: Where to.
        frame: The runs.
        rows: Which of them.
        columns: Which columns; times are ms, and "nan", "inf" and "-inf" are texts.
        nulls: Whether a run says null for what it lacks, or nothing.
    """
    out.write("[")
    for number, row in enumerate(rows.tolist()):
        found: dict[str, _Value] = {"run_id": frame.ids[row]}
        for key in columns:
            value = _value(frame, key, row)
            if isinstance(value, float) and not math.isfinite(value):
                value = str(value)
            if nulls or value is not None:
                found[title(key)] = value
        out.write(f"{',' if number else ''}\n{json.dumps(found, ensure_ascii=False)}")
    out.write("\n]\n")


def write_csv(out: TextIO, frame: RunFrame, rows: _Rows, columns: Sequence[ColumnKey]) -> None:
    """Write one line a run below one of names; times are ISO 8601 in UTC."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([title(key) for key in columns])
    for row in rows.tolist():
        writer.writerow([_text(frame, key, row, "milliseconds") for key in columns])


def write_table(
    out: TextIO, frame: RunFrame, rows: _Rows, columns: Sequence[ColumnKey], named: bool
) -> int:
    """Write an aligned table, and return how many columns found no room in the terminal.

    Args:
        out: Where to.
        frame: The runs.
        rows: Which of them.
        columns: Which columns, all of them if `named`.
        named: Whether the person asked for these columns, which are then all shown.
    """
    ordered = list(columns)
    if not named:
        first = [key for key in _FIRST if key in columns]
        rest = [key for key in columns if key.kind in (Kind.METRIC, Kind.PARAM)]
        ordered = first + rest
    room = shutil.get_terminal_size().columns
    lines = [""] * (len(rows) + 1)
    shown = 0
    for key in ordered:
        cells = _cells(frame, key, rows)
        if shown and not named and len(lines[0]) + len(_GAP) + len(cells[0]) > room:
            break
        gap = _GAP if shown else ""
        lines = [line + gap + cell for line, cell in zip(lines, cells, strict=True)]
        shown += 1
    out.writelines(f"{line.rstrip()}\n" for line in lines)
    return len(ordered) - shown


def _cells(frame: RunFrame, key: ColumnKey, rows: _Rows) -> list[str]:
    texts = [_text(frame, key, row, "seconds").replace("\n", " ") for row in rows.tolist()]
    if key != _FIRST[0]:
        texts = [text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…" for text in texts]
    width = max(len(text) for text in [title(key), *texts])
    right = key.kind is Kind.METRIC or all(_is_number(text) for text in texts)
    return [text.rjust(width) if right else text.ljust(width) for text in [title(key), *texts]]


def _is_number(text: str) -> bool:
    return not text or text.lstrip("-").replace(".", "", 1).replace("e-", "", 1).isdecimal()


def _text(frame: RunFrame, key: ColumnKey, row: int, timespec: str) -> str:
    value = _value(frame, key, row)
    if value is None:
        return ""
    if key.kind is Kind.ATTRIBUTE and key.key in _TIMES and isinstance(value, int):
        return _moment(value, timespec)
    return f"{value:.12g}" if isinstance(value, float) and timespec == "seconds" else str(value)


def _moment(value: int, timespec: str) -> str:
    try:
        moment = datetime.fromtimestamp(value / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return str(value)  # a time no calendar has
    return moment.isoformat(timespec=timespec).replace("+00:00", "Z")


def _value(frame: RunFrame, key: ColumnKey, row: int) -> _Value:
    if key.kind is Kind.ATTRIBUTE:
        if key.key in _TIMES:
            times = frame.start_time if key.key == "start_time" else frame.end_time
            time = int(times[row])
            return None if time == MISSING else time
        return frame.attribute(key.key).text(row)
    column = frame.columns[key]
    if isinstance(column, MetricColumn):
        return float(column.values[row]) if column.present[row] else None
    assert isinstance(column, TextColumn)
    return column.text(row)
