"""A person groups runs, nests them, and selects among both."""

from functools import partial

import pytest
from PySide6.QtCore import Qt

import driving
from runcase.itemmodels import columns as titles
from runcase.local.records import View
from runcase.store.records import ColumnKey, Kind
from table_hands import CTRL, EYE_AT, NO_PLATFORM, SHIFT, TableHands, metric, param

pytestmark = pytest.mark.qt_log_ignore(NO_PLATFORM)
Key = Qt.Key
RMSE, MAE, MODEL, DEPTH = metric("rmse"), metric("mae"), param("model"), param("max_depth")
SHOWN = (titles.STATUS, titles.STARTED, titles.DURATION, RMSE, MAE, MODEL, DEPTH)
GROUPED = {
    titles.STATUS: "status = FAILED",
    ColumnKey(Kind.DATASET, "name"): None,
    RMSE: None,
    titles.DURATION: None,
    titles.PARENT: None,
}


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


def test_groups(hands):
    for step in (
        opens_and_closes_groups,
        groups_by_two_params,
        *(partial(groups_by, key=key, first=first) for key, first in GROUPED.items()),
        chooses_value_and_spread,
        sorts_groups,
        clicks_the_eye_of_a_group,
    ):
        begin(hands)
        step(hands)


def test_trees_and_selection(hands):
    for step in (
        nests_under_sort_and_filter,
        sums_children_up,
        selects_a_subtree,
        selects_a_range,
    ):
        begin(hands)
        step(hands)


def opens_and_closes_groups(hands):
    hands.choose(hands.header_menu(MODEL), "Group by This")
    names = ["model = lightgbm", "model = ridge", "model = xgboost", "no model"]
    assert hands.names() == names
    counts = [hands.runs.child_count(row) for row in range(4)]
    assert sum(counts) == hands.loader.total
    left = hands.view.delegate.name_begins(2)
    hands.click_name(2, left - 10)  # the arrow
    assert hands.runs.rowCount() == 4 + counts[2]
    assert hands.runs.is_expanded(2)
    hands.click_name(2, left - 10)
    assert hands.names() == names
    hands.current("model = lightgbm")
    hands.press(Key.Key_Right)
    assert hands.runs.rowCount() == 4 + counts[0]
    hands.press(Key.Key_Down)
    hands.press(Key.Key_Left)
    assert hands.view.currentIndex().row() == 0, "left goes to the group of a run"
    hands.press(Key.Key_Left)
    assert hands.names() == names
    hands.press(Key.Key_Return)
    assert hands.runs.rowCount() == 4 + counts[0], "return opens a group"
    hands.press(Key.Key_Return)
    hands.double_click_name(1)
    assert hands.runs.rowCount() == 4 + counts[1]
    hands.trigger("expand-all")
    assert hands.runs.rowCount() == 4 + hands.loader.total
    hands.click_name(0, left - 10)
    assert hands.runs.rowCount() == 4 + hands.loader.total - counts[0]
    hands.trigger("collapse-all")
    assert hands.names() == names
    hands.trigger("ungroup")
    assert not hands.loader.wish.groups


def groups_by_two_params(hands):
    hands.choose(hands.header_menu(MODEL), "Group by This")
    hands.choose(hands.header_menu(DEPTH), "Group by This")
    assert [each.column for each in hands.loader.wish.groups] == [MODEL, DEPTH]
    hands.trigger("expand-all")
    depths = {hands.runs.depth(row) for row in range(hands.runs.rowCount())}
    assert depths == {0, 1, 2}
    for row in range(hands.runs.rowCount()):
        if hands.runs.is_group(row):
            below = hands.runs.group_rows(row)
            assert len(below) == hands.runs.child_count(row)
    outer = [row for row in range(hands.runs.rowCount()) if hands.runs.depth(row) == 0]
    assert sum(hands.runs.child_count(row) for row in outer) == hands.loader.total
    boosted = hands.names().index("model = xgboost")
    inside = [hands.names()[row] for row in range(boosted + 1, hands.runs.rowCount())]
    labels = [name.rpartition(" ")[2] for name in inside if name.startswith("max_depth")]
    assert labels[:2] == sorted(labels[:2], key=int), "numbers in params are put in their order"


def groups_by(hands, key, first):
    hands.table.group_by([key])
    hands.settle()
    rows = range(hands.runs.rowCount())
    assert all(hands.runs.is_group(row) for row in rows)
    assert sum(hands.runs.child_count(row) for row in rows) == hands.loader.total
    if first is not None:
        assert hands.names()[0] == first
    hands.trigger("expand-all")
    assert hands.runs.rowCount() == len(rows) + hands.loader.total
    for row in range(hands.runs.rowCount()):
        for column in hands.runs.columns:
            assert hands.runs.data(hands.runs.index(row, hands.columns().index(column))) is not None


