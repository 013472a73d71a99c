"""Axes of charts of runs: numbers, logarithms, times or categories on a line."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from math import ceil, floor

import numpy as np

from runcase.curves.run_table import Values
from runcase.curves.series import Floats

_PAD = 0.045
_LAST = 1.7e308
_DURATION = "attribute:duration"
_GOLDEN = 0.6180339887498949
_NICE = (1.0, 2.0, 5.0, 10.0)
_EXPONENTS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
_SECOND, _MINUTE, _HOUR, _DAY = 1e3, 6e4, 3.6e6, 8.64e7
_TIME_STEPS = (
    *(1.0 * each for each in (1, 2, 5, 10, 20, 50, 100, 200, 500)),
    *(each * _SECOND for each in (1, 2, 5, 10, 15, 30)),
    *(each * _MINUTE for each in (1, 2, 5, 10, 15, 30)),
    *(each * _HOUR for each in (1, 2, 3, 6, 12)),
    *(each * _DAY for each in (1, 2, 7, 14, 30, 91, 182, 365, 730, 1826, 3652)),
)


class ScaleKind(StrEnum):
    """How values lie on an axis."""

    LINEAR = "linear"
    LOG = "log"
    TIME = "time"
    DURATION = "duration"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from `low` to `high`, both in places: log10 of values on a logarithmic one.

    A category's place is its number from 0 on; times are ms since the epoch, durations ms.
    """

    title: str
    kind: ScaleKind
    low: float
    high: float
    labels: tuple[str, ...] = ()

    @property
    def span(self) -> float:
        """Return half of the length: the whole would overflow at the ends of the floats."""
        return self.high / 2 - self.low / 2

    def share(self, places: Floats) -> Floats:
        """Return where places are: 0 at `low`, 1 at `high`; not cut."""
        found: Floats = (places / 2 - self.low / 2) / self.span
        return found

    def place(self, share: float) -> float:
        """Return the place at a share of the axis."""
        return self.low * (1 - share) + self.high * share

    def on(self, values: Floats) -> Floats:
        """Return the places of values; NaN for what is not on such an axis, as 0 on a log one."""
        finite = np.where(np.isfinite(values), values, np.nan)
        if self.kind is not ScaleKind.LOG:
            return finite
        out = np.full(len(finite), np.nan)
        positive = finite > 0
        out[positive] = np.log10(finite[positive])
        return out

    def value(self, place: float) -> float:
        """Return the value at a place; ±inf and 0 where a float ends."""
        if self.kind is not ScaleKind.LOG:
            return place
        return 10.0**place if place < 308.25 else float("inf")

    def seen(self, low: float, high: float) -> "Scale":
        """Return a part of the axis."""
        return replace(self, low=low, high=high)


def scale_of(values: Values, title: str, log: bool = False) -> tuple[Scale, Floats]:
    """Return the axis of a column with some room at its ends, and where the runs are on it."""
    if not values.is_numeric:
        places = np.where(values.codes >= 0, values.codes, np.nan).astype(np.float64)
        return category_scale(title, values.labels), places
    scale = Scale(title, _kind(values, log), 0.0, 1.0)
    places = scale.on(values.numbers)
    return fitted(scale, places), places


def _kind(values: Values, log: bool) -> ScaleKind:
    if values.is_time:
        return ScaleKind.TIME
    if log:
        return ScaleKind.LOG
    return ScaleKind.DURATION if values.name == _DURATION else ScaleKind.LINEAR


def category_scale(title: str, labels: tuple[str, ...]) -> Scale:
    """Return an axis of categories, half a place of room at either end."""
    return Scale(title, ScaleKind.CATEGORY, -0.5, max(1, len(labels)) - 0.5, labels)


def fitted(scale: Scale, places: Floats, pad: float = _PAD, base: float | None = None) -> Scale:
    """Return the scale from the least to the greatest place, and `base` if given, with room."""
    finite = places[np.isfinite(places)]
    if base is not None:
        finite = np.append(finite, base)
    if not len(finite):
        return replace(scale, low=0.0, high=1.0)
    low, high = float(finite.min()), float(finite.max())
    if low == high:
        room = {ScaleKind.LOG: 0.5, ScaleKind.TIME: _HOUR}.get(scale.kind, abs(low) * 0.1 or 0.5)
        return replace(scale, low=max(low - room, -_LAST), high=min(high + room, _LAST))
    room = 2 * pad * (high / 2 - low / 2)
    below = low if low == base else max(low - room, -_LAST)
    above = high if high == base else min(high + room, _LAST)
    return replace(scale, low=below, high=above)


