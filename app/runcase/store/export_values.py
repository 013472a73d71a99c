"""The values of a table of runs as they are exported: in chunks of rows, column by column."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from runcase.progress import Progress
from runcase.store.columns import Column, MetricColumn, TextColumn
from runcase.store.frame import ARTIFACT_URI, MISSING, PARENT, RunFrame
from runcase.store.records import ColumnKey, Kind

Value = str | int | float | None
Rows = npt.NDArray[np.int64]
Fill = Callable[[RunFrame, Sequence[ColumnKey]], None]

_CHUNK = 2_000  # rows
_CELLS = 200_000  # of a chunk, so that one of many columns has fewer rows
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIMES = ("start_time", "end_time")
_PARENT_ID = "parent_id"


class ValueKind(StrEnum):
    """What a column's values are; a time is ms since the epoch, UTC."""

    NUMBER = "number"
    INTEGER = "integer"
    TIME = "time"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Head:
    """A column's title, different from all others of the table, and what its values are."""

    title: str
    kind: ValueKind


@dataclass(frozen=True, slots=True, eq=False)
class RunTable:
    """What is exported.

    Attributes:
        frame: The runs.
        rows: (n,) int64, which of them, in order.
        columns: Which columns; those that `is_exportable` denies are left out.
        titles: A title for each column; None for those of `title`.
        depth: (n,) how deep each row is nested, a column of its own; None without.
        marks: The texts of columns of local marks, by run id.
        fill: Loads columns that the frame lacks, into a frame of the rows of one chunk; without
            it they are empty.
    """

    frame: RunFrame
    rows: Rows
    columns: Sequence[ColumnKey]
    titles: Sequence[str] | None = None
    depth: npt.NDArray[np.integer] | None = None
    marks: Mapping[ColumnKey, Mapping[str, str]] = field(default_factory=dict)
    fill: Fill | None = None

    def wanted(self) -> list[ColumnKey]:
        """Return the columns that have values to write."""
        return [key for key in self.columns if is_exportable(key)]

    def heads(self) -> list[Head]:
        """Return the columns as they are written, the depth first."""
        titles = self.titles if self.titles is not None else [title(key) for key in self.columns]
        pairs = zip(self.columns, titles, strict=True)
        wanted = [(text, value_kind(key)) for key, text in pairs if is_exportable(key)]
        if self.depth is not None:
            wanted.insert(0, ("depth", ValueKind.INTEGER))
        seen: Counter[str] = Counter()
        names = {text for text, _ in wanted}
        found = []
        for text, kind in wanted:
            seen[text] += 1
            while seen[text] > 1 and f"{text} ({seen[text]})" in names:
                seen[text] += 1
            found.append(Head(text if seen[text] == 1 else f"{text} ({seen[text]})", kind))
        return found

    def chunks(self, progress: Progress) -> Iterator[list[list[Value]]]:
        """Yield the values of some rows at a time, a list for each of `heads`."""
        keys = self.wanted()
        missing = [key for key in keys if not is_loaded(self.frame, key)]
        size = max(1, min(_CHUNK, _CELLS // max(1, len(keys))))
        total = len(self.rows)
        progress.report(0, total, "runs")
        for at in range(0, total, size):
            rows = self.rows[at : at + size]
            depth = None if self.depth is None else self.depth[at : at + size]
            yield self._chunk(keys, missing, rows, depth)
            progress.report(min(at + size, total), total, "runs")

    def _chunk(
        self,
        keys: Sequence[ColumnKey],
        missing: Sequence[ColumnKey],
        rows: Rows,
        depth: npt.NDArray[np.integer] | None,
    ) -> list[list[Value]]:
        some = None
        if missing and self.fill is not None:
            some = part(self.frame, rows)
            self.fill(some, missing)
        found: list[list[Value]] = [] if depth is None else [depth.tolist()]
        for key in keys:
            if key.kind is Kind.MARK:
                said = self.marks.get(key, {})
                found.append([said.get(run_id) for run_id in self.frame.ids.take(rows)])
            elif some is not None and key in missing:
                found.append(_values(some, key, np.arange(len(rows))))
            else:
                found.append(_values(self.frame, key, rows))
        return found


def title(key: ColumnKey) -> str:
    """Return a column's name as `mlflow.search_runs` gives it, such as "metrics.rmse"."""
    name = key.key if key.kind is Kind.ATTRIBUTE else f"{key.kind}s.{key.key}"
    return f"{key.how}({name})" if key.how else name


def is_exportable(key: ColumnKey) -> bool:
    """Say whether a column has values that can be written: a sparkline and an age have none."""
    if key.kind is Kind.ATTRIBUTE and key.key == "age":
        return False
    return key.kind is not Kind.WORD and key.how != "curve"


def value_kind(key: ColumnKey) -> ValueKind:
    """Return what a column's values are."""
    if key.kind is Kind.METRIC:
        return ValueKind.INTEGER if key.how.startswith("step of") else ValueKind.NUMBER
    if key.kind is Kind.ATTRIBUTE and key.key in _TIMES:
        return ValueKind.TIME
    if key == ColumnKey(Kind.ATTRIBUTE, "duration"):
        return ValueKind.INTEGER
    return ValueKind.TEXT


def iso(ms: int) -> str:
    """Return a time as ISO 8601 in UTC; one that no calendar has stays a number of ms."""
    try:
        moment = _EPOCH + timedelta(milliseconds=ms)
    except OverflowError:
        return str(ms)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def part(frame: RunFrame, rows: Rows) -> RunFrame:
    """Return a frame of some rows without columns but their parents'."""
    some = frame.part(rows)
    some.attributes = {name: _some(column, rows) for name, column in frame.attributes.items()}
    parents = frame.columns.get(PARENT)
    if isinstance(parents, TextColumn):
        some.columns[PARENT] = _some(parents, rows)
    return some


def _some(column: TextColumn, rows: Rows) -> TextColumn:
    return TextColumn(column.codes[rows], column.categories, column.present[rows])


def is_loaded(frame: RunFrame, key: ColumnKey) -> bool:
    """Say whether all values of a column are in memory."""
    if key.kind is Kind.MARK or (key.kind is Kind.ATTRIBUTE and key != ARTIFACT_URI):
        return True
    column = frame.columns.get(key)
    return column is not None and column.complete


def _values(frame: RunFrame, key: ColumnKey, rows: Rows) -> list[Value]:
    if key.kind is Kind.ATTRIBUTE and key.key in _TIMES:
        times = frame.start_time if key.key == "start_time" else frame.end_time
        return [None if ms == MISSING else ms for ms in times[rows].tolist()]
    if key == ColumnKey(Kind.ATTRIBUTE, "duration"):
        starts, ends = frame.start_time[rows].tolist(), frame.end_time[rows].tolist()
        return [
            None if MISSING in (start, end) else end - start
            for start, end in zip(starts, ends, strict=True)
        ]
    if key == ColumnKey(Kind.ATTRIBUTE, "run_id"):
        return list(frame.ids.take(rows))
    inner = key.kind is Kind.ATTRIBUTE and key.key in (*frame.attributes, _PARENT_ID)
    column = frame.column(key) if inner else frame.columns.get(key)
    if column is None:
        return [None] * len(rows)
    return _of_column(column, rows, value_kind(key) is ValueKind.INTEGER)


def _of_column(column: Column, rows: Rows, whole: bool) -> list[Value]:
    if isinstance(column, MetricColumn):
        numbers, present = column.values[rows].tolist(), column.present[rows].tolist()
        return [
            None if not here else int(number) if whole and number.is_integer() else number
            for number, here in zip(numbers, present, strict=True)
        ]
    categories = column.categories
    if isinstance(column, TextColumn):
        texts = column.categories
        return [None if code < 0 else texts[code] for code in column.codes[rows].tolist()]
    return [
        ", ".join(categories[code]) or None if code >= 0 else None
        for code in column.codes[rows].tolist()
    ]
