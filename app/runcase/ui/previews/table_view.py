"""A table file: its windows of rows, asked for as they scroll into view."""

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import QFrame, QHeaderView, QTableView, QVBoxLayout, QWidget

from runcase.preview import words
from runcase.preview.document import Table
from runcase.ui.previews.table_model import TableModel
from runcase.ui.previews.text_view import code_font
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import label, row

_ROW_HEIGHT = 26
_HEADER_HEIGHT = 38
_NARROWEST, _WIDEST = 56, 320
# Widths are measured over the first rows and columns only.
_MEASURED_ROWS, _MEASURED_COLUMNS = 60, 200


class TablePreview(QWidget):
    """A grid of a file's rows; `windowed` carries the first row and the number of rows wanted."""

    windowed = Signal(int, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._document: Table | None = None
        self._asked: int | None = None
        self._wanted: int | None = None
        self._model = TableModel(theme, self)
        self._grid = _Grid()
        self._grid.setHorizontalHeader(_Header(self._model, theme))
        self._grid.setModel(self._model)
        self._grid.setCornerButtonEnabled(False)
        self._grid.setWordWrap(False)
        self._grid.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self._facts = label("", "small-muted")
        self._cell = label("", "small-muted")
        footer = QFrame()
        footer.setObjectName("panelFooter")
        footer.setFixedHeight(30)
        footer.setLayout(row(self._facts, 1, self._cell, margins=(10, 0, 10, 0)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._grid, 1)
        layout.addWidget(footer)
        # Many cells of one window are missed in one paint: they are one question.
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._ask)
        self._model.missing.connect(self._miss)
        self._grid.selectionModel().currentChanged.connect(self._say_cell)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_document(self, document: Table) -> None:
        """Show a file's first window, or add another window of the same file."""
        if self._continues(document):
            self._model.add(document)
        else:
            self._wanted = None
            self._cell.setText("")
            self._model.set_table(document)
            self._measure()
            self._grid.scrollToTop()
        self._asked = None
        self._document = document
        self._grid.setAccessibleName(document.name)
        total = "more rows than were counted" if document.total is None else ""
        total = total or words.many(document.total or 0, "row")
        columns = words.many(len(document.columns), "column")
        self._facts.setText(" · ".join((f"{total}, {columns}", *document.facts)))
        if self._wanted is not None:
            self._timer.start()

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

    def _measure(self) -> None:
        body = QFontMetrics(self._grid.font())
        small = QFontMetrics(self._theme.font("small"))
        mono = QFontMetrics(self._theme.font("mono"))
        rows = min(_MEASURED_ROWS, self._model.rowCount())
        for number in range(min(_MEASURED_COLUMNS, self._model.columnCount())):
            column = self._model.column(number)
            cells = [self._model.shown(each, number) for each in range(rows)]
            widest = max((body.horizontalAdvance(cell[:80]) for cell in cells), default=0)
            names = mono.horizontalAdvance(column.name), small.horizontalAdvance(column.dtype)
            width = max(widest, *names) + 24
            self._grid.setColumnWidth(number, min(_WIDEST, max(_NARROWEST, width)))

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
    """Copies the selected cells as tab-separated values."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not event.matches(QKeySequence.StandardKey.Copy):
            super().keyPressEvent(event)
            return
        model = self.model()
        lines: list[str] = []
        selection = self.selectionModel().selection()
        for part in (selection.at(each) for each in range(selection.count())):
            for number in range(part.top(), min(part.bottom(), part.top() + 10_000) + 1):
                cells = (model.index(number, each) for each in range(part.left(), part.right() + 1))
                texts = (model.data(cell, Qt.ItemDataRole.ToolTipRole) for cell in cells)
                lines.append("\t".join("" if text is None else str(text) for text in texts))
        if lines:
            QGuiApplication.clipboard().setText("\n".join(lines))


class _Header(QHeaderView):
    """Two lines a column, name over type; the base's painting would ask every row's flags."""

    def __init__(self, model: TableModel, theme: Theme) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._table = model
        self._theme = theme
        self.setSectionsClickable(True)
        self.setDefaultSectionSize(120)
        self.setMinimumSectionSize(40)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._theme.px(_HEADER_HEIGHT))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        column = self._table.column(section)
        painter.save()
        painter.fillRect(rect, self._theme.color("header"))
        painter.setPen(self._theme.color("border"))
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        side = Qt.AlignmentFlag.AlignRight if column.numeric else Qt.AlignmentFlag.AlignLeft
        inner = rect.adjusted(8, 4, -9, -4)
        half = inner.height() // 2
        for role, text, token, area in (
            ("mono", column.name, "text", QRect(inner.topLeft(), QSize(inner.width(), half))),
            ("small", column.dtype, "muted", inner.adjusted(0, half, 0, 0)),
        ):
            font = code_font(self._theme) if role == "mono" else self._theme.font(role)
            if role == "mono":
                font.setWeight(font.Weight.DemiBold)
            painter.setFont(font)
            painter.setPen(self._theme.color(token))
            shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideMiddle, area.width())
            painter.drawText(area, int(side | Qt.AlignmentFlag.AlignVCenter), shown)
        painter.restore()
