"""JSON, YAML and TOML as trees: parsed into plain values, then laid out flat, breadth first."""

import json
import tomllib
from array import array
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

import yaml

from runcase.errors import TooBigError, UnreadableError
from runcase.preview import encoding, text
from runcase.preview.document import NODE_KINDS, Tree
from runcase.preview.source import Source

TREE_BYTES = 8 * 1024 * 1024
TREE_NODES = 50_000
CHILDREN = 1_000
_VALUE_CHARACTERS = 2_000
_YAML_EVENTS = 300_000
_DEPTH = 500


@dataclass(frozen=True, slots=True)
class _Leaf:
    kind: str
    value: str


class _Pairs(list[tuple[str, object]]):
    """An object's members in the order of the file, duplicate keys included."""


def read_json(source: Source) -> Tree:
    """Parse JSON, NaN and duplicate keys included.

    Raises `UnreadableError` when it is not JSON, `TooBigError` when it is too large or too deep.
    """
    content = _content(source)
    try:
        root = _parse_json(content)
    except json.JSONDecodeError as error:
        raise UnreadableError(f"It is not valid JSON: line {error.lineno}, {error.msg}.") from error
    except RecursionError as error:
        raise TooBigError("It is nested too deep for a tree.") from error
    return _tree(source, root, content, "json")


def read_yaml(source: Source) -> Tree:
    """Parse YAML without building any object of it; tags are never followed.

    Raises `UnreadableError` when it is not YAML, `TooBigError` when it is too large or too deep.
    """
    content = _content(source)
    try:
        root = _YamlBuilder().build(content)
    except yaml.YAMLError as error:
        raise UnreadableError(f"It is not valid YAML: {_yaml_words(error)}.") from error
    return _tree(source, root, content, "yaml")


