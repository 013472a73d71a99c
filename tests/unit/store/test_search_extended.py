"""What Runcase's own filters mean, and what is said of each kind of mistake, and where."""

import math
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest

from frames import datasets, frame, metric, text
from runcase.errors import FilterError
from runcase.store.frame import RUN_NAME
from runcase.store.records import ColumnKey, Kind
from runcase.store.search import parse

A, B = ColumnKey(Kind.METRIC, "a"), ColumnKey(Kind.METRIC, "b")
P = ColumnKey(Kind.PARAM, "p")
T = ColumnKey(Kind.TAG, "t")
NOW = 1_750_000_000_000
DAY = 86_400_000


def kept(filter_text, runs, now=NOW):
    return np.flatnonzero(parse(filter_text).mask(runs, now)).tolist()


@pytest.mark.parametrize(
    ("filter_text", "wrong", "sentence", "hint"),
    [
        ("(metrics.a > 1", "(", "never closed", "Close it"),
        ("min(metrics.a > 1", ">", "does not belong here", ")"),
        ("metrics.a > 1)", ")", "never opened", ""),
        ("()", ")", "A clause is missing before )", "looks like"),
        ("metrics.a > 1 OR", "R", "A clause is missing at the end", "plain word"),
        ("OR metrics.a > 1", "OR", "A clause is missing before OR", "looks like"),
        ("NOT", "T", "A clause is missing at the end", "looks like"),
        ("params.p = 'x", "'x", "quote is never closed", "same quote"),
        ("metrics.`a > 1", "`a > 1", "quote is never closed", "same quote"),
        ("metrics.`a`b` > 1", "b", "does not belong", "a backtick twice"),
        ("metrics.a > 1 -- why", "-- why", "no comments", ""),
        ("metrics.a > 1; metrics.b > 2", ";", "joins no clauses", "Did you mean AND?"),
        ("metrics.a > 1 && metrics.b > 2", "&&", "joins no clauses", "Did you mean AND?"),
        ("metrics.a > 1 || metrics.b > 2", "||", "joins no clauses", "Did you mean OR?"),
        ("metrics.a > 1, metrics.b > 2", ",", "joins no clauses", "Did you mean AND?"),
        ("metrics.a >", ">", "A value is missing at the end", "quotes"),
        ("metrics.a > > 1", ">", "A value is missing before >", "quotes"),
        ("metrics.a > metrics.`b`", "metrics.`b`", "cannot be compared with", "a value"),
        ("metrics.a => 1", "=>", "=> is no comparison", "Did you mean >=?"),
        ("metrics.a ==== 1", "====", "is no comparison", "Use one of"),
        ("metrics.`a` lkie 'x'", "lkie", "is no comparison", "Did you mean LIKE?"),
        ("metrics.`a` 5", "5", "A comparison is missing before 5", "Use one of"),
        ("metrics.`a`", "`", "A comparison is missing after the name", "Use one of"),
        ("metrics.a", "metrics.a", "A comparison is missing after metrics.a", "< 0.5"),
        ("params.p", "params.p", "A comparison is missing after params.p", "= 'value'"),
        ("status", "status", "A comparison is missing after status", "quotes"),
        ("metrics", "metrics", "A name is missing after metrics", "metrics.name"),
        ("metrics. > 1", "metrics.", "name after the dot is missing", ""),
        ("= 5", "=", "A name is missing before =", "looks like"),
        ("like 'x'", "like", "A name is missing before like", "looks like"),
        ("foo.a > 1", "foo", "foo is none of", "Put one of them"),
        ("metrcs.a > 1", "metrcs", "metrcs is none of", "Did you mean metrics?"),
        ("METRICS.a > 1", "METRICS", "METRICS is none of", "Did you mean metrics?"),
        ("rmse < 5", "rmse", "A run has no attribute rmse", "metrics.rmse"),
        ("stauts = 'x'", "stauts", "no attribute stauts", "Did you mean status?"),
        ("attr.stauts = 'x'", "stauts", "no attribute stauts", "Did you mean status?"),
        ("user = 'x'", "user", "no attribute user", "Did you mean user_id?"),
        ("dataset.nam = 'x'", "nam", "A dataset has no nam", "Did you mean name?"),
        ("model.version = 'x'", "version", "A model has no version", "Use one of name"),
        ("mark.colour = 'x'", "colour", "A mark has no colour", "star, pin, hidden, note"),
        ("mark.star = 'x'", "=", "has the mark star or has it not", "IS NOT NULL"),
        ("params.p = x", "x", "A param is compared with a text", "Did you mean 'x'?"),
        ("params.p = `x`", "`x`", "cannot be compared with", "a value"),
        ("status = 5", "5", "status is compared with a text", "Did you mean '5'?"),
        ("metrics.a > '1'", "'1'", "A metric is compared with a number", "Did you mean 1?"),
        ("metrics.a > x", "x", "A metric is compared with a number", "without quotes"),
        ("metrics.a > 1AND metrics.b > 2", "1AND", "compared with a number", "without quotes"),
        ("metrics.a > nan", "nan", "NaN is neither less", "IS NAN"),
        ("params.p > nan", "nan", "NaN is neither less", "IS NAN"),
        ("metrics.a LIKE 'x'", "LIKE", "LIKE does not work for a metric", "Use one of ="),
        ("start_time LIKE 'x'", "LIKE", "LIKE does not work for start_time", "Use one of ="),
        ("params.p IN 'x'", "'x'", "IN takes a list", "IN ('a', 'b')"),
        ("params.p IN ()", "()", "The list is empty", "IN ('a', 'b')"),
        ("params.p IN ('x'", "(", "never closed", "Close it"),
        ("params.p IN ('x' 'y')", "'y'", "does not belong here", "comma"),
        ("params.p IN ('a\nb')", "'a\nb'", "cannot be read", "backslash"),
        ("params.p = ('x')", "('x')", "= takes one value, not a list", "Use IN"),
        ("params.p BETWEEN 1", "1", "AND and a second value are missing", "BETWEEN 1 AND 2"),
        ("params.p BETWEEN 1 2", "2", "AND is missing before 2", "BETWEEN 1 AND 2"),
        ("params.p BETWEEN (1, 2) AND 3", "BETWEEN", "takes two values", "BETWEEN 1 AND 2"),
        ("mark.pin BETWEEN 1 AND 2", "BETWEEN", "has the mark pin or has it not", "IS NULL"),
        ("metrics.a IS", "S", "NULL is missing at the end", "IS NOT NULL"),
        ("metrics.a IS 5", "5", "NULL is missing before 5", "IS NOT NULL"),
        ("metrics.a = NULL", "NULL", "compared with NULL", "IS NULL"),
        ("status IS NAN", "status IS NAN", "IS NAN works for metrics", "IS NULL"),
        ("duration IS NAN", "duration IS NAN", "IS NAN works for metrics", "IS NULL"),
        ("nul > 5 or null", "null", "null does not belong here", "in quotes"),
        ("minn(metrics.a) > 1", "minn", "There is no function minn", "Did you mean min?"),
        ("sqrt(metrics.a) > 1", "sqrt", "There is no function sqrt", "step_of_min"),
        ("min(params.p) > 1", "params.p", "min works on a metric only", "min(metrics.rmse)"),
        ("min(max(metrics.a)) > 1", "max(metrics.a)", "on a metric only", "min(metrics.rmse)"),
        ("min() > 1", "min()", "min takes one metric", "min(metrics.rmse)"),
        ("min(metrics.a, 5) > 1", "5", "min takes one metric", "min(metrics.rmse)"),
        ("at(metrics.a) > 1", "at(metrics.a)", "a metric and a step", "at(metrics.rmse, 100)"),
        ("at() > 1", "at()", "a metric and a step", "at(metrics.rmse, 100)"),
        ("at(metrics.a, 1.5) > 1", "1.5", "A step is a whole number", "at(metrics.rmse, 100)"),
        ("duration > fast", "fast", "compared with a length of time", "1h30m"),
        ("age < 2025-03-01", "2025-03-01", "compared with a length of time", "7d"),
        ("start_time > 7d", "7d", "start_time is compared with a time", "Write age < 7d"),
        ("start_time > 'x'", "'x'", "start_time is compared with a time", "2025-03-01"),
        ("start_time > 2025-02-30", "2025-02-30", "no 2025-02-30", "year-month-day"),
        ("start_time > 9999-12-31", "9999-12-31", "no 9999-12-31", "year-month-day"),
        ("params.p ~ '^a(b'", "(", "no regular expression: unclosed group", "LIKE"),
        ("params.p ~ 'a(?=b)'", "(?=", "look-ahead", "LIKE"),
        ("params.p ~ E'a(\\\\d'", "E'a(\\\\d'", "unclosed group", "LIKE"),
        ("params.p ~ 'a\n('", "a\n(", "unclosed group", "LIKE"),
        ("''", "''", "This text is empty", "Type a word"),
    ],
)  # fmt: skip
def test_each_mistake_is_named_in_its_place(filter_text, wrong, sentence, hint):
    with pytest.raises(FilterError) as caught:
        parse(filter_text)
    error = caught.value
    assert filter_text[error.position : error.position + error.length] == wrong
    assert sentence in error.message
    assert hint in error.hint
    assert error.message.endswith(".")


