"""Reading runs and their columns against raw sqlite3, and the memory that a frame takes.

Run on request: `python3 packaging/dev.py test -s tests/speed/bench_runs.py`. The stores are
RUNCASE_BENCH_S and so on, or are made by ../shared/bench in the system's temporary folder. Beside
each figure stands that of MLflow's own client where `.venv-interop` exists.
"""

import gc
import json
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pytest

from runcase.store import frame as frames
from runcase.store.engine import Store
from runcase.store.frame_sort import order_by_column
from runcase.store.records import ColumnKey, Kind, Lifecycle
from speed.stores import big_store

HERE = Path(__file__).parent
PEER = HERE.parents[1] / ".venv-interop" / "bin" / "python"
ROUNDS = 7
NEWEST_AT_MOST, COLUMNS_AT_MOST, MEMORY_AT_MOST, SORT_AT_MOST = 1.2, 1.5, 1.5, 1.5

NEWEST = """
    SELECT * FROM runs WHERE experiment_id = ? AND lifecycle_stage = 'active'
    ORDER BY start_time DESC, run_uuid LIMIT 100
"""
JOIN = """
    SELECT runs.run_uuid, {0}.key, {0}.value {1} FROM runs JOIN {0} ON {0}.run_uuid = runs.run_uuid
    WHERE runs.experiment_id = ? AND runs.lifecycle_stage = 'active'
"""


def fullest(path):
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as raw:
        sql = "SELECT experiment_id FROM runs GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
        return raw, raw.execute(sql).fetchone()[0]


def timed(*works):
    """Return the median seconds of each, taken in turns and warmed up once."""
    spent = [[] for _ in works]
    for _ in range(ROUNDS + 1):
        for work, times in zip(works, spent, strict=True):
            began = time.perf_counter()
            work()
            times.append(time.perf_counter() - began)
    return [statistics.median(times[1:]) for times in spent]


def say(what, ours, floor, at_most, peer=None):
    client = "" if peer is None else f"; MLflow's client {peer * 1000:.0f} ms"
    print(
        f"\n{what}: {ours * 1000:.1f} ms, raw {floor * 1000:.1f} ms, "
        f"ratio {ours / floor:.2f} (at most {at_most}){client}"
    )


def peer(path, experiment, most):
    """Return the median seconds of the client's search_runs, None where it is not installed."""
    if not PEER.exists():
        return None
    script = HERE / "search_runs.py"
    done = subprocess.run(
        [PEER, script, path, str(experiment), str(most)], check=True, capture_output=True, text=True
    )
    return float(done.stdout.split()[-1])


@pytest.mark.parametrize("size", ["S", "M", "L"])
def test_the_newest_100_runs(size):
    path = big_store(size)
    raw, experiment = fullest(path)
    store = Store.open(path)

    def floor():
        ids = [row[0] for row in raw.execute(NEWEST, (experiment,)).fetchall()]
        marks = ",".join("?" * len(ids))
        for table in ("latest_metrics", "params", "tags"):
            raw.execute(f"SELECT * FROM {table} WHERE run_uuid IN ({marks})", ids).fetchall()

    with store.read() as connection:
        keys = frames.keys(connection)

        def ours():
            found = frames.newest(connection, [str(experiment)], Lifecycle.ACTIVE)
            frames.load_rows(connection, found, range(len(found)), keys)

        medians = timed(ours, floor)
    say(f"newest 100 runs of {size}", *medians, NEWEST_AT_MOST, peer(path, experiment, 100))
    store.close()
    raw.close()


def test_all_40_columns():
    path = big_store("M")
    raw, experiment = fullest(path)
    store = Store.open(path)

    def floor():
        for table, more in (("latest_metrics", ", latest_metrics.is_nan"), ("params", "")):
            raw.execute(JOIN.format(table, more), (experiment,)).fetchall()

    with store.read() as connection:
        found = frames.load(connection, [str(experiment)], Lifecycle.ACTIVE)
        keys = [key for key in frames.keys(connection) if key.kind in (Kind.METRIC, Kind.PARAM)]

        def ours():
            found.forget(keys)
            frames.load_columns(connection, found, keys)

        medians = timed(ours, floor)
    what = f"{len(keys)} columns of {len(found):,} runs"
    say(what, *medians, COLUMNS_AT_MOST, peer(path, experiment, 50_000))
    store.close()
    raw.close()


def test_sorting_100_000_runs():
    import numpy as np

    store = Store.open(big_store("L"))
    with store.read() as connection:
        found = frames.load(connection, None, Lifecycle.ALL)
        metric, number = ColumnKey(Kind.METRIC, "accuracy"), ColumnKey(Kind.PARAM, "dropout")
        frames.load_columns(connection, found, [metric, number])
    values = found.columns[metric].values
    for key in (metric, number, ColumnKey(Kind.ATTRIBUTE, "run_name")):
        began = time.perf_counter()
        order_by_column(found, key, True)
        first = time.perf_counter() - began
        medians = timed(
            lambda key=key: order_by_column(found, key, True),
            lambda: np.argsort(values, kind="stable"),
        )
        print(f"\nfirst sort by {key.key}: {first * 1000:.1f} ms", end="")
        say(f"sort of {len(found):,} runs by {key.key}", *medians, SORT_AT_MOST)
    store.close()


def test_memory_of_a_frame():
    """A process of its own, since memory that others left free would hide what a frame takes."""
    done = subprocess.run(
        [sys.executable, str(HERE / "frame_memory.py"), str(big_store("XL"))],
        check=True,
        capture_output=True,
        text=True,
    )
    said = json.loads(done.stdout)
    ratio = said["taken"] / said["arrays"]
    print(
        f"\nframe of {said['runs']:,} runs with {said['columns']} columns: "
        f"{said['taken'] / 1e6:.0f} MB, its arrays {said['arrays'] / 1e6:.0f} MB, "
        f"ratio {ratio:.2f} (at most {MEMORY_AT_MOST}), "
        f"at the most {said['peak'] / 1e6:.0f} MB while reading"
    )
    gc.collect()
