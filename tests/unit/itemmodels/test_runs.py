"""The runs table: cells, and how it goes from one list of runs to the next without losing a row."""

import itertools
import math
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt

from frames import datasets, frame, metric, text
from modeltest import watched
from runcase.itemmodels import columns
from runcase.itemmodels.arrangement import arrange
from runcase.itemmodels.runs import RunsModel
from runcase.itemmodels.selection import RunColors
from runcase.itemmodels.wish import Wish
from runcase.local.records import Mark
from runcase.store.frame import RunIds
from runcase.store.frame_groups import GroupBy
from runcase.store.records import ColumnKey, Kind

LOSS = ColumnKey(Kind.METRIC, "loss")
LR = ColumnKey(Kind.PARAM, "lr")
NOW = int(datetime(2025, 3, 19, 12, tzinfo=UTC).timestamp() * 1000)


def with_ids(ids):
    """Make a frame whose runs have these ids, in this order."""
    runs = frame(len(ids))
    runs.ids = RunIds(ids)
    return runs


def shown(runs, model=None, **wish):
    if model is None:
        model = RunsModel(RunColors())
        model.now_ms = NOW
    model.show(arrange(runs, Wish(model.columns, **wish)))
    return model


def ids(model):
    return [model.run_id(row) for row in range(model.rowCount())]


run_ids = st.lists(st.sampled_from("abcdefghijkl"), unique=True)


@given(st.lists(run_ids, min_size=2, max_size=5))
@example([list("abc"), list("cab"), list("dca"), [], list("ab")])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_rows_that_stay_keep_their_indexes_and_their_selection(qtlog, lists):
    model = shown(with_ids(lists[0]))
    selection = QItemSelectionModel(model)
    with watched(model, qtlog):
        for before, after in itertools.pairwise(lists):
            kept = {
                run: QPersistentModelIndex(model.index(row, row % 4))
                for row, run in enumerate(before)
            }
            flags = QItemSelectionModel.SelectionFlag
            selection.clear()
            for row in range(0, len(before), 2):
                whole = flags.Select | flags.Rows
                selection.select(model.index(row, 0), whole)
            shown(with_ids(after), model)
            assert ids(model) == after
            for row, run in enumerate(before):
                index = kept[run]
                assert index.isValid() == (run in after)
                if index.isValid():
                    assert index.row() == after.index(run)
                    assert index.column() == row % 4
            chosen = {ids(model)[index.row()] for index in selection.selectedRows()}
            assert chosen == set(before[::2]) & set(after)


def test_many_scattered_changes_are_one_reset(qtbot):
    model = shown(with_ids([str(at) for at in range(400)]))
    with qtbot.waitSignal(model.modelReset):
        shown(with_ids([str(at) for at in range(0, 400, 2)]), model)
    assert model.rowCount() == 200


def test_the_same_runs_are_only_redrawn(qtbot):
    model = shown(with_ids(list("ab")))
    with (
        qtbot.waitSignal(model.dataChanged) as changed,
        qtbot.assertNotEmitted(model.modelReset),
        qtbot.assertNotEmitted(model.layoutChanged),
    ):
        shown(with_ids(list("ab")), model)
    first, last = changed.args[:2]
    assert (first.row(), last.row(), last.column()) == (0, 1, 3)


def test_folding_and_unfolding_moves_rows_only(qtbot, qtmodeltester):
    runs = frame(4, parents=[-1, 0, 0, -1])
    model = shown(runs)
    qtmodeltester.check(model)
    below = QPersistentModelIndex(model.index(1, 0))
    with qtbot.waitSignal(model.rowsInserted), qtbot.assertNotEmitted(model.modelReset):
        shown(runs, model, expanded=frozenset({"0000"}))
    assert ids(model) == ["0000", "0001", "0002", "0003"]
    assert below.row() == 3
    assert [model.depth(row) for row in range(4)] == [0, 1, 1, 0]
    assert model.child_count(0) == 2
    assert model.is_expanded(0)
    assert model.row_of("0002") == 2
    with qtbot.waitSignal(model.rowsRemoved):
        shown(runs, model, expanded=frozenset())
    assert model.row_of("0002") is None
    assert below.row() == 1


def test_the_name_is_always_there_and_first():
    model = RunsModel(RunColors())
    model.set_columns([LOSS, columns.NAME, columns.STARTED, LR, LOSS])
    assert model.columns == (columns.NAME, LOSS, columns.STARTED, LR)
    assert model.headerData(1, Qt.Orientation.Horizontal) == "loss"
    assert model.headerData(1, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole) == (
        "metrics.loss"
    )
    assert model.headerData(99, Qt.Orientation.Horizontal) is None


