"""A heat map: the mean of a column, or the number of runs, over a grid of two others."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF

from runcase.curves.chart import Chart, Role
from runcase.curves.figures.heat import Heat, heat
from runcase.curves.run_table import RunTable
from runcase.curves.scales import Scale, ScaleKind
from runcase.curves.scripts.heat import heat_script
from runcase.itemmodels import formats
from runcase.progress import Progress
from runcase.ui.plots.chart_view import CurveStyle, Key
from runcase.ui.plots.color_bar import bar_width, paint_bar
from runcase.ui.plots.frame import Frame
from runcase.ui.plots.ink import Ink, readable_on
from runcase.ui.plots.point_tip import Hit
from runcase.ui.plots.runs_plot import Mask, RunsPlot
from runcase.ui.plots.tick_texts import value_text


class HeatChart(RunsPlot[Heat]):
    """Cells in the design's sequential colours, with their number where there is room."""

    def compute(self, chart: Chart, table: RunTable, progress: Progress) -> Heat:
        return heat(chart, table)

    def axes(self, figure: Heat) -> tuple[Scale, Scale]:
        return figure.x, figure.y

    def emptiness(self, figure: Heat) -> str:
        if not len(self.table):
            return "No run matches."
        if not figure.count.any():
            third = "" if not self.chart.name(Role.Z) else f" and {figure.z.title}"
            return f"No run has {figure.x.title}, {figure.y.title}{third}."
        return ""

    def side(self, ink: Ink, figure: Heat) -> float:
        return bar_width(ink, figure.z)

    def paint_marks(self, ink: Ink, frame: Frame, figure: Heat) -> None:
        painter = ink.painter
        shares = figure.z.share(figure.mean.ravel()).reshape(figure.mean.shape)
        painter.setFont(ink.font("caption"))
        metrics = QFontMetricsF(painter.font())
        # Neighbours share an edge: antialiased, it would shine through as a line.
        painter.setRenderHint(painter.RenderHint.Antialiasing, False)
        for row, column in np.argwhere(figure.count > 0):
            box = self._cell(frame, figure, int(row), int(column))
            color = ink.step(float(shares[row, column]))
            painter.fillRect(box, color)
            text = formats.number(float(figure.mean[row, column]))
            if not self.chart.name(Role.Z):
                text = formats.count(int(figure.count[row, column]))
            if (
                metrics.horizontalAdvance(text) + 6 < box.width()
                and box.height() > metrics.height()
            ):
                painter.setPen(readable_on(color))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.setRenderHint(painter.RenderHint.Antialiasing, True)

    def paint_over(self, ink: Ink, frame: Frame, figure: Heat) -> None:
        paint_bar(ink, frame, figure.z, ink.step)

    def paint_lit(self, ink: Ink, frame: Frame, figure: Heat) -> None:
        ink.painter.setBrush(Qt.BrushStyle.NoBrush)
        ink.painter.setPen(ink.pen("text", 1.8))
        for row in self.lit_rows():
            if figure.x_bins[row] >= 0:
                ink.painter.drawRect(
                    self._cell(frame, figure, int(figure.y_bins[row]), int(figure.x_bins[row]))
                )

    def hit_at(self, frame: Frame, figure: Heat, point: QPointF) -> Hit | None:
        cell = self._cell_at(frame, figure, point)
        if cell is None or not figure.count[cell]:
            return None
        lines = [
            (figure.y.title, _range(figure.y, figure.y_edges, cell[0])),
            ("runs", formats.count(int(figure.count[cell]))),
        ]
        if self.chart.name(Role.Z):
            mean = formats.number(float(figure.mean[cell]))
            lines.insert(1, (f"mean of {figure.z.title}", mean))
        heading = f"{figure.x.title} {_range(figure.x, figure.x_edges, cell[1])}"
        return Hit("", heading, tuple(lines))

    def runs_in(self, frame: Frame, figure: Heat, box: QRectF) -> Mask | None:
        first = self._cell_at(frame, figure, box.bottomLeft())
        last = self._cell_at(frame, figure, box.topRight())
        if first is None or last is None:
            return None
        x, y = figure.x_bins, figure.y_bins
        return (x >= first[1]) & (x <= last[1]) & (y >= first[0]) & (y <= last[0])

    def note(self) -> str:
        figure = self.figure
        if figure is None:
            return ""
        what = f"mean of {figure.z.title}" if self.chart.name(Role.Z) else "number of runs"
        words = [what, formats.counted(len(figure.x_bins) - figure.missing, "run")]
        if figure.missing:
            words.append(self.missing_words(figure.missing))
        return " · ".join(words)

    def describe(self, figure: Heat) -> str:
        return f"Heat map of {figure.y.title} against {figure.x.title}, {self.note()}"

    def legend(self, *, light: bool = False) -> list[Key]:
        return []

    def numbers(self) -> dict[str, Sequence[Any]]:
        figure = self.figure
        if figure is None:
            return {}
        filled = np.argwhere(figure.count > 0)
        return {
            figure.x.title: [_range(figure.x, figure.x_edges, int(at)) for _, at in filled],
            f"{figure.y.title} (y)": [
                _range(figure.y, figure.y_edges, int(at)) for at, _ in filled
            ],
            f"mean of {figure.z.title}": [float(figure.mean[row, at]) for row, at in filled],
            "n": [int(figure.count[row, at]) for row, at in filled],
        }

    def script_of(self, figure: Heat, styles: Mapping[str, CurveStyle]) -> str:
        return heat_script(figure)

    def _cell(self, frame: Frame, figure: Heat, row: int, column: int) -> QRectF:
        x = frame.px(figure.x_edges[column : column + 2])
        y = frame.py(figure.y_edges[row : row + 2])
        # On whole pixels, so that no gap is left.
        left, right, top, bottom = (round(float(each)) for each in (*x, y[1], y[0]))
        return QRectF(left, top, max(1, right - left), max(1, bottom - top))

    def _cell_at(self, frame: Frame, figure: Heat, point: QPointF) -> tuple[int, int] | None:
        across, up = frame.shares(point)
        column = int(np.searchsorted(figure.x_edges, frame.x.place(across), "right")) - 1
        row = int(np.searchsorted(figure.y_edges, frame.y.place(up), "right")) - 1
        high, wide = figure.mean.shape
        return (row, column) if 0 <= row < high and 0 <= column < wide else None


def _range(scale: Scale, edges: Any, at: int) -> str:
    if scale.kind is ScaleKind.CATEGORY:
        return scale.labels[at]
    low, high = (value_text(scale, float(each)) for each in edges[at : at + 2])
    return f"{low} to {high}" if not math.isclose(edges[at], edges[at + 1]) else low
