"""The filter language: what is refused and where, and which runs the rest keeps."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frames import datasets, frame, metric, text
from runcase.errors import FilterError
from runcase.store.frame import RUN_NAME
from runcase.store.records import ColumnKey, Kind
from runcase.store.search import parse, parse_order
from runcase.store.search_mlflow import mlflow_clauses

A = ColumnKey(Kind.METRIC, "a")
P = ColumnKey(Kind.PARAM, "p")
T = ColumnKey(Kind.TAG, "t")


def kept(filter_text, runs):
    return np.flatnonzero(parse(filter_text).mask(runs)).tolist()


@pytest.mark.parametrize(
    ("filter_text", "columns"),
    [
        ("", set()),
        ("  ", set()),
        ("AND and", set()),
        ("metrics.a > 1", {A}),
        ("metric.a>-1.5e-3", {A}),
        ("`metrics`.`a` < .5", {A}),
        ("metrics.`val/loss` <= 5.", {ColumnKey(Kind.METRIC, "val/loss")}),
        ("metrics.'a b' = 1", {ColumnKey(Kind.METRIC, "a b")}),
        ('metrics."a b" = 1', {ColumnKey(Kind.METRIC, "a b")}),
        ("metrics.a.b.c > 1", {ColumnKey(Kind.METRIC, "a.b.c")}),
        ("params.order = 'x'", {ColumnKey(Kind.PARAM, "order")}),
        ("params.日本 = 'x'", {ColumnKey(Kind.PARAM, "日本")}),
        ("params.1a = 'x'", {ColumnKey(Kind.PARAM, "1a")}),
        ("parameter.p='x'AND param.p like \"y\"", {P}),
        ("tags.mlflow.runName ILIKE '%x'", {RUN_NAME}),
        ("run_name = 'x' and `Run name` = 'x' and attr.`run name` = 'y'", {RUN_NAME}),
        ("AND tags.t IS NULL AND AND params.p is not null AND", {P, T}),
        ("status = 'FINISHED' and created > 5 and run.end_time < 5.5", set()),
        ("run_id IN ('a', \"b\",) and run_id not in('c')", set()),
        ("dataset.name NOT IN ('a')", {ColumnKey(Kind.DATASET, "name")}),
        ("datasets.context = 'train'", {ColumnKey(Kind.DATASET, "context")}),
        ("params.p = 'it''s' tags.t = 'it\\'s'", {P, T}),
    ],
)
def test_what_mlflow_takes_is_taken(filter_text, columns):
    assert parse(filter_text).columns() == columns
    assert parse(filter_text).is_mlflow


@pytest.mark.parametrize(
    "filter_text",
    [
        "metrics.a > 1 OR metrics.b > 2",
        "NOT metrics.a > 1",
        "(metrics.a > 1)",
        "params.p = 'x' params.q IS NULL",
        "params.p = 'x' run_id IN ('a')",
        "metrics.a > 1 -- why",
        "metrics.a > 1; ",
        "metrics.a > 1, metrics.b > 2",
        "1 < metrics.a",
        "metrics.a > 1AND metrics.b > 2",
        "metrics.a > +1",
        "metrics.a > 1e+5",
        "metrics.a > nan",
        "metrics.a > '1'",
        "metrics.a IS NULL",
        "metrics.a == 1",
        "metrics.a LIKE 'x'",
        "metrics.val/loss > 1",
        "metrics.f1-score > 1",
        "metrics.0 > 1",
        "params.in = 'x'",
        "params. = 'x'",
        "params.`a``b` = 'x'",
        "METRICS.a > 1",
        "foo.a > 1",
        "params.p > 'x'",
        "params.p = 5",
        "params.p = x",
        "params.p = `x`",
        "params.p = 'x",
        "params.p = E'x'",
        "params.p IN ('x')",
        "params.p NOT LIKE 'x'",
        "params.p RLIKE 'x'",
        "params.p = ('x')",
        "run_id IN 'a'",
        "run_id IN ()",
        "run_id IN (5)",
        "run_id IN ('a\nb')",
        "status IN ('a')",
        "status = 5",
        "Status = 'x'",
        "start_time > '5'",
        "start_time LIKE '5'",
        "duration > 5",
        "experiment_id = '1'",
        "name = 'x'",
        "dataset.foo = 'x'",
        "dataset.name > 'x'",
        "metrics.a",
        "metrics.a >",
        "params.p BETWEEN 'a' AND 'b'",
    ],
)
def test_what_mlflow_refuses_is_not_called_its_grammar(filter_text):
    assert mlflow_clauses(filter_text) is None


PIECES = [
    *(
        "min(metrics.a)",
        "at(",
        "BETWEEN",
        "duration",
        "1h30m",
        "2025-03-01",
        "~",
        "RLIKE",
        "starred",
    ),
    *("metrics.a", "params.`b c`", "tags.", "status", "run_id", "AND", "OR", "NOT", "IS", "NULL"),
    *("IN", "LIKE", "=", "!=", ">", "(", ")", ",", ";", "'x'", '"y"', "`", "'", '"', "1", "-2.5"),
    *("1e-3", "1e", "nan", "--", "/*", "\\'", "\n", "é", ".", "/", "²", "\xa0", "DESC", "#"),
]


@given(st.text() | st.lists(st.sampled_from(PIECES)).flatmap(lambda pieces: joined(pieces)))
def test_any_text_parses_or_says_where_it_is_wrong(filter_text):
    for parsed in (parse, lambda wanted: parse_order([wanted])):
        error = mistake(parsed, filter_text)
        if error is not None:
            assert 0 <= error.position <= len(filter_text)
            assert error.length >= 1


def joined(pieces):
    return st.sampled_from([" ".join(pieces), "".join(pieces)])


def mistake(parsed, filter_text):
    try:
        parsed(filter_text)
    except FilterError as error:
        return error
    return None


numbers = st.none() | st.sampled_from([0.0, 1.0, -1.5, math.nan, math.inf, -math.inf])
texts = st.none() | st.sampled_from(
    ["", "a", "A", "ab", "aXb", "100%", "é", "É", "a\nb", "10", "9"]
)
comparators = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@given(
    st.lists(st.tuples(numbers, texts), max_size=12),
    st.sampled_from(sorted(comparators)),
    st.sampled_from(["0", "1", "-1.5", "2e300"]),
)
def test_metrics_compare_as_plain_python_does(rows, comparator, value):
    runs = frame(len(rows), {A: metric([row[0] for row in rows])})
    wanted = [
        at
        for at, (number, _) in enumerate(rows)
        if number is not None and comparators[comparator](number, float(value))
    ]
    assert kept(f"metrics.a {comparator} {value}", runs) == wanted


def like(text, pattern, ignore_case):
    if ignore_case:
        lower = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
        text, pattern = text.translate(lower), pattern.translate(lower)
    escaped = "".join({"%": ".*", "_": "."}.get(c, re.escape(c)) for c in pattern)
    return re.fullmatch(escaped, text, re.DOTALL) is not None


@given(
    st.lists(texts, max_size=12),
    st.text("aAbX%_é1", max_size=6),
    st.sampled_from(["=", "!=", "LIKE", "ILIKE"]),
)
def test_texts_compare_as_plain_python_does(rows, value, comparator):
    runs = frame(len(rows), {P: text(rows)})
    tests = {
        "=": lambda found: found == value,
        "!=": lambda found: found != value,
        "LIKE": lambda found: like(found, value, False),
        "ILIKE": lambda found: like(found, value, True),
    }
    wanted = [at for at, found in enumerate(rows) if found is not None and tests[comparator](found)]
    assert kept(f"params.p {comparator} '{value}'", runs) == wanted


def test_a_pattern_of_many_percent_signs_takes_no_time():
    runs = frame(1, {T: text(["a" * 5_000])})
    assert kept(f"tags.t LIKE '{'%a' * 40}%b'", runs) == []


def test_infinity_compares_as_the_largest_double():
    runs = frame(2, {A: metric([math.inf, -math.inf])})
    assert kept("metrics.a > 1e400", runs) == []
    assert kept("metrics.a = 1.7976931348623157e308", runs) == [0]
    assert kept("metrics.a < -1e300", runs) == [1]


def test_clauses_are_joined_with_and():
    runs = frame(3, {A: metric([1.0, 2.0, 3.0]), P: text(["x", "x", "y"])})
    assert kept("metrics.a > 1 AND params.p = 'x'", runs) == [1]
    assert kept("metrics.a > 1 params.p = 'x'", runs) == [1]
    assert kept("", runs) == [0, 1, 2]


def test_presence_asks_for_the_row_and_not_for_its_value():
    tags = text([None, "x", None])
    tags.present[0] = True  # a tag whose value is NULL
    runs = frame(3, {T: tags})
    assert kept("tags.t IS NULL", runs) == [2]
    assert kept("tags.t IS NOT NULL", runs) == [0, 1]
    assert kept("tags.t != 'y'", runs) == [1]


def test_any_dataset_of_a_run_may_match_each_clause():
    key = ColumnKey(Kind.DATASET, "name")
    runs = frame(3, {key: datasets([("a", "b"), ("b",), ()])})
    assert kept("dataset.name = 'a' AND dataset.name = 'b'", runs) == [0]
    assert kept("dataset.name != 'a'", runs) == [0, 1]
    assert kept("dataset.name NOT IN ('b')", runs) == [0]


def test_attributes_and_times():
    runs = frame(
        3,
        statuses=["FINISHED", "FAILED", "finished"],
        users=["ada", None, "bob"],
        starts=[30, 20, None],
        names=["x", "y", "z"],
    )
    assert kept("status = 'FINISHED'", runs) == [0]
    assert kept("user_id != 'ada'", runs) == [2]
    assert kept("start_time >= 20", runs) == [0, 1]
    assert kept("created < 20.5", runs) == [1]
    assert kept("start_time < 99999999999999999999999", runs) == [0, 1]
    assert kept("run_id IN ('0001', '0002')", runs) == [1, 2]
    assert kept("run_name = 'y'", runs) == [1]
    assert kept("artifact_uri LIKE '%0002'", runs) == [2]


def test_a_list_reads_escapes_as_python_does():
    runs = frame(1, {ColumnKey(Kind.DATASET, "name"): datasets([("a\nb",)])})
    assert kept(r"dataset.name IN ('a\nb')", runs) == [0]
    assert kept(r"dataset.name = 'a\nb'", runs) == []


@pytest.mark.parametrize(
    "clause",
    ["", "metrics.a, metrics.b", "metrics.a desc nulls last", "name", "dataset.name", "desc",
     "metrics.a foo", "metrics.val/loss", "run name", "`run name`", "experiment_id"],
)  # fmt: skip
def test_orderings_that_mlflow_refuses(clause):
    with pytest.raises(FilterError):
        parse_order([clause])


def test_an_ordering_names_a_column_once():
    with pytest.raises(FilterError, match="twice"):
        parse_order(["start_time", "created DESC"])


@pytest.mark.parametrize("direction", ["ASC", "desc"])
def test_metrics_order_nan_after_numbers_and_missing_last(direction):
    runs = frame(6, {A: metric([math.nan, 1.0, None, math.inf, -math.inf, 1.0])})
    order = parse_order([f"metrics.a {direction}"]).apply(runs).tolist()
    numbers = [4, 1, 5, 3] if direction == "ASC" else [3, 1, 5, 4]
    assert order == [*numbers, 0, 2]


def test_params_order_as_text_and_missing_last():
    runs = frame(5, {P: text(["9", None, "10", "a", "9"])})
    assert parse_order(["params.p"]).apply(runs).tolist() == [2, 0, 4, 3, 1]
    assert parse_order(["params.p DESC"]).apply(runs).tolist() == [3, 0, 4, 2, 1]


def test_several_clauses_and_chosen_rows():
    runs = frame(
        4, {P: text(["x", "y", "x", "y"]), A: metric([1, 2, 3, 4])}, starts=[9, 9, 9, None]
    )
    order = parse_order(["params.p DESC", "metrics.a DESC"])
    assert order.columns() == {P, A}
    assert order.apply(runs).tolist() == [3, 1, 2, 0]
    assert order.apply(runs, np.array([2, 0, 1])).tolist() == [1, 2, 0]
    assert parse_order([]).apply(runs, np.array([2, 0])).tolist() == [0, 2]
    assert parse_order(["start_time"]).apply(runs).tolist() == [0, 1, 2, 3]
