"""MLflow's own filter language for runs: what it takes, and the clauses of it.

The grammar and its results are those of MLflow 3.18 (`mlflow/utils/search_utils.py`). What MLflow
refuses is for `search_extended`, which also says what is wrong with it.
"""

import re
from itertools import pairwise

from lark import Token, Tree

from runcase.errors import FilterError
from runcase.store.filter_numbers import TimeTest, mlflow_number_test
from runcase.store.filter_texts import EqualTest, TextTest, text_test
from runcase.store.filter_tree import Clause, Named, Node, PresenceTest
from runcase.store.records import ColumnKey, Kind
from runcase.store.search_grammar import filter_tree
from runcase.store.search_names import (
    DATASET_KEYS,
    ENTITIES,
    TIMES,
    Span,
    attribute,
    canonical,
    did_you_mean,
    unknown_entity,
    unquoted,
)
from runcase.store.search_values import python_text

_NUMERIC = ("=", "!=", "<", "<=", ">", ">=")
_TEXTUAL = ("=", "!=", "LIKE", "ILIKE")
_COMPARATORS: dict[Kind, tuple[str, ...]] = {
    Kind.METRIC: _NUMERIC,
    Kind.PARAM: _TEXTUAL,
    Kind.TAG: _TEXTUAL,
    Kind.DATASET: (*_TEXTUAL, "IN", "NOT IN"),
    Kind.ATTRIBUTE: _TEXTUAL,
}
_LONG = 30  # digits; a number so long has no exact meaning as a time
# sqlparse takes these for SQL even after a dot.
_RESERVED = frozenset(("case", "in", "values", "using", "from", "as"))
_BARE_KEY = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


class _RefusedError(Exception):
    """MLflow does not take the clause."""


def mlflow_clauses(text: str) -> tuple[Clause, ...] | None:
    """Return the clauses of a filter that MLflow takes; None when it refuses the text."""
    tree = filter_tree(text)
    if tree is None:
        return None
    trees = [each for each in tree.children if isinstance(each, Tree)]
    if any(_runs_into(text, *both) for both in pairwise(trees)):
        return None
    try:
        return tuple(map(_clause, trees))
    except (_RefusedError, FilterError, ValueError):
        return None


def column_of(tree: Tree[Token], *, ordering: bool = False) -> ColumnKey:
    """Return the column that a `key` names.

    Raises:
        FilterError: MLflow knows no such name.
    """
    token = tree.children[0]
    assert isinstance(token, Token)
    place = place_of(tree)
    text = unquoted(str(token)) if token.type == "DOUBLE" else str(token)
    entity, dot, key = (text, "", "") if text.startswith("`") else text.partition(".")
    if text.startswith("`"):
        entity, dot, key = _after_backticks(text)
    if not dot:
        return attribute(unquoted(entity), place, ordering=ordering)
    kind = ENTITIES.get(unquoted(entity))
    if kind is None:
        raise unknown_entity(entity, place.start)
    key = _key(key, place)
    if kind is Kind.ATTRIBUTE:
        return attribute(key, place, ordering=ordering)
    if kind is Kind.DATASET and key not in DATASET_KEYS:
        raise place.error(f"A dataset has no {key}.", did_you_mean(key, DATASET_KEYS))
    return ColumnKey(kind, key)


def place_of(tree: Tree[Token]) -> Span:
    """Return where a piece of the tree stands in the text."""
    return Span(tree.meta.start_pos, tree.meta.end_pos - tree.meta.start_pos)


def _runs_into(text: str, before: Tree[Token], tree: Tree[Token]) -> bool:
    """Say whether MLflow takes two clauses without AND between them for a single one.

    It tells a comparison from what stands before it, but not IN, IS NULL and IS NOT NULL: those it
    refuses, or looks for a key such as "p = 'x' params.q" that no run has.
    """
    is_between = text[before.meta.end_pos : tree.meta.start_pos].strip()
    return not is_between and before.data == "comparison" and not _is_sign(tree)


def _is_sign(tree: Tree[Token]) -> bool:
    """Say whether a clause is a comparison with a single value."""
    operator = tree.children[1] if tree.data == "comparison" else None
    return isinstance(operator, Tree) and str(operator.children[-1]).upper() != "IN"


