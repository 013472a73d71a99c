"""What a column holds, counted over some rows: its most frequent values, or a histogram."""

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from runcase.store.columns import DatasetColumn, MetricColumn, TextColumn
from runcase.store.filter_numbers import is_time
from runcase.store.filter_tree import column_of, has_time
from runcase.store.frame import RunFrame
from runcase.store.records import ColumnKey

_BINS = 30
_WIDEST = 1e300  # beyond that, numpy's edges overflow
T = TypeVar("T", bound=np.generic)
_Rows = npt.NDArray[np.integer[Any]]
_Histogram = tuple[float | None, float | None, tuple[float, ...], tuple[int, ...]]
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Facet:
    """What some rows hold in one column.

    Attributes:
        present: How many rows have it, NaN among them.
        missing: How many have it not.
        nan: How many hold a NaN.
        distinct: How many different values there are.
        values: The most frequent values with their counts; none for numbers that are all about.
        low: The least number, infinities apart; None where the values are no numbers.
        high: The greatest number.
        edges: The edges of the histogram's bins, one more than `counts`.
        counts: How many numbers lie in each bin.
    """

    present: int
    missing: int
    nan: int = 0
    distinct: int = 0
    values: tuple[tuple[str, int], ...] = ()
    low: float | None = None
    high: float | None = None
    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()


def facet(
    frame: RunFrame, key: ColumnKey, rows: _Rows | None = None, limit: int = 500
) -> Facet | None:
    """Count a column; None where it is not loaded.

    Args:
        frame: The runs.
        key: Which column; times are in ms, an age cannot be asked for.
        rows: Over which rows, all when None.
        limit: How many values at most.
    """
    count = len(frame) if rows is None else len(rows)
    if is_time(key):
        times = frame.numbers(key) if key.key != "age" else None
        if times is None:
            return None
        has = has_time(frame, key.key)
        return _of_numbers(_some(times[0], rows)[_some(has, rows)], count, limit)
    try:
        column = column_of(frame, key)
    except KeyError:
        return None
    if isinstance(column, MetricColumn):
        present = _some(np.asarray(column.present, dtype=np.bool_), rows)
        return _of_numbers(_some(column.values, rows)[present], count, limit)
    if isinstance(column, TextColumn):
        return _of_texts(column, rows, count, limit)
    return _of_lists(column, rows, limit) if isinstance(column, DatasetColumn) else None


def number_text(value: float) -> str:
    """Return a number in full, as a filter takes it: whole ones without a point."""
    text = repr(float(value)).replace("e+", "e")
    return text.removesuffix(".0")


def _some(values: npt.NDArray[T], rows: _Rows | None) -> npt.NDArray[T]:
    return values if rows is None else values[rows]


def _of_numbers(numbers: _Floats, count: int, limit: int) -> Facet:
    nan = int(np.count_nonzero(np.isnan(numbers)))
    real = numbers[~np.isnan(numbers)] if nan else numbers
    different, counts = np.unique(real, return_counts=True)
    values: tuple[tuple[str, int], ...] = ()
    if len(different) <= limit:
        values = tuple(
            (number_text(different[at]), int(counts[at])) for at in _most_frequent(counts)
        )
    histogram = _histogram(real)
    distinct = len(different) + bool(nan)
    return Facet(len(numbers), count - len(numbers), nan, distinct, values, *histogram)


def _of_texts(column: TextColumn, rows: _Rows | None, count: int, limit: int) -> Facet:
    codes = _some(column.codes, rows)
    counts = np.bincount(codes + 1, minlength=len(column.categories) + 1)[1:]
    used = np.flatnonzero(counts)
    chosen = used[_most_frequent(counts[used])[:limit]]
    values = tuple((column.categories[at], int(counts[at])) for at in chosen.tolist())
    present = int(np.count_nonzero(_some(np.asarray(column.present, dtype=np.bool_), rows)))
    histogram: _Histogram = (None, None, (), ())
    nan = 0
    if len(used) and bool(column.is_number()[used].all()):
        numbers = column.numbers()
        nan = int(counts[used][np.isnan(numbers[used])].sum())
        held = numbers[codes[codes >= 0]]
        histogram = _histogram(held[~np.isnan(held)])
    return Facet(present, count - present, nan, len(used), values, *histogram)


def _of_lists(column: DatasetColumn, rows: _Rows | None, limit: int) -> Facet:
    codes = _some(column.codes, rows)
    counts = np.bincount(codes + 1, minlength=len(column.categories) + 1)[1:]
    totals: dict[str, int] = {}
    present = 0
    for texts, each in zip(column.categories, counts.tolist(), strict=True):
        present += each if texts else 0
        for text in dict.fromkeys(texts) if each else ():
            totals[text] = totals.get(text, 0) + each
    values = sorted(totals.items(), key=lambda item: (-item[1], item[0]))
    return Facet(present, len(codes) - present, 0, len(totals), tuple(values[:limit]))


def _most_frequent(counts: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.intp]:
    return np.argsort(-counts, kind="stable")


def _histogram(numbers: _Floats) -> _Histogram:
    finite = numbers[np.isfinite(numbers)]
    if not len(finite):
        return None, None, (), ()
    low, high = float(finite.min()), float(finite.max())
    if high - low > _WIDEST or low == high:
        return low, high, (low, high), (len(finite),)
    if high - low < _BINS and bool((finite == np.floor(finite)).all()):
        # One bin for each whole number, which stands in its middle.
        bins = int(high - low) + 1
        counts, edges = np.histogram(finite, bins=bins, range=(low - 0.5, high + 0.5))
    else:
        counts, edges = np.histogram(finite, bins=_BINS, range=(low, high))
    return low, high, tuple(edges.tolist()), tuple(counts.tolist())
