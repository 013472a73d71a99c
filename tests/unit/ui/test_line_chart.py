"""A line chart whose jobs answer late: what is shown belongs to what is looked at."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication

from fakes import HeldJobs
from runcase.curves.chart import Chart, ChartKind, Role
from runcase.curves.combine import Curve
from runcase.curves.drawing import View, Window, prepare, reduce_lines
from runcase.curves.series import XAxis
from runcase.ui.plots.chart_view import CurveStyle
from runcase.ui.plots.line_chart import LineChart, LineData
from runcase.ui.plots.line_picture import LineLooks, picture_of
from runcase.ui.plots.sheet import Form, Paper, chart_sheet, render


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


MANY = 60


@pytest.fixture
def many(chart, jobs):
    """The chart with so many curves that a job paints them."""
    step = np.arange(600)
    curves = [
        Curve(f"r{at}", "k", step.astype(float), np.sin(step / 40 + at), step, step)
        for at in range(MANY)
    ]
    chart.set_data(LineData(tuple(curves)), looks("#1d5fd0"), View())
    still(chart, jobs)
    return chart


def looks(color):
    return {f"r{at}": CurveStyle(f"run {at}", QColor(color)) for at in range(MANY)}


def still(chart, jobs):
    for _ in range(9):
        jobs.release_all()
        chart._again.stop()
        if chart.canvas.pixels().rect() != chart._paint.curves.picture.seen:
            chart._reduce()
        chart.grab()
        QApplication.processEvents()


def colored(chart, color):
    """Count the pixels of a colour in the plot."""
    image = chart.canvas.plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32) & 0xFFFFFF
    return int((pixels == (QColor(color).rgb() & 0xFFFFFF)).sum())


def test_many_curves_are_painted_by_a_job_just_as_they_would_be_here(many):
    picture, box = many._paint.curves.picture, many.canvas.pixels()
    assert picture.image is not None
    assert picture.seen == box.rect()
    by_job = colored(many, "#1d5fd0")
    many._paint.curves.show(replace(picture, image=None))
    assert colored(many, "#1d5fd0") == pytest.approx(by_job, rel=0.03)
    assert by_job > 5_000


def test_another_colour_and_selection_of_many_curves_come_with_a_job(many, jobs):
    many.set_styles(looks("#d77d1d"))
    assert colored(many, "#d77d1d") == 0  # the window does not wait
    jobs.release_all()
    thin = colored(many, "#d77d1d")
    assert thin > 5_000
    many.set_selected(["r3", "r4"])
    jobs.release_all()
    assert many._paint.curves.picture.looks.selected == {"r3", "r4"}
    assert colored(many, "#d77d1d") > thin
    many.set_hovered("r5")
    assert [item.isVisible() for item in many._paint._wide] == [True]


def test_curves_worked_out_with_the_colours_of_before_are_painted_again(many, jobs):
    many._reduce()
    many.styles = looks("#1c7b57")
    jobs.release_all()
    jobs.release_all()
    assert colored(many, "#1c7b57") > 5_000


def test_many_curves_stay_curves_in_a_file(many, jobs):
    buffer = QBuffer()
    made = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    made.setOutputDevice(buffer)
    painter = QPainter(made)
    many.paint_plot(painter, QRectF(0, 0, 600, 300), many.styles, light=True)
    painter.end()
    text = bytes(buffer.data().data()).decode()
    assert "<image" not in text
    assert 'stroke="#1d5fd0"' in text
    assert text.count("<path") >= MANY // 8
    assert not many.canvas.is_painting
    jobs.release_all()
    assert many._paint.curves.picture.image is not None  # the window's own again


def test_the_description_tells_values_and_not_places_on_the_axes(chart, jobs):
    assert chart.accessibleDescription().endswith("step 0 to 49999, values 0 to 1")
    y = np.array([0.5, 100.0, 2.0])
    curve = Curve("r", "k", np.array([1.0, 10.0, 60.0]), y, np.arange(3), np.arange(3))
    style = {"r": CurveStyle("run", QColor("red"))}
    chart.set_data(LineData((curve,)), style, View(log_x=True, log_y=True))
    jobs.release_all()
    assert chart.accessibleDescription().endswith("step 1 to 60, values 0.5000 to 100")
    chart.set_data(LineData((curve,)), style, View(XAxis.RELATIVE))
    jobs.release_all()
    assert "relative 1.00 s to 1m 00s" in chart.accessibleDescription()
    nothing = replace(curve, y=np.full(3, np.nan))
    chart.set_data(LineData((nothing,)), style, View())
    jobs.release_all()
    assert chart.note() == "1 run · 3 points, none of them finite"
    assert chart.accessibleDescription().endswith("step 1 to 60")


def test_a_larger_png_shows_the_same(chart, theme, tmp_path):
    def drawn(scale):
        file = tmp_path / f"{scale}.png"
        with chart_sheet(theme, chart, lambda *, light: chart.styles, Paper(True, None)) as sheet:
            assert render(sheet, Form.PNG, scale)(file)
            size = sheet.size.toSize()
        image = QImage(str(file))
        assert image.size() == size * scale
        assert image.dotsPerMeterX() == pytest.approx(96 * scale / 0.0254, abs=1)
        scaled = image.scaled(size, mode=Qt.TransformationMode.SmoothTransformation)
        return np.asarray(scaled.convertToFormat(QImage.Format.Format_Grayscale8).constBits())

    once, twice = drawn(1).astype(float), drawn(2).astype(float)
    # Axes at another place or of another size differ in one pixel of thirty by a lot.
    assert (np.abs(once - twice) > 100).mean() < 0.002


def test_runs_without_a_colour_stand_behind_those_with_one(theme):
    step = np.arange(3)
    curves = [Curve(name, "k", step.astype(float), step * 1.0, step, step) for name in "abc"]
    grey = theme.color("muted")
    styles = {"a": CurveStyle("a", QColor("red")), "b": CurveStyle("b", grey)}
    looks = LineLooks(styles, False, ("k",), grey, False, frozenset())
    drawn = reduce_lines(prepare(curves, View()), Window(0.0, 2.0, 100))
    colors = [color.name() for _, color, _ in picture_of(drawn, looks).paths]
    assert colors == [grey.name(), "#ff0000"]