def test_and_binds_before_or_and_not_before_and():
    runs = frame(8, {
        key: metric([float(row >> bit & 1) for row in range(8)])
        for bit, key in enumerate((A, B, ColumnKey(Kind.METRIC, "c")))
    })  # fmt: skip
    a, b, c = (f"metrics.{key} = 1" for key in "abc")
    rows = range(8)
    both = [row for row in rows if row & 1 or (row & 2 and row & 4)]
    assert kept(f"{a} OR {b} AND {c}", runs) == both
    assert kept(f"{a} or {b} {c}", runs) == both
    assert kept(f"({a} OR {b}) AND {c}", runs) == [r for r in rows if r & 3 and r & 4]
    assert kept(f"NOT {a} AND {b}", runs) == [r for r in rows if not r & 1 and r & 2]
    assert kept(f"NOT ({a} AND {b})", runs) == [r for r in rows if r & 3 != 3]
    assert kept(f"not not {a}", runs) == [1, 3, 5, 7]
    assert kept(f"(({a}))", runs) == [1, 3, 5, 7]
    assert kept(f"AND ({a}) AND AND ({b}) AND", runs) == [3, 7]


def test_params_compare_as_numbers_with_a_number_and_as_texts_with_a_text():
    runs = frame(7, {P: text(["0.1", "1e-1", "10", "x9", None, "nan", "-inf"])})
    assert kept("params.p > 0.05", runs) == [0, 1, 2]
    assert kept("params.p = 0.1", runs) == [0, 1]
    assert kept("params.p != 0.1", runs) == [2, 5, 6]
    assert kept("params.p = '0.1'", runs) == [0]
    assert kept("params.p IN (0.1, 'x9')", runs) == [0, 1, 3]
    assert kept("params.p NOT IN (0.1, 'x9')", runs) == [2, 5, 6]
    assert kept("params.p NOT IN ('x9', '10')", runs) == [0, 1, 5, 6]
    assert kept("params.p BETWEEN 0.1 AND 10", runs) == [0, 1, 2]
    assert kept("params.p NOT BETWEEN 0.2 AND 9", runs) == [0, 1, 2, 6]
    assert kept("params.p BETWEEN '1' AND '2'", runs) == [1, 2]
    assert kept("params.p >= 'n'", runs) == [3, 5]
    assert kept("params.p IS NAN", runs) == [5]
    assert kept("params.p IS NOT NAN", runs) == [0, 1, 2, 6]
    assert kept("params.p = -inf OR params.p = nan", runs) == [5, 6]


