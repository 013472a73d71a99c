"""The image grid with real pictures, read by the preview worker."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest

from runcase.curves.chart import Chart, ChartKind, Role
from runcase.curves.run_table import RunTable, Values
from runcase.ui.plots import thumbnails
from runcase.ui.plots.chart_view import CurveStyle
from runcase.ui.plots.images_chart import ImagesChart

CHART = Chart("c", ChartKind.IMAGES, {}, {})
STYLES = {run: CurveStyle(run.title(), QColor("#ff0000")) for run in ("one", "two", "bare")}


@pytest.fixture
def runs(tmp_path):
    """Return the table of four runs, of which two have images, one none, and one is not shown."""
    colors = {("one", 0): "red", ("one", 10): "lime", ("two", 0): "blue"}
    for run, step in colors:
        folder = tmp_path / "mlruns" / "0" / run / "artifacts" / "images"
        folder.mkdir(parents=True, exist_ok=True)
        name = f"pets~dog+step+{step}+timestamp+17+u{step}"
        Image.new("RGB", (400, 200), colors[run, step]).save(folder / f"{name}.png")
        if step:
            Image.new("RGB", (40, 20), "yellow").save(folder / f"{name}+compressed.webp")
    broken = tmp_path / "mlruns" / "0" / "two" / "artifacts" / "images"
    (broken / "cut+step+10+timestamp+17+u.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    (tmp_path / "mlruns" / "0" / "bare" / "artifacts").mkdir(parents=True)
    ids = ["one", "two", "bare", "hidden"]
    uris = tuple(str(tmp_path / "mlruns" / "0" / run / "artifacts") for run in ids)
    name, codes = "attribute:artifact_uri", np.arange(4, dtype=np.int32)
    values = Values(name, "artifacts", np.full(4, np.nan), codes, uris, False)
    return RunTable(ids, ids, {name: values})


@pytest.fixture
def view(context, session, runs, qtbot):
    made = ImagesChart(context, session, CHART)
    qtbot.addWidget(made)
    made.resize(560, 460)
    made.show()
    made.set_styles(STYLES)
    with qtbot.waitSignal(made.drawn):
        made.set_table(CHART, runs)
    qtbot.waitUntil(lambda: made.thumbnails.waiting() == 0)
    return made


def color_of(view, key, run):
    box = view.tiles.tile_box(key, run)
    image = view.tiles.viewport().grab().toImage()
    return image.pixelColor(box.center().toPoint()).name()


def test_the_grid_shows_the_last_step_and_the_slider_goes_back(view, qtbot):
    assert view.keys() == ("cut", "pets/dog")
    assert view.note() == "2 keys · 3 runs · 1 run without images"
    assert view.step() == 10
    assert color_of(view, "pets/dog", "one") == "#ffff00"  # the twin is smaller, and read first
    assert color_of(view, "pets/dog", "two") == "#0000ff"
    grid = view.tiles.grid
    assert grid.words("pets/dog", "two") == "step 0"  # the last before 10
    assert grid.words("pets/dog", "bare") == "not logged"
    view.set_step(0)
    qtbot.waitUntil(lambda: view.thumbnails.waiting() == 0)
    assert color_of(view, "pets/dog", "one") == "#ff0000"
    assert view.tiles.grid.words("cut", "two") == "none up to step 0"
    QTest.keyClick(view.tiles, Qt.Key.Key_Right)
    assert view.step() == 10


def test_a_broken_picture_says_so(view):
    broken = view._found["two"].images["cut"][0].file
    assert view.thumbnails.problem(broken)
    assert "damaged" in view.tiles._tip("cut", "two")


def test_a_picture_is_opened_and_its_run_hovered(view):
    opened, hovered = [], []
    view.image_opened.connect(lambda *what: opened.append(what))
    view.run_hovered.connect(hovered.append)
    box = view.tiles.tile_box("pets/dog", "one")
    QTest.mouseMove(view.tiles.viewport(), box.center().toPoint())
    QTest.mouseClick(view.tiles.viewport(), Qt.MouseButton.LeftButton, pos=box.center().toPoint())
    assert opened == [("one", "images/pets~dog+step+10+timestamp+17+u10.png")]
    assert hovered[-1] == "one"
    empty = view.tiles.tile_box("pets/dog", "bare").center().toPoint()
    QTest.mouseClick(view.tiles.viewport(), Qt.MouseButton.LeftButton, pos=empty)
    assert len(opened) == 1


def test_other_shown_runs_are_looked_through(view, qtbot):
    with qtbot.waitSignal(view.drawn):
        view.set_styles({"two": STYLES["two"]})
    assert [run for run, _ in view.tiles.grid.runs] == ["two"]
    with qtbot.waitSignal(view.drawn):
        view.set_styles({"bare": STYLES["bare"]})
    assert view._empty.text() == "None of the shown runs has images of mlflow.log_image."
    assert view.script(view.styles)() == ""
    with qtbot.waitSignal(view.drawn):
        view.set_styles({})
    assert view._empty.text() == "No run is shown in charts."


def test_it_is_painted_into_a_file_with_numbers_and_a_script(view):
    width, height = view.plot_size()
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    view.paint_plot(painter, QRectF(0, 0, width, height), STYLES, light=True)
    painter.end()
    box = view.tiles.tile_box("pets/dog", "two")
    assert image.pixelColor(QPoint(*box.center().toPoint().toTuple())).name() == "#0000ff"
    numbers = view.numbers()
    assert numbers["step"] == [0, 10, 10, 0]
    assert numbers["key"] == ["pets/dog", "pets/dog", "cut", "pets/dog"]
    script = view.script(view.styles)()
    compile(script, "script", "exec")
    assert "u10.png" in script


def test_keys_of_a_chart_are_its_rows(view, runs, qtbot):
    chosen = Chart("c", ChartKind.IMAGES, {Role.AXES: ("pets/dog",)}, {})
    with qtbot.waitSignal(view.drawn):
        view.set_table(chosen, runs)
    assert view.tiles.grid.keys == ("pets/dog",)


def test_thumbnails_are_kept_up_to_a_limit(view, qtbot, monkeypatch):
    monkeypatch.setattr(thumbnails, "_MOST_BYTES", 1)
    view.set_step(0)
    qtbot.waitUntil(lambda: view.thumbnails.waiting() == 0)
    assert len(view.thumbnails._kept) == 1


def test_one_run_without_a_folder_does_not_speak_for_the_others(context, session, runs, qtbot):
    made = ImagesChart(context, session, CHART)
    qtbot.addWidget(made)
    made.set_styles(dict.fromkeys(("bare", "hidden"), STYLES["one"]))
    with qtbot.waitSignal(made.drawn):
        made.set_table(CHART, runs)
    assert made._found["hidden"].problem
    none = "None of the shown runs has images of mlflow.log_image."
    assert made.accessibleDescription() == none
    made.set_styles({"hidden": STYLES["one"]})
    qtbot.waitUntil(lambda: made.accessibleDescription() != none)
    assert made._found["hidden"].problem in made.accessibleDescription()
