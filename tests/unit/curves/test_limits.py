"""The ends of axes: what is drawn and a little more, or what the person said."""

import math

import pytest

from runcase.curves.chart import Chart, ChartKind
from runcase.curves.limits import Limits, limits_of, widened

FREE = (None, None)


def test_a_little_more_than_what_is_drawn():
    assert widened((0.0, 100.0), FREE, log=False) == (-3.0, 103.0)
    assert widened(None, FREE, log=False) == pytest.approx((-0.03, 1.03))


@pytest.mark.parametrize("value", [0.0, 5.0, -2e9, 1e-300])
def test_one_value_gets_room_around_it(value):
    low, high = widened((value, value), FREE, log=False)
    assert low < value < high


def test_the_widest_range_does_not_overflow():
    low, high = widened((-1.7e308, 1.7e308), FREE, log=False)
    assert (low, high) == (-1e300, 1e300)
    assert math.isfinite(high - low)


def test_what_the_person_set_is_taken_as_it_is():
    assert widened((0.0, 100.0), (10.0, None), log=False) == (10.0, 103.0)
    assert widened((0.0, 2.0), (None, 1000.0), log=True) == (pytest.approx(-0.06), 3.0)
    assert widened((0.0, 2.0), (-5.0, None), log=True)[0] == pytest.approx(-0.06)
    low, high = widened((0.0, 100.0), (200.0, None), log=False)
    assert low == 200
    assert high > low


@pytest.mark.parametrize("value", [None, 3, "x", [1], [1, 2, 3], {"a": 1}])
def test_options_that_are_no_limits_are_none(value):
    chart = Chart("c", ChartKind.LINE, {}, {"x_limits": value})
    assert limits_of(chart) == Limits()


def test_limits_are_read_from_the_options():
    chart = Chart("c", ChartKind.LINE, {}, {"x_limits": [None, 5], "y_limits": [1, 2]})
    assert limits_of(chart) == Limits((None, 5.0), (1.0, 2.0))
