"""Runcase's own small database: made when first needed, opened for one job, shared by processes."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from runcase.errors import RuncaseError
from runcase.held_files import HeldFile

VERSION = 1
_BUSY_SECONDS = 5.0
_LASTS = "Marks and views last until this window closes."
_PRIMARY = 0xFF  # SQLite's extended result codes keep the primary one in the low byte

_tables = MetaData()
stores = Table(
    "stores",
    _tables,
    Column("key", Integer, primary_key=True),
    Column("path", Text, nullable=False, unique=True),  # real and absolute; "?…" when it is gone
)
anchors = Table(
    "anchors",
    _tables,
    Column("store", Integer, primary_key=True),
    Column("anchor", Text, primary_key=True, index=True),
)
marks = Table(
    "marks",
    _tables,
    Column("store", Integer, primary_key=True),
    Column("run_id", Text, primary_key=True),
    Column("star", Boolean, nullable=False, server_default="0"),
    Column("pin", Boolean, nullable=False, server_default="0"),
    Column("hidden", Boolean, nullable=False, server_default="0"),
    Column("color", Integer),
    Column("note", Text, nullable=False, server_default=""),
    sqlite_with_rowid=False,  # one tree instead of two
)
views = Table(
    "views",
    _tables,
    Column("store", Integer, primary_key=True),
    Column("experiment_id", Text, primary_key=True),
    Column("name", Text, primary_key=True),  # "" for the one that is shown now
    Column("is_default", Boolean, nullable=False, server_default="0"),
    Column("content", Text, nullable=False),
)
filters = Table(
    "filters",
    _tables,
    Column("store", Integer, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("text", Text, nullable=False),
    CheckConstraint("name <> ''"),
)
history = Table(
    "history",
    _tables,
    Column("place", Integer, primary_key=True),  # rises; the greatest is the newest
    Column("store", Integer, nullable=False, index=True),
    Column("text", Text, nullable=False),
)
# What belongs to a store and is taken along when the store is copied.
OWNED = (marks, views, filters)


class LocalError(RuncaseError):
    """Runcase's own notes could not be read or written."""


@contextmanager
def reading(path: Path) -> Iterator[Connection]:
    """Lend a connection for reading; the file is made if it is not there.

    Raises:
        LocalError: The file is damaged, locked, newer than this Runcase or may not be used.
    """
    with _connected(path, "BEGIN") as connection:
        yield connection


@contextmanager
def writing(path: Path) -> Iterator[Connection]:
    """Lend a connection for writing; all is committed together, or nothing.

    Raises:
        LocalError: As `reading`; also when the file may not be written.
    """
    with _connected(path, "BEGIN IMMEDIATE") as connection:
        yield connection


@contextmanager
def _connected(path: Path, begin: str) -> Iterator[Connection]:
    def connect() -> sqlite3.Connection:
        return sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with (
            _held(path),
            create_engine("sqlite://", creator=connect, poolclass=NullPool).connect() as lent,
        ):
            _prepare(lent, path)
            lent.exec_driver_sql(begin)
            yield lent
            lent.commit()
    except DBAPIError as error:
        raise _translated(path, error.orig) from error
    except OSError as error:
        raise LocalError(
            f"Runcase's own notes cannot be kept at {path}: {error.strerror or error}.", _LASTS
        ) from error


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Keep SQLite's locks where the file's bytes are read meanwhile, as of a dropped folder."""
    with ExitStack() as stack:
        with suppress(OSError):  # it is made now, or may not be read, which SQLite says itself
            stack.enter_context(HeldFile(path))
        yield


def _prepare(connection: Connection, path: Path) -> None:
    """Make the tables, once; two processes may try at the same time."""
    if _version(connection, path) == VERSION:
        return
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    if _version(connection, path) == 0:
        _tables.create_all(connection)
        connection.exec_driver_sql(f"PRAGMA user_version={VERSION}")
    connection.commit()


def _version(connection: Connection, path: Path) -> int:
    found = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    if found > VERSION:
        raise LocalError(
            f"Runcase's own notes at {path} were written by a newer Runcase.",
            f"{_LASTS} Update Runcase to keep them.",
        )
    return found


def _translated(path: Path, error: BaseException | None) -> LocalError:
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        hint = f"{_LASTS} Move that file away and Runcase begins a new one."
        return LocalError(f"Runcase's own notes at {path} are damaged.", hint)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LocalError(f"Runcase's own notes at {path} are locked by another program.", _LASTS)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return LocalError(f"Runcase's own notes at {path} may not be written.", _LASTS)
    if code == sqlite3.SQLITE_FULL:
        return LocalError(f"Runcase's own notes at {path} cannot grow: the disk is full.", _LASTS)
    return LocalError(f"Runcase's own notes at {path} cannot be used: {error}.", _LASTS)
