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
_LINE = 18
_NAME = 190


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
        metrics = QFontMetrics(self._theme.font("small"))
        names = [min(_NAME, metrics.horizontalAdvance(each.name)) for each in self._rows]
        numbers = 132 if self._smoothed else 70
        wide = max([*names, metrics.horizontalAdvance(self._heading) - 30, 60])
        lines = len(self._rows) + 1 + bool(self._more)
        return QSize(wide + 40 + numbers, lines * _LINE + 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetrics(self._theme.font("small"))
        painter.setFont(self._theme.font("small"))
        painter.setPen(self._theme.color("muted"))
        top = 6
        self._line(painter, top, self._heading, *self._captions())
        for row in self._rows:
            top += _LINE
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(row.color)
            painter.drawRoundedRect(QRectF(9, top + 4, 10, 10), 3, 3)
            weight = QFont.Weight.DemiBold if row.strong else QFont.Weight.Normal
            painter.setFont(self._theme.font("small", weight))
            painter.setPen(self._theme.color("text"))
            name = metrics.elidedText(row.name, Qt.TextElideMode.ElideRight, _NAME)
            raw = formats.number(row.raw) if self._smoothed else ""
            self._line(painter, top, name, formats.number(row.value), raw, left=25)
        if self._more:
            painter.setFont(self._theme.font("small"))
            painter.setPen(self._theme.color("muted"))
            self._line(painter, top + _LINE, f"{self._more} more", "", "")

    def _captions(self) -> tuple[str, str]:
        return ("smoothed", "raw") if self._smoothed else ("", "")

    def _line(
        self, painter: QPainter, top: int, text: str, value: str, raw: str, left: int = 9
    ) -> None:
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(left, top, self.width() - left, _LINE, middle, text)
        value_right = self.width() - (70 if self._smoothed else 9)
        painter.drawText(0, top, value_right, _LINE, right, value)
        if raw:
            painter.setPen(self._theme.color("muted"))
            painter.drawText(0, top, self.width() - 9, _LINE, right, raw)
