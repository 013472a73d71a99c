"""Makes `RunFrame`s without a database, for what works on arrays only."""

from collections.abc import Mapping, Sequence

import numpy as np

from runcase.store.columns import Column, DatasetColumn, MetricColumn, TextColumn
from runcase.store.frame import ARTIFACT_URI, MISSING, PARENT, RunFrame, RunIds
from runcase.store.records import ColumnKey, Kind, Lifecycle


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
        ids=RunIds(ids),
        rowid=np.arange(count),
        start_time=times(starts),
        end_time=times(ends),
        parent=np.array(above, dtype=np.int32),
        store_runs=count,
        attributes={
            "experiment_id": text(["0"] * count),
            "status": text(list(statuses or ["FINISHED"] * count)),
            "lifecycle_stage": text(["active"] * count),
            "user_id": text(list(users or ["ada"] * count)),
            "run_name": text(list(names or ids)),
        },
    )
    made.columns.update(columns or {})
    made.columns[ARTIFACT_URI] = text([f"/a/{run_id}" for run_id in ids])
    made.columns[PARENT] = text([None if row < 0 else ids[row] for row in above])
    made.columns.setdefault(ColumnKey(Kind.TAG, "mlflow.runName"), text(list(names or ids)))
    return made
