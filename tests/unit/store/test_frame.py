"""Loading runs and their columns from stores that MLflow wrote, and from some it would not."""

import math

import pytest

from made import VERSIONS, expected, unpack
from runcase.store import frame, frame_columns
from runcase.store.columns import DatasetColumn, MetricColumn, TextColumn
from runcase.store.create import create
from runcase.store.engine import Store
from runcase.store.frame import MISSING, PARENT
from runcase.store.records import ColumnKey, Dataset, Kind, Lifecycle, Run
from runcase.store.write import Point, writing


@pytest.fixture
def opened():
    stores = []

    def open_path(path):
        stores.append(Store.open(path))
        return stores[-1]

    yield open_path
    for store in stores:
        store.close()


@pytest.fixture
def made(tmp_path):
    """An empty store, and a way to add runs to it."""
    path = tmp_path / "mlflow.db"
    create(path, "/artifacts", 1)

    def add(run_id, *, start=1, name="", tags=None, params=None, points=(), status="FINISHED"):
        run = Run(run_id, name, "0", status, start, None, "active", f"/artifacts/{run_id}", "ada")
        with writing(path) as writer:
            writer.run(run, params or {}, tags or {})
            writer.metrics(run_id, points)

    return path, add


def number(value):
    if isinstance(value, str):
        return float(value)
    return math.copysign(math.inf, value) if abs(value) == 1.7976931348623157e308 else value


@pytest.mark.parametrize("few", [6, 10_000, 0])
@pytest.mark.parametrize("version", VERSIONS)
def test_columns_hold_what_the_client_read(version, few, tmp_path, opened, monkeypatch):
    monkeypatch.setattr(frame_columns, "_FEW", few)
    want = expected(version)["runs"]
    with opened(unpack(version, tmp_path)).read() as connection:
        experiments = sorted({run["info"]["experiment_id"] for run in want.values()})
        runs = frame.load(connection, experiments, Lifecycle.ALL)
        frame.load_columns(connection, runs, frame.keys(connection, experiments))
    assert set(runs.ids) == set(want)
    for run_id, run in want.items():
        row = runs.row_of(run_id)
        columns = {kind: {} for kind in Kind}
        for key, column in runs.columns.items():
            if isinstance(column, MetricColumn):
                if column.present[row]:
                    columns[key.kind][key.key] = column.values[row]
                    assert column.nan[row] == math.isnan(column.values[row])
            elif isinstance(column, TextColumn) and column.present[row]:
                columns[key.kind][key.key] = column.text(row)
        assert columns[Kind.PARAM] == run["params"]
        assert columns[Kind.TAG] == run["tags"]
        metrics = {key: number(metric["value"]) for key, metric in run["metrics"].items()}
        assert columns[Kind.METRIC] == pytest.approx(metrics, nan_ok=True)
        assert runs.status[row] == run["info"]["status"]
        assert runs.start_time[row] == run["info"]["start_time"]
        assert runs.name[row] == run["tags"].get("mlflow.runName", "")
        above = runs.parent[row]
        parent = run["tags"].get("mlflow.parentRunId")
        assert runs.parent_id[row] == parent
        assert above == (
            -1 if parent is None or runs.row_of(parent) is None else runs.row_of(parent)
        )


@pytest.mark.parametrize("version", VERSIONS)
def test_rows_are_in_mlflows_order(version, tmp_path, opened):
    want = expected(version)
    with opened(unpack(version, tmp_path)).read() as connection:
        for name, lifecycle in (
            ("search_order_default", Lifecycle.ALL),
            ("search_order_active", Lifecycle.ACTIVE),
        ):
            for experiment_id, ids in want[name].items():
                found = frame.load(connection, [experiment_id], lifecycle)
                assert found.ids.tolist() == ids


def test_all_active_experiments_are_the_default(tmp_path, opened):
    want = expected("3.18.0")
    active = {
        one["experiment_id"] for one in want["experiments"] if one["lifecycle_stage"] == "active"
    }
    with opened(unpack("3.18.0", tmp_path)).read() as connection:
        runs = frame.load(connection, None, Lifecycle.ALL)
    listed = {key for key, run in want["runs"].items() if run["info"]["experiment_id"] in active}
    assert set(runs.ids) == listed


