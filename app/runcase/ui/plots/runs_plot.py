"""Mouse and keys of charts of runs: hover, click, brush, pan, zoom, step from run to run."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from runcase.curves.chart import Chart
from runcase.curves.scales import Scale
from runcase.session.jobs import Jobs
from runcase.ui.plots.frame import Frame
from runcase.ui.plots.ink import Ink
from runcase.ui.plots.painted_chart import PaintedChart
from runcase.ui.plots.point_tip import Hit, paint_tip
from runcase.ui.theme import Theme

F = TypeVar("F")
Mask = npt.NDArray[np.bool_]

_DRAG = 4.0
_STEP = 0.0015


class RunsPlot(PaintedChart[F]):
    """Drag to pan, wheel to zoom, Shift and drag to brush, arrows to step, Return to select."""

    # Whether wheel and drag move along x and y.
    moves = (True, True)

    def __init__(
        self, theme: Theme, jobs: Jobs, chart: Chart, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, jobs, chart, parent)
        self._mouse: QPointF | None = None
        self._pressed: QPointF | None = None
        self._dragged = False
        self._brush: tuple[QPointF, QPointF] | None = None
        self._hit: Hit | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @abstractmethod
    def hit_at(self, frame: Frame, figure: F, point: QPointF) -> Hit | None:
        """Return what is at a point of the widget."""

    def runs_in(self, frame: Frame, figure: F, box: QRectF) -> Mask | None:
        """Say for each run whether a box of the widget holds it; None where nothing is brushed."""
        return None

    def steps(self, figure: F) -> Sequence[int]:
        """Return the runs that the arrow keys step through, in order."""
        return ()

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
        # What does not move lets the page scroll.
        event.setAccepted(frame is not None and bool(turned) and self.turns(frame))
        if frame is not None and event.isAccepted():
            self._wheel(frame, turned, event.position())

    def turns(self, frame: Frame) -> bool:
        """Say whether the wheel does something here."""
        return any(self.moves)

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

    def paint_hand(self, ink: Ink) -> None:
        if self._brush is not None:
            ink.painter.setPen(ink.pen("accent"))
            ink.painter.setBrush(ink.color("accent", 0.14))
            ink.painter.drawRect(QRectF(*self._brush).normalized())
        if self._hit is not None and self._mouse is not None:
            paint_tip(ink, self._hit, self._mouse, QRectF(self.rect()))

    def _wheel(self, frame: Frame, turned: int, point: QPointF) -> None:
        factor = float(np.exp(-turned * _STEP))
        across, up = frame.shares(point)
        self.set_view(
            _around(frame.x, across, factor) if self.moves[0] else frame.x,
            _around(frame.y, up, factor) if self.moves[1] else frame.y,
        )

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
        self.set_view(
            _moved(frame.x, -across) if self.moves[0] else frame.x,
            _moved(frame.y, up) if self.moves[1] else frame.y,
        )


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
