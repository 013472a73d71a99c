"""Charts while other data, groups, experiments and sizes come in quick succession."""

import pytest

from chart_desk import CURVES, Desk
from runcase.ui.location import Location, Place
from runcase.ui.plots.chart_options import Options

pytestmark = pytest.mark.qt_log_ignore("grabbing the keyboard", r"raise\(\)", extend=True)


def test_charts_follow_what_is_asked_in_quick_succession(qtbot, application, sample):
    desk = Desk(qtbot, application, sample)
    what_is_drawn_is_what_was_prepared_last(desk)
    the_tip_of_a_group_says_how_far_it_goes(desk)
    another_experiment_is_looked_at_afresh(desk)


def what_is_drawn_is_what_was_prepared_last(desk):
    desk.panel.tools.change(group="param:model")
    desk.panel.tools.change_view(smoothing=0.6)
    desk.settle()
    for chart in desk.panel.line_charts():
        ids = {line.id for line in chart.prepared.lines}
        assert {each.line.id for each in chart.drawn_lines()} == ids
        assert all(each.line in chart.prepared.lines for each in chart.drawn_lines())
        assert {line.group for line in chart.prepared.lines} == {"xgboost", "lightgbm"}


def the_tip_of_a_group_says_how_far_it_goes(desk):
    chart = desk.chart()
    narrow = None
    for log in (False, True):
        desk.panel.tools.change_view(log_y=log)
        desk.settle()
        chart.crosshair.point_at(200.0)
        rows = {row.name: row for row in chart.crosshair.tip.rows()}
        low, high = rows["xgboost (n = 8)"].spread
        assert low < rows["xgboost (n = 8)"].value < high
        assert rows["lightgbm (n = 1)"].spread is None
        assert narrow in (None, (low, high)), "the same numbers on a log axis"
        narrow = low, high
    chart.crosshair.hide()


def another_experiment_is_looked_at_afresh(desk):
    """Neither axes, smoothing, groups nor a zoom of the one before are taken along."""
    panel = desk.panel
    desk.chart().zoom_x(100, 200)
    desk.settle()
    kept = panel.options()
    desk.window.go(Location(Place.EXPERIMENT, "2"))
    assert not panel.grid.cards
    desk.settle()
    assert panel.tools.options == Options()
    assert panel.looks.groups is None
    assert all(chart.is_auto for chart in panel.line_charts())
    desk.window.go(Location(Place.EXPERIMENT, "1"))
    desk.settle()
    assert panel.options() == kept
    assert desk.chart().is_auto
    desk.do("reset-view")
    assert panel.tools.options == Options()
    assert CURVES in panel.grid.cards
