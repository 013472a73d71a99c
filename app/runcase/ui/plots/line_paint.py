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

if TYPE_CHECKING:
    from runcase.ui.plots.line_chart import LineChart

_RAW_ALPHA = 70
_FAINT_ALPHA = 56
_BAND_ALPHA = 44
_WIDE = 2.4
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
        self._dots = pg.ScatterPlotItem(size=6, pxMode=True)
        self._dots.setZValue(6)
        self._marks = pg.ScatterPlotItem(size=8, pxMode=True)
        self._marks.setZValue(7)
        for item in (self.curves, self._dots, self._marks):
            chart.canvas.item.addItem(item, ignoreBounds=True)
        chart.canvas.box.sigYRangeChanged.connect(self._place_marks)

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
        strokes, areas, dots = [], [], []
        for each in self.drawn:
            color, dashes, line = self._color(each.line), self._dashes(each.line), each.line
            if self._chart.show_raw and len(each.raw_x):
                strokes.append(Stroke(each.raw_x, each.raw_y, faded(color, _RAW_ALPHA), (), 0))
            if line.band is not None:
                band = line.band
                areas.append(Area(band.x, band.low, band.high, faded(color, _BAND_ALPHA)))
            shade = faded(color, _FAINT_ALPHA) if line.faint else color
            strokes.append(Stroke(each.x, each.y, shade, dashes, 0 if line.faint else 1))
            # A line of one point is nothing: it is shown as a dot.
            if line.x.size and np.count_nonzero(np.isfinite(each.y)) == 1:
                at = int(np.flatnonzero(np.isfinite(each.y))[0])
                dots.append({"pos": (each.x[at], each.y[at]), "brush": shade, "pen": None})
        self.curves.set_wide(self._chart.canvas.wide)
        self.curves.show(strokes, areas)
        self._dots.setData(dots)
        self._place_marks()
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

    def _place_marks(self, *_range: object) -> None:
        """Put a mark at the edge where a curve is infinite, and at the bottom where it is NaN."""
        marked = [each for each in self.drawn if _is_marked(each)]
        if not marked and not len(self._marks.data):
            return
        (_, _), (bottom, top) = self._chart.view_range()
        inset = (top - bottom) * 0.02
        spots = []
        for each in marked:
            color = self._color(each.line)
            for xs, y, symbol in (
                (each.above, top - inset, "t1"),
                (each.below, bottom + inset, "t"),
                (each.nothing, bottom + inset, "x"),
            ):
                look = {"symbol": symbol, "brush": color, "pen": pg.mkPen(color)}
                spots += [{"pos": (x, y), **look} for x in xs.tolist()]
        self._marks.setData(spots)

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


def _is_marked(drawn: Drawn) -> bool:
    return bool(len(drawn.above) or len(drawn.below) or len(drawn.nothing))
