"""What a runs table reads beside the window: first rows, all rows, columns, marks, filters."""

import sqlite3
from dataclasses import replace

import numpy as np
import pytest

import frames
from made import expected
from runcase.itemmodels import columns as titles
from runcase.itemmodels.runs_reader import Asked, RunsReader, batch_of, mark_text
from runcase.itemmodels.wish import Wish
from runcase.local.records import Mark
from runcase.progress import Progress
from runcase.store.frame import keys
from runcase.store.frame_groups import GroupBy
from runcase.store.records import ColumnKey, Kind, Lifecycle
from runcase.store.search import parse
from table_hands import metric, param

LOSS, LR = metric("loss"), param("lr")
ORDER = "search_order_active"


def asked(*columns, **more):
    """What a table asks for in the fullest experiment; `wish` holds fields of a `Wish`."""
    wish = Wish((titles.NAME, *columns), **more.pop("wish", {}))
    plain = Asked(wish, None, {}, ["1"], Lifecycle.ACTIVE, None, columns or None)
    return replace(plain, **more)


@pytest.fixture
def reader(session):
    return RunsReader(session)


@pytest.fixture
def read(reader):
    """Read all rows, then what is asked for."""

    def made(question):
        frame = reader.rows(Progress(), question).arrangement.frame
        return reader.arranged(Progress(), frame, question)

    return made


def ids(answer):
    arrangement = answer.arrangement
    return arrangement.frame.ids.take(arrangement.rows[arrangement.rows >= 0])


def test_the_newest_rows_come_with_their_values(reader):
    answer = reader.newest(Progress(), asked(LOSS, LR, wish={"nested": False}))
    assert ids(answer) == expected("3.18.0")[ORDER]["1"][: len(ids(answer))]
    assert answer.chosen == (LOSS, LR)
    assert LOSS in answer.keys
    assert not answer.whole, "there is more to read"
    column = answer.arrangement.frame.columns[LOSS]
    assert column.present.any()


def test_rows_come_before_any_column(reader):
    question = asked(LOSS, wish={"sort": ((LOSS, False),), "nested": False})
    answer = reader.rows(Progress(), question)
    assert ids(answer) == expected("3.18.0")[ORDER]["1"]
    assert LOSS not in answer.arrangement.frame.columns
    assert answer.keys is answer.chosen is answer.stalled is None


def test_common_columns_are_chosen_once(reader):
    frame = reader.rows(Progress(), asked()).arrangement.frame
    answer = reader.first_columns(Progress(), frame, asked())
    assert answer.chosen[: len(titles.DEFAULT)] == titles.DEFAULT
    assert set(answer.chosen) - set(titles.DEFAULT) <= set(answer.keys)
    assert LOSS in answer.chosen
    again = reader.first_columns(Progress(), frame, asked(LR))
    assert again.chosen == (LR,), "what the person chose stays"
    everywhere = reader.first_columns(Progress(), frame, asked(experiment_ids=None))
    assert everywhere.chosen[0] == titles.EXPERIMENT


def test_sort_filter_and_groups_bring_their_columns(read):
    status = titles.STATUS
    flat = {"sort": ((LOSS, True),), "nested": False}
    answer = read(asked(status, filter=parse("params.lr != 'none'"), wish=flat))
    frame = answer.arrangement.frame
    assert {LOSS, LR} <= set(frame.columns)
    assert answer.whole
    column = frame.columns[LOSS]
    values = [column.values[at] for at in answer.arrangement.rows if column.present[at]]
    finite = [value for value in values if np.isfinite(value)]
    assert finite == sorted(finite, reverse=True)
    grouped = read(asked(status, wish={"groups": (GroupBy(LR),), "open_groups": None}))
    assert (grouped.arrangement.rows < 0).any()
    assert sorted(ids(grouped)) == sorted(expected("3.18.0")[ORDER]["1"])


