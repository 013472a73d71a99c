"""A person works with charts: finds, groups, zooms, brushes, arranges; new points come in."""

import sqlite3

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QDrag,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QMouseEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from chart_desk import CURVES, Desk
from made import unpack
from runcase.curves.chart import Chart, ChartKind, Role
from runcase.curves.groups import Band
from runcase.itemmodels.chart_kinds import default_chart
from runcase.store.changes import Origin
from runcase.store.records import ColumnKey, Kind
from runcase.ui.location import Location, Place
from runcase.ui.plots.chart_card import CHART_MIME
from runcase.ui.plots.line_chart import LineChart
from runcase.ui.plots.parallel_chart import ParallelChart
from runcase.ui.plots.scatter_chart import ScatterChart
from runcase.ui.theme import Scheme
from runcase.ui.widgets.run_inspector import RunInspector

pytestmark = pytest.mark.qt_log_ignore("grabbing the keyboard", r"raise\(\)", extend=True)


def test_charts_are_worked_with(qtbot, application, sample):
    desk = Desk(qtbot, application, sample)
    finds_and_folds(desk)
    hovers(desk)
    takes_another_theme(desk)
    groups(desk)
    zooms(desk)
    adds_and_brushes(desk)
    takes_columns(desk)
    arranges(desk)
    keeps_it_all(desk)


def finds_and_folds(desk):
    panel = desk.panel
    panel.tools.search("val-")
    desk.settle()
    qt_ids = set(panel.grid.cards)
    assert qt_ids >= {CURVES, "metric:val-mae"}
    assert {card.spec.id for card in panel.grid.visible_cards()} == {CURVES, "metric:val-mae"}
    panel.tools.search("no such chart")
    desk.settle()
    assert not panel.grid.isVisible()
    assert panel._empty.isVisible()
    panel.tools.search("")
    desk.settle()
    assert panel.grid.isVisible()


def hovers(desk):
    """The run under the mouse lights up in the table and in all charts, and so the other way."""
    chart, panel = desk.chart(), desk.panel
    drawn = next(each for each in chart.drawn_lines() if len(each.x) > 100)
    run = drawn.line.run_id
    at = len(drawn.x) // 2
    desk.move(chart, desk.spot(chart, drawn.x[at], drawn.y[at]))
    hovered = desk.page.view._delegate.hovered
    assert desk.page.runs.run_id(hovered) in {each.line.run_id for each in chart.drawn_lines()}
    assert {each.hovered for each in panel.charts()} == {desk.page.runs.run_id(hovered)}
    rows = chart.crosshair.tip.rows()
    assert 1 < len(rows) <= 8
    values = [row.value for row in rows]
    assert values == sorted(values)
    other = next(each for each in panel.line_charts() if each is not chart)
    assert other.crosshair._line.isVisible()
    assert not other.crosshair.tip.isVisible()
    desk.page.view.hovered.emit(run)
    assert {each.hovered for each in panel.charts()} == {run}
    wide = [item for item in chart._paint._wide if item.isVisible()]
    assert wide
    assert all(item.opts["pen"].widthF() > 2 for item in wide)
    desk.page.view.hovered.emit("")
    QTest.mouseClick(
        chart.canvas.plot.viewport(),
        Qt.MouseButton.LeftButton,
        pos=desk.spot(chart, drawn.x[at], drawn.y[at]),
    )
    desk.settle()
    assert desk.page.view.selected_ids()[0] in {each.line.run_id for each in chart.drawn_lines()}


def takes_another_theme(desk):
    """The selected run keeps one colour in table, charts and inspector."""
    theme, panel = desk.application.context.theme, desk.panel
    (run_id,) = panel._selected

    def swatches():
        inspector = desk.window.findChild(RunInspector)
        return [
            each for each in inspector.findChildren(QLabel) if "background" in each.styleSheet()
        ]

    for scheme in (Scheme.DARK, Scheme.LIGHT):
        theme.set_scheme(scheme)
        desk.settle()
        assert panel.looks.styles()[run_id].color.name() in swatches()[0].styleSheet()


