"""What a second look at an mlruns folder reads, what it sees while a run is being written."""

import os
import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from filestores import (
    START,
    add_experiment,
    add_run,
    age,
    opened,
    run_id,
    small,
    unpack,
    write,
)
from runcase.errors import CancelledError, NotFoundError
from runcase.progress import Progress
from runcase.store import experiments, metrics, runs
from runcase.store.artifacts import ArtifactFinder, walk
from runcase.store.engine import Store
from runcase.store.filestore import Mirror


def test_the_same_run_in_two_folders_is_shown_once(tmp_path):
    root = small(tmp_path, runs=2)
    shutil.copytree(root / "0", root / "copy of 0")
    store = Store.open(root)
    with store.read() as connection:
        listed = experiments.list_experiments(connection)
        assert sorted(one.active_runs for one in listed) == [0, 2]
    assert sum("same id" in one.reason for one in store.skipped()) == 2
    shutil.rmtree(root / "0")
    assert store.refresh()
    with store.read() as connection:
        assert [one.active_runs for one in experiments.list_experiments(connection)] == [2]
    store.close()


def test_a_second_opening_reads_nothing(tmp_path):
    root = unpack("3.4.0", tmp_path)
    write(root / "0" / run_id(5) / "artifacts" / "model.pkl", "")
    write(root / "0" / run_id(6) / "meta.yaml", "")
    age(root)
    first, second = Mirror(root), Mirror(root)
    assert first.refresh()
    assert first.work.files > 500
    assert not second.refresh()
    assert (second.work.files, second.notes) == (0, first.notes)


def test_only_what_changed_is_read(tmp_path):
    root = small(tmp_path / "mlruns", runs=5)
    store = Store.open(root)
    mirror = store._mirror
    assert mirror is not None
    run = root / "0" / run_id(2)

    with (run / "metrics" / "loss").open("a") as file:
        file.write(f"{START + 2} 0.125 2\n")
    age(run / "metrics")
    assert store.refresh()
    assert mirror.work.files == 1
    with store.read() as connection:
        assert metrics.history(connection, run_id(2), "loss").value.tolist() == [0.5, 0.25, 0.125]
        assert metrics.latest(connection, run_id(2))[0].value == 0.125
        rowids = connection.rows("SELECT run_uuid, rowid FROM runs")

    (run / "tags" / "mlflow.user").unlink()
    age(write(run / "params" / "lr", "0.25"))
    assert store.refresh()
    assert mirror.work.files == 1
    with store.read() as connection:
        assert runs.params_of(connection, run_id(2)) == {"lr": "0.25"}
        assert runs.tags_of(connection, run_id(2)).get("mlflow.user") is None

    add_run(root / "0", 9)
    age(root / "0" / run_id(9))
    assert store.refresh()
    assert mirror.work.files == 3
    shutil.rmtree(root / "0" / run_id(0))
    assert store.refresh()
    assert mirror.work.files == 0
    with store.read() as connection:
        ids = {row[0] for row in connection.rows("SELECT run_uuid FROM runs")}
        assert ids == {run_id(number) for number in (1, 2, 3, 4, 9)}
        now = connection.rows("SELECT run_uuid, rowid FROM runs")
        assert {row for row in now if row[0] != run_id(9)} <= set(rowids)
        assert (
            connection.scalar("SELECT count(*) FROM params WHERE run_uuid = '" + run_id(0) + "'")
            == 0
        )
    assert not store.refresh()
    store.close()


def test_a_deleted_experiment_is_not_read_again(tmp_path):
    root = small(tmp_path / "mlruns", runs=4)
    write(root / "0" / run_id(1) / "artifacts" / "a.txt", "x")
    age(add_experiment(root, "other", "1"))
    store = Store.open(root)
    (root / ".trash").mkdir()
    (root / "0").rename(root / ".trash" / "0")
    assert store.refresh()
    assert store._mirror is not None
    assert store._mirror.work.files == 1
    with store.read() as connection:
        found = {one.name: one for one in experiments.list_experiments(connection)}
        assert found["Default"].lifecycle_stage == "deleted"
        assert found["Default"].active_runs == 4
        run = runs.get_run(connection, run_id(1))
        assert run is not None
    folder = ArtifactFinder(store.path, store.folder).find(run.artifact_uri, run.run_id).folder
    assert folder is not None
    assert [one.path for one in walk(folder)] == ["a.txt"]
    store.close()


