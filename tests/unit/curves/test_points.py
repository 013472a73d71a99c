"""All points of curves as CSV, read back."""

import csv
import math

import numpy as np
import pytest

from runcase.curves.points import write_points
from runcase.curves.series import Series
from runcase.errors import CancelledError
from runcase.progress import Progress
from runcase.whole_file import WriteError


def series(run, values):
    steps = np.arange(len(values), dtype=np.int64)
    return Series(run, "val/loss", steps, steps * 1000, np.array(values, float))


def test_every_point_is_read_back_as_it_was(tmp_path):
    values = [0.1, math.nan, math.inf, -math.inf, 1e300, 5e-324]
    target = tmp_path / "points.csv"
    runs = [series("a", values), series("b", []), series("c", np.arange(25_000.0) / 7)]
    assert write_points(target, runs, {"a": 'say "hi", =1+1'}) == 25_006
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["run_id", "run", "metric", "step", "timestamp", "value"]
    np.testing.assert_array_equal([float(row["value"]) for row in rows[:6]], values)
    assert {row["run"] for row in rows[:6]} == {'say "hi", =1+1'}
    assert [float(row["value"]) for row in rows[6:]] == runs[2].y.tolist()
    assert [int(row["step"]) for row in rows[6:]] == runs[2].step.tolist()
    assert [int(row["timestamp"]) for row in rows[6:]] == runs[2].timestamp.tolist()


def test_no_curve_is_only_the_titles(tmp_path):
    assert write_points(tmp_path / "none.csv", [], {}) == 0
    assert (tmp_path / "none.csv").read_text().count("\n") == 1


def test_what_is_there_stays_without_consent_and_when_stopped(tmp_path):
    target = tmp_path / "there.csv"
    target.write_text("mine")
    with pytest.raises(WriteError, match="there already"):
        write_points(target, [series("a", [1])], {})
    stopped = Progress()
    stopped.cancel()
    with pytest.raises(CancelledError):
        write_points(target, [series("a", [1])], {}, overwrite=True, progress=stopped)
    assert target.read_text() == "mine"
    assert [each.name for each in tmp_path.iterdir()] == ["there.csv"]
