"""Bars that lie below each other with their names at the left: what scrolls instead of zooming."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import TypeVar

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QScrollBar, QWidget

from runcase.curves.chart import Chart
from runcase.curves.scales import Scale, ScaleKind
from runcase.session.jobs import Jobs
from runcase.ui.plots.frame import Frame
from runcase.ui.plots.ink import Ink
from runcase.ui.plots.runs_plot import RunsPlot
from runcase.ui.theme import Theme

F = TypeVar("F")

_ROW = 20
_WHEEL = 120
_FINE = 100


class RowsPlot(RunsPlot[F]):
    """The first row is at the top; where not all rows fit, a bar, the wheel and keys scroll."""

    moves = (False, True)

    def __init__(
        self, theme: Theme, jobs: Jobs, chart: Chart, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, jobs, chart, parent)
        # In hundredths of a row.
        self.scroll_bar = QScrollBar(Qt.Orientation.Vertical, self)
        self.scroll_bar.setAccessibleName("Rows")
        self.scroll_bar.setSingleStep(_FINE)
        self.scroll_bar.setCursor(Qt.CursorShape.ArrowCursor)
        self.scroll_bar.hide()
        self.scroll_bar.valueChanged.connect(self._scrolled)

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

    def restyle(self) -> None:
        super().restyle()
        self._fit_bar()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        frame, figure = self.frame(), self.figure
        if frame is None or figure is None:
            super().keyPressEvent(event)
            return
        page = max(1, math.floor(frame.y.low - frame.y.high) - 1)
        ways = {
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_Home: -len(frame.y.labels),
            Qt.Key.Key_End: len(frame.y.labels),
        }
        if not self.steps(figure):
            ways |= {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        way = ways.get(Qt.Key(event.key()))
        if way is None or not self.turns(frame) or event.modifiers():
            super().keyPressEvent(event)
        else:
            self._scroll(frame, way)

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

    def _step(self, figure: F, by: int) -> None:
        super()._step(figure, by)
        row, frame = self.row_of(self.hovered), self.frame()
        order = list(self.steps(figure))
        if frame is None or row not in order:
            return
        at = order.index(row)
        beyond = max(0.0, at + 0.5 - frame.y.low) - max(0.0, frame.y.high - at + 0.5)
        if beyond:
            self._scroll(frame, beyond)

    def _fit_bar(self) -> None:
        """Show how many rows there are above and below those in sight."""
        frame = self.frame()
        turns = frame is not None and self.turns(frame)
        self.scroll_bar.setVisible(turns)
        if frame is None or not turns:
            return
        shown = frame.y.low - frame.y.high
        self.scroll_bar.blockSignals(True)
        self.scroll_bar.setPageStep(round(shown * _FINE))
        self.scroll_bar.setRange(0, round((len(frame.y.labels) - shown) * _FINE))
        self.scroll_bar.setValue(round((frame.y.high + 0.5) * _FINE))
        self.scroll_bar.blockSignals(False)
        area, wide = frame.area.toRect(), self.scroll_bar.sizeHint().width()
        self.scroll_bar.setGeometry(self.width() - wide, area.top(), wide, area.height())

    def _scrolled(self, value: int) -> None:
        frame = self.frame()
        if frame is not None:
            self._scroll(frame, value / _FINE - 0.5 - frame.y.high)

    def _scroll(self, frame: Frame, rows: float) -> None:
        """Move down by rows, to the last one at most."""
        shown = frame.y.low - frame.y.high
        last = len(frame.y.labels) - 0.5
        low = min(max(frame.y.low + rows, shown - 0.5), max(last, shown - 0.5))
        self.set_view(frame.x, frame.y.seen(low, low - shown))
