"""A private copy of a database with its `-wal` or `-journal`, taken so that it is one state."""

import shutil
import tempfile
import weakref
from pathlib import Path

from runcase.errors import BusyError, DeniedError
from runcase.held_files import HeldFile
from runcase.progress import Progress
from runcase.store.opening import JOURNAL, SHM, WAL, beside, signature

_CHUNK = 8 << 20
_ATTEMPTS = 6
_WAL_HEADER = 32  # magic, version, page size, checkpoint number, two salts, two checksums


class VanishedError(Exception):
    """What should be copied beside the database is no longer there."""


class Snapshot:
    """A copy in a private folder that is removed with this object or at exit.

    A `-wal` is only ever appended to while its header, which holds the salts, stays the same: then
    a copy of the database followed by a copy of the `-wal` is one state, even if pages were moved
    between the two meanwhile, and later only the new bytes of the `-wal` need to be copied.
    """

    def __init__(self, source: Path, suffix: str) -> None:
        self._source = source
        self.suffix = suffix
        folder = Path(tempfile.mkdtemp(prefix="runcase-"))
        self._remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.path = folder / source.name
        self._taken: tuple[object, bytes, int] | None = None

    def take(self, progress: Progress) -> None:
        """Bring the copy up to date; no connection to the copy may be open.

        Raises:
            VanishedError: The `-wal` or `-journal` is gone, so that another way of opening fits.
            BusyError: It changed during every attempt.
        """
        try:
            if self.suffix == WAL and self._append(progress):
                return
            for _ in range(_ATTEMPTS):
                if self._copy(progress):
                    return
        except FileNotFoundError as error:
            raise VanishedError from error
        except PermissionError as error:
            raise DeniedError(
                f"{error.filename} may not be read by this user.",
                "Ask its owner for read permission on it.",
            ) from error
        raise BusyError(
            f"{self._source} changes faster than it can be copied.",
            "Open it again when less is written to it.",
        )

    def close(self) -> None:
        """Remove the copy."""
        self._remove()

    def _copy(self, progress: Progress) -> bool:
        self._taken = None
        extra = beside(self._source, self.suffix)
        for suffix in (WAL, SHM, JOURNAL):
            beside(self.path, suffix).unlink(missing_ok=True)
        before, header = signature(self._source), _header(extra)
        _copy_file(self._source, self.path, 0, progress)
        copied = _copy_file(extra, beside(self.path, self.suffix), 0, progress)
        if not self._is_one_state(before, header):
            return False
        self._taken = before[0], header, copied
        return True

    def _append(self, progress: Progress) -> bool:
        if self._taken is None:
            return False
        database, header, copied = self._taken
        extra = beside(self._source, WAL)
        before = signature(self._source)
        if before[0] != database or _header(extra) != header or extra.stat().st_size < copied:
            return False
        # SQLite would go on believing its index of the old frames.
        beside(self.path, SHM).unlink(missing_ok=True)
        self._taken = None
        grown = _copy_file(extra, beside(self.path, WAL), copied, progress)
        if not self._is_one_state(before, header):
            return False
        self._taken = database, header, copied + grown
        return True

    def _is_one_state(self, before: tuple[object, ...], header: bytes) -> bool:
        after = signature(self._source)
        if self.suffix == JOURNAL:
            return after == before and _header(beside(self._source, JOURNAL)) == header
        return after[0] == before[0] and _header(beside(self._source, WAL)) == header


def _header(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_WAL_HEADER)


def _copy_file(source: Path, target: Path, start: int, progress: Progress) -> int:
    """Copy from an offset on; returns the number of bytes copied."""
    copied = 0
    with HeldFile(source) as reader, target.open("r+b" if start else "wb") as writer:
        size = reader.size - start
        writer.seek(start)
        for chunk in reader.chunks(_CHUNK, start):
            writer.write(chunk)
            copied += len(chunk)
            progress.report(copied, max(size, copied), "bytes copied")
    return copied
