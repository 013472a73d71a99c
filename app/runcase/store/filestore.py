"""A file store as a database: reads an mlruns folder into a private copy, and keeps that current.

Nothing is written into the folder. The copy lies in the user's cache folder under a name made from
the folder's real path. A refresh lists all files with their times and sizes, and reads those that
differ from what was listed when they were last read.
"""

import os
import sqlite3
import threading
from collections.abc import Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from uuid import uuid4

from sqlalchemy.exc import DatabaseError

from runcase import folders
from runcase.errors import DamagedError, DeniedError, NotFoundError, StoreError
from runcase.progress import Progress
from runcase.store import filestore_cache
from runcase.store.connection import translated
from runcase.store.filestore_cache import Cache, Known
from runcase.store.filestore_reader import Reader, Work
from runcase.store.filestore_scan import (
    META,
    Kind,
    Scanner,
    Skipped,
    Unit,
)

_FOLDER = "file-stores"
_REPORT_EVERY = 20  # folders
_NOTED = 3  # of what was skipped
_WATCHED_RUNS = 2_000
_WATCHED_UNFINISHED = 200


@dataclass(slots=True)
class _Plan:
    """What differs between a folder and its copy."""

    gone: list[str] = field(default_factory=list)
    moved: list[tuple[str, Unit]] = field(default_factory=list)
    read: list[Unit] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.gone or self.moved or self.read)