def _clause(tree: Tree[Token]) -> Clause:
    key = tree.children[0]
    assert isinstance(key, Tree)
    column = column_of(key)
    place = place_of(key)
    named = Named(place.start, place.length, column)
    node = _node(tree, column)
    tested = frozenset((canonical(column),))
    return Clause(tree.meta.start_pos, tree.meta.end_pos, node, (named,), tested)


def _node(tree: Tree[Token], column: ColumnKey) -> Node:
    if tree.data != "comparison":
        if column.kind not in (Kind.PARAM, Kind.TAG):
            raise _RefusedError
        return PresenceTest(column, tree.data == "present")
    operator, value = tree.children[1:]
    assert isinstance(operator, Tree)
    assert isinstance(value, Tree)
    comparator = _comparator(column, operator)
    if column.kind is Kind.METRIC:
        return mlflow_number_test(column, comparator, float(_number(value)))
    if column.kind is Kind.ATTRIBUTE and column.key in TIMES:
        return TimeTest(column.key, comparator, _time(value))
    column = canonical(column)
    if comparator in ("IN", "NOT IN"):
        return EqualTest(column, _texts(value), comparator == "IN")
    text = _text(value)
    if comparator in ("=", "!="):
        return EqualTest(column, (text,), comparator == "=")
    return TextTest(column, text_test(comparator, text))


def _after_backticks(text: str) -> tuple[str, str, str]:
    end = text.index("`", 1) + 1
    while text[end : end + 1] == "`":
        end = text.index("`", end + 1) + 1
    return text[:end], text[end : end + 1], text[end + 1 :]


def _key(text: str, place: Span) -> str:
    if text[:1] in ("`", "'", '"'):
        key = unquoted(text)
        if text[0] == "`" and "``" in key:
            # MLflow lets nobody write such a key; in the extended grammar it is one backtick.
            raise place.error("Two backticks stand for one here.")
        return key
    for segment in text.split("."):
        if _needs_quotes(segment):
            raise place.error(
                f"{segment} must be quoted to be part of a name.",
                f"Write `{text}` in backticks after the first dot.",
            )
    if not text:
        raise place.error("The name after the dot is missing.")
    return text


def is_bare_key(key: str) -> bool:
    """Say whether a key needs no quotes after the dot of metrics, params or tags."""
    return _BARE_KEY.fullmatch(key) is not None and not any(map(_needs_quotes, key.split(".")))


def _needs_quotes(segment: str) -> bool:
    mantissa, letter, exponent = segment.lower().partition("e")
    is_exponent = bool(letter) and mantissa.isdigit() and exponent[:1].isdigit()
    return segment.isdigit() or segment.lower() in _RESERVED or is_exponent


def _comparator(column: ColumnKey, tree: Tree[Token]) -> str:
    comparator = " ".join(str(token).upper() for token in tree.children)
    known = _COMPARATORS[column.kind]
    if column.kind is Kind.ATTRIBUTE and column.key in TIMES:
        known = _NUMERIC
    elif column == ColumnKey(Kind.ATTRIBUTE, "run_id"):
        known = (*_TEXTUAL, "IN", "NOT IN")
    if comparator not in known:
        raise _RefusedError
    return comparator


def _number(tree: Tree[Token]) -> str:
    token = tree.children[0]
    if isinstance(token, Token) and token.type == "NUMBER":
        return str(token)
    raise _RefusedError


def _time(tree: Tree[Token]) -> int | float:
    text = _number(tree)
    if text.lstrip("-").isdecimal() and len(text) < _LONG:
        return int(text)
    return float(text)


def _text(tree: Tree[Token]) -> str:
    value = tree.children[0]
    if isinstance(value, Tree) or value.type == "NUMBER":
        raise _RefusedError
    return unquoted(str(value))


def _texts(tree: Tree[Token]) -> tuple[str, ...]:
    value = tree.children[0]
    if not isinstance(value, Tree) or not value.children:
        raise _RefusedError
    texts = [token for text in value.children if isinstance(text, Tree) for token in text.children]
    # MLflow reads a list as Python does, so only here \n is a line break.
    return tuple(python_text(str(text)) for text in texts)
