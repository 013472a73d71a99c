"""Where in a filter the cursor stands: what was written before it, and what could follow.

A filter that is being typed is rarely whole, so its words are walked through without the grammar.
"""

import re
from dataclasses import dataclass

from lark import Token

from runcase.store.records import ColumnKey, Kind
from runcase.store.search_names import RUN_NAME
from runcase.store.search_operands import ATTRIBUTES, ENTITY_KINDS, HOW, split

_TOKENS = re.compile(
    r"""(?P<space>\s+)"""
    r"""|(?P<quoted>[^\W\d]\w*\.(?:`(?:``|[^`])*`|"[^"]*"|'[^']*')|`(?:``|[^`])*`)"""
    r"""|(?P<open>[^\W\d]\w*\.[`"'][^`"']*\Z)"""
    r"""|(?P<function>[^\W\d]\w*\()"""
    r"""|(?P<text>[eE]?'(?:''|\\.|[^'])*'|"(?:""|\\"|[^"])*")"""
    r"""|(?P<unclosed>[eE]?['"][^'"]*\Z)"""
    r"""|(?P<sign>[<>=~!]+)"""
    r"""|(?P<mark>[(),;&|])"""
    r"""|(?P<bare>[^\s'"`()=<>!~,;&|]+)"""
    r"""|(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_REST = re.compile(r"[^\s'\"`()=<>!~,;&|]*")
_LIKES = ("like", "ilike", "rlike")


@dataclass(slots=True)
class Place:
    """What is expected at the cursor.

    Attributes:
        expects: name, operator, value, null, not null or after (a whole clause).
        start: Where the piece begins that a completion replaces.
        end: Where it ends.
        typed: What of it is written up to the cursor.
        column: Which column is compared; None where a name is expected.
        function: The function in whose parentheses the cursor stands, "" for none.
        sign: The comparison before a value, in capitals.
        in_list: Whether the value is one of a list, and the list is open.
        is_range: Whether the values are those of a BETWEEN that lacks its AND.
    """

    expects: str = "name"
    start: int = 0
    end: int = 0
    typed: str = ""
    column: ColumnKey | None = None
    function: str = ""
    sign: str = ""
    in_list: bool = False
    is_range: bool = False


def place_at(text: str, cursor: int) -> Place:
    """Return what is expected where the cursor stands, a 0-based index into the text."""
    place = Place()
    before = text[:cursor]
    pieces = [match for match in _TOKENS.finditer(before) if match.lastgroup != "space"]
    last = pieces[-1] if pieces and pieces[-1].end() == cursor else None
    if last is not None and last.lastgroup not in ("mark", "function", "text"):
        pieces.pop()
        place.start, place.typed = last.start(), last[0]
    else:
        place.start = cursor
        last = None
    for piece in pieces:
        _walk(place, str(piece.lastgroup), piece[0])
    if last is not None and last.lastgroup == "sign":
        # The sign is written: its value comes next, even without a space between.
        _walk(place, "sign", last[0])
        place.start, place.typed = cursor, ""
    place.end = _end(text, cursor, place.typed)
    return place


def _end(text: str, cursor: int, typed: str) -> int:
    """Return where the piece ends in which the cursor stands."""
    rest = _REST.match(text, cursor)
    end = rest.end() if rest is not None and typed else cursor
    quote = next((sign for sign in "`\"'" if typed.count(sign) % 2), "")
    if quote:
        closing = re.compile(rf"[^{quote}\s]*{quote}").match(text, cursor)
        return closing.end() if closing is not None else end
    return end


def _walk(place: Place, kind: str, text: str) -> None:
    word = text.lower()
    if kind == "mark":
        _mark(place, text)
    elif kind == "function":
        place.expects, place.function, place.column = "name", word[:-1], None
    elif place.expects in ("name", "after"):
        _name(place, kind, text)
    elif place.expects == "operator":
        _operator(place, kind, text)
    elif place.expects == "null":
        place.expects = "not null" if word == "not" else "after"
    elif not place.in_list:
        place.expects = "after"


def _mark(place: Place, text: str) -> None:
    if text == "(":
        place.in_list = place.expects == "value"
    elif text == ")":
        if place.function and not place.in_list:
            place.column = _called(place)
            place.function = ""
            place.expects = "operator" if place.column is not None else "after"
        else:
            place.expects, place.in_list = "after", False
    elif text == "," and place.function:
        place.expects = "value"
    elif not place.in_list:
        place.expects = "name"


def _called(place: Place) -> ColumnKey | None:
    column = place.column
    if column is None or column.kind is not Kind.METRIC:
        return None
    return ColumnKey(Kind.METRIC, column.key, HOW.get(place.function, "at"))


def _name(place: Place, kind: str, text: str) -> None:
    word = text.lower()
    if kind == "bare" and word in ("and", "or", "not"):
        is_second = place.is_range and word == "and" and place.expects == "after"
        place.expects = "value" if is_second else "name"
        place.is_range = False
        return
    column = column_named(kind, text)
    place.column = column
    place.expects = "operator" if column is not None else "after"


def _operator(place: Place, kind: str, text: str) -> None:
    word = text.lower()
    if place.function:
        return
    if kind == "sign" or word in (*_LIKES, "in", "between"):
        place.expects, place.sign = "value", word.upper()
        place.is_range = word == "between"
    elif word == "is":
        place.expects = "null"
    elif word != "not":
        _name(place, kind, text)


def column_named(kind: str, text: str) -> ColumnKey | None:
    """Return the column that a whole word names; None for a plain word or a text."""
    if kind not in ("bare", "quoted"):
        return None
    entity, key = split(Token("QUOTED" if kind == "quoted" else "BARE", text))
    if key is None:
        found = ATTRIBUTES.get(entity)
        return ColumnKey(Kind.ATTRIBUTE, "run_name") if found == RUN_NAME else found
    found_kind = ENTITY_KINDS.get(entity)
    if found_kind is None or not key:
        return None
    return ATTRIBUTES.get(key) if found_kind is Kind.ATTRIBUTE else ColumnKey(found_kind, key)
