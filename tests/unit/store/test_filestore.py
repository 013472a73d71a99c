"""An mlruns folder opens like a database: what it holds, what it refuses; it stays as it was."""

import math
import os
from pathlib import Path

import pytest

from filestores import (
    FILE_STORES,
    START,
    add_experiment,
    add_run,
    expected,
    opened,
    run_id,
    small,
    unpack,
    write,
)
from made import facts
from runcase.errors import StoreError
from runcase.headless.dump import dump
from runcase.headless.info import info
from runcase.headless.runs import runs as runs_command
from runcase.progress import Progress
from runcase.store import datasets, experiments, metrics, models, runs, traces
from runcase.store.engine import Store
from runcase.store.folder_scan import file_stores
from runcase.store.locate import LocatedKind, locate
from runcase.store.records import Lifecycle
from runcase.store.schema import runs as runs_table
from runcase.store.summary import summarise
from shared import shared
from small_store import make_store, picture

# Where MLflow's own client is wrong, and Runcase is not: its reader takes 0 for the step of a value
# that was logged with a dataset, and it looks for the artifacts of a deleted experiment where they
# were before it moved them to the trash.
WITH_A_DATASET = "run 3c9dac9828d041208c1ee5e986b51fee"
MLFLOW_IS_WRONG = {
    "1.30.0": {"run e37cb388453245a9a1fdce95d7f5946b file roc.png"},
    "3.4.0": {
        f"{WITH_A_DATASET} metric acc_on_train step",
        f"{WITH_A_DATASET} history acc_on_train",
        "run 5ffaacfbb5fd4f0f94107fbd1a1a196c file roc.png",
    },
}


@pytest.mark.parametrize("version", FILE_STORES)
def test_dump_is_what_the_client_read(version, tmp_path, capsys):
    import json

    root = unpack(version, tmp_path)
    before = picture(tmp_path)
    assert dump(str(root)) == 0
    found, wanted = facts(json.loads(capsys.readouterr().out)), facts(expected(version))
    different = {
        name
        for name in wanted.keys() | found.keys()
        if _comparable(wanted.get(name)) != _comparable(found.get(name))
    }
    assert len(wanted) > 500
    assert different == MLFLOW_IS_WRONG[version]
    assert picture(tmp_path) == before


def _comparable(value: object) -> object:
    return value if not isinstance(value, float) else float(f"{value:.15g}")


def test_a_step_beside_a_dataset_is_read(tmp_path):
    with opened(unpack("3.4.0", tmp_path)) as connection:
        history = metrics.history(connection, WITH_A_DATASET.split()[1], "acc_on_train")
        assert history.step.tolist() == [1]
        used = datasets.for_run(connection, WITH_A_DATASET.split()[1])
        assert {one.context for one in used} >= {"training", "validation", "eval"}
        made = models.of_run(connection, "f6a824bfb43a4de080ebd04543772778")
        assert [one.model_id for one in made] == ["m-0bb5baefe4fa462a81134fbfc08c7921"]
        assert all(one.spans for one in traces.list_traces(connection))
        ids = {row[0] for row in connection.rows("SELECT span_id FROM spans")}
        parents = connection.rows("SELECT DISTINCT parent_span_id FROM spans")
        assert {row[0] for row in parents} - {None} < ids
        assert connection.scalar("SELECT count(*) FROM assessments") > 2


@pytest.mark.parametrize("version", FILE_STORES)
def test_all_commands_answer(version, tmp_path, capsys):
    root = unpack(version, tmp_path)
    assert info(str(root.parent), as_json=False) == 0
    text = capsys.readouterr().out
    assert "file store (mlruns folder)" in text
    assert "journal" not in text
    assert (
        runs_command(
            str(root),
            experiment=None,
            filter_text="",
            order_by=[],
            columns=None,
            deleted=Lifecycle.ALL,
            limit=None,
            output="csv",
        )
        == 0
    )
    assert len(capsys.readouterr().out.splitlines()) > 20


def test_a_dataset_may_have_a_name_with_spaces(tmp_path):
    experiment = add_experiment(tmp_path, "Default")
    lines = f"{START} 0.5 7 my training set abc123\n{START + 1} 0.25 8 set abc\n"
    add_run(experiment, 1, metrics={"acc": lines})
    with opened(tmp_path) as connection:
        history = metrics.history(connection, run_id(1), "acc")
        assert history.step.tolist() == [7, 8]
        assert history.value.tolist() == [0.5, 0.25]


