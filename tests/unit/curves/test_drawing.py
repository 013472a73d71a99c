"""From curves to lines: gaps with marks, log axes, groups, the crosshair's values."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcase.curves.combine import Curve
from runcase.curves.drawing import View, Window, extent, prepare, reduce_lines, value_at
from runcase.curves.groups import Band


def curve(y, x=None, run="r", name="k"):
    at = np.arange(len(y)) if x is None else np.array(x)
    return Curve(run, name, at.astype(float), np.array(y, float), at, at)


def lines(curves, view=None, groups=None):
    return prepare(curves, view or View(), groups).lines


def drawn(curves, view=None, low=None, high=None, pixels=800):
    prepared = prepare(curves, view or View())
    left, right = prepared.x_range()
    window = Window(left if low is None else low, right if high is None else high, pixels)
    return reduce_lines(prepared, window)


def test_infinities_and_nan_are_gaps_with_marks():
    (line,) = drawn([curve([1, math.inf, math.nan, -math.inf, 5])])
    np.testing.assert_array_equal(line.y, [1, np.nan, np.nan, np.nan, 5])
    np.testing.assert_array_equal(line.line.logged, [1, np.inf, np.nan, -np.inf, 5])
    assert (line.above.tolist(), line.nothing.tolist(), line.below.tolist()) == ([1], [2], [3])


def test_marks_do_not_lie_over_each_other():
    y = np.full(100_000, math.inf)
    y[::2] = 1
    (line,) = drawn([curve(y)], pixels=600)
    assert 60 <= len(line.above) <= 62
    assert np.diff(line.above).min() > 1_500
    (all_nan,) = drawn([curve(np.full(50_000, math.nan))], pixels=600)
    assert 60 <= len(all_nan.nothing) <= 62
    assert np.isnan(all_nan.y).all()


def test_on_a_log_axis_what_is_not_positive_is_a_gap():
    (line,) = lines([curve([100, 0, -3, math.nan, math.inf, 1e-3])], View(log_y=True))
    np.testing.assert_allclose(line.y, [2, np.nan, np.nan, np.nan, np.nan, -3])
    (wide,) = lines([curve([1e300, 1e-300])], View(log_y=True))
    np.testing.assert_allclose(wide.y, [300, -300])


def test_on_a_log_x_axis_what_is_not_positive_is_left_out_and_counted():
    prepared = prepare([curve([1, 2, 3, 4], [-5, 0, 1, 100])], View(log_x=True))
    (line,) = prepared.lines
    np.testing.assert_allclose(line.x, [0, 2])
    assert (line.y.tolist(), prepared.left_out, prepared.points) == ([3, 4], 2, 4)


def test_smoothing_keeps_the_raw_line_behind():
    (line,) = drawn([curve([0, 10, 0, 10])], View(smoothing=0.5))
    np.testing.assert_array_equal(line.raw_y, [0, 10, 0, 10])
    assert line.y[1] != 10
    assert line.line.value.tolist() == line.y.tolist()
    (plain,) = drawn([curve([0, 10, 0, 10])])
    assert len(plain.raw_x) == len(plain.raw_y) == 0


def test_one_point_has_no_raw_line():
    (line,) = drawn([curve([3])], View(smoothing=0.9), 2, 4)
    assert line.y.tolist() == [3]
    assert len(line.raw_x) == 0


def test_a_zoomed_window_is_reduced_anew():
    y = np.arange(100_000.0) % 7
    (whole,) = drawn([curve(y)], pixels=100)
    (part,) = drawn([curve(y)], low=500, high=600, pixels=100)
    assert len(whole.x) <= 4 * 103
    assert (part.x[0], part.x[-1], len(part.x)) == (499, 601, 103)


def test_many_curves_are_drawn_by_their_extremes_alone():
    rng = np.random.default_rng(1)
    many = [curve(rng.normal(size=10_000), run=str(run)) for run in range(21)]
    for each in drawn(many, pixels=100):
        assert len(each.y) <= 2 * 102
        for at in range(100):
            low, high = at * 99.99, (at + 1) * 99.99
            own = each.line.y[(each.line.x >= low) & (each.line.x < high)]
            shown = each.y[(each.x >= low) & (each.x < high)]
            assert (own.min(), own.max()) == (shown.min(), shown.max())


def test_runs_that_log_at_the_same_steps_share_their_x():
    first, second = lines([curve([1, 2, 3]), curve([4, 5, 6], run="s")])
    assert first.x is second.x


def test_all_points_on_one_x():
    y = np.arange(5000.0)
    (line,) = drawn([curve(y, np.zeros(5000))], low=-0.5, high=0.5, pixels=100)
    assert (line.y.min(), line.y.max()) == (0, 4999)
    assert len(line.y) <= 12


def test_steps_at_the_ends_of_what_a_database_holds():
    (line,) = drawn([curve([1, 2, 3], [-5, 7, 2**62])])
    assert line.y.tolist() == [1, 2, 3]


def test_empty_curves_are_left_out():
    assert lines([curve([])], View(smoothing=0.5)) == ()
    assert prepare([], View()).x_range() is None
    assert extent((), inner=False) is None


def test_outliers_lie_beyond_the_ends_of_y_and_stay_drawn():
    y = np.zeros(1000)
    y[::2], y[500], y[501] = 1, 1e9, -1e9
    made = lines([curve(y)])
    assert extent(made, inner=True) == (0, 1)
    assert extent(made, inner=False) == (-1e9, 1e9)
    assert extent(lines([curve([1, 50])]), inner=True) == (1, 50)
    assert extent(lines([curve([math.nan, math.inf])]), inner=False) is None


def test_a_group_is_a_line_with_a_band_over_its_faint_runs():
    runs = [curve([1, 2, 3], run="a"), curve([3, 4, 5], run="b"), curve([9, 9, 9], run="c")]
    groups = {"a": "sgd", "b": "sgd", "c": "adam"}
    made = lines(runs, View(band=Band.RANGE), groups)
    assert [(line.run_id, line.faint, line.group, line.members) for line in made] == [
        ("a", True, "sgd", 1),
        ("b", True, "sgd", 1),
        ("c", True, "adam", 1),
        ("", False, "sgd", 2),
        ("", False, "adam", 1),
    ]
    sgd = made[3]
    assert (sgd.y.tolist(), sgd.band.low.tolist(), sgd.band.high.tolist()) == (
        [2, 3, 4],
        [1, 2, 3],
        [3, 4, 5],
    )
    assert extent(made, inner=False) == (1, 9)


def test_a_band_is_worked_out_before_the_logarithm():
    runs = [curve([1, 1], run="a"), curve([99, 99], run="b")]
    line = lines(runs, View(log_y=True, band=Band.STD), {"a": "g", "b": "g"})[-1]
    np.testing.assert_allclose(10**line.y, [50, 50])
    np.testing.assert_allclose(10**line.band.low, [1, 1])
    assert line.band.high[0] == pytest.approx(math.log10(50 + np.std([1, 99], ddof=1)))


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


def test_a_band_that_reaches_below_0_stays_on_a_log_axis():
    curves = [curve([1.0, 0.01], run="a"), curve([2.0, 8.0], run="b"), curve([3.0, 1.0], run="c")]
    (line,) = [
        each
        for each in lines(curves, View(log_y=True), dict.fromkeys("abc", "g"))
        if each.band is not None
    ]
    assert line.spread.low[1] < 0
    np.testing.assert_allclose(10**line.band.low, [1.0, 0.01])
    np.testing.assert_allclose(10**line.band.high, line.spread.high)


def test_a_raw_line_with_gaps_keeps_its_extremes_behind_a_smoothed_one_without():
    """On a log axis 0 is a gap of what was logged, and not of its mean."""
    y = np.ones(10_000)
    y[5_000], y[5_001] = 0.0, 1e6
    (found,) = drawn([curve(y)], View(smoothing=0.9, log_y=True), pixels=100)
    assert np.isfinite(found.y).all()
    assert np.nanmax(found.raw_y) == pytest.approx(6.0)


def test_values_without_a_place_on_a_log_axis_are_counted():
    assert prepare([curve([0.0, -1.0, 3.0, np.nan])], View(log_y=True)).beneath == 2
    assert prepare([curve([0.0, -1.0, 3.0])], View()).beneath == 0
