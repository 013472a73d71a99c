"""Axes with the design's ticks and number formats: plain, log10, durations and wall time."""

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF

from runcase.curves.scales import Scale, ScaleKind, Ticks, ticks
from runcase.itemmodels import formats
from runcase.ui.plots.tick_texts import tick_texts, value_text

# So far apart are ticks, in heights of a line: as on the charts of runs.
_WIDE_TICK, _HIGH_TICK = 4.5, 2.6
# How far a tick's text may stand out beyond the ends of its axis, in pixels.
ROOM = 8


class MetricAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph ships no types
    """An axis of numbers; with `log` its values are exponents of ten. `what` names them."""

    # What one unit of the axis is in that of its scale: times are ms there.
    unit = 1.0

    def __init__(
        self, orientation: str, log: bool = False, what: str = "step", **options: Any
    ) -> None:
        super().__init__(orientation=orientation, **options)
        self._log, self._what = log, what
        self.kind = ScaleKind.LOG if log else ScaleKind.LINEAR
        self._ticks = Ticks((), 1.0)
        # SI prefixes would multiply a metric's values by 1000.
        self.enableAutoSIPrefix(False)

    def boundingRect(self) -> QRectF:
        # What is not wholly inside is left out; above a plot with a grid nothing would be.
        found: QRectF = super().boundingRect().adjusted(-ROOM, -ROOM, ROOM, ROOM)
        return found

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        # pyqtgraph's own are two levels, written with other decimals each; on a log axis they lie
        # at even exponents (6.310 and 7.943), of seconds at even numbers (16m 40s).
        across = self.orientation in ("bottom", "top")
        line = QFontMetricsF(self.style["tickFont"] or self.font()).height()
        most = max(2, int(size / (line * (_WIDE_TICK if across else _HIGH_TICK))))
        low, high = sorted((low, high))
        self._ticks = ticks(Scale("", self.kind, low * self.unit, high * self.unit), most)
        return [(self._ticks.step, [each / self.unit for each in self._ticks.places])]

    def tickStrings(self, _values: list[float], _scale: float, _spacing: float) -> list[str]:
        return tick_texts(Scale("", self.kind, 0.0, 1.0), self._ticks)

    def text_of(self, place: float) -> str:
        """Write the value at a place of this axis."""
        return value_text(Scale("", self.kind, 0.0, 1.0), place * self.unit)

    def described(self, value: float) -> str:
        """Write a value of this axis for the crosshair's heading."""
        value = 10**value if self._log else value
        return (
            f"{self._what} {value:,.0f}"
            if self._what == "step"
            else (f"{self._what} {formats.number(value)}")
        )


class DurationAxis(MetricAxis):
    """Relative time in seconds."""

    unit = 1000.0

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.kind = ScaleKind.DURATION

    def described(self, value: float) -> str:
        return self.text_of(value)


class WallAxis(MetricAxis):
    """Local time of seconds since the epoch."""

    unit = 1000.0

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self.kind = ScaleKind.TIME

    def described(self, value: float) -> str:
        return self.text_of(value)
