import json

import numpy as np
import pytest

from runcase.progress import Progress
from runcase.store import export_load
from runcase.store import frame as frames
from runcase.store.engine import Store
from runcase.store.export_load import with_columns
from runcase.store.export_text import Format, pieces
from runcase.store.export_values import RunTable
from runcase.store.records import ColumnKey, Kind, Lifecycle


@pytest.fixture
def store(store_path):
    made = Store.open(store_path)
    yield made
    made.close()


@pytest.mark.parametrize("most", [0, 20_000_000])
def test_what_is_not_loaded_is_read_for_the_export_only(store, monkeypatch, most):
    monkeypatch.setattr(export_load, "_MOST_CELLS", most)
    with store.read() as connection:
        frame = frames.load(connection, None, Lifecycle.ALL)
        keys = frames.keys(connection, sorted(frame.attribute("experiment_id").categories))
    before = set(frame.columns)
    rows = np.arange(len(frame), dtype=np.int64)[::-1]
    uri = ColumnKey(Kind.ATTRIBUTE, "artifact_uri")
    table = with_columns(RunTable(frame, rows, [uri, *keys]), store.read)
    assert (table.fill is None) == (most > 0)
    told = json.loads("".join(pieces(Format.JSON, table, Progress())))
    assert set(frame.columns) == before
    with store.read() as connection:
        frames.load_columns(connection, frame, [uri, *keys])
    whole = RunTable(frame, rows, [uri, *keys])
    assert told == json.loads("".join(pieces(Format.JSON, whole, Progress())))
    assert all(run["artifact_uri"] for run in told)
    assert with_columns(whole, store.read) is whole
