"""MLflow's filter and ordering language for runs, answered from a `RunFrame`.

The grammar and its results are those of MLflow 3.18 (`mlflow/utils/search_utils.py`).
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import numpy.typing as npt
from lark import Token, Tree

from runcase.errors import FilterError
from runcase.store import filter_tree, frame_sort
from runcase.store.filter_tree import Node
from runcase.store.frame import RunFrame
from runcase.store.records import ColumnKey, Kind
from runcase.store.search_grammar import filter_tree as parse_filter
from runcase.store.search_grammar import order_tree as parse_clause

RUN_NAME = ColumnKey(Kind.TAG, "mlflow.runName")

_ENTITIES: dict[str, Kind] = {
    **dict.fromkeys(("metric", "metrics"), Kind.METRIC),
    **dict.fromkeys(("param", "params", "parameter", "parameters"), Kind.PARAM),
    **dict.fromkeys(("tag", "tags"), Kind.TAG),
    **dict.fromkeys(("attribute", "attributes", "attr", "run"), Kind.ATTRIBUTE),
    **dict.fromkeys(("dataset", "datasets"), Kind.DATASET),
}
_TIMES = ("start_time", "end_time")
_TEXTS = ("run_id", "run_name", "status", "user_id", "artifact_uri")
_TIME_ALIASES = {"created": "start_time", "Created": "start_time"}
_NAME_ALIASES = dict.fromkeys(("run name", "Run name", "Run Name"), "run_name")
_DATASET_KEYS = ("name", "digest", "context")
_COMMON_MISTAKES = {
    "name": "run_name",
    "id": "run_id",
    "run_uuid": "run_id",
    "user": "user_id",
    "started": "start_time",
}

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


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed filter."""

    text: str
    root: Node

    def columns(self) -> set[ColumnKey]:
        """Return the columns that the frame must have loaded before `mask`."""
        return self.root.columns()

    def mask(self, frame: RunFrame) -> npt.NDArray[np.bool_]:
        """Return for each row of the frame whether the filter keeps it, (n,) bool."""
        return self.root.mask(frame)


@dataclass(frozen=True, slots=True)
class OrderClause:
    """One column of an ordering; attributes are `ColumnKey`s of their kind."""

    column: ColumnKey
    descending: bool


@dataclass(frozen=True, slots=True)
class Order:
    """A parsed ordering, most important clause first."""

    clauses: tuple[OrderClause, ...]

    def columns(self) -> set[ColumnKey]:
        """Return the columns that the frame must have loaded before `apply`."""
        keys = {clause.column for clause in self.clauses}
        return {key for key in keys if key.kind is not Kind.ATTRIBUTE}

    def apply(
        self, frame: RunFrame, rows: npt.NDArray[np.int64] | None = None
    ) -> npt.NDArray[np.int64]:
        """Return the rows in MLflow's order: ties by start time descending, then by run id.

        Args:
            frame: The runs.
            rows: The rows to order, all when None.
        """
        # A frame's rows are in MLflow's own order, so stable sorts leave ties in it.
        ordered = np.arange(len(frame), dtype=np.int64) if rows is None else np.sort(rows)
        for clause in reversed(self.clauses):
            ordered = frame_sort.order_as_mlflow(frame, clause.column, clause.descending, ordered)
        return ordered


@dataclass(frozen=True, slots=True)
class _Place:
    """A piece of the text, for errors."""

    start: int
    length: int

    def error(self, message: str, hint: str = "") -> FilterError:
        return FilterError(message, self.start, self.length, hint)


def parse(text: str) -> Filter:
    """Parse a filter; an empty one keeps every run.

    Raises:
        FilterError: With the place of the mistake.
    """
    clauses = [_clause(tree) for tree in parse_filter(text).children if isinstance(tree, Tree)]
    return Filter(text, filter_tree.All(tuple(clauses)))