@pytest.fixture
def table(qapp):
    runs = frame(
        5,
        {
            LOSS: metric([0.25, 1.0, math.nan, None, -math.inf]),
            LR: text(["0.0003", None, "1e-3", "2\n3", "5"]),
        },
        starts=[NOW - 240_000, NOW - 60_000, None, NOW - 5000, NOW],
        ends=[NOW - 200_000, None, None, NOW - 9000, NOW],
        statuses=["FINISHED", "RUNNING", "SCHEDULED", "KILLED", "RUNNING"],
        names=["first", "", "two\nlines", "back", "e"],
    )
    model = RunsModel(RunColors())
    model.now_ms = NOW
    model.set_columns([*columns.DEFAULT, LOSS, LR])
    return shown(runs, model)


def cells(model, key):
    return [model.cell(row, key) for row in range(model.rowCount())]


def test_metric_cells(table, qtmodeltester):
    qtmodeltester.check(table)
    found = cells(table, LOSS)
    assert [cell.text for cell in found] == ["0.2500", "1.0000", "NaN", "—", "−∞"]
    assert [cell.fraction for cell in found] == [0, 1, -1, -1, -1]
    assert [cell.best for cell in found] == [True, False, False, False, False]
    assert [cell.warn for cell in found] == [False, False, True, False, True]
    assert [cell.muted for cell in found] == [False, False, False, True, False]
    assert all(cell.right for cell in found)


def test_a_cell_that_was_not_read_yet_is_empty_and_not_missing(table):
    table.frame.columns[LOSS].complete = False
    assert table.cell(3, LOSS).text == ""
    assert table.cell(0, ColumnKey(Kind.METRIC, "another")).text == ""


def test_param_cells_are_verbatim(table):
    assert [cell.text for cell in cells(table, LR)] == ["0.0003", "—", "1e-3", "2⏎3", "5"]
    assert table.full_text(3, LR) == "2\n3"
    assert table.full_text(1, LR) == ""


def test_time_cells(table):
    started = [cell.text for cell in cells(table, columns.STARTED)]
    assert started == ["4 min ago", "1 min ago", "—", "just now", "just now"]
    durations = cells(table, columns.DURATION)
    assert [cell.text for cell in durations] == ["40 s", "1m 00s", "—", "−4.00 s", "0 ms"]
    assert [cell.warn for cell in durations] == [False, False, False, True, False]
    assert table.full_text(0, columns.STARTED) == str(NOW - 240_000)
    assert table.full_text(2, columns.STARTED) == ""


def test_names(table):
    assert [cell.text for cell in cells(table, columns.NAME)] == [
        "first",
        "0001",
        "two⏎lines",
        "back",
        "e",
    ]


def test_what_is_copied_is_exact(table):
    assert [table.full_text(row, LOSS) for row in range(5)] == ["0.25", "1.0", "NaN", "", "-inf"]
    assert table.full_text(0, columns.NAME) == "first"
    assert table.full_text(0, columns.STATUS) == "FINISHED"
    assert table.full_text(0, columns.DURATION) == "40000"


def test_ids_are_shortened_on_screen_only():
    run_id = ColumnKey(Kind.ATTRIBUTE, "run_id")
    whole = "0123456789abcdef0123456789abcdef"
    table = shown(with_ids([whole]))
    assert table.cell(0, run_id).text == "01234567…cdef"
    assert table.full_text(0, run_id) == whole


def test_what_a_screen_reader_says(table):
    def said(row, key):
        index = table.index(row, table.columns.index(key))
        return index.data(Qt.ItemDataRole.AccessibleTextRole)

    assert said(0, columns.NAME) == "run first, not shown in charts"
    table.colors.show(["0000"])
    assert said(0, columns.NAME) == "run first, shown in charts"
    assert said(1, columns.STATUS) == "status running"
    assert said(0, LOSS) == "loss 0.2500, best of 5"


def test_a_tip_holds_what_the_cell_cannot(table):
    def tip(row, key):
        return table.index(row, table.columns.index(key)).data(Qt.ItemDataRole.ToolTipRole)

    assert tip(0, columns.NAME) == "first\n0000"
    assert tip(0, columns.STATUS) == "FINISHED"
    assert tip(2, columns.STARTED) == "not recorded"
    assert "UTC" in tip(0, columns.STARTED)
    assert tip(0, LOSS) == "0.25"


def test_a_model_without_runs_has_nothing_to_say(qtmodeltester):
    model = RunsModel(RunColors())
    qtmodeltester.check(model)
    assert model.rowCount() == 0
    assert model.row_of("x") is None
    assert model.data(QModelIndex()) is None
    assert model.flags(QModelIndex()) == Qt.ItemFlag.NoItemFlags
    assert model.full_text(0, LOSS) == ""
    shown(frame(0), model)
    assert model.rowCount() == 0


