"""The grammar of Runcase's own filters, and what to say when a text does not fit it.

It holds MLflow's and more: OR, NOT, parentheses, plain words, functions of metrics. A name or a
value without quotes is one `BARE` word here; what it means is decided in `search_extended`.
"""

from collections.abc import Set as AbstractSet
from difflib import get_close_matches
from functools import cache

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedToken

from runcase.errors import FilterError

# What may follow a bare word: whitespace, quotes, parentheses, signs and what joins clauses.
_BARE = r"[^\s'\"`()=<>!~,;&|]"

_GRAMMAR = rf"""
filter: either?
either: both (OR both)*
both: AND* _item (_item | AND)*

_item: not | group | comparison | range | presence | word
not: NOT _item
group: LPAR either RPAR
comparison: operand operator value
range: operand between value AND value
presence: operand IS NOT? (NULL | NAN)
word: BARE | text

operand: BARE | QUOTED | DOUBLE | call
call: FUNCTION (operand (COMMA value)*)? RPAR
operator: SIGN | LIKE | ILIKE | RLIKE | IN | NOT_LIKE
between: BETWEEN | NOT_BETWEEN
value: text | BARE | NAN | list
list: LPAR (element (COMMA element)* COMMA?)? RPAR
element: text | BARE | NAN
text: SINGLE | DOUBLE | ESCAPED

NOT_LIKE.6: /NOT\s+(LIKE|ILIKE|RLIKE|IN)(?!{_BARE})/i
NOT_BETWEEN.6: /NOT\s+BETWEEN(?!{_BARE})/i
AND.5: /AND(?!{_BARE})/i
OR.5: /OR(?!{_BARE})/i
NOT.5: /NOT(?!{_BARE})/i
NULL.5: /NULL(?!{_BARE})/i
NAN.5: /NAN(?!{_BARE})/i
IS.5: /IS(?!{_BARE})/i
IN.5: /IN(?!{_BARE})/i
LIKE.5: /LIKE(?!{_BARE})/i
ILIKE.5: /ILIKE(?!{_BARE})/i
RLIKE.5: /RLIKE(?!{_BARE})/i
BETWEEN.5: /BETWEEN(?!{_BARE})/i

ESCAPED.4: /E'(\\.|[^'\\])*'/is
QUOTED.4: /[^\W\d]\w*\.(`(``|[^`])*`|"[^"]*"|'[^']*')|`(``|[^`])*`(\.{_BARE}+)?/
FUNCTION.4: /[^\W\d]\w*\(/
COMMENT.3: /--(?=\s|$).*|\/\*.*/s
SINGLE.2: /'(''|\\'|[^'])*'/
DOUBLE.2: /"(""|[\\]"|[^"])*"/
BARE.2: /{_BARE}+/
SIGN.2: /[<>=~!]+/
LPAR: "("
RPAR: ")"
COMMA: ","
OPEN_QUOTE.1: /['"`].*/s
OTHER.0: /[;&|]+/

// Words that no rule uses are cut out of the text all the same, so that an error can name them.
_spare: OPEN_QUOTE | COMMENT | OTHER

SPACE: /\s+/
%ignore SPACE
"""


@cache
def _parser() -> Lark:
    return Lark(
        _GRAMMAR,
        parser="lalr",
        lexer="basic",
        start=["filter", "_spare"],
        maybe_placeholders=False,
        propagate_positions=True,
    )


def extended_tree(text: str) -> Tree[Token]:
    """Parse a filter.

    Raises:
        FilterError: The text is no filter.
    """
    try:
        return _parser().parse(text, start="filter")
    except UnexpectedToken as error:
        expected = error.accepts or error.expected
        if error.token.type == "$END":
            raise _ended(text, expected) from None
        raise _misplaced(text, error.token, expected) from None


_LIKE_THIS = "A clause looks like metrics.rmse < 6.5 or params.model = 'xgboost'."
_OPERATORS = "= != < <= > >= LIKE ILIKE RLIKE IN BETWEEN IS NULL"
_VALUES = "Texts stand in quotes: 'value'. Numbers stand without."
_NULLS = "Write IS NULL, IS NOT NULL or IS NAN."
_LOGIC = {
    ";": "AND", "&": "AND", "&&": "AND", "|": "OR", "||": "OR", ",": "AND",
}  # fmt: skip

