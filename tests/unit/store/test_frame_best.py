"""Least, greatest, mean, first and other values of metrics against plain Python."""

import math
import sqlite3

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from made import VERSIONS, unpack
from runcase.errors import CancelledError
from runcase.progress import Progress
from runcase.store import frame, frame_points
from runcase.store.create import create
from runcase.store.engine import Store
from runcase.store.frame_best import AtStep, BestOf
from runcase.store.frame_points import Points
from runcase.store.metrics import histories
from runcase.store.records import ColumnKey, Kind, Lifecycle, Run
from runcase.store.write import Point, writing

HOWS = ("min", "max", "mean", "first", "step of min", "step of max", "at:0", "at:2")
LARGEST = 1.7976931348623157e308


def of(how, name="loss"):
    return ColumnKey(Kind.METRIC, name, how)


def mean(values):
    if any(map(math.isinf, values)):
        return sum(values)  # an infinity, or NaN where both are there
    return math.fsum(value / len(values) for value in values)


def wanted(how, points):
    """The same by plain Python from (step, timestamp, value) points; None is missing."""
    if how.startswith("at:"):
        points = [point for point in points if point[0] == int(how[3:])]
    if not points:
        return None
    stored = [
        (s, t, 0.0 if math.isnan(v) else max(min(v, LARGEST), -LARGEST), v) for s, t, v in points
    ]
    if how.startswith("at:"):
        return max(stored, key=lambda point: point[1:3])[3]
    if how == "first":
        return min(stored, key=lambda point: point[:3])[3]
    numbers = [(value, step) for step, _, value in points if not math.isnan(value)]
    if how.startswith("step"):
        pick = min if how.endswith("min") else max
        best = pick((value for value, _ in numbers), default=None)
        return min((step for value, step in numbers if value == best), default=None)
    if not numbers:
        return math.nan
    values = [value for value, _ in numbers]
    return {"min": min, "max": max, "mean": mean}[how](values)


def check(column, row, want):
    assert bool(column.present[row]) == (want is not None)
    if want is not None:
        assert bool(column.nan[row]) == math.isnan(want)
    assert column.values[row] == pytest.approx(math.nan if want is None else want, nan_ok=True)


numbers = st.one_of(
    st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -1.5, 1e300]),
    st.floats(-100, 100).map(lambda value: round(value, 1)),
)
# At one (step, timestamp), NaN and 0 are stored alike but for the flag: MLflow keeps either.
one_point = st.tuples(st.integers(-1, 3), st.integers(0, 3), numbers).filter(
    lambda point: point[2] != 0 or point[1] != 1
)


@given(st.lists(st.lists(one_point, max_size=8), min_size=1, max_size=4), st.data())
def test_any_points_in_any_order_of_chunks(histories_, data):
    histories_ = [
        [p for p in points if not (p[2] == 0 and any(math.isnan(q[2]) for q in points))]
        for points in histories_
    ]
    every = [(row, *point) for row, points in enumerate(histories_) for point in points]
    every = data.draw(st.permutations(every))
    cut = data.draw(st.integers(0, len(every)))
    best, at = BestOf.empty(len(histories_)), AtStep.empty(len(histories_))
    for chunk in (every[:cut], every[cut:]):
        if chunk:
            row, step, time, value = (np.array(each) for each in zip(*chunk, strict=True))
            nan = np.isnan(value.astype(float))
            stored = np.clip(np.where(nan, 0.0, value.astype(float)), -LARGEST, LARGEST)
            points = Points(row, step, time, stored, nan)
            best.add(points)
            of_step = Points(*(each[step == 2] for each in points))
            if len(of_step.row):
                at.add(of_step)
    for row, points in enumerate(histories_):
        for how in HOWS[:6]:
            check(best.column(how), row, wanted(how, points))
        check(at.column(), row, wanted("at:2", points))


@pytest.mark.parametrize("version", VERSIONS)
def test_the_stores_of_every_version(version, tmp_path):
    with Store.open(unpack(version, tmp_path)).read() as connection:
        runs = frame.load(connection, None, Lifecycle.ALL)
        keys = [key.key for key in frame.keys(connection) if key.kind is Kind.METRIC]
        frame.load_columns(connection, runs, [of(how, key) for key in keys for how in HOWS])
        for key in keys:
            known = histories(connection, [(run_id, key) for run_id in runs.ids])
            for row, one in enumerate(known):
                points = list(
                    zip(one.step.tolist(), one.timestamp.tolist(), one.value.tolist(), strict=True)
                )
                for how in HOWS:
                    check(runs.columns[of(how, key)], row, wanted(how, points))


def store_of(path, histories_):
    create(path, "/artifacts", 1)
    with writing(path) as writer:
        for at, points in enumerate(histories_):
            run = Run(f"r{at}", "x", "0", "FINISHED", 9, None, "active", None)
            writer.run(run, {}, {})
            writer.metrics(run.run_id, [Point("loss", v, t, s) for s, t, v in points])
    return Store.open(path)


def test_long_histories_are_read_in_pieces(tmp_path, monkeypatch):
    """Statements that bring too much are made smaller, down to pieces of one run."""
    monkeypatch.setattr(frame_points, "_LIMIT", 16)
    long = [(step, step, float((step * 7) % 50)) for step in range(50)]
    store = store_of(
        tmp_path / "mlflow.db", [long, [(1, 1, 2.0)], [], long[::-1], [(0, 0, 1.0)] * 1]
    )
    with store.read() as connection:
        runs = frame.load(connection, None, Lifecycle.ACTIVE)
        frame.load_columns(connection, runs, [of(how) for how in HOWS])
    for run_id, points in (("r0", long), ("r1", [(1, 1, 2.0)]), ("r2", []), ("r3", long)):
        for how in HOWS:
            check(runs.columns[of(how)], runs.row_of(run_id), wanted(how, points))


def test_asking_for_more_of_a_metric_reads_nothing(tmp_path):
    store = store_of(tmp_path / "mlflow.db", [[(1, 1, 2.0)]])
    with store.read() as connection:
        runs = frame.load(connection, None, Lifecycle.ACTIVE)
        frame.load_columns(connection, runs, [of("min")])
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(connection, "array", None)
            frame.load_columns(connection, runs, [of("max"), of("mean")])
    runs.forget([of("min"), of("max")])
    assert set(runs.best) == {"loss"}
    runs.forget([of("mean")])
    assert not runs.best


def test_points_that_are_no_numbers_are_left_out(tmp_path):
    path = tmp_path / "mlflow.db"
    store_of(path, [[(1, 1, 2.0), (2, 2, 3.0), (3, 3, 4.0)]]).close()
    with sqlite3.connect(path) as db:
        db.execute("UPDATE metrics SET value = 'much' WHERE step = 1")
    db.close()
    with Store.open(path).read() as connection:
        runs = frame.load(connection, None, Lifecycle.ACTIVE)
        frame.load_columns(connection, runs, [of("min"), of("max")])
    assert (runs.columns[of("min")].values[0], runs.columns[of("max")].values[0]) == (3, 4)


def test_reading_can_be_cancelled(tmp_path):
    store = store_of(tmp_path / "mlflow.db", [[(1, 1, 2.0)], [(1, 1, 2.0)]])
    progress = Progress()
    with store.read(progress) as connection:
        runs = frame.load(connection, None, Lifecycle.ACTIVE)
        progress.cancel()
        with pytest.raises(CancelledError):
            frame.load_columns(connection, runs, [of("min")])
    assert not runs.columns.get(of("min"))
