"""Which rows a table shows, in which order and how deep: pure work on a `RunFrame`'s arrays."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from runcase.itemmodels import columns as titles
from runcase.itemmodels.column_stats import Ints, Stats, column_stats
from runcase.itemmodels.wish import Bools, Wish
from runcase.store.columns import Column
from runcase.store.frame import RunFrame
from runcase.store.frame_sort import order_by_columns
from runcase.store.frame_tree import visible, with_ancestors
from runcase.store.records import ColumnKey, Kind

if TYPE_CHECKING:
    from runcase.itemmodels.grouping import Family, Grouping


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """The visible rows of a table, from top to bottom, and what their cells need.

    Attributes:
        frame: The runs.
        wish: What was asked.
        mask: (n,) bool, the runs that match and are not hidden; None for all.
        rows: (v,) int64, rows of the frame; a group g is −1 − g.
        depth: (v,) int16.
        context: (v,) bool, runs shown only because one below them matches.
        children: (v,) int64, matching children of a run, runs of a group.
        matching: How many runs match.
        hidden: How many matching runs the person hides.
        stats: Of each shown column, over the matching runs.
        seen: The column that each of `stats` was made from.
        grouping: The groups, None without.
        family: The matching children of each parent, None where runs have none.
        opened: (n,) bool, the runs whose children are shown; None without nesting.
    """

    frame: RunFrame
    wish: Wish
    mask: Bools | None
    rows: Ints
    depth: npt.NDArray[np.int16]
    context: Bools
    children: Ints
    matching: int
    hidden: int = 0
    stats: Mapping[ColumnKey, Stats] = field(default_factory=dict)
    seen: Mapping[ColumnKey, Column | None] = field(default_factory=dict)
    grouping: Grouping | None = None
    family: Family | None = None
    opened: Bools | None = None


def arrange(frame: RunFrame, wish: Wish, before: Arrangement | None = None) -> Arrangement:
    """Sort, filter, nest or group the runs of a frame; called on a worker thread.

    Args:
        frame: The runs.
        wish: What is asked.
        before: What was arranged last; what still holds of it is not worked out again.
    """
    if before is not None and before.frame is not frame:
        before = None
    mask, hidden = _mask(frame, wish, before)
    rows = None if mask is None else np.flatnonzero(mask)
    same = before is not None and before.mask is mask
    stats, seen = _stats(frame, wish, rows, before if same else None)
    matching = len(frame) if rows is None else len(rows)
    order = _order(frame, wish)
    if wish.groups:
        from runcase.itemmodels.grouping import grouped, sorted_groups  # few tables are grouped

        chosen = np.arange(len(frame), dtype=np.int64) if rows is None else rows
        known = before.grouping if before is not None and same else None
        grouping = grouped(frame, wish, chosen, known)
        shown = sorted_groups(frame, wish, grouping, order if mask is None else order[mask[order]])
        return Arrangement(
            frame, wish, mask, *shown, matching, hidden, stats, seen, grouping=grouping
        )
    nested = wish.nested and bool((frame.parent >= 0).any())
    if not nested:
        listed = order if mask is None else order[mask[order]]
        none = np.zeros(len(listed), dtype=np.int64)
        flat = (listed, none.astype(np.int16), none.astype(np.bool_), none)
        return Arrangement(frame, wish, mask, *flat, matching, hidden, stats, seen)
    # Imported here: the first rows wait for no import that a flat list can do without.
    from runcase.itemmodels.grouping import families

    opened = _opened(frame, wish, mask)
    tree = visible(frame, order, mask, opened, nested=True)
    family = families(frame, wish, rows, before.family if before is not None and same else None)
    parts = (tree.rows, tree.depth, tree.context, tree.child_count)
    return Arrangement(
        frame, wish, mask, *parts, matching, hidden, stats, seen, family=family, opened=opened
    )


def stored_order(sort: Sequence[tuple[ColumnKey, bool]]) -> list[tuple[ColumnKey, bool]]:
    """Return a sort by columns of the store only: age is the start, the other way round."""
    return [
        (titles.STARTED, not descending) if key == titles.AGE else (key, descending)
        for key, descending in sort
    ]


def _mask(frame: RunFrame, wish: Wish, before: Arrangement | None) -> tuple[Bools | None, int]:
    """Return which rows are listed, and how many matching ones are hidden.

    The array of before comes back when nothing changed: what was made from it still holds.
    """
    if before is not None and before.wish.mask is wish.mask and before.wish.hidden == wish.hidden:
        return before.mask, before.hidden
    rows = frame.ids.rows_of(sorted(wish.hidden)) if wish.hidden else np.zeros(0, np.int64)
    rows = rows[rows >= 0]
    if wish.mask is not None:
        rows = rows[wish.mask[rows]]
    if not len(rows):
        return wish.mask, 0
    mask = np.ones(len(frame), np.bool_) if wish.mask is None else wish.mask.copy()
    mask[rows] = False
    return mask, len(rows)


def _stats(
    frame: RunFrame, wish: Wish, rows: Ints | None, before: Arrangement | None
) -> tuple[dict[ColumnKey, Stats], dict[ColumnKey, Column | None]]:
    stats: dict[ColumnKey, Stats] = {}
    seen: dict[ColumnKey, Column | None] = {}
    kept = (
        before is not None
        and before.wish.directions == wish.directions
        and before.wish.decimals == wish.decimals
    )
    for key in wish.columns:
        column = seen[key] = frame.columns.get(key)
        if kept and before is not None and key in before.stats and before.seen[key] is column:
            stats[key] = before.stats[key]
        else:
            stats[key] = column_stats(frame, key, rows, wish)
    return stats, seen


def _order(frame: RunFrame, wish: Wish) -> Ints:
    order = _sorted(frame, wish)
    if not wish.pinned:
        return order
    on_top = _marked(frame, wish.pinned)
    return np.concatenate((order[on_top[order]], order[~on_top[order]]))


def _sorted(frame: RunFrame, wish: Wish) -> Ints:
    ready = [
        (key, descending)
        for key, descending in stored_order(wish.sort)
        if key.kind is Kind.ATTRIBUTE or key in frame.columns
    ]
    if not ready:
        return np.arange(len(frame), dtype=np.int64)
    return order_by_columns(frame, ready)


def _opened(frame: RunFrame, wish: Wish, mask: Bools | None) -> Bools:
    """Return the rows whose children are shown: what a filter found is not folded away."""
    if wish.expanded is None:
        return np.ones(len(frame), np.bool_)
    opened = _marked(frame, wish.expanded)
    if wish.mask is not None and mask is not None:
        context = with_ancestors(frame.parent, mask) & ~mask
        opened |= context & ~_marked(frame, wish.folded)
    return opened


def _marked(frame: RunFrame, run_ids: Collection[str]) -> Bools:
    marked = np.zeros(len(frame), np.bool_)
    rows = frame.ids.rows_of(list(run_ids)) if run_ids else np.zeros(0, np.int64)
    marked[rows[rows >= 0]] = True
    return marked
