"""What the cells of a column need of their neighbours: range, best value, number of decimals."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from runcase.itemmodels import formats
from runcase.itemmodels.columns import is_number
from runcase.itemmodels.directions import Direction, direction
from runcase.itemmodels.wish import Wish
from runcase.store.columns import MetricColumn, TextColumn
from runcase.store.frame import RunFrame
from runcase.store.records import ColumnKey, Kind

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
# So many different texts are looked at to see whether a param is a number.
_SAMPLE = 200
# So many values choose the decimals: sorting more of them would not choose better.
_MEASURED = 2_000


@dataclass(frozen=True, slots=True)
class Stats:
    """What a column's cells need of their neighbours.

    `low` and `high` span the finite values of the matching runs; `best` is the best value, NaN
    when the direction is unknown; `decimals` is the column's number of decimals.
    """

    low: float = np.nan
    high: float = np.nan
    best: float = np.nan
    decimals: int = 0
    numeric: bool = False


def better(key: ColumnKey, wish: Wish) -> Direction:
    """Return whether a metric is better when lower or higher: the person's word goes first."""
    if key.kind is not Kind.METRIC or "step" in key.how:
        return Direction.UNKNOWN
    said = wish.directions.get(key.key)
    return said if said is not None else direction(key.key, dict(wish.experiment_tags))


def column_stats(frame: RunFrame, key: ColumnKey, rows: Ints | None, wish: Wish) -> Stats:
    """Return range, best value and decimals of one column over some rows, all when None."""
    column = frame.columns.get(key)
    if isinstance(column, MetricColumn):
        values = column.values if rows is None else column.values[rows]
        return value_stats(values, better(key, wish), wish.decimals.get(key))
    if isinstance(column, TextColumn) and key.kind is Kind.PARAM:
        texts = [column.categories[at] for at in range(min(_SAMPLE, len(column.categories)))]
        return Stats(numeric=bool(texts) and all(is_number(text) for text in texts))
    return Stats()


def value_stats(values: Floats, towards: Direction, decimals: int | None = None) -> Stats:
    """Return range, best value and decimals of some values, of which only finite ones count."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return Stats(decimals=decimals or 0, numeric=True)
    low, high = float(finite.min()), float(finite.max())
    best = low if towards is Direction.LOWER else high
    if towards is Direction.UNKNOWN or low == high:
        best = np.nan
    places = _decimals(finite) if decimals is None else decimals
    return Stats(low, high, best, places, numeric=True)


def _decimals(values: Floats) -> int:
    """Choose decimals from the column's range: 4 digits for its median size, up to 6."""
    values = values[:: max(1, len(values) // _MEASURED)]
    sizes = np.abs(values)
    plain = values[((sizes >= 1e-4) & (sizes < 1e6)) | (values == 0)]
    broken = plain[plain != np.round(plain)]
    if not len(broken):
        return 0
    return formats.decimals_for([float(np.sort(np.abs(broken))[len(broken) // 2])])
