"""Sorting for a click on a header."""

import math

import numpy as np
import pytest

from frames import datasets, frame, metric, text
from runcase.store import columns
from runcase.store.columns import TextColumn
from runcase.store.frame_sort import order_by_column, order_by_columns
from runcase.store.records import ColumnKey, Kind

A = ColumnKey(Kind.METRIC, "a")
P = ColumnKey(Kind.PARAM, "p")


def attribute(name):
    return ColumnKey(Kind.ATTRIBUTE, name)


def test_params_sort_naturally_with_missing_last_both_ways():
    values = ["abc10", None, "10", "abc9", "9.5", "-1e3", "nan", "True", "abc09"]
    runs = frame(len(values), {P: text(values)})
    up = order_by_column(runs, P, descending=False).tolist()
    assert [values[row] for row in up] == [
        "-1e3", "9.5", "10", "nan", "abc09", "abc9", "abc10", "True", None,
    ]  # fmt: skip
    down = order_by_column(runs, P, descending=True).tolist()
    assert down == [*reversed(up[:-1]), up[-1]]


def test_equal_numbers_keep_their_order_however_they_are_written():
    runs = frame(3, {P: text(["1.0", "1", "1e0"])})
    assert order_by_column(runs, P, False).tolist() == [0, 1, 2]
    assert order_by_column(runs, P, True).tolist() == [0, 1, 2]


def test_metrics_sort_infinities_as_numbers_then_nan_then_missing():
    runs = frame(5, {A: metric([None, math.nan, -math.inf, 0.0, math.inf])})
    assert order_by_column(runs, A, False).tolist() == [2, 3, 4, 1, 0]
    assert order_by_column(runs, A, True).tolist() == [4, 3, 2, 1, 0]


def test_attributes_sort():
    runs = frame(
        4,
        starts=[40, 30, 20, None],
        ends=[45, 60, None, 5],
        statuses=["FINISHED", "RUNNING", "FAILED", "KILLED"],
        names=["run-10", "run-9", "", "a"],
        users=["b", None, "a", "c"],
    )
    for name, up in {
        "start_time": [2, 1, 0, 3],
        "end_time": [3, 0, 1, 2],
        "duration": [0, 1, 2, 3],
        "status": [2, 0, 3, 1],
        "run_name": [2, 3, 1, 0],
        "run_id": [0, 1, 2, 3],
        "user_id": [2, 0, 3, 1],
    }.items():
        assert order_by_column(runs, attribute(name), False).tolist() == up, name
    assert order_by_column(runs, attribute("start_time"), True).tolist() == [0, 1, 2, 3]
    assert order_by_column(runs, attribute("duration"), True).tolist() == [1, 0, 2, 3]


def test_only_chosen_rows_are_sorted_and_ties_stay():
    runs = frame(4, {P: text(["b", "a", "a", "b"])})
    assert order_by_column(runs, P, False, np.array([3, 2, 0, 1])).tolist() == [2, 1, 3, 0]


def test_datasets_sort_by_the_first_one():
    key = ColumnKey(Kind.DATASET, "name")
    runs = frame(3, {key: datasets([("b", "a"), (), ("a",)])})
    assert order_by_column(runs, key, False).tolist() == [2, 0, 1]


def test_a_frame_without_runs_sorts():
    assert order_by_column(frame(0, {P: text([])}), P, False).tolist() == []


@pytest.mark.parametrize("natural", [True, False])
def test_texts_sorted_in_pieces_have_the_same_ranks(monkeypatch, natural):
    random = np.random.default_rng(1)
    values = [str(value) for value in random.integers(0, 500, 400)] + ["x2", "x10", "x1"]
    whole = TextColumn.of(values, len(values)).ranks(natural)
    monkeypatch.setattr(columns, "_PIECE", 37)
    assert TextColumn.of(values, len(values)).ranks(natural).tolist() == whole.tolist()


def test_ranks_follow_new_texts():
    column = text(["b", "a"])
    assert column.ranks(True).tolist() == [1, 0]
    column.put(0, "0")
    assert column.ranks(True).tolist() == [2, 1, 0]


def test_several_columns_sort_the_first_one_first():
    runs = frame(5, {P: text(["b", "a", None, "a", "b"]), A: metric([1, 2, 3, 4, None])})
    assert order_by_columns(runs, [(P, False), (A, True)]).tolist() == [3, 1, 0, 4, 2]
    assert order_by_columns(runs, [(P, True), (A, True)], np.array([4, 3, 0])).tolist() == [0, 4, 3]
    assert order_by_columns(runs, []).tolist() == [0, 1, 2, 3, 4]


def test_numbers_as_texts_sort_with_nan_before_missing():
    runs = frame(5, {P: text(["nan", None, "2", "10", "-1"])})
    assert order_by_column(runs, P, False).tolist() == [4, 2, 3, 0, 1]
    assert order_by_column(runs, P, True).tolist() == [3, 2, 4, 0, 1]
