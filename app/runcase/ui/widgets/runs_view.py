"""The runs table: a scrolling table and, left of it, the frozen gutter and name column."""

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
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from runcase.itemmodels import columns as titles
from runcase.itemmodels.runs import RunsModel
from runcase.store.records import ColumnKey
from runcase.ui.theme import Theme
from runcase.ui.widgets.letters import is_letter
from runcase.ui.widgets.runs_delegate import ARROW, GUTTER, INDENT, RunsDelegate
from runcase.ui.widgets.runs_header import RunsHeader


class RunsView(QTableView):
    """The runs of an experiment.

    `sort_wanted` carries a `ColumnKey`, `opened` (run id, in a new window). Selection is read as
    ranges, never row by row.
    """

    sort_wanted = Signal(object)
    opened = Signal(str, bool)
    expansion_changed = Signal()

    def __init__(self, theme: Theme, runs: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.runs = runs
        self.setAccessibleName("Runs")
        self._delegate = RunsDelegate(theme, runs, self)
        self._frozen = QTableView(self)
        self._header = RunsHeader(theme, runs, self)
        self._frozen_header = RunsHeader(theme, runs, self._frozen)
        self._frozen_header.setSectionsMovable(False)
        for view, header in ((self, self._header), (self._frozen, self._frozen_header)):
            view.setModel(runs)
            view.setItemDelegate(self._delegate)
            view.setHorizontalHeader(header)
            view.verticalHeader().hide()
            view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            view.setShowGrid(False)
            view.setWordWrap(False)
            view.setFrameShape(QFrame.Shape.NoFrame)
            view.setMouseTracking(True)
            view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
            view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
            view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
            view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
            view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
            view.setTabKeyNavigation(False)
            view.viewport().installEventFilter(self)
            header.sectionClicked.connect(self._clicked_header)
        self.setCornerButtonEnabled(False)
        self._frozen.setSelectionModel(self.selectionModel())
        self._frozen.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._frozen.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._frozen.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().valueChanged.connect(self._frozen.verticalScrollBar().setValue)
        self._frozen.verticalScrollBar().valueChanged.connect(self.verticalScrollBar().setValue)
        self._frozen_header.sectionResized.connect(self._frozen_resized)
        self._header.geometriesChanged.connect(self._place_frozen)
        self._delegate.arrow_pressed.connect(self.toggle_expanded)
        self.doubleClicked.connect(self._open_index)
        self._frozen.doubleClicked.connect(self._open_index)
        runs.modelReset.connect(self._columns_changed)
        self._kept: tuple[list[str], str] = ([], "")
        runs.modelAboutToBeReset.connect(self._keep_selection)
        runs.modelReset.connect(self._restore_selection)
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
        """Set column widths by their names in the settings."""
        self._widths = dict(widths)
        self._columns_changed()

    def widths(self) -> dict[str, int]:
        """Return the columns' widths by their names in the settings."""
        found = dict(self._widths)
        for number, key in enumerate(self.runs.columns):
            view = self._frozen if number == 0 else self
            found[titles.encode(key)] = view.columnWidth(number)
        return found

    def column_order(self) -> list[ColumnKey]:
        """Return the columns that are not fixed, in the order on the screen."""
        order = [self._header.logicalIndex(at) for at in range(self._header.count())]
        keys = [self.runs.columns[at] for at in order]
        return [key for key in keys if key not in titles.FIXED]

    def selected_ids(self, limit: int | None = None) -> list[str]:
        """Return the selected runs from top to bottom, at most `limit` of them."""
        rows = self._selected_rows()
        return [self.runs.run_id(row) for row in rows[:limit]]

    def selected_count(self) -> int:
        """Count the selected rows without naming them."""
        return len(self._selected_rows())

    def current_id(self) -> str:
        """Return the current run's id, "" without one."""
        index = self.currentIndex()
        return self.runs.run_id(index.row()) if index.isValid() else ""

    def select(self, run_ids: list[str], current: str = "") -> None:
        """Select runs that are visible."""
        selection = QItemSelection()
        last = self.runs.columnCount() - 1
        for first, end in self.runs.ranges_of(run_ids):
            selection.select(self.runs.index(first, 0), self.runs.index(end, last))
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().select(selection, flags)
        row = self.runs.row_of(current) if current else None
        if row is not None:
            index = self.runs.index(row, 1)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(index)

    def toggle_expanded(self, row: int) -> None:
        """Show or fold the children of a row."""
        self.set_expanded(row, not self.runs.is_expanded(row))

    def set_expanded(self, row: int, expanded: bool) -> None:
        """Show or fold the children of a row."""
        if self.runs.expanded is None or not self.runs.child_count(row):
            return
        change = {self.runs.run_id(row)}
        before = self.runs.expanded
        self.runs.expanded = before | change if expanded else before - change
        self.expansion_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if row >= 0 and plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self.runs.run_id(row), False)
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
        # The name column is always in sight: do not scroll sideways for it.
        if index.column() > 0:
            super().scrollTo(index, hint)
        elif index.isValid():
            shown = self.columnAt(self._frozen.width() + 1)
            super().scrollTo(self.runs.index(index.row(), shown), hint)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._hover(self.rowAt(event.position().toPoint().y()))
        elif event.type() == QEvent.Type.Leave:
            self._hover(-1)
        elif event.type() == QEvent.Type.Wheel and watched is self._frozen.viewport():
            # The frozen part has no bars of its own: the table scrolls.
            self.wheelEvent(event)  # type: ignore[arg-type]
            return True
        elif event.type() == QEvent.Type.MouseButtonPress and watched is self._frozen.viewport():
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        return super().eventFilter(watched, event)

    def _selected_rows(self) -> list[int]:
        parts = self.selectionModel().selection().toList()
        return sorted({row for part in parts for row in range(part.top(), part.bottom() + 1)})

    def _fold_key(self, row: int, expand: bool) -> None:
        if self.runs.child_count(row) and self.runs.is_expanded(row) != expand:
            self.set_expanded(row, expand)
            return
        if expand:
            return
        depth = self.runs.depth(row)
        above = next((at for at in range(row - 1, -1, -1) if self.runs.depth(at) < depth), None)
        if above is not None:
            self.setCurrentIndex(self.runs.index(above, 1))

    def _hover(self, row: int) -> None:
        if row == self._delegate.hovered:
            return
        for each in (self._delegate.hovered, row):
            if each >= 0:
                top, height = self.rowViewportPosition(each), self.rowHeight(each)
                for view in (self, self._frozen):
                    view.viewport().update(0, top, view.viewport().width(), height)
        self._delegate.hovered = row

    def _clicked_header(self, section: int) -> None:
        self.sort_wanted.emit(self.runs.columns[section])

    def _open_index(self, index: QModelIndex) -> None:
        position = self._frozen.viewport().mapFromGlobal(self.cursor().pos())
        name_begins = GUTTER + self.runs.depth(index.row()) * INDENT + ARROW
        if index.column() or position.x() >= name_begins:
            self.opened.emit(self.runs.run_id(index.row()), False)

    def _columns_changed(self) -> None:
        for number, key in enumerate(self.runs.columns):
            wide = self._widths.get(titles.encode(key), titles.width(key))
            wide = self._theme.px(wide) if titles.encode(key) not in self._widths else wide
            self.setColumnWidth(number, wide)
            self._frozen.setColumnWidth(number, wide)
            self._frozen.setColumnHidden(number, number > 0)
        # The name keeps its place in the table too, under the frozen part.
        self._place_frozen()

    def _frozen_resized(self, section: int, _old: int, new: int) -> None:
        if section == 0:
            self.setColumnWidth(0, new)
            self._place_frozen()

    def _place_frozen(self) -> None:
        header = self._header.height()
        width = self._frozen.columnWidth(0)
        self._frozen.setGeometry(0, 0, width, header + self.viewport().height())
        self._frozen_header.setFixedHeight(header)
        self._frozen.verticalScrollBar().setRange(
            self.verticalScrollBar().minimum(), self.verticalScrollBar().maximum()
        )
        self._frozen.verticalScrollBar().setValue(self.verticalScrollBar().value())

    def _restyle(self) -> None:
        height = self._theme.px(self._row_height)
        for view in (self, self._frozen):
            view.verticalHeader().setMinimumSectionSize(height)
            view.verticalHeader().setDefaultSectionSize(height)
        self._place_frozen()

    def _keep_selection(self) -> None:
        ready = self.runs.frame is not None
        self._kept = (self.selected_ids(10_000), self.current_id()) if ready else ([], "")
        self._kept_scroll = QPoint(
            self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        )

    def _restore_selection(self) -> None:
        ids, current = self._kept
        if ids or current:
            self.select(ids, current)
        self.horizontalScrollBar().setValue(self._kept_scroll.x())
        self.verticalScrollBar().setValue(self._kept_scroll.y())
