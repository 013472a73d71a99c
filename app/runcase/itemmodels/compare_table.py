"""The cells of two tables as one: what changed shows both values, what is alone its side."""

from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from runcase.itemmodels import formats
from runcase.preview.compare_tables import ADDED, CHANGED, REMOVED, SAME, TableDifference

Index = QModelIndex | QPersistentModelIndex
_WORDS = {CHANGED: "changed", REMOVED: "only on the left", ADDED: "only on the right"}
_NULL = "null"


class CompareTableModel(QAbstractTableModel):
    """The rows of a `TableDifference`, all of them or those that differ."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.found: TableDifference | None = None
        self.only_differences = False
        self._rows = np.empty(0, np.int64)
        self._stops = np.empty((0, 2), np.int64)

    def show(self, found: TableDifference | None) -> None:
        """Show another difference."""
        self.beginResetModel()
        self.found = found
        self._arrange()
        self.endResetModel()

    def set_only_differences(self, only: bool) -> None:
        """Leave out the rows that are the same, or show them."""
        self.beginResetModel()
        self.only_differences = only
        self._arrange()
        self.endResetModel()

    def state(self, index: Index) -> int:
        """Return what became of a cell."""
        if self.found is None or not index.isValid():
            return SAME
        return int(self.found.states[self._rows[index.row()], index.column()])

    def column_state(self, column: int) -> int:
        """Return `ADDED` or `REMOVED` for a column of one side alone, else `SAME`."""
        each = self.found.columns[column] if self.found is not None else None
        if each is None or (each.left >= 0 and each.right >= 0):
            return SAME
        return ADDED if each.left < 0 else REMOVED

    def texts(self, index: Index) -> tuple[str, str]:
        """Return what a cell says on both sides, "" where it has none."""
        if self.found is None or not index.isValid():
            return "", ""
        row, column = int(self._rows[index.row()]), index.column()
        left, right = self.found.texts(row, column)
        each = self.found.columns[column]
        has_left = each.left >= 0 and self.found.left_rows[row] >= 0
        has_right = each.right >= 0 and self.found.right_rows[row] >= 0
        return (
            _spelled(left) if has_left else "",
            _spelled(right) if has_right else "",
        )

    def is_number(self, column: int) -> bool:
        """Say whether a column is one of numbers on the side that has it."""
        if self.found is None:
            return False
        each = self.found.columns[column]
        if each.left >= 0:
            return self.found.left.columns[each.left].numeric
        return self.found.right.columns[each.right].numeric

    def next_difference(self, index: Index, step: int) -> QModelIndex:
        """Return the next cell that differs in reading order; of a whole row its first one."""
        columns = max(1, self.columnCount())
        outside = -1 if step > 0 else self.rowCount() * columns
        here = index.row() * columns + index.column() if index.isValid() else outside
        places = self._stops[:, 0] * columns + self._stops[:, 1]
        if step > 0:
            at = int(np.searchsorted(places, here, "right"))
        else:
            at = int(np.searchsorted(places, here, "left")) - 1
        if not 0 <= at < len(places):
            return QModelIndex()
        return self.index(int(self._stops[at, 0]), int(self._stops[at, 1]))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own signature
        return 0 if parent.isValid() or self.found is None else len(self.found.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        state = self.state(index)
        left, right = self.texts(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return formats.one_line(f"{left} → {right}" if state == CHANGED else right or left)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            text = formats.excerpt(f"{left} → {right}" if state == CHANGED else right or left)
            return f"{text}, {_WORDS[state]}" if state in _WORDS else text
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if self.found is None:
            return None
        if orientation == Qt.Orientation.Vertical:
            return self._row_words(int(self._rows[section]))
        name = formats.one_line(self.found.columns[section].name)
        state = self.column_state(section)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{name}, {_WORDS[state]}" if state in _WORDS else name
        return {ADDED: f"+ {name}", REMOVED: f"{formats.MINUS} {name}"}.get(state, name)

    def _row_words(self, row: int) -> str:
        """Return a row's number on each side, one where both are the same."""
        assert self.found is not None
        left, right = int(self.found.left_rows[row]), int(self.found.right_rows[row])
        if left < 0:
            return f"+ {right + self.found.right.first + 1:,}"
        if right < 0:
            return f"{formats.MINUS} {left + self.found.left.first + 1:,}"
        one, other = left + self.found.left.first + 1, right + self.found.right.first + 1
        return f"{one:,}" if one == other else f"{one:,} → {other:,}"

    def _arrange(self) -> None:
        if self.found is None:
            self._rows, self._stops = np.empty(0, np.int64), np.empty((0, 2), np.int64)
            return
        states = self.found.states
        # A column of one side alone is a difference of the tables, not one of each row.
        alone = np.array(
            [each.left < 0 or each.right < 0 for each in self.found.columns], dtype=bool
        )
        counted = states * ~alone
        lone_rows = (self.found.left_rows < 0) | (self.found.right_rows < 0)
        differs = (counted != SAME).any(axis=1) | lone_rows
        self._rows = np.flatnonzero(differs) if self.only_differences else np.arange(len(states))
        stops = counted[self._rows] == CHANGED
        if stops.shape[1]:
            stops[:, 0] |= lone_rows[self._rows]
        self._stops = np.argwhere(stops)


def _spelled(text: str | None) -> str:
    return _NULL if text is None else text
