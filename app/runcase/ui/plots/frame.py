"""The frame of a chart of runs: where its axes lie, their ticks and captions, and the grid."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF

from runcase.curves.scales import Scale, ScaleKind
from runcase.curves.series import Floats
from runcase.ui.plots.ink import Ink
from runcase.ui.plots.tick_texts import axis_texts

# What a place far outside is cut to: a painter counts pixels in 32 bits.
_FAR = 1e5
_TICK_GAP = 5.0
# Degrees; how far a name at that angle reaches down; the share of the height they may take.
_ASLANT = 38.0
_RISE, _RUN = math.sin(math.radians(_ASLANT)), math.cos(math.radians(_ASLANT))
_MOST_ASLANT = 0.36
_LEFT = Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignRight
_CENTER = Qt.AlignmentFlag.AlignHCenter
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Frame:
    """Two axes around an area of a widget or a page.

    Attributes:
        aslant: The room for a name of x's categories where they are written aslant; else 0.
    """

    area: QRectF
    x: Scale
    y: Scale
    aslant: float = 0.0

    def px(self, places: Floats) -> Floats:
        """Return where places on x are, (n,), in pixels from the left."""
        found: Floats = self.area.left() + self.x.share(places) * self.area.width()
        return np.clip(found, -_FAR, _FAR)

    def py(self, places: Floats) -> Floats:
        """Return where places on y are, (n,), in pixels from the top."""
        found: Floats = self.area.bottom() - self.y.share(places) * self.area.height()
        return np.clip(found, -_FAR, _FAR)

    def x_at(self, place: float) -> float:
        """Return where one place on x is."""
        return float(self.px(np.array([place]))[0])

    def y_at(self, place: float) -> float:
        """Return where one place on y is."""
        return float(self.py(np.array([place]))[0])

    def shares(self, point: QPointF) -> tuple[float, float]:
        """Return a point as shares of x and of y, both 0 to 1 within the area."""
        across = (point.x() - self.area.left()) / max(1.0, self.area.width())
        return across, (self.area.bottom() - point.y()) / max(1.0, self.area.height())


def fit_frame(ink: Ink, bounds: QRectF, x: Scale, y: Scale, side: float = 0.0) -> Frame:
    """Leave room for ticks and captions, and at the right for `side` pixels of a colour bar."""
    caption = QFontMetricsF(ink.font("caption"))
    line = caption.height()
    inner = bounds.height() - 2 * line
    names = [tick for _, tick in axis_texts(y, _most(y, inner, line))]
    widest = max((caption.horizontalAdvance(name) for name in names), default=0.0)
    left = min(widest + 2 * _TICK_GAP + 2, bounds.width() * 0.4)
    width = max(10.0, bounds.width() - left - side - 10)
    below = 2 * line + _TICK_GAP if x.title else line + _TICK_GAP
    longest = _longest(x, caption)
    turned = longest > width / max(1.0, abs(x.high - x.low)) - 4 and longest > 3 * line
    aslant = min(longest + 2, bounds.height() * _MOST_ASLANT) if turned else 0.0
    below += aslant * _RISE
    above = line + 4 if y.title else 6
    area = QRectF(
        bounds.left() + left,
        bounds.top() + above,
        width,
        max(10.0, bounds.height() - above - below),
    )
    return Frame(area, x, y, aslant)


def _longest(scale: Scale, metrics: QFontMetricsF) -> float:
    """Return how wide the widest name of a category is; 0 on other axes."""
    if scale.kind is not ScaleKind.CATEGORY:
        return 0.0
    return max((metrics.horizontalAdvance(name) for name in scale.labels), default=0.0)


def paint_axes(ink: Ink, frame: Frame, *, under: tuple[str, ...] = ()) -> None:
    """Paint grid, axes, ticks and captions; `under` stands below the names of x's categories."""
    painter, area = ink.painter, frame.area
    painter.setFont(ink.font("caption"))
    metrics = QFontMetricsF(ink.font("caption"))
    line = metrics.height()
    painter.setPen(ink.pen("grid"))
    y_ticks = axis_texts(frame.y, _most(frame.y, area.height(), line))
    if frame.y.kind is not ScaleKind.CATEGORY:
        for place, _ in y_ticks:
            y = frame.y_at(place)
            painter.drawLine(QLineF(area.left(), y, area.right(), y))
    painter.setPen(ink.pen("border-strong"))
    painter.drawLine(QLineF(area.left(), area.top(), area.left(), area.bottom()))
    painter.drawLine(QLineF(area.left(), area.bottom(), area.right(), area.bottom()))
    painter.setPen(ink.color("muted"))
    for place, text in y_ticks:
        y = frame.y_at(place)
        box = QRectF(0, y - line / 2, area.left() - _TICK_GAP, line)
        ink.text(box, text, _RIGHT | _MIDDLE, Qt.TextElideMode.ElideMiddle)
    _paint_x_ticks(ink, frame, line, under)
    painter.setPen(ink.color("muted"))
    if frame.x.title and not under:
        low = area.bottom() + _TICK_GAP + line + frame.aslant * _RISE
        box = QRectF(0, low, area.right(), line)
        ink.text(box, _caption(frame.x), _RIGHT | _MIDDLE, Qt.TextElideMode.ElideMiddle)
    if frame.y.title:
        box = QRectF(_TICK_GAP, area.top() - line - 4, area.center().x() - 2 * _TICK_GAP, line)
        ink.text(box, _caption(frame.y), _LEFT | _MIDDLE, Qt.TextElideMode.ElideMiddle)


