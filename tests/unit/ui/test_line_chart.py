"""A line chart whose jobs answer late: what is shown belongs to what is looked at."""

import numpy as np
import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from fakes import HeldJobs
from runcase.curves.chart import Chart, ChartKind, Role
from runcase.curves.combine import Curve
from runcase.curves.drawing import View
from runcase.ui.plots.chart_view import CurveStyle
from runcase.ui.plots.line_chart import LineChart, LineData


def data(points, top=1.0):
    step = np.arange(points)
    y = np.zeros(points)
    y[points // 2] = top
    return LineData((Curve("r", "k", step.astype(float), y, step, step),))


@pytest.fixture
def jobs():
    made = HeldJobs()
    yield made
    made.close()


@pytest.fixture
def chart(qtbot, theme, jobs):
    made = LineChart(theme, jobs, Chart("c", ChartKind.LINE, {Role.Y: ("k",)}))
    qtbot.addWidget(made)
    made.resize(600, 300)
    made.show()
    show(made, data(50_000))
    jobs.release_all()

    def is_still():
        """The first sizes come one after the other: window, layout, labels of the axes."""
        jobs.release_all()
        made.grab()
        QApplication.processEvents()
        return not made._again.isActive() and not jobs.held

    qtbot.waitUntil(is_still)
    return made


def show(chart, what):
    chart.set_data(what, {"r": CurveStyle("run", QColor("red"))}, View())


def test_nothing_more_is_worked_out_when_nothing_moved(chart, jobs):
    QApplication.processEvents()
    assert not chart._again.isActive()
    assert jobs.pending == 0


def test_a_late_reduction_of_lines_of_before_is_not_shown(chart, jobs):
    chart._reduce()
    show(chart, data(60_000, top=9.0))
    jobs.release_all()  # the reduction answers last, of lines that are gone
    (drawn,) = chart.drawn_lines()
    assert len(drawn.line.x) == 60_000
    assert np.nanmax(drawn.y) == 9.0


def test_a_zoom_while_lines_are_worked_out_is_reduced_afterwards(chart, jobs):
    show(chart, data(60_000))
    chart.zoom_x(100, 200)
    chart._again.stop()  # as if it had fired before the answer
    jobs.release_all()
    assert chart._again.isActive()
