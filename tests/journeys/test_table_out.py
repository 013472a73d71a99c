"""What a person takes out of the runs table, finds in it, and sees change under their hands."""

import ast
import csv
import io
import json
import sqlite3
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

import driving
from driving import press, type_into
from runcase.itemmodels import columns as titles
from runcase.ui.dialogs.columns import ColumnsDialog
from runcase.ui.dialogs.export import ExportDialog
from runcase.ui.dialogs.palette import Palette
from runcase.ui.location import Place
from small_store import picture, run_id
from table_hands import (
    CTRL,
    NO_PLATFORM,
    TableHands,
    add_experiment,
    add_run,
    clipboard,
    item,
    log,
    metric,
    new_store,
    param,
    tag,
    texts,
)

pytestmark = pytest.mark.qt_log_ignore(NO_PLATFORM)
Key = Qt.Key
LOSS, LR, OPT, TEAM = metric("loss"), param("lr"), param("opt"), tag("team")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def store(tmp_path):
    """Forty runs, every fourth of which is a parent of the next two; another experiment."""
    folder = tmp_path / "store"
    folder.mkdir()
    connection = new_store(folder / "mlflow.db")
    add_experiment(connection, 5, "elsewhere")
    for number in range(40):
        above = {"parent": number // 4 * 4} if number % 4 in (1, 2) else {}
        add_run(
            connection,
            number,
            f"run {number:02}",
            params={"lr": f"{number % 3}e-3", "opt": ("adam", "sgd")[number % 2], "same": "1"},
            metrics={"loss": {0: 9.0, 5: number / 7}, "flat": 1.0},
            tags={"team": "red | & <b>" if number < 20 else "blue"},
            **above,
        )
    add_run(connection, 90, "far away", at=5, tags={"ticket": "ABC-4711"})
    connection.commit()
    connection.close()
    return folder / "mlflow.db"


@pytest.fixture
def hands(qtbot, application, store):
    made = TableHands(qtbot, application, store)
    made.trigger("mode-table")
    made.show(titles.STATUS, titles.DURATION, LOSS, LR, OPT, TEAM)
    yield made
    made.close()


def test_what_a_cell_offers(hands, store):
    before = picture(store.parent)
    row = hands.row("run 03")
    menu = hands.cell_menu(row, LR)
    assert texts(menu)[:2] == ["Copy 0e-3", "Filter by This"]
    hands.choose(menu, "Copy 0e-3")
    assert clipboard() == "0e-3"
    hands.choose(hands.cell_menu(row, LR), "Filter by This", "params.lr = '0e-3'")
    assert hands.window.toolbar.filter.text() == "params.lr = '0e-3'"
    assert hands.loader.matching == 14
    menu = hands.cell_menu(hands.row("run 03"), OPT)
    hands.choose(menu, "Filter by This", "params.opt != 'sgd'")
    assert hands.loader.matching == 7
    assert set(hands.values(OPT)) == {"adam"}
    hands.page.apply_filter("")
    hands.settle()
    row = hands.row("run 07")
    clauses = texts(item(hands.cell_menu(row, LOSS), "Filter by This").menu())
    assert [each.split()[1] for each in clauses] == ["=", "!=", "<", ">"]
    hands.choose(hands.cell_menu(row, LOSS), "Filter by This", clauses[2])
    assert hands.loader.matching == 7
    hands.page.apply_filter("")
    hands.settle()
    menu = hands.cell_menu(hands.row("run 39"), TEAM)
    hands.choose(menu, "Filter by This", "tags.team != 'blue'")
    assert hands.loader.matching == 20
    menu = hands.cell_menu(hands.row("run 07"), TEAM)
    assert texts(menu)[0] == "Copy red | && <b>", "an ampersand is no mnemonic"
    hands.choose(menu, "Copy red | && <b>")
    assert clipboard() == "red | & <b>"
    hands.choose(hands.cell_menu(hands.row("run 07"), titles.DURATION), "Copy ID")
    assert clipboard() == run_id(7)
    assert picture(store.parent) == before


def test_columns_that_vary(hands):
    flat, same = metric("flat"), param("same")
    hands.show(titles.STATUS, LOSS, flat, same, metric("nobody has it"), LR)
    hands.trigger("hide-constant")
    assert flat not in hands.columns()
    assert same not in hands.columns()
    hands.trigger("hide-empty")
    assert hands.columns() == [titles.NAME, titles.STATUS, LOSS, LR]
    hands.show(titles.STATUS, flat)
    hands.trigger("columns-varying")
    assert set(hands.columns()) == {titles.NAME, titles.STATUS, LOSS, LR, OPT}
    hands.trigger("columns")
    dialog = hands.window.findChild(ColumnsDialog)
    dialog.model.tick([flat, same], True)
    dialog.variation_wanted.emit()
    hands.settle()
    assert set(dialog.model.ticked) == {titles.STATUS, LOSS, LR, OPT}
    at = dialog.model.shown().index(flat)
    assert dialog.model.index(at).data().endswith("in 40 runs, constant")
    type_into(dialog.search, "lo ss")
    assert LOSS in dialog.model.shown()
    assert LR not in dialog.model.shown()
    dialog.search.clear()
    dialog.model.tick([LR], False)
    press(dialog.search, Key.Key_Return)
    hands.settle()
    assert set(hands.columns()) == {titles.NAME, titles.STATUS, LOSS, OPT}


def test_rows_are_copied(hands):
    hands.click_header(LOSS)
    hands.click_name(hands.row("run 03"))
    hands.click_name(hands.row("run 07"), modifier=CTRL)
    hands.press(Key.Key_C, CTRL)
    rows = list(csv.reader(io.StringIO(clipboard()), delimiter="\t"))
    assert len(rows) == 3
    at = next(at for at, title in enumerate(rows[0]) if "loss" in title)
    assert [float(row[at]) for row in rows[1:]] == [3 / 7, 1.0]
    hands.trigger("copy-json")
    found = json.loads(clipboard())
    assert [each["metrics.loss"] for each in found] == [3 / 7, 1.0]
    hands.trigger("copy-dict")
    assert ast.literal_eval(clipboard()) == found
    hands.trigger("copy-markdown")
    lines = clipboard().strip().splitlines()
    assert len(lines) == 4
    assert "red \\|" in lines[2], "a bar in a value ends no cell"
    hands.trigger("copy-latex")
    assert r"\begin{tabular}" in clipboard()
    assert r"\&" in clipboard()
    hands.press(Key.Key_X, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert clipboard().split() == [run_id(3), run_id(7)]


def test_the_query_is_copied(hands):
    hands.page.apply_filter("metrics.loss < 3 and params.opt = 'adam'")
    hands.settle()
    for key, word in ((LOSS, "metrics.loss"), (titles.DURATION, ""), (titles.AGE, "")):
        hands.show(titles.STATUS, titles.AGE, titles.DURATION, LOSS)
        hands.click_header(key)
        hands.trigger("copy-query")
        compile(clipboard(), "query", "exec")
        assert word in clipboard()
        assert "search_runs" in clipboard()
    hands.page.apply_filter("metrics.loss < 3 or params.opt LIKE 'a%'")
    hands.settle()
    hands.table.group_by([OPT])
    hands.settle()
    hands.trigger("copy-query")
    compile(clipboard(), "query", "exec")


def test_the_table_is_exported(hands, tmp_path):
    hands.trigger("expand-all")
    hands.click_header(LOSS)
    hands.show(
        titles.AGE, titles.STAR, titles.NOTE, titles.STARTED, LOSS, metric("loss", "max"),
        metric("loss", titles.at_step(0)), metric("loss", titles.CURVE), OPT, TEAM,
        titles.ColumnKey(titles.Kind.DATASET, "name"), titles.ColumnKey(titles.Kind.MODEL, "name"),
    )  # fmt: skip
    hands.page.local.set([run_id(3)], note='mine, "all" mine', star=True)
    hands.settle()
    order = hands.ids()
    for suffix, kind in ((".csv", "csv"), (".tsv", "tsv"), (".md", "markdown"), (".json", "json")):
        hands.trigger("export-table")
        dialog = hands.window.findChild(ExportDialog)
        dialog.formats.setCurrentIndex(dialog.formats.findData(kind))
        target = tmp_path / f"out{suffix}"
        dialog.place.path.setText(str(target))
        dialog.accept_button.click()
        hands.settle()
        hands.activate()
        assert target.stat().st_size > 1_000
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["run_id"] for row in rows] == order
    mine = next(row for row in rows if row["run_id"] == run_id(3))
    assert 'mine, "all" mine' in mine.values()
    assert {float(row["metrics.loss"]) for row in rows} == {at / 7 for at in range(40)}
    said = [each.text() for each in hands.window.toast.findChildren(QLabel)]
    assert any(each.startswith("40 runs exported to ") for each in said)
    assert len(json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))) == 40


