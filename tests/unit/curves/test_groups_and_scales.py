"""Categories of runs, and axes with their ticks."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runcase.curves.colormap import cividis
from runcase.curves.groups_of_runs import groups_of
from runcase.curves.scales import Scale, ScaleKind, category_scale, fitted, scale_of, ticks
from tables import numbers, texts


def test_texts_are_categories_in_their_order():
    found = groups_of(texts("param:a", ["b", None, "a", "b"]))
    assert found.labels == ("a", "b")
    assert found.codes.tolist() == [1, -1, 0, 1]


def test_small_categories_are_folded():
    values = ["a"] * 3 + ["b"] * 2 + ["c", "d", "e"]
    found = groups_of(texts("param:a", values), 3)
    assert found.labels == ("a", "b", "other (3)")
    assert found.codes.tolist() == [0, 0, 0, 1, 1, 2, 2, 2]


def test_few_numbers_are_categories_and_many_are_ranges():
    assert groups_of(numbers("metric:a", [2.0, 1.0, None, 2.0])).labels == ("1", "2")
    many = groups_of(numbers("metric:a", np.linspace(0, 1, 200)))
    assert 1 < len(many.labels) <= 24
    assert (many.codes >= 0).all()
    empty = groups_of(numbers("metric:a", [None, math.inf]))
    assert empty.labels == ()
    assert empty.codes.tolist() == [-1, -1]


ENDS = st.floats(-1.7e308, 1.7e308) | st.floats(-10, 10)


@example(6.877562906296805e16, 6.877562906296805e16, ScaleKind.DURATION)
@example(1.634266486238469e308, 1.634266486238469e308, ScaleKind.DURATION)
@given(ENDS, ENDS, st.sampled_from([ScaleKind.LINEAR, ScaleKind.TIME, ScaleKind.DURATION]))
def test_ticks_lie_on_the_axis_in_order(a, b, kind):
    scale = fitted(Scale("", kind, 0.0, 1.0), np.array([a, b]))
    found = ticks(scale, 8)
    assert len(found.places) <= 24
    assert list(found.places) == sorted(found.places)
    assert all(scale.low <= place <= scale.high for place in found.places)


@example(5.122910312320132e307, 1e308, 2)
@given(st.floats(1e-308, 1e308), st.floats(1e-308, 1e308), st.integers(2, 12))
def test_a_log_axis_has_ticks_of_its_values(a, b, most):
    scale, places = scale_of(numbers("metric:a", [a, b]), "a", log=True)
    assert np.isfinite(places).all()
    found = ticks(scale, most)
    assert 1 <= len(found.places) <= 4 * most
    assert all(scale.low <= place <= scale.high for place in found.places)


def test_round_values_are_marked():
    assert ticks(Scale("", ScaleKind.LINEAR, 0.83, 0.951), 7).places == pytest.approx(
        [0.84, 0.86, 0.88, 0.90, 0.92, 0.94]
    )
    assert ticks(Scale("", ScaleKind.LOG, -5.2, -0.9), 8).places == (-5, -4, -3, -2, -1)
    names = category_scale("x", ("a", "b", "c"))
    assert ticks(names, 10).places == (0, 1, 2)
    upside_down = names.seen(2.5, -0.5)
    assert ticks(upside_down, 10).places == (0, 1, 2)
    assert upside_down.share(np.array([0.0]))[0] > upside_down.share(np.array([2.0]))[0]


def test_what_is_not_on_a_log_axis_is_nowhere():
    _, places = scale_of(numbers("metric:a", [0.0, -1.0, math.inf, 100.0]), "a", log=True)
    assert np.isnan(places[:3]).all()
    assert places[3] == 2.0


@pytest.mark.parametrize("values", [[], [math.nan], [3.0, 3.0], [1e300, -1e300], [1e-300, 2e-300]])
def test_an_axis_is_never_empty(values):
    scale, _ = scale_of(numbers("metric:a", values), "a")
    assert scale.low < scale.high
    assert 0 < scale.span < math.inf


def test_colours_go_from_blue_to_yellow():
    assert (cividis(-1.0), cividis(0.0), cividis(1.0)) == ("#00224e", "#00224e", "#fee838")
