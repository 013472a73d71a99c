"""Reads what can be read of a damaged table: along its row numbers, around what SQLite refuses."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import ColumnClause, Select, Table, bindparam, literal_column, select

from runcase.errors import DamagedError
from runcase.store.connection import Parameters, ReadConnection, prepared

_CHUNK = 20_000  # rows a statement
_MOST_GAPS = 2_000
_GREATEST = 2**63 - 1

_Row = tuple[Any, ...]
_Read = Callable[[int, int, int], list[_Row] | None]  # (after, last, limit), None if damaged


def rows(
    connection: ReadConnection,
    statement: Select[Any],
    table: Table,
    what: str,
    parameters: Parameters | None = None,
) -> list[_Row]:
    """Return all rows of a select or, where the database is damaged, those that can be read.

    Args:
        connection: Where from; it is told in one sentence when something could not be read.
        statement: A select from `table`, which it may join to others.
        table: What is walked through when the select fails; its rows then come in their order
            in the table.
        what: What its rows are, in words, such as "params of run x".
        parameters: The statement's parameters.
    """
    try:
        return connection.rows(statement, parameters)
    except DamagedError:
        return [
            row for some in walk(connection, statement, table, what, parameters) for row in some
        ]


def walk(
    connection: ReadConnection,
    statement: Select[Any],
    table: Table,
    what: str,
    parameters: Parameters | None = None,
) -> Iterator[list[_Row]]:
    """Yield what `rows` returns of a damaged database, piece after piece, no index being used."""
    rowid = _rowid(table)
    piece = (
        statement.with_hint(table, "NOT INDEXED")
        .add_columns(rowid)
        .where(rowid > bindparam("salvage_after", 0), rowid <= bindparam("salvage_last", 0))
        .order_by(None)
        .order_by(rowid)
        .limit(bindparam("salvage_limit", 0))
    )
    # A select that lists values by itself takes no parameters beside them.
    sql, values = prepared(piece.params(**parameters) if parameters else piece)

    def read(after: int, last: int, limit: int) -> list[_Row] | None:
        own = {"salvage_after": after, "salvage_last": last, "salvage_limit": limit}
        try:
            return connection.rows(sql, {**values, **own})
        except DamagedError:
            return None

    ranges = _ranges(connection, table)
    lost = len(ranges) > 1
    for after, last in ranges:
        for found in _around(read, after, last):
            if isinstance(found, int):
                lost = True
            else:
                yield [row[:-1] for row in found]
    if lost:
        connection.note(f"Some {what} could not be read: the database is damaged there.")


def _rowid(table: Table) -> ColumnClause[int]:
    return literal_column(f'"{table.name}".rowid')


def _ranges(connection: ReadConnection, table: Table) -> list[tuple[int, int]]:
    """Return the ranges (after, last] of row numbers between the pages that cannot be read."""
    known = connection.readable.get(table.name)
    if known is not None:
        return known
    rowid = _rowid(table)
    sql, values = prepared(
        select(rowid)
        .select_from(table)
        .with_hint(table, "NOT INDEXED")
        .where(rowid > bindparam("after", 0), rowid <= bindparam("last", 0))
        .order_by(rowid)
        .limit(bindparam("limit", 0))
    )

    def read(after: int, last: int, limit: int) -> list[_Row] | None:
        try:
            own = {"after": after, "last": last, "limit": limit}
            return connection.rows(sql, {**values, **own})
        except DamagedError:
            return None

    ranges: list[tuple[int, int]] = []
    start = end = -1  # MLflow's row numbers count from 1
    for found in _around(read, start, _GREATEST):
        if isinstance(found, int):
            ranges.append((start, end))
            start = end = found
        elif found:
            end = found[-1][-1]
    ranges.append((start, _GREATEST if start < _GREATEST else start))
    connection.readable[table.name] = ranges
    return ranges


def _around(read: _Read, after: int, last: int) -> Iterator[list[_Row] | int]:
    """Yield rows piece by piece, and for each gap the row number after which it ends."""
    limit, gaps = _CHUNK, 0
    while after < last and gaps < _MOST_GAPS:
        found = read(after, last, limit)
        if found is not None:
            yield found
            if len(found) < limit or found[-1][-1] <= after:
                return
            after, limit = found[-1][-1], min(limit * 4, _CHUNK)
        elif limit > 1:
            limit = max(1, limit // 8)
        else:
            gaps += 1
            after = _beyond(read, after, last)
            yield after


def _beyond(read: _Read, after: int, last: int) -> int:
    """Return the first row number from which on something can be read, or the last one."""
    gap = 1
    while after + gap < last and read(after + gap, last, 1) is None:
        gap *= 2
    low, high = after + gap // 2, min(after + gap, last)
    while high - low > 1:
        middle = (low + high) // 2
        if read(middle, last, 1) is None:
            low = middle
        else:
            high = middle
    return high
