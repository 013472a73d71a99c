"""What could be typed next in a filter: names, functions, comparisons, values with their counts."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from runcase.store.completion_place import Place, place_at
from runcase.store.facets import Facet
from runcase.store.filter_numbers import is_time
from runcase.store.records import ColumnKey, Kind
from runcase.store.search_clauses import name_of, quoted_text
from runcase.store.search_comparisons import comparators
from runcase.store.search_operands import ATTRIBUTES, ENTITY_KINDS, FUNCTIONS, KEYS, MARKED

_MOST = 60  # items in one list
_FEW = 5  # with fewer matches than this, names that are only like it are looked for
_TYPO_LETTERS = 3
_LIKENESS = 70.0  # of 100
_SHOWN_VALUES = 3
_ENTITIES = ("metrics", "params", "tags", "dataset", "model", "mark")
_ATTRIBUTES = tuple(
    name for name in ATTRIBUTES if " " not in name and name.lower() not in ("name", "created")
)
_NULLS = ("IS NULL", "IS NOT NULL")
_LENGTHS = ("1m", "10m", "1h", "1d", "7d")
_DAYS = ("today", "yesterday")
_OPERATORS = {
    Kind.METRIC: ("<", "<=", ">", ">=", "=", "!=", "BETWEEN", *_NULLS, "IS NAN"),
    Kind.PARAM: ("=", "!=", "<", ">", "LIKE", "ILIKE", "~", "IN", *_NULLS),
}
_SIGNS = ("=", "<", ">", "~")
_ORDERED = ("<", "<=", ">", ">=", "BETWEEN")
_TIMED = ("<", "<=", ">", ">=", "=", "BETWEEN", *_NULLS)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to choose.

    Attributes:
        kind: What its chip says: param, metric, tag, attribute, function, value, …
        label: What is shown.
        detail: What is known of it, such as "in 198 runs · 4 … 12".
        insert: What replaces the text from `Completion.start` to `Completion.end`.
        column: The column that it names; None for others.
    """

    kind: str
    label: str
    detail: str
    insert: str
    column: ColumnKey | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """What can be put in place of text[start:end].

    Attributes:
        start: Where the replaced piece begins.
        end: Where it ends.
        items: What to choose from, the best first.
        operators: The comparisons that fit the column which is named here or is the best item.
        wanted: The column whose values would be offered if its facet were known; else None.
    """

    start: int
    end: int
    items: tuple[Item, ...]
    operators: tuple[str, ...] = ()
    wanted: ColumnKey | None = None


class Vocabulary:
    """What a filter's names and values can be; facets may be put in as they become known."""

    def __init__(self, keys: Iterable[ColumnKey] = ()) -> None:
        """Take the metrics, params and tags that the runs have."""
        self.keys = frozenset(keys)
        self.facets: dict[ColumnKey, Facet] = {}
        self._low: dict[Kind, list[tuple[str, ColumnKey]]] = {}
        for key in sorted(self.keys):
            self._low.setdefault(key.kind, []).append((key.key.casefold(), key))
        for kind, names in KEYS.items():
            self._low[kind] = [(name, ColumnKey(kind, name)) for name in names]

    def names(self, kinds: Sequence[Kind]) -> Iterator[tuple[str, ColumnKey]]:
        """Yield the folded name and the key of each column of some kinds."""
        for kind in kinds:
            yield from self._low.get(kind, ())


def complete(text: str, cursor: int, vocabulary: Vocabulary) -> Completion:
    """Return what can be typed where the cursor stands, a 0-based index into the text."""
    place = place_at(text, cursor)
    if place.expects == "value":
        return _values(text, place, vocabulary)
    if place.expects in ("null", "not null"):
        words = ("NULL", "NAN") if place.expects == "not null" else ("NULL", "NOT NULL", "NAN")
        items = [_word("null", each, "") for each in words]
        return Completion(place.start, place.end, _beginning(items, place.typed))
    if place.expects == "operator" and not place.function:
        return _after_name(place, vocabulary)
    return _names(place, vocabulary)


