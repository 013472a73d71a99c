import json
import os

import pytest

from runcase.errors import CancelledError
from runcase.local import exchange
from runcase.local.exchange import Exchange, ExchangeError
from runcase.local.notes import Notes
from runcase.local.records import Mark, View
from runcase.local.views import Kept
from runcase.progress import Progress
from runcase.whole_file import WriteError, whole_file

WHAT = Exchange(
    ("a" * 32,),
    (("0", 1_000),),
    {"a" * 32: {"star": True, "note": 'best 🙂\n"so"'}, "b": {"color": 0}},
    (Kept("1", View("mine", columns=("metric:a",), sort=(("metric:a", True),)), True),),
    {"good": "metrics.a > 1"},
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "marks.json"


def test_what_is_written_is_read(path):
    exchange.write(path, WHAT)
    assert exchange.read(path) == WHAT
    assert list(path.parent.iterdir()) == [path]


def test_nothing_is_a_file_too(path):
    exchange.write(path, Exchange())
    assert exchange.read(path) == Exchange()


def test_set_fields_are_those_that_say_something():
    assert exchange.set_fields(Mark()) == {}
    assert exchange.set_fields(Mark(star=True, color=0)) == {"star": True, "color": 0}


def test_merging_lets_what_is_set_win():
    notes = Notes(marks={"b": Mark(star=True, color=4, note="mine")}, filters={"bad": "x"})
    notes.merge(WHAT)
    assert notes.marks["b"] == Mark(star=True, color=0, note="mine")
    assert notes.marks["a" * 32].star
    assert notes.defaults == {"1": "mine"}
    assert notes.filters == {"bad": "x", "good": "metrics.a > 1"}


def test_a_file_that_is_there_is_not_replaced_unasked(path):
    path.write_text("mine")
    with pytest.raises(WriteError, match="is there already"):
        exchange.write(path, WHAT)
    assert path.read_text() == "mine"
    exchange.write(path, WHAT, overwrite=True)
    assert exchange.read(path) == WHAT


def head(**more):
    return json.dumps({"runcase": exchange.KIND, "version": exchange.VERSION} | more)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no valid JSON"),
        ("[]", "holds no JSON object"),
        ("{}", "no file of marks"),
        ('{"runcase": "local marks", "version": 99}', "newer Runcase"),
        ('{"runcase": "local marks", "version": true}', "newer Runcase"),
        (head(marks=[]), "its marks"),
        (head(marks={"a": 1}), "mark of run 'a'"),
        (head(marks={"": {}}), "mark of run ''"),
        (head(marks={"x" * 300: {}}), "mark of run"),
        (head(marks={"a": {"star": 1}}), "star of run 'a'"),
        (head(marks={"a": {"color": True}}), "color of run 'a'"),
        (head(marks={"a": {"color": -1}}), "color of run 'a'"),
        (head(marks={"a": {"note": "x" * 100_001}}), "note of run 'a'"),
        (head(store=[]), "its store"),
        (head(views={}), "its views"),
        (head(views=[3]), "one of its views"),
        (head(views=[{"name": "x"}]), "one of its views"),
        (head(filters=[]), "its filters"),
        ('{"runcase": NaN}', "no valid JSON"),
        ("[" * 200_000, "nested too deeply"),
        ('{"a":' * 200_000, "nested too deeply"),
        ("9" * 10_000, "no valid JSON"),
    ],
)
def test_a_bad_file_is_one_sentence(path, text, why):
    path.write_text(text)
    with pytest.raises(ExchangeError, match=why) as caught:
        exchange.read(path)
    assert caught.value.message.startswith("marks.json cannot be imported: ")
    assert len(str(caught.value)) < 200


def test_other_bad_files_are_said(path, monkeypatch):
    with pytest.raises(ExchangeError, match="it is no file"):
        exchange.read(path)
    path.write_bytes(b"\xff\xfe{}")
    with pytest.raises(ExchangeError, match="no UTF-8"):
        exchange.read(path)
    monkeypatch.setattr(exchange, "_LARGEST", 1)
    with pytest.raises(ExchangeError, match="larger than"):
        exchange.read(path)


def test_what_a_newer_version_adds_is_left_out(path):
    path.write_text(head(marks={"a": {"star": True, "mood": "good"}}, more=[1]))
    assert exchange.read(path).marks == {"a": {"star": True}}


def test_halves_of_characters_are_replaced(path):
    path.write_text(
        head(marks={"a": {"note": "x"}}, filters={"f": "y"}).replace('"x"', r'"\ud83d"')
    )
    note = exchange.read(path).marks["a"]["note"]
    assert note.encode("utf-8")


def test_stopping_leaves_nothing_behind(path):
    progress = Progress()
    progress.cancel()
    with pytest.raises(CancelledError):
        exchange.write(path, WHAT, progress=progress)
    assert list(path.parent.iterdir()) == []


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    for place, why in (
        (tmp_path / "none" / "x", "There is no folder"),
        (tmp_path, "is no file that could be replaced"),
        (tmp_path / ("x" * 300), "could not be written"),
    ):
        with pytest.raises(WriteError, match=why), whole_file(place):
            pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows asks for a right to make links")
def test_what_a_link_leads_to_is_replaced(tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with whole_file(tmp_path / "link", overwrite=True) as beside:
        beside.write_text("new")
    assert (tmp_path / "real").read_text() == "new"
    assert (tmp_path / "link").is_symlink()
