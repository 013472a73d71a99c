"""The runs table: a scrolling table and, left of it, the frozen name and pinned columns."""

import numpy as np
from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QDrag, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from runcase.itemmodels import columns as titles
from runcase.itemmodels.row_difference import ranges
from runcase.itemmodels.runs import RunsModel
from runcase.store.records import ColumnKey, Kind
from runcase.ui.run_mime import mime_of
from runcase.ui.theme import Theme
from runcase.ui.widgets import frozen
from runcase.ui.widgets.basics import line
from runcase.ui.widgets.letters import is_letter
from runcase.ui.widgets.runs_delegate import RunsDelegate
from runcase.ui.widgets.runs_header import RunsHeader
from runcase.ui.widgets.runs_paints import Paints
from runcase.ui.widgets.runs_selection import KeptSelection, selected_ranges

_SPREAD = 52
_MOST_DRAGGED = 200


class RunsView(QTableView):
    """The runs of one or several experiments.

    `opened` carries (run id, in a new window), `expansion_wanted` (row, whether to open it),
    `columns_moved` the columns in their new order. Selection is read as ranges, never row by row.
    """

    opened = Signal(str, bool)
    expansion_wanted = Signal(int, bool)
    columns_moved = Signal(list)
    hovered = Signal(str)

    def __init__(self, theme: Theme, runs: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.runs = runs
        self._pinned = 0
        self.store = ""  # its path, for runs that are dragged elsewhere
        self._placing = False  # columns get their widths, and not by the person
        self._grouped = False
        self.setAccessibleName("Runs")
        paints = Paints(theme, self)
        self._delegate = RunsDelegate(paints, runs, self)
        self._frozen = _Frozen(self)
        self.header = RunsHeader(paints, runs, self)
        self.frozen_header = RunsHeader(paints, runs, self._frozen)
        self.frozen_header.setSectionsMovable(False)
        for view, header in ((self, self.header), (self._frozen, self.frozen_header)):
            frozen.set_up(view, header, runs, self._delegate)
            view.setMouseTracking(True)
            view.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
            view.viewport().installEventFilter(self)
        frozen.join(self, self._frozen)
        self._edge = line(vertical=True)
        self._edge.setParent(self)
        self.horizontalScrollBar().valueChanged.connect(self._show_edge)
        self.frozen_header.sectionResized.connect(self._frozen_resized)
        self.header.sectionResized.connect(self._resized)
        self.header.sectionMoved.connect(self._moved)
        self.header.geometriesChanged.connect(self._place_frozen)
        self._delegate.arrow_pressed.connect(self.toggle_expanded)
        self.doubleClicked.connect(self._open_index)
        self._frozen.doubleClicked.connect(self._open_index)
        self._kept = KeptSelection(self)
        runs.rowsInserted.connect(self._follow_inserted)
        runs.rowsRemoved.connect(self._follow_removed)
        runs.modelAboutToBeReset.connect(self._kept.keep)
        runs.modelReset.connect(self._columns_changed)
        runs.modelReset.connect(self._kept.restore)
        theme.changed.connect(self._restyle)
        self._widths: dict[str, int] = {}
        self.set_row_height(26)
        self._columns_changed()

    @property
    def delegate(self) -> RunsDelegate:
        """Return what paints the cells, for its signals."""
        return self._delegate

    def set_row_height(self, height: int) -> None:
        """Set the height of all rows, in pixels at zoom 1."""
        self._row_height = height
        self._restyle()

    def set_widths(self, widths: dict[str, int]) -> None:
        """Set column widths in pixels at zoom 1, by the columns' names in the settings."""
        self._widths = dict(widths)
        self._columns_changed()

    def set_pinned(self, count: int) -> None:
        """Keep so many columns beside the name in sight; they are the first of the model."""
        if count != self._pinned:
            self._pinned = count
            self._columns_changed()

    def fit(self) -> None:
        """Make room for what stands behind values, when runs are grouped or not any more."""
        arrangement = self.runs.arrangement
        grouped = arrangement is not None and arrangement.grouping is not None
        if grouped != self._grouped:
            self._grouped = grouped
            self._columns_changed()

    def widths(self) -> dict[str, int]:
        """Return the widths that the person gave columns, in pixels at zoom 1, by column name."""
        return dict(self._widths)

    def startDrag(self, _actions: Qt.DropAction) -> None:
        drag = QDrag(self)
        drag.setMimeData(mime_of(self.selected_ids(_MOST_DRAGGED), self.store))
        drag.exec(Qt.DropAction.CopyAction)

    def visible_rows(self) -> tuple[int, int]:
        """Return the first row on the screen, and the one after the last."""
        first = max(0, self.rowAt(0))
        last = self.rowAt(self.viewport().height() - 1)
        return first, (self.runs.rowCount() if last < 0 else last + 1)

    def selected_ids(self, limit: int | None = None) -> list[str]:
        """Return the selected runs from top to bottom, at most `limit` of them."""
        frame = self.runs.frame
        rows = self.selected_rows(limit)
        return [] if frame is None else frame.ids.take(rows)

    def selected_rows(self, limit: int | None = None) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Return the frame's rows of the selected runs, of selected groups all their runs."""
        arrangement = self.runs.arrangement
        if arrangement is None:
            return np.zeros(0, np.int64)
        found: list[np.ndarray[tuple[int], np.dtype[np.int64]]] = []
        count = 0
        for first, end in selected_ranges(self.selectionModel()):
            rows = arrangement.rows[first : end + 1]
            if limit is not None:
                rows = rows[: limit - count]
            count += len(rows)
            found.append(rows)
            if limit is not None and count >= limit:
                break
        rows = np.concatenate(found) if found else np.zeros(0, np.int64)
        if arrangement.grouping is None or not (rows < 0).any():
            return rows
        groups = arrangement.grouping.groups
        parts = [
            np.array([row])
            if row >= 0
            else groups.rows[groups.member[int(groups.level[-1 - row])] == -1 - row]
            for row in rows.tolist()
        ]
        whole = np.concatenate(parts)
        _, firsts = np.unique(whole, return_index=True)
        return whole[np.sort(firsts)][:limit]

    def selected_count(self) -> int:
        """Count the selected rows without naming them."""
        return sum(end - first + 1 for first, end in selected_ranges(self.selectionModel()))

    def current_id(self) -> str:
        """Return the current run's id, "" without one."""
        index = self.currentIndex()
        return self.runs.run_id(index.row()) if index.isValid() else ""

    def set_hovered(self, run_id: str) -> None:
        """Light up the row of a run that the mouse is on elsewhere, "" for none."""
        row = self.runs.row_of(run_id) if run_id else None
        self._hover(-1 if row is None else row)

    def select(self, run_ids: list[str], current: str = "") -> None:
        """Select runs that are visible."""
        self.select_ranges(self.runs.ranges_of(run_ids), current)

    def select_ranges(self, wanted: list[tuple[int, int]], current: str = "") -> None:
        """Select ranges of visible rows, first and last included."""
        selection = QItemSelection()
        last = self.runs.columnCount() - 1
        for first, end in wanted:
            selection.select(self.runs.index(first, 0), self.runs.index(end, last))
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().select(selection, flags)
        row = self.runs.row_of(current) if current else None
        if row is not None:
            index = self.runs.index(row, min(1, last))
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(index)

    def selected_row_ranges(self) -> list[tuple[int, int]]:
        """Return the selected visible rows as ranges, first and last included."""
        return selected_ranges(self.selectionModel())

    def select_mask(self, wanted: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> None:
        """Select visible rows; (v,) bool."""
        self.select_ranges(ranges(np.flatnonzero(wanted)))

    def repaint_all(self) -> None:
        """Paint all cells again, the frozen ones too."""
        self.viewport().update()
        self._frozen.viewport().update()

    def toggle_expanded(self, row: int) -> None:
        """Show or fold what is below a row."""
        self.set_expanded(row, not self.runs.is_expanded(row))

    def set_expanded(self, row: int, expanded: bool) -> None:
        """Show or fold what is below a row."""
        if self.runs.child_count(row):
            self.expansion_wanted.emit(row, expanded)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if row >= 0 and plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open_row(row)
        elif row >= 0 and plain and event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Left):
            self._fold_key(row, event.key() == Qt.Key.Key_Right)
        elif is_letter(event):
            event.ignore()  # the base takes every letter, for a search that is off here
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, _search: str) -> None:
        """Leave single letters to the actions; `/` filters."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_frozen()

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        # The frozen columns are always in sight: do not scroll sideways for them.
        if index.column() > self._pinned:
            super().scrollTo(index, hint)
            frozen.uncover(self, self._frozen, index.column())
        elif index.isValid():
            shown = max(0, self.columnAt(self._frozen.width() + 1))
            super().scrollTo(self.runs.index(index.row(), shown), hint)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._hover_by_mouse(self.rowAt(event.position().toPoint().y()))
        elif event.type() == QEvent.Type.Leave:
            self._hover_by_mouse(-1)
        elif event.type() == QEvent.Type.Wheel and watched is self._frozen.viewport():
            # The frozen part has no bars of its own: the table scrolls.
            self.wheelEvent(event)  # type: ignore[arg-type]
            return True
        elif event.type() == QEvent.Type.MouseButtonPress and watched is self._frozen.viewport():
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        return super().eventFilter(watched, event)

    def below_header(self, key: ColumnKey) -> QPoint:
        """Return on the screen where what belongs to a column's title may open."""
        section = self.runs.columns.index(key) if key in self.runs.columns else 0
        header = self.frozen_header if section <= self._pinned else self.header
        return header.below(section)

    def column_at(self, position: QPoint) -> ColumnKey | None:
        """Return the column under a place of the viewport, the frozen ones too."""
        over = self._frozen if position.x() < self._frozen.width() else self
        section = over.columnAt(position.x())
        return self.runs.columns[section] if 0 <= section < len(self.runs.columns) else None

    def _fold_key(self, row: int, expand: bool) -> None:
        if self.runs.child_count(row) and self.runs.is_expanded(row) != expand:
            self.set_expanded(row, expand)
            return
        if expand:
            return
        depth = self.runs.depth(row)
        above = next((at for at in range(row - 1, -1, -1) if self.runs.depth(at) < depth), None)
        if above is not None:
            self.setCurrentIndex(self.runs.index(above, min(1, self.runs.columnCount() - 1)))

    def _hover_by_mouse(self, row: int) -> None:
        if row != self._delegate.hovered:
            self._hover(row)
            is_run = row >= 0 and not self.runs.is_group(row)
            self.hovered.emit(self.runs.run_id(row) if is_run else "")

    def _hover(self, row: int) -> None:
        if row == self._delegate.hovered:
            return
        for each in (self._delegate.hovered, row):
            if each >= 0:
                top, height = self.rowViewportPosition(each), self.rowHeight(each)
                for view in (self, self._frozen):
                    view.viewport().update(0, top, view.viewport().width(), height)
        self._delegate.hovered = row

    def _open_index(self, index: QModelIndex) -> None:
        position = self._frozen.viewport().mapFromGlobal(self.cursor().pos())
        if index.column() or position.x() >= self._delegate.name_begins(index.row()):
            self._open_row(index.row())

    def _open_row(self, row: int) -> None:
        if self.runs.is_group(row):
            self.toggle_expanded(row)
        else:
            self.opened.emit(self.runs.run_id(row), False)

    def _moved(self, _section: int, _old: int, _new: int) -> None:
        """Report the order on the screen; the model takes it over, so both are always the same."""
        order = [self.header.logicalIndex(at) for at in range(self.header.count())]
        if order != sorted(order):
            self.columns_moved.emit([self.runs.columns[at] for at in order])

    def _columns_changed(self) -> None:
        order = [self.header.logicalIndex(at) for at in range(self.header.count())]
        if order != sorted(order):
            self.header.blockSignals(True)
            for at in range(self.header.count()):
                self.header.moveSection(self.header.visualIndex(at), at)
            self.header.blockSignals(False)
        self._placing = True
        for number, key in enumerate(self.runs.columns):
            own = titles.width(key) + self._spread(key)
            wide = self._theme.px(self._widths.get(titles.encode(key), own))
            self.setColumnWidth(number, wide)
            self._frozen.setColumnWidth(number, wide)
            self._frozen.setColumnHidden(number, number > self._pinned)
        self._placing = False
        # The frozen columns keep their places in the table too, under the frozen part.
        self._place_frozen()

    def _spread(self, key: ColumnKey) -> int:
        """Return the room that "± 0.0123" needs behind a value."""
        metric = key.kind is Kind.METRIC and key.how != titles.CURVE
        return _SPREAD if self._grouped and metric else 0

    def _resized(self, section: int, _old: int, new: int) -> None:
        if not self._placing and section > self._pinned:
            self._keep_width(section, new)

    def _keep_width(self, section: int, width: int) -> None:
        self._widths[titles.encode(self.runs.columns[section])] = round(width / self._theme.zoom)

    def _frozen_resized(self, section: int, _old: int, new: int) -> None:
        if section <= self._pinned and not self._placing:
            self._keep_width(section, new)
            self.setColumnWidth(section, new)
            self._place_frozen()

    def _place_frozen(self) -> None:
        width = sum(self._frozen.columnWidth(at) for at in range(self._pinned + 1))
        frozen.place(self, self._frozen, width)
        self._edge.setGeometry(width, 0, 1, self._frozen.height())
        self._edge.raise_()
        self._show_edge()

    def _follow_inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        self._scroll_rows(first, last - first + 1)

    def _follow_removed(self, _parent: QModelIndex, first: int, last: int) -> None:
        self._scroll_rows(first, first - last - 1)

    def _scroll_rows(self, first: int, count: int) -> None:
        """Leave the rows under the eye where they are; at the very top, new ones show."""
        bar = self.verticalScrollBar()
        height = self.verticalHeader().defaultSectionSize()
        if bar.value() > 0 and first * height < bar.value():
            bar.setMaximum(max(bar.maximum(), bar.maximum() + count * height))
            bar.setValue(bar.value() + count * height)

    def _show_edge(self) -> None:
        """Divide the frozen columns from those that slide under them."""
        self._edge.setVisible(self.horizontalScrollBar().value() > 0)

    def _restyle(self) -> None:
        height = self._theme.px(self._row_height)
        for view in (self, self._frozen):
            view.verticalHeader().setMinimumSectionSize(height)
            view.verticalHeader().setDefaultSectionSize(height)
        self._columns_changed()


class _Frozen(QTableView):
    """The name and the pinned columns; its rows are dragged as the table's."""

    def startDrag(self, actions: Qt.DropAction) -> None:
        view = self.parent()
        if isinstance(view, RunsView):
            view.startDrag(actions)
