"""Writes rows as MLflow 3.18 would: its rules and no others; ids come from the caller."""

import json
import math
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, TableClause, create_engine, insert, select, tuple_, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.pool import NullPool

from runcase.store import schema
from runcase.store.records import Dataset, LoggedModel, ModelVersion, RegisteredModel, Run

_BUSY_SECONDS = 20  # MLflow's own patience
_LARGEST = 1.7976931348623157e308  # what MLflow stores for an infinity
_LOGGED_MODEL_STATUS = {"UNSPECIFIED": 0, "PENDING": 1, "READY": 2, "FAILED": 3}


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a metric, as it is logged."""

    key: str
    value: float
    timestamp: int
    step: int


@dataclass(frozen=True, slots=True)
class Links:
    """What a logged model's row does not say: the runs it was made in and used by."""

    step: int = 0
    used_by: tuple[str, ...] = ()
    metrics: Mapping[str, float] = field(default_factory=dict)


@contextmanager
def writing(path: Path) -> Iterator["Writer"]:
    """Give a writer on a store; all it does is committed together, or not at all."""

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield Writer(connection)
        connection.commit()


class Writer:
    """Writes into one transaction; a method is one thing that MLflow's client can do."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def experiment(
        self,
        experiment_id: int,
        name: str,
        artifact_location: str,
        now_ms: int,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Add an active experiment."""
        self._add(
            schema.experiments,
            [
                {
                    "experiment_id": experiment_id,
                    "name": name,
                    "artifact_location": artifact_location,
                    "lifecycle_stage": "active",
                    "creation_time": now_ms,
                    "last_update_time": now_ms,
                    "workspace": "default",
                }
            ],
        )
        self._add(schema.experiment_tags, _pairs(tags, experiment_id=experiment_id))

    def delete_experiment(self, experiment_id: int, now_ms: int) -> None:
        """Mark an experiment deleted, and all its runs with it."""
        experiments, runs = schema.experiments, schema.runs
        self._connection.execute(
            update(experiments)
            .where(experiments.c.experiment_id == experiment_id)
            .values(lifecycle_stage="deleted", last_update_time=now_ms)
        )
        self._connection.execute(
            update(runs)
            .where(runs.c.experiment_id == experiment_id)
            .values(lifecycle_stage="deleted", deleted_time=now_ms)
        )

    def run(
        self,
        run: Run,
        params: Mapping[str, str],
        tags: Mapping[str, str],
        deleted_ms: int | None = None,
    ) -> None:
        """Add a run with its params and tags; the name becomes a tag too, as MLflow does it."""
        self._add(
            schema.runs,
            [
                {
                    "run_uuid": run.run_id,
                    "name": run.name,
                    "source_type": "UNKNOWN",
                    "source_name": "",
                    "entry_point_name": "",
                    "source_version": "",
                    "user_id": run.user_id,
                    "status": run.status,
                    "start_time": run.start_time,
                    "end_time": run.end_time,
                    "deleted_time": deleted_ms,
                    "lifecycle_stage": run.lifecycle_stage,
                    "artifact_uri": run.artifact_uri,
                    "experiment_id": int(run.experiment_id),
                }
            ],
        )
        self._add(schema.params, _pairs(params, run_uuid=run.run_id))
        named = {"mlflow.runName": run.name, "mlflow.user": run.user_id or "", **tags}
        self._add(schema.tags, _pairs(named, run_uuid=run.run_id))

    def metrics(self, run_id: str, points: Sequence[Point]) -> None:
        """Log values; a metric's latest is the greatest (step, timestamp, value), NaN being 0."""
        if not points:
            return
        rows = [_metric_row(run_id, point) for point in points]
        self._connection.execute(insert(schema.metrics).prefix_with("OR IGNORE"), rows)
        best: dict[str, dict[str, Any]] = {}
        for row in rows:
            known = best.get(row["key"])
            if known is None or _rank(row) > _rank(known):
                best[row["key"]] = row
        table = schema.latest_metrics
        statement = upsert(table)
        new = statement.excluded
        statement = statement.on_conflict_do_update(
            index_elements=[table.c.key, table.c.run_uuid],
            set_={name: new[name] for name in ("value", "timestamp", "step", "is_nan")},
            where=tuple_(new.step, new.timestamp, new.value)
            > tuple_(table.c.step, table.c.timestamp, table.c.value),
        )
        self._connection.execute(statement, list(best.values()))

    def dataset(self, dataset_id: str, experiment_id: int, dataset: Dataset) -> None:
        """Add a dataset to an experiment; its context and tags belong to each use of it."""
        self._add(
            schema.datasets,
            [
                {
                    "dataset_uuid": dataset_id,
                    "experiment_id": experiment_id,
                    "name": dataset.name,
                    "digest": dataset.digest,
                    "dataset_source_type": dataset.source_type,
                    "dataset_source": dataset.source,
                    "dataset_schema": dataset.schema,
                    "dataset_profile": dataset.profile,
                }
            ],
        )

    def use_dataset(self, input_id: str, run_id: str, dataset_id: str, context: str) -> None:
        """Say that a run used a dataset, as "training" or another context."""
        self._link(input_id, ("DATASET", dataset_id), ("RUN", run_id))
        tag = {"input_uuid": input_id, "name": "mlflow.data.context", "value": context}
        self._add(schema.input_tags, [tag])

    def logged_model(self, model: LoggedModel, link_ids: Sequence[str], links: Links) -> None:
        """Add a logged model, its links to runs and its metrics.

        Args:
            model: The model; `source_run_id` is the run that made it.
            link_ids: An id for the link to that run, then one for each run that used it.
            links: The rest.
        """
        self._add(
            schema.logged_models,
            [
                {
                    "model_id": model.model_id,
                    "experiment_id": int(model.experiment_id),
                    "name": model.name,
                    "artifact_location": model.artifact_location,
                    "creation_timestamp_ms": model.creation_time,
                    "last_updated_timestamp_ms": model.last_updated_time,
                    "status": _LOGGED_MODEL_STATUS[model.status],
                    "lifecycle_stage": model.lifecycle_stage,
                    "model_type": model.model_type,
                    "source_run_id": model.source_run_id,
                }
            ],
        )
        same = {"model_id": model.model_id, "experiment_id": int(model.experiment_id)}
        params, tags = model.params.items(), model.tags.items()
        self._add(
            schema.logged_model_params,
            [{**same, "param_key": key, "param_value": value} for key, value in params],
        )
        self._add(
            schema.logged_model_tags,
            [{**same, "tag_key": key, "tag_value": value} for key, value in tags],
        )
        if model.source_run_id is None:
            return
        made = ("MODEL_OUTPUT", model.model_id)
        self._link(link_ids[0], ("RUN_OUTPUT", model.source_run_id), made, links.step)
        for link_id, run_id in zip(link_ids[1:], links.used_by, strict=True):
            self._link(link_id, ("RUN_INPUT", run_id), ("MODEL_INPUT", model.model_id))
        self._add(
            schema.logged_model_metrics,
            [
                {
                    **same,
                    "run_id": model.source_run_id,
                    "metric_name": key,
                    "metric_timestamp_ms": model.last_updated_time,
                    "metric_step": links.step,
                    "metric_value": value,
                }
                for key, value in links.metrics.items()
            ],
        )

    def registered_model(self, model: RegisteredModel) -> None:
        """Add a registered model or a prompt with its tags; versions and aliases come after it."""
        self._add(
            schema.registered_models,
            [
                {
                    "name": model.name,
                    "creation_time": model.creation_time,
                    "last_updated_time": model.last_updated_time,
                    "description": model.description,
                    "workspace": model.workspace,
                }
            ],
        )
        tags = _pairs(model.tags, name=model.name, workspace=model.workspace)
        self._add(schema.registered_model_tags, tags)
        for alias in model.aliases:
            self.alias(model.name, alias.name, alias.version, model.workspace)

    def model_version(self, version: ModelVersion) -> None:
        """Add a version with its tags; its aliases are those of the model."""
        same = {"name": version.name, "version": version.version, "workspace": version.workspace}
        self._add(
            schema.model_versions,
            [
                {
                    **same,
                    "creation_time": version.creation_time,
                    "last_updated_time": version.last_updated_time,
                    "description": version.description,
                    "user_id": version.user_id,
                    "current_stage": version.current_stage,
                    "source": version.source,
                    "run_id": version.run_id,
                    "status": version.status,
                    "status_message": version.status_message,
                    "storage_location": version.storage_location,
                }
            ],
        )
        self._add(schema.model_version_tags, _pairs(version.tags, **same))

    def alias(self, model: str, alias: str, version: int, workspace: str = "default") -> None:
        """Point an alias to a version, away from the one it pointed to."""
        table = schema.registered_model_aliases
        row = {"name": model, "alias": alias, "version": version, "workspace": workspace}
        statement = upsert(table).on_conflict_do_update(
            index_elements=[table.c.workspace, table.c.name, table.c.alias],
            set_={"version": version},
        )
        self._connection.execute(statement, row)

    def rows(self, table: TableClause, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows to a table that has no rules of its own."""
        self._add(table, rows)

    def next_experiment_id(self) -> int:
        """Return the id that the next experiment gets."""
        column = schema.experiments.c.experiment_id
        newest = self._connection.scalar(select(column).order_by(column.desc()).limit(1))
        return 0 if newest is None else int(newest) + 1

    def _link(
        self, link_id: str, source: tuple[str, str], destination: tuple[str, str], step: int = 0
    ) -> None:
        row = {
            "input_uuid": link_id,
            "source_type": source[0],
            "source_id": source[1],
            "destination_type": destination[0],
            "destination_id": destination[1],
            "step": step,
        }
        self._add(schema.inputs, [row])

    def _add(self, table: TableClause, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            self._connection.execute(insert(table), [dict(row) for row in rows])


def as_json(value: object) -> str:
    """Return JSON as MLflow writes it into its text columns."""
    return json.dumps(value, ensure_ascii=False)


def _pairs(values: Mapping[str, str] | None, **same: object) -> list[dict[str, Any]]:
    return [{"key": key, "value": value, **same} for key, value in (values or {}).items()]


def _metric_row(run_id: str, point: Point) -> dict[str, Any]:
    is_nan = math.isnan(point.value)
    value = 0.0 if is_nan else max(-_LARGEST, min(_LARGEST, float(point.value)))
    return {
        "run_uuid": run_id,
        "key": point.key,
        "value": value,
        "timestamp": point.timestamp,
        "step": point.step,
        "is_nan": is_nan,
    }


def _rank(row: Mapping[str, Any]) -> tuple[int, int, float]:
    return row["step"], row["timestamp"], row["value"]
