"""The recent stores as rows: name, file, path, runs, experiments, size, when it was opened."""

import ntpath
import posixpath
import time
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt

from runcase.itemmodels import formats
from runcase.itemmodels.searched_rows import SearchedRows
from runcase.ui.settings import Recent

FILE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
PATH_ROLE = int(Qt.ItemDataRole.UserRole) + 2
MISSING_ROLE = int(Qt.ItemDataRole.UserRole) + 3


class RecentsModel(SearchedRows[Recent]):
    """Recent stores, newest first; a search keeps those whose path has every word."""

    TITLES = ("Store", "Runs", "Exp.", "Database", "Opened")
    NUMBERS = frozenset(TITLES[1:])

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._missing: frozenset[str] = frozenset()

    def show(self, recents: Sequence[Recent]) -> None:
        """Show stores in the order given."""
        self._put(recents)

    def mark_missing(self, found: Mapping[str, bool]) -> None:
        """Mark the stores whose file is not there, by path."""
        self._missing = frozenset(path for path, is_there in found.items() if not is_there)
        if self._shown:
            last = self.index(len(self._shown) - 1, len(self.TITLES) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def is_missing(self, row: int) -> bool:
        """Say whether a row's file is not there."""
        return self._shown[row].path in self._missing

    def row_of(self, path: str) -> int | None:
        """Return the row of a path."""
        return next((row for row, each in enumerate(self._shown) if each.path == path), None)

    def _said(self, row: Recent) -> str:
        return row.path

    def _cell(self, number: int, column: int, role: int) -> Any:
        recent = self._shown[number]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(recent, column)
        if role == FILE_ROLE:
            return base_name(recent.path)
        if role == PATH_ROLE:
            return recent.path
        if role == MISSING_ROLE:
            return recent.path in self._missing
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
