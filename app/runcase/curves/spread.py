"""How values are spread: quartiles and whiskers of a box, and the outline of a violin."""

from dataclasses import dataclass

import numpy as np

from runcase.curves.series import Floats

# Tukey's: beyond so many box lengths from the box a value is an outlier.
_REACH = 1.5
_MOST_DENSE = 5_000


@dataclass(frozen=True, slots=True)
class Spread:
    """Of n finite values: the quartiles, and the furthest values within 1.5 IQR of the box."""

    count: int
    low: float
    first: float
    median: float
    third: float
    high: float


def spread(values: Floats) -> Spread | None:
    """Return the five numbers of a box; None without a finite value.

    Quartiles are linear between the two values nearest, as in numpy, R type 7 and matplotlib.
    """
    values = values[np.isfinite(values)]
    if not len(values):
        return None
    # In halves, so that the ends of the floats do not overflow between them.
    first, median, third = (2 * each for each in np.percentile(values / 2, (25, 50, 75)))
    length = third / 2 - first / 2
    low = values[values / 2 >= first / 2 - _REACH * length]
    high = values[values / 2 <= third / 2 + _REACH * length]
    return Spread(
        len(values),
        min(float(low.min()), float(first)) if len(low) else float(first),
        float(first),
        float(median),
        float(third),
        max(float(high.max()), float(third)) if len(high) else float(third),
    )


def density(values: Floats, points: int = 64) -> tuple[Floats, Floats]:
    """Return the outline of a violin: (points,) values and densities from 0 to 1.

    A Gaussian kernel with Scott's width, as in scipy; between the least and the greatest value. Of
    more than 5,000 values every so many in their order is taken. Empty where all are alike.
    """
    values = np.sort(values[np.isfinite(values)])
    if len(values) > _MOST_DENSE:
        values = values[:: len(values) // _MOST_DENSE + 1]
    if len(values) < 2 or not 0 < values[-1] / 2 - values[0] / 2 < np.inf:
        return np.empty(0), np.empty(0)
    # From 0 to 1, so that no square overflows.
    scaled = (values / 2 - values[0] / 2) / (values[-1] / 2 - values[0] / 2)
    width = float(scaled.std(ddof=1)) * len(scaled) ** -0.2
    if width <= 0:
        return np.empty(0), np.empty(0)
    at = np.linspace(0.0, 1.0, points)
    dense = np.exp(-0.5 * ((at[:, None] - scaled[None, :]) / width) ** 2).sum(axis=1)
    places = 2 * (values[0] / 2 + at * (values[-1] / 2 - values[0] / 2))
    return places, dense / dense.max()
