"""A new store has MLflow 3.18's schema, and only what MLflow puts into an empty one."""

import sqlite3
from contextlib import closing

import pytest

from made import unpack
from runcase.errors import StoreError
from runcase.store.create import REVISION, create
from runcase.store.engine import Store
from runcase.store.experiments import list_experiments


def schema(path):
    """Everything SQLite knows about the tables and indexes, without their spelling."""
    found = {}
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name, type FROM sqlite_master WHERE type != 'index'")
        for name, kind in tables.fetchall():
            indexes = connection.execute(f"PRAGMA index_list('{name}')").fetchall()
            found[kind, name] = (
                connection.execute(f"PRAGMA table_xinfo('{name}')").fetchall(),
                sorted(connection.execute(f"PRAGMA foreign_key_list('{name}')").fetchall()),
                sorted(
                    (index[1:], tuple(connection.execute(f"PRAGMA index_xinfo('{index[1]}')")))
                    for index in indexes
                ),
            )
        checks = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql LIKE '%CHECK%'")
        found["checks"] = {
            name: "".join(sql.split()).replace('"', "").replace("IFNOTEXISTS", "")
            for name, sql in checks
        }
    return found


def test_the_schema_is_that_of_a_store_that_mlflow_made(tmp_path):
    ours, theirs = tmp_path / "ours.db", unpack("3.18.0", tmp_path)
    create(ours, "/artifacts", 7)
    assert schema(ours) == schema(theirs)


def test_an_empty_store_holds_the_default_experiment(tmp_path):
    path = tmp_path / "mlflow.db"
    create(path, "/artifacts", 7)
    assert [item.name for item in tmp_path.iterdir()] == ["mlflow.db"]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT * FROM alembic_version").fetchall() == [(REVISION,)]
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    store = Store.open(path)
    with store.read() as connection:
        (default,) = list_experiments(connection)
    store.close()
    assert (default.experiment_id, default.name) == ("0", "Default")
    assert (default.artifact_location, default.creation_time) == ("/artifacts/0", 7)


def test_an_existing_file_stays_as_it_is(tmp_path):
    path = tmp_path / "mlflow.db"
    path.write_text("mine")
    with pytest.raises(StoreError, match="exists already"):
        create(path, "/artifacts", 7)
    assert path.read_text() == "mine"


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(StoreError, match="could not be written"):
        create(tmp_path / "gone" / "mlflow.db", "/artifacts", 7)
