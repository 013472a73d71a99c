"""CatBoost's binary models: trees, features and parameters (catboost/libs/model/flatbuffers)."""

import json
import re
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from runcase.errors import UnreadableError
from runcase.preview import words
from runcase.preview.facts import Facts
from runcase.preview.flatbuffer import Table
from runcase.preview.source import Source

_CORE = 8
_TREES = 1_000_000
_SPLITS = 2_000_000
_FEATURES = 100_000
_SHOWN = 200
_NOTES = 50
_VALUE_CHARACTERS = 300
_PARAMETER_BYTES = 1024 * 1024
_RELEASE = re.compile(r"(?:tags/v|release )(\d[\w.]*\w)")
_MANY = {"category": "categories"}
# Fields of TModelTrees by their numbers in model.fbs.
_DIMENSION, _TREE_SPLITS, _TREE_SIZES = 0, 1, 2
_CATEGORIES, _FLOATS, _ONE_HOTS, _STATISTICS = 4, 5, 6, 7
_LEAVES, _STEPS, _TEXTS, _ESTIMATED, _EMBEDDINGS = 8, 10, 12, 13, 18


@dataclass(frozen=True, slots=True)
class _Feature:
    """A column of what the model was trained on, by its place among all columns."""

    flat: int
    name: str


def read(source: Source) -> Facts:
    """Describe a CatBoost model; raises `UnreadableError` when its core makes no sense."""
    core = int.from_bytes(source.head[4:_CORE], "little")
    if core > source.size - _CORE:
        raise UnreadableError("Its core claims to be longer than the file.")
    with source.open() as file:
        root = Table.root(file, _CORE, _CORE + core)
        trees = root.table(1)
        if trees is None:
            raise UnreadableError("It has no trees, as CatBoost's models have.")
        noted = {
            each.text(0, 100): each.text(1, _PARAMETER_BYTES) for each in root.tables(2, _NOTES)
        }
        parts = [each.rstrip("\0") for each in root.texts(3, _SHOWN, 100)]
        facts = [*_told(noted), *_grown(trees)]
        counts = _by_feature(trees)
        many = trees.length(_TREE_SPLITS)
    note = f"Of its {many:,} splits the first {_SPLITS:,} are counted." if many > _SPLITS else ""
    behind = source.size - _CORE - core
    facts.append(("Behind the trees", f"{', '.join(parts)}, {behind:,} bytes" if parts else ""))
    return Facts(
        source.name, source.size, note, "CatBoost model",
        tuple((name, value) for name, value in facts if value),
        counts=tuple(counts.most_common(_SHOWN)), counts_title="Splits by feature",
        metadata=tuple((key, value[:_VALUE_CHARACTERS]) for key, value in noted.items()),
    )  # fmt: skip


def _told(noted: dict[str, str]) -> list[tuple[str, str]]:
    """Return what the model's own notes say: version, objective, classes."""
    release = _RELEASE.search(noted.get("catboost_version_info", ""))
    params = _parsed(noted.get("params", ""))
    names = _at(_parsed(noted.get("class_params", "")), "class_names")
    classes = ", ".join(map(str, names)) if isinstance(names, list) else ""
    rate = _at(params, "boosting_options", "learning_rate")
    return [
        ("Version", release.group(1) if release else ""),
        ("Objective", str(_at(params, "loss_function", "type") or "")),
        ("Learning rate", f"{rate:.6g}" if isinstance(rate, float | int) else ""),
        ("Classes", classes[:_VALUE_CHARACTERS]),
        ("Trained", noted.get("train_finish_time", "")[:40]),
    ]


