"""Brings a frame up to date by reading again only the runs that were written to since.

What MLflow's clients do leaves a trace: a run that is new, or whose row in `runs` is another, or
that is not ended; new rows of params, tags or metrics. What leaves none, such as the new value of
an old tag of an ended run, is looked for where nothing else explains that the store changed. Beside
other changes it is not found, so a person can ask for everything to be read.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from runcase.errors import DamagedError
from runcase.store.columns import Column, DatasetColumn, MetricColumn, TextColumn
from runcase.store.connection import ReadConnection
from runcase.store.frame_arrays import ARTIFACT_URI, RunFrame
from runcase.store.frame_carry import carried_metric, carried_texts
from runcase.store.frame_columns import load_columns
from runcase.store.frame_complete import complete
from runcase.store.frame_marks import links_moved, still_there, written_runs
from runcase.store.frame_read import table_of
from runcase.store.records import ColumnKey, Kind
from runcase.store.schema import metrics

_Rows = npt.NDArray[np.int64]

_ENDED = frozenset(("FINISHED", "FAILED", "KILLED"))
# With more runs than this share to read again, reading all of them takes hardly longer.
_FEW, _SHARE = 2_000, 5
_VALUES = (Kind.METRIC, Kind.PARAM, Kind.TAG)
_LINKED = (Kind.DATASET, Kind.MODEL)


class _Since(NamedTuple):
    """What happened since the old frame was read.

    Attributes:
        before: (n,) int64, the old frame's row of each run, -1 for new ones.
        rows: (m,) int64, the rows of the runs to read again, new ones among them.
        links: Whether runs may have got other datasets or models.
        explained: Whether anything tells why the store changed.
    """

    before: _Rows
    rows: _Rows
    links: bool
    explained: bool


def carry_over(connection: ReadConnection, old: RunFrame, new: RunFrame) -> bool:
    """Give a frame, whose rows were just read, those columns of an old one that stay as they are.

    The values of runs that were written to since are read. Columns for which nothing tells what
    changed are left out, to be read as a whole. Returns whether the frame got parents and names.

    Args:
        connection: Where from.
        old: The frame as it was.
        new: The same runs as they are now, without parents and columns; it is filled.
    """
    names = new.attributes["run_name"]
    try:
        since = _since(connection, old, new)
        if since is None:
            return False
        _carry(connection, old, new, since)
        if not connection.readable:
            return True
    except DamagedError:
        pass  # what reads everything knows how to read around the damage
    new.columns.clear()
    new.best.clear()
    new.attributes["run_name"] = names
    return False


def _since(connection: ReadConnection, old: RunFrame, new: RunFrame) -> _Since | None:
    """Find out what happened, None where that cannot be told or is too much."""
    if old.marks is None or new.marks is None or not len(old) or not len(new):
        return None
    if not still_there(connection, old.marks):
        return None
    written = written_runs(connection, old.marks, new.marks)
    if written is None:
        return None
    before = old.ids.rows_of(new.ids)
    again = (before < 0) | (new.signature != old.signature[before])
    gone = len(old) > int(np.count_nonzero(before >= 0))
    explained = bool(again.any()) or gone or old.marks != new.marks
    again |= _is_open(new) | _is_open(old)[before]
    places = new.ids.rows_of(list(written))
    again[places[places >= 0]] = True
    rows = np.flatnonzero(again)
    if len(rows) > max(_FEW, len(new) // _SHARE):
        return None
    links = links_moved(old.marks, new.marks) or bool((before[rows] < 0).any())
    return _Since(before, rows, links, explained)


def _is_open(frame: RunFrame) -> npt.NDArray[np.bool_]:
    """Say which runs are not known to have ended, (n,) bool."""
    status = frame.attributes["status"]
    return ~status.where(_ENDED.__contains__)


def _carry(connection: ReadConnection, old: RunFrame, new: RunFrame, since: _Since) -> None:
    kept = [key for key, column in old.columns.items() if _stays(connection, key, column, since)]
    some = new.part(since.rows)
    words = [key for key in kept if key.kind is Kind.WORD]
    values = [key for key in kept if key.kind is not Kind.WORD]
    load_columns(connection, some, [key for key in values if key.kind not in _LINKED])
    for key in values:
        new.columns[key] = _carried(old.columns[key], since, some.columns.get(key))
    for name, best in some.best.items():
        if name in old.best:
            new.best[name] = old.best[name].carried(since.before, since.rows, best)
    complete(connection, new)
    names = new.attributes["run_name"]
    some.attributes["run_name"] = TextColumn.of(map(names.text, since.rows.tolist()), len(some))
    load_columns(connection, some, words)
    for key in words:
        new.columns[key] = _carried(old.columns[key], since, some.columns[key])


def _stays(connection: ReadConnection, key: ColumnKey, column: Column, since: _Since) -> bool:
    """Say whether what happened tells which runs have other values in a column."""
    if not column.complete:
        return False
    if key.kind in _VALUES:
        can_be_looked_up = key.how or table_of(connection, key.kind) is not metrics
        return bool(can_be_looked_up) and (key.kind is not Kind.TAG or since.explained)
    if key.kind is Kind.WORD:
        return since.explained
    if key.kind in _LINKED:
        return since.explained and not since.links
    return key == ARTIFACT_URI


def _carried(column: Column, since: _Since, some: Column | None) -> Column:
    """Return a column in the order of the new rows, with what was read again."""
    if isinstance(column, DatasetColumn):
        return DatasetColumn(column.codes[since.before], column.categories)
    if isinstance(column, MetricColumn):
        assert isinstance(some, MetricColumn)
        return carried_metric(column, since.before, since.rows, some)
    assert isinstance(some, TextColumn)
    return carried_texts(column, since.before, since.rows, some)
