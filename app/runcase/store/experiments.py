"""Reads experiments with their tags and run counts."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, Text, bindparam, cast, func, select
from sqlalchemy.sql.compiler import Compiled

from runcase.errors import DamagedError
from runcase.store import salvage
from runcase.store.connection import ReadConnection, compiled
from runcase.store.records import Experiment
from runcase.store.schema import experiment_tags, experiments, runs
from runcase.store.values import integer, text, text_or_none

_CHUNK = 100_000  # runs counted in one statement: about 20 ms


@dataclass(slots=True)
class RunCounts:
    """How many runs one experiment has, by what a listing shows of them."""

    active: int = 0
    deleted: int = 0
    running: int = 0


@dataclass(slots=True)
class AllRunCounts:
    """The counts by experiment id, and the newest start in the store (ms, None without runs)."""

    by_experiment: dict[str, RunCounts] = field(default_factory=lambda: defaultdict(RunCounts))
    newest_start: int | None = None


def run_counts(connection: ReadConnection) -> AllRunCounts:
    """Count the runs in short statements: no index helps, so all rows are read once."""
    statement = compiled(
        select(
            runs.c.experiment_id,
            runs.c.lifecycle_stage,
            runs.c.status,
            func.count(),
            func.max(runs.c.start_time),
        )
        .where(runs.c.rowid > bindparam("low"), runs.c.rowid <= bindparam("high"))
        .group_by(runs.c.experiment_id, runs.c.lifecycle_stage, runs.c.status)
    )
    try:
        return _counted(connection, statement)
    except DamagedError:
        return _counted_one_by_one(connection)


def _counted(connection: ReadConnection, statement: Compiled) -> AllRunCounts:
    counts = AllRunCounts()
    first, last = connection.rows(select(func.min(runs.c.rowid), func.max(runs.c.rowid)))[0]
    for low in range(0 if first is None else first - 1, last or 0, _CHUNK):
        rows = connection.rows(statement, {"low": low, "high": low + _CHUNK})
        for experiment_id, lifecycle, status, number, newest in rows:
            _add(counts, str(experiment_id), lifecycle, status, number)
            counts.newest_start = _newer(newest, counts.newest_start)
        connection.progress.report(low, last, "runs counted")
    return counts


def _counted_one_by_one(connection: ReadConnection) -> AllRunCounts:
    counts = AllRunCounts()
    column = runs.c
    statement = select(
        column.experiment_id, column.lifecycle_stage, column.status, column.start_time
    )
    for rows in salvage.walk(connection, statement, runs, "runs"):
        for experiment_id, lifecycle, status, start in rows:
            _add(counts, str(experiment_id), lifecycle, status, 1)
            counts.newest_start = _newer(start, counts.newest_start)
    return counts


def _newer(start: Any, known: int | None) -> int | None:
    return max(start, known or start) if isinstance(start, int) else known


def list_experiments(connection: ReadConnection) -> list[Experiment]:
    """Return all experiments, deleted ones too, in MLflow's order: newest first, then by id."""
    rows = salvage.rows(connection, _select(connection), experiments, "experiments")
    tags = _tags(connection)
    counts = run_counts(connection).by_experiment
    return [_experiment(row, tags, counts) for row in rows]


def get_experiment(connection: ReadConnection, experiment_id: str) -> Experiment | None:
    """Return one experiment or None; its counts are 0, since counting reads every run."""
    which = cast(experiments.c.experiment_id, Text) == experiment_id
    statement = _select(connection).where(which)
    rows = salvage.rows(connection, statement, experiments, f"rows of experiment {experiment_id}")
    return _experiment(rows[0], _tags(connection, experiment_id), {}) if rows else None


def _select(connection: ReadConnection) -> Select[Any]:
    has = connection.features.column
    created = has(experiments.c.creation_time)
    return select(
        experiments.c.experiment_id,
        experiments.c.name,
        experiments.c.artifact_location,
        experiments.c.lifecycle_stage,
        created,
        has(experiments.c.last_update_time),
        has(experiments.c.workspace),
    ).order_by(created.desc(), experiments.c.experiment_id)


def _add(
    counts: AllRunCounts, experiment_id: str, lifecycle: str | None, status: str | None, number: int
) -> None:
    found = counts.by_experiment[experiment_id]
    if lifecycle == "deleted":
        found.deleted += number
        return
    found.active += number
    if status == "RUNNING":
        found.running += number


def _tags(connection: ReadConnection, only: str | None = None) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    if connection.features.has(experiment_tags):
        tag = experiment_tags.c
        statement = select(tag.experiment_id, tag.key, tag.value)
        if only is not None:
            statement = statement.where(cast(tag.experiment_id, Text) == only)
        rows = salvage.rows(connection, statement, experiment_tags, "tags of experiments")
        for experiment_id, key, value in rows:
            found[str(experiment_id)][text(key)] = text(value)
    return found


def _experiment(
    row: tuple[Any, ...], tags: dict[str, dict[str, str]], counts: dict[str, RunCounts]
) -> Experiment:
    number, name, location, lifecycle, created, updated, workspace = row
    experiment_id = str(number)
    runs_of_it = counts.get(experiment_id, RunCounts())
    return Experiment(
        experiment_id=experiment_id,
        name=text(name),
        artifact_location=text_or_none(location),
        lifecycle_stage=text(lifecycle) or "active",
        creation_time=integer(created),
        last_update_time=integer(updated),
        workspace=text(workspace) or "default",
        tags=tags.get(experiment_id, {}),
        active_runs=runs_of_it.active,
        deleted_runs=runs_of_it.deleted,
        running_runs=runs_of_it.running,
    )