def _grown(trees: Table) -> list[tuple[str, str]]:
    """Return the numbers of the trees, and what they were grown on."""
    sizes = trees.numbers(_TREE_SIZES, "i", _TREES)
    steps = trees.numbers(_STEPS, "H", _SPLITS, 2)
    dimension = max(1, trees.whole(_DIMENSION))
    kinds = {
        "number": _features(trees, _FLOATS, 4, 2),
        "category": _features(trees, _CATEGORIES, 2, 1),
        "text": _features(trees, _TEXTS, 2, 1),
        "embedding": _features(trees, _EMBEDDINGS, 2, 1),
    }
    columns = sorted((each for found in kinds.values() for each in found), key=lambda it: it.flat)
    by_kind = ", ".join(
        words.many(len(found), kind, _MANY.get(kind, "")) for kind, found in kinds.items() if found
    )
    depth = max(_depths(steps, sizes), default=0) if steps else max(sizes, default=0)
    return [
        ("Trees", f"{trees.length(_TREE_SIZES):,}"),
        ("Kind of trees", "each side of its own" if steps else "symmetric"),
        ("Depth", f"{depth:,}"),
        ("Splits", f"{sum(_splits(trees, steps).values()):,}"),
        ("Leaves", f"{trees.length(_LEAVES) // dimension:,}"),
        ("Values a leaf", f"{dimension:,}" if dimension > 1 else ""),
        ("Features", f"{len(columns):,}"),
        ("Kinds of features", by_kind),
        ("Feature names", ", ".join(each.name for each in columns)[:_VALUE_CHARACTERS]),
    ]


def _features(trees: Table, field: int, name: int, flat: int) -> list[_Feature]:
    """Read the columns of one kind, given the fields of their names and of their places."""
    found = []
    for each in trees.tables(field, _FEATURES):
        place = each.whole(flat, -1)
        found.append(_Feature(place, each.text(name, 100) or str(place)))
    return found


def _splits(trees: Table, steps: "array[int]") -> Counter[int]:
    """Count conditions by their number among all; of a tree with sides, leaves are none."""
    splits = trees.numbers(_TREE_SPLITS, "i", _SPLITS)
    if not steps:
        return Counter(splits)
    sides = zip(splits, steps[0::2], steps[1::2], strict=False)
    return Counter(split for split, left, right in sides if left or right)


def _depths(steps: "array[int]", sizes: "array[int]") -> Iterator[int]:
    """Return how deep each tree is whose nodes say how far behind them their sides lie.

    Nothing behind a split: its leaf is the node itself.
    """
    start = 0
    for size in sizes:
        size = max(0, min(size, len(steps) // 2 - start))
        depth = [0] * size
        for node in range(size):
            for far in steps[2 * (start + node) : 2 * (start + node) + 2]:
                if far and node + far < size:
                    depth[node + far] = depth[node] + 1
        yield max(depth, default=0)
        start += size


def _by_feature(trees: Table) -> Counter[str]:
    """Count the splits on each feature: a split's number counts through all of their borders."""
    steps = trees.numbers(_STEPS, "H", _SPLITS, 2)
    splits = sorted(_splits(trees, steps).items())
    counted: Counter[str] = Counter()
    behind = place = 0
    for name, borders in _conditions(trees):
        behind += borders
        while place < len(splits) and splits[place][0] < behind:
            counted[name] += splits[place][1]
            place += 1
    return counted


def _conditions(trees: Table) -> Iterator[tuple[str, int]]:
    """Return the features in the order of their conditions, with how many each has."""
    names = {
        each.whole(0, -1): each.text(2, 100) or str(each.whole(1, -1))
        for each in trees.tables(_CATEGORIES, _FEATURES)
    }
    for each in trees.tables(_FLOATS, _FEATURES):
        yield each.text(4, 100) or str(each.whole(2, -1)), each.length(3)
    for each in trees.tables(_ESTIMATED, _FEATURES):
        yield "made of text or embeddings", each.length(3)
    for each in trees.tables(_ONE_HOTS, _FEATURES):
        yield names.get(each.whole(0, -1), "?"), each.length(1)
    for each in trees.tables(_STATISTICS, _FEATURES):
        yield _combined(each, names), each.length(1)


def _combined(feature: Table, names: dict[int, str]) -> str:
    """Name the categories whose statistics a feature is."""
    inner: Table | None = feature
    for _ in range(3):  # TModelCtr, TModelCtrBase, TFeatureCombination
        inner = inner.table(0) if inner is not None else None
    numbers = inner.numbers(0, "i", 16) if inner is not None else ()
    return "statistics of " + " × ".join(names.get(each, "?") for each in numbers)


def _parsed(text: str) -> object:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None


def _at(value: object, *path: str) -> object:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value
