"""A person works the runs table: columns, sort, groups, nesting, selection, menus."""

from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog

import driving
from runcase.itemmodels import columns as titles
from runcase.local.records import View
from runcase.store.metrics import histories
from table_hands import (
    NO_PLATFORM,
    SHIFT,
    TableHands,
    close_popups,
    item,
    metric,
    param,
    popup,
    texts,
)

pytestmark = pytest.mark.qt_log_ignore(NO_PLATFORM)
Key = Qt.Key
RMSE, MAE, MODEL, DEPTH = metric("rmse"), metric("mae"), param("model"), param("max_depth")
SHOWN = (titles.STATUS, titles.STARTED, titles.DURATION, RMSE, MAE, MODEL, DEPTH)


@pytest.fixture
def hands(qtbot, application, sample):
    """A window on the sample's nyc-taxi/duration-xgb."""
    made = TableHands(qtbot, application, sample)
    yield made
    made.close()


def begin(hands):
    """Show few columns, and nothing chosen."""
    hands.activate()
    hands.page.show_view(View(columns=tuple(map(titles.encode, SHOWN)), mode="table"))
    hands.settle()


def test_sorting(hands):
    for step in (sorts_by_a_title, sorts_by_several, sorts_times_the_latest_first):
        begin(hands)
        step(hands)


def test_menus_of_columns(hands, monkeypatch):
    for step in (
        partial(opens_the_menu, way="right click"),
        partial(opens_the_menu, way="chevron"),
        partial(opens_the_menu, way="keys"),
        keeps_the_name,
        shows_other_values,
        partial(shows_the_value_at_a_step, monkeypatch=monkeypatch),
        shows_sparklines,
        says_what_is_best,
        chooses_decimals_and_bars,
    ):
        begin(hands)
        step(hands)


def test_places_of_columns(hands):
    for step in (pins_a_column, hides_drags_and_widens, widens_the_name):
        begin(hands)
        step(hands)


def numbers(hands, key):
    frame, column = hands.runs.frame, hands.runs.frame.columns[key]
    rows = hands.runs.arrangement.rows
    assert frame is not None
    return [float(column.values[at]) for at in rows if column.present[at] and not column.nan[at]]


def sorts_by_a_title(hands):
    first = hands.ids()
    for state, descending in (((RMSE, False),), False), (((RMSE, True),), True):
        hands.click_header(RMSE)
        assert hands.loader.wish.sort == state
        found = numbers(hands, RMSE)
        assert found == sorted(found, reverse=descending)
        assert hands.values(RMSE)[-1] in ("NaN", "—"), "what has no number stands last"
    hands.click_header(RMSE)
    assert hands.loader.wish.sort == ()
    assert hands.ids() == first


def sorts_by_several(hands):
    hands.click_header(MODEL)
    hands.click_header(RMSE, SHIFT)
    hands.click_header(RMSE, SHIFT)
    assert hands.loader.wish.sort == ((MODEL, False), (RMSE, True))
    header = hands.view.header
    assert header._sorted_at(MODEL) == (False, 1)
    assert header._sorted_at(RMSE) == (True, 2)
    assert header._sorted_at(MAE) is None
    pairs = [
        (hands.runs.cell(row, MODEL).text, hands.runs.full_text(row, RMSE))
        for row in range(hands.runs.rowCount())
    ]
    boosted = [float(rmse) for model, rmse in pairs if model == "xgboost" and rmse != "NaN"]
    assert boosted == sorted(boosted, reverse=True)
    models = [model for model, _ in pairs]
    assert models == sorted(models, key=lambda each: (each == "—", each))
    hands.click_header(MAE)
    assert hands.loader.wish.sort == ((MAE, False),), "a plain click sorts by this one only"


def sorts_times_the_latest_first(hands):
    hands.click_header(titles.STARTED)
    assert hands.loader.wish.sort == ((titles.STARTED, True),)
    hands.click_header(titles.NAME)
    assert hands.names() == sorted(hands.names())