def test_nan_infinity_and_missing_metrics_are_told_apart():
    runs = frame(5, {A: metric([math.nan, math.inf, -math.inf, 1.0, None])})
    assert kept("metrics.a IS NAN", runs) == [0]
    assert kept("metrics.a IS NOT NAN", runs) == [1, 2, 3]
    assert kept("metrics.a = nan", runs) == [0]
    assert kept("metrics.a != nan", runs) == [1, 2, 3]
    assert kept("metrics.a = inf", runs) == [1]
    assert kept("metrics.a < +Infinity", runs) == [2, 3]
    assert kept("metrics.a IN (nan, -inf)", runs) == [0, 2]
    assert kept("metrics.a IS NULL", runs) == [4]
    assert kept("metrics.a IS NOT NULL", runs) == [0, 1, 2, 3]
    assert kept("NOT metrics.a > 0", runs) == [0, 2, 4]
    assert kept("metrics.a > 1e400 OR metrics.a < 1e400", runs) == [1, 2, 3]
    assert kept("(metrics.a != 1e400)", runs) == [0, 1, 2, 3]


def test_functions_name_other_values_of_a_metric():
    for written, how in (
        ("min(metrics.`val/loss`)", "min"),
        ("MAX(metric.`val/loss`)", "max"),
        ("mean(metrics.val/loss)", "mean"),
        ("avg(metrics.val/loss)", "mean"),
        ("first(metrics.'val/loss')", "first"),
        ("last(metrics.'val/loss')", ""),
        ("at(metrics.`val/loss`, -3)", "at:-3"),
        ("step_of_min(metrics.`val/loss`)", "step of min"),
        ("step_of_max(metrics.`val/loss`)", "step of max"),
    ):
        key = ColumnKey(Kind.METRIC, "val/loss", how)
        assert parse(f"{written} >= 0").columns() == {key}
        assert kept(f"{written} > 1", frame(3, {key: metric([1.0, None, 2.0])})) == [2]
        assert kept(f"{written} IS NULL", frame(3, {key: metric([1.0, None, 2.0])})) == [1]


