"""A table in memory whose rows a search narrows: what all the short lists of the window are."""

from collections.abc import Iterable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex
Row = TypeVar("Row")
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_NOWHERE = QModelIndex()


class SearchedRows(QAbstractTableModel, Generic[Row]):
    """Rows that hold every word of a search; an heir says what they hold and what cells show.

    Attributes:
        TITLES: Of the columns.
        NUMBERS: Titles of the columns that end at the right.
    """

    TITLES: tuple[str, ...] = ()
    NUMBERS: frozenset[str] = frozenset()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._every: tuple[Row, ...] = ()
        self._shown: tuple[Row, ...] = ()
        self._words: list[str] = []

    @property
    def total(self) -> int:
        """Count the rows before the search."""
        return len(self._every)

    def row(self, number: int) -> Row:
        """Return what a row stands for."""
        return self._shown[number]

    def search(self, text: str) -> None:
        """Show only the rows that hold every word, in any case."""
        self._words = text.casefold().split()
        self._narrow()

    def titles(self) -> Sequence[str]:
        """Return the titles of the columns."""
        return self.TITLES

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.titles())

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        # A view may still ask for a column that is about to go.
        if orientation != Qt.Orientation.Horizontal or section >= len(self.titles()):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.titles()[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and self._is_number(section):
            return RIGHT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if self._is_number(index.column()) else None
        return self._cell(index.row(), index.column(), role)

    def _put(self, rows: Iterable[Row]) -> None:
        """Take other rows, in their order."""
        self._every = tuple(rows)
        self._narrow()

    def _narrow(self) -> None:
        self.beginResetModel()
        self._choose_columns()
        self._shown = tuple(
            each
            for each in self._every
            if all(word in self._said(each).casefold() for word in self._words)
        )
        self.endResetModel()

    def _choose_columns(self) -> None:
        """Choose the columns anew, where they depend on what the rows hold."""

    def _is_number(self, column: int) -> bool:
        return self.titles()[column] in self.NUMBERS

    def _said(self, row: Row) -> str:
        """Return the text that a search looks through."""
        raise NotImplementedError

    def _cell(self, number: int, column: int, role: int) -> Any:
        """Return what a cell has for a role, for any but that of alignment."""
        raise NotImplementedError
