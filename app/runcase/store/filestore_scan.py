"""Walks an mlruns folder: which of its folders hold what, and how new each file is; opens none."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from pathlib import Path

from runcase.progress import Progress

META = "meta.yaml"
TRACE_META = "trace_info.yaml"
TRASH, REGISTRY = ".trash", "models"
_OF_EXPERIMENT = frozenset({"tags", "datasets"})
_OF_RUN = frozenset({"metrics", "params", "tags", "inputs", "outputs"})
_OF_MODEL = frozenset({"metrics", "params", "tags"})
_OF_TRACE = frozenset({"tags", "request_metadata", "assessments"})
_METAS = frozenset({META, TRACE_META})
_LITTER = (".DS_Store", "._")  # what macOS leaves in folders
_SPANS = "artifacts/traces.json"
_RUN_ID = re.compile(r"[0-9a-f]{32}")
_DEPTH = 16  # a key with slashes is a folder in a folder; a link that leads to itself ends here
_BIGGEST_ID = 2**63


class Kind(StrEnum):
    """What one folder of a file store holds; each is read, and read again, as a whole."""

    EXPERIMENT = "experiment"
    RUN = "run"
    LOGGED_MODEL = "logged model"
    TRACE = "trace"
    REGISTERED_MODEL = "registered model"


@dataclass(frozen=True, slots=True)
class Unit:
    """One such folder.

    `path` is relative to the store, with `/`. `experiment` is the number of its experiment in the
    copy. `listing` is what `pack` makes of its files: it differs if one of them may have changed.
    """

    path: str
    kind: Kind
    experiment: int
    listing: bytes

    @property
    def name(self) -> str:
        """Return the folder's own name."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that was left out, in whole or in part; `path` is relative to the store."""

    path: str
    reason: str


def pack(files: list[str]) -> bytes:
    """Join what `Scanner` lists; file names need not be valid text."""
    return os.fsencode("\0".join(files))


def unpack(listing: bytes) -> dict[str, str]:
    """Return each file's relative name with its time and size."""
    parts = os.fsdecode(listing).split("\0") if listing else []
    stamps = (f"{when} {size}" for when, size in zip(parts[1::3], parts[2::3], strict=True))
    return dict(zip(parts[::3], stamps, strict=True))


def repack(files: Mapping[str, str]) -> bytes:
    """Return what `unpack` was given."""
    return pack(["\0".join((name, *stamp.split(" "))) for name, stamp in files.items()])


