"""How closely two columns go with each other: Spearman's rank correlation, and eta for texts."""

from collections.abc import Sequence

import numpy as np

from runcase.curves.run_table import Codes
from runcase.curves.series import Floats

_FEWEST = 3  # runs that say anything


def link(texts: Sequence[str | None], values: Floats) -> float:
    """Return how a param goes with a metric; NaN where nothing can be said.

    Spearman's rank correlation, -1 to 1, where all texts are numbers; else the correlation ratio
    eta, 0 to 1: the root of the share of the variance that lies between the texts (Pearson 1905).

    Args:
        texts: The param of each run, None where it is missing.
        values: (n,) the metric of each run; only finite values count.
    """
    there = [at for at, text in enumerate(texts) if text is not None and np.isfinite(values[at])]
    if len(there) < _FEWEST:
        return float("nan")
    found = values[there]
    chosen = [texts[at] or "" for at in there]
    numbers = _numbers(chosen)
    return spearman(numbers, found) if numbers is not None else eta(_codes(chosen), found)


def _codes(texts: Sequence[str]) -> Codes:
    codes = {text: code for code, text in enumerate(dict.fromkeys(texts))}
    return np.array([codes[text] for text in texts], dtype=np.int32)


def _numbers(texts: Sequence[str]) -> Floats | None:
    try:
        found = np.array([float(text) for text in texts])
    except ValueError:
        return None
    return found if not np.isnan(found).any() else None


def spearman(left: Floats, right: Floats) -> float:
    """Return the rank correlation, -1 to 1, of (n,) values without NaN; NaN where one is constant.

    Values that are alike share the mean of their ranks; infinities are ranked as numbers.
    """
    if len(left) < 2:
        return float("nan")
    return pearson(ranks(left), ranks(right))


def pearson(left: Floats, right: Floats) -> float:
    """Return the linear correlation, -1 to 1, of (n,) finite values; NaN where one is constant."""
    if len(left) < 2:
        return float("nan")
    return of_units(unit(left), unit(right))


def unit(values: Floats) -> Floats:
    """Return (n,) finite values centred and scaled to length 1; zeros where all are alike."""
    found = _centred(values)
    length = float(np.sqrt(found @ found))
    return found / length if length else found


def of_units(left: Floats, right: Floats) -> float:
    """Return the correlation of what `unit` returned; NaN where one is zeros."""
    if not left.any() or not right.any():
        return float("nan")
    return float(np.clip(left @ right, -1.0, 1.0))


def ranks(values: Floats) -> Floats:
    """Return ranks from 0, the mean of theirs for values that are alike."""
    _, at, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    middle: Floats = last - (counts + 1) / 2
    found: Floats = middle[at]
    return found


def eta(codes: Codes, values: Floats) -> float:
    """Return the correlation ratio, 0 to 1, of groups from code 0 up and (n,) finite values.

    NaN where nothing can be said: one group, or a group of its own for each value.
    """
    _, at, counts = np.unique(codes, return_inverse=True, return_counts=True)
    if not 1 < len(counts) < len(codes):
        return float("nan")
    scaled = _centred(values)
    whole = float(scaled @ scaled)
    means = np.bincount(at, scaled) / counts
    between = float(counts @ means**2)
    return float(np.sqrt(np.clip(between / whole, 0.0, 1.0))) if whole > 0 else float("nan")


def _centred(values: Floats) -> Floats:
    """Return values less their mean, in units of the widest: no square overflows or vanishes."""
    widest = float(np.abs(values).max())
    if not np.isfinite(widest) or widest == 0:
        return np.zeros(len(values))
    scaled = values / widest
    if scaled.min() == scaled.max():
        return np.zeros(len(values))
    centred: Floats = scaled - scaled.mean()
    far = float(np.abs(centred).max())
    if far == 0:
        return centred
    centred = centred / far
    again: Floats = centred - centred.mean()
    return again
