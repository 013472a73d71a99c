"""What a path turns out to be."""

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from made import unpack
from runcase.errors import NotFoundError, StoreError
from runcase.store.locate import LocatedKind, locate
from shared import shared
from small_store import make_store, picture


def test_a_file_in_every_spelling(tmp_path, monkeypatch):
    folder = tmp_path / "my store"
    folder.mkdir()
    path = make_store(folder / "mlflow.db")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    rooted = path.as_posix() if path.as_posix().startswith("/") else f"/{path.as_posix()}"
    spellings: list[str | Path] = [
        path,
        str(path),
        "mlflow.db",
        ".",
        "~/my store/mlflow.db",
        "sqlite:///mlflow.db",
        f"sqlite:///{path}",
        f"sqlite:///{path}?timeout=20",
        f"sqlite+pysqlite:///{path}",
        f"sqlite:///{str(path).replace(' ', '%20')}",
        f"file://{rooted}",
        f"file:{rooted}",
        path.as_uri(),
        f"{path.as_uri()}?mode=ro",
        "file:mlflow.db",
    ]
    for text in spellings:
        found = locate(text)
        assert (found.kind, found.path) == (LocatedKind.STORE, path), text


def test_the_files_beside_a_database_mean_the_database(tmp_path):
    path = make_store(tmp_path / "mlflow.db")
    for suffix in ("-wal", "-shm", "-journal"):
        (tmp_path / f"mlflow.db{suffix}").write_bytes(b"")
        assert locate(tmp_path / f"mlflow.db{suffix}").path == path


def test_a_database_by_any_name(tmp_path):
    path = make_store(tmp_path / "runs of ada")
    (tmp_path / "mlflow.db").write_bytes(b"")
    found = locate(tmp_path)
    assert (found.kind, found.path, found.folder) == (LocatedKind.STORE, path, tmp_path)


def test_a_folder_with_several_offers_the_fullest_first(tmp_path):
    make_store(tmp_path / "mlflow.db", runs=0)
    (tmp_path / "src").mkdir()
    make_store(tmp_path / "src" / "backend.db", runs=7)
    make_store(tmp_path / "old.db", runs=2)
    raw = sqlite3.connect(tmp_path / "optuna.db")
    raw.execute("CREATE TABLE studies (x)")
    raw.close()
    for skipped in (".git", "node_modules", "venv"):
        (tmp_path / skipped).mkdir()
        make_store(tmp_path / skipped / "mlflow.db", runs=50)
    before = picture(tmp_path)
    found = locate(tmp_path)
    assert found.kind is LocatedKind.FOLDER_OF_STORES
    assert [(one.path.name, one.runs, one.newest) for one in found.stores] == [
        ("backend.db", 7, 1000),
        ("old.db", 2, 1000),
        ("mlflow.db", 0, None),
    ]
    assert picture(tmp_path) == before


def test_a_damaged_database_is_offered_last_with_its_reason(tmp_path):
    make_store(tmp_path / "good.db", runs=0)
    damaged = make_store(tmp_path / "damaged.db", runs=500)
    os.truncate(damaged, damaged.stat().st_size // 2)
    found = locate(tmp_path).stores
    assert [one.path.name for one in found] == ["good.db", "damaged.db"]
    assert "cut short" in found[1].error


def test_a_file_store_in_every_place(tmp_path):
    experiment = tmp_path / "lab" / "mlruns" / "0"
    experiment.mkdir(parents=True)
    (experiment / "meta.yaml").write_text("experiment_id: '0'\nname: Default\n")
    for folder in (tmp_path, tmp_path / "lab", tmp_path / "lab" / "mlruns", experiment):
        found = locate(folder)
        assert (found.kind, found.path) == (LocatedKind.FILE_STORE, experiment.parent)
    path = make_store(tmp_path / "mlflow.db")
    found = locate(tmp_path)
    assert found.kind is LocatedKind.FOLDER_OF_STORES
    assert [one.path for one in found.stores] == [path, experiment.parent]


def test_artifacts_only_beside_a_database_are_no_file_store(tmp_path):
    path = unpack("3.18.0", tmp_path)
    found = locate(tmp_path)
    assert (found.path, found.notes) == (path, ())


def test_artifacts_and_models(tmp_path):
    (tmp_path / "plot.png").write_bytes(b"\x89PNG")
    assert locate(tmp_path / "plot.png").kind is LocatedKind.ARTIFACT
    model = tmp_path / "model"
    model.mkdir()
    (model / "MLmodel").write_text("flavors: {}\n")
    assert locate(model).kind is LocatedKind.MODEL_FOLDER
    artifacts = tmp_path / ("a" * 32) / "artifacts"
    artifacts.mkdir(parents=True)
    assert locate(artifacts).kind is LocatedKind.ARTIFACT


@pytest.mark.parametrize(
    "text",
    ["none.db", "http://localhost:5000", "postgresql://me@host/db", "sqlite:///none.db", "\0"],
)
def test_what_is_not_there(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotFoundError):
        locate(text)


def test_an_empty_folder_and_one_with_other_databases(tmp_path):
    with pytest.raises(NotFoundError, match="holds no MLflow store"):
        locate(tmp_path)
    raw = sqlite3.connect(tmp_path / "basic_auth.db")
    raw.execute("CREATE TABLE users (x)")
    raw.close()
    with pytest.raises(NotFoundError) as caught:
        locate(tmp_path)
    assert "basic_auth.db" in caught.value.hint


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_in_a_folder_hangs_nobody(tmp_path):
    os.mkfifo(tmp_path / "pipe.db")
    path = make_store(tmp_path / "mlflow.db")
    assert locate(tmp_path).path == path
    with pytest.raises(StoreError):
        locate(tmp_path / "nothing")


def test_published_folders():
    folder = shared("stores", "real")
    kinds = {path.name.split("__")[0]: locate(path).kind for path in sorted(folder.iterdir())}
    assert kinds["jupall"] is LocatedKind.FILE_STORE
    assert kinds["NERD-Community-Ethiopia"] is LocatedKind.FOLDER_OF_STORES
    assert kinds["danielBrule"] is LocatedKind.FOLDER_OF_STORES
    assert kinds["CammN"] is LocatedKind.STORE
    assert len(kinds) == 15


def test_a_copy_without_its_folder_still_opens(tmp_path):
    path = unpack("2.14.3", tmp_path / "a")
    alone = Path(shutil.copy(path, tmp_path / "alone.db"))
    assert locate(alone).stores[0].path == alone
