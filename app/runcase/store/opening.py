"""Looks at a database file before anything connects to it, and decides how it may be opened.

A database may be open in this process already, in another window: its bytes are read through
`HeldFile`, so that no lock of SQLite's is dropped.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote

from runcase.errors import DamagedError, DeniedError, NotAStoreError, NotFoundError
from runcase.held_files import HeldFile

WAL = "-wal"
SHM = "-shm"
JOURNAL = "-journal"
MAGIC = b"SQLite format 3\0"
LFS_MAGIC = b"version https://git-lfs.github.com/spec/"
LARGEST_COPY = 2 << 30

# A held connection makes outside changes cheap to notice. On Windows an open file cannot be renamed
# or deleted, so there every connection is closed after its read.
HOLDS_CONNECTIONS = os.name != "nt"

Signature = tuple[tuple[int, int, int, int] | None, ...]


class Mode(StrEnum):
    """How a store is read, so that its folder stays as it was."""

    READ_ONLY = "read-only"
    IMMUTABLE = "immutable"
    COPY = "private copy"
    PER_JOB = "opened for each read"


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What the first bytes of a database and the names beside it say.

    `path` has its symbolic links resolved, since SQLite looks for `-wal` and `-journal` there.
    `wal` and `journal` are sizes in bytes, `journal` 0 when its header is zeroed (not hot).
    """

    path: Path
    size: int
    wal_header: bool
    wal: int | None
    shm: bool
    journal: int


def beside(path: Path, suffix: str) -> Path:
    """Return the path of a database's `-wal`, `-shm` or `-journal`."""
    return path.with_name(path.name + suffix)


def uri(path: Path, query: str) -> str:
    """Return SQLite's URI for a path, in which ?, # and % mean nothing but themselves."""
    text = path.as_posix()
    rooted = text if text.startswith("/") else f"/{text}"
    return f"file://{quote(os.fsencode(rooted), safe='/:')}?{query}"


def signature(path: Path) -> Signature:
    """Return (device, inode, size, mtime in ns) of the database, its `-wal` and its `-journal`."""
    return tuple(map(_stat, (path, beside(path, WAL), beside(path, JOURNAL))))


def identity(path: Path) -> tuple[int, int, int] | None:
    """Return (device, inode, size) of a file, None when it is gone."""
    found = _stat(path)
    return found and found[:3]


def change_counter(path: Path) -> bytes:
    """Return the header's count of commits; nothing if it cannot be read."""
    try:
        with HeldFile(path) as file:
            return file.read(24, 4)
    except OSError:
        return b""


def sniff(path: Path) -> Sniffed:
    """Look at a file; raises the `StoreError` that says why it can be no readable database."""
    try:
        real = path.resolve(strict=True)
        if real.is_dir():
            raise NotFoundError(
                f"{path} is a folder, not a database.", "Name the .db file inside it."
            )
        with HeldFile(real) as file:
            head, size = file.read(0, 100), file.size
    except FileNotFoundError as error:
        raise NotFoundError(f"{path} does not exist.", "Check the spelling of the path.") from error
    except PermissionError as error:
        raise DeniedError(
            f"{path} may not be read by this user.",
            "Ask its owner for read permission on the file and its folder.",
        ) from error
    except OSError as error:
        raise NotFoundError(
            f"{path} could not be opened: {error.strerror or error}.",
            "Check the path and the disk.",
        ) from error
    _check_head(path, head)
    wal, journal = _stat(beside(real, WAL)), _hot_size(beside(real, JOURNAL))
    if not wal and not journal:
        _check_size(path, head, size)
    return Sniffed(
        real, size, 2 in head[18:20], wal and wal[2], beside(real, SHM).exists(), journal
    )


def choose(found: Sniffed) -> Mode:
    """Return how to read a database whose rollback journal, if there is one, is not hot."""
    if found.wal:
        return Mode.COPY if may_copy(found.size + found.wal) else Mode.PER_JOB
    if found.wal_header or found.wal is not None:
        return Mode.IMMUTABLE
    return Mode.READ_ONLY


def may_copy(
    size: int, free: Callable[[], int] = lambda: shutil.disk_usage(tempfile.gettempdir()).free
) -> bool:
    """Say whether a private copy of that many bytes is reasonable."""
    return size <= LARGEST_COPY and size <= free() // 2


def _stat(path: Path) -> tuple[int, int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _hot_size(journal: Path) -> int:
    """Return the size of a journal that could be rolled back, 0 for none or a zeroed header."""
    try:
        with journal.open("rb") as file:
            head = file.read(28)
            return file.seek(0, os.SEEK_END) if any(head) else 0
    except OSError:
        return 0


def _check_head(path: Path, head: bytes) -> None:
    if not head:
        raise NotAStoreError(
            f"{path} is empty (0 bytes).", "Open the database that MLflow really wrote to."
        )
    if head.startswith(LFS_MAGIC):
        raise NotAStoreError(
            f"{path} is a Git LFS pointer, not the database itself.",
            "Run “git lfs pull” in that repository, then open it again.",
        )
    if not head.startswith(MAGIC):
        if MAGIC.startswith(head):
            raise DamagedError(f"{path} is cut short: it ends within its first 16 bytes.")
        raise NotAStoreError(
            f"{path} is not a SQLite database.",
            "An MLflow store is a SQLite file, often named mlflow.db.",
        )


def _check_size(path: Path, head: bytes, size: int) -> None:
    """Compare the size with the page count in the header, if SQLite itself would believe it."""
    if len(head) < 100:
        raise DamagedError(
            f"{path} is cut short: it has {size} bytes, less than its header.",
            "Copy it again from where it came from.",
        )
    page_size = int.from_bytes(head[16:18], "big")
    page_size = 65536 if page_size == 1 else page_size
    pages = int.from_bytes(head[28:32], "big")
    believed = head[24:28] == head[92:96]
    if believed and pages * page_size > size:
        raise DamagedError(
            f"{path} is cut short: it has {size:,} of {pages * page_size:,} bytes.",
            "Copy it again from where it came from.",
        )
