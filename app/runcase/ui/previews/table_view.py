"""A table file: its windows of rows, asked for as they scroll into view."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QLineEdit,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from runcase.preview import words
from runcase.preview.document import Table
from runcase.preview.inventory import Profile
from runcase.ui.previews.profile_view import ProfileView
from runcase.ui.previews.table_bar import TableBar
from runcase.ui.previews.table_copy import TableCopy
from runcase.ui.previews.table_delegate import TableDelegate
from runcase.ui.previews.table_header import TableHeader
from runcase.ui.previews.table_model import TableModel
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Elided, label, row
from runcase.ui.zoom import fix

_ROW_HEIGHT = 26
_NARROWEST, _WIDEST, _PADDING = 56, 320, 24
# Widths are measured over the first rows and columns only.
_MEASURED_ROWS, _MEASURED_COLUMNS = 60, 200


class TablePreview(QWidget):
    """A grid of a file's rows; `windowed` carries the first row and the number of rows wanted.

    `queried` asks for the rows of the query, `parted` for another table of the file, `looked` for
    "profile" or "count", `counted` for the frequencies of the column of that name.
    """

    windowed = Signal(int, int)
    queried = Signal()
    parted = Signal(str)
    looked = Signal(str)
    counted = Signal(str)

    def __init__(self, theme: Theme, filtered: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._zoom = theme, theme.zoom
        self._document: Table | None = None
        self._rows = ""
        self._stored: tuple[str, ...] = ()
        self._asked: int | None = None
        self._wanted: int | None = None
        self._model = TableModel(theme, self)
        self._grid = _Grid()
        self._header = TableHeader(self._model, theme)
        self._grid.setHorizontalHeader(self._header)
        self._grid.setModel(self._model)
        self._delegate = TableDelegate(theme, self._model, self._grid)
        self._grid.setItemDelegate(self._delegate)
        self._grid.setCornerButtonEnabled(False)
        self._grid.setWordWrap(False)
        self._grid.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        # A writer may have a long name.
        self._facts = Elided("", "small-muted")
        self._cell = label("", "small-muted")
        footer = QFrame()
        footer.setObjectName("panelFooter")
        fix(theme, footer, height=30)
        self._goto = QLineEdit()
        self._goto.setPlaceholderText("Go to row")
        self._goto.setAccessibleName("Go to row")
        fix(theme, self._goto, width=96)
        line = row(self._facts, self._cell, self._goto, margins=(10, 0, 10, 0))
        line.setStretchFactor(self._facts, 1)
        footer.setLayout(line)
        self._bar = TableBar(theme, self._grid)
        if not filtered:
            self._bar.hide()
        self._filtered = filtered
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._bar)
        self._profile = ProfileView(theme)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._grid)
        self._stack.addWidget(self._profile)
        layout.addWidget(self._stack, 1)
        layout.addWidget(footer)
        # Many cells of one window are missed in one paint: they are one question.
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._ask)
        self._model.missing.connect(self._miss)
        self._grid.selectionModel().currentChanged.connect(self._say_cell)
        self._copy = TableCopy(self._grid, self._model)
        self._copy.missed.connect(self._miss)
        self._copy.said.connect(self._cell.setText)
        self._grid.copied.connect(self._copy.start)
        self._goto.returnPressed.connect(self._go)
        self._bar.queried.connect(self._query)
        self._bar.parted.connect(self.parted)
        self._header.sorted_by.connect(self._sort)
        self._header.counted.connect(self._count)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def query(self) -> str:
        """Return the query whose rows are shown."""
        return self._bar.query()

    @property
    def field(self) -> QLineEdit:
        """Return where a query is typed."""
        return self._bar.field

    def show_document(self, document: Table) -> None:
        """Show a file's first window, or add another window of the same file."""
        fresh = False
        if self._continues(document):
            self._model.add(document)
        else:
            fresh = self._start(document)
        self._asked = None
        self._document = document
        self._bar.show_answer(document)
        self._grid.setAccessibleName(document.name)
        total = "more rows than were counted" if document.total is None else ""
        total = total or words.many(document.total or 0, "row")
        self._say(total, document)
        self._copy.go_on()
        if self._wanted is not None:
            self._timer.start()
        if fresh and self._filtered:
            self.looked.emit("profile")
            if document.total is None:
                self.looked.emit("count")

    def _start(self, document: Table) -> bool:
        """Show the first window of a file, part or query; returns whether it is another table."""
        old = self._document
        same = old is not None and (old.name, old.size, old.part, old.columns) == (
            document.name, document.size, document.part, document.columns,
        )  # fmt: skip
        self._wanted = None
        self._copy.stop()
        self._cell.setText("")
        self._model.set_table(document)
        self._grid.scrollToTop()
        self._measure(widen=same)
        if same:
            return False
        self._stored = ()
        self._take_profile(None, document)
        if document.unfiltered is None:
            self._bar.reset(document)
            self._header.set_sorted("", False)
        return True

    def show_profile(self, profile: Profile) -> None:
        """Show what the columns of the table hold."""
        document = self._document
        if document is not None and (document.name, document.size) == (profile.name, profile.size):
            self._take_profile(profile, document)
            self._stored = profile.storage.short if profile.storage is not None else ()
            self._say(self._rows, document)

    def choose(self, view: str) -> None:
        """Switch to "table" or "profile"."""
        self._stack.setCurrentIndex(1 if view == "profile" else 0)

    def _take_profile(self, profile: Profile | None, document: Table) -> None:
        self._header.set_profile(profile)
        self._delegate.set_profile(profile)
        self._profile.show_profile(document, profile)
        if profile is not None:
            self._measure(widen=True)
        self._grid.viewport().update()

    def show_total(self, document: Table) -> None:
        """Take the number of rows, which was counted meanwhile."""
        old = self._document
        if old is None or (old.name, old.size) != (document.name, document.size):
            return
        if old.unfiltered is None and document.total is not None:
            self._model.set_total(document.total)
            self._say(words.many(document.total, "row"), document)

    def _say(self, rows: str, document: Table) -> None:
        """Say below the table how large it is, and what the file says of itself."""
        self._rows = rows
        columns = words.many(len(document.columns), "column")
        self._facts.setText(" · ".join((f"{rows}, {columns}", *document.facts, *self._stored)))

    def show_query_error(self, message: str) -> None:
        """Say what is wrong with the query; the rows stay as they were."""
        self._asked = None
        self._bar.show_error(message)

    def facts(self) -> str:
        """Return what the header says of the file."""
        document = self._document
        return f"{words.size(document.size)} · {document.format}" if document else ""

    def _continues(self, document: Table) -> bool:
        old = self._document
        if old is None or self._asked != document.first:
            return False
        return (old.name, old.size, len(old.columns)) == (
            document.name,
            document.size,
            len(document.columns),
        )

    def _measure(self, widen: bool) -> None:
        """Give each column the width of its header and first rows; only more of it if `widen`."""
        px, body = self._theme.px, QFontMetrics(self._grid.font())
        rows = range(min(_MEASURED_ROWS, self._model.rowCount()))
        for number, named in enumerate(self._header.widths(_MEASURED_COLUMNS)):
            cells = (self._model.shown(each, number)[:80] for each in rows)
            widths = (self._delegate.width(body, cell, number) for cell in cells)
            width = max((each + px(_PADDING) for each in widths), default=0)
            width = min(px(_WIDEST), max(px(_NARROWEST), named, width))
            if not widen or width > self._grid.columnWidth(number):
                self._grid.setColumnWidth(number, width)

    def _miss(self, number: int) -> None:
        self._wanted = number
        if not self._timer.isActive():
            self._timer.start()

    def _ask(self) -> None:
        """Ask for the window of the last row that was missed; one question at a time."""
        if self._wanted is None or self._asked is not None:
            return
        first = self._wanted // self._model.step * self._model.step
        self._wanted, self._asked = None, first
        self.windowed.emit(first, self._model.step)

    def _query(self) -> None:
        self._asked = self._wanted = None
        name, down = self._bar.sort()
        self._header.set_sorted(name, down)
        self.queried.emit()

    def _sort(self, section: int, down: bool) -> None:
        if self._filtered:
            self._bar.set_sort(self._model.column(section).name, down)

    def _count(self, section: int) -> None:
        if self._filtered:
            self.counted.emit(self._model.column(section).name)

    def _go(self) -> None:
        """Select a row by its number, as it is written beside the rows."""
        text = self._goto.text().replace(",", "").strip()
        if not text.isdecimal() or not self._model.rowCount():
            return
        number = min(max(1, int(text)), self._model.rowCount()) - 1
        index = self._model.index(number, max(0, self._grid.currentIndex().column()))
        self._grid.setCurrentIndex(index)
        self._grid.scrollTo(index, QTableView.ScrollHint.PositionAtCenter)
        self._grid.setFocus()

    def _say_cell(self) -> None:
        index = self._grid.currentIndex()
        if index.isValid():
            name = self._model.column(index.column()).name
            self._cell.setText(f"Cell: {name}, row {index.row() + 1:,}")

    def _restyle(self) -> None:
        rows = self._grid.verticalHeader()
        rows.setDefaultSectionSize(self._theme.px(_ROW_HEIGHT))
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setFont(self._theme.font("small"))
        by, self._zoom = self._theme.zoom / self._zoom, self._theme.zoom
        if by != 1:
            for number in range(min(_MEASURED_COLUMNS, self._model.columnCount())):
                self._grid.setColumnWidth(number, round(self._grid.columnWidth(number) * by))
        self._grid.setShowGrid(True)
        self._grid.setGridStyle(Qt.PenStyle.SolidLine)
        self._grid.setStyleSheet(
            f"QTableView {{ gridline-color: {self._theme.color('grid').name()}; }}"
            f"QHeaderView::section:vertical {{ color: {self._theme.color('muted').name()};"
            f" border-bottom: 1px solid {self._theme.color('grid').name()}; }}"
            f"QTableCornerButton::section {{ background: {self._theme.color('header').name()};"
            f" border: none; border-right: 1px solid {self._theme.color('border').name()};"
            f" border-bottom: 1px solid {self._theme.color('border').name()}; }}"
            f"QTableView::item {{ padding: 0 7px; }}"
        )
        self.setStyleSheet(
            f"QFrame#panelFooter {{ background: {self._theme.color('surface').name()};"
            f" border: none; border-top: 1px solid {self._theme.color('border').name()}; }}"
        )


class _Grid(QTableView):
    """Has cells copied by something that can wait for rows."""

    copied = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit()
        else:
            super().keyPressEvent(event)
