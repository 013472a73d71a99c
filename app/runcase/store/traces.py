"""Lists traces and counts their spans that lie in the database."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, Text, bindparam, cast, func, literal, select

from runcase.errors import DamagedError
from runcase.store import salvage
from runcase.store.connection import ReadConnection, compiled
from runcase.store.records import Trace
from runcase.store.schema import (
    among,
    experiments,
    spans,
    trace_info,
    trace_request_metadata,
    trace_tags,
)
from runcase.store.values import follows, integer, text, text_or_none

LOCATION_TAG = "mlflow.artifactLocation"
_NAME_TAG = "mlflow.traceName"
_RUN = "mlflow.sourceRun"
_INPUTS, _OUTPUTS = "mlflow.traceInputs", "mlflow.traceOutputs"
_CHUNK = 1_000


def list_traces(connection: ReadConnection, experiment_id: str | None = None) -> list[Trace]:
    """Return the traces, newest first; of all experiments by default.

    `spans` counts the rows of the table `spans`; older releases wrote them into an artifact.
    """
    if not connection.features.has(trace_info):
        return []
    found: list[Trace] = []
    for rows in _chunks(connection, experiment_id):
        ids = json.dumps([text(row[0]) for row in rows])
        tags = _pairs(connection, trace_tags, ids)
        metadata = _pairs(connection, trace_request_metadata, ids)
        for row in rows:
            trace_id = text(row[0])
            found.append(_trace(row, tags.get(trace_id, {}), metadata.get(trace_id, {})))
        connection.progress.report(len(found), 0, "traces")
    found.sort(key=lambda trace: (-trace.timestamp, trace.trace_id))
    return found


def _chunks(
    connection: ReadConnection, experiment_id: str | None
) -> Iterator[list[tuple[Any, ...]]]:
    has = connection.features.column
    statement = select(
        trace_info.c.request_id,
        trace_info.c.experiment_id,
        has(trace_info.c.trace_name),
        trace_info.c.timestamp_ms,
        trace_info.c.execution_time_ms,
        trace_info.c.status,
        has(trace_info.c.request_preview),
        has(trace_info.c.response_preview),
        _span_count(connection),
    )
    if experiment_id is not None:
        numbers = select(experiments.c.experiment_id)
        of_one = numbers.where(cast(experiments.c.experiment_id, Text) == experiment_id)
        statement = statement.where(trace_info.c.experiment_id.in_(of_one))
    request_id = trace_info.c.request_id
    following = statement.where(request_id > bindparam("after")).order_by(request_id)
    ready = compiled(following.limit(_CHUNK))
    after: Any = ""
    try:
        while rows := connection.rows(ready, {"after": after}):
            yield rows
            if not follows(rows[-1][0], after):
                return
            after = rows[-1][0]
    except DamagedError:
        rest = statement.where(request_id > bindparam("after"))
        yield from salvage.walk(connection, rest, trace_info, "traces", {"after": after})


def _span_count(connection: ReadConnection) -> Any:
    if not connection.features.has(spans):
        return literal(0)
    return (
        select(func.count())
        .where(spans.c.trace_id == trace_info.c.request_id)
        .correlate(trace_info)
        .scalar_subquery()
    )


def _pairs(connection: ReadConnection, table: Table, ids: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    if connection.features.has(table):
        statement = select(table.c.request_id, table.c.key, table.c.value).where(
            among(table.c.request_id, "ids")
        )
        what = table.name.replace("_", " ")
        for trace_id, key, value in salvage.rows(connection, statement, table, what, {"ids": ids}):
            found[text(trace_id)][text(key)] = text(value)
    return found


def _trace(row: tuple[Any, ...], tags: dict[str, str], metadata: dict[str, str]) -> Trace:
    trace_id, experiment_id, name, timestamp, duration, state, request, response, number = row
    return Trace(
        trace_id=text(trace_id),
        experiment_id=text(experiment_id),
        name=text_or_none(name) or tags.get(_NAME_TAG),
        timestamp=integer(timestamp) or 0,
        duration=integer(duration),
        state=text(state),
        spans=number,
        request_preview=text_or_none(request) or metadata.get(_INPUTS),
        response_preview=text_or_none(response) or metadata.get(_OUTPUTS),
        run_id=metadata.get(_RUN),
        tags=tags,
    )
