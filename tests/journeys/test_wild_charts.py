"""Charts of metrics that no tidy script would log."""

import math
import sqlite3

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPushButton

import driving
from driving import trigger
from runcase.curves.chart import Chart, ChartKind, Role
from runcase.curves.drawing import Window
from runcase.ui.dialogs.line_columns import LineColumnsDialog
from runcase.ui.location import Location, Place
from runcase.ui.plots.spots_item import Shape
from small_store import make_store, run_id

pytestmark = pytest.mark.qt_log_ignore("grabbing the keyboard", r"raise\(\)", extend=True)

LARGEST = 1.7976931348623157e308
METRICS = {
    "all nan": [(step, math.nan) for step in range(30)],
    "one point": [(5, 2.5)],
    "twice at a step": [(0, 1.0), (1, 2.0), (1, 3.0), (2, 4.0)],
    "far steps": [(-5, 1.0), (0, 2.0), (2**62, 3.0)],
    "large and small": [(0, 1e300), (1, 1e-300), (2, 1.0)],
    "infinite": [(0, 1.0), (1, LARGEST), (2, -LARGEST), (3, 2.0)],
    "constant": [(step, 7.0) for step in range(10)],
    "spiky": [(step, 1e6 if step == 12_345 else math.sin(step / 50)) for step in range(40_000)],
}


@pytest.fixture
def wild(tmp_path):
    path = make_store(tmp_path / "wild.db", runs=2)
    raw = sqlite3.connect(path)
    raw.execute("ALTER TABLE metrics ADD COLUMN is_nan BOOLEAN DEFAULT 0")
    raw.execute("CREATE INDEX index_metrics_run_uuid ON metrics (run_uuid)")
    rows = [
        (key, 0.0 if math.isnan(value) else value, 1_000 + at, run_id(0), step, math.isnan(value))
        for key, points in METRICS.items()
        for at, (step, value) in enumerate(points)
    ]
    rows += [(f"many/{number:04}", number, 1, run_id(1), 3, False) for number in range(2_000)]
    raw.executemany("INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?)", rows)
    raw.commit()
    raw.close()
    return path


def test_wild_metrics_are_drawn(qtbot, application, wild):
    window = driving.open_store(qtbot, application, wild)
    window.go(Location(Place.EXPERIMENT, "0"))

    def settle():
        driving.settle(qtbot, application)

    settle()
    trigger(window, "mode-charts")
    settle()
    panel = window.page.charts.panel
    assert len(panel.grid.cards) < 40, "only the cards near the screen exist"
    for log in (False, True):
        panel.tools.change_view(log_y=log)
        for key in METRICS:
            check(panel, settle, key, log)
    panel.tools.change_view(log_y=False, log_x=True)
    chart = shown(panel, settle, "far steps")
    assert chart.prepared.left_out == 2
    assert "at x ≤ 0 left out" in chart.note()
    panel.tools.change_view(log_x=False)
    every_pixel_column_has_its_extremes(panel, settle)
    a_mistake_is_edited(window, panel, settle)
    without_runs(window, panel, settle)


def shown(panel, settle, key):
    """Show a metric's curves, also where they are dots, alone."""
    if panel.book.chart(f"metric:{key}").kind is not ChartKind.LINE:
        panel.change(Chart(f"metric:{key}", ChartKind.LINE, {Role.Y: (key,)}))
    if panel.maximised != f"metric:{key}":
        panel.maximised = ""
        panel.maximise(f"metric:{key}")
    settle()
    return panel.grid.cards[f"metric:{key}"].view


def check(panel, settle, key, log):
    chart = shown(panel, settle, key)
    drawn = chart.drawn_of(run_id(0))
    values = np.array([value for _, value in METRICS[key]])
    finite = values[np.isfinite(values) & (np.abs(values) < LARGEST)]
    finite = finite[finite > 0] if log else finite
    on_axis = np.log10(finite) if log else finite
    seen = drawn.y[np.isfinite(drawn.y)]
    assert len(drawn.line.x) == len(METRICS[key])
    if len(on_axis):
        assert (seen.min(), seen.max()) == (on_axis.min(), on_axis.max())
        _, (bottom, top) = chart.view_range()
        assert bottom <= seen.min()
        assert top >= seen.max()
    marks = len(drawn.above), len(drawn.below), len(drawn.nothing)
    expected = {"all nan": (0, 0, 30), "infinite": (1, 1, 0)}.get(key, (0, 0, 0))
    assert marks == expected
    edges = [len(each.x) for each in chart._paint.spots.spots if each.shape is not Shape.DOT]
    assert sum(edges) == sum(expected)
    if key == "all nan":  # nothing but marks, on the lower edge, and also when zoomed
        for _ in range(2):
            assert colored(chart, chart.styles[run_id(0)].color) > 50
            chart.canvas.box.setRange(xRange=(3, 12), yRange=(100, 120), padding=0)
        chart.reset_zoom()
        settle()
    chart.crosshair.point_at(float(drawn.line.x[0]))
    assert chart.crosshair.tip.isVisible()
    chart.crosshair.hide()
    marks_lie_at_the_edges(chart, drawn)


