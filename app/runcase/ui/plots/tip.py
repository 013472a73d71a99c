"""The crosshair's tooltip: at most eight runs with their values, sorted."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from runcase.itemmodels import formats
from runcase.ui.theme import Theme

MAX_ROWS = 8
# In pixels at zoom 1: a line's height, the longest name, a number, and what lies left of a name.
LINE, _NAME, _NUMBER, _SWATCH = 18, 190, 61, 25
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
    """Painted, transparent for the mouse, turned round at the edges.

    `more` counts the rows that are not shown; `smoothed` says whether raw values stand beside.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._heading = ""
        self._rows: list[TipRow] = []
        self.more = 0
        self.smoothed = False
        self.setObjectName("plotTip")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def rows(self) -> list[TipRow]:
        """Return what is shown, from top to bottom."""
        return list(self._rows)

    def show_rows(
        self,
        heading: str,
        rows: Sequence[TipRow],
        smoothed: bool,
        at: QPoint,
        other: QRect | None = None,
    ) -> None:
        """Show values beside a point of the parent; see `place`."""
        ordered = sorted(rows, key=lambda each: (math.isnan(each.value), each.value))
        self._heading, self.smoothed = heading, smoothed
        self._rows, self.more = ordered[:MAX_ROWS], max(0, len(ordered) - MAX_ROWS)
        self.resize(self.sizeHint())
        self.place(at, other)
        self.show()
        self.raise_()
        self.update()

    def place(self, at: QPoint, other: QRect | None = None) -> None:
        """Stand beside a point of the parent, where there is room, not over `other` if it can."""
        parent = self.parentWidget()
        room = parent.rect() if parent is not None else self.rect()
        right, left = at.x() + 14, at.x() - 14 - self.width()
        x = right if right + self.width() <= room.right() else left
        y = max(2, min(max(4, at.y() - 10), room.bottom() - self.height() - 4))
        self.move(max(2, x), y)
        if other is not None and self.geometry().intersects(other):
            tops = y, other.bottom() + 6, other.top() - 6 - self.height()
            places = (QRect(QPoint(x, top), self.size()) for x in (right, left) for top in tops)
            free = (each for each in places if room.contains(each) and not each.intersects(other))
            self.move(next(free, self.geometry()).topLeft())

    def head(self) -> int:
        """Return how far below the heading the names of the columns stand, in pixels."""
        return 0

    def footer(self, more: int) -> str:
        """Return the last line, "" for none; `more` rows are not shown."""
        return f"{formats.count(more)} more · click to pin" if more else "click to pin"

    def sizeHint(self) -> QSize:
        px, metrics = self._theme.px, self._metrics(QFont.Weight.DemiBold)
        names = [min(px(_NAME), metrics.horizontalAdvance(each.name)) for each in self._rows]
        heading = metrics.horizontalAdvance(self._heading) - px(_NUMBER - _SWATCH + _GAP)
        wide = max([*names, heading, px(60)]) + px(_SWATCH + _GAP + _NUMBER + _PAD)
        lines = len(self._rows) + 1 + bool(self.footer(self.more))
        return QSize(wide + self._beyond(), self.head() + lines * px(LINE) + px(12))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        px, theme, painter = self._theme.px, self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.color("muted"))
        top = px(6)
        self._line(painter, top, self._heading, "", "")
        top += self.head()
        self._line(painter, top, "", *self._captions())
        for row in self._rows:
            top += px(LINE)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(row.color)
            painter.drawRoundedRect(QRectF(px(_PAD), top + px(4), px(10), px(10)), 3, 3)
            weight = QFont.Weight.DemiBold if row.strong else QFont.Weight.Normal
            painter.setFont(theme.font("small", weight))
            painter.setPen(theme.color("text"))
            elide = Qt.TextElideMode.ElideRight
            name = self._metrics(weight).elidedText(row.name, elide, px(_NAME))
            more = formats.number(row.raw) if self.smoothed else _spread(row)
            self._line(painter, top, name, formats.number(row.value), more, px(_SWATCH))
        if self.footer(self.more):
            painter.setFont(theme.font("small"))
            painter.setPen(theme.color("muted"))
            self._line(painter, top + px(LINE), self.footer(self.more), "", "")

    def _metrics(self, weight: QFont.Weight = QFont.Weight.Normal) -> QFontMetrics:
        return QFontMetrics(self._theme.font("small", weight))

    def _captions(self) -> tuple[str, str]:
        return ("smoothed", "raw") if self.smoothed else ("", "")

    def _beyond(self) -> int:
        """Return how many pixels the raw values take behind the others, or the groups' bands."""
        if self.smoothed:
            return self._theme.px(_NUMBER)
        metrics = self._metrics(QFont.Weight.DemiBold)
        widest = max((metrics.horizontalAdvance(_spread(row)) for row in self._rows), default=0)
        return widest + self._theme.px(_GAP) if widest else 0

    def _line(
        self, painter: QPainter, top: int, text: str, value: str, more: str, left: int = 0
    ) -> None:
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        height, pad = self._theme.px(LINE), self._theme.px(_PAD)
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
