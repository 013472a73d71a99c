"""Opens a store so that its folder stays byte for byte as it was, and lends connections to it.

How a database is opened follows from what lies beside it (`opening.choose`):

- no `-wal`: `mode=ro`, which creates no files and sees later commits;
- a `-wal` with content: a private copy of both, because SQLite would write beside the original;
- WAL mode without a `-wal`: `immutable=1`, which is safe as nothing is missing;
- a journal that a dead writer left: a private copy, rolled back there;
- a `-wal`, but too much to copy: `mode=ro`, opened and closed for each read;
- an mlruns folder: the private database that `filestore` reads it into.
"""

import sqlite3
import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from runcase.errors import BusyError, NotAStoreError
from runcase.held_files import HeldFile
from runcase.progress import Progress
from runcase.store import folder_scan, opening
from runcase.store.connection import (
    Parameters,
    ReadConnection,
    Statement,
    compiled,
    translated,
)
from runcase.store.filestore import Mirror
from runcase.store.filestore_scan import Skipped
from runcase.store.opening import JOURNAL, WAL, Mode, Sniffed, beside
from runcase.store.schema import INDEXES_SQL, TABLES_SQL, Features, features_of
from runcase.store.snapshot import Snapshot, VanishedError
from runcase.store.values import text_or_none

__all__ = [
    "BUSY_TIMEOUT",
    "Mode",
    "Parameters",
    "ReadConnection",
    "Statement",
    "Store",
    "compiled",
]

BUSY_TIMEOUT = 5.0  # seconds
_IDLE_CONNECTIONS = 8
_MOST_NOTES = 50  # a store may be damaged in every run
_NEEDED = (("experiments", "experiment_id"), ("runs", "run_uuid"))
_LOST_WAL = "Recent rows may be missing: the database was copied here without its -wal file."
_ROLLED_BACK = "An unfinished write was left out: the program that wrote it stopped half-way."
_BAD_TEXT = "Some text is not valid UTF-8; its unreadable characters are shown as �."


