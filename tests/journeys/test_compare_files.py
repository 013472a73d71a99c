"""A person looks at what differs in a file of two runs: text, JSON, pictures, tables."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QTextCursor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from compare_hands import hands_on
from compare_store import write_store
from driving import press, wait_for
from runcase.store.compare_lines import difference
from runcase.ui.theme import Scheme
from runcase.ui.widgets.compare_canvas import ImageMode
from runcase.ui.widgets.compare_diff import DiffView
from small_store import picture, run_id
from table_hands import NO_PLATFORM, clipboard

pytestmark = pytest.mark.qt_log_ignore(NO_PLATFORM)
Key = Qt.Key
LEFT, DOWN = Qt.MouseButton.LeftButton, Qt.Orientation.Vertical


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    return write_store(tmp_path_factory.mktemp("compare") / "store")


@pytest.fixture(scope="module")
def window(request, qapp, tmp_path_factory, database):
    before = picture(database.parent)
    with hands_on(request, qapp, tmp_path_factory, database) as made:
        made.compare(*map(run_id, range(4)))
        yield made
    assert picture(database.parent) == before


@pytest.fixture
def hands(window):
    window.page.set_only_differences(False)
    return window


def test_text_is_shown_in_one_pane_or_two(hands):
    hands.open_file("config.yaml", 2)
    pane = hands.pane
    assert pane.stack.currentWidget() is pane.diff
    hands.open_file("same.txt")
    assert pane._counts.text() == "The same text"
    assert pane._others.text() == "Same in the other 3 text files: 0"
    hands.open_file("config.yaml", 2)
    pane.ways.chosen.emit("unified")
    assert pane.diff.both.toPlainText() == "model: a\nlr: 0.0\nlr: 0.2\nepochs: 3"
    assert pane.diff.both.textCursor().blockNumber() == 1
    pane.ways.chosen.emit("side")
    assert pane.diff.right.toPlainText() == "model: a\nlr: 0.2\nepochs: 3"


def test_unchanged_lines_are_folded_and_unfolded(qtbot, theme):
    view = DiffView(theme)
    qtbot.addWidget(view)
    view.resize(700, 400)
    view.show()
    lines = [f"line {at}" for at in range(60)]
    view.show_difference(difference("\n".join(lines), "\n".join([*lines[:30], "x", *lines[31:]])))
    assert view.left.toPlainText().count("\n") + 1 == 9
    assert view.left.textCursor().blockNumber() == 4, "at the change"
    QTest.mouseClick(view.right.viewport(), LEFT, pos=QPoint(20, 8))
    assert view.right.toPlainText().startswith("line 0\nline 1\n")
    for pane in (view.left, view.right):
        assert pane.blockCount() == 35
    view.set_unified(True)
    cursor = view.both.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.End)
    view.both.setTextCursor(cursor)
    press(view.both, Key.Key_Return)
    assert view.both.blockCount() == 61
    view.set_folded(True)
    assert view.both.blockCount() == 10
    view.set_folded(False)
    assert view.both.blockCount() == 61


def test_json_is_sorted_unless_that_is_switched_off(hands):
    hands.open_file("settings.json")
    pane = hands.pane
    assert not pane.laid_out.isHidden()
    assert (pane._added.text(), pane._removed.text()) == ("+2", "−2")
    first = pane.diff.left.textCursor().blockNumber()
    pane.after.click()
    assert pane.diff.left.textCursor().blockNumber() > first
    pane.before.click()
    assert pane.diff.left.textCursor().blockNumber() == first
    pane.laid_out.click()
    hands.settle()
    assert pane.diff.left.toPlainText().count("\n") == 0
    pane.laid_out.click()
    hands.settle()


def test_pictures_share_their_zoom_and_their_place(hands):
    hands.open_file("plot.png")
    images, canvas = hands.pane.images, hands.pane.images.canvas
    assert hands.pane.stack.currentWidget() is images
    assert "of 64,000 pixels differ" in images.facts.text()
    scale, center = canvas.scale, QPointF(canvas.center)
    place = QPointF(canvas.width() * 0.75, canvas.height() * 0.4)
    under = canvas._image_point(place)
    turned = QWheelEvent(
        place, canvas.mapToGlobal(place), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, turned)
    assert canvas.scale > scale
    assert (canvas._image_point(place) - under).manhattanLength() < 0.01, "zoomed at the mouse"
    QTest.mousePress(canvas, LEFT, pos=QPoint(50, 50))
    QTest.mouseMove(canvas, QPoint(80, 60))
    QTest.mouseRelease(canvas, LEFT, pos=QPoint(80, 60))
    assert canvas.center != center
    press(canvas, Key.Key_1)
    assert canvas.scale == 1.0
    press(canvas, Key.Key_0)
    assert canvas.fits


def test_a_slider_uncovers_one_picture_after_the_other(hands):
    hands.open_file("plot.png")
    images, canvas = hands.pane.images, hands.pane.images.canvas
    images.set_mode(ImageMode.SLIDER)
    middle = canvas.rect().center()
    QTest.mousePress(canvas, LEFT, pos=middle)
    QTest.mouseMove(canvas, middle + QPoint(100, 0))
    QTest.mouseRelease(canvas, LEFT, pos=middle + QPoint(100, 0))
    assert canvas.split == pytest.approx((middle.x() + 100) / canvas.width())
    press(canvas, Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.split < (middle.x() + 100) / canvas.width()


def test_pictures_blink_by_themselves_or_by_hand(hands):
    hands.open_file("plot.png")
    images, canvas = hands.pane.images, hands.pane.images.canvas
    images.set_mode(ImageMode.BLINK)
    images.speed.setCurrentIndex(0)
    images.speed.activated.emit(0)
    assert images.is_blinking
    shown = canvas.shows_right
    wait_for(hands.qtbot, lambda: canvas.shows_right != shown)
    images.blinks.click()
    assert not images.is_blinking
    shown = canvas.shows_right
    press(canvas, Key.Key_Space)
    assert canvas.shows_right != shown
    images.blinks.click()
    images.set_mode(ImageMode.SIDE)
    assert not images.is_blinking


def test_the_difference_of_pictures_is_amplified(hands):
    hands.open_file("plot.png")
    images, canvas = hands.pane.images, hands.pane.images.canvas
    images.set_mode(ImageMode.DIFFERENCE)
    # The rectangle's red differs by one part of 255: black as it is, seen when amplified.
    inside = QPoint(270, 165)
    images.gain.setCurrentIndex(images.gain.findData(1))
    images.gain.activated.emit(1)
    plain = canvas.difference.toImage().pixelColor(inside).lightness()
    images.gain.setCurrentIndex(images.gain.findData(64))
    images.gain.activated.emit(4)
    assert plain == 1
    assert canvas.difference.toImage().pixelColor(inside).lightness() == 64
    hands.open_file("plot.png", 1)
    images.set_mode(ImageMode.SIDE)


def test_pictures_of_two_sizes_are_compared_and_it_is_said(hands):
    hands.open_file("sized.png", 2)
    images = hands.pane.images
    assert "320 × 200 and 400 × 200, laid at the top left corner" in images.facts.text()
    assert images.canvas.difference.width() == 400
    images.stretch.click()
    hands.settle()
    assert "scaled to the left one" in images.facts.text()
    assert images.canvas.difference.width() == 320
    images.stretch.click()
    hands.settle()


def test_a_broken_picture_is_shown_as_bytes_that_say_why(hands):
    hands.open_file("broken.png")
    pane = hands.pane
    assert pane.stack.currentWidget() is pane._pair
    for side in (pane.left, pane.right):
        assert "The picture is damaged" in side.host._note.text()


def test_tables_are_compared_by_row_number_or_by_a_column(hands):
    hands.open_file("table.csv", 2)
    pane, cells = hands.pane, hands.pane.cells
    assert pane.stack.currentWidget() is cells
    assert cells.keys.currentData() == ""
    cells.keys.setCurrentIndex(cells.keys.findData("id"))
    cells.keys.activated.emit(1)
    hands.settle()
    assert cells.counts.text() == "1 cell changed, 2 rows added, 2 rows removed, 1 column added"
    model, grid = cells.model, cells.grid
    found = [grid.currentIndex().data()]
    for _ in range(4):
        pane.after.click()
        found.append(grid.currentIndex().data())
    assert found == ["r000", "r001", "0.167 → 2.167", "r030", "r031"]
    pane.before.click()
    assert grid.currentIndex().data() == "r030"
    cells.only.click()
    assert model.rowCount() == 5
    assert model.headerData(2, DOWN) == "6 → 4"
    assert model.headerData(3, Qt.Orientation.Horizontal) == "+ extra 2"
    cells.only.click()
    assert model.rowCount() == 32


def test_a_long_table_is_compared_window_by_window(hands):
    hands.open_file("long.csv")
    cells = hands.pane.cells
    assert cells.note.text() == "Compared the first 20,000 rows of 25,000."
    assert cells.counts.text() == "The cells are the same"
    cells.after.click()
    hands.settle()
    assert cells.note.text() == "Compared rows 20,001 to 25,000 of 25,000."
    assert cells.grid.currentIndex().data() == "24000 → 48000"
    assert cells.model.headerData(cells.grid.currentIndex().row(), DOWN) == "24,001"
    assert cells.after.isHidden()
    cells.before.click()
    hands.settle()
    assert cells.note.text() == "Compared the first 20,000 rows of 25,000."


def test_arrays_are_compared_as_tables_and_logs_as_texts(hands):
    hands.open_file("array.npy")
    assert hands.pane.stack.currentWidget() is hands.pane.cells
    assert hands.pane.cells.counts.text() == "5 cells changed"
    hands.open_file("train.log")
    assert hands.pane.stack.currentWidget() is hands.pane.diff
    assert (hands.pane._added.text(), hands.pane._removed.text()) == ("+1", "−1")


def test_keys_work_in_the_artifact_that_has_the_focus(hands):
    hands.open_file("table.csv", 2)
    cells = hands.pane.cells
    cells.grid.setFocus()
    first = cells.grid.currentIndex()
    hands.trigger("next-difference")
    assert cells.grid.currentIndex() != first
    hands.trigger("copy")
    assert clipboard() == cells.grid.currentIndex().data()
    hands.view.setFocus()
    hands.trigger("copy")
    assert clipboard().startswith("section\tkey")


def test_files_of_no_known_kind_are_the_same_or_not(hands):
    hands.open_file("weights.bin")
    assert hands.pane._counts.text() == "The files differ"
    hands.open_file("equal.bin")
    assert hands.pane._counts.text() == "The same file"


def test_a_pane_that_is_closed_reads_no_more(hands):
    hands.page.files.show(hands.fact("plot.png"), 1)
    hands.pane.closed.emit()
    hands.settle()
    assert hands.pane.isHidden()
    assert hands.pane.stack.currentWidget() is hands.pane._loading
    hands.open_file("plot.png")
    assert hands.pane.stack.currentWidget() is hands.pane.images


def test_a_file_that_one_run_lacks_is_said(hands):
    hands.open_file("lone.txt")
    assert "bee did not log this file" in hands.pane.right.host._state._title.text()


def test_a_long_name_is_shortened_where_files_are_compared(hands):
    hands.open_file("config.yaml", 2)
    combo = hands.pane.right_run
    index = combo.currentIndex()
    combo.setItemText(index, "a name that no field has room for, however wide")
    assert "…" in combo.shown_text()
    assert combo.shown_text()[-4:] == "wide"
    assert combo.toolTip() == combo.currentText()


def test_the_runs_of_a_file_take_the_colours_of_the_theme(hands):
    hands.open_file("config.yaml", 2)
    theme, combo = hands.application.context.theme, hands.pane.right_run

    def colour():
        return combo.itemIcon(1).pixmap(16, 16).toImage().pixelColor(8, 8)

    before = colour()
    theme.set_scheme(Scheme.DARK)
    assert colour() != before
    theme.set_scheme(Scheme.LIGHT)
    assert colour() == before
