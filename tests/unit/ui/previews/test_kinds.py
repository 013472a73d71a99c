import base64
import io
import json
import os
import pickle
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy
import PIL.Image
import polars
import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QColor, QFontMetrics, QTextDocument
from PySide6.QtWidgets import QApplication, QLabel, QTableWidget, QTextBrowser
from pytestqt.qtbot import QtBot

from runcase.errors import PreviewError
from runcase.preview.document import Request
from runcase.preview.facts import Tensor
from runcase.preview.worker import Worker
from runcase.ui.previews.cards import CardPage, grid
from runcase.ui.previews.facts_view import TensorModel
from runcase.ui.previews.frequency_dialog import FrequencyDialog
from runcase.ui.previews.host import PreviewHost
from runcase.ui.previews.list_table import ListTable
from runcase.ui.theme import Scheme

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

Open = Callable[[str, bytes | str], PreviewHost]


@pytest.fixture
def opened(host: PreviewHost, worker: Worker, tmp_path: Path) -> Open:
    """Write a file and open it in a host whose every question the worker answers at once."""

    def ask(request: Request) -> None:
        try:
            host.show_answer(request, worker.read(request), Path(request.path).name)
        except PreviewError as error:
            host.show_failure(request, error.message, error.hint, Path(request.path).name)

    host.requested.connect(ask)

    def made(name: str, content: bytes | str) -> PreviewHost:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        request = Request(str(path))
        host.set_request(request)
        ask(request)
        return host

    return made


def texts(widget: object) -> list[str]:
    return [each.text() for each in widget.findChildren(QLabel)]  # type: ignore[attr-defined]


CSV = "name,loss\n" + "".join(f"n{n % 3},{n / 10}\n" for n in range(1000))


def type_query(host: PreviewHost, query: str) -> None:
    field = host._table._bar._field
    field.setText(query)
    field.returnPressed.emit()


def test_a_table_is_filtered_and_sorted_by_a_line(opened: Open) -> None:
    host = opened("x.csv", CSV)
    type_query(host, "loss > 99 order by loss desc")
    model = host._table._model
    assert model.rowCount() == 9
    assert model.cell(0, 1) == "99.9"
    assert "9 of 1,000 rows" in host._table._bar._answer.text()
    type_query(host, "missing = 1")
    assert "no column" in host._table._bar._answer.text()
    assert model.rowCount() == 9, "the rows stay as they were"
    host._table._bar._field.clear()
    assert model.rowCount() == 1000


def test_a_small_number_beside_large_ones_is_not_shown_as_nothing(opened: Open) -> None:
    values = (0.1, 12345678.5, 50000.25, -0.0625, 0.0)
    host = opened("x.jsonl", "".join(f'{{"a": {each}}}\n' for each in values))
    shown = [host._table._model.shown(row, 0) for row in range(len(values))]
    assert shown == ["0.1", "1.235e+07", "50000", "-0.0625", "0"]


def test_a_parquet_file_says_how_it_is_stored(opened: Open) -> None:
    out = io.BytesIO()
    frame = polars.DataFrame({"a": range(100)})
    frame.write_parquet(out, row_group_size=40, compression="snappy")
    host = opened("x.parquet", out.getvalue())
    facts = host._table._facts.text()
    assert facts.startswith("100 rows, 1 column · 3 row groups, snappy · written by Polars")
    host._table.choose("profile")
    columns, storage, groups = host._table._profile.findChildren(QTableWidget)
    texts = [storage.item(row, 0).text() for row in range(storage.rowCount())]
    assert texts[:4] == ["Writer", "Format version", "Compression", "Row groups"]
    assert [groups.item(row, 1).text() for row in range(groups.rowCount())] == ["40", "40", "20"]
    assert columns.rowCount() == 1


def test_a_header_shows_its_profile_and_sorts(opened: Open) -> None:
    host = opened("x.csv", CSV)
    header = host._table._header
    assert [each.name for each in header._profiles] == ["name", "loss"]
    header.sorted_by.emit(1, True)
    assert host._table._bar._field.text() == "order by loss desc"
    assert host._table._model.cell(0, 1) == "99.9"
    header._toggle(1)
    assert host._table._bar._field.text() == "order by loss"
    header.counted.emit(0)
    (dialog,) = host.findChildren(FrequencyDialog)
    (grid,) = dialog.findChildren(QTableWidget)
    assert grid.item(0, 1).text() == "334"
    dialog.close()
    host._table.choose("profile")
    (grid,) = host._table._profile.findChildren(QTableWidget)
    assert grid.item(1, 5).text() == "99.9"
    assert not header.grab().isNull()


