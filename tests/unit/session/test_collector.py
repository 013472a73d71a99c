"""Garbage is collected on the GUI thread and on no other."""

import gc
import threading

import pytest

from runcase.session.collector import Collector


class Circle:
    """Garbage that only the collector finds; it says on which thread it went."""

    seen: list[str] = []  # noqa: RUF012 -- the test's own record

    def __init__(self):
        self.me = self

    def __del__(self):
        Circle.seen.append(threading.current_thread().name)


@pytest.fixture
def collector(qapp):
    gc.collect()
    Circle.seen.clear()
    gc.enable()
    made = Collector()
    made.start()
    yield made
    made.stop()
    assert gc.isenabled()
    gc.disable()  # as all tests have it


def make_garbage():
    for _ in range(20_000):
        Circle()


def test_a_worker_makes_garbage_and_the_gui_thread_collects_it(collector):
    worker = threading.Thread(target=make_garbage, name="worker")
    worker.start()
    worker.join()
    assert Circle.seen == []
    collector.collect()
    assert set(Circle.seen) == {threading.current_thread().name}


def test_the_clock_collects(collector, qtbot):
    make_garbage()
    qtbot.waitUntil(lambda: len(Circle.seen) == 20_000, timeout=5_000)
