"""Importance of params for a metric: bars, the most important first, with the sign of ρ."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetricsF

from runcase.curves.chart import Chart, ChartKind, Role
from runcase.curves.figures.importance import ImportanceBars, importance
from runcase.curves.importance import Importance, Method
from runcase.curves.run_table import RunTable
from runcase.curves.scales import Scale, ScaleKind
from runcase.curves.scripts.importance import importance_script
from runcase.itemmodels import formats
from runcase.progress import Progress
from runcase.ui.plots.chart_view import CurveStyle, Key
from runcase.ui.plots.frame import Frame
from runcase.ui.plots.ink import Ink
from runcase.ui.plots.point_tip import Hit
from runcase.ui.plots.rows_plot import RowsPlot


class ImportanceChart(RowsPlot[ImportanceBars]):
    """A click on a bar asks for the scatter of its param and the metric."""

    def compute(self, chart: Chart, table: RunTable, progress: Progress) -> ImportanceBars:
        return importance(chart, table, progress)

    def names(self, figure: ImportanceBars) -> tuple[str, ...]:
        return tuple(each.title for each in _params(figure))

    def values(self, figure: ImportanceBars) -> Scale:
        params = _params(figure)
        values = [each.value for each in params]
        if figure.method is Method.RANK:
            return Scale("|ρ|, η for texts", ScaleKind.LINEAR, 0.0, 1.04)
        low, high = min([0.0, *values]), max([0.01, *values])
        return Scale("loss of R² when shuffled", ScaleKind.LINEAR, low * 1.1, high * 1.2)

    def emptiness(self, figure: ImportanceBars) -> str:
        if figure.problem:
            return figure.problem
        if not len(self.table):
            return "No run matches."
        if not _params(figure):
            return f"Nothing can be said: no param varies among runs with {figure.metric}."
        return ""

    def paint_marks(self, ink: Ink, frame: Frame, figure: ImportanceBars) -> None:
        painter = ink.painter
        painter.setFont(ink.font("small"))
        metrics = QFontMetricsF(painter.font())
        for row, each in enumerate(_params(figure)):
            box = self.row_box(frame, row, 0.0, each.value)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_color(ink, each))
            painter.drawRect(box)
            painter.setPen(ink.color("text-2"))
            text = f"{formats.number(each.value, 2)}{_sign(each)}"
            wide = metrics.horizontalAdvance(text)
            inside = box.right() + wide + 6 > frame.area.right()
            if inside:
                painter.setPen(ink.color("on-accent"))
            x = box.right() - wide - 5 if inside else box.right() + 5
            painter.drawText(QPointF(x, box.center().y() + metrics.ascent() * 0.38), text)

    def hit_at(self, frame: Frame, figure: ImportanceBars, point: QPointF) -> Hit | None:
        row = self.row_at(frame, figure, point)
        if row < 0:
            return None
        each = _params(figure)[row]
        link = "η (a text)" if math.isnan(each.link) else formats.number(each.link, 3)
        lines = [("Spearman's ρ", link), ("runs", formats.count(each.count))]
        if figure.method is Method.FOREST:
            lines.insert(0, ("loss of R²", formats.number(each.value)))
        return Hit("", each.title, tuple(lines))

    def clicked(
        self, frame: Frame, figure: ImportanceBars, point: QPointF, hit: Hit | None
    ) -> None:
        row = self.row_at(frame, figure, point)
        if row >= 0:
            columns = {Role.X: (_params(figure)[row].name,), Role.Y: (self.chart.name(Role.Y),)}
            self.wanted.emit(Chart("", ChartKind.SCATTER, columns))

    def note(self) -> str:
        figure = self.figure
        if figure is None or figure.found is None:
            return ""
        if self.busy:
            return self.busy
        words = [formats.counted(figure.found.runs, "run")]
        if figure.method is Method.FOREST:
            words.append(
                f"random forest, R² on unseen runs {formats.number(figure.found.score, 2)}"
            )
        if figure.found.silent:
            words.append(f"{formats.counted(figure.found.silent, 'constant param')} left out")
        return " · ".join(words)

    def describe(self, figure: ImportanceBars) -> str:
        said = (f"{each.title} {formats.number(each.value, 2)}" for each in _params(figure)[:8])
        return f"Importance for {figure.metric}, {self.note()}: " + ", ".join(said)

    def card_keys(self) -> list[Key]:
        return self.legend() if self.figure is not None and bool(_params(self.figure)) else []

    def legend(self, *, light: bool = False) -> list[Key]:
        figure = self.figure
        if figure is None or not _params(figure):
            return []
        return [
            Key("more is higher", self.theme.run_color(0, light=light), None),
            Key("more is lower", self.theme.run_color(1, light=light), None),
        ]

    def numbers(self) -> dict[str, Sequence[Any]]:
        params = _params(self.figure) if self.figure is not None else ()
        return {
            "param": [each.title for each in params],
            "importance": [each.value for each in params],
            "rho": [None if math.isnan(each.link) else each.link for each in params],
            "runs": [each.count for each in params],
        }

    def script_of(self, figure: ImportanceBars, styles: Mapping[str, CurveStyle]) -> str:
        return importance_script(figure)


def _params(figure: ImportanceBars) -> tuple[Importance, ...]:
    return figure.found.params if figure.found is not None else ()


def _sign(each: Importance) -> str:
    if math.isnan(each.link):
        return ""
    return " ↑" if each.link > 0 else " ↓"


def _color(ink: Ink, each: Importance) -> Any:
    if math.isnan(each.link):
        return ink.color("muted")
    return ink.run_color(0 if each.link > 0 else 1)
