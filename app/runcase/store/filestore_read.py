"""Turns one folder of a file store into rows of MLflow's tables: an experiment, a run, a model."""

import math
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

from sqlalchemy import TableClause

from runcase.store import schema
from runcase.store.filestore_scan import META, TRASH, Unit
from runcase.store.filestore_values import (
    Logged,
    Source,
    as_int,
    as_ms,
    as_pairs,
    as_text,
    key_of,
)

Rows = dict[TableClause, list[dict[str, Any]]]

_RUN_STATUS = {1: "RUNNING", 2: "SCHEDULED", 3: "FINISHED", 4: "FAILED", 5: "KILLED"}
_SOURCE_TYPE = {1: "NOTEBOOK", 2: "JOB", 3: "PROJECT", 4: "LOCAL"}
_MODEL_STATUS = {"UNSPECIFIED": 0, "PENDING": 1, "READY": 2, "FAILED": 3}
_WORKSPACE = {"workspace": "default"}
_UNFINISHED = frozenset({"RUNNING", "SCHEDULED"})


def experiment_rows(unit: Unit, source: Source, names: Iterable[str]) -> Rows:
    """Read an experiment with its tags and datasets; no row of its own without a meta.yaml."""
    number = unit.experiment
    meta = source.mapping(META) if META in names else None
    if META not in names:
        source.skip(META, "It is missing.")
    same = {"experiment_id": number}
    # Before tags were files, a rename kept them in meta.yaml.
    tags = as_pairs((meta or {}).get("tags")) | _texts(source, names, "tags")
    rows: Rows = {schema.experiment_tags: _pairs(tags, same)}
    rows[schema.datasets] = [
        _dataset(number, name.split("/")[1], found)
        for name in names
        if name.startswith("datasets/") and name.endswith(f"/{META}")
        if (found := source.mapping(name)) is not None
    ]
    if meta is not None:
        if as_text(meta.get("experiment_id")) not in (unit.name, None):
            source.skip(META, f"It names the experiment {meta['experiment_id']}.")
        rows[schema.experiments] = [_experiment(unit, meta)]
    return rows


def bare_experiment(unit: Unit) -> dict[str, Any]:
    """Return the row of an experiment whose meta.yaml says nothing, named after its folder."""
    return _experiment(unit, {})


def _experiment(unit: Unit, meta: Mapping[str, Any]) -> dict[str, Any]:
    deleted = unit.path.startswith(f"{TRASH}/")
    return {
        "experiment_id": unit.experiment,
        "name": as_text(meta.get("name")) or key_of(unit.name),
        "artifact_location": as_text(meta.get("artifact_location")),
        "lifecycle_stage": "deleted" if deleted else _stage(meta),
        "creation_time": as_ms(meta.get("creation_time")),
        "last_update_time": as_ms(meta.get("last_update_time")),
        **_WORKSPACE,
    }


def _dataset(number: int, folder: str, meta: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "dataset_uuid": _id(str(number), folder),
        "experiment_id": number,
        "name": as_text(meta.get("name")) or key_of(folder),
        "digest": as_text(meta.get("digest")) or "",
        "dataset_source_type": as_text(meta.get("source_type")) or "",
        "dataset_source": as_text(meta.get("source")) or "",
        "dataset_schema": as_text(meta.get("schema")),
        "dataset_profile": as_text(meta.get("profile")),
    }


def run_row(unit: Unit, source: Source) -> dict[str, Any] | None:
    """Read the meta.yaml of a run; None if it is none."""
    meta = source.mapping(META)
    if meta is None:
        return None
    run_id = as_text(meta.get("run_id")) or as_text(meta.get("run_uuid"))
    if not run_id:
        source.skip(META, "It names no run.")
        return None
    status = as_int(meta.get("status"))
    kind = as_int(meta.get("source_type"))
    return {
        "run_uuid": run_id,
        "name": as_text(meta.get("run_name")) or as_text(meta.get("name")) or "",
        "source_type": _SOURCE_TYPE.get(kind or 0, as_text(meta.get("source_type")) or "UNKNOWN")
        if kind not in (5, 1000)
        else "UNKNOWN",
        "source_name": as_text(meta.get("source_name")) or "",
        "entry_point_name": as_text(meta.get("entry_point_name")) or "",
        "source_version": as_text(meta.get("source_version")) or "",
        "user_id": as_text(meta.get("user_id")),
        "status": _RUN_STATUS.get(status or 0) or as_text(meta.get("status")) or "UNKNOWN",
        "start_time": as_int(meta.get("start_time")),
        "end_time": as_int(meta.get("end_time")),
        "deleted_time": as_int(meta.get("deleted_time")),
        "lifecycle_stage": _stage(meta),
        "artifact_uri": as_text(meta.get("artifact_uri")),
        "experiment_id": unit.experiment,
    }


