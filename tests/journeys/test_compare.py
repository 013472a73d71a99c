"""A person compares runs: from the table to the difference of two files, with mouse and keys."""

import sqlite3

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

import driving
from compare_hands import CompareHands
from compare_store import write_store
from driving import click, press, type_into
from made import expected, unpack
from runcase.itemmodels import columns as titles
from runcase.itemmodels.compare_rows import Section
from runcase.itemmodels.compare_text import table_text
from runcase.ui.location import Place
from runcase.ui.pages.compare import ComparePage
from runcase.ui.pages.experiment import ExperimentPage
from small_store import picture, run_id
from table_hands import (
    CTRL,
    NO_PLATFORM,
    SHIFT,
    TableHands,
    add_experiment,
    add_run,
    clipboard,
    item,
    param,
)

pytestmark = pytest.mark.qt_log_ignore(NO_PLATFORM)
Key = Qt.Key


@pytest.mark.parametrize("version", ["1.30.0", "3.18.0"])
def test_runs_of_a_store_of_mlflow_are_compared(version, application, qtbot, tmp_path):
    folder = tmp_path / "store"
    unpack(version, folder)
    before, truth = picture(folder), expected(version)["runs"]
    hands = CompareHands(qtbot, application, folder)
    assert not hands.window.can_run("compare") or hands.view.selected_count() > 1
    hands.trigger("select-all")
    chosen = hands.view.selected_ids()
    assert len(chosen) > 1
    press(hands.view, Key.Key_D, CTRL)
    hands.settle()
    assert isinstance(hands.page, ComparePage)
    assert [head.run_id for head in hands.model.heads] == chosen
    assert hands.window.page.title() == f"Compare {len(chosen)} runs"
    hands.trigger("only-differences")
    assert set(hands.facts(Section.PARAMS)) >= {
        key for one in chosen for key in truth[one]["params"]
    }
    for row in hands.model.rows:
        if row.section is Section.PARAMS and row.above is None:
            assert list(row.texts) == [truth[one]["params"].get(row.key) for one in chosen]
        if row.section is Section.METRICS:
            known = [row.key in truth[one]["metrics"] for one in chosen]
            assert [text is not None for text in row.texts] == known
    assert hands.facts(Section.ARTIFACTS)
    hands.trigger("compare-contents")
    looks_at_files(hands)
    hands.trigger("back")
    assert isinstance(hands.page, ExperimentPage)
    hands.close()
    assert picture(folder) == before


def looks_at_files(hands):
    """Open artifacts by the keyboard; of one that a single run has there is no difference."""
    paths = [row for row in hands.model.rows if row.section is Section.ARTIFACTS]
    assert paths
    for row in paths[:8]:
        hands.current(row.key)
        press(hands.view, Key.Key_Return)
        hands.settle()
        pane = hands.page.files.pane
        assert pane.isVisible()
        assert pane.path == row.key
        assert pane.stack.currentWidget() in (pane.diff, pane._pair)
        if sum(text is not None for text in row.texts) == 1:
            assert pane.stack.currentWidget() is pane._pair


@pytest.fixture
def store(tmp_path):
    """Four runs that differ in a metric, in params and in a file of text."""
    return write_store(tmp_path / "store", files=False)


@pytest.fixture
def hands(store, application, qtbot):
    before = picture(store.parent)
    made = CompareHands(qtbot, application, store)
    made.compare(*map(run_id, range(4)))
    made.unchanged = True
    yield made
    unchanged = made.unchanged
    made.close()
    assert not unchanged or picture(store.parent) == before


def test_differences_are_walked_through_with_keys(hands):
    assert hands.facts() == [
        "loss", "config", "deep.er", "lr", "started",
    ]  # fmt: skip
    assert hands.page.status()[1] == "4 differences"
    view = hands.view
    found = []
    for _ in range(3):
        press(view, Key.Key_F3)
        found.append(view.current_row().key)
    assert found == ["loss", "config", "deep.er"]
    press(view, Key.Key_F3, SHIFT)
    assert view.current_row().key == "config"
    press(view, Key.Key_Left)
    assert "deep.er" not in hands.facts()
    press(view, Key.Key_Right)
    assert "deep.er" in hands.facts()
    assert view.current_row().key == "config", "folding keeps the place"


def test_the_baseline_is_set_by_key_and_by_mouse(hands):
    assert hands.model.cell(hands.fact("loss"), 1).delta == "−0.1000"
    hands.current("loss", 2)
    press(hands.view, Key.Key_B)
    assert hands.model.baseline == 2
    assert hands.page.status()[2] == "baseline cow"
    header = hands.view.header
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=header.chip_place(0))
    assert hands.model.baseline == 0


