"""The real client reads the store that our own code wrote, and can log into it."""

import json
import shutil

import pytest

from made import facts
from runcase.headless.dump import dump
from runcase.store.sample import write_sample


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return write_sample(tmp_path_factory.mktemp("sample") / "store")


@pytest.fixture(scope="module")
def theirs(mlflow, sample, tmp_path_factory):
    copy = tmp_path_factory.mktemp("copy") / "mlflow.db"
    shutil.copy(sample, copy)
    return mlflow("read", database=str(copy))


@pytest.fixture
def mine(sample, capsys):
    assert dump(str(sample)) == 0
    return json.loads(capsys.readouterr().out)


def comparable(store):
    """Leave out what the two say in shapes of their own: files, points, and metrics' steps."""
    runs = {
        run_id: {
            **run,
            "metrics": {},
            "histories": {},
            "artifacts": None,
        }
        for run_id, run in store["runs"].items()
    }
    return facts({**store, "runs": runs, "traces": []})


def test_the_client_reads_what_we_read(theirs, mine):
    want, found = comparable(theirs), comparable(mine)
    assert len(want) > 2_000
    assert {
        key: (want.get(key), found.get(key))
        for key in want | found
        if want.get(key) != found.get(key)
    } == {}


def test_metrics_and_their_histories_are_the_same(theirs, mine):
    points = 0
    for run_id, run in theirs["runs"].items():
        ours = mine["runs"][run_id]
        assert run["metrics"] == {key: one["value"] for key, one in ours["metrics"].items()}
        for key, history in run["points"].items():
            assert ours["histories"][key]["n"] == len(history)
            points += len(history)
    assert points > 10_000


def test_artifacts_and_models_are_found(theirs, mine):
    named = sum(bool(run["artifacts"]) for run in theirs["runs"].values())
    assert named > 40
    made = {one["model_id"] for one in theirs["logged_models"]}
    assert made == {model for run in theirs["runs"].values() for model in run["outputs"]}
    assert [one["name"] for one in theirs["prompts"]] == ["explain-duration"]


def test_traces_come_with_their_spans_and_tokens(theirs, mine):
    spans = {one["trace_id"]: one["spans"] for one in theirs["traces"]}
    assert spans == {one["trace_id"]: one["spans"] for one in mine["traces"]}
    assert all("trip" in one["root"] for one in theirs["traces"])
    assert any(one["tokens"] and one["tokens"]["total_tokens"] > 400 for one in theirs["traces"])


def test_the_client_logs_into_our_store(mlflow, sample, tmp_path, capsys):
    copy = tmp_path / "mlflow.db"
    shutil.copy(sample, copy)
    run_id = mlflow("log", database=str(copy), experiment="1")
    assert dump(str(copy)) == 0
    run = json.loads(capsys.readouterr().out)["runs"][run_id]
    assert (run["info"]["run_name"], run["info"]["status"]) == ("from the client", "FINISHED")
    assert run["metrics"]["m"]["value"] == 1.5
