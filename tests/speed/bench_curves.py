"""Histories, reduction and drawing of curves, each beside the least that does the same.

Run on request: `python3 packaging/dev.py test -s tests/speed/bench_curves.py`. The C floor is
../shared/bench/floor.c, compiled here; what it needs and is not there (a C compiler, SQLite's
headers, tsdownsample) skips with that reason.
"""

import gc
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor

from runcase.curves.combine import Curve
from runcase.curves.drawing import View, Window, prepare, reduce_lines
from runcase.store import metric_updates
from runcase.store.engine import Store
from runcase.store.metrics import histories, history
from shared import shared
from speed.stores import big_store

HERE = Path(__file__).parent
PEER = HERE.parents[1] / ".venv-interop" / "bin" / "python"
ROUNDS = 5
WHOLE_AT_MOST, SAMPLE_AT_MOST, REDUCE_AT_MOST = 3.0, 0.2, 2.5
FRAME_AT_MOST, OVERLAY_AT_MOST, MANY_AT_MOST = 1.3, 2.0, 5.0
PLOT = (1200, 700)


def timed(*works, rounds=ROUNDS):
    """Return the median seconds of each, taken in turns and warmed up once."""
    spent = [[] for _ in works]
    for _ in range(rounds + 1):
        for work, times in zip(works, spent, strict=True):
            began = time.perf_counter()
            work()
            times.append(time.perf_counter() - began)
    return [statistics.median(times[1:]) for times in spent]


def say(what, ours, floor, name, at_most):
    print(
        f"\n{what}: {ours * 1000:.1f} ms, {name} {floor * 1000:.1f} ms, "
        f"ratio {ours / floor:.2f} (at most {at_most})"
    )


@pytest.fixture(scope="module")
def long():
    """The first history of LONG: its database, run and key."""
    path = big_store("LONG")
    raw = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    run, key = raw.execute("SELECT run_uuid, key FROM latest_metrics LIMIT 1").fetchone()
    raw.close()
    return path, run, key


@pytest.fixture(scope="module")
def c_floor(tmp_path_factory):
    """Seconds that C takes for a history."""
    if shutil.which("gcc") is None:
        pytest.skip("there is no C compiler")
    program = tmp_path_factory.mktemp("floor") / "floor"
    source = shared("bench", "floor.c")
    made = subprocess.run(["gcc", "-O2", source, "-lsqlite3", "-o", program], check=False)
    if made.returncode:
        pytest.skip("SQLite's headers are not here")

    def measure(path, run, key):
        done = subprocess.run(
            [program, path, "history", run, key], check=True, capture_output=True, text=True
        )
        return float(done.stdout.split("median")[1].split()[0]) / 1000

    return measure


def test_a_million_points_into_arrays(long, c_floor):
    path, run, key = long
    store = Store.open(path)
    with store.read() as connection:
        before = c_floor(path, run, key)
        (ours,) = timed(lambda: history(connection, run, key))
        floor = (before + c_floor(path, run, key)) / 2
        points = len(history(connection, run, key))
    say(f"{points:,} points, chunked", ours, floor, "C", WHOLE_AT_MOST)
    store.close()


def test_a_first_look_at_a_long_history(long, c_floor):
    path, run, key = long
    store = Store.open(path)
    with store.read() as connection:

        def look():
            assert metric_updates.is_long(connection, run, key)
            curve_of(metric_updates.sample(connection, run, key))

        (ours,) = timed(look)
    say("first look at them", ours, c_floor(path, run, key), "C", SAMPLE_AT_MOST)
    store.close()


def test_mlflows_client(long):
    if not PEER.exists():
        pytest.skip(".venv-interop is not there")
    done = subprocess.run(
        [PEER, HERE / "metric_history.py", *map(str, long)],
        check=True,
        capture_output=True,
        text=True,
    )
    print(f"\nMLflow's client, the same history: {done.stdout.strip()}")


def curve_of(found):
    x = found.step.astype(float)
    return Curve(found.run_id, found.key, x, found.value, found.step, found.timestamp)


def synthetic(count, points):
    rng = np.random.default_rng(5)
    step = np.arange(points)
    x = step.astype(float)
    return [
        Curve(str(at), "k", x, rng.normal(size=points).cumsum(), step, step) for at in range(count)
    ]


def test_reducing_100_curves_at_a_zoom():
    downsampler = pytest.importorskip("tsdownsample").MinMaxDownsampler()
    curves = synthetic(100, 1_000_000)
    prepared = prepare(curves, View())
    pixels = PLOT[0]
    ours, floor = timed(
        lambda: reduce_lines(prepared, Window(0, 999_999, pixels)),
        lambda: [downsampler.downsample(c.x, c.y, n_out=2 * pixels) for c in curves],
    )
    say("100 × 1 M points reduced", ours, floor, "tsdownsample", REDUCE_AT_MOST)


@pytest.fixture
def draws(theme, jobs):
    """Draws curves in a plain pyqtgraph plot, and in ours."""
    return Draws(theme, jobs)


