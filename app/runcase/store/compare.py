"""Reads the runs that are compared: their rows, metrics, params, tags and datasets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from runcase.store import datasets, models
from runcase.store.connection import ReadConnection
from runcase.store.experiments import get_experiment
from runcase.store.frame_arrays import RunFrame
from runcase.store.frame_best import best_column
from runcase.store.frame_ids import RunIds
from runcase.store.metrics import latest
from runcase.store.records import ColumnKey, Dataset, Experiment, Kind, Lifecycle, LoggedModel, Run
from runcase.store.runs import get_run, params_of, tags_of

LEAST, MOST = 2, 200  # runs that can be compared

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """What is compared of one run; `metrics` are its latest values."""

    run: Run
    experiment: Experiment
    metrics: Mapping[str, float]
    params: Mapping[str, str]
    tags: Mapping[str, str]
    datasets: tuple[Dataset, ...]
    models: tuple[LoggedModel, ...] = ()


@dataclass(frozen=True, slots=True)
class ComparedRuns:
    """The runs that were found, in the order asked for, and the ids of those that are gone.

    `frame` has just these runs; the histories that `best_values` reads are summed up in it.
    """

    runs: tuple[ComparedRun, ...]
    gone: tuple[str, ...]
    frame: RunFrame = field(repr=False, compare=False)

    def metric_keys(self) -> list[str]:
        """Return the keys of all metrics in order."""
        return sorted({key for each in self.runs for key in each.metrics})


def read_runs(connection: ReadConnection, run_ids: Sequence[str]) -> ComparedRuns:
    """Read runs of any experiments; each takes a few short statements."""
    found: list[ComparedRun] = []
    gone: list[str] = []
    experiments: dict[str, Experiment] = {}
    wanted = list(dict.fromkeys(run_ids))[:MOST]
    for done, run_id in enumerate(wanted):
        connection.progress.report(done, len(wanted), "runs")
        run = get_run(connection, run_id)
        if run is None:
            gone.append(run_id)
            continue
        at = run.experiment_id
        if at not in experiments:
            known = get_experiment(connection, at)
            experiments[at] = known or Experiment(at, "", None, "active")
        found.append(
            ComparedRun(
                run=run,
                experiment=experiments[at],
                metrics={metric.key: metric.value for metric in latest(connection, run_id)},
                params=params_of(connection, run_id),
                tags=tags_of(connection, run_id),
                datasets=tuple(datasets.for_run(connection, run_id)),
                models=tuple(models.of_run(connection, run_id)),
            )
        )
    return ComparedRuns(tuple(found), tuple(gone), _frame_of(found))


def best_values(
    connection: ReadConnection, compared: ComparedRuns, how: str
) -> list[dict[str, float]]:
    """Return another value than the latest of every metric of each run.

    Args:
        connection: Where from.
        compared: The runs.
        how: min, max, mean or first, as in `ColumnKey`.
    """
    found: list[dict[str, float]] = [{} for _ in compared.runs]
    keys = compared.metric_keys()
    for done, key in enumerate(keys):
        connection.progress.report(done, len(keys), "metrics")
        column = best_column(connection, compared.frame, ColumnKey(Kind.METRIC, key, how))
        for at in np.flatnonzero(column.present).tolist():
            found[at][key] = float(column.values[at])
    return found


def _frame_of(runs: Sequence[ComparedRun]) -> RunFrame:
    """Return a frame of just these runs, in which histories can be summed up."""
    count = len(runs)
    none = np.zeros(count, np.int64)
    return RunFrame(
        experiment_ids=(),
        lifecycle=Lifecycle.ALL,
        ids=RunIds([each.run.run_id for each in runs]),
        rowid=none,
        start_time=none,
        end_time=none,
        parent=np.full(count, -1, np.int32),
        store_runs=count,
        attributes={},
    )
