"""What a header's popover chooses, as clauses of a filter, and back from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from runcase.errors import FilterError
from runcase.itemmodels import formats
from runcase.store.completion import describe
from runcase.store.facets import Facet, number_text
from runcase.store.filter_numbers import MomentTest, NumberTest, TimeTest, is_time
from runcase.store.filter_texts import EqualTest
from runcase.store.filter_tree import All, AnyOf, Node, PresenceTest
from runcase.store.records import ColumnKey, Kind
from runcase.store.search import clause_for, parse
from runcase.store.search_values import duration, moment, number

_SECOND = 1_000
_UNITS = (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1))


@dataclass(slots=True)
class FacetChoice:
    """Ticked values, None for runs without one; and the ends of a range, None for an open one."""

    ticked: set[str | None] = field(default_factory=set)
    low: float | None = None
    high: float | None = None


def clause_of(key: ColumnKey, choice: FacetChoice) -> str:
    """Return the clause that a choice stands for, "" for no choice."""
    parts = []
    values = sorted(value for value in choice.ticked if value is not None)
    given: list[str | float] = [float(v) for v in values] if is_number(key) else [*values]
    if len(given) == 1:
        parts.append(clause_for(key, "=", given[0]))
    elif given:
        parts.append(clause_for(key, "IN", given))
    range_ = _range(key, choice)
    if range_:
        parts.append(range_)
    if None in choice.ticked:
        parts.append(clause_for(key, "IS NULL"))
    return " OR ".join(parts)


def choice_of(clauses: Iterable[str]) -> FacetChoice:
    """Return the choice that clauses stand for; what is no tick and no range is left out."""
    choice = FacetChoice()
    for clause in clauses:
        try:
            _take(parse(clause).root, choice)
        except FilterError:
            continue
    return choice


def is_number(key: ColumnKey) -> bool:
    """Say whether a column holds numbers of its own, and not texts that may be numbers."""
    return key.kind is Kind.METRIC or is_time(key)


def shown(key: ColumnKey, value: float) -> str:
    """Return an end of a range as it is typed: a date, a duration or a number."""
    if key.key in ("start_time", "end_time") and is_time(key):
        return datetime.fromtimestamp(value / _SECOND).strftime("%Y-%m-%d %H:%M")
    if is_time(key):
        return _length(value)
    return f"{value:.6g}"


def described(key: ColumnKey, facet: Facet) -> str:
    """Return a facet in a few words, the ends of times as dates and durations."""
    if not facet.present:
        return "No run has it"
    if facet.low is None or facet.high is None or not is_time(key):
        return describe(facet)
    runs = formats.counted(facet.present, "run")
    return f"in {runs} · {shown(key, facet.low)} … {shown(key, facet.high)}"


def read(key: ColumnKey, text: str) -> float | None:
    """Return what was typed as an end of a range, None for nothing that could be one."""
    typed = text.strip()
    found = number(typed)
    if found is not None or not is_time(key):
        return found
    if key.key not in ("start_time", "end_time"):
        return duration(typed.replace(" ", ""))
    try:
        when = moment(typed)
    except ValueError:
        return None
    return None if when is None else float(when.period(0)[0])


def _range(key: ColumnKey, choice: FacetChoice) -> str:
    ends = [_end(key, end) for end in (choice.low, choice.high)]
    if ends[0] is not None and ends[1] is not None:
        return clause_for(key, "BETWEEN", [ends[0], ends[1]])
    if ends[0] is not None:
        return clause_for(key, ">=", ends[0])
    return "" if ends[1] is None else clause_for(key, "<=", ends[1])


def _end(key: ColumnKey, value: float | None) -> str | float | None:
    if value is None:
        return None
    if is_time(key):
        return shown(key, value)
    return int(value) if value == int(value) and abs(value) < 1e15 else value


def _length(ms: float) -> str:
    rest, parts = abs(round(ms)), []
    for unit, size in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return ("-" if ms < 0 else "") + ("".join(parts) or "0s")


def _take(node: Node, choice: FacetChoice) -> None:
    if isinstance(node, All | AnyOf):
        for child in node.children:
            _take(child, choice)
    elif isinstance(node, EqualTest) and node.wanted:
        choice.ticked.update(node.values)
    elif isinstance(node, PresenceTest) and not node.wanted:
        choice.ticked.add(None)
    elif isinstance(node, NumberTest | TimeTest):
        _take_number(node.comparator, float(node.value), choice)
    elif isinstance(node, MomentTest):
        start, end = node.moment.period(0)
        _take_number(node.comparator, float(start), choice)
        if node.comparator == "through":
            choice.high = float(end - 1)


def _take_number(comparator: str, value: float, choice: FacetChoice) -> None:
    if comparator == "=":
        choice.ticked.add(number_text(value))
    elif comparator in (">", ">="):
        choice.low = value
    elif comparator in ("<", "<="):
        choice.high = value
