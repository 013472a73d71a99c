"""Reads columns of a runs table as charts draw them; called on worker threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from runcase.curves.run_table import RunTable, Values
from runcase.itemmodels import columns as titles
from runcase.itemmodels import formats
from runcase.itemmodels.chart_kinds import column_title
from runcase.store import frame as frames
from runcase.store.columns import Column, DatasetColumn, TextColumn
from runcase.store.connection import ReadConnection
from runcase.store.frame import NO_NUMBER, RunFrame, keys_of_runs
from runcase.store.frame_uris import artifact_uris
from runcase.store.records import ColumnKey, Kind

Rows = npt.NDArray[np.int64]

_SOME_RUNS, _FEW_RUNS, _SOME_PARAMS = 2_000, 200, 200


def read_table(
    connection: ReadConnection, frame: RunFrame, rows: Rows, columns: Sequence[str]
) -> RunTable:
    """Return some runs with some of their columns; what is not in memory is read.

    Args:
        connection: Where from.
        frame: The runs table's frame; it stays as it is, since its own reader may be at work.
        rows: (n,) the rows of the frame that are wanted, in the order of the answer.
        columns: As the table's views spell them; what is no column is left out.
    """
    keys = {name: key for name in columns if (key := titles.decode(name)) is not None}
    own = replace(frame, columns=dict(frame.columns), best=dict(frame.best))
    stored = [key for key in keys.values() if key.kind not in (Kind.ATTRIBUTE, Kind.MARK)]
    frames.load_columns(connection, own, [key for key in stored if not _is_there(own, key)])
    if titles.ARTIFACTS in keys.values() and not _is_there(own, titles.ARTIFACTS):
        own.columns[titles.ARTIFACTS] = artifact_uris(connection, own, rows)
    names = own.attribute("run_name")
    ids = own.ids.take(rows)
    found = {name: values_of(own, key, rows) for name, key in keys.items()}
    return RunTable(
        ids,
        [names.text(int(row)) or formats.short_id(ids[at]) for at, row in enumerate(rows)],
        {name: values for name, values in found.items() if values is not None},
    )


def varying(connection: ReadConnection, frame: RunFrame, rows: Rows) -> frozenset[str]:
    """Return the params that most of the runs have and in which they differ, as views spell them.

    Only the newest 2,000 of the runs and the first 200 params are looked at.
    """
    some = rows[:_SOME_RUNS]
    params = keys_of_runs(connection, frame.ids.take(some[:_FEW_RUNS]))
    names = [titles.encode(key) for key in params if key.kind is Kind.PARAM][:_SOME_PARAMS]
    table = read_table(connection, frame, some, names)
    return frozenset(
        name
        for name, values in table.columns.items()
        if len(values.labels) > 1 and 2 * int((values.codes >= 0).sum()) >= len(some)
    )


def values_of(frame: RunFrame, key: ColumnKey, rows: Rows) -> Values | None:
    """Return a loaded column of some rows; None for a column that a chart cannot show."""
    name = titles.encode(key)
    title = column_title(name)
    numbers = frame.numbers(key) if key != titles.AGE else None
    if key.kind is Kind.METRIC or key in (*titles.TIMES, titles.DURATION):
        if numbers is None:
            return None
        codes = np.full(len(rows), -1, dtype=np.int32)
        return Values(name, title, numbers[0][rows], codes, (), True, key in titles.TIMES)
    column = None if key == titles.AGE else frame.column(key)
    if column is None:
        return None
    codes, labels = _coded(column, rows)
    if numbers is None:
        return Values(name, title, np.full(len(rows), np.nan), codes, labels, False)
    values, states = numbers[0][rows], numbers[1][rows]
    is_numeric = bool(np.isfinite(values).any()) and not bool((states == NO_NUMBER).any())
    return Values(name, title, values, codes, labels, is_numeric)


def _coded(column: Column, rows: Rows) -> tuple[npt.NDArray[np.int32], tuple[str, ...]]:
    """Return codes of the rows and their different texts, those in natural order."""
    assert isinstance(column, TextColumn | DatasetColumn)
    used, at = np.unique(column.codes[rows], return_inverse=True)
    texts = [_text(column, int(code)) for code in used if code >= 0]
    ranks = TextColumn.of(texts, len(texts)).ranks(natural=True) if texts else np.empty(0, int)
    order = np.argsort(ranks, kind="stable")
    place = np.empty(len(texts), dtype=np.int32)
    place[order] = np.arange(len(texts), dtype=np.int32)
    if len(used) > len(texts):  # the first code is -1
        place = np.concatenate((np.array([-1], dtype=np.int32), place))
    return place[at].astype(np.int32), tuple(texts[where] for where in order)


def _text(column: TextColumn | DatasetColumn, code: int) -> str:
    if isinstance(column, TextColumn):
        return column.categories[code]
    return ", ".join(text for text in column.categories[code] if text)


def _is_there(frame: RunFrame, key: ColumnKey) -> bool:
    column = frame.columns.get(key)
    return column is not None and column.complete
