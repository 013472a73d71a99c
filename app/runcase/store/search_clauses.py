"""Writes clauses of a filter: for a cell, a header's menu or a completion, quoted as needed."""

import math
import re
from collections.abc import Sequence

from runcase.errors import FilterError
from runcase.store.filter_tree import WordTest
from runcase.store.records import ColumnKey, Kind
from runcase.store.search_filter import Filter, parse
from runcase.store.search_mlflow import is_bare_key
from runcase.store.search_names import canonical
from runcase.store.search_operands import HOW

Value = str | float | int | None
Values = Value | Sequence[str | float | int]

_PREFIXES = {
    Kind.METRIC: "metrics.",
    Kind.PARAM: "params.",
    Kind.TAG: "tags.",
    Kind.DATASET: "dataset.",
    Kind.MODEL: "model.",
    Kind.MARK: "mark.",
}
_FUNCTIONS = {how: name for name, how in HOW.items() if name not in ("avg", "last")}
_PLAIN = re.compile(r"[^\W\d_]\w*")
_NOT_IN_LISTS = re.compile(r"[\\\n\r\0]")
_MISSING = ("IS NULL", "IS NOT NULL", "IS NAN", "IS NOT NAN")


def clause_for(key: ColumnKey, operator: str, value: Values = None) -> str:
    """Return the text of one clause, which parses to just that comparison.

    Args:
        key: Any column; a WORD's clause is the word itself.
        operator: A comparison, or IS NULL, IS NOT NULL, IS NAN, IS NOT NAN.
        value: A text is put in quotes and a number is not, whatever the column holds. A list for
            IN and NOT IN, two values for BETWEEN. With = and !=, None asks whether it is missing
            and NaN whether it is NaN.
    """
    wanted = operator.upper()
    if key.kind is Kind.WORD:
        text = quoted_word(key.key)
        return text if wanted in ("=", "IS NOT NULL") else f"NOT {text}"
    name = name_of(key)
    if key.kind is Kind.MARK and key.key != "note" and wanted in ("=", "!="):
        return f"{name} IS {'NOT ' if wanted == '=' else ''}NULL"
    if wanted in _MISSING:
        return f"{name} {wanted}"
    if wanted in ("=", "!=") and _is_nothing(value):
        word = "NULL" if value is None else "NAN"
        return f"{name} IS {'' if wanted == '=' else 'NOT '}{word}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        texts = [_value(each, in_list=wanted.endswith("IN")) for each in value]
        joined = " AND ".join(texts) if "BETWEEN" in wanted else f"({', '.join(texts)})"
        return f"{name} {wanted} {joined}"
    return f"{name} {wanted} {_value(value)}"


def conjoin(text: str, clause: str, replacing: ColumnKey | None = None) -> str:
    """Return a filter with a clause more, joined by AND.

    Args:
        text: The filter; one with a mistake is given up for the clause.
        clause: The clause; in parentheses if ORs are its outermost.
        replacing: Take out the clauses that test this column alone, as header menus do.
    """
    parts = _parts(text)
    kept = [part for part, tested in parts if replacing is None or tested != _alone(replacing)]
    added = _grouped(parse(clause), clause)
    if added in kept:
        return " AND ".join(kept)
    return " AND ".join([*kept, added])


def without(text: str, key: ColumnKey) -> str:
    """Return a filter without the clauses that test one column alone."""
    return " AND ".join(part for part, tested in _parts(text) if tested != _alone(key))


def clauses_on(text: str, key: ColumnKey) -> list[str]:
    """Return the clauses of a filter that test one column alone; none of one with a mistake."""
    return [part for part, tested in _parts(text) if tested == _alone(key)]


def name_of(key: ColumnKey) -> str:
    """Return a column as a filter names it."""
    if key.kind is Kind.ATTRIBUTE:
        return key.key
    name = f"{_PREFIXES[key.kind]}{quoted_key(key.key)}"
    if not key.how:
        return name
    if key.how.startswith("at:"):
        return f"at({name}, {key.how[3:]})"
    return f"{_FUNCTIONS[key.how]}({name})"


def quoted_key(key: str) -> str:
    """Return a key in such quotes as it needs, in MLflow's way where there is one."""
    if is_bare_key(key):
        return key
    if "`" not in key:
        return f"`{key}`"
    for quote in "\"'":
        if quote not in key and not key.endswith("\\"):
            return f"{quote}{key}{quote}"
    doubled = key.replace("`", "``")
    return f"`{doubled}`"


def quoted_text(text: str) -> str:
    """Return a text in such quotes as it needs, in MLflow's way where there is one."""
    if not text.endswith("\\"):
        for quote in "'\"":
            if quote not in text:
                return f"{quote}{text}{quote}"
    return _escaped(text)


def quoted_word(word: str) -> str:
    """Return a plain word as a filter, in quotes unless it is only letters and digits."""
    if _PLAIN.fullmatch(word):
        try:
            found = parse(word).root
        except FilterError:
            return quoted_text(word)
        if isinstance(found, WordTest):
            return word
    return quoted_text(word)


def _escaped(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"E'{escaped}'"


def _is_nothing(value: Values) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _value(value: Values, *, in_list: bool = False) -> str:
    if isinstance(value, str):
        # Only in a list a backslash begins an escape, and no text can go over several lines.
        is_awkward = in_list and _NOT_IN_LISTS.search(value) is not None
        return _escaped(value) if is_awkward else quoted_text(value)
    # MLflow takes no plus sign in an exponent.
    return repr(value).replace("e+", "e")


def _alone(key: ColumnKey) -> frozenset[ColumnKey]:
    return frozenset((canonical(key),))


def _parts(text: str) -> list[tuple[str, frozenset[ColumnKey]]]:
    try:
        parsed = parse(text)
    except FilterError:
        return []
    if len(parsed.clauses) == 1:
        clause = parsed.clauses[0]
        return [(_grouped(parsed, text[clause.start : clause.end]), clause.tested)]
    return [(text[each.start : each.end], each.tested) for each in parsed.clauses]


def _grouped(parsed: Filter, text: str) -> str:
    return f"({text})" if any(clause.has_open_or for clause in parsed.clauses) else text
