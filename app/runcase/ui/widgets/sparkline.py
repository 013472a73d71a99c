"""A curve without axes, two points a pixel, for cells and the inspector."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from runcase.curves.reduce import to_pixels
from runcase.curves.series import Floats
from runcase.ui.theme import Theme


def paint(painter: QPainter, box: QRectF, x: Floats, y: Floats, color: QColor) -> None:
    """Draw a curve into a box; NaN and infinities are gaps, a lone point is a dot."""
    finite = np.where(np.isfinite(y), y, np.nan)
    if not len(finite) or np.isnan(finite).all():
        return
    low, high = float(np.nanmin(finite)), float(np.nanmax(finite))
    left, right = float(x[0]), float(x[-1])
    x, finite = to_pixels(x, finite, left, right, max(2, int(box.width())))
    wide, tall = (right - left) or 1.0, (high - low) or 1.0
    xs = box.left() + (x - left) / wide * box.width()
    if right == left:
        xs = np.full(len(x), box.center().x())
    ys = box.bottom() - (finite - low) / tall * box.height()
    if high == low:
        ys = np.where(np.isnan(finite), np.nan, box.center().y())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, 1.2))
    run: list[QPointF] = []
    for px, py in zip(xs.tolist(), ys.tolist(), strict=True):
        if py == py:
            run.append(QPointF(px, py))
        elif run:
            painter.drawPolyline(QPolygonF(run))
            run = []
    if run:
        painter.drawPolyline(QPolygonF(run))
    last = int(np.flatnonzero(~np.isnan(finite))[-1])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(QPointF(float(xs[last]), float(ys[last])), 1.8, 1.8)


class Sparkline(QWidget):
    """A sparkline as a widget of its own."""

    def __init__(self, theme: Theme, x: Floats, y: Floats, color: QColor | None) -> None:
        super().__init__()
        self._theme = theme
        self._x, self._y, self._color = x, y, color
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(spoken(x, y))

    def sizeHint(self) -> QSize:
        return QSize(80, 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        color = self._color or self._theme.color("muted")
        paint(painter, QRectF(self.rect()).adjusted(3, 3, -3, -3), self._x, self._y, color)


def spoken(x: Floats, y: Floats) -> str:
    """Say what a sparkline shows."""
    finite = y[np.isfinite(y)]
    if not len(finite):
        return "sparkline, no values"
    first, last = float(finite[0]), float(finite[-1])
    way = "falls" if last < first else "rises" if last > first else "stays"
    return f"sparkline, {way} from {first:.4g} to {last:.4g} over {len(x)} points"
