"""Points of runs: painted one by one, or stamped into a picture where there are many."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage

from runcase.curves.series import Floats, Ints
from runcase.ui.plots.frame import Frame
from runcase.ui.plots.ink import Ink

# Painting so many ellipses takes 15 ms; a picture of any number takes about 5.
_MOST_PAINTED = 4_000
RADIUS = 3.6
_REACH = 9.0
_LARGEST_STAMP = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Dots:
    """Points in pixels of a frame.

    Attributes:
        rows: (m,) the runs that are within the frame.
        x: (m,) pixels from the left.
        y: (m,) pixels from the top.
    """

    rows: Ints
    x: Floats
    y: Floats


def visible(frame: Frame, px: Floats, py: Floats) -> Dots:
    """Return the points, in places, that lie within a frame."""
    x, y = frame.px(px), frame.py(py)
    area = frame.area.adjusted(-RADIUS, -RADIUS, RADIUS, RADIUS)
    with np.errstate(invalid="ignore"):
        inside = (x >= area.left()) & (x <= area.right()) & (y >= area.top()) & (y <= area.bottom())
    rows = np.flatnonzero(inside).astype(np.int64)
    return Dots(rows, x[rows], y[rows])


def nearest(dots: Dots, point: QPointF) -> int:
    """Return the run whose point is nearest, the topmost of several; -1 beyond 9 pixels."""
    if not len(dots.rows):
        return -1
    distance = np.hypot(dots.x - point.x(), dots.y - point.y())
    at = len(distance) - 1 - int(np.argmin(distance[::-1]))
    return int(dots.rows[at]) if distance[at] <= _REACH else -1


def within(frame: Frame, px: Floats, py: Floats, box: QRectF) -> npt.NDArray[np.bool_]:
    """Say for each run, (n,), whether its point is in a box of the widget."""
    x, y = frame.px(px), frame.py(py)
    with np.errstate(invalid="ignore"):
        inside = (x >= box.left()) & (x <= box.right()) & (y >= box.top()) & (y <= box.bottom())
    return np.asarray(inside, dtype=np.bool_)


def paint_hollow(ink: Ink, dots: Dots, *, vector: bool, filled: bool = False) -> None:
    """Paint grey circles: all runs that are not shown by a colour of their own."""
    color = ink.color("control")
    if not vector and len(dots.rows) > _MOST_PAINTED:
        _stamp(ink, dots, np.ones(len(dots.rows), dtype=np.uint8), [color])
        return
    painter = ink.painter
    painter.setPen(ink.pen(color, 1.2) if not filled else Qt.PenStyle.NoPen)
    painter.setBrush(ink.color("control", 0.75) if filled else Qt.BrushStyle.NoBrush)
    radius = RADIUS - 0.5 if not filled else 2.0
    for x, y in zip(dots.x.tolist(), dots.y.tolist(), strict=True):
        painter.drawEllipse(QPointF(x, y), radius, radius)


def paint_shown(
    ink: Ink,
    frame: Frame,
    row_of: Callable[[str], int],
    px: Floats,
    py: Floats,
    radius: Callable[[int], float],
) -> None:
    """Paint the runs with a colour of their own over the others, the first of them topmost.

    Args:
        ink: Its styles are the runs' names and colours.
        frame: Where the axes are.
        row_of: Gives a run's row, negative for a run that is not in the chart.
        px: (n,) places along x; those that are not finite are not drawn.
        py: (n,) places along y.
        radius: Gives a row's radius in pixels.
    """
    for run_id, style in reversed(list(ink.styles.items())):
        row = row_of(run_id)
        if row < 0 or not math.isfinite(px[row] + py[row]):
            continue
        ink.painter.setPen(ink.pen("surface", 1.0))
        ink.painter.setBrush(style.color)
        center = QPointF(frame.x_at(px[row]), frame.y_at(py[row]))
        ink.dot(center, radius(row), square=bool(style.dashes))


def paint_colored(
    ink: Ink,
    dots: Dots,
    codes: npt.NDArray[np.uint8],
    colors: list[QColor],
    radii: Floats | None,
    *,
    vector: bool,
) -> None:
    """Paint filled circles: `codes` (m,) from 1 are places in `colors`, 0 is grey and hollow."""
    if not vector and len(dots.rows) > _MOST_PAINTED:
        shown = [*colors, ink.color("control")]
        filled = np.where(codes == 0, len(shown), codes).astype(np.uint8)
        _stamp_sizes(ink, dots, filled, shown, radii)
        return
    painter = ink.painter
    for at in range(len(dots.rows)):
        radius = float(radii[at]) if radii is not None else RADIUS
        if codes[at]:
            painter.setPen(ink.pen(ink.color("text-2", 0.45), 0.8))
            painter.setBrush(colors[codes[at] - 1])
        else:
            painter.setPen(ink.pen("control", 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(dots.x[at], dots.y[at]), radius, radius)


def _stamp_sizes(
    ink: Ink,
    dots: Dots,
    codes: npt.NDArray[np.uint8],
    colors: list[QColor],
    radii: Floats | None,
) -> None:
    """Paint discs of a few sizes, the largest below; smaller ones than of few points."""
    if radii is None:
        _stamp(ink, dots, codes, colors)
        return
    levels = np.round(radii * (_LARGEST_STAMP / max(_LARGEST_STAMP, radii.max()))).astype(np.int64)
    for level in np.unique(levels)[::-1]:
        own = levels == level
        some = Dots(dots.rows[own], dots.x[own], dots.y[own])
        _stamp(ink, some, codes[own], colors, float(level))


def _stamp(
    ink: Ink,
    dots: Dots,
    codes: npt.NDArray[np.uint8],
    colors: list[QColor],
    size: float = RADIUS - 0.6,
) -> None:
    """Paint discs into a picture: its cost is that of its size, whatever the number of points."""
    ratio = ink.painter.device().devicePixelRatio()
    left, top = float(dots.x.min()) - size - 2, float(dots.y.min()) - size - 2
    radius = max(1, round(size * ratio))
    wide = int((float(dots.x.max()) - left + size + 3) * ratio) + 1
    high = int((float(dots.y.max()) - top + size + 3) * ratio) + 1
    centers = np.zeros((high + 2 * radius, wide + 2 * radius), dtype=np.uint8)
    column = ((dots.x - left) * ratio).astype(np.int64) + radius
    row = ((dots.y - top) * ratio).astype(np.int64) + radius
    centers[row, column] = codes
    out = np.zeros((high, wide), dtype=np.uint8)
    for down in range(-radius, radius + 1):
        for right in range(-radius, radius + 1):
            if down * down + right * right <= radius * radius + 1:
                moved = centers[
                    radius + down : radius + down + high, radius + right : radius + right + wide
                ]
                np.copyto(out, moved, where=moved > 0)
    table = np.zeros(len(colors) + 1, dtype=np.uint32)
    table[1:] = [color.rgba() for color in colors]
    pixels = np.ascontiguousarray(table[out])
    image = QImage(pixels.data, wide, high, 4 * wide, QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(ratio)
    ink.painter.drawImage(QPointF(left, top), image)
