"""Reads what runs are linked to: the datasets they used and the models they made."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Select, Table, bindparam, literal, literal_column, select

from runcase.errors import DamagedError
from runcase.store import salvage, schema
from runcase.store.columns import DatasetColumn
from runcase.store.connection import ReadConnection, compiled
from runcase.store.frame_arrays import RunFrame
from runcase.store.records import ColumnKey, Kind
from runcase.store.values import text

_CHUNK = 10_000  # rows a statement: about 20 ms
_DATASET_KEYS = ("name", "digest", "context")

_Row = tuple[Any, ...]


def datasets(connection: ReadConnection, frame: RunFrame) -> dict[ColumnKey, DatasetColumn]:
    """Return names, digests and contexts of the datasets of each run, in the order logged."""
    if not connection.features.has(schema.inputs):
        rows: Iterable[list[_Row]] = ()
    else:
        rows = _walk(connection, _dataset_rows(), schema.inputs, "datasets")
    of_run: dict[int, list[_Row]] = {}
    for place, row in _placed(frame, rows):
        of_run.setdefault(place, []).append(row)
    return {
        ColumnKey(Kind.DATASET, key): _column(
            frame,
            {
                place: tuple(text(row[at]) for row in found if row[at] is not None)
                for place, found in of_run.items()
            },
        )
        for at, key in enumerate(_DATASET_KEYS, start=2)
    }


def models(connection: ReadConnection, frame: RunFrame) -> DatasetColumn:
    """Return the names of the models that each run logged and was registered as, sorted."""
    names: dict[int, set[str]] = {}
    for table, run_id in (
        (schema.logged_models, schema.logged_models.c.source_run_id),
        (schema.model_versions, schema.model_versions.c.run_id),
    ):
        if connection.features.has(table, run_id.name):
            statement = _model_rows(table, run_id)
            for place, row in _placed(frame, _walk(connection, statement, table, "models")):
                if row[2]:
                    names.setdefault(place, set()).add(text(row[2]))
    return _column(frame, {place: tuple(sorted(found)) for place, found in names.items()})


def _dataset_rows() -> Select[Any]:
    inputs, found, tags = schema.inputs.c, schema.datasets.c, schema.input_tags
    context = tags.c.name == literal("mlflow.data.context")
    return (
        select(inputs.rowid, inputs.destination_id, found.name, found.digest, tags.c.value)
        .join_from(schema.inputs, schema.datasets, found.dataset_uuid == inputs.source_id)
        .outerjoin(tags, (tags.c.input_uuid == inputs.input_uuid) & context)
        .where(inputs.rowid > bindparam("after"))
        .order_by(inputs.rowid)
        .limit(_CHUNK)
    )


def _model_rows(table: Table, run_id: ColumnElement[Any]) -> Select[Any]:
    rowid: ColumnElement[int] = literal_column(f'"{table.name}".rowid')
    return (
        select(rowid, run_id, table.c.name)
        .where(rowid > bindparam("after"))
        .order_by(rowid)
        .limit(_CHUNK)
    )


def _walk(
    connection: ReadConnection, statement: Select[Any], table: Table, what: str
) -> Iterator[list[_Row]]:
    """Yield the rows of a table in pieces, the first column being their row number."""
    ready = compiled(statement)
    after, before = -(2**63), None
    try:
        while after != before and (rows := connection.rows(ready, {"after": after})):
            yield rows
            before, after = after, max(after, rows[-1][0])
    except DamagedError:
        yield from salvage.walk(connection, statement, table, what, {"after": after})


def _placed(frame: RunFrame, pieces: Iterable[list[_Row]]) -> Iterator[tuple[int, _Row]]:
    """Yield rows with the frame's row of the run that their second column names."""
    for rows in pieces:
        places = frame.ids.rows_of([text(row[1]) for row in rows])
        for at in np.flatnonzero(places >= 0).tolist():
            yield int(places[at]), rows[at]


def _column(frame: RunFrame, of_run: dict[int, tuple[str, ...]]) -> DatasetColumn:
    codes = np.full(len(frame), -1, dtype=np.int32)
    categories: dict[tuple[str, ...], int] = {}
    for place, texts in of_run.items():
        codes[place] = categories.setdefault(texts, len(categories))
    return DatasetColumn(codes, list(categories))
