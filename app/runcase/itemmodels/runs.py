"""The runs table as Qt rows: a flat array of visible rows over a `RunFrame`."""

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from runcase.itemmodels import columns as titles
from runcase.itemmodels import formats
from runcase.itemmodels.arrangement import Arrangement
from runcase.itemmodels.column_stats import Ints, Stats, better
from runcase.itemmodels.row_difference import Difference, difference, ranges, take
from runcase.itemmodels.run_cells import (
    Cell,
    exact_text,
    group_cell,
    group_label,
    run_cell,
    summary_tip,
)
from runcase.itemmodels.selection import RunColors
from runcase.itemmodels.wish import GroupPath
from runcase.local.records import Mark
from runcase.store.frame import MISSING, RunFrame
from runcase.store.records import ColumnKey

Index = QModelIndex | QPersistentModelIndex
_NO_STATS = Stats()
_NO_MARK = Mark()


class RunsModel(QAbstractTableModel):
    """Visible runs by columns. `data` looks at arrays in memory only."""

    def __init__(self, colors: RunColors, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.colors = colors
        self.arrangement: Arrangement | None = None
        self.columns: tuple[ColumnKey, ...] = (titles.NAME, *titles.DEFAULT)
        # RUNNING runs without a sign of life, and when they gave the last one, in ms.
        self.stalled: Mapping[str, int] = {}
        self.experiments: Mapping[str, str] = {}  # names by id
        self.marks: Mapping[str, Mark] = {}
        self.now_ms = int(time.time() * 1000)
        self._shown_groups: frozenset[int] | None = None  # not worked out yet
        colors.changed.connect(self._recolor)

    @property
    def frame(self) -> RunFrame | None:
        """Return the runs, None before they were read."""
        return None if self.arrangement is None else self.arrangement.frame

    def set_columns(self, columns: Sequence[ColumnKey]) -> None:
        """Show other columns; the name comes first."""
        wanted = (titles.NAME, *dict.fromkeys(key for key in columns if key != titles.NAME))
        if wanted == self.columns:
            return
        self.beginResetModel()
        self.columns = wanted
        self.endResetModel()

    def show(self, arrangement: Arrangement) -> None:
        """Show other rows as a difference, so that selection, scroll and expansion stay.

        A difference of very many rows would hold the window up: those are shown by a reset, over
        which the view keeps selection and scroll by itself.
        """
        before = self.arrangement
        self._shown_groups = None
        if before is not None and _has_same_rows(before, arrangement):
            self.arrangement = arrangement
            self._all_changed()
            return
        found = None if before is None else difference(before, arrangement)
        if found is None or before is None:
            self.beginResetModel()
            self.arrangement = arrangement
            self.endResetModel()
        else:
            self._apply(before, arrangement, found)

    def clear(self) -> None:
        """Show no runs, and know none."""
        if self.arrangement is not None:
            self.beginResetModel()
            self.arrangement = None
            self.endResetModel()

    def frame_row(self, row: int) -> int:
        """Return the frame's row of a visible row; a group g is −1 − g."""
        assert self.arrangement is not None
        return int(self.arrangement.rows[row])

    def is_group(self, row: int) -> bool:
        """Say whether a visible row is a group."""
        return self.frame_row(row) < 0

    def group_path(self, row: int) -> GroupPath:
        """Return the labels of a group's row, outermost first."""
        assert self.arrangement is not None
        assert self.arrangement.grouping is not None
        return self.arrangement.grouping.path(-1 - self.frame_row(row))

    def group_rows(self, row: int) -> Ints:
        """Return the frame's rows of a group's runs."""
        assert self.arrangement is not None
        assert self.arrangement.grouping is not None
        groups = self.arrangement.grouping.groups
        at = -1 - self.frame_row(row)
        found: Ints = groups.rows[groups.member[int(groups.level[at])] == at]
        return found

    def is_group_shown(self, row: int) -> bool:
        """Say whether charts show a run of a group."""
        if self._shown_groups is None:
            self._shown_groups = self._groups_with_shown()
        return -1 - self.frame_row(row) in self._shown_groups

    def _groups_with_shown(self) -> frozenset[int]:
        grouping = self.arrangement.grouping if self.arrangement is not None else None
        if grouping is None or self.frame is None:
            return frozenset()
        rows = self.frame.ids.rows_of(self.colors.shown())
        found: set[int] = set()
        for at in grouping.inner[rows[rows >= 0]].tolist():
            while at >= 0:
                found.add(at)
                at = int(grouping.groups.parent[at])
        return frozenset(found)

    def run_id(self, row: int) -> str:
        """Return the run id of a visible row, "" for a group."""
        assert self.frame is not None
        at = self.frame_row(row)
        return "" if at < 0 else self.frame.ids[at]

    def row_of(self, run_id: str) -> int | None:
        """Return the visible row of a run, None when it is not visible."""
        if self.frame is None or self.arrangement is None:
            return None
        at = self.frame.row_of(run_id)
        if at is None:
            return None
        found = np.flatnonzero(self.arrangement.rows == at)
        return int(found[0]) if len(found) else None

    def ranges_of(self, run_ids: Iterable[str]) -> list[tuple[int, int]]:
        """Return the visible rows of some runs as ranges, first and last included."""
        if self.frame is None:
            return []
        found = self.frame.ids.rows_of(list(run_ids))
        return self.ranges_of_rows(found[found >= 0])

    def ranges_of_rows(self, rows: Ints) -> list[tuple[int, int]]:
        """Return the visible rows of some of the frame's rows as ranges."""
        if self.frame is None or self.arrangement is None:
            return []
        wanted = np.zeros(len(self.frame) + 1, np.bool_)  # the last one is for groups
        wanted[rows] = True
        return ranges(np.flatnonzero(wanted[np.maximum(self.arrangement.rows, -1)]))

    def depth(self, row: int) -> int:
        """Return how deep a visible row is nested."""
        return 0 if self.arrangement is None else int(self.arrangement.depth[row])

    def is_context(self, row: int) -> bool:
        """Say whether a row is shown only because a run below it matches."""
        return self.arrangement is not None and bool(self.arrangement.context[row])

    def child_count(self, row: int) -> int:
        """Return how many children a run has, how many runs a group."""
        return 0 if self.arrangement is None else int(self.arrangement.children[row])

    def is_expanded(self, row: int) -> bool:
        """Say whether a row's children or runs are shown."""
        assert self.arrangement is not None
        wish = self.arrangement.wish
        if self.is_group(row):
            return wish.open_groups is None or self.group_path(row) in wish.open_groups
        opened = self.arrangement.opened
        return opened is not None and bool(opened[self.frame_row(row)])

    def status(self, row: int) -> str:
        """Return MLflow's status of a run, of a group the one that all its runs have, else ""."""
        assert self.frame is not None
        at = self.frame_row(row)
        if at >= 0:
            return self.frame.text("status", at) or ""
        cell = self.cell(row, titles.STATUS)
        return "" if cell.muted else cell.text

    def is_stalled(self, row: int) -> bool:
        """Say whether a RUNNING run has not been written to for long."""
        return bool(self.stalled) and self.run_id(row) in self.stalled

    def name(self, row: int) -> str:
        """Return a run's name, its short id when it has none; a group's label."""
        assert self.frame is not None
        assert self.arrangement is not None
        at = self.frame_row(row)
        if at < 0:
            return group_label(self.arrangement, -1 - at, self.experiments)
        return self.frame.text("run_name", at) or formats.short_id(self.frame.ids[at])

    def is_deleted(self, row: int) -> bool:
        """Say whether the run is in MLflow's deleted lifecycle stage."""
        assert self.frame is not None
        at = self.frame_row(row)
        return at >= 0 and self.frame.text("lifecycle_stage", at) == "deleted"

    def mark(self, row: int) -> Mark:
        """Return what the person noted of a run."""
        return self.marks.get(self.run_id(row), _NO_MARK) if self.marks else _NO_MARK

    def color_index(self, row: int) -> int | None:
        """Return the palette index of a run that charts show, or of an innermost group."""
        at = self.frame_row(row)
        grouping = self.arrangement.grouping if self.arrangement is not None else None
        if at < 0:
            assert grouping is not None
            own = -1 - at - grouping.innermost()
            return own if own >= 0 else None
        return self.run_color(self.run_id(row))

    def run_color(self, run_id: str) -> int | None:
        """Return the palette index of a run that charts show: within groups, that of its group."""
        index = self.colors.index(run_id)
        grouping = self.arrangement.grouping if self.arrangement is not None else None
        if index is None or grouping is None or self.frame is None:
            return index
        at = self.frame.row_of(run_id)
        inner = -1 if at is None else int(grouping.inner[at])
        return index if inner < 0 else inner - grouping.innermost()

    def stats(self, key: ColumnKey) -> Stats:
        """Return what is known of a column's values."""
        return _NO_STATS if self.arrangement is None else self.arrangement.stats.get(key, _NO_STATS)

    def cell(self, row: int, key: ColumnKey) -> Cell:
        """Return what to paint for a visible row and a column."""
        arrangement = self.arrangement
        if arrangement is None:
            return Cell("")
        at = int(arrangement.rows[row])
        if at < 0:
            return group_cell(arrangement, -1 - at, key, self.experiments)
        return run_cell(arrangement, at, key, self.now_ms, self.experiments)

    def full_text(self, row: int, key: ColumnKey) -> str:
        """Return a cell's value in full precision, as copying does; "" when it is missing."""
        if self.frame is None:
            return ""
        if key == titles.NAME:
            return self.name(row)
        at = self.frame_row(row)
        return self.cell(row, key).text if at < 0 else exact_text(self.frame, at, key)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own signature
        if parent.isValid() or self.arrangement is None:
            return 0
        return len(self.arrangement.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own signature
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= self.rowCount():
            return None
        key = self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(index.row(), key)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(index.row(), key)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(index.row(), key)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and section < len(self.columns):
            if role == Qt.ItemDataRole.DisplayRole:
                return titles.title(self.columns[section])
            if role == Qt.ItemDataRole.ToolTipRole:
                return titles.said(self.columns[section])
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return (
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsDragEnabled
            | Qt.ItemFlag.ItemNeverHasChildren
        )

    def _recolor(self) -> None:
        self._shown_groups = None
        self.repaint_names()

    def repaint_names(self) -> None:
        """Paint the name column again: colours or marks changed."""
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, 0))

    def summary_of(self, row: int, key: ColumnKey) -> str:
        """Return all statistics of a cell that stands for several runs, "" for another cell."""
        arrangement = self.arrangement
        if arrangement is None or not self.cell(row, key).summary:
            return ""
        at = self.frame_row(row)
        if at < 0 and arrangement.grouping is not None:
            groups, stats = arrangement.grouping.groups, arrangement.grouping.cells[key].stats
            place = -1 - at
        elif arrangement.family is not None:
            groups, stats = arrangement.family.groups, arrangement.family.cells[key].stats
            place = int(arrangement.family.place[at])
        else:
            return ""
        towards = better(key, arrangement.wish)
        lines = summary_tip(arrangement.frame, groups, place, key, stats, towards)
        return f"{titles.said(key)} of the runs below\n{lines}"

    def _words(self, row: int, key: ColumnKey) -> str:
        if key == titles.NAME:
            return self.name(row)
        cell = self.cell(row, key)
        return f"{cell.text} {cell.after}".rstrip()

    def _tip(self, row: int, key: ColumnKey) -> str:
        assert self.frame is not None
        at = self.frame_row(row)
        summary = self.summary_of(row, key)
        if summary:
            return summary
        if at < 0:
            return formats.excerpt(self._words(row, key))
        if key == titles.NAME:
            note = self.mark(row).note
            below = f"\n\n{note}" if note else ""
            return formats.excerpt(f"{self.name(row)}\n{self.frame.ids[at]}{below}")
        if key == titles.STATUS:
            return self._status_words(row)
        if key in titles.TIMES:
            value = int(getattr(self.frame, key.key)[at])
            return formats.moment_with_zone(None if value == MISSING else value)
        return formats.excerpt(self.full_text(row, key))

    def _status_words(self, row: int) -> str:
        status = self.status(row)
        sign = self.stalled.get(self.run_id(row))
        if sign is None:
            return status
        return f"{status}, but nothing was written for {formats.duration(self.now_ms - sign)}"

    def _spoken(self, row: int, key: ColumnKey) -> str:
        if key == titles.NAME:
            return self._spoken_name(row)
        if key == titles.STATUS and not self.is_group(row):
            return f"status {self._status_words(row).lower()}"
        cell = self.cell(row, key)
        count = 0 if self.arrangement is None else self.arrangement.matching
        best = f", best of {count}" if cell.best and not cell.summary else ""
        of = "of the runs below " if cell.summary else ""
        return f"{titles.title(key)} {of}{self._words(row, key)}{best}"

    def _spoken_name(self, row: int) -> str:
        if self.is_group(row):
            state = "open" if self.is_expanded(row) else "closed"
            runs = formats.counted(self.child_count(row), "run")
            return f"group {self.name(row)}, {runs}, {state}"
        mark = self.mark(row)
        shown = self.colors.index(self.run_id(row)) is not None
        parts = [f"run {self.name(row)}", "shown in charts" if shown else "not shown in charts"]
        parts += [word for word, on in (("pinned", mark.pin), ("starred", mark.star)) if on]
        return ", ".join(parts)

    def _apply(self, before: Arrangement, arrangement: Arrangement, found: Difference) -> None:
        """Tell the views what is gone, moved and new."""
        left = np.ones(len(before.rows), np.bool_)
        for first, last in reversed(found.gone):
            self.beginRemoveRows(QModelIndex(), first, last)
            left[first : last + 1] = False
            self.arrangement = take(before, left)
            self.endRemoveRows()
        known = found.known.copy()
        self._reorder(found, take(arrangement, known))
        for first, last in found.added:
            self.beginInsertRows(QModelIndex(), first, last)
            known[first : last + 1] = True
            self.arrangement = take(arrangement, known)
            self.endInsertRows()
        self.arrangement = arrangement
        self._all_changed()

    def _reorder(self, found: Difference, arrangement: Arrangement) -> None:
        """Take over the new frame; rows that stay may stand in another order."""
        if found.old == found.new:
            self.arrangement = arrangement
            return
        self.layoutAboutToBeChanged.emit()
        places = {key: row for row, key in enumerate(found.new)}
        before = self.persistentIndexList()
        self.arrangement = arrangement
        moved = [self.index(places[found.old[each.row()]], each.column()) for each in before]
        self.changePersistentIndexList(before, moved)
        self.layoutChanged.emit()

    def _all_changed(self) -> None:
        if self.rowCount():
            last = self.index(self.rowCount() - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)


def _has_same_rows(before: Arrangement, now: Arrangement) -> bool:
    if before.grouping is not None or now.grouping is not None:
        return before.grouping is now.grouping and np.array_equal(before.rows, now.rows)
    if before.frame is now.frame:
        return np.array_equal(before.rows, now.rows)
    same = len(before.rows) == len(now.rows)
    return same and before.frame.ids.same(before.rows, now.frame.ids, now.rows)
