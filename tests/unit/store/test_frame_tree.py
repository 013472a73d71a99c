"""Nesting: which rows are shown, how deep, and why."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from frames import frame
from runcase.store.frame_tree import visible


def oracle(parents, order, mask, expanded):
    """The same by recursion, one row at a time."""
    children = {row: [] for row in [-1, *range(len(parents))]}
    for row in order:
        children[parents[row]].append(row)

    def leads(row):
        return mask[row] or any(leads(child) for child in children[row])

    shown = []

    def walk(row, depth):
        if not leads(row):
            return
        below = [child for child in children[row] if leads(child)]
        hidden = len(children[row]) - len(below)
        shown.append((row, depth, not mask[row], len(below), hidden))
        if row in expanded:
            for child in below:
                walk(child, depth + 1)

    for row in children[-1]:
        walk(row, 0)
    return shown


def opened(count, rows):
    return np.isin(np.arange(count), list(rows))


@st.composite
def forests(draw):
    count = draw(st.integers(0, 14))
    # A parent comes before its child in some order, so there is no cycle.
    names = draw(st.permutations(range(count)))
    parents = [-1] * count
    for place in range(1, count):
        above = draw(st.integers(-1, place - 1))
        parents[names[place]] = -1 if above < 0 else names[above]
    order = draw(st.permutations(range(count)))
    mask = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    expanded = draw(st.sets(st.integers(0, max(0, count - 1))))
    return parents, list(order), mask, expanded


@given(forests())
def test_nesting_is_that_of_the_recursion(forest):
    parents, order, mask, expanded = forest
    runs = frame(len(parents), parents=parents)
    ready = np.array(order, dtype=np.int64), np.array(mask, dtype=bool)
    found = visible(runs, *ready, opened(len(parents), expanded), nested=True)
    shown = list(zip(*(array.tolist() for array in found), strict=True))
    assert shown == oracle(parents, order, mask, expanded)


def test_a_flat_list_shows_the_matching_rows_only():
    runs = frame(4, parents=[-1, 0, 1, -1])
    found = visible(
        runs,
        np.array([3, 2, 1, 0]),
        np.array([True, False, True, True]),
        opened(4, {0, 1}),
        False,
    )
    assert found.rows.tolist() == [3, 2, 0]
    assert found.depth.tolist() == [0, 0, 0]
    assert not found.context.any()


def test_without_a_filter_all_rows_match():
    runs = frame(3, parents=[-1, 0, 0])
    found = visible(runs, np.arange(3), None, opened(3, {0}), True)
    assert found.rows.tolist() == [0, 1, 2]
    assert found.child_count.tolist() == [2, 0, 0]


def test_a_deep_chain_is_no_trouble():
    count = 40_000
    runs = frame(count, parents=[-1, *range(count - 1)])
    found = visible(runs, np.arange(count), None, np.ones(count, bool), True)
    assert len(found.rows) == count
    assert found.depth.max() == 32_767
