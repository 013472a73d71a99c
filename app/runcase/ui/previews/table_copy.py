"""Copies the selected cells of a table file, of which rows may have to be read first."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTableView

from runcase.preview import words
from runcase.ui.previews.table_model import TableModel

_MOST_ROWS = 10_000
# So many windows stay in the model while the others are read.
_MOST_WINDOWS = 48


class TableCopy(QObject):
    """Puts cells on the clipboard, with tabs between; another selection ends what waits for rows.

    `missed` asks for a row, `said` tells in words how far it is.
    """

    missed = Signal(int)
    said = Signal(str)

    def __init__(self, grid: QTableView, model: TableModel) -> None:
        super().__init__(grid)
        self._grid, self._model = grid, model
        self._parts: list[tuple[range, range]] = []
        self._selected = 0
        grid.selectionModel().selectionChanged.connect(self.stop)

    def start(self) -> None:
        """Copy what is selected, of very many rows the first ones."""
        selection = self._grid.selectionModel().selection()
        found = [selection.at(each) for each in range(selection.count())]
        found.sort(key=lambda part: (part.top(), part.left()))
        room = min(_MOST_ROWS, _MOST_WINDOWS * self._model.step)
        self._parts, self._selected = [], 0
        for each in found:
            self._selected += each.height()
            rows = range(each.top(), each.top() + min(each.height(), room))
            room -= len(rows)
            self._parts.append((rows, range(each.left(), each.right() + 1)))
        self.go_on()

    def stop(self) -> None:
        """Wait no longer for rows."""
        self._parts = []

    def go_on(self) -> None:
        """Copy what was asked for if all of it is read by now, else ask for more of it."""
        if not self._parts:
            return
        unread = (row for rows, _ in self._parts for row in rows if not self._model.is_read(row))
        row = next(unread, None)
        if row is not None:
            self.said.emit(f"Copying, row {row + 1:,} …")
            self.missed.emit(row)
            return
        lines = [
            "\t".join(self._model.cell(row, column) or "" for column in columns)
            for rows, columns in self._parts
            for row in rows
        ]
        self._parts = []
        QGuiApplication.clipboard().setText("\n".join(lines))
        cut = f"the first {len(lines):,} of " if len(lines) < self._selected else ""
        self.said.emit(f"Copied {cut}{words.many(self._selected, 'row')}")
