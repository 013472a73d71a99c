"""The graphics items of a line chart: curves, bands, wide lines on top, marks at the edges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor

from runcase.curves.drawing import Drawn, Line
from runcase.curves.scripts.lines import DrawnLook
from runcase.ui.plots.curves_item import Area, CurvesItem, Stroke, cosmetic
from runcase.ui.plots.spots_item import Shape, Spots, SpotsItem

if TYPE_CHECKING:
    from runcase.ui.plots.line_chart import LineChart

_RAW_ALPHA = 70
_FAINT_ALPHA = 56
_BAND_ALPHA = 44
_WIDE = 2.4
_SPOT = 8.0
# So many curves are drawn wide at most: a wide one costs as much as ten.
_MOST_WIDE = 24
# Dashes of a wide line are drawn one by one; of more points that would take too long.
_DASHED = 1_500


class LinePaint:
    """Draws what a chart has reduced; a part of `LineChart`, made in its constructor."""

    def __init__(self, chart: LineChart) -> None:
        self._chart = chart
        self.drawn: list[Drawn] = []
        self.curves = CurvesItem()
        self.curves.setZValue(5)
        self._wide: list[Any] = []
        self.spots = SpotsItem(_SPOT)
        self.spots.setZValue(7)
        for item in (self.curves, self.spots):
            chart.canvas.item.addItem(item, ignoreBounds=True)

    def show(self, drawn: list[Drawn]) -> None:
        """Draw other curves."""
        self.drawn = drawn
        self.recolor()

    def looks(self) -> list[DrawnLook]:
        """Return what is drawn with labels, colours and dashes, for a script."""
        return [
            DrawnLook(
                each,
                self._chart.label(each.line),
                self._color(each.line).name(),
                self._dashes(each.line),
            )
            for each in self.drawn
        ]

    def recolor(self) -> None:
        """Draw the same curves with the styles and the theme in force."""
        strokes, areas, spots = [], [], []
        for each in self.drawn:
            color, dashes, line = self._color(each.line), self._dashes(each.line), each.line
            if self._chart.show_raw and len(each.raw_x):
                strokes.append(Stroke(each.raw_x, each.raw_y, faded(color, _RAW_ALPHA), (), 0))
            if line.band is not None:
                band = line.band
                areas.append(Area(band.x, band.low, band.high, faded(color, _BAND_ALPHA)))
            shade = faded(color, _FAINT_ALPHA) if line.faint else color
            strokes.append(Stroke(each.x, each.y, shade, dashes, 0 if line.faint else 1))
            spots += _spots(each, shade)
        self.curves.set_wide(self._chart.canvas.wide)
        self.curves.show(strokes, areas)
        self.spots.set_wide(self._chart.canvas.wide)
        self.spots.show(spots)
        self.emphasise()

    def emphasise(self) -> None:
        """Draw the selected and the hovered runs wide and on top."""
        chosen = list(self._emphasised())[:_MOST_WIDE]
        while len(self._wide) < len(chosen):
            item = pg.PlotCurveItem(skipFiniteCheck=False, antialias=True)
            item.setZValue(10)
            self._chart.canvas.item.addItem(item, ignoreBounds=True)
            self._wide.append(item)
        for at, item in enumerate(self._wide):
            if at >= len(chosen):
                item.setVisible(False)
                continue
            each = chosen[at]
            dashes = self._dashes(each.line) if len(each.x) <= _DASHED else ()
            pen = cosmetic(self._color(each.line), _WIDE * self._chart.canvas.wide, dashes)
            item.setData(each.x, each.y, pen=pen, connect="finite")
            item.setSegmentedLineMode("off" if dashes else "on")
            item.setVisible(True)

    def _emphasised(self) -> Iterator[Drawn]:
        chart = self._chart
        for each in self.drawn:
            run = each.line.run_id
            if run and len(each.x) > 1 and (run == chart.hovered or run in chart.selected):
                yield each

    def _color(self, line: Line) -> QColor:
        style = self._chart.style_of(line)
        return style.color if style is not None else self._chart.color("muted")

    def _dashes(self, line: Line) -> tuple[int, ...]:
        style = self._chart.style_of(line)
        return style.dashes if style is not None else ()


def faded(color: QColor, alpha: int) -> QColor:
    """Return a colour that lets through what is behind it; `alpha` of 255."""
    shade = QColor(color)
    shade.setAlpha(alpha)
    return shade


def _spots(drawn: Drawn, color: QColor) -> list[Spots]:
    """Return the marks of a line at the edges; a line of one point is a dot, or it were nothing."""
    found = [
        Spots(Shape.ABOVE, drawn.above, drawn.above, color),
        Spots(Shape.BELOW, drawn.below, drawn.below, color),
        Spots(Shape.NOTHING, drawn.nothing, drawn.nothing, color),
    ]
    finite = np.flatnonzero(np.isfinite(drawn.y))
    if len(finite) == 1:
        found.append(Spots(Shape.DOT, drawn.x[finite], drawn.y[finite], color))
    return found
