"""Runcase's own filter language: what a tree of its grammar means, and where it is wrong."""

from lark import Token, Tree

from runcase.store.filter_numbers import NanTest, NumberTest, is_time
from runcase.store.filter_tree import (
    NOTE,
    All,
    AnyOf,
    Clause,
    Named,
    Node,
    Not,
    PresenceTest,
    WordTest,
)
from runcase.store.records import ColumnKey, Kind
from runcase.store.search_comparisons import between, compare, values_of
from runcase.store.search_extended_grammar import extended_tree
from runcase.store.search_operands import MARKED, operand, place_of, refuse_half_a_clause


def extended_clauses(text: str) -> tuple[Clause, ...]:
    """Return the parts that ANDs join: one part for a filter whose outermost word is OR.

    Raises:
        FilterError: With the place of the mistake.
    """
    tree = extended_tree(text)
    if not tree.children:
        return ()
    either = _trees(tree)[0]
    parts = _trees(either)
    if len(parts) > 1:
        return (_clause(either, _either(either), has_open_or=True),)
    return tuple(_clause(item, _item(item)) for item in _trees(parts[0]))


def _clause(tree: Tree[Token], node: Node, *, has_open_or: bool = False) -> Clause:
    inside = {id(each) for call in tree.find_data("call") for each in _trees(call)}
    named: list[Named] = []
    tested = set()
    for each in tree.find_data("operand"):
        column = operand(each)
        if isinstance(each.children[0], Token):
            named.append(Named(place_of(each).start, place_of(each).length, column))
        if id(each) not in inside:
            tested.add(column)
    named.sort(key=lambda name: name.start)
    # Words and starred name no operand; the notes are read for words without being named.
    unnamed = {key for key in node.columns() if key.kind in (Kind.WORD, Kind.MARK)}
    tested |= unnamed - {NOTE}
    start, end = tree.meta.start_pos, tree.meta.end_pos
    return Clause(start, end, node, tuple(named), frozenset(tested), has_open_or)


def _either(tree: Tree[Token]) -> Node:
    parts = tuple(_both(each) for each in _trees(tree))
    return parts[0] if len(parts) == 1 else AnyOf(parts)


def _both(tree: Tree[Token]) -> Node:
    parts = tuple(_item(each) for each in _trees(tree))
    return parts[0] if len(parts) == 1 else All(parts)


def _item(tree: Tree[Token]) -> Node:
    inner = _trees(tree)
    match tree.data:
        case "not":
            return Not(_item(inner[0]))
        case "group":
            return _either(inner[0])
        case "word":
            return _word(tree)
        case "presence":
            return _presence(tree, operand(inner[0]))
        case "range":
            column, (word, low, high) = operand(inner[0]), inner[1:]
            negated = str(word.children[0]).upper().startswith("NOT")
            return between(column, word, values_of(low), values_of(high), negated=negated)
    return compare(operand(inner[0]), inner[1], inner[2])


def _presence(tree: Tree[Token], column: ColumnKey) -> Node:
    kinds = [token.type for token in tree.children if isinstance(token, Token)]
    wanted = "NOT" in kinds
    if "NULL" in kinds:
        return PresenceTest(column, wanted)
    if is_time(column) or column.kind not in (Kind.METRIC, Kind.PARAM, Kind.TAG):
        raise place_of(tree).error("IS NAN works for metrics, params and tags.", "Write IS NULL.")
    return NumberTest(column, "!=", float("nan")) if wanted else NanTest(column)


def _word(tree: Tree[Token]) -> Node:
    place = place_of(tree)
    value = values_of(tree)[0]
    if not value.quoted:
        found = MARKED.get(value.text.lower())
        if found is not None:
            return PresenceTest(found, wanted=True)
        refuse_half_a_clause(value.text, place)
    word = value.text.strip().casefold()
    if not word:
        raise place.error("This text is empty.", "Type a word that the runs shall hold.")
    return WordTest(ColumnKey(Kind.WORD, word))


def _trees(tree: Tree[Token]) -> list[Tree[Token]]:
    return [each for each in tree.children if isinstance(each, Tree)]
