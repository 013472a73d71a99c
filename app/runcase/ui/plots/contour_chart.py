"""A contour chart: lines of one value over two columns, interpolated between the runs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainterPath, QPolygonF

from runcase.curves.chart import Chart, Role
from runcase.curves.figures.columns import as_numbers
from runcase.curves.figures.contour import Band, Contour, contour
from runcase.curves.run_table import RunTable
from runcase.curves.scales import Scale, ScaleKind
from runcase.curves.scripts.contour import contour_script
from runcase.curves.series import Floats, Ints
from runcase.itemmodels import formats
from runcase.progress import Progress
from runcase.ui.plots.chart_view import CurveStyle
from runcase.ui.plots.color_bar import bar_width, paint_bar
from runcase.ui.plots.dots import RADIUS, nearest, paint_hollow, paint_shown, visible, within
from runcase.ui.plots.frame import Frame
from runcase.ui.plots.ink import Ink, readable_on
from runcase.ui.plots.point_tip import Hit
from runcase.ui.plots.run_words import run_lines, styles_of
from runcase.ui.plots.runs_plot import Mask, RunsPlot
from runcase.ui.plots.tick_texts import short, value_text

# Of a line's label: what stays free around it, and how much longer than it its line is.
_PAD = 4.0
_LONGER = 2.2
_LINE_ALPHA = 0.55
# More points than these are drawn so small that the surface shows through.
_FEW = 400


class ContourChart(RunsPlot[Contour]):
    """Filled bands with labelled lines, the runs on top; outside of them nothing is drawn."""

    def compute(self, chart: Chart, table: RunTable, progress: Progress) -> Contour:
        return contour(chart, table)

    def axes(self, figure: Contour) -> tuple[Scale, Scale]:
        return figure.x, figure.y

    def emptiness(self, figure: Contour) -> str:
        if not len(self.table):
            return "No run matches."
        if not self.chart.name(Role.Z):
            return "Choose in Axes… which column the lines are of."
        there = len(figure.px) - figure.missing
        names = f"{figure.x.title}, {figure.y.title} and {figure.z.title}"
        if not there:
            return f"No run has {names}."
        if not len(figure.surface.corners):
            return (
                "Contours need runs at three places that are not in line; the "
                f"{formats.counted(there, 'run')} with {names} have no such."
            )
        return ""

    def side(self, ink: Ink, figure: Contour) -> float:
        return bar_width(ink, figure.z)

    def paint_marks(self, ink: Ink, frame: Frame, figure: Contour) -> None:
        painter = ink.painter
        painter.save()
        area, hull = painter.clipPath(), _path(frame, figure.hull, None)
        # A clip that Qt intersects is one of whole pixels: its edge would have steps in an SVG.
        painter.setClipPath(hull.intersected(area))
        painter.setPen(Qt.PenStyle.NoPen)
        # Neighbours share an edge: antialiased, it would shine through as a line.
        painter.setRenderHint(painter.RenderHint.Antialiasing, False)
        for band in figure.bands:
            color = _color(ink, figure, band)
            for points, offsets in band.areas:
                painter.fillPath(_path(frame, points, offsets), color)
        painter.setRenderHint(painter.RenderHint.Antialiasing, True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(ink.pen(ink.color("text-2", _LINE_ALPHA)))
        for _, lines in figure.lines:
            for line in lines:
                painter.drawPolyline(_polygon(frame, line))
        self._label(ink, frame, figure, hull)
        painter.restore()
        painter.setClipPath(area)  # by restoring alone the SVG would cut runs at the edge in two
        self._paint_runs(ink, frame, figure)

    def paint_over(self, ink: Ink, frame: Frame, figure: Contour) -> None:
        def color(share: float) -> QColor:
            place = figure.z.place(share)
            band = next((each for each in figure.bands if place <= each.high), figure.bands[-1])
            return _color(ink, figure, band)

        paint_bar(ink, frame, figure.z, color)

    def paint_lit(self, ink: Ink, frame: Frame, figure: Contour) -> None:
        for row in self.lit_rows():
            x, y = frame.x_at(figure.px[row]), frame.y_at(figure.py[row])
            if not math.isfinite(x) or not math.isfinite(y):
                continue
            style = ink.styles.get(str(self.table.run_ids[row]))
            ink.painter.setPen(ink.pen("text", 1.6))
            ink.painter.setBrush(style.color if style is not None else ink.color("control"))
            ink.painter.drawEllipse(QPointF(x, y), RADIUS + 1.8, RADIUS + 1.8)

    def hit_at(self, frame: Frame, figure: Contour, point: QPointF) -> Hit | None:
        row = nearest(visible(frame, figure.px, figure.py), point)
        if row >= 0:
            roles = (Role.Z, Role.X, Role.Y)
            return run_lines(self.table, row, [self.chart.name(role) for role in roles])
        if not frame.area.contains(point):
            return None
        across, up = frame.shares(point)
        x, y = frame.x.place(across), frame.y.place(up)
        value = figure.value_at(x, y)
        if math.isnan(value):
            return None
        lines = (
            (f"{figure.z.title}, interpolated", value_text(figure.z, value)),
            (figure.x.title, value_text(figure.x, x)),
            (figure.y.title, value_text(figure.y, y)),
        )
        return Hit("", "Between the runs", lines)

    def clicked(self, frame: Frame, figure: Contour, point: QPointF, hit: Hit | None) -> None:
        is_run = hit is not None and bool(hit.run_id)
        super().clicked(frame, figure, point, hit if is_run else None)

    def runs_in(self, frame: Frame, figure: Contour, box: QRectF) -> Mask | None:
        return within(frame, figure.px, figure.py, box)

    def steps(self, figure: Contour) -> Sequence[int]:
        order = np.argsort(figure.px, kind="stable")
        return [int(row) for row in order if math.isfinite(figure.px[row])]

    def note(self) -> str:
        figure = self.figure
        if figure is None:
            return ""
        words = [formats.counted(len(figure.px) - figure.missing, "run")]
        if figure.is_thinned:
            words.append(f"means of {formats.count(len(figure.surface.x))} places")
        words.append("linear between them")
        texts = [each.title for each in (figure.x, figure.y) if each.kind is ScaleKind.CATEGORY]
        if texts:
            words.append(f"{' and '.join(texts)} in the order of names, nothing lies between")
        if figure.missing:
            words.append(self.missing_words(figure.missing))
        return " · ".join(words)

    def describe(self, figure: Contour) -> str:
        low, high = (value_text(figure.z, each) for each in (figure.z.low, figure.z.high))
        return (
            f"Contours of {figure.z.title} over {figure.x.title} and {figure.y.title}, "
            f"{low} to {high}, {self.note()}"
        )

    def numbers(self) -> dict[str, Sequence[Any]]:
        return as_numbers(self.table, [self.chart.name(role) for role in (Role.X, Role.Y, Role.Z)])

    def script_of(self, figure: Contour, styles: Mapping[str, CurveStyle]) -> str:
        return contour_script(self.table, figure, styles_of(styles))

    def _paint_runs(self, ink: Ink, frame: Frame, figure: Contour) -> None:
        dots = visible(frame, figure.px, figure.py)
        if len(dots.rows) > _FEW:
            ink.painter.setPen(ink.pen(ink.color("text-2", 0.5), 1.6))
            pairs = zip(dots.x.tolist(), dots.y.tolist(), strict=True)
            ink.painter.drawPoints(QPolygonF([QPointF(x, y) for x, y in pairs]))
        else:
            paint_hollow(ink, dots, vector=ink.vector, filled=True)
        paint_shown(ink, frame, self.row_of, figure.px, figure.py, lambda row: RADIUS + 0.8)

    def _label(self, ink: Ink, frame: Frame, figure: Contour, hull: QPainterPath) -> None:
        """Write a line's value at the middle of its longest piece, along it."""
        painter = ink.painter
        painter.setFont(ink.font("caption"))
        metrics = QFontMetricsF(painter.font())
        taken: list[QRectF] = []
        for level, lines in figure.lines:
            text = short(figure.z.value(level), 4)
            wide, high = metrics.horizontalAdvance(text) + _PAD, metrics.height()
            found = _straight(frame, lines, wide)
            if found is None:
                continue
            middle, angle = found
            room = QRectF(middle.x() - wide / 2, middle.y() - wide / 2, wide, wide)
            fits = hull.contains(room) and frame.area.contains(room)
            if not fits or any(room.intersects(each) for each in taken):
                continue
            taken.append(room)
            color = ink.step(float(figure.z.share(np.array([level]))[0]))
            painter.save()
            painter.translate(middle)
            painter.rotate(angle)
            box = QRectF(-wide / 2, -high / 2, wide, high)
            painter.fillRect(box.adjusted(0, 1, 0, -1), color)
            painter.setPen(readable_on(color))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
            painter.restore()


