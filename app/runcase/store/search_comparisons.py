"""One comparison of Runcase's own filter language: what sign and value mean for a column."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from lark import Token, Tree

from runcase.errors import FilterError
from runcase.store.filter_numbers import (
    MomentTest,
    NumberTest,
    TimeTest,
    is_time,
    mlflow_number_test,
)
from runcase.store.filter_texts import EqualTest, RegexTest, TextTest, pattern_mistake, text_test
from runcase.store.filter_tree import All, AnyOf, Node
from runcase.store.records import ColumnKey, Kind
from runcase.store.search_names import Span, unquoted
from runcase.store.search_operands import place_of
from runcase.store.search_values import Moment, duration, moment, number, python_text

NUMERIC = ("=", "!=", "<", "<=", ">", ">=", "IN", "NOT IN", "BETWEEN", "NOT BETWEEN")
TEXTUAL = (
    *NUMERIC,
    "LIKE",
    "ILIKE",
    "NOT LIKE",
    "NOT ILIKE",
    "RLIKE",
    "NOT RLIKE",
)
_SPELLINGS = {"==": "=", "<>": "!=", "~": "RLIKE", "!~": "NOT RLIKE"}
_MISSPELT = {"=>": ">=", "=<": "<=", "=!": "!=", "=~": "~", "~=": "~", "===": "=", "><": "!="}
_ORDERED = ("<", "<=", ">", ">=")
_ESCAPE = re.compile(r"\\(x[0-9a-f]{2}|u[0-9a-f]{4}|.)", re.IGNORECASE | re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a comparison; `exact` says that its text is that of the filter without quotes."""

    place: Span
    text: str
    quoted: bool
    exact: bool = True

    def error(self, message: str, hint: str = "") -> FilterError:
        """Return an error in the place of this value."""
        return self.place.error(message, hint)


def values_of(tree: Tree[Token]) -> list[Value]:
    """Return the value or, for a list, all values of a `value` or a `word`."""
    found = tree.children[0]
    if isinstance(found, Tree) and found.data == "list":
        return [_value(each, in_list=True) for each in found.children if isinstance(each, Tree)]
    return [_value(tree, in_list=False)]


def compare(column: ColumnKey, sign: Tree[Token], value: Tree[Token]) -> Node:
    """Return the test of a comparison.

    Raises:
        FilterError: The sign or the value does not fit the column.
    """
    comparator = _comparator(column, sign)
    values = values_of(value)
    is_list = isinstance(value.children[0], Tree) and value.children[0].data == "list"
    if comparator in ("IN", "NOT IN"):
        if not is_list:
            raise place_of(value).error(
                f"{comparator} takes a list.", f"Write {comparator} ('a', 'b')."
            )
        if not values:
            raise place_of(value).error("The list is empty.", "Write IN ('a', 'b').")
        return _in(column, values, wanted=comparator == "IN")
    if is_list:
        raise place_of(value).error(
            f"{comparator} takes one value, not a list.", "Use IN for a list."
        )
    return _single(column, comparator, values[0])


def between(
    column: ColumnKey,
    word: Tree[Token],
    lows: Sequence[Value],
    highs: Sequence[Value],
    *,
    negated: bool,
) -> Node:
    """Return the test of BETWEEN, both ends included; a date includes its whole period.

    Raises:
        FilterError: The column has no order, or a value does not fit it.
    """
    _allowed(column, "NOT BETWEEN" if negated else "BETWEEN", place_of(word))
    if len(lows) != 1 or len(highs) != 1:
        raise place_of(word).error("BETWEEN takes two values.", "Write BETWEEN 1 AND 2.")
    if not negated:
        return All((_single(column, ">=", lows[0]), _through(column, highs[0])))
    low, high = _single(column, "<", lows[0]), _single(column, ">", highs[0])
    if isinstance(high, MomentTest):
        high = MomentTest(high.attribute, "after", high.moment)
    return AnyOf((low, high))


def _through(column: ColumnKey, value: Value) -> Node:
    test = _single(column, "<=", value)
    if isinstance(test, MomentTest):
        return MomentTest(test.attribute, "through", test.moment)
    return test


def _comparator(column: ColumnKey, tree: Tree[Token]) -> str:
    written = " ".join(str(tree.children[0]).upper().split())
    place = place_of(tree)
    comparator = _SPELLINGS.get(written, written)
    if comparator not in TEXTUAL:
        meant = _MISSPELT.get(written)
        hint = f"Did you mean {meant}?" if meant else f"Use one of {' '.join(NUMERIC[:6])} ~ !~."
        raise place.error(f"{written} is no comparison.", hint)
    _allowed(column, comparator, place)
    return comparator


def comparators(column: ColumnKey) -> tuple[str, ...]:
    """Return the comparisons that a column can have beside IS NULL."""
    if column.kind is Kind.METRIC or is_time(column):
        return NUMERIC
    if column.kind is Kind.MARK and column.key != "note":
        return ()
    return TEXTUAL


def _allowed(column: ColumnKey, comparator: str, place: Span) -> None:
    allowed = comparators(column)
    if comparator in allowed:
        return
    if not allowed:
        raise place.error(
            f"A run has the mark {column.key} or has it not.", "Write IS NULL or IS NOT NULL."
        )
    raise place.error(
        f"{comparator} does not work for {_named(column)}.", f"Use one of {' '.join(allowed)}."
    )