def metric_rows(
    source: Source, run: Mapping[str, Any], name: str, part: slice
) -> list[dict[str, Any]]:
    """Read the file of one metric of a run, or a part of it."""
    same = {"run_uuid": run["run_uuid"], "key": key_of(name.partition("/")[2])}
    return [
        {
            **same,
            "value": point.value,
            "timestamp": point.timestamp,
            "step": point.step,
            "is_nan": point.is_nan,
        }
        for point in source.points(name, complete=not is_unfinished(run), part=part)
    ]


def latest_of(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the latest of the points of one metric, as a list of one or none."""
    latest = max(rows, key=_rank, default=None)
    return [] if latest is None else [latest]


def is_unfinished(run: Mapping[str, Any]) -> bool:
    """Say whether a program may still log to a run."""
    return run["status"] in _UNFINISHED


def run_rows(unit: Unit, source: Source, run: Mapping[str, Any], names: Iterable[str]) -> Rows:
    """Read those files of a run that hold its params, tags and links."""
    run_id, same = run["run_uuid"], {"run_uuid": run["run_uuid"]}
    rows: Rows = {
        schema.params: _pairs(_texts(source, names, "params"), same),
        schema.tags: _pairs(_texts(source, names, "tags"), same),
    }
    inputs, tags = rows.setdefault(schema.inputs, []), rows.setdefault(schema.input_tags, [])
    for name in names:
        folder, _, below = name.partition("/")
        if folder in ("inputs", "outputs") and below.endswith(f"/{META}"):
            meta = source.mapping(name)
            if meta is not None:
                link = _link(unit, run_id, folder, below.partition("/")[0], meta)
                inputs.append(link)
                tags += [
                    {"input_uuid": link["input_uuid"], "name": key, "value": value}
                    for key, value in as_pairs(meta.get("tags")).items()
                ]
    return rows


def _link(
    unit: Unit, run_id: str, folder: str, name: str, meta: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a link as MLflow's schema has it; its files name one end only, twice."""
    source = as_text(meta.get("source_id")) or name
    destination = as_text(meta.get("destination_id")) or name
    if folder == "outputs":
        ends = ("RUN_OUTPUT", run_id, "MODEL_OUTPUT", destination)
    elif as_text(meta.get("source_type")) == "DATASET":
        ends = ("DATASET", _id(str(unit.experiment), source), "RUN", run_id)
    else:
        ends = ("RUN_INPUT", run_id, "MODEL_INPUT", destination)
    return {
        "input_uuid": _id(run_id, folder, name),
        "source_type": ends[0],
        "source_id": ends[1],
        "destination_type": ends[2],
        "destination_id": ends[3],
        "step": as_int(meta.get("step")) or 0,
    }


def logged_model_rows(unit: Unit, source: Source, names: Iterable[str]) -> Rows:
    """Read a logged model; no rows if its meta.yaml is none."""
    meta = source.mapping(META)
    if meta is None:
        return {}
    model_id = as_text(meta.get("model_id")) or key_of(unit.name)
    same = {"model_id": model_id, "experiment_id": unit.experiment}
    made_by = as_text(meta.get("source_run_id"))
    created = as_ms(meta.get("creation_timestamp")) or 0
    status = meta.get("status")
    row = {
        **same,
        "name": as_text(meta.get("name")) or "",
        "artifact_location": as_text(meta.get("artifact_location")) or "",
        "creation_timestamp_ms": created,
        "last_updated_timestamp_ms": as_ms(meta.get("last_updated_timestamp")) or created,
        "status": _MODEL_STATUS.get(str(status), as_int(status) or 0),
        "lifecycle_stage": _stage(meta),
        "model_type": as_text(meta.get("model_type")),
        "source_run_id": made_by,
        "status_message": as_text(meta.get("status_message")),
    }
    params, tags = _texts(source, names, "params"), _texts(source, names, "tags")
    return {
        schema.logged_models: [row],
        schema.logged_model_params: [
            {**same, "param_key": key, "param_value": value} for key, value in params.items()
        ],
        schema.logged_model_tags: [
            {**same, "tag_key": key, "tag_value": value} for key, value in tags.items()
        ],
        schema.logged_model_metrics: [
            _model_metric(same, name, point, made_by)
            for name in names
            if name.startswith("metrics/")
            for point in source.points(name, of_model=True)
        ],
    }


def _model_metric(
    same: Mapping[str, Any], name: str, point: Logged, made_by: str | None
) -> dict[str, Any]:
    return {
        **same,
        "metric_name": key_of(name.partition("/")[2]),
        "metric_timestamp_ms": point.timestamp,
        "metric_step": point.step,
        "metric_value": point.value,
        "run_id": point.run_id or made_by or "",
        "dataset_name": point.dataset_name,
        "dataset_digest": point.dataset_digest,
    }


def registered_model_rows(unit: Unit, source: Source, names: Iterable[str]) -> Rows:
    """Read a registered model or a prompt with its versions and aliases."""
    meta = (source.mapping(META) if META in names else None) or {}
    if META not in names:
        source.skip(META, "It is missing.")
    name = as_text(meta.get("name")) or key_of(unit.name)
    same = {"name": name, **_WORKSPACE}
    model = {
        **same,
        "creation_time": as_ms(meta.get("creation_timestamp")),
        "last_updated_time": as_ms(meta.get("last_updated_timestamp")),
        "description": as_text(meta.get("description")),
    }
    aliases = as_pairs(meta.get("aliases")) | _texts(source, names, "aliases")
    rows: Rows = {
        schema.registered_models: [model],
        schema.registered_model_tags: _pairs(_texts(source, names, "tags"), same),
        schema.registered_model_aliases: [
            {**same, "alias": alias, "version": version}
            for alias, text in aliases.items()
            if (version := as_int(text.strip())) is not None
        ],
        schema.model_versions: [],
        schema.model_version_tags: [],
    }
    for file in names:
        folder, _, rest = file.partition("/")
        number = as_int(folder.removeprefix("version-")) if folder[:8] == "version-" else None
        if rest != META or number is None:
            continue
        found = source.mapping(file)
        if found is not None:
            rows[schema.model_versions].append(_version(same, number, found))
            rows[schema.model_version_tags] += _pairs(
                _texts(source, names, f"{folder}/tags"), {**same, "version": number}
            )
    return rows


def _version(same: Mapping[str, Any], number: int, meta: Mapping[str, Any]) -> dict[str, Any]:
    texts = ("description", "user_id", "current_stage", "source", "run_id", "status")
    more = ("status_message", "run_link", "storage_location")
    return {
        **same,
        "version": number,
        "creation_time": as_ms(meta.get("creation_timestamp")),
        "last_updated_time": as_ms(meta.get("last_updated_timestamp")),
        **{key: as_text(meta.get(key)) for key in (*texts, *more)},
    }


def _texts(source: Source, names: Iterable[str], folder: str) -> dict[str, str]:
    """Return the files of one folder: each name is a key, a slash in it a folder more."""
    start = f"{folder}/"
    found = {}
    for name in names:
        if name.startswith(start):
            text = source.text(name)
            if text is not None:
                found[key_of(name[len(start) :])] = text
    return found


def _pairs(values: Mapping[str, str], same: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value, **same} for key, value in values.items()]


def _rank(row: Mapping[str, Any]) -> tuple[int, int, float]:
    """Order points as FileStore does to find the latest.

    It compares real NaNs, which are never the greater: of two points at one step and time that are
    not equal for that reason, the first in the file stays the latest.
    """
    return row["step"], row["timestamp"], math.nan if row["is_nan"] else row["value"]


def _stage(meta: Mapping[str, Any]) -> str:
    return "deleted" if meta.get("lifecycle_stage") == "deleted" else "active"


def _id(*parts: str) -> str:
    """Return an id of 32 digits for what has none of its own in all of a store."""
    text = "\0".join(parts)
    return blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
