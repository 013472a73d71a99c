"""Reads which packages the files of logged models name, line by line. Runs in the child."""

import re
import time
from collections.abc import Callable, Iterable

from runcase.preview.confined import Folders
from runcase.preview.many import SLICE_S, FileIn, NeedsAnswer, NeedsQuestion

_MOST_BYTES = 256_000  # of one file
_MOST_PACKAGES = 2_000  # of one file
_LONGEST = 500  # characters of a line that names a package
_MOST_CHARACTERS = 2_000_000  # of one answer
_CONDA_ENTRY = re.compile(r"\s*-\s+['\"]?([\w.\[\],-]+\s*[=<>!~][^'\"#:]*)['\"]?\s*")
_PYTHON = re.compile(r"python:\s*['\"]?(\d[\w.]*)['\"]?\s*")
_REQUIREMENT = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*(?:\[[^\]]*\])?)\s*(.*)")


def answer(question: NeedsQuestion) -> NeedsAnswer:
    """Read files until the slice of time is over, at least one."""
    folders = Folders(question.folders)
    end = time.monotonic() + SLICE_S
    found: list[tuple[tuple[str, str], ...]] = []
    characters = 0
    for file in question.files:
        packages = _packages(folders, file)
        found.append(packages)
        characters += sum(len(package) + len(version) for package, version in packages)
        if characters > _MOST_CHARACTERS or time.monotonic() > end:
            break
    return NeedsAnswer(tuple(found))


def _packages(folders: Folders, file: FileIn) -> tuple[tuple[str, str], ...]:
    """Return packages and versions in the order of the file; the first word on each counts."""
    lines_of = _LINES.get(file.path.rpartition("/")[2], str.splitlines)
    try:
        with folders.open(file) as opened:
            text = opened.read(_MOST_BYTES).decode("utf-8", "replace")
    except (OSError, MemoryError):
        return ()
    found: dict[str, str] = {}
    for line in lines_of(text):
        match = _REQUIREMENT.fullmatch(line.partition("#")[0].strip()[:_LONGEST])
        if match is not None and len(found) < _MOST_PACKAGES:
            package, version = match[1].lower().replace("_", "-"), match[2].strip()
            found.setdefault(package, version.removeprefix("==").removeprefix("=") or "any version")
    return tuple(found.items())


def _matches(pattern: re.Pattern[str], text: str) -> Iterable[str]:
    found = (pattern.fullmatch(line[:_LONGEST]) for line in text.splitlines())
    return [match[1] for match in found if match is not None]


def _of_conda(text: str) -> Iterable[str]:
    """Return the packages of a conda.yaml that have a version, line by line.

    What parses YAML has crashed on hostile files: no parser is needed here.
    """
    return _matches(_CONDA_ENTRY, text)


def _of_python_env(text: str) -> Iterable[str]:
    """Return the Python of a python_env.yaml; the packages that it names build others."""
    return [f"python=={version}" for version in _matches(_PYTHON, text)]


_LINES: dict[str, Callable[[str], Iterable[str]]] = {
    "conda.yaml": _of_conda,
    "python_env.yaml": _of_python_env,
}
