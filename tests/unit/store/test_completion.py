"""What is offered while a filter is typed; | stands for the cursor."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcase.store.completion import Vocabulary, complete, describe
from runcase.store.facets import Facet
from runcase.store.records import ColumnKey, Kind
from runcase.store.search import parse

DEPTH = ColumnKey(Kind.PARAM, "max_depth")
LOSS = ColumnKey(Kind.METRIC, "val/loss")
STATUS = ColumnKey(Kind.ATTRIBUTE, "status")


@pytest.fixture
def vocabulary():
    made = Vocabulary(
        [
            DEPTH,
            LOSS,
            ColumnKey(Kind.METRIC, "rmse"),
            ColumnKey(Kind.PARAM, "max_leaves"),
            ColumnKey(Kind.PARAM, "we`ird"),
            ColumnKey(Kind.TAG, "team"),
        ]
    )
    made.facets[DEPTH] = Facet(198, 16, 0, 3, (("9", 100), ("12", 90), ("4", 8)), 4.0, 12.0)
    made.facets[STATUS] = Facet(9, 0, 0, 2, (("FINISHED", 7), ("it's", 2)))
    made.facets[LOSS] = Facet(3, 0, 0, 2, (("0.5", 2), ("1", 1)), 0.5, 1.0)
    return made


def offered(written, vocabulary):
    cursor = written.index("|")
    return complete(written.replace("|", ""), cursor, vocabulary)


def accepted(written, vocabulary, at=0):
    """The text after the item at a place of the list was taken."""
    text = written.replace("|", "")
    found = offered(written, vocabulary)
    return text[: found.start] + found.items[at].insert + text[found.end :]


@pytest.mark.parametrize(
    ("written", "labels"),
    [
        ("metrics.|", ["rmse", "val/loss"]),
        ("metrics.lo|", ["val/loss"]),
        ("metric.`val/l|", ["val/loss"]),
        ('metrics."val/l|', ["val/loss"]),
        ("params.max_dep|", ["max_depth"]),
        ("params.max|", ["max_depth", "max_leaves"]),
        ("params.mxa_dept|", ["max_depth"]),
        ("mark.|", ["star", "pin", "hidden", "note"]),
        ("model.|", ["name"]),
        ("dataset.d|", ["digest"]),
        ("attributes.sta|", ["status", "start_time"]),
        ("min(|", ["rmse", "val/loss"]),
        ("min(metrics.r|", ["rmse"]),
        ("params.max_depth = |", ["9", "12", "4"]),
        ("params.max_depth = '1|", ["12"]),
        ("params.max_depth =|", ["9", "12", "4"]),
        ("params.max_depth IN ('9', |", ["9", "12", "4"]),
        ("params.max_depth BETWEEN 4 AND |", ["9", "12", "4"]),
        ("metrics.`val/loss` > |", ["0.5", "1"]),
        ("status = f|", ["FINISHED"]),
        ("metrics.rmse IS |", ["NULL", "NOT NULL", "NAN"]),
        ("metrics.rmse IS NOT |", ["NULL", "NAN"]),
        ("tags.team L|", ["LIKE"]),
        ("start_time = |", ["today", "yesterday"]),
        ("age < |", ["1m", "10m", "1h", "1d", "7d"]),
        ("metrics.rmse > 1 |", ["AND", "OR"]),
        ("metrics.rmse > 1 o|", ["OR"]),
        ("at(metrics.rmse, |", []),
        ("at(metrics.rmse, 5) |", ["<", "<=", ">", ">=", "="]),
        ("(tags.team = 'x') |", ["AND", "OR"]),
        ("starr|", ["starred"]),
        ("NOT pin|", ["pinned"]),
        ("zzz|", []),
    ],
)
def test_what_is_offered(written, labels, vocabulary):
    assert [item.label for item in offered(written, vocabulary).items][
        : len(labels) or None
    ] == labels


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("params.max_dep|", "params.max_depth "),
        ("max_dep|", "params.max_depth "),
        ("metrics.val/lo|ss < 3", "metrics.`val/loss`  < 3"),
        ("metrics.`val/l|` < 3", "metrics.`val/loss`  < 3"),
        ("geo AND params.we|", 'geo AND params."we`ird" '),
        ("par|", "params."),
        ("mi|", "min(metrics."),
        ("params.max_depth = '1|", "params.max_depth = '12' "),
        ("params.max_depth=|", "params.max_depth= '9' "),
        ("params.max_depth > |", "params.max_depth > 9 "),
        ("params.max_depth IN (|", "params.max_depth IN ('9'"),
        ("status = it|", 'status = "it\'s" '),
        ("😀 params.max_d|", "😀 params.max_depth "),
    ],
)
def test_what_an_item_puts_in(written, text, vocabulary):
    assert accepted(written, vocabulary) == text


def test_keys_tell_their_runs_and_their_values(vocabulary):
    (item, *_) = offered("params.max_depth|", vocabulary).items
    assert item.detail == "in 198 runs · 4 … 12"
    assert (item.kind, item.column) == ("param", DEPTH)
    assert offered("params.max_depth = |", vocabulary).items[0].detail == "100 runs"
    assert describe(Facet(1, 0, 0, 1, (("a", 1),))) == "in 1 run · a"
    assert describe(Facet(5, 0, 0, 9, (("a", 1),))) == "in 5 runs · 9 different"
    assert describe(Facet(2, 0, 0, 1, (), -1.0, -1.0)) == "in 2 runs · −1"


def test_comparisons_fit_the_column(vocabulary):
    assert "LIKE" in offered("params.max_depth|", vocabulary).operators
    assert "LIKE" not in offered("metrics.rmse|", vocabulary).operators
    assert offered("mark.star |", vocabulary).operators == ("IS NOT NULL", "IS NULL")
    for item in offered("metrics.rmse |", vocabulary).items:
        value = "" if "IS" in item.label else "1 AND 2" if item.label == "BETWEEN" else "1"
        parse(f"metrics.rmse {item.insert}{value}")


def test_unknown_values_are_asked_for(vocabulary):
    team = ColumnKey(Kind.TAG, "team")
    found = offered("tags.team = |", vocabulary)
    assert (found.items, found.wanted) == ((), team)
    assert offered("tags.team |", vocabulary).wanted is None


def test_every_name_that_is_offered_can_be_typed_on(vocabulary):
    for item in offered("|", vocabulary).items:
        if item.column is not None:
            parse(f"{item.insert}IS NULL")


def test_many_keys_are_cut():
    many = Vocabulary(ColumnKey(Kind.METRIC, f"metric/{number:05}/x") for number in range(12_000))
    assert len(complete("metrics.metric/", 15, many).items) <= 60
    found = complete("metric/00717", 12, many)
    assert found.items[0].label == "metric/00717/x"


PIECES = [
    *("metrics.", "params.`a", "`", "'", '"', "(", ")", ",", "=", ">", " ", "AND", "IN", "IS NOT"),
    *("min(", "at(metrics.rmse,", "BETWEEN", "1", "x", "É", "😀", "NOT", "OR", "status", "\\'"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=9), st.integers(0, 60))
def test_any_text_has_a_place_inside_of_it(pieces, cursor):
    text = "".join(pieces)
    cursor = min(cursor, len(text))
    found = complete(text, cursor, Vocabulary([DEPTH, LOSS]))
    assert 0 <= found.start <= cursor <= found.end <= len(text)
