"""Expressions of metrics, such as `train_loss - val_loss`: read by a grammar, never evaluated.

A name may stand in backticks. A plain one may hold `/`, `-` or spaces if a metric is called so:
`val/loss` is that metric where there is one, and `val` by `loss` where there is none.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError

from runcase.curves.series import Floats
from runcase.errors import ExpressionError

_GRAMMAR = r"""
?start: sum
?sum: product | sum SIGN product -> infix
?product: signed | product TIMES signed -> infix
?signed: SIGN signed -> signed | power
?power: atom POWER signed -> infix | atom
?atom: NUMBER -> number | NAME -> name | ODD -> name | QUOTED -> quoted | call | "(" sum ")"
call: FUNCTION "(" sum ("," sum)* ")"
SIGN: /[+-]/
POWER.1: /\*\*|\^/
TIMES: /[*\/]/
FUNCTION.3: /[A-Za-z_]\w*(?=\s*\()/
NAME.2: /[^\W\d]\w*(?:\.\w+)*/
ODD.4: NAMES
QUOTED: /`[^`]*`/
NUMBER: /(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?/
%ignore /\s+/
"""
_PLAIN = r"[^\W\d]\w*(?:\.\w+)*"
_NOTHING = "(?!a)a"
_LONGEST = 1_000  # letters of an expression
_DEEPEST = 60

_ONE: Mapping[str, Callable[[Floats], Floats]] = {
    "abs": np.abs,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "log": np.log,
    "log2": np.log2,
    "log10": np.log10,
}
_MANY: Mapping[str, Callable[[Any, Any], Any]] = {"min": np.minimum, "max": np.maximum}
_INFIX: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
    "**": np.power,
}
FUNCTIONS = (*_ONE, *_MANY)


@dataclass(frozen=True, slots=True)
class _Metric:
    key: str


@dataclass(frozen=True, slots=True)
class _Call:
    """An operator or a function of `_ONE`, `_MANY` or `_INFIX`, and what it is applied to."""

    name: str
    inner: tuple["_Node", ...]


_Node: TypeAlias = float | _Metric | _Call


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression: its text, and the metrics it is made of in order of appearance."""

    text: str
    metrics: tuple[str, ...]
    _root: _Node

    @property
    def is_metric(self) -> bool:
        """Say whether it is one metric and nothing else."""
        return isinstance(self._root, _Metric)

    def value(self, arrays: Mapping[str, Floats]) -> Floats:
        """Return what the expression makes of the metrics' values, all (n,) and aligned.

        A division by zero or a logarithm of a negative number is ±inf or NaN, as numpy has it.
        """
        with np.errstate(all="ignore"):
            found: Floats = _value(self._root, arrays)
        return found


def parse(text: str, keys: Collection[str]) -> Expression:
    """Parse an expression of metrics.

    Args:
        text: What the person wrote; the exact name of a metric is that metric, whatever it holds.
        keys: The metrics that there are.

    Raises:
        ExpressionError: It has a mistake, names no metric, or one that is not there.
    """
    stripped = text.strip()
    if stripped in keys:
        return Expression(stripped, (stripped,), _Metric(stripped))
    if len(text) > _LONGEST:
        raise ExpressionError(f"An expression has {_LONGEST:,} letters at most.", _LONGEST)
    # Only what is in the text: a grammar of thousands of names would take a second to make.
    odd = [key for key in keys if not re.fullmatch(_PLAIN, key) and key in text]
    try:
        tree = _parser(tuple(sorted(odd, key=len, reverse=True))).parse(text)
        root: _Node = _Reader(keys).transform(tree)
    except UnexpectedInput as error:
        raise _mistake(text, error) from error
    except VisitError as error:
        if isinstance(error.orig_exc, ExpressionError):
            raise error.orig_exc from error
        raise
    except RecursionError as error:
        raise _too_deep() from error
    metrics = tuple(dict.fromkeys(_metrics(root, 0)))
    if not metrics:
        raise ExpressionError("An expression is made of metrics, and this names none.", 0)
    return Expression(stripped, metrics, root)


@cache
def _parser(odd: tuple[str, ...]) -> Lark:
    # A name ends where no letter follows: `val/loss` is not the beginning of `val/losses`.
    names = "|".join(rf"(?<!\w){re.escape(key)}(?!\w)" for key in odd) or _NOTHING
    pattern = names.replace("/", r"\/").replace("\n", r"\n")
    return Lark(_GRAMMAR.replace("NAMES", f"/{pattern}/"), parser="lalr")


@v_args(inline=True)
class _Reader(Transformer[Token, _Node]):
    """Makes nodes of what the grammar found; raises `ExpressionError` inside a `VisitError`."""

    def __init__(self, keys: Collection[str]) -> None:
        super().__init__()
        self._keys = keys

    def number(self, token: Token) -> float:
        return float(token)

    def name(self, token: Token) -> _Metric:
        return self._metric(str(token), token)

    def quoted(self, token: Token) -> _Metric:
        return self._metric(str(token)[1:-1], token)

    def signed(self, sign: Token, inner: _Node) -> _Node:
        return _Call("*", (-1.0, inner)) if sign == "-" else inner

    def infix(self, left: _Node, sign: Token, right: _Node) -> _Node:
        return _Call(str(sign), (left, right))

    def call(self, name: Token, *inner: _Node) -> _Node:
        at, length = name.start_pos or 0, len(name)
        if name not in FUNCTIONS:
            there = ", ".join(FUNCTIONS)
            raise ExpressionError(f"There is no function {name}; there are {there}.", at, length)
        if name in _ONE and len(inner) != 1:
            raise ExpressionError(f"{name} takes one value.", at, length)
        if name in _MANY and len(inner) < 2:
            raise ExpressionError(f"{name} takes two values or more.", at, length)
        return _Call(str(name), inner)

    def _metric(self, key: str, token: Token) -> _Metric:
        if key in self._keys:
            return _Metric(key)
        folded = key.casefold()
        near = sorted((each for each in self._keys if folded in each.casefold()), key=len)
        hint = f"Did you mean {near[0]}?" if near else ""
        raise ExpressionError(
            f"There is no metric {key} here.", token.start_pos or 0, len(token), hint
        )


def _metrics(node: _Node, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        raise _too_deep()
    if isinstance(node, _Metric):
        yield node.key
    elif isinstance(node, _Call):
        for each in node.inner:
            yield from _metrics(each, depth + 1)


def _value(node: _Node, arrays: Mapping[str, Floats]) -> Any:
    if isinstance(node, float):
        return node
    if isinstance(node, _Metric):
        return arrays[node.key]
    first, *rest = (_value(each, arrays) for each in node.inner)
    if node.name in _ONE:
        return _ONE[node.name](first)
    for each in rest:
        first = (_INFIX.get(node.name) or _MANY[node.name])(first, each)
    return first


def _too_deep() -> ExpressionError:
    return ExpressionError("This expression is nested too deep.", 0)


def _mistake(text: str, error: UnexpectedInput) -> ExpressionError:
    at, end = getattr(error, "pos_in_stream", None), len(text.rstrip())
    ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    if ended or at is None or not 0 <= at < end:
        return ExpressionError("A metric or a number is missing at the end.", end)
    found = re.findall(r"`[^`]*`|\w+|.", text[at:], re.DOTALL)[0]
    if isinstance(error, UnexpectedCharacters):
        return ExpressionError(f"“{found[0]}” means nothing in an expression.", at)
    return ExpressionError(f"“{found}” is not expected here.", at, len(found))
