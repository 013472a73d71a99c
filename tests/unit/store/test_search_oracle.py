"""Filters made at random, over runs made at random, against an evaluation in plain Python.

The oracle knows nothing of parsing or of arrays: it walks the tree from which the text was written.
"""

import math
import re
from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from frames import datasets, frame, metric, text
from runcase.store.records import ColumnKey, Kind
from runcase.store.search import parse

NOW = 1_700_000_000_000
KEYS = {
    "metrics.a": ColumnKey(Kind.METRIC, "a"),
    "min(metrics.`x/y`)": ColumnKey(Kind.METRIC, "x/y", "min"),
    "at(metrics.a, 3)": ColumnKey(Kind.METRIC, "a", "at:3"),
    "params.p": ColumnKey(Kind.PARAM, "p"),
    "tags.`q``r`": ColumnKey(Kind.TAG, "q`r"),
    "dataset.name": ColumnKey(Kind.DATASET, "name"),
    "model.name": ColumnKey(Kind.MODEL, "name"),
    "mark.note": ColumnKey(Kind.MARK, "note"),
    "experiment": ColumnKey(Kind.ATTRIBUTE, "experiment"),
}
METRICS = ("metrics.a", "min(metrics.`x/y`)", "at(metrics.a, 3)")
TEXTS = ("params.p", "tags.`q``r`", "mark.note", "experiment", "status", "user_id", "run_id")
MANY = ("dataset.name", "model.name")
NUMERIC_TEXTS = ("params.p", "tags.`q``r`")
CLOCK = ("start_time", "end_time", "duration", "age")
STAR = ColumnKey(Kind.MARK, "star")
WORD = ColumnKey(Kind.WORD, "geo")
UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}

numbers = st.sampled_from([0.0, -0.0, 1.0, -1.5, 2.5, 1e300, math.inf, -math.inf, math.nan])
texts = st.sampled_from(
    ["", "a", "A", "ab", "aXb", "10", "9", "1e1", "-1.5", "nan", "inf", "é", "a\nb", "100%", "x_y",
     "it's", 'say "x"', "back\\", " 9", "0x1"]
)  # fmt: skip
times = st.sampled_from([0, 5, NOW, NOW - 60_000, NOW - 86_400_000 * 8, NOW + 5, -7])
rows_of_runs = st.lists(
    st.fixed_dictionaries(
        {
            **{name: st.none() | numbers for name in METRICS},
            **{name: st.none() | texts for name in TEXTS if name not in ("status", "run_id")},
            **{name: st.lists(texts, max_size=3).map(tuple) for name in MANY},
            "status": st.sampled_from(["FINISHED", "FAILED"]),
            "start_time": st.none() | times,
            "end_time": st.none() | times,
            "starred": st.booleans(),
            "geo": st.booleans(),
        }
    ),
    min_size=1,
    max_size=8,
)


@dataclass(frozen=True)
class Leaf:
    """One comparison: the text of it, and whether a run passes."""

    written: str
    passes: object


def compare(sign, left, right):
    return {
        "=": lambda: left == right,
        "!=": lambda: left != right,
        "<": lambda: left < right,
        "<=": lambda: left <= right,
        ">": lambda: left > right,
        ">=": lambda: left >= right,
    }[sign]()


def as_number(value):
    """The number that a text of a param says, None when it says none; as Python reads it."""
    if value is None or isinstance(value, float):
        return value
    if re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?|nan", value, re.I):
        return float(value)
    return None


def number_text(value):
    return repr(value)


def quoted(value):
    return "E'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


@st.composite
def number_tests(draw):
    name = draw(st.sampled_from(METRICS + NUMERIC_TEXTS))
    kind = draw(st.sampled_from(["sign", "in", "not in", "between", "not between", "nan"]))
    some = draw(st.lists(numbers, min_size=1, max_size=3))
    if kind == "sign":
        value = some[0]
        signs = ["=", "!="] if math.isnan(value) else ["=", "!=", "<", "<=", ">", ">="]
        sign = draw(st.sampled_from(signs))
        return Leaf(f"{name} {sign} {number_text(value)}", numeric(name, sign, value))
    if kind == "nan":
        return Leaf(f"{name} IS NAN", numeric(name, "=", math.nan))
    if kind in ("in", "not in"):
        listed = ", ".join(map(number_text, some))
        equal = [numeric(name, "=" if kind == "in" else "!=", value) for value in some]
        every = any if kind == "in" else all
        return Leaf(f"{name} {kind} ({listed})", lambda run: every(each(run) for each in equal))
    low, high = draw(st.tuples(numbers, numbers).filter(lambda p: not any(map(math.isnan, p))))
    written = f"{name} {kind} {number_text(low)} AND {number_text(high)}"
    inside = (numeric(name, ">=", low), numeric(name, "<=", high))
    outside = (numeric(name, "<", low), numeric(name, ">", high))
    if kind == "between":
        return Leaf(written, lambda run: all(each(run) for each in inside))
    return Leaf(written, lambda run: any(each(run) for each in outside))


def numeric(name, sign, value):
    def passes(run):
        found = as_number(run[name])
        if found is None:
            return False
        if math.isnan(value):
            return math.isnan(found) == (sign == "=")
        return compare(sign, found, value)

    return passes