def _paint_x_ticks(ink: Ink, frame: Frame, line: float, under: tuple[str, ...]) -> None:
    painter, area, scale = ink.painter, frame.area, frame.x
    if frame.aslant:
        _paint_aslant(ink, frame, line)
        return
    is_category = scale.kind is ScaleKind.CATEGORY
    widest = area.width()
    if is_category:
        widest = area.width() / max(1e-9, abs(scale.high - scale.low))
    most = int(area.width() / (4.5 * line))
    shown = axis_texts(scale, most if not is_category else max(2, int(area.width() / 24)))
    for place, text in shown:
        x = frame.x_at(place)
        if is_category:
            room = min(widest, area.width()) - 4
            if len(shown) > 1:
                room = max(room, (shown[1][0] - shown[0][0]) * widest - 4)
            box = QRectF(x - room / 2, area.bottom() + _TICK_GAP - 1, room, line)
            painter.setPen(ink.color("text-2" if under else "muted"))
            ink.text(box, text, _CENTER | _MIDDLE, Qt.TextElideMode.ElideMiddle)
            if under and int(place) < len(under):
                painter.setPen(ink.color("muted"))
                box.translate(0, line)
                ink.text(box, under[int(place)], _CENTER | _MIDDLE, Qt.TextElideMode.ElideRight)
        else:
            wide = QFontMetricsF(painter.font()).horizontalAdvance(text)
            left = min(max(0.0, x - wide / 2), area.right() + 8 - wide)
            painter.drawText(QPointF(left, area.bottom() + _TICK_GAP + line * 0.8), text)


def _paint_aslant(ink: Ink, frame: Frame, line: float) -> None:
    """Write the names of categories so that they rise to their places, as many as fit."""
    painter, area = ink.painter, frame.area
    painter.setPen(ink.color("muted"))
    most = max(2, int(area.width() / (1.25 * line)))
    for place, text in axis_texts(frame.x, most):
        painter.save()
        painter.translate(frame.x_at(place) + line * 0.3, area.bottom() + _TICK_GAP)
        painter.rotate(-_ASLANT)
        room = min(frame.aslant, (frame.x_at(place) + line * 0.3) / _RUN)
        box = QRectF(-room, 0, room, line)
        ink.text(box, text, _RIGHT | _MIDDLE, Qt.TextElideMode.ElideMiddle)
        painter.restore()


def _caption(scale: Scale) -> str:
    return f"{scale.title} (log)" if scale.kind is ScaleKind.LOG else scale.title


def _most(scale: Scale, height: float, line: float) -> int:
    return max(2, int(height / (line * (1.3 if scale.kind is ScaleKind.CATEGORY else 2.6))))