def test_a_mask_is_made_once_but_anew_for_marks_and_rows(reader):
    question = asked(LOSS, filter=parse("metrics.loss < 2"))
    frame = reader.rows(Progress(), question).arrangement.frame

    def mask(which):
        return reader.arranged(Progress(), frame, which).arrangement.wish.mask

    first = mask(question)
    assert mask(replace(question, wish=Wish((titles.NAME,), nested=False))) is first
    assert mask(replace(question, filter=parse("metrics.loss < 1.9"))) is not first
    fresh = reader.refreshed(Progress(), frame, question, thorough=False).arrangement
    assert fresh.frame is not frame
    assert fresh.wish.mask is not first


def test_marks_become_columns(read):
    order = expected("3.18.0")[ORDER]["1"]
    marks = {
        order[0]: Mark(star=True, note="good"),
        order[2]: Mark(pin=True, hidden=True),
        "of another experiment": Mark(star=True, note="not here"),
    }
    keys = [ColumnKey(Kind.MARK, name) for name in ("star", "note", "pin", "hidden")]
    frame = read(asked(*keys, marks=marks)).arrangement.frame
    texts = {
        key.key: {frame.ids[at]: frame.columns[key].text(at) for at in range(len(frame))}
        for key in keys
    }
    assert texts["star"] == dict.fromkeys(order) | {order[0]: "star"}
    assert texts["note"] == dict.fromkeys(order) | {order[0]: "good"}
    assert texts["pin"] == dict.fromkeys(order) | {order[2]: "pin"}
    assert texts["hidden"] == dict.fromkeys(order) | {order[2]: "hidden"}
    assert mark_text(Mark(), "no such mark") == ""


def test_columns_not_shown_for_long_are_dropped(reader, session):
    frame = reader.rows(Progress(), asked()).arrangement.frame
    with session.store.read() as connection:
        every = [key for key in keys(connection, ["1"]) if key not in frame.columns]
    for key in every:
        reader.arranged(Progress(), frame, asked(key))
    known = [key for key in every if key in frame.columns]
    assert len(every) > 25
    assert len(known) == 25, "the shown one, and the 24 of before"
    assert known == every[-25:]
    reader.arranged(Progress(), frame, asked(every[0]))
    assert every[0] in frame.columns, "and comes back when it is shown"


@pytest.mark.parametrize("thorough", [True, False])
def test_a_refresh_brings_new_runs_and_keys(thorough, reader, store_path):
    question = asked(LOSS)
    frame = reader.rows(Progress(), question).arrangement.frame
    column = reader.arranged(Progress(), frame, question).arrangement.frame.columns[LOSS]
    changed = frame.ids[int(np.flatnonzero(column.present)[0])]
    deleted = next(each for each in frame.ids.tolist() if each != changed)
    other = sqlite3.connect(store_path)
    other.execute(
        "UPDATE latest_metrics SET value = 77.0, is_nan = 0 WHERE key = 'loss' AND run_uuid = ?",
        (changed,),
    )
    other.execute("INSERT INTO params VALUES ('brand new', '1', ?)", (changed,))
    other.execute("UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = ?", (deleted,))
    other.commit()
    other.close()
    answer = reader.refreshed(Progress(), frame, question, thorough=thorough)
    fresh = answer.arrangement.frame
    assert len(fresh) == len(frame) - 1
    assert param("brand new") in answer.keys
    assert fresh.row_of(deleted) is None
    assert fresh.columns[LOSS].values[fresh.row_of(changed)] == 77.0


def test_many_runs_are_read_a_few_columns_at_a_time():
    some = [metric(f"m{at}") for at in range(40)]
    shown = (titles.NAME, titles.STATUS, *some, metric("m0", titles.CURVE), titles.STAR)
    few, many = frames.frame(10), frames.frame(200_001)
    assert batch_of(few, shown) == some, "neither attributes, marks nor curves"
    first = batch_of(many, shown)
    assert 0 < len(first) < len(some)
    assert first == some[: len(first)], "those on the left first"
    for key in first:
        many.columns[key] = frames.metric([1.0] * 200_001)
    assert batch_of(many, shown) == some[len(first) : 2 * len(first)]
    assert batch_of(few, (titles.NAME, titles.STAR)) == []
