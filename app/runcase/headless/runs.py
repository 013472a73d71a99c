"""Answers `runcase runs`: the runs that a filter keeps, in MLflow's order."""

import sys
from collections.abc import Sequence
from typing import Literal, TextIO

import numpy as np
import numpy.typing as npt

from runcase.errors import FilterError, StoreError
from runcase.headless.opened import opened
from runcase.headless.run_table import write_csv, write_json, write_table
from runcase.store import experiments, schema
from runcase.store import frame as frames
from runcase.store.columns import MetricColumn
from runcase.store.connection import ReadConnection
from runcase.store.frame import RunFrame
from runcase.store.records import ColumnKey, Kind, Lifecycle
from runcase.store.search import parse, parse_order

Format = Literal["table", "csv", "json"]

ATTRIBUTES = ("run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time")
_PREFIXES = {"metrics": Kind.METRIC, "params": Kind.PARAM, "tags": Kind.TAG}
_FEW_ROWS = 2_000  # up to so many rows are read by run, more by whole columns


def runs(
    path: str,
    experiment: str | None = None,
    filter_text: str = "",
    order_by: Sequence[str] = (),
    columns: Sequence[str] | None = None,
    deleted: Lifecycle = Lifecycle.ACTIVE,
    limit: int | None = None,
    output: Format = "table",
) -> int:
    """Print runs; returns the exit code.

    Args:
        path: The store.
        experiment: An experiment's id or else its exact name; None for all active ones.
        filter_text: What to keep, in MLflow's language.
        order_by: MLflow's order_by clauses.
        columns: Names as `mlflow.search_runs` gives them; None for all there are.
        deleted: Which runs by their lifecycle.
        limit: At most so many.
        output: As what.

    Raises:
        FilterError: A mistake in the filter, the ordering or the columns.
        RuncaseError: The store cannot be read, or has no such experiment.
    """
    wanted = parse(filter_text)
    order = parse_order(order_by)
    shown = None if columns is None else _named(columns)
    with opened(path) as store, store.read() as connection:
        ids = None if experiment is None else _experiment_ids(connection, experiment)
        frame = frames.load(connection, ids, deleted)
        frames.load_columns(connection, frame, wanted.columns() | order.columns())
        rows = order.apply(frame, np.flatnonzero(wanted.mask(frame)))[:limit]
        if shown is None:
            keys = frames.keys(connection, frame.attribute("experiment_id").categories)
            attributes = [ColumnKey(Kind.ATTRIBUTE, name) for name in ATTRIBUTES]
            _load(connection, frame, rows, attributes + keys)
            shown = attributes + [key for key in keys if _is_used(frame, rows, key)]
        else:
            _load(connection, frame, rows, shown)
    _write(sys.stdout, output, frame, rows, shown, named=columns is not None)
    return 0


def _write(
    out: TextIO,
    output: Format,
    frame: RunFrame,
    rows: npt.NDArray[np.int64],
    columns: Sequence[ColumnKey],
    named: bool,
) -> None:
    if output == "json":
        write_json(out, frame, rows, columns, named)
    elif output == "csv":
        write_csv(out, frame, rows, columns)
    else:
        left_out = write_table(out, frame, rows, columns, named)
        if left_out:
            print(f"{left_out} more columns: name some with --columns.", file=sys.stderr)


def _experiment_ids(connection: ReadConnection, text: str) -> list[str]:
    known = experiments.list_experiments(connection)
    by_id = [one.experiment_id for one in known if one.experiment_id == text]
    # A name may be there once in each workspace.
    found = by_id or [one.experiment_id for one in known if one.name == text]
    if not found:
        names = ", ".join(one.name for one in known[:5])
        raise StoreError(
            f"There is no experiment {text!r}.", f"There are: {names}." if names else ""
        )
    return found


def _named(columns: Sequence[str]) -> list[ColumnKey]:
    found: list[ColumnKey] = []
    position = 0
    for name in columns:
        prefix, dot, key = name.partition(".")
        if name in ATTRIBUTES:
            found.append(ColumnKey(Kind.ATTRIBUTE, name))
        elif prefix in _PREFIXES and dot and key:
            found.append(ColumnKey(_PREFIXES[prefix], key))
        else:
            raise FilterError(
                f"There is no column {name!r}.",
                position,
                len(name),
                f"Columns are metrics.KEY, params.KEY, tags.KEY, {', '.join(ATTRIBUTES)}.",
            )
        position += len(name) + 1
    return found


def _load(
    connection: ReadConnection,
    frame: RunFrame,
    rows: npt.NDArray[np.int64],
    keys: Sequence[ColumnKey],
) -> None:
    if len(rows) > _FEW_ROWS or not connection.features.has(schema.latest_metrics):
        frames.load_columns(connection, frame, keys)
    else:
        frames.load_rows(connection, frame, rows.tolist(), keys)


def _is_used(frame: RunFrame, rows: npt.NDArray[np.int64], key: ColumnKey) -> bool:
    column = frame.columns[key]
    if isinstance(column, MetricColumn):
        return bool(column.present[rows].any())
    return bool((column.codes[rows] >= 0).any())
