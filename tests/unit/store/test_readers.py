"""Experiments, runs, registry, models, datasets and traces of stores that MLflow wrote."""

import sqlite3

import pytest

from made import VERSIONS, expected, unpack
from runcase.store import experiments, models, registry, runs, traces
from runcase.store.engine import Store
from runcase.store.summary import summarise
from small_store import make_store, run_id


@pytest.fixture
def store_of(tmp_path):
    stores = []

    def open_version(version):
        stores.append(Store.open(unpack(version, tmp_path / version)))
        return stores[-1]

    yield open_version
    for store in stores:
        store.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_counts_are_those_of_the_client(version, store_of):
    want = expected(version)
    found = summarise(store_of(version))
    listed = [run["info"] for run in want["runs"].values()]
    active = [one for one in listed if one["lifecycle_stage"] == "active"]
    assert found.runs == len(active)
    assert found.deleted_runs == len(listed) - len(active)
    assert found.running_runs == sum(one["status"] == "RUNNING" for one in active)
    stages = [one["lifecycle_stage"] for one in want["experiments"]]
    assert found.experiments == stages.count("active")
    assert found.deleted_experiments == stages.count("deleted")
    assert found.registered_models == len(want.get("registered_models") or [])
    assert found.traces == len(want.get("traces") or [])
    assert found.newest_start == max(one["start_time"] for one in listed)
    assert found.known_revision
    first = found.mlflow_versions.split("–")[0]
    assert version.startswith(first) or first < version


@pytest.mark.parametrize("version", VERSIONS)
def test_a_run_page_has_everything(version, store_of):
    want = expected(version)
    with store_of(version).read() as connection:
        for run_uuid, run in want["runs"].items():
            found = runs.detail(connection, run_uuid)
            assert found is not None
            assert found.run.name == run["info"].get(
                "run_name", found.tags.get("mlflow.runName", "")
            )
            assert found.params == run["params"]
            assert found.tags == run["tags"]
            assert {one.key for one in found.metrics} == set(run["metrics"])
            assert {one.model_id for one in found.logged_models} >= {
                one["model_id"] for one in run.get("model_outputs") or []
            }
            assert {one.model_id for one in found.input_models} == {
                one["model_id"] for one in run.get("model_inputs") or []
            }
            parent = found.tags.get("mlflow.parentRunId")
            if parent in want["runs"]:
                assert found.parents[-1].run_id == parent
            for child in found.children:
                tags = want["runs"][child.run_id]["tags"]
                assert tags["mlflow.parentRunId"] == run_uuid


def test_experiments_come_newest_first(store_of):
    with store_of("3.18.0").read() as connection:
        found = experiments.list_experiments(connection)
    created = [one.creation_time or 0 for one in found]
    assert created == sorted(created, reverse=True)
    assert sum(one.active_runs for one in found) == 22


def test_the_registry_leaves_deleted_versions_out(store_of):
    store = store_of("3.18.0")
    with store.read() as connection:
        listed = {one.name: one for one in registry.list_models(connection)}
        fraud = listed["Fraud Model ü"]
        versions = registry.versions(connection, "Fraud Model ü")
        assert listed["chat-prompt"].is_prompt
        assert not fraud.is_prompt
        assert {alias.name: alias.version for alias in fraud.aliases} == {
            "also-champion": 2,
            "challenger": 3,
            "champion": 2,
        }
        numbers = [one.version for one in versions]
        assert numbers == sorted(numbers, reverse=True)
        assert 4 not in numbers
        assert fraud.versions == len(numbers)
        sources = [one.run_id for one in versions if one.run_id and one.run_name is not None]
        assert registry.version_metrics(connection, sources).keys() <= set(sources)
        assert registry.versions(connection, "Fraud Model ü", workspace="other") == []
        of_run = registry.versions_of_run(connection, sources[0])
        assert all(one.run_id == sources[0] for one in of_run)


