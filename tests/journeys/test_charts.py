"""A person smooths charts and takes them out as pictures and as numbers."""

import csv
import shutil
import subprocess

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication, QMenu

import driving
from driving import trigger
from runcase.curves.chart import Chart, ChartKind, Role
from runcase.ui.dialogs.export_chart import ExportChartDialog
from runcase.ui.location import Location, Place
from runcase.ui.plots.sheet import ChartSheet
from runcase.ui.theme import Scheme

pytestmark = pytest.mark.qt_log_ignore("grabbing the keyboard", r"raise\(\)", extend=True)

CURVES = "val-rmse"
DOTS = "mae"


def opened(qtbot, application, sample):
    """Open the sample's first experiment with nothing but its charts, in the dark theme.

    No fixture: pytest would keep the window longer than the test.
    """
    application.context.theme.set_scheme(Scheme.DARK)
    window = driving.open_store(qtbot, application, sample)
    window.go(Location(Place.EXPERIMENT, "1"))
    driving.settle(qtbot, application)
    trigger(window, "mode-charts")
    driving.settle(qtbot, application)
    panel = window.page.charts.panel
    # By itself a metric of one step is shown as bars.
    panel.change(Chart(f"metric:{DOTS}", ChartKind.LINE, {Role.Y: (DOTS,)}))
    for _ in range(2):
        panel.maximise(f"metric:{DOTS}")
        driving.settle(qtbot, application)
    return window, panel


def dialog_of(window, panel, key):
    if panel.maximised != f"metric:{key}":
        panel.maximise(f"metric:{key}")
        QApplication.processEvents()
    trigger(window, "export-chart")
    dialogs = window.findChildren(ExportChartDialog)
    return next(each for each in dialogs if each.isVisible())


def chart_of(panel, key):
    return panel.grid.cards[f"metric:{key}"].view


def choose(dialog, form, path):
    dialog.formats.setCurrentIndex(dialog.formats.findData(form))
    dialog.place.path.setText(str(path))


def painted(path, size):
    """Draw an exported file with another program or library at a pixel to a unit."""
    if path.suffix == ".svg":
        renderer = QSvgRenderer(str(path))
        assert renderer.isValid()
        image = QImage(size, QImage.Format.Format_RGB32)
        image.fill(0xFFFF00FF)
        painter = QPainter(image)
        renderer.render(painter, QRectF(image.rect()))
        painter.end()
        return image
    if path.suffix == ".pdf":
        tool = shutil.which("pdftoppm")
        if tool is None:
            pytest.skip("pdftoppm is not here")
        subprocess.run([tool, "-r", "96", "-png", str(path), str(path)], check=True)
        (found,) = path.parent.glob(f"{path.name}-*.png")
        return QImage(str(found))
    return QImage(str(path))


def ink(image, color, reach=60):
    """Say which pixels, (height, width) bool, are near to a colour."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    wanted = np.array([color.blue(), color.green(), color.red()])
    return np.abs(pixels[..., :3].astype(int) - wanted).sum(axis=2) < reach


def near(spots, x, y, reach):
    return spots[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1].any()


def places(chart, run_id):
    """Return where the points of a run's line are in the plot, (x, y) in pixels."""
    drawn = chart.drawn_of(run_id)
    spots = [
        chart.canvas.plot.mapFromScene(chart.canvas.box.mapViewToScene(QPointF(float(x), float(y))))
        for x, y in zip(drawn.x, drawn.y, strict=True)
    ]
    return [(spot.x(), spot.y()) for spot in spots]


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
@pytest.mark.parametrize("key", [CURVES, DOTS])
@pytest.mark.parametrize("light", [True, False])
def test_a_picture_shows_what_the_window_shows(
    qtbot, application, sample, tmp_path, form, key, light
):
    window, panel = opened(qtbot, application, sample)
    panel.set_options({"smoothing": 0.8, "smoothing_kind": "gaussian"})
    dialog = dialog_of(window, panel, key)
    driving.settle(qtbot, application)
    choose(dialog, form, tmp_path / "chart")
    dialog.place.path.setText(str(tmp_path / f"chart.{form}"))
    dialog.scale.setCurrentIndex(0)
    dialog.light.setChecked(light)
    chart = chart_of(panel, key)
    shown = chart.canvas.plot.grab().toImage()
    width, height = chart.plot_size()
    dialog.start()
    driving.settle(qtbot, application)
    assert (tmp_path / f"chart.{form}").is_file()
    sheet = ChartSheet(panel.context.theme, chart, panel.looks.styles, light=light)
    image = painted(tmp_path / f"chart.{form}", sheet.size.toSize())
    plot = image.copy(12, 38, width, height)
    theme = panel.context.theme
    assert plot.pixelColor(width - 4, 4) == theme.color("surface", light=light)
    dark, here = panel.looks.styles(), panel.looks.styles(light=light)
    for run_id in [each.line.run_id for each in chart.drawn_lines()]:
        there = ink(shown, dark[run_id].color)
        found = ink(plot, here[run_id].color)
        seen = [at for at in places(chart, run_id) if near(there, *at, 2)]
        kept = [at for at in seen if near(found, *at, 3)]
        # Another's line may be over it in one of the two colours alone.
        assert len(kept) >= 0.8 * len(seen), run_id
        assert len(seen) > 3 or key == DOTS
    # Afterwards the window is as it was.
    assert chart.canvas.plot.grab().toImage() == shown


