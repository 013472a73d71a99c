"""Plain words, and experiments' names, in stores of real tables."""

import sqlite3

import numpy as np
import pytest

from runcase.errors import CancelledError
from runcase.progress import Progress
from runcase.store import frame, words
from runcase.store.engine import Store
from runcase.store.experiment_names import experiment_names
from runcase.store.records import Lifecycle
from small_store import make_store, run_id


@pytest.fixture
def store(tmp_path):
    path = make_store(tmp_path / "mlflow.db", runs=6)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE runs SET name = 'Geo features' WHERE run_uuid = ?", (run_id(0),))
    for table, number, key, value in (
        ("params", 1, "model", "XGBoost geo"),
        ("params", 2, "geo", "only the key holds it"),
        ("tags", 3, "mlflow.note.content", "a note\non GEOgraphy"),
        ("tags", 4, "t", "Straße BÖB"),
        ("params", 5, "n", 17),
        ("tags", 5, "nothing", None),
        ("tags", 77, "t", "geo, of a run that is gone"),
    ):
        connection.execute(f"INSERT INTO {table} VALUES (?, ?, ?)", (key, value, run_id(number)))
    connection.commit()
    connection.close()
    opened = Store.open(path)
    yield opened
    opened.close()


def found(store, word, progress=None):
    with store.read(progress or Progress()) as connection:
        runs = frame.load(connection, None, Lifecycle.ACTIVE)
        column = words.hits(connection, runs, word)
        return sorted(int(runs.ids[row], 16) for row in np.flatnonzero(column.present).tolist())


@pytest.mark.parametrize(
    ("word", "runs"),
    [
        ("geo", [0, 1, 3]),
        ("GEO", [0, 1, 3]),
        ("xgboost geo", [1]),
        ("note\non", [3]),
        ("böb", [4]),
        ("STRASSE B", [4]),
        ("straße", [4]),
        ("17", [5]),
        ("100%", []),
        ("", []),
        (run_id(2), [2]),
        (run_id(2)[:10], [0, 1, 2, 3, 4, 5]),
    ],
)
def test_a_word_is_found_in_names_ids_params_and_tags(store, word, runs):
    assert found(store, word) == runs


def test_pieces_are_joined(store, monkeypatch):
    monkeypatch.setattr(words, "_CHUNK", 1)
    assert found(store, "geo") == [0, 1, 3]


def test_it_tells_how_far_it_is_and_can_be_stopped(store):
    said = []
    found(store, "geo", Progress(lambda *told: said.append(told)))
    assert said[-1][2] == "values"
    assert said[-1][0] == said[-1][1] > 0
    stopped = Progress(lambda done, total, what: stopped.cancel() if what == "values" else None)
    with pytest.raises(CancelledError):
        found(store, "geo", stopped)


def test_experiments_have_their_names(store):
    with store.read() as connection:
        runs = frame.load(connection, None, Lifecycle.ACTIVE)
        column = experiment_names(connection, runs)
    assert [column.text(row) for row in range(len(runs))] == ["Default"] * 6
    assert column.present.all()