def test_equal_lines_infinities_and_nan_stay(tmp_path):
    lines = f"{START} 1.0 1\n" * 3 + f"{START} inf 2\n{START} -inf 3\n{START} nan 4\n{START} 9\n"
    add_run(add_experiment(tmp_path, "Default"), 1, metrics={"m": lines})
    with opened(tmp_path) as connection:
        history = metrics.history(connection, run_id(1), "m")
        assert history.step.tolist() == [0, 1, 1, 1, 2, 3, 4]
        assert history.value[:6].tolist() == [9, 1, 1, 1, math.inf, -math.inf]
        assert math.isnan(history.value[6])
        assert math.isnan(metrics.latest(connection, run_id(1))[0].value)


def test_keys_names_and_texts(tmp_path):
    experiment = add_experiment(tmp_path, "Übung \U0001f680")
    run = add_run(experiment, 1, run_name="\U0001f680 ünï", metrics={})
    write(run / "metrics" / "train" / "epoch" / "f1", f"{START} 1 0\n")
    write(run / "params" / "opt" / "lr rate", "a\nb\r\n")
    write(run / "params" / "empty", "")
    write(run / "tags" / "bad", b"caf\xe9")
    write(run / "params" / ".DS_Store", b"\0\0")
    store = Store.open(tmp_path)
    with store.read() as connection:
        [one] = experiments.list_experiments(connection)
        assert one.name == "Übung \U0001f680"
        found = runs.get_run(connection, run_id(1))
        assert found is not None
        assert (found.name, found.status, found.user_id) == ("\U0001f680 ünï", "FINISHED", "ada")
        params = runs.params_of(connection, run_id(1))
        assert params == {"lr": "0.1", "opt/lr rate": "a\nb\r\n", "empty": ""}
        assert runs.tags_of(connection, run_id(1))["bad"] == "caf�"
        assert [one.key for one in metrics.latest(connection, run_id(1))] == ["train/epoch/f1"]
    [skipped] = store.skipped()
    assert skipped.path == f"0/{run_id(1)}/tags/bad"
    assert "UTF-8" in skipped.reason
    store.close()


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        (1, "RUNNING"),
        (2, "SCHEDULED"),
        (3, "FINISHED"),
        (4, "FAILED"),
        (5, "KILLED"),
        ("4", "FAILED"),
        ("KILLED", "KILLED"),
        (9, "9"),
        (None, "UNKNOWN"),
    ],
)
def test_statuses(status, shown, tmp_path):
    add_run(add_experiment(tmp_path, "Default"), 1, status=status)
    with opened(tmp_path) as connection:
        found = runs.get_run(connection, run_id(1))
        assert found is not None
        assert found.status == shown


def test_what_is_malformed_is_skipped_and_listed(tmp_path):
    experiment = add_experiment(tmp_path, "Default")
    add_run(experiment, 1, metrics={"m": f"{START} 1 0\nnonsense\n{START} 2 {2**70}\n{START} 3 1"})
    write(experiment / run_id(2) / "meta.yaml", "")
    write(experiment / run_id(3) / "meta.yaml", "run_id: [unclosed\n")
    write(experiment / run_id(4) / "meta.yaml", "just a text\n")
    write(experiment / run_id(5) / "artifacts" / "model.pkl", b"x")
    write(experiment / run_id(6) / "meta.yaml", "status: 3\n")
    write(tmp_path / "1" / "meta.yaml", "")
    write(tmp_path / "2" / "meta.yaml", "")
    lost = add_run(tmp_path / "2", 7)
    write(tmp_path / "3" / "notes.txt", "")
    write(tmp_path / "stray" / "notes.txt", "")
    store = Store.open(tmp_path)
    with store.read() as connection:
        found = {one.experiment_id: one for one in experiments.list_experiments(connection)}
        assert {key: one.active_runs for key, one in found.items()} == {"0": 1, "2": 1}
        assert found["2"].name == "2"
        assert runs.get_run(connection, lost.name) is not None
        assert metrics.history(connection, run_id(1), "m").value.tolist() == [1, 3]
    reasons = {one.path: one.reason for one in store.skipped()}
    assert reasons == {
        f"0/{run_id(1)}/metrics/m": "Line 2 is no value of a metric: “nonsense”, and 1 more lines.",
        f"0/{run_id(2)}/meta.yaml": "It is empty.",
        f"0/{run_id(3)}/meta.yaml": reasons[f"0/{run_id(3)}/meta.yaml"],
        f"0/{run_id(4)}/meta.yaml": "It holds no keys and values.",
        f"0/{run_id(5)}": "It has no meta.yaml.",
        f"0/{run_id(6)}/meta.yaml": "It names no run.",
        "1/meta.yaml": "It is empty.",
        "2/meta.yaml": "It is empty.",
        "3/meta.yaml": "It is missing.",
    }
    assert "no valid YAML in line" in reasons[f"0/{run_id(3)}/meta.yaml"]
    assert "6 more" in store.notes[-1]
    assert len(store.notes) == 4
    store.close()


