"""What is written at ticks: one way for all of an axis, and exact enough to tell them apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcase.curves.scales import Scale, ScaleKind, ticks
from runcase.itemmodels.formats import MINUS
from runcase.ui.plots.tick_texts import axis_texts

MINUTE = 60_000


def texts(kind, low, high, most=6):
    return [text for _, text in axis_texts(Scale("", kind, low, high), most)]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (4.8, 6.6, ["5.0", "5.5", "6.0", "6.5"]),
        (-0.6, 1.02, [f"{MINUS}0.5", "0", "0.5", "1.0"]),
        (0, 1.7e6, ["0", "500,000", "1,000,000", "1,500,000"]),
        (1_000_000, 1_000_004, ["1,000,000", "1,000,001", "1,000,002", "1,000,003", "1,000,004"]),
        (0, 4.7e18, ["0", "1e18", "2e18", "3e18", "4e18"]),
        (0, 3.2e-9, ["0", "1e-9", "2e-9", "3e-9"]),
        (0.5, 0.500000035, ["0.50000000", "0.50000001", "0.50000002", "0.50000003"]),
    ],
)
def test_numbers_have_the_decimals_of_their_distance(low, high, expected):
    assert texts(ScaleKind.LINEAR, low, high) == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-290, 298, ["1e-200", "1e-100", "1", "1e100", "1e200"]),
        (-7, -2.5, ["1e-7", "1e-6", "1e-5", "1e-4", "1e-3"]),
        (-2, -0.5, ["0.01", "0.02", "0.05", "0.1", "0.2"]),
        (0, 4.2, ["1", "10", "100", "1,000", "10,000"]),
    ],
)
def test_a_log_axis_is_written_in_one_way(low, high, expected):
    assert texts(ScaleKind.LOG, low, high) == expected


@pytest.mark.parametrize(
    ("high", "expected"),
    [
        (72, ["0", "15 min", "30 min", "45 min", "1 h"]),
        (200, ["0", "1 h", "2 h", "3 h"]),
        (20, ["0", "5 min", "10 min", "15 min", "20 min"]),
        (0.5, ["0", "5 s", "10 s", "15 s", "20 s", "25 s", "30 s"]),
        (0.02, ["0", "200 ms", "400 ms", "600 ms", "800 ms", "1 s", "1.20 s"]),
    ],
)
def test_durations_are_round_in_their_own_units(high, expected):
    assert texts(ScaleKind.DURATION, 0, high * MINUTE) == expected


def test_a_log_axis_that_still_has_the_range_of_a_linear_one_has_ticks():
    """So it is for a moment when the scale is switched."""
    assert 2 <= len(texts(ScaleKind.LOG, -1e300, 1e300)) <= 8


def test_moments_below_a_second_differ():
    assert len(set(texts(ScaleKind.TIME, 1.7e12 + 100, 1.7e12 + 900))) > 3


@given(st.floats(-1e12, 1e12), st.floats(1e-9, 1e12), st.integers(2, 12))
def test_no_two_ticks_of_numbers_are_written_alike(low, span, most):
    span = max(span, abs(low) * 1e-9)
    scale = Scale("", ScaleKind.LINEAR, low, low + span)
    if len(set(ticks(scale, most).places)) > 1:
        found = [text for _, text in axis_texts(scale, most)]
        assert len(found) == len(set(found))
