"""Sorting, filtering, nesting, grouping, pinning and hiding of runs, as the table shows them."""

import math
from dataclasses import replace

import numpy as np
import pytest

from frames import frame, metric, text
from runcase.itemmodels import columns
from runcase.itemmodels.arrangement import arrange
from runcase.itemmodels.column_stats import column_stats
from runcase.itemmodels.directions import Direction
from runcase.itemmodels.wish import Spread, Summary, Wish
from runcase.store.frame_groups import GroupBy
from runcase.store.records import ColumnKey, Kind

LOSS = ColumnKey(Kind.METRIC, "loss")
SIZE = ColumnKey(Kind.METRIC, "size")
LR = ColumnKey(Kind.PARAM, "lr")
MODEL = ColumnKey(Kind.PARAM, "model")
DEPTH = ColumnKey(Kind.PARAM, "depth")
WISH = Wish((columns.NAME, LOSS))


@pytest.fixture
def family():
    """A parent in row 0 with children 1 and 2; row 3 stands alone."""
    return frame(
        4,
        {
            LOSS: metric([0.4, 0.1, 0.3, 0.2]),
            LR: text(["10", "9", None, "abc"]),
        },
        parents=[-1, 0, 0, -1],
    )


@pytest.fixture
def sweep():
    """Six runs of two models; the last one has no model."""
    return frame(
        6,
        {
            MODEL: text(["svm", "net", "svm", "net", "net", None]),
            DEPTH: text(["3", "3", "5", "5", "5", "3"]),
            LOSS: metric([0.4, 0.1, 0.2, 0.3, math.nan, 0.9]),
        },
    )


def rows(arrangement):
    return arrangement.rows.tolist()


def labels(arrangement):
    """Return the shown rows: labels of groups, numbers of runs."""
    grouping = arrangement.grouping
    return [grouping.groups.labels[-1 - row] if row < 0 else row for row in rows(arrangement)]


def test_folded_parents_hide_their_children(family):
    found = arrange(family, WISH)
    assert rows(found) == [0, 3]
    assert found.children.tolist() == [2, 0]
    assert found.matching == 4


def test_unfolded_children_stand_below_their_parent(family):
    found = arrange(family, replace(WISH, expanded=frozenset({"0000"})))
    assert rows(found) == [0, 1, 2, 3]
    assert found.depth.tolist() == [0, 1, 1, 0]
    assert rows(arrange(family, replace(WISH, expanded=None))) == [0, 1, 2, 3]


def test_a_filter_keeps_ancestors_as_context_and_counts_only_matches(family):
    mask = np.array([False, True, False, False])
    found = arrange(family, replace(WISH, mask=mask, expanded=None))
    assert rows(found) == [0, 1]
    assert found.context.tolist() == [True, False]
    assert found.matching == 1


def test_what_a_filter_found_is_not_folded_away_unless_somebody_folds_it(family):
    wish = replace(WISH, mask=np.array([False, True, False, True]))
    assert rows(arrange(family, wish)) == [0, 1, 3]
    assert rows(arrange(family, replace(wish, folded=frozenset({"0000"})))) == [0, 3]
    matching = replace(WISH, mask=np.array([True, True, False, True]))
    assert rows(arrange(family, matching)) == [0, 3], "a parent that matches stays as it was"


def test_a_flat_list_has_no_context(family):
    mask = np.array([False, True, False, True])
    found = arrange(family, replace(WISH, mask=mask, nested=False))
    assert rows(found) == [1, 3]
    assert not found.context.any()


def test_sort_orders_siblings_at_every_depth(family):
    found = arrange(family, replace(WISH, sort=((LOSS, False),), expanded=None))
    assert rows(found) == [3, 0, 1, 2]


def test_a_second_column_decides_between_equals(sweep):
    found = arrange(sweep, replace(WISH, sort=((DEPTH, True), (LOSS, False))))
    assert rows(found) == [2, 3, 4, 1, 0, 5]


def test_a_column_that_is_not_loaded_sorts_nothing(sweep):
    assert rows(arrange(sweep, replace(WISH, sort=((SIZE, True),)))) == [0, 1, 2, 3, 4, 5]


def test_age_sorts_as_the_start_does_the_other_way_round(sweep):
    young_first = arrange(sweep, replace(WISH, sort=((columns.AGE, False),)))
    assert rows(young_first) == rows(arrange(sweep, replace(WISH, sort=((columns.STARTED, True),))))


def test_pinned_runs_stay_on_top_of_any_sort(sweep):
    found = arrange(sweep, replace(WISH, sort=((LOSS, False),), pinned=frozenset({"0005", "0000"})))
    assert rows(found) == [0, 5, 1, 2, 3, 4]


def test_hidden_runs_are_left_out_and_counted(sweep):
    hidden = frozenset({"0001", "0004", "gone"})
    found = arrange(sweep, replace(WISH, hidden=hidden))
    assert rows(found) == [0, 2, 3, 5]
    assert (found.matching, found.hidden) == (4, 2)
    mask = np.array([True, True, False, False, False, False])
    filtered = arrange(sweep, replace(WISH, hidden=hidden, mask=mask))
    assert (rows(filtered), filtered.hidden) == ([0], 1)


