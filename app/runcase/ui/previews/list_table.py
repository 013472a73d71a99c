"""A list of what a file holds, such as the members of an archive: rows, columns, and their look."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QHeaderView, QTableView

from runcase.ui.theme import Theme
from runcase.ui.zoom import follow

ROW = 26
_MEASURED, _PADDING, _WIDEST = 200, 22, 220
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_TEXTS = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)


class ListModel(QAbstractTableModel):
    """Values as rows; a subclass says by `text` what stands in a row's columns.

    Args:
        titles: Of the columns.
        right: The columns whose texts end at the right.
    """

    def __init__(self, titles: Sequence[str], right: Sequence[int]) -> None:
        super().__init__()
        self._titles, self._right = titles, right
        self.rows: Sequence[Any] = ()

    def text(self, row: Any, column: int) -> str:
        """Return what a column says of a row."""
        raise NotImplementedError

    def set_rows(self, rows: Sequence[Any]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._titles)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return self._titles[section]
            if role == Qt.ItemDataRole.TextAlignmentRole and section in self._right:
                return _RIGHT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in _TEXTS:
            return self.text(self.rows[index.row()], index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in self._right:
            return _RIGHT
        return None


class ListTable(QTableView):
    """Rows without a grid, the first column as wide as there is room; Enter activates a row.

    Args:
        widths: Of the other columns, in the theme's pixels, where the rows do not say them.
    """

    def __init__(self, theme: Theme, model: ListModel, widths: Sequence[int] = ()) -> None:
        super().__init__()
        model.setParent(self)
        self.setModel(model)
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setWordWrap(False)
        # The names are paths, of which both ends tell them apart.
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setStyleSheet("QTableView::item { padding: 0 5px; }")
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._theme, self._widths = theme, widths
        follow(theme, self, self._scale)

    def _scale(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.px(ROW))
        for column, width in enumerate(self._widths, 1):
            self.setColumnWidth(column, self._theme.px(width))

    def fit(self) -> None:
        """Give the columns but the first the width of their title and first texts."""
        model = self.model()
        for column in range(1, model.columnCount()):
            width = self.horizontalHeader().sectionSizeHint(column)
            for number in range(min(_MEASURED, model.rowCount())):
                index = model.index(number, column)
                font = model.data(index, Qt.ItemDataRole.FontRole) or self.font()
                text = str(model.data(index))
                width = max(width, QFontMetrics(font).horizontalAdvance(text) + _PADDING)
            self.setColumnWidth(column, min(width, self._theme.px(_WIDEST)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
            return
        super().keyPressEvent(event)
