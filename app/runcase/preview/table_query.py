"""Which rows of a table and in what order: a small language, read into polars' expressions.

`correct = false and loss > 2 order by loss desc`. Names stand as they are, or in backticks; text
stands in quotes. Nothing in it can call a function or name a file.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.exceptions import VisitError

from runcase.errors import UnreadableError

if TYPE_CHECKING:
    import polars

LONGEST = 2_000
_GRAMMAR = r"""
start: [condition] ["order"i "by"i key ("," key)*]
key: name [DIRECTION]
?condition: both ("or"i both)* -> any_of
?both: each ("and"i each)* -> all_of
?each: "not"i each -> negated
     | "(" condition ")"
     | test
test: name COMPARED value -> compared
    | name "is"i "null"i -> missing
    | name "is"i "not"i "null"i -> present
    | name "in"i "(" value ("," value)* ")" -> among
    | name "not"i "in"i "(" value ("," value)* ")" -> not_among
    | name "between"i value "and"i value -> between
    | name "contains"i TEXT -> contains
    | name "like"i TEXT -> like
    | name ("~" | "matches"i) TEXT -> matches
name: NAME | QUOTED
value: NUMBER -> number | TEXT -> text | "true"i -> true | "false"i -> false
COMPARED: "==" | "!=" | "<>" | "<=" | ">=" | "=" | "<" | ">"
DIRECTION: /(asc|desc)\b/i
NUMBER: /[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?/
TEXT: /'(?:[^']|'')*'/ | /"(?:[^"]|"")*"/
QUOTED: /`[^`]+`/
NAME: /(?!(and|or|not|is|in|between|contains|like|matches|order|true|false|null)\b)[^\W\d][\w.]*/i
%ignore /\s+/
"""


class QueryError(UnreadableError):
    """A query that makes no sense; the table itself can be read."""


@dataclass(frozen=True, slots=True)
class Query:
    """A condition, or None for all rows, and the keys to sort by with whether each descends."""

    condition: "polars.Expr | None"
    keys: "tuple[tuple[polars.Expr, bool], ...]"


@dataclass(frozen=True, slots=True)
class Typed:
    """A column as an expression, and its kind: "number", "bool", "text", "time" or "other"."""

    expression: "polars.Expr"
    kind: str


def parse(text: str, columns: Callable[[str], Typed | None]) -> Query:
    """Read a query over columns found by name; raises `QueryError` with the place of a mistake."""
    if len(text) > LONGEST:
        raise QueryError(f"The filter has more than {LONGEST:,} characters.")
    try:
        tree = _parser().parse(text)
        return _Reader(columns).transform(tree)  # type: ignore[no-any-return]
    except UnexpectedInput as error:
        token = getattr(error, "token", None)
        ended = token is not None and token.type == "$END"
        where = "at its end" if ended else f"at character {error.column}"
        raise QueryError(f"The filter is not understood {where}.") from error
    except VisitError as error:
        if isinstance(error.orig_exc, QueryError):
            raise error.orig_exc from error
        raise
    except RecursionError as error:
        raise QueryError("The filter is nested too deep.") from error


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", maybe_placeholders=True)


def _quoted(token: str) -> str:
    mark = token[0]
    return token[1:-1].replace(mark * 2, mark)


@v_args(inline=True)
class _Reader(Transformer[Token, Any]):
    """Makes expressions of the tree, from its leaves up."""

    def __init__(self, columns: Callable[[str], Typed | None]) -> None:
        super().__init__()
        self._columns = columns

    def start(self, condition: Any, *keys: Any) -> Query:
        return Query(condition, tuple(key for key in keys if key is not None))

    def key(self, column: Typed, direction: Token | None) -> Any:
        return column.expression, direction is not None and direction.lower() == "desc"

    def name(self, token: Token) -> Typed:
        wanted = token[1:-1] if token.type == "QUOTED" else str(token)
        found = self._columns(wanted)
        if found is None:
            raise QueryError(f"There is no column “{wanted}” (at character {token.column}).")
        return found

    def number(self, token: Token) -> float | int:
        return float(token) if any(mark in token for mark in ".eE") else int(token)

    def text(self, token: Token) -> str:
        return _quoted(token)

    def true(self) -> bool:
        return True

    def false(self) -> bool:
        return False

    def any_of(self, *parts: Any) -> Any:
        import polars  # by now imported: the table was read with it

        return polars.any_horizontal(*parts) if len(parts) > 1 else parts[0]

    def all_of(self, *parts: Any) -> Any:
        import polars  # for the reason in any_of

        return polars.all_horizontal(*parts) if len(parts) > 1 else parts[0]

    def negated(self, part: Any) -> Any:
        return ~part

    def compared(self, column: Typed, operator: Token, value: Any) -> Any:
        left, right = _sides(column, value)
        return {
            "=": lambda: left == right,
            "==": lambda: left == right,
            "!=": lambda: left != right,
            "<>": lambda: left != right,
            "<": lambda: left < right,
            "<=": lambda: left <= right,
            ">": lambda: left > right,
            ">=": lambda: left >= right,
        }[str(operator)]()

    def missing(self, column: Typed) -> Any:
        return column.expression.is_null()

    def present(self, column: Typed) -> Any:
        return column.expression.is_not_null()

    def among(self, column: Typed, *values: Any) -> Any:
        return self.any_of(*(left == right for left, right in (_sides(column, v) for v in values)))

    def not_among(self, column: Typed, *values: Any) -> Any:
        return ~self.among(column, *values)

    def between(self, column: Typed, low: Any, high: Any) -> Any:
        (left, least), (_, most) = _sides(column, low), _sides(column, high)
        return (left >= least) & (left <= most)

    def contains(self, column: Typed, token: Token) -> Any:
        text = _text(column).str.to_lowercase()
        return text.str.contains(_quoted(token).lower(), literal=True)

    def like(self, column: Typed, token: Token) -> Any:
        import re

        words = re.escape(_quoted(token)).replace("%", ".*").replace("_", ".")
        return _text(column).str.contains(f"(?is)^{words}$")

    def matches(self, column: Typed, token: Token) -> Any:
        # polars' regular expressions take linear time, whatever is asked.
        return _text(column).str.contains(_quoted(token))


def _text(column: Typed) -> Any:
    import polars  # for the reason in any_of

    return column.expression.cast(polars.String, strict=False)


def _sides(column: Typed, value: Any) -> tuple[Any, Any]:
    """Return both sides of a comparison as of one kind: numbers as numbers, else as text."""
    import polars  # for the reason in any_of

    if isinstance(value, bool):
        if column.kind == "bool":
            return column.expression, polars.lit(value)
        return _text(column).str.to_lowercase(), polars.lit("true" if value else "false")
    if isinstance(value, int | float):
        if column.kind == "number":
            return column.expression, polars.lit(value)
        return column.expression.cast(polars.Float64, strict=False), polars.lit(float(value))
    return _text(column), polars.lit(value)