def test_columns_have_room_for_what_stands_in_them(opened: Open) -> None:
    table = opened("x.csv", "n,ok,x\na,true,0.5\nb,false,3.5\n")._table
    header, grid = table._header, table._grid
    assert header.height() == header.sizeHint().height()  # of the profile, which came later
    small = QFontMetrics(table._theme.font("small"))
    letters = QFontMetrics(grid.font())
    assert grid.columnWidth(0) >= small.horizontalAdvance("all distinct") + 16
    assert grid.columnWidth(1) >= letters.horizontalAdvance("× false") + 16
    # The bar stands left of the number, never under it.
    assert grid.columnWidth(2) >= letters.horizontalAdvance("3.5") + 30 + 16


def test_a_list_is_aligned_with_its_titles(host: PreviewHost) -> None:
    tensors = (Tensor("layers/batch_normalization/vars/0", "float8_e4m3fn", "3", 12),)
    view = ListTable(host._theme, TensorModel(host._theme, tensors))
    view.setParent(host)
    view.fit()
    model = view.model()
    side = Qt.ItemDataRole.TextAlignmentRole
    assert model.headerData(3, Qt.Orientation.Horizontal, side) == model.data(
        model.index(0, 3), side
    )
    letters = QFontMetrics(model.data(model.index(0, 1), Qt.ItemDataRole.FontRole))
    assert view.columnWidth(1) >= letters.horizontalAdvance("float8_e4m3fn") + 16
    assert view.columnWidth(2) < 90


def test_one_searches_where_there_is_a_field(opened: Open, qtbot: QtBot) -> None:
    host = opened("x.csv", CSV)
    with qtbot.waitExposed(host):
        host.show()
    assert host.field is host._table._bar._field
    hint = "Filter and sort, such as loss > 0.0 and name = 'n0' order by name desc"
    assert host.field.placeholderText() == hint
    host.field.setText(hint.partition(" such as ")[2])
    host.field.returnPressed.emit()
    assert host._table._bar._answer.text().startswith("333 of 1,000 rows")
    opened("x.json", '{"a": 1}')
    assert host.field is host._tree._search
    host._tree.choose("text")
    assert host.field is None
    opened("x.txt", "words")
    assert host.field is None


def test_cells_are_copied_with_rows_that_were_not_read_yet(opened: Open, qtbot: QtBot) -> None:
    host = opened("x.csv", CSV)
    grid = host._table._grid
    grid.selectAll()
    qtbot.keyClick(grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: host._table._cell.text() == "Copied 1,000 rows", timeout=10_000)
    rows = [line.split(",") for line in CSV.splitlines()[1:]]
    assert QApplication.clipboard().text() == "\n".join("\t".join(row) for row in rows)


