"""A filter as a tree: each node says which columns it reads and which runs of a frame it keeps."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from runcase.store.columns import DatasetColumn, MetricColumn, TextColumn
from runcase.store.frame import MISSING, RunFrame
from runcase.store.records import ColumnKey

_Compare = Callable[[Any, Any], Any]

# MLflow stores an infinity as the largest double, and compares with that.
_LARGEST = np.finfo(np.float64).max
_COMPARE: dict[str, _Compare] = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


class Node(Protocol):
    """A part of a filter."""

    def columns(self) -> set[ColumnKey]:
        """Return the columns that must be loaded before `mask`."""
        ...

    def mask(self, frame: RunFrame) -> npt.NDArray[np.bool_]:
        """Return for each row of the frame whether it is kept, (n,) bool."""
        ...


@dataclass(frozen=True, slots=True)
class All:
    """Keeps the rows that every child keeps, all rows when there is no child."""

    children: tuple[Node, ...]

    def columns(self) -> set[ColumnKey]:
        """Return the columns of all children."""
        return set().union(*(child.columns() for child in self.children))

    def mask(self, frame: RunFrame) -> npt.NDArray[np.bool_]:
        """Return the rows that every child keeps."""
        kept = np.ones(len(frame), dtype=np.bool_)
        for child in self.children:
            kept &= child.mask(frame)
        return kept


@dataclass(frozen=True, slots=True)
class MetricTest:
    """Compares a metric's latest value; a logged NaN differs from every number, and only that."""

    column: ColumnKey
    comparator: str
    value: float

    def columns(self) -> set[ColumnKey]:
        """Return the metric's column."""
        return {self.column}

    def mask(self, frame: RunFrame) -> npt.NDArray[np.bool_]:
        """Return the rows whose value compares so."""
        column = frame.columns[self.column]
        assert isinstance(column, MetricColumn)
        stored = np.clip(column.values, -_LARGEST, _LARGEST)
        # NaN compares false but for !=, which is MLflow's rule too.
        kept: npt.NDArray[np.bool_] = _COMPARE[self.comparator](stored, self.value)
        return kept & column.present


@dataclass(frozen=True, slots=True)
class TimeTest:
    """Compares `start_time` or `end_time` in ms; a run without that time is never kept."""

    attribute: str
    comparator: str
    value: int | float

    def columns(self) -> set[ColumnKey]:
        """Return nothing: a frame always has its times."""
        return set()

    def mask(self, frame: RunFrame) -> npt.NDArray[np.bool_]:
        """Return the rows whose time compares so."""
        times = frame.start_time if self.attribute == "start_time" else frame.end_time
        compared: npt.NDArray[np.bool_] = _COMPARE[self.comparator](times, self.value)
        kept: npt.NDArray[np.bool_] = compared & (times != MISSING)
        return kept


@dataclass(frozen=True, slots=True)
class TextTest:
    """Tests a param or a tag, or any of the datasets of a run; absent texts fail."""

    column: ColumnKey
    test: Callable[[str], bool]

    def columns(self) -> set[ColumnKey]:
        """Return the tested column."""
        return {self.column}

    def mask(self, frame: RunFrame) -> npt.NDArray[np.bool_]:
        """Return the rows whose text passes."""
        column = frame.columns[self.column]
        assert isinstance(column, TextColumn | DatasetColumn)
        return column.where(self.test)


@dataclass(frozen=True, slots=True)
class AttributeTest:
    """Tests a text attribute of the run's own row."""

    attribute: str
    test: Callable[[str], bool]

    def columns(self) -> set[ColumnKey]:
        """Return nothing: a frame always has its attributes."""
        return set()

    def mask(self, frame: RunFrame) -> npt.NDArray[np.bool_]:
        """Return the rows whose attribute passes."""
        return frame.attribute(self.attribute).where(self.test)


@dataclass(frozen=True, slots=True)
class PresenceTest:
    """Asks whether a run has a param or tag at all; a tag whose value is NULL is there."""

    column: ColumnKey
    wanted: bool

    def columns(self) -> set[ColumnKey]:
        """Return the tested column."""
        return {self.column}

    def mask(self, frame: RunFrame) -> npt.NDArray[np.bool_]:
        """Return the rows that have it, or have it not."""
        column = frame.columns[self.column]
        assert isinstance(column, TextColumn)
        return column.present if self.wanted else ~column.present


def text_test(comparator: str, value: str | tuple[str, ...]) -> Callable[[str], bool]:
    """Return the test of = != LIKE ILIKE IN or NOT IN against a value, or a tuple for the last two.

    LIKE knows % and _ and no escape, and tells capitals apart; ILIKE does not, in ASCII only.
    """
    if isinstance(value, tuple):
        wanted = frozenset(value)
        return wanted.__contains__ if comparator == "IN" else lambda text: text not in wanted
    match comparator:
        case "=":
            return value.__eq__
        case "!=":
            return value.__ne__
        case "LIKE":
            return _like(value)
    lowered = _like(_lower(value))
    return lambda text: lowered(_lower(text))


def _lower(text: str) -> str:
    if text.isascii():
        return text.lower()
    return text.translate(_ASCII_LOWER)


_ASCII_LOWER = {capital: capital + 32 for capital in range(ord("A"), ord("Z") + 1)}


def _like(pattern: str) -> Callable[[str], bool]:
    """Match piece by piece, leftmost first: one regex with several .* can take minutes."""
    first, *rest = (_piece(part) for part in pattern.split("%"))
    if not rest:
        return lambda text: first.fullmatch(text) is not None
    last = rest.pop()
    tail = len(pattern.rsplit("%", 1)[1])

    def matches(text: str) -> bool:
        found = first.match(text)
        if found is None:
            return False
        at = found.end()
        for piece in rest:
            found = piece.search(text, at)
            if found is None:
                return False
            at = found.end()
        begin = len(text) - tail
        return begin >= at and last.fullmatch(text, begin) is not None

    return matches


def _piece(part: str) -> re.Pattern[str]:
    return re.compile("".join("." if c == "_" else re.escape(c) for c in part), re.DOTALL)
