"""Loads columns into a `RunFrame`: whole ones, or first those of the rows on the screen."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from runcase.store.columns import Column, MetricColumn, TextColumn
from runcase.store.connection import ReadConnection
from runcase.store.frame_arrays import ARTIFACT_URI, RunFrame
from runcase.store.frame_memory import give_back
from runcase.store.frame_read import read_columns, read_rows
from runcase.store.frame_uris import artifact_uris
from runcase.store.records import ColumnKey, Kind

_KINDS = (Kind.METRIC, Kind.PARAM, Kind.TAG)


# The name of each run's experiment, which only filters compare.
_EXPERIMENT = ColumnKey(Kind.ATTRIBUTE, "experiment")


def load_columns(connection: ReadConnection, frame: RunFrame, wanted: Iterable[ColumnKey]) -> None:
    """Fill `frame.columns` with whole columns; those that are there stay as they are.

    Columns of one kind arrive together; marks and whole histories are no columns of a store.
    """
    missing = [key for key in dict.fromkeys(wanted) if not _is_loaded(frame, key)]
    done = 0
    for kind in _KINDS:
        names = [key.key for key in missing if key.kind is kind and not key.how]
        if names:
            told = _reporter(connection, done, len(names), len(missing))
            for name, column in read_columns(connection, frame, kind, names, told):
                frame.columns[ColumnKey(kind, name)] = column
            done += len(names)
    for key in missing:
        if not _is_loaded(frame, key):
            told = _reporter(connection, done, 1, len(missing))
            _load_other(connection, frame, key, told)
            done += 1
    if connection.readable:
        frame.marks = None  # what was read around damage is not to be built upon
    if missing:
        give_back(len(frame))


def load_rows(
    connection: ReadConnection, frame: RunFrame, rows: Sequence[int], wanted: Iterable[ColumnKey]
) -> None:
    """Fill only some rows of columns, those on the screen; the columns stay incomplete.

    Metrics, params, tags and artifact_uri only.
    """
    missing = [key for key in dict.fromkeys(wanted) if not _is_loaded(frame, key)]
    places = np.array(rows, dtype=np.int64)
    if ARTIFACT_URI in missing:
        frame.columns[ARTIFACT_URI] = artifact_uris(connection, frame, places)
    for kind in _KINDS:
        names = [key.key for key in missing if key.kind is kind and not key.how]
        for name, column in read_rows(connection, frame, places, kind, names):
            key = ColumnKey(kind, name)
            known = frame.columns.get(key)
            if known is None:
                frame.columns[key] = column
            else:
                _copy(column, known, places)


def _is_loaded(frame: RunFrame, key: ColumnKey) -> bool:
    if key.kind is Kind.ATTRIBUTE and key not in (ARTIFACT_URI, _EXPERIMENT):
        return True  # a frame always has them
    if key.kind is Kind.MARK or key.how == "curve":
        return True
    column = frame.columns.get(key)
    return column is not None and column.complete


def _copy(source: Column, target: Column, rows: npt.NDArray[np.int64]) -> None:
    if isinstance(source, MetricColumn) and isinstance(target, MetricColumn):
        for name in ("values", "present", "nan"):
            getattr(target, name)[rows] = getattr(source, name)[rows]
    elif isinstance(source, TextColumn) and isinstance(target, TextColumn):
        for row in rows[source.present[rows]].tolist():
            target.put(row, source.text(row))


def _reporter(
    connection: ReadConnection, done: int, columns: int, total: int
) -> Callable[[float], None]:
    """Return what is told which share of some columns is read."""

    def told(share: float) -> None:
        connection.progress.report(done + int(share * columns), total, "columns")

    return told


def _load_other(
    connection: ReadConnection, frame: RunFrame, key: ColumnKey, told: Callable[[float], None]
) -> None:
    # Imported here: few tables ask for these, and the first rows wait for no import.
    from runcase.store.experiment_names import experiment_names
    from runcase.store.frame_best import best_column
    from runcase.store.frame_linked import datasets, models

    if key.kind is Kind.DATASET:
        frame.columns.update(datasets(connection, frame))
    elif key.kind is Kind.MODEL:
        frame.columns[key] = models(connection, frame)
    elif key.kind is Kind.WORD:
        # It reads params, tags and names of runs, so it imports this module.
        from runcase.store.words import hits

        frame.columns[key] = hits(connection, frame, key.key)
    elif key.kind is Kind.METRIC:
        frame.columns[key] = best_column(connection, frame, key)
    elif key == _EXPERIMENT:
        frame.columns[key] = experiment_names(connection, frame)
    else:
        frame.columns[key] = artifact_uris(connection, frame, np.arange(len(frame)))
    told(1.0)
