"""Puts the values that a chunk of rows brings where they belong in a frame's columns."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, repeat
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from runcase.store.columns import MetricColumn, TextColumn
from runcase.store.connection import ReadConnection
from runcase.store.frame_texts import TextEncoder
from runcase.store.records import Kind
from runcase.store.values import number, text_or_none

_Rows = npt.NDArray[np.int64]
_Places = _Rows | slice

_LARGEST = float(np.finfo(np.float64).max)  # MLflow's infinity
_TEXTS = frozenset((str, type(None)))


class Fill(Protocol):
    """Columns of one kind while they are read."""

    def put(
        self, rows: _Rows, keys: list[Any], values: Sequence[Any], nans: Sequence[Any] = ()
    ) -> None:
        """Put a chunk: for each value the frame's row, or -1, its key and whether it is NaN."""
        ...

    def put_one(
        self, name: str, rows: _Rows, values: Sequence[Any], nans: Sequence[Any] = ()
    ) -> None:
        """Put a chunk of one key."""
        ...

    def columns(self, complete: bool) -> Iterator[tuple[str, MetricColumn | TextColumn]]:
        """Yield the columns with their keys; to be called once."""
        ...


def fill_of(connection: ReadConnection, kind: Kind, names: Iterable[str], count: int) -> Fill:
    """Return empty columns of a kind for so many runs."""
    if kind is Kind.METRIC:
        return _Metrics(connection, names, count)
    return _Texts(names, count)


class _Numbered:
    """The keys by number, and the places in a chunk that belong to each."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = list(dict.fromkeys(names))
        self._numbers: dict[Any, int] = {name: at for at, name in enumerate(self.names)}

    def groups(self, rows: _Rows, keys: list[Any]) -> Iterator[tuple[int, _Places, _Places]]:
        """Yield each wanted key's number, its rows, and where in the chunk it is."""
        if len(keys) > 1 and keys[0] in keys[1:]:
            each = keys.index(keys[0], 1)
            # Most runs of an experiment log the same keys in the same order.
            if keys == keys[:each] * (len(keys) // each) and _are_groups(rows, each):
                to = _as_slice(rows[::each])
                for at, key in enumerate(keys[:each]):
                    if key in self._numbers:
                        yield self._numbers[key], to, slice(at, None, each)
                return
        for at, places in self._any_groups(rows, keys):
            yield at, rows[places], places

    def _any_groups(self, rows: _Rows, keys: list[Any]) -> Iterator[tuple[int, _Rows]]:
        numbers = np.fromiter(map(self._numbers.get, keys, repeat(-1)), np.int32, len(keys))
        numbers[rows < 0] = -1
        if len(self.names) < np.iinfo(np.int16).max:
            numbers = numbers.astype(np.int16)  # sorted by radix
        order = np.argsort(numbers, kind="stable")
        ends = np.searchsorted(numbers[order], np.arange(len(self.names) + 1))
        bounds = ends.tolist()
        for at, (first, last) in enumerate(pairwise(bounds)):
            if last > first:
                yield at, order[first:last]


def _are_groups(rows: _Rows, each: int) -> bool:
    """Say whether so many values after each other are one run's, for all of them.

    The same keys come round also where one run ends with a key and the next one begins with it.
    """
    of_runs = rows.reshape(-1, each)
    return bool((of_runs[:, 0] >= 0).all() and (of_runs == of_runs[:, :1]).all())


def _as_slice(rows: _Rows) -> _Places:
    """Return rows as a slice if they follow each other: assigning to that is four times as fast."""
    if (rows[1:] - rows[:-1] == 1).all():
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows


class _Metrics:
    def __init__(self, connection: ReadConnection, names: Iterable[str], count: int) -> None:
        self._connection = connection
        self._keys = _Numbered(names)
        self._columns = [MetricColumn.empty(count) for _ in self._keys.names]

    def put(
        self, rows: _Rows, keys: list[Any], values: Sequence[Any], nans: Sequence[Any] = ()
    ) -> None:
        chunk = self._numbers(keys, values, nans)
        for at, to, places in self._keys.groups(rows, keys):
            column = self._columns[at]
            column.values[to], column.present[to], column.nan[to] = (each[places] for each in chunk)

    def put_one(
        self, name: str, rows: _Rows, values: Sequence[Any], nans: Sequence[Any] = ()
    ) -> None:
        column = self._columns[self._keys.names.index(name)]
        chunk = self._numbers([name] * len(values), values, nans)
        here = rows >= 0
        if not here.all():
            rows, chunk = rows[here], tuple(each[here] for each in chunk)
        column.values[rows], column.present[rows], column.nan[rows] = chunk

    def columns(self, complete: bool) -> Iterator[tuple[str, MetricColumn]]:
        for name, column in zip(self._keys.names, self._columns, strict=True):
            column.complete = complete
            yield name, column

    def _numbers(
        self, keys: list[Any], values: Sequence[Any], nans: Sequence[Any] = ()
    ) -> tuple[npt.NDArray[Any], ...]:
        """Return values, whether each is one, and whether it is a logged NaN."""
        nan = np.zeros(len(values), dtype=np.bool_)
        if any(nans):
            nan[:] = nans
        try:
            found = np.fromiter(values, np.float64, len(values))
            present = np.ones(len(values), dtype=np.bool_)
        except (TypeError, ValueError, OverflowError):
            parsed = [number(value) for value in values]
            present = np.array([each is not None for each in parsed]) | nan
            found = np.array([np.nan if each is None else each for each in parsed])
            for at in np.flatnonzero(~present).tolist():
                self._connection.note(f"A value of the metric {keys[at]} is no number, left out.")
        huge = np.abs(found) >= _LARGEST
        if huge.any():
            found[huge] = np.copysign(np.inf, found[huge])
        found[nan] = np.nan
        return found, present, nan


class _Texts:
    def __init__(self, names: Iterable[str], count: int) -> None:
        self._keys = _Numbered(names)
        self._columns = [TextColumn.empty(count) for _ in self._keys.names]
        self._encoders = [TextEncoder() for _ in self._keys.names]

    def put(
        self, rows: _Rows, keys: list[Any], values: Sequence[Any], nans: Sequence[Any] = ()
    ) -> None:
        for at, to, places in self._keys.groups(rows, keys):
            if isinstance(places, slice):
                self._put(at, to, values[places])
            else:
                self._put(at, to, [values[place] for place in places.tolist()])

    def put_one(
        self, name: str, rows: _Rows, values: Sequence[Any], nans: Sequence[Any] = ()
    ) -> None:
        here = np.flatnonzero(rows >= 0)
        if len(here) < len(rows):
            rows, values = rows[here], [values[place] for place in here.tolist()]
        self._put(self._keys.names.index(name), rows, values)

    def columns(self, complete: bool) -> Iterator[tuple[str, TextColumn]]:
        for name, column, encoder in zip(
            self._keys.names, self._columns, self._encoders, strict=True
        ):
            column.codes, column.categories = encoder.finish(column.codes)
            column.complete = complete
            yield name, column

    def _put(self, at: int, rows: _Places, values: Sequence[Any]) -> None:
        if not _TEXTS.issuperset(map(type, values)):
            values = [text_or_none(value) for value in values]
        column = self._columns[at]
        column.codes[rows] = self._encoders[at].add(values)
        column.present[rows] = True