def read_toml(source: Source) -> Tree:
    """Parse TOML; raises `UnreadableError` when it is not TOML."""
    content = _content(source)
    try:
        root = tomllib.loads(content.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise UnreadableError(f"It is not valid TOML: {str(error)[:200]}.") from error
    except (RecursionError, ValueError) as error:
        raise TooBigError("It is nested too deep, or has a number too long, for a tree.") from error
    return _tree(source, _of_toml(root), content, "toml")


def _of_toml(value: object) -> object:
    if isinstance(value, dict):
        return _Pairs((key, _of_toml(each)) for key, each in value.items())
    if isinstance(value, list):
        return [_of_toml(each) for each in value]
    if isinstance(value, bool | str):
        return value
    kind = "number" if isinstance(value, int | float) else "string"
    return _Leaf(kind, str(value))


def read_json_lines(source: Source) -> Tree:
    """Parse JSON lines that are no table as one array; raises `UnreadableError`."""
    content = _content(source)
    values: list[object] = []
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        try:
            values.append(_parse_json(line))
        except json.JSONDecodeError as error:
            raise UnreadableError(f"Line {number:,} is not valid JSON: {error.msg}.") from error
        except RecursionError as error:
            raise TooBigError(f"Line {number:,} is nested too deep for a tree.") from error
        if len(values) > CHILDREN:
            break
    return _tree(source, values, content, "json")


def _parse_json(content: str) -> object:
    return json.loads(
        content,
        object_pairs_hook=_Pairs,
        parse_float=lambda digits: _Leaf("number", digits),
        parse_int=lambda digits: _Leaf("number", digits),
        parse_constant=lambda word: _Leaf("number", word),
    )


def _content(source: Source) -> str:
    if source.size > TREE_BYTES:
        raise TooBigError("It is too large for a tree: the text is shown.")
    codec = encoding.detect(source.head)
    if codec is None:
        raise UnreadableError("It is not text.")
    return source.read(TREE_BYTES).decode(codec, "replace")


def _yaml_words(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it cannot be parsed"
    return f"line {mark.line + 1}, {problem}" if mark is not None else str(problem)


class _YamlBuilder:
    """Build plain values from YAML events with a stack, so that no depth can overflow."""

    def __init__(self) -> None:
        self._resolve: Callable[..., str] = yaml.SafeLoader("").resolve
        self._anchors: dict[str, object] = {}
        self._open: list[tuple[list[object], bool]] = []

    def build(self, content: str) -> object:
        documents: list[object] = []
        self._open = [(documents, False)]
        for number, event in enumerate(yaml.parse(content, Loader=yaml.CSafeLoader)):
            if number > _YAML_EVENTS or len(self._open) > _DEPTH:
                raise TooBigError("It has too many parts for a tree: the text is shown.")
            self._take(event)
        return documents[0] if len(documents) == 1 else documents

    def _take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._add(event, self._scalar(event))
        elif isinstance(event, yaml.AliasEvent):
            self._open[-1][0].append(self._alias(event.anchor))
        elif isinstance(event, yaml.CollectionStartEvent):
            mapping = isinstance(event, yaml.MappingStartEvent)
            kind = "object" if mapping else "array"
            # An alias of a collection is a leaf: expanding them is how "billion laughs" works.
            children: list[object] = []
            self._add(event, children, _Leaf("alias", f"*{event.anchor} ({kind})"))
            self._open.append((children, mapping))
        elif isinstance(event, yaml.CollectionEndEvent):
            children, mapping = self._open.pop()
            if mapping:
                keys = (_key(each) for each in children[0::2])
                pairs = _Pairs(zip(keys, children[1::2], strict=True))
                parent = self._open[-1][0]
                parent[-1] = pairs

    def _add(self, event: yaml.NodeEvent, value: object, alias: object = None) -> None:
        if event.anchor is not None:
            self._anchors[event.anchor] = value if alias is None else alias
        self._open[-1][0].append(value)

    def _alias(self, anchor: str | None) -> object:
        return self._anchors.get(anchor or "", _Leaf("alias", f"*{anchor}"))

    def _scalar(self, event: yaml.ScalarEvent) -> _Leaf:
        tag = event.tag or self._resolve(yaml.ScalarNode, event.value, event.implicit)
        if not event.implicit[0] and event.tag is None:
            tag = "tag:yaml.org,2002:str"
        kind = {"int": "number", "float": "number", "bool": "boolean", "null": "null"}.get(
            tag.removeprefix("tag:yaml.org,2002:"), "string"
        )
        if tag.startswith(("tag:yaml.org,2002:python/", "!")):
            return _Leaf("other", f"{tag.replace('tag:yaml.org,2002:', '!!')} {event.value}")
        return _Leaf(kind, event.value if kind != "null" else event.value or "null")


def _key(value: object) -> str:
    if isinstance(value, _Leaf):
        return value.value
    return "{…}" if isinstance(value, _Pairs) else "[…]"


def _tree(source: Source, root: object, content: str, language: str) -> Tree:
    keys, values = [source.name], [""]
    kinds = bytearray()
    parents, first, shown, counts = array("I", [0]), array("I"), array("I"), array("I")
    queue: deque[object] = deque([root])
    number = 0
    while queue:
        leaf, children = _look(queue.popleft())
        kinds.append(NODE_KINDS.index(leaf.kind))
        values[number] = leaf.value
        room = max(0, min(CHILDREN, TREE_NODES - len(keys)))
        first.append(len(keys))
        shown.append(min(room, len(children)))
        counts.append(len(children))
        for key, child in children[:room]:
            keys.append(key)
            values.append("")
            parents.append(number)
            queue.append(child)
        number += 1
    # Lone surrogates are legal in JSON strings, but not in UTF-8 nor in Qt.
    return Tree(
        name=source.name,
        size=source.size,
        note="Not every part is shown." if shown != counts else "",
        keys=tuple(_clean(key) for key in keys),
        values=tuple(_clean(value) for value in values),
        kinds=bytes(kinds),
        parents=parents.tobytes(),
        first=first.tobytes(),
        shown=shown.tobytes(),
        counts=counts.tobytes(),
        source=replace(
            text.make(source.name, source.size, content[: text.TEXT_BYTES], language),
            truncated=len(content) > text.TEXT_BYTES,
        ),
    )


def _look(value: object) -> tuple[_Leaf, list[tuple[str, object]]]:
    """Return what a node says and its children with their keys."""
    if isinstance(value, _Pairs):
        return _Leaf("object", ""), value
    if isinstance(value, list):
        return _Leaf("array", ""), [(str(number), each) for number, each in enumerate(value)]
    if isinstance(value, _Leaf):
        return _Leaf(value.kind, _short(value.value)), []
    if isinstance(value, str):
        return _Leaf("string", _short(value)), []
    if isinstance(value, bool):
        return _Leaf("boolean", "true" if value else "false"), []
    return _Leaf("null", "null"), []


def _short(value: str) -> str:
    return value if len(value) <= _VALUE_CHARACTERS else value[:_VALUE_CHARACTERS] + " …"


def _clean(value: str) -> str:
    return value.encode("utf-8", "replace").decode("utf-8")
