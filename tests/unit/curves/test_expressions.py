"""Expressions of metrics: Python's arithmetic on arrays, MLflow's names, mistakes with a place."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcase.curves.expressions import parse
from runcase.errors import ExpressionError

KEYS = ("a", "b", "val/loss", "train/loss", "val", "loss", "lr-pg0", "loss (val)", "min", "ä.b")
ARRAYS = {key: np.array([1.0, 2.0, 4.0]) * (at + 1) for at, key in enumerate(KEYS)}


@pytest.mark.parametrize(
    ("text", "metrics", "expected"),
    [
        ("a", ("a",), ARRAYS["a"]),
        ("a - b", ("a", "b"), ARRAYS["a"] - ARRAYS["b"]),
        ("b-a", ("b", "a"), ARRAYS["b"] - ARRAYS["a"]),
        ("a/b", ("a", "b"), ARRAYS["a"] / ARRAYS["b"]),
        ("val/loss", ("val/loss",), ARRAYS["val/loss"]),
        ("val / loss", ("val", "loss"), ARRAYS["val"] / ARRAYS["loss"]),
        ("2*val/loss", ("val/loss",), 2 * ARRAYS["val/loss"]),
        ("train/loss - val/loss", ("train/loss", "val/loss"), ARRAYS["a"] * (4 - 3)),
        ("`lr-pg0` + lr-pg0", ("lr-pg0",), 2 * ARRAYS["lr-pg0"]),
        ("loss (val) / loss", ("loss (val)", "loss"), ARRAYS["loss (val)"] / ARRAYS["loss"]),
        ("-a ** 2", ("a",), -(ARRAYS["a"] ** 2)),
        ("2 ^ -a", ("a",), 2.0 ** -ARRAYS["a"]),
        ("min(a, 3, b)", ("a", "b"), np.minimum(np.minimum(ARRAYS["a"], 3), ARRAYS["b"])),
        ("max(min, a) - min", ("min", "a"), np.zeros(3)),
        ("log10(abs(-100 * a))", ("a",), np.log10(100 * ARRAYS["a"])),
        ("1e-3 * ä.b", ("ä.b",), 1e-3 * ARRAYS["ä.b"]),
        ("(a + b) * (a - b)", ("a", "b"), ARRAYS["a"] ** 2 - ARRAYS["b"] ** 2),
    ],
)
def test_an_expression_is_pythons_arithmetic(text, metrics, expected):
    found = parse(text, KEYS)
    assert found.metrics == metrics
    np.testing.assert_allclose(found.value(ARRAYS), expected)
    assert found.is_metric == (text in KEYS)


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("a -", 3, "missing at the end"),
        ("", 0, "missing at the end"),
        ("a b", 2, "not expected"),
        ("a + nope", 4, "no metric nope"),
        ("los + a", 0, "Did you mean loss"),
        ("sin(a)", 0, "no function sin"),
        ("log(a, b)", 0, "one value"),
        ("max(a)", 0, "two values"),
        ("a ; b", 2, "means nothing"),
        ("(a", 2, "missing at the end"),
        ("a)", 1, "not expected"),
        ("1 + 2", 0, "names none"),
        ("__import__('os')", 11, "means nothing"),
        ("a.__class__", 0, "no metric"),
        ("-" * 900 + "a", 0, "too deep"),
        ("a+" * 900 + "a", 1000, "letters"),
        ("`a", 0, "means nothing"),
    ],
)
def test_a_mistake_has_a_place_and_a_sentence(text, at, words):
    with pytest.raises(ExpressionError) as caught:
        parse(text, KEYS)
    assert words in str(caught.value) + caught.value.hint
    assert caught.value.position == at


def test_division_by_zero_and_logs_of_nothing_are_numbers_too():
    zero = {"a": np.array([0.0, -1.0])}
    np.testing.assert_array_equal(parse("1 / a", ["a"]).value(zero), [math.inf, -1])
    np.testing.assert_array_equal(parse("log(a)", ["a"]).value(zero), [-math.inf, math.nan])


def read(text):
    try:
        return parse(text, KEYS)
    except ExpressionError as error:
        return error


@given(st.text(max_size=40) | st.text("ab/-+*() `1.,", max_size=20))
def test_no_text_does_more_than_parse_or_be_refused(text):
    found = read(text)
    if isinstance(found, ExpressionError):
        assert 0 <= found.position <= max(len(text), 1)
    else:
        assert set(found.metrics) <= set(KEYS)


@st.composite
def trees(draw, depth=0):
    """An expression as text with all its parentheses, and what Python makes of it."""
    if depth > 3 or draw(st.booleans()):
        key = draw(st.sampled_from(["a", "b"]))
        return draw(st.sampled_from([(key, key), ("3.5", "np.float64(3.5)")]))
    sign = draw(st.sampled_from(["+", "-", "*", "/"]))
    left, right = draw(trees(depth + 1)), draw(trees(depth + 1))
    space = draw(st.sampled_from(["", " "]))
    return tuple(f"({x}{space}{sign}{space}{y})" for x, y in zip(left, right, strict=True))


@given(trees())
def test_any_tree_means_what_python_means(tree):
    mine, pythons = tree
    values = {"a": np.float64(2.5), "b": np.float64(-0.75)}
    if "a" not in mine and "b" not in mine:
        return
    with np.errstate(all="ignore"):
        expected = eval(pythons, {"__builtins__": {}, "np": np}, values)
    found = parse(mine, ["a", "b"]).value({key: np.array([v]) for key, v in values.items()})
    np.testing.assert_allclose(found, [expected])
