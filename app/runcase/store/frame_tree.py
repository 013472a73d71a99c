"""Which rows a nested runs table shows, and how deep: parents above children in any order."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from runcase.store.frame_arrays import RunFrame

_Rows = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]


class VisibleRows(NamedTuple):
    """The rows to show from top to bottom; all arrays are as long as `rows`.

    Attributes:
        rows: int64, rows of the frame.
        depth: int16, 0 for a run without a parent here.
        context: bool, runs that do not match and are shown for the sake of those below them.
        child_count: int64, direct children that match or lead to a match, shown or folded away.
        hidden_count: int64, direct children that the filter leaves out.
    """

    rows: _Rows
    depth: npt.NDArray[np.int16]
    context: _Bools
    child_count: _Rows
    hidden_count: _Rows


def visible(
    frame: RunFrame, order: _Rows, mask: _Bools | None, expanded: _Bools, nested: bool
) -> VisibleRows:
    """Return what a runs table shows.

    Args:
        frame: The runs; `frame.parent` has no cycles.
        order: Rows in the wanted order, all that may be shown; siblings keep it at every depth.
        mask: (n,) bool, the runs that match a filter; None for all.
        expanded: (n,) bool, the rows whose children are shown.
        nested: False for a flat list of the matching rows.
    """
    matching = np.ones(len(frame), dtype=np.bool_) if mask is None else mask
    if not nested:
        rows = order[matching[order]]
        none = np.zeros(len(rows), dtype=np.int64)
        return VisibleRows(rows, none.astype(np.int16), none.astype(np.bool_), none, none.copy())
    kept = with_ancestors(frame.parent, matching)
    shown = order[kept[order]]
    children = _Children(frame.parent, shown, len(frame))
    rows, depth = _unfolded(children, expanded)
    total = np.bincount(frame.parent[frame.parent >= 0], minlength=len(frame))
    child_count = children.counts[rows]
    return VisibleRows(rows, depth, ~matching[rows], child_count, total[rows] - child_count)


def with_ancestors(parent: npt.NDArray[np.int32], matching: _Bools) -> _Bools:
    """Return the matching rows and all that are above them, (n,) bool."""
    kept = matching.copy()
    level: npt.NDArray[np.integer[Any]] = np.flatnonzero(matching)
    while len(level):
        above = parent[level]
        above = np.unique(above[above >= 0])
        level = above[~kept[above]]
        kept[level] = True
    return kept


class _Children:
    """The children of each row among those shown, in the order of the rows shown."""

    def __init__(self, parent: npt.NDArray[np.int32], shown: _Rows, count: int) -> None:
        above = parent[shown]
        self.roots = shown[above < 0]
        below, above = shown[above >= 0], above[above >= 0]
        by_parent = np.argsort(above, kind="stable")
        self.sorted = below[by_parent]
        self.counts: _Rows = np.bincount(above, minlength=count).astype(np.int64)
        self.starts: _Rows = np.cumsum(self.counts) - self.counts

    def of(self, rows: _Rows) -> _Rows:
        """Return the children of several rows, one row's after the other's."""
        counts = self.counts[rows]
        first = np.repeat(self.starts[rows] - (np.cumsum(counts) - counts), counts)
        return self.sorted[first + np.arange(len(first))]


def _unfolded(children: _Children, is_open: _Bools) -> tuple[_Rows, npt.NDArray[np.int16]]:
    """Place whole levels at a time: how many rows each takes, then from above where each goes."""
    levels = [children.roots]
    parents: list[_Rows] = []  # for each deeper level, the places of the parents in the one above
    while True:
        places = np.flatnonzero(is_open[levels[-1]] & (children.counts[levels[-1]] > 0))
        if not len(places):
            break
        opened = levels[-1][places]
        parents.append(np.repeat(places, children.counts[opened]))
        levels.append(children.of(opened))

    sizes = [np.ones(len(level), dtype=np.int64) for level in levels]
    for depth in range(len(parents) - 1, -1, -1):
        below = np.bincount(parents[depth], sizes[depth + 1], len(sizes[depth]))
        sizes[depth] += below.astype(np.int64)
    return _placed(levels, parents, sizes)


def _placed(
    levels: list[_Rows], parents: list[_Rows], sizes: list[_Rows]
) -> tuple[_Rows, npt.NDArray[np.int16]]:
    total = int(sizes[0].sum())
    rows = np.empty(total, dtype=np.int64)
    depths = np.empty(total, dtype=np.int16)
    places = np.cumsum(sizes[0]) - sizes[0]
    for depth, level in enumerate(levels):
        if depth:
            before = np.cumsum(sizes[depth]) - sizes[depth]
            above = parents[depth - 1]
            first = np.searchsorted(above, above)  # each one's eldest sibling
            places = places[above] + 1 + before - before[first]
        rows[places] = level
        depths[places] = min(depth, np.iinfo(np.int16).max)
    return rows, depths