def operators_of(column: ColumnKey) -> tuple[str, ...]:
    """Return the comparisons that are offered for a column, the most useful first."""
    if is_time(column):
        return _TIMED
    if not comparators(column):
        return ("IS NOT NULL", "IS NULL")
    return _OPERATORS.get(column.kind, _OPERATORS[Kind.PARAM])


def describe(facet: Facet) -> str:
    """Return a facet in a few words: "in 198 runs · 4 … 12"."""
    runs = f"in {facet.present:,} run{'' if facet.present == 1 else 's'}"
    if facet.low is not None and facet.high is not None:
        if facet.low == facet.high:
            return f"{runs} · {_short(facet.low)}"
        return f"{runs} · {_short(facet.low)} … {_short(facet.high)}"
    if 0 < facet.distinct <= _SHOWN_VALUES:
        return f"{runs} · {', '.join(_cut(value) for value, _ in facet.values)}"
    return f"{runs} · {facet.distinct:,} different" if facet.distinct else runs


def _names(place: Place, vocabulary: Vocabulary) -> Completion:
    typed = place.typed
    entity, dot, rest = typed.partition(".")
    kind = ENTITY_KINDS.get(entity.lower()) if dot else None
    if kind is Kind.ATTRIBUTE:
        items = [_attribute(name) for name in _matching(rest, _ATTRIBUTES)]
    elif kind is not None:
        found = _find(rest.strip("`\"'"), list(vocabulary.names([kind])))
        items = [_column(key, vocabulary) for key in found]
    elif place.function:
        found = _find(typed, list(vocabulary.names([Kind.METRIC])))
        items = [_column(key, vocabulary) for key in found]
    else:
        items = _anything(place, vocabulary)
    column = items[0].column if items else None
    operators = operators_of(column) if column is not None and not place.function else ()
    return Completion(place.start, place.end, tuple(items[:_MOST]), operators)


def _anything(place: Place, vocabulary: Vocabulary) -> list[Item]:
    typed = place.typed
    joints: list[Item] = []
    if place.expects == "after":
        joints = [_word("join", "AND", "both must hold"), _word("join", "OR", "one must hold")]
    if not typed:
        return joints or [*_entities(""), *map(_attribute, _ATTRIBUTES[:5]), *_functions("")]
    fixed = list(_beginning(joints, typed))
    attributes = _matching(typed, _ATTRIBUTES)
    starting = [name for name in attributes if name.startswith(typed.casefold())]
    fixed += [*_entities(typed), *map(_attribute, starting)]
    fixed += [_word("mark", each, "") for each in _matching(typed, tuple(MARKED))]
    fixed += _functions(typed)
    keys = _find(typed, list(vocabulary.names((Kind.PARAM, Kind.METRIC, Kind.TAG))))
    fixed += [_column(key, vocabulary) for key in keys]
    return fixed + [_attribute(name) for name in attributes if name not in starting]


def _after_name(place: Place, vocabulary: Vocabulary) -> Completion:
    column = place.column
    assert column is not None
    operators = operators_of(column)
    facet = vocabulary.facets.get(column)
    detail = describe(facet) if facet is not None else ""
    items = _beginning([_word("compare", each, "") for each in operators], place.typed)
    if items and detail and not place.typed:
        first = items[0]
        items = (Item(first.kind, first.label, detail, first.insert), *items[1:])
    return Completion(place.start, place.end, items, operators)