def test_a_run_is_found_anywhere(hands):
    for text in ("ABC-4711", f"http://127.0.0.1:5000/#/experiments/5/runs/{run_id(90)}", "far aw"):
        hands.activate()
        hands.press(Key.Key_G, CTRL)
        palette = hands.window.findChild(Palette)
        assert palette.mode() == "runs"
        QApplication.clipboard().setText(text)
        press(palette.field, Key.Key_V, CTRL)
        hands.rest()
        assert palette.current().location.id == run_id(90), text
        press(palette.field, Key.Key_Return)
        hands.settle()
        assert hands.window.location.place is Place.RUN
        assert hands.window.location.id == run_id(90)
        hands.trigger("back")


def test_long_work_is_shown_and_stopped(hands):
    going, stop = threading.Event(), threading.Event()
    answers = []

    def work(progress):
        progress.report(3, 12, "metrics looked at")
        going.set()
        stop.wait(driving.GUARD_MS / 1000)
        progress.report(4, 12, "metrics looked at")
        return 1

    hands.page.ask_slowly(work, answers.append, "slow")
    bar = hands.window._progress
    driving.wait_for(hands.qtbot, lambda: going.is_set() and bar.isVisible())
    assert bar._words.text() == "Reading metrics looked at: 3 of 12"
    bar._stop.click()
    assert bar.isHidden()
    stop.set()
    hands.settle()
    assert answers == []
    hands.click_header(LOSS)
    assert hands.names()[0] == "run 00", "the table works on"


