"""A person looks through the files of runs: narrows, sorts, steps, pins, saves, compares."""

import hashlib
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton

from artifact_hands import hands_on
from compare_store import write_store
from driving import wait_for
from runcase.itemmodels.artifact_kinds import FileKind
from runcase.itemmodels.artifacts import Order
from runcase.preview.document import Image, Text
from runcase.ui.dialogs.quick_look import QuickLook
from runcase.ui.dialogs.same_file import SameFile
from runcase.ui.location import Location, Place
from runcase.ui.pages.compare import ComparePage
from runcase.ui.pages.search import SearchPage
from runcase.ui.previews.text_view import CodeEdit
from small_store import picture, run_id
from table_hands import NO_PLATFORM, clipboard

pytestmark = pytest.mark.qt_log_ignore(NO_PLATFORM)
Key = Qt.Key
ANT, BEE, COW, DOG = map(run_id, range(4))
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    made = write_store(tmp_path_factory.mktemp("artifacts") / "store")
    plots = made.parent / "mlruns" / ANT / "artifacts" / "plots"
    plots.mkdir()
    for name in ("a.png", "b.png"):
        source = made.parent / "mlruns" / ANT / "artifacts" / "plot.png"
        (plots / name).write_bytes(source.read_bytes())
    return made


@pytest.fixture(scope="module")
def window(request, qapp, tmp_path_factory, database):
    before = picture(database.parent)
    with hands_on(request, qapp, tmp_path_factory, database) as made:
        yield made
    assert picture(database.parent) == before


@pytest.fixture
def hands(window):
    """The window on the first run's artifacts, with nothing narrowed, pinned or open beside."""
    window.open(ANT)
    window.list.find_words("")
    window.list.set_kinds(frozenset())
    window.list.set_order(Order.NAME)
    return window


def folder_of(database, run):
    return database.parent / "mlruns" / run / "artifacts"


def test_the_foot_says_how_much_there_is(hands):
    files = len(hands.names())
    assert hands.list.total().startswith(f"{files} files, ")
    assert hands.list._found.text() == "found on disk"


def test_files_are_narrowed_by_words_and_by_kind(hands):
    hands.list.field.setText("plots")
    assert hands.names() == ["a.png", "b.png"]
    assert hands.window.toolbar.filter.text() == "plots", "both filters are one"
    assert hands.list.total().startswith("2 of ")
    hands.list.field.clear()
    hands.list.set_kinds(frozenset({FileKind.IMAGE}))
    assert set(hands.names()) == {"a.png", "b.png", "broken.png", "plot.png", "sized.png"}
    hands.window.toolbar.filter.put("sized")
    hands.settle()
    assert hands.names() == ["sized.png"]
    assert hands.list.field.text() == "sized"
    hands.window.toolbar.filter.put("")
    hands.settle()


def test_a_filter_that_matches_nothing_says_so_and_is_taken_back(hands):
    hands.list.field.setText("no such file")
    button = hands.list._none.findChild(QPushButton)
    assert button.isVisible()
    assert not hands.tree.isVisible()
    button.click()
    assert hands.tree.isVisible()
    assert hands.list.field.text() == ""
    assert len(hands.names()) > 5


def test_a_folder_is_not_compared_as_a_file(hands):
    hands.choose("plots")
    assert "compare-file" not in hands.window.page.commands()
    hands.choose("train.log")
    assert "compare-file" in hands.window.page.commands()


def test_files_are_sorted_by_size_and_kind(hands):
    hands.list.set_order(Order.SIZE)
    sizes = [hands.artifacts.model.node(each).data for each in hands.artifacts.model.files()]
    assert hands.names()[0] == "long.csv"
    assert len(sizes) == len(hands.names())
    hands.list.set_order(Order.KIND)
    assert hands.names()[:2] == ["a.png", "b.png"], "folders stay first"
    assert hands.names()[-1].endswith(".bin")


def test_folds_and_choice_outlive_a_refresh(hands):
    hands.choose("train.log")
    folder = hands.artifacts.model.find("/plots")
    hands.tree.collapse(folder)
    hands.trigger("refresh")
    hands.list.set_order(Order.SIZE)
    hands.list.set_order(Order.NAME)
    assert not hands.tree.isExpanded(hands.artifacts.model.find("/plots"))
    assert hands.tree.currentIndex().data() == "train.log"
    hands.trigger("expand-all")
    assert hands.tree.isExpanded(hands.artifacts.model.find("/plots"))


def test_a_folder_shows_its_pictures(hands):
    hands.choose("plots")
    folder = hands.artifacts.folder
    assert hands.artifacts.right.currentWidget() is folder
    assert [each.title for each in folder.sheet.sheet.items] == ["a.png", "b.png"]
    wait_for(hands.qtbot, lambda: not folder.sheet.thumbnails.waiting())
    size = round(hands.window.theme.px(148) * hands.window.devicePixelRatioF())
    assert folder.sheet.thumbnails.picture(str(folder.sheet.sheet.items[0].path), size)
    folder.sheet.setCurrentIndex(folder.sheet.sheet.index(1, 0))
    hands.press(Key.Key_Return, folder.sheet)
    assert hands.window.location.path == "plots/b.png"
    hands.press(Key.Key_G)
    assert hands.artifacts.right.currentWidget() is folder, "of the folder the file is in"


