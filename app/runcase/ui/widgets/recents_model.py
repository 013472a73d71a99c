"""The recent stores as rows: name, file, path, runs, experiments, size, when it was opened."""

import ntpath
import posixpath
import time
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from runcase.itemmodels import formats
from runcase.ui.settings import Recent

Index = QModelIndex | QPersistentModelIndex
FILE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
PATH_ROLE = int(Qt.ItemDataRole.UserRole) + 2
MISSING_ROLE = int(Qt.ItemDataRole.UserRole) + 3

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class RecentsModel(QAbstractTableModel):
    """Recent stores, newest first; a search keeps those whose path has every word."""

    TITLES = ("Store", "Runs", "Exp.", "Database", "Opened")

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._every: tuple[Recent, ...] = ()
        self._shown: tuple[Recent, ...] = ()
        self._missing: frozenset[str] = frozenset()
        self._words: list[str] = []

    @property
    def total(self) -> int:
        """Count the stores before the search."""
        return len(self._every)

    def show(self, recents: Sequence[Recent]) -> None:
        """Show stores in the order given."""
        self._every = tuple(recents)
        self._narrow()

    def search(self, text: str) -> None:
        """Show only stores whose path has every word."""
        self._words = text.casefold().split()
        self._narrow()

    def mark_missing(self, found: Mapping[str, bool]) -> None:
        """Mark the stores whose file is not there, by path."""
        self._missing = frozenset(path for path, is_there in found.items() if not is_there)
        if self._shown:
            last = self.index(len(self._shown) - 1, len(self.TITLES) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def recent(self, row: int) -> Recent:
        """Return the store of a row."""
        return self._shown[row]

    def is_missing(self, row: int) -> bool:
        """Say whether a row's file is not there."""
        return self._shown[row].path in self._missing

    def row_of(self, path: str) -> int | None:
        """Return the row of a path."""
        return next((row for row, each in enumerate(self._shown) if each.path == path), None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own signature
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own signature
        return 0 if parent.isValid() else len(self.TITLES)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.TITLES[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section > 0:
            return int(_RIGHT)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        recent, column = self._shown[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(recent, column)
        if role == FILE_ROLE:
            return base_name(recent.path)
        if role == PATH_ROLE:
            return recent.path
        if role == MISSING_ROLE:
            return recent.path in self._missing
        if role == Qt.ItemDataRole.TextAlignmentRole and column > 0:
            return int(_RIGHT)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(recent, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            gone = ", file not found" if recent.path in self._missing else ""
            said = self._text(recent, column)
            return f"{said}, {recent.path}{gone}" if column == 0 else said
        return None

    def _text(self, recent: Recent, column: int) -> str:
        match column:
            case 0:
                return store_name(recent.path)
            case 1:
                return formats.count(recent.runs)
            case 2:
                return formats.count(recent.experiments)
            case 3:
                return formats.size(recent.size)
            case _:
                return formats.age(recent.opened_ms, int(time.time() * 1000))

    def _narrow(self) -> None:
        self.beginResetModel()
        self._shown = tuple(
            each
            for each in self._every
            if all(word in each.path.casefold() for word in self._words)
        )
        self.endResetModel()


def store_name(path: str) -> str:
    """Return what a store is called: its folder's name."""
    folder = path[: len(path) - len(base_name(path))].rstrip("/\\")
    return base_name(folder) or base_name(path)


def base_name(path: str) -> str:
    r"""Return the last part of a path of any system; only Windows' paths are cut at `\`."""
    if path[1:3] == ":\\":
        return ntpath.basename(path)
    return posixpath.basename(path)


def _tip(recent: Recent, column: int) -> str:
    if column == 3:
        return f"{recent.size:,} B"
    if column == 4:
        return formats.moment_with_zone(recent.opened_ms)
    return recent.path