def test_groups_stand_closed_in_the_order_of_their_values(sweep):
    found = arrange(sweep, replace(WISH, groups=(GroupBy(MODEL),)))
    assert labels(found) == ["net", "svm", None]
    assert found.children.tolist() == [3, 2, 1]


def test_an_open_group_shows_its_runs_as_they_are_sorted(sweep):
    wish = replace(
        WISH, groups=(GroupBy(MODEL),), open_groups=frozenset({("net",)}), sort=((LOSS, True),)
    )
    found = arrange(sweep, wish)
    # By the mean loss, the greatest first: 0.9, 0.3, 0.2; NaN comes last within a group.
    assert labels(found) == [None, "svm", "net", 3, 1, 4]
    assert found.depth.tolist() == [0, 0, 0, 1, 1, 1]


def test_nested_groups_open_level_by_level(sweep):
    wish = replace(WISH, groups=(GroupBy(MODEL), GroupBy(DEPTH)))
    outer = arrange(sweep, replace(wish, open_groups=frozenset({("svm",)})))
    assert labels(outer) == ["net", "svm", "3", "5", None]
    inner = arrange(sweep, replace(wish, open_groups=frozenset({("svm",), ("svm", "5")})))
    assert labels(inner) == ["net", "svm", "3", "5", 2, None]
    every = arrange(sweep, replace(wish, open_groups=None))
    assert sorted(row for row in labels(every) if isinstance(row, int)) == list(range(6))


def test_groups_sort_by_their_own_column_too(sweep):
    down = replace(WISH, groups=(GroupBy(MODEL),), sort=((MODEL, True),))
    assert labels(arrange(sweep, down)) == ["svm", "net", None]


@pytest.mark.parametrize(
    ("summary", "values"),
    [
        (Summary.MEAN, [0.2, 0.3, 0.9]),
        (Summary.MEDIAN, [0.2, 0.3, 0.9]),
        (Summary.LOW, [0.1, 0.2, 0.9]),
        (Summary.HIGH, [0.3, 0.4, 0.9]),
        (Summary.BEST, [0.1, 0.2, 0.9]),
    ],
)
def test_a_group_shows_the_chosen_value(sweep, summary, values):
    found = arrange(sweep, replace(WISH, groups=(GroupBy(MODEL),), summary=summary))
    assert found.grouping.cells[LOSS].value.tolist() == pytest.approx(values)


def test_a_spread_stands_behind_a_mean_only(sweep):
    wish = replace(WISH, groups=(GroupBy(MODEL),))
    std = arrange(sweep, wish).grouping.cells[LOSS].spread
    assert std[:2].tolist() == pytest.approx([math.sqrt(0.02), math.sqrt(0.02)])
    assert math.isnan(std[2])
    sem = arrange(sweep, replace(wish, spread=Spread.SEM)).grouping.cells[LOSS].spread
    assert sem[:2].tolist() == pytest.approx([0.1, 0.1])
    lowest = arrange(sweep, replace(wish, summary=Summary.LOW)).grouping.cells[LOSS].spread
    assert np.isnan(lowest).all()


def test_a_parent_sums_its_matching_children_up(family):
    found = arrange(family, WISH)
    place = int(found.family.place[0])
    assert found.family.cells[LOSS].value[place] == pytest.approx(0.2)
    filtered = arrange(family, replace(WISH, mask=np.array([True, True, False, True])))
    assert filtered.family.cells[LOSS].value[0] == pytest.approx(0.1)


def test_sorting_again_works_nothing_else_out_again(sweep):
    wish = replace(WISH, groups=(GroupBy(MODEL),), mask=np.ones(6, bool))
    first = arrange(sweep, wish)
    second = arrange(sweep, replace(wish, sort=((LOSS, True),)), first)
    assert second.stats[LOSS] is first.stats[LOSS]
    assert second.grouping.groups is first.grouping.groups
    third = arrange(sweep, replace(wish, mask=np.ones(6, bool)), second)
    assert third.stats[LOSS] is not second.stats[LOSS]


def test_infinities_are_no_part_of_a_columns_range():
    runs = frame(4, {LOSS: metric([math.inf, 0.5, 0.1, math.nan])})
    stats = column_stats(runs, LOSS, None, WISH)
    assert (stats.low, stats.high, stats.best) == (0.1, 0.5, 0.1)


def test_a_persons_word_on_a_direction_goes_first(sweep):
    wish = replace(WISH, directions={"loss": Direction.HIGHER})
    assert column_stats(sweep, LOSS, None, wish).best == 0.9
    unknown = replace(WISH, directions={"loss": Direction.UNKNOWN})
    assert math.isnan(column_stats(sweep, LOSS, None, unknown).best)


def test_equal_values_have_no_best_one():
    runs = frame(2, {LOSS: metric([0.5, 0.5])})
    assert math.isnan(column_stats(runs, LOSS, None, WISH).best)


def test_decimals_are_the_persons_or_follow_the_values(sweep):
    assert column_stats(sweep, LOSS, None, WISH).decimals == 4
    assert column_stats(sweep, LOSS, None, replace(WISH, decimals={LOSS: 1})).decimals == 1


def test_a_param_of_numbers_is_numeric(family):
    assert not column_stats(family, LR, None, WISH).numeric
    runs = frame(2, {LR: text(["1e-3", "0.1"])})
    assert column_stats(runs, LR, None, WISH).numeric
