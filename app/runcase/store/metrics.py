"""Reads metrics: the latest values, whole histories, and a summary of each.

A history is read in short statements, since an open read makes a training run's commit wait.
"""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)

from runcase.errors import DamagedError
from runcase.store import salvage
from runcase.store.connection import ReadConnection, compiled
from runcase.store.history import LARGEST, POINT, End, History, history_of
from runcase.store.records import LatestMetric, MetricSummary
from runcase.store.schema import among, latest_metrics, metrics
from runcase.store.values import integer, number, text

_CHUNK = 20_000  # rows of one statement: about 20 ms
_PRIMARY_KEY = ("timestamp", "step", "run_uuid", "value", "is_nan")
_FIRST = -(2**63)  # below every step and every rowid but this one
_UNINDEXED_KEY: ColumnElement[Any] = literal_column('+metrics."key"')
_NO_RANGE = (0, math.nan, math.nan)

_Plan = Callable[[str, str], Iterator[NDArray[Any]]]  # (run id, key) -> chunks of points


def as_logged(stored: Any, is_nan: Any) -> float:
    """Return what was logged from what is stored; NaN where that is no number."""
    value = number(stored)
    if is_nan or value is None:
        return math.nan
    return math.copysign(math.inf, value) if abs(value) >= LARGEST else value


def latest(connection: ReadConnection, run_id: str) -> list[LatestMetric]:
    """Return the latest value of each metric of a run in order of the keys."""
    return latest_of_runs(connection, [run_id]).get(run_id, [])


def latest_of_runs(
    connection: ReadConnection, run_ids: Sequence[str]
) -> dict[str, list[LatestMetric]]:
    """Return the latest values of several runs, each in order of the keys.

    The latest point is the one with the greatest (step, timestamp, value), as MLflow has it.
    """
    found: dict[str, list[LatestMetric]] = {}
    if not connection.features.has(metrics):
        return found
    for start in range(0, len(run_ids), 500):
        parameters = {"ids": json.dumps(list(run_ids[start : start + 500]))}
        for run_id, key, value, is_nan, step, timestamp in _latest_rows(connection, parameters):
            metric = LatestMetric(
                text(key), as_logged(value, is_nan), integer(step) or 0, integer(timestamp) or 0
            )
            found.setdefault(text(run_id), []).append(metric)
    for rows in found.values():
        rows.sort(key=lambda metric: metric.key)
    return found


def history(connection: ReadConnection, run_id: str, key: str, end: End | None = None) -> History:
    """Return all points of one metric of one run, or only those up to an end of the table."""
    return _history(connection, _plan(connection), run_id, key, end)


def _history(
    connection: ReadConnection, plan: _Plan, run_id: str, key: str, end: End | None = None
) -> History:
    try:
        chunks = list(plan(run_id, key))
    except DamagedError:
        chunks = list(_readable(connection, run_id, key))
    return history_of(run_id, key, chunks, end)


def point_chunks(connection: ReadConnection, run_id: str, key: str) -> Iterator[NDArray[Any]]:
    """Yield all points of one metric of one run as stored, in short statements.

    The fields are rowid, step, timestamp, value and nan.
    """
    return _plan(connection)(run_id, key)


def _readable(connection: ReadConnection, run_id: str, key: str) -> Iterator[NDArray[Any]]:
    """Yield the points of a history that can be read, where some are damaged or no numbers."""
    statement = point_columns(connection).where(metrics.c.run_uuid == run_id, metrics.c.key == key)
    what = f"points of metric {key} of run {run_id}"
    left_out = 0
    for rows in salvage.walk(connection, statement, metrics, what):
        points = [point for point in map(_point, rows) if point is not None]
        left_out += len(rows) - len(points)
        yield np.array(points, POINT)
    if left_out:
        connection.note(f"{left_out:,} {what} were left out: they are no numbers.")


def _point(row: Sequence[Any]) -> tuple[int, int, int, float, int] | None:
    step, timestamp, value = integer(row[1]), integer(row[2]), number(row[3])
    if step is None or timestamp is None or (value is None and not row[4]):
        return None
    return row[0], step, timestamp, 0.0 if value is None else value, bool(row[4])


def histories(connection: ReadConnection, pairs: Sequence[tuple[str, str]]) -> list[History]:
    """Return the histories of several (run id, key) pairs, in their order."""
    plan = _plan(connection)
    found = []
    for done, (run_id, key) in enumerate(pairs):
        connection.progress.report(done, len(pairs), "metrics read")
        found.append(_history(connection, plan, run_id, key))
    return found


