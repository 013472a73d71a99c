"""The runs table as Qt rows: a flat array of visible rows over a `RunFrame`."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from runcase.itemmodels import columns as titles
from runcase.itemmodels import formats
from runcase.itemmodels.arrangement import Arrangement, Stats
from runcase.itemmodels.selection import RunColors
from runcase.store.columns import DatasetColumn, MetricColumn, TextColumn
from runcase.store.frame import MISSING, RunFrame
from runcase.store.records import ColumnKey, Kind

Index = QModelIndex | QPersistentModelIndex
# More separate ranges of new and gone rows than this are shown by one reset.
_MAX_RANGES = 64
# Comparing this many rows one by one takes 0.1 s; a million took 1.9 s on the GUI thread.
_MAX_COMPARED = 50_000
_NO_STATS = Stats()


@dataclass(frozen=True, slots=True)
class Cell:
    """What a delegate paints: `fraction` is the bar's length 0 to 1, -1 for no bar."""

    text: str
    muted: bool = False
    warn: bool = False
    best: bool = False
    fraction: float = -1.0
    right: bool = False
    mono: bool = False


class RunsModel(QAbstractTableModel):
    """Visible runs by columns. `data` looks at arrays in memory only."""

    def __init__(self, colors: RunColors, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.colors = colors
        self.frame: RunFrame | None = None
        self.arrangement: Arrangement | None = None
        self.columns: tuple[ColumnKey, ...] = titles.FIXED
        self.expanded: frozenset[str] | None = frozenset()
        self.sort_key: ColumnKey | None = None
        self.descending = False
        # RUNNING runs without a sign of life, and when they gave the last one, in ms.
        self.stalled: Mapping[str, int] = {}
        self.now_ms = int(time.time() * 1000)
        colors.changed.connect(self._recolor)

    def set_columns(self, columns: Sequence[ColumnKey]) -> None:
        """Show other columns; the fixed ones come first."""
        wanted = titles.FIXED + tuple(key for key in columns if key not in titles.FIXED)
        if wanted == self.columns:
            return
        self.beginResetModel()
        self.columns = wanted
        self.endResetModel()

    def show(self, frame: RunFrame, arrangement: Arrangement) -> None:
        """Show other rows as a difference, so that selection, scroll and expansion stay.

        A difference of very many rows would hold the window up: those are shown by a reset, over
        which the view keeps selection and scroll by itself.
        """
        if self._has_same_rows(frame, arrangement):
            self.frame, self.arrangement = frame, arrangement
            self._all_changed()
            return
        before = 0 if self.arrangement is None else len(self.arrangement.rows)
        few = 0 < before <= _MAX_COMPARED and len(arrangement.rows) <= _MAX_COMPARED
        if not (few and self._apply_difference(frame, arrangement)):
            self.beginResetModel()
            self.frame, self.arrangement = frame, arrangement
            self.endResetModel()

    def run_id(self, row: int) -> str:
        """Return the run id of a visible row."""
        assert self.frame is not None
        return str(self.frame.ids[self.frame_row(row)])

    def frame_row(self, row: int) -> int:
        """Return the frame's row of a visible row."""
        assert self.arrangement is not None
        return int(self.arrangement.rows[row])

    def row_of(self, run_id: str) -> int | None:
        """Return the visible row of a run, None when it is not visible."""
        if self.frame is None or self.arrangement is None:
            return None
        at = self.frame.row_of(run_id)
        if at is None:
            return None
        found = np.flatnonzero(self.arrangement.rows == at)
        return int(found[0]) if len(found) else None

    def ranges_of(self, run_ids: Sequence[str]) -> list[tuple[int, int]]:
        """Return the visible rows of some runs as ranges, first and last included."""
        if self.frame is None or self.arrangement is None:
            return []
        found = [row for row in map(self.frame.row_of, run_ids) if row is not None]
        wanted = np.zeros(len(self.frame), np.bool_)
        wanted[found] = True
        return _ranges(np.flatnonzero(wanted[self.arrangement.rows]))

    def depth(self, row: int) -> int:
        """Return how deep a visible row is nested."""
        return 0 if self.arrangement is None else int(self.arrangement.depth[row])

    def is_context(self, row: int) -> bool:
        """Say whether a row is shown only because a run below it matches."""
        return self.arrangement is not None and bool(self.arrangement.context[row])

    def child_count(self, row: int) -> int:
        """Return how many children a visible row has."""
        return 0 if self.arrangement is None else int(self.arrangement.children[row])

    def is_expanded(self, row: int) -> bool:
        """Say whether a row's children are shown."""
        return self.expanded is None or self.run_id(row) in self.expanded

    def status(self, row: int) -> str:
        """Return MLflow's status of a visible row."""
        assert self.frame is not None
        return str(self.frame.status[self.frame_row(row)])

    def is_stalled(self, row: int) -> bool:
        """Say whether a RUNNING run has not been written to for long."""
        return self.run_id(row) in self.stalled

    def name(self, row: int) -> str:
        """Return a run's name, its short id when it has none."""
        assert self.frame is not None
        at = self.frame_row(row)
        return str(self.frame.name[at]) or formats.short_id(str(self.frame.ids[at]))

    def is_deleted(self, row: int) -> bool:
        """Say whether the run is in MLflow's deleted lifecycle stage."""
        assert self.frame is not None
        return bool(self.frame.lifecycle_stage[self.frame_row(row)] == "deleted")

    def stats(self, key: ColumnKey) -> Stats:
        """Return what is known of a column's values."""
        return _NO_STATS if self.arrangement is None else self.arrangement.stats.get(key, _NO_STATS)

    def cell(self, row: int, key: ColumnKey) -> Cell:
        """Return what to paint for a run and a column."""
        if self.frame is None:
            return Cell("")
        at = self.frame_row(row)
        column = self.frame.columns.get(key)
        if key.kind is Kind.ATTRIBUTE:
            return self._attribute(self.frame, at, key)
        if isinstance(column, MetricColumn):
            return self._metric(column, at, key)
        if isinstance(column, TextColumn):
            text = column.text(at)
            numeric = self.stats(key).numeric
            if text is None:
                return Cell(formats.MISSING, muted=True, right=numeric)
            return Cell(formats.one_line(text), right=numeric, mono=key.kind is Kind.PARAM)
        if isinstance(column, DatasetColumn):
            texts = column.texts(at)
            return Cell(formats.one_line(", ".join(texts)) or formats.MISSING, muted=not texts)
        return Cell("", muted=True)

    def full_text(self, row: int, key: ColumnKey) -> str:
        """Return a cell's value in full precision, as copying does; "" when it is missing."""
        if self.frame is None:
            return ""
        at = self.frame_row(row)
        column = self.frame.columns.get(key)
        if isinstance(column, MetricColumn):
            return formats.exact(float(column.values[at])) if column.present[at] else ""
        if isinstance(column, TextColumn):
            return column.text(at) or ""
        if key == titles.NAME:
            return self.name(row)
        if key in (titles.STARTED, ColumnKey(Kind.ATTRIBUTE, "end_time")):
            value = int(getattr(self.frame, key.key)[at])
            return "" if value == MISSING else str(value)
        if key.kind is Kind.ATTRIBUTE and key != titles.DURATION:
            return self.frame.attribute(key.key).text(at) or ""
        cell = self.cell(row, key)
        return "" if cell.muted else cell.text

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
            return self.cell(index.row(), key).text
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
            | Qt.ItemFlag.ItemNeverHasChildren
        )

    def _attribute(self, frame: RunFrame, at: int, key: ColumnKey) -> Cell:
        if key == titles.NAME:
            name = str(frame.name[at])
            return Cell(formats.one_line(name) or formats.short_id(str(frame.ids[at])))
        if key == titles.DURATION:
            return self._duration(frame, at)
        if key.key in ("start_time", "end_time"):
            value = int(getattr(frame, key.key)[at])
            if value == MISSING:
                return Cell(formats.MISSING, muted=True)
            return Cell(formats.age(value, self.now_ms))
        text = frame.attribute(key.key).text(at)
        if not text:
            return Cell(formats.MISSING, muted=True)
        return Cell(formats.short_id(text) if key.key == "run_id" else formats.one_line(text))

    def _duration(self, frame: RunFrame, at: int) -> Cell:
        start, end = int(frame.start_time[at]), int(frame.end_time[at])
        if start == MISSING:
            return Cell(formats.MISSING, muted=True, right=True)
        if end == MISSING:
            if frame.status[at] != "RUNNING":
                return Cell(formats.MISSING, muted=True, right=True)
            return Cell(formats.duration(max(0, self.now_ms - start)), right=True)
        return Cell(formats.duration(end - start), warn=end < start, right=True)

    def _metric(self, column: MetricColumn, at: int, key: ColumnKey) -> Cell:
        if not column.present[at]:
            known = column.complete
            return Cell(formats.MISSING if known else "", muted=True, right=True)
        value = float(column.values[at])
        if not np.isfinite(value):
            return Cell(formats.number(value), warn=True, right=True)
        stats = self.stats(key)
        fraction = -1.0
        if stats.high > stats.low:
            fraction = min(1.0, max(0.0, (value - stats.low) / (stats.high - stats.low)))
        text = formats.number(value, stats.decimals)
        return Cell(text, best=value == stats.best, fraction=fraction, right=True)

    def _tip(self, row: int, key: ColumnKey) -> str:
        assert self.frame is not None
        at = self.frame_row(row)
        if key == titles.NAME:
            return formats.excerpt(f"{self.name(row)}\n{self.frame.ids[at]}")
        if key == titles.STATUS:
            return self._status_words(row)
        if key.key in ("start_time", "end_time") and key.kind is Kind.ATTRIBUTE:
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
        cell = self.cell(row, key)
        if key == titles.NAME:
            index = self.colors.index(self.run_id(row))
            shown = "not shown in charts" if index is None else "shown in charts"
            return f"run {cell.text}, {shown}"
        if key == titles.STATUS:
            return f"status {self._status_words(row).lower()}"
        count = 0 if self.arrangement is None else self.arrangement.matching
        best = f", best of {count}" if cell.best else ""
        return f"{titles.title(key)} {cell.text}{best}"

    def _has_same_rows(self, frame: RunFrame, arrangement: Arrangement) -> bool:
        if self.frame is None or self.arrangement is None:
            return False
        rows, now = self.arrangement.rows, arrangement.rows
        if self.frame is frame:
            return np.array_equal(rows, now)
        return len(rows) == len(now) and np.array_equal(self.frame.ids[rows], frame.ids[now])

    def _apply_difference(self, frame: RunFrame, arrangement: Arrangement) -> bool:
        """Tell the views what is gone, moved and new; False when a reset is simpler."""
        assert self.frame is not None
        assert self.arrangement is not None
        old = [str(run_id) for run_id in self.frame.ids[self.arrangement.rows]]
        new = [str(run_id) for run_id in frame.ids[arrangement.rows]]
        before, after = set(old), set(new)
        stays = np.fromiter((run_id in after for run_id in old), np.bool_, len(old))
        known = np.fromiter((run_id in before for run_id in new), np.bool_, len(new))
        gone, added = _ranges(np.flatnonzero(~stays)), _ranges(np.flatnonzero(~known))
        if len(gone) + len(added) > _MAX_RANGES:
            return False
        left = np.ones(len(old), np.bool_)
        whole = self.arrangement
        for first, last in reversed(gone):
            self.beginRemoveRows(QModelIndex(), first, last)
            left[first : last + 1] = False
            self.arrangement = _take(whole, left)
            self.endRemoveRows()
        kept_old = [run_id for run_id, kept in zip(old, stays, strict=True) if kept]
        kept_new = [run_id for run_id, kept in zip(new, known, strict=True) if kept]
        self._reorder(kept_old, kept_new, frame, _take(arrangement, known))
        for first, last in added:
            self.beginInsertRows(QModelIndex(), first, last)
            known[first : last + 1] = True
            self.arrangement = _take(arrangement, known)
            self.endInsertRows()
        self.arrangement = arrangement
        self._all_changed()
        return True

    def _reorder(
        self, old: list[str], new: list[str], frame: RunFrame, arrangement: Arrangement
    ) -> None:
        """Take over the new frame; rows that stay may stand in another order."""
        if old == new:
            self.frame, self.arrangement = frame, arrangement
            return
        self.layoutAboutToBeChanged.emit()
        places = {run_id: row for row, run_id in enumerate(new)}
        before = self.persistentIndexList()
        self.frame, self.arrangement = frame, arrangement
        moved = [self.index(places[old[each.row()]], each.column()) for each in before]
        self.changePersistentIndexList(before, moved)
        self.layoutChanged.emit()

    def _all_changed(self) -> None:
        if self.rowCount():
            last = self.index(self.rowCount() - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def _recolor(self) -> None:
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, 0))


def _ranges(places: np.ndarray[Any, np.dtype[np.int64]]) -> list[tuple[int, int]]:
    """Join neighbours: [3, 4, 7] becomes (3, 4), (7, 7)."""
    if not len(places):
        return []
    breaks = np.flatnonzero(np.diff(places) > 1)
    firsts = np.concatenate(([0], breaks + 1))
    lasts = np.concatenate((breaks, [len(places) - 1]))
    return [(int(places[a]), int(places[b])) for a, b in zip(firsts, lasts, strict=True)]


def _take(arrangement: Arrangement, mask: np.ndarray[Any, np.dtype[np.bool_]]) -> Arrangement:
    return replace(
        arrangement,
        rows=arrangement.rows[mask],
        depth=arrangement.depth[mask],
        context=arrangement.context[mask],
        children=arrangement.children[mask],
    )
