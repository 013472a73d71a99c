"""Runs in categories: by the texts of a column, its few different numbers, or ranges of them."""

import itertools
from dataclasses import dataclass

import numpy as np

from runcase.curves.bins import bin_of, edges
from runcase.curves.run_table import Codes, Values

_MOST = 24


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Categories of n runs.

    Attributes:
        title: The column's.
        labels: One for each category, in natural order; "other" last.
        codes: (n,) int32 into `labels`, -1 where a run has none.
        folded: How many small categories "other" stands for.
    """

    title: str
    labels: tuple[str, ...]
    codes: Codes
    folded: int = 0


def groups_of(values: Values, most: int = _MOST) -> Groups:
    """Return the categories of a column, at most `most` of them.

    Of more texts the most frequent stay, and the rest is "other"; many different numbers become
    ranges of equal width.
    """
    labels, codes = values.labels, values.codes
    if not labels:
        finite = np.isfinite(values.numbers)
        found = np.unique(values.numbers[finite])
        if len(found) > most or values.is_time:
            return _ranges(values, most)
        codes = np.where(finite, np.searchsorted(found, values.numbers), -1).astype(np.int32)
        labels = tuple(f"{each:g}" for each in found)
    used, counts = np.unique(codes[codes >= 0], return_counts=True)
    if len(used) > most and values.is_numeric:
        return _ranges(values, most)
    kept = used
    if len(used) > most:
        largest = np.argsort(-counts, kind="stable")[: most - 1]
        kept = np.sort(used[largest])
    place = np.full(len(labels) + 1, len(kept), dtype=np.int32)
    place[kept] = np.arange(len(kept), dtype=np.int32)
    place[-1] = -1
    folded = len(used) - len(kept)
    names = tuple(labels[int(code)] for code in kept)
    if folded:
        names = (*names, f"other ({folded:,})")
    return Groups(values.title, names, place[codes], folded)


def _ranges(values: Values, most: int) -> Groups:
    bounds = edges(values.numbers, min(most, 12))
    codes = bin_of(values.numbers, bounds).astype(np.int32)
    pairs = itertools.pairwise(bounds)
    return Groups(values.title, tuple(f"{low:.4g} – {high:.4g}" for low, high in pairs), codes)