def summaries(connection: ReadConnection, run_id: str) -> list[MetricSummary]:
    """Return last, least and greatest value and number of points of each metric, by key."""
    try:
        ranges = _folded(_aggregates(connection, run_id))
    except DamagedError:
        ranges = _folded(_readable_aggregates(connection, run_id))
    return [
        MetricSummary(
            key=metric.key,
            last=metric.value,
            step=metric.step,
            timestamp=metric.timestamp,
            minimum=ranges.get(metric.key, _NO_RANGE)[1],
            maximum=ranges.get(metric.key, _NO_RANGE)[2],
            points=ranges.get(metric.key, _NO_RANGE)[0],
        )
        for metric in latest(connection, run_id)
    ]


def _folded(
    aggregates: Iterator[tuple[Any, int, Any, Any]],
) -> dict[str, tuple[int, float, float]]:
    ranges: dict[str, tuple[int, float, float]] = {}
    for stored, points, least, greatest in aggregates:
        key = text(stored)
        known, low, high = ranges.get(key, (0, math.nan, math.nan))
        ranges[key] = known + points, _fold(min, low, least), _fold(max, high, greatest)
    return ranges


def _fold(pick: Callable[[float, float], float], known: float, stored: float | None) -> float:
    value = as_logged(stored, 0)
    if math.isnan(value):
        return known
    return value if math.isnan(known) else pick(known, value)


def _step(connection: ReadConnection) -> ColumnElement[Any]:
    column: ColumnElement[Any] = connection.features.column(metrics.c.step, literal(0))
    return column


def _is_nan(connection: ReadConnection) -> ColumnElement[Any]:
    column: ColumnElement[Any] = connection.features.column(metrics.c.is_nan, literal(0))
    return column


def _latest_rows(connection: ReadConnection, parameters: dict[str, str]) -> list[tuple[Any, ...]]:
    statement = _select_latest(connection)
    if connection.features.has(latest_metrics):
        return salvage.rows(connection, statement, latest_metrics, "latest metrics", parameters)
    try:
        return connection.rows(statement, parameters)
    except DamagedError:
        return _latest_readable(connection, parameters)


def _latest_readable(
    connection: ReadConnection, parameters: dict[str, str]
) -> list[tuple[Any, ...]]:
    of_point = metrics.c.run_uuid, metrics.c.key, metrics.c.value, _is_nan(connection)
    statement = select(*of_point, _step(connection), metrics.c.timestamp).where(
        among(metrics.c.run_uuid, "ids")
    )
    best: dict[tuple[Any, Any], tuple[tuple[int, int, float], tuple[Any, ...]]] = {}
    for rows in salvage.walk(connection, statement, metrics, "metrics", parameters):
        for row in rows:
            rank = integer(row[4]) or 0, integer(row[5]) or 0, number(row[2]) or 0.0
            known = best.get(row[:2])
            if known is None or rank > known[0]:
                best[row[:2]] = rank, row
    return [row for _, row in best.values()]


def _select_latest(connection: ReadConnection) -> Select[Any]:
    if connection.features.has(latest_metrics):
        last = latest_metrics.c
        return select(
            last.run_uuid, last.key, last.value, last.is_nan, last.step, last.timestamp
        ).where(among(last.run_uuid, "ids"))
    step, is_nan = _step(connection), _is_nan(connection)
    newest = (step.desc(), metrics.c.timestamp.desc(), metrics.c.value.desc())
    rank = func.row_number().over(partition_by=(metrics.c.run_uuid, metrics.c.key), order_by=newest)
    ranked = (
        select(
            metrics.c.run_uuid,
            metrics.c.key,
            metrics.c.value,
            is_nan,
            step,
            metrics.c.timestamp,
            rank.label("rank"),
        )
        .where(among(metrics.c.run_uuid, "ids"))
        .subquery()
    )
    return select(*list(ranked.c)[:6]).where(ranked.c.rank == 1)


def _plan(connection: ReadConnection) -> _Plan:
    """Return how a history is read with the indexes of this database, its SQL compiled once."""
    if connection.features.indexed(metrics, "run_uuid", "key", "step"):
        return _plan_by_step(connection)
    if connection.features.indexed(metrics, "run_uuid"):
        return _plan_by_run(connection)
    return _plan_by_primary_key(connection)


def point_columns(connection: ReadConnection) -> Select[Any]:
    """Select points as `POINT` has them: rowid, step, timestamp, value and whether it is NaN."""
    return select(
        metrics.c.rowid,
        _step(connection),
        metrics.c.timestamp,
        metrics.c.value,
        _is_nan(connection),
    )


def _plan_by_step(connection: ReadConnection) -> _Plan:
    """Follow the index (run_uuid, key, step), whose ties are in order of rowid."""
    after = tuple_(metrics.c.step, metrics.c.rowid) > tuple_(bindparam("step"), bindparam("rowid"))
    statement = compiled(
        point_columns(connection)
        .where(metrics.c.run_uuid == bindparam("run"), metrics.c.key == bindparam("key"), after)
        .order_by(metrics.c.step, metrics.c.rowid)
        .limit(_CHUNK)
    )

    def chunks(run_id: str, key: str) -> Iterator[NDArray[Any]]:
        where: dict[str, Any] = {"run": run_id, "key": key, "step": _FIRST, "rowid": _FIRST}
        while True:
            points = connection.array(statement, POINT, where)
            yield points
            if len(points) < _CHUNK:
                return
            where |= {"step": int(points["step"][-1]), "rowid": int(points["rowid"][-1])}

    return chunks


