"""`info` and `dump` against what MLflow's own clients read, and against sqlite3."""

import json
import sqlite3

import pytest

from made import VERSIONS, expected, facts, unpack
from runcase.errors import RuncaseError
from runcase.headless.dump import dump
from runcase.headless.info import info
from runcase.store.engine import Store
from runcase.store.summary import summarise
from shared import shared
from small_store import make_store, picture


@pytest.mark.parametrize("version", VERSIONS)
def test_dump_is_what_the_client_read(version, tmp_path, capsys):
    path = unpack(version, tmp_path)
    before = picture(tmp_path)
    assert dump(str(path)) == 0
    got, want = facts(json.loads(capsys.readouterr().out)), facts(expected(version))
    assert {key: got.get(key) for key in want} == want
    more = got.keys() - want.keys()
    assert {key for key in more if not key.endswith(" run_name")} == set()  # no such field then
    assert picture(tmp_path) == before


def test_dump_keeps_prompts_apart(tmp_path, capsys):
    dump(str(unpack("3.18.0", tmp_path)))
    found = json.loads(capsys.readouterr().out)
    assert {one["name"] for one in found["prompts"]} == {"chat-prompt", "summarize-prompt"}
    assert len(found["prompt_versions"]) == 3


def test_info_of_a_moved_store(tmp_path, capsys):
    path = unpack("3.18.0", tmp_path)
    assert info(str(tmp_path), as_json=True) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["path"] == str(path)
    assert found["runs"] == {"active": 22, "deleted": 2, "running": 2}
    assert found["mlflow_versions"] == "3.18"
    roots = {root["stored"]: root for root in found["artifact_roots"]}
    assert roots["/home/me/lab/out/mlflow-3.18.0/artifacts"]["resolved"] == 3
    assert roots["s3://bucket/prefix"]["folder"] is None
    assert info(str(path), as_json=False) == 0
    assert "Runs           22 (2 deleted, 2 running)" in capsys.readouterr().out


def test_info_of_a_folder_takes_the_fullest_store_and_says_so(tmp_path, capsys):
    make_store(tmp_path / "mlflow.db", runs=0)
    make_store(tmp_path / "backend.db", runs=5)
    info(str(tmp_path), as_json=True)
    answer = capsys.readouterr()
    assert json.loads(answer.out)["path"] == str(tmp_path / "backend.db")
    assert "mlflow.db" in answer.err


def test_bad_input_is_one_sentence(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    for text in ("notes.txt", "none", ""):
        with pytest.raises(RuncaseError) as caught:
            info(str(tmp_path / text), as_json=False)
        assert caught.value.message.count(". ") == 0


def real_databases():
    found = shared("stores", "real")
    return [path for path in sorted(found.rglob("*")) if path.suffix in (".db", ".sqlite")]


def test_published_stores_have_the_counts_that_sqlite3_gives():
    for path in real_databases():
        before = picture(path.parent)
        raw = sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)
        stages = dict(
            raw.execute("SELECT lifecycle_stage, count(*) FROM runs GROUP BY 1").fetchall()
        )
        traced = raw.execute("SELECT count(*) FROM sqlite_master WHERE name = 'trace_info'")
        traces = (
            raw.execute("SELECT count(*) FROM trace_info").fetchone()[0]
            if traced.fetchone()[0]
            else 0
        )
        raw.close()
        store = Store.open(path)
        found = summarise(store)
        store.close()
        assert (found.runs, found.deleted_runs, found.traces) == (
            stages.get("active", 0),
            stages.get("deleted", 0),
            traces,
        )
        assert picture(path.parent) == before
