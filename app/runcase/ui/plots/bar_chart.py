"""Bars of a number for each run, or of its mean for each category."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt

from runcase.curves.chart import Chart, Role
from runcase.curves.figures.bars import Bars, bars
from runcase.curves.figures.columns import column
from runcase.curves.groups_of_runs import groups_of
from runcase.curves.run_table import RunTable
from runcase.curves.scales import Scale, ScaleKind
from runcase.curves.scripts.bars import bars_script
from runcase.itemmodels import formats
from runcase.progress import Progress
from runcase.ui.plots.chart_view import CurveStyle, Key
from runcase.ui.plots.frame import Frame
from runcase.ui.plots.ink import Ink
from runcase.ui.plots.point_tip import Hit
from runcase.ui.plots.rows_plot import RowsPlot
from runcase.ui.plots.run_words import run_lines, styles_of
from runcase.ui.plots.runs_plot import Mask
from runcase.ui.plots.tick_texts import value_text


class BarChart(RowsPlot[Bars]):
    """The largest first; means carry their standard deviation."""

    def compute(self, chart: Chart, table: RunTable, progress: Progress) -> Bars:
        return bars(chart, table)

    def names(self, figure: Bars) -> tuple[str, ...]:
        return figure.labels

    def values(self, figure: Bars) -> Scale:
        return figure.x

    def emptiness(self, figure: Bars) -> str:
        if not len(self.table):
            return "No run matches."
        return "" if len(figure.values) else f"No run has {figure.x.title}."

    def paint_marks(self, ink: Ink, frame: Frame, figure: Bars) -> None:
        base = 0.0 if figure.x.low <= 0.0 <= figure.x.high else figure.x.low
        base = figure.x.low if figure.x.kind is ScaleKind.LOG else base
        places = figure.x.on(figure.values)
        first, last = sorted((frame.y.low, frame.y.high))
        for row in range(max(0, math.floor(first)), min(len(places), math.ceil(last) + 1)):
            box = self.row_box(frame, row, base, places[row])
            if not math.isfinite(places[row]):
                self._write(ink, frame, row, formats.number(figure.values[row]))
                continue
            style = ink.styles.get(self._run_of(figure, row))
            ink.painter.setPen(Qt.PenStyle.NoPen)
            ink.painter.setBrush(style.color if style is not None else ink.color("bar"))
            if style is None:
                ink.painter.setPen(ink.pen("control", 0.8))
            ink.painter.drawRect(box)
            self._error(ink, frame, figure, row, box)

    def paint_lit(self, ink: Ink, frame: Frame, figure: Bars) -> None:
        rows = {int(run): at for at, run in enumerate(figure.runs)}
        for run in self.lit_rows():
            if run in rows:
                self.paint_row_light(ink, frame, rows[run])

    def hit_at(self, frame: Frame, figure: Bars, point: QPointF) -> Hit | None:
        row = self.row_at(frame, figure, point)
        if row < 0:
            return None
        run = int(figure.runs[row])
        if run >= 0:
            return run_lines(self.table, run, [self.chart.name(Role.Y)])
        lines = [("mean", value_text(figure.x, float(figure.x.on(figure.values[[row]])[0])))]
        if math.isfinite(figure.errors[row]):
            lines.append(("standard deviation", formats.number(figure.errors[row])))
        lines.append(("runs", formats.count(int(figure.counts[row]))))
        return Hit("", figure.labels[row], tuple(lines))

    def runs_in(self, frame: Frame, figure: Bars, box: QRectF) -> Mask | None:
        inside = np.zeros(len(self.table), dtype=np.bool_)
        low, high = (
            frame.y.place(frame.shares(point)[1]) for point in (box.topLeft(), box.bottomLeft())
        )
        rows = [at for at in range(len(figure.runs)) if low - 0.5 <= at <= high + 0.5]
        if figure.by:
            groups = groups_of(column(self.table, self.chart.name(Role.X)), 200)
            wanted = {figure.labels[at] for at in rows}
            codes = [at for at, label in enumerate(groups.labels) if label in wanted]
            return np.isin(groups.codes, codes)
        inside[figure.runs[rows]] = True
        return inside

    def steps(self, figure: Bars) -> Sequence[int]:
        return [int(run) for run in figure.runs if run >= 0]

    def note(self) -> str:
        figure = self.figure
        if figure is None:
            return ""
        words = [formats.counted(len(figure.values), "run")]
        if figure.by:
            words = [f"mean ± standard deviation by {figure.by}"]
        if figure.left_out:
            words.append(f"{figure.left_out:,} more not drawn")
        if figure.missing:
            words.append(self.missing_words(figure.missing))
        return " · ".join(words)

    def describe(self, figure: Bars) -> str:
        best = f", {figure.labels[0]} first" if figure.labels else ""
        return f"Bars of {figure.x.title}, {self.note()}{best}"

    def legend(self, *, light: bool = False) -> list[Key]:
        return [] if self.figure is not None and self.figure.by else super().legend(light=light)

    def numbers(self) -> dict[str, Sequence[Any]]:
        figure = self.figure
        if figure is None:
            return {}
        if not figure.by:
            runs = [int(run) for run in figure.runs]
            return {
                "run_id": [str(self.table.run_ids[run]) for run in runs],
                "run": list(figure.labels),
                figure.x.title: figure.values.tolist(),
            }
        return {
            figure.by: list(figure.labels),
            f"mean of {figure.x.title}": figure.values.tolist(),
            "standard deviation": figure.errors.tolist(),
            "runs": figure.counts.tolist(),
        }

    def script_of(self, figure: Bars, styles: Mapping[str, CurveStyle]) -> str:
        return bars_script(self.table, figure, styles_of(styles))

    def _run_of(self, figure: Bars, row: int) -> str:
        run = int(figure.runs[row])
        return str(self.table.run_ids[run]) if run >= 0 else ""

    def _write(self, ink: Ink, frame: Frame, row: int, text: str) -> None:
        ink.painter.setFont(ink.font("caption"))
        ink.painter.setPen(ink.color("warn"))
        ink.painter.drawText(QPointF(frame.area.left() + 6, frame.y_at(row) + 4), text)

    def _error(self, ink: Ink, frame: Frame, figure: Bars, row: int, box: QRectF) -> None:
        if not math.isfinite(figure.errors[row]):
            return
        ends = figure.values[row] + figure.errors[row] * np.array([-1.0, 1.0])
        low, high = frame.px(figure.x.on(ends))
        low = low if math.isfinite(low) else frame.area.left()
        middle = box.center().y()
        ink.painter.setPen(ink.pen("text", 1.2))
        ink.painter.drawLine(QLineF(low, middle, high, middle))
        for x in (low, high):
            ink.painter.drawLine(QLineF(x, middle - 3, x, middle + 3))
