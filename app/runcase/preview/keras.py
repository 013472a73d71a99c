"""Keras' own archives: configuration, metadata, layers, and the weights inside."""

import json
import zipfile
from collections import Counter

from runcase.errors import UnreadableError
from runcase.preview import hdf5
from runcase.preview.facts import Facts
from runcase.preview.source import Source

_CONFIG_BYTES = 16 * 1024 * 1024
_WEIGHTS_BYTES = 512 * 1024 * 1024
_VALUE_CHARACTERS = 300


def read(source: Source) -> Facts:
    """Describe a .keras archive; raises `UnreadableError` when it is none."""
    try:
        with source.open() as file, zipfile.ZipFile(file) as archive:
            config = _json(archive, "config.json")
            metadata = _json(archive, "metadata.json")
            weights = _weights(source, archive)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnreadableError(f"It is not a valid Keras archive: {error}.") from error
    if not isinstance(config, dict):
        raise UnreadableError("It has no config.json, as Keras' archives have.")
    layers = _layers(config)
    facts = [("Class", str(config.get("class_name", ""))), ("Layers", f"{layers.total():,}")]
    pairs = metadata.items() if isinstance(metadata, dict) else ()
    shown = tuple((str(key), str(value)[:_VALUE_CHARACTERS]) for key, value in pairs)
    note = weights.note if weights else "Its weights are not read."
    if any("Lambda" in name for name in layers):
        note = f"{note} A Lambda layer carries Python code that loading would run.".strip()
    return Facts(
        source.name, source.size, note, "Keras model", tuple(facts), (),
        weights.tensors if weights else (), weights.tensor_count if weights else 0,
        tuple(layers.most_common(100)), "Layers", shown,
    )  # fmt: skip


def _json(archive: zipfile.ZipFile, name: str) -> object:
    try:
        if archive.getinfo(name).file_size > _CONFIG_BYTES:
            return None
        return json.loads(archive.read(name))
    except (KeyError, ValueError, RecursionError):
        return None


def _weights(source: Source, archive: zipfile.ZipFile) -> Facts | None:
    name = "model.weights.h5"
    if name not in archive.namelist() or archive.getinfo(name).file_size > _WEIGHTS_BYTES:
        return None
    try:
        return hdf5.read(Source.member(source, name, archive.read(name), source.request))
    except UnreadableError:
        return None


def _layers(config: dict[str, object]) -> Counter[str]:
    """Count the classes of all layers, also of models inside models."""
    counted: Counter[str] = Counter()
    waiting: list[object] = [config.get("config")]
    for _ in range(100_000):
        if not waiting:
            break
        value = waiting.pop()
        if isinstance(value, dict):
            if "class_name" in value and "config" in value and "layers" not in value:
                module = str(value.get("module", ""))
                if "layers" in module or not module:
                    counted[str(value["class_name"])] += 1
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return counted
