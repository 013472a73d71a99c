"""Two tables of two runs, cell by cell: what changed, what only one side has, step by step."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from runcase.itemmodels import formats
from runcase.itemmodels.compare_table import CompareTableModel
from runcase.preview.compare_tables import ADDED, CHANGED, REMOVED, TableDifference
from runcase.preview.document import Table
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Elided, button, label, line, row
from runcase.ui.widgets.row_state import row_tint
from runcase.ui.widgets.runs_paints import Paints
from runcase.ui.widgets.text_paint import paint_text

Index = QModelIndex | QPersistentModelIndex
_ROW_HEIGHT = 26
_NARROWEST, _WIDEST = 64, 360
# Widths are measured over the first rows and columns only.
_MEASURED_ROWS, _MEASURED_COLUMNS = 20, 80
_GROUNDS = {CHANGED: "warn-soft", REMOVED: "error-soft", ADDED: "success-soft"}
_ARROW = " → "
_MOST_COPIED = 10_000


class CompareCells(QWidget):
    """Shows a `TableDifference`.

    `aligned` carries the column that rows are to be aligned by, "" for the row number; `moved`
    how many windows of rows to go on.
    """

    aligned = Signal(str)
    moved = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.model = CompareTableModel(self)
        self.keys = QComboBox()
        self.keys.setAccessibleName("Align rows by")
        self.only = QCheckBox("Only Differing Rows")
        self.counts = label("", "small")
        self.note = Elided("", "small-muted")
        self.before = button("Rows Before", "small", lambda: self.moved.emit(-1))
        self.after = button("Next Rows", "small", lambda: self.moved.emit(1))
        self.grid = QTableView()
        self._build()
        self.keys.activated.connect(lambda: self.aligned.emit(self.keys.currentData()))
        self.only.clicked.connect(self._set_only)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_difference(self, found: TableDifference) -> None:
        """Show two tables from their first difference."""
        self.keys.clear()
        self.keys.addItem("Align by Row Number", "")
        for key in found.keys:
            self.keys.addItem(f"Align by {formats.one_line(key)[:40]}", key)
        self.keys.setCurrentIndex(max(0, self.keys.findData(found.key)))
        self.model.show(found)
        self.counts.setText(_counts(found))
        self.note.setText(found.note)
        first = max(found.left.first, found.right.first)
        self.before.setVisible(first > 0)
        self.after.setVisible(any(_goes_on(each) for each in (found.left, found.right)))
        self._measure()
        self.grid.scrollToTop()
        self.grid.setCurrentIndex(QModelIndex())
        self.step(1)

    def step(self, by: int) -> None:
        """Go to the next cell that differs, or to the one before."""
        found = self.model.next_difference(self.grid.currentIndex(), by)
        if found.isValid():
            self.grid.setCurrentIndex(found)
            self.grid.scrollTo(found)

    def copy(self) -> None:
        """Copy the selected cells as tab-separated values, changed ones with both values."""
        lines: list[str] = []
        ranges = self.grid.selectionModel().selection()
        for part in (ranges.at(each) for each in range(ranges.count())):
            for at in range(part.top(), min(part.bottom(), part.top() + _MOST_COPIED) + 1):
                cells = (self.model.index(at, to) for to in range(part.left(), part.right() + 1))
                lines.append("\t".join(str(cell.data()) for cell in cells))
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _build(self) -> None:
        self.grid.setModel(self.model)
        self.grid.setItemDelegate(_CellDelegate(self._theme, self.model, self.grid))
        self.grid.setAccessibleName("Compared cells")
        self.grid.setWordWrap(False)
        self.grid.setCornerButtonEnabled(False)
        self.grid.setFrameShape(QFrame.Shape.NoFrame)
        self.grid.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.grid.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.grid.setTabKeyNavigation(False)
        self.grid.horizontalHeader().setHighlightSections(False)
        rows = self.grid.verticalHeader()
        rows.setHighlightSections(False)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        bar = QWidget()
        tools = row(
            self.keys, self.only, self.counts, self.note, self.before, self.after,
            margins=(10, 4, 10, 4),
        )  # fmt: skip
        tools.setStretchFactor(self.note, 1)
        bar.setLayout(tools)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addWidget(line())
        layout.addWidget(self.grid, 1)

    def _set_only(self, only: bool) -> None:
        self.model.set_only_differences(only)
        self.step(1)

    def _measure(self) -> None:
        metrics = QFontMetrics(self._theme.font("body"))
        rows = min(_MEASURED_ROWS, self.model.rowCount())
        across = Qt.Orientation.Horizontal
        for column in range(min(_MEASURED_COLUMNS, self.model.columnCount())):
            texts = [str(self.model.index(at, column).data()) for at in range(rows)]
            texts.append(str(self.model.headerData(column, across)))
            widest = max(metrics.horizontalAdvance(text[:80]) for text in texts) + 24
            self.grid.setColumnWidth(column, min(_WIDEST, max(_NARROWEST, widest)))

    def _restyle(self) -> None:
        rows = self.grid.verticalHeader()
        rows.setDefaultSectionSize(self._theme.px(_ROW_HEIGHT))
        rows.setFont(self._theme.font("small"))
        grid, head, edge = (self._theme.color(each).name() for each in ("grid", "header", "border"))
        self.grid.setStyleSheet(
            f"QTableView {{ gridline-color: {grid}; }}"
            f"QTableCornerButton::section {{ background: {head}; border: none;"
            f" border-right: 1px solid {edge}; border-bottom: 1px solid {edge}; }}"
        )


class _CellDelegate(QStyledItemDelegate):
    """Paints a changed cell as the old value and the new one."""

    def __init__(self, theme: Theme, model: CompareTableModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._paints = Paints(theme, self)
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        area = QRect(option.rect)
        state = self._model.state(index)
        tint = row_tint(option) or _GROUNDS.get(state, "")
        if tint:
            painter.fillRect(area, self._paints.color(tint))
        text = area.adjusted(8, 0, -8, 0)
        left, right = self._model.texts(index)
        if state == CHANGED:
            self._change(painter, text, left, right)
        else:
            shown = right if state == ADDED else left or right
            numeric = self._model.is_number(index.column())
            paint_text(painter, self._paints, text, shown, right=numeric)
        painter.restore()

    def _change(self, painter: QPainter, area: QRect, left: str, right: str) -> None:
        """Paint both values; where there is too little room, the new one keeps more of it."""
        metrics = self._paints.font("body")[1]
        arrow = metrics.horizontalAdvance(_ARROW)
        new = min(metrics.horizontalAdvance(formats.one_line(right)), area.width() - arrow)
        old = QRect(area.left(), area.top(), max(0, area.width() - new - arrow), area.height())
        wide = paint_text(painter, self._paints, old, left or "“”", token="error", struck=True)
        rest = area.adjusted(wide, 0, 0, 0)
        wide = paint_text(painter, self._paints, rest, _ARROW, token="muted", whole=True)
        rest = rest.adjusted(wide, 0, 0, 0)
        paint_text(painter, self._paints, rest, right or "“”", token="success")


def _counts(found: TableDifference) -> str:
    """Say what differs, "the same cells" where nothing does."""
    columns = [each for each in found.columns if each.left < 0 or each.right < 0]
    added = sum(each.left < 0 for each in columns)
    counts = (
        (found.changed_cells, "cell", "changed"),
        (found.added_rows, "row", "added"),
        (found.removed_rows, "row", "removed"),
        (added, "column", "added"),
        (len(columns) - added, "column", "removed"),
    )
    parts = [f"{formats.counted(many, noun)} {what}" for many, noun, what in counts if many]
    return ", ".join(parts) or "The cells are the same"


def _goes_on(table: Table) -> bool:
    """Say whether a file has rows behind a window."""
    return table.rows > 0 and (table.total is None or table.first + table.rows < table.total)
