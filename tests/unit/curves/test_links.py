"""Correlations against their plain definitions: ranks by counting, sums by loops."""

import math
from statistics import mean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcase.curves.links import eta, pearson, ranks, spearman

# Small numbers, so that many are alike, and some huge or tiny ones.
NUMBERS = st.integers(-4, 4).map(float) | st.sampled_from([1e300, -1e300, 1e-300, 0.0, 0.1])
PAIRS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=30)


def plain_ranks(values):
    """Rank each by how many are smaller, and half of those that are alike."""
    return [
        sum(other < value for other in values) + (sum(other == value for other in values) - 1) / 2
        for value in values
    ]


def plain_pearson(left, right):
    a, b = mean(left), mean(right)
    above = sum((x - a) * (y - b) for x, y in zip(left, right, strict=True))
    below = math.sqrt(sum((x - a) ** 2 for x in left) * sum((y - b) ** 2 for y in right))
    return above / below if below else math.nan


@given(st.lists(NUMBERS, min_size=1, max_size=40))
def test_ranks_are_those_of_counting(values):
    assert ranks(np.array(values)).tolist() == plain_ranks(values)


@given(PAIRS)
def test_spearman_is_the_correlation_of_the_ranks(pairs):
    left, right = (list(side) for side in zip(*pairs, strict=True))
    found = spearman(np.array(left), np.array(right))
    wanted = plain_pearson(plain_ranks(left), plain_ranks(right))
    assert found == pytest.approx(wanted, abs=1e-9, nan_ok=True)


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=2, max_size=30))
def test_pearson_is_its_definition_at_any_scale(pairs):
    left, right = (np.array(side, dtype=float) for side in zip(*pairs, strict=True))
    wanted = plain_pearson(left.tolist(), right.tolist())
    for scale in (1.0, 1e300, 1e-300):
        assert pearson(left * scale, right) == pytest.approx(wanted, abs=1e-9, nan_ok=True)


def test_a_constant_goes_with_nothing():
    same = np.full(5, 0.1)
    assert math.isnan(pearson(same, np.arange(5.0)))
    assert math.isnan(spearman(np.arange(5.0), same))
    assert math.isnan(pearson(np.array([1.0]), np.array([2.0])))


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(-9, 9)), min_size=2, max_size=30),
    st.sampled_from([1.0, 1e300, 1e-290]),
)
def test_eta_is_the_share_of_the_variance_between_groups(pairs, scale):
    codes, values = (list(side) for side in zip(*pairs, strict=True))
    groups = {code: [v for c, v in pairs if c == code] for code in codes}
    whole = sum((value - mean(values)) ** 2 for value in values)
    between = sum(len(each) * (mean(each) - mean(values)) ** 2 for each in groups.values())
    found = eta(np.array(codes, dtype=np.int32), np.array(values, dtype=float) * scale)
    if not whole or not 1 < len(groups) < len(values):
        assert math.isnan(found)
    else:
        assert found == pytest.approx(math.sqrt(between / whole), abs=1e-7)
