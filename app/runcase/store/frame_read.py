"""Reads the metric, param and tag values of runs, a short statement at a time."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Select, Table, bindparam, func, literal, literal_column, select
from sqlalchemy.sql.compiler import Compiled

from runcase.errors import DamagedError
from runcase.store import salvage, schema
from runcase.store.columns import MetricColumn, TextColumn
from runcase.store.connection import ReadConnection, compiled
from runcase.store.frame_arrays import RunFrame
from runcase.store.frame_fill import Fill, fill_of
from runcase.store.frame_latest import latest_rows
from runcase.store.frame_wanted import WANTED, of_wanted
from runcase.store.records import Kind
from runcase.store.values import text

_ROWS = 16_000  # rows a statement: about 20 ms
_IDS = 8_000  # run ids a statement
# Reading over a row of another key costs a tenth of looking up one more key of a run.
_READ_OVER = 8
_KEPT = 1.5  # times the wanted rows: with more, SQLite is told to leave the others out
_SAMPLE = 20  # runs whose rows are counted

_Rows = npt.NDArray[np.int64]
_Named = Iterator[tuple[str, MetricColumn | TextColumn]]


def table_of(connection: ReadConnection, kind: Kind) -> Table:
    """Return the table that holds a kind; `metrics` itself where there is no `latest_metrics`."""
    if kind is Kind.METRIC and not connection.features.has(schema.latest_metrics):
        return schema.metrics
    return {Kind.METRIC: schema.latest_metrics, Kind.PARAM: schema.params}.get(kind, schema.tags)


def read_columns(
    connection: ReadConnection,
    frame: RunFrame,
    kind: Kind,
    names: Sequence[str],
    told: Callable[[float], None],
) -> _Named:
    """Return whole columns of one kind with their keys.

    Args:
        connection: Where from.
        frame: The runs.
        kind: METRIC, PARAM or TAG.
        names: The keys.
        told: Called with the share that is read.
    """
    table = table_of(connection, kind)
    fill = fill_of(connection, kind, names, len(frame))
    if not connection.features.has(table):
        return fill.columns(complete=True)
    try:
        _read(connection, frame, table, names, fill, told)
    except DamagedError:
        fill = fill_of(connection, kind, names, len(frame))
        statement = select(table.c.run_uuid, table.c.key, table.c.value, _nan_of(connection, table))
        for rows in salvage.walk(connection, statement, table, f"{kind}s"):
            _put_by_id(frame, fill, rows)
    return fill.columns(complete=True)


def read_rows(
    connection: ReadConnection,
    frame: RunFrame,
    rows: _Rows,
    kind: Kind,
    names: Sequence[str],
) -> _Named:
    """Return columns of which only some rows are read; MLflow 1.0 has no metrics for this."""
    table = table_of(connection, kind)
    fill = fill_of(connection, kind, names, len(frame))
    if names and len(rows) and table is not schema.metrics and connection.features.has(table):
        try:
            _read_few(connection, frame, table, names, rows, fill)
        except DamagedError:
            ids = frame.ids.take(rows)
            statement = select(
                table.c.run_uuid, table.c.key, table.c.value, _nan_of(connection, table)
            ).where(table.c.run_uuid.in_(ids))
            for found in salvage.walk(connection, statement, table, f"{kind}s"):
                _put_by_id(frame, fill, found)
    return fill.columns(complete=len(rows) == len(frame) and table is not schema.metrics)


def _read(
    connection: ReadConnection,
    frame: RunFrame,
    table: Table,
    names: Sequence[str],
    fill: Fill,
    told: Callable[[float], None],
) -> None:
    if table is schema.metrics:
        _put_by_id(frame, fill, latest_rows(connection, names))
        return
    rows = frame.ids.sorted_rows()  # as the index has them, so neighbours share its pages
    if not len(rows):
        return
    # Before MLflow 1.25 no index finds the rows of a run.
    can_be_one_pass = len(names) > 1 and connection.features.indexed(table, "run_uuid")
    each = _rows_of_a_run(connection, frame, table, rows) if can_be_one_pass else 0.0
    if can_be_one_pass and each <= _READ_OVER * len(names):
        for done in _by_run(connection, frame, table, names, rows, fill, each):
            told(done / len(rows))
        return
    for number, name in enumerate(names):
        for done in _by_key(connection, frame, table, name, rows, fill):
            told((number + done / len(rows)) / len(names))


def _read_few(
    connection: ReadConnection,
    frame: RunFrame,
    table: Table,
    names: Sequence[str],
    rows: _Rows,
    fill: Fill,
) -> None:
    """Read all keys of a few runs in one statement, unless that brings too much."""
    if connection.features.indexed(table, "run_uuid"):
        statement = _of_runs(table, connection.features.has(table, "is_nan"), False, True)
        parameters = {"ids": json.dumps(frame.ids.take(rows)), "most": _ROWS}
        found = connection.columns(statement, _width(table) + 1, parameters)
        if len(found[0]) < _ROWS:
            fill.put(rows[found[0]], *found[1:])
            return
    for name in names:
        for _ in _by_key(connection, frame, table, name, rows, fill):
            pass


def _rows_of_a_run(connection: ReadConnection, frame: RunFrame, table: Table, rows: _Rows) -> float:
    """Return how many rows of a table a run has, from a sample."""
    sample = rows[np.linspace(0, len(rows) - 1, min(_SAMPLE, len(rows)), dtype=np.int64)]
    parameters = {"ids": json.dumps(frame.ids.take(sample))}
    return float(connection.scalar(_counting(table), parameters)) / len(sample)


def _by_run(
    connection: ReadConnection,
    frame: RunFrame,
    table: Table,
    names: Sequence[str],
    rows: _Rows,
    fill: Fill,
    each: float,
) -> Iterator[int]:
    """Read all keys of a run at once, `each` of them; yield how many runs are read."""
    some_keys = each > _KEPT * len(names)
    statement = _of_runs(table, connection.features.has(table, "is_nan"), some_keys, False)
    parameters = {"keys": json.dumps(list(names))} if some_keys else {}
    size = min(_IDS, int(_ROWS / (each + 1)) + 1)
    for at in range(0, len(rows), size):
        piece = rows[at : at + size]
        ids = {"ids": json.dumps(frame.ids.take(piece))}
        found = connection.columns(statement, _width(table) + 1, {**ids, **parameters})
        fill.put(piece[found[0]], *found[1:])
        yield at + len(piece)


def _by_key(
    connection: ReadConnection,
    frame: RunFrame,
    table: Table,
    name: str,
    rows: _Rows,
    fill: Fill,
) -> Iterator[int]:
    """Look up one key of each run; yield how many runs are read."""
    statement = _of_key(table, connection.features.has(table, "is_nan"))
    for at in range(0, len(rows), _IDS):
        piece = rows[at : at + _IDS]
        parameters = {"ids": json.dumps(frame.ids.take(piece)), "key": name}
        found = connection.columns(statement, _width(table), parameters)
        fill.put_one(name, piece[found[0]], *found[1:])
        yield at + len(piece)


def _put_by_id(frame: RunFrame, fill: Fill, found: Sequence[tuple[Any, ...]]) -> None:
    """Put rows of (run id, key, value, is_nan)."""
    if found:
        ids, keys, values, nans = zip(*found, strict=True)
        fill.put(frame.ids.rows_of([text(each) for each in ids]), list(keys), values, nans)


def _nan_of(connection: ReadConnection, table: Table) -> Any:
    return table.c.is_nan if connection.features.has(table, "is_nan") else literal(0)


def _select(table: Table, has_nan: bool, *columns: Any) -> Select[Any]:
    is_nan = [table.c.is_nan if has_nan else literal(0)] if "is_nan" in table.c else []
    return select(WANTED.c.key, *columns, table.c.value, *is_nan).select_from(of_wanted(table))


def _width(table: Table) -> int:
    return 3 if "is_nan" in table.c else 2  # place, value and, of metrics, whether it is NaN


@cache
def _of_runs(table: Table, has_nan: bool, by_key: bool, limited: bool) -> Compiled:
    statement = _select(table, has_nan, table.c.key)
    if by_key:
        # The sign keeps SQLite from looking up each key of each run.
        names = func.json_each(bindparam("keys")).table_valued("value", name="names")
        unindexed: Any = literal_column(f'+{table.name}."key"')
        statement = statement.where(unindexed.in_(select(names.c.value)))
    return compiled(statement.limit(bindparam("most")) if limited else statement)


@cache
def _of_key(table: Table, has_nan: bool) -> Compiled:
    return compiled(_select(table, has_nan).where(table.c.key == bindparam("key")))


@cache
def _counting(table: Table) -> Compiled:
    return compiled(select(func.count()).where(schema.among(table.c.run_uuid, "ids")))
