"""The groups of a runs table and the children of its parents: their order and their values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from runcase.itemmodels import columns as titles
from runcase.itemmodels.column_stats import Floats, Ints, Stats, better, value_stats
from runcase.itemmodels.directions import Direction
from runcase.itemmodels.wish import MIXED, GroupPath, Spread, Summary, Wish
from runcase.store.columns import Column, DatasetColumn, TextColumn
from runcase.store.frame import RunFrame
from runcase.store.frame_groups import Groups, Moments, Ranks, group, moments, ranks
from runcase.store.records import ColumnKey, Kind

Flat = tuple[Ints, npt.NDArray[np.int16], npt.NDArray[np.bool_], Ints]


class SummaryCells(NamedTuple):
    """A numeric column's cells in the rows of groups or parents, (g,) each.

    `value` is the chosen one and `spread` what stands behind it, NaN where there is none; `stats`
    spans the groups of the innermost level. `ranks` are there when the value is one of them.
    """

    moments: Moments
    ranks: Ranks | None
    value: Floats
    spread: Floats
    stats: Stats
    seen: Column | None


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """The groups, by column the values in their rows, and the codes of texts that runs share.

    `inner` is (n,) the innermost group of each row of the frame, -1 for a row in none.
    """

    groups: Groups
    inner: Ints
    cells: Mapping[ColumnKey, SummaryCells]
    shared: Mapping[ColumnKey, npt.NDArray[np.int64]]

    def path(self, at: int) -> GroupPath:
        """Return the labels of a group and of those around it, outermost first."""
        found: list[str | None] = []
        while at >= 0:
            found.insert(0, self.groups.labels[at])
            at = int(self.groups.parent[at])
        return tuple(found)

    def innermost(self) -> int:
        """Return the first group of the innermost level: each of those has a colour of its own."""
        return int(np.searchsorted(self.groups.level, len(self.groups.keys) - 1))


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """The children of each parent, as groups; `place` is (n,) the group of a parent, or -1."""

    groups: Groups
    place: Ints
    cells: Mapping[ColumnKey, SummaryCells]


def grouped(frame: RunFrame, wish: Wish, rows: Ints, known: Grouping | None) -> Grouping:
    """Group rows and sum up the shown columns; `known` are the same rows' groups of before."""
    if known is not None and known.groups.keys != wish.groups:
        known = None
    if known is not None:
        groups, inner = known.groups, known.inner
    else:
        groups = group(frame, wish.groups, rows)
        inner = np.full(len(frame), -1, dtype=np.int64)
        inner[rows] = groups.member[-1]
    cells: dict[ColumnKey, SummaryCells] = {}
    shared: dict[ColumnKey, npt.NDArray[np.int64]] = {}
    # The age is no column of the store, and that of a group says nothing.
    for key in {*wish.columns, *(key for key, _ in wish.sort)} - {titles.AGE}:
        found = _cells(frame, wish, groups, key, known.cells.get(key) if known else None)
        if found is not None:
            cells[key] = found
        else:
            codes = _shared(frame, groups, key)
            if codes is not None:
                shared[key] = codes
    return Grouping(groups, inner, cells, shared)


def sorted_groups(frame: RunFrame, wish: Wish, grouping: Grouping, order: Ints) -> Flat:
    """Return the rows of a grouped table; `order` are the grouped rows as they are sorted."""
    groups = grouping.groups
    if not len(groups.counts):
        none = np.zeros(0, np.int64)
        return none, none.astype(np.int16), none.astype(np.bool_), none
    by_parent = _children(grouping, _places(wish, grouping))
    inner = grouping.inner[order]
    runs = order[np.argsort(inner, kind="stable")]
    ends = np.cumsum(np.bincount(inner, minlength=len(groups.counts)))
    flat: list[Ints] = []
    depths: list[int] = []
    deepest = len(groups.keys) - 1
    waiting = list(reversed(by_parent.get(-1, [])))
    while waiting:
        at = waiting.pop()
        level = int(groups.level[at])
        flat.append(np.array([-1 - at]))
        depths.append(level)
        if wish.open_groups is not None and grouping.path(at) not in wish.open_groups:
            continue
        if level == deepest:
            flat.append(runs[ends[at] - groups.counts[at] : ends[at]])
            depths.append(level + 1)
        else:
            waiting += reversed(by_parent.get(at, []))
    rows = np.concatenate(flat)
    depth = np.repeat(np.array(depths, np.int16), [len(part) for part in flat])
    counts = np.where(rows < 0, groups.counts[np.maximum(-1 - rows, 0)], 0)
    return rows, depth, np.zeros(len(rows), np.bool_), counts


