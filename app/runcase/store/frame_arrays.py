"""`RunFrame`: the runs of one or several experiments as arrays, a row number being the only key.

Rows are in MLflow's own order: start time descending, then run id. So a stable sort by anything
else leaves ties in the order in which MLflow lists them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from runcase.store import schema
from runcase.store.columns import Column, MetricColumn, TextColumn
from runcase.store.frame_ids import RunIds
from runcase.store.records import ColumnKey, Kind, Lifecycle

if TYPE_CHECKING:
    from runcase.store.frame_best import BestOf
    from runcase.store.frame_marks import Marks

MISSING = int(np.iinfo(np.int64).min)
RUN_NAME = ColumnKey(Kind.TAG, schema.NAME_TAG)
PARENT = ColumnKey(Kind.TAG, schema.PARENT_TAG)
ARTIFACT_URI = ColumnKey(Kind.ATTRIBUTE, "artifact_uri")
TIMES = ("start_time", "end_time", "duration")

# What `RunFrame.numbers` says of each run.
VALUE, NAN, ABSENT, NO_NUMBER = range(4)

_Times = npt.NDArray[np.int64]
_Numbers = tuple[npt.NDArray[np.float64], npt.NDArray[np.int8]]


@dataclass(slots=True, eq=False)
class RunFrame:
    """The runs of one or several experiments.

    Attributes:
        experiment_ids: What was asked for; None for all active experiments.
        lifecycle: What was asked for.
        ids: Run ids.
        rowid: (n,) int64, SQLite's row numbers in `runs`.
        start_time: (n,) int64, ms, `MISSING` where there is none.
        end_time: (n,) int64, ms, `MISSING` where there is none.
        parent: (n,) int32, the row of the direct parent, -1 where it is not here; without cycles.
        store_runs: About how many runs the whole store has.
        attributes: experiment_id, status, lifecycle_stage, user_id, and run_name, which is the tag
            `mlflow.runName` where the row of `runs` has none.
        columns: The metrics, params, tags and other columns that were loaded.
        best: By key, what the histories of metrics say, where a column of them was loaded.
        signature: (n,) int64, hashes of the runs' own rows, to see which were changed.
        marks: How far the tables went before anything was read; None where that tells nothing.
    """

    experiment_ids: tuple[str, ...] | None
    lifecycle: Lifecycle
    ids: RunIds
    rowid: npt.NDArray[np.int64]
    start_time: _Times
    end_time: _Times
    parent: npt.NDArray[np.int32]
    store_runs: int
    attributes: dict[str, TextColumn]
    columns: dict[ColumnKey, Column] = field(default_factory=dict)
    best: "dict[str, BestOf]" = field(default_factory=dict, repr=False)
    signature: npt.NDArray[np.int64] = field(
        default_factory=lambda: np.empty(0, dtype=np.int64), repr=False
    )
    marks: "Marks | None" = field(default=None, repr=False)
    _run_id: TextColumn | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.ids)

    def row_of(self, run_id: str) -> int | None:
        """Return the row of a run, None when it is not here."""
        return self.ids.row_of(run_id)

    def attribute(self, name: str) -> TextColumn:
        """Return a text attribute in codes.

        Args:
            name: run_id, parent_id or one of `attributes`; artifact_uri once it was loaded.
        """
        if name == "run_id":
            if self._run_id is None:
                codes = np.arange(len(self), dtype=np.int32)
                self._run_id = TextColumn(codes, self.ids, codes >= 0)
            return self._run_id
        if name == "parent_id":
            found = self.columns[PARENT]
        elif name == ARTIFACT_URI.key:
            found = self.columns[ARTIFACT_URI]
        else:
            found = self.attributes[name]
        assert isinstance(found, TextColumn)
        return found

    def text(self, name: str, row: int) -> str | None:
        """Return a text attribute of one run, named as for `attribute`; None if not loaded."""
        if name == "run_id":
            return self.ids[row]
        is_loaded = name != ARTIFACT_URI.key or ARTIFACT_URI in self.columns
        return self.attribute(name).text(row) if is_loaded else None

    def column(self, key: ColumnKey) -> Column | None:
        """Return a column, text attributes among them, or None where it is not loaded."""
        if key.kind is not Kind.ATTRIBUTE or key == ARTIFACT_URI:
            return self.columns.get(key)
        return None if key.key in TIMES else self.attribute(key.key)

    def numbers(self, key: ColumnKey) -> _Numbers | None:
        """Return a column as numbers and what they are, (n,) float64 and (n,) int8.

        A state is `VALUE`, ±inf among them, `NAN`, `ABSENT`, or `NO_NUMBER` for the text of a
        param, tag or attribute; beyond `VALUE` the number is NaN. Times and durations are ms. None
        where the column is not loaded, or has no numbers, as datasets have none.
        """
        if key.kind is Kind.ATTRIBUTE and key.key in TIMES:
            return self._times(key.key)
        column = self.column(key)
        if isinstance(column, MetricColumn):
            state = np.where(column.nan, np.int8(NAN), np.int8(VALUE))
            state[~column.present] = ABSENT
            return column.values, state
        return _numbers_of_texts(column) if isinstance(column, TextColumn) else None

    def part(self, rows: npt.NDArray[np.int64]) -> "RunFrame":
        """Return some runs as a frame of its own, in the order of `rows`.

        It has neither attributes, columns nor parents: who asks knows which of them are needed.
        """
        return RunFrame(
            experiment_ids=self.experiment_ids,
            lifecycle=self.lifecycle,
            ids=RunIds(self.ids.take(rows)),
            rowid=self.rowid[rows],
            start_time=self.start_time[rows],
            end_time=self.end_time[rows],
            parent=np.full(len(rows), -1, dtype=np.int32),
            store_runs=self.store_runs,
            attributes={},
        )

    def forget(self, keys: Iterable[ColumnKey]) -> None:
        """Give back the memory of columns; they are read again when they are asked for."""
        for key in keys:
            if key != PARENT:
                self.columns.pop(key, None)
        kept = {key.key for key in self.columns if key.how}
        self.best = {name: best for name, best in self.best.items() if name in kept}

    def _times(self, name: str) -> _Numbers:
        if name == "duration":
            absent = (self.start_time == MISSING) | (self.end_time == MISSING)
            # As floats first: the difference of two such times can be beyond 64 bits.
            times = self.end_time.astype(np.float64) - self.start_time
        else:
            given = self.start_time if name == "start_time" else self.end_time
            absent, times = given == MISSING, given.astype(np.float64)
        times[absent] = np.nan
        return times, np.where(absent, np.int8(ABSENT), np.int8(VALUE))


def _numbers_of_texts(column: TextColumn) -> _Numbers:
    numbers = np.append(column.numbers(), np.nan)  # the last one is for code -1
    states = np.full(len(numbers), NO_NUMBER, dtype=np.int8)
    states[:-1][column.is_number()] = VALUE
    states[:-1][column.is_number() & np.isnan(numbers[:-1])] = NAN
    states[-1] = ABSENT
    return numbers[column.codes], states[column.codes]