def test_nothing_leaves_the_plot_when_zoomed(qtbot, application, sample, tmp_path):
    window, panel = opened(qtbot, application, sample)
    panel.maximise(CURVES)
    driving.settle(qtbot, application)
    chart = chart_of(panel, CURVES)
    chart.canvas.box.setRange(xRange=(100, 300), yRange=(6.8, 7.2), padding=0)
    driving.settle(qtbot, application)
    dialog = dialog_of(window, panel, CURVES)
    choose(dialog, "pdf", tmp_path / "zoomed.pdf")
    dialog.start()
    driving.settle(qtbot, application)
    choose(dialog_of(window, panel, CURVES), "svg", tmp_path / "zoomed.svg")
    assert "clip-path" in svg_of(window, tmp_path, lambda: driving.settle(qtbot, application))
    image = painted(tmp_path / "zoomed.pdf", None)
    title = image.copy(200, 0, image.width() - 200, 36)
    for style in panel.looks.styles(light=True).values():
        assert not ink(title, style.color).any()


def svg_of(window, folder, settle):
    dialogs = window.findChildren(ExportChartDialog)
    next(each for each in dialogs if each.isVisible()).start()
    settle()
    return (folder / "zoomed.svg").read_text(encoding="utf-8")


def test_a_png_is_as_large_as_asked(qtbot, application, sample, tmp_path):
    window, panel = opened(qtbot, application, sample)
    sizes = []
    for at in (0, 2):
        dialog = dialog_of(window, panel, CURVES)
        driving.settle(qtbot, application)
        choose(dialog, "png", tmp_path / f"{at}.png")
        dialog.scale.setCurrentIndex(at)
        dialog.start()
        driving.settle(qtbot, application)
        sizes.append(QImage(str(tmp_path / f"{at}.png")).size())
    assert sizes[1] == sizes[0] * 3


