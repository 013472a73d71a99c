"""The grammar of MLflow's run filters and orderings, and what to say when a text does not fit it.

MLflow cuts a filter with sqlparse and then checks each clause; the grammar here accepts what comes
through both. The tree it makes is checked and evaluated in `search` and `filter_tree`.
"""

from collections.abc import Set as AbstractSet
from functools import cache

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedToken

from runcase.errors import FilterError

# AND may lead, trail, be doubled or be left out between two clauses: MLflow takes all of these.
# Quoted texts follow sqlparse: '' and \' do not end a text that goes on, and stay in its value.
_GRAMMAR = r"""
filter: (clause | _AND)*
order: key (ASC | DESC)?

clause: key operator value         -> comparison
      | key IS NULL                -> missing
      | key IS NOT NULL            -> present

key: NAME | QUOTED_NAME | DOUBLE
operator: SIGN | LIKE | ILIKE | RLIKE | IN | NOT LIKE | NOT ILIKE | NOT RLIKE | NOT IN
value: SINGLE | DOUBLE | NUMBER | list
list: "(" (text ("," text)* ","?)? ")"
text: SINGLE | DOUBLE

_AND.4: /AND\b(?!\.)/i
OR.4: /OR\b(?!\.)/i
NOT.4: /NOT\b(?!\.)/i
NULL.4: /NULL\b(?!\.)/i
IS.4: /IS\b(?!\.)/i
IN.4: /IN\b(?!\.)/i
LIKE.4: /LIKE\b(?!\.)/i
ILIKE.4: /ILIKE\b(?!\.)/i
RLIKE.4: /RLIKE\b(?!\.)/i
BETWEEN.4: /BETWEEN\b(?!\.)/i
ASC.4: /ASC\b(?!\.)/i
DESC.4: /DESC\b(?!\.)/i

QUOTED_NAME.3: /(`[^\W\d]\w*`|[^\W\d]\w*)\.(`(``|[^`])*`|"[^"]*"|'[^']*')|`(``|[^`])*`(\.[\w.]+)?/
NAME.2: /[^\W\d]\w*(\.[\w.]*)?/
SINGLE.2: /'(''|\\'|[^'])*'/
DOUBLE.2: /"(""|[\\]"|[^"])*"/
NUMBER.2: /-?(\d+(\.\d+)?E-?\d+|\d+\.\d*|\.\d+|\d+)(?![\w.+])/i
SIGN.2: /[<>=~!]+/
BROKEN_NUMBER.1: /[-+]\s*\d[\w.+-]*|\d[\w.+-]*/
OPEN_QUOTE.1: /['"`].*/s
COMMENT.3: /--.*|\/\*.*/s
OTHER.0: /[^\s\w'"`()]/

// Words that no rule uses are cut out of the text all the same, so that an error can name them.
_spare: OR | BETWEEN | BROKEN_NUMBER | OPEN_QUOTE | COMMENT | OTHER

SPACE: /\s+/
%ignore SPACE
"""

_NO_LOGIC = (
    "MLflow's filters join clauses with AND only; use IN ('a', 'b') for run ids and datasets."
)


@cache
def _parser() -> Lark:
    return Lark(
        _GRAMMAR,
        parser="lalr",
        lexer="basic",
        start=["filter", "order", "_spare"],
        maybe_placeholders=False,
        propagate_positions=True,
    )


def filter_tree(text: str) -> Tree[Token]:
    """Parse a filter; the root `filter` has a `comparison`, `missing` or `present` per clause.

    Raises:
        FilterError: The text is no filter.
    """
    return _parse(text, "filter")


def order_tree(text: str) -> Tree[Token]:
    """Parse one order_by clause; the root `order` has a `key` and perhaps ASC or DESC.

    Raises:
        FilterError: The text is no ordering.
    """
    return _parse(text, "order")


