"""A history's x in steps, in time since the start, and in time of day."""

import numpy as np
import pytest

from runcase.curves.series import Series, XAxis


def series(steps, times, y=None, start=None):
    values = np.arange(len(steps), dtype=float) if y is None else np.array(y, dtype=float)
    return Series("r", "k", np.array(steps, np.int64), np.array(times, np.int64), values, start)


def test_steps_are_numbers_without_loss():
    x = series([0, 5, 2**53], [0, 0, 0]).x(XAxis.STEP)
    assert x.dtype == np.float64
    assert x.tolist() == [0, 5, 2**53]


def test_wall_time_is_in_seconds():
    assert series([0, 1], [1_500, 2_250]).x(XAxis.WALL).tolist() == [1.5, 2.25]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (500, [1.0, 2.0]),  # from the run's start
        (None, [0.0, 1.0]),  # from the first point
        (2_000, [0.0, 1.0]),  # a start after the first point would make it negative
    ],
)
def test_relative_time_never_runs_below_zero(start, expected):
    assert series([0, 1], [1_500, 2_500], start=start).x(XAxis.RELATIVE).tolist() == expected


def test_time_that_runs_backwards_is_sorted_with_its_values():
    x, y = series([0, 1, 2], [3_000, 1_000, 2_000], [10, 20, 30]).drawn(XAxis.WALL)
    assert x.tolist() == [1, 2, 3]
    assert y.tolist() == [20, 30, 10]


def test_ties_keep_their_order():
    x, y = series([0, 0, 0, 1], [1, 1, 1, 0], [1, 2, 3, 4]).drawn(XAxis.WALL)
    assert x.tolist() == [0, 0.001, 0.001, 0.001]
    assert y.tolist() == [4, 1, 2, 3]


@pytest.mark.parametrize("axis", list(XAxis))
def test_an_empty_history_has_no_x(axis):
    x, y = series([], []).drawn(axis)
    assert len(x) == len(y) == 0
