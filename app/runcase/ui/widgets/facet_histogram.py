"""A histogram with a range that is dragged by its two ends, or moved by the arrow keys."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from runcase.ui.theme import Theme

HEIGHT = 96
_MARGIN, _HANDLE = 8, 5
_GRAB = 9  # pixels beside an end that still take it
_STEPS = 50  # presses of an arrow key from one end to the other


class FacetHistogram(QWidget):
    """Bars of a facet; `moved` carries the two ends of the range while they are dragged."""

    moved = Signal(float, float)

    def __init__(self, theme: Theme, edges: Sequence[float], counts: Sequence[int]) -> None:
        super().__init__()
        self._theme = theme
        self._edges, self._counts = tuple(edges), tuple(counts)
        self.low, self.high = self._edges[0], self._edges[-1]
        self._end = 0  # 0 the lower one, 1 the upper one
        self._dragging = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.px(HEIGHT))
        self._tell()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(260), self._theme.px(HEIGHT))

    def set_range(self, low: float, high: float) -> None:
        """Show another range; ends beyond the bars lie at the bars' own ends."""
        first, last = self._edges[0], self._edges[-1]
        self.low, self.high = max(first, min(low, last)), max(first, min(high, last))
        self._tell()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._area()
        left, right = self._x(self.low), self._x(self.high)
        inside = QRectF(left, area.top(), max(1.0, right - left), area.height())
        painter.fillRect(inside, self._theme.color("accent-soft"))
        self._bars(painter, area)
        painter.setPen(QPen(self._theme.color("border-strong"), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        for end, x in enumerate((left, right)):
            self._handle(painter, area, x, focused=self.hasFocus() and end == self._end)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragging = True
            x = event.position().x()
            left, right = self._x(self.low), self._x(self.high)
            self._end = int(abs(x - right) < abs(x - left) or (left == right and x > right))
            self._drag(x)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._dragging:
            self._drag(x)
        near = min(abs(x - self._x(self.low)), abs(x - self._x(self.high))) <= _GRAB
        shape = Qt.CursorShape.SizeHorCursor if near else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragging = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = (self._edges[-1] - self._edges[0]) / _STEPS
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._move(
                (self.low, self.high)[self._end] + (step if key == Qt.Key.Key_Right else -step)
            )
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._end = 1 - self._end
            self.update()
        else:
            super().keyPressEvent(event)

    def _drag(self, x: float) -> None:
        area = self._area()
        share = min(1.0, max(0.0, (x - area.left()) / max(1.0, area.width())))
        first, last = self._edges[0], self._edges[-1]
        self._move(first + share * (last - first))

    def _move(self, value: float) -> None:
        first, last = self._edges[0], self._edges[-1]
        value = min(last, max(first, value))
        if self._end:
            self.high = max(value, self.low)
        else:
            self.low = min(value, self.high)
        self._tell()
        self.update()
        self.moved.emit(self.low, self.high)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_MARGIN, 4, -_MARGIN, -_HANDLE - 3)

    def _x(self, value: float) -> float:
        first, last = self._edges[0], self._edges[-1]
        area = self._area()
        if last <= first:
            return area.left() if value <= first else area.right()
        return area.left() + (value - first) / (last - first) * area.width()

    def _bars(self, painter: QPainter, area: QRectF) -> None:
        most = max(self._counts, default=0)
        painter.setPen(Qt.PenStyle.NoPen)
        for at, count in enumerate(self._counts):
            if not count or not most:
                continue
            left, right = self._x(self._edges[at]), self._x(self._edges[at + 1])
            if right <= left:
                left, right = area.left(), area.right()
            middle = (self._edges[at] + self._edges[at + 1]) / 2
            is_inside = self.low <= middle <= self.high or len(self._counts) == 1
            painter.setBrush(self._theme.color("accent" if is_inside else "border-strong"))
            # A single run in a bin still shows: at least two pixels.
            high = max(2.0, area.height() * math.sqrt(count / most))
            painter.drawRect(
                QRectF(left + 0.5, area.bottom() - high, max(1.0, right - left - 1), high)
            )

    def _handle(self, painter: QPainter, area: QRectF, x: float, *, focused: bool) -> None:
        painter.setPen(QPen(self._theme.color("accent"), 1.5))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.setBrush(self._theme.color("accent" if focused else "surface"))
        painter.drawEllipse(QPointF(x, area.bottom()), _HANDLE, _HANDLE)

    def _tell(self) -> None:
        self.setAccessibleName("Histogram")
        self.setAccessibleDescription(
            f"Range from {self.low:.4g} to {self.high:.4g}; arrow keys move an end, "
            "up and down change to the other"
        )
