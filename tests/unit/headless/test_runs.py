"""`runcase runs`: which runs, in which order, in which form."""

import csv
import io
import json
import math

import pytest

from made import expected, unpack
from runcase.errors import FilterError, RuncaseError
from runcase.headless.runs import runs
from runcase.store.create import create
from runcase.store.records import Lifecycle, Run
from runcase.store.write import Point, writing


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "mlflow.db"
    create(path, "/artifacts", 1)
    with writing(path) as writer:
        writer.experiment(1, "one", "/artifacts/1", 1)
        writer.experiment(2, "1", "/artifacts/2", 1)
        for number, value in enumerate((1.5, math.nan, math.inf, None)):
            run = Run(
                f"r{number}",
                f"run {number}",
                "1",
                "FINISHED",
                1_000 - number,
                2_000,
                "active",
                "/a",
            )
            writer.run(run, {"p": str(number)} if number else {}, {"long": "x\ny" * 40})
            if value is not None:
                writer.metrics(run.run_id, [Point("m", value, 5, 0)])
        deleted = Run("gone", "gone", "1", "FAILED", 5, None, "deleted", "/a")
        writer.run(deleted, {}, {}, deleted_ms=9)
        writer.run(Run("other", "other", "2", "FINISHED", 7, 8, "active", "/a"), {}, {})
    return str(path)


def as_json(capsys, *arguments, **options):
    assert runs(*arguments, output="json", **options) == 0
    return json.loads(capsys.readouterr().out)


def test_json_is_a_list_of_objects_with_mlflows_names(store, capsys):
    found = as_json(capsys, store, "one")
    assert [one["run_id"] for one in found] == ["r0", "r1", "r2", "r3"]
    assert found[0] == {
        "run_id": "r0",
        "experiment_id": "1",
        "status": "FINISHED",
        "artifact_uri": "/a",
        "start_time": 1_000,
        "end_time": 2_000,
        "metrics.m": 1.5,
        "tags.long": "x\ny" * 40,
        "tags.mlflow.runName": "run 0",
        "tags.mlflow.user": "",
    }
    assert [one.get("metrics.m") for one in found] == [1.5, "nan", "inf", None]


def test_named_columns_are_all_there(store, capsys):
    found = as_json(capsys, store, "one", columns=["params.p", "metrics.none"])
    assert found[0] == {"run_id": "r0", "params.p": None, "metrics.none": None}


def test_an_experiment_is_named_by_id_first(store, capsys):
    assert len(as_json(capsys, store, "1")) == 4
    assert [one["run_id"] for one in as_json(capsys, store, "2")] == ["other"]
    assert len(as_json(capsys, store)) == 5
    with pytest.raises(RuncaseError, match="There is no experiment 'three'"):
        runs(store, "three")


def test_filter_order_limit_and_lifecycle(store, capsys):
    def ids(**options):
        return [one["run_id"] for one in as_json(capsys, store, "1", **options)]

    assert ids(filter_text="metrics.m > 1") == ["r0", "r2"]
    assert ids(order_by=["metrics.m DESC"]) == ["r2", "r0", "r1", "r3"]
    assert ids(order_by=["params.p DESC"], limit=2) == ["r3", "r2"]
    assert ids(limit=0) == []
    assert ids(deleted=Lifecycle.DELETED) == ["gone"]
    assert len(ids(deleted=Lifecycle.ALL)) == 5


def test_mistakes_have_a_position(store):
    with pytest.raises(FilterError) as caught:
        runs(store, filter_text="metrics.m > 1 OR AND")
    assert caught.value.position == 19
    with pytest.raises(FilterError, match="no column 'rmse'") as caught:
        runs(store, columns=["run_id", "rmse"])
    assert caught.value.position == 7


def test_csv_can_be_read_back(store, capsys):
    runs(store, "1", output="csv", columns=["run_id", "start_time", "metrics.m", "tags.long"])
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out)))
    assert rows[0] == ["run_id", "start_time", "metrics.m", "tags.long"]
    assert rows[1] == ["r0", "1970-01-01T00:00:01.000Z", "1.5", "x\ny" * 40]
    assert [row[2] for row in rows[1:]] == ["1.5", "nan", "inf", ""]


def test_a_table_is_aligned_and_fits(store, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "64")
    runs(store, "1")
    answer = capsys.readouterr()
    lines = answer.out.splitlines()
    assert lines[0].split() == ["run_id", "tags.mlflow.runName", "status", "start_time"]
    assert all(len(line) <= 64 for line in lines)
    assert "more columns" in answer.err
    runs(store, "1", columns=["metrics.m", "tags.long", "run_id"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("metrics.m")
    assert [line[:9] for line in lines[1:]] == ["      1.5", "      nan", "      inf", " " * 9]
    assert "\n" not in lines[1]


def test_no_runs_are_an_empty_list(store, capsys):
    assert as_json(capsys, store, "0") == []
    runs(store, "0", output="csv")
    assert capsys.readouterr().out.startswith("run_id,")
    assert runs(store, "0") == 0


@pytest.mark.parametrize("version", ["1.0.0", "2.3.2", "3.18.0"])
def test_an_old_and_a_new_store_answer_alike(version, tmp_path, capsys):
    want = expected(version)
    path = str(unpack(version, tmp_path))
    for experiment_id, ids in want["search_order_active"].items():
        found = as_json(capsys, path, experiment_id)
        assert [one["run_id"] for one in found] == ids
        for one in found:
            run = want["runs"][one["run_id"]]
            params = {f"params.{key}": value for key, value in run["params"].items()}
            assert {key: one[key] for key in one if key.startswith("params.")} == params
            metrics = {key for key in one if key.startswith("metrics.")}
            assert metrics == {f"metrics.{key}" for key in run["metrics"]}
