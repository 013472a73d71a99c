"""Gradient-boosted trees by their headers: XGBoost, LightGBM."""

import json
import re

from runcase.errors import TooBigError, UnreadableError
from runcase.preview.facts import Facts
from runcase.preview.source import Source
from runcase.preview.ubjson import Reader
from runcase.preview.wire import Cursor

_XGBOOST_BYTES = 128 * 1024 * 1024
_HEAD_BYTES = 1024 * 1024
_TREE = re.compile(rb"^Tree=\d+", re.MULTILINE)
_LEAVES = re.compile(rb"^num_leaves=(\d+)", re.MULTILINE)
_VALUE_CHARACTERS = 300


def is_ubjson_model(source: Source) -> bool:
    """Say whether a file begins as XGBoost's UBJSON does: an object with its learner."""
    return (
        source.head.startswith(b"{")
        and b"learner" in source.head[:64]
        and b'"' not in (source.head[:12])
    )


def is_xgboost_json(source: Source) -> bool:
    """Say whether a JSON file begins as XGBoost's models do."""
    return re.match(rb'\s*\{\s*"(learner|version)"\s*:\s*[\[{]', source.head) is not None and (
        b'"gradient_booster"' in source.head or b'"learner"' in source.head[:64]
    )


def read_xgboost(source: Source) -> Facts:
    """Describe an XGBoost model in JSON or UBJSON; raises `UnreadableError`."""
    if source.size > _XGBOOST_BYTES:
        raise TooBigError("The model is too large to read its trees.")
    content: object
    if is_ubjson_model(source):
        form = "XGBoost model (UBJSON)"
        with source.open() as file:
            content = Reader(Cursor(file, source.size)).value()
    else:
        form = "XGBoost model (JSON)"
        try:
            content = json.loads(source.read(_XGBOOST_BYTES))
        except (ValueError, RecursionError) as error:
            raise UnreadableError("It is not valid JSON.") from error
    learner = _at(content, "learner")
    booster = _at(learner, "gradient_booster")
    if not isinstance(learner, dict) or not isinstance(booster, dict):
        raise UnreadableError("It has no learner, as XGBoost's models have.")
    trees = _at(booster, "model", "trees") or _at(booster, "gbtree", "model", "trees")
    trees = trees if isinstance(trees, list) else []
    nodes = [_whole(_at(tree, "tree_param", "num_nodes")) for tree in trees]
    version = _at(content, "version")
    names = _at(learner, "feature_names")
    facts = (
        ("Version", ".".join(str(each) for each in version) if isinstance(version, list) else ""),
        ("Booster", _words(_at(booster, "name"))),
        ("Objective", _words(_at(learner, "objective", "name"))),
        ("Trees", f"{len(trees):,}"),
        ("Nodes", f"{sum(nodes):,}"),
        ("Largest tree", f"{max(nodes, default=0):,} nodes" if nodes else ""),
        ("Features", _words(_at(learner, "learner_model_param", "num_feature"))),
        # It says 0 where there are no classes, or two.
        ("Classes", _words(_at(learner, "learner_model_param", "num_class")).removeprefix("0")),
        ("Base score", _words(_at(learner, "learner_model_param", "base_score"))),
        (
            "Feature names",
            ", ".join(map(str, names))[:_VALUE_CHARACTERS] if isinstance(names, list) else "",
        ),
    )
    attributes = _at(learner, "attributes")
    pairs = attributes.items() if isinstance(attributes, dict) else ()
    return _facts(source, form, facts, tuple((str(k), _words(v)) for k, v in pairs))


def read_lightgbm(source: Source) -> Facts:
    """Describe a LightGBM model file; raises `UnreadableError`."""
    head = source.read(_HEAD_BYTES)
    header, _, _ = head.partition(b"\n\n")
    pairs = dict(
        line.decode("utf-8", "replace").split("=", 1)
        for line in header.splitlines()
        if b"=" in line
    )
    if "num_class" not in pairs:
        raise UnreadableError("It is not a LightGBM model.")
    trees = leaves = 0
    with source.open() as file:
        rest = b""
        while chunk := file.read(4 * _HEAD_BYTES):
            chunk = rest + chunk
            cut = chunk.rfind(b"\n") + 1
            chunk, rest = (chunk[:cut], chunk[cut:]) if cut else (chunk, b"")
            trees += len(_TREE.findall(chunk))
            leaves += sum(int(each) for each in _LEAVES.findall(chunk))
    names = pairs.get("feature_names", "").split()
    facts = (
        ("Version", pairs.get("version", "")),
        ("Objective", pairs.get("objective", "")),
        ("Trees", f"{trees:,}"),
        ("Leaves", f"{leaves:,}"),
        ("Classes", pairs["num_class"]),
        ("Features", f"{len(names):,}"),
        ("Feature names", ", ".join(names)[:_VALUE_CHARACTERS]),
    )
    return _facts(source, "LightGBM model", facts, ())


def _facts(
    source: Source,
    form: str,
    facts: tuple[tuple[str, str], ...],
    metadata: tuple[tuple[str, str], ...],
) -> Facts:
    shown = tuple((name, value) for name, value in facts if value)
    return Facts(source.name, source.size, "", form, shown, metadata=metadata)


def _at(value: object, *path: str) -> object:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _whole(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0


def _words(value: object) -> str:
    return "" if value is None else str(value)[:_VALUE_CHARACTERS]