def test_ten_thousand_runs_sort_without_a_reset(qtbot):
    names = [f"{at:05}" for at in range(10_000)]
    model = shown(with_ids(names))
    kept = QPersistentModelIndex(model.index(7, 0))
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.layoutChanged):
        shown(with_ids(names[::-1]), model)
    assert kept.row() == 9_992


def test_very_many_runs_are_redrawn_when_they_are_the_same_and_reset_when_not(qtbot):
    names = [f"{at:06}" for at in range(50_001)]
    model = shown(with_ids(names))
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.dataChanged):
        shown(with_ids(names), model)
    with qtbot.waitSignal(model.modelReset):
        shown(with_ids(names[::-1]), model)
    assert model.run_id(0) == names[-1]


@pytest.fixture
def grouped(qapp):
    runs = frame(
        4,
        {
            LOSS: metric([0.25, 0.75, 1.5, None]),
            LR: text(["0.1", "0.1", "0.2", None]),
            ColumnKey(Kind.DATASET, "name"): datasets([("iris",), ("iris",), ("wine",), ()]),
        },
        statuses=["FINISHED", "FAILED", "FINISHED", "FINISHED"],
    )
    model = RunsModel(RunColors())
    data = ColumnKey(Kind.DATASET, "name")
    model.set_columns([columns.STATUS, columns.DURATION, LOSS, LR, data])
    return shown(runs, model, groups=(GroupBy(LR),), open_groups=frozenset({("0.1",)}))


def test_groups_are_rows_with_values_of_their_own(grouped, qtmodeltester):
    qtmodeltester.check(grouped)
    assert [grouped.name(row) for row in range(5)] == [
        "lr = 0.1",
        "0000",
        "0001",
        "lr = 0.2",
        "no lr",
    ]
    assert [grouped.is_group(row) for row in range(5)] == [True, False, False, True, True]
    assert ids(grouped) == ["", "0000", "0001", "", ""]
    first = grouped.cell(0, LOSS)
    assert (first.text, first.after, first.summary) == ("0.5000", "± 0.3536", True)
    assert grouped.cell(3, LOSS).after == ""
    assert grouped.cell(4, LOSS).text == "—"
    assert [grouped.cell(row, columns.STATUS).text for row in (0, 3)] == ["mixed", "FINISHED"]
    assert grouped.cell(0, ColumnKey(Kind.DATASET, "name")).text == "iris"
    assert grouped.child_count(0) == 2
    assert (grouped.is_expanded(0), grouped.is_expanded(3)) == (True, False)


def test_what_a_screen_reader_says_of_groups(grouped):
    def said(row, key):
        index = grouped.index(row, grouped.columns.index(key))
        return index.data(Qt.ItemDataRole.AccessibleTextRole)

    assert said(0, columns.NAME) == "group lr = 0.1, 2 runs, open"
    assert said(0, LOSS) == "loss of the runs below 0.5000 ± 0.3536"
    tip = grouped.index(0, grouped.columns.index(LOSS)).data(Qt.ItemDataRole.ToolTipRole)
    assert "median 0.5000" in tip
    assert tip.endswith("best run 0000")


def test_runs_in_a_group_have_its_colour(grouped):
    grouped.colors.show(["0001", "0002"])
    assert [grouped.color_index(row) for row in range(5)] == [0, None, 0, 1, 2]
    assert grouped.run_color("0002") == 1


def test_groups_open_and_close_as_a_difference(grouped, qtbot):
    runs = grouped.frame
    with qtbot.waitSignal(grouped.rowsInserted), qtbot.assertNotEmitted(grouped.modelReset):
        shown(runs, grouped, groups=(GroupBy(LR),), open_groups=None)
    assert ids(grouped) == ["", "0000", "0001", "", "0002", "", "0003"]


def test_marks_are_said(table):
    table.marks = {"0000": Mark(star=True, pin=True, note="keep\nthis")}
    index = table.index(0, 0)
    said = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "run first, not shown in charts, pinned, starred"
    assert index.data(Qt.ItemDataRole.ToolTipRole) == "first\n0000\n\nkeep\nthis"


def test_a_parent_without_a_value_shows_that_of_its_children(qapp):
    runs = frame(3, {LOSS: metric([None, 0.5, 1.5])}, parents=[-1, 0, 0])
    model = RunsModel(RunColors())
    model.set_columns([LOSS])
    shown(runs, model)
    cell = model.cell(0, LOSS)
    assert (cell.text, cell.muted, cell.summary) == ("1.000", True, True)


def test_where_runs_come_from_is_said_by_name():
    runs = frame(1)
    model = shown(runs)
    model.experiments = {"0": "Default"}
    assert model.cell(0, columns.EXPERIMENT).text == "Default"
