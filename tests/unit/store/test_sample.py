"""The sample store: complete, the same each time, and never half made."""

import json
import pickle
import sqlite3
from contextlib import closing

import numpy as np
import polars
import pytest
import yaml
from PIL import Image

from runcase.errors import CancelledError, StoreError
from runcase.progress import Progress
from runcase.store import frame, registry, traces
from runcase.store.artifacts import ArtifactFinder
from runcase.store.engine import Store
from runcase.store.experiments import list_experiments
from runcase.store.models import list_logged_models
from runcase.store.records import Lifecycle
from runcase.store.sample import write_sample
from runcase.store.search import parse
from small_store import picture


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return write_sample(tmp_path_factory.mktemp("sample") / "Runcase sample")


@pytest.fixture
def connection(sample):
    store = Store.open(sample)
    with store.read() as opened:
        yield opened
    store.close()


def test_there_is_a_database_and_no_journal(sample):
    assert sorted(path.name for path in sample.parent.iterdir()) == ["mlflow.db", "mlruns"]
    with closing(sqlite3.connect(sample)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_three_experiments_and_a_deleted_one(connection):
    found = {one.name: one for one in list_experiments(connection)}
    assert set(found) == {
        "Default",
        "nyc-taxi/duration-xgb",
        "vision/resnet50-finetune",
        "svm/rbf-grid",
        "svm/linear-old",
    }
    assert found["svm/linear-old"].lifecycle_stage == "deleted"
    assert found["nyc-taxi/duration-xgb"].running_runs == 1
    assert found["nyc-taxi/duration-xgb"].deleted_runs == 2
    assert 100 <= sum(one.active_runs for one in found.values()) <= 130


def test_runs_of_every_kind(connection):
    runs = frame.load(connection, None, Lifecycle.ACTIVE)
    assert set(runs.attribute("status").categories) == {"FINISHED", "FAILED", "KILLED", "RUNNING"}
    frame.load_columns(connection, runs, frame.keys(connection))
    nested = runs.parent[runs.parent >= 0]
    assert (runs.parent[nested] >= 0).any()
    assert any(column.nan.any() for key, column in runs.columns.items() if key.kind == "metric")
    wanted = parse("metrics.rmse < 6.2 AND params.model = 'xgboost'")
    assert wanted.mask(runs).sum() >= 3


def test_the_registry(connection):
    listed = {model.name: model for model in registry.list_models(connection)}
    assert listed["nyc-duration"].versions == 9
    assert listed["resnet-pets"].versions == 4
    assert listed["explain-duration"].is_prompt
    aliases = {alias.name: alias.version for alias in listed["nyc-duration"].aliases}
    assert aliases == {"champion": 3, "challenger": 9, "latest-validated": 7}
    versions = registry.versions(connection, "nyc-duration")
    assert {one.current_stage for one in versions} >= {"None", "Staging", "Production", "Archived"}
    assert all(one.run_name for one in versions)


def test_traces_have_spans(connection):
    found = traces.list_traces(connection)
    assert len(found) == 5
    assert {one.spans for one in found} == {2, 4}


def test_artifacts_are_where_the_store_says(sample, connection):
    finder = ArtifactFinder(sample, sample.parent)
    for model in list_logged_models(connection):
        folder = finder.find(model.artifact_location, model.model_id).folder
        assert folder is not None
        content = yaml.safe_load((folder / "MLmodel").read_text())
        assert content["model_id"] == model.model_id
        assert json.loads(content["signature"]["inputs"])
        assert isinstance(pickle.loads((folder / "model.pkl").read_bytes()), dict)


def test_each_kind_of_file_can_be_read(sample):
    of_kind = {}
    for path in sorted(sample.parent.rglob("*")):
        of_kind.setdefault(path.suffix, path)
    assert set(of_kind) >= {
        *(".png", ".svg", ".gif", ".webp", ".csv", ".parquet", ".json", ".yaml", ".md", ".html"),
        *(".log", ".npy", ".ipynb", ".txt", ".pkl"),
    }
    for suffix in (".png", ".gif", ".webp"):
        with Image.open(of_kind[suffix]) as image:
            image.load()
    assert polars.read_parquet(of_kind[".parquet"]).height > 0
    assert polars.read_csv(of_kind[".csv"]).height > 0
    assert np.load(of_kind[".npy"]).size > 0
    assert json.loads(of_kind[".ipynb"].read_text())["nbformat"] == 4


def test_it_is_the_same_each_time(sample, tmp_path):
    again = write_sample(tmp_path / "again")

    def dump(path):
        with closing(sqlite3.connect(path)) as connection:
            text = "\n".join(connection.iterdump())
        return text.replace(str(path.parent), "")

    assert dump(again) == dump(sample)
    ours, theirs = picture(again.parent / "mlruns"), picture(sample.parent / "mlruns")
    differing = [name for name in ours if ours[name] != theirs.get(name)]
    assert {name.rpartition("/")[2] for name in differing} <= {"MLmodel"}  # it names its folder
    assert set(ours) == set(theirs)


def test_nothing_stays_of_a_sample_that_was_stopped(tmp_path):
    progress = Progress(lambda done, total, what: progress.cancel() if done == 20 else None)
    with pytest.raises(CancelledError):
        write_sample(tmp_path / "sample", progress)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(StoreError, match="not empty"):
        write_sample(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
