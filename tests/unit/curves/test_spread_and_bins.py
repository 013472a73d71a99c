"""Quartiles, densities, bins and cells against their plain definitions."""

import math
from statistics import NormalDist, quantiles, stdev

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runcase.curves.bins import bin_of, cells, edges
from runcase.curves.fits import fit
from runcase.curves.spread import density, spread

FINITE = st.integers(-30, 30).map(float) | st.sampled_from([1e300, -1e300, 1e-300, 0.5])
ANY = FINITE | st.sampled_from([math.nan, math.inf, -math.inf])


@given(st.lists(FINITE, min_size=2, max_size=60))
def test_a_box_has_the_quartiles_and_the_furthest_values_within_its_fences(values):
    found = spread(np.array(values))
    first, median, third = quantiles([each / 4 for each in values], n=4, method="inclusive")
    assert found.count == len(values)
    for own, wanted in zip(
        (found.first, found.median, found.third), (first, median, third), strict=True
    ):
        assert own / 4 == pytest.approx(wanted, rel=1e-9, abs=1e-12)
    assert found.low <= found.first <= found.median <= found.third <= found.high
    reach = 1.5 * (found.third / 4 - found.first / 4)
    inside = [v for v in values if found.first / 4 - reach <= v / 4 <= found.third / 4 + reach]
    assert found.low == min([*inside, found.first])
    assert found.high == max([*inside, found.third])


def test_nothing_has_no_box():
    assert spread(np.array([math.nan, math.inf])) is None
    assert spread(np.array([3.0])).median == 3.0


def test_a_violin_is_a_sum_of_bells():
    values = [1.0, 2.0, 2.5, 7.0]
    at, widths = density(np.array(values), 9)
    width = stdev(values) * len(values) ** -0.2
    heights = [sum(NormalDist(v, width).pdf(float(x)) for v in values) for x in at]
    assert at.tolist() == pytest.approx(np.linspace(1.0, 7.0, 9).tolist())
    assert widths.tolist() == pytest.approx([height / max(heights) for height in heights])


@pytest.mark.parametrize("values", [[], [1.0], [2.0, 2.0], [math.nan, 3.0]])
def test_alike_values_have_no_outline(values):
    assert len(density(np.array(values))[0]) == 0


@pytest.mark.parametrize("scale", [1e300, 1e-300])
def test_a_violin_of_any_size_is_finite(scale):
    at, widths = density(np.array([-1.0, 0.0, 1.0]) * scale)
    assert np.isfinite(at).all()
    assert widths.max() == 1.0


@given(st.lists(ANY, max_size=80), st.integers(1, 50))
@example([0.0, 0.0, 0.0, 1e300, 1e-300], 1)
def test_every_finite_value_is_in_one_bin(values, most):
    array = np.array(values, dtype=float)
    bounds = edges(array, most)
    finite = [value for value in values if math.isfinite(value)]
    assert len(bounds) - 1 <= most
    assert (np.diff(bounds) > 0).all()
    places = bin_of(array, bounds)
    for value, place in zip(values, places, strict=True):
        if not math.isfinite(value):
            assert place == -1
        else:
            assert bounds[place] <= value <= bounds[place + 1]
    assert (places >= 0).sum() == len(finite)


def test_whole_numbers_lie_in_the_middle_of_their_bins():
    bounds = edges(np.array([1.0, 2, 2, 3, 3, 3, 4, 4, 5]))
    assert all(bound % 1 == 0.5 for bound in bounds)


def test_bins_are_as_wide_as_freedman_and_diaconis_say():
    values = np.linspace(0.0, 1.0, 1000) ** 2
    first, third = np.percentile(values, (25, 75))
    count = math.ceil(1.0 / (2 * (third - first) / 10))
    assert len(edges(values)) - 1 == count


@given(
    st.lists(
        st.tuples(st.integers(-1, 2), st.integers(-1, 1), st.integers(-5, 5) | st.just(math.nan)),
        max_size=40,
    )
)
def test_cells_hold_the_mean_of_their_runs(rows):
    x, y, z = (np.array([row[at] for row in rows]) for at in range(3))
    found = cells(x.astype(np.int64), y.astype(np.int64), z.astype(float), 3, 2)
    for column in range(3):
        for row in range(2):
            own = [v for a, b, v in rows if a == column and b == row and not math.isnan(v)]
            assert found.count[row, column] == len(own)
            wanted = sum(own) / len(own) if own else math.nan
            assert found.mean[row, column] == pytest.approx(wanted, abs=1e-9, nan_ok=True)


def test_cells_without_a_third_column_count():
    found = cells(np.array([0, 0, 1]), np.array([0, 0, 0]), None, 2, 1)
    assert found.mean.tolist() == [[2.0, 1.0]]


@given(st.integers(-5, 5), st.integers(-5, 5), st.integers(-5, 5), st.sampled_from([1.0, 1e150]))
def test_a_fit_finds_the_curve_that_made_the_points(a, b, c, scale):
    x = np.array([-2.0, -1.0, 0.5, 1.0, 3.0, math.nan])
    y = (a * x * x + b * x + c) * scale
    found = fit(x, y, 2)
    at = np.array([-1.5, 2.0])
    wanted = ((a * at * at + b * at + c) * scale).tolist()
    assert found.at(at).tolist() == pytest.approx(wanted, rel=1e-6, abs=1e-6 * scale)


@pytest.mark.parametrize("x", [[], [1.0], [1.0, 1.0, 1.0], [1.0, math.inf, math.nan]])
def test_too_few_points_have_no_line(x):
    assert fit(np.array(x, dtype=float), np.array(x, dtype=float), 1) is None
