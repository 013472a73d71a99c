"""Curves from histories: expressions meet at their steps, a metric may run along x."""

import math

import numpy as np

from runcase.curves.combine import curves_of
from runcase.curves.expressions import parse
from runcase.curves.series import Series, XAxis


def series(key, steps, values):
    at = np.array(steps, dtype=np.int64)
    return Series("r", key, at, 1000 * at, np.array(values, float))


HISTORIES = {
    "loss": series("loss", [0, 1, 1, 2, 4], [5, 4, 3, 2, 1]),
    "val": series("val", [0, 1, 2, 3], [50, 30, 20, 10]),
    "lr": series("lr", [0, 1, 2, 3], [0.3, 0.2, math.nan, 0.1]),
    "empty": series("empty", [], []),
}


def curves(*texts, axis=XAxis.STEP, along=""):
    parsed = [parse(text, HISTORIES) for text in texts]
    return curves_of("r", HISTORIES, parsed, axis, along)


def test_one_metric_keeps_all_its_points_however_it_is_spelt():
    for text in ("loss", "`loss`"):
        (found,) = curves(text)
        assert found.x.tolist() == [0, 1, 1, 2, 4]
        assert found.y.tolist() == [5, 4, 3, 2, 1]


def test_an_expression_is_worked_out_where_all_its_metrics_have_a_step():
    (found,) = curves("val - 10 * loss")
    assert found.x.tolist() == [0, 1, 2]
    assert found.y.tolist() == [0, 0, 0]
    assert found.name == "val - 10 * loss"


def test_metrics_of_the_same_steps_meet_point_by_point():
    (found,) = curves("val * lr")
    np.testing.assert_allclose(found.y, [15, 6, np.nan, 1])


def test_a_metric_along_x_is_sorted_by_its_values_without_those_that_are_none():
    (found,) = curves("val", along="lr")
    assert found.x.tolist() == [0.1, 0.2, 0.3]
    assert found.y.tolist() == [10, 30, 50]


def test_what_has_no_points_makes_no_curve():
    assert curves("empty", "empty + loss") == []
    assert [each.name for each in curves("loss", "val", axis=XAxis.WALL)] == ["loss", "val"]
