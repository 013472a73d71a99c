"""Turns series into what is drawn: smoothed, without infinities, reduced to the pixels."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from runcase.curves.reduce import to_pixels
from runcase.curves.series import Floats, Series, XAxis
from runcase.curves.smoothing import Smoothing, smooth


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at: x from `low` to `high` on `pixels` columns; None for all of x."""

    axis: XAxis = XAxis.STEP
    smoothing: float = 0.0
    kind: Smoothing = Smoothing.EMA
    log_y: bool = False
    low: float | None = None
    high: float | None = None
    pixels: int = 800


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """One curve ready to draw: a line, and the raw line behind it when it is smoothed.

    `whole_x` and `whole_y` are the smoothed curve in full, for the crosshair; `raw` its values.
    """

    run_id: str
    key: str
    x: Floats
    y: Floats
    raw_x: Floats
    raw_y: Floats
    whole_x: Floats
    whole_y: Floats
    raw: Floats


def draw(series: Sequence[Series], view: View) -> list[Drawn]:
    """Prepare curves for a view; called on a worker thread.

    Infinities become gaps: a line cannot lead there. On a log axis y is log10 of positive values,
    and everything else is a gap.
    """
    shown = [(each, *each.drawn(view.axis)) for each in series]
    low, high = _range(shown, view)
    drawn = []
    for each, x, raw in shown:
        line = smooth(x, raw, view.kind, view.smoothing)
        line_x, line_y = to_pixels(x, _on_axis(line, view.log_y), low, high, view.pixels)
        raw_x = raw_y = np.empty(0)
        if view.smoothing > 0 and len(raw) > 1:
            raw_x, raw_y = to_pixels(x, _on_axis(raw, view.log_y), low, high, view.pixels)
        drawn.append(Drawn(each.run_id, each.key, line_x, line_y, raw_x, raw_y, x, line, raw))
    return drawn


def _range(shown: list[tuple[Series, Floats, Floats]], view: View) -> tuple[float, float]:
    if view.low is not None and view.high is not None:
        return view.low, view.high
    filled = [x for _, x, _ in shown if len(x)]
    if not filled:
        return 0.0, 1.0
    low, high = min(float(x[0]) for x in filled), max(float(x[-1]) for x in filled)
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _on_axis(y: Floats, log: bool) -> Floats:
    finite = np.where(np.isfinite(y), y, np.nan)
    if not log:
        return finite
    out = np.full(len(y), np.nan)
    positive = finite > 0
    out[positive] = np.log10(finite[positive])
    return out


def value_at(x: Floats, y: Floats, at: float) -> tuple[float, float, int] | None:
    """Return (x, y, index) of the point nearest to `at`, None outside the curve."""
    if not len(x) or at < x[0] - _margin(x) or at > x[-1] + _margin(x):
        return None
    right = int(np.searchsorted(x, at))
    places = [place for place in (right - 1, right) if 0 <= place < len(x)]
    nearest = min(places, key=lambda place: abs(float(x[place]) - at))
    return float(x[nearest]), float(y[nearest]), nearest


def _margin(x: Floats) -> float:
    return float(x[-1] - x[0]) / max(1, len(x) - 1) if len(x) > 1 else 0.5