def test_the_field_searches_and_the_switch_shows_everything(hands):
    field = hands.window.toolbar.filter
    press(hands.view, Key.Key_F, CTRL)
    type_into(field.editor, "deep")
    press(field.editor, Key.Key_Return)
    assert hands.facts() == ["config", "deep.er"]
    press(field.editor, Key.Key_Escape)
    hands.settle()
    hands.page.head.only.click()
    assert {"same", "e", "same.txt", "status"} <= set(hands.facts())
    assert hands.window.actions_.by_id["only-differences"].isChecked() is False


def test_an_empty_table_says_why(hands):
    hands.page.apply_filter("no such thing")
    assert hands.page.table.currentWidget() is hands.page.nothing
    hands.page.apply_filter("")
    assert hands.page.table.currentWidget() is hands.view
    press(hands.view, Key.Key_F, CTRL)
    press(hands.window.toolbar.filter.editor, Key.Key_Escape)
    hands.settle()
    assert QApplication.focusWidget() is hands.view, "Esc leads back to the table"


def test_a_run_without_a_baseline_has_no_deltas(hands):
    hands.current("loss", 1)
    menu = QMenu()
    hands.page.extend_menu(menu)
    item(menu, "No Baseline").trigger()
    assert hands.model.baseline == -1
    assert hands.model.cell(hands.fact("loss"), 1).delta == ""
    assert len(hands.page.status()) == 2
    hands.page.refresh()
    hands.settle()
    assert hands.model.baseline == -1, "a refresh leaves it so"
    menu.deleteLater()


def test_other_values_of_metrics_come_from_the_histories(hands):
    hands.page.reads.set_values("max")
    hands.settle()
    assert hands.fact("loss").values.tolist() == [5.0, 6.0, 7.0, 8.0]
    hands.page.reads.set_values("mean")
    hands.settle()
    assert hands.fact("loss").values[0] == pytest.approx(3.0)
    hands.page.reads.set_values("")
    hands.settle()
    assert hands.fact("loss").values[0] == 1.0


def test_params_are_ranked_by_a_metric(hands):
    hands.page.head.links.setCurrentIndex(hands.page.head.links.findData("loss"))
    hands.page.reads.rank_by("loss")
    hands.settle()
    assert hands.fact("lr").link == pytest.approx(-1.0)
    assert hands.fact("deep.er").link == pytest.approx(-1.0)
    hands.page.refresh()
    hands.settle()
    assert hands.fact("lr").link == pytest.approx(-1.0), "a refresh keeps the order"


def test_runs_stand_as_rows_as_well(hands):
    hands.current("loss", 1)
    hands.trigger("runs-as-rows")
    assert hands.model.rowCount() == 4
    assert hands.view.current_row().key == "loss"
    assert hands.view.current_run() == 1
    hands.trigger("copy-markdown")
    lines = clipboard().splitlines()
    assert len(lines) == 6
    assert lines[0].startswith("| run |")


def test_what_is_selected_is_copied_and_all_is_exported(hands, tmp_path):
    hands.current("lr")
    click(hands.view, hands.cell("lr", 1))
    hands.trigger("copy")
    assert clipboard().splitlines()[1].split("\t") == ["Params", "lr", "0.1", "0.2", "0.3", "0.4"]
    for name, start in (("a.csv", "section,key"), ("a.md", "| section"), ("a.tex", "% ")):
        hands.page._commands.export_to(tmp_path / name)
        hands.settle()
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)
    rows = [row for row in hands.model.rows if row.key == "lr"]
    assert "0.4" in table_text(hands.model.heads, rows, "latex", False)
    hands.page._commands.export_to(tmp_path / "no" / "a.csv")
    hands.settle()
    assert not (tmp_path / "no").exists()
    said = hands.window.toast._text.text()
    assert str(tmp_path / "no") in said
    assert "Errno" not in said


def test_a_text_is_compared_line_by_line(hands):
    assert "config.yaml" not in hands.facts(), "all of them have one size"
    hands.trigger("compare-contents")
    assert hands.facts(Section.ARTIFACTS) == ["config.yaml"]
    assert hands.model.cell(hands.fact("config.yaml"), 1).text == "27 B · different"
    assert hands.model.cell(hands.fact("same.txt"), 1).text == "4 B · same"
    hands.current("config.yaml", 2)
    press(hands.view, Key.Key_Return)
    hands.settle()
    pane = hands.page.files.pane
    assert pane.stack.currentWidget() is pane.diff
    assert (pane._added.text(), pane._removed.text()) == ("+1", "−1")
    assert pane.diff.left.toPlainText() == "model: a\nlr: 0.0\nepochs: 3"
    assert pane.diff.right.toPlainText() == "model: a\nlr: 0.2\nepochs: 3"
    assert pane.diff.left.textCursor().blockNumber() == 1
    pane.closed.emit()
    assert not pane.isVisible()


