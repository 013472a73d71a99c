"""Reads metric, param, tag and dataset columns into a `RunFrame`, a short statement at a time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import Select, Table, bindparam, func, literal, select

from runcase.errors import DamagedError
from runcase.store import salvage, schema
from runcase.store.columns import DatasetColumn, MetricColumn, TextColumn
from runcase.store.connection import ReadConnection, compiled
from runcase.store.records import ColumnKey, Kind
from runcase.store.values import follows, integer, number, text, text_or_none

if TYPE_CHECKING:
    from runcase.store.frame import RunFrame

_CHUNK = 20_000  # rows a statement: about 20 ms
_IDS = 400  # run ids a statement
_FEW = 6  # fewer columns than this are read one by one
_LARGEST = float(np.finfo(np.float64).max)  # MLflow's infinity

_Column = MetricColumn | TextColumn
_Row = tuple[Any, ...]  # run id, key, value, is_nan


def load_columns(
    connection: ReadConnection, frame: "RunFrame", wanted: Iterable[ColumnKey]
) -> None:
    """Fill `frame.columns` with whole columns; those that are there stay as they are."""
    missing = [key for key in wanted if not _is_loaded(frame, key)]
    if any(key.kind is Kind.DATASET for key in missing):
        frame.columns.update(_datasets(connection, frame))
    for kind in (Kind.METRIC, Kind.PARAM, Kind.TAG):
        keys_of_kind = [key.key for key in missing if key.kind is kind]
        if keys_of_kind:
            columns = _read_or_salvage(connection, frame, kind, keys_of_kind)
            frame.columns.update({ColumnKey(kind, key): columns[key] for key in columns})


def load_rows(
    connection: ReadConnection,
    frame: "RunFrame",
    rows: Sequence[int],
    wanted: Iterable[ColumnKey],
) -> None:
    """Fill only some rows of columns, those on the screen; the columns stay incomplete."""
    missing = [key for key in wanted if not _is_loaded(frame, key)]
    ids = [frame.ids[row] for row in rows]
    for kind in (Kind.METRIC, Kind.PARAM, Kind.TAG):
        columns: dict[str, _Column] = {}
        for key in missing:
            if key.kind is kind:
                column = frame.columns.get(key) or _empty(frame, kind)
                assert isinstance(column, MetricColumn | TextColumn)
                column.complete = False
                columns[key.key] = column
        if columns and table_of(connection, kind) is not schema.metrics:
            table = table_of(connection, kind)
            for some in _pieces(ids, _IDS):
                statement = _of_runs(connection, kind, some, columns)
                found = salvage.rows(connection, statement, table, f"{kind}s")
                _put(connection, frame, columns, found)
        frame.columns.update({ColumnKey(kind, key): column for key, column in columns.items()})


def table_of(connection: ReadConnection, kind: Kind) -> Table:
    """Return the table that holds a kind; `metrics` itself where there is no `latest_metrics`."""
    if kind is Kind.METRIC and not connection.features.has(schema.latest_metrics):
        return schema.metrics
    return {Kind.METRIC: schema.latest_metrics, Kind.PARAM: schema.params}.get(kind, schema.tags)


def _is_loaded(frame: "RunFrame", key: ColumnKey) -> bool:
    column = frame.columns.get(key)
    return key.kind is Kind.ATTRIBUTE or (column is not None and column.complete)


def _empty(frame: "RunFrame", kind: Kind) -> _Column:
    return (MetricColumn if kind is Kind.METRIC else TextColumn).empty(len(frame))


def _read_or_salvage(
    connection: ReadConnection, frame: "RunFrame", kind: Kind, names: Sequence[str]
) -> dict[str, _Column]:
    table = table_of(connection, kind)
    if not connection.features.has(table):
        return {name: _empty(frame, kind) for name in names}
    try:
        return _read(connection, frame, kind, names)
    except DamagedError:
        pass
    columns = {name: _empty(frame, kind) for name in names}
    if table is schema.metrics:
        _put(connection, frame, columns, _latest(connection, columns))
        return columns
    statement = _select(connection, table)
    if len(names) < _FEW:
        statement = statement.where(table.c.key.in_(names))
    for rows in salvage.walk(connection, statement, table, f"{kind}s"):
        _put(connection, frame, columns, rows)
    return columns


def _read(
    connection: ReadConnection, frame: "RunFrame", kind: Kind, names: Sequence[str]
) -> dict[str, _Column]:
    columns = {name: _empty(frame, kind) for name in names}
    table = table_of(connection, kind)
    if table is schema.metrics:
        _put(connection, frame, columns, _latest(connection, columns))
    elif len(names) >= _FEW and _is_one_pass_better(connection, frame, table, len(names)):
        for some in _pieces(list(frame.ids), _IDS):
            _put(connection, frame, columns, connection.rows(_of_runs(connection, kind, some)))
            connection.progress.check()
    else:
        for name in names:
            for rows in _of_key(connection, frame, kind, name):
                _put(connection, frame, columns, rows)
    return columns


def _is_one_pass_better(
    connection: ReadConnection, frame: "RunFrame", table: Table, wanted: int
) -> bool:
    """Say so unless most of what each run has would be read and thrown away."""
    if not connection.features.indexed(table, "run_uuid"):
        return False  # before MLflow 1.25 the pass would read the whole table for each piece
    some = list(frame.ids[:: max(1, len(frame) // 20)][:20])
    if not some:
        return False
    statement = select(func.count()).where(table.c.run_uuid.in_(some))
    return bool(connection.scalar(statement) <= 4 * wanted * len(some))


def _select(connection: ReadConnection, table: Table) -> Select[Any]:
    is_nan = literal(0)
    if "is_nan" in table.c:
        is_nan = connection.features.column(table.c.is_nan, literal(0))
    return select(table.c.run_uuid, table.c.key, table.c.value, is_nan)


def _of_runs(
    connection: ReadConnection, kind: Kind, ids: Sequence[str], names: Iterable[str] | None = None
) -> Select[Any]:
    table = table_of(connection, kind)
    statement = _select(connection, table).where(table.c.run_uuid.in_(ids))
    return statement if names is None else statement.where(table.c.key.in_(list(names)))


def _of_key(
    connection: ReadConnection, frame: "RunFrame", kind: Kind, name: str
) -> Iterator[list[_Row]]:
    table = table_of(connection, kind)
    if len(frame) * 4 < frame.store_runs:
        # Most of what lies under this key belongs to runs of other experiments.
        for ids in _pieces(list(frame.ids), _IDS):
            yield connection.rows(_of_runs(connection, kind, ids, [name]))
        return
    statement = compiled(
        _select(connection, table)
        .where(table.c.key == bindparam("key"), table.c.run_uuid > bindparam("after"))
        .order_by(table.c.run_uuid)
        .limit(_CHUNK)
    )
    after: Any = ""
    while rows := connection.rows(statement, {"key": name, "after": after}):
        yield rows
        if len(rows) < _CHUNK or not follows(rows[-1][0], after):
            return
        after = rows[-1][0]


def _latest(connection: ReadConnection, names: Iterable[str]) -> list[_Row]:
    """Return the row with the greatest (step, timestamp, value) of each run and key."""
    metrics = schema.metrics
    column = connection.features.column
    statement = (
        select(
            metrics.c.run_uuid,
            metrics.c.key,
            metrics.c.value,
            column(metrics.c.is_nan, literal(0)),
            column(metrics.c.step, literal(0)),
            metrics.c.timestamp,
            metrics.c.rowid,
        )
        .where(metrics.c.rowid > bindparam("after"))
        .order_by(metrics.c.rowid)
        .limit(_CHUNK)
    )
    wanted = frozenset(names)
    best: dict[tuple[str, str], tuple[tuple[Any, ...], _Row]] = {}
    for rows in _walk(connection, statement):
        for run_id, key, value, is_nan, step, timestamp, _ in rows:
            if key in wanted:
                rank = (step, timestamp, value)
                known = best.get((run_id, key))
                if known is None or _is_greater(rank, known[0]):
                    best[run_id, key] = (rank, (run_id, key, value, is_nan))
    return [row for _, row in best.values()]


def _walk(connection: ReadConnection, statement: Select[Any]) -> Iterator[list[_Row]]:
    """Yield the rows of `metrics` in pieces, the last column being their row number."""
    ready = compiled(statement)
    after = -(2**63)
    try:
        while rows := connection.rows(ready, {"after": after}):
            yield rows
            if rows[-1][-1] <= after:
                return
            after = rows[-1][-1]
    except DamagedError:
        yield from salvage.walk(connection, statement, schema.metrics, "metrics", {"after": after})


def _is_greater(rank: tuple[Any, ...], known: tuple[Any, ...]) -> bool:
    try:
        return rank > known
    except TypeError:  # a text or NULL among them
        return _ranked(rank) > _ranked(known)


def _ranked(rank: tuple[Any, ...]) -> tuple[int, int, float]:
    return integer(rank[0]) or 0, integer(rank[1]) or 0, number(rank[2]) or 0.0


def _put(
    connection: ReadConnection,
    frame: "RunFrame",
    columns: dict[str, _Column],
    rows: Iterable[_Row],
) -> None:
    places = frame.rows_by_id
    for run_id, key, value, is_nan in rows:
        row = places.get(run_id)
        column = columns.get(key)
        if row is None or column is None:
            continue
        if isinstance(column, TextColumn):
            column.present[row] = True
            column.codes[row] = column.code(text_or_none(value))
        elif is_nan:
            column.present[row] = column.nan[row] = True
            column.values[row] = np.nan
        else:
            found = _number(value)
            column.nan[row] = False
            column.present[row] = found is not None
            column.values[row] = np.nan if found is None else found
            if found is None:
                connection.note(f"The metric {key} of run {run_id} is no number and left out.")


def _number(value: Any) -> float | None:
    found = value if type(value) is float else number(value)
    if found is not None and abs(found) == _LARGEST:
        return float("inf") if found > 0 else float("-inf")
    return found


def _datasets(connection: ReadConnection, frame: "RunFrame") -> dict[ColumnKey, DatasetColumn]:
    names: tuple[Callable[[_Row], str | None], ...] = (
        lambda row: row[2],
        lambda row: row[3],
        lambda row: row[4],
    )
    of_run: dict[int, list[_Row]] = {}
    for row in _dataset_rows(connection):
        place = frame.rows_by_id.get(row[1])
        if place is not None:
            of_run.setdefault(place, []).append(row)
    columns = {}
    for key, text_of in zip(("name", "digest", "context"), names, strict=True):
        codes = np.full(len(frame), -1, dtype=np.int32)
        categories: dict[tuple[str, ...], int] = {}
        for place, rows in of_run.items():
            texts = tuple(text(each) for each in map(text_of, rows) if each is not None)
            codes[place] = categories.setdefault(texts, len(categories))
        columns[ColumnKey(Kind.DATASET, key)] = DatasetColumn(codes, list(categories))
    return columns


def _dataset_rows(connection: ReadConnection) -> Iterator[_Row]:
    """Yield (rowid, run id, name, digest, context) of every dataset input."""
    if not connection.features.has(schema.inputs):
        return
    inputs, datasets, tags = schema.inputs.c, schema.datasets.c, schema.input_tags
    context = tags.c.name == literal("mlflow.data.context")
    statement = (
        select(inputs.rowid, inputs.destination_id, datasets.name, datasets.digest, tags.c.value)
        .join_from(schema.inputs, schema.datasets, datasets.dataset_uuid == inputs.source_id)
        .outerjoin(tags, (tags.c.input_uuid == inputs.input_uuid) & context)
        .where(inputs.rowid > bindparam("after"))
        .order_by(inputs.rowid)
        .limit(_CHUNK)
    )
    ready = compiled(statement)
    after, before = -(2**63), None
    try:
        while after != before and (rows := connection.rows(ready, {"after": after})):
            yield from rows
            before, after = after, max(after, rows[-1][0])
    except DamagedError:
        where = {"after": after}
        for rows in salvage.walk(connection, statement, schema.inputs, "datasets", where):
            yield from rows


def _pieces(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for at in range(0, len(ids), size):
        yield ids[at : at + size]
