"""Answers `runcase dump`: all that a store holds, as JSON, run after run."""

import hashlib
import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, select

from runcase.errors import DamagedError
from runcase.headless.opened import opened
from runcase.preview.worker import Worker
from runcase.progress import Progress
from runcase.session.file_spans import with_file_spans
from runcase.store import (
    artifacts,
    datasets,
    experiments,
    metrics,
    models,
    registry,
    runs,
    salvage,
    traces,
)
from runcase.store.artifacts import ArtifactFinder
from runcase.store.connection import ReadConnection
from runcase.store.engine import Store
from runcase.store.history import LARGEST, History
from runcase.store.records import Dataset, LoggedModel, ModelVersion, RegisteredModel, Run, Trace
from runcase.store.schema import metrics as metrics_table
from runcase.store.schema import runs as runs_table
from runcase.store.values import follows

_CHUNK = 500


def dump(path: str) -> int:
    """Print the store at a path as JSON; returns the exit code.

    Raises:
        RuncaseError: The path is no store that can be read.
    """
    with opened(path) as store:
        for text in _texts(store):
            sys.stdout.write(text)
    sys.stdout.write("\n")
    return 0


def _texts(store: Store) -> Iterator[str]:
    finder = ArtifactFinder(store.path, store.folder)
    finder.index()
    with store.read() as connection:
        yield '{"experiments": '
        yield _list(_experiments(connection))
        yield ',\n"runs": {'
        runs = _runs(connection, finder, store.is_file_store)
        for number, (run_id, content) in enumerate(runs):
            yield f"{',' if number else ''}\n{_json(run_id)}: {_json(content)}"
        yield "},\n"
        yield from _registry(connection, store.is_file_store)
        yield ',\n"logged_models": '
        logged = models.list_logged_models(connection)
        yield _list(_logged_model(one, finder) for one in logged if _is_active(one))
        yield ',\n"traces": '
        yield _list(map(_trace, _traces(connection, finder)))
        yield "}"


def _registry(connection: ReadConnection, is_file_store: bool) -> Iterator[str]:
    """Yield models and prompts apart, as MLflow's own clients list them."""
    number_of = str if is_file_store else int  # the version of an alias is a text in its files
    listed = registry.list_models(connection)
    prompts = {(one.workspace, one.name) for one in listed if one.is_prompt}
    versions = registry.all_versions(connection)
    for models_key, versions_key, wanted in (
        ("registered_models", "model_versions", False),
        ("prompts", "prompt_versions", True),
    ):
        yield f'"{models_key}": '
        yield _list(_registered_model(one, number_of) for one in listed if one.is_prompt is wanted)
        yield f',\n"{versions_key}": '
        chosen = [one for one in versions if ((one.workspace, one.name) in prompts) is wanted]
        yield _list(map(_version, chosen))
        yield "" if wanted else ",\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _list(values: Iterable[object]) -> str:
    return "[" + ",\n".join(map(_json, values)) + "]"


def _experiments(connection: ReadConnection) -> Iterator[dict[str, Any]]:
    for one in experiments.list_experiments(connection):
        yield {
            "experiment_id": one.experiment_id,
            "name": one.name,
            "artifact_location": one.artifact_location,
            "lifecycle_stage": one.lifecycle_stage,
            "creation_time": one.creation_time,
            "last_update_time": one.last_update_time,
            "tags": one.tags,
        }


def _runs(
    connection: ReadConnection, finder: ArtifactFinder, is_file_store: bool
) -> Iterator[tuple[str, dict[str, Any]]]:
    for run_id in _run_ids(connection):
        run = runs.get_run(connection, run_id)
        if run is not None:
            yield run.run_id, _run(connection, run, finder, is_file_store)


def _run_ids(connection: ReadConnection) -> Iterator[Any]:
    """Yield the ids in their order; of a damaged table those that can be read."""
    following = select(runs_table.c.run_uuid).where(runs_table.c.run_uuid > bindparam("after"))
    page = following.order_by(runs_table.c.run_uuid).limit(_CHUNK)
    after: Any = ""
    try:
        while rows := connection.rows(page, {"after": after}):
            yield from (row[0] for row in rows)
            if not follows(rows[-1][0], after):
                return
            after = rows[-1][0]
    except DamagedError:
        for rows in salvage.walk(connection, following, runs_table, "runs", {"after": after}):
            yield from (row[0] for row in rows)