def marks_lie_at_the_edges(chart, drawn):
    image, box = chart.canvas.plot.grab().toImage(), chart.canvas.box
    assert image.pixelColor(image.width() - 2, 2) == chart.color("surface")
    area, color = box.sceneBoundingRect(), chart.style_of(drawn.line).color
    bottom = area.bottom() - 7
    for places, y in (
        (drawn.above, area.top() + 7),
        (drawn.below, bottom),
        (drawn.nothing, bottom),
    ):
        for x in places.tolist():
            at = box.mapViewToScene(QPointF(x, 0.0)).x()
            near = [image.pixelColor(round(at) + by, round(y)) for by in (-1, 0, 1)]
            assert any(abs(each.rgb() - color.rgb()) < 0x404040 for each in near)


def colored(chart, color):
    """Count the pixels of a plot in about this colour."""
    image = chart.canvas.plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(-1, 4)[:, :3].astype(int)
    wanted = np.array([color.blue(), color.green(), color.red()])
    return int((np.abs(pixels - wanted).sum(axis=1) < 40).sum())


def every_pixel_column_has_its_extremes(panel, settle):
    """Also in the window: at any zoom, each column of pixels reaches as far as its points."""
    chart = shown(panel, settle, "spiky")
    rng = np.random.default_rng(11)
    for _ in range(6):
        low = rng.uniform(-1_000, 39_000)
        chart.zoom_x(low, low + rng.uniform(50, 40_000))
        settle()
        window = chart._seen()
        assert window == Window(*chart.view_range()[0], chart._pixels())
        drawn = chart.drawn_of(run_id(0))
        edges = np.linspace(window.low, window.high, window.pixels + 1)
        assert columns(drawn.line.x, drawn.line.y, edges) == columns(drawn.x, drawn.y, edges)
        assert ("extremes kept" in chart.note()) == (len(drawn.x) < inside(drawn.line.x, window))
    chart.reset_zoom()
    settle()
    assert chart.view_range()[1][1] > 1e6


def columns(x, y, edges):
    at = np.searchsorted(edges, x, "right") - 1
    found = {}
    for column, value in zip(at.tolist(), y.tolist(), strict=True):
        if 0 <= column < len(edges) - 1 and not math.isnan(value):
            least, most = found.get(column, (value, value))
            found[column] = min(least, value), max(most, value)
    return found


def inside(x, window):
    return int(((x >= window.low) & (x <= window.high)).sum())


def a_mistake_is_edited(window, panel, settle):
    """What cannot be drawn offers to be edited, where the mistake is."""
    kept = panel.book.chart("metric:constant")
    panel.change(Chart("metric:constant", ChartKind.LINE, {Role.Y: ("constant -",)}))
    shown(panel, settle, "constant")
    state = panel.grid.cards["metric:constant"]._state
    assert "(column 11)" in state._text.text()
    (edit,) = state.findChildren(QPushButton)
    edit.click()
    settle()
    dialog = next(each for each in window.findChildren(LineColumnsDialog) if each.isVisible())
    dialog.reject()
    panel.change(kept)
    settle()


def without_runs(window, panel, settle):
    """Runs without the metric, and no run at all, are said."""
    panel.maximise(panel.maximised)
    page = window.page
    page.colors.hide(page.colors.shown())
    page.view.clearSelection()
    settle()
    panel.grid.scroll_to("metric:constant")
    settle()
    panel.change(Chart("metric:constant", ChartKind.LINE, {Role.Y: ("constant",)}))
    page.colors.show([run_id(1)])
    settle()
    card = panel.grid.cards["metric:constant"]
    assert card._state.isVisible()
    assert "The shown run has not logged constant." in card._state._text.text()