def _plan_by_run(connection: ReadConnection) -> _Plan:
    """Follow the index (run_uuid) through all metrics of the run, a bounded stretch at a time.

    `+key` keeps SQLite from choosing the primary key, which would read the key of every run.
    """
    statement = compiled(
        point_columns(connection).where(
            metrics.c.run_uuid == bindparam("run"),
            bindparam("key") == _UNINDEXED_KEY,
            metrics.c.rowid > bindparam("low"),
            metrics.c.rowid <= bindparam("high"),
        )
    )

    def chunks(run_id: str, key: str) -> Iterator[NDArray[Any]]:
        for low, high in _stretches(connection, run_id):
            where = {"run": run_id, "key": key, "low": low, "high": high}
            yield connection.array(statement, POINT, where)

    return chunks


def _stretches(connection: ReadConnection, run_id: str) -> Iterator[tuple[int, int]]:
    """Yield rowid ranges (low, high] that hold `_CHUNK` metrics of the run each."""
    next_rows = (
        select(metrics.c.rowid)
        .where(metrics.c.run_uuid == bindparam("run"), metrics.c.rowid > bindparam("low"))
        .order_by(metrics.c.rowid)
        .limit(_CHUNK)
        .subquery()
    )
    statement = compiled(select(func.max(next_rows.c.rowid), func.count()))
    low = _FIRST
    while True:
        high, number = connection.rows(statement, {"run": run_id, "low": low})[0]
        if high is not None:
            yield low, high
        if number < _CHUNK:
            return
        low = high


def _plan_by_primary_key(connection: ReadConnection) -> _Plan:
    """Follow the primary key, whose columns together are unique: no tie is lost."""
    names = [name for name in _PRIMARY_KEY if connection.features.has(metrics, name)]
    columns = [metrics.c[name] for name in names]
    after = tuple_(*columns) > tuple_(*(bindparam(f"after_{name}") for name in names))
    of_run = metrics.c.run_uuid == bindparam("run"), metrics.c.key == bindparam("key")
    whole = point_columns(connection).where(*of_run).order_by(*columns).limit(_CHUNK)
    first, following = compiled(whole), compiled(whole.where(after))

    def chunks(run_id: str, key: str) -> Iterator[NDArray[Any]]:
        where: dict[str, Any] = {"run": run_id, "key": key}
        points = connection.array(first, POINT, where)
        yield points
        while len(points) == _CHUNK:
            known = _primary_key(points[-1], run_id)
            where |= {f"after_{name}": known[name] for name in names}
            points = connection.array(following, POINT, where)
            yield points

    return chunks


def _primary_key(point: Any, run_id: str) -> dict[str, Any]:
    return {
        "timestamp": int(point["timestamp"]),
        "step": int(point["step"]),
        "run_uuid": run_id,
        "value": float(point["value"]),
        "is_nan": int(point["nan"]),
    }


def _aggregates(
    connection: ReadConnection, run_id: str
) -> Iterator[tuple[str, int, float | None, float | None]]:
    """Yield (key, points, least, greatest) of stretch after stretch of one run's metrics."""
    stored_as = func.typeof(metrics.c.value)
    is_number = or_(stored_as == "real", stored_as == "integer")
    real = case((and_(_is_nan(connection) == 0, is_number), metrics.c.value))
    columns = metrics.c.key, func.count(), func.min(real), func.max(real)
    of_run = metrics.c.run_uuid == bindparam("run")
    if not connection.features.indexed(metrics, "run_uuid"):
        whole = select(*columns).where(of_run).group_by(metrics.c.key)
        yield from connection.rows(whole, {"run": run_id})
        return
    stretch = and_(metrics.c.rowid > bindparam("low"), metrics.c.rowid <= bindparam("high"))
    statement = compiled(select(*columns).where(of_run, stretch).group_by(_UNINDEXED_KEY))
    for low, high in _stretches(connection, run_id):
        yield from connection.rows(statement, {"run": run_id, "low": low, "high": high})
        connection.progress.check()


def _readable_aggregates(
    connection: ReadConnection, run_id: str
) -> Iterator[tuple[str, int, float | None, float | None]]:
    statement = select(metrics.c.key, metrics.c.value, _is_nan(connection)).where(
        metrics.c.run_uuid == run_id
    )
    for rows in salvage.walk(connection, statement, metrics, f"metrics of run {run_id}"):
        for key, stored, is_nan in rows:
            value = None if is_nan else number(stored)
            yield key, 1, value, value