def jitter(count: int) -> Floats:
    """Return (count,) shares from -0.5 to 0.5 that spread points beside each other, always alike.

    Neighbours in the sequence of the golden ratio's multiples lie far apart.
    """
    found: Floats = (np.arange(count, dtype=np.float64) * _GOLDEN) % 1.0 - 0.5
    return found


@dataclass(frozen=True, slots=True)
class Ticks:
    """Places of ticks, and their distance: how exactly they are to be written.

    Attributes:
        decades: Whether they are powers of ten on a logarithmic axis, and nothing between.
    """

    places: tuple[float, ...]
    step: float
    decades: bool = False


def ticks(scale: Scale, most: int) -> Ticks:
    """Return at most about `most` places, at round values."""
    most = max(2, most)
    if scale.kind is ScaleKind.CATEGORY:
        ends = sorted((scale.low, scale.high))  # the first may be at the top
        first, last = max(0, ceil(ends[0])), min(len(scale.labels) - 1, floor(ends[1]))
        step = max(1, -(-(last - first + 1) // most))
        return Ticks(tuple(float(each) for each in range(first, last + 1, step)), float(step))
    if scale.kind in (ScaleKind.TIME, ScaleKind.DURATION):
        return _time_ticks(scale, most)
    if scale.kind is ScaleKind.LOG and scale.high - scale.low > 0.7:
        return _log_ticks(scale, most)
    if scale.kind is ScaleKind.LOG:
        inner = _even(scale.value(scale.low), min(scale.value(scale.high), _LAST), most)
        places = tuple(float(np.log10(each)) for each in inner.places if each > 0)
        return Ticks(places or (scale.low, scale.high), inner.step)
    found = _even(scale.low, scale.high, most)
    # One tick alone says nothing of the scale.
    return found if len(found.places) > 1 else _even(scale.low, scale.high, 2 * most)


def _even(low: float, high: float, most: int) -> Ticks:
    half = high / 2 - low / 2
    raw = 2 * (half / most)
    if not 0 < raw < np.inf:
        return Ticks((low,), 1.0)
    power = 10.0 ** np.floor(np.log10(raw))
    if power == 0:  # below the least normal floats
        return Ticks((low, high), raw)
    step = float(next((each * power for each in _NICE if each * power >= raw * 0.999), 10 * power))
    first = float(np.ceil(low / step - 1e-9))
    count = int(np.floor(2 * (half / step) + 1e-9)) + 1
    # Rounded, so that a tick at 0 is not 1e-17.
    found = ((first + at) * step for at in range(count))
    return Ticks(tuple(each for each in found if low <= each <= high), step)


def _log_ticks(scale: Scale, most: int) -> Ticks:
    first, last = int(np.ceil(scale.low)), int(np.floor(scale.high))
    decades = last - first + 1
    if decades >= 3 or decades * 3 > most:
        # Round exponents, so that 1 is among them: 1e-100, 1, 1e100.
        step = next((each for each in _EXPONENTS if decades <= each * most), -(-decades // most))
        first = -(-first // step) * step
        places = tuple(float(each) for each in range(first, last + 1, step))
        return Ticks(places, float(step), decades=True)
    inner = (
        float(each + np.log10(nice)) for each in range(first - 1, last + 1) for nice in (1, 2, 5)
    )
    return Ticks(tuple(each for each in inner if scale.low <= each <= scale.high), 0.0)


def _time_ticks(scale: Scale, most: int) -> Ticks:
    span = 2 * scale.span
    step = next((each for each in _TIME_STEPS if span / each <= most), span / most)
    # Midnights are local ones.
    shift = 0.0
    if step >= _HOUR and scale.kind is ScaleKind.TIME:
        try:
            moment = datetime.fromtimestamp(scale.low / 1000).astimezone()
            offset = moment.utcoffset()
            shift = 0.0 if offset is None else offset.total_seconds() * 1000
        except (OverflowError, OSError, ValueError):
            shift = 0.0
    first = np.ceil((scale.low + shift) / step) * step - shift
    count = max(0, int(np.floor((scale.high - first) / step)) + 1)
    places = (float(first + at * step) for at in range(min(count, 2 * most)))
    return Ticks(tuple(each for each in places if scale.low <= each <= scale.high), step)