def test_a_copy_of_very_many_rows_says_what_it_leaves_out(opened: Open, qtbot: QtBot) -> None:
    host = opened("x.csv", "n\n" + "".join(f"{n}\n" for n in range(12_000)))
    grid = host._table._grid
    grid.selectAll()
    qtbot.keyClick(grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    said = "Copied the first 9,600 of 12,000 rows"
    qtbot.waitUntil(lambda: host._table._cell.text() == said, timeout=30_000)
    assert QApplication.clipboard().text().endswith("\n9599")


def test_whole_numbers_are_whole_in_a_header(opened: Open) -> None:
    host = opened("x.csv", "id,x\n" + "".join(f"{n},{n / 4}\n" for n in range(5000)))
    (first, second) = host._table._header._profiles
    assert (first.least, first.greatest) == ("0", "4,999")
    assert (second.least, second.greatest) == ("0", "1.25e+03")


def test_an_empty_file_says_so(opened: Open) -> None:
    host = opened("x.bin", b"")
    assert host._bytes._edit.toPlainText() == "The file is empty."


def test_a_page_begins_at_its_top(opened: Open, qtbot: QtBot) -> None:
    shape = {"type": "Polygon", "coordinates": [[[0, 0], [4, 1], [5, 9], [0, 0]]]}
    host = opened("x.geojson", json.dumps({"type": "Feature", "geometry": shape}))
    host.resize(900, 300)
    with qtbot.waitExposed(host):
        host.show()
    view = host._page.findChild(QTextBrowser)
    assert view.isVisible()
    assert view.verticalScrollBar().maximum() > 0
    assert view.verticalScrollBar().value() == 0
    width = re.search(r'width="(\d+)"', view._page.html)
    assert width is not None
    assert view._images["image:0"].width() == int(width[1]) * view.devicePixelRatio()


def test_black_ink_without_a_ground_is_read_in_the_dark(opened: Open) -> None:
    plot = io.BytesIO()
    PIL.Image.new("RGBA", (60, 40)).save(plot, "PNG")
    host = opened("x.png", plot.getvalue())
    host._theme.set_scheme(Scheme.DARK)
    picture = host._image.grab().toImage()
    middle = picture.pixelColor(picture.width() // 2, picture.height() // 2)
    assert middle.lightness() > 200
    assert picture.pixelColor(2, 2).lightness() < 60
    encoded = base64.b64encode(plot.getvalue()).decode()
    output = {"output_type": "display_data", "data": {"image/png": encoded}}
    code = {"cell_type": "code", "source": "plot()", "outputs": [output]}
    host = opened("x.ipynb", json.dumps({"nbformat": 4, "cells": [code]}))
    browser = host._page.findChild(QTextBrowser)
    kind = QTextDocument.ResourceType.ImageResource.value
    assert browser.loadResource(kind, QUrl("image:0")).pixelColor(5, 5) == QColor("white")
    box = browser.document().rootFrame().childFrames()[0]
    assert box.firstCursorPosition().block().text() == "plot()"


def test_a_row_is_gone_to_by_its_number(opened: Open) -> None:
    host = opened("x.csv", CSV)
    host._table._goto.setText("1,000")
    host._table._goto.returnPressed.emit()
    assert host._table._grid.currentIndex().row() == 999


def test_members_of_an_archive_are_opened_and_left(opened: Open) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a/x.csv", "a,b\n1,2\n")
        archive.writestr("b.txt", "hello")
    host = opened("x.zip", out.getvalue())
    assert host._stack.currentWidget() is host._archive
    assert host._archive._model.rowCount() == 2
    host._archive.opened.emit("a/x.csv")
    assert host._stack.currentWidget() is host._table
    assert host._name.text() == "x.zip › a/x.csv"
    assert not host._back.isHidden()
    type_query(host, "a = 1")
    assert host._table._model.rowCount() == 1
    host._back.click()
    assert host._stack.currentWidget() is host._archive
    assert host._back.isHidden()
    host._archive._filter.setText("B.T")
    assert host._archive._model.rowCount() == 1


def test_a_pickle_shows_its_verdict(opened: Open) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, ("x",)

    host = opened("x.pkl", pickle.dumps(Trap()))
    assert host._stack.currentWidget() is host._insides
    assert "1 import could run code of the file’s author" in texts(host._insides)
    assert not host._insides.grab().isNull()


def test_cards_stand_below_each_other_in_little_room(opened: Open, qtbot: QtBot) -> None:
    host = opened("x.pkl", pickle.dumps({"a": os.getcwd}))
    with qtbot.waitExposed(host):
        host.show()
    page = host._insides.findChild(CardPage)
    card, facts = page.main.itemAt(0).widget(), page.side.itemAt(0).widget()
    for width in (1000, 500):
        host.resize(width, 600)
        qtbot.waitUntil(lambda width=width: (facts.y() > card.y()) == (width == 500))
        assert page.width() <= width


def test_a_table_of_a_card_hides_no_row_under_its_scroll_bar(
    host: PreviewHost, qtbot: QtBot
) -> None:
    made = grid(host._theme, ("A", "B", "C"), [("x" * 40,) * 3] * 2)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    for width, bar in ((1200, False), (300, True)):
        made.resize(width, made.height())
        qtbot.waitUntil(lambda bar=bar: made.horizontalScrollBar().isVisible() == bar)
        assert made.viewport().height() >= made.verticalHeader().length()


def test_an_array_is_a_picture_a_table_and_planes(opened: Open) -> None:
    out = io.BytesIO()
    values = numpy.arange(2 * 300 * 4, dtype="f8").reshape(2, 300, 4)
    numpy.savez(out, a=values, b=numpy.arange(5000))
    host = opened("x.npz", out.getvalue())
    array = host._array
    assert array._stack.currentWidget() is array._canvas
    array._plane.setText("1")
    array._plane.editingFinished.emit()
    array.choose("table")
    assert array._table._model.cell(0, 0) == "1200.0"
    array.windowed.emit(200, 100)
    assert array._table._model.cell(299, 3) == "2399.0"
    array._names.setCurrentText("b")
    array._choose_name()
    assert array.facts().endswith("5,000")
    assert not array.grab().isNull()


LOG = "".join(f"INFO step {n}\n" if n % 50 else f"ERROR at {n}\n" for n in range(60_000))


def test_a_log_is_moved_through_searched_and_narrowed(opened: Open) -> None:
    host = opened("train.log", LOG)
    log = host._log
    assert host._stack.currentWidget() is log
    log._search.setText("step 59999")
    log._search.returnPressed.emit()
    assert log._edit.textCursor().selectedText() == "step 59999"
    log._levels.chosen.emit("ERROR")
    assert {each.split()[0] for each in log._edit.toPlainText().splitlines()} == {"ERROR"}
    log._tail()
    assert log._edit.toPlainText().rstrip().endswith("step 59999")
    assert log._slider.value() == log._slider.maximum()
    log._go_start()
    assert log._slider.value() == 0
    assert log._edit.toPlainText().startswith("ERROR at 0")
    log._go_on()
    assert log._document is not None
    assert log._document.offset > 0
    log._jump(500)
    middle = (log._document.offset + log._document.end) / 2
    assert 0.49 < middle / log._document.size < 0.51
    log._slider.setValue(log._slider.maximum())
    assert log._edit.toPlainText().rstrip().endswith("step 59999")


def test_a_followed_log_shows_what_is_added(opened: Open, qtbot: QtBot, tmp_path: Path) -> None:
    host = opened("train.log", "INFO one\n")
    log = host._log
    log._timer.setInterval(10)
    log._follow.setChecked(True)
    with (tmp_path / "train.log").open("a") as file:
        file.write("INFO two\n")
    qtbot.waitUntil(lambda: log._edit.toPlainText().rstrip().endswith("INFO two"))
    opened("other.txt", "x")
    assert not log._timer.isActive(), "a hidden log is not followed"


def test_a_tree_is_searched(opened: Open) -> None:
    host = opened("x.json", json.dumps({"a": {"lr": 1}, "b": ["lr", {"LR": 2}]}))
    tree = host._tree
    tree._search.setText("lr")
    assert tree._count.text() == "1 of 3 places"
    assert tree._path.text() == "a.lr"
    tree._search.returnPressed.emit()
    assert tree._path.text() == "b.0"
    tree._search.setText("nothing of it")
    assert tree._count.text() == "0 places"


def test_a_picture_has_pages_pixels_and_a_histogram(opened: Open) -> None:
    out = io.BytesIO()
    pages = [PIL.Image.new("RGB", (40, 30), color) for color in ("red", "blue")]
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:])
    host = opened("x.tif", out.getvalue())
    assert host._image_bar._page.text() == "1"
    host._image_bar._step_forward()
    assert host._image_bar._page.text() == "2"
    host._image_bar._side.setChecked(True)
    place = host._image.mapFromScene(20, 10)
    host._image._hover(host._image.mapToScene(QPoint(place)))
    assert host._image_side._color.text() == "#0000FF"
    assert host._image_side._values.text() == "0, 0, 255"
    host._image.hovered.emit(-1, -1, QColor())
    assert host._image_side._color.text() == "—"
    host._image_side._scale.chosen.emit("log")
    assert not host._image_side.grab().isNull()


def test_the_bar_of_a_picture_makes_room_for_its_name(opened: Open, qtbot: QtBot) -> None:
    frames = [PIL.Image.new("L", (8, 8), shade) for shade in (0, 90, 200)]
    film = io.BytesIO()
    frames[0].save(film, "GIF", save_all=True, append_images=frames[1:])
    host = opened("a_long_name_of_a_film.gif", film.getvalue())
    bar = host._image_bar
    with qtbot.waitExposed(host):
        host.show()
    for width, facts, zooms in ((1200, True, True), (640, False, True), (480, False, False)):
        host.resize(width, 500)
        assert (host._facts.isVisible(), bar._segments.isVisible()) == (facts, zooms)
        assert host._name.width() >= 100
        assert bar._segments.width() >= bar._segments.minimumSizeHint().width()


def test_the_panes_are_no_wider_than_half_a_small_window(host: PreviewHost) -> None:
    assert host.minimumSizeHint().width() < 560
