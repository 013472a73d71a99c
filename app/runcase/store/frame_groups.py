"""Groups the runs of a frame by params, tags, datasets or bins of a number, and sums groups up."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from runcase.store.columns import DatasetColumn, MetricColumn, TextColumn
from runcase.store.frame import RunFrame
from runcase.store.records import ColumnKey

_Rows = npt.NDArray[np.int64]
_Floats = npt.NDArray[np.float64]
Range = tuple[float, float]
_Coded = tuple[_Rows, list[str | None], list[Range | None]]

_TEXT_ENOUGH = 6  # significant digits of a bin's edge
# Codes are counted instead of sorted while there are not many more of them than rows.
_COUNTED = 4
# Up to so many groups each one is parted for its median, which sorts nothing.
_PARTED = 2_000


@dataclass(frozen=True, slots=True)
class GroupBy:
    """One level of a grouping: by the values of a column or, with `bins`, by ranges of them."""

    column: ColumnKey
    bins: int = 0


class Groups(NamedTuple):
    """Groups at every level, those of a level in the order of their values, missing last.

    Attributes:
        keys: The levels, outermost first.
        level: (g,) int16, which level a group belongs to.
        parent: (g,) int64, the group around it, -1 at the outermost level.
        labels: (g,) the value or range that its runs share; None where they have none.
        ranges: (g,) the ends of that range, None for what is no range of finite numbers.
        counts: (g,) int64, how many runs are in it.
        rows: (m,) int64, the grouped rows of the frame.
        member: (levels, m) int64, the group of each of `rows` at each level.
    """

    keys: tuple[GroupBy, ...]
    level: npt.NDArray[np.int16]
    parent: _Rows
    labels: tuple[str | None, ...]
    ranges: tuple[Range | None, ...]
    counts: _Rows
    rows: _Rows
    member: _Rows


class Moments(NamedTuple):
    """A number over each group's runs, (g,) each; NaN where no run has a finite value.

    `std` and `sem` are those of a sample (n − 1), NaN for fewer than two values; infinities and
    NaN are left out of all.
    """

    values: _Rows
    mean: _Floats
    std: _Floats
    sem: _Floats


class Ranks(NamedTuple):
    """Median and extremes of a number over each group's runs, (g,) each, as in `Moments`.

    `lowest` and `highest` are the frame's rows of the extremes, or -1.
    """

    median: _Floats
    low: _Floats
    high: _Floats
    lowest: _Rows
    highest: _Rows


def group(frame: RunFrame, keys: Sequence[GroupBy], rows: _Rows) -> Groups:
    """Group rows by the values of loaded columns, nested in the order of the keys."""
    levels: list[npt.NDArray[np.int16]] = []
    parents: list[_Rows] = []
    labels: list[str | None] = []
    ranges: list[Range | None] = []
    counts: list[_Rows] = []
    members: list[_Rows] = []
    around, width = np.zeros(len(rows), dtype=np.int64), 1
    first, first_around = 0, 0
    for depth, key in enumerate(keys):
        codes, texts, ends = _codes(frame, key, rows)
        span = len(texts)
        present, inverse = _unique(around * span + codes, width * span)
        size = len(present)
        levels.append(np.full(size, depth, dtype=np.int16))
        parents.append(present // span + first_around if depth else np.full(size, -1))
        labels += [texts[code] for code in (present % span).tolist()]
        ranges += [ends[code] for code in (present % span).tolist()]
        counts.append(np.bincount(inverse, minlength=size))
        members.append(inverse + first)
        around, width = inverse, size
        first, first_around = first + size, first
    return Groups(
        tuple(keys),
        np.concatenate(levels),
        np.concatenate(parents).astype(np.int64),
        tuple(labels),
        tuple(ranges),
        np.concatenate(counts).astype(np.int64),
        rows,
        np.stack(members),
    )


def moments(frame: RunFrame, groups: Groups, column: ColumnKey) -> Moments | None:
    """Sum a loaded column up over each group, at every level; None when it holds no numbers."""
    found = _usable(frame, groups, column)
    if found is None:
        return None
    values, _, member = found
    parts = [_moments(values, member[depth], *bounds) for depth, bounds in _bounds(groups)]
    return Moments(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def ranks(frame: RunFrame, groups: Groups, column: ColumnKey) -> Ranks | None:
    """Return medians and extremes of a loaded column; None when it holds no numbers."""
    found = _usable(frame, groups, column)
    if found is None:
        return None
    values, rows, member = found
    parts = [_ranks(values, rows, member[depth], *bounds) for depth, bounds in _bounds(groups)]
    return Ranks(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def only(groups: Groups, at: int) -> Groups:
    """Return one of the groups alone, of which everything is worked out quickly."""
    inside = groups.member[int(groups.level[at])] == at if len(groups.member) else None
    rows = groups.rows[inside]
    none = np.zeros(len(rows), dtype=np.int64)
    return Groups(
        (),
        np.zeros(1, np.int16),
        np.array([-1]),
        (None,),
        (None,),
        np.array([len(rows)]),
        rows,
        none[np.newaxis],
    )


def _usable(
    frame: RunFrame, groups: Groups, column: ColumnKey
) -> tuple[_Floats, _Rows, _Rows] | None:
    """Return the finite values, their rows and their groups at each level."""
    found = frame.numbers(column)
    if found is None:
        return None
    values, state = found[0][groups.rows], found[1][groups.rows]
    usable = (state == 0) & np.isfinite(values)
    if usable.all():
        return values, groups.rows, groups.member
    return values[usable], groups.rows[usable], groups.member[:, usable]


def _bounds(groups: Groups) -> list[tuple[int, tuple[int, int]]]:
    """Return each level with its first group and the one after its last."""
    sizes = np.bincount(groups.level, minlength=max(1, len(groups.keys)))
    ends = np.cumsum(sizes)
    return list(enumerate(zip((ends - sizes).tolist(), ends.tolist(), strict=True)))


def _moments(
    values: _Floats, member: _Rows, first: int, end: int
) -> tuple[npt.NDArray[np.generic], ...]:
    own, size = member - first, end - first
    count = np.bincount(own, minlength=size)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        mean = np.bincount(own, weights=values, minlength=size) / count
        squares = np.bincount(own, weights=(values - mean[own]) ** 2, minlength=size)
        std = np.where(count > 1, np.sqrt(squares / np.maximum(count - 1, 1)), np.nan)
        return count, mean, std, std / np.sqrt(count)


def _ranks(
    values: _Floats, rows: _Rows, member: _Rows, first: int, end: int
) -> tuple[npt.NDArray[np.generic], ...]:
    size = end - first
    # Few groups fit in 16 bits, which are sorted by counting: 20 times as fast.
    own = (member - first).astype(np.uint16 if size <= 1 << 16 else np.int64)
    count = np.bincount(own, minlength=size)
    order = np.argsort(own, kind="stable")
    values, rows = values[order], rows[order]
    some = count > 0
    sizes = count[some]
    if not len(sizes):
        return *(np.full(size, np.nan) for _ in range(3)), *(np.full(size, -1),) * 2
    starts = np.cumsum(sizes) - sizes
    low, high = np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)
    return (
        _spread(some, _medians(values, starts, sizes), np.nan),
        _spread(some, low, np.nan),
        _spread(some, high, np.nan),
        _spread(some, rows[_first_of(values, low, starts, sizes)], -1),
        _spread(some, rows[_first_of(values, high, starts, sizes)], -1),
    )


def _medians(values: _Floats, starts: _Rows, sizes: _Rows) -> _Floats:
    """Return the median of each run of neighbours."""
    if len(sizes) > _PARTED:
        group_of = np.repeat(np.arange(len(sizes)), sizes)
        ordered = values[np.lexsort((values, group_of))]
        lower, upper = ordered[starts + (sizes - 1) // 2], ordered[starts + sizes // 2]
        middles: _Floats = lower + (upper - lower) / 2
        return middles
    found = np.empty(len(sizes))
    for at, (start, count) in enumerate(zip(starts.tolist(), sizes.tolist(), strict=True)):
        middle = ((count - 1) // 2, count // 2)
        lower, upper = np.partition(values[start : start + count], middle)[list(middle)]
        found[at] = lower + (upper - lower) / 2
    return found


def _first_of(values: _Floats, wanted: _Floats, starts: _Rows, sizes: _Rows) -> _Rows:
    """Return where each run of neighbours first has its wanted value."""
    places = np.flatnonzero(values == np.repeat(wanted, sizes))
    return places[np.searchsorted(places, starts)]


def _spread(
    some: npt.NDArray[np.bool_], values: npt.NDArray[np.generic], missing: float
) -> npt.NDArray[np.generic]:
    found = np.full(len(some), missing, dtype=values.dtype)
    found[some] = values
    return found


def _unique(codes: _Rows, limit: int) -> tuple[_Rows, _Rows]:
    """Return the different codes, sorted, and the place of each one among them."""
    if limit > _COUNTED * max(len(codes), 1_000):
        present, inverse = np.unique(codes, return_inverse=True)
        return present, inverse
    present = np.flatnonzero(np.bincount(codes, minlength=limit))
    places = np.empty(limit, dtype=np.int64)
    places[present] = np.arange(len(present))
    return present, places[codes]


def _codes(frame: RunFrame, key: GroupBy, rows: _Rows) -> _Coded:
    """Return each row's code, and label and range of each code; codes follow the labels' order."""
    column = frame.column(key.column)
    if key.bins or isinstance(column, MetricColumn) or column is None:
        return _binned(frame, key, rows)
    if isinstance(column, DatasetColumn):
        joined = (", ".join(texts) if texts else None for texts in column.categories)
        column = TextColumn.of([*joined, None], len(column.categories) + 1)
        outer = frame.column(key.column)
        assert isinstance(outer, DatasetColumn)
        codes = column.codes[outer.codes[rows]]
    else:
        codes = column.codes[rows]
    # Only the values that occur here are ordered: a frame may hold many more.
    present, places = _unique(codes.astype(np.int64) + 1, len(column.categories) + 1)
    used = present[present > 0] - 1
    ranks = column.ranks(natural=True)[used]
    order = np.argsort(ranks, kind="stable")
    place_of = np.empty(len(present), dtype=np.int64)
    missing_first = int(len(present) > 0 and present[0] == 0)
    place_of[missing_first:][order] = np.arange(len(used))
    if missing_first:
        place_of[0] = len(used)
    labels: list[str | None] = [column.categories[code] for code in used[order].tolist()]
    return place_of[places], [*labels, None], [None] * (len(labels) + 1)


def _binned(frame: RunFrame, key: GroupBy, rows: _Rows) -> _Coded:
    """Cut the finite values into ranges of one width; infinities, NaN and the rest on their own."""
    found = frame.numbers(key.column)
    if found is None:
        return np.zeros(len(rows), dtype=np.int64), [None], [None]
    values, state = found[0][rows], found[1][rows]
    finite = (state == 0) & np.isfinite(values)
    count = max(1, key.bins or 10)
    low, high = _range(values[finite])
    if low == high:
        count = 1
    edges = np.linspace(low, high, count + 1)
    inside = np.searchsorted(edges[1:-1], values, side="right")
    ranges: list[Range | None] = list(pairwise(edges.tolist()))
    labels: list[str | None] = [f"{_edge(a)} … {_edge(b)}" for a, b in pairwise(edges.tolist())]
    if low == high:
        labels = [_edge(low)]
    below, above = (state == 0) & (values == -np.inf), (state == 0) & (values == np.inf)
    codes = np.select(
        [finite, below, above, state == 1],
        [inside + 1, 0, count + 1, count + 2],
        default=count + 3,
    )
    labels = ["−∞", *labels, "∞", "NaN", None]
    return codes.astype(np.int64), labels, [None, *ranges, None, None, None]


def _range(values: _Floats) -> tuple[float, float]:
    if not len(values):
        return 0.0, 0.0
    return float(values.min()), float(values.max())


def _edge(value: float) -> str:
    return f"{value:.{_TEXT_ENOUGH}g}".replace("-", "−")
