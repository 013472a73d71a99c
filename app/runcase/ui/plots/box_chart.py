"""Boxes or violins of a column, one for each category of another, the runs beside."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPolygonF

from runcase.curves.chart import Chart, Role
from runcase.curves.figures.box import Boxes, boxes
from runcase.curves.figures.columns import as_numbers
from runcase.curves.run_table import RunTable
from runcase.curves.scales import Scale
from runcase.curves.scripts.box import box_script
from runcase.curves.spread import Spread
from runcase.itemmodels import formats
from runcase.progress import Progress
from runcase.ui.plots.chart_view import CurveStyle
from runcase.ui.plots.dots import nearest, paint_hollow, paint_shown, visible, within
from runcase.ui.plots.frame import Frame, paint_axes
from runcase.ui.plots.ink import Ink
from runcase.ui.plots.point_tip import Hit
from runcase.ui.plots.run_words import run_lines, styles_of
from runcase.ui.plots.runs_plot import Mask, RunsPlot
from runcase.ui.plots.tick_texts import value_text

_HALF = 0.27
_CAP = 0.12
# With more points than pixels beside each other they are a carpet: then the box says it.
_MOST_POINTS = 3_000
_WIDEST = 74.0
_MOST_NAMED = 8


class BoxChart(RunsPlot[Boxes]):
    """Median, quartiles and whiskers of 1.5 IQR, or a kernel density with the median."""

    def compute(self, chart: Chart, table: RunTable, progress: Progress) -> Boxes:
        return boxes(chart, table)

    def axes(self, figure: Boxes) -> tuple[Scale, Scale]:
        if len(figure.groups.labels) > _MOST_NAMED:
            return figure.x, figure.y
        # The last box's median is written at its right, too.
        return figure.x.seen(figure.x.low, figure.x.high + 0.25), figure.y

    def emptiness(self, figure: Boxes) -> str:
        if not len(self.table):
            return "No run matches."
        if not any(figure.spreads):
            return f"No run has {figure.y.title}."
        return ""

    def paint_frame(self, ink: Ink, frame: Frame, figure: Boxes) -> None:
        counts = (each.count if each is not None else 0 for each in figure.spreads)
        paint_axes(ink, frame, under=tuple(formats.counted(count, "run") for count in counts))

    def paint_marks(self, ink: Ink, frame: Frame, figure: Boxes) -> None:
        half = self._half(frame)
        for at, spread in enumerate(figure.spreads):
            if spread is None:
                continue
            x = frame.x_at(at)
            if figure.outlines:
                self._violin(ink, frame, figure, at, half)
            else:
                self._box(ink, frame, spread, x, half)
        dots = visible(frame, figure.px, figure.py)
        if len(dots.rows) <= _MOST_POINTS:
            paint_hollow(ink, dots, vector=ink.vector, filled=True)
        paint_shown(ink, frame, self.row_of, figure.px, figure.py, lambda _: 4.2)
        for at, spread in enumerate(figure.spreads):
            if spread is not None:
                self._median(ink, frame, spread, frame.x_at(at), half)

    def paint_lit(self, ink: Ink, frame: Frame, figure: Boxes) -> None:
        for row in self.lit_rows():
            x, y = frame.x_at(figure.px[row]), frame.y_at(figure.py[row])
            if math.isfinite(x) and math.isfinite(y):
                style = ink.styles.get(str(self.table.run_ids[row]))
                ink.painter.setPen(ink.pen("text", 1.6))
                ink.painter.setBrush(style.color if style is not None else ink.color("control"))
                ink.painter.drawEllipse(QPointF(x, y), 5.4, 5.4)

    def hit_at(self, frame: Frame, figure: Boxes, point: QPointF) -> Hit | None:
        row = nearest(visible(frame, figure.px, figure.py), point)
        if row >= 0:
            return run_lines(self.table, row, [self.chart.name(Role.Y), self.chart.name(Role.X)])
        if not frame.area.contains(point):
            return None
        at = round(frame.x.place(frame.shares(point)[0]))
        if not 0 <= at < len(figure.spreads) or abs(frame.x_at(at) - point.x()) > self._half(frame):
            return None
        spread = figure.spreads[at]
        if spread is None:
            return None
        return Hit("", figure.groups.labels[at], _said(figure.y, spread))

    def runs_in(self, frame: Frame, figure: Boxes, box: QRectF) -> Mask | None:
        if box.isEmpty():
            at = round(frame.x.place(frame.shares(box.topLeft())[0]))
            return np.asarray((figure.groups.codes == at) & np.isfinite(figure.py))
        return within(frame, figure.px, figure.py, box)

    def steps(self, figure: Boxes) -> Sequence[int]:
        order = np.lexsort((figure.py, figure.groups.codes))
        there = np.isfinite(figure.px) & np.isfinite(figure.py)
        return [int(row) for row in order if there[row]]

    def note(self) -> str:
        figure = self.figure
        if figure is None:
            return ""
        words = ["density, median" if figure.outlines else "median, IQR, 1.5 × IQR"]
        if figure.groups.folded:
            words.append(f"{figure.groups.folded:,} small categories as “other”")
        if figure.missing:
            words.append(self.missing_words(figure.missing))
        return " · ".join(words)

    def describe(self, figure: Boxes) -> str:
        kind = "Violins" if figure.outlines else "Boxes"
        medians = (
            f"{label} median {value_text(figure.y, each.median)} of {each.count}"
            for label, each in zip(figure.groups.labels, figure.spreads, strict=True)
            if each is not None
        )
        return f"{kind} of {figure.y.title} by {figure.groups.title or 'nothing'}: " + ", ".join(
            medians
        )

    def numbers(self) -> dict[str, Sequence[Any]]:
        return as_numbers(self.table, [self.chart.name(Role.X), self.chart.name(Role.Y)])

    def script_of(self, figure: Boxes, styles: Mapping[str, CurveStyle]) -> str:
        return box_script(self.table, figure, styles_of(styles))

    def _half(self, frame: Frame) -> float:
        step = frame.area.width() / max(1e-9, frame.x.high - frame.x.low)
        return min(_HALF * step, _WIDEST / 2)

    def _box(self, ink: Ink, frame: Frame, spread: Spread, x: float, half: float) -> None:
        painter = ink.painter
        low, high = frame.y_at(spread.low), frame.y_at(spread.high)
        first, third = frame.y_at(spread.first), frame.y_at(spread.third)
        painter.setPen(ink.pen("muted"))
        painter.drawLine(QLineF(x, low, x, first))
        painter.drawLine(QLineF(x, third, x, high))
        cap = max(4.0, half * _CAP * 3)
        painter.drawLine(QLineF(x - cap, low, x + cap, low))
        painter.drawLine(QLineF(x - cap, high, x + cap, high))
        painter.setBrush(ink.color("bar"))
        painter.drawRect(QRectF(x - half, third, 2 * half, first - third))

    def _violin(self, ink: Ink, frame: Frame, figure: Boxes, at: int, half: float) -> None:
        places, widths = figure.outlines[at]
        if not len(places):
            return
        x, y = frame.x_at(at), frame.py(places)
        right = [QPointF(x + w * half, each) for w, each in zip(widths, y, strict=True)]
        left = [QPointF(x - w * half, each) for w, each in zip(widths, y, strict=True)]
        ink.painter.setPen(ink.pen("muted"))
        ink.painter.setBrush(ink.color("bar"))
        ink.painter.drawPolygon(QPolygonF([*right, *reversed(left)]))

    def _median(self, ink: Ink, frame: Frame, spread: Spread, x: float, half: float) -> None:
        painter, y = ink.painter, frame.y_at(spread.median)
        painter.setPen(ink.pen("text", 2.0))
        painter.drawLine(QLineF(x - half, y, x + half, y))
        painter.setFont(ink.font("small", QFont.Weight.DemiBold))
        metrics = QFontMetricsF(painter.font())
        text = value_text(frame.y, spread.median)
        step = frame.area.width() / max(1e-9, frame.x.high - frame.x.low)
        if metrics.horizontalAdvance(text) + 6 <= step - 2 * half:
            box = QRectF(x + half + 4, y - metrics.height() / 2, step, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)


def _said(scale: Scale, spread: Spread) -> tuple[tuple[str, str], ...]:
    return (
        ("runs", formats.count(spread.count)),
        ("upper whisker", value_text(scale, spread.high)),
        ("third quartile", value_text(scale, spread.third)),
        ("median", value_text(scale, spread.median)),
        ("first quartile", value_text(scale, spread.first)),
        ("lower whisker", value_text(scale, spread.low)),
    )
