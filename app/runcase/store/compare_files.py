"""Finds the artifacts of compared runs, and tells by SHA-256 which of them are the same.

Nothing here looks at what is in a file: its bytes go into the hash and nowhere else, so they are
read in this process. What must be understood is read in the worker's.
"""

import contextlib
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runcase.errors import NotFoundError
from runcase.held_files import HeldFile
from runcase.progress import Progress
from runcase.store.artifacts import ArtifactFinder, confine, walk
from runcase.store.compare import ComparedRun

_CHUNK = 1_000_000
_MOST_TEXT = 2_000_000
_MOST_SAME = 500
_TEXTS = (
    ".txt", ".md", ".json", ".yaml", ".yml", ".toml", ".cfg", ".ini", ".py", ".sh", ".log", ".xml",
    ".html", ".rst", ".sql", ".r", ".env", ".jsonl", "MLmodel", "Dockerfile",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileAt:
    """One file: `relative` below `folder`, which it never leaves."""

    folder: Path
    relative: str
    size: int


Files = tuple[Mapping[str, FileAt], ...]
Digests = tuple[Mapping[str, str], ...]


def find_files(finder: ArtifactFinder, runs: Sequence[ComparedRun], progress: Progress) -> Files:
    """Return each run's files by path, its logged models' below `models/<name>/`."""
    found: list[Mapping[str, FileAt]] = []
    for done, each in enumerate(runs):
        progress.report(done, len(runs), "runs")
        uri, run_id = each.run.artifact_uri, each.run.run_id
        own = finder.find(uri, run_id)
        if own.folder is None and not finder.is_indexed:
            finder.index(progress)
            own = finder.find(uri, run_id)
        files = _below(own.folder, "", progress)
        for model in each.models:
            place = finder.find(model.artifact_location, model.model_id)
            for path, file in _below(place.folder, f"models/{model.name}/", progress).items():
                files.setdefault(path, file)
        found.append(files)
    return tuple(found)


def digests(files: Files, progress: Progress) -> Digests:
    """Return the SHA-256 of each file of which another run has one of the same path and size.

    A file that cannot be read has none. Progress is in bytes.
    """
    wanted: list[tuple[int, str, FileAt]] = []
    sizes: dict[tuple[str, int], int] = {}
    for each in files:
        for path, file in each.items():
            sizes[(path, file.size)] = sizes.get((path, file.size), 0) + 1
    for run, each in enumerate(files):
        wanted += [(run, path, file) for path, file in each.items() if sizes[(path, file.size)] > 1]
    found: list[dict[str, str]] = [{} for _ in files]
    total, done = sum(file.size for _, _, file in wanted), 0
    for run, path, file in wanted:
        with contextlib.suppress(OSError, NotFoundError):
            found[run][path] = _digest(file, progress, done, total)
        done += file.size
    return tuple(found)


def same_texts(
    left: Mapping[str, FileAt], right: Mapping[str, FileAt], progress: Progress
) -> dict[str, bool]:
    """Return whether the text files that two runs have in common are the same, by path.

    What is text is told by its name, and only the first files up to a limit are read.
    """
    common = [path for path in left if path in right and _is_text(path)][:_MOST_SAME]
    alike = [path for path in common if left[path].size == right[path].size <= _MOST_TEXT]
    found = digests(tuple({path: each[path] for path in alike} for each in (left, right)), progress)
    return {
        path: path in found[0] and found[0][path] == found[1].get(path)
        for path in common
        if left[path].size != right[path].size or path in found[0]
    }


def _is_text(path: str) -> bool:
    return path.endswith(_TEXTS)


def _below(folder: Path | None, prefix: str, progress: Progress) -> dict[str, FileAt]:
    if folder is None:
        return {}
    return {
        f"{prefix}{entry.path}": FileAt(folder, entry.path, entry.size)
        for entry in walk(folder, progress)
        if not entry.is_dir and entry.size is not None
    }


def _digest(file: FileAt, progress: Progress, done: int, total: int) -> str:
    sha = hashlib.sha256()
    with HeldFile(_place(file)) as stream:
        for chunk in stream.chunks(_CHUNK):
            sha.update(chunk)
            done += len(chunk)
            progress.report(done, total, "bytes")
    return sha.hexdigest()


def _place(file: FileAt) -> Path:
    """Return where a file is; a pipe or a device is none, and opening it could wait for ever."""
    path = confine(file.folder, file.relative)
    if not path.is_file():
        raise NotFoundError(f"{path} is no file any more.")
    return path
