"""Reads the bytes of files on which SQLite may have locks in this process.

On POSIX, closing any descriptor of a file drops every fcntl lock that the process has on it, and so
those of a database that is open here (https://sqlite.org/howtocorrupt.html, 2.2). So a file has one
descriptor for all who hold it, which is closed when the last of them lets go: an open store holds
its database for as long as it may be connected to it. The table is the process's, as the locks are.
"""

import errno
import os
import stat
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

# Windows has no such locks, and there an open file cannot be moved: it is opened for each read.
_SHARES = os.name != "nt"

_Key = tuple[int, int]


@dataclass(slots=True)
class _Shared:
    descriptors: list[int] = field(default_factory=list)
    holders: int = 0


_lock = threading.Lock()
_files: dict[_Key, _Shared] = {}  # by device and inode


class HeldFile:
    """A regular file to read from at any place, by any thread, until it is let go of.

    Raises `OSError` when it cannot be opened, and when it is a pipe, a device or a folder.

    Args:
        path: Where it is.
        follows: Whether it may be a link.
    """

    def __init__(self, path: Path, *, follows: bool = True) -> None:
        self._path = path
        self._key: _Key | None = None
        self._shared = _Shared()
        status = os.stat(path, follow_symlinks=follows)
        _check(status, path)
        if _SHARES:
            flags = os.O_RDONLY | os.O_NONBLOCK | (0 if follows else os.O_NOFOLLOW)
            self._key, self._shared = _hold(path, (status.st_dev, status.st_ino), flags)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    @property
    def size(self) -> int:
        """Return the bytes that it has now."""
        return (os.fstat(self._descriptor) if self._key else os.stat(self._path)).st_size

    def read(self, offset: int, count: int) -> bytes:
        """Return the bytes from an offset on, fewer only at the end of the file."""
        parts: list[bytes] = []
        while count > 0 and (part := self._part(offset, count)):
            parts.append(part)
            offset += len(part)
            count -= len(part)
        return b"".join(parts)

    def chunks(self, count: int, start: int = 0) -> Iterator[bytes]:
        """Yield the bytes from `start` to the end, `count` at a time."""
        while chunk := self.read(start, count):
            yield chunk
            start += len(chunk)

    def release(self) -> None:
        """Let go of it; again is no harm."""
        key, self._key = self._key, None
        if key is not None:
            _release(key, self._shared)

    @property
    def _descriptor(self) -> int:
        return self._shared.descriptors[0]

    def _part(self, offset: int, count: int) -> bytes:
        if self._key is not None:
            return os.pread(self._descriptor, count, offset)
        with self._path.open("rb", buffering=0) as file:
            file.seek(offset)
            return file.read(count)


def _hold(path: Path, key: _Key, flags: int) -> tuple[_Key, _Shared]:
    with _lock:
        shared = _files.get(key)
        if shared is not None:
            shared.holders += 1
            return key, shared
    # Outside of the lock: on a drive that is gone this may take long.
    descriptor = os.open(path, flags)
    status = os.fstat(descriptor)
    key = status.st_dev, status.st_ino
    with _lock:
        # Somebody may have come to hold it meanwhile: then it must not be closed before they go.
        shared = _files.setdefault(key, _Shared())
        shared.descriptors.append(descriptor)
        shared.holders += 1
    try:
        _check(status, path)
    except OSError:
        _release(key, shared)
        raise
    return key, shared


def _release(key: _Key, shared: _Shared) -> None:
    with _lock:
        shared.holders -= 1
        if not shared.holders:
            del _files[key]
            for descriptor in shared.descriptors:
                os.close(descriptor)


def _check(status: os.stat_result, path: Path) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(status.st_mode):
        # Reading a pipe or a device could wait for ever.
        raise OSError(errno.EINVAL, "no regular file", str(path))
