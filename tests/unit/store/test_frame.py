"""Loading runs and their columns from stores that MLflow wrote, and from some it would not."""

import math

import pytest

import frames
from made import VERSIONS, expected, unpack
from runcase.progress import Progress
from runcase.store import frame, frame_read
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


@pytest.mark.parametrize("read_over", [8, 10_000, 0])
@pytest.mark.parametrize("version", VERSIONS)
def test_columns_hold_what_the_client_read(version, read_over, tmp_path, opened, monkeypatch):
    monkeypatch.setattr(frame_read, "_READ_OVER", read_over)
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
        assert runs.text("status", row) == run["info"]["status"]
        assert runs.start_time[row] == run["info"]["start_time"]
        assert runs.text("run_name", row) == run["tags"].get("mlflow.runName")
        above = runs.parent[row]
        parent = run["tags"].get("mlflow.parentRunId")
        assert runs.text("parent_id", row) == parent
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


def test_keys_that_come_round_across_runs_stay_with_their_runs(made, opened):
    path, add = made
    loss, acc = ((ColumnKey(Kind.METRIC, name)) for name in ("loss", "acc"))
    add("a", points=[Point("loss", 1, 1, 0)])
    add("b", points=[Point("acc", 2, 1, 0), Point("loss", 3, 1, 0)])
    add("c", points=[Point("acc", 4, 1, 0)])
    with opened(path).read() as connection:
        runs = frame.load(connection, ["0"], Lifecycle.ACTIVE)
        frame.load_columns(connection, runs, [loss, acc])
    found = [[runs.columns[key].values[row] for row in range(3)] for key in (loss, acc)]
    assert found == [
        pytest.approx(each, nan_ok=True) for each in ([1, 3, math.nan], [math.nan, 2, 4])
    ]


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
    assert [runs.text("parent_id", row) for row in range(6)] == ["c", "a", "b", "a", "e", "gone"]


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
        monkeypatch.setattr(frame_read, "_ROWS", 3)
        monkeypatch.setattr(frame_read, "_IDS", 2)
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


def test_the_newest_runs_are_the_first_of_all(tmp_path, opened, monkeypatch):
    monkeypatch.setattr(frame, "_CHUNK", 4)
    for version in VERSIONS:
        with opened(unpack(version, tmp_path)).read() as connection:
            for experiments in (None, ["1"]):
                every = frame.load(connection, experiments, Lifecycle.ACTIVE)
                some = frame.newest(connection, experiments, Lifecycle.ACTIVE, 3)
                assert some.ids.tolist() == every.ids[:3]
                assert some.start_time.tolist() == every.start_time[:3].tolist()
                keys = frame.keys_of_runs(connection, some.ids)
                frame.load_rows(connection, some, range(len(some)), keys)
                frame.load_columns(connection, every, keys)
                for key in keys:
                    if some.columns[key].complete:
                        assert _said(some, key, 3) == _said(every, key, 3)


def _said(runs, key, count):
    column = runs.columns[key]
    rows = range(min(count, len(runs)))
    if isinstance(column, TextColumn):
        return [column.text(row) for row in rows]
    return [str(column.values[row]) for row in rows]


def test_models_are_those_a_run_logged_and_was_registered_as(tmp_path, opened):
    key = ColumnKey(Kind.MODEL, "name")
    with opened(unpack("3.18.0", tmp_path)).read() as connection:
        runs = frame.load(connection, None, Lifecycle.ALL)
        frame.load_columns(connection, runs, [key])
        want = {}
        for table, run in (("logged_models", "source_run_id"), ("model_versions", "run_id")):
            for run_id, name in connection.rows(f"SELECT {run}, name FROM {table}"):
                if runs.row_of(run_id or "") is not None:
                    want.setdefault(run_id, set()).add(name)
    assert want
    found = {run_id: set(runs.columns[key].texts(row)) for row, run_id in enumerate(runs.ids)}
    assert {run_id: names for run_id, names in found.items() if names} == want


def test_artifact_uris_are_read_when_asked_for(made, opened):
    path, add = made
    for run_id in "abc":
        add(run_id)
    with opened(path).read() as connection:
        runs = frame.load(connection, ["0"], Lifecycle.ACTIVE)
        assert runs.text("artifact_uri", 0) is None
        assert runs.column(frame.ARTIFACT_URI) is None
        frame.load_rows(connection, runs, [1], [frame.ARTIFACT_URI])
        assert not runs.columns[frame.ARTIFACT_URI].complete
        frame.load_columns(connection, runs, [frame.ARTIFACT_URI])
    found = [runs.text("artifact_uri", row) for row in range(3)]
    assert found == ["/artifacts/a", "/artifacts/b", "/artifacts/c"]


def test_names_come_from_the_tag_where_the_row_has_none(made, opened):
    path, add = made
    add("a", name="own", tags={"mlflow.runName": "own"})
    add("b", name="", tags={"mlflow.runName": "tagged"})
    add("c")
    with opened(path).read() as connection:
        runs = frame.load(connection, ["0"], Lifecycle.ACTIVE)
    assert [runs.text("run_name", row) for row in range(3)] == ["own", "tagged", None]


def test_numbers_say_what_they_are():
    params, metrics = ColumnKey(Kind.PARAM, "p"), ColumnKey(Kind.METRIC, "m")
    runs = frames.frame(
        4,
        {
            params: frames.text(["1e3", "x", None, "nan"]),
            metrics: frames.metric([math.inf, math.nan, None, 2.0]),
        },
        starts=[40, 30, None, 10],
        ends=[45, None, 20, 5],
    )
    value, nan, absent, no_number = frame.VALUE, frame.NAN, frame.ABSENT, frame.NO_NUMBER
    for key, numbers, states in (
        (params, [1000, math.nan, math.nan, math.nan], [value, no_number, absent, nan]),
        (metrics, [math.inf, math.nan, math.nan, 2], [value, nan, absent, value]),
        (ColumnKey(Kind.ATTRIBUTE, "duration"), [5, math.nan, math.nan, -5], [0, 2, 2, 0]),
        (ColumnKey(Kind.ATTRIBUTE, "start_time"), [40, 30, math.nan, 10], [0, 0, 2, 0]),
    ):
        found = runs.numbers(key)
        assert found[0].tolist() == pytest.approx(numbers, nan_ok=True)
        assert found[1].tolist() == states
    assert runs.numbers(ColumnKey(Kind.METRIC, "none")) is None
    assert runs.column(ColumnKey(Kind.ATTRIBUTE, "run_id")).text(2) == "0002"


def test_columns_are_forgotten_and_progress_is_told(tmp_path, opened):
    told = []
    progress = Progress(lambda *step: told.append(step))
    with opened(unpack("3.18.0", tmp_path)).read(progress) as connection:
        runs = frame.load(connection, None, Lifecycle.ALL)
        assert told[-1][0] == told[-1][1] > 0
        assert told[-1][2] in ("runs", "columns")
        keys = frame.keys(connection)
        frame.load_columns(connection, runs, keys)
        assert told[-1] == (len(keys) - 1, len(keys) - 1, "columns")  # the parents are there
        runs.forget(keys)
        assert set(runs.columns) == {PARENT}
