"""Says of every key how many runs have it and whether its values differ; loads no columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, func, literal, select

from runcase.store import schema
from runcase.store.connection import ReadConnection
from runcase.store.frame import RunFrame, keys, load_columns
from runcase.store.frame_read import table_of
from runcase.store.records import ColumnKey, Kind
from runcase.store.values import text

_RUNS = 400  # run ids a statement


@dataclass(frozen=True, slots=True)
class Variation:
    """How many runs have a key, and whether at least two of them have different values."""

    runs: int
    differs: bool


def variations(connection: ReadConnection, frame: RunFrame) -> dict[ColumnKey, Variation]:
    """Return the variation of every metric, param and tag that the frame's runs have.

    Keys that no run of the frame has are left out; missing values are no difference.
    """
    found: dict[ColumnKey, Variation] = {}
    for kind in (Kind.METRIC, Kind.PARAM, Kind.TAG):
        if table_of(connection, kind) is schema.metrics:
            found |= _of_loaded(connection, frame)
        elif connection.features.has(table_of(connection, kind)):
            found |= _of_kind(connection, frame, kind)
    return found


def _of_kind(connection: ReadConnection, frame: RunFrame, kind: Kind) -> dict[ColumnKey, Variation]:
    counts: dict[str, int] = {}
    ranges: dict[str, tuple[Any, Any]] = {}
    differing: set[str] = set()
    for name, count, low, high in _pieces(connection, frame, kind):
        counts[name] = counts.get(name, 0) + count
        if low is None:
            continue
        known = ranges.setdefault(name, (low, high))
        if low != high or known != (low, high):
            differing.add(name)
    return {
        ColumnKey(kind, name): Variation(count, name in differing) for name, count in counts.items()
    }


def _pieces(
    connection: ReadConnection, frame: RunFrame, kind: Kind
) -> Iterator[tuple[str, int, Any, Any]]:
    table = table_of(connection, kind)
    value: ColumnElement[Any] = table.c.value
    if "is_nan" in table.c:
        # A logged NaN is stored as 0: as a text it differs from every number.
        is_nan = connection.features.column(table.c.is_nan, literal(0))
        value = func.iif(is_nan != literal(0), literal("NaN"), table.c.value)
    for first in range(0, len(frame), _RUNS):
        ids = frame.ids[first : first + _RUNS]
        statement = (
            select(table.c.key, func.count(), func.min(value), func.max(value))
            .where(table.c.run_uuid.in_(ids))
            .group_by(table.c.key)
        )
        for name, count, low, high in connection.rows(statement):
            yield text(name), count, low, high
        connection.progress.report(first + len(ids), len(frame), f"{kind}s of runs")


def _of_loaded(connection: ReadConnection, frame: RunFrame) -> dict[ColumnKey, Variation]:
    """Compare the latest values, which a store without a table of them has to be searched for."""
    metrics = [key for key in keys(connection, frame.experiment_ids) if key.kind is Kind.METRIC]
    load_columns(connection, frame, metrics)
    found = {}
    for key in metrics:
        numbers = frame.numbers(key)
        if numbers is None:
            continue
        values, state = numbers
        there = state < 2
        if there.any():
            different = np.unique(values[there])  # takes all NaN for one
            found[key] = Variation(int(there.sum()), len(different) > 1)
    return found
