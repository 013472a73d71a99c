"""Looks through a folder for databases and file stores, by content and not by name."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from runcase.held_files import HeldFile
from runcase.progress import Progress
from runcase.store.filestore_scan import META, REGISTRY, TRASH, experiment_folders
from runcase.store.opening import MAGIC

_DEPTH = 4  # the folder itself is the first level
_FILES = 20_000
_FOLDERS = 500  # of one level
_SKIPPED = frozenset(
    {".git", ".venv", "venv", "env", "node_modules", "site-packages", "__pycache__", "artifacts"}
)
_ID = re.compile(r"(?:m-|tr-)?[0-9a-f]{32}")
_SMALLEST_DATABASE = 512
_META_SIZE = 8_192
_TRIED = 20  # folders of runs of an experiment without a meta.yaml
_RUN = re.compile(rb"^(?:run_id|run_uuid):", re.MULTILINE)
_OTHER = re.compile(rb"^(?:run_id|run_uuid|model_id):", re.MULTILINE)
_START = re.compile(rb"^start_time: (\d+)", re.MULTILINE)
_NO_RUNS = frozenset({"tags", "datasets", "models", "traces"})


def head(path: Path, size: int = 100) -> bytes:
    """Return the first bytes of a regular file, to compare; nothing if it cannot be read."""
    try:
        with HeldFile(path) as file:
            return file.read(0, size)
    except OSError:
        return b""


def databases(folder: Path, progress: Progress) -> Iterator[Path]:
    """Yield the SQLite databases in a folder and a few levels below, those on top first.

    Folders of runs, models, packages and version control are not entered.
    """
    level, seen = [folder], 0
    for _ in range(_DEPTH):
        below: list[Path] = []
        for here in level:
            files, folders = _listed(here)
            below += [here / name for name in folders if not _is_skipped(name)]
            for path in files:
                seen += 1
                if seen > _FILES:
                    return
                if head(path, len(MAGIC)) == MAGIC:
                    yield path
            progress.report(seen, 0, "files looked at")
        level = below


def file_stores(folder: Path, progress: Progress) -> Iterator[Path]:
    """Yield the folders that are MLflow file stores: this one and those below, uppermost first."""
    level, seen = [folder], 0
    for _ in range(_DEPTH):
        below: list[Path] = []
        for here in level[:_FOLDERS]:
            folders = _listed(here)[1]
            seen += 1
            progress.report(seen, 0, "folders looked at")
            experiments = {path.name for path in _experiments(here)}
            if experiments:
                yield here
                experiments |= {REGISTRY, TRASH}
            below += [
                here / name for name in folders if name not in experiments and not _is_skipped(name)
            ]
        level = below


def is_file_store(folder: Path) -> bool:
    """Say whether a folder holds `<experiment>/meta.yaml`, or runs of an experiment without one."""
    return next(_experiments(folder), None) is not None


def file_store_of(folder: Path) -> Path | None:
    """Return the file store that a folder inside it belongs to: an experiment's, or a run's."""
    if not head(folder / META):
        return None
    above = (each for each in folder.parents[:3] if each.name != TRASH)
    return next((each for each in above if is_file_store(each)), None)


def count_runs(folder: Path, progress: Progress) -> tuple[int, int | None]:
    """Return how many runs a file store has, and the newest start in ms, without a full reading."""
    number, newest = 0, None
    for experiment in experiment_folders(folder):
        for name in _listed(experiment)[1]:
            found = head(experiment / name / META, _META_SIZE)
            if name in _NO_RUNS or not _RUN.search(found):
                continue
            number += 1
            progress.report(number, 0, "runs counted")
            started = _START.search(found)
            if started:
                newest = max(newest or 0, int(started[1]))
    return number, newest


def _experiments(folder: Path) -> Iterator[Path]:
    return (path for path in experiment_folders(folder) if _is_experiment(path))


def _is_experiment(folder: Path) -> bool:
    if folder.name in _SKIPPED or _is_skipped(folder.name):
        return False
    meta = head(folder / META, _META_SIZE)
    if b"experiment_id" in meta:
        return not _OTHER.search(meta)
    runs = [name for name in _listed(folder)[1] if _ID.fullmatch(name)]
    return any(_RUN.search(head(folder / name / META, _META_SIZE)) for name in runs[:_TRIED])


def _is_skipped(name: str) -> bool:
    return name in _SKIPPED or _ID.fullmatch(name) is not None


def _listed(folder: Path) -> tuple[list[Path], list[str]]:
    """Return the files that could be databases and the names of the folders, in order."""
    files: list[Path] = []
    folders: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda one: one.name):
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                elif entry.is_file() and entry.stat().st_size >= _SMALLEST_DATABASE:
                    files.append(folder / entry.name)
    except OSError:
        return files, folders
    return files, folders
