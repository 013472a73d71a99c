"""Reads of a long history what a first look needs, and of a known one what was added since."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, literal_column, select
from sqlalchemy.sql.compiler import Compiled

from runcase.errors import DamagedError
from runcase.store.connection import ReadConnection, compiled
from runcase.store.history import POINT, End, History, history_of
from runcase.store.metrics import history, latest_of_runs, point_columns
from runcase.store.schema import metrics

# A history is long when it has more points than this: reading it takes 0.1 s and more.
LONG = 20_000
# Beyond so many new rows in the table of metrics a history is read anew, by its index.
_MOST_NEW = 200_000
_STRETCH = 20_000  # rows of the table looked through in one statement
# The copy of a file store deletes a run's points and adds them again, under any row number.
_OF_FILES = "runcase_units"

_rowid = metrics.c.rowid
_of_run = metrics.c.run_uuid == bindparam("run"), metrics.c.key == bindparam("key")
_row = select(_rowid, metrics.c.run_uuid, metrics.c.key, metrics.c.value, metrics.c.timestamp)
_LAST = compiled(_row.order_by(_rowid.desc()).limit(1))
_SAME = compiled(_row.where(_rowid == bindparam("row")))
_LONG = compiled(
    select(metrics.c.step).where(*_of_run).order_by(metrics.c.step).limit(1).offset(LONG)
)
_LEAST = compiled(select(func.min(metrics.c.step)).where(*_of_run))
_GREATEST = compiled(select(func.max(metrics.c.step)).where(*_of_run))


def end_of(connection: ReadConnection) -> End | None:
    """Return where the table of metrics ends; None where that tells nothing about new points."""
    features = connection.features
    if not features.has(metrics) or features.has(_OF_FILES):
        return None
    try:
        found = connection.row(_LAST)
    except DamagedError:
        return None
    return None if found is None else End(*found)


def is_long(connection: ReadConnection, run_id: str, key: str) -> bool:
    """Say whether a history has more than `LONG` points and can be sampled.

    Only the index by step is looked at; databases without it, from before MLflow 3.12, cannot be
    sampled.
    """
    if not connection.features.indexed(metrics, "run_uuid", "key", "step"):
        return False
    return connection.row(_LONG, {"run": run_id, "key": key}) is not None


def sample(connection: ReadConnection, run_id: str, key: str, count: int = 2_000) -> History:
    """Return at most `count` points of a long history, evenly spread over its steps.

    It is a first look and no more: what lies between is not seen, so spikes are missing.
    """
    where = {"run": run_id, "key": key}
    first, last = connection.scalar(_LEAST, where), connection.scalar(_GREATEST, where)
    if first is None or last is None:
        return history_of(run_id, key, [])
    # Python's integers: the steps may lie further apart than 64 bits hold.
    wanted = {first + (last - first) * at // max(1, count - 1) for at in range(count)}
    values = {**where, "steps": str(sorted(wanted))}
    return history_of(run_id, key, [connection.array(_sampled(), POINT, values)])


def updated(
    connection: ReadConnection, known: History | None, run_id: str, key: str, now: End | None
) -> History:
    """Return a history as it is now: what is known of it and what was added since.

    MLflow only ever adds points, in rows with greater numbers. Where row numbers were given anew,
    or the outcome does not end with the run's latest value, it is read from scratch.

    Args:
        connection: Where from.
        known: The history as it was read before, None to read it from scratch.
        run_id: Whose.
        key: Which metric.
        now: What `end_of` says now; points that come later are left to the next time.
    """
    if now is None:
        return history(connection, run_id, key)
    if known is not None and known.end is not None:
        if known.end == now:
            return known
        fresh = _with_added(connection, known, known.end, now)
        if fresh is not None:
            return fresh
    return history(connection, run_id, key, now)


def _with_added(connection: ReadConnection, known: History, end: End, now: End) -> History | None:
    if not 0 < now.row - end.row <= _MOST_NEW or connection.row(_SAME, {"row": end.row}) != end:
        return None
    values = {"run": known.run_id, "key": known.key}
    statement = _added(connection)
    chunks = [
        connection.array(
            statement, POINT, {**values, "low": low, "high": min(low + _STRETCH, now.row)}
        )
        for low in range(end.row, now.row, _STRETCH)
    ]
    fresh = known.and_then(history_of(known.run_id, known.key, chunks), now)
    rows = latest_of_runs(connection, [known.run_id]).get(known.run_id, [])
    latest = next((each for each in rows if each.key == known.key), None)
    if latest is None or not len(fresh):
        return fresh if latest is None and not len(fresh) else None
    ends = int(fresh.step[-1]), int(fresh.timestamp[-1])
    return fresh if (latest.step, latest.timestamp) <= ends else None


@cache
def _sampled() -> Compiled:
    """Look one point up in the index for each wanted step: the first at it or after it."""
    wanted = func.json_each(bindparam("steps")).table_valued("value", name="wanted")
    near = (
        select(metrics.c.rowid)
        .where(*_of_run, metrics.c.step >= wanted.c.value)
        .order_by(metrics.c.step)
        .limit(1)
        .correlate(wanted)
        .scalar_subquery()
    )
    points = select(near.label("near")).select_from(wanted).distinct().subquery()
    columns = _rowid, metrics.c.step, metrics.c.timestamp, metrics.c.value, metrics.c.is_nan
    return compiled(select(*columns).select_from(points).join(metrics, _rowid == points.c.near))


def _added(connection: ReadConnection) -> Compiled:
    """Walk the rows by number: the index by run would go through all of the run's points."""
    run: ColumnElement[Any] = literal_column("+metrics.run_uuid")
    key: ColumnElement[Any] = literal_column('+metrics."key"')
    return compiled(
        point_columns(connection).where(
            _rowid > bindparam("low"),
            _rowid <= bindparam("high"),
            run == bindparam("run"),
            key == bindparam("key"),
        )
    )
