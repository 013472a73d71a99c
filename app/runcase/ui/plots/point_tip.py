"""The tooltip of a chart of runs: a heading, and lines of a name and a value."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF

from runcase.itemmodels import formats
from runcase.ui.plots.ink import Ink

_PAD = 8.0
_GAP = 14.0
_WIDEST = 320.0
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Hit:
    """What is under the mouse.

    Attributes:
        run_id: The run, "" for what stands for several.
        heading: Such as the run's name.
        lines: Names and values.
    """

    run_id: str
    heading: str
    lines: tuple[tuple[str, str], ...]


def paint_tip(ink: Ink, hit: Hit, at: QPointF, room: QRectF) -> None:
    """Paint it beside a point, within a room, on the side where there is more of it."""
    bold = ink.font("small", QFont.Weight.DemiBold)
    metrics, strong = QFontMetricsF(ink.font("small")), QFontMetricsF(bold)
    line = metrics.height() + 2
    heading = strong.elidedText(formats.one_line(hit.heading), Qt.TextElideMode.ElideRight, _WIDEST)
    lines = [(formats.one_line(name), formats.one_line(value)) for name, value in hit.lines]
    width = max(strong.horizontalAdvance(heading), _widest(metrics, lines))
    size_x, size_y = width + 2 * _PAD, (1 + len(lines)) * line + 2 * _PAD - 2
    x = at.x() + _GAP if at.x() + _GAP + size_x <= room.right() else at.x() - _GAP - size_x
    y = min(max(room.top() + 2, at.y() - size_y / 2), room.bottom() - size_y - 2)
    box = QRectF(max(room.left() + 2, x), y, size_x, size_y)
    painter = ink.painter
    painter.setPen(ink.pen("tip-border"))
    painter.setBrush(ink.color("tip"))
    painter.drawRoundedRect(box, 4, 4)
    inner = box.adjusted(_PAD, _PAD - 1, -_PAD, 0)
    row = QRectF(inner.left(), inner.top(), inner.width(), line)
    painter.setFont(bold)
    painter.setPen(ink.color("text"))
    painter.drawText(row, _MIDDLE, heading)
    painter.setFont(ink.font("small"))
    for name, value in lines:
        row.translate(0, line)
        taken = min(metrics.horizontalAdvance(value), inner.width() * 0.7)
        painter.setPen(ink.color("muted"))
        left = row.adjusted(0, 0, -taken - 10, 0)
        ink.text(left, name, Qt.AlignmentFlag.AlignLeft | _MIDDLE, Qt.TextElideMode.ElideMiddle)
        painter.setPen(ink.color("text"))
        right = row.adjusted(row.width() - taken - 1, 0, 0, 0)
        ink.text(right, value, Qt.AlignmentFlag.AlignRight | _MIDDLE, Qt.TextElideMode.ElideRight)


def _widest(metrics: QFontMetricsF, lines: Sequence[tuple[str, str]]) -> float:
    widths = (metrics.horizontalAdvance(f"{name}{value}") + 16 for name, value in lines)
    return min(_WIDEST, max(widths, default=0.0))
