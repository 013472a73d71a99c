"""Reads the datasets that runs used."""

from collections import defaultdict
from typing import Any

from sqlalchemy import and_, select

from runcase.store import salvage
from runcase.store.connection import ReadConnection
from runcase.store.records import Dataset
from runcase.store.schema import datasets, input_tags, inputs
from runcase.store.values import text, text_or_none

CONTEXT_TAG = "mlflow.data.context"


def for_run(connection: ReadConnection, run_id: str) -> list[Dataset]:
    """Return the datasets of one run in order of name and digest."""
    if not (connection.features.has(datasets) and connection.features.has(inputs)):
        return []
    statement = (
        select(
            inputs.c.input_uuid,
            datasets.c.name,
            datasets.c.digest,
            datasets.c.dataset_source_type,
            datasets.c.dataset_source,
            datasets.c.dataset_schema,
            datasets.c.dataset_profile,
        )
        .join(datasets, datasets.c.dataset_uuid == inputs.c.source_id)
        .where(_of_run(run_id))
        .order_by(datasets.c.name, datasets.c.digest)
    )
    rows = salvage.rows(connection, statement, inputs, f"datasets of run {run_id}")
    tags = _tags(connection, run_id) if rows else {}
    return [_dataset(row, tags.get(row[0], {})) for row in rows]


def _of_run(run_id: str) -> Any:
    return and_(
        inputs.c.destination_type == "RUN",
        inputs.c.destination_id == run_id,
        inputs.c.source_type == "DATASET",
    )


def _tags(connection: ReadConnection, run_id: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = defaultdict(dict)
    if connection.features.has(input_tags):
        statement = (
            select(input_tags.c.input_uuid, input_tags.c.name, input_tags.c.value)
            .join(inputs, inputs.c.input_uuid == input_tags.c.input_uuid)
            .where(_of_run(run_id))
        )
        what = f"tags of the datasets of run {run_id}"
        for input_id, name, value in salvage.rows(connection, statement, input_tags, what):
            found[input_id][text(name)] = text(value)
    return found


def _dataset(row: tuple[Any, ...], tags: dict[str, str]) -> Dataset:
    _, name, digest, source_type, source, schema, profile = row
    return Dataset(
        name=text(name),
        digest=text(digest),
        source_type=text(source_type),
        source=text(source),
        schema=text_or_none(schema),
        profile=text_or_none(profile),
        context=tags.get(CONTEXT_TAG),
        tags=tags,
    )