def test_names_repeat_between_workspaces(tmp_path):
    path = unpack("3.18.0", tmp_path)
    raw = sqlite3.connect(path)
    raw.execute("INSERT INTO registered_models (name, workspace) VALUES ('Fraud Model ü', 'blue')")
    raw.execute(
        "INSERT INTO model_versions (name, version, current_stage, workspace) "
        "VALUES ('Fraud Model ü', 1, 'None', 'blue')"
    )
    raw.commit()
    raw.close()
    store = Store.open(path)
    with store.read() as connection:
        found = [one for one in registry.list_models(connection) if one.name == "Fraud Model ü"]
        assert [(one.workspace, one.versions) for one in found] == [("blue", 1), ("default", 5)]
        assert len(registry.versions(connection, "Fraud Model ü", "blue")) == 1
    store.close()


def test_logged_models_by_experiment(store_of):
    with store_of("3.18.0").read() as connection:
        every = models.list_logged_models(connection)
        assert models.list_logged_models(connection, ["2"]) == [
            one for one in every if one.experiment_id == "2"
        ]
        assert {one.status for one in every} <= {"PENDING", "READY", "FAILED", "UNSPECIFIED"}


def test_traces_by_experiment_newest_first(store_of):
    with store_of("3.18.0").read() as connection:
        found = traces.list_traces(connection)
        assert [one.timestamp for one in found] == sorted(
            (one.timestamp for one in found), reverse=True
        )
        number = found[0].experiment_id
        assert found[0] in traces.list_traces(connection, number)
        assert all(one.name for one in found)


def test_finding_runs_by_id_and_name(tmp_path):
    path = make_store(tmp_path / "mlflow.db", runs=40)
    raw = sqlite3.connect(path)
    raw.execute("INSERT INTO tags VALUES ('mlflow.runName', 'Brave 100% owl', ?)", (run_id(7),))
    raw.execute("UPDATE runs SET name = 'owl two' WHERE run_uuid = ?", (run_id(9),))
    raw.commit()
    raw.close()
    store = Store.open(path)
    with store.read() as connection:
        assert [one.run_id for one in runs.find(connection, run_id(7)[:31], 3)] == [
            run_id(number) for number in range(3)
        ]
        assert [one.run_id for one in runs.find(connection, "OWL", 5)] == [run_id(9), run_id(7)]
        assert [one.name for one in runs.find(connection, "100%", 5)] == ["Brave 100% owl"]
        assert runs.find(connection, " ", 5) == []
    store.close()


def test_parents_in_a_circle_end(tmp_path):
    path = make_store(tmp_path / "mlflow.db")
    raw = sqlite3.connect(path)
    circle = [(0, 1), (1, 2), (2, 0)]
    for child, parent in circle:
        raw.execute(
            "INSERT INTO tags VALUES ('mlflow.parentRunId', ?, ?)", (run_id(parent), run_id(child))
        )
    raw.commit()
    raw.close()
    store = Store.open(path)
    with store.read() as connection:
        found = runs.detail(connection, run_id(0))
        assert found is not None
        assert [one.run_id for one in found.parents] == [run_id(2), run_id(1)]
        assert [one.run_id for one in found.children] == [run_id(2)]
        assert runs.detail(connection, "none") is None
    store.close()


def test_orphans_are_not_counted(tmp_path):
    path = make_store(tmp_path / "mlflow.db")
    raw = sqlite3.connect(path)
    raw.execute("INSERT INTO params VALUES ('lr', '1', 'gone')")
    raw.execute("INSERT INTO metrics VALUES ('loss', 1, 1, 'gone', 1)")
    raw.commit()
    raw.close()
    store = Store.open(path)
    assert summarise(store).runs == 3
    store.close()


def test_an_unknown_newer_revision_opens(tmp_path):
    path = unpack("3.18.0", tmp_path)
    raw = sqlite3.connect(path)
    raw.execute("UPDATE alembic_version SET version_num = 'ffffffffffff9'")
    raw.execute("CREATE TABLE things_to_come (x)")
    raw.commit()
    raw.close()
    store = Store.open(path)
    found = summarise(store)
    assert (found.known_revision, found.mlflow_versions) == (False, "newer than 3.18")
    assert found.runs == 22
    store.close()
