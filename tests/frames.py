"""Makes `RunFrame`s without a database, for what works on arrays only."""

from collections.abc import Mapping, Sequence

import numpy as np

from runcase.store.columns import Column, DatasetColumn, MetricColumn, TextColumn
from runcase.store.frame import MISSING, RunFrame
from runcase.store.records import ColumnKey, Kind, Lifecycle


def objects(values: Sequence[object]) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def metric(values: Sequence[float | None]) -> MetricColumn:
    """None is absent, NaN was logged."""
    numbers = np.array([np.nan if value is None else value for value in values], dtype=float)
    present = np.array([value is not None for value in values], dtype=bool)
    return MetricColumn(numbers, present, present & np.isnan(numbers))


def text(values: Sequence[str | None]) -> TextColumn:
    return TextColumn.of(values, len(values))


def datasets(values: Sequence[tuple[str, ...]]) -> DatasetColumn:
    categories = list(dict.fromkeys(values))
    codes = np.array([categories.index(value) for value in values], dtype=np.int32)
    return DatasetColumn(codes, categories)


def frame(
    count: int,
    columns: Mapping[ColumnKey, Column] | None = None,
    *,
    parents: Sequence[int] | None = None,
    starts: Sequence[int | None] | None = None,
    ends: Sequence[int | None] | None = None,
    statuses: Sequence[str] | None = None,
    users: Sequence[str | None] | None = None,
    names: Sequence[str] | None = None,
) -> RunFrame:
    """Rows are taken to be in MLflow's order already: ids rise, start times fall or are equal."""

    def times(values):
        given = values or [count - row for row in range(count)]
        return np.array([MISSING if value is None else value for value in given], dtype=np.int64)

    ids = [f"{row:04}" for row in range(count)]
    above = list(parents or [-1] * count)
    made = RunFrame(
        experiment_ids=("0",),
        lifecycle=Lifecycle.ACTIVE,
        ids=objects(ids),
        rowid=np.arange(count),
        experiment_id=objects(["0"] * count),
        status=objects(list(statuses or ["FINISHED"] * count)),
        start_time=times(starts),
        end_time=times(ends),
        lifecycle_stage=objects(["active"] * count),
        user_id=objects(list(users or ["ada"] * count)),
        artifact_uri=objects([f"/a/{run_id}" for run_id in ids]),
        name=objects(list(names or ids)),
        parent=np.array(above, dtype=np.int64),
        parent_id=objects([None if row < 0 else ids[row] for row in above]),
        store_runs=count,
    )
    made.columns.update(columns or {})
    made.columns.setdefault(ColumnKey(Kind.TAG, "mlflow.runName"), text(list(names or ids)))
    return made
