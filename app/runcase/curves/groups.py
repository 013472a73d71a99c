"""A group of curves as one: its mean or median, and a band that says how far they lie apart."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from runcase.curves.series import Floats, Ints

# A band is worked out at the curves' own x while there are so many of them at most.
_OWN = 4_096
# Else at so many places, each standing for the points around it.
_PLACES = 2_000
# The 0.975 quantiles of Student's t for 1 to 30 degrees of freedom.
_STUDENT = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
_NORMAL = 1.959963984540054


class Centre(StrEnum):
    """Which value stands for a group's curves at one x."""

    MEAN = "mean"
    MEDIAN = "median"


class Band(StrEnum):
    """How far a band goes around the centre, see `banded`."""

    NONE = "none"
    STD = "std"
    SEM = "sem"
    CI95 = "ci95"
    RANGE = "range"
    QUARTILES = "quartiles"


@dataclass(frozen=True, slots=True, eq=False)
class Banded:
    """A group at the places of x: (m,) each, NaN where no curve reaches.

    `low` and `high` are NaN where there is no band: of one curve the deviation is not known.
    """

    x: Floats
    centre: Floats
    low: Floats
    high: Floats
    count: Ints


def banded(curves: Sequence[tuple[Floats, Floats]], centre: Centre, band: Band) -> Banded:
    """Sum curves up.

    At an x where a curve has no point of its own it counts with the line between its neighbours,
    never beyond its ends. ±inf and NaN are no values. Long curves are averaged around 2,000 places
    first, but for `Band.RANGE`, which takes the extremes there.

    Args:
        curves: (x, y) each, x ascending.
        centre: What the line shows.
        band: What the band shows: mean ± s, mean ± s/√n, mean ± t(0.975, n − 1)·s/√n with the
            sample's s, minimum and maximum, or the quartiles. It is drawn around the mean, or
            around the median where that is the line.
    """
    filled = [(x, np.where(np.isfinite(y), y, np.nan)) for x, y in curves if len(x)]
    if not any(np.isfinite(y).any() for _, y in filled):
        nothing = np.empty(0)
        return Banded(nothing, nothing, nothing, nothing, np.empty(0, dtype=np.int64))
    places = _places([x for x, _ in filled])
    if places is None:
        x, values, lowest, highest = _around(filled)
    else:
        x = places
        values = lowest = highest = np.stack([_at(places, *each) for each in filled])
    return _summed(x, values, lowest, highest, centre, band)


def _places(xs: Sequence[Floats]) -> Floats | None:
    """Return the different x, or None where they are too many."""
    first = xs[0]
    if all(x is first or np.array_equal(x, first) for x in xs[1:]):
        places = np.unique(first) if len(first) <= 100 * _OWN else first
        return places if len(places) <= _OWN else None
    if sum(map(len, xs)) > 100 * _OWN:
        return None
    found = np.unique(np.concatenate(xs))
    return found if len(found) <= _OWN else None


def _at(places: Floats, x: Floats, y: Floats) -> Floats:
    """Return a curve's values at places; of several points at one x their mean."""
    own, first, counts = np.unique(x, return_index=True, return_counts=True)
    if len(own) < len(x):
        y = np.add.reduceat(y, first) / counts
    found: Floats = np.interp(places, own, y, left=np.nan, right=np.nan)
    return found


def _around(
    curves: Sequence[tuple[Floats, Floats]],
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return mean, minimum and maximum of each curve around evenly spaced places, (curves, m)."""
    low = min(float(x[0]) for x, _ in curves)
    high = max(float(x[-1]) for x, _ in curves)
    edges = np.linspace(low, high, _PLACES + 1)
    middle = (edges[:-1] + edges[1:]) / 2
    shape = len(curves), _PLACES
    mean, least, most = np.full(shape, np.nan), np.full(shape, np.nan), np.full(shape, np.nan)
    for at, (x, y) in enumerate(curves):
        finite = ~np.isnan(y)
        x, y = x[finite], y[finite]
        if not len(x):
            continue
        starts = np.searchsorted(x, edges[:-1], "left")
        ends = np.append(starts[1:], len(x))
        full = np.flatnonzero(ends > starts)
        begin = starts[full]
        mean[at, full] = np.add.reduceat(y, begin) / (ends - starts)[full]
        least[at, full] = np.minimum.reduceat(y, begin)
        most[at, full] = np.maximum.reduceat(y, begin)
        for found in (mean[at], least[at], most[at]):
            found[:] = np.interp(middle, middle[full], found[full], left=np.nan, right=np.nan)
    return middle, mean, least, most


def _summed(
    x: Floats, values: Floats, lowest: Floats, highest: Floats, centre: Centre, band: Band
) -> Banded:
    there = ~np.isnan(values)
    count = there.sum(axis=0)
    kept = count > 0
    x, values, count = x[kept], values[:, kept], count[kept]
    lowest, highest, there = lowest[:, kept], highest[:, kept], there[:, kept]
    with np.errstate(all="ignore"):
        mean = np.where(there, values, 0).sum(axis=0) / count
        line = mean if centre is Centre.MEAN else np.nanmedian(values, axis=0)
        if band is Band.RANGE:
            low, high = np.nanmin(lowest, axis=0), np.nanmax(highest, axis=0)
        elif band is Band.QUARTILES:
            low, high = np.nanquantile(values, (0.25, 0.75), axis=0)
        else:
            squares = (np.where(there, values - mean, 0) ** 2).sum(axis=0)
            spread = np.sqrt(squares / np.where(count > 1, count - 1, np.nan)) * _factor(
                band, count
            )
            low, high = line - spread, line + spread
    return Banded(x, line, low, high, count)


def _factor(band: Band, count: Ints) -> Floats:
    """Return by what the standard deviation is multiplied for the band, (m,)."""
    if band is Band.NONE:
        return np.full(len(count), np.nan)
    if band is Band.STD:
        return np.ones(len(count))
    factor: Floats = 1 / np.sqrt(count)
    if band is Band.CI95:
        sizes, at = np.unique(count, return_inverse=True)
        factor = factor * np.array([student(int(size) - 1) for size in sizes])[at]
    return factor


def student(freedom: int) -> float:
    """Return the 0.975 quantile of Student's t; NaN without degrees of freedom.

    Beyond 30 by Cornish and Fisher's expansion, right to four digits.
    """
    if freedom < 1:
        return math.nan
    if freedom <= len(_STUDENT):
        return _STUDENT[freedom - 1]
    z = _NORMAL
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
