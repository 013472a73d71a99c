"""Smooths curves: moving averages by points or by x, a Gaussian, a running mean."""

import math
from enum import StrEnum

import numpy as np

from runcase.curves.series import Floats

# Weights & Biases counts the width of a chart as so many units of x.
_UNITS = 1000.0
# Beyond so many standard deviations a Gaussian is nothing; the number is scipy's.
_TRUNCATE = 4.0


class Smoothing(StrEnum):
    """How a curve is smoothed."""

    EMA = "ema"
    TIME = "time"
    GAUSSIAN = "gaussian"
    MEAN = "mean"


def smooth(x: Floats, y: Floats, kind: Smoothing, weight: float) -> Floats:
    """Smooth y, (n,), over ascending x, (n,); NaN and ±inf stay as they are and weigh nothing.

    One weight means about as much for every kind: the Gaussian and the running mean leave as much
    of white noise as the moving average of that weight does, whose weights squared sum up to
    (1 - w) / (1 + w).

    Args:
        x: Where the values are; only `Smoothing.TIME` looks at it.
        y: Values in order of x.
        kind: How.
        weight: 0 (the curve itself) up to, but not including, 1.
    """
    if weight <= 0 or len(y) < 2:
        return y
    finite = np.isfinite(y)
    if not finite.any():
        return y
    out = y.copy()
    values = y[finite]
    if kind is Smoothing.EMA:
        out[finite] = _ema(values, weight)
    elif kind is Smoothing.TIME:
        out[finite] = _time_weighted(x[finite], values, weight)
    elif kind is Smoothing.GAUSSIAN:
        out[finite] = _weighted(values, _bell(weight))
    else:
        out[finite] = _weighted(values, np.ones(2 * reach(weight) + 1))
    return out


def reach(weight: float) -> int:
    """Count the points on either side of one that its running mean takes in.

    2 · reach + 1 is (1 + w) / (1 - w), the points whose mean leaves as much noise.
    """
    return max(1, round(weight / (1 - weight)))


def sigma(weight: float) -> float:
    """Return the Gaussian's standard deviation in points.

    Its weights squared sum up to 1 / (2σ√π).
    """
    return (1 + weight) / (1 - weight) / (2 * math.sqrt(math.pi))


def _bell(weight: float) -> Floats:
    deviation = sigma(weight)
    lags = np.arange(-round(_TRUNCATE * deviation), round(_TRUNCATE * deviation) + 1)
    bell: Floats = np.exp(-0.5 * (lags / deviation) ** 2)
    return bell


def _weighted(values: Floats, kernel: Floats) -> Floats:
    """Average with a symmetric kernel centred on each point; at the ends with what there is of it.

    The Nadaraya-Watson estimate over the numbers of the points:
    s_i = Σ_j k(j - i)·y_j / Σ_j k(j - i), j within the curve.
    """
    n, side = len(values), min(len(kernel) // 2, len(values) - 1)
    middle = len(kernel) // 2
    kernel = kernel[middle - side : middle + side + 1]
    kernel = kernel / kernel.sum()
    sums = np.concatenate(([0.0], np.cumsum(kernel)))
    at = np.arange(n)
    there = sums[np.minimum(side, n - 1 - at) + side + 1] - sums[side - np.minimum(side, at)]
    smoothed: Floats = np.convolve(values, kernel)[side : side + n] / there
    return smoothed


def _time_weighted(x: Floats, values: Floats, weight: float) -> Floats:
    """Let values fade by their distance in x, not by the number of points between them.

    The formula is Weights & Biases's "time weighted EMA": with w = min(√weight, 0.999) and
    a_i = w^(1000·(x_i - x_{i-1}) / (x_n - x_1)), the curve is s_i / d_i, where
    s_i = a_i·s_{i-1} + y_i and d_i = a_i·d_{i-1} + 1. Where all x are one, a_i is 1.

    Both recurrences are run as a scan: pass k joins stretches of 2^k points.
    """
    base = min(math.sqrt(weight), 0.999)
    span = float(x[-1] - x[0])
    steps = np.zeros(len(x))
    if 0 < span < math.inf:
        steps = np.diff(x, prepend=x[0]) / span * _UNITS
    fade = base**steps
    total, weights = values.copy(), np.ones(len(values))
    stretch = 1
    while stretch < len(values):
        before = fade[stretch:]
        total[stretch:] = total[stretch:] + before * total[:-stretch]
        weights[stretch:] = weights[stretch:] + before * weights[:-stretch]
        fade[stretch:] = before * fade[:-stretch]
        stretch *= 2
    smoothed: Floats = total / weights
    return smoothed


def _ema(values: Floats, weight: float) -> Floats:
    """Average by an exponential moving average that is not biased to its start.

    The formula is TensorBoard's: s_i = w·s_{i-1} + (1 - w)·y_i, divided by 1 - w^(i+1), where i
    counts finite points only. Run as a scan: pass k joins stretches of 2^k points. A few passes
    over all points leave the window's thread its turns, which thousands of small steps do not.
    """
    total = (1.0 - weight) * values
    stretch, fade = 1, weight
    while stretch < len(values) and fade > 0:
        total[stretch:] = total[stretch:] + fade * total[:-stretch]
        stretch, fade = 2 * stretch, fade * fade
    debias = 1.0 - weight ** np.arange(1, len(values) + 1, dtype=np.float64)
    smoothed: Floats = total / debias
    return smoothed
