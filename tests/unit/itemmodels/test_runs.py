"""The runs table: cells, and how it goes from one list of runs to the next without losing a row."""

import itertools
import math
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt

from frames import frame, metric, objects, text
from modeltest import watched
from runcase.itemmodels import columns
from runcase.itemmodels.arrangement import Wish, arrange
from runcase.itemmodels.runs import RunsModel
from runcase.itemmodels.selection import RunColors
from runcase.store.records import ColumnKey, Kind

LOSS = ColumnKey(Kind.METRIC, "loss")
LR = ColumnKey(Kind.PARAM, "lr")
NOW = int(datetime(2025, 3, 19, 12, tzinfo=UTC).timestamp() * 1000)


def with_ids(ids):
    """Make a frame whose runs have these ids, in this order."""
    runs = frame(len(ids))
    runs.ids = objects(ids)
    return runs


def shown(runs, model=None, **wish):
    if model is None:
        model = RunsModel(RunColors())
        model.now_ms = NOW
    model.show(runs, arrange(runs, Wish(model.columns, **wish)))
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
    model.expanded = frozenset({"0000"})
    with qtbot.waitSignal(model.rowsInserted), qtbot.assertNotEmitted(model.modelReset):
        shown(runs, model, expanded=model.expanded)
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


def test_columns_come_after_the_fixed_ones():
    model = RunsModel(RunColors())
    model.set_columns([LOSS, columns.STARTED, LR])
    assert model.columns == (*columns.FIXED, LOSS, LR)
    assert model.headerData(4, Qt.Orientation.Horizontal) == "loss"
    assert model.headerData(4, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole) == (
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
    model.set_columns([LOSS, LR])
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
    assert table.full_text(0, columns.DURATION) == "40 s"


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
