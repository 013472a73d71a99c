"""Groups of curves: against plain definitions, place by place."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcase.curves.groups import Band, Centre, banded, student


@st.composite
def groups(draw):
    steps = st.lists(st.integers(0, 12), min_size=1, max_size=8, unique=True).map(sorted)
    values = st.integers(-20, 20).map(float) | st.sampled_from([math.nan, math.inf])
    made = []
    for x in draw(st.lists(steps, min_size=1, max_size=5)):
        y = draw(st.lists(values, min_size=len(x), max_size=len(x)))
        made.append((np.array(x, float), np.array(y)))
    return made


def value(x, y, at):
    """Return a curve at a place: its own point, or what lies between two neighbours."""
    y = [each if math.isfinite(each) else None for each in y]
    for i, place in enumerate(x):
        if place == at:
            return y[i]
        if i and x[i - 1] < at < place and None not in (y[i - 1], y[i]):
            return y[i - 1] + (y[i] - y[i - 1]) * (at - x[i - 1]) / (place - x[i - 1])
    return None


@given(groups(), st.sampled_from(Centre), st.sampled_from(Band))
def test_every_place_is_the_plain_definition(curves, centre, band):
    found = banded(curves, centre, band)
    expected = []
    for at in sorted({float(x) for xs, _ in curves for x in xs}):
        values = [v for v in (value(x, y, at) for x, y in curves) if v is not None]
        if values:
            expected.append((at, values))
    assert found.x.tolist() == [at for at, _ in expected]
    for place, (_, values) in enumerate(expected):
        n = len(values)
        middle = statistics.fmean(values) if centre is Centre.MEAN else statistics.median(values)
        assert found.count[place] == n
        assert found.centre[place] == pytest.approx(middle)
        low, high = bounds(values, middle, band)
        assert found.low[place] == pytest.approx(low, nan_ok=True)
        assert found.high[place] == pytest.approx(high, nan_ok=True)


def bounds(values, middle, band):
    n = len(values)
    if band is Band.RANGE:
        return min(values), max(values)
    if band is Band.QUARTILES:
        return tuple(np.quantile(values, (0.25, 0.75)))
    if n < 2 or band is Band.NONE:
        return math.nan, math.nan
    spread = statistics.stdev(values)
    factor = {Band.STD: 1, Band.SEM: n**-0.5, Band.CI95: student(n - 1) * n**-0.5}[band]
    return middle - spread * factor, middle + spread * factor


def test_students_quantiles_are_those_of_the_tables():
    known = {1: 12.706, 5: 2.571, 30: 2.042, 40: 2.021, 60: 2.000, 120: 1.980, 10_000: 1.960}
    for freedom, quantile in known.items():
        assert student(freedom) == pytest.approx(quantile, abs=6e-4)
    assert math.isnan(student(0))


def test_several_points_at_one_x_count_as_their_mean():
    found = banded([(np.array([0.0, 0, 1]), np.array([1.0, 3, 5]))], Centre.MEAN, Band.NONE)
    assert (found.x.tolist(), found.centre.tolist()) == ([0, 1], [2, 5])


def test_long_curves_keep_their_extremes_in_a_range():
    rng = np.random.default_rng(7)
    x = np.sort(rng.uniform(0, 1000, 500_000))
    y = rng.normal(size=len(x))
    y[123_456], y[400_000] = 50, -60
    found = banded([(x, y), (x[::2] + 1e-4, y[::2] * 0)], Centre.MEAN, Band.RANGE)
    assert len(found.x) <= 2_000
    assert (found.low.min(), found.high.max()) == (-60, 50)
    assert abs(found.centre).max() < 3


def test_no_curve_and_a_curve_of_nothing_make_an_empty_band():
    assert len(banded([], Centre.MEAN, Band.STD).x) == 0
    nothing = np.array([0.0, 1]), np.array([math.nan, math.nan])
    assert len(banded([nothing], Centre.MEDIAN, Band.QUARTILES).x) == 0