def parse_order(clauses: Sequence[str]) -> Order:
    """Parse order_by clauses, such as "metrics.rmse DESC".

    Raises:
        FilterError: With the place of the mistake in its clause.
    """
    parsed: list[OrderClause] = []
    for text in clauses:
        key, *direction = parse_clause(text).children
        assert isinstance(key, Tree)
        place = _place(key)
        column = _column(key, ordering=True)
        if column.kind is Kind.DATASET:
            raise place.error("Runs cannot be ordered by their datasets.")
        if any(column == other.column for other in parsed):
            raise place.error("This column is in the ordering twice.", "Name it once.")
        parsed.append(OrderClause(column, [str(d).upper() for d in direction] == ["DESC"]))
    return Order(tuple(parsed))


def _clause(tree: Tree[Token]) -> Node:
    key = tree.children[0]
    assert isinstance(key, Tree)
    column = _column(key)
    if tree.data != "comparison":
        if column.kind not in (Kind.PARAM, Kind.TAG):
            raise _place(tree).error(
                f"IS NULL works for params and tags, not for a {column.kind}.",
                "A metric, dataset or attribute clause never keeps a run without a value.",
            )
        return filter_tree.PresenceTest(column, tree.data == "present")
    operator, value = tree.children[1:]
    assert isinstance(operator, Tree)
    assert isinstance(value, Tree)
    comparator = _comparator(column, operator)
    if column.kind is Kind.METRIC:
        return filter_tree.MetricTest(column, comparator, float(_number(column, value)))
    if column.kind is Kind.ATTRIBUTE and column.key in _TIMES:
        return filter_tree.TimeTest(column.key, comparator, _time(column, value))
    test = filter_tree.text_test(comparator, _text_or_list(column, comparator, value))
    if column.kind is Kind.ATTRIBUTE and column.key == "run_name":
        return filter_tree.TextTest(RUN_NAME, test)  # as MLflow does: the tag, not the column
    if column.kind is Kind.ATTRIBUTE:
        return filter_tree.AttributeTest(column.key, test)
    return filter_tree.TextTest(column, test)


def _column(tree: Tree[Token], ordering: bool = False) -> ColumnKey:
    token = tree.children[0]
    assert isinstance(token, Token)
    place = _place(tree)
    text = _unquoted(str(token)) if token.type == "DOUBLE" else str(token)
    entity, dot, key = (text, "", "") if text.startswith("`") else text.partition(".")
    if text.startswith("`"):
        entity, dot, key = _after_backticks(text)
    if not dot:
        return _attribute(_unquoted(entity), place, ordering)
    kind = _ENTITIES.get(_unquoted(entity))
    if kind is None:
        raise _unknown_entity(entity, place)
    key = _key(key, place)
    if kind is Kind.ATTRIBUTE:
        return _attribute(key, place, ordering)
    if kind is Kind.DATASET and key not in _DATASET_KEYS:
        raise place.error(
            f"A dataset has no {key}.", _did_you_mean(key, _DATASET_KEYS, "dataset.{}")
        )
    return ColumnKey(kind, key)


def _after_backticks(text: str) -> tuple[str, str, str]:
    end = text.index("`", 1) + 1
    while text[end : end + 1] == "`":
        end = text.index("`", end + 1) + 1
    return text[:end], text[end : end + 1], text[end + 1 :]


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "`'\"":
        return text[1:-1]
    return text


def _key(text: str, place: _Place) -> str:
    if text[:1] in ("`", "'", '"'):
        key = _unquoted(text)
    else:
        key = text
        for segment in text.split("."):
            if segment.isdigit() or segment.lower() in _RESERVED or _is_exponent(segment):
                raise place.error(
                    f"{segment} must be quoted to be part of a name.",
                    f"Write `{text}` in backticks after the first dot.",
                )
    if not key:
        raise place.error("The name after the dot is missing.")
    return key


def _is_exponent(segment: str) -> bool:
    mantissa, letter, exponent = segment.lower().partition("e")
    return bool(letter) and mantissa.isdigit() and exponent[:1].isdigit()


