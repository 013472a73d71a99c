"""The axes of parallel coordinates: where they stand, their titles, ticks and brushes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF

from runcase.curves.figures.parallel import Axis, Parallel
from runcase.curves.scales import ScaleKind
from runcase.ui.plots.ink import Ink
from runcase.ui.plots.tick_texts import axis_texts, short, value_text

_REACH = 9.0
_MISSING = "missing"
_BRUSH = 8.0
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_CENTER = Qt.AlignmentFlag.AlignCenter
_ELIDE = Qt.TextElideMode.ElideMiddle


@dataclass(frozen=True, slots=True)
class Slot:
    """Where one axis is.

    Attributes:
        missing: The height, in pixels from the top, of runs without a value.
        title: The box of its title, by which it is dragged.
        tip: Its whole title, where that does not fit; "" otherwise.
    """

    name: str
    x: float
    top: float
    bottom: float
    missing: float
    title: QRectF
    tip: str

    def share(self, y: float) -> float:
        """Return a height as a share of the axis, 0 at the bottom to 1 at the top."""
        return min(1.0, max(0.0, (self.bottom - y) / max(1.0, self.bottom - self.top)))

    def y(self, share: float) -> float:
        """Return the height of a share."""
        return self.bottom - share * (self.bottom - self.top)


def lay_out(ink: Ink, area: QRectF, figure: Parallel) -> tuple[Slot, ...]:
    """Place the axes at equal distances, with room for the words at both sides."""
    count = len(figure.axes)
    if not count:
        return ()
    title, caption = QFontMetricsF(ink.font("mono")), QFontMetricsF(ink.font("caption"))
    line = caption.height()
    left = _room(caption, figure.axes[0], area.width() * 0.2, area.width() / (2 * count))
    right = area.width() / (2 * count) * 0.72
    left, right = max(left, 34.0), max(right, 34.0)
    step = (area.width() - left - right) / max(1, count - 1)
    top = area.top() + title.height() + line + 6
    below = 2 * line + 6 if figure.incomplete else line + 8
    bottom = max(top + 20, area.bottom() - below)
    slots = []
    for at, axis in enumerate(figure.axes):
        x = area.left() + left + at * step if count > 1 else area.center().x()
        half = step / 2 - 4 if count > 1 else area.width() / 2
        start = max(area.left() + 2, x - half)
        end = min(area.right() - 2, x + half)
        if at in (0, count - 1):  # at the edges around the axis as far as there is room
            reach = (
                min(x - start, end - x)
                if title.horizontalAdvance(axis.scale.title) <= 2 * min(x - start, end - x)
                else max(x - start, end - x)
            )
            start, end = max(start, x - reach), min(end, x + reach)
        box = QRectF(start, area.top() + 2, end - start, title.height())
        fits = title.horizontalAdvance(axis.scale.title) <= box.width()
        tip = "" if fits else axis.scale.title
        missing = bottom + line + 2
        slots.append(Slot(axis.name, x, top, bottom, missing, box, tip))
    return tuple(slots)


def _room(metrics: QFontMetricsF, axis: Axis, most: float, least: float) -> float:
    """Return the pixels that the names of the first axis take, which stand to its left."""
    if axis.scale.kind is not ScaleKind.CATEGORY:
        return least * 0.72
    widest = max((metrics.horizontalAdvance(name) for name in axis.scale.labels), default=0.0)
    return min(most, max(least * 0.72, widest + 12))


def axis_at(slots: Sequence[Slot], point: QPointF) -> tuple[Slot, bool] | None:
    """Return the axis at a point, and whether its title is; None for neither."""
    for slot in slots:
        if slot.title.contains(point):
            return slot, True
        if abs(slot.x - point.x()) <= _REACH and slot.top - 4 <= point.y() <= slot.bottom + 4:
            return slot, False
    return None


def paint_axis(ink: Ink, slot: Slot, axis: Axis) -> None:
    """Paint line, title, ends and the names along an axis."""
    painter = ink.painter
    painter.setPen(ink.pen("muted"))
    painter.drawLine(QLineF(slot.x, slot.top, slot.x, slot.bottom))
    painter.setFont(ink.font("mono"))
    painter.setPen(ink.color("text"))
    ink.text(slot.title, axis.scale.title, _CENTER, _ELIDE)
    painter.setFont(ink.font("caption"))
    metrics = QFontMetricsF(painter.font())
    line = metrics.height()
    painter.setPen(ink.color("muted"))
    if axis.scale.kind is ScaleKind.CATEGORY:
        _paint_names(ink, slot, axis, line)
    else:
        low, high = axis.scale.low, axis.scale.high
        if len(np.unique(axis.shares[~np.isnan(axis.shares)])) == 1:
            _paint_one(ink, slot, axis, line)
            return
        ends = (low, high) if axis.falls else (high, low)
        width = slot.title.width()
        for place, y in zip(ends, (slot.top - line - 2, slot.bottom + 2), strict=True):
            text = _value(axis, place)
            is_log = axis.scale.kind is ScaleKind.LOG and y < slot.top
            if is_log and metrics.horizontalAdvance(f"{text} log") <= width:
                text += " log"
            box = QRectF(slot.x - width / 2, y, width, line)
            ink.text(box, text, _CENTER, _ELIDE)
        _paint_ticks(ink, slot, axis, line)


def paint_missing(ink: Ink, slots: Sequence[Slot], axes: Sequence[Axis]) -> None:
    """Mark below each axis where runs without a value pass; the first mark says what it is."""
    painter = ink.painter
    painter.setFont(ink.font("caption"))
    line = QFontMetricsF(painter.font()).height()
    wide = QFontMetricsF(painter.font()).horizontalAdvance(_MISSING) + 2
    said = False
    for slot, axis in zip(slots, axes, strict=True):
        if not bool(np.isnan(axis.shares).any()):
            continue
        painter.setPen(ink.pen("warn"))
        painter.drawLine(QLineF(slot.x - 4, slot.missing, slot.x + 4, slot.missing))
        if not said:
            said = True
            painter.setPen(ink.color("warn"))
            box = QRectF(max(0.0, slot.x - 7 - wide), slot.missing - line / 2, wide, line)
            painter.drawText(box, _MIDDLE, _MISSING)


def _paint_one(ink: Ink, slot: Slot, axis: Axis, line: float) -> None:
    """Name the only value, in the middle."""
    text = _value(axis, axis.scale.place(0.5))
    wide = QFontMetricsF(ink.painter.font()).horizontalAdvance(text)
    _halo(ink, QRectF(slot.x - 6 - wide, slot.y(0.5) - line / 2, 0, line), text)


def _value(axis: Axis, place: float) -> str:
    if axis.scale.kind in (ScaleKind.TIME, ScaleKind.DURATION):
        return value_text(axis.scale, place)
    return short(axis.scale.value(place), 4)


def _paint_names(ink: Ink, slot: Slot, axis: Axis, line: float) -> None:
    most = max(2, int((slot.bottom - slot.top) / (line * 1.2)))
    width = slot.title.width() - 8
    metrics = QFontMetricsF(ink.painter.font())
    for place, text in axis_texts(axis.scale, most):
        share = float(axis.scale.share(np.array([place]))[0])
        y = slot.y(1 - share if axis.falls else share)
        ink.painter.setPen(ink.pen("muted"))
        ink.painter.drawLine(QLineF(slot.x - 3, y, slot.x, y))
        shown = metrics.elidedText(text, _ELIDE, min(width, max(24.0, slot.x - 8)))
        _halo(
            ink, QRectF(slot.x - 6 - metrics.horizontalAdvance(shown), y - line / 2, 0, line), shown
        )


def _paint_ticks(ink: Ink, slot: Slot, axis: Axis, line: float) -> None:
    """Name some values along the axis, not too near to its ends."""
    most = max(2, int((slot.bottom - slot.top) / (line * 4)))
    metrics = QFontMetricsF(ink.painter.font())
    values = [(place, _value(axis, place)) for place in axis.marks]
    for place, text in values or axis_texts(axis.scale, most):
        share = float(axis.scale.share(np.array([place]))[0])
        y = slot.y(1 - share if axis.falls else share)
        if slot.top + line <= y <= slot.bottom - line and slot.title.width() > 56:
            wide = metrics.horizontalAdvance(text)
            _halo(ink, QRectF(slot.x - 6 - wide, y - line / 2, 0, line), text)
            ink.painter.setPen(ink.pen("muted"))
            ink.painter.drawLine(QLineF(slot.x - 3, y, slot.x, y))


def _halo(ink: Ink, box: QRectF, text: str) -> None:
    """Write a text so that it can be read over curves."""
    wide = QFontMetricsF(ink.painter.font()).horizontalAdvance(text)
    ground = QRectF(box.left() - 2, box.top() + 1, wide + 4, box.height() - 2)
    ink.painter.fillRect(ground, ink.color("surface", 0.72))
    ink.painter.setPen(ink.color("text-2"))
    ink.painter.drawText(QRectF(box.left(), box.top(), wide + 2, box.height()), _MIDDLE, text)


def paint_brush(ink: Ink, slot: Slot, low: float, high: float) -> None:
    """Paint the brush of an axis between two shares of it."""
    ink.painter.setPen(ink.pen("accent"))
    ink.painter.setBrush(ink.color("accent", 0.22))
    top, bottom = slot.y(high), slot.y(low)
    box = QRectF(slot.x - _BRUSH, top, 2 * _BRUSH, max(2.0, bottom - top))
    ink.painter.drawRoundedRect(box, 2, 2)