def test_a_table_that_others_write_to(hands, store):
    hands.current("run 04")
    hands.press(Key.Key_Right)
    hands.click_name(hands.row("run 05"))
    hands.click_name(hands.row("run 11"), modifier=CTRL)
    hands.click_name(hands.row("run 15"), modifier=CTRL)
    chosen = hands.view.selected_ids()
    before = hands.ids()
    hands.window.resize(1100, 620)
    hands.settle()
    bar = hands.view.verticalScrollBar()
    assert bar.maximum() > 40
    bar.setValue(40)
    other = sqlite3.connect(store)
    add_run(other, 70, "newest", times=(9_000_000, None), status="RUNNING", metrics={"loss": 0.5})
    add_run(other, 71, "below", parent=4, times=(1, 2))
    log(other, 11, "loss", {9: 123.0})
    other.commit()
    hands.trigger("refresh")
    assert hands.ids()[0] == run_id(70)
    assert "below" in hands.names()
    assert hands.view.selected_ids() == chosen
    assert hands.view.current_id() == run_id(15)
    assert bar.value() in (40, 40 + hands.view.rowHeight(0))
    assert hands.runs.full_text(hands.row("run 11"), LOSS) == "123.0"
    other.execute("UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = ?", (run_id(11),))
    other.commit()
    hands.trigger("refresh")
    assert hands.view.selected_ids() == [each for each in chosen if each != run_id(11)]
    other.execute("DELETE FROM runs WHERE run_uuid = ?", (run_id(4),))
    other.commit()
    hands.trigger("refresh")
    assert run_id(5) in hands.ids(), "without its parent it stands on its own"
    assert set(hands.ids()) == (set(before) - {run_id(4), run_id(11)}) | {
        run_id(each) for each in (6, 70, 71)
    }
    hands.table.group_by([OPT])
    hands.settle()
    hands.current("opt = adam")
    hands.press(Key.Key_Right)
    hands.click_name(hands.row("opt = sgd"))
    rows = hands.runs.rowCount()
    other.execute(
        "UPDATE params SET value = 'adam' WHERE run_uuid = ? AND key = 'opt'", (run_id(9),)
    )
    other.commit()
    other.close()
    hands.trigger("refresh")
    assert hands.runs.rowCount() == rows + 1
    (selected,) = {row for first, last in hands.view.selected_row_ranges() for row in (first, last)}
    assert hands.runs.name(selected) == "opt = sgd"
