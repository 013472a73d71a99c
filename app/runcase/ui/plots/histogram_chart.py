"""A histogram of a column of runs, stacked by a category if wanted."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF

from runcase.curves.chart import Chart, Role
from runcase.curves.figures.columns import as_numbers, column
from runcase.curves.figures.histogram import Histogram, histogram
from runcase.curves.run_table import RunTable
from runcase.curves.scales import Scale, ScaleKind
from runcase.curves.scripts.histogram import histogram_script
from runcase.itemmodels import formats
from runcase.progress import Progress
from runcase.ui.plots.chart_view import CurveStyle, Key
from runcase.ui.plots.frame import Frame
from runcase.ui.plots.ink import Ink
from runcase.ui.plots.point_tip import Hit
from runcase.ui.plots.runs_plot import Mask, RunsPlot
from runcase.ui.plots.tick_texts import value_text


class HistogramChart(RunsPlot[Histogram]):
    """A click on a bar selects its runs; shown runs are ticks in their colours below."""

    def compute(self, chart: Chart, table: RunTable, progress: Progress) -> Histogram:
        return histogram(chart, table)

    def axes(self, figure: Histogram) -> tuple[Scale, Scale]:
        return figure.x, figure.y

    def emptiness(self, figure: Histogram) -> str:
        if not len(self.table):
            return "No run matches."
        return "" if figure.counts.sum() else f"No run has {figure.x.title}."

    def paint_marks(self, ink: Ink, frame: Frame, figure: Histogram) -> None:
        edges = frame.px(figure.edges)
        floor = np.zeros(figure.counts.shape[1])
        gap = 6.0 if figure.x.kind is ScaleKind.CATEGORY else 0.0
        for layer, counts in enumerate(figure.counts):
            color = ink.color("accent", 0.75) if figure.groups is None else ink.run_color(layer)
            top = floor + counts
            low, high = frame.py(floor), frame.py(top)
            ink.painter.setBrush(color)
            ink.painter.setPen(ink.pen("surface", 0.8))
            for at in np.flatnonzero(counts):
                left, right = edges[at] + gap, edges[at + 1] - gap
                box = QRectF(left, high[at], max(1.0, right - left), low[at] - high[at])
                ink.painter.drawRect(box)
            floor = top
        for run_id, style in ink.styles.items():
            self._tick(ink, frame, figure, self.row_of(run_id), ink.pen(style.color, 2.0))

    def paint_lit(self, ink: Ink, frame: Frame, figure: Histogram) -> None:
        for row in self.lit_rows():
            at = int(figure.bins[row])
            if at < 0:
                continue
            low, high = frame.px(figure.edges[at : at + 2])
            top = frame.y_at(float(figure.counts[:, at].sum()))
            ink.painter.setPen(ink.pen("text", 1.6))
            ink.painter.setBrush(ink.color("text", 0.0))
            ink.painter.drawRect(QRectF(low, top, high - low, frame.area.bottom() - top))
            self._tick(ink, frame, figure, row, ink.pen("text", 3.0))

    def hit_at(self, frame: Frame, figure: Histogram, point: QPointF) -> Hit | None:
        at = self._bin_at(frame, figure, point)
        if at < 0 or not frame.area.contains(point):
            return None
        counts = figure.counts[:, at]
        if not counts.sum():
            return None
        lines = [("runs", formats.count(int(counts.sum())))]
        if figure.groups is not None:
            named = zip(figure.groups.labels, counts, strict=True)
            lines += [(name, formats.count(int(count))) for name, count in named if count]
        return Hit("", self._range(figure, at), tuple(lines))

    def runs_in(self, frame: Frame, figure: Histogram, box: QRectF) -> Mask | None:
        first = self._bin_at(frame, figure, box.topLeft())
        last = self._bin_at(frame, figure, box.topRight())
        if first < 0 and last < 0:
            return None
        first, last = max(0, first), last if last >= 0 else figure.counts.shape[1] - 1
        return (figure.bins >= first) & (figure.bins <= last)

    def steps(self, figure: Histogram) -> Sequence[int]:
        return [int(row) for row in np.argsort(figure.bins, kind="stable") if figure.bins[row] >= 0]

    def note(self) -> str:
        figure = self.figure
        if figure is None:
            return ""
        words = [formats.counted(int(figure.counts.sum()), "run")]
        if figure.x.kind is not ScaleKind.CATEGORY:
            words.append(formats.counted(figure.counts.shape[1], "bin"))
        if figure.missing:
            words.append(self.missing_words(figure.missing))
        return " · ".join(words)

    def describe(self, figure: Histogram) -> str:
        return f"Histogram of {figure.x.title}, {self.note()}"

    def card_keys(self) -> list[Key]:
        return self.legend() if self.figure is not None and self.figure.groups is not None else []

    def legend(self, *, light: bool = False) -> list[Key]:
        figure = self.figure
        if figure is None or figure.groups is None:
            return []
        labels = enumerate(figure.groups.labels)
        return [Key(label, self.theme.run_color(at, light=light), None) for at, label in labels]

    def numbers(self) -> dict[str, Sequence[Any]]:
        return as_numbers(self.table, [self.chart.name(Role.X), self.chart.name(Role.COLOR)])

    def script_of(self, figure: Histogram, styles: Mapping[str, CurveStyle]) -> str:
        return histogram_script(figure)

    def _tick(self, ink: Ink, frame: Frame, figure: Histogram, row: int, pen: Any) -> None:
        if row < 0 or figure.bins[row] < 0 or figure.x.kind is ScaleKind.CATEGORY:
            return
        values = column(self.table, self.chart.name(Role.X)).numbers
        x = frame.px(figure.x.on(values[[row]]))[0]
        if math.isfinite(x):
            ink.painter.setPen(pen)
            ink.painter.drawLine(QLineF(x, frame.area.bottom() - 9, x, frame.area.bottom()))

    def _bin_at(self, frame: Frame, figure: Histogram, point: QPointF) -> int:
        place = frame.x.place(frame.shares(point)[0])
        at = int(np.searchsorted(figure.edges, place, "right")) - 1
        return at if 0 <= at < figure.counts.shape[1] else -1

    def _range(self, figure: Histogram, at: int) -> str:
        if figure.x.kind is ScaleKind.CATEGORY:
            return figure.x.labels[at]
        low, high = (value_text(figure.x, float(each)) for each in figure.edges[at : at + 2])
        return f"{low} to {high}"
