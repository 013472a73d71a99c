"""A person compares runs of two stores, adds runs to a comparison, and one store goes away."""

import shutil
import sqlite3

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

import driving
from compare_hands import CompareHands
from compare_store import write_store
from driving import press, type_into
from runcase.itemmodels.compare_rows import Section
from runcase.itemmodels.compare_text import table_text
from runcase.store.run_refs import RunRef, spelled
from runcase.ui.dialogs.add_run import AddRun
from runcase.ui.location import Place
from runcase.ui.pages.compare import ComparePage
from runcase.ui.pages.experiment import ExperimentPage
from runcase.ui.run_mime import mime_of, refs_in
from small_store import picture, run_id
from table_hands import NO_PLATFORM

pytestmark = pytest.mark.qt_log_ignore(NO_PLATFORM)
Key = Qt.Key


@pytest.fixture
def stores(tmp_path):
    """Two stores of which the second one has a run of the first one's id."""
    return (
        write_store(tmp_path / "one", names=("ant", "bee", "cow")),
        write_store(tmp_path / "two", first=2, names=("gnu", "elk"), files=False),
    )


@pytest.fixture
def hands(stores, application, qtbot):
    before = [picture(path.parent) for path in stores]
    made = CompareHands(qtbot, application, stores[0])
    made.unchanged = True
    made.other = driving.open_store(qtbot, application, stores[1])
    made.activate_window()
    yield made
    unchanged = made.unchanged
    if made.other in application.windows:
        made.other.close()
    made.close()
    assert not unchanged or [picture(path.parent) for path in stores] == before


def other_run(stores, number):
    return spelled(run_id(number), str(stores[1]))


def test_runs_of_two_stores_are_compared(hands, stores):
    hands.compare(run_id(2), run_id(0), other_run(stores, 2), other_run(stores, 3))
    heads = hands.model.heads
    assert [(head.name, head.store_name) for head in heads] == [
        ("cow", ""), ("ant", ""), ("gnu", "two/mlflow.db"), ("elk", "two/mlflow.db"),
    ]  # fmt: skip
    assert len({head.key for head in heads}) == 4, "two runs have one id"
    assert hands.fact("store").texts == ("one/mlflow.db",) * 2 + ("two/mlflow.db",) * 2
    assert hands.fact("lr").texts == ("0.3", "0.1", "0.1", "0.2")
    assert hands.model.cell(hands.fact("loss"), 2).delta == "+0.2000"
    for head in heads:
        assert hands.page.curves.curve(head, "loss") is not None
    hands.page.reads.set_values("max")
    hands.settle()
    assert hands.fact("loss").values.tolist() == [7.0, 5.0, 5.0, 6.0]
    hands.page.reads.rank_by("loss")
    hands.settle()
    assert abs(hands.fact("lr").link) > 0.9
    hands.model.set_baseline(2)
    hands.page.refresh()
    hands.settle()
    assert hands.model.heads[hands.model.baseline].name == "gnu", "not the run with the same id"
    text = table_text(heads, [hands.fact("lr")], "csv", False)
    assert text.splitlines()[0].count("two/mlflow.db") == 2
    assert [crumb.text for crumb in hands.page.crumbs()] == ["Compare 4 runs"]


def test_files_of_two_stores_are_compared(hands, stores):
    hands.compare(run_id(0), other_run(stores, 3))
    hands.trigger("compare-contents")
    assert "config.yaml" in hands.facts(Section.ARTIFACTS)
    hands.open_file("config.yaml")
    assert hands.pane.diff.right.toPlainText() == "model: a\nlr: 0.1\nepochs: 3"
    assert hands.pane.right_run.currentText() == "elk · two/mlflow.db"


def test_a_run_of_the_other_store_opens_in_its_window(hands, stores):
    hands.compare(run_id(0), other_run(stores, 3))
    hands.page.open_run(1)
    hands.settle()
    assert hands.other.location.place is Place.RUN
    assert hands.other.location.id == run_id(3)
    assert isinstance(hands.page, ComparePage)


def test_a_change_of_the_other_store_is_shown(hands, stores):
    hands.unchanged = False
    hands.compare(run_id(0), other_run(stores, 3))
    connection = sqlite3.connect(stores[1])
    connection.execute("UPDATE params SET value = '9' WHERE key = 'lr'")
    connection.commit()
    connection.close()
    hands.other.session.refresh()
    hands.settle()
    assert hands.fact("lr").texts == ("0.1", "9")


def test_a_store_that_is_closed_leaves_the_others(hands, stores):
    hands.compare(run_id(0), run_id(1), other_run(stores, 3))
    hands.open_file("config.yaml", 2)
    hands.page.refresh()  # in the middle of reading
    hands.other.close()
    hands.settle()
    assert [head.name for head in hands.model.heads] == ["ant", "bee"]
    said = "two/mlflow.db is not open, so its run is left out."
    assert hands.window.toast._text.text() == said
    assert "1 run of two/mlflow.db left out" in hands.page.status()
    assert len(hands.fact("config.yaml").texts) == 2
    hands.compare(run_id(0), other_run(stores, 3))
    assert hands.page.stack.currentWidget() is hands.page._state
    assert "open it again to compare its run" in hands.page._state._text.text()
    hands.other = driving.open_store(hands.qtbot, hands.application, stores[1])
    hands.settle()
    assert [head.name for head in hands.model.heads] == ["ant", "elk"]


