"""Reads the model registry: models and prompts, their versions, aliases and tags."""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, literal, or_, select, true

from runcase.store import metrics, salvage
from runcase.store.connection import ReadConnection
from runcase.store.records import Alias, ModelVersion, RegisteredModel
from runcase.store.schema import (
    among,
    model_version_tags,
    model_versions,
    registered_model_aliases,
    registered_model_tags,
    registered_models,
    run_name,
    runs,
)
from runcase.store.values import integer, text, text_or_none

PROMPT_TAG = "mlflow.prompt.is_prompt"
DELETED_STAGE = "Deleted_Internal"  # MLflow keeps the row of a deleted version
_MODEL_URI = "models:/m-"

_ModelKey = tuple[str, str]  # workspace and name: names repeat between workspaces


def list_models(connection: ReadConnection) -> list[RegisteredModel]:
    """Return registered models and prompts in order of name, then workspace."""
    if not connection.features.has(registered_models):
        return []
    has = connection.features.column
    workspace = _workspace(connection, registered_models)
    statement = select(
        workspace,
        registered_models.c.name,
        registered_models.c.creation_time,
        registered_models.c.last_updated_time,
        has(registered_models.c.description),
    ).order_by(registered_models.c.name, workspace)
    tags = _model_tags(connection)
    aliases = _aliases(connection)
    counts = _version_counts(connection)
    found = []
    rows = salvage.rows(connection, statement, registered_models, "registered models")
    for space, name, created, updated, description in rows:
        key = (text(space) or "default", text(name))
        number, newest = counts.get(key, (0, None))
        found.append(
            RegisteredModel(
                name=key[1],
                workspace=key[0],
                creation_time=integer(created),
                last_updated_time=integer(updated),
                description=text_or_none(description),
                tags=tags.get(key, {}),
                aliases=tuple(aliases.get(key, ())),
                versions=number,
                latest_version=newest,
                is_prompt=tags.get(key, {}).get(PROMPT_TAG, "").lower() == "true",
            )
        )
    return found


def versions(
    connection: ReadConnection, name: str, workspace: str = "default"
) -> list[ModelVersion]:
    """Return the versions of one model or prompt, newest first."""
    if not connection.features.has(model_versions):
        return []
    of_model = and_(
        model_versions.c.name == name, _workspace(connection, model_versions) == workspace
    )
    return _versions(connection, of_model)


def all_versions(connection: ReadConnection) -> list[ModelVersion]:
    """Return every version in the registry, by model name, newest first."""
    if not connection.features.has(model_versions):
        return []
    return _versions(connection, true())


def versions_of_run(
    connection: ReadConnection, run_id: str, model_ids: Sequence[str] = ()
) -> list[ModelVersion]:
    """Return the versions made from a run, or from one of the logged models named."""
    if not connection.features.has(model_versions):
        return []
    sources = [f"models:/{model_id}" for model_id in model_ids]
    return _versions(
        connection,
        or_(model_versions.c.run_id == run_id, among(model_versions.c.source, "sources")),
        {"sources": json.dumps(sources)},
    )


