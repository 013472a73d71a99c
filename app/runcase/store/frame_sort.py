"""Orders the rows of a `RunFrame` by one column: as MLflow does, or as a person expects."""

import numpy as np
import numpy.typing as npt

from runcase.store.columns import DatasetColumn, MetricColumn, TextColumn
from runcase.store.frame import MISSING, RunFrame
from runcase.store.records import ColumnKey, Kind

_Rows = npt.NDArray[np.int64]

TIMES = ("start_time", "end_time", "duration")


def order_by_column(
    frame: RunFrame, key: ColumnKey, descending: bool, rows: _Rows | None = None
) -> _Rows:
    """Return the rows sorted for a click on a header; ties keep the order they came in.

    Params, tags and names sort naturally: numbers by value, then texts, "abc9" before "abc10".
    Metrics sort as numbers, ±inf among them, then NaN, then missing; whatever is missing comes
    last in both directions.

    Args:
        frame: The runs; the column must be loaded.
        key: An attribute may be start_time, end_time, duration, run_id, run_name, status, user_id
            or another text attribute of `RunFrame.attribute`.
        descending: The greatest first.
        rows: The rows to order, all when None.
    """
    return _ordered(frame, key, descending, rows, natural=True)


def order_as_mlflow(
    frame: RunFrame, key: ColumnKey, descending: bool, rows: _Rows | None = None
) -> _Rows:
    """Return the rows sorted as MLflow's order_by does: texts by code point, numbers in them too.

    Arguments are those of `order_by_column`.
    """
    return _ordered(frame, key, descending, rows, natural=False)


def _ordered(
    frame: RunFrame, key: ColumnKey, descending: bool, rows: _Rows | None, natural: bool
) -> _Rows:
    chosen = np.arange(len(frame), dtype=np.int64) if rows is None else rows
    if key.kind is Kind.ATTRIBUTE and key.key in TIMES:
        values, last = _times(frame, key.key, chosen)
        order = np.argsort(~values if descending else values, kind="stable")
    else:
        column = frame.attribute(key.key) if key.kind is Kind.ATTRIBUTE else frame.columns[key]
        if isinstance(column, MetricColumn):
            numbers, last = _numbers(column, chosen)
            order = np.argsort(-numbers if descending else numbers, kind="stable")
        else:
            ranks, last = _ranks(column, chosen, natural)
            order = np.argsort(-ranks if descending else ranks, kind="stable")
    return chosen[order[np.argsort(last[order], kind="stable")]]


def _times(frame: RunFrame, name: str, rows: _Rows) -> tuple[_Rows, npt.NDArray[np.int8]]:
    start, end = frame.start_time[rows], frame.end_time[rows]
    if name == "start_time":
        return start, (start == MISSING).astype(np.int8)
    if name == "end_time":
        return end, (end == MISSING).astype(np.int8)
    missing = (start == MISSING) | (end == MISSING)
    return np.where(missing, 0, end - start), missing.astype(np.int8)


def _numbers(
    column: MetricColumn, rows: _Rows
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int8]]:
    """Return what to sort by, and 0 for values, 1 for NaN, 2 for missing."""
    values = column.values[rows]
    last = np.where(column.present[rows], np.isnan(values).astype(np.int8), np.int8(2))
    return np.where(last > 0, 0.0, values), last


def _ranks(
    column: TextColumn | DatasetColumn, rows: _Rows, natural: bool
) -> tuple[_Rows, npt.NDArray[np.int8]]:
    """Return what to sort by, and 0 for texts, 1 for missing; datasets sort by the first one."""
    codes = column.codes[rows]
    if isinstance(column, DatasetColumn):
        firsts = (texts[0] if texts else None for texts in column.categories)
        column = TextColumn.of(firsts, len(column.categories))
        codes = np.append(column.codes, np.int32(-1))[codes]
    return np.append(column.ranks(natural), 0)[codes], (codes < 0).astype(np.int8)
