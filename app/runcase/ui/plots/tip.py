"""The crosshair's tooltip: at most eight runs with their values, sorted."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from runcase.itemmodels import formats
from runcase.ui.theme import Theme

MAX_ROWS = 8
# In pixels at zoom 1: a line's height, the longest name, a number, and what lies left of a name.
_LINE, _NAME, _NUMBER, _SWATCH = 18, 190, 61, 25
_PAD, _GAP = 9, 14


@dataclass(frozen=True, slots=True)
class TipRow:
    """One run or group at the crosshair: its value, its raw value or how far its values go."""

    name: str
    color: QColor
    value: float
    raw: float
    strong: bool
    spread: tuple[float, float] | None = None


class PlotTip(QFrame):
    """Painted, transparent for the mouse, turned round at the edges."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._heading = ""
        self._rows: list[TipRow] = []
        self._more = 0
        self._smoothed = False
        self.setObjectName("plotTip")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def rows(self) -> list[TipRow]:
        """Return what is shown, from top to bottom."""
        return list(self._rows)

    def show_rows(self, heading: str, rows: Sequence[TipRow], smoothed: bool, at: QPoint) -> None:
        """Show values beside a point of the parent."""
        ordered = sorted(rows, key=lambda each: (math.isnan(each.value), each.value))
        self._heading, self._smoothed = heading, smoothed
        self._rows, self._more = ordered[:MAX_ROWS], max(0, len(ordered) - MAX_ROWS)
        self.resize(self.sizeHint())
        parent = self.parentWidget()
        room = parent.rect() if parent is not None else self.rect()
        x = at.x() + 14
        if x + self.width() > room.right():
            x = at.x() - 14 - self.width()
        y = min(max(4, at.y() - 10), room.bottom() - self.height() - 4)
        self.move(max(2, x), max(2, y))
        self.show()
        self.raise_()
        self.update()

    def sizeHint(self) -> QSize:
        px, metrics = self._theme.px, self._metrics(QFont.Weight.DemiBold)
        names = [min(px(_NAME), metrics.horizontalAdvance(each.name)) for each in self._rows]
        heading = metrics.horizontalAdvance(self._heading) - px(_NUMBER - _SWATCH + _GAP)
        wide = max([*names, heading, px(60)]) + px(_SWATCH + _GAP + _NUMBER + _PAD)
        lines = len(self._rows) + 1 + bool(self._more)
        return QSize(wide + self._beyond(), lines * px(_LINE) + px(12))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        px, theme, painter = self._theme.px, self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        top = px(6)
        self._line(painter, top, self._heading, *self._captions())
        for row in self._rows:
            top += px(_LINE)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(row.color)
            painter.drawRoundedRect(QRectF(px(_PAD), top + px(4), px(10), px(10)), 3, 3)
            weight = QFont.Weight.DemiBold if row.strong else QFont.Weight.Normal
            painter.setFont(theme.font("small", weight))
            painter.setPen(theme.color("text"))
            elide = Qt.TextElideMode.ElideRight
            name = self._metrics(weight).elidedText(row.name, elide, px(_NAME))
            more = formats.number(row.raw) if self._smoothed else _spread(row)
            self._line(painter, top, name, formats.number(row.value), more, px(_SWATCH))
        if self._more:
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("muted"))
            self._line(painter, top + px(_LINE), f"{self._more} more", "", "")

    def _metrics(self, weight: QFont.Weight = QFont.Weight.Normal) -> QFontMetrics:
        return QFontMetrics(self._theme.font("small", weight))

    def _captions(self) -> tuple[str, str]:
        return ("smoothed", "raw") if self._smoothed else ("", "")

    def _beyond(self) -> int:
        """Return how many pixels the raw values take behind the others, or the groups' bands."""
        if self._smoothed:
            return self._theme.px(_NUMBER)
        metrics = self._metrics(QFont.Weight.DemiBold)
        widest = max((metrics.horizontalAdvance(_spread(row)) for row in self._rows), default=0)
        return widest + self._theme.px(_GAP) if widest else 0

    def _line(
        self, painter: QPainter, top: int, text: str, value: str, more: str, left: int = 0
    ) -> None:
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        height, pad = self._theme.px(_LINE), self._theme.px(_PAD)
        left = left or pad
        painter.drawText(left, top, self.width() - left, height, middle, text)
        painter.drawText(0, top, self.width() - pad - self._beyond(), height, right, value)
        if more:
            painter.setPen(self._theme.color("muted"))
            painter.drawText(0, top, self.width() - pad, height, right, more)


def _spread(row: TipRow) -> str:
    """Write how far a group's values go, "" for a run."""
    if row.spread is None:
        return ""
    low, high = map(formats.number, row.spread)
    return f"{low} – {high}"