class Store:
    """One open MLflow database; `read` may be used from any number of threads at once."""

    def __init__(self, path: Path, folder: Path | None, timeout: float) -> None:
        self.path = path
        self.folder = folder if folder is not None else path.parent
        self.features = Features()
        self.mode = Mode.READ_ONLY
        self.journal_mode = "delete"
        self._timeout = timeout
        self._real = path
        self._snapshot: Snapshot | None = None
        self._mirror: Mirror | None = None
        self._at_once = False
        self._notes: tuple[str, ...] = ()
        self._seen: opening.Signature = (None, None, None)
        self._stale = False
        self._epoch = 0
        self._schema_version: int | None = None
        self._last_generation: Hashable = None
        self._changed = threading.Condition()
        self._active = 0
        self._exclusive = False
        self._idle: list[sqlite3.Connection] = []
        self._watch: sqlite3.Connection | None = None
        # From before the first connection to it until after the last.
        self._held: HeldFile | None = None
        self._closed = False

    @classmethod
    def open(
        cls,
        path: Path,
        folder: Path | None = None,
        progress: Progress | None = None,
        *,
        timeout: float = BUSY_TIMEOUT,
        at_once: bool = False,
    ) -> Self:
        """Open a database file or the folder of a file store.

        Args:
            path: The database or the folder.
            folder: What the user opened, when it was a folder: artifacts are looked for below it.
            progress: Hears how far a private copy is.
            timeout: Seconds to wait for another program's lock.
            at_once: Take a file store as it was read the last time; the caller calls `refresh`.

        Raises:
            StoreError: It cannot be read as an MLflow store; the subclass says why.
        """
        store = cls(path.absolute(), folder and folder.absolute(), timeout)
        store._at_once = at_once
        if folder_scan.is_file_store(store.path):
            store._mirror = Mirror(store.path)
            store.folder = store.folder if folder is not None else store.path
        try:
            store._prepare(progress or Progress())
        except BaseException:
            store.close()
            raise
        return store

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what the user should know about this store, a sentence each."""
        return self._notes

    @property
    def is_file_store(self) -> bool:
        """Say whether this is an mlruns folder, so that nothing can be written to it."""
        return self._mirror is not None

    @property
    def size(self) -> int:
        """Return the bytes of the database, or of all metadata of a file store."""
        if self._mirror is not None:
            return self._mirror.size
        found = opening.identity(self.path)
        return found[2] if found else 0

    def skipped(self) -> list[Skipped]:
        """Return which files of a file store could not be read whole, and why."""
        return [] if self._mirror is None else self._mirror.skipped()

    @contextmanager
    def read(self, progress: Progress | None = None) -> Iterator[ReadConnection]:
        """Lend a connection for one job; fetch in chunks and end the `with` soon. Not to be nested.

        Raises:
            CancelledError: `progress` was cancelled.
            BusyError: Another program held its lock for longer than the timeout.
            DamagedError: The database contradicts itself.
        """
        progress = progress or Progress()
        self._heal()
        with self._shared():
            raw = self._take()
            progress.interrupted_by(raw.interrupt)
            connection = ReadConnection(raw, self.path, self.features, progress)
            try:
                yield connection
            finally:
                progress.interrupted_by(None)
                self._give_back(raw)
                self._stale = self._stale or connection.needs_rollback
                self._add_notes(connection)

    def _add_notes(self, connection: ReadConnection) -> None:
        found = [*connection.notes, _BAD_TEXT] if connection.replaced_text else connection.notes
        new = [note for note in found if note not in self._notes]
        if new:
            self._notes = (*self._notes, *new)[:_MOST_NOTES]

    def generation(self) -> Hashable:
        """Return a value that differs when another process changed the database since.

        Takes under a millisecond. While the database is locked it is "no news". For a file store
        see `Mirror.generation`.
        """
        if self._mirror is not None:
            return self._mirror.generation()
        with self._changed:
            if self._closed or self._exclusive:
                return self._last_generation
            self._last_generation = self._generation()
            return self._last_generation

    def refresh(self, progress: Progress | None = None) -> bool:
        """Open or copy again if the file was replaced, or if this mode cannot see its changes.

        Waits for the reads that are going on, so call it from a job and outside of `read`.
        Returns whether what readers see may have changed for that reason.
        """
        changed = False
        if self._mirror is not None:
            changed = self._mirror.refresh(progress)
            self._notes = self._mirror.notes
        if self._is_current():
            return self._refresh_features() or changed
        with self._alone():
            if self._closed or self._is_current():
                return changed
            self._disconnect()
            self._prepare(progress or Progress())
        return True

    def close(self) -> None:
        """Close all connections and remove a private copy; waits for the reads going on."""
        with self._alone():
            self._closed = True
            self._disconnect()
            self._let_go()
            if self._snapshot is not None:
                self._snapshot.close()
                self._snapshot = None

    # -- opening

    def _prepare(self, progress: Progress) -> None:
        if self._mirror is not None:
            self._prepare_mirror(self._mirror, progress)
            return
        for _ in range(3):
            found = opening.sniff(self.path)
            self._real = found.path
            self._stale = False
            self._epoch += 1
            self._seen = opening.signature(found.path)
            try:
                self._hold()
                self._connect_as(found, opening.choose(found), progress)
                return
            except VanishedError:
                continue
        raise BusyError(
            f"{self.path} is opened and closed by another program all the time.",
            "Open it again when that program has finished.",
        )

    def _prepare_mirror(self, mirror: Mirror, progress: Progress) -> None:
        if not (self._at_once and mirror.is_ready()):
            mirror.refresh(progress)
        self._at_once = False
        self._real, self._stale = mirror.database, False
        self._epoch += 1
        self._seen = opening.signature(self._real)
        self._hold()
        self.journal_mode = ""
        self._load_features(progress)
        self._notes = mirror.notes

    def _hold(self) -> None:
        """Let the database's bytes be read without dropping locks; no connection may be open."""
        self._let_go()
        if opening.HOLDS_CONNECTIONS:
            with suppress(OSError):  # it is gone again, of which SQLite tells
                self._held = HeldFile(self._real)

    def _let_go(self) -> None:
        if self._held is not None:
            self._held.release()
            self._held = None

    def _connect_as(self, found: Sniffed, mode: Mode, progress: Progress) -> None:
        self.mode = mode
        self.journal_mode = "wal" if found.wal_header else "delete"
        notes: list[str] = []
        if mode is Mode.COPY:
            self._copy(WAL, progress)
        elif self._snapshot is not None:
            self._snapshot.close()
            self._snapshot = None
        if mode is Mode.IMMUTABLE and found.shm and found.wal is None:
            notes.append(_LOST_WAL)
        try:
            self._load_features(progress)
        except _HotJournalError:
            self._disconnect()
            self.mode = Mode.COPY
            self._copy(JOURNAL, progress)
            self._roll_back()
            notes.append(_ROLLED_BACK)
            self._load_features(progress)
        self._notes = tuple(notes)

    def _copy(self, suffix: str, progress: Progress) -> None:
        if self._snapshot is None or self._snapshot.suffix != suffix:
            if self._snapshot is not None:
                self._snapshot.close()
            self._snapshot = Snapshot(self._real, suffix)
        self._snapshot.take(progress)

    def _roll_back(self) -> None:
        assert self._snapshot is not None
        raw = sqlite3.connect(opening.uri(self._snapshot.path, "mode=rw"), uri=True)
        try:
            raw.execute("SELECT count(*) FROM sqlite_master").fetchall()
        except sqlite3.Error as error:
            raise translated(error, self.path) from error
        finally:
            raw.close()

    def _load_features(self, progress: Progress) -> None:
        raw = self._take()
        try:
            # A hot journal shows here, at the first statement, and by its result code only.
            raw.execute("PRAGMA schema_version").fetchall()
            connection = ReadConnection(raw, self.path, Features(), progress)
            self.features = _features(connection)
            self._schema_version = connection.scalar("PRAGMA schema_version")
        except sqlite3.Error as error:
            if self.mode is Mode.READ_ONLY and _needs_rollback(error, self._real):
                raise _HotJournalError from error
            raise translated(error, self.path) from error
        finally:
            self._give_back(raw)
        _check_tables(self.path, self.features)

    # -- staying current

    def _generation(self) -> Hashable:
        if self.mode is not Mode.READ_ONLY:
            return self._epoch, opening.signature(self._real)
        where = self._epoch, opening.identity(self._real), beside(self._real, WAL).exists()
        if not opening.HOLDS_CONNECTIONS:
            return where, opening.change_counter(self._real)
        try:
            if self._watch is None:
                self._watch = self._connect(timeout=0)
            return where, self._watch.execute("PRAGMA data_version").fetchone()[0]
        except sqlite3.Error:
            return self._last_generation

    def _is_current(self) -> bool:
        """Say whether reading goes on as it was opened: the same file, and the same way fits."""
        now = opening.signature(self._real)
        if self._stale or now[0] is None or self._seen[0] is None:
            return False
        if self.mode in (Mode.COPY, Mode.IMMUTABLE):
            return now == self._seen
        same_file = now[0][:2] == self._seen[0][:2]
        return same_file and (now[1] is not None) == (self.mode is Mode.PER_JOB)

    def _refresh_features(self) -> bool:
        """Read the tables again after a migration by another program."""
        with self.read() as connection:
            version = connection.scalar("PRAGMA schema_version")
            if version == self._schema_version:
                return False
            self.features = _features(connection)
            self._schema_version = version
        return True

    def _heal(self) -> None:
        """Open another way before the next read where this one would now write or lie.

        That is so when a `-wal` came or went, when an immutable file changed, and when a writer
        died. A private copy stays good; `refresh` brings it up to date when the reader asks for it.
        """
        if self._stale or (self.mode is not Mode.COPY and not self._is_current()):
            self.refresh()

    # -- connections

    def _connect(self, timeout: float) -> sqlite3.Connection:
        path = self._real if self._snapshot is None else self._snapshot.path
        query = "immutable=1&mode=ro" if self.mode is Mode.IMMUTABLE else "mode=ro"
        raw = sqlite3.connect(
            opening.uri(path, query),
            uri=True,
            timeout=timeout,
            check_same_thread=False,
            isolation_level=None,
        )
        raw.execute("PRAGMA query_only=1").close()
        return raw

    def _take(self) -> sqlite3.Connection:
        with self._changed:
            if self._idle:
                return self._idle.pop()
        try:
            return self._connect(self._timeout)
        except sqlite3.Error as error:
            raise translated(error, self.path) from error

    def _give_back(self, raw: sqlite3.Connection) -> None:
        holds = opening.HOLDS_CONNECTIONS or self._snapshot is not None
        with self._changed:
            keep = holds and self.mode is not Mode.PER_JOB and not self._closed
            if keep and len(self._idle) < _IDLE_CONNECTIONS:
                self._idle.append(raw)
                return
        raw.close()

    def _disconnect(self) -> None:
        with self._changed:
            connections, self._idle = self._idle, []
            if self._watch is not None:
                connections.append(self._watch)
                self._watch = None
        for raw in connections:
            raw.close()

    # -- many readers, or one that opens again

    @contextmanager
    def _shared(self) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._exclusive)
            self._active += 1
        try:
            yield
        finally:
            with self._changed:
                self._active -= 1
                self._changed.notify_all()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._exclusive and self._active == 0)
            self._exclusive = True
        try:
            yield
        finally:
            with self._changed:
                self._exclusive = False
                self._changed.notify_all()


class _HotJournalError(Exception):
    """The database must be rolled back before it can be read."""


def _needs_rollback(error: sqlite3.Error, path: Path) -> bool:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    codes = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
    return code in codes and beside(path, JOURNAL).exists()


def _features(connection: ReadConnection) -> Features:
    revision = None
    columns = connection.rows(TABLES_SQL)
    if ("alembic_version", "version_num") in columns:
        revision = text_or_none(connection.scalar("SELECT version_num FROM alembic_version"))
    return features_of(columns, connection.rows(INDEXES_SQL), revision)


def _check_tables(path: Path, features: Features) -> None:
    if all(features.has(table, column) for table, column in _NEEDED):
        return
    names = sorted(name for name in features.tables if not name.startswith("sqlite_"))
    if not names:
        raise NotAStoreError(
            f"{path} is a SQLite database without any table.",
            "MLflow creates its tables when the first run is written.",
        )
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    raise NotAStoreError(
        f"{path} is a SQLite database, but not MLflow's: its tables are {shown}.",
        "An MLflow store has the tables experiments, runs, metrics and params.",
    )
