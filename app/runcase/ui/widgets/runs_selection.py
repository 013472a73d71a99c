"""The runs table's selection as ranges, kept over a reset of its model."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QItemSelectionModel, QPoint

from runcase.itemmodels.arrangement import Arrangement
from runcase.itemmodels.row_difference import ranges

if TYPE_CHECKING:
    from runcase.ui.widgets.runs_view import RunsView

# Selecting more separate ranges than this again would hold the window up: Qt compares them all.
_MOST = 2_000

Ranges = list[tuple[int, int]]


def selected_ranges(selection: QItemSelectionModel) -> Ranges:
    """Return the selected rows as ranges from top to bottom, first and last included."""
    found: Ranges = []
    parts = ((part.top(), part.bottom()) for part in selection.selection().toList())
    for first, end in sorted(parts):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((first, end))
    return found


class KeptSelection:
    """Remembers selection, current run and scroll position of a table while its model resets."""

    def __init__(self, view: "RunsView") -> None:
        self._view = view
        self._before: Arrangement | None = None
        self._ranges: Ranges = []
        self._current = ""
        self._scroll = QPoint()
        self._top = ("", 0)  # the first run on the screen, and where it begins

    def keep(self) -> None:
        """Remember what is selected; called before the reset."""
        view = self._view
        self._before = view.runs.arrangement
        self._ranges = selected_ranges(view.selectionModel())
        self._current = view.current_id() if self._before is not None else ""
        self._scroll = QPoint(view.horizontalScrollBar().value(), view.verticalScrollBar().value())
        row = view.rowAt(0)
        known = self._before is not None and row >= 0
        self._top = (view.runs.run_id(row), view.rowViewportPosition(row)) if known else ("", 0)

    def restore(self) -> None:
        """Select the same runs where they are now; called after the reset."""
        view, now = self._view, self._view.runs.arrangement
        if self._before is not None and now is not None and (self._ranges or self._current):
            view.select_ranges(self._found(self._before, now)[:_MOST], self._current)
        view.horizontalScrollBar().setValue(self._scroll.x())
        view.verticalScrollBar().setValue(self._scroll.y())
        if self._before is not None and now is not None and now.frame is not self._before.frame:
            self._keep_top()

    def _keep_top(self) -> None:
        """Leave the run under the eye where it is; at the very top, new ones show."""
        run_id, offset = self._top
        row = self._view.runs.row_of(run_id) if run_id and self._scroll.y() else None
        if row is not None:
            bar = self._view.verticalScrollBar()
            bar.setValue(bar.value() + self._view.rowViewportPosition(row) - offset)

    def _found(self, before: Arrangement, now: Arrangement) -> Ranges:
        if now is before:
            return self._ranges
        every = self._ranges == [(0, len(before.rows) - 1)] and now.mask is before.mask
        if every and len(now.rows) == len(before.rows):
            return self._ranges  # all stay all
        parts = [before.rows[first : end + 1] for first, end in self._ranges]
        rows = np.concatenate(parts) if parts else np.zeros(0, np.int64)
        rows = rows[rows >= 0]
        if now.frame is not before.frame:
            rows = now.frame.ids.rows_of(before.frame.ids.take(rows))
            rows = rows[rows >= 0]
        wanted = np.zeros(len(now.frame) + 1, np.bool_)  # the last one is for groups
        wanted[rows] = True
        return ranges(np.flatnonzero(wanted[np.maximum(now.rows, -1)]))
