"""What charts of runs have in common: work beside the window, a painted layer, mouse and keys."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QWheelEvent,
)
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
from runcase.ui.plots.point_tip import Hit, paint_tip
from runcase.ui.theme import Theme

F = TypeVar("F")
Mask = npt.NDArray[np.bool_]

_DRAG = 4.0
_STEP = 0.0015
_LEAST_SIZE = QSize(120, 90)


class RunsPlot(RunsChart, Generic[F]):
    """A chart whose figure is computed by a job and then painted, alike in window and file.

    What does not move with the mouse is painted once into a layer; hovering paints over it.
    """

    # Whether wheel and drag move along x and y.
    moves = (True, True)

    def __init__(
        self, theme: Theme, jobs: Jobs, chart: Chart, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, chart, parent)
        self._jobs = jobs
        self.figure: F | None = None
        self._figured: tuple[Chart, RunTable] | None = None
        self._problem = ""
        self._x: Scale | None = None
        self._y: Scale | None = None
        self._layer: QPixmap | None = None
        self._rows: dict[str, int] = {}
        self._mouse: QPointF | None = None
        self._pressed: QPointF | None = None
        self._dragged = False
        self._brush: tuple[QPointF, QPointF] | None = None
        self._hit: Hit | None = None
        self.layers = 0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
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
    def hit_at(self, frame: Frame, figure: F, point: QPointF) -> Hit | None:
        """Return what is at a point of the widget."""

    def paint_frame(self, ink: Ink, frame: Frame, figure: F) -> None:
        """Paint the axes."""
        paint_axes(ink, frame)

    def paint_lit(self, ink: Ink, frame: Frame, figure: F) -> None:
        """Paint the selected and the hovered runs over the marks."""

    def side(self, ink: Ink, figure: F) -> float:
        """Return how many pixels a colour bar takes at the right."""
        return 0.0

    def runs_in(self, frame: Frame, figure: F, box: QRectF) -> Mask | None:
        """Say for each run whether a box of the widget holds it; None where nothing is brushed."""
        return None

    def steps(self, figure: F) -> Sequence[int]:
        """Return the runs that the arrow keys step through, in order."""
        return ()

    def emptiness(self, figure: F) -> str:
        """Say why there is nothing to draw, "" where there is something."""
        return ""

    @abstractmethod
    def describe(self, figure: F) -> str:
        """Say in words what is shown, for accessibility."""

    @abstractmethod
    def script_of(self, figure: F) -> str:
        """Return the script that draws a figure with something in it."""

    def script(self) -> str:
        if self.figure is None or self.emptiness(self.figure):
            return ""
        return self.script_of(self.figure)

    def rebuild(self) -> None:
        chart, table = self.chart, self.table

        def work(progress: Progress) -> tuple[Chart, RunTable, F]:
            return chart, table, self.compute(chart, table, progress)

        self._jobs.submit(work, owner=self, then=self._computed, failed=self._failed, key="figure")

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
        self._paint_all(ink, QRectF(0, 0, target.width(), target.height()), for_file=True)
        painter.restore()

    def frame(self) -> Frame | None:
        """Return where the axes are in the widget; None before there is a figure."""
        if self.figure is None:
            return None
        return self._frame(self._ink(None), QRectF(self.rect()), self.figure)

    def _ink(self, painter: QPainter | None) -> Ink:
        # Measuring needs no painter that paints.
        return Ink(painter or QPainter(), self.theme, self.styles)

    def _frame(self, ink: Ink, bounds: QRectF, figure: F) -> Frame:
        x, y = self.axes(figure)
        shown_x, shown_y = self._x or x, self._y or y
        return fit_frame(ink, bounds, shown_x, shown_y, self.side(ink, figure))

    def _computed(self, answer: tuple[Chart, RunTable, F]) -> None:
        chart, table, self.figure = answer
        before = self._figured
        self._figured = (chart, table)
        self._problem = ""
        if before is None or before[0] != chart:
            self._x = self._y = None
        self._rows = {run_id: at for at, run_id in enumerate(table.run_ids)}
        self.setAccessibleDescription(self.describe(self.figure))
        self.figure_changed(self.figure)
        self.restyle()
        self.drawn.emit()

    def figure_changed(self, figure: F) -> None:
        """Take over a new figure, before it is painted."""

    def _failed(self, error: RuncaseError) -> None:
        self.figure, self._problem = None, str(error)
        self.restyle()
        self.drawn.emit()

    def _paint_all(self, ink: Ink, bounds: QRectF, *, for_file: bool) -> None:
        painter = ink.painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        figure = self.figure
        empty = self._problem if figure is None else self.emptiness(figure)
        if figure is None or empty:
            self._say(ink, bounds, empty)
            return
        frame = self._frame(ink, bounds, figure)
        self.paint_frame(ink, frame, figure)
        painter.save()
        painter.setClipRect(frame.area.adjusted(-0.5, -0.5, 0.5, 0.5))
        self.paint_marks(ink, frame, figure)
        painter.restore()
        self.paint_over(ink, frame, figure, for_file=for_file)

    def paint_over(self, ink: Ink, frame: Frame, figure: F, *, for_file: bool) -> None:
        """Paint what lies outside the area, such as a colour bar."""

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
            self._paint_all(self._ink(inner), QRectF(self.rect()), for_file=False)
            inner.end()
            self.layers += 1
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._layer)
        figure = self.figure
        if figure is not None and not self.emptiness(figure):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_moving(self._ink(painter), figure)
        if self.hasFocus():
            painter.setPen(self._ink(painter).pen("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_moving(self, ink: Ink, figure: F) -> None:
        painter = ink.painter
        frame = self._frame(ink, QRectF(self.rect()), figure)
        painter.save()
        painter.setClipRect(frame.area.adjusted(-6, -6, 6, 6))
        self.paint_lit(ink, frame, figure)
        painter.restore()
        if self._brush is not None:
            painter.setPen(ink.pen("accent"))
            painter.setBrush(ink.color("accent", 0.14))
            painter.drawRect(QRectF(*self._brush).normalized())
        if self._hit is not None and self._mouse is not None:
            paint_tip(ink, self._hit, self._mouse, QRectF(self.rect()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = event.position(), False
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._brush = (event.position(), event.position())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        if self._pressed is None:
            self._hover(point)
            return
        if not self._dragged and (point - self._pressed).manhattanLength() < _DRAG:
            return
        self._dragged = True
        self._hit = None
        if self._brush is not None:
            self._brush = (self._brush[0], point)
            self.update()
        else:
            self._pan(point - self._pressed)
            self._pressed = point

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        brush, self._brush, self._pressed = self._brush, None, None
        if brush is not None and self._dragged:
            self._finish_brush(QRectF(*brush).normalized())
        elif not self._dragged:
            self._click(event.position())
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.reset_zoom()

    def leaveEvent(self, event: QEvent) -> None:
        self._mouse = self._hit = None
        self._tell("")
        self.update()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        frame = self.frame()
        turned = event.angleDelta().y() or event.angleDelta().x()
        if frame is None or not turned:
            return
        self._wheel(frame, turned, event.position())
        event.accept()

    def _wheel(self, frame: Frame, turned: int, point: QPointF) -> None:
        factor = float(np.exp(-turned * _STEP))
        across, up = frame.shares(point)
        self._set_view(
            _around(frame.x, across, factor) if self.moves[0] else frame.x,
            _around(frame.y, up, factor) if self.moves[1] else frame.y,
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}
        key = Qt.Key(event.key())
        if key in steps and self.figure is not None:
            self._step(self.figure, steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.hovered:
            self.run_clicked.emit(self.hovered)
        elif key == Qt.Key.Key_Escape and (self.hovered or self._hit):
            self._hit = None
            self._tell("")
        else:
            super().keyPressEvent(event)

    def _step(self, figure: F, by: int) -> None:
        order = list(self.steps(figure))
        if not order:
            return
        here = self.row_of(self.hovered)
        at = order.index(here) + by if here in order else (0 if by > 0 else len(order) - 1)
        self._tell(str(self.table.run_ids[order[at % len(order)]]))
        self.setAccessibleDescription(
            f"{self.table.names[order[at % len(order)]]}. {self.describe(figure)}"
        )

    def _hover(self, point: QPointF) -> None:
        frame = self.frame()
        if frame is None or self.figure is None or self.emptiness(self.figure):
            return
        self._mouse = point
        self._hit = self.hit_at(frame, self.figure, point)
        self._tell(self._hit.run_id if self._hit is not None else "")
        self.update()

    def _tell(self, run_id: str) -> None:
        if run_id != self.hovered:
            self.set_hovered(run_id)
            self.run_hovered.emit(run_id)

    def _click(self, point: QPointF) -> None:
        frame = self.frame()
        if frame is None or self.figure is None:
            return
        hit = self.hit_at(frame, self.figure, point)
        self.clicked(frame, self.figure, point, hit)

    def clicked(self, frame: Frame, figure: F, point: QPointF, hit: Hit | None) -> None:
        """Select the run at a point; what stands for several runs selects all of them."""
        if hit is None or hit.run_id:
            self.run_clicked.emit("" if hit is None else hit.run_id)
            if hit is None:
                self.brushed.emit(None)
            return
        inside = self.runs_in(frame, figure, QRectF(point.x(), point.y(), 0.0, 0.0))
        if inside is not None:
            self._brushed(inside)

    def _finish_brush(self, box: QRectF) -> None:
        frame = self.frame()
        if frame is None or self.figure is None:
            return
        inside = self.runs_in(frame, self.figure, box)
        if inside is not None:
            self._brushed(inside)

    def _brushed(self, inside: Mask) -> None:
        self.brushed.emit(
            frozenset(str(self.table.run_ids[int(at)]) for at in np.flatnonzero(inside))
        )

    def _pan(self, by: QPointF) -> None:
        frame = self.frame()
        if frame is None:
            return
        across, up = by.x() / frame.area.width(), by.y() / frame.area.height()
        self._set_view(
            _moved(frame.x, -across) if self.moves[0] else frame.x,
            _moved(frame.y, up) if self.moves[1] else frame.y,
        )

    def _set_view(self, x: Scale, y: Scale) -> None:
        self._x, self._y = x, y
        self.restyle()

    def legend(self) -> list[Key]:
        return [
            Key(style.name, style.color, None)
            for run_id, style in self.styles.items()
            if run_id in self._rows
        ]


def _around(scale: Scale, share: float, factor: float) -> Scale:
    """Return a scale shrunk or grown about one of its places."""
    low, high = share * (1 - factor), share + (1 - share) * factor
    seen = scale.seen(scale.place(low), scale.place(high))
    # Beyond that the digits of a float are used up, or the axis is longer than floats are.
    widest = max(abs(seen.low), abs(seen.high))
    if not 0 < abs(seen.span) < 1e308 or abs(seen.span) < 1e-13 * widest:
        return scale
    return seen


def _moved(scale: Scale, share: float) -> Scale:
    seen = scale.seen(scale.place(share), scale.place(1 + share))
    return seen if np.isfinite(seen.low) and np.isfinite(seen.high) else scale
