"""How columns of runs go with each other, each with each: a matrix of correlations."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from runcase.curves.links import eta, pearson, ranks, spearman
from runcase.curves.run_table import Values
from runcase.curves.series import Floats, Ints
from runcase.progress import Progress

_FEWEST = 3  # runs that say anything


class Method(StrEnum):
    """How numbers are correlated; a text with a number always by eta."""

    SPEARMAN = "spearman"
    PEARSON = "pearson"


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Correlations of rows with columns, (r, c), NaN where nothing can be said.

    Attributes:
        values: -1 to 1, and 0 to 1 where `is_eta`.
        counts: The runs that have both.
        is_eta: Where one of the two is a text.
    """

    values: Floats
    counts: Ints
    is_eta: np.typing.NDArray[np.bool_]


def correlations(
    rows: Sequence[Values], columns: Sequence[Values], method: Method, progress: Progress
) -> Matrix:
    """Correlate each row's column with each column's over the runs that have both."""
    shape = (len(rows), len(columns))
    found, counts = np.full(shape, np.nan), np.zeros(shape, dtype=np.int64)
    texts = np.zeros(shape, dtype=np.bool_)
    whole = {id(each): _ranked(each) for each in (*rows, *columns)}
    for at, row in enumerate(rows):
        progress.check()
        for place, column in enumerate(columns):
            both = is_there(row) & is_there(column)
            counts[at, place] = int(both.sum())
            texts[at, place] = row.is_numeric != column.is_numeric
            if counts[at, place] < _FEWEST:
                continue
            if row.is_numeric and column.is_numeric:
                complete = bool(both.all()) and method is Method.SPEARMAN
                left, right = (whole[id(row)], whole[id(column)]) if complete else (
                    row.numbers[both], column.numbers[both]
                )  # fmt: skip
                linear = complete or method is Method.PEARSON
                found[at, place] = pearson(left, right) if linear else spearman(left, right)
            else:
                found[at, place] = link_of(row, column)[0]
    return Matrix(found, counts, texts)


def is_there(values: Values) -> np.typing.NDArray[np.bool_]:
    """Say for each run, (n,), whether it has a finite number or a text."""
    there = np.isfinite(values.numbers) if values.is_numeric else values.codes >= 0
    return np.asarray(there, dtype=np.bool_)


def link_of(left: Values, right: Values) -> tuple[float, int]:
    """Return how two columns go with each other, and over how many runs.

    Spearman's correlation of numbers, eta of a text with a number; NaN of two texts, and where
    fewer than three runs have both.
    """
    both = is_there(left) & is_there(right)
    count = int(both.sum())
    if count < _FEWEST or not (left.is_numeric or right.is_numeric):
        return float("nan"), count
    if left.is_numeric and right.is_numeric:
        return spearman(left.numbers[both], right.numbers[both]), count
    text, number = (right, left) if left.is_numeric else (left, right)
    return eta(text.codes[both], number.numbers[both]), count


def _ranked(values: Values) -> Floats:
    """Rank a column once for all its pairs; of no use where a run lacks it."""
    complete = values.is_numeric and bool(np.isfinite(values.numbers).all())
    return ranks(values.numbers) if complete and len(values.numbers) else np.empty(0)
