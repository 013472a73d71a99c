"""Columns in the order of another frame, some of their rows being replaced."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from runcase.store.columns import MetricColumn, TextColumn
from runcase.store.frame_texts import extended, without

_Rows = npt.NDArray[np.int64]
_Codes = npt.NDArray[np.int32]
_NONE = np.int32(-1)


def carried_metric(
    column: MetricColumn, before: _Rows, rows: _Rows, some: MetricColumn
) -> MetricColumn:
    """Return a metric's column in the order of other rows.

    Args:
        column: The column as it was.
        before: (n,) which of its rows each row was, -1 only for rows that are replaced.
        rows: (m,) the rows that are replaced.
        some: (m,) what replaces them.
    """
    made = MetricColumn(column.values[before], column.present[before], column.nan[before])
    made.values[rows], made.present[rows], made.nan[rows] = some.values, some.present, some.nan
    return made


def carried_texts(column: TextColumn, before: _Rows, rows: _Rows, some: TextColumn) -> TextColumn:
    """Return a column of texts in the order of other rows; the arguments are as for a metric's.

    While the different texts stay the same, so does what is known of them, such as their order.
    """
    categories, places = extended(column.categories, some.categories)
    codes, present = column.codes[before], column.present[before]
    codes[rows] = np.append(places, _NONE)[some.codes]
    present[rows] = some.present
    used = np.zeros(len(categories) + 1, dtype=np.bool_)  # the last one is for code -1
    used[codes] = True
    if not used[:-1].all():
        codes, categories = _only(codes, categories, used[:-1])
    if categories is column.categories:
        return replace(column, codes=codes, present=present)
    return TextColumn(codes, categories, present)


def _only(
    codes: _Codes, categories: Sequence[str], used: npt.NDArray[np.bool_]
) -> tuple[_Codes, Sequence[str]]:
    numbers = (np.cumsum(used) - 1).astype(np.int32)
    return np.append(numbers, _NONE)[codes], without(categories, ~used)
