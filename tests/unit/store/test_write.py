"""Rows are written as MLflow would write them."""

import math
import sqlite3
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from runcase.store.create import create
from runcase.store.records import Run
from runcase.store.write import Point, writing

RUN = Run("r", "name", "0", "FINISHED", 1, 2, "active", "/artifacts/r", "ada")
LARGEST = 1.7976931348623157e308


@pytest.fixture
def path(tmp_path):
    database = tmp_path / "mlflow.db"
    create(database, "/artifacts", 1)
    return database


def rows(path, sql):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def test_a_run_has_its_name_and_user_as_tags(path):
    with writing(path) as writer:
        writer.run(RUN, {"lr": "0.1"}, {"team": "a"})
    assert rows(path, "SELECT name, source_type, source_name, status FROM runs") == [
        ("name", "UNKNOWN", "", "FINISHED")
    ]
    assert rows(path, "SELECT key, value FROM tags ORDER BY key") == [
        ("mlflow.runName", "name"),
        ("mlflow.user", "ada"),
        ("team", "a"),
    ]


def test_nan_and_infinity_are_stored_as_mlflow_stores_them(path):
    points = [Point("a", value, 1, 0) for value in (math.nan, math.inf, -math.inf)]
    with writing(path) as writer:
        writer.run(RUN, {}, {})
        writer.metrics("r", points)
    assert rows(path, "SELECT value, is_nan FROM metrics ORDER BY value") == [
        (-LARGEST, 0),
        (0.0, 1),
        (LARGEST, 0),
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(
    st.lists(
        st.lists(
            st.tuples(st.integers(0, 2), st.integers(0, 2), st.sampled_from([-1.0, 0.0, math.nan])),
            max_size=5,
        ),
        max_size=3,
    )
)
def test_the_latest_is_the_greatest_step_time_and_value(path, batches):
    with writing(path) as writer:
        for table in ("metrics", "latest_metrics", "tags", "runs"):
            writer._connection.exec_driver_sql(f"DELETE FROM {table}")
        writer.run(RUN, {}, {})
        for batch in batches:
            writer.metrics("r", [Point("a", value, time, step) for step, time, value in batch])
    every = [
        (step, time, 0.0 if math.isnan(value) else value)
        for batch in batches
        for step, time, value in batch
    ]
    found = rows(path, "SELECT step, timestamp, value FROM latest_metrics")
    assert found == ([max(every)] if every else [])
    assert rows(path, "SELECT count(*) FROM metrics") == [
        (len({(s, t, str(v)) for batch in batches for s, t, v in batch}),)
    ]


def test_nothing_is_kept_of_what_failed(path):
    def fail():
        with writing(path) as writer:
            writer.run(RUN, {}, {})
            writer.run(RUN, {}, {})

    with pytest.raises(IntegrityError):
        fail()
    assert rows(path, "SELECT count(*) FROM runs") == [(0,)]


def test_an_experiment_is_deleted_with_its_runs(path):
    with writing(path) as writer:
        number = writer.next_experiment_id()
        writer.experiment(number, "e", "/artifacts/1", 5, {"team": "a"})
        writer.run(Run("s", "x", str(number), "FAILED", 1, 2, "active", None), {}, {})
        writer.delete_experiment(number, 9)
    assert rows(path, "SELECT lifecycle_stage, last_update_time FROM experiments WHERE name='e'")[
        0
    ] == ("deleted", 9)
    assert rows(path, "SELECT lifecycle_stage, deleted_time FROM runs") == [("deleted", 9)]


def test_an_alias_moves(path):
    with writing(path) as writer:
        writer.alias("m", "prod", 1)
        writer.alias("m", "prod", 2)
    assert rows(path, "SELECT alias, version FROM registered_model_aliases") == [("prod", 2)]