def test_durations_and_ages():
    runs = frame(
        5,
        starts=[NOW - 2 * DAY, NOW - 8 * DAY, 5, 1_000, None],
        ends=[NOW - 2 * DAY + 90_000, None, 4, 6_401_000, 9],
    )
    assert kept("duration > 1m", runs) == [0, 3]
    assert kept("duration > 1.5min", runs) == [3]
    assert kept("duration >= 90s AND duration < 1h30m", runs) == [0]
    assert kept("duration = 90000", runs) == [0]
    assert kept("duration < 0s", runs) == [2]
    assert kept("duration < -0.5ms", runs) == [2]
    assert kept("duration BETWEEN 1m AND 1d", runs) == [0, 3]
    assert kept("duration IS NULL", runs) == [1, 4]
    assert kept("age < 7d", runs) == [0]
    assert kept("age > 1w AND age < 2w", runs) == [1]
    assert kept("age IS NULL", runs) == [4]
    assert kept("end_time IS NULL", runs) == [1]


def local(*parts):
    return round(datetime(*parts).timestamp() * 1_000)


def test_dates_are_local_and_stand_for_their_whole_period_with_equals():
    starts = [local(2025, 3, 2), local(2025, 3, 1, 23, 59), local(2025, 3, 1), local(2025, 2, 28)]
    runs = frame(4, starts=starts)
    assert kept("start_time > 2025-03-01", runs) == [0, 1]
    assert kept("start_time >= 2025-03-01", runs) == [0, 1, 2]
    assert kept("start_time < 2025-03-01", runs) == [3]
    assert kept("start_time = 2025-03-01", runs) == [1, 2]
    assert kept("start_time != 2025-03-01", runs) == [0, 3]
    assert kept("start_time IN (2025-03-02, 2025-02-28)", runs) == [0, 3]
    assert kept("start_time BETWEEN 2025-02-28 AND 2025-03-01", runs) == [1, 2, 3]
    assert kept("start_time NOT BETWEEN 2025-02-28 AND 2025-03-01", runs) == [0]
    assert kept("start_time = 2025-03", runs) == [0, 1, 2]
    assert kept("start_time = '2025-03-01 23:59'", runs) == [1]
    assert kept("start_time = 2025-03-01T23:59:00", runs) == [1]
    assert kept("start_time = 2025-03-01T23:59:01", runs) == []
    assert kept("start_time = 2025-03-01T00:00:00.000", runs) == [2]


