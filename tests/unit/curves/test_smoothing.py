"""Every smoothing against a loop in plain Python that follows its published formula."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcase.curves.smoothing import Smoothing, reach, sigma, smooth

numbers = st.floats(-1e6, 1e6) | st.sampled_from([math.nan, math.inf, -math.inf])
points = st.lists(st.tuples(st.floats(0, 1e4), numbers), max_size=40).map(
    lambda pairs: sorted(pairs, key=lambda pair: pair[0])
)
EVERY = list(Smoothing)


def ema(_x, values, weight):
    """Smooth as TensorBoard does, one value after the other."""
    out, last = [], 0.0
    for count, value in enumerate(values, 1):
        last = last * weight + (1 - weight) * value
        out.append(last / (1 - weight**count))
    return out


def time_weighted(x, values, weight):
    """Smooth as Weights & Biases documents it."""
    base, last, debias, out = min(math.sqrt(weight), 0.999), 0.0, 0.0, []
    span = x[-1] - x[0]
    for at, value in enumerate(values):
        change = (x[at] - x[max(0, at - 1)]) / span * 1000 if span > 0 else 0.0
        last = last * base**change + value
        debias = debias * base**change + 1
        out.append(last / debias)
    return out


def around(values, weigh):
    out = []
    for at in range(len(values)):
        weights = [weigh(abs(other - at)) for other in range(len(values))]
        parts = [weight * value for weight, value in zip(weights, values, strict=True)]
        out.append(math.fsum(parts) / math.fsum(weights))
    return out


def gaussian(_x, values, weight):
    width = sigma(weight)
    end = round(4 * width)
    return around(values, lambda lag: math.exp(-0.5 * (lag / width) ** 2) if lag <= end else 0.0)


def mean(_x, values, weight):
    return around(values, lambda lag: 1.0 if lag <= reach(weight) else 0.0)


ORACLES = {
    Smoothing.EMA: ema,
    Smoothing.TIME: time_weighted,
    Smoothing.GAUSSIAN: gaussian,
    Smoothing.MEAN: mean,
}


def expected(kind, x, y, weight):
    """Smooth the finite values alone; the others stay where and what they are."""
    kept = [at for at, value in enumerate(y) if math.isfinite(value)]
    out = list(y)
    if kept:
        smoothed = ORACLES[kind]([x[at] for at in kept], [y[at] for at in kept], weight)
        for at, value in zip(kept, smoothed, strict=True):
            out[at] = value
    return out


@pytest.mark.parametrize("kind", EVERY)
@given(points, st.floats(0.01, 0.99))
def test_it_is_the_loop(kind, pairs, weight):
    x, y = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    smoothed = smooth(np.array(x, float), np.array(y, float), kind, weight)
    wanted = y if len(y) < 2 else expected(kind, x, y, weight)
    np.testing.assert_allclose(smoothed, wanted, rtol=1e-8, atol=1e-5)


@pytest.mark.parametrize("weight", [0.1, 0.6, 0.95, 0.99])
@pytest.mark.parametrize("kind", EVERY)
def test_long_curves_have_no_seam(kind, weight):
    y = np.sin(np.arange(1500.0)) + np.random.default_rng(1).normal(size=1500)
    y[[0, 255, 256, 700]] = np.nan
    x = np.cumsum(np.random.default_rng(2).exponential(size=1500))
    wanted = expected(kind, x.tolist(), y.tolist(), weight)
    np.testing.assert_allclose(smooth(x, y, kind, weight), wanted, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("values", [[], [math.nan] * 3, [1.0], [7.0] * 3, [math.nan, 7.0]])
def test_what_has_nothing_to_smooth_stays(kind, values):
    x = np.arange(float(len(values)))
    np.testing.assert_allclose(smooth(x, np.array(values, float), kind, 0.9), values)


@pytest.mark.parametrize("kind", EVERY)
def test_it_is_not_biased_to_its_start(kind):
    assert smooth(np.arange(5.0), np.full(5, 100.0), kind, 0.99).tolist() == pytest.approx(
        [100.0] * 5
    )


@pytest.mark.parametrize("kind", EVERY)
def test_values_at_one_x_are_averaged_without_a_warning(kind):
    smoothed = smooth(np.zeros(3), np.array([0.0, 3.0, 6.0]), kind, 0.9)
    assert np.isfinite(smoothed).all()


@pytest.mark.parametrize("kind", EVERY)
def test_no_smoothing_is_the_curve_itself_and_smoothing_never_changes_it(kind):
    values = np.array([1.0, np.nan, 3.0])
    assert smooth(np.arange(3.0), values, kind, 0.0) is values
    smooth(np.arange(3.0), values, kind, 0.5)
    np.testing.assert_array_equal(values, [1.0, np.nan, 3.0])


@pytest.mark.parametrize("kind", [Smoothing.EMA, Smoothing.GAUSSIAN, Smoothing.MEAN])
def test_one_weight_leaves_about_as_much_noise_of_every_kind(kind):
    noise = np.random.default_rng(3).normal(size=200_000)
    left = smooth(np.arange(200_000.0), noise, kind, 0.9).std()
    assert left == pytest.approx(math.sqrt(0.1 / 1.9), rel=0.05)
