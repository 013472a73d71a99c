"""Says what dropped files are before they are let go of: a glance, without opening any."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from pathlib import Path

from runcase.progress import Progress
from runcase.store import folder_scan
from runcase.store.opening import MAGIC

DATABASES = frozenset({".db", ".sqlite", ".sqlite3", ".db3"})
_MOST = 100  # files that are looked at; the rest goes by its name
_INSIDE = 200  # names of a folder that are looked at


class DropKind(StrEnum):
    """What a dropped path seems to be."""

    STORE = "store"
    FILE_STORE = "file store"
    MODEL = "model"
    FOLDER = "folder"
    FILE = "file"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Dropped:
    """One dropped path; `inside` says what a folder holds, such as "mlflow.db"."""

    path: Path
    kind: DropKind
    inside: str = ""


def by_name(paths: Sequence[Path]) -> list[Dropped]:
    """Guess from the names alone; nothing is read."""
    return [Dropped(path, _kind_by_name(path)) for path in paths]


def look_at(
    paths: Sequence[Path], progress: Progress | None = None, known: Collection[Path] = ()
) -> list[Dropped]:
    """Look at the paths, a few names of each folder and the first bytes of each file.

    `known` are stores that are open: they need no look.
    """
    progress = progress or Progress()
    found = []
    for at, path in enumerate(paths[:_MOST]):
        progress.report(at, len(paths), "files looked at")
        found.append(Dropped(path, DropKind.STORE) if path in known else _looked_at(path))
    return [*found, *by_name(paths[_MOST:])]


def _kind_by_name(path: Path) -> DropKind:
    if path.suffix.lower() in DATABASES:
        return DropKind.STORE
    if path.name == "MLmodel":
        return DropKind.MODEL
    return DropKind.FILE_STORE if path.name == "mlruns" else DropKind.FILE


def _looked_at(path: Path) -> Dropped:
    try:
        if path.is_dir():
            return _folder(path)
        if not path.exists():
            return Dropped(path, DropKind.GONE)
    except OSError:
        return Dropped(path, DropKind.GONE)
    if path.name == "MLmodel":
        return Dropped(path, DropKind.MODEL)
    is_store = path.suffix.lower() in DATABASES or folder_scan.head(path, 16) == MAGIC
    return Dropped(path, DropKind.STORE if is_store else DropKind.FILE)


def _folder(folder: Path) -> Dropped:
    if (folder / "MLmodel").is_file():
        return Dropped(folder, DropKind.MODEL, "MLmodel")
    if folder_scan.is_file_store(folder):
        return Dropped(folder, DropKind.FILE_STORE)
    for each in sorted(islice(folder.iterdir(), _INSIDE)):
        # By its name: the drag is still under way.
        if each.suffix.lower() in DATABASES:
            return Dropped(folder, DropKind.STORE, each.name)
        if each.name == "mlruns" and folder_scan.is_file_store(each):
            return Dropped(folder, DropKind.FILE_STORE, each.name)
    return Dropped(folder, DropKind.FOLDER)