def _color(ink: Ink, figure: Contour, band: Band) -> QColor:
    return ink.step(float(figure.z.share(np.array([band.low / 2 + band.high / 2]))[0]))


def _polygon(frame: Frame, points: Floats) -> QPolygonF:
    xs, ys = frame.px(points[:, 0]).tolist(), frame.py(points[:, 1]).tolist()
    return QPolygonF([QPointF(x, y) for x, y in zip(xs, ys, strict=True)])


def _path(frame: Frame, points: Floats, offsets: Ints | None) -> QPainterPath:
    """Return rings as one path; what lies within a second ring is a hole."""
    path = QPainterPath()
    ends = [0, len(points)] if offsets is None else offsets.tolist()
    for start, end in pairwise(ends):
        path.addPolygon(_polygon(frame, points[start:end]))
        path.closeSubpath()
    return path


def _straight(frame: Frame, lines: Sequence[Floats], wide: float) -> tuple[QPointF, float] | None:
    """Return place and angle in degrees of a text on the longest of lines, None for no room.

    Of the stretches as long as the text, the one that bends least, near the middle if alike.
    """
    best: tuple[float, QPointF, float] | None = None
    for line in lines:
        x, y = frame.px(line[:, 0]), frame.py(line[:, 1])
        along = np.concatenate(([0.0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))))
        if along[-1] < _LONGER * wide:
            continue
        starts = np.linspace(along[-1] * 0.1, along[-1] * 0.9 - wide, 15)
        from_x, from_y = np.interp(starts, along, x), np.interp(starts, along, y)
        to_x, to_y = np.interp(starts + wide, along, x), np.interp(starts + wide, along, y)
        bend = wide - np.hypot(to_x - from_x, to_y - from_y)
        cost = bend + np.abs(np.linspace(-1, 1, 15)) - along[-1] / 1e3
        at = int(cost.argmin())
        if best is None or cost[at] < best[0]:
            middle = QPointF((from_x[at] + to_x[at]) / 2, (from_y[at] + to_y[at]) / 2)
            angle = math.degrees(math.atan2(to_y[at] - from_y[at], to_x[at] - from_x[at]))
            best = float(cost[at]), middle, (angle + 90) % 180 - 90
    return None if best is None else best[1:]