def _in(column: ColumnKey, values: Sequence[Value], *, wanted: bool) -> Node:
    if column.kind is Kind.METRIC or is_time(column):
        texts: list[Value] = []
    else:
        texts = [value for value in values if value.quoted]
    tests: list[Node] = [
        _single(column, "=" if wanted else "!=", value) for value in values if value not in texts
    ]
    if texts:
        tests.append(EqualTest(column, tuple(value.text for value in texts), wanted))
    if len(tests) == 1:
        return tests[0]
    return AnyOf(tuple(tests)) if wanted else All(tuple(tests))


def _single(column: ColumnKey, comparator: str, value: Value) -> Node:
    if is_time(column):
        return _time(column, comparator, value)
    if column.kind is Kind.METRIC:
        return _metric(column, comparator, value)
    return _text(column, comparator, value)


def _metric(column: ColumnKey, comparator: str, value: Value) -> Node:
    found = None if value.quoted else number(value.text)
    if found is None:
        is_number = value.quoted and number(value.text) is not None
        hint = f"Did you mean {value.text}?" if is_number else "Write it without quotes."
        raise value.error("A metric is compared with a number.", hint)
    _no_order_of_nan(comparator, found, value)
    if value.text.lower().lstrip("+-")[:1] in ("i", "n", "∞"):
        return NumberTest(column, comparator, found)
    return mlflow_number_test(column, comparator, found)


def _no_order_of_nan(comparator: str, found: float, value: Value) -> None:
    if math.isnan(found) and comparator in _ORDERED:
        raise value.error("NaN is neither less nor greater than a number.", "Write IS NAN.")


def _text(column: ColumnKey, comparator: str, value: Value) -> Node:
    numeric = column.kind in (Kind.PARAM, Kind.TAG) or column.key == "experiment_id"
    found = None if value.quoted else number(value.text)
    if found is not None and numeric and comparator in ("=", "!=", *_ORDERED):
        _no_order_of_nan(comparator, found, value)
        return NumberTest(column, comparator, found)
    if not value.quoted:
        raise value.error(f"{_subject(column)} is compared with a text.", _quote(value))
    if comparator in ("=", "!="):
        return EqualTest(column, (value.text,), comparator == "=")
    if comparator in ("RLIKE", "NOT RLIKE"):
        return _regex(column, value, wanted=comparator == "RLIKE")
    return TextTest(column, text_test(comparator, value.text))


def _quote(value: Value) -> str:
    return f"Did you mean '{value.text}'?"


def _regex(column: ColumnKey, value: Value, *, wanted: bool) -> Node:
    mistake = pattern_mistake(value.text)
    if mistake is None:
        return RegexTest(column, value.text, wanted)
    sentence, at, length = mistake
    place = value.place
    if value.exact:
        place = Span(place.start + 1 + at, length)
    raise place.error(
        f"This is no regular expression: {sentence}.",
        "Write LIKE '%text%' to look for a plain text.",
    )


def _time(column: ColumnKey, comparator: str, value: Value) -> Node:
    found = None if value.quoted else number(value.text)
    if found is not None and math.isfinite(found):
        exact = value.text.lstrip("+-")
        whole = exact.isdecimal() and len(exact) < 30
        return TimeTest(column.key, comparator, int(value.text) if whole else found)
    spent, when = duration(value.text), _moment(value)
    if column.key in ("duration", "age"):
        if spent is None:
            raise value.error(
                f"{column.key} is compared with a length of time.",
                "Write for example 90s, 10m, 1h30m, 7d, 2w, or ms as a number.",
            )
        return TimeTest(column.key, comparator, spent)
    if when is None:
        hint = (
            f"Write age < {value.text} for what started so long ago."
            if spent is not None
            else "Write a date such as 2025-03-01 or '2025-03-01 12:00', today, yesterday, or ms "
            "since 1970 as a number."
        )
        raise value.error(f"{column.key} is compared with a time.", hint)
    return MomentTest(column.key, comparator, when)


def _moment(value: Value) -> Moment | None:
    try:
        return moment(value.text)
    except ValueError:
        raise value.error(
            f"The calendar has no {value.text}.", "A date is written year-month-day: 2025-03-01."
        ) from None


def _subject(column: ColumnKey) -> str:
    return column.key if column.kind is Kind.ATTRIBUTE else f"A {column.kind}"


def _named(column: ColumnKey) -> str:
    return column.key if column.kind is Kind.ATTRIBUTE else f"a {column.kind}"


def _value(tree: Tree[Token], *, in_list: bool) -> Value:
    place = place_of(tree)
    found = tree.children[0]
    if isinstance(found, Token):
        return Value(place, str(found), quoted=False)
    token = found.children[0]
    assert isinstance(token, Token)
    if token.type == "ESCAPED":
        text = _ESCAPE.sub(_unescaped, str(token)[2:-1])
        return Value(place, text, quoted=True, exact=False)
    if in_list:
        return Value(place, _python(str(token), place), quoted=True, exact=False)
    return Value(place, unquoted(str(token)), quoted=True)


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    if len(code) > 1:
        return chr(int(code[1:], 16))
    return _ESCAPED.get(code, code)


def _python(token: str, place: Span) -> str:
    try:
        return python_text(token)
    except ValueError:
        raise place.error(
            "This text of the list cannot be read.", "In a list \\\\ stands for one backslash."
        ) from None