class Draws:
    def __init__(self, theme, jobs):
        self._theme, self._jobs = theme, jobs

    def plain(self, pairs):
        """Return a pyqtgraph plot of ready-made curves, one item each."""
        import pyqtgraph as pg

        plot = pg.PlotWidget()
        plot.resize(*PLOT)
        for at, (x, y) in enumerate(pairs):
            item = pg.PlotDataItem(x, y, pen=pg.mkPen(pg.intColor(at)), skipFiniteCheck=True)
            plot.addItem(item)
        plot.grab()
        return plot, plot.getPlotItem().getViewBox()

    def ours(self, prepared):
        """Return a line chart that shows these lines."""
        from runcase.curves.chart import Chart, ChartKind, Role
        from runcase.ui.plots.chart_view import CurveStyle
        from runcase.ui.plots.line_chart import LineChart

        chart = LineChart(self._theme, self._jobs, Chart("c", ChartKind.LINE, {Role.Y: ("k",)}))
        chart.canvas.plot.resize(*PLOT)
        chart.resize(PLOT[0] + 12, PLOT[1] + 4)
        chart.styles = {
            line.run_id: CurveStyle(line.run_id, QColor(self._theme.run_color(at)))
            for at, line in enumerate(prepared.lines)
        }
        low, high = prepared.x_range()
        ys = [float(line.y.max()) for line in prepared.lines]
        chart.prepared = prepared
        chart.grab()
        chart.canvas.box.setRange(xRange=(low, high), yRange=(-max(ys), max(ys)), padding=0)
        show(chart, prepared)
        chart.grab()
        return chart, chart.canvas.box


def show(chart, prepared):
    """Draw lines as a job of the chart would."""
    from runcase.ui.plots.line_picture import picture_of

    drawn = reduce_lines(prepared, chart._seen())
    looks = chart._paint.looks_now()
    chart._paint.show(drawn, picture_of(drawn, looks, chart.canvas.pixels()))


def panned(widget, box):
    def frame():
        box.translateBy(x=(box.viewRange()[0][1] - box.viewRange()[0][0]) * 0.01)
        widget.grab()

    return frame


def test_a_pan_of_100_curves_of_a_million_points(draws):
    prepared = prepare(synthetic(100, 1_000_000), View())
    chart, box = draws.ours(prepared)
    x = np.arange(2_400.0) * (1_000_000 / 2_400)
    ready = [(x, line.y[:: len(line.y) // 2_400][:2_400]) for line in prepared.lines]
    plain, plain_box = draws.plain(ready)
    ours, floor = timed(panned(chart, box), panned(plain, plain_box), rounds=15)
    say("pan of 100 × 1 M points, a frame", ours, floor, "ready-made curves", FRAME_AT_MOST)


def test_1_000_curves_in_one_chart(draws):
    import pyqtgraph as pg

    curves = synthetic(1_000, 1_000)
    prepared = prepare(curves, View())
    chart, box = draws.ours(prepared)
    shown = [each for each in chart.drawn_lines() if len(each.x)]
    plot = pg.PlotWidget()
    plot.resize(*PLOT)
    join = np.concatenate([np.append(np.ones(len(e.x) - 1, np.int32), 0) for e in shown])
    x, y = (np.concatenate([getattr(e, name) for e in shown]) for name in ("x", "y"))
    plot.addItem(pg.PlotDataItem(x, y, connect=join, skipFiniteCheck=True))
    plot.grab()
    one = plot.getPlotItem().getViewBox()
    ours, floor = timed(panned(chart, box), panned(plot, one), rounds=10)
    say("1,000 curves, a frame", ours, floor, "one item of their points", MANY_AT_MOST)


def test_an_overlay_of_100_short_curves(draws):
    path = big_store("S")
    raw = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    (key,) = raw.execute("SELECT key FROM latest_metrics LIMIT 1").fetchone()
    runs = [
        run
        for (run,) in raw.execute(
            "SELECT run_uuid FROM latest_metrics WHERE key = ? LIMIT 100", (key,)
        )
    ]
    store = Store.open(path)
    sql = (
        "SELECT step, timestamp, value, is_nan FROM metrics "
        "WHERE run_uuid = ? AND key = ? ORDER BY step"
    )
    with store.read() as connection:
        found = histories(connection, [(run, key) for run in runs])
        prepared = prepare([curve_of(each) for each in found], View())
        chart, _ = draws.ours(prepared)
        plain, _ = draws.plain([(line.x, line.y) for line in prepared.lines])

        def ours():
            fresh = histories(connection, [(run, key) for run in runs])
            lines = prepare([curve_of(each) for each in fresh], View())
            show(chart, lines)
            chart.grab()

        def query():
            for run in runs:
                raw.execute(sql, (run, key)).fetchall()

        mine, rows, draw = timed(ours, query, plain.grab)
    what = f"{len(runs)} short curves, query to pixels"
    say(what, mine, rows + draw, "sqlite3 + draw", OVERLAY_AT_MOST)
    store.close()
    raw.close()
    gc.collect()
    sys.stdout.flush()
