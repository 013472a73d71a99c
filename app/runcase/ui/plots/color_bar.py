"""The colour bar at the right of a chart, and the names of its ends."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient

from runcase.curves.scales import Scale
from runcase.ui.plots.frame import Frame
from runcase.ui.plots.ink import Ink
from runcase.ui.plots.tick_texts import axis_texts

_WIDTH = 10.0
_STOPS = 32
_GAP = 12.0
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


def bar_width(ink: Ink, scale: Scale) -> float:
    """Return the pixels that a colour bar with its texts takes."""
    metrics = QFontMetricsF(ink.font("caption"))
    texts = [text for _, text in axis_texts(scale, 5)]
    widest = max((metrics.horizontalAdvance(text) for text in texts), default=0.0)
    return _GAP + _WIDTH + 5 + max(18.0, widest)


def paint_bar(ink: Ink, frame: Frame, scale: Scale, color: Callable[[float], QColor]) -> None:
    """Paint the colours of a scale from the bottom to the top, beside a frame."""
    painter, area = ink.painter, frame.area
    box = QRectF(area.right() + _GAP, area.top(), _WIDTH, area.height())
    shades = QLinearGradient(box.bottomLeft(), box.topLeft())
    for at in range(_STOPS + 1):
        shades.setColorAt(at / _STOPS, color(at / _STOPS))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(shades)
    painter.drawRect(box)
    painter.setFont(ink.font("caption"))
    painter.setPen(ink.color("muted"))
    line = QFontMetricsF(painter.font()).height()
    upright = Frame(box, frame.x, scale)
    for place, text in axis_texts(scale, max(2, int(area.height() / (3 * line)))):
        y = upright.y_at(place)
        painter.drawText(QRectF(box.right() + 5, y - line / 2, 200, line), _MIDDLE, text)
    end = box.right() + bar_width(ink, scale) - _GAP - _WIDTH
    title = QRectF(area.center().x(), area.top() - line - 4, end - area.center().x(), line)
    right = Qt.AlignmentFlag.AlignRight | _MIDDLE
    ink.text(title, scale.title, right, Qt.TextElideMode.ElideMiddle)
