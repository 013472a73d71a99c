"""The histories that are kept: read once, brought up to date, dropped when they are too many."""

import sqlite3

import pytest

from made import unpack
from runcase.session.histories import Histories
from runcase.store import metric_updates
from runcase.store.engine import Store


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    opened = Store.open(unpack("3.18.0", tmp_path_factory.mktemp("histories")))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def pairs(store):
    connection = sqlite3.connect(store.path)
    rows = connection.execute("SELECT DISTINCT run_uuid, key FROM metrics ORDER BY 1, 2").fetchall()
    connection.close()
    return rows[:6]


def test_a_second_look_reads_no_history(store, pairs, monkeypatch):
    histories = Histories()
    with store.read() as connection:
        first = histories.look(connection, pairs, {})
    assert list(first.series) == pairs
    assert first.sampled == ()

    def never(*_more):
        raise AssertionError

    monkeypatch.setattr(metric_updates, "history", never)
    with store.read() as connection:
        second = histories.look(connection, pairs, {pairs[0][0]: 5})
    for pair in pairs:
        assert second.series[pair].y is first.series[pair].y
    assert second.series[pairs[0]].start == 5


def test_the_oldest_is_dropped_when_they_take_too_much(store, pairs):
    with store.read() as connection:
        most = Histories().look(connection, pairs[:1], {}).series[pairs[0]].y.nbytes * 3
        histories = Histories(most)
        histories.look(connection, pairs, {})
        assert list(histories._known)[-1] == pairs[-1]
        assert len(histories._known) < len(pairs)
        histories.forget()
        assert not histories._known


def test_a_long_history_is_sampled_first_and_then_read(store, pairs, monkeypatch):
    monkeypatch.setattr(metric_updates, "is_long", lambda _connection, *pair: pair == pairs[0])
    histories = Histories()
    with store.read() as connection:
        look = histories.look(connection, pairs[:2], {})
        assert look.sampled == (pairs[0],)
        whole = histories.whole(connection, pairs[0], {})
        again = histories.look(connection, pairs[:2], {})
    assert again.sampled == ()
    assert again.series[pairs[0]].y is whole.y