def test_the_same_path_stays_open_through_the_runs(hands):
    hands.choose("plot.png")
    hands.press(Key.Key_PageDown, hands.window, ALT)
    assert (hands.window.location.id, hands.window.location.path) == (BEE, "plot.png")
    assert hands.shown() == "plot.png"
    hands.press(Key.Key_PageUp, hands.window, ALT)
    assert hands.window.location.id == ANT


def test_a_run_without_the_path_says_so_and_the_wish_is_kept(hands):
    hands.choose("long.csv")
    for _ in range(2):
        hands.press(Key.Key_PageDown, hands.window, ALT)
    assert hands.window.location.id == COW
    missing = hands.artifacts._missing
    assert hands.artifacts.right.currentWidget() is missing
    assert missing._title.text() == "This run has no long.csv"
    hands.press(Key.Key_PageUp, hands.window, ALT)
    assert hands.window.location.id == BEE
    assert hands.shown() == "long.csv"


def test_two_previews_zoom_together(hands):
    hands.choose("plot.png")
    hands.press(Key.Key_P)
    panes = hands.artifacts.panes
    assert panes.is_pinned
    assert hands.window.actions_.by_id["pin-preview"].isChecked()
    hands.press(Key.Key_PageDown, hands.window, ALT)
    hands.settle()
    assert panes.pinned.host._name.text() == "plot.png — ant"
    ((left, right),) = panes.step_along()
    right.zoom_to(3.0)
    assert left.scale_factor == right.scale_factor == 3.0
    left.fit()
    assert right.fits
    hands.press(Key.Key_P)
    assert not panes.is_pinned


def test_a_pinned_preview_stays_where_a_run_lacks_the_file(hands):
    hands.choose("long.csv")
    hands.press(Key.Key_P)
    for _ in range(2):
        hands.press(Key.Key_PageDown, hands.window, ALT)
    panes = hands.artifacts.panes
    assert hands.artifacts.right.currentWidget() is panes
    assert panes.pinned.host._name.text() == "long.csv — ant"
    assert panes.pane.host._state._title.text() == "This run has no long.csv"
    hands.press(Key.Key_P)


def test_two_texts_scroll_together(hands):
    hands.choose("long.csv")
    hands.press(Key.Key_P)
    ((left, right),) = hands.artifacts.panes.step_along()
    right.verticalScrollBar().setValue(40)
    assert left.verticalScrollBar().value() == 40
    hands.press(Key.Key_P)


def test_quick_look_steps_and_closes(hands):
    hands.choose("config.yaml")
    hands.press(Key.Key_Space)
    look = hands.page.findChild(QuickLook)
    assert "of" in look._place.text()
    before = hands.tree.currentIndex().data()
    hands.press(Key.Key_Right, look.pane)
    after = hands.tree.currentIndex().data()
    assert before != after
    assert look._place.text().startswith(after)
    hands.press(Key.Key_Left, look.pane)
    assert hands.tree.currentIndex().data() == before
    hands.press(Key.Key_Escape, look)
    wait_for(hands.qtbot, lambda: hands.page.findChild(QuickLook) is None)
    hands.activate_window()


def test_files_are_saved_elsewhere(hands, tmp_path, monkeypatch, database):
    target = tmp_path / "copy.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    hands.choose("long.csv")
    hands.trigger("save-as")
    assert target.read_bytes() == (folder_of(database, ANT) / "long.csv").read_bytes()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    hands.choose("plots")
    hands.trigger("save-as")
    assert sorted(each.name for each in (tmp_path / "plots").iterdir()) == ["a.png", "b.png"]
    hands.trigger("save-as")
    assert "has plots already" in hands.window.toast._text.text()


def test_the_button_of_a_preview_saves_the_file_of_that_preview(hands, monkeypatch):
    offered = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *it: (offered.append(it[2]), ""))
    hands.choose("long.csv")
    hands.press(Key.Key_P)
    hands.choose("table.csv")
    panes = hands.artifacts.panes
    for pane in (panes.pinned, panes.pane):
        pane.tools.asked.emit("save-as")
        hands.settle()
    assert offered == ["long.csv", "table.csv"]
    hands.press(Key.Key_P)


def test_paths_addresses_and_code_are_copied(hands, database):
    hands.choose("table.csv")
    hands.trigger("copy-path")
    assert clipboard() == str(folder_of(database, ANT) / "table.csv")
    hands.trigger("copy-uri")
    assert clipboard() == f"runs:/{ANT}/table.csv"
    hands.trigger("copy-load-code")
    assert "pandas.read_csv(path)" in clipboard()
    compile(clipboard(), "code", "exec")