class Scanner:
    """One walk through a file store; `units` and `skipped` are its result."""

    def __init__(self, root: Path, progress: Progress | None = None) -> None:
        self.root = str(root)
        self.units: list[Unit] = []
        self.skipped: list[Skipped] = []
        self.watched: list[str] = [self.root]
        self.size = 0
        self._progress = progress or Progress()
        self._taken: set[int] = set()

    def scan(self) -> None:
        """Find everything; raises `OSError` if the store's own folder cannot be listed."""
        with os.scandir(self.root) as entries:
            names = sorted(entry.name for entry in entries if entry.is_dir())
        for name in names:
            if name == REGISTRY:
                self._registry()
            elif not name.startswith("."):
                self._experiment(name)
        if TRASH in names:
            self.watched.append(self._absolute(TRASH))
            for name in sorted(entry.name for entry in self._entries(TRASH) if entry.is_dir()):
                self._experiment(f"{TRASH}/{name}")

    def listing_of_run(self, path: str) -> bytes:
        """Return the listing that `scan` would make of one run."""
        return self._listing(path, _OF_RUN)

    def _experiment(self, path: str) -> None:
        self._progress.report(len(self.units), 0, "folders looked at")
        entries = self._entries(path)
        has_meta = any(entry.name == META for entry in entries)
        folders = sorted(entry.name for entry in entries if entry.is_dir())
        runs = [name for name in folders if _is_run(self._absolute(f"{path}/{name}"), has_meta)]
        lost = [name for name in folders if _RUN_ID.fullmatch(name) and name not in runs]
        is_number = path.rpartition("/")[2].isdigit()
        if not (has_meta or runs or is_number):
            return  # somebody's own folder
        if has_meta or runs:
            self.skipped += [Skipped(f"{path}/{name}", "It has no meta.yaml.") for name in lost]
        number = self._number(path)
        self._add(path, Kind.EXPERIMENT, number, self._listing(path, _OF_EXPERIMENT))
        for name in runs:
            self._add(f"{path}/{name}", Kind.RUN, number, self._listing(f"{path}/{name}", _OF_RUN))
        self.watched.append(self._absolute(path))
        if REGISTRY in folders:
            self._children(f"{path}/{REGISTRY}", Kind.LOGGED_MODEL, number)
        if "traces" in folders:
            self._children(f"{path}/traces", Kind.TRACE, number)

    def _children(self, path: str, kind: Kind, number: int) -> None:
        self.watched.append(self._absolute(path))
        for name in sorted(entry.name for entry in self._entries(path) if entry.is_dir()):
            below = f"{path}/{name}"
            listing = (
                self._listing(below, _OF_MODEL) if kind is Kind.LOGGED_MODEL else self._trace(below)
            )
            meta = META if kind is Kind.LOGGED_MODEL else TRACE_META
            if meta in unpack(listing):
                self._add(below, kind, number, listing)
            else:
                # With a database beside it, the folder holds the artifacts of its models and
                # traces, too.
                self.skipped.append(Skipped(below, f"It has no {meta}."))

    def _registry(self) -> None:
        self.watched.append(self._absolute(REGISTRY))
        for name in sorted(entry.name for entry in self._entries(REGISTRY) if entry.is_dir()):
            path = f"{REGISTRY}/{name}"
            listing = self._listing(path, None)
            if listing:
                self._add(path, Kind.REGISTERED_MODEL, 0, listing)
                self.watched.append(self._absolute(path))

    def _add(self, path: str, kind: Kind, number: int, listing: bytes) -> None:
        self.units.append(Unit(path, kind, number, listing))

    def _trace(self, path: str) -> bytes:
        files: list[str] = []
        self._collect(self._absolute(path), "", _OF_TRACE, 0, files)
        try:
            found = os.stat(self._absolute(f"{path}/{_SPANS}"))
            files.append(f"{_SPANS}\0{found.st_mtime_ns}\0{found.st_size}")
        except OSError:
            pass  # its spans were never written
        return pack(files)

    def _listing(self, path: str, folders: frozenset[str] | None) -> bytes:
        files: list[str] = []
        self._collect(self._absolute(path), "", folders, 0, files)
        return pack(files)

    def _collect(
        self,
        folder: str,
        prefix: str,
        folders: frozenset[str] | None,
        depth: int,
        files: list[str],
    ) -> None:
        """Add name, time and size of the files in a folder, and in those folders below it."""
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    name = entry.name
                    # A pipe is no file: it would let its reader wait for ever.
                    if entry.is_file():
                        if (folders is None or name in _METAS) and not name.startswith(_LITTER):
                            found = entry.stat()
                            self.size += found.st_size
                            files.append(f"{prefix}{name}\0{found.st_mtime_ns}\0{found.st_size}")
                    elif (folders is None or name in folders) and depth < _DEPTH and entry.is_dir():
                        below = f"{folder}{os.sep}{name}"
                        self._collect(below, f"{prefix}{name}/", None, depth + 1, files)
        except OSError as error:
            self._unreadable(folder, error)

    def _entries(self, path: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self._absolute(path)) as entries:
                return list(entries)
        except OSError as error:
            self._unreadable(self._absolute(path), error)
            return []

    def _unreadable(self, folder: str, error: OSError) -> None:
        relative = os.path.relpath(error.filename or folder, self.root).replace(os.sep, "/")
        self.skipped.append(Skipped(relative, f"It could not be read: {error.strerror}."))

    def _absolute(self, path: str) -> str:
        return f"{self.root}{os.sep}{path.replace('/', os.sep)}"

    def _number(self, path: str) -> int:
        """Return the experiment's id as MLflow's schema wants it, a number.

        Where the folder has another name, or where the trash has an experiment of the same number,
        it is made from the path, so that it stays the same.
        """
        name = path.rpartition("/")[2]
        plain = name.isascii() and name.isdigit() and str(int(name)) == name
        number = int(name) if plain else _BIGGEST_ID
        if number >= _BIGGEST_ID or number in self._taken:
            digest = blake2b(os.fsencode(path), digest_size=7).digest()
            number = int.from_bytes(digest) | 1 << 56
        self._taken.add(number)
        return number


def _is_run(folder: str, in_experiment: bool) -> bool:
    name = os.path.basename(folder)
    if name in (*_OF_EXPERIMENT, REGISTRY, "traces") or name.startswith("."):
        return False
    if not in_experiment and not _RUN_ID.fullmatch(name):
        return False
    return os.path.isfile(os.path.join(folder, META))


def experiment_folders(root: Path) -> Iterator[Path]:
    """Yield what may be experiments of a file store, those in its trash, too."""
    for folder in (root, root / TRASH):
        try:
            with os.scandir(folder) as entries:
                names = sorted(entry.name for entry in entries if entry.is_dir())
        except OSError:
            continue
        yield from (folder / name for name in names if name != REGISTRY and name[0] != ".")