class Mirror:
    """The private copy of one file store; any thread may call it.

    Args:
        folder: The mlruns folder, by whatever name.
        cache: Where copies are kept; the user's cache folder by default.
    """

    def __init__(self, folder: Path, cache: Path | None = None) -> None:
        self.folder = folder
        home = folders.cache_folder() / _FOLDER if cache is None else cache
        name = blake2b(os.fsencode(os.path.realpath(folder)), digest_size=16).hexdigest()
        self.database = home / f"{name}.db"
        self.notes: tuple[str, ...] = ()
        self.work = Work()
        self.size = 0
        self._lock = threading.Lock()
        self._folders: tuple[str, ...] = (str(folder),)
        self._unfinished: tuple[str, ...] = ()

    def refresh(self, progress: Progress | None = None) -> bool:
        """Read what changed since the last time, all of it the first time.

        Returns whether the copy changed. If it is stopped, the copy stays as it was.

        Raises:
            StoreError: The folder is gone, may not be read, or the copy cannot be written.
        """
        progress = progress or Progress()
        with self._lock:
            self.work = Work()
            scanner = self._scan(progress)
            try:
                changed = self._update(scanner, progress)
            except DamagedError:
                # The copy is only a copy.
                self.database.unlink(missing_ok=True)
                changed = self._update(scanner, progress)
            self._watch(scanner)
            self.size = scanner.size
        return changed

    def is_ready(self) -> bool:
        """Say whether a whole copy of an earlier time can be shown before `refresh`."""
        try:
            return self._is_usable()
        except DamagedError:
            return False

    def skipped(self) -> list[Skipped]:
        """Return all that was left out, in whole or in part, with the reason for each."""
        with filestore_cache.opened(self.database) as cache:
            return cache.skipped()

    def generation(self) -> Hashable:
        """Return a value that differs when the folder changed in one of the ways that are watched.

        Seen are experiments, runs, models and traces that come, go or move; the end, a new name and
        the deletion of one of the 2,000 newest runs, and a new tag of it; all that the 200 newest
        unfinished runs log. What else changes is seen by `refresh`, such as another value
        for a tag of a finished run. Takes a stat for each folder and for each file of such a run.
        """
        folders_now = [_stamp(path) for path in self._folders]
        scanner = Scanner(self.folder)
        listings = [scanner.listing_of_run(path) for path in self._unfinished]
        return hash((tuple(folders_now), tuple(listings)))

    def _scan(self, progress: Progress) -> Scanner:
        scanner = Scanner(self.folder, progress)
        try:
            scanner.scan()
        except FileNotFoundError as error:
            raise NotFoundError(
                f"{self.folder} is no longer there.", "Was it moved, or a disk removed?"
            ) from error
        except OSError as error:
            raise DeniedError(
                f"{self.folder} could not be listed: {error.strerror or error}.",
                "Look at the permissions of the folder.",
            ) from error
        return scanner

    def _update(self, scanner: Scanner, progress: Progress) -> bool:
        try:
            if not self._is_usable():
                self._build(scanner, progress)
                return True
            with filestore_cache.opened(self.database) as cache:
                if cache.has_same_folders_skipped(scanner.skipped) and not _plan(
                    scanner, cache.known()
                ):
                    self._note(cache)
                    return False
                cache.begin()
                try:
                    self._apply(cache, scanner, progress)
                    cache.commit()
                except BaseException:
                    cache.rollback()
                    raise
                self._note(cache)
                return True
        except DatabaseError as error:
            cause = error.orig
            if isinstance(cause, sqlite3.Error):
                raise translated(cause, self.database) from error
            raise

    def _is_usable(self) -> bool:
        if not self.database.exists():
            return False
        with filestore_cache.opened(self.database) as cache:
            return cache.is_current

    def _build(self, scanner: Scanner, progress: Progress) -> None:
        """Make the copy under another name first, so that there is never half of it."""
        new = self.database.with_name(f"{self.database.stem}-{uuid4().hex[:8]}.new")
        try:
            new.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            filestore_cache.make(new)
            with filestore_cache.opened(new) as cache:
                cache.begin(whole=True)
                self._apply(cache, scanner, progress)
                cache.commit()
                self._note(cache)
            os.replace(new, self.database)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"The copy of {self.folder} could not be written to {self.database.parent}: "
                f"{error}.",
                "A file store is read into the cache folder; make room there, or allow writing.",
            ) from error
        finally:
            with suppress(OSError):
                new.unlink(missing_ok=True)

    def _apply(self, cache: Cache, scanner: Scanner, progress: Progress) -> None:
        known = cache.known()
        plan = _plan(scanner, known)
        by_experiment = {
            unit.experiment: unit for unit in scanner.units if unit.kind is Kind.EXPERIMENT
        }
        for path in plan.gone:
            cache.forget(path, known.pop(path))
        for old, unit in plan.moved:
            before = known.pop(old)
            cache.move(old, unit, before.id)
            known[unit.path] = before
        reader = Reader(self.folder, cache, known, self.work)
        for number, unit in enumerate(plan.read):
            if number % _REPORT_EVERY == 0:
                progress.report(number, len(plan.read), "folders read")
            progress.check()
            reader.read(unit)
        cache.complete_experiments(by_experiment)
        cache.unskip("", None)
        cache.skip("", [(one.path, one.reason) for one in scanner.skipped])

    def _note(self, cache: Cache) -> None:
        number = cache.count_skipped()
        first = cache.skipped(_NOTED)
        notes = [f"{one.path}: {one.reason}" for one in first]
        if number > len(first):
            notes.append(f"{number - len(first):,} more files or folders could not be read whole.")
        self.notes = tuple(notes)

    def _watch(self, scanner: Scanner) -> None:
        with filestore_cache.opened(self.database) as cache:
            newest = cache.newest(_WATCHED_RUNS)
            self._unfinished = tuple(cache.unfinished(_WATCHED_UNFINISHED))
        of_runs = [self._absolute(f"{path}{end}") for path in newest for end in ("", "/tags")]
        metas = [self._absolute(f"{path}/{META}") for path in newest]
        metas += [
            self._absolute(f"{unit.path}/{META}")
            for unit in scanner.units
            if unit.kind is Kind.EXPERIMENT
        ]
        self._folders = (*scanner.watched, *of_runs, *metas)

    def _absolute(self, path: str) -> str:
        return f"{self.folder}{os.sep}{path.replace('/', os.sep)}"


def _plan(scanner: Scanner, known: dict[str, Known]) -> _Plan:
    plan = _Plan()
    paths = {unit.path for unit in scanner.units}
    gone = {path: one for path, one in known.items() if path not in paths}
    by_name: dict[tuple[Kind, int, str, bytes], str] = {
        (one.kind, one.experiment, path.rpartition("/")[2], one.listing): path
        for path, one in gone.items()
        if one.kind is not Kind.EXPERIMENT
    }
    copies = any(one.id is not None for one in gone.values())
    for unit in scanner.units:
        before = known.get(unit.path)
        if before is None:
            old = by_name.pop((unit.kind, unit.experiment, unit.name, unit.listing), None)
            if old is None:
                plan.read.append(unit)
            else:
                plan.moved.append((old, unit))
                del gone[old]
        elif before.listing != unit.listing or before.experiment != unit.experiment:
            plan.read.append(unit)
        elif before.id is None and copies:
            plan.read.append(unit)  # the one that had its id may be gone
    plan.gone = list(gone)
    return plan


def _stamp(path: str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
