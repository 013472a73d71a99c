"""What charts of runs have in common: work beside the window, one layer painted for all."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from runcase.curves.chart import Chart
from runcase.curves.run_table import RunTable
from runcase.curves.scales import Scale
from runcase.errors import RuncaseError
from runcase.itemmodels import formats
from runcase.progress import Progress
from runcase.session.jobs import Jobs
from runcase.ui.plots.chart_view import CurveStyle, Key, RunsChart
from runcase.ui.plots.frame import Frame, fit_frame, paint_axes
from runcase.ui.plots.ink import Ink
from runcase.ui.theme import Theme

F = TypeVar("F")

_LEAST_SIZE = QSize(120, 90)


class PaintedChart(RunsChart, Generic[F]):
    """A chart whose figure is computed by a job and then painted, alike in window and file.

    What does not move with the mouse is painted once into a layer; hovering paints over it.
    """

    def __init__(
        self, theme: Theme, jobs: Jobs, chart: Chart, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, chart, parent)
        self._jobs = jobs
        self.figure: F | None = None
        # What was asked for last; `chart` and `table` are those of the figure, which comes later.
        self.asked = (chart, self.table)
        self._problem = ""
        # How far a job is that takes long, "" for none.
        self.busy = ""
        self._x: Scale | None = None
        self._y: Scale | None = None
        self._layer: QPixmap | None = None
        # How often that was painted.
        self.layers = 0
        self._rows: dict[str, int] = {}
        self.setMinimumSize(_LEAST_SIZE)
        theme.changed.connect(self.restyle)

    @abstractmethod
    def compute(self, chart: Chart, table: RunTable, progress: Progress) -> F:
        """Return what is drawn; called on a worker thread, so it looks at its arguments only."""

    @abstractmethod
    def axes(self, figure: F) -> tuple[Scale, Scale]:
        """Return the axes that show everything."""

    @abstractmethod
    def paint_marks(self, ink: Ink, frame: Frame, figure: F) -> None:
        """Paint what the figure shows."""

    @abstractmethod
    def describe(self, figure: F) -> str:
        """Say in words what is shown, for accessibility."""

    @abstractmethod
    def script_of(self, figure: F, styles: Mapping[str, CurveStyle]) -> str:
        """Return the script that draws a figure with something in it; called in a job."""

    def paint_frame(self, ink: Ink, frame: Frame, figure: F) -> None:
        """Paint the axes."""
        paint_axes(ink, frame)

    def paint_lit(self, ink: Ink, frame: Frame, figure: F) -> None:
        """Paint the selected and the hovered runs over the marks."""

    def paint_over(self, ink: Ink, frame: Frame, figure: F) -> None:
        """Paint what lies outside the area, such as a colour bar."""

    def paint_hand(self, ink: Ink) -> None:
        """Paint what follows the mouse, over all else."""

    def side(self, ink: Ink, figure: F) -> float:
        """Return how many pixels a colour bar takes at the right."""
        return 0.0

    def emptiness(self, figure: F) -> str:
        """Say why there is nothing to draw, "" where there is something."""
        return ""

    def figure_changed(self, figure: F) -> None:
        """Take over a new figure, before it is painted."""

    def script(self, styles: Mapping[str, CurveStyle]) -> Callable[[], str]:
        figure = self.figure
        if figure is None or self.emptiness(figure):
            return lambda: ""
        return partial(self.script_of, figure, dict(styles))

    def set_table(self, chart: Chart, table: RunTable) -> None:
        self.asked = (chart, table)
        self.rebuild()

    def rebuild(self) -> None:
        chart, table = self.asked

        def work(progress: Progress) -> tuple[Chart, RunTable, F]:
            return chart, table, self.compute(chart, table, progress)

        self._jobs.submit(
            work,
            owner=self,
            then=self._computed,
            failed=self._failed,
            progressed=self._progressed,
            key="figure",
        )

    def restyle(self) -> None:
        self._layer = None
        self.update()

    def set_hovered(self, run_id: str) -> None:
        if run_id != self.hovered:
            self.hovered = run_id
            self.update()

    def reset_zoom(self) -> None:
        self._x = self._y = None
        self.restyle()

    def zoomed(self) -> bool:
        """Say whether a person has moved the axes."""
        return self._x is not None

    def row_of(self, run_id: str) -> int:
        """Return the row of a run in the table, -1 for one that is not in it."""
        return self._rows.get(run_id, -1)

    def lit_rows(self) -> list[int]:
        """Return the rows of the selected runs and, last, of the hovered one."""
        lit = [self.row_of(run_id) for run_id in self.selected if run_id != self.hovered]
        return [row for row in (*sorted(lit), self.row_of(self.hovered)) if row >= 0]

    def missing_words(self, count: int) -> str:
        """Say how many runs are not in the chart, "" for none."""
        return f"{formats.counted(count, 'run')} without a value" if count else ""

    def legend(self, *, light: bool = False) -> list[Key]:
        return [
            Key(style.name, style.color, None)
            for run_id, style in self.styles.items()
            if run_id in self._rows
        ]

    def plot_size(self) -> tuple[int, int]:
        return self.width(), self.height()

    def sizeHint(self) -> QSize:
        return QSize(420, 280)

    def paint_plot(
        self,
        painter: QPainter,
        target: QRectF,
        styles: Mapping[str, CurveStyle],
        *,
        light: bool,
        scale: float = 1.0,
    ) -> None:
        ink = Ink(painter, self.theme, styles, light, vector=True)
        painter.save()
        painter.translate(target.topLeft())
        self._paint_all(ink, QRectF(0, 0, target.width(), target.height()))
        painter.restore()

    def frame(self) -> Frame | None:
        """Return where the axes are in the widget; None before there is a figure."""
        if self.figure is None:
            return None
        return self._frame(self._ink(None), QRectF(self.rect()), self.figure)

    def set_view(self, x: Scale, y: Scale) -> None:
        """Show these parts of the axes."""
        self._x, self._y = x, y
        self.restyle()

    def _ink(self, painter: QPainter | None) -> Ink:
        # Measuring needs no painter that paints.
        return Ink(painter or QPainter(), self.theme, self.styles)

    def _frame(self, ink: Ink, bounds: QRectF, figure: F) -> Frame:
        x, y = self.axes(figure)
        shown_x, shown_y = self._x or x, self._y or y
        return fit_frame(ink, bounds, shown_x, shown_y, self.side(ink, figure))

    def _computed(self, answer: tuple[Chart, RunTable, F]) -> None:
        chart, table, figure = answer
        if self.chart != chart:
            self._x = self._y = None
        self.chart, self.table, self.figure = chart, table, figure
        self._problem = self.busy = ""
        self._rows = {run_id: at for at, run_id in enumerate(table.run_ids)}
        self.setAccessibleDescription(self.emptiness(figure) or self.describe(figure))
        self.figure_changed(figure)
        self.restyle()
        self.drawn.emit()

    def _failed(self, error: RuncaseError) -> None:
        self.figure, self._problem, self.busy = None, str(error), ""
        self.restyle()
        self.drawn.emit()

    def _progressed(self, done: int, total: int, what: str) -> None:
        """Say how far a job is that takes long enough to say so."""
        self.busy = f"{what}: {done:,} of {total:,}"
        self.restyle()
        self.drawn.emit()

    def _paint_all(self, ink: Ink, bounds: QRectF) -> None:
        painter = ink.painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        figure = self.figure
        empty = self._problem or self.busy if figure is None else self.emptiness(figure)
        if figure is None or empty:
            self._say(ink, bounds, empty)
            return
        frame = self._frame(ink, bounds, figure)
        self.paint_frame(ink, frame, figure)
        painter.save()
        painter.setClipRect(frame.area.adjusted(-0.5, -0.5, 0.5, 0.5))
        self.paint_marks(ink, frame, figure)
        painter.restore()
        self.paint_over(ink, frame, figure)

    def _say(self, ink: Ink, bounds: QRectF, text: str) -> None:
        ink.painter.setFont(ink.font("small"))
        ink.painter.setPen(ink.color("muted"))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        ink.painter.drawText(bounds.adjusted(16, 8, -16, -8), flags, text)

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        size = self.size() * ratio
        if self._layer is None or self._layer.size() != size:
            self._layer = QPixmap(size)
            self._layer.setDevicePixelRatio(ratio)
            self._layer.fill(self.theme.color("surface"))
            inner = QPainter(self._layer)
            self._paint_all(self._ink(inner), QRectF(self.rect()))
            inner.end()
            self.layers += 1
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._layer)
        figure = self.figure
        if figure is not None and not self.emptiness(figure):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_moving(self._ink(painter), figure)

    def _paint_moving(self, ink: Ink, figure: F) -> None:
        painter = ink.painter
        frame = self._frame(ink, QRectF(self.rect()), figure)
        painter.save()
        painter.setClipRect(frame.area.adjusted(-6, -6, 6, 6))
        self.paint_lit(ink, frame, figure)
        painter.restore()
        self.paint_hand(ink)