def test_a_change_of_the_store_keeps_scroll_and_selection(hands, store):
    hands.unchanged = False
    hands.page.set_only_differences(False)
    hands.window.resize(1000, 600)
    hands.settle()
    bar = hands.view.verticalScrollBar()
    hands.current("lr", 1)
    bar.setValue(40)
    connection = sqlite3.connect(store)
    connection.execute(
        "UPDATE params SET value = '9' WHERE key = 'lr' AND run_uuid = ?", [run_id(1)]
    )
    connection.commit()
    connection.close()
    hands.trigger("refresh")
    assert hands.fact("lr").texts[1] == "9"
    assert hands.view.current_row().key == "lr"
    assert hands.view.current_run() == 1
    assert bar.value() == 40


def test_runs_that_are_gone_are_left_out_and_named(hands):
    hands.compare(run_id(0), "0123456789abcdef", run_id(1))
    assert len(hands.model.heads) == 2
    assert "1 run is gone" in hands.page.status()
    assert "not in the store any more" in hands.window.toast._text.text()
    hands.compare(run_id(0), "gone")
    assert hands.page.stack.currentWidget() is hands.page._state
    assert not hands.page.commands()
    hands.compare("")
    assert hands.page.stack.currentWidget() is hands.page._state


def test_a_run_is_removed_and_opened_from_its_header(hands):
    hands.page.remove(1)
    hands.settle()
    assert [head.name for head in hands.model.heads] == ["ant", "cow", "dog"]
    hands.current("loss", 1)
    press(hands.view, Key.Key_Return)
    hands.settle()
    assert hands.window.location.place is Place.RUN
    assert hands.window.location.id == run_id(2)


def test_a_click_on_a_section_folds_it(hands):
    at = hands.model.entries().index(Section.PARAMS)
    place = hands.view.keys.visualRect(hands.model.index(at, 0)).center()
    viewport = hands.view.keys.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=QPoint(40, place.y()))
    assert hands.facts(Section.PARAMS) == []
    driving.activate(hands.qtbot, hands.window)


def test_runs_of_several_experiments_are_compared(hands, store):
    hands.unchanged = False
    connection = sqlite3.connect(store)
    add_experiment(connection, 7, "zoo")
    other = add_run(connection, 20, "gnu", at=7, params={"lr": "1"}, metrics={"loss": 3.0})
    connection.commit()
    connection.close()
    hands.compare(run_id(0), other)
    assert hands.fact("experiment").texts == ("Default", "zoo")
    assert [crumb.text for crumb in hands.page.crumbs()] == ["Compare 2 runs"]


def test_a_store_that_changes_while_it_is_read_is_read_again(hands, store):
    hands.unchanged = False
    hands.page.refresh()
    connection = sqlite3.connect(store)
    connection.execute("UPDATE params SET value = '7' WHERE key = 'lr'")
    connection.commit()
    connection.close()
    hands.page.refresh()
    hands.settle()
    assert set(hands.fact("lr").texts) == {"7"}


def test_the_runs_of_a_group_are_compared(application, qtbot, store):
    made = TableHands(qtbot, application, store)
    made.show(titles.NAME, param("same"))
    made.table.group_by([param("same")])
    made.settle()
    made.view.selectRow(0)
    made.settle()
    assert made.runs.is_group(0)
    made.trigger("compare")
    assert {head.name for head in made.page.model.heads} == {"ant", "bee", "cow", "dog"}
    made.close()


def test_a_long_value_ends_where_the_others_do(hands):
    """Where there is no room for its curve, too, it is the curve that goes."""
    row, delegate = hands.fact("loss"), hands.view.itemDelegate()
    cell = hands.model.cell(row, 0)._replace(delta="", percent="", best=False)

    def painted(text):
        image = QImage(236, 26, QImage.Format.Format_Grayscale8)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        delegate._value(painter, image.rect(), row, 0, cell._replace(text=text))
        painter.end()
        lines = np.frombuffer(image.constBits(), np.uint8).reshape(26, -1)[:, :236]
        return np.flatnonzero((lines < 200).any(axis=0))

    short, long = painted("0.5000"), painted("0.035000")
    assert abs(int(short[-1]) - int(long[-1])) <= 1
    assert short[0] < 20, "its curve"
    assert long[0] > 20
