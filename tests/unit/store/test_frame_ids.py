"""Run ids as bytes of one width, and as texts where they are not plain."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcase.store import frame_ids
from runcase.store.frame_ids import RunIds

plain = st.text(st.characters(min_codepoint=1, max_codepoint=127), max_size=70)
lists = st.lists(st.one_of(plain, st.text(max_size=20)), unique=True, max_size=12)


@given(lists, st.lists(st.text(max_size=70), max_size=4))
def test_ids_are_kept_and_found(ids, others):
    known = RunIds(ids)
    assert len(known) == len(ids)
    assert known.tolist() == list(known) == ids
    assert [known[row] for row in range(len(ids))] == ids
    assert known[1:3] == ids[1:3]
    rows = np.arange(len(ids))[::-1]
    assert known.take(rows) == ids[::-1]
    wanted = [*others, *ids[::2]]
    found = [ids.index(each) if each in ids else -1 for each in wanted]
    assert known.rows_of(wanted).tolist() == found
    assert [known.row_of(each) for each in ids] == list(range(len(ids)))
    assert known.row_of("no such run") is None


@given(lists, lists)
def test_pieces_are_joined(first, second):
    assert RunIds.joined([RunIds(first), RunIds(second)]).tolist() == first + second


@given(st.lists(st.tuples(plain, st.integers(-3, 3)), unique_by=lambda run: run[0], max_size=12))
def test_the_order_is_mlflows(runs):
    ids = [run_id for run_id, _ in runs]
    starts = np.array([start for _, start in runs], dtype=np.int64)
    order = RunIds(ids).order(starts).tolist()
    assert order == sorted(range(len(ids)), key=lambda row: (-starts[row], ids[row]))
    assert RunIds(ids).reordered(np.array(order, dtype=np.int64)).tolist() == [
        ids[row] for row in order
    ]
    by_id = [ids[row] for row in RunIds(ids).sorted_rows().tolist()]
    assert by_id == sorted(ids)


@pytest.mark.parametrize(("left", "right"), [("abc", "abc"), ("abc", "abé"), ("aéb", "aéb")])
def test_the_same_runs_elsewhere(left, right):
    here, there = RunIds([*left, "x" * 40]), RunIds(list(right))
    rows = np.arange(2)
    assert here.same(rows, there, rows)
    assert not here.same(rows, there, rows[::-1])
    assert not here.same(rows, there, np.arange(3))
    assert here.same(np.arange(3), there, np.arange(3)) == (left == right)


def test_two_ids_of_one_mix_are_told_apart(monkeypatch):
    monkeypatch.setattr(frame_ids, "_mix", lambda ids: np.zeros(len(ids), np.uint64))
    known = RunIds(["a", "b", "c"])
    assert known.rows_of(["c", "x", "a", "b"]).tolist() == [2, -1, 0, 1]
