"""Finds the runs that hold a plain word: in their name, id, param values, tag values and notes."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import BLOB, ColumnElement, Select, Table, bindparam, case, cast, func, select

from runcase.errors import DamagedError
from runcase.store import salvage, schema
from runcase.store.columns import TextColumn
from runcase.store.connection import ReadConnection, compiled
from runcase.store.frame import RunFrame
from runcase.store.frame_wanted import WANTED, of_wanted

_CHUNK = 20_000  # rows a statement: about 10 ms
_FEW_RUNS = 2_000  # up to so many runs, their own rows are read through the index on run_uuid
_IDS = 200  # run ids a statement
_FIRST = -(2**63)


def hits(connection: ReadConnection, frame: RunFrame, word: str) -> TextColumn:
    """Return which runs hold a word, as a column that is present where one does.

    Case does not matter, of any letters.

    Args:
        connection: Where from; its progress is reported in values read.
        frame: The runs.
        word: What to look for, two words with a space between them among others.
    """
    low = word.casefold()
    found = np.zeros(len(frame), dtype=np.bool_)
    if low:
        for name in ("run_name", "run_id"):
            found |= frame.attribute(name).where(lambda text: low in text.casefold())
        _look_through(connection, frame, low, found)
    return TextColumn(np.where(found, np.int32(0), np.int32(-1)), [low], found)


def _look_through(
    connection: ReadConnection, frame: RunFrame, low: str, found: npt.NDArray[np.bool_]
) -> None:
    tables = [each for each in (schema.params, schema.tags) if connection.features.has(each)]
    if len(frame) <= _FEW_RUNS and all(
        connection.features.indexed(each, "run_uuid") for each in tables
    ):
        try:
            for table in tables:
                _look_through_runs(connection, frame, table, low, found)
            return
        except DamagedError:
            pass  # read in the order of the table, the rest can be read
    total = sum(_last(connection, table) for table in tables)
    done = 0
    for table in tables:
        for ids, rows in _holders(connection, table, low):
            places = frame.ids.rows_of(ids)
            found[places[places >= 0]] = True
            done += rows
            connection.progress.report(done, max(done, total), "values")


def _look_through_runs(
    connection: ReadConnection,
    frame: RunFrame,
    table: Table,
    low: str,
    found: npt.NDArray[np.bool_],
) -> None:
    """Look through the rows of these runs only, `_IDS` runs at a time."""
    value, where = _holding(table, low)
    statement = compiled(select(WANTED.c.key, value).select_from(of_wanted(table)).where(where))
    rows = frame.ids.sorted_rows()
    for at in range(0, len(rows), _IDS):
        piece = rows[at : at + _IDS]
        ids = {"ids": json.dumps(frame.ids.take(piece))}
        places = [int(row[0]) for row in connection.rows(statement, ids) if _holds(row[1], low)]
        found[piece[places]] = True
        connection.progress.report(at + len(piece), len(rows), "runs")


def _last(connection: ReadConnection, table: Table) -> int:
    try:
        return int(connection.scalar(select(func.max(_rowid(table)))) or 0)
    except DamagedError:
        return 0


def _holders(connection: ReadConnection, table: Table, low: str) -> Iterator[tuple[list[str], int]]:
    """Yield the run ids of a piece of the table that hold the word, and the piece's rows."""
    statement = _statement(table, low)
    rowid = _rowid(table)
    piece = select(rowid).where(rowid > bindparam("after")).order_by(rowid).limit(_CHUNK).subquery()
    bounds = compiled(select(func.max(piece.c.rowid), func.count()))
    chosen = compiled(statement.where(rowid > bindparam("after"), rowid <= bindparam("last")))
    after = _FIRST
    try:
        while True:
            last, count = connection.row(bounds, {"after": after}) or (None, 0)
            if last is None:
                return
            yield _ids(connection.rows(chosen, {"after": after, "last": last}), low), count
            after = last
    except DamagedError:
        for rows in salvage.walk(connection, statement, table, f"{table.name} of runs"):
            yield _ids(rows, low), len(rows)


def _statement(table: Table, low: str) -> Select[Any]:
    """Return run ids, with the value where only Python can tell: NULL is a hit."""
    value, where = _holding(table, low)
    return select(table.c.run_uuid, value).where(where)


def _holding(table: Table, low: str) -> tuple[ColumnElement[Any], ColumnElement[bool]]:
    """Return what `_statement` selects beside run ids, and which rows may hold the word.

    SQLite folds the case of ASCII letters itself, and lets other threads run meanwhile.
    """
    value: ColumnElement[str] = table.c.value
    holds = func.instr(func.lower(value), low) > 0
    has_others = func.length(cast(value, BLOB)) > func.length(value)
    return case((holds, None), else_=value), holds | has_others


def _ids(rows: list[tuple[Any, ...]], low: str) -> list[str]:
    return [str(row[0]) for row in rows if _holds(row[1], low)]


def _holds(value: Any, low: str) -> bool:
    return value is None or low in str(value).casefold()


def _rowid(table: Table) -> ColumnElement[int]:
    column: ColumnElement[int] = table.c.rowid
    return column
