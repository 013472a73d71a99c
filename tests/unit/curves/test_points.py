"""The numbers of a chart as files: exact, in pieces, whole or not at all."""

import csv
import io
import math

import numpy as np
import polars
import pytest

from runcase.curves import points
from runcase.curves.points import as_text, write_csv, write_parquet
from runcase.errors import CancelledError, RuncaseError
from runcase.progress import Progress

VALUES = [0.1 + 0.2, 1e300, -0.0, math.nan, math.inf, 5e-324]


def pieces():
    for run in ("a,1", "ü\nb"):
        yield {
            "run": np.repeat([run], len(VALUES)),
            "step": np.arange(len(VALUES)),
            "value": np.array(VALUES),
            "note": [None, "x", '"', "", "\t", "z"],
        }


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("chunk", [2, 10_000])
def test_csv_reads_back_to_the_same_numbers(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr(points, "_CHUNK", chunk)
    assert write_csv(tmp_path / "a.csv", pieces) == 12
    rows = read(tmp_path / "a.csv")
    assert [row["run"] for row in rows] == ["a,1"] * 6 + ["ü\nb"] * 6
    np.testing.assert_array_equal([float(row["value"]) for row in rows], VALUES * 2)
    assert rows[2]["note"] == '"'
    assert [int(row["step"]) for row in rows] == list(range(6)) * 2


def test_parquet_reads_back_to_the_same_numbers(tmp_path):
    assert write_parquet(tmp_path / "a.parquet", pieces) == 12
    frame = polars.read_parquet(tmp_path / "a.parquet")
    assert frame.columns == ["run", "step", "value", "note"]
    np.testing.assert_array_equal(frame["value"].to_numpy(), VALUES * 2)
    assert frame["run"].to_list()[0] == "a,1"


def test_text_for_the_clipboard_has_tabs():
    rows = list(csv.reader(io.StringIO(as_text(pieces), newline=""), delimiter="\t"))
    assert rows[0] == ["run", "step", "value", "note"]
    assert rows[1][2] == repr(0.1 + 0.2)
    assert len(rows) == 13


def test_nothing_is_a_file_too(tmp_path):
    assert write_csv(tmp_path / "a.csv", lambda: ()) == 0
    assert write_parquet(tmp_path / "a.parquet", lambda: ()) == 0


@pytest.mark.parametrize("write", [write_csv, write_parquet])
def test_what_is_there_stays_unless_it_was_agreed(tmp_path, write):
    target = tmp_path / "a"
    target.write_text("mine")
    with pytest.raises(RuncaseError):
        write(target, pieces)
    assert target.read_text() == "mine"
    write(target, pieces, overwrite=True)
    assert target.stat().st_size > 10


@pytest.mark.parametrize("write", [write_csv, write_parquet])
def test_a_stopped_export_leaves_nothing(tmp_path, write):
    progress = Progress()
    progress.cancel()
    with pytest.raises(CancelledError):
        write(tmp_path / "a", pieces, progress=progress)
    assert list(tmp_path.iterdir()) == []
