"""Frames brought up to date, against frames that are read as a whole."""

import math
import shutil
import sqlite3
from contextlib import closing

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filestores import small
from made import unpack
from runcase.store import frame, frame_refresh, words
from runcase.store.columns import DatasetColumn, MetricColumn
from runcase.store.create import create
from runcase.store.engine import Store
from runcase.store.frame import ARTIFACT_URI, RUN_NAME, RunFrame
from runcase.store.frame_texts import TextEncoder, extended, without
from runcase.store.records import ColumnKey, Dataset, Kind, Lifecycle, Run
from runcase.store.write import Point, writing

NOW = 1_700_000_000_000
METRICS, PARAMS, TAGS = ("loss", "acc"), ("lr", "model"), ("state", "geo")
SHOWN = (
    *(ColumnKey(Kind.METRIC, name) for name in METRICS),
    *(ColumnKey(Kind.METRIC, "loss", how) for how in ("min", "max", "mean", "first", "at:1")),
    *(ColumnKey(Kind.PARAM, name) for name in PARAMS),
    *(ColumnKey(Kind.TAG, name) for name in TAGS),
    *(ColumnKey(Kind.DATASET, name) for name in ("name", "digest", "context")),
    ColumnKey(Kind.MODEL, "name"),
    ColumnKey(Kind.WORD, "geo"),
    ColumnKey(Kind.ATTRIBUTE, "experiment"),
    ARTIFACT_URI,
)


