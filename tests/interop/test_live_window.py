"""The real window on a store into which the real MLflow client writes meanwhile."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLabel

from driving import GUARD_MS, click, open_store, running, settle
from made import expected, unpack
from runcase.itemmodels import navigator as rows
from runcase.ui.widgets.runs_gutter import Part

FULLEST = "1"
NAME = "written meanwhile"
# What a change may take to be seen; the aim is 2 s, on a machine that does nothing else.
SEEN_MS = 10_000
# The client gives up by itself after so many points, should nobody stop it.
MOST = 2_000


@pytest.fixture
def application(qapp, tmp_path):
    with running(qapp, tmp_path) as made:
        yield made


class Looked:
    """What must not move by itself: selection, current row, rows in sight, a zoom by hand."""

    def __init__(self, page, chart):
        self.selected = page.view.selected_ids()
        self.current = page.view.current_id()
        row = page.view.rowAt(0)
        self.top = (page.runs.run_id(row), page.view.rowViewportPosition(row))
        self.zoom = chart.view_range()

    def __eq__(self, other):
        return vars(self) == vars(other)


@pytest.fixture
def opened(application, qtbot, tmp_path):
    """Opens a low window on the store of MLflow 3.18.0, so that its table has to scroll."""

    def call():
        database = unpack("3.18.0", tmp_path / "store")
        return database, open_store(qtbot, application, database, (1300, 640))

    return call


def test_the_window_follows_a_run_that_is_written(
    opened, application, qtbot, tmp_path, mlflow_started, answer_of
):
    database, window = opened()
    page, stop = window.page, tmp_path / "stop"
    failures = []
    window.session.failed.connect(failures.append)
    chart = prepare(page, qtbot, application)
    before, many = Looked(page, chart), len(active())
    client = mlflow_started(
        "write_live",
        database=str(database),
        experiment=FULLEST,
        name=NAME,
        key=chart.name(),
        stop=str(stop),
        most=MOST,
    )
    qtbot.waitUntil(lambda: written(page) is not None, timeout=GUARD_MS)  # MLflow starts in 4 s
    row = written(page)
    run_id = page.runs.run_id(row)
    assert page.runs.status(row) == "RUNNING"
    follows(qtbot, lambda: window.page.status()[0] == f"{many + 1} runs")
    follows(qtbot, lambda: node(window).data(rows.COUNT_ROLE) == str(many + 1))
    assert node(window).data(rows.LIVE_ROLE)
    assert Looked(page, chart) == before

    # Its eye is pressed, so that its curve is drawn.
    page.view.delegate.part_pressed.emit(row, Part.EYE)
    follows(qtbot, lambda: points(chart, run_id) > 0)
    first = points(chart, run_id)
    follows(qtbot, lambda: points(chart, run_id) > first)
    second = points(chart, run_id)
    follows(qtbot, lambda: points(chart, run_id) > second)
    assert Looked(page, chart) == before

    stop.touch()
    answer = answer_of(client)
    assert answer["run_id"] == run_id
    follows(qtbot, lambda: points(chart, run_id) == answer["points"])
    follows(qtbot, lambda: page.runs.status(written(page)) == "FINISHED")
    follows(qtbot, lambda: page.runs.row_of(run_id) is not None)
    assert Looked(page, chart) == before
    assert failures == []
    assert window.toolbar.live.text() == "Live"
    assert not any("locked" in each.text() for each in window.findChildren(QLabel))


def test_a_paused_window_stays_and_then_catches_up(opened, application, qtbot, mlflow):
    database, window = opened()
    page = window.page
    shown = [page.runs.run_id(row) for row in range(page.runs.rowCount())]
    window.run("live")
    assert window.toolbar.live.text() == "Paused"
    run_id = mlflow("log", database=str(database), experiment=FULLEST)
    settle(qtbot, application)
    assert [page.runs.run_id(row) for row in range(page.runs.rowCount())] == shown
    window.run("refresh")
    follows(qtbot, lambda: page.runs.row_of(run_id) is not None)
    window.run("live")
    other = mlflow("log", database=str(database), experiment=FULLEST)
    follows(qtbot, lambda: page.runs.row_of(other) is not None)


def prepare(page, qtbot, application):
    """Select, scroll and zoom; returns the chart that was zoomed."""
    page.splitter.setSizes([130, 400])
    click(page.view, page.runs.index(3, 1))
    click(page.view, page.runs.index(4, 1), Qt.KeyboardModifier.ControlModifier)
    settle(qtbot, application)
    bar = page.view.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    assert bar.value() > 0
    chart = next(page.charts.panel.line_charts())
    whole = chart.view_range()
    turn_wheel(chart)
    settle(qtbot, application)
    assert chart.view_range() != whole
    return chart


def turn_wheel(chart):
    """Zoom in with the wheel over the middle of the chart."""
    target = chart.canvas.plot.viewport()
    middle = QPointF(target.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(target.mapToGlobal(middle.toPoint())),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(target, event)


def follows(qtbot, condition):
    qtbot.waitUntil(condition, timeout=SEEN_MS)


def written(page):
    """The row of the run that the client writes, None while it is not there."""
    names = (row for row in range(page.runs.rowCount()) if page.runs.name(row) == NAME)
    return next(names, None)


def points(chart, run_id):
    drawn = chart.drawn_of(run_id)
    return 0 if drawn is None else len(drawn.line.x)


def node(window):
    return window.navigator.model.find(f"exp/{FULLEST}")


def active():
    return [
        run_id
        for run_id, run in expected("3.18.0")["runs"].items()
        if run["info"]["experiment_id"] == FULLEST and run["info"]["lifecycle_stage"] == "active"
    ]
