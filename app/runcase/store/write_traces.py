"""Writes traces and their spans as MLflow 3.18 keeps them: all in the database, no traces.json."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import column, table

from runcase.store import schema
from runcase.store.records import Trace
from runcase.store.write import Writer, as_json

_TRACES = table(
    "trace_info",
    *(
        column(name)
        for name in (
            "request_id",
            "experiment_id",
            "timestamp_ms",
            "execution_time_ms",
            "status",
            "request_preview",
            "response_preview",
            "db_payload_generation",
            "trace_name",
            "session_id",
            "input_tokens",
            "output_tokens",
            "total_tokens",
        )
    ),
)
_SPANS = table(
    "spans",
    *(
        column(name)
        for name in (
            "trace_id",
            "experiment_id",
            "span_id",
            "parent_span_id",
            "name",
            "type",
            "status",
            "start_time_unix_nano",
            "end_time_unix_nano",
            "content",
        )
    ),
)
_MS = 1_000_000  # ns


@dataclass(frozen=True, slots=True)
class Span:
    """One span; its ids are 16 hex digits, its times ms after the trace began."""

    span_id: str
    parent_id: str | None
    name: str
    kind: str
    begin: int
    end: int
    inputs: object
    outputs: object
    status: str = "OK"
    message: str = ""
    attributes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """Tokens of a trace, as its model counted them."""

    read: int
    written: int


def write_trace(
    writer: Writer,
    trace: Trace,
    spans: Sequence[Span],
    artifact_location: str,
    usage: TokenUsage,
    session: str | None = None,
) -> None:
    """Add a trace, its tags, the run it belongs to, and its spans.

    Args:
        writer: Where to.
        trace: The trace; its id is "tr-" and 32 hex digits.
        spans: The first one is the root.
        artifact_location: Where attachments of the trace would lie.
        usage: Token counts.
        session: The conversation it belongs to.
    """
    row = {
        "request_id": trace.trace_id,
        "experiment_id": int(trace.experiment_id),
        "timestamp_ms": trace.timestamp,
        "execution_time_ms": trace.duration,
        "status": trace.state,
        "request_preview": trace.request_preview,
        "response_preview": trace.response_preview,
        "db_payload_generation": 0,
        "trace_name": trace.name,
        "session_id": session,
        "input_tokens": usage.read,
        "output_tokens": usage.written,
        "total_tokens": usage.read + usage.written,
    }
    writer.rows(_TRACES, [row])
    tags = {
        "mlflow.artifactLocation": artifact_location,
        "mlflow.trace.spansLocation": "TRACKING_STORE",
        **trace.tags,
    }
    metadata = {
        "mlflow.trace_schema.version": "3",
        "mlflow.traceInputs": trace.request_preview or "",
        "mlflow.traceOutputs": trace.response_preview or "",
        **({"mlflow.sourceRun": trace.run_id} if trace.run_id else {}),
    }
    writer.rows(schema.trace_tags, _pairs(trace.trace_id, tags))
    writer.rows(schema.trace_request_metadata, _pairs(trace.trace_id, metadata))
    writer.rows(_SPANS, [_span_row(trace, span) for span in spans])


def _pairs(trace_id: str, values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value, "request_id": trace_id} for key, value in values.items()]


def _span_row(trace: Trace, span: Span) -> dict[str, Any]:
    begin = (trace.timestamp + span.begin) * _MS
    end = (trace.timestamp + span.end) * _MS
    attributes = {
        "mlflow.traceRequestId": trace.trace_id,
        "mlflow.spanType": span.kind,
        "mlflow.spanInputs": span.inputs,
        "mlflow.spanOutputs": span.outputs,
        **span.attributes,
    }
    content: dict[str, object] = {
        "trace_id": _base64(trace.trace_id.removeprefix("tr-")),
        "span_id": _base64(span.span_id),
        "parent_span_id": _base64(span.parent_id) if span.parent_id else None,
        "name": span.name,
        "start_time_unix_nano": begin,
        "end_time_unix_nano": end,
        "events": [],
        "status": {"code": f"STATUS_CODE_{span.status}", "message": span.message},
        # MLflow encodes each value once more.
        "attributes": {key: as_json(value) for key, value in attributes.items()},
    }
    return {
        "trace_id": trace.trace_id,
        "experiment_id": int(trace.experiment_id),
        "span_id": span.span_id,
        "parent_span_id": span.parent_id,
        "name": span.name,
        "type": span.kind,
        "status": span.status,
        "start_time_unix_nano": begin,
        "end_time_unix_nano": end,
        "content": as_json(content),
    }


def _base64(digits: str) -> str:
    return base64.b64encode(bytes.fromhex(digits)).decode("ascii")