def _parse(text: str, start: str) -> Tree[Token]:
    try:
        return _parser().parse(text, start=start)
    except UnexpectedToken as error:
        token = error.token
        if token.type == "$END":
            raise _ended(text, error.accepts or error.expected) from None
        raise _misplaced(text, token, error.accepts or error.expected, start) from None


def _ended(text: str, expected: AbstractSet[str]) -> FilterError:
    end = len(text.rstrip())
    position = max(0, end - 1)
    if "SIGN" in expected:
        return FilterError(
            "A comparison is missing after the name.", position, 1, "Write for example: = 'value'."
        )
    if "NUMBER" in expected:
        return FilterError(
            "A value is missing at the end.",
            position,
            1,
            "Texts stand in quotes, numbers do not.",
        )
    if "RPAR" in expected:
        return FilterError("The list is not closed.", position, 1, "Close it with ).")
    if "NULL" in expected:
        return FilterError("NULL is missing at the end.", position, 1)
    return FilterError("Something is missing at the end.", position, 1)


_ALWAYS_WRONG: dict[str, tuple[str, str]] = {
    "OR": ("MLflow's filters know no OR.", _NO_LOGIC),
    "BETWEEN": ("MLflow's filters know no BETWEEN.", "Write two clauses: x >= 1 AND x <= 2."),
    "BROKEN_NUMBER": ("{} is not a number here.", "Numbers look like 5, -0.5, .5 or 1e-3."),
    "OPEN_QUOTE": ("This quote is never closed.", "Close it with the same quote."),
    "COMMENT": ("MLflow's filters know no comments.", ""),
}


def _misplaced(text: str, token: Token, expected: AbstractSet[str], start: str) -> FilterError:
    position, length = token.start_pos or 0, len(token)
    if token.type in _ALWAYS_WRONG:
        message, hint = _ALWAYS_WRONG[token.type]
        return FilterError(message.format(token), position, length, hint)
    if start == "order":
        return FilterError(
            f"{token} does not belong in an ordering.",
            position,
            length,
            "An ordering is one name and perhaps ASC or DESC, such as: metrics.rmse ASC.",
        )
    if "SIGN" in expected:
        return _no_comparison(text, token, position, length)
    if "NUMBER" in expected:
        return FilterError(
            f"{token} cannot be compared with.",
            position,
            length,
            "Put quotes around a text: 'value'. Numbers stand without.",
        )
    if "RPAR" in expected:
        return FilterError(
            f"{token} does not belong in this list.",
            position,
            length,
            "A list holds quoted texts: ('a', 'b').",
        )
    return _no_clause(token, position, length)


def _no_comparison(text: str, token: Token, position: int, length: int) -> FilterError:
    if position and not text[position - 1].isspace() and token.type in ("OTHER", "NUMBER"):
        return FilterError(
            f"A name with {token} in it must be quoted.",
            position,
            length,
            "Put the part after the dot in backticks: metrics.`val/loss`.",
        )
    return FilterError(
        f"A comparison is missing before {token}.",
        position,
        length,
        "Use one of = != < <= > >= LIKE ILIKE IN IS NULL.",
    )


def _no_clause(token: Token, position: int, length: int) -> FilterError:
    if token.type in ("NOT", "LPAR", "RPAR"):
        word = {"NOT": "leading NOT", "LPAR": "parentheses", "RPAR": "parentheses"}[token.type]
        return FilterError(f"MLflow's filters know no {word}.", position, length, _NO_LOGIC)
    if token.type == "OTHER" and token in (",", ";", "&"):
        return FilterError(f"{token} cannot join clauses.", position, length, "Write AND.")
    hint = "A clause looks like metrics.rmse < 6.5 or params.model = 'xgboost'."
    if token.type in ("SINGLE", "NUMBER"):
        return FilterError(f"A clause cannot begin with {token}.", position, length, hint)
    return FilterError(f"{token} does not belong here.", position, length, hint)
