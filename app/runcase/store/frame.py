"""Reads the runs of experiments into a `RunFrame`: all of them in short pieces, or the newest."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy import Select, bindparam, func, null, select
from sqlalchemy.sql.compiler import Compiled

from runcase.errors import DamagedError
from runcase.store import salvage, schema
from runcase.store.columns import TextColumn
from runcase.store.connection import ReadConnection, compiled
from runcase.store.frame_arrays import (
    ABSENT,
    ARTIFACT_URI,
    MISSING,
    NAN,
    NO_NUMBER,
    PARENT,
    RUN_NAME,
    TIMES,
    VALUE,
    RunFrame,
)
from runcase.store.frame_columns import load_columns, load_rows
from runcase.store.frame_complete import complete
from runcase.store.frame_ids import RunIds
from runcase.store.frame_keys import keys, keys_of_runs
from runcase.store.frame_marks import marks_of
from runcase.store.frame_memory import give_back
from runcase.store.frame_texts import TextEncoder
from runcase.store.records import Lifecycle
from runcase.store.values import experiment_numbers, integer, text

__all__ = [
    "ABSENT",
    "ARTIFACT_URI",
    "MISSING",
    "NAN",
    "NO_NUMBER",
    "PARENT",
    "RUN_NAME",
    "TIMES",
    "VALUE",
    "RunFrame",
    "RunIds",
    "keys",
    "keys_of_runs",
    "load",
    "load_columns",
    "load_rows",
    "newest",
    "refresh",
]

_CHUNK = 10_000  # rows of `runs` a statement: about 20 ms
_FEW_RUNS = 20_000  # so many are read anew within half a second
_TEXTS = frozenset((str, type(None)))
_ATTRIBUTES = ("run_name", "experiment_id", "status", "lifecycle_stage", "user_id")

_rowid = schema.runs.c.rowid
# Each by itself goes straight to an end of the table; asked together they read all of it.
_BOUNDS = compiled(
    select(select(func.min(_rowid)).scalar_subquery(), select(func.max(_rowid)).scalar_subquery())
)
_NEXT = compiled(select(func.min(_rowid)).where(_rowid > bindparam("last")))

_Row = tuple[Any, ...]  # rowid, run id, start time, end time, then `_ATTRIBUTES`
_Ints = npt.NDArray[np.int64]


def load(
    connection: ReadConnection, experiment_ids: Sequence[str] | None, lifecycle: Lifecycle
) -> RunFrame:
    """Read the runs' own rows, their names and their parents.

    Args:
        connection: Where from.
        experiment_ids: Which experiments; None for all active ones.
        lifecycle: Which runs.
    """
    frame = _rows(connection, experiment_ids, lifecycle)
    complete(connection, frame)
    give_back(len(frame))
    return frame


def _rows(
    connection: ReadConnection, experiment_ids: Sequence[str] | None, lifecycle: Lifecycle
) -> RunFrame:
    """Read the runs' own rows only."""
    columns = connection.features.tables["runs"]
    what = _What(columns, experiment_ids is None, lifecycle, only_newest=False)
    which = {"experiments": json.dumps(experiment_numbers(experiment_ids or ()))}
    marks = marks_of(connection)
    gathered = _Gathered()
    try:
        for rows, span in _pieces(connection, what, which):
            gathered.add(rows)
            gathered.store_runs += span
    except DamagedError:
        marks = None
        gathered = _Gathered()
        for rows in salvage.walk(connection, _statement(what), schema.runs, "runs", which):
            gathered.add(rows)
            gathered.store_runs += len(rows)
    frame = gathered.frame(experiment_ids, lifecycle)
    frame.marks = marks
    return frame


def newest(
    connection: ReadConnection,
    experiment_ids: Sequence[str] | None,
    lifecycle: Lifecycle,
    limit: int = 100,
) -> RunFrame:
    """Read only the newest runs, for a first look: the frame has no others.

    Args:
        connection: Where from.
        experiment_ids: Which experiments; None for all active ones.
        lifecycle: Which runs.
        limit: At most so many.

    Raises:
        DamagedError: The table of runs is damaged; `load` reads what can be read.
    """
    columns = connection.features.tables["runs"]
    what = _What(columns, experiment_ids is None, lifecycle, only_newest=True)
    which = {"experiments": json.dumps(experiment_numbers(experiment_ids or ())), "most": limit}
    rows: list[_Row] = []
    store_runs = 0
    for piece, span in _pieces(connection, what, which):
        rows = sorted([*rows, *piece], key=_newest_first)[:limit] if rows else piece
        store_runs += span
    gathered = _Gathered()
    gathered.store_runs = store_runs
    gathered.add(rows)
    frame = gathered.frame(experiment_ids, lifecycle)
    complete(connection, frame)
    return frame


def refresh(
    connection: ReadConnection, old: RunFrame, thorough: bool = False, few: int = _FEW_RUNS
) -> RunFrame:
    """Read the same runs and columns anew into a frame of its own.

    Args:
        connection: Where from.
        old: The frame as it was; it stays as it is.
        thorough: Read everything, and not only what MLflow's clients leave a trace of.
        few: Up to so many runs everything is read in any case.
    """
    new = _rows(connection, old.experiment_ids, old.lifecycle)
    if thorough or len(old) <= few or not _carry_over(connection, old, new):
        complete(connection, new)
    load_columns(connection, new, [key for key, column in old.columns.items() if column.complete])
    give_back(len(new))
    return new


