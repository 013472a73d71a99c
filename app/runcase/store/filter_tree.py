"""A filter as a tree: each node says which columns it reads and which runs of a frame it keeps."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from runcase.store.columns import Column, DatasetColumn, MetricColumn, TextColumn
from runcase.store.frame import ARTIFACT_URI, MISSING, RunFrame
from runcase.store.records import ColumnKey, Kind

Bools = npt.NDArray[np.bool_]

NOTE = ColumnKey(Kind.MARK, "note")
EXPERIMENT = ColumnKey(Kind.ATTRIBUTE, "experiment")
CLOCK = ("start_time", "end_time", "duration", "age")


class Node(Protocol):
    """A part of a filter."""

    def columns(self) -> set[ColumnKey]:
        """Return the columns that must be loaded before `mask`."""
        ...

    def mask(self, frame: RunFrame, now: int) -> Bools:
        """Return for each row of the frame whether it is kept, (n,) bool, at a time in ms."""
        ...


@dataclass(frozen=True, slots=True)
class Named:
    """A column's name in the text of a filter: where it starts and how long it is."""

    start: int
    length: int
    column: ColumnKey


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a filter between two ANDs: text[start:end], the names in it, what it tests.

    `has_open_or` says that it is several parts with OR between them, without parentheses.
    """

    start: int
    end: int
    node: Node
    names: tuple[Named, ...]
    tested: frozenset[ColumnKey]
    has_open_or: bool = False


@dataclass(frozen=True, slots=True)
class All:
    """Keeps the rows that every child keeps, all rows when there is no child."""

    children: tuple[Node, ...]

    def columns(self) -> set[ColumnKey]:
        """Return the columns of all children."""
        return set().union(*(child.columns() for child in self.children))

    def mask(self, frame: RunFrame, now: int) -> Bools:
        """Return the rows that every child keeps."""
        if not self.children:
            return np.ones(len(frame), dtype=np.bool_)
        kept = self.children[0].mask(frame, now)
        for child in self.children[1:]:
            kept = kept & child.mask(frame, now)
        return kept


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Keeps the rows that at least one child keeps."""

    children: tuple[Node, ...]

    def columns(self) -> set[ColumnKey]:
        """Return the columns of all children."""
        return set().union(*(child.columns() for child in self.children))

    def mask(self, frame: RunFrame, now: int) -> Bools:
        """Return the rows that a child keeps."""
        kept = np.zeros(len(frame), dtype=np.bool_)
        for child in self.children:
            kept = kept | child.mask(frame, now)
        return kept


@dataclass(frozen=True, slots=True)
class Not:
    """Keeps the rows that its child does not keep, those without a value among them."""

    child: Node

    def columns(self) -> set[ColumnKey]:
        """Return the columns of the child."""
        return self.child.columns()

    def mask(self, frame: RunFrame, now: int) -> Bools:
        """Return the rows that the child leaves."""
        return ~self.child.mask(frame, now)


@dataclass(frozen=True, slots=True)
class PresenceTest:
    """Asks whether a run has something at all; a tag whose value is NULL is there."""

    column: ColumnKey
    wanted: bool

    def columns(self) -> set[ColumnKey]:
        """Return the tested column."""
        return needed(self.column)

    def mask(self, frame: RunFrame, now: int) -> Bools:
        """Return the rows that have it, or have it not."""
        present = _present(frame, self.column)
        return present if self.wanted else ~present


@dataclass(frozen=True, slots=True)
class WordTest:
    """Asks whether a run holds a plain word anywhere, in the person's own note on it too."""

    column: ColumnKey

    def columns(self) -> set[ColumnKey]:
        """Return the word's column and the notes."""
        return {self.column, NOTE}

    def mask(self, frame: RunFrame, now: int) -> Bools:
        """Return the rows that hold the word."""
        kept = _present(frame, self.column)
        notes = column_of(frame, NOTE)
        if isinstance(notes, TextColumn):
            word = self.column.key
            kept = kept | notes.where(lambda text: word in text.casefold())
        return kept


def needed(key: ColumnKey) -> set[ColumnKey]:
    """Return what must be loaded for a column: nothing for what a frame always has."""
    return set() if _is_always_there(key) else {key}


def column_of(frame: RunFrame, key: ColumnKey) -> Column | None:
    """Return a column; None where nobody gave the frame its marks or its experiments' names."""
    if _is_always_there(key):
        return frame.attribute(key.key)
    if key.kind is Kind.MARK or key == EXPERIMENT:
        return frame.columns.get(key)
    return frame.columns[key]


def _is_always_there(key: ColumnKey) -> bool:
    return key.kind is Kind.ATTRIBUTE and key not in (ARTIFACT_URI, EXPERIMENT)


def _present(frame: RunFrame, key: ColumnKey) -> Bools:
    if key.kind is Kind.ATTRIBUTE and key.key in CLOCK:
        return has_time(frame, key.key)
    column = column_of(frame, key)
    if isinstance(column, MetricColumn | TextColumn):
        return np.asarray(column.present, dtype=np.bool_)
    if isinstance(column, DatasetColumn):
        return column.where(lambda _text: True)
    return np.zeros(len(frame), dtype=np.bool_)


def has_time(frame: RunFrame, name: str) -> Bools:
    """Return the rows that have a time of `CLOCK`, (n,) bool; a duration needs both its ends."""
    if name == "end_time":
        return np.asarray(frame.end_time != MISSING)
    started = np.asarray(frame.start_time != MISSING)
    return started & (frame.end_time != MISSING) if name == "duration" else started
