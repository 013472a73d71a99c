"""A person marks runs, keeps views, looks at several experiments, and finds all of it again."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QFileDialog

import driving
from driving import press, running, type_into
from runcase.itemmodels import columns as titles
from runcase.itemmodels import navigator as nodes
from runcase.itemmodels import runs_loader, runs_reader
from runcase.itemmodels.navigator import EVERY
from runcase.store.records import ColumnKey, Kind
from runcase.ui.dialogs.note import NotePopover
from runcase.ui.dialogs.views import ViewsDialog
from runcase.ui.dialogs.views_copy import CopyView
from runcase.ui.dialogs.views_save import SaveView
from runcase.ui.location import Location, Place
from small_store import picture, run_id
from table_hands import (
    COLOR_AT,
    CTRL,
    EYE_AT,
    NO_PLATFORM,
    PIN_AT,
    TableHands,
    add_experiment,
    add_run,
    item,
    metric,
    new_store,
    param,
    popup,
)

pytestmark = pytest.mark.qt_log_ignore(NO_PLATFORM)
Key = Qt.Key
LOSS, LR = metric("loss"), param("lr")
PIN, HIDDEN = ColumnKey(Kind.MARK, "pin"), ColumnKey(Kind.MARK, "hidden")


@pytest.fixture
def store(tmp_path):
    """Two experiments: six runs, of which two are below another one, and three more."""
    folder = tmp_path / "store"
    folder.mkdir()
    connection = new_store(folder / "mlflow.db")
    for number, name in enumerate(("ant", "bee", "cow", "dog", "elk", "fox")):
        above = {"parent": 1} if number in (2, 3) else {}
        values = {"loss": 1.0 - number / 10}
        add_run(connection, number, name, params={"lr": f"0.{number}"}, metrics=values, **above)
    add_experiment(connection, 7, "zoo")
    for number, name in enumerate(("gnu", "hen", "ibis"), 10):
        add_run(connection, number, name, at=7, metrics={"loss": number / 10})
    connection.commit()
    connection.close()
    return folder / "mlflow.db"


@pytest.fixture
def opened(qapp, qtbot, tmp_path):
    """Open a store in an application of its own; each has the same local database."""
    before, windows, applications = [], [], []

    def open_(path):
        close()
        before.append((path.parent, picture(path.parent)))
        applications.append(running(qapp, tmp_path / "settings"))
        (tmp_path / "settings").mkdir(exist_ok=True)
        windows.append(TableHands(qtbot, applications[-1].__enter__(), path))
        windows[-1].trigger("mode-table")
        return windows[-1]

    def close():
        if windows:
            windows.pop().close()
            applications.pop().__exit__(None, None, None)
            folder, was = before.pop()
            assert picture(folder) == was, "the store is never written to"

    open_.close = close
    yield open_
    close()


def marked(hands, name):
    return hands.page.local.of(hands.runs.run_id(hands.row(name)))


def test_marks_come_back(opened, store):
    hands = opened(store)
    assert hands.names() == ["ant", "bee", "elk", "fox"]
    pins_runs(hands)
    stars_and_colours(hands)
    notes_a_run(hands)
    hides_runs(hands)
    shows_columns_of_marks(hands)
    hands = opened(store)
    check_marks(hands)
    opened.close()
    moved = store.parent.with_name("elsewhere")
    store.parent.rename(moved)
    hands = opened(moved / store.name)
    check_marks(hands)


def pins_runs(hands):
    hands.click_name(3, PIN_AT)
    assert hands.names() == ["fox", "ant", "bee", "elk"], "what is pinned stays on top"
    assert marked(hands, "fox").pin
    hands.click_header(LOSS)
    assert hands.names()[0] == "fox"
    hands.click_header(LOSS)
    assert hands.names() == ["fox", "ant", "bee", "elk"]
    hands.click_header(LOSS)
    hands.click_name(hands.row("ant"))
    hands.click_name(hands.row("bee"), modifier=CTRL)
    hands.press(Key.Key_P)
    assert [marked(hands, each).pin for each in ("ant", "bee", "elk", "fox")] == [1, 1, 0, 1]
    assert hands.window.actions_.by_id["pin"].isChecked()
    hands.press(Key.Key_P)
    assert [marked(hands, each).pin for each in ("ant", "bee", "elk", "fox")] == [0, 0, 0, 1]
    assert len(hands.view.selected_ids()) == 2, "what moves stays selected"


def stars_and_colours(hands):
    hands.click_name(hands.row("ant"))
    hands.trigger("star")
    assert marked(hands, "ant").star
    hands.press(Key.Key_C)
    hands.choose(popup(), "Brick")
    assert marked(hands, "ant").color == 5
    row = hands.row("bee")
    hands.view.scrollTo(hands.runs.index(row, 0))
    hands.click_name(row, COLOR_AT)
    hands.choose(popup(), "Teal")
    assert marked(hands, "bee").color == 8
    assert hands.runs.color_index(hands.row("bee")) == 8
    hands.current("elk")
    hands.activate()
    hands.click_name(hands.row("elk"))
    before = marked(hands, "elk").color
    hands.press(Key.Key_E)
    assert marked(hands, "elk").color is None
    assert before is not None
    hands.trigger("only-shown")
    assert hands.table.colors.shown() == (hands.runs.run_id(hands.row("elk")),)
    hands.press(Key.Key_E)
    assert hands.table.colors.shown() == ()
    hands.click_name(hands.row("ant"))
    hands.trigger("color-5")


def notes_a_run(hands):
    hands.click_name(hands.row("bee"))
    hands.trigger("edit-local-note")
    editor = hands.window.findChild(NotePopover).editor
    type_into(editor, "the learning rate was ")
    editor.insertPlainText("wrong ☃")
    press(editor, Key.Key_Return, CTRL)
    hands.settle()
    assert marked(hands, "bee").note == "the learning rate was wrong ☃"
    tip = hands.runs.index(hands.row("bee"), 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "wrong ☃" in tip
    hands.activate()
    hands.page.apply_filter("snowman")
    hands.settle()
    assert hands.names() == []
    hands.page.apply_filter("wrong")
    hands.settle()
    assert hands.names() == ["bee"], "a plain word is looked for in notes, too"
    hands.page.local.set([run_id(4)], note="just as WRONG")
    hands.settle()
    assert hands.names() == ["bee", "elk"], "also in those written meanwhile"
    hands.page.local.set([run_id(4)], note="")
    hands.settle()
    assert hands.names() == ["bee"]
    hands.page.apply_filter("")
    hands.settle()


def hides_runs(hands):
    hands.choose(hands.cell_menu(hands.row("elk"), titles.DURATION), "Hide")
    assert hands.names() == ["fox", "ant", "bee"]
    assert hands.page.status()[-1] == "1 hidden"
    assert hands.page.status()[0] == "6 runs", "a filter is not what hides it"
    hands.trigger("show-hidden")
    assert "elk" in hands.names()
    assert hands.window.actions_.by_id["show-hidden"].isChecked()
    hands.trigger("show-hidden")
    assert "elk" not in hands.names()
    hands.choose(hands.cell_menu(hands.row("bee"), titles.DURATION), "Hide")
    assert hands.names() == ["fox", "ant"], "what is below it goes with it"
    assert hands.loader.hidden == 4
    hands.trigger("show-hidden")
    hands.click_name(hands.row("bee"))
    hands.trigger("hide-run")
    hands.trigger("show-hidden")
    assert hands.names() == ["fox", "ant", "bee"]


def shows_columns_of_marks(hands):
    hands.show(titles.STATUS, titles.STAR, titles.NOTE, LOSS, LR)
    row = hands.row("bee")
    assert hands.runs.cell(row, titles.NOTE).text == "the learning rate was wrong ☃"
    assert hands.runs.cell(hands.row("ant"), titles.STAR).text == "★"
    hands.current("fox")
    hands.trigger("star")
    assert hands.runs.cell(hands.row("fox"), titles.STAR).text == "★"
    hands.trigger("star")
    assert hands.runs.cell(hands.row("fox"), titles.STAR).text != "★"
    hands.click_header(titles.NOTE)
    assert hands.names() == ["fox", "bee", "ant"], "pinned, then by the note"
    hands.click_header(titles.NOTE)
    hands.click_header(titles.NOTE)


def check_marks(hands):
    assert hands.names() == ["fox", "ant", "bee"]
    assert marked(hands, "fox").pin
    assert marked(hands, "ant").star
    assert hands.runs.color_index(hands.row("ant")) == 5
    assert hands.runs.color_index(hands.row("bee")) is None
    assert marked(hands, "bee").note == "the learning rate was wrong ☃"
    assert hands.loader.hidden == 1
    assert hands.columns()[1:4] == [titles.STATUS, titles.STAR, titles.NOTE]


def test_marks_go_to_a_file_and_back(opened, store, tmp_path, monkeypatch):
    hands = opened(store)
    hands.click_name(0)
    hands.trigger("star")
    hands.trigger("pin")
    saves_a_view(hands, "mine")
    file = tmp_path / "marks.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(file), ""))
    hands.trigger("export-marks")
    driving.wait_for(hands.qtbot, file.exists)
    assert run_id(0) in json.dumps(json.loads(file.read_text(encoding="utf-8")))
    hands.activate()
    hands.current("ant")
    hands.trigger("star")
    hands.trigger("pin")
    hands.page.local.delete("0", "mine")
    hands.settle()
    assert not marked(hands, "ant").star
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(file), ""))
    hands.trigger("import-marks")
    assert marked(hands, "ant").star
    assert marked(hands, "ant").pin
    assert [view.name for view in hands.page.local.named("0")] == ["mine"]
    assert hands.window.toast.isVisible()
    file.write_text("{", encoding="utf-8")
    hands.trigger("import-marks")
    assert marked(hands, "ant").star, "a file that cannot be read changes nothing"


def saves_a_view(hands, name, default=False):
    hands.trigger("save-view")
    dialog = hands.window.findChild(SaveView)
    type_into(dialog.name, name)
    dialog.default.setChecked(default)
    press(dialog.name, Key.Key_Return)
    hands.settle()
    hands.activate()


def test_views(opened, store):
    hands = opened(store)
    hands.show(titles.STATUS, LR, LOSS)
    hands.choose(hands.header_menu(LOSS), "Pin Column")
    hands.click_header(LR)
    hands.click_header(LR)
    hands.choose(hands.header_menu(LOSS), "Decimals", "2")
    hands.choose(hands.header_menu(LOSS), "Best Is", "Highest")
    hands.resize(LR, 33)
    wide = hands.view.columnWidth(hands.columns().index(LR))
    hands.page.apply_filter("metrics.loss < 0.95")
    hands.settle()
    hands.trigger("nested")
    saves_a_view(hands, "by rate")
    hands.trigger("reset-view")
    assert hands.loader.filter_text == ""
    assert hands.loader.wish.sort == ()
    assert hands.table.pinned == ()
    hands.page.head.views.click()
    hands.choose(popup(), "by rate")
    check_view(hands, wide)
    hands.choose(hands.header_menu(LOSS), "Hide Column")
    groups_are_kept(hands)
    copies_and_makes_default(hands)
    hands = opened(store)
    assert [each.column for each in hands.loader.wish.groups] == [LR], "as it was left"
    hands.window.go(Location(Place.EXPERIMENT, "7"))
    hands.settle()
    hands.trigger("reset-view")
    hands.page.head.views.click()
    hands.choose(popup(), "by rate")
    check_view(hands, wide, runs=["ibis", "hen", "gnu"], matching=0)


def check_view(hands, wide, runs=("fox", "elk", "dog", "cow", "bee"), matching=5):
    assert hands.columns() == [titles.NAME, LOSS, titles.STATUS, LR]
    assert hands.table.pinned == (LOSS,)
    assert hands.loader.wish.sort == ((LR, True),)
    assert hands.loader.filter_text == "metrics.loss < 0.95"
    assert hands.window.toolbar.filter.text() == "metrics.loss < 0.95"
    assert hands.loader.matching == matching
    assert not hands.loader.wish.nested
    if matching:
        assert hands.names() == list(runs)
        assert hands.values(LOSS)[0] == "0.50"
        assert hands.runs.cell(hands.row("bee"), LOSS).best
    assert hands.view.columnWidth(3) == wide


def groups_are_kept(hands):
    hands.page.apply_filter("")
    hands.trigger("nested")
    hands.table.group_by([LR])
    hands.trigger("summary-low")
    saves_a_view(hands, "grouped", default=True)
    hands.trigger("reset-view")
    assert not hands.loader.wish.groups
    hands.trigger("views")
    dialog = hands.window.findChild(ViewsDialog)
    assert [dialog.list.item(at).text() for at in range(dialog.list.count())] == [
        "by rate",
        "grouped",
    ]
    dialog.list.setCurrentRow(1)
    press(dialog.list, Key.Key_Return)
    hands.settle()
    assert [each.column for each in hands.loader.wish.groups] == [LR]
    assert hands.loader.wish.summary == "minimum"
    hands.activate()


def copies_and_makes_default(hands):
    assert hands.page.local.default_of("0").name == "grouped"
    hands.trigger("views")
    dialog = hands.window.findChild(ViewsDialog)
    dialog.list.setCurrentRow(0)
    dialog._copy()
    copy = dialog.findChild(CopyView)
    assert copy.model.rowCount() == 1, "the other experiments"
    copy.model.tick_shown(True)
    copy.accept_button.click()
    dialog.reject()
    hands.settle()
    hands.activate()
    assert [view.name for view in hands.page.local.named("7")] == ["by rate"]


def test_several_experiments(opened, store):
    hands = opened(store)
    tree = hands.window.navigator.tree
    model = tree.model()
    at = {each: model.find(f"exp/{each}") for each in ("0", "7")}
    driving.click(tree, at["0"])
    hands.settle()
    driving.click(tree, at["7"], CTRL)
    hands.settle()
    assert hands.window.location.id == "0,7"
    assert hands.loader.total == 9
    assert "2 experiments" in hands.window.windowTitle()
    assert {index.data(nodes.ID_ROLE) for index in tree.selectionModel().selectedIndexes()} == {
        "0",
        "7",
    }
    hands.show(titles.EXPERIMENT, LOSS)
    hands.click_header(LOSS)
    assert hands.names()[0] == "fox"
    assert set(hands.values(titles.EXPERIMENT)) == {"Default", "zoo"}
    driving.click(tree, at["0"])
    hands.settle()
    assert hands.loader.total == 6
    hands.trigger("go-all")
    assert hands.window.location.id == EVERY
    assert hands.loader.total == 9
    assert titles.EXPERIMENT in hands.columns()
    hands.click_name(0)
    hands.trigger("star")
    hands.trigger("back")
    assert hands.loader.total == 6
    driving.click(tree, model.find(f"exp/{EVERY}"))
    hands.settle()
    assert hands.window.location.id == EVERY
    hands.table.group_by([titles.EXPERIMENT])
    hands.settle()
    assert hands.names() == ["experiment = Default", "experiment = zoo"]


def test_colours_survive_other_tables(opened, store, monkeypatch):
    # So few rows count as very many: the newest come first, and the rest later.
    monkeypatch.setattr(runs_loader, "_MANY", 2)
    monkeypatch.setattr(runs_reader, "_NEWEST", 2)
    hands = opened(store)
    hands.trigger("expand-all")
    hands.current("fox")
    hands.trigger("color-7")
    hands.current("ant")
    hands.trigger("only-shown")
    hands.current("fox")
    hands.trigger("color-7")
    shown = hands.table.colors.as_mapping()
    assert shown[run_id(5)] == 7
    hands.trigger("go-all")
    assert hands.table.colors.as_mapping() == shown, "no others are shown over them"
    hands.trigger("back")
    assert hands.table.colors.as_mapping() == shown
    hands = opened(store)
    assert hands.table.colors.as_mapping() == shown
    hands.click_name(hands.row("bee"), EYE_AT)
    assert marked(hands, "fox").color == 7, "an old run is not forgotten by a click on another"


def test_going_on_before_all_is_there(opened, store):
    hands = opened(store)
    hands.show(titles.STATUS, LR)
    hands.window.go(Location(Place.EXPERIMENT, "7"))
    driving.wait_for(hands.qtbot, lambda: hands.page.experiments)
    hands.window.go(Location(Place.EXPERIMENT, "0"))
    hands.settle()
    assert hands.columns() == [titles.NAME, titles.STATUS, LR]
    hands.window.go(Location(Place.EXPERIMENT, "7"))
    hands.settle()
    assert LOSS in hands.columns(), "not the columns of the experiment before"
    assert LR not in hands.columns()
    hands.resize(titles.NAME, 60)
    wide = hands.view.columnWidth(0)
    hands.window.go(Location(Place.EXPERIMENT, "0"))
    hands.settle()
    assert hands.view.columnWidth(0) == wide - 60, "nor its widths"


def test_the_menu_key_opens_the_menu_of_the_current_run(opened, store):
    hands = opened(store)
    hands.current("bee")
    hands.page.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    box = hands.view.visualRect(hands.view.currentIndex())
    where = hands.view.viewport().mapToGlobal(box.center())
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, box.center(), where)
    QApplication.sendEvent(hands.view.viewport(), event)
    assert item(popup(), "Local Note…").isEnabled()
