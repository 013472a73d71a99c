"""A file that is looked at once: its size and its first 64 kB, before anything is decided."""

import io
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from runcase.errors import UnreadableError
from runcase.preview.document import Request

HEAD_BYTES = 64 * 1024
# A gzip file can be made that unpacks to itself.
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Source:
    """A regular file, opened for reading only when a reader asks.

    Args:
        root: The real folder below which a page or a model may read.
        head: The first 64 kB.
        request: What was asked for, with its window.
        data: The whole content of a member of an archive, which is in no file of its own.
        depth: In how many archives it lies.
    """

    path: Path
    root: Path
    size: int
    head: bytes
    request: Request
    data: bytes | None = None
    depth: int = 0

    @classmethod
    def peek(cls, request: Request) -> "Source":
        """Look at a file; a folder stands for the MLmodel in it. Raises `UnreadableError`."""
        path = Path(request.path)
        if path.is_dir():
            path = path / "MLmodel"
            if not path.is_file():
                raise UnreadableError(f"The folder {request.path} holds no MLmodel file.")
        root = Path(os.path.realpath(request.root or path.parent))
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                # Opening a FIFO would wait for a writer, reading a device need never end.
                raise UnreadableError(f"{path} is a {_kind(status.st_mode)}, not a file.")
            with path.open("rb") as file:
                head = file.read(HEAD_BYTES)
        except OSError as error:
            raise UnreadableError(f"{path} could not be read: {reason(error)}.") from error
        return cls(path, root, status.st_size, head, request)

    @classmethod
    def member(cls, outer: "Source", name: str, data: bytes, request: Request) -> "Source":
        """Stand for a file inside another; nothing lies beside it. Raises `UnreadableError`."""
        if outer.depth >= _DEEPEST:
            raise UnreadableError(f"It lies in more than {_DEEPEST} archives.")
        path = outer.path / (name.rpartition("/")[2] or "member")
        head = data[:HEAD_BYTES]
        return cls(path, outer.path, len(data), head, request, data, outer.depth + 1)

    @property
    def name(self) -> str:
        """Return the file's name."""
        return self.path.name

    @property
    def suffix(self) -> str:
        """Return the name's last suffix in lower case, with its dot."""
        return self.path.suffix.lower()

    def read(self, limit: int) -> bytes:
        """Return at most `limit` bytes from the start; raises `UnreadableError`."""
        if self.size <= len(self.head) or limit <= len(self.head):
            return self.head[:limit]
        return self.window(0, limit)

    def window(self, offset: int, count: int) -> bytes:
        """Return the bytes of a window; raises `UnreadableError`."""
        try:
            with self.open() as file:
                file.seek(offset)
                return file.read(count)
        except OSError as error:
            raise UnreadableError(f"{self.name} could not be read: {reason(error)}.") from error

    def open(self, buffering: int = -1) -> BinaryIO:
        """Open the file for reading; `buffering` is that of `open`. Raises `OSError`."""
        if self.data is not None:
            return io.BytesIO(self.data)
        return open(self.path, "rb", buffering)

    @property
    def input(self) -> Path | io.BytesIO:
        """Return what a library opens: the path, or a member's content."""
        return self.path if self.data is None else io.BytesIO(self.data)

    def beside(self, relative: str) -> Path | None:
        """Return a file that this one refers to, or None if it is not a file below the root."""
        if self.data is not None:
            return None
        try:
            path = Path(os.path.realpath(self.path.parent / relative))
            return path if path.is_relative_to(self.root) and path.is_file() else None
        except (OSError, ValueError):  # a name too long, or with a NUL
            return None


def reason(error: OSError) -> str:
    """Return the operating system's words for an error, in lower case."""
    words = error.strerror or str(error)
    return words[:1].lower() + words[1:]


def _kind(mode: int) -> str:
    kinds = (
        (stat.S_ISFIFO, "pipe"),
        (stat.S_ISSOCK, "socket"),
        (stat.S_ISDIR, "folder"),
    )
    return next((word for test, word in kinds if test(mode)), "device")
