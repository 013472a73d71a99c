"""What charts draw, for ordinary runs and for all the odd ones; and that their scripts run."""

import itertools
import os
import subprocess
import sys

import numpy as np
import pytest

from runcase.curves.chart import Chart, ChartKind, Role
from runcase.curves.figures.bars import bars
from runcase.curves.figures.box import boxes
from runcase.curves.figures.columns import as_numbers
from runcase.curves.figures.contour import contour
from runcase.curves.figures.correlation import correlation
from runcase.curves.figures.heat import heat
from runcase.curves.figures.histogram import histogram
from runcase.curves.figures.importance import importance
from runcase.curves.figures.parallel import in_brushes, parallel
from runcase.curves.figures.scatter import scatter
from runcase.curves.scripts.bars import bars_script
from runcase.curves.scripts.box import box_script
from runcase.curves.scripts.contour import contour_script
from runcase.curves.scripts.correlation import correlation_script
from runcase.curves.scripts.heat import heat_script
from runcase.curves.scripts.histogram import histogram_script
from runcase.curves.scripts.importance import importance_script
from runcase.curves.scripts.parallel import parallel_script
from runcase.curves.scripts.scatter import scatter_script
from runcase.curves.scripts.writing import Look
from runcase.progress import Progress
from tables import numbers, sweep, table, texts

X, Y, Z, COLOR, SIZE, AXES = Role.X, Role.Y, Role.Z, Role.COLOR, Role.SIZE, Role.AXES
ACCURACY, LOSS, LR, OPTIMIZER = "metric:accuracy", "metric:val/loss", "param:lr", "param:optimizer"
START, BATCH = "attribute:start_time", "param:batch_size"


def chart(kind, columns, **options):
    as_tuples = {role: (v,) if isinstance(v, str) else tuple(v) for role, v in columns.items()}
    return Chart("c", kind, as_tuples, options)


def test_a_scatter_places_runs_and_counts_those_without_a_value():
    runs = sweep()
    found = scatter(chart(ChartKind.SCATTER, {X: LR, Y: ACCURACY}, log_x=True, fit="curve"), runs)
    assert found.missing == 2  # one NaN, one infinity
    there = np.isfinite(found.px) & np.isfinite(found.py)
    assert found.px[there] == pytest.approx(np.log10(runs.columns[LR].numbers[there]))
    line_x, line_y = found.line
    assert line_x[0] == found.px[there].min()
    assert line_y.argmax() not in (0, len(line_y) - 1)  # the parabola it was made of
    assert not found.is_eta


def test_texts_lie_beside_each_other_always_in_the_same_way():
    runs = sweep()
    spec = chart(ChartKind.SCATTER, {X: OPTIMIZER, Y: ACCURACY, COLOR: LOSS, SIZE: BATCH})
    found = scatter(spec, runs)
    assert (np.abs(found.px - runs.columns[OPTIMIZER].codes) <= 0.25).all()
    assert found.px.tolist() == scatter(spec, runs).px.tolist()
    assert found.is_eta
    assert np.nanmin(found.shares) == 0.0
    assert np.nanmax(found.shares) == 1.0
    assert np.isnan(found.shares[5])
    assert set(found.sizes.round(3)) <= {0.0, 0.143, 0.429, 1.0}
    assert len(found.line[0]) == 0


def test_contours_are_linear_between_runs_and_nothing_lies_around_them():
    x, y = (np.repeat([0.0, 1.0, 2.0, 3.0], 3), np.tile([10.0, 20.0, 30.0], 4))
    runs = table(
        numbers("metric:x", [*x, 5.0]), numbers("metric:y", [*y, 50.0]),
        numbers("metric:z", [*(2 * x + y), None]),
    )  # fmt: skip
    found = contour(chart(ChartKind.CONTOUR, {X: "metric:x", Y: "metric:y", Z: "metric:z"}), runs)
    assert found.missing == 1
    assert found.value_at(1.3, 24.0) == pytest.approx(26.6)
    assert np.isnan(found.value_at(3.5, 20.0))
    assert np.isnan(found.value_at(5.0, 50.0))
    assert [level for level, _ in found.lines] == [15.0, 20.0, 25.0, 30.0, 35.0]
    for level, lines in found.lines:
        assert lines
        for line in lines:
            assert 2 * line[:, 0] + line[:, 1] == pytest.approx(level)
    assert [(band.low, band.high) for band in found.bands][::5] == [(10.0, 15.0), (35.0, 36.0)]
    # The bands cover the square of all runs, each its part.
    assert sum(area(*each) for band in found.bands for each in band.areas) == pytest.approx(60.0)
    assert len(found.hull) == 10