def test_a_zone_is_honoured():
    moment = datetime(2025, 3, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    runs = frame(1, starts=[round(moment.timestamp() * 1_000)])
    for written in ("2025-03-01T10:00Z", "'2025-03-01 12:00+02:00'", "2025-03-01T05:30:00-0430"):
        assert kept(f"start_time = {written}", runs) == [0]


def test_today_and_yesterday_follow_the_clock():
    noon = local(2025, 6, 10, 12)
    runs = frame(3, starts=[noon, noon - DAY, noon - 2 * DAY])
    assert kept("start_time = today", runs, noon) == [0]
    assert kept("start_time = yesterday", runs, noon) == [1]
    assert kept("start_time = yesterday", runs, noon - DAY) == [2]
    assert kept("start_time < today", runs, noon) == [1, 2]


def test_a_filter_knows_whether_it_moves_with_the_clock():
    for text_ in (
        "age < 7d",
        "geo OR NOT (age > 5)",
        "start_time BETWEEN yesterday AND 2030-01-01",
    ):
        assert parse(text_).moves
    for text_ in ("", "start_time > 2025-01-01", "duration > 5 AND metrics.a = 1 OR geo"):
        assert not parse(text_).moves


def test_texts_of_any_column():
    model = ColumnKey(Kind.MODEL, "name")
    runs = frame(
        4,
        {
            T: text(["abc", "aBd", None, "zzz"]),
            model: datasets([("m1", "m2"), (), ("m2",), ("x",)]),
            ColumnKey(Kind.ATTRIBUTE, "experiment"): text(["e1", "e2", "e1", None]),
        },
        statuses=["FINISHED", "FAILED", "RUNNING", "FAILED"],
        names=["n1", "n2", "xn", "n3"],
    )
    assert kept("tags.t NOT LIKE 'ab%'", runs) == [1, 3]
    assert kept("tags.t NOT ILIKE 'ab%'", runs) == [3]
    assert kept("tags.t ~ '^a.[cd]$'", runs) == [0, 1]
    assert kept("tags.t RLIKE '(?i)B' AND tags.t !~ 'c'", runs) == [1]
    assert kept("tags.t NOT RLIKE 'a'", runs) == [3]
    assert kept("tags.t == 'abc' OR tags.t <> 'abc'", runs) == [0, 1, 3]
    assert kept("status IN ('FAILED', 'RUNNING')", runs) == [1, 2, 3]
    assert kept("status NOT IN ('FAILED')", runs) == [0, 2]
    assert kept("name ~ '^n' OR run_name = 'xn'", runs) == [0, 1, 2, 3]
    assert kept("`run name` NOT LIKE 'n%'", runs) == [2]
    assert kept("model.name = 'm2'", runs) == [0, 2]
    assert kept("models.name ~ '^m[12]$'", runs) == [0, 2]
    assert kept("model.name IS NULL", runs) == [1]
    assert kept("experiment = 'e1' AND experiment_id = 0", runs) == [0, 2]
    assert kept("experiment IS NULL", runs) == [3]
    assert kept("run_id ~ '[12]$' OR run_id NOT LIKE '000%'", runs) == [1, 2]
    assert kept("lifecycle_stage != 'active'", runs) == []
    assert kept("parent_id IS NULL", runs) == [0, 1, 2, 3]


def test_a_regular_expression_of_nested_repeats_takes_no_time():
    runs = frame(1, {T: text(["a" * 40 + "!"])})
    assert kept(r"tags.t ~ '(a+)+$'", runs) == []
    assert kept(r"tags.t ~ '(a|a)*b'", runs) == []


def test_marks_are_columns_that_somebody_gives_the_frame():
    star, note = ColumnKey(Kind.MARK, "star"), ColumnKey(Kind.MARK, "note")
    given = frame(3, {star: text([None, "1", None]), note: text([None, "Look", "other"])})
    for written in ("starred", "mark.star IS NOT NULL", "NOT mark.star IS NULL"):
        assert parse(written).columns() == {star}
        assert kept(written, given) == [1]
        assert kept(written, frame(3)) == []
    assert kept("NOT starred", frame(2)) == [0, 1]
    assert kept("mark.note ILIKE '%look%'", given) == [1]
    assert parse("pinned AND hidden").columns() == {
        ColumnKey(Kind.MARK, "pin"),
        ColumnKey(Kind.MARK, "hidden"),
    }


def test_plain_words_are_columns_and_look_into_notes():
    word, note = ColumnKey(Kind.WORD, "geo x"), ColumnKey(Kind.MARK, "note")
    assert parse("'Geo X'").columns() == {word, note}
    assert parse("XGBoost geo-2").columns() == {
        ColumnKey(Kind.WORD, "xgboost"),
        ColumnKey(Kind.WORD, "geo-2"),
        note,
    }
    runs = frame(3, {word: text(["geo x", None, None]), A: metric([1.0, 2.0, 3.0])})
    assert kept('"GEO X"', runs) == [0]
    assert kept("'geo x' OR metrics.a > 2", runs) == [0, 2]
    assert kept("metrics.a < 3 NOT 'geo x'", runs) == [1]
    runs.columns[note] = text([None, "about Geo X", None])
    assert kept('"geo x"', runs) == [0, 1]
    assert parse("'starred'").columns() == {ColumnKey(Kind.WORD, "starred"), note}


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("params.val/loss", "val/loss"),
        ("params.f1-score", "f1-score"),
        ("params.0", "0"),
        ("params.in", "in"),
        ("params.😀", "😀"),
        ("params.`a.b c`", "a.b c"),
        ("params.`a``b`", "a`b"),
        ("params.`a``b\"'c`", "a`b\"'c"),
        ('params."a`b"', "a`b"),
        ("params.'a`b'", "a`b"),
        ("params.`a\nb`", "a\nb"),
        ("params.``", ""),
        ("`params`.val/loss", "val/loss"),
        ('"params.p q"', "p q"),
    ],
)
def test_any_key_can_be_written(written, key):
    assert parse(f"({written} = 'x')").columns() == {ColumnKey(Kind.PARAM, key)}