def test_what_is_chosen_is_dragged_as_files(hands, database):
    model = hands.artifacts.model
    indexes = [model.find("/table.csv"), model.find("/plots")]
    mime = model.mimeData(indexes)
    assert isinstance(mime, QMimeData)
    folder = folder_of(database, ANT)
    assert [Path(each.toLocalFile()) for each in mime.urls()] == [
        folder / "table.csv",
        folder / "plots",
    ]
    hands.choose("plots")
    sheet = hands.artifacts.folder.sheet.sheet
    assert sheet.mimeData([sheet.index(0, 0)]).urls()[0].toLocalFile().endswith("plots/a.png")
    hands.choose("table.csv")
    assert hands.artifacts.preview._dragged() == [folder / "table.csv"]


def test_details_hash_and_duplicates(hands, database):
    hands.choose("plot.png")
    hands.press(Key.Key_I)
    details = hands.details
    assert details.isVisible()
    assert details._same_note.text() == "3 of 3 other runs"
    assert [each.title for each in details._sheet.sheet.items] == ["bee", "cow", "dog"]
    details._hash_button.click()
    hands.settle()
    digest = hashlib.sha256((folder_of(database, ANT) / "plot.png").read_bytes()).hexdigest()
    shown = details._hash_host.itemAt(0).widget().findChildren(QLabel)
    assert [each.toolTip() for each in shown] == [digest]
    details._twin_button.click()
    hands.settle()
    assert [each.relative for each in details._twins] == [
        "sized.png",
        "plots/a.png",
        "plots/b.png",
    ]
    assert details._twin_note.text() == "3 duplicates in 4 runs of the experiment."
    details._open_same("1")
    hands.settle()
    assert (hands.window.location.id, hands.window.location.path) == (COW, "plot.png")
    hands.press(Key.Key_I)
    assert not details.isVisible()


def test_a_filter_gives_way_to_the_file_that_is_wanted(hands):
    hands.list.field.setText("table")
    hands.open(BEE)
    assert hands.names() == ["table.csv"], "the filter stays from run to run"
    hands.open(COW, "plot.png")
    assert hands.shown() == "plot.png"
    assert hands.window.toolbar.filter.text() == ""
    assert len(hands.names()) > 5


def test_the_same_file_is_compared_in_other_runs(hands):
    hands.choose("config.yaml")
    hands.trigger("compare-file")
    hands.settle()
    dialog = hands.page.findChild(SameFile)
    assert len(dialog.ticked()) == 3
    dialog.runs.item(2).setCheckState(Qt.CheckState.Unchecked)
    dialog._accept()
    hands.settle()
    hands.activate_window()
    page = hands.page
    assert isinstance(page, ComparePage)
    assert page.location.id == ",".join([ANT, BEE, COW])
    assert page.files.pane is not None
    assert page.files.pane.isVisible()
    hands.trigger("back")
    hands.press(Key.Key_I)


def test_previews_are_of_their_kinds(hands):
    for name, kind in {"plot.png": Image, "config.yaml": object, "same.txt": Text}.items():
        with hands.qtbot.waitSignal(hands.artifacts.preview.shown) as shown:
            hands.tree.setCurrentIndex(hands.artifacts.model.find(f"/{name}"))
        assert isinstance(shown.args[0], kind)
    hands.settle()
    assert QApplication.activePopupWidget() is None


def test_text_is_searched_in_a_run_and_opened_at_its_line(hands):
    ctrl_shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    hands.press(Key.Key_F, hands.window, ctrl_shift)
    page = hands.page
    assert isinstance(page, SearchPage)
    assert hands.window.focusWidget() is page.field
    page.field.setText("EPOCHS")
    hands.press(Key.Key_Return, page.field)
    assert page.results.topLevelItemCount() == 1
    file = page.results.topLevelItem(0)
    assert file.text(0) == "config.yaml   1 hit"
    assert file.child(0).text(0) == "3: epochs: 3"
    page.results.setCurrentItem(file.child(0))
    hands.settle()
    edits = [each for each in page.preview.findChildren(CodeEdit) if each.isVisible()]
    assert edits[0].textCursor().selectedText() == "epochs: 3"
    assert "1 hit" in page._note.text()
    assert "are no text" in page._note.text()
    hands.press(Key.Key_Return, page.results)
    assert (hands.window.location.id, hands.window.location.path) == (ANT, "config.yaml")


def test_text_is_searched_in_all_shown_runs(hands):
    hands.window.go(Location(Place.EXPERIMENT, "0"))
    hands.rest()
    hands.trigger("find-in-files")
    page = hands.page
    page.field.setText("WARNING step")
    hands.press(Key.Key_Return, page.field)
    assert page.results.topLevelItemCount() == 4
    hit = page.results.topLevelItem(2).child(0)
    assert page.results.topLevelItem(2).text(0).startswith("cow — train.log")
    page.results.setCurrentItem(hit)
    hands.settle()
    edits = [each for each in page.preview.findChildren(CodeEdit) if each.isVisible()]
    assert edits[0].textCursor().block().text() == "WARNING step 2"
    page.field.setText("nowhere at all")
    page.exact.setChecked(True)
    hands.press(Key.Key_Return, page.field)
    assert page._nothing._title.text() == "“nowhere at all” was not found"
