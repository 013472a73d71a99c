"""A known history is brought up to date by what was added, and is right whatever happened."""

import sqlite3

import numpy as np
import pytest

from made import unpack
from runcase.store import metric_updates
from runcase.store.engine import Store
from runcase.store.history import POINT, history_of
from runcase.store.metric_updates import end_of, is_long, sample, updated
from runcase.store.metrics import history

KEY = "grown"


@pytest.fixture
def store(tmp_path):
    path = unpack("3.18.0", tmp_path)
    opened = Store.open(path)
    yield opened
    opened.close()


def run_of(store):
    connection = sqlite3.connect(store.path)
    (run,) = connection.execute("SELECT run_uuid FROM runs LIMIT 1").fetchone()
    connection.close()
    return run


def add(store, rows, key=KEY, latest=True):
    """Write points (step, time, value) as MLflow does."""
    connection = sqlite3.connect(store.path)
    run = run_of(store)
    connection.executemany(
        "INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) "
        "VALUES (?, ?, ?, ?, ?, 0)",
        [(key, value, time, run, step) for step, time, value in rows],
    )
    if latest:
        step, time, value = max(rows)
        connection.execute(
            "INSERT OR REPLACE INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) "
            "VALUES (?, ?, ?, ?, 0, ?)",
            (key, value, time, step, run),
        )
    connection.commit()
    connection.close()


def read(store, known=None):
    with store.read() as connection:
        return updated(connection, known, run_of(store), KEY, end_of(connection))


def points(found):
    return list(
        zip(found.step.tolist(), found.timestamp.tolist(), found.value.tolist(), strict=True)
    )


def whole(store):
    with store.read() as connection:
        return points(history(connection, run_of(store), KEY))


@pytest.fixture
def reads(monkeypatch):
    """Count how often a history is read from scratch."""
    counted = []

    def counting(connection, *more):
        counted.append(more)
        return history(connection, *more)

    monkeypatch.setattr(metric_updates, "history", counting)
    return counted


def test_nothing_is_read_while_nothing_is_added(store, reads):
    add(store, [(step, step, step / 2) for step in range(10)])
    known = read(store)
    assert points(known) == whole(store)
    assert read(store, known) is known
    assert len(reads) == 1


def test_added_points_are_read_alone(store, reads):
    add(store, [(step, step, step / 2) for step in range(10)])
    known = read(store)
    add(store, [(step, step, -1.0) for step in range(10, 15)])
    add(store, [(1, 1, 7.0)], key="another")
    grown = read(store, known)
    assert points(grown) == whole(store)
    add(store, [(3, 99, 8.0)], latest=False)  # a step of before
    grown = read(store, grown)
    assert points(grown) == whole(store)
    assert (3, 99, 8.0) in points(grown)
    assert len(reads) == 1


def test_what_was_deleted_or_numbered_anew_is_read_from_scratch(store, reads):
    add(store, [(step, step, 1.0) for step in range(10)])
    known = read(store)
    connection = sqlite3.connect(store.path)
    connection.execute("DELETE FROM metrics WHERE key = ? AND step > 4", (KEY,))
    connection.execute("UPDATE latest_metrics SET step = 4, timestamp = 4 WHERE key = ?", (KEY,))
    connection.commit()
    connection.close()
    add(store, [(step, step, 2.0) for step in range(5, 30)])
    assert points(read(store, known)) == whole(store)
    assert len(reads) == 2


def test_a_latest_value_that_is_not_among_the_points_is_looked_for(store, reads):
    add(store, [(0, 0, 1.0)])
    known = read(store)
    connection = sqlite3.connect(store.path)
    connection.execute("UPDATE metrics SET step = 50 WHERE key = ?", (KEY,))
    connection.execute("UPDATE latest_metrics SET step = 50 WHERE key = ?", (KEY,))
    connection.commit()
    connection.close()
    add(store, [(1, 1, 1.0)], key="another")
    assert points(read(store, known)) == whole(store) == [(50, 0, 1.0)]
    assert len(reads) == 2


def test_a_sample_is_of_the_points_and_reaches_from_end_to_end(store, monkeypatch):
    monkeypatch.setattr(metric_updates, "LONG", 1_000)
    steps = np.cumsum(np.random.default_rng(3).integers(0, 5, 30_000)).tolist()
    add(store, [(step, at, float(at)) for at, step in enumerate(steps)])
    add(store, [(2**62, 10**6, -1.0)])
    run = run_of(store)
    with store.read() as connection:
        assert is_long(connection, run, KEY)
        assert not is_long(connection, run, "none")
        found = sample(connection, run, KEY, 500)
        assert len(sample(connection, run, "none", 500)) == 0
    every = set(whole(store))
    assert set(points(found)) <= every
    assert (found.step[0], found.step[-1]) == (steps[0], 2**62)
    assert len(found) <= 500


def test_a_sample_of_even_steps_is_even(store):
    add(store, [(step, step, 0.5) for step in range(30_000)])
    with store.read() as connection:
        found = sample(connection, run_of(store), KEY, 300)
    assert len(found) == 300
    assert np.diff(found.step).max() <= 101


def test_a_database_without_the_index_is_not_sampled(tmp_path):
    store = Store.open(unpack("1.30.0", tmp_path))
    add(store, [(step, step, 0.5) for step in range(25_000)])
    with store.read() as connection:
        assert not is_long(connection, run_of(store), KEY)
    assert points(read(store)) == whole(store)
    store.close()


@pytest.mark.parametrize(
    "rows",
    [
        [(0, 5, 1.0), (1, 4, 2.0), (2, 3, 3.0)],
        [(0, 5, 1.0), (0, 4, 2.0), (2, 3, 3.0)],
        [(2**62, 1, 1.0), (-(2**63), 2, 2.0), (0, 0, 3.0)],
        [(3, 1, 1.0)],
        [],
    ],
)
def test_points_are_sorted_by_step_and_time(rows):
    chunk = np.array([(at, *row, 0) for at, row in enumerate(rows)], POINT)
    assert points(history_of("r", KEY, [chunk])) == sorted(rows)