class Client:
    """What MLflow's client does, in its own SQL: no tag or metric is replaced, but updated."""

    def __init__(self, path):
        self.raw = sqlite3.connect(path, isolation_level=None)
        self.has_latest = bool(self.raw.execute("PRAGMA table_info(latest_metrics)").fetchall())
        self.made = self.raw.execute("SELECT count(*) FROM runs").fetchone()[0]

    def ids(self):
        return [row[0] for row in self.raw.execute("SELECT run_uuid FROM runs ORDER BY run_uuid")]

    def do(self, action, which, name, value):
        ids = self.ids()
        getattr(self, action)(ids[which % len(ids)], name % 2, value)

    def create(self, _run_id, name, value):
        self.made += 1
        run_id = f"{(self.made * 2654435761) % 2**32:032x}"
        columns = "run_uuid, name, user_id, status, start_time, lifecycle_stage, artifact_uri"
        given = (run_id, f"run {value}", "ada", "RUNNING", NOW + value, "active", f"/a/{run_id}")
        self.raw.execute(
            f"INSERT INTO runs ({columns}, experiment_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*given, name),
        )
        self.tag(run_id, "mlflow.runName", f"run {value}")
        self.log_param(run_id, name, value)

    def log_param(self, run_id, name, value):
        # A param that is there stays as it is.
        sql = "INSERT OR IGNORE INTO params (key, value, run_uuid) VALUES (?, ?, ?)"
        self.raw.execute(sql, (PARAMS[name], f"geo {value}" if value % 3 else f"{value}", run_id))

    def log_metric(self, run_id, name, value):
        key, step, time = METRICS[name], value % 4, NOW + value
        number = {0: math.inf, 1: 0.0}.get(value, value / 2)
        stored = math.copysign(1.7976931348623157e308, number) if math.isinf(number) else number
        has_nan = "is_nan" in self._columns("metrics")
        more, marks = (", is_nan", ", ?") if has_nan else ("", "")
        row = (key, stored, time, run_id, step, *((int(value == 1),) if has_nan else ()))
        columns = f"(key, value, timestamp, run_uuid, step{more}) VALUES (?, ?, ?, ?, ?{marks})"
        self.raw.execute(f"INSERT OR IGNORE INTO metrics {columns}", row)
        if not self.has_latest:
            return
        of = (run_id, key)
        sql = "SELECT step, timestamp, value FROM latest_metrics WHERE run_uuid = ? AND key = ?"
        known = self.raw.execute(sql, of).fetchone()
        if known is None:
            self.raw.execute(f"INSERT INTO latest_metrics {columns}", row)
        elif (step, time, stored) > known:
            self.raw.execute(
                "UPDATE latest_metrics SET value = ?, timestamp = ?, step = ?, is_nan = ?"
                " WHERE run_uuid = ? AND key = ?",
                (stored, time, step, int(value == 1), *of),
            )

    def set_tag(self, run_id, name, value):
        self.tag(run_id, TAGS[name], f"geo {value}" if value % 2 else f"{value}")

    def nest(self, run_id, name, value):
        ids = self.ids()
        self.tag(run_id, "mlflow.parentRunId", ids[value % len(ids)])

    def tag(self, run_id, key, value):
        """Look for it, then update or insert it: `Session.merge` does so."""
        sql = "UPDATE tags SET value = ? WHERE key = ? AND run_uuid = ?"
        if not self.raw.execute(sql, (value, key, run_id)).rowcount:
            sql = "INSERT INTO tags (key, value, run_uuid) VALUES (?, ?, ?)"
            self.raw.execute(sql, (key, value, run_id))

    def end(self, run_id, name, value):
        status = ("FINISHED", "FAILED")[name]
        sql = "UPDATE runs SET status = ?, end_time = ? WHERE run_uuid = ?"
        self.raw.execute(sql, (status, NOW + value, run_id))

    def resume(self, run_id, name, value):
        sql = "UPDATE runs SET status = 'RUNNING', end_time = NULL WHERE run_uuid = ?"
        self.raw.execute(sql, (run_id,))

    def rename(self, run_id, name, value):
        self.raw.execute("UPDATE runs SET name = ? WHERE run_uuid = ?", (f"geo {value}", run_id))
        self.tag(run_id, "mlflow.runName", f"geo {value}")

    def delete(self, run_id, name, value):
        stage = ("deleted", "active")[name]
        sql = "UPDATE runs SET lifecycle_stage = ? WHERE run_uuid = ?"
        self.raw.execute(sql, (stage, run_id))

    def collect(self, run_id, name, value):
        """Remove a run for good, as `mlflow gc` does."""
        if len(self.ids()) > 1:
            tables = ("latest_metrics",) * self.has_latest + ("metrics", "params", "tags", "runs")
            for table in tables:
                self.raw.execute(f"DELETE FROM {table} WHERE run_uuid = ?", (run_id,))

    def use_dataset(self, run_id, name, value):
        if "input_uuid" in self._columns("inputs"):
            sql = (
                "INSERT OR IGNORE INTO inputs (input_uuid, source_type, source_id,"
                " destination_type, destination_id) VALUES (?, 'DATASET', ?, 'RUN', ?)"
            )
            self.raw.execute(sql, (f"i{self.raw.total_changes}", f"d{name}", run_id))

    def register(self, run_id, name, value):
        columns = self._columns("model_versions")
        if columns:
            space = "workspace" in columns
            self.raw.execute(
                f"INSERT INTO model_versions (name, version, run_id{', workspace' * space})"
                f" VALUES (?, ?, ?{', ?' * space})",
                (f"m{name}", self.raw.total_changes, run_id, *(("default",) * space)),
            )

    def _columns(self, table):
        return [row[1] for row in self.raw.execute(f"PRAGMA table_info({table})")]


# What a training run does to its own run, so to one that is not ended.
ACTIONS = (
    *("create", "log_param", "log_metric", "log_metric", "end", "resume", "rename"),
    *("delete", "collect", "use_dataset", "register"),
)
# To an ended run these leave a trace only the first time.
OWN_ACTIONS = ("set_tag", "nest")
steps = st.lists(
    st.tuples(
        st.sampled_from((*ACTIONS, *OWN_ACTIONS)),
        st.integers(0, 30),
        st.integers(0, 1),
        st.integers(0, 60),
    ),
    max_size=6,
)


