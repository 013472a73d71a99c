"""Clauses that are written for a person: any column and any value comes back as it was."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frames import datasets, frame, metric, text
from runcase.store.frame import RUN_NAME
from runcase.store.records import ColumnKey, Kind
from runcase.store.search import clause_for, clauses_on, conjoin, parse, without

A = ColumnKey(Kind.METRIC, "a")
P = ColumnKey(Kind.PARAM, "p")

awkward = st.text("ab.`'\"\\ /E(),%\n😀1-", max_size=8)
anything = st.text(max_size=12) | awkward
kinds = st.sampled_from([Kind.PARAM, Kind.TAG])
hows = st.sampled_from(
    ["", "min", "max", "mean", "first", "at:100", "at:-1", "step of min", "step of max"]
)


def kept(filter_text, runs):
    return np.flatnonzero(parse(filter_text).mask(runs)).tolist()


@given(kinds, anything, anything, st.sampled_from(["=", "!=", "IN", "NOT IN", "LIKE", ">="]))
def test_any_text_of_any_param_or_tag_comes_back(kind, name, value, operator):
    key = ColumnKey(kind, name)
    listed = operator in ("IN", "NOT IN")
    clause = clause_for(key, operator, [value, "zz"] if listed else value)
    parsed = parse(f"{clause} AND ({clause} OR {clause})")
    assert parsed.columns() == {key}
    runs = frame(3, {key: text([value, value + "\0", None])})
    wanted = {"!=": [1], "NOT IN": [1], ">=": [0, 1]}.get(operator, [0])
    if operator != "LIKE":  # there a % stands for anything
        assert np.flatnonzero(parsed.mask(runs)).tolist() == wanted
        assert kept(clause, runs) == wanted


@given(anything, hows, st.floats() | st.integers(-(10**20), 10**20), st.sampled_from(["=", "!="]))
def test_any_number_of_any_metric_comes_back(name, how, value, operator):
    key = ColumnKey(Kind.METRIC, name, how)
    clause = clause_for(key, operator, value)
    assert parse(clause).columns() == {key}
    other = 5.0 if value != 5 else 6.0
    runs = frame(3, {key: metric([float(value), other, None])})
    largest = abs(value) == 1.7976931348623157e308  # MLflow's word for infinity
    if not largest:
        assert kept(clause, runs) == ([0] if operator == "=" else [1])


@given(anything.filter(lambda word: word.strip()))
def test_any_word_comes_back(word):
    key = ColumnKey(Kind.WORD, word.strip().casefold())
    assert key in parse(clause_for(key, "IS NOT NULL")).columns()
    assert key in parse(clause_for(key, "IS NULL")).columns()


@pytest.mark.parametrize(
    ("key", "operator", "value", "clause"),
    [
        (A, "<", 0.5, "metrics.a < 0.5"),
        (A, "=", 1e30, "metrics.a = 1e30"),
        (A, "=", math.nan, "metrics.a IS NAN"),
        (A, "!=", math.nan, "metrics.a IS NOT NAN"),
        (A, "=", -math.inf, "metrics.a = -inf"),
        (A, "between", (1, 2.5), "metrics.a BETWEEN 1 AND 2.5"),
        (A, "=", None, "metrics.a IS NULL"),
        (ColumnKey(Kind.METRIC, "val/loss"), "<", 1, "metrics.`val/loss` < 1"),
        (ColumnKey(Kind.METRIC, "a", "at:7"), ">", 1, "at(metrics.a, 7) > 1"),
        (ColumnKey(Kind.METRIC, "a", "step of max"), ">", 1, "step_of_max(metrics.a) > 1"),
        (P, "=", "it's", 'params.p = "it\'s"'),
        (P, "=", 'say "it\'s"', "params.p = E'say \"it\\'s\"'"),
        (P, "=", "back\\", "params.p = E'back\\\\'"),
        (P, ">", 0.01, "params.p > 0.01"),
        (P, "in", ["a", 1], "params.p IN ('a', 1)"),
        (ColumnKey(Kind.PARAM, "in"), "=", "x", "params.`in` = 'x'"),
        (ColumnKey(Kind.PARAM, "0"), "=", "x", "params.`0` = 'x'"),
        (ColumnKey(Kind.PARAM, "a`b"), "=", "x", "params.\"a`b\" = 'x'"),
        (ColumnKey(Kind.PARAM, "`\"'"), "=", "x", "params.```\"'` = 'x'"),
        (ColumnKey(Kind.TAG, "mlflow.user"), "!=", "x", "tags.mlflow.user != 'x'"),
        (ColumnKey(Kind.ATTRIBUTE, "start_time"), ">=", 5, "start_time >= 5"),
        (ColumnKey(Kind.ATTRIBUTE, "duration"), "IS NULL", None, "duration IS NULL"),
        (ColumnKey(Kind.ATTRIBUTE, "status"), "=", "FAILED", "status = 'FAILED'"),
        (ColumnKey(Kind.DATASET, "name"), "=", "d", "dataset.name = 'd'"),
        (ColumnKey(Kind.MODEL, "name"), "IS NOT NULL", None, "model.name IS NOT NULL"),
        (ColumnKey(Kind.MARK, "star"), "=", "1", "mark.star IS NOT NULL"),
        (ColumnKey(Kind.MARK, "star"), "!=", "1", "mark.star IS NULL"),
        (ColumnKey(Kind.MARK, "note"), "=", "x", "mark.note = 'x'"),
        (ColumnKey(Kind.WORD, "geo"), "=", "", "geo"),
        (ColumnKey(Kind.WORD, "geo"), "!=", "", "NOT geo"),
        (ColumnKey(Kind.WORD, "two words"), "=", "", "'two words'"),
        (ColumnKey(Kind.WORD, "starred"), "=", "", "'starred'"),
        (ColumnKey(Kind.WORD, "status"), "=", "", "'status'"),
        (ColumnKey(Kind.WORD, "and"), "=", "", "'and'"),
    ],
)
def test_clauses_read_as_a_person_would_write_them(key, operator, value, clause):
    assert clause_for(key, operator, value) == clause
    parse(clause)


def test_a_clause_in_mlflows_grammar_stays_in_it():
    for value in ("x", "it's", 'a "b"', "50%", "a\\b"):
        assert parse(clause_for(P, "=", value)).is_mlflow
    assert parse(clause_for(A, ">=", 1e-30)).is_mlflow


@pytest.mark.parametrize(
    ("filter_text", "clause", "joined"),
    [
        ("", "metrics.a > 1", "metrics.a > 1"),
        ("  ", "metrics.a > 1", "metrics.a > 1"),
        ("params.p = 'x'", "metrics.a > 1", "params.p = 'x' AND metrics.a > 1"),
        ("params.p = 'x' AND", "metrics.a > 1", "params.p = 'x' AND metrics.a > 1"),
        ("params.p = 'x' geo", "metrics.a > 1", "params.p = 'x' AND geo AND metrics.a > 1"),
        ("geo OR x", "metrics.a > 1", "(geo OR x) AND metrics.a > 1"),
        ("(geo OR x)", "metrics.a > 1", "(geo OR x) AND metrics.a > 1"),
        ("(geo) OR (x)", "y OR z", "((geo) OR (x)) AND (y OR z)"),
        ("metrics.a > 1 AND geo", "metrics.a > 1", "metrics.a > 1 AND geo"),
        ("metrics.a IN (1, 2)", "geo", "metrics.a IN (1, 2) AND geo"),
        ("NOT geo", "x", "NOT geo AND x"),
        ("metrics.a >", "geo", "geo"),
    ],
)
def test_a_clause_is_joined_to_a_filter(filter_text, clause, joined):
    assert conjoin(filter_text, clause) == joined
    parse(joined)


def test_a_menus_clause_replaces_the_one_on_its_column():
    text_ = "metrics.a > 1 AND geo AND metrics.a < 9 AND (metrics.a = 3 OR params.p = 'x')"
    replaced = conjoin(text_, "metrics.a BETWEEN 2 AND 3", replacing=A)
    assert replaced == "geo AND (metrics.a = 3 OR params.p = 'x') AND metrics.a BETWEEN 2 AND 3"
    assert without(text_, A) == "geo AND (metrics.a = 3 OR params.p = 'x')"
    assert clauses_on(text_, A) == ["metrics.a > 1", "metrics.a < 9"]
    least = ColumnKey(Kind.METRIC, "a", "min")
    assert without("min(metrics.a) > 1 AND metrics.a > 1", least) == "metrics.a > 1"
    assert without("min(metrics.a) > 1 AND metrics.a > 1", A) == "min(metrics.a) > 1"
    assert without("metrics.a > 1 OR metrics.a IS NULL", A) == ""
    assert without("start_time > 5 AND duration > 5", ColumnKey(Kind.ATTRIBUTE, "duration")) == (
        "start_time > 5"
    )
    assert without("status = 'x' AND geo", ColumnKey(Kind.WORD, "geo")) == "status = 'x'"
    assert without("starred AND geo", ColumnKey(Kind.MARK, "star")) == "geo"


def test_a_runs_name_is_one_column_however_it_is_written():
    name = ColumnKey(Kind.ATTRIBUTE, "run_name")
    for written in (
        "run_name = 'x'",
        "name = 'x'",
        "`run name` = 'x'",
        "attributes.run_name = 'x'",
    ):
        assert without(f"{written} AND geo", name) == "geo"
        assert clauses_on(written, RUN_NAME) == [written]


def test_several_datasets_are_compared_one_by_one():
    key = ColumnKey(Kind.DATASET, "name")
    runs = frame(2, {key: datasets([("a", "it's"), ()])})
    assert kept(clause_for(key, "=", "it's"), runs) == [0]
