"""`RunFrame`: the runs of one or several experiments as arrays, a row number being the only key.

Rows are in MLflow's own order: start time descending, then run id. So a stable sort by anything
else leaves ties in the order in which MLflow lists them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Select, bindparam, func, select

from runcase.errors import DamagedError
from runcase.store import salvage, schema
from runcase.store.columns import Column, TextColumn
from runcase.store.connection import ReadConnection, compiled
from runcase.store.frame_columns import load_columns, load_rows
from runcase.store.frame_keys import keys
from runcase.store.frame_parents import parent_rows
from runcase.store.records import ColumnKey, Kind, Lifecycle
from runcase.store.values import experiment_numbers, integer, text

__all__ = [
    "MISSING",
    "PARENT",
    "RUN_NAME",
    "RunFrame",
    "keys",
    "load",
    "load_columns",
    "load_rows",
    "refresh",
]

MISSING = int(np.iinfo(np.int64).min)
RUN_NAME = ColumnKey(Kind.TAG, "mlflow.runName")
PARENT = ColumnKey(Kind.TAG, "mlflow.parentRunId")

_Objects = npt.NDArray[np.object_]
_LONGEST_ID = 256  # characters that count for the order: MLflow's ids have 32
_CHUNK = 10_000  # rows of `runs` a statement: about 20 ms


@dataclass(slots=True, eq=False)
class RunFrame:
    """The runs of one or several experiments.

    Attributes:
        experiment_ids: What was asked for; None for all active experiments.
        lifecycle: What was asked for.
        ids: (n,) object, run ids.
        rowid: (n,) int64, SQLite's row numbers in `runs`.
        experiment_id: (n,) object, str.
        status: (n,) object, str.
        start_time: (n,) int64, ms, `MISSING` where there is none.
        end_time: (n,) int64, ms, `MISSING` where there is none.
        lifecycle_stage: (n,) object, str.
        user_id: (n,) object, str or None.
        artifact_uri: (n,) object, str or None.
        name: (n,) object, str; the tag `mlflow.runName` where the row has none.
        parent: (n,) int64, the row of the direct parent, -1 where it is not here; without cycles.
        parent_id: (n,) object, the tag `mlflow.parentRunId` or None.
        store_runs: About how many runs the whole store has.
        columns: The metrics, params, tags and dataset columns that were loaded.
    """

    experiment_ids: tuple[str, ...] | None
    lifecycle: Lifecycle
    ids: _Objects
    rowid: npt.NDArray[np.int64]
    experiment_id: _Objects
    status: _Objects
    start_time: npt.NDArray[np.int64]
    end_time: npt.NDArray[np.int64]
    lifecycle_stage: _Objects
    user_id: _Objects
    artifact_uri: _Objects
    name: _Objects
    parent: npt.NDArray[np.int64]
    parent_id: _Objects
    store_runs: int
    columns: dict[ColumnKey, Column] = field(default_factory=dict)
    _rows: dict[str, int] = field(default_factory=dict, repr=False)
    _attributes: dict[str, TextColumn] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def rows_by_id(self) -> dict[str, int]:
        """Return the row of each run id; not to be changed."""
        if len(self._rows) < len(self.ids):
            self._rows = {run_id: row for row, run_id in enumerate(self.ids)}
        return self._rows

    def row_of(self, run_id: str) -> int | None:
        """Return the row of a run, None when it is not here."""
        return self.rows_by_id.get(run_id)

    def attribute(self, name: str) -> TextColumn:
        """Return a text attribute in codes.

        Args:
            name: run_id, run_name, status, user_id, artifact_uri, experiment_id, lifecycle_stage.
        """
        column = self._attributes.get(name)
        if column is None:
            values: _Objects = getattr(self, {"run_id": "ids", "run_name": "name"}.get(name, name))
            column = self._attributes[name] = TextColumn.of(values, len(values))
        return column


def load(
    connection: ReadConnection, experiment_ids: Sequence[str] | None, lifecycle: Lifecycle
) -> RunFrame:
    """Read the runs' own rows, their names and their parents.

    Args:
        connection: Where from.
        experiment_ids: Which experiments; None for all active ones.
        lifecycle: Which runs.
    """
    statement = _statement(connection, experiment_ids, lifecycle)
    try:
        rows, store_runs = _read(connection, statement)
    except DamagedError:
        rows = salvage.rows(connection, statement, schema.runs, "runs")
        store_runs = len(rows)
    frame = _frame(rows, experiment_ids, lifecycle, store_runs)
    wanted = [PARENT]
    if any(not name for name in frame.name):
        wanted.append(RUN_NAME)  # the column is empty in stores written before MLflow 1.30
    load_columns(connection, frame, wanted)
    _name_by_tag(frame)
    parents = frame.columns[PARENT]
    assert isinstance(parents, TextColumn)
    frame.parent_id[:] = _texts(parents)
    frame.parent = parent_rows(parents, frame.rows_by_id)
    return frame


def refresh(connection: ReadConnection, old: RunFrame) -> RunFrame:
    """Read the same runs and columns anew into a frame of its own."""
    new = load(connection, old.experiment_ids, old.lifecycle)
    load_columns(connection, new, [key for key, column in old.columns.items() if column.complete])
    return new


def _statement(
    connection: ReadConnection, experiment_ids: Sequence[str] | None, lifecycle: Lifecycle
) -> Select[Any]:
    runs = schema.runs.c
    column = connection.features.column
    names = (
        runs.run_uuid,
        runs.experiment_id,
        runs.name,
        runs.user_id,
        runs.status,
        runs.start_time,
        runs.end_time,
        runs.lifecycle_stage,
        runs.artifact_uri,
    )
    statement = select(runs.rowid, *(column(name) for name in names))
    if experiment_ids is None:
        experiments = schema.experiments.c
        active = select(experiments.experiment_id).where(experiments.lifecycle_stage == "active")
        statement = statement.where(runs.experiment_id.in_(active))
    else:
        statement = statement.where(runs.experiment_id.in_(experiment_numbers(experiment_ids)))
    if lifecycle is not Lifecycle.ALL:
        statement = statement.where(runs.lifecycle_stage == lifecycle.value)
    return statement


def _read(connection: ReadConnection, statement: Select[Any]) -> tuple[list[tuple[Any, ...]], int]:
    """Read in pieces of the whole table: experiment_id has no index in any version."""
    rowid = schema.runs.c.rowid
    piece = select(rowid).where(rowid > bindparam("after")).order_by(rowid).limit(_CHUNK).subquery()
    bounds = compiled(select(func.max(piece.c.rowid), func.count()))
    rows: list[tuple[Any, ...]] = []
    after, seen = -(2**63), 0
    while True:
        last, count = connection.row(bounds, {"after": after}) or (None, 0)
        if last is None:
            return rows, seen
        rows += connection.rows(statement.where(rowid > after, rowid <= last))
        after, seen = last, seen + count
        connection.progress.report(len(rows), 0, "runs")


def _frame(
    rows: list[tuple[Any, ...]],
    experiment_ids: Sequence[str] | None,
    lifecycle: Lifecycle,
    store_runs: int,
) -> RunFrame:
    count = len(rows)
    start_time = _times(rows, 6)
    order = _default_order([text(row[1]) for row in rows], start_time)

    def objects(at: int, default: str | None = None) -> _Objects:
        values = np.empty(count, dtype=np.object_)
        for place, row in enumerate(rows):
            values[place] = default if row[at] is None else text(row[at])
        return values[order]

    return RunFrame(
        experiment_ids=None if experiment_ids is None else tuple(experiment_ids),
        lifecycle=lifecycle,
        ids=objects(1, ""),
        rowid=np.fromiter((row[0] for row in rows), np.int64, count)[order],
        experiment_id=objects(2, ""),
        status=objects(5, ""),
        start_time=start_time[order],
        end_time=_times(rows, 7)[order],
        lifecycle_stage=objects(8, ""),
        user_id=objects(4),
        artifact_uri=objects(9),
        name=objects(3, ""),
        parent=np.full(count, -1, dtype=np.int64),
        parent_id=np.full(count, None, dtype=np.object_),
        store_runs=store_runs,
    )


def _times(rows: list[tuple[Any, ...]], at: int) -> npt.NDArray[np.int64]:
    times = (integer(row[at]) for row in rows)
    return np.fromiter((MISSING if time is None else time for time in times), np.int64, len(rows))


def _default_order(ids: list[str], start: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    width = min(max((len(run_id) for run_id in ids), default=1), _LONGEST_ID)
    # Sorting fixed-width code points lets other threads run, sorting Python's texts does not.
    texts = np.empty(len(ids), dtype=f"U{max(width, 1)}")
    for at in range(0, len(ids), _CHUNK):
        texts[at : at + _CHUNK] = ids[at : at + _CHUNK]
    by_id = np.argsort(texts, kind="stable")
    # ~x turns the order round without overflow and puts MISSING last.
    order: npt.NDArray[np.int64] = by_id[np.argsort(~start[by_id], kind="stable")]
    return order


def _name_by_tag(frame: RunFrame) -> None:
    tags = frame.columns.get(RUN_NAME)
    if isinstance(tags, TextColumn):
        for row, name in enumerate(frame.name):
            if not name:
                frame.name[row] = tags.text(row) or ""


def _texts(column: TextColumn) -> _Objects:
    categories = np.empty(len(column.categories) + 1, dtype=np.object_)
    for code, category in enumerate(column.categories):
        categories[code] = category
    texts: _Objects = categories[column.codes]  # the last one is None, which code -1 names
    return texts
