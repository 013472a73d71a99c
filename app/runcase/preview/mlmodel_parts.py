"""What lies beside an MLmodel file: its pickles by their opcodes, and what is installed here."""

import re
import sys
from dataclasses import replace
from functools import cache
from importlib import metadata

from runcase.errors import PreviewError
from runcase.preview import pickles, weights
from runcase.preview.document import ModelFile, Requirement
from runcase.preview.facts import Facts
from runcase.preview.source import HEAD_BYTES, Source

_PICKLES = (".pkl", ".pickle", ".joblib", ".pth", ".pt", ".ckpt", ".b", ".bin")
_MOST = 5
_BYTES = 2 * 1024 * 1024 * 1024
_EXACT = re.compile(r"==\s*([\w.!+-]+)")


def inspected(source: Source, files: tuple[ModelFile, ...]) -> tuple[Facts, ...]:
    """Return what the pickles of a model's folder would import, each under its path."""
    found: list[Facts] = []
    for file in files:
        if not file.path.lower().endswith(_PICKLES) or file.size > _BYTES:
            continue
        path = source.beside(file.path)
        if path is None:
            continue
        with path.open("rb") as opened:
            head = opened.read(HEAD_BYTES)
        inner = Source(path, source.root, file.size, head, source.request)
        try:
            read = weights.read_torch if head.startswith(b"PK") else pickles.read
            facts = read(inner)
        except PreviewError:
            continue
        found.append(replace(facts, name=file.path, tensors=facts.tensors[:0], metadata=()))
        if len(found) >= _MOST:
            break
    return tuple(found)


def compared(requirements: tuple[Requirement, ...]) -> tuple[Requirement, ...]:
    """Say of each requirement which version this Python has; nothing in a bundle, which has none.

    Only exact pins are judged: "same here" or the other version.
    """
    if getattr(sys, "frozen", False):
        return requirements
    return tuple(replace(each, here=_here(each)) for each in requirements)


def _here(requirement: Requirement) -> str:
    name = requirement.package.partition("[")[0]
    if name.lower() == "python":
        installed: str | None = ".".join(str(part) for part in sys.version_info[:3])
    else:
        installed = _installed(name)
    if installed is None:
        return "not installed"
    exact = _EXACT.fullmatch(requirement.pin)
    if exact is not None and exact.group(1) == installed:
        return "same here"
    return f"{installed} here"


@cache
def _installed(name: str) -> str | None:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        return None
    try:
        return metadata.version(name)
    except (metadata.PackageNotFoundError, ValueError, OSError):
        return None