def opens_the_menu(hands, way):
    if way == "right click":
        menu = hands.header_menu(RMSE)
    elif way == "chevron":
        menu = hands.chevron_menu(RMSE)
        assert hands.loader.wish.sort == (), "the chevron does not sort"
    else:
        hands.view.setCurrentIndex(hands.runs.index(0, hands.columns().index(RMSE)))
        hands.view.setFocus()
        QTest.keyClick(hands.view, Key.Key_Down, Qt.KeyboardModifier.AltModifier)
        menu = popup()
    found = texts(menu)
    for name in ("Sort Ascending", "Filter by Value…", "Group by This", "Show Value", "Best Is"):
        assert name in found
    hands.choose(menu, "Sort Descending")
    assert hands.loader.wish.sort == ((RMSE, True),)
    hands.choose(hands.header_menu(MAE), "Then by This")
    assert hands.loader.wish.sort == ((RMSE, True), (MAE, False))
    menu = hands.header_menu(RMSE)
    assert item(menu, "Sort Descending").isChecked()
    hands.choose(menu, "Do Not Sort by This")
    assert hands.loader.wish.sort == ((MAE, False),)


def keeps_the_name(hands):
    found = texts(hands.header_menu(titles.NAME))
    assert "Hide Column" not in found
    assert "Pin Column" not in found


def shows_other_values(hands):
    key, hows = metric("val-rmse"), ("min", "max", "mean", "first", "step of min", "step of max")
    hands.show(titles.STATUS, key)
    for how, name in titles.HOWS.items():
        if how in hows:
            hands.choose(hands.header_menu(key), "Show Value", name)
    assert set(hands.columns()) == {titles.NAME, titles.STATUS, key} | {
        metric("val-rmse", how) for how in hows
    }
    row = hands.row("xgb-final-2026-11")
    with hands.page.session.store.read() as connection:
        (history,) = histories(connection, [(hands.runs.run_id(row), "val-rmse")])
    shown = {how: float(hands.runs.full_text(row, metric("val-rmse", how))) for how in hows}
    assert shown["min"] == min(history.value)
    assert shown["max"] == max(history.value)
    assert shown["mean"] == pytest.approx(float(history.value.mean()))
    assert shown["first"] == history.value[0]
    assert shown["step of min"] == history.step[int(history.value.argmin())]
    low = metric("val-rmse", "min")
    hands.click_header(low)
    found = numbers(hands, low)
    assert found == sorted(found)
    hands.page.apply_filter("min(metrics.`val-rmse`) < 6.3")
    hands.settle()
    assert 0 < hands.loader.matching < hands.loader.total
    assert all(value < 6.3 for value in numbers(hands, low))
    menu = hands.header_menu(key)
    assert item(item(menu, "Show Value").menu(), "Minimum").isChecked()
    hands.choose(menu, "Show Value", "Minimum")
    assert low not in hands.columns()


def shows_the_value_at_a_step(hands, monkeypatch):
    key = metric("val-rmse")
    hands.show(titles.STATUS, key)
    monkeypatch.setattr(QInputDialog, "getInt", lambda *_args: (0, True))
    hands.choose(hands.header_menu(key), "Show Value", "At Step…")
    at = metric("val-rmse", titles.at_step(0))
    assert hands.columns()[-1] == at
    assert titles.group(at) == "metrics · at step 0"
    hands.show(titles.STATUS, key, metric("val-rmse", "first"), at)
    firsts = numbers(hands, metric("val-rmse", "first"))
    assert numbers(hands, at) == firsts
    assert firsts


def shows_sparklines(hands):
    curve = metric("val-rmse", titles.CURVE)
    hands.choose(hands.header_menu(RMSE), "Show Value", "Latest")
    assert RMSE not in hands.columns(), "the latest value is a column like the others"
    hands.show(titles.STATUS, metric("val-rmse"))
    hands.choose(hands.header_menu(metric("val-rmse")), "Show Value", "Sparkline")
    driving.wait_for(
        hands.qtbot, lambda: hands.table.sparklines.curve(hands.ids()[0], "val-rmse") is not None
    )
    x, y = hands.table.sparklines.curve(hands.ids()[0], "val-rmse")
    assert len(x) == len(y) > 5
    assert "Filter by Value…" not in texts(hands.header_menu(curve))
    close_popups()
    hands.click_header(curve)
    assert hands.runs.rowCount(), "a curve cannot be sorted by, and nothing is lost by trying"