def area(points, offsets):
    rings = [points[a:b] for a, b in itertools.pairwise(offsets)]
    sums = [np.sum(r[:-1, 0] * r[1:, 1] - r[1:, 0] * r[:-1, 1]) / 2 for r in rings]
    return abs(sums[0]) - sum(abs(each) for each in sums[1:])


def test_runs_at_one_place_count_with_their_mean_and_too_many_are_averaged():
    spec = chart(ChartKind.CONTOUR, {X: "metric:x", Y: "metric:y", Z: "metric:z"})
    corners = [
        [0.1 + 0.2, 0.3, 1.0, 1.0, 0.3],
        [0.0, 0.0, 0.0, 1.0, 1.0],
        [1.0, 3.0, 4.0, 5.0, 6.0],
    ]
    names = ("metric:x", "metric:y", "metric:z")
    found = contour(spec, table(*map(numbers, names, corners)))
    assert len(found.surface.x) == 4
    assert found.value_at(0.3, 0.0) == pytest.approx(2.0)
    many = np.random.default_rng(3).random((3, 3_000))
    found = contour(spec, table(*map(numbers, names, many)))
    assert found.is_thinned
    assert 1_000 < len(found.surface.x) <= 37 * 37
    in_line = contour(spec, table(*map(numbers, names, [many[0], many[0] * 2, many[2]])))
    assert not in_line.bands


def test_brushes_on_several_axes_combine_with_and():
    runs = table(numbers("metric:a", [0.0, 1.0, 2.0, None]), texts("param:b", ["x", "y", "x", "x"]))
    found = parallel(chart(ChartKind.PARALLEL, {AXES: ["metric:a", "param:b"]}), runs)
    assert found.incomplete == 1
    a, b = found.axes
    assert a.shares[:3].tolist() == [0.0, 0.5, 1.0]
    assert b.shares.tolist() == [0.75, 0.25, 0.75, 0.75]  # the first text at the top
    inside = in_brushes(found.axes, {"metric:a": (0.4, 1.0), "param:b": (0.6, 0.9)})
    assert inside.tolist() == [False, False, True, False]
    turned = parallel(chart(ChartKind.PARALLEL, {AXES: ["metric:a"]}, inverted=["metric:a"]), runs)
    assert turned.axes[0].shares[:3].tolist() == [1.0, 0.5, 0.0]


def test_too_many_axes_are_left_out_and_counted():
    names = [f"metric:{at}" for at in range(2_000)]
    found = parallel(chart(ChartKind.PARALLEL, {AXES: names}), sweep())
    assert len(found.axes) + found.left_out == 2_000


def test_boxes_are_the_categories():
    runs = sweep()
    found = boxes(chart(ChartKind.BOX, {X: OPTIMIZER, Y: ACCURACY}), runs)
    assert found.groups.labels == ("adamw", "lion", "sgd")
    assert sum(each.count for each in found.spreads) + found.missing == len(runs)
    adamw = runs.columns[ACCURACY].numbers[runs.columns[OPTIMIZER].codes == 0]
    assert found.spreads[0].median == pytest.approx(np.median(adamw[np.isfinite(adamw)]))
    whole = boxes(chart(ChartKind.BOX, {Y: ACCURACY}, violin=True), runs)
    assert whole.groups.labels == ("all runs",)
    assert len(whole.outlines) == 1


