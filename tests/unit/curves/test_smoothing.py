"""The moving average against TensorBoard's own loop."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcase.curves.smoothing import ema

numbers = st.floats(-1e6, 1e6) | st.sampled_from([math.nan, math.inf, -math.inf])


def loop(values, weight):
    """Smooth as TensorBoard does, one value after the other."""
    out, last, count = [], 0.0, 0
    for value in values:
        if not math.isfinite(value):
            out.append(value)
            continue
        last = last * weight + (1 - weight) * value
        count += 1
        out.append(last / (1 - weight**count))
    return out


@given(st.lists(numbers, max_size=40), st.floats(0.01, 0.999))
def test_it_is_the_loop(values, weight):
    smoothed = ema(np.array(values, dtype=float), weight)
    np.testing.assert_allclose(smoothed, loop(values, weight), rtol=1e-8, atol=1e-6)


@pytest.mark.parametrize("weight", [0.1, 0.6, 0.95, 0.999])
def test_blocks_join_without_a_seam(weight):
    values = np.sin(np.arange(1500.0)) + np.random.default_rng(1).normal(size=1500)
    values[[0, 255, 256, 700]] = np.nan
    np.testing.assert_allclose(ema(values, weight), loop(values, weight), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("values", [[], [math.nan] * 3, [1.0], [7.0, 7.0, 7.0]])
def test_what_has_nothing_to_smooth_stays(values):
    np.testing.assert_allclose(ema(np.array(values, dtype=float), 0.9), values)


def test_it_is_not_biased_to_its_start():
    assert ema(np.full(5, 100.0), 0.99).tolist() == pytest.approx([100.0] * 5)


def test_no_smoothing_is_the_curve_itself_and_smoothing_never_changes_it():
    values = np.array([1.0, np.nan, 3.0])
    assert ema(values, 0.0) is values
    ema(values, 0.5)
    np.testing.assert_array_equal(values, [1.0, np.nan, 3.0])
