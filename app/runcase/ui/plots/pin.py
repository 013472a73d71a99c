"""A pinned crosshair: its values stay at an x of a line chart, while it zooms and others follow."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from runcase.itemmodels import formats
from runcase.ui.plots.crosshair import values_at
from runcase.ui.plots.spots_item import SpotsItem
from runcase.ui.plots.tip import LINE, PlotTip
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import IconButton

if TYPE_CHECKING:
    from runcase.ui.plots.line_chart import LineChart

_DOT = 7.0  # pixels
_CLOSE = 24


class Pin:
    """A part of `LineChart`, made in its constructor; at most one x is pinned.

    `x` is that place in the axis's units, NaN for none. What a person pins is told to other charts
    by the chart's `pinned`; those `follow`, with a line and dots alone.
    """

    def __init__(self, chart: LineChart) -> None:
        self._chart = chart
        self.x = math.nan
        # How far below the chart's top the values are written, None where they are not.
        self._top: int | None = None
        canvas = chart.canvas
        self._line = pg.InfiniteLine(angle=90, movable=False)
        self._line.setZValue(19)
        self._line.hide()
        self._dots = SpotsItem(_DOT)
        self._dots.setZValue(21)
        self.tip = PinnedTip(chart.theme, chart)
        self.tip.close_button.clicked.connect(self.take_off)
        canvas.item.addItem(self._line, ignoreBounds=True)
        canvas.item.addItem(self._dots, ignoreBounds=True)
        canvas.box.sigXRangeChanged.connect(self._place)
        canvas.box.sigResized.connect(self._place)
        canvas.recolored.connect(self._recolor)

    @property
    def is_on(self) -> bool:
        """Say whether an x is pinned."""
        return not math.isnan(self.x)

    def put(self, x: float, top: int = 0) -> None:
        """Pin an x, and write its values so far below the chart's top."""
        self._top = top
        self._show(x)
        self._chart.pinned.emit(x)

    def take_off(self) -> None:
        """Unpin it, here and in the charts that follow."""
        if not self.is_on:
            return
        had_focus = self.tip.close_button.hasFocus()
        self.follow(math.nan)
        if had_focus:
            self._chart.setFocus(Qt.FocusReason.OtherFocusReason)
        self._chart.pinned.emit(math.nan)

    def follow(self, x: float) -> None:
        """Stand at another x as another chart does; NaN for none."""
        if math.isnan(x):
            self._top = None
        self._show(x)

    def put_at(self, x: float) -> None:
        """Pin an x by key, the middle of what is seen where it is NaN."""
        (left, right), _ = self._chart.view_range()
        self.put((left + right) / 2 if math.isnan(x) else x)

    def step(self, way: int) -> None:
        """Go to the next point of any curve, to the right (1) or to the left (-1)."""
        found = []
        for line in self._chart.prepared.lines:
            at = int(np.searchsorted(line.x, self.x, "right" if way > 0 else "left"))
            at = at if way > 0 else at - 1
            if not line.faint and 0 <= at < len(line.x):
                found.append(float(line.x[at]))
        if found:
            self.put(min(found) if way > 0 else max(found), self._top or 0)

    def refresh(self) -> None:
        """Show the values of other lines at the same place."""
        if self.is_on:
            self._show(self.x)

    def set_painted(self, painted: bool) -> None:
        """Leave it out of a picture that is painted, or show it again."""
        self._line.setVisible(painted and self.is_on)
        self._dots.setVisible(painted)

    def _show(self, x: float) -> None:
        self.x = x
        self._line.setVisible(self.is_on)
        if not self.is_on:
            self._dots.show(())
            self.tip.hide()
            return
        chart = self._chart
        rows, dots = values_at(chart, x)
        self._line.setPos(x)
        self._dots.show(dots)
        self.tip.setVisible(self._top is not None)
        if self._top is not None:
            heading = chart.canvas.item.getAxis("bottom").described(x)
            self.tip.show_rows(heading, rows, chart.is_smoothed, self._anchor())
            self.tip.say(heading)

    def _anchor(self) -> QPoint:
        """Return where the values stand: beside the line, at an edge where that is out of sight."""
        chart = self._chart
        (left, right), (_, top) = chart.view_range()
        at = chart.canvas.box.mapViewToScene(QPointF(min(max(self.x, left), right), top))
        place = chart.canvas.plot.mapTo(chart, chart.canvas.plot.mapFromScene(at))
        return QPoint(place.x(), self._top or 0)

    def _place(self, *_args: object) -> None:
        if self.is_on and self._top is not None:
            self.tip.place(self._anchor())

    def _recolor(self) -> None:
        self._line.setPen(pg.mkPen(self._chart.color("accent"), width=1))


class PinnedTip(PlotTip):
    """A tooltip that stays, with a button that closes it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, False)
        self.close_button = IconButton(theme, "x", "Unpin Values", side=_CLOSE)
        self.close_button.setParent(self)
        self.close_button.setToolTip("Unpin Values  Esc")

    def head(self) -> int:
        # Beside the heading is the button.
        return self._theme.px(LINE) if self.smoothed else 0

    def footer(self, more: int) -> str:
        return f"{formats.count(more)} more" if more else ""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.close_button.move(self.width() - self.close_button.width() - 2, 2)

    def say(self, heading: str) -> None:
        """Name it for who does not see it."""
        self.setAccessibleName(f"Pinned values at {heading}")
        rows = (f"{row.name} {formats.number(row.value)}" for row in self.rows())
        self.setAccessibleDescription(", ".join([*rows, self.footer(self.more)]).rstrip(", "))
