"""The matplotlib script of a line chart: it is Python, and draws where matplotlib is here."""

import importlib.util
import subprocess
import sys

import numpy as np
import pytest

from runcase.curves.combine import Curve
from runcase.curves.drawing import View, Window, prepare, reduce_lines
from runcase.curves.groups import Band
from runcase.curves.scripts.lines import Axes, DrawnLook, line_script
from runcase.curves.series import XAxis

X = np.arange(50.0)
AXES = Axes('loss "$x"', "step", "loss", (-1.0, 51.0), (0.0, 3.0))


def looks(view, groups=None):
    y = np.exp(-X / 20) + 0.1
    y[7], y[9] = np.nan, np.inf
    curves = [
        Curve("a", "k", X, y, X.astype(int), X.astype(int)),
        Curve("b", "k", X, y * 2, X.astype(int), X.astype(int)),
        Curve("c", "k", X[:1], y[:1], X[:1].astype(int), X[:1].astype(int)),
    ]
    drawn = reduce_lines(prepare(curves, view, groups), Window(0, 49, 100))
    return [DrawnLook(each, "run $1", "#333cd1", (6, 3)) for each in drawn]


CASES = [
    (View(), None),
    (View(smoothing=0.5, log_y=True), None),
    (View(band=Band.RANGE), {"a": "g", "b": "g", "c": "h"}),
    (View(axis=XAxis.WALL), None),
    (View(log_x=True), None),
]


@pytest.mark.parametrize(("view", "groups"), CASES)
def test_the_script_runs(tmp_path, view, groups):
    text = line_script(looks(view, groups), AXES, view)
    compile(text, "chart.py", "exec")
    if importlib.util.find_spec("matplotlib") is None:
        pytest.skip("matplotlib is not here")
    (tmp_path / "chart.py").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", "chart.py", "chart.png"],
        cwd=tmp_path,
        env={"MPLBACKEND": "Agg", "MPLCONFIGDIR": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "chart.png").stat().st_size > 5_000


def test_marks_and_times_are_as_in_the_window():
    text = line_script(looks(View(axis=XAxis.WALL)), AXES, View(axis=XAxis.WALL))
    assert "ax.set_xlabel('time')" in text
    assert text.count("ax.get_xaxis_transform()") == 4  # NaN and infinity, of two curves
    assert '[0.98] * len(x_marks), "^"' in text
