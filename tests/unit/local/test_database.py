import os
import sqlite3
import subprocess
import sys

import pytest

from runcase.local import database, filters, marks, views
from runcase.local.database import VERSION, LocalError, reading, writing
from runcase.local.records import Mark, View
from shared import ROOT


@pytest.fixture
def path(tmp_path):
    return tmp_path / "own" / "local.db"


def write_marks(path, ids, **fields):
    with writing(path) as connection:
        marks.write(connection, 1, ids, fields)


def read_marks(path, store=1):
    with reading(path) as connection:
        return marks.read(connection, store)


def test_the_file_and_its_folder_are_made(path):
    assert read_marks(path) == {}
    assert sorted(each.name for each in path.parent.iterdir()) == ["local.db"]
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA user_version").fetchone() == (VERSION,)
    raw.close()


def test_fields_that_are_not_given_stay(path):
    write_marks(path, ["a", "b"], star=True)
    write_marks(path, ["a"], note="so", color=3)
    write_marks(path, ["b"], pin=True, hidden=True)
    assert read_marks(path) == {
        "a": Mark(star=True, note="so", color=3),
        "b": Mark(star=True, pin=True, hidden=True),
    }
    assert read_marks(path, 2) == {}


def test_a_mark_that_says_nothing_is_no_row(path):
    write_marks(path, ["a", "b"], star=True, note="x", color=0)
    write_marks(path, ["a", "b"], star=False, note="", color=None)
    write_marks(path, ["c"], note="")
    assert read_marks(path) == {}
    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT count(*) FROM marks").fetchone() == (0,)
    raw.close()


def test_many_marks_at_once(path):
    ids = [f"run {number}" for number in range(5_001)]
    write_marks(path, ids, pin=True)
    found = read_marks(path)
    assert list(found) == sorted(ids)
    assert len({id(mark) for mark in found.values()}) == 1


def test_an_error_leaves_all_as_it_was(path):
    write_marks(path, ["a"], star=True)
    with pytest.raises(TypeError), writing(path) as connection:
        marks.merge(connection, 1, {"b": {"star": True}, "c": None})
    assert read_marks(path) == {"a": Mark(star=True)}


def test_a_damaged_file_is_said(path):
    path.parent.mkdir()
    path.write_bytes(b"this is no database, and it is longer than a header of SQLite " * 40)
    with pytest.raises(LocalError, match="damaged"):
        read_marks(path)
    assert path.read_bytes().startswith(b"this is no database")


def test_a_newer_file_is_left_alone(path):
    read_marks(path)
    with sqlite3.connect(path) as raw:
        raw.execute(f"PRAGMA user_version={VERSION + 1}")
    raw.close()
    with pytest.raises(LocalError, match="newer Runcase"):
        read_marks(path)


def test_a_locked_file_is_said(path, monkeypatch):
    monkeypatch.setattr(database, "_BUSY_SECONDS", 0.05)
    read_marks(path)
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(LocalError, match="locked by another program"):
            write_marks(path, ["a"], star=True)
    finally:
        raw.close()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_said(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(LocalError):
            read_marks(tmp_path / "own" / "local.db")
    finally:
        tmp_path.chmod(0o700)


def test_a_folder_in_its_place_is_said(path):
    path.mkdir(parents=True)
    with pytest.raises(LocalError):
        read_marks(path)
    (path.parent / "file").touch()
    with pytest.raises(LocalError, match="cannot be kept"):
        read_marks(path.parent / "file" / "local.db")


def test_several_processes_write_at_once(path):
    program = """
import sys
from pathlib import Path
from runcase.local import marks
from runcase.local.database import writing
for number in range(25):
    with writing(Path(sys.argv[1])) as connection:
        marks.write(connection, 1, [f"{sys.argv[2]} {number}"], {"star": True})
"""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "app")}
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(path), str(each)], env=environment)
        for each in range(3)
    ]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert len(read_marks(path)) == 75


VIEW = View(
    "best, 🙂",
    columns=("metric:val/loss", "param:lr|x\n"),
    widths={"metric:val/loss": 120},
    pinned=("param:lr|x\n",),
    sort=(("metric:val/loss", True), ("param:a", False)),
    groups=("param:a",),
    filter="metrics.`a` > 1",
    nested=False,
    mode="table",
    split=30,
    charts={"smoothing": 0.6, "cards": [{"metric": "a"}]},
    directions={"val/loss": "lower"},
    decimals={"val/loss": 3},
)


def test_a_view_comes_back_as_it_was(path):
    with writing(path) as connection:
        views.save(connection, 1, ["1", "2"], VIEW)
        views.save(connection, 1, ["1"], View())
        views.set_default(connection, 1, "1", VIEW.name)
        assert [
            (each.experiment_id, each.view, each.is_default) for each in views.read(connection, 1)
        ] == [("1", View(), False), ("1", VIEW, True), ("2", VIEW, False)]
        views.rename(connection, 1, "1", VIEW.name, "other")
        views.remove(connection, 1, "2", VIEW.name)
        names = [(each.view.name, each.is_default) for each in views.read(connection, 1)]
        assert names == [("", False), ("other", True)]
        views.set_default(connection, 1, "1", None)
        assert not any(each.is_default for each in views.read(connection, 1))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "3", "[" * 100_000, '{"a": '])
def test_a_broken_view_is_no_view(text):
    assert views.decode("x", text) is None


@pytest.mark.parametrize(
    "content",
    [
        '{"columns": "a", "widths": [1], "sort": [["a"], ["a", 1], [1, true], 4]}',
        '{"split": -4, "mode": "upside down", "nested": "yes", "charts": [], "filter": 3}',
        '{"split": true, "decimals": {"a": 1e400, "b": -1, "c": "x", "d": false}, "new": {}}',
        '{"directions": {"a": null}, "pinned": [null, {}], "groups": {"a": 1}}',
    ],
)
def test_fields_of_a_wrong_type_take_their_default(content):
    assert views.decode("x", content) == View("x")


def test_one_broken_view_does_not_hide_the_others(path):
    with writing(path) as connection:
        views.save(connection, 1, ["1"], VIEW)
        views.save(connection, 1, ["1"], View("bad"))
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE views SET content = 'oh' WHERE name = 'bad'")
    raw.close()
    with reading(path) as connection:
        assert [each.view for each in views.read(connection, 1)] == [VIEW]


def test_filters_are_kept_by_name_and_by_use(path):
    with writing(path) as connection:
        filters.save(connection, 1, {"b": "1", "a": "2"})
        filters.save(connection, 1, {"b": "3"})
        filters.save(connection, 2, {"c": "4"})
        assert filters.saved(connection, 1) == {"a": "2", "b": "3"}
        filters.remove(connection, 1, "a")
        assert list(filters.saved(connection, 1)) == ["b"]
        for number in range(filters.MOST_REMEMBERED + 5):
            filters.add_recent(connection, 1, str(number))
        filters.add_recent(connection, 1, "50")
        filters.add_recent(connection, 2, "other")
        found = filters.recent(connection, 1)
        assert len(found) == filters.MOST_REMEMBERED
        assert found[:3] == ["50", "104", "103"]
        assert found.count("50") == 1
        assert filters.recent(connection, 2) == ["other"]
