import shutil
import sqlite3
from contextlib import closing
from pathlib import PureWindowsPath

import pytest

from made import unpack
from runcase.progress import Progress
from runcase.store.artifacts import ArtifactFinder
from runcase.store.engine import Store
from runcase.store.health import Severity, check, integrity, network_drive


def findings(database, wanted=check):
    store = Store.open(database)
    try:
        if wanted is integrity:
            return integrity(store, Progress())
        return check(store, ArtifactFinder(store.path, store.folder), Progress())
    finally:
        store.close()


def change(database, *statements):
    with closing(sqlite3.connect(database)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def titled(found, words):
    return next((each for each in found if words in each.title), None)


@pytest.mark.parametrize("version", ["1.0.0", "1.30.0", "2.14.3", "3.18.0"])
def test_every_version_is_looked_over(tmp_path, version):
    found = findings(unpack(version, tmp_path))
    assert {each.severity for each in found} <= set(Severity)
    assert titled(found, "Schema of MLflow").severity is Severity.GOOD
    order = list(Severity)
    worst_first = [-order.index(each.severity) for each in found]
    assert worst_first == sorted(worst_first)


def test_what_an_old_schema_costs_is_said(tmp_path):
    assert titled(findings(unpack("1.0.0", tmp_path / "a")), "No index by run")
    assert titled(findings(unpack("2.14.3", tmp_path / "b")), "No index by run and metric")
    assert titled(findings(unpack("3.18.0", tmp_path / "c")), "Indexes are there")


def test_orphan_rows_are_counted_exactly(tmp_path):
    database = unpack("3.18.0", tmp_path)
    change(
        database,
        "INSERT INTO params(key, value, run_uuid) VALUES ('a', '1', 'gone'), ('b', '2', 'gone')",
        "INSERT INTO tags(key, value, run_uuid) VALUES ('t', '1', 'gone')",
    )
    finding = titled(findings(database), "belong to no run")
    assert finding.title.startswith("3 rows")
    assert "2 in params" in finding.meaning


def test_a_newer_schema_is_named(tmp_path):
    database = unpack("3.18.0", tmp_path)
    change(database, "UPDATE alembic_version SET version_num = 'abcdefabcdef'")
    finding = titled(findings(database), "newer MLflow")
    assert "abcdefabcdef" in finding.meaning


def test_an_artifact_folder_without_a_run_is_found(tmp_path):
    database = unpack("3.18.0", tmp_path)
    artifacts = next(database.parent.glob("*/*/*/artifacts"))
    shutil.copytree(artifacts, artifacts.parents[1] / ("f" * 32) / "artifacts")
    finding = titled(findings(database), "belong to no run")
    assert finding is not None
    assert "f" * 32 in finding.meaning


def test_integrity(tmp_path):
    database = unpack("3.18.0", tmp_path)
    assert findings(database, integrity)[0].severity is Severity.GOOD
    with database.open("r+b") as file:
        file.seek(4096 * 30)
        file.write(b"\0" * 4096)
    assert findings(database, integrity)[0].severity is Severity.ERROR


def test_network_drives(tmp_path):
    assert network_drive(tmp_path) == ""
    assert network_drive(PureWindowsPath("//server/share/mlflow.db")) == "a Windows share"
