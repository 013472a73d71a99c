"""The ends of a chart's axes: those that a person set, or what is drawn and a little more."""

import math
from dataclasses import dataclass

from runcase.curves.chart import Chart

_PADDING = 0.03
# Who draws reckons with the width of a view: beyond this it overflows.
_FAR = 1e300


@dataclass(frozen=True, slots=True)
class Limits:
    """The ends of the axes that a person set, None for what is drawn."""

    x: tuple[float | None, float | None] = (None, None)
    y: tuple[float | None, float | None] = (None, None)


def limits_of(chart: Chart) -> Limits:
    """Return the limits that a chart's options name, in plain numbers."""
    return Limits(*(_pair(chart.options.get(name)) for name in ("x_limits", "y_limits")))


def _pair(value: object) -> tuple[float | None, float | None]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None, None
    low, high = (float(each) if isinstance(each, int | float) else None for each in value)
    return low, high


def widened(
    found: tuple[float, float] | None, limits: tuple[float | None, float | None], log: bool
) -> tuple[float, float]:
    """Return the ends of an axis: those that were set, else those of the data and a little more."""
    low, high = found or (0.0, 1.0)
    if not high > low:
        pad = abs(high) * 0.1 or 0.5
        low, high = low - pad, high + pad
    # Halves first: the ends may lie further apart than a double holds.
    pad = (high / 2 - low / 2) * 2 * _PADDING
    low, high = max(low - pad, -_FAR), min(high + pad, _FAR)
    least, most = (
        None if each is None or (log and each <= 0) else math.log10(each) if log else each
        for each in limits
    )
    low, high = low if least is None else least, high if most is None else most
    return (low, high) if high > low else (low, low + 1)
