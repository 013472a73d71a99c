"""Reads logged models (MLflow 3) and how runs produced or used them."""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, bindparam, or_, select

from runcase.store import salvage
from runcase.store.connection import ReadConnection
from runcase.store.records import LoggedModel
from runcase.store.schema import (
    among,
    inputs,
    logged_model_params,
    logged_model_tags,
    logged_models,
)
from runcase.store.values import experiment_numbers, integer, text, text_or_none

_STATUS = {0: "UNSPECIFIED", 1: "PENDING", 2: "READY", 3: "FAILED"}


def list_logged_models(
    connection: ReadConnection, experiment_ids: Sequence[str] | None = None
) -> list[LoggedModel]:
    """Return the logged models, deleted ones too, newest first; of all experiments by default."""
    statement = _select_models()
    if experiment_ids is None:
        return _models(connection, statement, {})
    numbers = experiment_numbers(experiment_ids)
    statement = statement.where(among(logged_models.c.experiment_id, "experiments"))
    return _models(connection, statement, {"experiments": json.dumps(numbers)})


def of_run(connection: ReadConnection, run_id: str) -> list[LoggedModel]:
    """Return the models that a run produced, newest first."""
    outputs = _linked("RUN_OUTPUT", "MODEL_OUTPUT")
    statement = _select_models().where(
        or_(
            logged_models.c.source_run_id == bindparam("run"), logged_models.c.model_id.in_(outputs)
        )
    )
    return _models(connection, statement, {"run": run_id})


def inputs_of_run(connection: ReadConnection, run_id: str) -> list[LoggedModel]:
    """Return the models that a run used, newest first."""
    statement = _select_models().where(
        logged_models.c.model_id.in_(_linked("RUN_INPUT", "MODEL_INPUT"))
    )
    return _models(connection, statement, {"run": run_id})


def get_logged_model(connection: ReadConnection, model_id: str) -> LoggedModel | None:
    """Return one logged model, deleted ones too, or None."""
    statement = _select_models().where(logged_models.c.model_id == bindparam("model"))
    found = _models(connection, statement, {"model": model_id})
    return found[0] if found else None


def _select_models() -> Select[Any]:
    return select(
        logged_models.c.model_id,
        logged_models.c.name,
        logged_models.c.experiment_id,
        logged_models.c.source_run_id,
        logged_models.c.status,
        logged_models.c.lifecycle_stage,
        logged_models.c.artifact_location,
        logged_models.c.model_type,
        logged_models.c.creation_timestamp_ms,
        logged_models.c.last_updated_timestamp_ms,
    ).order_by(logged_models.c.creation_timestamp_ms.desc(), logged_models.c.model_id)


def _linked(source_type: str, destination_type: str) -> Select[Any]:
    return select(inputs.c.destination_id).where(
        inputs.c.source_type == source_type,
        inputs.c.source_id == bindparam("run"),
        inputs.c.destination_type == destination_type,
    )


def _models(
    connection: ReadConnection, statement: Select[Any], parameters: dict[str, Any]
) -> list[LoggedModel]:
    if not connection.features.has(logged_models):
        return []
    rows = salvage.rows(connection, statement, logged_models, "logged models", parameters)
    ids = [text(row[0]) for row in rows]
    columns = logged_model_params.c
    params = _pairs(connection, ids, columns.model_id, columns.param_key, columns.param_value)
    tag = logged_model_tags.c
    tags = _pairs(connection, ids, tag.model_id, tag.tag_key, tag.tag_value)
    return [
        _model(row, params.get(model_id, {}), tags.get(model_id, {}))
        for model_id, row in zip(ids, rows, strict=True)
    ]


def _pairs(
    connection: ReadConnection, ids: list[str], model: Any, key: Any, value: Any
) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    if ids and connection.features.has(model.table):
        statement = select(model, key, value).where(among(model, "ids")).order_by(model, key)
        what = model.table.name.replace("_", " ")
        rows = salvage.rows(connection, statement, model.table, what, {"ids": json.dumps(ids)})
        for model_id, name, content in rows:
            found[text(model_id)][text(name)] = text(content)
    return found


def _model(row: tuple[Any, ...], params: dict[str, str], tags: dict[str, str]) -> LoggedModel:
    model_id, name, experiment_id, run_id, status, lifecycle, location, kind, created, updated = row
    return LoggedModel(
        model_id=text(model_id),
        name=text(name),
        experiment_id=text(experiment_id),
        source_run_id=text_or_none(run_id) or None,
        status=_STATUS.get(status, text(status)),
        lifecycle_stage=text(lifecycle) or "active",
        artifact_location=text(location),
        model_type=text_or_none(kind) or None,
        creation_time=integer(created) or 0,
        last_updated_time=integer(updated) or 0,
        params=params,
        tags=tags,
    )
