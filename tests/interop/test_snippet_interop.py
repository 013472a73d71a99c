"""The Python that we write runs with the real client, and finds what we show in the same order."""

import json
import os
import random
import sqlite3
import subprocess

import numpy as np
import pytest

from runcase.store import frame, frame_sort, snippet
from runcase.store.engine import Store
from runcase.store.records import ColumnKey, Kind, Lifecycle
from runcase.store.search import parse

ACCURACY = ColumnKey(Kind.METRIC, "a`b")
LOSS = ColumnKey(Kind.METRIC, "val/loss")
LR = ColumnKey(Kind.PARAM, "lr")
NAME = ColumnKey(Kind.ATTRIBUTE, "run_name")
STATUS = ColumnKey(Kind.ATTRIBUTE, "status")
STARTED = ColumnKey(Kind.ATTRIBUTE, "start_time")
DURATION = ColumnKey(Kind.ATTRIBUTE, "duration")

# Filter, sort, lifecycle, and whether the runs are named one by one.
CASES = [
    ("", [], "active", False),
    ("", [(STARTED, False)], "all", False),
    ("metrics.`val/loss` < 2", [(LOSS, True)], "active", False),
    ("metrics.`val/loss` < 2", [(LOSS, False), (STATUS, True)], "active", False),
    ("params.name = 'it''s'", [], "active", False),
    ("params.name LIKE '%\n%'", [], "all", False),
    ("tags.team != 'a' AND params.lr LIKE '0.%'", [(NAME, True)], "active", False),
    ('metrics."a`b" > 0', [(LOSS, True)], "active", False),
    ('metrics."a`b" > 0', [(ACCURACY, True)], "active", True),
    ("", [(STARTED, True)], "deleted", False),
    ("metrics.`val/loss` > 1e9", [], "active", False),
    ("", [(LR, False)], "active", True),
    ("metrics.`val/loss` < 2", [(DURATION, True)], "active", True),
    ("metrics.`val/loss` < 1 OR params.lr = '10'", [(LOSS, False)], "active", True),
    ("NOT status = 'FINISHED' AND metrics.`val/loss` > 0", [], "all", True),
    ("params.lr > 0.2\nAND tags.team = 'a'", [(LR, True)], "active", True),
]


@pytest.fixture(scope="module")
def database(mlflow, tmp_path_factory):
    """A store in a folder whose name is not easy to put into an address or a program."""
    folder = tmp_path_factory.mktemp("written")
    dice = random.Random(5)
    runs = []
    for number in range(30):
        metrics = {"val/loss": str(dice.choice([0.5, 1.0, 1.5, 2.5]))} if number % 3 else {}
        metrics |= {"accuracy": str(number % 4)} if number % 2 else {}
        runs.append(
            {
                "name": f"run {number % 11}",
                "start": 1_000 - number // 2,
                "end": 2_000 + number % 7,
                "status": ["FINISHED", "FAILED", "KILLED"][number % 3],
                "params": {
                    "lr": dice.choice(["0.1", "0.5", "10", "9", "1e-3"]),
                    "name": ["it's", "it''s", "a\nb", '"', "\\"][number % 5],
                },
                "metrics": metrics,
                "tags": {"team": dice.choice(["a", "b"])},
                "datasets": [],
                "deleted": number in (9, 20),
            }
        )
    path = folder / "mlflow.db"
    mlflow("write", database=str(path), artifacts=str(folder / "artifacts"), runs=runs)
    # Its client logs no such key any more, but older ones did.
    with sqlite3.connect(path) as raw:
        for table in ("metrics", "latest_metrics"):
            raw.execute(f"UPDATE {table} SET key = ? WHERE key = 'accuracy'", (ACCURACY.key,))
    raw.close()
    return (
        folder.rename(folder.with_name("it's 100%23 ü#\"" + " ?" * (os.name != "nt"))) / path.name
    )


def shown(connection, filter_text, sort, lifecycle):
    """Return the frame and the rows that the table shows."""
    wanted = parse(filter_text)
    runs = frame.load(connection, None, Lifecycle(lifecycle))
    frame.load_columns(connection, runs, wanted.columns() | {LOSS, ACCURACY, LR})
    matching = np.flatnonzero(wanted.mask(runs))
    return runs, frame_sort.order_by_columns(runs, sort, matching)


@pytest.fixture(scope="module")
def programs(database):
    """Each case's program and the run ids that it has to find."""
    store = Store.open(database)
    made = []
    try:
        with store.read() as connection:
            for filter_text, sort, lifecycle, _ in CASES:
                runs, rows = shown(connection, filter_text, sort, lifecycle)
                uri = snippet.tracking_uri_of(database)
                text = snippet.snippet(uri, runs, rows, filter_text, sort)
                made.append((text, runs.ids.take(rows)))
    finally:
        store.close()
    return made


def test_the_real_client_finds_the_same_runs_in_the_same_order(
    programs, interop_python, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("programs")
    parts = ["import json", "answers = []"]
    for number, (text, _) in enumerate(programs):
        (folder / f"{number}.py").write_text(text, encoding="utf-8")
        parts.append("found = {}")
        parts.append(f"exec(open('{number}.py', encoding='utf-8').read(), found)")
        parts.append("answers.append([run.info.run_id for run in found['runs']])")
    parts.append("print('\\x1e' + json.dumps(answers))")
    done = subprocess.run(
        [str(interop_python), "-W", "ignore", "-X", "utf8", "-c", "\n".join(parts)],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    answers = json.loads(done.stdout.rpartition("\x1e")[2])
    for case, (text, wanted), found in zip(CASES, programs, answers, strict=True):
        assert found == wanted, (case, text)
    assert sum(bool(found) for found in answers) >= 12


def test_runs_are_named_only_where_mlflow_cannot_find_them(programs):
    for (filter_text, _, _, named), (text, _) in zip(CASES, programs, strict=True):
        assert ("wanted = [" in text) == named, (filter_text, text)
        assert ("# MLflow" in text) == named
        assert named or repr(filter_text) in text


def test_too_many_runs_are_said_and_asked_for_as_well_as_can_be(database, monkeypatch):
    monkeypatch.setattr(snippet, "MOST_IDS", 3)
    store = Store.open(database)
    try:
        with store.read() as connection:
            filter_text = "metrics.`val/loss` > 0 AND (status = 'FAILED' OR params.lr = '10')"
            runs, rows = shown(connection, filter_text, [(LR, False)], "active")
            text = snippet.snippet("sqlite:///x", runs, rows, filter_text, [(LR, False)])
            assert "filter_string='metrics.`val/loss` > 0'" in text
            comment = " ".join(line[2:] for line in text.splitlines() if line.startswith("#"))
            assert f"finds others, too, besides the {len(rows)} runs" in comment
            runs, rows = shown(connection, "", [(LR, False)], "active")
            text = snippet.snippet("sqlite:///x", runs, rows, "", [(LR, False)])
            assert "order_by=['params.`lr` ASC']" in text
            assert "10 before 9" in text
    finally:
        store.close()
