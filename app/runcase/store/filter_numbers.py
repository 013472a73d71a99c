"""The tests of a filter that compare numbers and times, on whole arrays."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt, ne
from typing import Any

import numpy as np
import numpy.typing as npt

from runcase.store.columns import MetricColumn, TextColumn
from runcase.store.filter_tree import CLOCK, Bools, Node, PresenceTest, column_of, has_time, needed
from runcase.store.frame import RunFrame
from runcase.store.records import ColumnKey, Kind
from runcase.store.search_values import Moment

_Compare = Callable[[Any, Any], Any]

COMPARE: dict[str, _Compare] = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
# MLflow stores an infinity as the largest double, and compares with that.
_LARGEST = float(np.finfo(np.float64).max)


@dataclass(frozen=True, slots=True)
class NumberTest:
    """Compares numbers, and texts that are numbers; a NaN differs from every number.

    Against NaN, = keeps what is NaN and != what is another number.
    """

    column: ColumnKey
    comparator: str
    value: float

    def columns(self) -> set[ColumnKey]:
        """Return the tested column."""
        return needed(self.column)

    def mask(self, frame: RunFrame, now: int) -> Bools:
        """Return the rows whose number compares so."""
        column = column_of(frame, self.column)
        if isinstance(column, MetricColumn):
            return self._metric(column)
        if isinstance(column, TextColumn):
            return self._texts(column)
        return np.zeros(len(frame), dtype=np.bool_)

    def _metric(self, column: MetricColumn) -> Bools:
        if math.isnan(self.value):
            nan = np.asarray(column.nan, dtype=np.bool_)
            return nan.copy() if self.comparator == "=" else column.present & ~nan
        kept: Bools = COMPARE[self.comparator](column.values, self.value)
        # What is absent is NaN in the array, and NaN compares false but for !=.
        return kept & column.present if self.comparator == "!=" else kept

    def _texts(self, column: TextColumn) -> Bools:
        numbers = column.numbers()
        passes = np.zeros(len(numbers) + 1, dtype=np.bool_)  # the last one is for code -1
        if math.isnan(self.value):
            nan = np.isnan(numbers)
            passes[:-1] = nan if self.comparator == "=" else ~nan
        else:
            passes[:-1] = COMPARE[self.comparator](numbers, self.value)
        passes[:-1] &= column.is_number()
        return passes[column.codes]


@dataclass(frozen=True, slots=True)
class TimeTest:
    """Compares a time, a duration or an age in ms; a run without it is never kept."""

    attribute: str
    comparator: str
    value: int | float

    def columns(self) -> set[ColumnKey]:
        """Return nothing: a frame always has its times."""
        return set()

    def mask(self, frame: RunFrame, now: int) -> Bools:
        """Return the rows whose time compares so."""
        compared: Bools = COMPARE[self.comparator](_times(frame, self.attribute, now), self.value)
        return compared & has_time(frame, self.attribute)


@dataclass(frozen=True, slots=True)
class MomentTest:
    """Compares a time with a date: < <= > >= with its beginning, = and != with all of it.

    Two comparators are for BETWEEN: "through" takes all of it, "after" what follows it.
    """

    attribute: str
    comparator: str
    moment: Moment

    def columns(self) -> set[ColumnKey]:
        """Return nothing: a frame always has its times."""
        return set()

    def mask(self, frame: RunFrame, now: int) -> Bools:
        """Return the rows whose time compares so."""
        times = _times(frame, self.attribute, now)
        start, end = self.moment.period(now)
        if self.comparator in ("=", "!="):
            inside = (times >= start) & (times < end)
            kept = inside if self.comparator == "=" else ~inside
        elif self.comparator == "through":
            kept = times < end
        elif self.comparator == "after":
            kept = times >= end
        else:
            kept = COMPARE[self.comparator](times, start)
        return np.asarray(kept & has_time(frame, self.attribute))


@dataclass(frozen=True, slots=True)
class NanTest:
    """Asks whether a NaN was logged, or a text reads so."""

    column: ColumnKey

    def columns(self) -> set[ColumnKey]:
        """Return the tested column."""
        return needed(self.column)

    def mask(self, frame: RunFrame, now: int) -> Bools:
        """Return the rows that are NaN."""
        return NumberTest(self.column, "=", math.nan).mask(frame, now)


def mlflow_number_test(column: ColumnKey, comparator: str, value: float) -> Node:
    """Return the test of a metric as MLflow does it, whose infinity is the largest double.

    A number beyond that one differs from all that MLflow can hold.
    """
    if abs(value) == _LARGEST:
        return NumberTest(column, comparator, math.copysign(math.inf, value))
    if not math.isinf(value):
        return NumberTest(column, comparator, value)
    if comparator == "!=":
        return PresenceTest(column, wanted=True)
    keeps_all = comparator in (("<", "<=") if value > 0 else (">", ">="))
    return NumberTest(column, "<=" if keeps_all else ">", math.inf)


def is_time(key: ColumnKey) -> bool:
    """Say whether a column is a time, a duration or an age."""
    return key.kind is Kind.ATTRIBUTE and key.key in CLOCK


def _times(frame: RunFrame, name: str, now: int) -> npt.NDArray[np.int64 | np.float64]:
    """Return times in ms; what is missing is any number, and left out by `has_time`."""
    if name == "start_time":
        return frame.start_time
    if name == "end_time":
        return frame.end_time
    # As floats: the difference of two such times can be beyond 64 bits.
    if name == "duration":
        return frame.end_time.astype(np.float64) - frame.start_time
    return np.float64(now) - frame.start_time
