"""Finds the latest metrics where a database has no table of them, as MLflow's own rule has it."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Select, bindparam, literal, select

from runcase.errors import DamagedError
from runcase.store import salvage, schema
from runcase.store.connection import ReadConnection, compiled
from runcase.store.values import integer, number

_CHUNK = 20_000  # rows a statement: about 20 ms

_Row = tuple[Any, ...]  # run id, key, value, is_nan
_Rank = tuple[Any, Any, Any]


def latest_rows(connection: ReadConnection, names: Iterable[str]) -> list[_Row]:
    """Return the row with the greatest (step, timestamp, value) of each run and key."""
    metrics = schema.metrics
    column = connection.features.column
    statement = (
        select(
            metrics.c.run_uuid,
            metrics.c.key,
            metrics.c.value,
            column(metrics.c.is_nan, literal(0)),
            column(metrics.c.step, literal(0)),
            metrics.c.timestamp,
            metrics.c.rowid,
        )
        .where(metrics.c.rowid > bindparam("after"))
        .order_by(metrics.c.rowid)
        .limit(_CHUNK)
    )
    wanted = frozenset(names)
    best: dict[tuple[str, str], tuple[_Rank, _Row]] = {}
    for rows in _walk(connection, statement):
        for run_id, key, value, is_nan, step, timestamp, _ in rows:
            if key in wanted:
                rank = (step, timestamp, value)
                known = best.get((run_id, key))
                if known is None or _is_greater(rank, known[0]):
                    best[run_id, key] = (rank, (run_id, key, value, is_nan))
    return [row for _, row in best.values()]


def _walk(connection: ReadConnection, statement: Select[Any]) -> Iterator[list[_Row]]:
    """Yield the rows of `metrics` in pieces, the last column being their row number."""
    ready = compiled(statement)
    after = -(2**63)
    try:
        while rows := connection.rows(ready, {"after": after}):
            yield rows
            if rows[-1][-1] <= after:
                return
            after = rows[-1][-1]
    except DamagedError:
        yield from salvage.walk(connection, statement, schema.metrics, "metrics", {"after": after})


def _is_greater(rank: _Rank, known: _Rank) -> bool:
    try:
        return rank > known
    except TypeError:  # a text or NULL among them
        return _ranked(rank) > _ranked(known)


def _ranked(rank: _Rank) -> tuple[int, int, float]:
    return integer(rank[0]) or 0, integer(rank[1]) or 0, number(rank[2]) or 0.0
