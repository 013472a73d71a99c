"""Sorting, filtering and nesting a frame, and what a column's cells need of their neighbours."""

import math

import numpy as np
import pytest

from frames import frame, metric, text
from runcase.itemmodels import columns
from runcase.itemmodels.arrangement import Wish, arrange, column_stats
from runcase.store.records import ColumnKey, Kind

LOSS = ColumnKey(Kind.METRIC, "loss")
STEPS = ColumnKey(Kind.METRIC, "epochs")
LR = ColumnKey(Kind.PARAM, "lr")


def rows(made):
    return made.rows.tolist()


def test_without_a_wish_the_frame_stays_in_its_order():
    made = arrange(frame(3), Wish(()))
    assert rows(made) == [0, 1, 2]
    assert made.matching == 3


def test_a_sort_moves_children_below_their_parents():
    runs = frame(4, {LOSS: metric([0.3, 0.1, 0.2, 0.4])}, parents=[-1, 0, 0, -1])
    for descending, expected in ((False, [0, 1, 2, 3]), (True, [3, 0, 2, 1])):
        wish = Wish((LOSS,), LOSS, descending, expanded=frozenset({"0000"}))
        made = arrange(runs, wish)
        assert rows(made) == expected
    assert made.depth.tolist() == [0, 0, 1, 1]
    assert made.children.tolist() == [0, 2, 0, 0]


def test_all_are_expanded_with_none():
    runs = frame(3, parents=[-1, 0, 1])
    assert rows(arrange(runs, Wish((), expanded=frozenset()))) == [0]
    assert rows(arrange(runs, Wish((), expanded=None))) == [0, 1, 2]
    gone = frozenset({"0000", "of a run that is gone"})
    assert rows(arrange(runs, Wish((), expanded=gone))) == [0, 1]


def test_a_filter_keeps_parents_as_context():
    runs = frame(3, parents=[-1, 0, -1])
    mask = np.array([False, True, False])
    made = arrange(runs, Wish((), mask=mask, expanded=None))
    assert rows(made) == [0, 1]
    assert made.context.tolist() == [True, False]
    assert made.matching == 1
    flat = arrange(runs, Wish((), mask=mask, nested=False))
    assert rows(flat) == [1]


def test_stats_are_those_of_the_matching_runs():
    runs = frame(4, {LOSS: metric([0.5, math.nan, None, 2.0])})
    mask = np.array([True, True, True, False])
    stats = arrange(runs, Wish((LOSS,), mask=mask)).stats[LOSS]
    assert (stats.low, stats.high) == (0.5, 0.5)
    assert math.isnan(stats.best)


@pytest.mark.parametrize(
    ("key", "best"), [("loss", 1.0), ("acc", 3.0), ("epochs", math.nan), ("map", 3.0)]
)
def test_the_best_value_needs_a_direction(key, best):
    name = ColumnKey(Kind.METRIC, key)
    runs = frame(5, {name: metric([1.0, 3.0, math.inf, -math.inf, math.nan])})
    stats = column_stats(runs, name, np.arange(5), {})
    assert (stats.low, stats.high) == (1.0, 3.0)
    assert stats.best == best or math.isnan(stats.best) == math.isnan(best)


def test_the_experiment_may_say_which_end_is_better():
    runs = frame(2, {STEPS: metric([1.0, 3.0])})
    tags = {
        "mlflow.experiment.primaryMetric.name": "epochs",
        "mlflow.experiment.primaryMetric.greaterIsBetter": "False",
    }
    assert column_stats(runs, STEPS, [0, 1], tags).best == 1.0


@pytest.mark.parametrize(
    ("values", "decimals"),
    [
        ([1.0, 2.0, 300.0], 0),
        ([6.182, 6.3, 8.9], 3),
        ([0.937, 0.91], 4),
        ([0.00012, 0.0003], 6),
        ([1e-9, 3e8], 0),
        ([1.0, 0.5, 1e-12], 4),
    ],
)
def test_one_number_of_decimals_a_column(values, decimals):
    runs = frame(len(values), {LOSS: metric(values)})
    assert column_stats(runs, LOSS, np.arange(len(values)), {}).decimals == decimals


def test_params_that_are_all_numbers_are_aligned_as_numbers():
    for values, numeric in (
        (["1", "2e-3", None], True),
        (["1", "adam"], False),
        ([None] * 2, False),
    ):
        runs = frame(len(values), {LR: text(values)})
        assert column_stats(runs, LR, np.arange(len(values)), {}).numeric is numeric


def test_a_column_that_was_not_read_has_no_stats():
    stats = arrange(frame(2), Wish((LOSS, columns.STARTED))).stats
    assert math.isnan(stats[LOSS].low)
    assert not stats[columns.STARTED].numeric


def test_an_empty_frame():
    runs = frame(0, {LOSS: metric([])})
    made = arrange(runs, Wish((LOSS,), LOSS, expanded=None))
    assert rows(made) == []
    assert made.stats[LOSS].numeric
