"""Remembers how far the tables of a store went, to find which runs were written to since."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Table, bindparam, literal_column, select
from sqlalchemy.sql.compiler import Compiled

from runcase.errors import DamagedError
from runcase.store import schema
from runcase.store.connection import ReadConnection, compiled
from runcase.store.values import text

# By table, the greatest row number and what tells that row from others; () of an empty table.
Marks = Mapping[str, tuple[Any, ...]]

_CHUNK = 20_000  # rows a statement: about 10 ms
_MOST_CHUNKS = 500  # with more there is no use in reading only what changed
_FIRST = -(2**63)
# The copy of a file store deletes a run's rows and adds them again, with the same row numbers.
_OF_FILES = "runcase_units"

# Tables that MLflow adds rows to when it writes to a run.
_OF_RUNS = (schema.params, schema.tags, schema.metrics, schema.latest_metrics)
_LINKS = {
    schema.inputs: ("source_id", "destination_id"),
    schema.logged_models: ("model_id",),
    schema.model_versions: ("name", "version"),
}
# A commit that added rows to these is explained by them.
_OTHERS = {schema.trace_info: ("request_id",), schema.spans: ("span_id",)}
_KEYS: dict[Table, tuple[str, ...]] = {
    **dict.fromkeys(_OF_RUNS, ("run_uuid", "key")),
    **_LINKS,
    **_OTHERS,
}


def marks_of(connection: ReadConnection) -> Marks | None:
    """Return how far the tables go now, None where that would not tell what is new."""
    features = connection.features
    if features.has(_OF_FILES):
        return None
    try:
        return {
            table.name: connection.row(_greatest(table)) or ()
            for table in _KEYS
            if _is_known(connection, table)
        }
    except DamagedError:
        return None


def still_there(connection: ReadConnection, marks: Marks) -> bool:
    """Say whether the rows that were the greatest are there; else row numbers may be used again.

    VACUUM numbers the rows of most tables anew, and what follows a deleted last row takes its
    number.
    """
    for table in _KEYS:
        mark = marks.get(table.name)
        if (mark is None) == _is_known(connection, table):
            return False  # migrated meanwhile
        if mark and connection.row(_same(table), {"rowid": mark[0]}) != mark:
            return False
    return True


def written_runs(connection: ReadConnection, before: Marks, now: Marks) -> set[str] | None:
    """Return the ids of the runs that have new params, tags or metrics; None if too many to say.

    The run of the row that was the last one is always among them: a tag that was deleted and set
    again has its number.
    """
    found: set[str] = set()
    for table in _OF_RUNS:
        if not now.get(table.name):
            continue
        known = before[table.name]
        found.update(map(text, known[1:2]))
        after, last = (known or _lowest(connection, table))[0], now[table.name][0]
        if last - after > _CHUNK * _MOST_CHUNKS:
            return None
        for run_ids in _runs_between(connection, table, after, last):
            found.update(run_ids)
    return found


def links_moved(before: Marks, now: Marks) -> bool:
    """Say whether runs may have got other datasets or models."""
    return any(before.get(table.name) != now.get(table.name) for table in _LINKS)


def _runs_between(
    connection: ReadConnection, table: Table, after: int, last: int
) -> Iterator[list[str]]:
    for at in range(after, last, _CHUNK):
        bounds = {"after": at, "last": min(at + _CHUNK, last)}
        yield [text(row[0]) for row in connection.rows(_written(table), bounds)]


def _lowest(connection: ReadConnection, table: Table) -> tuple[int]:
    first = connection.scalar(_least(table))
    return (_FIRST if first is None else first - 1,)


def _is_known(connection: ReadConnection, table: Table) -> bool:
    return all(connection.features.has(table, column) for column in _KEYS[table])


def _rowid(table: Table) -> ColumnElement[int]:
    return literal_column(f'"{table.name}".rowid')


@cache
def _greatest(table: Table) -> Compiled:
    columns = (table.c[name] for name in _KEYS[table])
    rowid = _rowid(table)
    return compiled(select(rowid, *columns).select_from(table).order_by(rowid.desc()).limit(1))


@cache
def _least(table: Table) -> Compiled:
    rowid = _rowid(table)
    return compiled(select(rowid).select_from(table).order_by(rowid).limit(1))


@cache
def _same(table: Table) -> Compiled:
    columns = (table.c[name] for name in _KEYS[table])
    rowid = _rowid(table)
    return compiled(select(rowid, *columns).where(rowid == bindparam("rowid")))


@cache
def _written(table: Table) -> Compiled:
    rowid = _rowid(table)
    between = rowid > bindparam("after"), rowid <= bindparam("last")
    return compiled(select(table.c.run_uuid).where(*between).distinct())
