"""With what charts of runs are painted: colours, fonts and pens of the window or of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from runcase.curves.colormap import cividis
from runcase.ui.plots.chart_view import CurveStyle
from runcase.ui.theme import Theme

_LIGHT_STEPS = ("#EDF1F6", "#CFE0F7", "#9CC1EF", "#5E97DF", "#2A66BF")
_DARK_STEPS = ("#23272D", "#1F3A5F", "#2B5A97", "#4583CF", "#86B9FF")


@dataclass(frozen=True, slots=True)
class Ink:
    """One painter with the theme it paints in.

    Attributes:
        styles: How the shown runs look, in that theme's colours.
        light: Whether in the light theme's colours, whatever is in force.
        vector: Whether nothing may be painted as pixels.
    """

    painter: QPainter
    theme: Theme
    styles: Mapping[str, CurveStyle]
    light: bool = False
    vector: bool = False

    def color(self, token: str, alpha: float = 1.0) -> QColor:
        """Return a token's colour."""
        found = self.theme.color(token, light=self.light)
        found.setAlphaF(alpha)
        return found

    def run_color(self, index: int) -> QColor:
        """Return a colour of the run palette, which categories share."""
        return self.theme.run_color(index, light=self.light)

    def font(self, role: str, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """Return the font of a role."""
        return self.theme.font(role, weight)

    def pen(self, color: QColor | str, width: float = 1.0, *, dashed: bool = False) -> QPen:
        """Return a pen; a text is a token."""
        made = QPen(self.color(color) if isinstance(color, str) else color, width)
        if dashed:
            made.setDashPattern([4 / width, 4 / width])
        return made

    def step(self, share: float) -> QColor:
        """Return the sequential colour of a share from 0 to 1, between the design's five steps."""
        steps = _DARK_STEPS if self.theme.is_dark and not self.light else _LIGHT_STEPS
        at = min(1.0, max(0.0, share)) * (len(steps) - 1)
        low = min(int(at), len(steps) - 2)
        return _between(QColor(steps[low]), QColor(steps[low + 1]), at - low)

    def diverging(self, value: float) -> QColor:
        """Return the colour of -1 (palette 2) over 0 (the surface) to 1 (palette 1)."""
        end = self.run_color(0 if value >= 0 else 1)
        return _between(self.color("surface"), end, min(1.0, abs(value)))

    def dot(self, center: QPointF, radius: float, *, square: bool = False) -> None:
        """Paint a marker with the painter's pen and brush."""
        if square:
            side = radius * 1.8
            self.painter.drawRect(QRectF(center.x() - side / 2, center.y() - side / 2, side, side))
        else:
            self.painter.drawEllipse(center, radius, radius)

    def text(self, box: QRectF, text: str, align: Qt.AlignmentFlag, mode: Qt.TextElideMode) -> None:
        """Write one line, elided to the width of its box."""
        metrics = QFontMetricsF(self.painter.font())
        shown = metrics.elidedText(text, mode, box.width())
        self.painter.drawText(box, align | Qt.TextFlag.TextSingleLine, shown)


def continuous(share: float) -> QColor:
    """Return cividis' colour of a share from 0 to 1."""
    return QColor(cividis(share))


def readable_on(color: QColor) -> QColor:
    """Return black or white, whichever can be read on a colour."""
    luminance = 0.2126 * color.redF() + 0.7152 * color.greenF() + 0.0722 * color.blueF()
    return QColor("#0B1524" if luminance > 0.5 else "#FFFFFF")


def _between(low: QColor, high: QColor, share: float) -> QColor:
    pairs = zip(low.getRgb()[:3], high.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(a + (b - a) * share) for a, b in pairs))
