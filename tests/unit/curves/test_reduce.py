"""Reduction to pixels: no extreme is lost, no gap is closed, nothing is invented."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runcase.curves.reduce import to_pixels


@st.composite
def curves(draw):
    """Irregular x with duplicates, y with gaps, and a view that may lie anywhere."""
    pixels = draw(st.integers(1, 12))
    steps = draw(st.lists(st.sampled_from([0, 0, 1, 1, 2, 7, 40]), min_size=1, max_size=200))
    x = np.cumsum(steps).astype(float)
    values = st.integers(-50, 50).map(float) | st.just(math.nan)
    y = np.array(draw(st.lists(values, min_size=len(x), max_size=len(x))))
    low = draw(st.floats(x[0] - 5, x[-1] + 5))
    return x, y, low, low + draw(st.floats(0.5, 300)), pixels


def columns(x, low, high, pixels):
    """Return the pixel column of each point; -1 and `pixels` outside the view."""
    return np.searchsorted(np.linspace(low, high, pixels + 1), x, "right") - 1


def extremes(x, y, low, high, pixels):
    found = {}
    for column, value in zip(columns(x, low, high, pixels), y, strict=True):
        if 0 <= column < pixels and not math.isnan(value):
            least, most = found.get(column, (value, value))
            found[column] = min(least, value), max(most, value)
    return found


def segments(y):
    """Return the finite values of each stretch between gaps."""
    found, inside = [], []
    for value in [*y, math.nan]:
        if not math.isnan(value):
            inside.append(value)
        elif inside:
            found.append(inside)
            inside = []
    return found


@given(curves())
@example((np.arange(50.0), np.arange(50.0), 0.0, 49.0, 2))
def test_every_pixel_column_keeps_its_minimum_and_maximum(curve):
    x, y, low, high, pixels = curve
    out_x, out_y = to_pixels(*curve)
    assert extremes(out_x, out_y, low, high, pixels) == extremes(x, y, low, high, pixels)


@given(curves())
def test_every_gap_stays_a_gap(curve):
    """Two neighbours that are drawn joined were not parted by a gap in another column."""
    x, y, low, high, pixels = curve
    out_x, out_y = to_pixels(*curve)
    gaps = columns(x[np.isnan(y)], low, high, pixels)
    drawn = columns(out_x, low, high, pixels)
    for at in range(len(out_x) - 1):
        if not np.isnan(out_y[at]) and not np.isnan(out_y[at + 1]):
            between = (gaps > drawn[at]) & (gaps < drawn[at + 1])
            assert not between.any()


@given(curves())
def test_a_column_with_a_gap_holds_one_and_a_column_without_holds_none(curve):
    x, y, low, high, pixels = curve
    out_x, out_y = to_pixels(*curve)

    def with_gaps(at, values):
        return {c for c in columns(at[np.isnan(values)], low, high, pixels) if 0 <= c < pixels}

    assert with_gaps(out_x, out_y) == with_gaps(x, y)


@given(curves())
def test_nothing_is_invented(curve):
    x, y, *_ = curve
    out_x, out_y = to_pixels(*curve)
    assert set(out_x) <= set(x)
    assert set(out_y[~np.isnan(out_y)]) <= set(y[~np.isnan(y)])
    assert np.all(np.diff(out_x) >= 0)
    assert len(out_x) <= max(len(x), 4 * (curve[4] + 3))


@given(curves())
def test_the_neighbours_of_the_view_are_kept_so_that_lines_run_off(curve):
    x, _y, low, high, _pixels = curve
    out_x, _ = to_pixels(*curve)
    before, after = x[x < low], x[x > high]
    assert not len(before) or before[-1] in out_x
    assert not len(after) or after[0] in out_x


def test_few_points_are_the_points():
    x, y = np.arange(10.0), np.arange(10.0)
    out_x, out_y = to_pixels(x, y, 0, 9, 100)
    assert out_x.tolist() == x.tolist()
    assert out_y.tolist() == y.tolist()


def test_a_million_points_become_four_a_pixel():
    x = np.arange(1_000_000.0)
    y = np.zeros(1_000_000)
    y[654_321] = 1000
    out_x, out_y = to_pixels(x, y, 0, 999_999, 800)
    assert len(out_x) <= 4 * 802
    assert out_y.max() == 1000


@pytest.mark.parametrize(("low", "high", "pixels"), [(5, 5, 10), (9, 1, 10), (0, 9, 0)])
def test_an_empty_view_changes_nothing(low, high, pixels):
    x = np.arange(10.0)
    assert to_pixels(x, x, low, high, pixels)[0] is x


def test_a_lonely_value_between_gaps_is_still_there():
    y = np.full(1000, np.nan)
    y[500] = 3.0
    _, out_y = to_pixels(np.arange(1000.0), y, 0, 999, 10)
    assert segments(out_y) in ([[3.0, 3.0]], [[3.0, 3.0, 3.0]])
