"""One read connection: runs a statement on the DBAPI cursor, and says its errors in plain words."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import ClauseElement
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.sql.compiler import Compiled, SQLCompiler

from runcase.errors import (
    BusyError,
    CancelledError,
    DamagedError,
    DeniedError,
    NotFoundError,
    RuncaseError,
    StoreError,
)
from runcase.progress import Progress
from runcase.store.schema import Features

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

T = TypeVar("T")
Statement = ClauseElement | Compiled | str
Parameters = Mapping[str, Any]


class _Compiler(SQLiteCompiler):
    """SQLAlchemy knows hints, but not that SQLite has one: NOT INDEXED."""

    def get_from_hint_text(self, _table: object, text: str | None) -> str | None:
        return text


_DIALECT = sqlite.dialect(paramstyle="named")
_DIALECT.statement_compiler = _Compiler
_PRIMARY = 0xFF  # SQLite's extended result codes keep the primary one in the low byte


def compiled(statement: ClauseElement) -> Compiled:
    """Compile a Core statement once, for a reader that runs it many times."""
    return statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})


def translated(error: sqlite3.Error, path: Path) -> RuncaseError:
    """Return what a person should read instead of an error of SQLite's."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY
    if code == sqlite3.SQLITE_INTERRUPT:
        return CancelledError()
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return BusyError(
            f"{path} is locked by another program.",
            "Try again when that program has finished writing.",
        )
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DamagedError(
            f"{path} is damaged: SQLite says “{error}”.",
            "Restore it from a copy, or try “sqlite3 FILE .recover” on a copy of it.",
        )
    if code == sqlite3.SQLITE_CANTOPEN and not path.exists():
        return NotFoundError(f"{path} is no longer there.", "Was it moved, or a disk removed?")
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return DeniedError(
            f"{path} could not be opened: the system refuses to read it.",
            "Look at the permissions of the file and of its folder.",
        )
    if code == sqlite3.SQLITE_READONLY:
        return BusyError(
            f"{path} holds an unfinished write of a program that stopped.",
            "Read it again: what was unfinished will be left out.",
        )
    if code == sqlite3.SQLITE_IOERR:
        return StoreError(
            f"{path} could not be read: the disk or the network reported an error.",
            "Copy the file to a local disk and open the copy.",
        )
    return StoreError(f"{path} could not be read: SQLite says “{error}”.")


class ReadConnection:
    """A connection inside `Store.read`: used by one thread, and only until the `with` ends."""

    def __init__(
        self, raw: sqlite3.Connection, path: Path, features: Features, progress: Progress
    ) -> None:
        self.features = features
        self.progress = progress
        self.replaced_text = False
        self.needs_rollback = False
        self.notes: list[str] = []
        self.readable: dict[str, list[tuple[int, int]]] = {}  # what `salvage` learned of tables
        self._raw = raw
        self._path = path

    def note(self, sentence: str) -> None:
        """Tell whoever opened the store what could not be read."""
        if sentence not in self.notes:
            self.notes.append(sentence)

    def rows(
        self, statement: Statement, parameters: Parameters | None = None
    ) -> list[tuple[Any, ...]]:
        """Return all rows; nothing stays open, so a writer waits for this one fetch at most."""
        return self._run(statement, parameters, list)

    def row(
        self, statement: Statement, parameters: Parameters | None = None
    ) -> tuple[Any, ...] | None:
        """Return the first row, or None."""
        rows = self.rows(statement, parameters)
        return rows[0] if rows else None

    def scalar(self, statement: Statement, parameters: Parameters | None = None) -> Any:
        """Return the first value of the first row, or None."""
        row = self.row(statement, parameters)
        return row[0] if row else None

    def columns(
        self, statement: Statement, width: int, parameters: Parameters | None = None
    ) -> list[list[Any]]:
        """Return all rows as one list a column: twice as fast as rows that are then turned round.

        Args:
            statement: A select.
            width: How many columns it has.
            parameters: The statement's parameters.
        """

        def collect(cursor: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
            flat = list(chain.from_iterable(cursor))
            return [flat[at::width] for at in range(width)]

        return self._run(statement, parameters, collect)

    def array(
        self, statement: Statement, dtype: "DTypeLike", parameters: Parameters | None = None
    ) -> "NDArray[Any]":
        """Return all rows as a structured array, one field a column; for chunks of a bulk read."""
        import numpy as np  # 0.1 s that the first window need not wait for

        def collect(cursor: Iterable[tuple[Any, ...]]) -> "NDArray[Any]":
            try:
                return np.fromiter(cursor, np.dtype(dtype))
            except (TypeError, ValueError, OverflowError) as error:
                # SQLite keeps a text in a number's column if a program writes one there.
                raise DamagedError(
                    f"{self._path} holds a text or nothing where a number belongs: {error}.",
                    "Another program than MLflow wrote to this database.",
                ) from error

        return self._run(statement, parameters, collect)

    def _run(
        self,
        statement: Statement,
        parameters: Parameters | None,
        collect: Callable[[Iterable[tuple[Any, ...]]], T],
    ) -> T:
        self.progress.check()
        sql, values = prepared(statement, parameters)
        try:
            return self._fetch(sql, values, collect)
        except sqlite3.DatabaseError as error:
            if "Could not decode to UTF-8" not in str(error):
                raise self._translated(error) from error
        # Strict first, since that is twice as fast; then what can be read of it.
        self.replaced_text = True
        self._raw.text_factory = _lenient
        try:
            return self._fetch(sql, values, collect)
        except sqlite3.DatabaseError as error:
            raise self._translated(error) from error
        finally:
            self._raw.text_factory = str

    def _translated(self, error: sqlite3.DatabaseError) -> RuncaseError:
        code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
        self.needs_rollback = self.needs_rollback or code == sqlite3.SQLITE_READONLY
        return translated(error, self._path)

    def _fetch(self, sql: str, values: Any, collect: Callable[[Iterable[tuple[Any, ...]]], T]) -> T:
        cursor = self._raw.cursor()
        try:
            return collect(cursor.execute(sql, values))
        except MemoryError as error:
            raise DamagedError(
                f"{self._path} names a value that is larger than the memory.",
                "Restore it from a copy, or open it on a larger machine.",
            ) from error
        finally:
            cursor.close()


def _lenient(value: bytes) -> str:
    return value.decode("utf-8", "replace")


def prepared(statement: Statement, parameters: Parameters | None = None) -> tuple[str, Any]:
    """Return the SQL text of a statement, and the values it runs with."""
    if isinstance(statement, str):
        return statement, parameters or {}
    ready = statement if isinstance(statement, Compiled) else compiled(statement)
    assert isinstance(ready, SQLCompiler)
    return ready.string, ready.construct_params(parameters)
