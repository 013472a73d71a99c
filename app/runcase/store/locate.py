"""Says what a path is: a store, a folder with stores, an artifact or a model; or why it is none."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote

from runcase.errors import NoStoreError, NotAStoreError, NotFoundError, StoreError
from runcase.progress import Progress
from runcase.store import folder_scan
from runcase.store.artifact_uri import parse
from runcase.store.engine import Store
from runcase.store.experiments import run_counts
from runcase.store.opening import JOURNAL, MAGIC, SHM, WAL

_SQLITE_URL = re.compile(r"sqlite(?:\+\w+)?:///(.*)", re.DOTALL | re.IGNORECASE)
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]+):/")
_DATABASE_SUFFIXES = frozenset({".db", ".sqlite", ".sqlite3", ".db3"})
_ID = re.compile(r"(?:m-|tr-)?[0-9a-f]{32}")


class LocatedKind(StrEnum):
    """What a path turned out to be."""

    STORE = "store"
    FILE_STORE = "file store"
    FOLDER_OF_STORES = "folder of stores"
    ARTIFACT = "artifact"
    MODEL_FOLDER = "model folder"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One MLflow database or file store in a folder; `error` says why its counts are unknown.

    `runs` counts active and deleted runs, `newest` is the latest start in ms. `kind` is STORE or
    FILE_STORE.
    """

    path: Path
    runs: int = 0
    newest: int | None = None
    error: str = ""
    kind: LocatedKind = LocatedKind.STORE


@dataclass(frozen=True, slots=True)
class Located:
    """What a path is. `stores` is empty unless it is one or more stores, the fullest one first.

    `path` is the database or the mlruns folder of a single store, else the path that was given.
    `folder` is the folder that was given, if it was one: artifacts are looked for below it.
    """

    kind: LocatedKind
    path: Path
    stores: tuple[Candidate, ...] = ()
    folder: Path | None = None
    notes: tuple[str, ...] = ()


def locate(text: str | Path, progress: Progress | None = None) -> Located:
    """Find out what a person means by a path.

    Args:
        text: A file, a folder, `~`, `sqlite:///…` or `file:…`.
        progress: Hears how many files of a folder were looked at.

    Raises:
        NotFoundError: There is nothing.
        NoStoreError: There is no store in that folder.
    """
    path = _path_of(text)
    try:
        if path.is_dir():
            return _locate_folder(path, progress or Progress())
        if not path.exists():
            raise NotFoundError(f"{path} does not exist.", "Check the spelling of the path.")
    except PermissionError as error:
        raise NotFoundError(
            f"{path} may not be looked at by this user.", "Check the permissions of its folder."
        ) from error
    return _locate_file(path)


def _path_of(text: str | Path) -> Path:
    if isinstance(text, Path):
        return _expanded(text)
    sqlite_url = _SQLITE_URL.fullmatch(text)
    if sqlite_url:
        return _first_existing(_readings(sqlite_url[1]))
    if text.lower().startswith("file:"):
        spellings = parse(text).spellings + parse(text.split("?", 1)[0]).spellings
        return _first_existing([spelling.local_path for spelling in spellings])
    url = _URL.match(text)
    if url and not Path(text).exists():
        raise NotFoundError(
            f"{text} is not a file on this machine.",
            f"Runcase opens SQLite databases of MLflow, not {url[1]} addresses.",
        )
    return _expanded(Path(text))


def _readings(path: str) -> list[str]:
    """Return what a database URL may mean, the likeliest first."""
    bare = path.split("?", 1)[0]
    return [path, bare, unquote(bare)]


def _first_existing(readings: Sequence[str]) -> Path:
    for reading in readings:
        path = _expanded(Path(reading))
        if "\0" not in reading and path.exists():
            return path
    return _expanded(Path(readings[-1]))


def _expanded(path: Path) -> Path:
    try:
        return path.expanduser().absolute()
    except RuntimeError as error:
        raise NotFoundError(f"{path} names no home folder on this machine.") from error


def _locate_file(path: Path) -> Located:
    for suffix in (WAL, SHM, JOURNAL):
        database = path.with_name(path.name.removesuffix(suffix))
        if database != path and database.exists():
            return _locate_file(database)
    head = folder_scan.head(path)
    is_database = head.startswith(MAGIC) or path.suffix.lower() in _DATABASE_SUFFIXES
    if is_database:
        return Located(LocatedKind.STORE, path, (Candidate(path),))
    return Located(LocatedKind.ARTIFACT, path)


def _locate_folder(folder: Path, progress: Progress) -> Located:
    found, others = _candidates(folder, progress)
    if len(found) == 1:
        return Located(found[0].kind, found[0].path, tuple(found), folder)
    if found:
        return Located(LocatedKind.FOLDER_OF_STORES, folder, tuple(found), folder)
    if (folder / "MLmodel").is_file():
        return Located(LocatedKind.MODEL_FOLDER, folder)
    if folder.name == "artifacts" and _ID.fullmatch(folder.parent.name):
        return Located(LocatedKind.ARTIFACT, folder)
    around = folder_scan.file_store_of(folder)
    if around is not None:
        candidate = _counted_folder(around, progress)
        return Located(LocatedKind.FILE_STORE, around, (candidate,), around)
    raise NoStoreError(
        f"{folder} holds no MLflow store.",
        f"It has other SQLite databases: {', '.join(others[:5])}."
        if others
        else "Open the folder or the file that MLflow wrote to, often named mlflow.db or mlruns.",
    )


def _candidates(folder: Path, progress: Progress) -> tuple[list[Candidate], list[str]]:
    """Return the stores, the fullest first, and the names of other databases."""
    found: list[Candidate] = []
    others: list[str] = []
    for path in folder_scan.databases(folder, progress):
        try:
            found.append(_counted(path, progress))
        except NotAStoreError:
            others.append(path.name)
        except StoreError as error:
            found.append(Candidate(path, error=error.message))
    found += [_counted_folder(path, progress) for path in folder_scan.file_stores(folder, progress)]
    found.sort(key=lambda one: (bool(one.error), -one.runs, -(one.newest or 0), one.path))
    return found, others


def _counted_folder(folder: Path, progress: Progress) -> Candidate:
    number, newest = folder_scan.count_runs(folder, progress)
    return Candidate(folder, number, newest, kind=LocatedKind.FILE_STORE)


def _counted(path: Path, progress: Progress) -> Candidate:
    store = Store.open(path, progress=progress)
    try:
        with store.read(progress) as connection:
            counts = run_counts(connection)
    finally:
        store.close()
    number = sum(one.active + one.deleted for one in counts.by_experiment.values())
    return Candidate(path, number, counts.newest_start)
