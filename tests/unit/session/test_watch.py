"""Following a store that other programs write, replace and remove."""

import os
import sqlite3

import pytest

import filestores
from made import unpack
from runcase.session.session import Session, State
from runcase.session.watch import INTERVAL_MS, Watch
from runcase.store.changes import Origin
from runcase.store.runs import get_run
from small_store import add_runs, make_store, run_id

# A change is to be shown within 2 s; the rest is for a machine that is busy.
GUARD_MS = 20_000


@pytest.fixture
def follow(jobs, qtbot):
    """Open a store and follow it; returns (session, watch)."""
    sessions = []

    def made(path, interval_ms=20):
        session = Session(path, jobs)
        watch = Watch(session)
        watch._timer.setInterval(interval_ms)
        with qtbot.waitSignal(session.opened):
            session.open()
        sessions.append((session, watch))
        qtbot.waitUntil(lambda: watch._seen is not None)
        return session, watch

    yield made
    for session, watch in sessions:
        watch.set_live(False)
        session.close()


@pytest.mark.parametrize("wal", [False, True])
def test_an_outside_commit_is_noticed_and_readable(wal, tmp_path, follow, qtbot):
    path = make_store(tmp_path / "mlflow.db", wal=wal)
    writer = sqlite3.connect(path)
    if wal:
        add_runs(writer, range(10, 11))  # a -wal lies beside the database from now on
    session, _watch = follow(path, 20 if wal else INTERVAL_MS)
    with qtbot.waitSignal(session.changed, timeout=GUARD_MS) as changed:
        add_runs(writer, range(20, 21))
    assert changed.args[0].origin is Origin.EXTERNAL
    with session.store.read() as connection:
        assert get_run(connection, run_id(20)) is not None
    writer.close()


def test_a_file_store_is_shown_at_once_and_brought_up_to_date(tmp_path, follow, qtbot, jobs):
    root = filestores.small(tmp_path / "mlruns", runs=3)
    first, watch = follow(root)
    watch.set_live(False)
    first.close()
    filestores.add_run(root / "0", 77)
    late = Session(root, jobs)
    with qtbot.waitSignal(late.opened):
        late.open()
    with late.store.read() as connection:
        assert get_run(connection, filestores.run_id(0)) is not None
        assert get_run(connection, filestores.run_id(77)) is None
    following = Watch(late)
    with qtbot.waitSignal(late.changed, timeout=GUARD_MS):
        following.set_live(True)
    with late.store.read() as connection:
        assert get_run(connection, filestores.run_id(77)) is not None
    following.set_live(False)
    late.close()


@pytest.mark.parametrize("wal", [False, True])
def test_no_change_is_no_news(wal, tmp_path, follow, qtbot):
    path = make_store(tmp_path / "mlflow.db", wal=wal)
    writer = sqlite3.connect(path)
    add_runs(writer, range(10, 11))
    session, watch = follow(path, 60_000)
    seen = []
    session.changed.connect(seen.append)
    add_runs(writer, range(20, 21))
    for _ in range(3):
        with qtbot.waitSignal(session.jobs.became_idle):
            watch._look()
    assert len(seen) == 1
    writer.close()


def test_a_removed_file_is_lost_and_found(tmp_path, follow, qtbot):
    path = make_store(tmp_path / "mlflow.db")
    session, watch = follow(path)
    with qtbot.waitSignal(watch.lost, timeout=GUARD_MS):
        path.rename(tmp_path / "elsewhere.db")
    assert session.state is State.GONE
    assert watch.live
    with qtbot.waitSignals([watch.found, session.changed], timeout=GUARD_MS):
        make_store(path, runs=5)
    assert session.state is State.READY
    with session.store.read() as connection:
        assert get_run(connection, run_id(4)) is not None


def test_a_replaced_file_is_read_anew(tmp_path, follow, qtbot):
    path = make_store(tmp_path / "mlflow.db")
    session, _watch = follow(path)
    other = unpack("1.30.0", tmp_path / "other")
    with qtbot.waitSignal(session.changed, timeout=GUARD_MS):
        os.replace(other, path)
    with session.store.read() as connection:
        assert get_run(connection, run_id(0)) is None
        assert connection.features.has("registered_models")


def test_a_locked_store_is_not_lost(tmp_path, follow, qtbot):
    path = make_store(tmp_path / "mlflow.db")
    session, watch = follow(path, 60_000)
    lost = []
    watch.lost.connect(lambda: lost.append(True))
    writer = sqlite3.connect(path)
    writer.execute("BEGIN EXCLUSIVE")
    with qtbot.waitSignal(session.jobs.became_idle):
        watch._look()
    writer.rollback()
    writer.close()
    assert not lost
    assert session.state is State.READY


def test_a_paused_watch_does_not_look(tmp_path, follow):
    session, watch = follow(make_store(tmp_path / "mlflow.db"))
    watch.set_live(False)
    assert not watch.live
    watch.set_live(True)
    assert watch.live
    assert session.state is State.READY


def test_a_replaced_file_is_said(tmp_path, follow, qtbot):
    path = make_store(tmp_path / "mlflow.db")
    _session, watch = follow(path)
    other = make_store(tmp_path / "other.db", runs=5)
    with qtbot.waitSignal(watch.replaced, timeout=GUARD_MS):
        os.replace(other, path)
