"""Sees to it that a table to export has its columns, without filling the memory with them."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from copy import copy
from dataclasses import replace

from runcase.store.connection import ReadConnection
from runcase.store.export_values import RunTable, is_loaded
from runcase.store.frame import RunFrame, load_columns, load_rows
from runcase.store.records import ColumnKey, Kind

Lend = Callable[[], AbstractContextManager[ReadConnection]]

_MOST_CELLS = 20_000_000  # loaded as whole columns: about 200 MB
_BY_RUN = (Kind.METRIC, Kind.PARAM, Kind.TAG)


def with_columns(table: RunTable, lend: Lend) -> RunTable:
    """Return the table with what its frame lacks; the frame itself stays as it is.

    Few columns are read whole. Of many, the values of some runs are read when these are written.

    Args:
        table: The table.
        lend: Lends a connection to the store, for one short read at a time.
    """
    missing = [key for key in table.wanted() if not is_loaded(table.frame, key)]
    if not missing:
        return table
    whole, by_run = missing, []
    if len(missing) * len(table.frame) > _MOST_CELLS:
        by_run = [key for key in missing if key.kind in _BY_RUN and not key.how]
        whole = [key for key in missing if key not in set(by_run)]
    frame = copy(table.frame)
    frame.columns = dict(table.frame.columns)
    if whole:
        with lend() as connection:
            load_columns(connection, frame, whole)

    def fill(some: RunFrame, wanted: Sequence[ColumnKey]) -> None:
        with lend() as connection:
            load_rows(connection, some, range(len(some)), wanted)

    return replace(table, frame=frame, fill=fill if by_run else None)
