"""A correlation matrix of columns of runs, its numbers in the cells."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF

from runcase.curves.chart import Chart, ChartKind, Role
from runcase.curves.figures.correlation import Correlation, correlation
from runcase.curves.matrix import Method
from runcase.curves.run_table import RunTable
from runcase.curves.scales import Scale, ScaleKind
from runcase.curves.scripts.correlation import correlation_script
from runcase.itemmodels import formats
from runcase.progress import Progress
from runcase.ui.plots.chart_view import CurveStyle, Key
from runcase.ui.plots.color_bar import bar_width, paint_bar
from runcase.ui.plots.frame import Frame
from runcase.ui.plots.ink import Ink, readable_on
from runcase.ui.plots.point_tip import Hit
from runcase.ui.plots.runs_plot import RunsPlot

_SCALE = Scale("", ScaleKind.LINEAR, -1.0, 1.0)


class CorrelationChart(RunsPlot[Correlation]):
    """A click on a cell asks for the scatter of its two columns."""

    def compute(self, chart: Chart, table: RunTable, progress: Progress) -> Correlation:
        return correlation(chart, table, progress)

    def axes(self, figure: Correlation) -> tuple[Scale, Scale]:
        wide, high = len(figure.columns), len(figure.rows)
        return (
            Scale("", ScaleKind.CATEGORY, -0.5, max(1, wide) - 0.5, figure.column_titles),
            Scale("", ScaleKind.CATEGORY, max(1, high) - 0.5, -0.5, figure.row_titles),
        )

    def emptiness(self, figure: Correlation) -> str:
        if not len(self.table):
            return "No run matches."
        if not figure.matrix.values.size:
            return "Choose the columns to correlate: Edit Chart in the menu."
        return ""

    def side(self, ink: Ink, figure: Correlation) -> float:
        return bar_width(ink, _SCALE)

    def paint_marks(self, ink: Ink, frame: Frame, figure: Correlation) -> None:
        painter = ink.painter
        painter.setFont(ink.font("caption"))
        metrics = QFontMetricsF(painter.font())
        for row, column in np.ndindex(figure.matrix.values.shape):
            value = float(figure.matrix.values[row, column])
            box = _cell(frame, row, column)
            color = ink.color("side") if math.isnan(value) else ink.diverging(value)
            painter.fillRect(box, color)
            text = formats.MISSING if math.isnan(value) else formats.number(value, 2)
            if metrics.horizontalAdvance(text) > box.width() - 4:
                text = text.replace("0.", ".", 1)
            if metrics.horizontalAdvance(text) < box.width() and box.height() > metrics.height():
                painter.setPen(ink.color("muted") if math.isnan(value) else readable_on(color))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def paint_over(self, ink: Ink, frame: Frame, figure: Correlation) -> None:
        paint_bar(ink, frame, _SCALE, lambda share: ink.diverging(2 * share - 1))

    def hit_at(self, frame: Frame, figure: Correlation, point: QPointF) -> Hit | None:
        cell = self._cell_at(frame, figure, point)
        if cell is None:
            return None
        value = float(figure.matrix.values[cell])
        name = "η" if figure.matrix.is_eta[cell] else _letter(figure)
        said = "nothing can be said" if math.isnan(value) else formats.number(value, 3)
        runs = formats.count(int(figure.matrix.counts[cell]))
        heading = f"{figure.row_titles[cell[0]]} × {figure.column_titles[cell[1]]}"
        return Hit("", heading, ((name, said), ("runs with both", runs)))

    def clicked(self, frame: Frame, figure: Correlation, point: QPointF, hit: Hit | None) -> None:
        cell = self._cell_at(frame, figure, point)
        if cell is not None and figure.rows[cell[0]] != figure.columns[cell[1]]:
            columns = {Role.X: (figure.rows[cell[0]],), Role.Y: (figure.columns[cell[1]],)}
            self.wanted.emit(Chart("", ChartKind.SCATTER, columns))

    def note(self) -> str:
        figure = self.figure
        if figure is None:
            return ""
        name = "Pearson" if figure.method is Method.PEARSON else "Spearman"
        words = [name, formats.counted(len(self.table), "run")]
        if figure.matrix.is_eta.any():
            words.append("η for texts")
        if figure.left_out:
            words.append(f"{formats.counted(figure.left_out, 'column')} left out")
        return " · ".join(words)

    def describe(self, figure: Correlation) -> str:
        values = figure.matrix.values.copy()
        same = [
            (row, column)
            for row, column in np.ndindex(values.shape)
            if figure.rows[row] == figure.columns[column]
        ]
        for cell in same:
            values[cell] = np.nan
        if not np.isfinite(values).any():
            return f"Correlation matrix, {self.note()}"
        row, column = np.unravel_index(int(np.nanargmax(np.abs(values))), values.shape)
        best = f"{figure.row_titles[int(row)]} with {figure.column_titles[int(column)]}"
        return f"Correlation matrix, {self.note()}; closest: {best} {values[row, column]:.2f}"

    def legend(self, *, light: bool = False) -> list[Key]:
        return []

    def numbers(self) -> dict[str, Sequence[Any]]:
        figure = self.figure
        if figure is None:
            return {}
        cells = list(np.ndindex(figure.matrix.values.shape))
        return {
            "row": [figure.row_titles[row] for row, _ in cells],
            "column": [figure.column_titles[column] for _, column in cells],
            "correlation": [_or_none(float(figure.matrix.values[cell])) for cell in cells],
            "runs": [int(figure.matrix.counts[cell]) for cell in cells],
        }

    def script_of(self, figure: Correlation, styles: Mapping[str, CurveStyle]) -> str:
        return correlation_script(figure)

    def _cell_at(self, frame: Frame, figure: Correlation, point: QPointF) -> tuple[int, int] | None:
        if not frame.area.contains(point):
            return None
        across, up = frame.shares(point)
        row, column = round(frame.y.place(up)), round(frame.x.place(across))
        high, wide = figure.matrix.values.shape
        return (row, column) if 0 <= row < high and 0 <= column < wide else None


def _cell(frame: Frame, row: int, column: int) -> QRectF:
    left, right = frame.x_at(column - 0.5), frame.x_at(column + 0.5)
    top, bottom = frame.y_at(row - 0.5), frame.y_at(row + 0.5)
    return QRectF(left + 0.5, top + 0.5, right - left - 1, bottom - top - 1)


def _letter(figure: Correlation) -> str:
    return "Pearson's r" if figure.method is Method.PEARSON else "Spearman's ρ"


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
