"""The grammar of MLflow's run filters and orderings.

MLflow cuts a filter with sqlparse and then checks each clause; the grammar here accepts what comes
through both. The trees it makes are checked in `search_mlflow` and `search_order`.
"""

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


def filter_tree(text: str) -> Tree[Token] | None:
    """Parse a filter; the root `filter` has a `comparison`, `missing` or `present` per clause.

    None when the text does not fit: the extended grammar then says what is wrong with it.
    """
    try:
        return _parser().parse(text, start="filter")
    except UnexpectedToken:
        return None


def order_tree(text: str) -> Tree[Token]:
    """Parse one order_by clause; the root `order` has a `key` and perhaps ASC or DESC.

    Raises:
        FilterError: The text is no ordering.
    """
    try:
        return _parser().parse(text, start="order")
    except UnexpectedToken as error:
        raise _misplaced(text, error.token) from None


def _misplaced(text: str, token: Token) -> FilterError:
    if token.type == "$END":
        return FilterError("An ordering needs a name.", 0, 1, "Write for example: metrics.rmse.")
    position, length = token.start_pos or 0, len(token)
    if token.type == "OPEN_QUOTE":
        return FilterError(
            "This quote is never closed.", position, length, "Close it with the same quote."
        )
    if position and not text[position - 1].isspace() and token.type in ("OTHER", "NUMBER"):
        return FilterError(
            f"A name with {token} in it must be quoted.",
            position,
            length,
            "Put the part after the dot in backticks: metrics.`val/loss`.",
        )
    return FilterError(
        f"{token} does not belong in an ordering.",
        position,
        length,
        "An ordering is one name and perhaps ASC or DESC, such as: metrics.rmse ASC.",
    )
