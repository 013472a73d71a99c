"""An MLmodel file and its folder: flavors, signature, requirements, files. Nothing is loaded."""

import json
import os
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from runcase.errors import UnreadableError
from runcase.preview import mlmodel_parts, text
from runcase.preview.document import (
    Flavor,
    LoadCode,
    Model,
    ModelFile,
    Requirement,
    SignatureRow,
)
from runcase.preview.source import Source

_MODEL_BYTES = 1024 * 1024
_FILES = 2_000
_VALUE_CHARACTERS = 1_000
_METADATA = 200
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*(?:\[[^\]]*\])?)\s*(.*)")
_URL_REQUIREMENT = re.compile(r"(?:-e\s+)?[a-z+]+://")


def read(source: Source) -> Model:
    """Read a model's page; raises `UnreadableError` when the file is no MLmodel."""
    # Aliases can make a small file expand without end, and MLflow writes none.
    content = source.read(_MODEL_BYTES).decode("utf-8", "replace")
    data = _load(content)
    files = _files(source)
    requirements, requirements_from = _requirements(source, files)
    example, example_path = _example(data)
    flavors = _flavors(data)
    model_id = _text(data.get("model_id") or data.get("model_uuid"))
    return Model(
        name=source.name,
        size=sum(file.size for file in files),
        note="" if len(files) < _FILES else f"Only the first {_FILES:,} files are counted.",
        model_id=model_id,
        run_id=_text(data.get("run_id")),
        mlflow_version=_text(data.get("mlflow_version")),
        created=_text(data.get("utc_time_created")),
        flavors=flavors,
        signature=_signature(data.get("signature")),
        requirements=mlmodel_parts.compared(requirements),
        requirements_from=requirements_from,
        example=example,
        example_path=example_path,
        files=files,
        metadata=_dotted(data.get("metadata")),
        load_codes=_load_codes(source, flavors),
        source=text.make(source.name, source.size, content, "yaml"),
        pickles=mlmodel_parts.inspected(source, files),
    )


