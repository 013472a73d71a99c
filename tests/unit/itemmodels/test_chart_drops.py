"""A column dropped on a chart: which axis it sets, by where; and what is refused, in words."""

import pytest

from runcase.curves.chart import Chart, ChartKind, Role
from runcase.itemmodels.chart_drops import Zone, dropped_beside, dropped_on, zone_at
from runcase.itemmodels.columns import CURVE, NOTE
from runcase.store.records import ColumnKey, Kind

LR, LOSS = ColumnKey(Kind.PARAM, "lr"), ColumnKey(Kind.METRIC, "val/loss")
TEAM = ColumnKey(Kind.TAG, "team")
BOTTOM, LEFT, RIGHT = Zone.BOTTOM, Zone.LEFT, Zone.RIGHT


def lines():
    return Chart("metric:acc", ChartKind.LINE, {Role.Y: ("acc",)})


@pytest.mark.parametrize(
    ("kind", "zone", "role"),
    [
        (ChartKind.SCATTER, BOTTOM, Role.X),
        (ChartKind.SCATTER, LEFT, Role.Y),
        (ChartKind.SCATTER, RIGHT, Role.COLOR),
        (ChartKind.BOX, LEFT, Role.Y),
        (ChartKind.BAR, BOTTOM, Role.Y),
        (ChartKind.BAR, LEFT, Role.X),
        (ChartKind.CONTOUR, RIGHT, Role.Z),
        (ChartKind.HISTOGRAM, LEFT, Role.X),
    ],
)
def test_a_column_sets_the_axis_that_it_is_dropped_on(kind, zone, role):
    before = Chart("c", kind, {Role.X: ("param:a",), Role.Y: ("metric:b",)}, {"log_x": True})
    outcome = dropped_on(before, LOSS, zone)
    assert outcome.chart.columns == {**before.columns, role: ("metric:val/loss",)}
    assert outcome.chart.options == before.options
    assert "metrics.val/loss" in outcome.title


def test_metrics_become_curves_or_run_along_x():
    outcome = dropped_on(lines(), LOSS, LEFT)
    assert outcome.chart.names(Role.Y) == ("acc", "val/loss")
    assert outcome.title == "Add curves of metrics.val/loss"
    assert dropped_on(lines(), LOSS, BOTTOM).chart.name(Role.X) == "val/loss"
    sparkline = ColumnKey(Kind.METRIC, "val/loss", CURVE)
    assert dropped_on(lines(), sparkline, LEFT).chart == outcome.chart
    there = dropped_on(lines(), ColumnKey(Kind.METRIC, "acc"), LEFT)
    assert (there.chart, there.title) == (None, "metrics.acc is there already")


def test_axes_are_added_once():
    parallel = Chart("c", ChartKind.PARALLEL, {Role.AXES: ("param:a",)})
    outcome = dropped_on(parallel, LR, LEFT)
    assert outcome.chart.names(Role.AXES) == ("param:a", "param:lr")
    assert dropped_on(outcome.chart, LR, BOTTOM).chart is None


@pytest.mark.parametrize(
    ("chart", "key", "zone"),
    [
        (lines(), LR, LEFT),
        (Chart("c", ChartKind.BOX), TEAM, LEFT),
        (Chart("c", ChartKind.SCATTER), NOTE, LEFT),
        (Chart("c", ChartKind.IMAGES), LOSS, LEFT),
    ],
)
def test_what_has_no_place_says_so(chart, key, zone):
    outcome = dropped_on(chart, key, zone)
    assert outcome.chart is None
    assert outcome.title.startswith("No place for ")
    assert outcome.text


def test_beside_the_cards_a_new_one_is_made():
    assert dropped_beside(LOSS).chart == Chart("", ChartKind.LINE, {Role.Y: ("val/loss",)})
    assert dropped_beside(LR).chart == Chart("", ChartKind.HISTOGRAM, {Role.X: ("param:lr",)})
    assert dropped_beside(NOTE).chart is None


def test_zones_are_where_the_axes_are():
    assert zone_at(ChartKind.SCATTER, 0.5, 0.1) is BOTTOM
    assert zone_at(ChartKind.SCATTER, 0.1, 0.5) is LEFT
    assert zone_at(ChartKind.SCATTER, 0.9, 0.5) is RIGHT
    assert zone_at(ChartKind.BOX, 0.9, 0.5) is BOTTOM
    assert zone_at(ChartKind.LINE, 0.9, 0.5) is LEFT
    assert zone_at(ChartKind.LINE, 0.1, 0.1) is BOTTOM
