"""Bars that lie below each other with their names at the left: what scrolls instead of zooming."""

from __future__ import annotations

from abc import abstractmethod
from typing import TypeVar

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QResizeEvent

from runcase.curves.scales import Scale, ScaleKind
from runcase.ui.plots.frame import Frame
from runcase.ui.plots.ink import Ink
from runcase.ui.plots.runs_plot import RunsPlot

F = TypeVar("F")

_ROW = 20
_WHEEL = 120


class RowsPlot(RunsPlot[F]):
    """The first row is at the top; the wheel scrolls where not all rows fit."""

    moves = (False, True)

    @abstractmethod
    def names(self, figure: F) -> tuple[str, ...]:
        """Return the names of the rows from top to bottom."""

    @abstractmethod
    def values(self, figure: F) -> Scale:
        """Return the scale that all bars share."""

    def axes(self, figure: F) -> tuple[Scale, Scale]:
        names = self.names(figure)
        shown = min(len(names), self.fitting())
        return self.values(figure), Scale("", ScaleKind.CATEGORY, shown - 0.5, -0.5, names)

    def fitting(self) -> int:
        """Count the rows that fit in the widget's height."""
        return max(3, int((self.height() - self.theme.px(48)) / self.theme.px(_ROW)))

    def row_at(self, frame: Frame, figure: F, point: QPointF) -> int:
        """Return the row at a point, its name included; -1 for none."""
        if not frame.area.top() <= point.y() <= frame.area.bottom():
            return -1
        row = round(frame.y.place(frame.shares(point)[1]))
        return row if 0 <= row < len(self.names(figure)) else -1

    def row_box(self, frame: Frame, row: int, low: float, high: float) -> QRectF:
        """Return a bar's box from one place on x to another."""
        height = min(frame.area.height() / abs(frame.y.high - frame.y.low), 44.0) * 0.64
        left, right = sorted((frame.x_at(low), frame.x_at(high)))
        return QRectF(left, frame.y_at(row) - height / 2, right - left, height)

    def paint_row_light(self, ink: Ink, frame: Frame, row: int) -> None:
        """Mark a row across the chart."""
        height = frame.area.height() / abs(frame.y.high - frame.y.low)
        ink.painter.fillRect(
            QRectF(frame.area.left(), frame.y_at(row) - height / 2, frame.area.width(), height),
            ink.color("accent", 0.10),
        )

    def sizeHint(self) -> QSize:
        return QSize(420, 320)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        top = self._y.high if self._y is not None else None
        self.reset_zoom()
        frame = self.frame()
        if top is not None and frame is not None:
            self._scroll(frame, top - frame.y.high)

    def turns(self, frame: Frame) -> bool:
        return len(frame.y.labels) > abs(frame.y.high - frame.y.low)

    def _wheel(self, frame: Frame, turned: int, point: QPointF) -> None:
        self._scroll(frame, -turned / _WHEEL)

    def _pan(self, by: QPointF) -> None:
        frame = self.frame()
        if frame is not None:
            rows = abs(frame.y.high - frame.y.low)
            self._scroll(frame, -by.y() / frame.area.height() * rows)

    def _scroll(self, frame: Frame, rows: float) -> None:
        """Move down by rows, to the last one at most."""
        shown = frame.y.low - frame.y.high
        last = len(frame.y.labels) - 0.5
        low = min(max(frame.y.low + rows, shown - 0.5), max(last, shown - 0.5))
        self.set_view(frame.x, frame.y.seen(low, low - shown))