def says_what_is_best(hands):
    assert best(hands, RMSE) == [min(numbers(hands, RMSE))]
    hands.choose(hands.header_menu(RMSE), "Best Is", "Highest")
    assert best(hands, RMSE) == [max(numbers(hands, RMSE))]
    menu = hands.header_menu(RMSE)
    ways = item(menu, "Best Is").menu()
    assert [each.text() for each in ways.actions() if each.isChecked()] == ["Highest"]
    hands.choose(menu, "Best Is", "None")
    assert best(hands, RMSE) == []


def best(hands, key):
    column, frame = hands.runs.frame.columns[key], hands.runs.arrangement.rows
    rows = range(hands.runs.rowCount())
    return [float(column.values[frame[row]]) for row in rows if hands.runs.cell(row, key).best]


def chooses_decimals_and_bars(hands):
    hands.choose(hands.header_menu(RMSE), "Decimals", "1")
    assert {len(text.partition(".")[2]) for text in hands.values(RMSE) if "." in text} == {1}
    assert {len(text.partition(".")[2]) for text in hands.values(MAE) if "." in text} == {3}
    hands.choose(hands.header_menu(RMSE), "Decimals", "By the Values")
    assert {len(text.partition(".")[2]) for text in hands.values(RMSE) if "." in text} == {3}
    hands.choose(hands.header_menu(RMSE), "Show Bars")
    assert not hands.view.delegate.bars
    assert not hands.window.actions_.by_id["bars"].isChecked()
    hands.trigger("bars")
    assert hands.view.delegate.bars


def pins_a_column(hands):
    hands.choose(hands.header_menu(DEPTH), "Pin Column")
    assert hands.columns()[:2] == [titles.NAME, DEPTH]
    frozen = hands.view._frozen
    assert not frozen.isColumnHidden(1)
    assert frozen.isColumnHidden(2)
    assert frozen.width() == frozen.columnWidth(0) + frozen.columnWidth(1)
    bar = hands.view.horizontalScrollBar()
    bar.setValue(bar.maximum())
    assert frozen.columnViewportPosition(1) == frozen.columnWidth(0)
    hands.click_header(DEPTH)
    assert hands.loader.wish.sort == ((DEPTH, False),)
    found = [int(text) for text in hands.values(DEPTH) if text != "—"]
    assert found == sorted(found), "params that are numbers are sorted as numbers"
    bar.setValue(0)
    hands.drag_header(titles.STATUS, -hands.view.columnWidth(1))
    assert hands.table.pinned == (titles.STATUS, DEPTH), "dragged among them it is pinned, too"
    assert hands.columns()[:3] == [titles.NAME, titles.STATUS, DEPTH]
    hands.choose(hands.header_menu(titles.STATUS), "Pin Column")
    assert hands.table.pinned == (DEPTH,)
    menu = hands.header_menu(DEPTH)
    assert item(menu, "Pin Column").isChecked()
    hands.choose(menu, "Pin Column")
    assert frozen.isColumnHidden(1)


def hides_drags_and_widens(hands):
    hands.choose(hands.header_menu(MAE), "Hide Column")
    assert MAE not in hands.columns()
    order = hands.columns()
    wide = hands.view.columnWidth(order.index(titles.DURATION))
    hands.drag_header(RMSE, -wide - 20)
    moved = hands.columns()
    assert moved.index(RMSE) == order.index(titles.DURATION)
    assert sorted(moved, key=str) == sorted(order, key=str)
    assert [hands.view.header.logicalIndex(at) for at in range(len(moved))] == [*range(len(moved))]
    at = moved.index(RMSE)
    before = hands.view.columnWidth(at)
    hands.resize(RMSE, 40)
    assert hands.view.columnWidth(at) == before + 40
    assert hands.loader.wish.sort == (), "neither dragging nor resizing sorts"


def widens_the_name(hands):
    before = hands.view.columnWidth(0)
    hands.resize(titles.NAME, 50)
    assert hands.view._frozen.columnWidth(0) == hands.view.columnWidth(0) == before + 50
    assert hands.view._frozen.width() == before + 50