def _carry_over(connection: ReadConnection, old: RunFrame, new: RunFrame) -> bool:
    # Imported here: few frames are large, and the first rows wait for no import.
    from runcase.store.frame_refresh import carry_over

    return carry_over(connection, old, new)


class _What(NamedTuple):
    """Which runs are asked for, and which columns there are."""

    columns: frozenset[str]
    every_experiment: bool
    lifecycle: Lifecycle
    only_newest: bool


@cache
def _statement(what: _What) -> Select[Any]:
    runs = schema.runs.c
    wanted = (
        runs.run_uuid,
        runs.start_time,
        runs.end_time,
        runs.name,
        runs.experiment_id,
        runs.status,
        runs.lifecycle_stage,
        runs.user_id,
    )
    there = [each if each.name in what.columns else null().label(each.name) for each in wanted]
    statement = select(runs.rowid, *there)
    if what.every_experiment:
        experiments = schema.experiments.c
        active = select(experiments.experiment_id).where(experiments.lifecycle_stage == "active")
        statement = statement.where(runs.experiment_id.in_(active))
    else:
        statement = statement.where(schema.among(runs.experiment_id, "experiments"))
    if what.lifecycle is not Lifecycle.ALL:
        statement = statement.where(runs.lifecycle_stage == what.lifecycle.value)
    if what.only_newest:
        statement = statement.order_by(runs.start_time.desc(), runs.run_uuid)
        statement = statement.limit(bindparam("most"))
    return statement


@cache
def _piece(what: _What) -> Compiled:
    within = _rowid > bindparam("after"), _rowid <= bindparam("last")
    return compiled(_statement(what).where(*within))


def _pieces(
    connection: ReadConnection, what: _What, which: Mapping[str, Any]
) -> Iterator[tuple[list[_Row], int]]:
    """Yield the rows of a piece of the whole table, and over how many row numbers it goes.

    experiment_id has no index in any version. Row numbers are dense but where runs were deleted
    for good, so counting them is not needed.
    """
    piece = _piece(what)
    first, greatest = connection.row(_BOUNDS) or (None, None)
    after = first
    while after is not None:
        last = after - 1 + _CHUNK
        rows = connection.rows(piece, {**which, "after": after - 1, "last": last})
        greatest = max(greatest, after)  # runs may be added while this reads
        yield rows, min(last, greatest) - after + 1
        after = connection.scalar(_NEXT, {"last": last})
        done = greatest if after is None else min(after - 1, greatest)
        connection.progress.report(done - first + 1, greatest - first + 1, "runs")


class _Gathered:
    """The runs read so far, as arrays: tuples of them would take six times the memory."""

    def __init__(self) -> None:
        self.store_runs = 0
        self._ids: list[RunIds] = []
        self._numbers: tuple[list[_Ints], ...] = ([], [], [])
        self._encoders = [TextEncoder() for _ in _ATTRIBUTES]
        self._codes: list[list[npt.NDArray[np.int32]]] = [[] for _ in _ATTRIBUTES]
        self._signatures: list[_Ints] = []

    def add(self, rows: Sequence[_Row]) -> None:
        if not rows:
            return
        rowids, ids, starts, ends, *texts = zip(*rows, strict=True)
        self._signatures.append(np.fromiter(map(hash, rows), np.int64, len(rows)))
        self._ids.append(RunIds([text(each) for each in ids]))
        for to, values in zip(self._numbers, (rowids, starts, ends), strict=True):
            to.append(_integers(values))
        for encoder, codes, values in zip(self._encoders, self._codes, texts, strict=True):
            # No text is as good as none, and a run without a name may have a tag.
            plain = "" not in values and _TEXTS.issuperset(map(type, values))
            found = values if plain else [text(value) or None for value in values]
            codes.append(encoder.add(found))

    def frame(self, experiment_ids: Sequence[str] | None, lifecycle: Lifecycle) -> RunFrame:
        """Return the frame, without parents; to be called once."""
        rowid, start_time, end_time = (_joined(each, np.int64) for each in self._numbers)
        ids = RunIds.joined(self._ids)
        self._ids.clear()
        order = ids.order(start_time)
        attributes = {}
        for name, encoder, codes in zip(_ATTRIBUTES, self._encoders, self._codes, strict=True):
            kept, categories = encoder.finish(_joined(codes, np.int32)[order])
            attributes[name] = TextColumn(kept, categories, kept >= 0)
        return RunFrame(
            experiment_ids=None if experiment_ids is None else tuple(experiment_ids),
            lifecycle=lifecycle,
            ids=ids.reordered(order),
            rowid=rowid[order],
            start_time=start_time[order],
            end_time=end_time[order],
            parent=np.full(len(order), -1, dtype=np.int32),
            store_runs=self.store_runs,
            attributes=attributes,
            signature=_joined(self._signatures, np.int64)[order],
        )


def _integers(values: Sequence[Any]) -> _Ints:
    try:
        found = np.array(values)
        if found.dtype == np.int64:
            return found
    except (OverflowError, ValueError):
        pass  # a time beyond 64 bits, which SQLite keeps as a REAL
    known = map(integer, values)
    return np.array([MISSING if each is None else each for each in known], dtype=np.int64)


def _newest_first(row: _Row) -> tuple[int, str]:
    start = integer(row[2])
    return -(MISSING if start is None else start), text(row[1])


def _joined(pieces: Sequence[npt.NDArray[Any]], dtype: type) -> npt.NDArray[Any]:
    return np.concatenate(pieces) if pieces else np.empty(0, dtype=dtype)
