"""The table of kinds: every kind is there, its first choice is sensible, its switches turn."""

import pytest

from runcase.curves.chart import Chart, ChartKind, Role, as_json, from_json
from runcase.itemmodels.chart_kinds import (
    KINDS,
    chart_title,
    default_chart,
    kind_of,
    needed_columns,
    options_menu,
)

COLUMNS = [
    "metric:train/loss", "metric:zeta", "metric:system/cpu_loss", "metric:val/acc",
    "metric(min):val/loss", "param:seed", "param:lr", "param:optimizer", "attribute:duration",
]  # fmt: skip


def test_every_kind_is_in_the_table_once():
    assert [each.kind for each in KINDS] == list(ChartKind)


@pytest.mark.parametrize("kind", ChartKind)
def test_a_first_choice_fills_what_is_needed_and_survives_a_view(kind):
    chart = default_chart(kind, COLUMNS, chart_id="c", varying={"param:lr", "param:optimizer"})
    needed = [slot.role for slot in kind_of(kind).slots if slot.needed]
    assert all(chart.names(role) for role in needed)
    assert "param:seed" not in needed_columns(chart)
    assert from_json(as_json(chart)) == chart
    assert chart_title(chart)


@pytest.mark.parametrize("kind", ChartKind)
def test_of_nothing_nothing_is_chosen(kind):
    assert default_chart(kind, []).columns == {}


def test_the_primary_metric_comes_first_then_those_with_a_direction():
    assert default_chart(ChartKind.BAR, COLUMNS).name(Role.Y) == "metric:val/acc"
    tags = {"mlflow.experiment.primaryMetric.name": "zeta"}
    assert default_chart(ChartKind.BAR, COLUMNS, tags=tags).name(Role.Y) == "metric:zeta"
    line = default_chart(ChartKind.LINE, COLUMNS)
    assert line.names(Role.Y) == ("val/acc",)


def test_the_columns_of_a_chart_are_each_named_once():
    chart = Chart("c", ChartKind.SCATTER, {Role.X: ("param:lr",), Role.COLOR: ("param:lr",)})
    assert needed_columns(chart) == ("param:lr",)
    images = Chart("c", ChartKind.IMAGES, {Role.AXES: ("samples",)})
    assert needed_columns(images) == ("attribute:artifact_uri",)


def test_switches_turn_and_those_of_one_option_exclude_each_other():
    chart = default_chart(ChartKind.SCATTER, COLUMNS)
    turned = {text: after for text, _, after in options_menu(chart)}
    assert "Log Colour" not in turned
    assert turned["Log X"].options == {"log_x": True}
    line = turned["Fit Line"]
    again = {text: (on, after) for text, on, after in options_menu(line)}
    assert again["Fit Line"][0]
    assert not again["Fit Curve"][0]
    assert again["Fit Curve"][1].options == {"fit": "curve"}
    assert again["Fit Line"][1].options == {}


def test_titles_say_what_is_shown():
    x, y = ("param:lr",), ("metric(min):val/loss",)
    assert chart_title(Chart("c", ChartKind.SCATTER, {Role.X: x, Role.Y: y})) == "min val/loss × lr"
    assert chart_title(Chart("c", ChartKind.BOX, {Role.X: x, Role.Y: y})) == "min val/loss by lr"
    assert chart_title(Chart("c", ChartKind.HEAT, {Role.X: x, Role.Y: y})) == (
        "runs over lr × min val/loss"
    )
    assert chart_title(Chart("c", ChartKind.BAR, {Role.Y: y}, title="Mine")) == "Mine"
