"""Reads the points of one metric of all runs of a frame, a short statement at a time."""

import json
import time
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, Select, bindparam, func, literal, literal_column, select
from sqlalchemy.sql.compiler import Compiled

from runcase.errors import DamagedError
from runcase.store import salvage
from runcase.store.connection import ReadConnection, compiled
from runcase.store.frame_arrays import RunFrame
from runcase.store.frame_wanted import WANTED, of_wanted
from runcase.store.metrics import point_chunks
from runcase.store.schema import metrics
from runcase.store.values import integer, number, text

_LIMIT = 16_000  # points a statement
_SECONDS = 0.015  # what a statement should take
_FIRST_IDS, _MOST_IDS = 50, 8_000  # run ids a statement
_SCANNED = 100_000  # rows of `metrics` walked over in one statement

_POINT = np.dtype([("row", "i8"), ("step", "i8"), ("time", "i8"), ("value", "f8"), ("nan", "?")])
_Rows = npt.NDArray[np.int64]


class Points(NamedTuple):
    """Points of several runs; `row` is the frame's, `value` as stored, with no meaning if NaN."""

    row: _Rows
    step: _Rows
    timestamp: _Rows
    value: npt.NDArray[np.float64]
    nan: npt.NDArray[np.bool_]


def points_of_runs(
    connection: ReadConnection, frame: RunFrame, key: str, step: int | None = None
) -> Iterator[tuple[Points, float]]:
    """Yield every point of a metric once, and the share of the runs that is read.

    Args:
        connection: Where from.
        frame: The runs.
        key: The metric.
        step: Only points of this step, which an index finds; all when None.

    Raises:
        DamagedError: Some points are damaged or no numbers; see `readable_points`.
    """
    if not len(frame) or not _has_points(connection, step):
        return
    if connection.features.indexed(metrics, "run_uuid"):
        yield from _by_run(connection, frame, key, step)
    else:
        yield from _by_scan(connection, frame, key, step)


def readable_points(
    connection: ReadConnection, frame: RunFrame, key: str, step: int | None = None
) -> Iterator[Points]:
    """Yield the points that `points_of_runs` does, but for what is damaged or no number."""
    if not _has_points(connection, step):
        return
    statement = select(
        metrics.c.run_uuid,
        _step(connection),
        metrics.c.timestamp,
        metrics.c.value,
        connection.features.column(metrics.c.is_nan, literal(0)),
    ).where(metrics.c.key == key)
    for rows in salvage.walk(connection, statement, metrics, f"points of metric {key}"):
        places = frame.ids.rows_of([text(row[0]) for row in rows]).tolist()
        found = [
            (place, *point)
            for place, point in zip(places, map(_point, rows), strict=True)
            if place >= 0 and point is not None and step in (None, point[0])
        ]
        if found:
            yield _points(np.array(found, _POINT))


def _point(row: Sequence[Any]) -> tuple[int, int, float, bool] | None:
    step, timestamp, value = integer(row[1]), integer(row[2]), number(row[3])
    if step is None or timestamp is None or (value is None and not row[4]):
        return None
    return step, timestamp, 0.0 if value is None else value, bool(row[4])


def _has_points(connection: ReadConnection, step: int | None) -> bool:
    """Say whether there can be any; without a column for it every step is 0."""
    has_step = connection.features.has(metrics, "step")
    return connection.features.has(metrics) and (has_step or step in (None, 0))


