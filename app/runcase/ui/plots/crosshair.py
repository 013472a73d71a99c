"""The crosshair of a line chart: a line at an x, the values there, and which curve is near."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt

from runcase.curves.drawing import Line, value_at
from runcase.ui.plots.spots_item import Shape, Spots, SpotsItem
from runcase.ui.plots.tip import PlotTip, TipRow

if TYPE_CHECKING:
    from runcase.ui.plots.line_chart import LineChart

_NEAR, _DOT = 8.0, 7.0  # pixels


class Crosshair:
    """A part of `LineChart`, made in its constructor; it follows the mouse, or another chart."""

    def __init__(self, chart: LineChart) -> None:
        self._chart = chart
        self.shown = True
        # Where it is: x, the mouse on the scene, and whether values are written; None for nowhere.
        self._here: tuple[float, QPointF | None, bool] | None = None
        canvas = chart.canvas
        self._line = pg.InfiniteLine(angle=90, movable=False)
        self._line.setZValue(20)
        self._line.hide()
        self._dots = SpotsItem(_DOT)
        self._dots.setZValue(21)
        self.tip = PlotTip(chart.theme, chart)
        canvas.item.addItem(self._line, ignoreBounds=True)
        canvas.item.addItem(self._dots, ignoreBounds=True)
        scene = canvas.plot.scene()
        self._proxy = pg.SignalProxy(scene.sigMouseMoved, rateLimit=60, slot=self._mouse_moved)
        scene.sigMouseClicked.connect(self._mouse_clicked)
        canvas.recolored.connect(self._recolor)

    def set_shown(self, shown: bool) -> None:
        """Show or hide the crosshair; curves light up all the same."""
        self.shown = shown
        if not shown:
            self.hide()

    def point_at(self, x: float, *, with_values: bool = True) -> None:
        """Put the crosshair at an x of the axis.

        Args:
            x: Where, NaN for nowhere.
            with_values: Whether the values are written beside it, and not only dotted.
        """
        if not self.shown or math.isnan(x):
            self.hide()
            return
        self._show(x, None, with_values)

    def refresh(self) -> None:
        """Show the values of other lines at the same place."""
        if self._here is not None:
            self._show(*self._here)

    @property
    def x(self) -> float:
        """Return where it is, NaN for nowhere."""
        return math.nan if self._here is None else self._here[0]

    def hide(self) -> None:
        """Take the crosshair away."""
        self._here = None
        self._line.hide()
        self._dots.show(())
        self.tip.hide()

    def leave(self) -> None:
        """Answer to the mouse leaving the chart."""
        self.hide()
        self._chart.pointed.emit(math.nan)
        self._chart.run_hovered.emit("")

    def nearest(self, position: QPointF) -> str:
        """Return the run whose curve passes within 8 pixels of a point of the axes, "" for none."""
        (_, _), (bottom, top) = self._chart.view_range()
        best = (top - bottom) / max(1.0, float(self._chart.canvas.box.height())) * _NEAR
        found = ""
        for line in self._chart.prepared.lines:
            near = value_at(line.x, line.y, position.x()) if line.run_id else None
            if near is not None and abs(near[1] - position.y()) < best:
                best, found = abs(near[1] - position.y()), line.run_id
        return found

    def _show(self, x: float, position: QPointF | None, with_values: bool) -> None:
        chart = self._chart
        self._here = x, position, with_values
        rows, dots = values_at(chart, x)
        self._line.setPos(x)
        self._line.setVisible(bool(rows))
        self._dots.show(dots)
        if not rows or not with_values:
            self.tip.hide()
            return
        heading = chart.canvas.item.getAxis("bottom").described(x)
        box, plot = chart.canvas.box, chart.canvas.plot
        place_at = position or box.mapViewToScene(QPointF(x, chart.view_range()[1][1]))
        pinned = chart.pin.tip.geometry() if chart.pin.tip.isVisible() else None
        at = plot.mapFromScene(place_at)
        self.tip.show_rows(heading, rows, chart.is_smoothed, at, pinned)

    def _mouse_moved(self, event: tuple[QPointF]) -> None:
        position, box = event[0], self._chart.canvas.box
        if not box.sceneBoundingRect().contains(position):
            self.leave()
            return
        at = box.mapSceneToView(position)
        self._chart.run_hovered.emit(self.nearest(at))
        if self.shown:
            self._show(float(at.x()), position, with_values=True)
            self._chart.pointed.emit(float(at.x()))

    def _mouse_clicked(self, event: Any) -> None:
        if event.double():
            self._chart.pin.take_off()  # the first of the two clicks has pinned it
            self._chart.reset_zoom()
        elif event.button() == Qt.MouseButton.LeftButton:
            self._chart.setFocus(Qt.FocusReason.MouseFocusReason)
            box = self._chart.canvas.box
            at = box.mapSceneToView(event.scenePos())
            if self.shown and box.sceneBoundingRect().contains(event.scenePos()):
                place = self._chart.canvas.plot.mapFromScene(event.scenePos())
                self._chart.pin.put(float(at.x()), place.y())
                self.tip.hide()
            self._chart.run_clicked.emit(self.nearest(at))

    def _recolor(self) -> None:
        color = self._chart.color("muted")
        self._line.setPen(pg.mkPen(color, width=1, style=Qt.PenStyle.DashLine))


def values_at(chart: LineChart, x: float) -> tuple[list[TipRow], list[Spots]]:
    """Return what the curves of a chart are at an x, in words and as dots."""
    rows, dots = [], []
    for line in chart.prepared.lines:
        if line.faint:
            continue
        found = value_at(line.x, line.value, x)
        style = chart.style_of(line)
        if found is None or style is None:
            continue
        _, value, place = found
        strong = line.run_id in chart.selected or bool(line.run_id == chart.hovered != "")
        raw = float(line.logged[place])
        spread = _spread(line, place)
        rows.append(TipRow(chart.label(line), style.color, value, raw, strong, spread))
        if np.isfinite(line.y[place]):
            here = slice(place, place + 1)
            dots.append(Spots(Shape.DOT, line.x[here], line.y[here], style.color))
    return rows, dots


def _spread(line: Line, place: int) -> tuple[float, float] | None:
    """Return how far a group's values go there; None for a run, and where there is no band."""
    band = line.spread
    if band is None or not np.isfinite(band.low[place]) or not np.isfinite(band.high[place]):
        return None
    return float(band.low[place]), float(band.high[place])
