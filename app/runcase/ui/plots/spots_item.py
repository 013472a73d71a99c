"""Spots of one size in pixels whatever the zoom: points, and marks at the upper and lower edge."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, Qt

from runcase.curves.series import Floats

_INSET = 7.0  # pixels between an edge and the middle of a mark


class Shape(StrEnum):
    """What a spot looks like, and where it is: a dot at its y, the others at an edge."""

    DOT = "dot"
    ABOVE = "above"
    BELOW = "below"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, eq=False)
class Spots:
    """Spots of one look; `y` is looked at for dots only."""

    shape: Shape
    x: Floats
    y: Floats
    color: QColor


class SpotsItem(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph ships no types
    """Paints spots. pyqtgraph's own scatter takes seconds for thousands of several colours."""

    def __init__(self, size: float) -> None:
        """Make an item; `size` is the spots' width in pixels."""
        super().__init__()
        self._size, self._wide = size, 1.0
        self.spots: tuple[Spots, ...] = ()

    def show(self, spots: Sequence[Spots]) -> None:
        """Paint other spots."""
        self.spots = tuple(each for each in spots if len(each.x))
        self.update()

    def set_wide(self, wide: float) -> None:
        """Paint spots so many times as large, for a file of a finer grain."""
        self._wide = wide

    def boundingRect(self) -> QRectF:
        found = self.viewRect()
        return QRectF() if found is None else found

    def viewRangeChanged(self) -> None:
        super().viewRangeChanged()
        self._follow()

    def viewTransformChanged(self) -> None:
        super().viewTransformChanged()
        self._follow()

    def paint(self, painter: QPainter, *_args: object) -> None:
        if not self.spots:
            return
        to_device, view = painter.transform(), self.boundingRect()
        ends = to_device.mapRect(view)
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        half = self._size * self._wide / 2
        inset = _INSET * self._wide
        for each in self.spots:
            xs = each.x * to_device.m11() + to_device.dx()
            if each.shape is Shape.DOT:
                ys = each.y * to_device.m22() + to_device.dy()
            else:
                upper = each.shape is Shape.ABOVE
                edge = ends.top() + inset if upper else ends.bottom() - inset
                ys = np.full(len(xs), edge)
            self._paint_spots(painter, each, xs, ys, half)
        painter.restore()

    def _follow(self) -> None:
        """Lie where the view is now."""
        self.prepareGeometryChange()
        self.update()

    def _paint_spots(
        self, painter: QPainter, spots: Spots, xs: Floats, ys: Floats, half: float
    ) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(spots.color)
        places = zip(xs.tolist(), ys.tolist(), strict=True)
        if spots.shape is Shape.DOT:
            for x, y in places:
                painter.drawEllipse(QPointF(x, y), half, half)
        elif spots.shape is Shape.NOTHING:
            painter.setPen(QPen(spots.color, 1.5 * self._wide))
            arm = half * 0.75
            lines = [
                QLineF(x - arm, y - arm * way, x + arm, y + arm * way)
                for x, y in places
                for way in (1, -1)
            ]
            painter.drawLines(lines)
        else:
            way = -half if spots.shape is Shape.ABOVE else half
            for x, y in places:
                tip = [QPointF(x - half, y - way), QPointF(x + half, y - way), QPointF(x, y + way)]
                painter.drawPolygon(QPolygonF(tip))
