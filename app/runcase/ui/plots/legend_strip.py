"""One line below a chart that names its groups or its metrics; what has no room is counted."""

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from runcase.itemmodels import formats
from runcase.ui.plots.chart_view import Key
from runcase.ui.theme import Theme

_HEIGHT = 22
_SWATCH = 16.0
_GAP = 14.0
_LONGEST = 180


class LegendStrip(QWidget):
    """Paints keys beside each other; the whole list is its tooltip."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.keys: tuple[Key, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_keys(self, keys: Sequence[Key]) -> None:
        """Show other keys; none hide the strip."""
        self.keys = tuple(keys)
        names = [formats.one_line(key.name) for key in self.keys]
        self.setToolTip("\n".join(names[:40]))
        self.setAccessibleName(f"Legend: {', '.join(names)}")
        self.setVisible(bool(keys))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(100, self._theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = self._theme.font("small")
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        x, middle = 12.0, self.height() / 2
        reserve = metrics.horizontalAdvance("+ 000 more")
        for at, key in enumerate(self.keys):
            text = formats.one_line(key.name)
            name = metrics.elidedText(text, Qt.TextElideMode.ElideRight, self._theme.px(_LONGEST))
            wide = _SWATCH + 5 + metrics.horizontalAdvance(name)
            last = at == len(self.keys) - 1
            if x + wide + (0 if last else _GAP + reserve) > self.width() - 8:
                painter.setPen(self._theme.color("muted"))
                rest = QRectF(x, 0, self.width() - x, self.height())
                painter.drawText(rest, _MIDDLE, f"+ {formats.count(len(self.keys) - at)} more")
                return
            draw_key(painter, key, x, middle)
            painter.setPen(self._theme.color("text-2"))
            painter.drawText(QRectF(x + _SWATCH + 5, 0, wide, self.height()), _MIDDLE, name)
            x += wide + _GAP


_MIDDLE = int(Qt.AlignmentFlag.AlignVCenter)


def draw_key(painter: QPainter, key: Key, x: float, middle: float) -> None:
    """Draw a key's line or spot at x, 16 pixels wide, around a height."""
    if key.dashes is None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(key.color)
        painter.drawEllipse(QRectF(x + 4, middle - 4, 8, 8))
        return
    pen = QPen(key.color, 2)
    if key.dashes:
        # Dashes are counted in widths of the pen.
        pen.setDashPattern([each / 2 for each in key.dashes])
    painter.setPen(pen)
    painter.drawLine(QLineF(x, middle, x + _SWATCH, middle))
