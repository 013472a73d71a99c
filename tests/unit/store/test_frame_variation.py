"""Which keys differ among runs: on stores of every age, in pieces, and with values that are odd."""

import math
import sqlite3
from contextlib import closing

import pytest

from made import VERSIONS, expected, unpack
from runcase.store import frame as frames
from runcase.store.engine import Store
from runcase.store.frame_variation import Variation, variations
from runcase.store.records import ColumnKey, Kind, Lifecycle
from small_store import add_runs, make_store, run_id
from table_hands import add_run, metric, new_store, param, tag


def look(path, experiments=None):
    with closing(Store.open(path)) as store, store.read() as connection:
        frame = frames.load(connection, experiments, Lifecycle.ACTIVE)
        return variations(connection, frame)


@pytest.mark.parametrize("version", VERSIONS)
def test_it_says_what_mlflow_reads(version, tmp_path):
    path = unpack(version, tmp_path / "store")
    runs = [
        run
        for run in expected(version)["runs"].values()
        if run["info"]["lifecycle_stage"] == "active" and run["info"]["experiment_id"] == "1"
    ]
    found = look(path, ["1"])
    for kind, part in ((Kind.METRIC, "metrics"), (Kind.PARAM, "params")):
        values = {}
        for run in runs:
            for key, value in run[part].items():
                values.setdefault(key, []).append(value["value"] if part == "metrics" else value)
        wanted = {
            ColumnKey(kind, key): Variation(len(each), len({str(one) for one in each}) > 1)
            for key, each in values.items()
        }
        assert {key: each for key, each in found.items() if key.kind is kind} == wanted


def test_nan_and_infinities_differ_from_numbers(tmp_path):
    connection = new_store(tmp_path / "mlflow.db")
    pairs = {
        "same nan": (math.nan, math.nan),
        "nan and 0": (math.nan, 0.0),
        "inf": (math.inf, -math.inf),
        "one": (1.0, 1.0),
    }
    for number in (0, 1):
        metrics = {key: values[number] for key, values in pairs.items()}
        add_run(connection, number, metrics=metrics, params={"p": "", "q": str(number)})
    add_run(connection, 2, metrics={"alone": 1.0}, tags={"t": "é\n`"})
    connection.commit()
    connection.close()
    found = look(tmp_path / "mlflow.db")
    differs = {key.key: each.differs for key, each in found.items() if key.kind is Kind.METRIC}
    assert differs == {
        "same nan": False,
        "nan and 0": True,
        "inf": True,
        "one": False,
        "alone": False,
    }
    assert found[param("p")] == Variation(2, differs=False)
    assert found[param("q")] == Variation(2, differs=True)
    assert found[tag("t")] == Variation(1, differs=False)
    assert metric("no such") not in found


def test_values_are_compared_over_pieces(tmp_path):
    """One run of 900 differs, and stands in another statement than the others."""
    path = make_store(tmp_path / "mlflow.db", runs=0)
    connection = sqlite3.connect(path)
    add_runs(connection, range(900))
    for key, odd in (("first", 0), ("last", 899), ("middle", 450), ("none", -1)):
        connection.executemany(
            "INSERT INTO params VALUES (?, ?, ?)",
            [(key, "odd" if number == odd else "even", run_id(number)) for number in range(900)],
        )
    connection.commit()
    connection.close()
    found = look(path)
    assert {key.key: (each.runs, each.differs) for key, each in found.items()} == {
        "first": (900, True),
        "last": (900, True),
        "middle": (900, True),
        "none": (900, False),
    }


def test_no_runs_have_no_keys(tmp_path):
    assert look(make_store(tmp_path / "mlflow.db", runs=0)) == {}