def groups(desk):
    chart, panel = desk.chart(), desk.panel
    panel.tools.change(group="param:model")
    desk.settle()
    sums = [line for line in chart.prepared.lines if not line.faint]
    assert {line.group for line in sums} >= {"xgboost"}
    assert all(line.faint for line in chart.prepared.lines if line.run_id)
    assert "n = " in chart.legend()[0].name
    assert panel.grid.cards[CURVES].legend.isVisible()
    desk.do("band-range")
    assert chart.view.band is Band.RANGE
    desk.do("centre-median")
    xgboost = next(line for line in chart.prepared.lines if line.group == "xgboost" and line.band)
    members = [line for line in chart.prepared.lines if line.faint and line.group == "xgboost"]
    values = np.concatenate([line.value[np.isfinite(line.value)] for line in members])
    assert np.nanmin(xgboost.band.low) == pytest.approx(values.min())
    assert np.nanmax(xgboost.band.high) == pytest.approx(values.max())
    panel.tools.change(group="")
    desk.settle()
    assert not any(line.faint for line in chart.prepared.lines)
    panel.tools.change(template="{name} · {params.eta}")
    desk.settle()
    assert any(key.name.endswith("· 0.05") for key in chart.legend())


def zooms(desk):
    """A drag with Shift zooms x; all of what lies in each pixel column is drawn."""
    chart = desk.chart()
    desk.do("sync-x")
    viewport = chart.canvas.plot.viewport()
    start, end = desk.spot(chart, 200, 6.6), desk.spot(chart, 400, 6.6)
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, shift, start)
    for part in (0.3, 0.6, 1.0):
        between = QPoint(round(start.x() + (end.x() - start.x()) * part), end.y())
        send_move(viewport, between, shift)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, shift, end)
    desk.settle()
    (low, high), _ = chart.view_range()
    assert (low, high) == (pytest.approx(200, abs=8), pytest.approx(400, abs=8))
    assert not chart.is_auto
    others = [each for each in desk.panel.line_charts() if each is not chart]
    assert all(each.view_range()[0] == pytest.approx((low, high)) for each in others)
    desk.do("sync-x")
    desk.do("reset-zoom")
    assert chart.is_auto