def test_first_rows_come_first_and_the_rest_later(tmp_path, opened):
    key = ColumnKey(Kind.METRIC, "loss")
    path = tmp_path / "mlflow.db"
    create(path, "/artifacts", 1)
    with writing(path) as writer:
        for at in range(5):
            run = Run(f"r{at}", "x", "0", "FINISHED", 9 - at, None, "active", None)
            writer.run(run, {"p": str(at)}, {})
            writer.metrics(run.run_id, [Point("loss", at, 1, 0)])
    with opened(path).read() as connection:
        runs = frame.load(connection, ["0"], Lifecycle.ACTIVE)
        frame.load_rows(connection, runs, [1, 2], [key, ColumnKey(Kind.PARAM, "p")])
        column = runs.columns[key]
        assert column.present.tolist() == [False, True, True, False, False]
        assert not column.complete
        frame.load_rows(connection, runs, [3], [key])
        assert column.present.tolist() == [False, True, True, True, False]
        frame.load_columns(connection, runs, [key])
        assert runs.columns[key].complete
        assert runs.columns[key].values.tolist() == [0, 1, 2, 3, 4]
        again = frame.refresh(connection, runs)
        assert set(again.columns) == {key, PARENT}


def test_cycles_of_parents_are_cut_at_the_oldest_run(made, opened):
    path, add = made
    for run_id, parent, start in (
        ("a", "c", 40),
        ("b", "a", 30),
        ("c", "b", 20),
        ("d", "a", 10),
        ("e", "e", 5),
        ("f", "gone", 4),
    ):
        add(run_id, start=start, tags={"mlflow.parentRunId": parent})
    with opened(path).read() as connection:
        runs = frame.load(connection, ["0"], Lifecycle.ACTIVE)
    assert runs.ids.tolist() == list("abcdef")
    assert runs.parent.tolist() == [2, 0, -1, 0, -1, -1]
    assert runs.parent_id.tolist() == ["c", "a", "b", "a", "e", "gone"]


def test_runs_without_a_start_come_last(made, opened):
    path, add = made
    add("b", start=None)
    add("a", start=None)
    add("c", start=-5)
    with opened(path).read() as connection:
        runs = frame.load(connection, ["0"], Lifecycle.ACTIVE)
    assert runs.ids.tolist() == ["c", "a", "b"]
    assert runs.start_time.tolist() == [-5, MISSING, MISSING]


def test_datasets_are_tuples_of_each_run(made, opened):
    path, add = made
    add("a", start=2)
    add("b", start=1)
    with writing(path) as writer:
        for number in (1, 2):
            data = Dataset(f"d{number}", f"x{number}", "local", "{}", None, None, None)
            writer.dataset(f"id{number}", 0, data)
            writer.use_dataset(f"in{number}", "b", f"id{number}", "train")
    keys = [ColumnKey(Kind.DATASET, key) for key in ("name", "digest", "context")]
    with opened(path).read() as connection:
        runs = frame.load(connection, ["0"], Lifecycle.ACTIVE)
        frame.load_columns(connection, runs, keys[:1])
    found = [runs.columns[key] for key in keys]
    assert all(isinstance(column, DatasetColumn) for column in found)
    assert [column.texts(0) for column in found] == [(), (), ()]
    assert [column.texts(1) for column in found] == [
        ("d1", "d2"),
        ("x1", "x2"),
        ("train", "train"),
    ]


def test_keys_are_those_of_the_experiments_runs(tmp_path, opened, monkeypatch):
    want = expected("3.18.0")["runs"].values()
    with opened(unpack("3.18.0", tmp_path)).read() as connection:
        for few in (4_000, -1):
            monkeypatch.setattr("runcase.store.frame_keys._FEW_RUNS", few)
            for experiment_id in {run["info"]["experiment_id"] for run in want}:
                of_it = [run for run in want if run["info"]["experiment_id"] == experiment_id]
                found = frame.keys(connection, [experiment_id])
                for kind, name in (
                    (Kind.METRIC, "metrics"),
                    (Kind.PARAM, "params"),
                    (Kind.TAG, "tags"),
                ):
                    keys = sorted({key for run in of_it for key in run[name]})
                    assert [key.key for key in found if key.kind is kind] == keys
        every = {key for run in want for key in run["metrics"]}
        found = frame.keys(connection)
        assert {key.key for key in found if key.kind is Kind.METRIC} == every


def test_small_pieces_read_the_same(tmp_path, opened, monkeypatch):
    path = unpack("2.3.2", tmp_path)
    with opened(path).read() as connection:
        whole = frame.load(connection, None, Lifecycle.ALL)
        keys = frame.keys(connection)
        frame.load_columns(connection, whole, keys)
        monkeypatch.setattr(frame, "_CHUNK", 2)
        monkeypatch.setattr(frame_columns, "_CHUNK", 3)
        monkeypatch.setattr(frame_columns, "_IDS", 2)
        small = frame.load(connection, None, Lifecycle.ALL)
        frame.load_columns(connection, small, keys)
    assert small.ids.tolist() == whole.ids.tolist()
    assert small.store_runs == whole.store_runs
    for key, column in whole.columns.items():
        other = small.columns[key]
        if isinstance(column, MetricColumn):
            assert column.values.tolist() == pytest.approx(other.values.tolist(), nan_ok=True)
        else:
            for row in range(len(whole)):
                assert column.text(row) == other.text(row)