def test_an_escaped_text_holds_any_quote():
    runs = frame(2, {T: text(['it\'s "x"\\', "a\nb\té"])})
    assert kept("""tags.t = E'it\\'s "x"\\\\'""", runs) == [0]
    assert kept("tags.t = e'a\\nb\\t\\u00e9' OR tags.t IN (E'a')", runs) == [1]
    assert kept("tags.t LIKE E'%\\xe9'", runs) == [1]


def test_unknown_names_are_found_with_what_was_meant():
    known = [P, ColumnKey(Kind.PARAM, "max_depth"), ColumnKey(Kind.PARAM, "eta"), A]
    (one,) = parse("params.max_dep > 3 AND params.p = 'x'").unknown(known)
    assert (one.position, one.length) == (0, len("params.max_dep"))
    assert one.column == ColumnKey(Kind.PARAM, "max_dep")
    assert one.suggestions[0] == ColumnKey(Kind.PARAM, "max_depth")
    (two,) = parse("min(metrics.eta) > 1 OR starred OR run_name = 'x'").unknown(known)
    assert (two.position, two.length) == (4, len("metrics.eta"))
    assert two.suggestions[0] == ColumnKey(Kind.PARAM, "eta")
    assert parse("max(metrics.a) > 1 x run_name = 'q'").unknown(frozenset(known)) == []
    assert parse("tags.mlflow.runName = 'q'").unknown([]) != []
    assert parse("run_name = 'q' or tags.mlflow.runName = 'q'").unknown([RUN_NAME]) == []


def test_what_mlflow_takes_means_the_same_inside_parentheses():
    runs = frame(3, {P: text(["it''s", "it\\'s", "a"]), A: metric([math.inf, math.nan, 1.0])})
    for clause in ("params.p = 'it''s'", "params.p = 'it\\'s'", "params.p ILIKE 'A'",
                   "metrics.a != 1", "metrics.a >= 1.7976931348623157e308", "run_id IN ('0001',)",
                   "artifact_uri LIKE '%2'", "created > 1.5", "run_name != '0000'"):  # fmt: skip
        assert parse(clause).is_mlflow
        assert not parse(f"({clause})").is_mlflow
        assert kept(clause, runs) == kept(f"({clause})", runs)