def test_bars_are_sorted_and_means_have_deviations():
    runs = table(numbers("metric:a", [2.0, None, 3.0, 1.0]), texts("param:b", ["x", "x", "y", "x"]))
    single = bars(chart(ChartKind.BAR, {Y: "metric:a"}), runs)
    assert single.labels == ("run 2", "run 0", "run 3")
    assert single.missing == 1
    upwards = bars(chart(ChartKind.BAR, {Y: "metric:a"}, ascending=True), runs)
    assert upwards.values.tolist() == [1.0, 2.0, 3.0]
    means = bars(chart(ChartKind.BAR, {Y: "metric:a", X: "param:b"}), runs)
    assert means.labels == ("y", "x")
    assert means.values.tolist() == [3.0, 1.5]
    assert means.errors.tolist() == pytest.approx([np.nan, 0.5**0.5], nan_ok=True)
    assert means.counts.tolist() == [1, 2]


def test_a_heat_map_takes_texts_and_numbers():
    runs = sweep()
    found = heat(chart(ChartKind.HEAT, {X: OPTIMIZER, Y: BATCH, Z: ACCURACY}), runs)
    assert found.mean.shape == (4, 3)
    assert found.count.sum() + found.missing == len(runs)
    counted = heat(chart(ChartKind.HEAT, {X: LOSS, Y: ACCURACY}), runs)
    assert counted.z.title == "runs"
    assert counted.count.sum() + counted.missing == len(runs)


def test_a_histogram_stacks_its_groups():
    runs = sweep()
    found = histogram(chart(ChartKind.HISTOGRAM, {X: ACCURACY, COLOR: OPTIMIZER}), runs)
    assert found.counts.sum() == len(runs) - 2 == len(runs) - found.missing
    assert found.counts.shape[0] == 3
    gaps = histogram(chart(ChartKind.HISTOGRAM, {X: LOSS, COLOR: "param:weight_decay"}), runs)
    assert gaps.groups.labels[-1] == "not logged"
    names = histogram(chart(ChartKind.HISTOGRAM, {X: OPTIMIZER}), runs)
    assert names.counts.sum() == len(runs)


def test_a_matrix_is_of_params_and_metrics():
    names = [LR, OPTIMIZER, ACCURACY, LOSS]
    found = correlation(chart(ChartKind.CORRELATION, {AXES: names}), sweep(), Progress())
    assert (found.rows, found.columns) == ((LR, OPTIMIZER), (ACCURACY, LOSS))
    square = chart(ChartKind.CORRELATION, {AXES: names}, square=True, method="pearson")
    assert correlation(square, sweep(), Progress()).matrix.values.shape == (4, 4)
    many = [f"metric:{at}" for at in range(2_000)]
    left_out = correlation(chart(ChartKind.CORRELATION, {AXES: many}), sweep(8), Progress())
    assert left_out.left_out == 1_960


def all_figures(runs):
    """Return every kind drawn of some runs, and the script of each."""
    looks = {"r0": Look("run 0", "#333cd1"), "r7": Look("run 7", "#d77d1d")}
    found = {}
    for at, (columns, options) in enumerate((
        ({X: LR, Y: ACCURACY}, {"log_x": True, "fit": "line"}),
        ({X: START, Y: "attribute:duration", COLOR: OPTIMIZER, SIZE: BATCH}, {}),
        ({X: OPTIMIZER, Y: LOSS, COLOR: LR}, {"log_color": True, "log_y": True}),
    )):  # fmt: skip
        spec = chart(ChartKind.SCATTER, columns, **options)
        found[f"scatter{at}"] = scatter_script(spec, runs, scatter(spec, runs), looks)
    spec = chart(ChartKind.PARALLEL, {AXES: [OPTIMIZER, LR, "param:weight_decay", ACCURACY]})
    found["parallel"] = parallel_script(runs, parallel(spec, runs), looks)
    for violin in (False, True):
        spec = chart(ChartKind.BOX, {X: OPTIMIZER, Y: ACCURACY}, violin=violin)
        found[f"box{violin}"] = box_script(runs, boxes(spec, runs), looks)
    for by in ({}, {X: OPTIMIZER}):
        spec = chart(ChartKind.BAR, {Y: ACCURACY, **by})
        found[f"bar{len(by)}"] = bars_script(runs, bars(spec, runs), looks)
    spec = chart(ChartKind.BAR, {Y: START})
    found["bar-time"] = bars_script(runs, bars(spec, runs), looks)
    for y in (BATCH, ACCURACY):
        spec = chart(ChartKind.HEAT, {X: LR, Y: y, Z: LOSS}, log_x=True)
        found[f"heat-{y}"] = heat_script(heat(spec, runs))
    for x, y in ((LR, "attribute:duration"), (START, OPTIMIZER)):
        spec = chart(ChartKind.CONTOUR, {X: x, Y: y, Z: LOSS}, log_x=True, log_z=True)
        surface = contour(spec, runs)
        if surface.bands:
            found[f"contour-{x}"] = contour_script(runs, surface, looks)
    for x in (ACCURACY, OPTIMIZER, START):
        spec = chart(ChartKind.HISTOGRAM, {X: x, COLOR: BATCH})
        found[f"histogram-{x}"] = histogram_script(histogram(spec, runs))
    spec = chart(ChartKind.CORRELATION, {AXES: [LR, OPTIMIZER, ACCURACY, LOSS]})
    found["correlation"] = correlation_script(correlation(spec, runs, Progress()))
    spec = chart(ChartKind.IMPORTANCE, {Y: LOSS, AXES: [LR, OPTIMIZER, "param:seed"]})
    found["importance"] = importance_script(importance(spec, runs, Progress()))
    return found