def chooses_value_and_spread(hands):
    hands.table.group_by([MODEL])
    hands.settle()
    row = hands.row("model = xgboost")
    column = hands.runs.frame.columns[RMSE]
    below = hands.runs.group_rows(row)
    values = [column.values[at] for at in below if column.present[at] and not column.nan[at]]
    wanted = {
        "summary-low": min(values),
        "summary-high": max(values),
        "summary-mean": sum(values) / len(values),
        "summary-median": sorted(values)[len(values) // 2],
        "summary-best": min(values),
    }
    for action, value in wanted.items():
        hands.trigger(action)
        shown = hands.runs.cell(row, RMSE)
        assert float(shown.text) == pytest.approx(value, abs=0.02), action
        assert hands.window.actions_.by_id[action].isChecked()
        assert bool(shown.after) is (action in ("summary-mean", "summary-median"))
    hands.trigger("summary-mean")
    behind = {}
    for spread in ("spread-std", "spread-sem", "spread-none"):
        hands.trigger(spread)
        behind[spread] = hands.runs.cell(row, RMSE).after
        assert hands.window.actions_.by_id[spread].isChecked()
    assert behind["spread-none"] == ""
    std, sem = (float(behind[each].removeprefix("± ")) for each in ("spread-std", "spread-sem"))
    assert std > sem > 0
    tip = hands.runs.data(
        hands.runs.index(row, hands.columns().index(RMSE)), Qt.ItemDataRole.ToolTipRole
    )
    for word in ("values", "mean", "median", "std", "sem", "minimum", "maximum"):
        assert word in tip


def sorts_groups(hands):
    hands.table.group_by([MODEL])
    hands.settle()
    hands.click_header(RMSE)
    assert hands.names() == ["no model", "model = lightgbm", "model = xgboost", "model = ridge"]
    hands.click_header(RMSE)
    assert hands.names() == ["model = ridge", "model = xgboost", "model = lightgbm", "no model"]
    hands.click_header(MODEL)
    assert hands.names()[-1] == "no model"
    hands.click_header(MODEL)
    assert hands.names()[:3] == ["model = xgboost", "model = ridge", "model = lightgbm"]


def clicks_the_eye_of_a_group(hands):
    hands.table.colors.hide(hands.table.colors.shown())
    hands.table.group_by([MODEL])
    hands.settle()
    row = hands.row("model = lightgbm")
    other = hands.row("model = xgboost")
    assert hands.runs.color_index(row) != hands.runs.color_index(other)
    hands.click_name(other, EYE_AT)
    shown = set(hands.table.colors.shown())
    frame = hands.runs.frame
    assert shown <= set(frame.ids.take(hands.runs.group_rows(other)))
    assert len(shown) == hands.runs.child_count(other)
    assert {hands.runs.run_color(each) for each in shown} == {hands.runs.color_index(other)}
    hands.click_name(other, EYE_AT)
    assert not hands.table.colors.shown()


def nests_under_sort_and_filter(hands):
    hands.trigger("expand-all")
    depths = [hands.runs.depth(row) for row in range(hands.runs.rowCount())]
    assert set(depths) == {0, 1, 2}
    assert len(depths) == hands.loader.total
    for descending in (False, True):
        hands.click_header(RMSE)
        check_tree(hands, descending)
    hands.page.apply_filter("attributes.run_name LIKE 'fold-%'")
    hands.settle()
    assert hands.loader.matching == 3
    names = hands.names()
    context = [name for row, name in enumerate(names) if hands.runs.is_context(row)]
    assert context == ["optuna-sweep-04", "trial-031"]
    assert len(names) == 5
    hands.trigger("nested")
    assert sorted(hands.names()) == ["fold-0", "fold-1", "fold-2"]
    hands.trigger("nested")
    assert sorted(hands.names()) == sorted(names)


def check_tree(hands, descending):
    """Children stand below their parents, and brothers in the order of the sort."""
    frame, rows = hands.runs.frame, hands.runs.arrangement.rows
    column = frame.columns[RMSE]
    brothers = {}
    path = []
    for row, at in enumerate(rows):
        del path[hands.runs.depth(row) :]
        assert frame.parent[at] == (path[-1] if path else -1)
        path.append(at)
        if column.present[at] and not column.nan[at]:
            brothers.setdefault(int(frame.parent[at]), []).append(column.values[at])
    for values in brothers.values():
        assert values == sorted(values, reverse=descending)


def sums_children_up(hands):
    key = metric("val-mae")
    hands.show(titles.STATUS, key)
    row = hands.row("optuna-sweep-04")
    cell = hands.runs.cell(row, key)
    assert cell.summary
    assert cell.muted
    assert hands.runs.full_text(row, key) == "", "it is not the run's own value"
    mean = float(cell.text)
    hands.trigger("summary-low")
    assert float(hands.runs.cell(row, key).text) < mean


def selects_a_subtree(hands):
    hands.trigger("expand-all")
    hands.current("trial-031")
    hands.trigger("select-subtree")
    names = {hands.runs.name(hands.runs.row_of(each)) for each in hands.view.selected_ids()}
    assert names == {"trial-031", "fold-0", "fold-1", "fold-2"}
    hands.trigger("invert-selection")
    assert hands.view.selected_count() == hands.runs.rowCount() - 4
    assert not names & {
        hands.runs.name(hands.runs.row_of(each)) for each in hands.view.selected_ids()
    }
    hands.press(Key.Key_A, CTRL)
    assert hands.view.selected_count() == hands.runs.rowCount() == hands.loader.total
    assert hands.page.status()[1] == f"{hands.loader.total} selected"
    hands.trigger("invert-selection")
    assert hands.view.selected_count() == 0


def selects_a_range(hands):
    hands.click_name(1)
    hands.click_name(4, modifier=SHIFT)
    assert hands.view.selected_row_ranges() == [(1, 4)]
    driving.click(hands.view, hands.runs.index(7, 3), CTRL)
    assert hands.view.selected_row_ranges() == [(1, 4), (7, 7)]
    hands.press(Key.Key_Down)
    assert hands.view.selected_row_ranges() == [(8, 8)]
