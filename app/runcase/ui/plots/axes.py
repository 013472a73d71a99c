"""Axes with the design's number formats: plain, log10, durations and wall time."""

from typing import Any

import pyqtgraph as pg

from runcase.curves.scales import Scale, ScaleKind, ticks
from runcase.itemmodels import formats

# So far apart are ticks of a log axis, in pixels.
_WIDE_TICK, _HIGH_TICK = 70, 34


class MetricAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph ships no types
    """An axis of numbers; with `log` its values are exponents of ten. `what` names them."""

    def __init__(
        self, orientation: str, log: bool = False, what: str = "step", **options: Any
    ) -> None:
        super().__init__(orientation=orientation, **options)
        self._log, self._what = log, what
        # SI prefixes would multiply a metric's values by 1000.
        self.enableAutoSIPrefix(False)

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        if not self._log:
            found: list[tuple[float, list[float]]] = super().tickValues(low, high, size)
            return found
        # pyqtgraph would put them at even exponents: 6.310 and 7.943.
        across = self.orientation in ("bottom", "top")
        most = max(2, int(size / (_WIDE_TICK if across else _HIGH_TICK)))
        places = ticks(Scale("", ScaleKind.LOG, low, high), most).places
        return [(1.0, list(places))]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if self._log:
            return [_power(value) for value in values]
        decimals = 0
        while spacing and decimals < 8 and abs(spacing * 10**decimals % 1) > 1e-6:
            decimals += 1
        return [_tick(value, decimals) for value in values]

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

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [_short_duration(value, spacing) for value in values]

    def described(self, value: float) -> str:
        return formats.duration(round(value * 1000))


class WallAxis(pg.DateAxisItem):  # type: ignore[misc]  # pyqtgraph ships no types
    """Local time of seconds since the epoch."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation=orientation)

    def described(self, value: float) -> str:
        """Write a moment for the crosshair's heading."""
        return formats.moment(round(value * 1000))


def _power(exponent: float) -> str:
    if abs(exponent) > 300:
        return ""
    value = 10**exponent
    return formats.number(value) if formats.is_scientific(value) else f"{value:,.6g}"


def _tick(value: float, decimals: int) -> str:
    if formats.is_scientific(value) and abs(value) >= 1e6:
        return formats.number(value)
    text = f"{value:,.{decimals}f}" if decimals < 7 else f"{value:.2g}"
    return text.replace("-", formats.MINUS)


def _short_duration(seconds: float, spacing: float) -> str:
    sign = formats.MINUS if seconds < 0 else ""
    seconds = abs(seconds)
    if spacing < 1:
        return f"{sign}{seconds:.3g} s"
    if seconds < 60 and spacing < 60:
        return f"{sign}{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours >= 48:
        return f"{sign}{hours / 24:.3g} d"
    if hours:
        return f"{sign}{hours}h {minutes:02d}m"
    return f"{sign}{minutes}m {rest:02d}s" if rest else f"{sign}{minutes} min"