def _by_run(
    connection: ReadConnection, frame: RunFrame, key: str, step: int | None
) -> Iterator[tuple[Points, float]]:
    """Read as many runs in one statement as their points allow."""
    features = connection.features
    statement = _of_runs(
        features.has(metrics, "step"),
        features.has(metrics, "is_nan"),
        features.indexed(metrics, "run_uuid", "key"),
    )
    rows = frame.ids.sorted_rows()
    at, size = 0, _FIRST_IDS
    while at < len(rows):
        piece = rows[at : at + size]
        ids = frame.ids.take(piece)
        where = {"ids": json.dumps(ids), "key": key, "most": _LIMIT, **_steps(step)}
        began = time.perf_counter()
        found = connection.array(statement, _POINT, where)
        if len(found) < _LIMIT:
            at += len(piece)
            found["row"] = piece[found["row"]]
            if len(found):
                yield _points(found), at / len(rows)
            slowness = (time.perf_counter() - began) / _SECONDS
            size = int(min(max(size / max(slowness, 0.25), 1), _MOST_IDS))
        elif len(piece) > 1:
            size = max(1, size // 4)
        else:
            at += 1
            for chunk in point_chunks(connection, ids[0], key):
                points = _of_chunk(int(piece[0]), chunk, step)
                if len(points.row):
                    yield points, at / len(rows)


def _by_scan(
    connection: ReadConnection, frame: RunFrame, key: str, step: int | None
) -> Iterator[tuple[Points, float]]:
    """Walk through the table: before MLflow 1.25 no index finds the points of a run."""
    first, greatest = connection.row(_BOUNDS) or (None, None)
    if first is None:
        return
    has_step, has_nan = (connection.features.has(metrics, each) for each in ("step", "is_nan"))
    statement = _of_stretch(has_step, has_nan)
    after = first - 1
    while (following := connection.scalar(_NEXT, {"after": after})) is not None:
        before, after = following - 1, following - 1 + _SCANNED
        where = {"after": before, "last": after, "key": key, **_steps(step)}
        rows = connection.rows(statement, where)
        if not rows:
            continue
        ids = [text(row[0]) for row in rows]
        try:
            found = np.array([(0, *row[1:]) for row in rows], _POINT)
        except (TypeError, ValueError, OverflowError) as error:
            raise DamagedError(
                f"The metric {key} has a point that is no number: {error}.",
                "Another program than MLflow wrote to this database.",
            ) from error
        found["row"] = frame.ids.rows_of(ids)
        found = found[found["row"] >= 0]
        if len(found):
            yield _points(found), min(1.0, (after - first) / max(1, greatest - first))


def _points(found: npt.NDArray[Any]) -> Points:
    return Points(found["row"], found["step"], found["time"], found["value"], found["nan"])


def _of_chunk(row: int, chunk: npt.NDArray[Any], step: int | None) -> Points:
    if step is not None:
        chunk = chunk[chunk["step"] == step]
    rows = np.full(len(chunk), row, dtype=np.int64)
    nan = chunk["nan"].astype(np.bool_)
    return Points(rows, chunk["step"], chunk["timestamp"], chunk["value"], nan)


# Each by itself goes straight to an end of the table; asked together they read all of it.
_BOUNDS = select(
    select(func.min(metrics.c.rowid)).scalar_subquery(),
    select(func.max(metrics.c.rowid)).scalar_subquery(),
)
_NEXT = select(func.min(metrics.c.rowid)).where(metrics.c.rowid > bindparam("after"))
# The sign keeps SQLite from using the primary key, which would read the key of every run.
_UNINDEXED_KEY: ColumnElement[Any] = literal_column('+metrics."key"')


def _step(connection: ReadConnection) -> Any:
    return connection.features.column(metrics.c.step, literal(0))


def _columns(has_step: bool, has_nan: bool) -> tuple[Any, ...]:
    return (
        metrics.c.step if has_step else literal(0),
        metrics.c.timestamp,
        metrics.c.value,
        metrics.c.is_nan if has_nan else literal(0),
    )


@cache
def _of_runs(has_step: bool, has_nan: bool, by_key: bool) -> Compiled:
    key: Any = metrics.c.key if by_key else _UNINDEXED_KEY
    statement = (
        select(WANTED.c.key, *_columns(has_step, has_nan))
        .select_from(of_wanted(metrics))
        .where(key == bindparam("key"))
        .limit(bindparam("most"))
    )
    return compiled(_within(statement, has_step))


@cache
def _of_stretch(has_step: bool, has_nan: bool) -> Compiled:
    statement = select(metrics.c.run_uuid, *_columns(has_step, has_nan)).where(
        metrics.c.rowid > bindparam("after"),
        metrics.c.rowid <= bindparam("last"),
        bindparam("key") == _UNINDEXED_KEY,
    )
    return compiled(_within(statement, has_step))


def _within(statement: Select[Any], has_step: bool) -> Select[Any]:
    """Keep the steps from `low` to `high`.

    Even if that is all of them: else SQLite would read all runs' points of the key along the
    primary key, and not those of one run along (run_uuid, key, step).
    """
    if not has_step:
        return statement
    return statement.where(metrics.c.step.between(bindparam("low"), bindparam("high")))


def _steps(step: int | None) -> dict[str, int]:
    return {"low": -(2**63), "high": 2**63 - 1} if step is None else {"low": step, "high": step}
