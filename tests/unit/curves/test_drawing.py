"""From histories to lines: gaps for what cannot be drawn, log axes, the crosshair's values."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcase.curves.drawing import View, draw, value_at
from runcase.curves.series import Series, XAxis


def series(y, steps=None, run="r"):
    at = np.arange(len(y)) if steps is None else np.array(steps)
    return Series(run, "k", at.astype(np.int64), (at * 1000).astype(np.int64), np.array(y, float))


def test_infinities_and_nan_are_gaps():
    (line,) = draw([series([1, math.inf, math.nan, -math.inf, 5])], View())
    np.testing.assert_array_equal(line.y, [1, np.nan, np.nan, np.nan, 5])
    np.testing.assert_array_equal(line.raw, [1, np.inf, np.nan, -np.inf, 5])


def test_on_a_log_axis_what_is_not_positive_is_a_gap():
    (line,) = draw([series([100, 0, -3, math.nan, math.inf, 1e-3])], View(log_y=True))
    np.testing.assert_allclose(line.y, [2, np.nan, np.nan, np.nan, np.nan, -3])


def test_smoothing_keeps_the_raw_line_behind():
    (line,) = draw([series([0, 10, 0, 10])], View(smoothing=0.5))
    np.testing.assert_array_equal(line.raw_y, [0, 10, 0, 10])
    assert line.y[1] != 10
    assert line.whole_y.tolist() == line.y.tolist()
    (plain,) = draw([series([0, 10, 0, 10])], View())
    assert len(plain.raw_x) == len(plain.raw_y) == 0


def test_one_point_has_no_raw_line():
    (line,) = draw([series([3])], View(smoothing=0.9))
    assert line.y.tolist() == [3]
    assert len(line.raw_x) == 0


def test_the_view_without_edges_is_the_widest_of_all_curves():
    y = np.arange(10_000.0) % 7
    short, long = draw([series(y[:5000]), series(y)], View(pixels=100))
    assert len(long.x) <= 4 * 103
    assert len(short.x) == pytest.approx(len(long.x) / 2, abs=10)


def test_a_zoomed_view_is_reduced_anew():
    y = np.arange(100_000.0) % 7
    (whole,) = draw([series(y)], View(pixels=100))
    (part,) = draw([series(y)], View(low=500, high=600, pixels=100))
    assert len(whole.x) <= 4 * 103
    assert part.x[0] == 499
    assert part.x[-1] == 601
    assert len(part.x) == 103


def test_empty_curves_are_drawn_as_nothing():
    (line,) = draw([series([])], View(smoothing=0.5))
    assert len(line.x) == 0
    assert draw([], View()) == []


def test_all_points_on_one_x():
    y = np.arange(5000.0)
    (line,) = draw([series(y, np.zeros(5000, int))], View(axis=XAxis.STEP, pixels=100))
    assert line.y.min() == 0
    assert line.y.max() == 4999
    assert len(line.y) <= 12


@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=20).map(sorted),
    st.floats(-5, 40),
)
def test_the_crosshair_finds_the_nearest_point(steps, at):
    x = np.array(steps, float)
    found = value_at(x, x * 2, at)
    margin = (x[-1] - x[0]) / max(1, len(x) - 1) if len(x) > 1 else 0.5
    if at < x[0] - margin or at > x[-1] + margin:
        assert found is None
        return
    assert found is not None
    near, value, index = found
    assert abs(near - at) == min(abs(x - at))
    assert value == near * 2
    assert x[index] == near


def test_the_crosshair_finds_nothing_on_an_empty_curve():
    assert value_at(np.empty(0), np.empty(0), 1.0) is None