def _attribute(name: str, place: _Place, ordering: bool) -> ColumnKey:
    aliases = _TIME_ALIASES if ordering else {**_TIME_ALIASES, **_NAME_ALIASES}
    known = aliases.get(name, name)
    if known in _TIMES or known in _TEXTS:
        return ColumnKey(Kind.ATTRIBUTE, known)
    if name in _COMMON_MISTAKES:
        hint = f"Did you mean {_COMMON_MISTAKES[name]}?"
    else:
        hint = _did_you_mean(name, (*_TIMES, *_TEXTS), "{}") or (
            f"For a metric write metrics.{name}, for a param params.{name}, for a tag tags.{name}."
        )
    raise place.error(f"A run has no attribute {name}.", hint)


def _unknown_entity(entity: str, place: _Place) -> FilterError:
    hint = _did_you_mean(entity.lower(), tuple(_ENTITIES), "{}.")
    return _Place(place.start, len(entity)).error(
        f"{entity} is none of metrics, params, tags, attributes, dataset.",
        hint or "Put one of them before the dot.",
    )


def _did_you_mean(word: str, known: Sequence[str], form: str) -> str:
    close = get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return f"Did you mean {form.format(close[0])}?" if close else ""


def _comparator(column: ColumnKey, tree: Tree[Token]) -> str:
    comparator = " ".join(str(token).upper() for token in tree.children)
    known = _COMPARATORS[column.kind]
    if column.kind is Kind.ATTRIBUTE and column.key in _TIMES:
        known = _NUMERIC
    elif column == ColumnKey(Kind.ATTRIBUTE, "run_id"):
        known = (*_TEXTUAL, "IN", "NOT IN")
    if comparator in known:
        return comparator
    wanted = {"==": "=", "<>": "!=", "=>": ">=", "=<": "<="}.get(comparator)
    hint = f"Write {wanted}." if wanted in known else f"Use one of {' '.join(known)}."
    what = column.key if column.kind is Kind.ATTRIBUTE else f"a {column.kind}"
    raise _place(tree).error(f"{comparator} does not work for {what}.", hint)


def _number(column: ColumnKey, tree: Tree[Token]) -> str:
    token = tree.children[0]
    if isinstance(token, Token) and token.type == "NUMBER":
        return str(token)
    what = column.key if column.kind is Kind.ATTRIBUTE else "a metric"
    place = _place(tree)
    raise place.error(f"{what} is compared with a number.".capitalize(), "Write it without quotes.")


def _time(column: ColumnKey, tree: Tree[Token]) -> int | float:
    text = _number(column, tree)
    if text.lstrip("-").isdecimal() and len(text) < _LONG:
        return int(text)
    return float(text)


def _text_or_list(column: ColumnKey, comparator: str, tree: Tree[Token]) -> str | tuple[str, ...]:
    value = tree.children[0]
    place = _place(tree)
    wants_list = comparator in ("IN", "NOT IN")
    if isinstance(value, Tree):
        if not wants_list:
            raise place.error(f"{comparator} takes one text, not a list.", "Use IN for a list.")
        return _texts(value, place)
    if wants_list:
        raise place.error(f"{comparator} takes a list.", f"Write {comparator} ('a', 'b').")
    if value.type == "NUMBER":
        raise place.error(
            f"A {column.kind} is compared with a text.", f"Put quotes around it: '{value}'."
        )
    return _unquoted(str(value))


def _texts(tree: Tree[Token], place: _Place) -> tuple[str, ...]:
    texts = [token for text in tree.children if isinstance(text, Tree) for token in text.children]
    if not texts:
        raise place.error("The list is empty.", "Write IN ('a', 'b').")
    try:
        # MLflow reads a list as Python does, so only here \n is a line break.
        return tuple(str(ast.literal_eval(str(text))) for text in texts)
    except (ValueError, SyntaxError):
        raise place.error("A text of this list cannot be read.") from None


def _place(tree: Tree[Token]) -> _Place:
    return _Place(tree.meta.start_pos, tree.meta.end_pos - tree.meta.start_pos)