def test_a_run_that_is_being_written(tmp_path):
    experiment = add_experiment(tmp_path, "Default")
    run = add_run(experiment, 1, status=1, metrics={"loss": f"{START} 1 0\n{START} 0.5"})
    age(tmp_path)
    store = Store.open(tmp_path)
    seen = store.generation()

    def values() -> list[float]:
        with store.read() as connection:
            found: list[float] = metrics.history(connection, run_id(1), "loss").value.tolist()
            return found

    assert values() == [1]
    with (run / "metrics" / "loss").open("a") as file:
        file.write(" 1\n")
    assert store.generation() != seen
    assert store.refresh()
    assert values() == [1, 0.5]
    assert store.skipped() == []
    # A writer that is fast logs again before the clock ticks.
    for number in range(20):
        with (run / "metrics" / "loss").open("a") as file:
            file.write(f"{START + 1} {number} {2 + number}\n" + "half")
        store.refresh()
        assert values() == [1, 0.5, *range(number + 1)]
        with (run / "metrics" / "loss").open("r+") as file:
            file.truncate(file.seek(0, os.SEEK_END) - len("half"))
    store.refresh()
    assert (values(), store.skipped()) == ([1, 0.5, *range(20)], [])
    with store.read() as connection:
        assert metrics.latest(connection, run_id(1))[0].value == 19
    # MLflow truncates meta.yaml before it writes it anew.
    whole = (run / "meta.yaml").read_bytes()
    (run / "meta.yaml").write_bytes(b"")
    store.refresh()
    assert len(values()) == 22
    (run / "meta.yaml").write_bytes(whole.replace(b"status: 1", b"status: 3"))
    assert store.refresh()
    with store.read() as connection:
        assert connection.rows("SELECT status FROM runs") == [("FINISHED",)]
    store.close()


def test_the_generation_sees_what_comes_ends_and_goes(tmp_path):
    root = small(tmp_path / "mlruns", runs=2)
    store = Store.open(root)
    changes = [
        lambda: add_run(root / "0", 5),
        lambda: add_experiment(root, "other", "7"),
        lambda: add_run(root / "0", 1, lifecycle_stage="deleted"),
        lambda: write(root / "0" / run_id(1) / "tags" / "new", "x"),
        lambda: write(root / "models" / "m" / "meta.yaml", "name: m\n"),
        lambda: shutil.rmtree(root / "7"),
    ]
    for change in changes:
        before = store.generation()
        assert store.generation() == before
        change()
        assert store.generation() != before
        assert store.refresh()
    shutil.rmtree(root)
    with pytest.raises(NotFoundError, match="no longer there"):
        store.refresh()
    store.close()


class Stopping(Progress):
    """Stops the work at its n-th report of folders read."""

    def __init__(self, at: int) -> None:
        super().__init__(self._count)
        self._left = at

    def _count(self, _done: int, _total: int, what: str) -> None:
        if what == "folders read":
            self._left -= 1
            if self._left == 0:
                self.cancel()


def test_a_stopped_reading_leaves_no_half_copy(tmp_path, cache):
    root = small(tmp_path / "mlruns", runs=60)
    with pytest.raises(CancelledError):
        Store.open(root, progress=Stopping(2))
    assert list(cache.rglob("*.*")) == []
    store = Store.open(root)
    for number in range(60, 120):
        add_run(root / "0", number)
    with pytest.raises(CancelledError):
        store.refresh(Stopping(2))
    with store.read() as connection:
        assert connection.scalar("SELECT count(*) FROM runs") == 60
    assert store.refresh()
    with store.read() as connection:
        assert connection.scalar("SELECT count(*) FROM runs") == 120
    store.close()


def test_a_damaged_or_old_or_deleted_copy_is_made_anew(tmp_path):
    root = small(tmp_path / "mlruns", runs=3)
    mirror = Mirror(root)
    mirror.refresh()
    content = mirror.database.read_bytes()
    damaged = [b"", b"nonsense" * 1000, content[: len(content) // 2], content[:5000]]
    for bad in damaged:
        mirror.database.write_bytes(bad)
        with opened(root) as connection:
            assert connection.scalar("SELECT count(*) FROM runs") == 3
    store = Store.open(root)
    mirror.database.unlink()
    with store.read() as connection:
        assert connection.scalar("SELECT count(*) FROM runs") == 3
    store.close()


@pytest.mark.parametrize("seed", range(8))
def test_damage_is_skipped_or_shown_and_a_new_copy_agrees(seed, tmp_path):
    chance = random.Random(seed)
    root = unpack("3.4.0", tmp_path / "damaged")
    files = [path for path in root.rglob("*") if path.is_file() and "artifacts" not in path.parts]
    store = Store.open(root)
    for path in chance.sample(sorted(files), 60):
        content = path.read_bytes()
        at = chance.randint(0, len(content))
        junk = chance.randbytes(chance.randint(0, 40))
        path.write_bytes(content[:at] + junk + content[at + len(junk) :])
    age(root, seconds=30)
    store.refresh()
    anew = Mirror(root, tmp_path / "other")
    anew.refresh()
    assert store.skipped() == anew.skipped()
    for table in ("runs", "metrics", "latest_metrics", "params", "tags", "inputs", "experiments"):
        assert store._mirror is not None
        assert _rows(store._mirror.database, table) == _rows(anew.database, table), table
    store.close()


def _rows(database: Path, table: str) -> list[str]:
    connection = sqlite3.connect(database)
    try:
        return sorted(map(repr, connection.execute(f"SELECT * FROM {table}")))
    finally:
        connection.close()