def families(frame: RunFrame, wish: Wish, rows: Ints | None, known: Family | None) -> Family:
    """Sum the shown columns up over the matching children of each parent.

    `known` is the family of the same rows of before.
    """
    groups, place = (known.groups, known.place) if known is not None else _kin(frame, rows)
    cells = {}
    for key in wish.columns:
        if key.kind is not Kind.METRIC:
            continue
        found = _cells(frame, wish, groups, key, known.cells.get(key) if known else None)
        if found is not None:
            cells[key] = found
    return Family(groups, place, cells)


def _kin(frame: RunFrame, rows: Ints | None) -> tuple[Groups, Ints]:
    """Return the children of each parent as groups, and each row's group of its children."""
    below = np.flatnonzero(frame.parent >= 0) if rows is None else rows[frame.parent[rows] >= 0]
    parents, member = np.unique(frame.parent[below], return_inverse=True)
    count = len(parents)
    groups = Groups(
        (),
        np.zeros(count, np.int16),
        np.full(count, -1),
        (None,) * count,
        (None,) * count,
        np.bincount(member, minlength=count),
        below,
        member[np.newaxis],
    )
    place = np.full(len(frame), -1, dtype=np.int64)
    place[parents] = np.arange(count)
    return groups, place


def _cells(
    frame: RunFrame, wish: Wish, groups: Groups, key: ColumnKey, known: SummaryCells | None
) -> SummaryCells | None:
    column = frame.columns.get(key)
    if any(level.column == key for level in groups.keys) or not _is_numeric(frame, key):
        return None
    if known is not None and known.seen is not column:
        known = None
    found = known.moments if known is not None else moments(frame, groups, key)
    if found is None:
        return None
    ordered = known.ranks if known is not None else None
    if ordered is None and wish.summary is not Summary.MEAN:
        ordered = ranks(frame, groups, key)
    towards = better(key, wish)
    value = found.mean if ordered is None else _chosen(found, ordered, wish.summary, towards)
    spread = {Spread.STD: found.std, Spread.SEM: found.sem}.get(wish.spread)
    if spread is None or wish.summary not in (Summary.MEAN, Summary.MEDIAN):
        spread = np.full(len(value), np.nan)
    innermost = groups.level == groups.level.max(initial=0)
    stats = value_stats(value[innermost], towards, wish.decimals.get(key))
    return SummaryCells(found, ordered, value, spread, stats, column)


def _is_numeric(frame: RunFrame, key: ColumnKey) -> bool:
    column = frame.column(key)
    if isinstance(column, TextColumn):
        numbers = column.is_number()
        return key.kind is Kind.PARAM and len(numbers) > 0 and bool(np.all(numbers))
    return not isinstance(column, DatasetColumn)


def _chosen(found: Moments, ordered: Ranks, summary: Summary, towards: Direction) -> Floats:
    if summary is Summary.BEST:
        unknown = np.full(len(found.mean), np.nan)
        return {Direction.LOWER: ordered.low, Direction.HIGHER: ordered.high}.get(towards, unknown)
    return {
        Summary.MEAN: found.mean,
        Summary.MEDIAN: ordered.median,
        Summary.LOW: ordered.low,
        Summary.HIGH: ordered.high,
    }[summary]


def _shared(frame: RunFrame, groups: Groups, key: ColumnKey) -> npt.NDArray[np.int64] | None:
    """Return for each group the code that all its runs have, `MIXED` where they differ."""
    column = frame.column(key)
    if not isinstance(column, TextColumn | DatasetColumn) or not len(groups.rows):
        return None
    codes = column.codes[groups.rows].astype(np.int64)
    found = np.full(len(groups.counts), MIXED, dtype=np.int64)
    for member in groups.member:
        order = np.argsort(member, kind="stable")
        starts = np.flatnonzero(np.diff(member[order], prepend=-1))
        low, high = (each.reduceat(codes[order], starts) for each in (np.minimum, np.maximum))
        found[member[order][starts]] = np.where(low == high, low, MIXED)
    return found


def _places(wish: Wish, grouping: Grouping) -> Floats:
    """Return by what the groups are sorted: the first sorted column that has a value for them."""
    groups = grouping.groups
    own = np.arange(len(groups.counts), dtype=np.float64)
    for key, descending in wish.sort:
        if key in grouping.cells:
            values = grouping.cells[key].value
            ranked = np.where(np.isnan(values), np.inf, -values if descending else values)
            order = np.lexsort((own, ranked))
            places = np.empty(len(order))
            places[order] = own
            return places
        levels = [at for at, each in enumerate(groups.keys) if each.column == key]
        if levels and descending:
            missing = np.array([label is None for label in groups.labels])
            turned = (groups.level == levels[0]) & ~missing
            return np.where(turned, -own, own)
    return own


def _children(grouping: Grouping, places: Floats) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for at in np.argsort(places, kind="stable").tolist():
        found.setdefault(int(grouping.groups.parent[at]), []).append(at)
    return found
