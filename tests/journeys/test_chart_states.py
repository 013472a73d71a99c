"""Charts while other data, groups, experiments and sizes come in quick succession."""

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from chart_desk import CURVES, Desk
from runcase.ui.location import Location, Place
from runcase.ui.plots.chart_options import Options
from runcase.ui.run_mime import mime_of

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
    assert panel.tools.controls.minimumSize().width() <= panel.tools.width()
    assert panel.looks.groups is None
    assert all(chart.is_auto for chart in panel.line_charts())
    desk.window.go(Location(Place.EXPERIMENT, "1"))
    desk.settle()
    assert panel.options() == kept
    assert desk.chart().is_auto
    desk.page.apply_filter("metrics.rmse < 0")
    desk.settle()
    card = panel.grid.visible_cards()[0]
    assert card._state._title.text() == "No run is shown"
    assert card.note() == ""
    desk.page.apply_filter("")
    desk.settle()
    assert card.note()
    desk.do("reset-view")
    assert panel.tools.options == Options()
    assert CURVES in panel.grid.cards


def test_a_chart_is_worked_with_from_its_menu_the_keyboard_and_by_drops(qtbot, application, sample):
    desk = Desk(qtbot, application, sample)
    a_curve_has_a_menu_of_its_run(desk)
    keys_are_for_the_chart_with_the_focus(desk)
    runs_are_dropped_on_charts(desk)


def a_curve_has_a_menu_of_its_run(desk):
    chart, colors = desk.chart(), desk.page.colors
    drawn = max(chart.drawn_lines(), key=lambda each: len(each.x))
    spot = desk.spot(chart, drawn.x[-1], drawn.y[-1])
    desk.move(chart, spot)
    run = chart.hovered
    assert run
    menu = menu_at(desk, chart, spot)
    menu["Select Run"].trigger()
    desk.settle()
    assert desk.page.view.selected_ids() == [run]
    menu["Brown"].trigger()
    assert colors.index(run) == 11
    menu["Only This Run"].trigger()
    desk.settle()
    assert colors.shown() == (run,)
    menu["Hide Run"].trigger()
    assert colors.shown() == ()
    menu["Open Run"].trigger()
    desk.settle()
    at = desk.window.page.location
    assert (at.place, at.id) == (Place.RUN, run)
    for each in desk.panel.findChildren(QMenu):
        each.close()
    desk.do("back")
    desk.page.colors.show([desk.page.runs.run_id(row) for row in range(4)])
    desk.settle()


def menu_at(desk, chart, spot):
    """Ask for the menu where the mouse is; returns its actions by their texts."""
    viewport = chart.canvas.plot.viewport()
    how = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(viewport, QContextMenuEvent(how, spot, viewport.mapToGlobal(spot)))
    (menu,) = [each for each in desk.panel.findChildren(QMenu) if each.isVisible()]
    every = [menu, *menu.findChildren(QMenu)]
    return {action.text(): action for each in every for action in each.actions()}


def keys_are_for_the_chart_with_the_focus(desk):
    panel = desk.panel
    chart = desk.chart("metric:train-rmse")
    panel.tools.add_button.setFocus()
    stops = []
    for _ in range(6):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        stops.append(QApplication.focusWidget())
    first, second = panel.grid.visible_cards()[:2]
    assert stops == [*first.stops(), *second.stops()]
    other = first if first.view is not chart else second
    other.entered.emit(other.spec.id)  # the mouse is there, and stays
    chart.setFocus()
    desk.settle()
    assert panel.current_card().view is chart
    desk.do("copy")
    assert QGuiApplication.clipboard().image().width() == panel.current_card().width()
    for key, says in ((Qt.Key.Key_W, "x-wall"), (Qt.Key.Key_S, "x-step"), (Qt.Key.Key_G, "log-y")):
        QTest.keyClick(chart, key)
        desk.settle()
        assert panel.checks()[says]
    (left, _), _ = chart.view_range()
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert chart.view_range()[0][0] > left
    QTest.keyClick(chart, Qt.Key.Key_A)
    desk.settle()
    assert chart.is_auto
    for maximised in ("metric:train-rmse", ""):
        QTest.keyClick(chart, Qt.Key.Key_M)
        desk.settle()
        assert panel.maximised == maximised
    desk.page.view.setFocus()
    desk.settle()
    desk.do("copy")
    assert "\t" in QGuiApplication.clipboard().text()


def runs_are_dropped_on_charts(desk):
    page, canvas = desk.page, desk.panel.grid.widget()
    runs = [page.runs.run_id(row) for row in range(page.runs.rowCount())]
    hidden = [run for run in runs if page.colors.index(run) is None][:2]
    mime = mime_of([*hidden, "0" * 32], page.view.store)
    how = Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    QApplication.sendEvent(canvas, QDragEnterEvent(QPointF(40, 40).toPoint(), *how))
    assert canvas._overlay.isVisible()
    QApplication.sendEvent(canvas, QDropEvent(QPointF(40, 40), *how))
    desk.settle()
    assert not canvas._overlay.isVisible()
    assert set(hidden) <= set(page.colors.shown())
    assert "Not of these experiments: 1 run" in desk.window.toast._text.text()