def version_metrics(
    connection: ReadConnection, run_ids: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Return the latest value of each metric of the source runs, by run id and key."""
    found = metrics.latest_of_runs(connection, run_ids)
    return {run_id: {row.key: row.value for row in rows} for run_id, rows in found.items()}


def _workspace(connection: ReadConnection, table: Table) -> ColumnElement[Any]:
    """Return the workspace column, or the one workspace of databases before MLflow 3.10."""
    column: ColumnElement[Any] = connection.features.column(table.c.workspace, literal("default"))
    return column


def _model_tags(connection: ReadConnection) -> dict[_ModelKey, dict[str, str]]:
    found: dict[_ModelKey, dict[str, str]] = defaultdict(dict)
    table = registered_model_tags
    if connection.features.has(table):
        statement = select(_workspace(connection, table), table.c.name, table.c.key, table.c.value)
        rows = salvage.rows(connection, statement, table, "tags of models")
        for workspace, name, key, value in rows:
            found[text(workspace), text(name)][text(key)] = text(value)
    return found


def _aliases(connection: ReadConnection) -> dict[_ModelKey, list[Alias]]:
    found: dict[_ModelKey, list[Alias]] = defaultdict(list)
    table = registered_model_aliases
    if connection.features.has(table):
        statement = select(
            _workspace(connection, table), table.c.name, table.c.alias, table.c.version
        ).order_by(table.c.alias)
        rows = salvage.rows(connection, statement, table, "aliases")
        for workspace, name, alias, version in rows:
            found[text(workspace), text(name)].append(Alias(text(alias), integer(version) or 0))
    return found


def _version_counts(connection: ReadConnection) -> dict[_ModelKey, tuple[int, int | None]]:
    if not connection.features.has(model_versions):
        return {}
    workspace = _workspace(connection, model_versions)
    column = model_versions.c
    statement = select(workspace, column.name, column.version).where(_not_deleted())
    numbers: dict[_ModelKey, list[int]] = defaultdict(list)
    for space, name, version in salvage.rows(connection, statement, model_versions, "versions"):
        numbers[text(space), text(name)].append(integer(version) or 0)
    return {key: (len(every), max(every)) for key, every in numbers.items()}


def _not_deleted() -> ColumnElement[bool]:
    stage = model_versions.c.current_stage
    return or_(stage.is_(None), stage != DELETED_STAGE)


def _select_versions(connection: ReadConnection) -> Select[Any]:
    has = connection.features.column
    column = model_versions.c
    return (
        select(
            column.name,
            column.version,
            _workspace(connection, model_versions),
            column.creation_time,
            column.last_updated_time,
            column.description,
            column.user_id,
            column.current_stage,
            column.source,
            has(column.storage_location),
            column.run_id,
            runs.c.run_uuid,
            run_name(),
            column.status,
            column.status_message,
        )
        .outerjoin_from(model_versions, runs, runs.c.run_uuid == column.run_id)
        .order_by(column.name, column.version.desc())
    )


def _versions(
    connection: ReadConnection,
    which: ColumnElement[bool],
    parameters: dict[str, Any] | None = None,
) -> list[ModelVersion]:
    statement = _select_versions(connection).where(which, _not_deleted())
    rows = salvage.rows(connection, statement, model_versions, "model versions", parameters)
    tags = _version_tags(connection, sorted({text(row[0]) for row in rows}))
    aliases = _aliases(connection) if rows else {}
    return [_version(row, tags, aliases) for row in rows]


def _version_tags(
    connection: ReadConnection, names: list[str]
) -> dict[tuple[str, str, int], dict[str, str]]:
    found: dict[tuple[str, str, int], dict[str, str]] = defaultdict(dict)
    table = model_version_tags
    if names and connection.features.has(table):
        statement = select(
            _workspace(connection, table),
            table.c.name,
            table.c.version,
            table.c.key,
            table.c.value,
        ).where(among(table.c.name, "names"))
        parameters = {"names": json.dumps(names)}
        rows = salvage.rows(connection, statement, table, "tags of versions", parameters)
        for workspace, name, version, key, value in rows:
            found[text(workspace), text(name), integer(version) or 0][text(key)] = text(value)
    return found


def _version(
    row: tuple[Any, ...],
    tags: dict[tuple[str, str, int], dict[str, str]],
    aliases: dict[_ModelKey, list[Alias]],
) -> ModelVersion:
    name, version = text(row[0]), integer(row[1]) or 0
    workspace = text(row[2]) or "default"
    description, user, stage, source, storage, run_id = map(text_or_none, row[5:11])
    run_found, found_name, status, message = map(text_or_none, row[11:])
    of_model = aliases.get((workspace, name), [])
    return ModelVersion(
        name=name,
        version=version,
        workspace=workspace,
        creation_time=integer(row[3]),
        last_updated_time=integer(row[4]),
        description=description,
        user_id=user,
        current_stage=stage or "None",
        source=source,
        storage_location=storage,
        run_id=run_id or None,
        run_name=found_name if run_found else None,
        status=status,
        status_message=message,
        aliases=tuple(alias.name for alias in of_model if alias.version == version),
        tags=tags.get((workspace, name, version), {}),
        model_id=_model_id(source),
    )


def _model_id(source: str | None) -> str | None:
    if source is None or not source.startswith(_MODEL_URI):
        return None
    return source.removeprefix("models:/").split("/")[0]