def send_move(viewport, at, modifier):
    event = QMouseEvent(
        QMouseEvent.Type.MouseMove,
        QPointF(at),
        QPointF(viewport.mapToGlobal(at)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        modifier,
    )
    QApplication.sendEvent(viewport, event)


def adds_and_brushes(desk):
    panel = desk.panel
    columns = panel.looks.source.columns
    panel.add(Chart("", ChartKind.SCATTER, {Role.X: ("param:eta",), Role.Y: ("metric:rmse",)}))
    panel.add(default_chart(ChartKind.PARALLEL, columns))
    panel.add(Chart("", ChartKind.LINE, {Role.Y: ("val-rmse - train-rmse", "val-mae")}))
    panel.add(Chart("", ChartKind.LINE, {Role.Y: ("val-rmse -",)}))
    desk.settle()
    kinds = [type(desk.chart(f"chart:{number}")) for number in (1, 2, 3)]
    assert kinds == [ScatterChart, ParallelChart, LineChart]
    gap = desk.chart("chart:3")
    assert len({line.name for line in gap.prepared.lines}) == 2
    desk.chart("chart:4")
    card = panel.grid.cards["chart:4"]
    assert card.view is None
    assert "missing at the end" in card._state._text.text()
    panel.book.remove("chart:4")
    panel.rearranged()
    scatter = desk.chart("chart:1")
    inside = frozenset(list(map(str, scatter.table.run_ids))[:3])
    scatter.brushed.emit(inside)
    desk.settle()
    assert set(desk.page.view.selected_ids()) <= inside
    assert panel._brush.isVisible()
    panel._brush.keep_wanted.emit()
    desk.settle()
    assert set(desk.page.colors.shown()) == inside
    panel._brush.clear_wanted.emit()
    desk.settle()
    assert not panel._brush.isVisible()


def takes_columns(desk):
    """A title of the table is dragged to a chart; among the titles it moves as ever."""
    panel, grid, header = desk.panel, desk.panel.grid, desk.page.view.header
    desk.do("mode-split")
    keys = desk.page.runs.columns
    section = next(at for at, key in enumerate(keys) if key == ColumnKey(Kind.METRIC, "mape"))
    desk.page.view.scrollTo(desk.page.runs.index(0, section))
    order = [header.logicalIndex(at) for at in range(header.count())]
    mime = dragged_out(header, section)
    assert order == [header.logicalIndex(at) for at in range(header.count())]
    assert not desk.page.runs.arrangement.wish.sort  # it was no click
    assert mime.text() == "metrics.mape"
    grid.scroll_to("chart:1")
    desk.settle()
    rect = next(p.rect for p in grid._places if p.chart is not None and p.chart.id == "chart:1")
    how = Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    left = QPoint(rect.left() + 8, rect.center().y())
    QApplication.sendEvent(grid._canvas, QDragEnterEvent(left, *how))
    move = QDragMoveEvent(left, *how)
    QApplication.sendEvent(grid._canvas, move)
    assert move.isAccepted()
    assert grid._canvas._columns._overlay._title.text() == "Y: metrics.mape"
    assert rect.contains(grid._canvas._columns._overlay.geometry())
    QApplication.sendEvent(grid._canvas, QDropEvent(QPointF(left), *how))
    desk.settle()
    assert not grid._canvas._columns._overlay.isVisible()
    assert panel.book.chart("chart:1").name(Role.Y) == "metric:mape"
    beside = QPoint(2, 2)
    QApplication.sendEvent(grid._canvas, QDragEnterEvent(beside, *how))
    QApplication.sendEvent(grid._canvas, QDropEvent(QPointF(beside), *how))
    desk.settle()
    made = panel.book._own[list(panel.book._own)[-1]]
    assert (made.kind, made.names(Role.Y)) == (ChartKind.LINE, ("mape",))
    panel.book.remove(made.id)
    desk.do("mode-charts")


def dragged_out(header, section):
    """Drag a title down and out of the header; returns what is dragged."""
    taken = []

    def exec_(drag, *_actions):
        taken.append(drag.mimeData())
        return Qt.DropAction.IgnoreAction

    at = QPoint(header.sectionViewportPosition(section) + 20, header.height() // 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QDrag, "exec", exec_)
        QTest.mousePress(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
        for down in (15, 60):
            send_move(header.viewport(), at + QPoint(6, down), Qt.KeyboardModifier.NoModifier)
        QTest.mouseRelease(header.viewport(), Qt.MouseButton.LeftButton, pos=at + QPoint(6, 60))
    copy = QMimeData()
    for form in taken[0].formats():
        copy.setData(form, taken[0].data(form))
    assert len(taken) == 1
    return copy


def arranges(desk):
    """Cards are dragged, duplicated, maximised and removed."""
    panel, grid = desk.panel, desk.panel.grid
    desk.chart("metric:train-rmse")
    order = [place.chart.id for place in grid._places if place.chart]
    first = next(each for each in order if each.startswith("metric:"))
    target = next(place for place in grid._places if place.chart and place.chart.id == first)
    mime = QMimeData()
    mime.setData(CHART_MIME, CURVES.encode())
    at = QPointF(target.rect.left() + 8, target.rect.center().y())
    how = Qt.DropAction.MoveAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    QApplication.sendEvent(grid._canvas, QDragEnterEvent(at.toPoint(), *how))
    QApplication.sendEvent(grid._canvas, QDragMoveEvent(at.toPoint(), *how))
    assert grid._canvas._mark is not None
    QApplication.sendEvent(grid._canvas, QDropEvent(at, *how))
    assert grid._canvas._mark is None
    desk.settle()
    order = [place.chart.id for place in grid._places if place.chart]
    assert order.index(CURVES) + 1 == order.index(first) or first == CURVES
    panel._commands.duplicate(CURVES)
    desk.settle()
    copy = [place.chart.id for place in grid._places if place.chart]
    assert copy[copy.index(CURVES) + 1].startswith("chart:")
    panel.maximise(CURVES)
    desk.settle()
    assert [card.spec.id for card in grid.visible_cards()] == [CURVES]
    panel.maximise(CURVES)
    panel._commands.remove("metric:val-mae")
    desk.settle()
    assert "metric:val-mae" not in {place.chart.id for place in grid._places if place.chart}
    desk.do("copy-chart-script")
    assert "matplotlib" in QGuiApplication.clipboard().text()
    desk.do("copy-chart-data")
    assert "\t" in QGuiApplication.clipboard().text().splitlines()[0]


def keeps_it_all(desk):
    """Charts, axes and smoothing are part of the experiment's view."""
    panel = desk.panel
    panel.tools.change_view(smoothing=0.4, log_x=True)
    before = panel.options()
    desk.window.go(Location(Place.EXPERIMENT, "2"))
    desk.settle()
    assert not panel.book._own
    desk.window.go(Location(Place.EXPERIMENT, "1"))
    desk.settle()
    assert panel.options() == before


def test_new_points_come_in_without_moving_the_zoom(qtbot, application, tmp_path):
    path = unpack("3.18.0", tmp_path)
    raw = sqlite3.connect(path)
    run, key, experiment = raw.execute(
        "SELECT m.run_uuid, m.key, r.experiment_id FROM metrics m JOIN runs r "
        "ON r.run_uuid = m.run_uuid WHERE r.lifecycle_stage = 'active' "
        "GROUP BY 1, 2 HAVING count(DISTINCT step) > 5 AND count(*) = count(DISTINCT step) LIMIT 1"
    ).fetchone()
    desk = Desk(qtbot, application, path, str(experiment))
    desk.page.colors.show([run])
    desk.settle()
    chart = desk.chart(f"metric:{key}")
    points = len(chart.drawn_of(run).line.x)
    chart.zoom_x(1, 3)
    desk.settle()
    last = chart.prepared.x_range()[1]
    grow(raw, run, key, int(last) + 10)
    desk.window.session.note_change(Origin.EXTERNAL)
    desk.settle()
    assert len(chart.drawn_of(run).line.x) == points + 1
    assert chart.view_range()[0] == pytest.approx((1, 3))
    desk.do("follow-latest")
    grow(raw, run, key, int(last) + 20)
    desk.window.session.note_change(Origin.EXTERNAL)
    desk.settle()
    assert chart.view_range()[0] == pytest.approx((11, 13))
    raw.close()


def grow(raw, run, key, step):
    raw.execute(
        "INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) "
        "VALUES (?, 0.5, ?, ?, ?, 0)",
        (key, 10**13 + step, run, step),
    )
    raw.execute(
        "UPDATE latest_metrics SET step = ?, timestamp = ? WHERE run_uuid = ? AND key = ?",
        (step, 10**13 + step, run, key),
    )
    raw.commit()


def test_values_are_pinned_at_an_x_and_stay_through_a_zoom(qtbot, application, sample):
    desk = Desk(qtbot, application, sample)
    chart, panel = desk.chart(), desk.panel
    others = [each for each in panel.line_charts() if each is not chart]
    line = next(each.line for each in chart.drawn_lines() if len(each.x) > 100)
    x = float(line.x[len(line.x) // 2])
    plot = chart.canvas.plot.viewport()
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=desk.spot(chart, x, line.y.max()))
    desk.settle()
    assert chart.pin.x == pytest.approx(x, rel=0.02)
    assert chart.pin.tip.isVisible()
    assert chart.pin.tip.rows()
    assert chart.pin.tip.accessibleName().startswith("Pinned values at step ")
    assert chart.pin.tip.rows()[0].name in chart.pin.tip.accessibleDescription()
    assert panel.checks()["pin-values"]
    # The cards beside it share the line, and write nothing.
    assert {each.pin.x for each in others} == {chart.pin.x}
    assert not any(each.pin.tip.isVisible() for each in others)
    rows, at = chart.pin.tip.rows(), chart.pin.tip.pos()
    chart.canvas.box.setXRange(x - 20, x + 60, padding=0)
    desk.settle()
    assert chart.pin.tip.rows() == rows
    assert chart.pin.tip.pos() != at
    chart.canvas.box.setXRange(x + 200, x + 300, padding=0)
    assert chart.rect().contains(chart.pin.tip.geometry())  # at the edge, still readable
    chart.reset_zoom()
    desk.settle()
    desk.move(chart, desk.spot(chart, x * 1.05, line.y.max()))
    assert not chart.crosshair.tip.geometry().intersects(chart.pin.tip.geometry())
    before = chart.pin.x
    QTest.keyClick(chart, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert chart.pin.x > before
    QTest.keyClick(chart, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert chart.pin.x <= before
    steps = np.concatenate([each.x for each in chart.prepared.lines])
    assert chart.pin.x in steps
    assert {each.pin.x for each in others} == {chart.pin.x}
    QTest.keyClick(chart.pin.tip.close_button, Qt.Key.Key_Escape)
    assert not any(each.pin.is_on for each in panel.line_charts())
    assert not chart.pin.tip.isVisible()
    desk.do("pin-values")
    assert chart.pin.is_on or any(each.pin.is_on for each in others)
    pinned = next(each for each in panel.line_charts() if each.pin.tip.isVisible())
    pinned.pin.tip.close_button.click()
    assert not any(each.pin.is_on for each in panel.line_charts())
    desk.do("pin-values")
    desk.do("x-relative")
    assert not any(each.pin.is_on for each in panel.line_charts())  # no such x here
