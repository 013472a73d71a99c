"""Least-squares lines and parabolas through points, in the scales of their axes."""

from dataclasses import dataclass

import numpy as np

from runcase.curves.series import Floats


@dataclass(frozen=True, slots=True)
class Fit:
    """A polynomial of (x - middle) / half, highest power first; both axes in their own scale."""

    middle: float
    half: float
    coefficients: tuple[float, ...]

    def at(self, x: Floats) -> Floats:
        """Return y on the line for each x, (n,)."""
        found = np.polyval(self.coefficients, (x - self.middle) / self.half)
        return np.asarray(found, dtype=np.float64)


def fit(x: Floats, y: Floats, degree: int) -> Fit | None:
    """Fit a polynomial to the (n,) points that are finite; None where they determine none.

    On a logarithmic axis x or y are logarithms: so a power law is a straight line.
    """
    there = np.isfinite(x) & np.isfinite(y)
    x, y = x[there], y[there]
    if len(np.unique(x)) <= degree:
        return None
    low, high = float(x.min()), float(x.max())
    middle, half = low / 2 + high / 2, high / 2 - low / 2
    scale = float(np.abs(y).max()) or 1.0
    if not 0 < half < np.inf or not np.isfinite(scale):
        return None
    found, *_ = np.linalg.lstsq(np.vander((x - middle) / half, degree + 1), y / scale, rcond=None)
    return Fit(middle, half, tuple(float(each) * scale for each in found))
