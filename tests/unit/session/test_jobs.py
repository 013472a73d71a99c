"""Work beside the GUI thread: whose answer arrives, whose is dropped, what closing waits for."""

import sys
import threading

import pytest
from PySide6.QtCore import QObject, QThread
from shiboken6 import delete

from fakes import HeldJobs, InlineJobs, deliver
from runcase.errors import PreviewError, RuncaseError
from runcase.session.jobs import Jobs


@pytest.fixture
def held(qapp):
    made = HeldJobs()
    yield made
    made.close()


@pytest.fixture
def owner(qapp):
    return QObject()


@pytest.fixture
def excepthook(monkeypatch):
    seen = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: seen.append((error, trace)))
    return seen


def test_the_answer_arrives_on_the_gui_thread(jobs, owner, qtbot):
    threads = []

    def work(_progress):
        threads.append(threading.current_thread())
        return 42

    def then(answer):
        threads.append(threading.current_thread())
        answers.append((answer, QThread.currentThread() == owner.thread()))

    answers = []
    with qtbot.waitSignal(jobs.became_idle):
        job = jobs.submit(work, owner=owner, then=then)
        assert jobs.pending == 1
    assert answers == [(42, True)]
    assert threads[0].name.startswith("runcase-read")
    assert threads[1] is threading.main_thread()
    assert job.done
    assert jobs.pending == 0


def test_progress_arrives_before_the_answer(jobs, owner, qtbot):
    seen = []

    def work(progress):
        for done in range(3):
            progress.report(done, 3, "points")

    with qtbot.waitSignal(jobs.became_idle):
        jobs.submit(
            work,
            owner=owner,
            then=lambda _none: seen.append("done"),
            progressed=lambda *step: seen.append(step),
        )
    assert seen == [(0, 3, "points"), (1, 3, "points"), (2, 3, "points"), "done"]


def test_an_answer_without_an_owner_is_dropped(held, owner):
    answers = []
    held.submit(lambda _progress: 1, owner=owner, then=answers.append)
    held.work_only()
    delete(owner)
    deliver(held)
    assert answers == []
    assert held.pending == 0


def test_a_cancelled_job_is_not_begun_and_not_answered(held, owner):
    seen = []
    job = held.submit(
        lambda _progress: seen.append("began"),
        owner=owner,
        then=lambda _none: seen.append("then"),
        failed=seen.append,
    )
    job.cancel()
    held.release()
    assert seen == []
    assert held.pending == 0


@pytest.mark.parametrize("cancelled_while", ["waiting", "on its way"])
def test_a_new_job_of_the_same_key_supersedes(held, owner, cancelled_while):
    answers = []
    held.submit(lambda _progress: "old", owner=owner, then=answers.append, key="k")
    if cancelled_while == "on its way":
        held.work_only()
    held.submit(lambda _progress: "new", owner=owner, then=answers.append, key="k")
    held.release_all()
    assert answers == ["new"]


def test_the_last_asked_wins_even_if_it_is_done_first(held, owner):
    answers = []
    for name in ("old", "new"):
        held.submit(lambda _progress, name=name: name, owner=owner, then=answers.append, key="k")
    held.release(1)
    held.release(0)
    assert answers == ["new"]


def test_other_keys_and_other_owners_are_let_alone(held, owner):
    answers = []
    other = QObject()
    for name, whose, key in (("a", owner, "k"), ("b", owner, "l"), ("c", other, "k")):
        held.submit(lambda _progress, name=name: name, owner=whose, then=answers.append, key=key)
    held.release_all()
    assert answers == ["a", "b", "c"]


def test_cancelling_interrupts_the_call_that_blocks(jobs, owner, qtbot):
    began, stopped = threading.Event(), threading.Event()

    def work(progress):
        progress.interrupted_by(stopped.set)
        began.set()
        assert stopped.wait(10)
        progress.check()

    answers = []
    job = jobs.submit(work, owner=owner, then=answers.append, failed=answers.append)
    assert began.wait(10)
    with qtbot.waitSignal(jobs.became_idle):
        job.cancel()
    assert answers == []


def test_errors_for_a_person_go_to_failed(qapp, owner):
    jobs = InlineJobs()
    seen = []

    def work(_progress):
        raise PreviewError("It is broken.", "Mend it.")

    jobs.submit(work, owner=owner, then=seen.append, failed=seen.append)
    assert [str(error) for error in seen] == ["It is broken. Mend it."]
    jobs.close()


def test_whoever_waits_hears_of_a_bug_too(qapp, owner, excepthook):
    jobs = InlineJobs()
    seen = []

    def work(_progress):
        raise ZeroDivisionError("a bug")

    jobs.submit(work, owner=owner, then=seen.append, failed=seen.append)
    (error,) = seen
    assert isinstance(error, RuncaseError)
    assert "mistake" in str(error)
    assert len(excepthook) == 1
    jobs.close()


@pytest.mark.parametrize("error", [RuncaseError("nobody asked"), ZeroDivisionError("a bug")])
def test_errors_that_nobody_takes_go_to_the_excepthook(qapp, owner, excepthook, error):
    jobs = InlineJobs()
    seen = []

    def work(_progress):
        raise error

    jobs.submit(work, owner=owner, then=seen.append)
    assert seen == []
    assert excepthook == [(error, error.__traceback__)]
    assert excepthook[0][1] is not None
    jobs.close()


def test_an_error_in_a_callback_leaves_the_books_in_order(held, owner, qtbot):
    def then(_answer):
        raise ValueError("a bug in a page")

    held.submit(lambda _progress: 1, owner=owner, then=then, key="k")
    with qtbot.capture_exceptions() as caught, qtbot.waitSignal(held.became_idle):
        held.release()
    assert [kind for kind, *_ in caught] == [ValueError]
    assert held.pending == 0


def test_a_callback_may_ask_again(held, owner):
    answers = []

    def then(answer):
        answers.append(answer)
        if answer < 3:
            held.submit(lambda _progress: answer + 1, owner=owner, then=then, key="k")

    held.submit(lambda _progress: 1, owner=owner, then=then, key="k")
    held.release_all()
    assert answers == [1, 2, 3]


def test_closing_cancels_and_waits(qapp, owner, qtbot):
    jobs = Jobs()
    began, ended = threading.Event(), threading.Event()
    answers = []

    def work(progress):
        stop = threading.Event()
        progress.interrupted_by(stop.set)
        began.set()
        assert stop.wait(10)
        ended.set()
        return "too late"

    jobs.submit(work, owner=owner, then=answers.append)
    assert began.wait(10)
    jobs.close()
    assert ended.is_set()
    qtbot.wait(0)
    assert answers == []
    assert jobs.pending == 0


def test_nothing_is_begun_after_closing(jobs, owner, qtbot):
    seen = []
    jobs.close()
    job = jobs.submit(seen.append, owner=owner, then=seen.append, failed=seen.append)
    assert job.done
    assert job.progress.cancelled
    qtbot.wait(0)
    assert seen == []


def test_the_watch_lane_does_not_count_as_pending(held, owner):
    held.submit(lambda _progress: 1, owner=owner, then=print, key="watch", lane="watch")
    assert held.pending == 0
