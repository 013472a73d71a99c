"""Sorting, filtering, scrolling, selecting and grouping the runs table, against the raw floor.

Run on request: `python3 packaging/dev.py test -s tests/speed/bench_table.py`. The stores are
RUNCASE_BENCH_L and RUNCASE_BENCH_XL, or are made by ../shared/bench in the system's temporary
folder (100,000 runs, 1.2 GB; 1,000,000 runs, 6.6 GB and 12 minutes).
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from runcase.itemmodels.arrangement import arrange
from runcase.itemmodels.wish import Wish
from runcase.store.frame_groups import GroupBy, group, moments
from runcase.store.records import ColumnKey, Kind
from runcase.store.search import parse
from speed.stores import big_store
from speed.table import Constants, new_model, read, repaint, say, shown, timed

HERE = Path(__file__).parent
ROUNDS = 15


@pytest.fixture(scope="module")
def large():
    """All 100,000 runs in one table, with the columns that the benchmarks need."""
    return read(big_store("L"), None, 20)


@pytest.fixture(scope="module")
def huge():
    """All runs of a store of a million, 950,000 of them active."""
    return read(big_store("XL"), None, 20)


def test_sort_by_a_loaded_column(large, theme, qtbot):
    frame, keys = large
    model = new_model()
    view = shown(theme, model, frame, keys)
    key = next(each for each in keys if each.kind is Kind.METRIC)
    values = frame.columns[key].values

    def sort(at):
        wish = Wish(model.columns, sort=((key, bool(at % 2)),))
        model.show(arrange(frame, wish, model.arrangement))
        repaint(view)

    def floor(_at):
        np.argsort(values, kind="stable")
        repaint(view)

    say("sort, 100 k runs", timed(sort), timed(floor), 3, "argsort + repaint")
    view.close()


def test_filter_of_three_clauses(large):
    frame, _keys = large
    text = "metrics.accuracy > 0.5 AND metrics.auc < 0.9 AND params.batch_size = '64'"
    needed = parse(text).columns()
    missing = [key for key in needed if key not in frame.columns]
    assert not missing, "these columns are not loaded"
    accuracy, auc = (frame.columns[ColumnKey(Kind.METRIC, k)].values for k in ("accuracy", "auc"))
    sizes = frame.columns[ColumnKey(Kind.PARAM, "batch_size")]
    code = sizes.find("64")

    def ours(_at):
        return np.flatnonzero(parse(text).mask(frame))

    def floor(_at):
        return np.flatnonzero((accuracy > 0.5) & (auc < 0.9) & (sizes.codes == code))

    assert np.array_equal(ours(0), floor(0))
    say("filter, 100 k runs", timed(ours, ROUNDS), timed(floor, ROUNDS), 5, "numpy masks")


def test_group_by_two_params(large):
    import polars

    frame, _keys = large
    keys = [ColumnKey(Kind.PARAM, "batch_size"), ColumnKey(Kind.PARAM, "augment")]
    metric = ColumnKey(Kind.METRIC, "accuracy")
    rows = np.arange(len(frame))

    def ours(_at):
        groups = group(frame, [GroupBy(key) for key in keys], rows)
        return moments(frame, groups, metric)

    names = [key.key for key in keys]
    columns = {key.key: _texts(frame.columns[key]) for key in keys}
    values = frame.columns[metric].values
    table = polars.DataFrame({**columns, "value": values}).with_columns(
        polars.col("value").fill_nan(None)
    )

    def floor(_at):
        value = polars.col("value")
        return table.group_by(names).agg(value.mean().alias("mean"), value.std().alias("std"))

    say("group by two params, 100 k runs", timed(ours), timed(floor), 3, "polars")


def test_a_scroll_step(huge, theme, qtbot):
    frame, keys = huge
    times = []
    for kind in (type(new_model()), Constants):
        view = shown(theme, new_model(kind), frame, keys, nested=False)
        bar = view.verticalScrollBar()

        def step(at, view=view, bar=bar):
            bar.setValue(bar.value() + 26 * 7 + at % 3)
            repaint(view)

        times.append(timed(step, 60))
        view.close()
    say(f"scroll step, {len(frame):,} runs, 20 columns", times[0], times[1], 1.5, "constant model")


def test_select_all(huge, theme, qtbot):
    frame, keys = huge
    view = shown(theme, new_model(), frame, keys, nested=False)

    def select(_at):
        view.clearSelection()
        view.selectAll()
        assert view.selected_count() == len(frame)
        QApplication.processEvents()

    say(
        f"select all, {len(frame):,} rows",
        timed(select),
        timed(lambda _at: repaint(view)),
        3,
        "repaint",
    )
    view.close()


def test_memory_with_ten_columns():
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(HERE.parents[1] / "app")}
    done = subprocess.run(
        [sys.executable, str(HERE / "memory.py"), str(big_store("XL"))],
        env=env,
        check=True,
        capture_output=True,
        text=True,
        timeout=600,
    )
    print(f"\nmemory, 700 k runs, ten columns: {done.stdout.strip()} (at most 600 MB)")


def _texts(column):
    return [column.text(row) for row in range(len(column.codes))]
