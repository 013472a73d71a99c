"""A table file as a Qt model over the windows of rows that have been read."""

import math
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from runcase.preview.document import Column, Table
from runcase.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
# Windows kept in memory; a window is some hundred rows.
_WINDOWS = 64
_UNKNOWN_TOTAL_ROOM = 1_000
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class TableModel(QAbstractTableModel):
    """Rows that are not read yet are empty; asking for one emits `missing` with its number."""

    missing = Signal(int)

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._columns: tuple[Column, ...] = ()
        self._windows: dict[int, Table] = {}
        self._decimals: list[int] = []
        self._rows = 0
        self._counted = False
        self._step = 1
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def step(self) -> int:
        """Return how many rows a window has."""
        return self._step

    def set_table(self, table: Table) -> None:
        """Start with the first window of a file."""
        self.beginResetModel()
        self._columns = table.columns
        self._windows = {}
        self._step = max(1, table.rows)
        self._rows = self._count(table)
        self._counted = table.total is not None
        # What stands in a text file is shown as it stands there.
        self._decimals = [
            _decimals(cells)
            if column.dtype.startswith("float") and table.format not in ("CSV", "TSV")
            else -1
            for column, cells in zip(table.columns, table.cells, strict=True)
        ]
        self._keep(table)
        self.endResetModel()

    def set_total(self, total: int) -> None:
        """Take the number of rows in the file, once it is known."""
        self.layoutAboutToBeChanged.emit()
        self._rows = total
        self._counted = True
        self.layoutChanged.emit()

    def add(self, table: Table) -> None:
        """Take another window of the same file."""
        self._keep(table)
        rows = self._count(table)
        if rows != self._rows and table.total is None and not self._counted:
            self.layoutAboutToBeChanged.emit()
            self._rows = rows
            self.layoutChanged.emit()
        if self._columns and table.rows:
            last = min(self._rows, table.first + table.rows) - 1
            self.dataChanged.emit(
                self.index(table.first, 0), self.index(last, len(self._columns) - 1)
            )

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def cell(self, row: int, column: int) -> str | None:
        """Return a cell that has been read, or None."""
        window = self._windows.get(row // self._step)
        if window is None:
            return None
        place = row - window.first
        return window.cells[column][place] if 0 <= place < window.rows else None

    def is_read(self, row: int) -> bool:
        """Say whether the window of a row has been read."""
        return row // self._step in self._windows

    def shown(self, row: int, column: int) -> str:
        """Return a cell as it is painted: a fraction with its column's decimals."""
        cell = self.cell(row, column)
        if cell is None:
            return "—"
        decimals = self._decimals[column]
        return cell.replace("\n", " ⏎ ") if decimals < 0 else _rounded(cell, decimals)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            if not self.is_read(row):
                self.missing.emit(row)
                return ""
            return self.shown(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self._columns[column].numeric else _LEFT
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._muted if self.cell(row, column) is None else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.cell(row, column)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation == Qt.Orientation.Vertical:
            return _RIGHT
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if orientation == Qt.Orientation.Vertical:
            return f"{section + 1:,}"
        column = self._columns[section]
        return f"{column.name}\n{column.dtype}"

    def column(self, number: int) -> Column:
        """Return the description of a column."""
        return self._columns[number]

    def _count(self, table: Table) -> int:
        if table.total is not None:
            return table.total
        end = table.first + table.rows
        # A full window says that there may be more: leave room to scroll into.
        return max(self._rows, end) + (_UNKNOWN_TOTAL_ROOM if table.rows >= self._step else 0)

    def _keep(self, table: Table) -> None:
        if len(self._windows) >= _WINDOWS:
            del self._windows[next(iter(self._windows))]
        self._windows[table.first // self._step] = table

    def _restyle(self) -> None:
        self._muted = self._theme.color("muted")


def _decimals(cells: tuple[str | None, ...]) -> int:
    """Return decimals for a column: four significant digits of its largest value, at most six."""
    values = (_number(cell) for cell in cells)
    largest = max((abs(value) for value in values if value is not None), default=0.0)
    if largest == 0.0:
        return 0
    return min(6, max(0, 3 - math.floor(math.log10(largest))))


def _rounded(cell: str, decimals: int) -> str:
    value = _number(cell)
    if value is None:
        return cell
    if value != 0.0 and not 1e-4 <= abs(value) < 1e6:
        return f"{value:.3e}"
    if value and abs(value) < 0.5 * 10**-decimals:
        return f"{value:.4g}"  # it would be shown as 0
    return f"{value:.{decimals}f}"


def _number(cell: str | None) -> float | None:
    try:
        value = float(cell or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None