def test_where_the_folder_may_not_be_written_to(tmp_path, cache):
    root = small(tmp_path / "mlruns")
    before = picture(root)
    for path in (*root.rglob("*"), root):
        path.chmod(0o555 if path.is_dir() else 0o444)
    store = Store.open(root)
    summary = summarise(store)
    assert (summary.runs, summary.kind) == (3, "file store (mlruns folder)")
    assert summary.size == sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
    assert cache in store._real.parents
    store.close()
    for path in (root, *root.rglob("*")):
        path.chmod(0o755)
    assert picture(root) == before


def test_a_cache_folder_that_cannot_be_written_to(tmp_path, monkeypatch):
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(variable, str(write(tmp_path / "a file", "")))
    with pytest.raises(StoreError, match="could not be written to"):
        Store.open(small(tmp_path / "mlruns"))


def test_an_unusual_name_of_an_experiment(tmp_path):
    add_run(add_experiment(tmp_path, "by hand", "my-exp"), 1)
    add_run(add_experiment(tmp_path, "padded", "007"), 2)
    add_run(add_experiment(tmp_path / ".trash", "was 3", "3"), 3)
    add_run(add_experiment(tmp_path, "is 3", "3"), 4)
    with opened(tmp_path) as connection:
        found = {one.name: one for one in experiments.list_experiments(connection)}
        assert all(one.active_runs == 1 for one in found.values())
        assert found["is 3"].experiment_id == "3"
        assert found["was 3"].lifecycle_stage == "deleted"
        assert len({one.experiment_id for one in found.values()}) == 4


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipes_and_loops_hang_nobody(tmp_path):
    run = add_run(add_experiment(tmp_path, "Default"), 1)
    os.mkfifo(run / "params" / "pipe")
    (run / "params" / "loop").symlink_to(run / "params", target_is_directory=True)
    with opened(tmp_path) as connection:
        assert runs.params_of(connection, run_id(1))["lr"] == "0.1"


def test_a_folder_lists_databases_and_file_stores(tmp_path):
    make_store(tmp_path / "mlflow.db", runs=2)
    small(tmp_path / "old" / "experiments", runs=7)
    add_experiment(tmp_path / "mlruns", "Default")
    (tmp_path / "artifacts_only" / "1" / run_id(4) / "artifacts").mkdir(parents=True)
    before = picture(tmp_path)
    found = locate(tmp_path)
    assert found.kind is LocatedKind.FOLDER_OF_STORES
    assert [(one.path.name, one.runs, one.kind) for one in found.stores] == [
        ("experiments", 7, LocatedKind.FILE_STORE),
        ("mlflow.db", 2, LocatedKind.STORE),
        ("mlruns", 0, LocatedKind.FILE_STORE),
    ]
    assert found.stores[0].newest == START + 6
    assert picture(tmp_path) == before
    inside = tmp_path / "old" / "experiments"
    for path in (inside, inside.parent, inside / "0", inside / "0" / run_id(1)):
        found = locate(path)
        assert (found.kind, found.path) == (LocatedKind.FILE_STORE, inside)


def test_every_published_file_store_opens_whole():
    for folder in sorted(shared("stores", "real").iterdir()):
        for root in file_stores(folder, Progress()):
            before = picture(root)
            wanted = {path.parent.name for path in root.rglob("meta.yaml") if _is_run(path, root)}
            store = Store.open(root, folder)
            with store.read() as connection:
                rows = connection.rows(f"SELECT run_uuid FROM {runs_table.name}")
            assert {row[0] for row in rows} == wanted, root
            store.close()
            assert picture(root) == before


def _is_run(path: Path, root: Path) -> bool:
    below = path.relative_to(root).parts
    is_nested = any(part == "mlruns" for part in below)
    return not is_nested and len(path.parent.name) == 32 and b"run_id" in path.read_bytes()