def _run(
    connection: ReadConnection, run: Run, finder: ArtifactFinder, is_file_store: bool
) -> dict[str, Any]:
    latest = metrics.latest(connection, run.run_id)
    return {
        "info": {
            "run_id": run.run_id,
            "run_name": run.name,
            "experiment_id": run.experiment_id,
            "status": run.status,
            "start_time": run.start_time,
            "end_time": run.end_time,
            "lifecycle_stage": run.lifecycle_stage,
            "artifact_uri": run.artifact_uri,
            "user_id": run.user_id,
        },
        "params": runs.params_of(connection, run.run_id),
        "tags": runs.tags_of(connection, run.run_id),
        "metrics": {
            one.key: {"value": _number(one.value), "step": one.step, "timestamp": one.timestamp}
            for one in latest
        },
        "histories": {
            one.key: _history_in_files(connection, run.run_id, one.key)
            if is_file_store
            else _history(metrics.history(connection, run.run_id, one.key))
            for one in latest
        },
        "artifacts": _files(finder.find(run.artifact_uri, run.run_id).folder),
        "dataset_inputs": [_dataset(one) for one in datasets.for_run(connection, run.run_id)],
    }


def _number(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"


def _history(points: History) -> dict[str, Any]:
    lines = sorted(
        f"{step:d},{timestamp:d},{_stored(value)!r}"
        for step, timestamp, value in zip(
            points.step.tolist(), points.timestamp.tolist(), points.value.tolist(), strict=True
        )
    )
    return _digest(lines)


def _history_in_files(connection: ReadConnection, run_id: str, key: str) -> dict[str, Any]:
    """Digest a metric of a file store, which can tell an infinity from the largest double."""
    columns = metrics_table.c
    statement = select(columns.step, columns.timestamp, columns.value, columns.is_nan)
    of_key = statement.where(columns.run_uuid == run_id, columns.key == key)
    return _digest(
        sorted(
            f"{step:d},{timestamp:d},{math.nan if is_nan else value!r}"
            for step, timestamp, value, is_nan in connection.rows(of_key)
        )
    )


def _digest(lines: Sequence[str]) -> dict[str, Any]:
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return {"n": len(lines), "sha256": digest}


def _stored(value: float) -> float:
    return math.copysign(LARGEST, value) if math.isinf(value) else value


def _files(folder: Path | None) -> list[dict[str, Any]] | None:
    if folder is None:
        return None
    return [
        {"path": one.path, "is_dir": one.is_dir, "size": one.size} for one in artifacts.walk(folder)
    ]


def _dataset(one: Dataset) -> dict[str, Any]:
    return {
        "dataset": {
            "name": one.name,
            "digest": one.digest,
            "source_type": one.source_type,
            "source": one.source,
            "schema": one.schema,
            "profile": one.profile,
        },
        "tags": one.tags,
    }


def _registered_model(
    one: RegisteredModel, number_of: Callable[[int], int | str]
) -> dict[str, Any]:
    return {
        "name": one.name,
        "workspace": one.workspace,
        "description": one.description,
        "tags": one.tags,
        "aliases": {alias.name: number_of(alias.version) for alias in one.aliases},
    }


def _version(one: ModelVersion) -> dict[str, Any]:
    return {
        "name": one.name,
        "version": one.version,
        "workspace": one.workspace,
        "current_stage": one.current_stage,
        "description": one.description,
        "run_id": one.run_id,
        "source": one.source,
        "tags": one.tags,
        "aliases": list(one.aliases),
    }


def _is_active(one: LoggedModel) -> bool:
    return one.lifecycle_stage != "deleted"


def _logged_model(one: LoggedModel, finder: ArtifactFinder) -> dict[str, Any]:
    return {
        "model_id": one.model_id,
        "name": one.name,
        "experiment_id": one.experiment_id,
        "source_run_id": one.source_run_id,
        "status": one.status,
        "params": one.params,
        "tags": one.tags,
        "artifacts": _files(finder.find(one.artifact_location, one.model_id).folder),
    }


def _traces(connection: ReadConnection, finder: ArtifactFinder) -> list[Trace]:
    """Return all traces; spans that lie in artifacts are counted by a worker process."""
    with Worker(warms=False) as worker:
        return with_file_spans(worker, finder, traces.list_traces(connection), Progress())


def _trace(one: Trace) -> dict[str, Any]:
    return {
        "trace_id": one.trace_id,
        "experiment_id": one.experiment_id,
        "state": one.state,
        "spans": one.spans,
    }
