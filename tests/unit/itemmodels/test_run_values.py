"""Columns of a stored experiment as charts get them."""

import numpy as np

from made import unpack
from runcase.itemmodels.run_values import read_table
from runcase.store import frame as frames
from runcase.store.engine import Store
from runcase.store.records import Lifecycle


def test_places_of_artifacts_are_read_for_the_runs_that_are_asked_for(tmp_path):
    store = Store.open(unpack("3.18.0", tmp_path))
    with store.read() as connection:
        frame = frames.load(connection, None, Lifecycle.ACTIVE)
        before = set(frame.columns)
        rows = np.array([2, 0], dtype=np.int64)
        found = read_table(connection, frame, rows, ["attribute:artifact_uri", "no column"])
    store.close()
    values = found.columns["attribute:artifact_uri"]
    uris = [values.labels[code] for code in values.codes]
    assert all(run_id in uri for run_id, uri in zip(found.run_ids, uris, strict=True))
    assert list(found.columns) == ["attribute:artifact_uri"]
    assert set(frame.columns) == before  # the table's own frame stays as it is


def test_a_metrics_least_value_says_so_in_its_title(tmp_path):
    store = Store.open(unpack("3.18.0", tmp_path))
    with store.read() as connection:
        frame = frames.load(connection, None, Lifecycle.ACTIVE)
        key = next(key for key in frames.keys(connection, ["1"]) if key.kind.value == "metric")
        rows = np.arange(len(frame), dtype=np.int64)
        found = read_table(connection, frame, rows, [f"metric(min):{key.key}"])
    store.close()
    assert found.columns[f"metric(min):{key.key}"].title == f"min {key.key}"
