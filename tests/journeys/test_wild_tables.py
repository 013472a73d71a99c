"""What no run should have, and some do: wild keys and values, thousands of them, or no run."""

import csv
import math

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from driving import press, running, type_into
from runcase.itemmodels import columns as titles
from runcase.itemmodels.navigator import EVERY
from runcase.store.records import Kind
from runcase.ui.dialogs.columns import ColumnsDialog
from runcase.ui.dialogs.export import ExportDialog
from runcase.ui.location import Location, Place
from runcase.ui.widgets.facet_popover import FacetPopover
from small_store import picture, run_id
from table_hands import (
    NO_PLATFORM,
    TableHands,
    add_experiment,
    add_run,
    clipboard,
    metric,
    new_store,
    param,
    tag,
)

pytestmark = pytest.mark.qt_log_ignore(NO_PLATFORM)
Key = Qt.Key
KEYS = (
    "a`b", "a.b", "a/b", "it's", 'say "so"', "spicy 🌶", "two\nlines", "a=b", "(x)", "min(loss)",
    " ", "metrics.loss", "key:5", "per cent %", "back\\slash",
)  # fmt: skip
BIG = "x" * 1_000_000
MANY, WIDE = 12_000, 354


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wild")
    connection = new_store(folder / "mlflow.db")
    for number, name in ((1, "wild"), (2, "many"), (3, "wide"), (4, "none")):
        add_experiment(connection, number, name)
    for number in range(4):
        values = {key: float(number) for key in KEYS}
        texts = {key: f"{'ab'[number % 2]}{key}" for key in KEYS}
        add_run(connection, number, "same", at=1, metrics=values, params=texts, tags=texts)
    half = ("10", "9", "text", "1e3", "", "-inf", "nan")
    for number, value in enumerate(half, 10):
        add_run(connection, number, f"half {number}", at=1, params={"half": value})
    odd = (math.nan, math.inf, -math.inf, 1e-300, -1e300, 0.0)
    for number, value in enumerate(odd, 20):
        add_run(connection, number, f"odd {number}", at=1, metrics={"odd": {0: 1.0, 1: value}})
    add_run(connection, 30, "back in time", at=1, times=(5_000_000, 1_000))
    add_run(connection, 31, "without times", at=1, times=(None, None))
    add_run(connection, 32, "serpent", at=1, parent=33)
    add_run(connection, 33, "tail", at=1, parent=32)
    add_run(connection, 34, "own parent", at=1, parent=34)
    add_run(connection, 35, "big", at=1, params={"big": BIG}, tags={"big": BIG, "b": "\0\x1b"})
    add_run(connection, 36, "", at=1, status="SCHEDULED")
    for number in range(40, 43):
        keys = {f"metric/{at:05}": at + number for at in range(MANY)}
        add_run(connection, number, f"many {number}", at=2, metrics=keys)
    for number in range(50, 60):
        keys = {f"p{at}": f"{at}.{number}" for at in range(WIDE // 2)}
        values = {f"m{at}": at * number for at in range(WIDE // 2)}
        add_run(connection, number, f"wide {number}", at=3, params=keys, metrics=values)
    connection.commit()
    connection.close()
    before = picture(folder)
    yield folder / "mlflow.db"
    assert picture(folder) == before


@pytest.fixture
def hands(qapp, qtbot, tmp_path, store):
    with running(qapp, tmp_path) as application:
        made = TableHands(qtbot, application, store)
        yield made
        made.close()


def go(hands, experiment):
    hands.window.go(Location(Place.EXPERIMENT, experiment))
    hands.settle()
    hands.trigger("mode-table")


def look(hands):
    """Ask every cell for what is painted, read out and copied; paint the ones in sight."""
    for row in range(hands.runs.rowCount()):
        for at, key in enumerate(hands.runs.columns):
            index = hands.runs.index(row, at)
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                assert len(index.data(role) or "") < 5_000
            assert isinstance(index.data(Qt.ItemDataRole.AccessibleTextRole), str)
            assert isinstance(hands.runs.full_text(row, key), str)
    hands.window.grab()


def test_wild_keys(hands):
    go(hands, "1")
    for make in (metric, param, tag):
        hands.show(titles.STATUS, *map(make, KEYS))
        look(hands)
    for key in KEYS:
        hands.show(metric(key), metric(key, "min"), param(key), tag(key))
        sorts_and_filters(hands, key)
    hands.show(*map(metric, KEYS), *map(param, KEYS))
    before = hands.columns()
    go(hands, EVERY)
    go(hands, "1")
    assert hands.columns() == before, "every key comes back as it was"


def sorts_and_filters(hands, key):
    hands.click_header(metric(key))
    hands.click_header(metric(key))
    assert hands.values(metric(key))[:4] == ["3", "2", "1", "0"]
    hands.choose(hands.header_menu(param(key)), "Sort Ascending")
    assert hands.values(param(key))[0].startswith("a")
    for column, count in ((metric(key), 1), (param(key), 2), (tag(key), 2)):
        clauses = hands.page.filter.clauses(hands.ids().index(run_id(2)), column)
        hands.page.apply_filter(clauses[0][1])
        hands.settle()
        assert not hands.page.filter_state().bad, (clauses, hands.page.filter_state())
        assert hands.loader.matching == count, clauses
    hands.page.apply_filter("")
    hands.settle()
    hands.table.group_by([param(key), metric(key)])
    hands.settle()
    hands.trigger("expand-all")
    look(hands)
    hands.table.group_by(())
    hands.settle()


def test_wild_keys_are_filtered_by_their_values(hands):
    go(hands, "1")
    for key in KEYS:
        hands.show(param(key), tag(key))
        # A menu that closes takes a popup with it on the offscreen platform: not by the menu.
        hands.table.filter_wanted.emit(param(key), True)
        hands.settle()
        popover = QApplication.activePopupWidget()
        assert isinstance(popover, FacetPopover)
        popover.values.model.ticked.add(f"b{key}")
        popover.apply()
        hands.settle()
        assert hands.loader.matching == 2, key
        hands.page.apply_filter("")
        hands.settle()


def test_wild_values(hands):
    go(hands, "1")
    odd, half, big = metric("odd"), param("half"), param("big")
    hands.show(titles.STATUS, titles.STARTED, titles.DURATION, titles.AGE, odd, half, big)
    look(hands)
    assert hands.names().count("same") == 4
    duration = dict(zip(hands.ids(), hands.values(titles.DURATION), strict=True))
    assert duration[run_id(30)] == "−1h 23m"
    assert duration[run_id(31)] == "—"
    order = [hands.runs.cell(hands.ids().index(run_id(at)), odd).text for at in range(20, 26)]
    assert order == ["NaN", "∞", "−∞", "1e-300", "−1e300", "0"]
    hands.click_header(odd)
    assert [each for each in hands.values(odd) if each != "—"] == [
        "−∞", "−1e300", "0", "1e-300", "∞", "NaN",
    ]  # fmt: skip
    hands.click_header(odd)
    assert [each for each in hands.values(odd) if each != "—"] == [
        "∞", "1e-300", "0", "−1e300", "−∞", "NaN",
    ]  # fmt: skip
    hands.click_header(half)
    found = [each for each in hands.values(half) if each != "—"]
    assert [found.index(each) for each in ("9", "10", "1e3")] == sorted(
        found.index(each) for each in ("9", "10", "1e3")
    )
    for key in (odd, half, big, titles.DURATION, titles.STARTED, titles.STATUS, titles.NAME):
        hands.table.group_by([key])
        hands.settle()
        hands.trigger("expand-all")
        assert hands.runs.rowCount() > hands.loader.total, key
        look(hands)
        hands.table.group_by(())
        hands.settle()
    assert all(len(text) < 1_100 for text in hands.values(big))
    hands.click_name(hands.names().index("big"))
    hands.trigger("copy")
    assert BIG in clipboard()


def test_cycles_of_parents(hands):
    go(hands, "1")
    for _ in range(2):
        hands.trigger("expand-all")
        assert {run_id(at) for at in (32, 33, 34)} <= set(hands.ids())
        assert len(hands.ids()) == len(set(hands.ids())) == hands.loader.total
        hands.page.apply_filter("attributes.run_name = 'tail'")
        hands.settle()
        assert run_id(33) in hands.ids()
        hands.page.apply_filter("")
        hands.settle()
        hands.trigger("collapse-all")
        hands.trigger("select-subtree")


def test_twelve_thousand_keys(hands):
    go(hands, "2")
    assert sum(key.kind is Kind.METRIC for key in hands.loader.keys) == MANY
    hands.trigger("columns")
    dialog = hands.window.findChild(ColumnsDialog)
    assert dialog.model.rowCount() > MANY
    type_into(dialog.search, "11999")
    assert dialog.model.shown() == [metric("metric/11999")]
    dialog.model.tick(dialog.model.shown(), True)
    press(dialog.search, Key.Key_Return)
    hands.settle()
    hands.activate()
    assert hands.columns()[-1] == metric("metric/11999")
    assert [hands.runs.full_text(row, hands.columns()[-1]) for row in range(3)] == [
        "12039.0", "12040.0", "12041.0",
    ]  # fmt: skip
    hands.trigger("columns")
    dialog = hands.window.findChild(ColumnsDialog)
    dialog.variation_wanted.emit()
    hands.settle()
    assert len(dialog.model.ticked) >= MANY
    dialog.reject()
    hands.settle()


def test_354_columns(hands):
    go(hands, "3")
    hands.trigger("columns-varying")
    assert len(hands.columns()) == WIDE - 1 + 4, "m0 is 0 in all runs"
    look(hands)
    hands.trigger("hide-constant")
    hands.trigger("hide-empty")
    assert len(hands.columns()) == WIDE - 1 + 4
    hands.click_header(metric("m176"))
    assert hands.names()[0] == "wide 50"
    hands.choose(hands.header_menu(metric("m176")), "Pin Column")
    assert hands.columns()[1] == metric("m176")
    bar = hands.view.horizontalScrollBar()
    for part in range(0, bar.maximum(), 3_000):
        bar.setValue(part)
        hands.window.grab()


def test_no_runs(hands, tmp_path):
    go(hands, "4")
    page = hands.page
    assert page.table.stack.currentWidget() is page.table.state
    assert page.status()[0] == "0 runs"
    for action in (
        "expand-all", "collapse-all", "select-all", "invert-selection", "columns-varying",
        "hide-constant", "hide-empty", "nested", "ungroup", "copy-query", "show-hidden",
        "show-hidden", "show-deleted", "show-deleted", "refresh",
    ):  # fmt: skip
        hands.trigger(action)
    hands.table.group_by([metric("none"), param("of these")])
    hands.settle()
    assert hands.runs.rowCount() == 0
    page.apply_filter("metrics.none > 1 or anything")
    hands.settle()
    assert page.table.stack.currentWidget() is page.table.state
    exports(hands, tmp_path / "none.csv")


def exports(hands, path):
    hands.trigger("export-table")
    dialog = hands.window.findChild(ExportDialog)
    dialog.place.path.setText(str(path))
    dialog.start()
    hands.settle()
    hands.activate()
    csv.field_size_limit(2 * len(BIG))
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_wild_keys_are_exported(hands, tmp_path):
    go(hands, "1")
    hands.show(*map(metric, KEYS), *map(param, KEYS), param("big"), metric("odd"))
    rows = exports(hands, tmp_path / "wild.csv")
    assert len(rows) == hands.runs.rowCount()
    by_id = {row["run_id"]: row for row in rows}
    for key in KEYS:
        assert by_id[run_id(2)][f"params.{key}"] == f"a{key}"
        assert float(by_id[run_id(2)][f"metrics.{key}"]) == 2.0
    assert by_id[run_id(35)]["params.big"] == BIG
    assert len({row["run_id"] for row in rows}) == len(rows)