def test_csv_is_every_point_drawn_from(qtbot, application, sample, tmp_path):
    window, panel = opened(qtbot, application, sample)
    dialog = dialog_of(window, panel, CURVES)
    driving.settle(qtbot, application)
    choose(dialog, "csv", tmp_path / "points.csv")
    dialog.start()
    driving.settle(qtbot, application)
    with (tmp_path / "points.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    series = chart_of(panel, CURVES).data.curves
    assert len(rows) == sum(len(each.y) for each in series)
    names = {run.run_id: run.name for run in panel.looks.runs}
    assert {(row["run_id"], row["run"]) for row in rows} == {
        (each.run_id, names[each.run_id]) for each in series
    }
    values = np.concatenate([each.y for each in series])
    np.testing.assert_array_equal([float(row["value"]) for row in rows], values)


@pytest.mark.parametrize("form", ["png", "csv"])
def test_a_place_that_cannot_be_written_is_one_sentence(qtbot, application, sample, tmp_path, form):
    window, panel = opened(qtbot, application, sample)
    (tmp_path / "file").write_text("no folder")
    dialog = dialog_of(window, panel, CURVES)
    driving.settle(qtbot, application)
    for path, why in (
        (tmp_path / "nowhere" / "x.png", "There is no folder"),
        (tmp_path / "file" / "x.png", "There is no folder"),
        (f"/proc/x.{form}", "could not be written"),
        (sample, "there already"),
        ("x.png", "Say where"),
    ):
        choose(dialog, form, path)
        dialog.start()
        driving.settle(qtbot, application)
        assert dialog.isVisible()
        assert why in dialog._said.text()
        assert dialog.accept_button.isEnabled()
    dialog.place.path.setText(str(sample))
    dialog.start()
    dialog.start()
    assert "never written to" in dialog._said.text()
    dialog.reject()


def test_a_file_is_replaced_only_when_asked_twice(qtbot, application, sample, tmp_path):
    window, panel = opened(qtbot, application, sample)
    there = tmp_path / "there.svg"
    there.write_text("mine")
    dialog = dialog_of(window, panel, CURVES)
    driving.settle(qtbot, application)
    choose(dialog, "svg", there)
    dialog.start()
    assert there.read_text() == "mine"
    assert dialog.accept_button.text() == "Replace"
    dialog.start()
    driving.settle(qtbot, application)
    assert there.read_text(encoding="utf-8").startswith("<?xml")
    assert [each.name for each in tmp_path.glob("there*")] == ["there.svg"]


def test_the_kind_of_smoothing_is_chosen_and_kept(qtbot, application, sample):
    window, panel = opened(qtbot, application, sample)
    trigger(window, "smooth-mean")
    panel.set_options({"smoothing": 0.9})
    driving.settle(qtbot, application)
    chart = chart_of(panel, CURVES)
    assert chart.view.kind.value == "mean"
    means = {each.line.run_id: each.line.value for each in chart.drawn_lines()}
    trigger(window, "smooth-gaussian")
    driving.settle(qtbot, application)
    for run_id, mean in means.items():
        now = chart.drawn_of(run_id)
        assert not np.array_equal(now.line.value, mean)
        assert len(now.raw_y) == len(now.line.logged)
    assert panel.options()["smoothing_kind"] == "gaussian"
    panel.set_options({"smoothing_kind": "no such kind"})
    assert panel.options()["smoothing_kind"] == "gaussian"
    assert window.actions_.by_id["smooth-gaussian"].isChecked()


def test_outliers_are_left_beyond_the_axis_and_no_point_is_dropped(qtbot, application, sample):
    window, panel = opened(qtbot, application, sample)
    chart = chart_of(panel, CURVES)
    (_, whole), before = chart.view_range(), chart.drawn_lines()[0].y
    trigger(window, "hide-outliers")
    driving.settle(qtbot, application)
    drawn = np.concatenate([each.y for each in chart.drawn_lines()])
    drawn = drawn[np.isfinite(drawn)]
    low, high = np.percentile(drawn, 1, method="lower"), np.percentile(drawn, 99, method="higher")
    (_, inner) = chart.view_range()
    margin = 0.03 * (high - low)
    assert inner == pytest.approx((low - margin, high + margin))
    assert inner[1] < whole[1]
    np.testing.assert_array_equal(chart.drawn_lines()[0].y, before)
    assert panel.tools.note.text() == "Outliers hidden"
    assert window.actions_.by_id["hide-outliers"].isChecked()
    assert panel.options()["hide_outliers"] is True
    panel.set_options({"hide_outliers": False})
    driving.settle(qtbot, application)
    assert chart.view_range()[1] == whole
    assert panel.tools.note.text() == ""


def test_the_menu_of_a_card_acts_on_that_card(qtbot, application, sample):
    window, panel = opened(qtbot, application, sample)
    card = panel.grid.cards[f"metric:{DOTS}"]
    card.menu_wanted.emit(card.spec.id, window.mapToGlobal(window.rect().center()))
    (menu,) = [each for each in panel.findChildren(QMenu) if each.isVisible()]
    actions = {each.text(): each for each in menu.actions()}
    actions["Export Chart…"].trigger()
    dialog = window.findChild(ExportChartDialog)
    assert dialog.place.target().name == f"{DOTS}.png"
    dialog.reject()
    actions["Maximise"].trigger()
    menu.hide()
    driving.settle(qtbot, application)
    assert panel.maximised == card.spec.id
