"""Reads single runs: their rows, and everything the page of one run shows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, bindparam, func, literal_column, or_, select

from runcase.store import datasets, metrics, models, registry, salvage
from runcase.store.connection import ReadConnection, compiled
from runcase.store.experiments import get_experiment
from runcase.store.records import Experiment, Run, RunDetail
from runcase.store.schema import NAME_TAG, PARENT_TAG, params, run_name, runs, tags
from runcase.store.values import integer, text, text_or_none

_NAME_CHUNK = 50_000  # rows whose name one statement compares


def select_runs() -> Select[Any]:
    """Return the select whose rows `run_of` takes; `name` falls back to the tag."""
    return select(
        runs.c.run_uuid,
        run_name(),
        runs.c.experiment_id,
        runs.c.status,
        runs.c.start_time,
        runs.c.end_time,
        runs.c.lifecycle_stage,
        runs.c.artifact_uri,
        runs.c.user_id,
    )


def run_of(row: Sequence[Any]) -> Run:
    """Make a `Run` from a row of `select_runs`."""
    run_id, name, experiment_id, status, start, end, lifecycle, uri, user = row
    return Run(
        run_id=text(run_id),
        name=text(name),
        experiment_id=text(experiment_id),
        status=text(status),
        start_time=integer(start),
        end_time=integer(end),
        lifecycle_stage=text(lifecycle) or "active",
        artifact_uri=text_or_none(uri),
        user_id=text_or_none(user),
    )


def get_run(connection: ReadConnection, run_id: str) -> Run | None:
    """Return one run, deleted ones too, or None."""
    statement = select_runs().where(runs.c.run_uuid == run_id)
    rows = salvage.rows(connection, statement, runs, f"rows of run {run_id}")
    return run_of(rows[0]) if rows else None


def newest(connection: ReadConnection, limit: int) -> list[Run]:
    """Return the active runs that were written last, the newest first."""
    statement = select_runs().where(runs.c.lifecycle_stage == "active")
    return [
        run_of(row) for row in connection.rows(statement.order_by(runs.c.rowid.desc()).limit(limit))
    ]


def detail(connection: ReadConnection, run_id: str) -> RunDetail | None:
    """Return everything about one run but histories and files, or None if there is no such run."""
    run = get_run(connection, run_id)
    if run is None:
        return None
    run_tags = tags_of(connection, run_id)
    produced = models.of_run(connection, run_id)
    experiment = get_experiment(connection, run.experiment_id)
    return RunDetail(
        run=run,
        experiment=experiment or Experiment(run.experiment_id, "", None, "active"),
        params=params_of(connection, run_id),
        metrics=tuple(metrics.latest(connection, run_id)),
        tags=run_tags,
        datasets=tuple(datasets.for_run(connection, run_id)),
        parents=_parents(connection, run_id, run_tags.get(PARENT_TAG)),
        children=_children(connection, run_id),
        logged_models=tuple(produced),
        input_models=tuple(models.inputs_of_run(connection, run_id)),
        versions=tuple(
            registry.versions_of_run(connection, run_id, [m.model_id for m in produced])
        ),
    )


def params_of(connection: ReadConnection, run_id: str) -> dict[str, str]:
    """Return the params of one run in order of their keys."""
    return _texts_of(connection, params, run_id)


def tags_of(connection: ReadConnection, run_id: str) -> dict[str, str]:
    """Return the tags of one run in order of their keys."""
    return _texts_of(connection, tags, run_id)


def _texts_of(connection: ReadConnection, table: Table, run_id: str) -> dict[str, str]:
    if not connection.features.has(table):
        return {}
    statement = select(table.c.key, table.c.value).where(table.c.run_uuid == run_id)
    rows = salvage.rows(connection, statement, table, f"{table.name} of run {run_id}")
    return dict(sorted((text(key), text(value)) for key, value in rows))


def find(connection: ReadConnection, text: str, limit: int) -> list[Run]:
    """Return runs whose id starts with the text, then those with it in their name, then in a tag.

    Each newest first. Deleted runs are found too. Case matters for none of them.
    """
    text = text.strip()
    if not text:
        return []
    low = text.lower()
    by_id = select_runs().where(runs.c.run_uuid >= low, runs.c.run_uuid < low + "\U0010ffff")
    found = {row[0]: run_of(row) for row in connection.rows(by_id.limit(limit))}
    for look in (_named, _tagged):
        for row in look(connection, text, limit - len(found)):
            found.setdefault(row[0], run_of(row))
    return list(found.values())[:limit]


def _named(connection: ReadConnection, text: str, limit: int) -> list[tuple[Any, ...]]:
    """Compare names in short statements from the newest row on, until enough are found."""
    tagged = select(tags.c.run_uuid).where(
        tags.c.key == NAME_TAG, tags.c.value.contains(text, autoescape=True)
    )
    named = runs.c.name.contains(text, autoescape=True)
    if connection.scalar(select(runs.c.rowid).where(runs.c.name == "").limit(1)) is not None:
        named = or_(named, runs.c.run_uuid.in_(tagged))
    statement = compiled(
        select_runs()
        .where(named, runs.c.rowid > bindparam("low"), runs.c.rowid <= bindparam("high"))
        .order_by(runs.c.rowid.desc())
        .limit(limit)
    )
    found: list[tuple[Any, ...]] = []
    first, last = connection.rows(select(func.min(runs.c.rowid), func.max(runs.c.rowid)))[0]
    high = last or 0
    while len(found) < limit and first is not None and high >= first:
        found += connection.rows(statement, {"low": high - _NAME_CHUNK, "high": high})
        high -= _NAME_CHUNK
    return found[: max(0, limit)]


def _tagged(connection: ReadConnection, text: str, limit: int) -> list[tuple[Any, ...]]:
    """Compare the values of tags in short statements from the newest row on."""
    if limit <= 0 or not connection.features.has(tags):
        return []
    rowid: ColumnElement[int] = literal_column("tags.rowid")
    statement = compiled(
        select(tags.c.run_uuid)
        .where(
            rowid > bindparam("low"),
            rowid <= bindparam("high"),
            tags.c.value.contains(text, autoescape=True),
        )
        .order_by(rowid.desc())
        .limit(limit)
    )
    first, last = connection.rows(select(func.min(rowid), func.max(rowid)).select_from(tags))[0]
    high = last or 0
    ids: dict[Any, None] = {}
    while len(ids) < limit and first is not None and high >= first:
        rows = connection.rows(statement, {"low": high - _NAME_CHUNK, "high": high})
        ids.update(dict.fromkeys(row[0] for row in rows))
        high -= _NAME_CHUNK
    found = select_runs().where(runs.c.run_uuid.in_(list(ids)[:limit]))
    return sorted(connection.rows(found), key=lambda row: -(integer(row[4]) or 0))


def _parents(connection: ReadConnection, run_id: str, parent: str | None) -> tuple[Run, ...]:
    """Follow the parent tags up; a circle ends where it closes."""
    chain: list[Run] = []
    seen = {run_id}
    while parent and parent not in seen:
        seen.add(parent)
        run = get_run(connection, parent)
        if run is None:
            break
        chain.insert(0, run)
        parent = tags_of(connection, parent).get(PARENT_TAG)
    return tuple(chain)


def _children(connection: ReadConnection, run_id: str) -> tuple[Run, ...]:
    statement = (
        select_runs()
        .join(tags, tags.c.run_uuid == runs.c.run_uuid)
        .where(tags.c.key == PARENT_TAG, tags.c.value == run_id)
        .order_by(runs.c.start_time.desc(), runs.c.run_uuid)
    )
    rows = salvage.rows(connection, statement, tags, f"children of run {run_id}")
    return tuple(run_of(row) for row in rows if row[0] != run_id)
