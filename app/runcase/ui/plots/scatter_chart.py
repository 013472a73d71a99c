"""A scatter of runs: any column against any other, coloured and sized by others."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPolygonF

from runcase.curves.chart import Chart, Role
from runcase.curves.figures.columns import as_numbers
from runcase.curves.figures.scatter import Scatter, scatter
from runcase.curves.run_table import RunTable
from runcase.curves.scales import Scale
from runcase.curves.scripts.scatter import scatter_script
from runcase.curves.series import Floats
from runcase.itemmodels import formats
from runcase.progress import Progress
from runcase.ui.plots.chart_view import CurveStyle, Key
from runcase.ui.plots.color_bar import bar_width, paint_bar
from runcase.ui.plots.dots import (
    RADIUS,
    Dots,
    nearest,
    paint_colored,
    paint_hollow,
    paint_shown,
    visible,
    within,
)
from runcase.ui.plots.frame import Frame
from runcase.ui.plots.ink import Ink, continuous
from runcase.ui.plots.point_tip import Hit
from runcase.ui.plots.run_words import run_lines, styles_of
from runcase.ui.plots.runs_plot import Mask, RunsPlot

_SHADES = 64
_LEAST, _LARGEST = 2.5, 9.0
_NAMED = 3


class ScatterChart(RunsPlot[Scatter]):
    """Shown runs are filled in their colours, all others hollow and grey."""

    def compute(self, chart: Chart, table: RunTable, progress: Progress) -> Scatter:
        return scatter(chart, table)

    def axes(self, figure: Scatter) -> tuple[Scale, Scale]:
        return figure.x, figure.y

    def emptiness(self, figure: Scatter) -> str:
        if not len(self.table):
            return "No run matches."
        if figure.missing == len(figure.px):
            return f"No run has both {figure.x.title} and {figure.y.title}."
        return ""

    def side(self, ink: Ink, figure: Scatter) -> float:
        return bar_width(ink, figure.color) if figure.color is not None else 0.0

    def paint_marks(self, ink: Ink, frame: Frame, figure: Scatter) -> None:
        dots = visible(frame, figure.px, figure.py)
        line_x, line_y = figure.line
        if len(line_x):
            ink.painter.setPen(ink.pen("muted", 1.2, dashed=True))
            ink.painter.setBrush(Qt.BrushStyle.NoBrush)
            pairs = zip(frame.px(line_x).tolist(), frame.py(line_y).tolist(), strict=True)
            ink.painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in pairs]))
        radii = self._radii(figure, dots)
        if figure.color is None and figure.groups is None:
            grey = _without(dots, set(self._shown(ink)))
            if radii is None:
                paint_hollow(ink, grey, vector=ink.vector)
            else:
                none = np.zeros(len(grey.rows), dtype=np.uint8)
                paint_colored(ink, grey, none, [], self._radii(figure, grey), vector=ink.vector)
            paint_shown(
                ink,
                frame,
                self.row_of,
                figure.px,
                figure.py,
                lambda row: self._radius(figure, row) + 0.8,
            )
        elif len(dots.rows):
            codes, colors = self._codes(ink, figure)
            paint_colored(ink, dots, codes[dots.rows], colors, radii, vector=ink.vector)

    def paint_lit(self, ink: Ink, frame: Frame, figure: Scatter) -> None:
        lit = self.lit_rows()
        for row in lit:
            x, y = frame.x_at(figure.px[row]), frame.y_at(figure.py[row])
            if not math.isfinite(x) or not math.isfinite(y):
                continue
            radius = self._radius(figure, row) + 1.8
            ink.painter.setPen(ink.pen("text", 1.6))
            ink.painter.setBrush(self._color_of(ink, figure, row))
            ink.painter.drawEllipse(QPointF(x, y), radius, radius)
            if len(lit) <= _NAMED and self._hit is None:
                self._name(ink, frame, QPointF(x, y), row)

    def paint_over(self, ink: Ink, frame: Frame, figure: Scatter) -> None:
        if figure.color is not None:
            paint_bar(ink, frame, figure.color, continuous)

    def hit_at(self, frame: Frame, figure: Scatter, point: QPointF) -> Hit | None:
        row = nearest(visible(frame, figure.px, figure.py), point)
        if row < 0:
            return None
        roles = (Role.Y, Role.X, Role.COLOR, Role.SIZE)
        return run_lines(self.table, row, [self.chart.name(role) for role in roles])

    def runs_in(self, frame: Frame, figure: Scatter, box: QRectF) -> Mask | None:
        return within(frame, figure.px, figure.py, box)

    def steps(self, figure: Scatter) -> Sequence[int]:
        order = np.argsort(figure.px, kind="stable")
        there = np.isfinite(figure.px) & np.isfinite(figure.py)
        return [int(row) for row in order if there[row]]

    def note(self) -> str:
        figure = self.figure
        if figure is None:
            return ""
        words = [formats.counted(len(figure.px) - figure.missing, "run")]
        if not math.isnan(figure.rho):
            words.append(f"{'η' if figure.is_eta else 'ρ'} = {formats.number(figure.rho, 2)}")
        if figure.missing:
            words.append(self.missing_words(figure.missing))
        return " · ".join(words)

    def describe(self, figure: Scatter) -> str:
        return f"Scatter of {figure.y.title} against {figure.x.title}, {self.note()}"

    def card_keys(self) -> list[Key]:
        return self.legend() if self.figure is not None and self.figure.groups is not None else []

    def legend(self, *, light: bool = False) -> list[Key]:
        figure = self.figure
        if figure is None or figure.color is not None:
            return []
        if figure.groups is None:
            return super().legend(light=light)
        names = enumerate(figure.groups.labels)
        return [Key(name, self.theme.run_color(at, light=light), None) for at, name in names]

    def numbers(self) -> dict[str, Sequence[Any]]:
        roles = (Role.X, Role.Y, Role.COLOR, Role.SIZE)
        return as_numbers(self.table, [self.chart.name(role) for role in roles])

    def script_of(self, figure: Scatter, styles: Mapping[str, CurveStyle]) -> str:
        return scatter_script(self.chart, self.table, figure, styles_of(styles))

    def _shown(self, ink: Ink) -> list[int]:
        rows = (self.row_of(run_id) for run_id in ink.styles)
        return [row for row in rows if row >= 0]

    def _codes(self, ink: Ink, figure: Scatter) -> tuple[npt.NDArray[np.uint8], list[QColor]]:
        """Return the colour of each run, from 1, 0 for none, and the colours."""
        if figure.groups is not None:
            colors = [ink.run_color(at) for at in range(len(figure.groups.labels))]
            return (figure.groups.codes + 1).astype(np.uint8), colors
        shares = figure.shares if figure.shares is not None else np.empty(0)
        steps = np.nan_to_num(shares * (_SHADES - 1), nan=-1.0).round() + 1
        return steps.astype(np.uint8), [continuous(at / (_SHADES - 1)) for at in range(_SHADES)]

    def _color_of(self, ink: Ink, figure: Scatter, row: int) -> QColor:
        if figure.color is None and figure.groups is None:
            style = ink.styles.get(str(self.table.run_ids[row]))
            return style.color if style is not None else ink.color("control")
        codes, colors = self._codes(ink, figure)
        return colors[codes[row] - 1] if codes[row] else ink.color("control")

    def _radii(self, figure: Scatter, dots: Dots) -> Floats | None:
        if figure.sizes is None:
            return None
        return _radius_of(figure.sizes[dots.rows])

    def _radius(self, figure: Scatter, row: int) -> float:
        return RADIUS if figure.sizes is None else float(_radius_of(figure.sizes[[row]])[0])

    def _name(self, ink: Ink, frame: Frame, at: QPointF, row: int) -> None:
        """Write a run's name beside its point, on the side where there is room."""
        ink.painter.setFont(ink.font("small", QFont.Weight.DemiBold))
        name = formats.one_line(str(self.table.names[row]))
        wide = QFontMetricsF(ink.painter.font()).horizontalAdvance(name)
        x, y = at.x() + 16, at.y() - 10
        if x + wide > frame.area.right():
            x = at.x() - 16 - wide
        y = max(y, frame.area.top() + 10)
        ink.painter.setPen(ink.pen("muted"))
        end = QPointF(x - 2 if x > at.x() else x + wide + 2, y - 2)
        ink.painter.drawLine(at + (end - at) * 0.4, end)
        ink.painter.setPen(ink.color("text"))
        ink.painter.drawText(QPointF(x, y + 3), name)


def _radius_of(shares: Floats) -> Floats:
    """Return radii so that areas grow evenly; those without a value are the smallest."""
    filled = np.nan_to_num(shares, nan=0.0)
    return np.asarray(np.sqrt(_LEAST**2 + filled * (_LARGEST**2 - _LEAST**2)), dtype=np.float64)


def _without(dots: Dots, rows: set[int]) -> Dots:
    if not rows:
        return dots
    kept = ~np.isin(dots.rows, list(rows))
    return Dots(dots.rows[kept], dots.x[kept], dots.y[kept])
