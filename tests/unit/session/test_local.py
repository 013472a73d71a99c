import sqlite3

import pytest

from fakes import HeldJobs, InlineJobs
from runcase.local.notes import Notes
from runcase.local.records import PLAIN, Mark, View
from runcase.session import local as module
from runcase.session.jobs import Jobs
from runcase.session.local import LocalMarks
from runcase.session.session import Session

VIEW = View("mine", columns=("metric:a",), mode="table")


@pytest.fixture
def inline(qapp):
    made = InlineJobs()
    yield made
    made.close()


@pytest.fixture
def opened(store_path, inline):
    session = Session(store_path, inline)
    session.open()
    yield session
    session.close()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "own" / "local.db"


@pytest.fixture
def local(opened, inline, path):
    made = LocalMarks(opened, inline, path)
    made.load()
    assert made.is_ready
    return made


@pytest.fixture
def again(opened, inline, path):
    """Read anew what is kept, as another window would."""

    def read():
        made = LocalMarks(opened, inline, path)
        made.load()
        return made

    return read


def heard(signal):
    said = []
    signal.connect(lambda *what: said.append(what[0] if len(what) == 1 else what))
    return said


def run_ids(session):
    with session.store.read() as connection:
        return [run_id for (run_id,) in connection.rows("SELECT run_uuid FROM runs")]


def test_marks_are_there_at_once_and_kept(local, again):
    changed = heard(local.changed)
    local.set(["a", "b", "a"], star=True, color=2)
    local.set(["a"], note="good \ud83d", color=None)
    assert local.of("a") == Mark(star=True, note="good ?")
    assert local.of("b") == Mark(star=True, color=2)
    assert local.of("c") is PLAIN
    assert changed == [{"a", "b"}, {"a"}]
    assert dict(again().all()) == dict(local.all())
    local.set(["a", "b"], star=False, color=None, note="")
    assert dict(local.all()) == dict(again().all()) == {}


def test_colours_are_set_to_each_run_its_own(local, again):
    local.set(["a"], star=True, color=5)
    changed = heard(local.changed)
    local.set_colors({"a": 0, "b": 1, "c": None})
    local.set_colors({"a": 0, "b": None})
    local.set_colors({"a": 0})
    assert changed == [{"a", "b"}, {"b"}]
    assert dict(local.all()) == dict(again().all()) == {"a": Mark(star=True, color=0)}


def test_nothing_given_is_nothing_done(local):
    changed = heard(local.changed)
    local.set(["a"])
    local.set([], star=True)
    assert changed == []


def test_views_are_kept(local, again):
    changed = heard(local.views_changed)
    assert local.current("1") is None
    local.save_current("1", VIEW)
    local.save_named("1", VIEW)
    local.save_named("1", View("another"))
    local.set_default("1", "mine")
    local.copy_to("1", ["2", "3"], "mine")
    for each in (local, again()):
        assert each.current("1") == View("", columns=("metric:a",), mode="table")
        assert [view.name for view in each.named("1")] == ["another", "mine"]
        assert each.default_of("1") == VIEW
        assert each.named("3") == [VIEW]
    assert changed == ["1", "1", "1", "2", "3"]
    local.rename("1", "mine", "another")
    local.delete("2", "mine")
    for each in (local, again()):
        assert each.default_of("1") == View("another", columns=("metric:a",), mode="table")
        assert [view.name for view in each.named("1")] == ["another"]
        assert each.named("2") == []
    local.delete("1", "another")
    assert local.default_of("1") is again().default_of("1") is None


def test_renaming_to_the_same_name_keeps_the_view(local, again):
    local.save_named("1", VIEW)
    local.rename("1", "mine", "mine")
    assert local.named("1") == again().named("1") == [VIEW]


def test_filters_are_kept(local, again):
    changed = heard(local.filters_changed)
    for text in ("a", "b", "a", "a", " "):
        local.add_history(text)
    local.save_filter("Good", "metrics.a > 1")
    local.save_filter("bad", "x")
    for each in (local, again()):
        assert each.history() == ["a", "b"]
        assert each.saved() == [("bad", "x"), ("Good", "metrics.a > 1")]
    local.delete_filter("bad")
    local.delete_filter("none")
    assert again().saved() == [("Good", "metrics.a > 1")]
    assert len(changed) == 7  # three of the five texts were new to the top of the list


def test_what_is_set_before_the_answer_is_not_lost(store_path, qapp, path, inline, again):
    LocalMarks(again()._session, inline, path)
    again().set(["old"], star=True)
    held = HeldJobs()
    session = Session(store_path, held)
    session.open()
    held.release_all()
    local = LocalMarks(session, held, path)
    local.load()
    local.set(["early"], pin=True)
    local.add_history("text")
    assert local.of("early").pin
    assert not local.is_ready
    held.release_all()
    assert dict(local.all()) == {"old": Mark(star=True), "early": Mark(pin=True)}
    assert again().of("early").pin
    assert again().history() == ["text"]
    session.close()
    held.close()