def _values(text: str, place: Place, vocabulary: Vocabulary) -> Completion:
    column = place.column
    if column is None or place.function:
        return Completion(place.start, place.end, ())
    if is_time(column):
        words = _LENGTHS if column.key in ("duration", "age") else _DAYS
        starting = _matching(place.typed, words) if place.typed else words
        items = [_word("value", each, "") for each in starting]
        return Completion(place.start, place.end, tuple(items))
    facet = vocabulary.facets.get(column)
    if facet is None:
        return Completion(place.start, place.end, (), wanted=column)
    typed = place.typed.strip("`\"'").casefold()
    before = " " if text[place.start - 1 : place.start] in _SIGNS else ""
    after = "" if place.in_list else " "
    is_number = column.kind is Kind.METRIC or (facet.low is not None and place.sign in _ORDERED)
    shown = [each for each in facet.values if typed in each[0].casefold()]
    shown.sort(key=lambda each: not each[0].casefold().startswith(typed))
    items = [
        Item(
            "value",
            value,
            _in_runs(count),
            f"{before}{value if is_number else quoted_text(value)}{after}",
        )
        for value, count in shown[:_MOST]
    ]
    return Completion(place.start, place.end, tuple(items))


def _find(typed: str, names: Sequence[tuple[str, ColumnKey]]) -> list[ColumnKey]:
    """Return the keys that begin so, then those that hold it, then those that are like it."""
    low = typed.casefold()
    if not low:
        return [key for _, key in names[:_MOST]]
    ranked = [(_rank(name, low), len(name), key) for name, key in names if low in name]
    ranked.sort()
    found = [key for _, _, key in ranked[:_MOST]]
    if len(found) < _FEW and len(low) >= _TYPO_LETTERS:
        found += [key for key in _like(low, names) if key not in found]
    return found


def _rank(name: str, low: str) -> int:
    if name.startswith(low):
        return 0
    at = name.find(low)
    return 1 if not name[at - 1].isalnum() else 2


def _like(low: str, names: Sequence[tuple[str, ColumnKey]]) -> list[ColumnKey]:
    # Imported here: it is needed for mistakes only.
    from rapidfuzz import fuzz, process

    found = process.extract(
        low,
        [name for name, _ in names],
        scorer=fuzz.ratio,
        limit=_FEW,
        score_cutoff=_LIKENESS,
    )
    return [names[at][1] for _, _, at in found]


def _matching(typed: str, words: Sequence[str]) -> list[str]:
    low = typed.casefold()
    starting = [word for word in words if word.startswith(low)]
    return starting + [word for word in words if low and low in word and word not in starting]


def _beginning(items: Sequence[Item], typed: str) -> tuple[Item, ...]:
    return tuple(item for item in items if item.label.casefold().startswith(typed.casefold()))


def _entities(typed: str) -> list[Item]:
    return [
        Item("entity", f"{name}.", _ABOUT[name], f"{name}.")
        for name in _ENTITIES
        if name.startswith(typed.casefold())
    ]


_ABOUT: Mapping[str, str] = {
    "metrics": "what was measured",
    "params": "what was chosen",
    "tags": "what was noted",
    "dataset": "what was read",
    "model": "what was made",
    "mark": "your own stars, pins and notes",
}


def _functions(typed: str) -> list[Item]:
    return [
        Item("function", f"{name}(…)", "of a metric’s history", f"{name}(metrics.")
        for name in FUNCTIONS
        if name.startswith(typed.casefold()) and name not in ("avg", "last")
    ]


def _attribute(name: str) -> Item:
    key = ATTRIBUTES[name]
    column = key if key.kind is Kind.ATTRIBUTE else ColumnKey(Kind.ATTRIBUTE, name)
    return Item("attribute", name, "", f"{name} ", column)


def _column(key: ColumnKey, vocabulary: Vocabulary) -> Item:
    facet = vocabulary.facets.get(key)
    detail = describe(facet) if facet is not None else ""
    label = re.sub(r"[\n\r\t]", " ", key.key)
    return Item(str(key.kind), label, detail, f"{name_of(key)} ", key)


def _word(kind: str, word: str, detail: str) -> Item:
    return Item(kind, word, detail, f"{word} ")


def _in_runs(count: int) -> str:
    return f"{count:,} run{'' if count == 1 else 's'}"


def _short(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")


def _cut(value: str) -> str:
    return value if len(value) <= 16 else f"{value[:15]}…"
