"""Which runs a table shows, in which order and how deep: pure work on a `RunFrame`'s arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from runcase.itemmodels import formats
from runcase.itemmodels.columns import is_number
from runcase.itemmodels.directions import Direction, direction
from runcase.store.columns import MetricColumn, TextColumn
from runcase.store.frame import RunFrame
from runcase.store.frame_sort import order_by_column
from runcase.store.frame_tree import visible
from runcase.store.records import ColumnKey, Kind

Ints = npt.NDArray[np.int64]
# So many different texts are looked at to see whether a param is a number.
_SAMPLE = 200


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


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person asked of the table.

    `mask` is None without a filter; `expanded` holds run ids, None for all of them.
    """

    columns: tuple[ColumnKey, ...]
    sort: ColumnKey | None = None
    descending: bool = False
    mask: npt.NDArray[np.bool_] | None = None
    nested: bool = True
    expanded: frozenset[str] | None = frozenset()
    experiment_tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """The visible rows: frame row, depth, whether only context, number of children; each (n,)."""

    rows: Ints
    depth: npt.NDArray[np.int16]
    context: npt.NDArray[np.bool_]
    children: Ints
    matching: int
    stats: Mapping[ColumnKey, Stats]


def arrange(frame: RunFrame, wish: Wish) -> Arrangement:
    """Sort, filter and nest the runs of a frame; called on a worker thread."""
    mask = np.ones(len(frame), np.bool_) if wish.mask is None else wish.mask
    order = _order(frame, wish)
    if wish.expanded is None:
        expanded = set(range(len(frame)))
    else:
        rows = (frame.row_of(run_id) for run_id in wish.expanded)
        expanded = {row for row in rows if row is not None}
    shown = visible(frame, order, mask, expanded, wish.nested)
    matching = np.flatnonzero(mask)
    stats = {key: column_stats(frame, key, matching, wish.experiment_tags) for key in wish.columns}
    return Arrangement(
        shown.rows, shown.depth, shown.context, shown.child_count, len(matching), stats
    )


def column_stats(
    frame: RunFrame, key: ColumnKey, rows: Sequence[int] | Ints, tags: Mapping[str, str]
) -> Stats:
    """Return range, best value and decimals of one column over some rows."""
    column = frame.columns.get(key)
    if isinstance(column, MetricColumn):
        values = column.values[rows]
        values = values[np.isfinite(values)]
        if not len(values):
            return Stats(numeric=True)
        low, high = float(values.min()), float(values.max())
        better = direction(key.key, dict(tags))
        best = low if better is Direction.LOWER else high
        if better is Direction.UNKNOWN or low == high:
            best = np.nan
        return Stats(low, high, best, _decimals(values), numeric=True)
    if isinstance(column, TextColumn) and key.kind is Kind.PARAM:
        texts = column.categories[:_SAMPLE]
        return Stats(numeric=bool(texts) and all(is_number(text) for text in texts))
    return Stats()


def _decimals(values: npt.NDArray[np.float64]) -> int:
    """Choose decimals from the column's range: 4 digits for its median size, up to 6."""
    sizes = np.abs(values)
    plain = values[((sizes >= 1e-4) & (sizes < 1e6)) | (values == 0)]
    if not len(plain) or np.all(plain == np.round(plain)):
        return 0
    return formats.decimals_for([float(np.median(np.abs(plain[plain != np.round(plain)])))])


def _order(frame: RunFrame, wish: Wish) -> Ints:
    if wish.sort is None:
        return np.arange(len(frame), dtype=np.int64)
    return order_by_column(frame, wish.sort, wish.descending)