def odd(value, count=3):
    """Return runs whose every number is one value, and whose texts are hostile."""
    hostile = ['"""', "a'b\\", "$x_{$\n# é"][:count]
    columns = [texts(name, hostile * (count > 0)) for name in (LR, OPTIMIZER, BATCH)]
    metrics = [numbers(name, [value] * count) for name in (ACCURACY, LOSS, "attribute:duration")]
    times = numbers(START, [1.7e12] * count, is_time=True)
    more = [texts("param:weight_decay", [None] * count), texts("param:seed", ["1"] * count)]
    return table(*columns, *metrics, times, *more)


RUNS = {
    "sweep": sweep(),
    "none": odd(1.0, 0),
    "one": odd(0.5, 1),
    "missing": odd(None),
    "infinite": odd(np.inf),
    "alike": odd(2.0),
    "huge": odd(1e300),
    "tiny": odd(1e-300),
    "wide": table(*(
        numbers(each.name, [1e300, -1e300, 1e-300]) if not each.is_time else each
        for each in odd(1.0).columns.values()
    )),
}  # fmt: skip


@pytest.mark.parametrize("name", RUNS)
def test_every_figure_can_be_made_of_any_runs(name):
    for script in all_figures(RUNS[name]).values():
        compile(script, "script", "exec")


RUNNER = """
import runpy, sys, traceback
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
failed = []
for file in sys.argv[1:]:
    sys.argv = [file, file.replace(".py", ".png")]
    try:
        runpy.run_path(file)
    except Exception:
        failed.append(file + traceback.format_exc())
    plt.close("all")
sys.exit("\\n".join(failed) or 0)
"""


@pytest.mark.parametrize("name", ["sweep", "alike"])
def test_every_script_runs_and_writes_its_picture(name, tmp_path):
    pytest.importorskip("matplotlib")
    files = []
    for kind, text in all_figures(RUNS[name]).items():
        files.append(tmp_path / f"{kind.replace('/', '_').replace(':', '_')}.py")
        files[-1].write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", RUNNER, *(str(file) for file in files)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env=os.environ | {"MPLCONFIGDIR": str(tmp_path), "PYTHONUTF8": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert all(file.with_suffix(".png").stat().st_size > 1000 for file in files)


def test_what_is_exported_are_the_runs_and_their_columns():
    found = as_numbers(RUNS["sweep"], [LR, ACCURACY, "metric:nowhere", LR])
    assert list(found) == ["run_id", "run", "lr", "accuracy", "nowhere"]
    assert found["accuracy"][3] is None
    assert found["accuracy"][4] == np.inf
    assert set(found["nowhere"]) == {None}
    assert isinstance(as_numbers(RUNS["sweep"], [START])["start_time"][0], int)
