"""What a name, a function or a plain word stands for in Runcase's own filter language."""

from typing import NoReturn

from lark import Token, Tree

from runcase.store.records import ColumnKey, Kind
from runcase.store.search_names import (
    DATASET_KEYS,
    ENTITIES,
    RUN_NAME,
    Span,
    did_you_mean,
    unknown_attribute,
    unknown_entity,
    unquoted,
)

ENTITY_KINDS: dict[str, Kind] = {
    **ENTITIES,
    **dict.fromkeys(("model", "models"), Kind.MODEL),
    **dict.fromkeys(("mark", "marks"), Kind.MARK),
}
ATTRIBUTES: dict[str, ColumnKey] = {
    "name": RUN_NAME,
    "run_name": RUN_NAME,
    "run name": RUN_NAME,
    "Run name": RUN_NAME,
    "Run Name": RUN_NAME,
    "created": ColumnKey(Kind.ATTRIBUTE, "start_time"),
    "Created": ColumnKey(Kind.ATTRIBUTE, "start_time"),
    **{
        name: ColumnKey(Kind.ATTRIBUTE, name)
        for name in (
            "run_id",
            "status",
            "user_id",
            "start_time",
            "end_time",
            "duration",
            "age",
            "experiment",
            "experiment_id",
            "lifecycle_stage",
            "parent_id",
            "artifact_uri",
        )
    },
}
KEYS: dict[Kind, tuple[str, ...]] = {
    Kind.DATASET: DATASET_KEYS,
    Kind.MODEL: ("name",),
    Kind.MARK: ("star", "pin", "hidden", "note"),
}
# Plain words that stand for a mark.
MARKED = {
    "starred": ColumnKey(Kind.MARK, "star"),
    "pinned": ColumnKey(Kind.MARK, "pin"),
    "hidden": ColumnKey(Kind.MARK, "hidden"),
}
HOW = {
    "min": "min",
    "max": "max",
    "mean": "mean",
    "avg": "mean",
    "first": "first",
    "last": "",
    "step_of_min": "step of min",
    "step_of_max": "step of max",
}
FUNCTIONS = (*HOW, "at")


def place_of(tree: Tree[Token]) -> Span:
    """Return where a piece of the tree stands in the text."""
    return Span(tree.meta.start_pos, tree.meta.end_pos - tree.meta.start_pos)


def operand(tree: Tree[Token]) -> ColumnKey:
    """Return the column that an `operand` names.

    Raises:
        FilterError: There is no such attribute, entity or function.
    """
    found = tree.children[0]
    if isinstance(found, Tree):
        return _call(found)
    place = place_of(tree)
    entity, key = split(found)
    if key is None:
        if entity not in ATTRIBUTES:
            raise unknown_attribute(entity, place, tuple(ATTRIBUTES))
        return ATTRIBUTES[entity]
    kind = ENTITY_KINDS.get(entity)
    if kind is None:
        raise unknown_entity(entity, place.start, tuple(ENTITY_KINDS))
    if not key and found.type == "BARE":
        raise place.error("The name after the dot is missing.")
    inside = Span(place.start + len(entity) + 1, place.length - len(entity) - 1)
    if kind is Kind.ATTRIBUTE:
        if key not in ATTRIBUTES:
            raise unknown_attribute(key, inside, tuple(ATTRIBUTES))
        return ATTRIBUTES[key]
    known = KEYS.get(kind)
    if known is not None and key not in known:
        raise inside.error(
            f"A {kind} has no {key}.", did_you_mean(key, known) or f"Use one of {', '.join(known)}."
        )
    return ColumnKey(kind, key)


def split(token: Token) -> tuple[str, str | None]:
    """Return the word before the first dot and the key after it, without their quotes.

    The key is None when there is no dot. Inside backticks two of them stand for one.
    """
    text = unquoted(str(token)) if token.type == "DOUBLE" else str(token)
    if text.startswith("`"):
        end = _closing(text)
        entity, rest = text[1:end].replace("``", "`"), text[end + 1 :]
        return entity, rest[1:] if rest else None
    entity, dot, key = text.partition(".")
    if not dot:
        return entity, None
    if token.type == "QUOTED":
        key = key[1:-1].replace("``", "`") if key.startswith("`") else key[1:-1]
    return entity, key


def refuse_half_a_clause(word: str, place: Span) -> None:
    """Raise for a plain word that is a name still without its comparison.

    Raises:
        FilterError: The word is an entity, a name with one before its dot, or an attribute.
    """
    entity, dot, key = word.partition(".")
    kind = ENTITY_KINDS.get(entity)
    if kind is not None and not key and (dot or entity.endswith("s")):
        raise place.error(
            f"A name is missing after {entity}.",
            f"Write {entity}.name and a comparison, or put quotes around a plain word.",
        )
    if (kind is not None and dot) or word in ATTRIBUTES:
        value = "< 0.5" if kind is Kind.METRIC else "= 'value'"
        raise place.error(
            f"A comparison is missing after {word}.",
            f"Write for example: {value}. To look for the word itself put quotes around it.",
        )


def _closing(text: str) -> int:
    """Return where the backticks end that begin a text."""
    end = text.index("`", 1)
    while text[end + 1 : end + 2] == "`":
        end = text.index("`", end + 2)
    return end


def _call(tree: Tree[Token]) -> ColumnKey:
    name, *rest = tree.children
    function = str(name)[:-1]
    assert isinstance(name, Token)
    place = Span(name.start_pos or 0, len(function))
    if function.lower() not in FUNCTIONS:
        raise place.error(
            f"There is no function {function}.",
            did_you_mean(function, FUNCTIONS) or f"Use one of {', '.join(FUNCTIONS)}.",
        )
    arguments = [each for each in rest if isinstance(each, Tree)]
    if not arguments:
        _refuse_arguments(place_of(tree), function)
    metric = operand(arguments[0])
    if metric.kind is not Kind.METRIC or metric.how:
        raise place_of(arguments[0]).error(
            f"{function} works on a metric only.", f"Write {function}(metrics.rmse)."
        )
    if function.lower() == "at":
        return ColumnKey(Kind.METRIC, metric.key, f"at:{_step(tree, arguments)}")
    if len(arguments) > 1:
        _refuse_arguments(place_of(arguments[1]), function)
    return ColumnKey(Kind.METRIC, metric.key, HOW[function.lower()])


def _refuse_arguments(place: Span, function: str) -> NoReturn:
    if function.lower() == "at":
        raise place.error("at takes a metric and a step.", "Write at(metrics.rmse, 100).")
    raise place.error(f"{function} takes one metric.", f"Write {function}(metrics.rmse).")


def _step(tree: Tree[Token], arguments: list[Tree[Token]]) -> int:
    if len(arguments) != 2:
        _refuse_arguments(place_of(tree), "at")
    value = arguments[1].children[0]
    text = str(value) if isinstance(value, Token) else ""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 19):
        raise place_of(arguments[1]).error(
            "A step is a whole number.", "Write at(metrics.rmse, 100)."
        )
    return int(text)
