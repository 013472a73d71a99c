"""Bins of values: the edges of a histogram, and the cells of a heat map."""

from dataclasses import dataclass

import numpy as np

from runcase.curves.run_table import Codes
from runcase.curves.series import Floats, Ints

_MOST = 100


def edges(values: Floats, most: int = _MOST) -> Floats:
    """Return the (k + 1,) edges of at most `most` bins of a histogram; empty without values.

    Freedman and Diaconis (1981): 2 IQR / n^(1/3) wide, Sturges' number of bins where the IQR is 0.
    Of whole numbers each bin holds as many of them, and ends between two.
    """
    values = values[np.isfinite(values)]
    if not len(values):
        return np.empty(0)
    low, high = float(values.min()), float(values.max())
    if low == high:
        pad = abs(low) * 0.05 or 0.5
        return np.array([low - pad, low + pad]) if low != 0 else np.array([-0.5, 0.5])
    count = min(most, _count(values, low, high))
    if abs(low) < 2**40 and abs(high) < 2**40 and bool((values == np.round(values)).all()):
        step = max(1, int(np.ceil((high - low + 1) / count)))
        steps = int(np.ceil((high - low + 1) / step))
        found: Floats = low - 0.5 + step * np.arange(steps + 1, dtype=np.float64)
        return found
    shares = np.linspace(0.0, 1.0, count + 1)
    spaced: Floats = low * (1 - shares) + high * shares
    spaced[0], spaced[-1] = low, high
    return spaced


def _count(values: Floats, low: float, high: float) -> int:
    first, third = np.percentile(values / 2, (25, 75))
    width = 2 * (third - first) / len(values) ** (1 / 3)
    with np.errstate(over="ignore", divide="ignore"):
        bins = (high / 2 - low / 2) / np.float64(width)
    if width <= 0 or not np.isfinite(bins):
        return int(np.ceil(np.log2(len(values)))) + 1
    return max(1, int(min(np.ceil(bins), _MOST)))


def bin_of(values: Floats, bounds: Floats) -> Ints:
    """Return the bin of each value, -1 for NaN and what lies outside; the last bin is closed."""
    if len(bounds) < 2:
        return np.full(len(values), -1, dtype=np.int64)
    found = np.searchsorted(bounds, values, "right").astype(np.int64) - 1
    found[values == bounds[-1]] = len(bounds) - 2
    found[~np.isfinite(values) | (values < bounds[0]) | (values > bounds[-1])] = -1
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """A grid: the mean of z in each cell, NaN where it is empty, and how many runs are there."""

    mean: Floats
    count: Ints


def cells(x: Ints | Codes, y: Ints | Codes, z: Floats | None, wide: int, high: int) -> Cells:
    """Return the (high, wide) cells of runs at the bins x and y, (n,); -1 is nowhere.

    Without z the mean is the count itself. Runs without a finite z are in no cell.
    """
    there = (x >= 0) & (y >= 0)
    if z is not None:
        there &= np.isfinite(z)
    at = y[there].astype(np.int64) * wide + x[there]
    count = np.bincount(at, minlength=wide * high).astype(np.int64)
    if z is None:
        mean = np.where(count > 0, count.astype(np.float64), np.nan)
    else:
        # Each divided first: a sum of large values would overflow.
        shares = z[there] / count[at]
        mean = np.where(count > 0, np.bincount(at, shares, minlength=wide * high), np.nan)
    return Cells(mean.reshape(high, wide), count.reshape(high, wide))
