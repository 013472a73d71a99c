"""Which metric, param and tag keys there are: what the columns of a runs table can be."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ScalarSelect, Table, bindparam, func, select

from runcase.errors import DamagedError
from runcase.store import salvage, schema
from runcase.store.connection import ReadConnection, compiled
from runcase.store.frame_ids import RunIds
from runcase.store.frame_read import table_of
from runcase.store.records import ColumnKey, Kind
from runcase.store.values import experiment_numbers, follows, text

_FEW_RUNS = 4_000  # up to so many runs, their own keys are read through the index on run_uuid
_IDS = 400  # run ids a statement
_PROBE = 2_000  # rows of one key looked at in one statement


def keys(
    connection: ReadConnection,
    experiment_ids: Sequence[str] | None = None,
    ids: RunIds | None = None,
) -> list[ColumnKey]:
    """Return the metric, param and tag keys, each kind sorted.

    Args:
        connection: Where from.
        experiment_ids: Only keys that runs of these experiments have; None for all there are.
        ids: The ids of these experiments' runs, where they were read already.
    """
    if experiment_ids is None:
        run_ids = None
    else:
        run_ids = ids if ids is not None else RunIds(_run_ids(connection, experiment_ids))
    found: list[ColumnKey] = []
    for kind in (Kind.METRIC, Kind.PARAM, Kind.TAG):
        table = table_of(connection, kind)
        if not connection.features.has(table):
            continue
        try:
            names = _names(connection, table, run_ids)
        except DamagedError:
            keys_in_table = select(table.c.key)
            pieces = salvage.walk(connection, keys_in_table, table, f"{kind} names")
            names = (row[0] for rows in pieces for row in rows)
        found += [ColumnKey(kind, name) for name in sorted(set(map(text, names)))]
    return found


def keys_of_runs(connection: ReadConnection, run_ids: Sequence[str]) -> list[ColumnKey]:
    """Return the metric, param and tag keys of a few runs, each kind sorted."""
    found: list[ColumnKey] = []
    for kind in (Kind.METRIC, Kind.PARAM, Kind.TAG):
        table = table_of(connection, kind)
        if connection.features.has(table):
            names = _keys_of_runs(connection, table, run_ids)
            found += [ColumnKey(kind, name) for name in sorted(set(map(text, names)))]
    return found


def _names(connection: ReadConnection, table: Table, run_ids: RunIds | None) -> Iterable[Any]:
    if run_ids is None:
        return _all_keys(connection, table)
    if len(run_ids) <= _FEW_RUNS and connection.features.indexed(table, "run_uuid"):
        return _keys_of_runs(connection, table, run_ids.tolist())
    every = _all_keys(connection, table)
    return [key for key in every if _is_used(connection, table, key, run_ids)]


def _run_ids(connection: ReadConnection, experiment_ids: Sequence[str]) -> list[str]:
    runs = schema.runs.c
    known = experiment_numbers(experiment_ids)
    statement = select(runs.run_uuid).where(runs.experiment_id.in_(known))
    return [text(row[0]) for row in salvage.rows(connection, statement, schema.runs, "runs")]


def _all_keys(connection: ReadConnection, table: Table) -> list[Any]:
    """Skip through the primary key, which starts with `key`: DISTINCT would read all of it.

    UNION ends what would go round for ever in a damaged index without order.
    """
    key = table.c.key
    found = select(func.min(key).label("key")).cte("found", recursive=True)
    following: ScalarSelect[Any] = select(func.min(key)).where(key > found.c.key).scalar_subquery()
    found = found.union(select(following).where(found.c.key.is_not(None)))
    return [row[0] for row in connection.rows(select(found.c.key)) if row[0] is not None]


def _keys_of_runs(connection: ReadConnection, table: Table, run_ids: Sequence[str]) -> set[Any]:
    names: set[Any] = set()
    for at in range(0, len(run_ids), _IDS):
        some = table.c.run_uuid.in_(run_ids[at : at + _IDS])
        names.update(row[0] for row in connection.rows(select(table.c.key).where(some).distinct()))
    return names


def _is_used(connection: ReadConnection, table: Table, key: Any, run_ids: RunIds) -> bool:
    if "timestamp" in table.c and table is schema.metrics:
        return True  # many points a run: looking for the run would read whole histories
    statement = compiled(
        select(table.c.run_uuid)
        .where(table.c.key == bindparam("key"), table.c.run_uuid > bindparam("after"))
        .order_by(table.c.run_uuid)
        .limit(_PROBE)
    )
    after: Any = ""
    while rows := connection.rows(statement, {"key": key, "after": after}):
        if (run_ids.rows_of([text(row[0]) for row in rows]) >= 0).any():
            return True
        if not follows(rows[-1][0], after):
            break
        after = rows[-1][0]
    return False
