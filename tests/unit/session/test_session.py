"""One store as Qt sees it: opening, asking, closing in the middle of either."""

import threading

import pytest
from PySide6.QtCore import QObject

from fakes import HeldJobs, InlineJobs
from runcase.errors import NotFoundError, StoreError
from runcase.session.session import Session, State
from runcase.store.changes import Origin
from runcase.store.experiments import list_experiments


@pytest.fixture
def held(qapp):
    made = HeldJobs()
    yield made
    made.close()


def test_opening_ends_with_opened(session, store_path):
    assert session.state is State.READY
    assert session.error is None
    assert session.store.path == store_path
    assert session.finder is not None


def test_a_store_that_is_not_there_fails(tmp_path, jobs, qtbot):
    session = Session(tmp_path / "none.db", jobs)
    with qtbot.waitSignal(session.failed) as failed:
        session.open()
    assert session.state is State.FAILED
    assert failed.args == [session.error]
    assert isinstance(session.error, NotFoundError)
    with pytest.raises(StoreError):
        _ = session.store
    session.close()


def test_a_read_answers_with_records(session, qtbot):
    answers = []
    with qtbot.waitSignal(session.jobs.became_idle):
        session.ask(session.read(list_experiments), owner=session, then=answers.append)
    assert len(answers[0]) > 1


def test_an_error_that_nobody_takes_is_kept(session, qtbot):
    def work(_progress):
        raise StoreError("It broke.")

    with qtbot.waitSignal(session.failed):
        session.ask(work, owner=session, then=print)
    assert str(session.error) == "It broke."
    assert session.state is State.READY


def test_refresh_tells_every_view(session, qtbot):
    with qtbot.waitSignal(session.changed) as changed:
        session.refresh()
    (change,) = changed.args
    assert change.origin is Origin.REFRESH
    assert change.at_ms == session.changed_ms > 0


def test_closing_while_it_opens_leaves_nothing_open(store_path, held):
    session = Session(store_path, held)
    seen = []
    session.opened.connect(lambda: seen.append("opened"))
    session.open()
    session.close()
    held.release_all()
    assert seen == []


def test_closing_just_after_the_file_was_opened_closes_the_store(store_path, held):
    session = Session(store_path, held)
    session.open()
    held.work_only()
    store = session.store
    session.close()
    with store.read() as connection:
        # A closed store keeps no connection: this one is its caller's alone.
        assert connection.scalar("SELECT count(*) FROM experiments") > 0
    assert not store._idle


def test_closing_stops_the_reads_that_it_would_wait_for(session, qtbot):
    began, stopped = threading.Event(), threading.Event()

    def work(progress):
        with session.store.read(progress):
            progress.interrupted_by(stopped.set)
            began.set()
            assert stopped.wait(10)
            progress.check()

    owner, answers = QObject(), []
    session.ask(work, owner=owner, then=answers.append)
    assert began.wait(10)
    session.close()
    assert stopped.is_set()
    with pytest.raises(StoreError):
        _ = session.store


def test_inline_jobs_are_a_session_without_threads(store_path, qapp):
    jobs = InlineJobs()
    session = Session(store_path, jobs)
    session.open()
    assert session.state is State.READY
    answers = []
    session.ask(session.read(list_experiments), owner=session, then=answers.append)
    assert answers
    session.close()
    jobs.close()
