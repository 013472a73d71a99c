"""Histories and summaries against what sqlite3 says, for each kind of index."""

import math
import sqlite3

import numpy as np
import pytest

from made import VERSIONS, unpack
from runcase.store import metrics
from runcase.store.engine import Store
from small_store import make_store, run_id


def raw_points(path, run, key):
    connection = sqlite3.connect(path)
    columns = [row[1] for row in connection.execute("PRAGMA table_info(metrics)")]
    nan = "is_nan" if "is_nan" in columns else "0"
    rows = connection.execute(
        f"SELECT step, timestamp, value, {nan} FROM metrics WHERE run_uuid = ? AND key = ?",
        (run, key),
    ).fetchall()
    connection.close()
    return rows


def as_points(rows):
    found = []
    for step, timestamp, value, nan in rows:
        real = math.nan if nan else value
        found.append((step, timestamp, repr(metrics.as_logged(real, nan))))
    return sorted(found)


def all_keys(path):
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT DISTINCT run_uuid, key FROM metrics").fetchall()
    connection.close()
    return rows


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("chunk", [3, 20_000])
def test_histories_lose_no_point(version, chunk, tmp_path, monkeypatch):
    monkeypatch.setattr(metrics, "_CHUNK", chunk)
    path = unpack(version, tmp_path)
    store = Store.open(path)
    pairs = all_keys(path)[: 30 if chunk == 3 else None]
    with store.read() as connection:
        for found in metrics.histories(connection, pairs):
            want = as_points(raw_points(path, found.run_id, found.key))
            got = zip(
                found.step.tolist(), found.timestamp.tolist(), found.value.tolist(), strict=True
            )
            assert sorted((step, time, repr(value)) for step, time, value in got) == want
            order = np.lexsort((found.timestamp, found.step))
            assert (np.diff(order) == 1).all()
    store.close()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("chunk", [4, 20_000])
def test_summaries_cover_the_whole_history(version, chunk, tmp_path, monkeypatch):
    monkeypatch.setattr(metrics, "_CHUNK", chunk)
    path = unpack(version, tmp_path)
    store = Store.open(path)
    runs = sorted({run for run, _ in all_keys(path)})
    with store.read() as connection:
        for run in runs[:6]:
            for found in metrics.summaries(connection, run):
                points = raw_points(path, run, found.key)
                real = [metrics.as_logged(row[2], 0) for row in points if not row[3]]
                assert found.points == len(points)
                assert repr(found.minimum) == repr(min(real, default=math.nan))
                assert repr(found.maximum) == repr(max(real, default=math.nan))
                step, time, value, nan = max(points, key=lambda row: row[:3])
                assert (found.step, found.timestamp) == (step, time)
                assert repr(found.last) == repr(metrics.as_logged(value, nan))
    store.close()


def test_ties_in_step_and_time_are_all_there(tmp_path, monkeypatch):
    monkeypatch.setattr(metrics, "_CHUNK", 10)
    path = make_store(tmp_path / "mlflow.db")
    raw = sqlite3.connect(path)
    rows = [("loss", float(number), 5, run_id(0), 1) for number in range(100)]
    raw.executemany("INSERT INTO metrics VALUES (?, ?, ?, ?, ?)", rows)
    raw.commit()
    for index in (
        None,
        "CREATE INDEX one ON metrics (run_uuid)",
        "CREATE INDEX two ON metrics (run_uuid, key, step)",
    ):
        if index:
            raw.execute(index)
            raw.commit()
        store = Store.open(path)
        with store.read() as connection:
            found = metrics.history(connection, run_id(0), "loss")
            assert sorted(found.value.tolist()) == [float(number) for number in range(100)]
            assert metrics.summaries(connection, run_id(0))[0].points == 100
        store.close()
    raw.close()


def test_a_metric_that_is_not_there_is_empty(tmp_path):
    store = Store.open(make_store(tmp_path / "mlflow.db"))
    with store.read() as connection:
        assert len(metrics.history(connection, run_id(0), "none")) == 0
        assert metrics.summaries(connection, run_id(0)) == []
    store.close()


def test_the_plan_follows_the_index(tmp_path):
    """A history must never read the key of all runs where an index of the run exists."""
    for version, index in (("2.14.3", "index_metrics_run_uuid"), ("3.18.0", "run_uuid_key_step")):
        path = unpack(version, tmp_path / version)
        seen: list[str] = []
        store = Store.open(path)
        with store.read() as connection:
            connection._raw.set_trace_callback(seen.append)
            metrics.history(connection, "0" * 32, "loss")
            connection._raw.set_trace_callback(None)
            for sql in seen:
                plan = str(connection.rows(f"EXPLAIN QUERY PLAN {sql}"))
                assert index in plan
                assert "USE TEMP B-TREE" not in plan
        store.close()