# What is missing at the end, by what could come next.
_MISSING = {
    "clause": ("A clause is missing at the end.", f"{_LIKE_THIS} Or type a plain word."),
    "operator": ("A comparison is missing after the name.", f"Use one of {_OPERATORS}."),
    "null": ("NULL is missing at the end.", _NULLS),
    "value": ("A value is missing at the end.", _VALUES),
    "and": ("AND and a second value are missing at the end.", "Write BETWEEN 1 AND 2."),
}


def _next(expected: AbstractSet[str]) -> str:
    """Say what could come where the parser stopped."""
    if "OR" in expected or expected <= {"$END", "RPAR"}:
        return "after"
    signs = (("FUNCTION", "clause"), ("SIGN", "operator"), ("NULL", "null"), ("COMMA", "list"))
    found = next((place for sign, place in signs if sign in expected), "")
    return found or ("value" if "SINGLE" in expected else "and")


def _ended(text: str, expected: AbstractSet[str]) -> FilterError:
    position = max(0, len(text.rstrip()) - 1)
    place = _next(expected)
    opened = _opened(text)
    if place in ("after", "list") or (place == "clause" and "RPAR" in expected):
        return FilterError("This parenthesis is never closed.", opened, 1, "Close it with ).")
    message, hint = _MISSING[place]
    return FilterError(message, position, 1, hint)


def _opened(text: str) -> int:
    """Return where the last parenthesis stands that is not closed, 0 when all are."""
    opened: list[int] = []
    for token in _parser().lex(text):
        if token.type in ("LPAR", "FUNCTION"):
            opened.append((token.end_pos or 1) - 1)
        elif token.type == "RPAR" and opened:
            opened.pop()
    return opened[-1] if opened else 0


def _misplaced(text: str, token: Token, expected: AbstractSet[str]) -> FilterError:
    position, length = token.start_pos or 0, len(token)
    if token.type == "OPEN_QUOTE":
        message, hint = "This quote is never closed.", "Close it with the same quote."
    elif token.type == "COMMENT":
        message, hint = "A filter has no comments.", ""
    else:
        message, hint = _reason(text, token, _next(expected))
    return FilterError(message, position, length, hint)


def _reason(text: str, token: Token, place: str) -> tuple[str, str]:
    match place:
        case "after":
            return _after_a_clause(token)
        case "clause":
            return _no_clause(token)
        case "operator":
            return _no_operator(text, token)
        case "null":
            return f"NULL is missing before {token}.", _NULLS
        case "list":
            return f"{token} does not belong here.", "Put a comma or ) before it."
        case "and":
            return f"AND is missing before {token}.", "Write BETWEEN 1 AND 2."
    return _no_value(token)


def _after_a_clause(token: Token) -> tuple[str, str]:
    if token.type == "RPAR":
        return "This parenthesis was never opened.", ""
    if token in _LOGIC:
        return f"{token} joins no clauses.", f"Did you mean {_LOGIC[token]}?"
    return (
        f"{token} does not belong here.",
        f"{_LIKE_THIS} A word of the language stands in quotes to be looked for.",
    )


def _no_clause(token: Token) -> tuple[str, str]:
    if token.type in ("RPAR", "OR"):
        return f"A clause is missing before {token}.", _LIKE_THIS
    if token.type in ("SIGN", "LIKE", "ILIKE", "RLIKE", "IN", "NOT_LIKE", "IS", "BETWEEN"):
        return f"A name is missing before {token}.", _LIKE_THIS
    return _after_a_clause(token)


def _no_operator(text: str, token: Token) -> tuple[str, str]:
    close = get_close_matches(token.upper(), _OPERATORS.split(), n=1, cutoff=0.6)
    if token.type == "BARE" and close:
        return f"{token} is no comparison.", f"Did you mean {close[0]}?"
    if token.type == "BARE" and text[(token.start_pos or 1) - 1] == "`":
        return f"{token} does not belong here.", "Inside backticks write a backtick twice."
    return f"A comparison is missing before {token}.", f"Use one of {_OPERATORS}."


def _no_value(token: Token) -> tuple[str, str]:
    if token.type == "NULL":
        return "Nothing can be compared with NULL.", "Write IS NULL or IS NOT NULL."
    if token.type in ("QUOTED", "FUNCTION"):
        return f"{token} cannot be compared with.", "Compare with a value, not with a column."
    return f"A value is missing before {token}.", _VALUES
