"""How columns of runs go with each other, each with each: a matrix of correlations."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from runcase.curves.links import eta, of_units, pearson, ranks, spearman, unit
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
    every = {id(each): _Column.of(each, method) for each in (*rows, *columns)}
    for at, row in enumerate(rows):
        progress.report(at * len(columns), len(rows) * len(columns), "pairs")
        for place, column in enumerate(columns):
            left, right = every[id(row)], every[id(column)]
            texts[at, place] = row.is_numeric != column.is_numeric
            found[at, place], counts[at, place] = _pair(left, right, method)
            progress.check()
    return Matrix(found, counts, texts)


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """A column with what all its pairs share.

    Attributes:
        there: (n,) which runs have it.
        unit: Its numbers or ranks over these runs, as `links.unit` has them; empty for texts.
    """

    values: Values
    there: np.typing.NDArray[np.bool_]
    unit: Floats

    @classmethod
    def of(cls, values: Values, method: Method) -> "_Column":
        there = is_there(values)
        if not values.is_numeric or there.sum() < _FEWEST:
            return cls(values, there, np.empty(0))
        numbers = values.numbers[there]
        return cls(values, there, unit(ranks(numbers) if method is Method.SPEARMAN else numbers))


def _pair(left: _Column, right: _Column, method: Method) -> tuple[float, int]:
    both = left.there & right.there
    count = int(both.sum())
    if count < _FEWEST:
        return float("nan"), count
    if not (left.values.is_numeric and right.values.is_numeric):
        return link_of(left.values, right.values)
    if count == left.there.sum() == right.there.sum():
        return of_units(left.unit, right.unit), count
    measure = spearman if method is Method.SPEARMAN else pearson
    return measure(left.values.numbers[both], right.values.numbers[both]), count


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
