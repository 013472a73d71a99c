"""All curves of a chart as one graphics item: hundreds of items of their own would be slow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, Qt

from runcase.curves.series import Floats

# Beyond this many curves antialiasing costs more than it shows.
ANTIALIASED = 40


@dataclass(frozen=True, slots=True, eq=False)
class Stroke:
    """A line to draw; NaN in y is a gap. Lines of one look are painted together.

    Attributes:
        dashes: In pixels, none for a solid line.
        above: What is painted later: 0 for what stands behind, 1 for the curves themselves.
    """

    x: Floats
    y: Floats
    color: QColor
    dashes: tuple[int, ...] = ()
    above: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Area:
    """What lies between two lines over one x; NaN is a gap."""

    x: Floats
    low: Floats
    high: Floats
    color: QColor


class CurvesItem(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph ships no types
    """Paints areas, then strokes, one pixel wide whatever the zoom."""

    def __init__(self) -> None:
        super().__init__()
        self._areas: list[tuple[QPainterPath, QColor]] = []
        self._paths: list[tuple[QPainterPath, QColor, tuple[int, ...]]] = []
        self._smooth = True
        self._bounds = QRectF()
        self._wide = 1.0
        self.paints = 0

    def show(self, strokes: Sequence[Stroke], areas: Sequence[Area] = ()) -> None:
        """Paint other curves."""
        looks: dict[tuple[Any, ...], list[Stroke]] = {}
        for each in sorted(strokes, key=lambda stroke: stroke.above):
            look = each.above, each.color.rgba(), each.dashes
            looks.setdefault(look, []).append(each)
        self._paths = [(path_of(same), same[0].color, same[0].dashes) for same in looks.values()]
        self._areas = [(_outline(each), each.color) for each in areas]
        self._smooth = sum(stroke.above > 0 for stroke in strokes) <= ANTIALIASED
        self.prepareGeometryChange()
        bounds = QRectF()
        for path in (*(path for path, *_ in self._paths), *(path for path, _ in self._areas)):
            bounds = bounds.united(path.controlPointRect())
        self._bounds = bounds
        self.update()

    def set_wide(self, wide: float) -> None:
        """Paint lines so many pixels wide, for a file of a finer grain."""
        self._wide = wide
        self.update()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(self, painter: QPainter, *_args: object) -> None:
        self.paints += 1
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self._smooth or self._wide > 1)
        painter.setPen(Qt.PenStyle.NoPen)
        for path, color in self._areas:
            painter.fillPath(path, QBrush(color))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for path, color, dashes in self._paths:
            painter.setPen(cosmetic(color, self._wide, dashes))
            painter.drawPath(path)


def cosmetic(color: QColor, wide: float, dashes: tuple[int, ...] = ()) -> QPen:
    """Return a pen of a width in pixels, whatever the zoom."""
    pen = QPen(color)
    pen.setCosmetic(True)
    pen.setWidthF(wide)
    if dashes:
        pen.setDashPattern([float(each) for each in dashes])
    return pen


def path_of(strokes: Sequence[Stroke]) -> QPainterPath:
    """Return lines as one path: each by itself, and with its gaps."""
    xs, ys, joins = [], [], []
    for each in strokes:
        x, y = each.x, each.y
        join = np.ones(len(y), dtype=np.int32)
        finite = np.isfinite(y)
        if not finite.all():
            # What comes before a gap is not joined to what comes after it.
            join[:-1] = finite[1:]
            x, y, join = x[finite], y[finite], join[finite]
        if len(y):
            join[-1] = 0
        xs.append(x)
        ys.append(y)
        joins.append(join)
    if not sum(map(len, xs)):
        return QPainterPath()
    path: QPainterPath = pg.arrayToQPath(
        np.concatenate(xs), np.concatenate(ys), np.concatenate(joins), finiteCheck=False
    )
    return path


def _outline(area: Area) -> QPainterPath:
    """Return the outline of each stretch between gaps: forth along one edge, back on the other."""
    path = QPainterPath()
    finite = np.isfinite(area.low) & np.isfinite(area.high)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], finite.view(np.int8), [0]))))
    for start, end in edges.reshape(-1, 2):
        part = slice(int(start), int(end))
        x = np.concatenate((area.x[part], area.x[part][::-1]))
        y = np.concatenate((area.high[part], area.low[part][::-1]))
        path.addPath(pg.arrayToQPath(x, y, "all", finiteCheck=False))
    return path
