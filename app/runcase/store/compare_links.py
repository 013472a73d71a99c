"""How closely params go with a metric: Spearman's rank correlation, and eta for texts."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

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
    return _spearman(numbers, found) if numbers is not None else _eta(chosen, found)


def _numbers(texts: Sequence[str]) -> Floats | None:
    try:
        found = np.array([float(text) for text in texts])
    except ValueError:
        return None
    return found if not np.isnan(found).any() else None


def _spearman(left: Floats, right: Floats) -> float:
    a, b = _ranks(left), _ranks(right)
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return float(np.clip((a @ b) / size, -1.0, 1.0)) if size else float("nan")


def _ranks(values: Floats) -> Floats:
    """Return ranks from 0, the mean of theirs for values that are alike."""
    _, at, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    middle: Floats = last - (counts + 1) / 2
    found: Floats = middle[at]
    return found


def _eta(texts: Sequence[str], values: Floats) -> float:
    codes = {text: code for code, text in enumerate(dict.fromkeys(texts))}
    if not 1 < len(codes) < len(texts):
        return float("nan")  # constant, or a text of its own for each run
    # Against overflow, and against the loss of digits far from zero.
    scaled = values - values.mean()
    widest = float(np.abs(scaled).max())
    if not np.isfinite(widest) or widest == 0:
        return float("nan")
    scaled = scaled / widest
    at = np.array([codes[text] for text in texts])
    counts = np.bincount(at)
    means = np.bincount(at, scaled) / counts
    whole = float(scaled @ scaled) - len(texts) * float(scaled.mean()) ** 2
    between = float(counts @ (means - scaled.mean()) ** 2)
    return float(np.sqrt(np.clip(between / whole, 0.0, 1.0))) if whole > 0 else float("nan")
