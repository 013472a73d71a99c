"""Counts what a store holds: for `runcase info`, the welcome page and the store's own page."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Table, func, select

from runcase.errors import DamagedError
from runcase.progress import Progress
from runcase.store import experiments as experiment_reader
from runcase.store import registry, revisions
from runcase.store.connection import ReadConnection
from runcase.store.engine import Store
from runcase.store.experiments import AllRunCounts
from runcase.store.records import RegisteredModel, StoreSummary
from runcase.store.schema import datasets, experiments, logged_models, trace_info
from runcase.store.values import text_or_none

T = TypeVar("T")


def summarise(store: Store, progress: Progress | None = None) -> StoreSummary:
    """Count a store; what a damaged database refuses to say counts 0 and is named in the notes.

    `experiments` and `runs` are the active ones. Orphans, rows whose run is gone, are not counted.
    """
    damaged: list[str] = []
    no_stages: dict[str | None, int] = {}
    no_models: list[RegisteredModel] = []
    with store.read(progress) as connection:
        counts = _tried(damaged, "runs", AllRunCounts(), experiment_reader.run_counts, connection)
        stages = _tried(damaged, "experiments", no_stages, _experiment_stages, connection)
        models = _tried(damaged, "registered models", no_models, registry.list_models, connection)
        found = {
            table.name: _tried(damaged, table.name, 0, _count, connection, table)
            for table in (logged_models, datasets, trace_info)
        }
    revision = store.features.revision
    of_runs = counts.by_experiment.values()
    return StoreSummary(
        path=store.path,
        kind="file store (mlruns folder)" if store.is_file_store else "SQLite database",
        revision=revision,
        known_revision=store.is_file_store or revisions.is_known(revision),
        mlflow_versions="" if store.is_file_store else revisions.mlflow_versions(revision),
        journal_mode=store.journal_mode,
        size=store.size,
        experiments=sum(n for stage, n in stages.items() if stage != "deleted"),
        deleted_experiments=stages.get("deleted", 0),
        runs=sum(one.active for one in of_runs),
        deleted_runs=sum(one.deleted for one in of_runs),
        running_runs=sum(one.running for one in of_runs),
        registered_models=sum(not model.is_prompt for model in models),
        prompts=sum(model.is_prompt for model in models),
        model_versions=sum(model.versions for model in models),
        logged_models=found[logged_models.name],
        datasets=found[datasets.name],
        traces=found[trace_info.name],
        newest_start=counts.newest_start,
        notes=(*store.notes, *damaged),
    )


def _tried(
    damaged: list[str], what: str, otherwise: T, read: Callable[..., T], *arguments: object
) -> T:
    try:
        return read(*arguments)
    except DamagedError:
        damaged.append(f"The {what} could not be counted: the database is damaged there.")
        return otherwise


def _experiment_stages(connection: ReadConnection) -> dict[str | None, int]:
    stage = experiments.c.lifecycle_stage
    rows = connection.rows(select(stage, func.count()).group_by(stage))
    return {text_or_none(stage): number for stage, number in rows}


def _count(connection: ReadConnection, table: Table) -> int:
    if not connection.features.has(table):
        return 0
    statement = select(func.count()).select_from(table)
    if "lifecycle_stage" in table.c:
        statement = statement.where(table.c.lifecycle_stage != "deleted")
    return int(connection.scalar(statement))