def play(client, actions):
    for action, which, name, value in actions:
        if action in OWN_ACTIONS:
            ids = client.ids()
            client.resume(ids[which % len(ids)], name, value)
        client.do(action, which, name, value)


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A store of twelve runs, three of which go on."""
    path = tmp_path_factory.mktemp("begun") / "mlflow.db"
    create(path, "/artifacts", NOW)
    with writing(path) as writer:
        writer.experiment(1, "geo", "/artifacts/1", NOW)
        for at in range(2):
            writer.dataset(f"d{at}", 0, Dataset(f"data {at}", f"{at}", "", "", None, None, None))
        for at in range(12):
            status = "RUNNING" if at % 4 == 0 else "FINISHED"
            name, start = f"run {at}", NOW - at * 1000
            end = None if status == "RUNNING" else start + 10
            run = Run(f"{at:032x}", name, str(at % 2), status, start, end, "active", f"/a/{at}")
            writer.run(run, {"lr": str(at), "model": "resnet"}, {"state": "new"})
            writer.metrics(run.run_id, [Point("loss", at / 2 + step, NOW, step) for step in (0, 1)])
        writer.use_dataset("i", f"{1:032x}", "d0", "train")
    return path


def shown(connection, experiments, lifecycle):
    runs = frame.load(connection, experiments, lifecycle)
    frame.load_columns(connection, runs, SHOWN)
    return runs


def values(runs):
    """Lay a frame out as plain values by run and column."""
    texts = ("run_name", "status", "experiment_id", "lifecycle_stage", "user_id", "parent_id")
    found = {
        run_id: {
            "rowid": int(runs.rowid[row]),
            "times": (int(runs.start_time[row]), int(runs.end_time[row])),
            "parent": int(runs.parent[row]),
            **{name: runs.text(name, row) for name in texts},
            **{key: value(column, row) for key, column in runs.columns.items()},
        }
        for row, run_id in enumerate(runs.ids)
    }
    return list(found), found


def value(column, row):
    if isinstance(column, MetricColumn):
        number = float(column.values[row])
        shown = "nan" if math.isnan(number) else pytest.approx(number)
        return shown, bool(column.present[row]), bool(column.nan[row])
    if isinstance(column, DatasetColumn):
        return column.texts(row)
    return column.text(row), bool(column.present[row])


def check(found, wanted):
    assert values(found) == values(wanted)
    assert found.store_runs == wanted.store_runs
    assert set(found.best) == set(wanted.best)
    for key, column in found.columns.items():
        assert column.complete
        if key.kind in (Kind.PARAM, Kind.TAG):
            assert sorted(column.categories) == sorted(wanted.columns[key].categories)
            assert len(set(column.categories)) == len(column.categories)


@settings(max_examples=60, deadline=None)
@given(
    data=st.lists(steps, min_size=1, max_size=4),
    experiments=st.sampled_from([None, ["0"], ["0", "1"]]),
    lifecycle=st.sampled_from([Lifecycle.ACTIVE, Lifecycle.ALL]),
)
def test_a_live_refresh_shows_what_a_client_wrote(
    begun, tmp_path_factory, data, experiments, lifecycle
):
    path = tmp_path_factory.mktemp("played") / "mlflow.db"
    shutil.copy(begun, path)
    store, client = Store.open(path), Client(path)
    with closing(store), closing(client.raw):
        with store.read() as connection:
            runs = shown(connection, experiments, lifecycle)
        for actions in data:
            play(client, actions)
            with store.read() as connection:
                runs = frame.refresh(connection, runs, few=0)
                check(runs, frame.refresh(connection, runs, thorough=True))


@pytest.mark.parametrize("version", ["1.0.0", "1.10.0", "1.30.0", "2.3.2", "2.22.5", "3.18.0"])
@settings(max_examples=8, deadline=None)
@given(data=st.lists(steps, min_size=1, max_size=3))
def test_so_it_does_in_stores_of_every_schema(tmp_path_factory, version, data):
    path = unpack(version, tmp_path_factory.mktemp("played"))
    store, client = Store.open(path), Client(path)
    with closing(store), closing(client.raw):
        with store.read() as connection:
            runs = frame.load(connection, None, Lifecycle.ALL)
            keys = frame.keys(connection)
            frame.load_columns(connection, runs, [*keys, *SHOWN, RUN_NAME])
        for actions in data:
            play(client, actions)
            with store.read() as connection:
                runs = frame.refresh(connection, runs, few=0)
                check(runs, frame.refresh(connection, runs, thorough=True))


@pytest.fixture
def opened(begun, tmp_path, monkeypatch):
    """A store, a client of it, and the runs that were looked up by a live refresh."""
    path = tmp_path / "mlflow.db"
    shutil.copy(begun, path)
    store, client = Store.open(path), Client(path)
    looked_up = []
    part = RunFrame.part

    def watched(runs, rows):
        looked_up.append(sorted(int(run_id, 16) for run_id in runs.ids.take(rows)))
        return part(runs, rows)

    monkeypatch.setattr(RunFrame, "part", watched)
    with closing(store), closing(client.raw):
        yield store, client, looked_up


def refreshed(store, runs, few=0):
    with store.read() as connection:
        found = frame.refresh(connection, runs, few=few)
        check(found, frame.refresh(connection, runs, thorough=True))
    return found


def first(store):
    with store.read() as connection:
        return shown(connection, None, Lifecycle.ALL)


def test_only_runs_that_were_written_to_are_read(opened):
    store, client, looked_up = opened
    runs = first(store)
    for at in (0, 4, 8):
        client.end(f"{at:032x}", 0, at)
    runs = refreshed(store, runs)
    client.log_metric(f"{3:032x}", 0, 30)
    client.set_tag(f"{2:032x}", 1, 7)
    refreshed(store, runs)
    # 11 was the last to be written to: its tag could be another one with the same row number.
    assert looked_up == [[0, 4, 8, 11], [2, 3, 11]]


def test_few_runs_are_read_as_a_whole(opened):
    store, _, looked_up = opened
    refreshed(store, first(store), few=12)
    assert looked_up == []


def test_ranks_and_numbers_of_texts_are_kept_while_the_texts_stay(opened):
    store, client, _ = opened
    runs = first(store)
    key = ColumnKey(Kind.PARAM, "lr")
    ranks = runs.columns[key].ranks(natural=True)
    client.log_metric(f"{3:032x}", 0, 30)
    again = refreshed(store, runs).columns[key]
    assert again.ranks(natural=True) is ranks
    assert again.codes is not runs.columns[key].codes


def test_the_old_frame_stays_as_it_was(opened):
    store, client, _ = opened
    runs = first(store)
    before = values(runs)
    for value in range(5):
        client.create("", 0, value)
        client.log_metric(f"{3:032x}", 0, 40 + value)
        client.rename(f"{4:032x}", 0, value)
    refreshed(store, runs)
    assert values(runs) == before


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE tags SET value = 'another' WHERE key = 'state'",
        "DELETE FROM tags WHERE key = 'state'",
        "DELETE FROM tags WHERE rowid = (SELECT max(rowid) FROM tags)",
        "UPDATE model_versions SET name = 'other'",
        "REPLACE INTO tags (key, value, run_uuid) SELECT key, 'x', run_uuid FROM tags",
        "REPLACE INTO params (key, value, run_uuid) SELECT key, 'x', run_uuid FROM params",
        "UPDATE experiments SET name = name || 1",
        "DELETE FROM latest_metrics WHERE rowid = (SELECT max(rowid) FROM latest_metrics)",
        "DELETE FROM params",
        "VACUUM",
    ],
)
def test_what_leaves_no_trace_is_found_when_nothing_else_happened(opened, sql):
    store, client, _ = opened
    client.register(f"{5:032x}", 0, 0)
    client.collect(f"{2:032x}", 0, 0)
    runs = first(store)
    client.raw.execute(sql)
    refreshed(store, runs)


def test_a_tag_that_takes_the_number_of_a_deleted_one_is_seen(opened):
    store, client, _ = opened
    client.set_tag(f"{1:032x}", 1, 1)
    runs = first(store)
    client.raw.execute("DELETE FROM tags WHERE rowid = (SELECT max(rowid) FROM tags)")
    client.set_tag(f"{1:032x}", 1, 3)
    client.log_metric(f"{3:032x}", 0, 30)
    assert refreshed(store, runs).columns[ColumnKey(Kind.TAG, "geo")].text(1) == "geo 3"


def test_many_changes_are_read_as_a_whole(opened, monkeypatch):
    store, _, looked_up = opened
    monkeypatch.setattr(frame_refresh, "_FEW", 2)
    refreshed(store, first(store))
    assert looked_up == []


def test_a_thorough_refresh_finds_what_others_hide(opened):
    store, client, _ = opened
    runs = first(store)
    client.raw.execute("UPDATE tags SET value = 'hidden' WHERE key = 'state'")
    client.log_metric(f"{3:032x}", 0, 30)
    with store.read() as connection:
        column = frame.refresh(connection, runs, thorough=True).columns[
            ColumnKey(Kind.TAG, "state")
        ]
    assert set(column.categories) == {"hidden"}


def test_damage_is_read_around(opened, monkeypatch):
    store, client, _ = opened
    runs = first(store)
    client.create("", 0, 5)
    with store.read() as connection:
        wanted = frame.refresh(connection, runs, thorough=True)
    # What is known to be damaged is not read as if it were not.
    with store.read() as connection:
        connection.readable["params"] = [(-1, 2**63 - 1)]
        found = frame.refresh(connection, runs, few=0)
    check(found, wanted)
    assert found.marks is None
    check(refreshed(store, found), wanted)


def test_a_file_store_is_always_read_as_a_whole(tmp_path):
    root = small(tmp_path, runs=3)
    store = Store.open(root)
    with closing(store), store.read() as connection:
        runs = frame.load(connection, None, Lifecycle.ALL)
        assert runs.marks is None
        check(frame.refresh(connection, runs, few=0), runs)


def test_words_of_few_runs_are_found_without_reading_all_rows(opened, monkeypatch):
    store, client, _ = opened
    for which in range(12):
        client.do(("set_tag", "log_param", "rename")[which % 3], which, 1, which)
    client.raw.execute("UPDATE tags SET value = 'Straße GEO ÄÖ' WHERE run_uuid = ?", (f"{7:032x}",))
    with store.read() as connection:
        runs = frame.load(connection, None, Lifecycle.ALL)
        for word in ("geo", "straße", "äö", "1", "resnet"):
            monkeypatch.setattr(words, "_FEW_RUNS", 0)
            wanted = words.hits(connection, runs, word)
            monkeypatch.setattr(words, "_FEW_RUNS", 100)
            monkeypatch.setattr(words, "_IDS", 5)
            assert np.array_equal(words.hits(connection, runs, word).present, wanted.present)


TEXTS = st.lists(st.text(max_size=4), unique=True, max_size=30)


@given(TEXTS, TEXTS, st.sampled_from([0, 100]), st.booleans())
def test_texts_are_added_and_left_out(before, more, looked_up, compact):
    from runcase.store import frame_texts

    categories = compacted(before) if compact else before
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frame_texts, "_LOOKED_UP", looked_up)
        found, places = extended(categories, more)
    assert [found[at] for at in places] == more
    assert list(found) == [*before, *(text for text in more if text not in before)]
    if set(more) <= set(before):
        assert found is categories
    out = np.array([len(text) % 2 == 0 for text in found], dtype=bool)
    assert list(without(found, out)) == [text for text in found if len(text) % 2]


def compacted(texts):
    """Return texts as a column of very many of them keeps them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("runcase.store.frame_texts._FEW", 0)
        encoder = TextEncoder()
        return encoder.finish(encoder.add(texts))[1] if texts else []