def test_a_database_that_cannot_be_used_is_said_once(opened, inline, path):
    path.parent.mkdir()
    path.write_bytes(b"no database, but longer than the header of one is, so that it is read" * 99)
    local = LocalMarks(opened, inline, path)
    failed, ready = heard(local.failed), heard(local.ready)
    local.load()
    local.set(["a"], star=True)
    local.save_named("1", VIEW)
    assert local.of("a").star
    assert local.named("1") == [VIEW]
    assert len(failed) == 1
    assert "are damaged. Marks and views last until this window closes" in failed[0]
    assert len(ready) == 1


def test_a_write_that_fails_leaves_all_in_memory(local, path):
    failed = heard(local.failed)
    local.set(["a"], star=True)
    path.write_bytes(b"\0" * 100)
    local.set(["b"], star=True)
    local.set(["c"], star=True)
    assert set(local.all()) == {"a", "b", "c"}
    assert len(failed) == 1


def test_what_was_set_is_written_although_everything_closes(store_path, qapp, path, qtbot, again):
    jobs = Jobs()
    session = Session(store_path, jobs)
    with qtbot.waitSignal(session.opened):
        session.open()
    local = LocalMarks(session, jobs, path)
    with qtbot.waitSignal(local.ready):
        local.load()
    for number in range(20):
        local.set([str(number)], star=True)
    session.close()
    jobs.close()
    assert len(again().all()) == 20


def test_closing_while_it_loads_does_no_harm(store_path, qapp, path, qtbot):
    jobs = Jobs()
    session = Session(store_path, jobs)
    with qtbot.waitSignal(session.opened):
        session.open()
    local = LocalMarks(session, jobs, path)
    local.load()
    local.set(["a"], star=True)
    session.close()
    jobs.close()
    assert local.of("a").star


def test_marks_go_to_a_file_and_come_back(local, opened, tmp_path, inline):
    ids = run_ids(opened)
    file = tmp_path / "marks.json"
    local.set(ids[:3], star=True)
    local.set(["gone"], note="so")
    local.save_named("1", VIEW)
    local.save_filter("f", "x")
    said = heard(local.said)
    local.export_marks(file)
    local.export_marks(file)
    other = LocalMarks(opened, inline, tmp_path / "other.db")
    other.load()
    other.set(ids[:1], star=False, pin=True)
    answers, changed = heard(other.said), heard(other.changed)
    other.import_marks(file)
    assert said == [
        (f"Marks of 4 runs were written to {file}", False),
        (f"{file} is there already. Choose another name, or agree to replace it.", True),
    ]
    assert answers == [
        (
            "Imported marks of 3 runs, 1 more that are not in this store, 1 view, 1 filter",
            False,
        )
    ]
    assert changed == [{*ids[:3], "gone"}]
    assert other.of(ids[0]) == Mark(star=True, pin=True)
    assert other.named("1") == [VIEW]
    read = LocalMarks(opened, inline, tmp_path / "other.db")
    read.load()
    assert dict(read.all()) == dict(other.all())
    assert read.saved() == [("f", "x")]


def test_marks_of_another_store_are_refused(local, tmp_path):
    file = tmp_path / "marks.json"
    local.set(["x", "y"], star=True)
    local.export_marks(file)
    said = heard(local.said)
    local.import_marks(file)
    local.import_marks(tmp_path / "none.json")
    assert [bad for _, bad in said] == [True, True]
    assert said[0][0].startswith("marks.json is of another store: none of its 2 runs is in this")


def test_a_store_is_never_replaced_by_its_marks(local, store_path):
    said, before = heard(local.said), store_path.read_bytes()
    local.export_marks(store_path, overwrite=True)
    assert "never written to" in said[0][0]
    assert store_path.read_bytes() == before


def test_the_folder_of_the_store_stays_as_it_was(local, store_path):
    before = {each: each.stat().st_mtime_ns for each in store_path.parent.rglob("*")}
    local.set(["a"], star=True)
    assert {each: each.stat().st_mtime_ns for each in store_path.parent.rglob("*")} == before


def test_very_many_marks_are_set_in_slices_and_in_order(local, again, monkeypatch, qtbot):
    monkeypatch.setattr(module, "_SLICE", 10)
    ids = [str(number) for number in range(35)]
    changed = heard(local.changed)
    local.set(ids, star=True, note="a")
    local.set(["3"], note="b")
    local.set(ids[:12], star=False)
    assert local.of("9").star
    assert not local.of("30").star
    assert changed == []
    qtbot.waitUntil(lambda: len(changed) == 3)
    assert changed == [set(ids), {"3"}, set(ids[:12])]
    assert local.of("3") == Mark(note="b")
    assert local.of("34") == Mark(star=True, note="a")
    local.set(ids, color=1)
    local.set_colors({"3": 2, "4": None})
    assert (local.of("3").color, local.of("4").color, local.of("34").color) == (2, None, 1)
    assert dict(local.all()) == dict(again().all())


def test_a_million_marks_are_one_object():
    notes = Notes(marks={"5": Mark(note="x")})
    notes.set_marks([str(number) for number in range(10_000)], {"star": True})
    assert len(notes.marks) == 10_000
    assert len({id(mark) for mark in notes.marks.values()}) == 2
    assert notes.marks["5"] == Mark(star=True, note="x")


def test_the_database_is_a_file_of_its_own(local, path):
    local.set(["a"], star=True)
    with sqlite3.connect(path) as raw:
        assert raw.execute("SELECT count(*) FROM stores").fetchone() == (1,)
    raw.close()
