"""Turns the folder of a trace in a file store into rows: its info, spans and assessments."""

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import column, table

from runcase.store import schema
from runcase.store.filestore_read import Rows
from runcase.store.filestore_scan import TRACE_META, Unit
from runcase.store.filestore_values import (
    Source,
    as_int,
    as_ms,
    as_pairs,
    as_text,
    key_of,
    plain,
)

SPANS_FILE = "artifacts/traces.json"
_LARGEST_SPANS_FILE = 64 << 20
_ID_BYTES = 8


def _table(name: str, columns: str) -> Any:
    return table(name, *(column(each) for each in columns.split()))


TRACES = _table(
    "trace_info",
    "request_id experiment_id timestamp_ms execution_time_ms status client_request_id"
    " request_preview response_preview db_payload_generation",
)
SPANS = _table(
    "spans",
    "trace_id experiment_id span_id parent_span_id name type status start_time_unix_nano"
    " end_time_unix_nano content",
)
ASSESSMENTS = _table(
    "assessments",
    "assessment_id trace_id name assessment_type value error created_timestamp"
    " last_updated_timestamp source_type source_id run_id span_id rationale overrides valid"
    " assessment_metadata experiment_id",
)


def trace_rows(unit: Unit, source: Source, names: Iterable[str]) -> Rows:
    """Read a trace of MLflow 2.14 or later; no rows if its trace_info.yaml is none."""
    meta = source.mapping(TRACE_META)
    if meta is None:
        return {}
    trace_id = as_text(meta.get("trace_id") or meta.get("request_id")) or key_of(unit.name)
    same = {"request_id": trace_id}
    tags = as_pairs(meta.get("tags")) | _texts(source, names, "tags")
    metadata = as_pairs(meta.get("request_metadata")) | _texts(source, names, "request_metadata")
    row = {
        **same,
        "experiment_id": unit.experiment,
        "timestamp_ms": as_ms(meta.get("request_time") or meta.get("timestamp_ms")) or 0,
        "execution_time_ms": _duration(meta),
        "status": as_text(meta.get("state") or meta.get("status")) or "STATE_UNSPECIFIED",
        "client_request_id": as_text(meta.get("client_request_id")),
        "request_preview": as_text(meta.get("request_preview")),
        "response_preview": as_text(meta.get("response_preview")),
        "db_payload_generation": 0,
    }
    return {
        TRACES: [row],
        schema.trace_tags: [{**same, "key": key, "value": value} for key, value in tags.items()],
        schema.trace_request_metadata: [
            {**same, "key": key, "value": value} for key, value in metadata.items()
        ],
        SPANS: _spans(unit, source, trace_id) if SPANS_FILE in names else [],
        ASSESSMENTS: [
            _assessment(unit, trace_id, name, found)
            for name in names
            if name.startswith("assessments/")
            if (found := source.mapping(name)) is not None
        ],
    }


def _duration(meta: Mapping[str, Any]) -> int | None:
    """Return ms: protobuf's JSON writes seconds as in “0.25s”."""
    for key in ("execution_duration_ms", "execution_time_ms"):
        if (found := as_int(meta.get(key))) is not None:
            return found
    text = as_text(meta.get("execution_duration")) or ""
    try:
        return round(float(text.removesuffix("s")) * 1000)
    except (ValueError, OverflowError):
        return None


def _texts(source: Source, names: Iterable[str], folder: str) -> dict[str, str]:
    found = ((name, source.text(name)) for name in names if name.startswith(f"{folder}/"))
    return {key_of(name.partition("/")[2]): text for name, text in found if text is not None}


def _spans(unit: Unit, source: Source, trace_id: str) -> list[dict[str, Any]]:
    content = source.content(SPANS_FILE) or b""
    if len(content) > _LARGEST_SPANS_FILE:
        source.skip(SPANS_FILE, f"It is too large: {len(content):,} bytes.")
        return []
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        source.skip(SPANS_FILE, f"It is no valid JSON: {error}.")
        return []
    listed = found.get("spans") if isinstance(found, dict) else None
    if not isinstance(listed, list):
        source.skip(SPANS_FILE, "It holds no spans.")
        return []
    rows: dict[str, dict[str, Any]] = {}
    for number, each in enumerate(listed):
        if isinstance(each, dict):
            context = each.get("context")
            own = context if isinstance(context, dict) else each
            span_id = _hex(own.get("span_id"))
            # None may be lost, whatever a file calls it.
            span_id = span_id if span_id and span_id not in rows else f"{number:016x}"
            rows[span_id] = _span(unit, trace_id, span_id, each)
    return list(rows.values())


def _hex(span_id: object) -> str | None:
    """Return a span's id as the table has it; files hold base64 since MLflow 3, before it hex."""
    text = (as_text(span_id) or "").removeprefix("0x")
    try:
        found = base64.b64decode(text, validate=True)
    except ValueError:
        return text or None
    return found.hex() if len(found) == _ID_BYTES else text or None


def _span(unit: Unit, trace_id: str, span_id: str, span: Mapping[str, Any]) -> dict[str, Any]:
    status = span.get("status")
    code = status.get("code") if isinstance(status, dict) else span.get("status_code")
    attributes = span.get("attributes")
    kind = attributes.get("mlflow.spanType") if isinstance(attributes, dict) else None
    parent = span.get("parent_span_id") or span.get("parent_id")
    return {
        "trace_id": trace_id,
        "experiment_id": unit.experiment,
        "span_id": span_id,
        "parent_span_id": _hex(parent),
        "name": as_text(span.get("name")),
        "type": (as_text(kind) or "UNKNOWN").strip('"'),
        "status": (as_text(code) or "UNSET").removeprefix("STATUS_CODE_"),
        "start_time_unix_nano": as_int(span.get("start_time_unix_nano", span.get("start_time")))
        or 0,
        "end_time_unix_nano": as_int(span.get("end_time_unix_nano", span.get("end_time"))),
        "content": plain(json.dumps(span, ensure_ascii=False)),
    }


def _assessment(unit: Unit, trace_id: str, name: str, meta: Mapping[str, Any]) -> dict[str, Any]:
    kind = "expectation" if "expectation" in meta else "feedback"
    held = meta.get(kind)
    value = held.get("value") if isinstance(held, dict) else None
    error = held.get("error") if isinstance(held, dict) else None
    source = meta.get("source")
    made_by = source if isinstance(source, dict) else {}
    created = as_ms(meta.get("create_time")) or 0
    metadata = meta.get("metadata")
    own_id = name.partition("/")[2].removesuffix(".yaml")
    return {
        "assessment_id": as_text(meta.get("assessment_id")) or key_of(own_id),
        "trace_id": trace_id,
        "name": as_text(meta.get("assessment_name")) or "",
        "assessment_type": kind,
        "value": _json(value),
        "error": _json(error) if error else None,
        "created_timestamp": created,
        "last_updated_timestamp": as_ms(meta.get("last_update_time")) or created,
        "source_type": as_text(made_by.get("source_type")) or "",
        "source_id": as_text(made_by.get("source_id")),
        "run_id": as_text(meta.get("run_id")),
        "span_id": as_text(meta.get("span_id")),
        "rationale": as_text(meta.get("rationale")),
        "overrides": as_text(meta.get("overrides")),
        "valid": meta.get("valid") is not False,
        "assessment_metadata": _json(metadata) if metadata else None,
        "experiment_id": unit.experiment,
    }


def _json(value: object) -> str:
    return plain(json.dumps(value, ensure_ascii=False, default=str))
