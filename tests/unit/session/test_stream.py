"""Long work in slices: it lets other work through, and stops where it is told to."""

import threading

from PySide6.QtCore import QObject

from runcase.errors import NotFoundError
from runcase.session import stream as streams
from runcase.session.stream import Stream


class Heard:
    def __init__(self, jobs, source, key="work"):
        self.items, self.ended, self.errors = [], False, []
        self.owner = QObject()
        self.stream = Stream(
            jobs,
            source,
            owner=self.owner,
            then=self.items.extend,
            finished=self.finish,
            failed=self.errors.append,
            key=key,
        )

    def finish(self):
        self.ended = True


def test_all_comes_in_order(jobs, qtbot, monkeypatch):
    monkeypatch.setattr(streams, "_SLICE_S", 0.0)  # each item is a slice of its own
    heard = Heard(jobs, lambda _progress: iter(range(20)))
    qtbot.waitUntil(lambda: heard.ended)
    assert heard.items == list(range(20))
    assert not heard.stream.is_running


def test_other_work_is_let_through(jobs, qtbot, monkeypatch):
    monkeypatch.setattr(streams, "_SLICE_S", 0.0)
    heard = Heard(jobs, lambda _progress: iter(range(1_000)))
    seen = []
    jobs.submit(
        lambda _progress: "other",
        owner=heard.owner,
        then=lambda _answer: seen.append(len(heard.items)),
        lane="files",
    )
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[0] < 1_000
    heard.stream.stop()


def test_what_is_stopped_lets_go(jobs, qtbot, monkeypatch):
    monkeypatch.setattr(streams, "_SLICE_S", 0.0)
    closed = []

    def source(_progress):
        try:
            yield from range(1_000_000)
        finally:
            closed.append(True)

    heard = Heard(jobs, source)
    qtbot.waitUntil(lambda: len(heard.items) > 3)
    heard.stream.stop()
    count = len(heard.items)
    qtbot.waitUntil(lambda: bool(closed))
    assert (len(heard.items), heard.ended) == (count, False)


def test_what_blocks_is_interrupted(jobs, qtbot):
    began, ended = threading.Event(), threading.Event()

    def source(progress):
        progress.interrupted_by(ended.set)
        yield 1
        began.set()
        ended.wait(10)
        progress.check()

    heard = Heard(jobs, source)
    assert began.wait(10)
    heard.stream.stop()
    assert ended.wait(10)
    assert not heard.ended


def test_an_error_ends_it(jobs, qtbot):
    def source(_progress):
        yield 1
        raise NotFoundError("gone")

    heard = Heard(jobs, source)
    qtbot.waitUntil(lambda: bool(heard.errors))
    assert str(heard.errors[0]) == "gone"
    assert not heard.stream.is_running
