"""The compare table: a scrolling table and, left of it, the frozen column of keys."""

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from runcase.itemmodels.compare import CompareModel
from runcase.itemmodels.compare_rows import Row, Section
from runcase.ui.theme import Theme
from runcase.ui.widgets import frozen
from runcase.ui.widgets.compare_delegate import CompareDelegate
from runcase.ui.widgets.compare_header import CompareHeader
from runcase.ui.widgets.letters import is_letter
from runcase.ui.widgets.runs_paints import Paints
from runcase.ui.widgets.runs_selection import selected_ranges

_KEYS, _FACT, _METRIC = 240, 150, 216
_NARROWEST, _WIDEST = 216, 640
_Name = Section | tuple[str, str, str]


class CompareView(QTableView):
    """The compared facts; `opened` carries a run's number, `chosen` the `Row` of a file."""

    opened = Signal(int)
    chosen = Signal(object)

    def __init__(self, theme: Theme, model: CompareModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.compared = model
        self._row_height = 26
        self._kept: tuple[list[_Name], _Name | None, str, int, int] = ([], None, "", 0, 0)
        self._shape: tuple[bool, tuple[int, ...]] = (False, ())
        self.setAccessibleName("Compared runs")
        paints = Paints(theme, self)
        self.cells = CompareDelegate(paints, model, self)
        self._frozen = QTableView(self)
        self.header = CompareHeader(paints, model, self)
        self._frozen_header = CompareHeader(paints, model, self._frozen)
        for view, header in ((self, self.header), (self._frozen, self._frozen_header)):
            frozen.set_up(view, header, model, self.cells)
        frozen.join(self, self._frozen)
        self._frozen_header.sectionResized.connect(self._frozen_resized)
        self.header.geometriesChanged.connect(self._place_frozen)
        self._frozen.clicked.connect(self._clicked)
        self.doubleClicked.connect(self._double_clicked)
        self._frozen.doubleClicked.connect(self._double_clicked)
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._restore)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def keys(self) -> QTableView:
        """Return the view of the keys, which is always in sight."""
        return self._frozen

    def set_row_height(self, height: int) -> None:
        """Set the height of all rows, in pixels at zoom 1."""
        self._row_height = height
        self._restyle()

    def current_run(self) -> int:
        """Return the run of the current cell, -1 without one."""
        return self.compared.place(self.currentIndex())[1]

    def current_row(self) -> Row | None:
        """Return the fact of the current cell, None where it is none."""
        entry = self.compared.place(self.currentIndex())[0]
        return entry if isinstance(entry, Row) else None

    def selected_facts(self) -> list[Row]:
        """Return the selected facts from top to bottom; all visible ones where runs are rows."""
        entries = self.compared.entries()
        if not self.compared.transposed:
            wanted: set[int] = set()
            for first, last in selected_ranges(self.selectionModel()):
                wanted.update(range(first, last + 1))
            entries = [entry for at, entry in enumerate(entries) if at in wanted]
        return [entry for entry in entries if isinstance(entry, Row)]

    def show_index(self, index: QModelIndex) -> None:
        """Make a cell the current one and bring it into sight."""
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def repaint_all(self) -> None:
        """Paint all cells again, the frozen ones too."""
        self.viewport().update()
        self._frozen.viewport().update()
        self.header.viewport().update()

    def visible_rows(self) -> tuple[int, int]:
        """Return the first line on the screen, and the one after the last."""
        last = self.rowAt(self.viewport().height() - 1)
        return max(0, self.rowAt(0)), (self.compared.rowCount() if last < 0 else last + 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        entry, run = self.compared.place(self.currentIndex())
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._activate(entry, run)
        elif event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Left) and self._can_turn(
            entry, run, event.key() == Qt.Key.Key_Right
        ):
            self.compared.toggle(self.currentIndex().row())
        elif is_letter(event) and event.key() != Qt.Key.Key_Space:
            event.ignore()  # the base takes every letter, for a search that is off here
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, _search: str) -> None:
        """Leave single letters to the actions; `/` filters."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if isinstance(self.compared.place(index)[0], Section):
            self._clicked(index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        # The frozen column is always in sight, and hides what lies below it.
        if index.column() > 0:
            super().scrollTo(index, hint)
            frozen.uncover(self, self._frozen, index.column())
        elif index.isValid():
            shown = max(1, self.columnAt(self._frozen.width() + 1))
            super().scrollTo(self.compared.index(index.row(), shown), hint)

    def _can_turn(self, entry: Row | Section | None, run: int, wider: bool) -> bool:
        """Say whether an arrow key opens or folds what is below an entry."""
        if self.compared.transposed or entry is None:
            return False
        if isinstance(entry, Row) and (not entry.leaves or run > 0):
            return False
        return self.compared.is_open(entry) != wider

    def _activate(self, entry: Row | Section | None, run: int) -> None:
        if entry is None or isinstance(entry, Section) or entry.leaves:
            self.compared.toggle(self.currentIndex().row())
        elif entry.section is Section.ARTIFACTS:
            self.chosen.emit(entry)
        elif run >= 0:
            self.opened.emit(run)

    def _clicked(self, index: QModelIndex) -> None:
        """Fold or open by a click on a section, or on the arrow of a nested value."""
        entry, _ = self.compared.place(index)
        if self.compared.transposed:
            return
        x = self._frozen.viewport().mapFromGlobal(self.cursor().pos()).x()
        if isinstance(entry, Section) or (entry is not None and entry.leaves and x < 24):
            self.compared.toggle(index.row())

    def _double_clicked(self, index: QModelIndex) -> None:
        entry, run = self.compared.place(index)
        if not isinstance(entry, Section):
            self._activate(entry, run)

    def _keep(self) -> None:
        """Remember by name what is selected and where the view stands, for after a reset."""
        model = self.compared
        entry, run = model.place(self.currentIndex())
        current: _Name | None = entry.name if isinstance(entry, Row) else entry
        key = model.heads[run].key if 0 <= run < len(model.heads) else ""
        selected: list[_Name] = []
        if not model.transposed:
            selected = [row.name for row in self.selected_facts()]
        bars = self.verticalScrollBar().value(), self.horizontalScrollBar().value()
        self._kept = selected, current, key, *bars

    def _restore(self) -> None:
        model = self.compared
        selected, current, key, down, across = self._kept
        self._fit()
        named: dict[_Name, int] = {
            (each.name if isinstance(each, Row) else each): at
            for at, each in enumerate(model.entries())
        }
        keys = [head.key for head in model.heads]
        run = keys.index(key) if key in keys else -1
        if current is not None and current in named:
            at = named[current]
            cell = (
                model.index(max(0, run), at + 1) if model.transposed else model.index(at, run + 1)
            )
            flag = QItemSelectionModel.SelectionFlag.NoUpdate
            self.selectionModel().setCurrentIndex(cell, flag)
        if not model.transposed and selected:
            wanted = QItemSelection()
            last = model.columnCount() - 1
            for name in selected:
                if name in named:
                    wanted.select(model.index(named[name], 0), model.index(named[name], last))
            self.selectionModel().select(wanted, QItemSelectionModel.SelectionFlag.Select)
        self.verticalScrollBar().setValue(down)
        self.horizontalScrollBar().setValue(across)

    def _fit(self) -> None:
        """Give the columns their widths, when there are others or the window has another size."""
        model = self.compared
        columns = model.columnCount() - 1
        keys = self.columnWidth(0) if columns and self._shape[1] else self._theme.px(_KEYS)
        if model.transposed:
            wide = self._theme.px(_FACT)
        else:
            room = (self.viewport().width() - keys) // max(1, columns)
            wide = min(self._theme.px(_WIDEST), max(self._theme.px(_NARROWEST), room))
        metrics = model.counts(Section.METRICS)[0 if model.only_differences else 1]
        shape = model.transposed, (wide, columns, metrics)
        if shape != self._shape:
            self._shape = shape
            self.header.setDefaultSectionSize(wide)
            for at in range(1, columns + 1):
                self.setColumnWidth(at, self._width_of(at, wide))
            self.setColumnWidth(0, keys)
            self._frozen.setColumnWidth(0, keys)
            self.header.updateGeometry()
            self.updateGeometries()
        for at in range(1, columns + 1):
            if not self._frozen.isColumnHidden(at):
                self._frozen.setColumnHidden(at, True)
        self._place_frozen()

    def _width_of(self, column: int, wide: int) -> int:
        """Return the width of a column: of facts, metrics need room for what stands behind them."""
        entry = self.compared.entry(column - 1) if self.compared.transposed else None
        is_metric = isinstance(entry, Row) and entry.section is Section.METRICS
        return self._theme.px(_METRIC) if is_metric else wide

    def _frozen_resized(self, section: int, _old: int, new: int) -> None:
        if section == 0 and self.columnWidth(0) != new:
            self.setColumnWidth(0, new)
            self._place_frozen()

    def _place_frozen(self) -> None:
        frozen.place(self, self._frozen, self._frozen.columnWidth(0))

    def _restyle(self) -> None:
        height = self._theme.px(self._row_height)
        for view in (self, self._frozen):
            view.verticalHeader().setMinimumSectionSize(height)
            view.verticalHeader().setDefaultSectionSize(height)
        self._shape = (False, ())
        self._fit()

    def header_place(self, run: int) -> QPoint:
        """Return the bottom left corner of a run's header on the screen."""
        left = self.header.sectionViewportPosition(run + 1)
        return self.header.viewport().mapToGlobal(QPoint(left, self.header.height()))