def test_a_store_that_vanishes_leaves_the_others(hands, stores):
    hands.unchanged = False
    hands.compare(run_id(0), run_id(1), other_run(stores, 3))
    shutil.rmtree(stores[1].parent)  # as a disk that was taken out
    hands.page.refresh()
    hands.settle()
    assert [head.name for head in hands.model.heads] == ["ant", "bee"]
    said = "two/mlflow.db cannot be read any more, so its run is left out."
    assert hands.window.toast._text.text() == said
    hands.compare(run_id(0), other_run(stores, 3))
    assert "two/mlflow.db cannot be read" in hands.page._state._text.text()


def dialog_of(hands):
    hands.trigger("add-run")
    (found,) = hands.page.findChildren(AddRun)
    hands.settle()
    return found


def names_in(dialog):
    matches = (dialog.model.match_at(at) for at in range(dialog.model.rowCount()))
    return [match.entry.text for match in matches if match is not None]


def test_runs_are_added_by_name_from_all_open_stores(hands, stores):
    hands.compare(run_id(0), run_id(1))
    dialog = dialog_of(hands)
    assert names_in(dialog) == ["cow", "elk", "gnu"], "those that are compared are left out"
    type_into(dialog.field, "gnu")
    hands.rest()
    assert names_in(dialog) == ["gnu"]
    dialog.list.selectAll()
    dialog.field.clear()
    hands.rest()
    assert dialog.accept_button.text() == "Add 1 Run", "what is picked stays picked"
    type_into(dialog.field, run_id(3)[-6:])
    hands.rest()
    assert names_in(dialog) == ["elk"], "found by its id"
    dialog.list.selectAll()
    assert dialog.accept_button.text() == "Add 2 Runs"
    dialog.accept_button.click()
    hands.settle()
    assert [head.name for head in hands.model.heads] == ["ant", "bee", "gnu", "elk"]
    hands.trigger("back")
    assert [head.name for head in hands.model.heads] == ["ant", "bee"]


def test_enter_adds_the_first_run_that_is_found(hands, stores):
    hands.compare(run_id(0), run_id(1))
    dialog = dialog_of(hands)
    type_into(dialog.field, "elk")
    hands.rest()
    press(dialog.field, Key.Key_Return)
    hands.settle()
    assert hands.model.heads[-1].store == str(stores[1])


def drop(page, mime):
    """Drop as Qt does it: an enter, then the drop."""
    place, action = QPointF(page.rect().center()), Qt.DropAction.CopyAction
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(place.toPoint(), action, mime, buttons, keys)
    enter.ignore()
    QApplication.sendEvent(page, enter)
    if enter.isAccepted():
        QApplication.sendEvent(page, QDropEvent(place, action, mime, buttons, keys))
    return enter.isAccepted()


def test_runs_are_dropped_on_the_comparison(hands, stores):
    hands.compare(run_id(0), run_id(1))
    assert drop(hands.page, mime_of([run_id(2)], str(stores[1])))
    hands.settle()
    assert [head.name for head in hands.model.heads] == ["ant", "bee", "gnu"]
    assert drop(hands.page, mime_of([run_id(2)], str(stores[0])))
    hands.settle()
    assert [head.name for head in hands.model.heads] == ["ant", "bee", "gnu", "cow"]
    text = QMimeData()
    text.setText(f"see http://localhost/#/experiments/0/runs/{run_id(3)}")
    assert drop(hands.page, text)
    hands.settle()
    assert hands.model.heads[-1].name == "elk", "found in the other store"
    text.setText("f" * 32)
    assert drop(hands.page, text)
    hands.settle()
    assert hands.window.toast._text.text() == "1 run is in none of the open stores."
    text.setText("just words")
    assert not drop(hands.page, text)


def test_rows_of_the_table_carry_their_store(hands, stores):
    mime = mime_of([run_id(0), run_id(1)], str(stores[0]))
    assert refs_in(mime) == tuple(RunRef(run_id(at), str(stores[0])) for at in range(2))
    assert hands.view.store == str(stores[0])
    assert mime.text().split() == [run_id(0), run_id(1)]


def test_the_charts_of_the_compared_runs_are_one_step_away(hands, stores):
    hands.compare(run_id(1), run_id(2), other_run(stores, 3))
    colors = {head.run_id: head.color for head in hands.model.heads if not head.store}
    hands.page.head.charts.click()
    hands.rest()
    assert isinstance(hands.page, ExperimentPage)
    assert hands.page.colors.as_mapping() == colors
    assert hands.page.checks()["mode-charts"]
    assert "this store only" in hands.window.toast._text.text()