@st.composite
def text_tests(draw):
    name = draw(st.sampled_from(TEXTS + MANY))
    value = draw(texts)
    sign = draw(
        st.sampled_from(
            ["=", "!=", "<", ">=", "LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE", "~", "!~", "IN",
             "NOT IN"]
        )
    )  # fmt: skip
    if sign in ("IN", "NOT IN"):
        values = draw(st.lists(texts, min_size=1, max_size=3))
        listed = ", ".join(map(quoted, values))
        return Leaf(
            f"{name} {sign} ({listed})",
            textual(name, lambda found: (found in values) == (sign == "IN")),
        )
    if sign in ("~", "!~"):
        pattern = draw(st.sampled_from(["a", "^a", "[ab]+$", r"\d", "a.b", "(?i)A", "x|9", "é"]))
        return Leaf(
            f"{name} {sign} {quoted(pattern)}",
            # Rust's $ is the very end, where Python's also stands before a last line break.
            textual(name, lambda found: bool(re.search(pattern.replace("$", r"\Z"), found))
                    == (sign == "~")),
        )  # fmt: skip
    if "LIKE" in sign:
        pattern = draw(st.sampled_from(["%", "a%", "%b", "_", "A_", "%é%", "a%b", "", "10_%"]))
        return Leaf(
            f"{name} {sign} {quoted(pattern)}",
            textual(
                name, lambda found: like(found, pattern, "ILIKE" in sign) == ("NOT" not in sign)
            ),
        )
    return Leaf(f"{name} {sign} {quoted(value)}", textual(name, lambda f: compare(sign, f, value)))


def textual(name, test):
    def passes(run):
        found = run[name]
        if isinstance(found, tuple):
            return any(test(each) for each in found)
        return found is not None and test(found)

    return passes


def like(found, pattern, ignore_case):
    if ignore_case:
        lower = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
        found, pattern = found.translate(lower), pattern.translate(lower)
    escaped = "".join({"%": ".*", "_": "."}.get(c, re.escape(c)) for c in pattern)
    return re.fullmatch(escaped, found, re.DOTALL) is not None


@st.composite
def time_tests(draw):
    name = draw(st.sampled_from(CLOCK))
    sign = draw(st.sampled_from(["=", "!=", "<", "<=", ">", ">="]))
    if name in ("duration", "age"):
        count = draw(st.sampled_from([0, 1, 90, 1.5]))
        unit = draw(st.sampled_from(sorted(UNITS)))
        written, value = f"{count}{unit}", count * UNITS[unit]
    else:
        value = draw(times)
        written = str(value)
    return Leaf(
        f"{name} {sign} {written}",
        lambda run: clock(run, name) is not None and compare(sign, clock(run, name), value),
    )


def clock(run, name):
    start, end = run["start_time"], run["end_time"]
    if name == "duration":
        return None if start is None or end is None else end - start
    if name == "age":
        return None if start is None else NOW - start
    return run[name]


@st.composite
def presence_tests(draw):
    name = draw(st.sampled_from([*METRICS, *TEXTS, *MANY, *CLOCK]))
    missing = draw(st.booleans())

    def has(run):
        value = clock(run, name) if name in CLOCK else run[name]
        return value not in (None, ())

    return Leaf(f"{name} IS {'' if missing else 'NOT '}NULL", lambda run: has(run) != missing)


plain = st.sampled_from(
    [Leaf("starred", lambda run: run["starred"]), Leaf("geo", lambda run: run["geo"]),
     Leaf("'GEO'", lambda run: run["geo"])]
)  # fmt: skip
leaves = number_tests() | text_tests() | time_tests() | presence_tests() | plain


def joined(children):
    def both(parts):
        spaced = st.sampled_from([" AND ", " and ", " "])
        return spaced.map(
            lambda word: Leaf(
                word.join(wrapped(part) for part in parts),
                lambda run: all(part.passes(run) for part in parts),
            )
        )

    def either(parts):
        return Leaf(
            " OR ".join(f"({part.written})" for part in parts),
            lambda run: any(part.passes(run) for part in parts),
        )

    def negated(part):
        return Leaf(f"NOT ({part.written})", lambda run: not part.passes(run))

    some = st.lists(children, min_size=2, max_size=3)
    return some.flatmap(both) | some.map(either) | children.map(negated)


def wrapped(part):
    return f"({part.written})"


trees = st.recursive(leaves, joined, max_leaves=6)


def framed(rows):
    columns = {KEYS[name]: metric([run[name] for run in rows]) for name in METRICS}
    columns |= {KEYS[name]: datasets([run[name] for run in rows]) for name in MANY}
    columns |= {KEYS[name]: text([run[name] for run in rows]) for name in TEXTS if name in KEYS}
    columns[STAR] = text(["1" if run["starred"] else None for run in rows])
    columns[WORD] = text(["geo" if run["geo"] else None for run in rows])
    return frame(
        len(rows),
        columns,
        statuses=[run["status"] for run in rows],
        users=[run["user_id"] for run in rows],
        starts=[run["start_time"] for run in rows],
        ends=[run["end_time"] for run in rows],
    )


@settings(max_examples=400, deadline=None)
@given(rows_of_runs, trees)
def test_filters_keep_what_plain_python_keeps(rows, tree):
    for number, run in enumerate(rows):
        run["run_id"] = f"{number:04}"
        note = run["mark.note"]
        run["geo"] = run["geo"] or (note is not None and "geo" in note.casefold())
    runs = framed(rows)
    wanted = [at for at, run in enumerate(rows) if tree.passes(run)]
    assert np.flatnonzero(parse(tree.written).mask(runs, NOW)).tolist() == wanted, tree.written