def _load(content: str) -> dict[str, Any]:
    try:
        for event in yaml.parse(content, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise UnreadableError("It is not an MLmodel file: it has YAML aliases.")
        data = yaml.load(content, Loader=yaml.CSafeLoader)  # CSafeLoader builds plain values only
    except yaml.YAMLError as error:
        raise UnreadableError("It is not an MLmodel file: it is not valid YAML.") from error
    except (ValueError, RecursionError) as error:  # a date such as 2024-99-99
        raise UnreadableError("It is not an MLmodel file: a value is malformed.") from error
    if not isinstance(data, dict) or not isinstance(data.get("flavors"), dict):
        raise UnreadableError("It is not an MLmodel file: it names no flavors.")
    return data


def _flavors(data: dict[str, Any]) -> tuple[Flavor, ...]:
    flavors = []
    for name, body in data["flavors"].items():
        facts = _dotted(body)
        short = str(name).rpartition(".")[2]
        version = next(
            (value for key, value in facts if key in (f"{short}_version", "version")),
            next((v for k, v in facts if k.endswith("_version") and k != "python_version"), ""),
        )
        flavors.append(Flavor(str(name), version, facts))
    return tuple(flavors)


def _signature(signature: object) -> tuple[SignatureRow, ...]:
    if not isinstance(signature, dict):
        return ()
    rows: list[SignatureRow] = []
    for key, kind in (("inputs", "input"), ("outputs", "output"), ("params", "param")):
        value = signature.get(key)
        try:
            specs = json.loads(value) if isinstance(value, str) else value
        except (ValueError, RecursionError):
            specs = None
        if isinstance(specs, list):
            rows.extend(_row(kind, spec) for spec in specs if isinstance(spec, dict))
    return tuple(rows)


def _row(kind: str, spec: dict[str, Any]) -> SignatureRow:
    """Read a column, tensor or param of a signature, as mlflow.types.schema writes them."""
    tensor = spec.get("tensor-spec")
    if isinstance(tensor, dict):
        words, detail = f"tensor {_text(tensor.get('dtype'))}", _shape(tensor.get("shape"))
    else:
        words = _type_words(spec)
        detail = _shape(spec["shape"]) if spec.get("shape") is not None else ""
        if kind == "param" and "default" in spec:
            default = f"default {_short(spec['default'])}"
            detail = f"{detail}, {default}" if detail else default
    required = kind != "param" and spec.get("required", not spec.get("optional", False)) is True
    return SignatureRow(kind, _text(spec.get("name")), words, detail, required)


def _type_words(spec: dict[str, Any], depth: int = 0) -> str:
    kind = _text(spec.get("type") or spec.get("dtype"))
    if depth > 4:
        return kind
    items = spec.get("items")
    if kind == "array" and isinstance(items, dict):
        return f"array of {_type_words(items, depth + 1)}"
    values = spec.get("values")
    if kind == "map" and isinstance(values, dict):
        return f"map of {_type_words(values, depth + 1)}"
    properties = spec.get("properties")
    if kind == "object" and isinstance(properties, dict):
        return "object {" + ", ".join(str(name) for name in list(properties)[:20]) + "}"
    return kind


def _shape(shape: object) -> str:
    if not isinstance(shape, list):
        return ""
    inner = ", ".join(str(each) for each in shape)
    return f"({inner},)" if len(shape) == 1 else f"({inner})"


def _requirements(
    source: Source, files: tuple[ModelFile, ...]
) -> tuple[tuple[Requirement, ...], str]:
    present = {file.path for file in files}
    if "requirements.txt" in present:
        lines = _beside(source, "requirements.txt").splitlines()
        return tuple(_requirement(line) for line in lines if _is_requirement(line)), (
            "requirements.txt"
        )
    if "conda.yaml" in present:
        return _conda(_beside(source, "conda.yaml")), "conda.yaml"
    return (), ""


def _is_requirement(line: str) -> bool:
    line = line.strip()
    return bool(line) and not line.startswith(("#", "--"))


def _requirement(line: str) -> Requirement:
    line = line.split(" #")[0].strip()
    found = _REQUIREMENT.fullmatch(line)
    if found is None or _URL_REQUIREMENT.match(line):
        return Requirement(_short(line), "")
    return Requirement(found.group(1), _short(found.group(2)))


def _conda(content: str) -> tuple[Requirement, ...]:
    """Read conda.yaml by its events alone: they are enough, and nothing can expand."""
    try:
        events = list(yaml.parse(content[:_MODEL_BYTES], Loader=yaml.CSafeLoader))
    except yaml.YAMLError:
        return ()
    requirements = []
    keys: list[str] = []
    for previous, event in pairwise(events):
        if isinstance(event, yaml.SequenceStartEvent):
            keys.append(previous.value if isinstance(previous, yaml.ScalarEvent) else "")
        elif isinstance(event, yaml.SequenceEndEvent) and keys:
            keys.pop()
        elif (
            isinstance(event, yaml.ScalarEvent)
            and keys[-1:] in (["dependencies"], ["pip"])
            and event.value not in ("pip", "dependencies")
        ):
            requirements.append(_requirement(event.value))
    return tuple(requirements)


def _beside(source: Source, name: str) -> str:
    path = source.beside(name)
    if path is None:
        return ""
    with path.open("rb") as file:
        return file.read(_MODEL_BYTES).decode("utf-8", "replace")


def _files(source: Source) -> tuple[ModelFile, ...]:
    folder = source.path.parent
    found: list[ModelFile] = []
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(place, name)
            if path.is_symlink() and not path.resolve().is_relative_to(source.root):
                continue
            try:
                size = path.stat().st_size
            except OSError:  # a dangling link, or gone meanwhile
                continue
            found.append(ModelFile(path.relative_to(folder).as_posix(), size))
            if len(found) >= _FILES:
                return tuple(found)
    return tuple(sorted(found, key=lambda file: file.path))


def _example(data: dict[str, Any]) -> tuple[str, str]:
    info = data.get("saved_input_example_info")
    if not isinstance(info, dict):
        return "", ""
    kind, form = _text(info.get("type")), _text(info.get("format"))
    return f"{kind} ({form})" if kind and form else kind or form, _text(info.get("artifact_path"))


def _load_codes(source: Source, flavors: tuple[Flavor, ...]) -> tuple[LoadCode, ...]:
    """Write the lines that load this folder, from where it lies."""
    where = json.dumps(str(source.path.parent))
    names = [flavor.name for flavor in flavors]
    codes = []
    if "python_function" in names:
        lines = f"import mlflow\n\nmodel = mlflow.pyfunc.load_model({where})\npredictions = "
        codes.append(("pyfunc", lines + "model.predict(data)", "python"))
    for name in names:
        if name != "python_function" and name.isidentifier():
            lines = f"import mlflow.{name}\n\nmodel = mlflow.{name}.load_model({where})"
            codes.append((name, lines, "python"))
    if "python_function" in names:
        codes.append(("CLI serve", f"mlflow models serve -m {where} --env-manager local", "bash"))
    return tuple(
        LoadCode(label, text.make(label, len(lines), lines, language))
        for label, lines, language in codes
    )


def _dotted(value: object, prefix: str = "") -> tuple[tuple[str, str], ...]:
    """Flatten nested mappings into dotted keys; nulls are left out."""
    if not isinstance(value, dict):
        return ()
    rows: list[tuple[str, str]] = []
    for key, inner in value.items():
        name = f"{prefix}{key}"
        if isinstance(inner, dict) and inner and prefix.count(".") < 4:
            rows.extend(_dotted(inner, f"{name}."))
        elif inner is not None:
            rows.append((_short(name), _short(inner)))
    return tuple(rows[:_METADATA])


def _text(value: object) -> str:
    return "" if value is None else _short(value)


def _short(value: object) -> str:
    words = value if isinstance(value, str) else str(value)
    return words if len(words) <= _VALUE_CHARACTERS else words[:_VALUE_CHARACTERS] + " …"
