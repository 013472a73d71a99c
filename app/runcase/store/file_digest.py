"""What can be said of a file without looking into it: size, times, and its SHA-256.

Bytes go into the hash and nowhere else, so they are read in this process, not in the worker's.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from runcase.errors import DeniedError, NotFoundError
from runcase.held_files import HeldFile

_CHUNK = 1_000_000


@dataclass(frozen=True, slots=True)
class FileTimes:
    """Size in bytes; times in ms since the epoch, `created` None where the system has none."""

    size: int
    modified: int
    created: int | None
    is_folder: bool
    is_link: bool


def times_of(path: Path) -> FileTimes:
    """Return what the file system says of a file or folder.

    Raises:
        NotFoundError: There is nothing any more.
    """
    try:
        found, is_link = path.stat(), path.is_symlink()
    except OSError as error:
        raise NotFoundError(f"{path} is not there any more.") from error
    created = getattr(found, "st_birthtime", None)
    if created is None and os.name == "nt":
        created = found.st_ctime
    return FileTimes(
        found.st_size,
        round(found.st_mtime * 1000),
        None if created is None else round(created * 1000),
        stat.S_ISDIR(found.st_mode),
        is_link,
    )


def hashing(path: Path) -> Iterator[int | str]:
    """Read a file in pieces; yields the bytes read so far, and last its SHA-256 in hex.

    Raises:
        NotFoundError: It is no file any more.
        DeniedError: It may not be read.
    """
    if not path.is_file():
        raise NotFoundError(f"{path} is no file any more.")
    sha, done = hashlib.sha256(), 0
    try:
        with HeldFile(path) as file:
            for chunk in file.chunks(_CHUNK):
                sha.update(chunk)
                done += len(chunk)
                yield done
    except OSError as error:
        raise DeniedError(f"{path} could not be read: {error.strerror or error}.") from error
    yield sha.hexdigest()
