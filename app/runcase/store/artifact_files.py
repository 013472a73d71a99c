"""Lists the files of an artifact folder, and keeps every path inside it."""

import os
from collections.abc import Iterator
from pathlib import Path

from runcase.errors import DeniedError, NotFoundError
from runcase.progress import Progress
from runcase.store.records import ArtifactEntry

OUTSIDE = "outside"  # the kind of a link that leads out of the folder, or nowhere


def confine(folder: Path, relative: str) -> Path:
    """Return the path of one artifact, links resolved.

    Args:
        folder: The artifact folder.
        relative: The path below it, with `/`.

    Raises:
        NotFoundError: The path leads out of the folder, or names nothing.
    """
    parts = [part for part in relative.split("/") if part not in ("", ".")]
    escapes = relative.startswith("/") or ".." in parts or "\0" in relative
    if os.name == "nt":
        escapes = escapes or "\\" in relative or ":" in relative
    if escapes:
        raise NotFoundError(f"“{relative}” is no path below {folder}.")
    try:
        root = folder.resolve(strict=True)
        path = root.joinpath(*parts).resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise NotFoundError(f"“{relative}” is not in {folder}.") from error
    if not path.is_relative_to(root):
        raise NotFoundError(f"“{relative}” is a link that leads out of {folder}.")
    return path


def list_folder(folder: Path, relative: str = "") -> list[ArtifactEntry]:
    """Return what lies directly in an artifact folder, folders first, then by name.

    Raises:
        NotFoundError: There is no such folder.
        DeniedError: The system does not let us list it.
    """
    root = folder.resolve()
    here = confine(folder, relative)
    prefix = relative.strip("/")
    try:
        with os.scandir(here) as entries:
            found = [_entry(entry, prefix, root) for entry in entries]
    except PermissionError as error:
        raise DeniedError(f"{here} may not be listed by this user.") from error
    except OSError as error:
        raise NotFoundError(f"{here} could not be listed: {error.strerror or error}.") from error
    return sorted(found, key=lambda entry: (not entry.is_dir, entry.name.casefold(), entry.name))


def walk(folder: Path, progress: Progress | None = None) -> list[ArtifactEntry]:
    """Return everything below an artifact folder, each folder before what lies in it.

    A folder that cannot be listed stays an entry without content; a link back up is not followed.
    """
    progress = progress or Progress()
    found: list[ArtifactEntry] = []
    for entries in walk_folders(folder):
        found += entries
        progress.report(len(found), 0, "files listed")
    return found


def walk_folders(folder: Path) -> Iterator[list[ArtifactEntry]]:
    """Yield what `walk` returns, folder by folder: a piece at a time for large trees."""
    visited = {folder.resolve()}
    waiting = [""]
    while waiting:
        relative = waiting.pop()
        try:
            entries = list_folder(folder, relative)
        except (NotFoundError, DeniedError):
            continue
        yield entries
        for entry in reversed(entries):
            if entry.is_dir and (real := confine(folder, entry.path)) not in visited:
                visited.add(real)
                waiting.append(entry.path)


def _entry(entry: "os.DirEntry[str]", prefix: str, root: Path) -> ArtifactEntry:
    path = f"{prefix}/{entry.name}" if prefix else entry.name
    try:
        if entry.is_symlink() and not Path(entry.path).resolve(strict=True).is_relative_to(root):
            return ArtifactEntry(path, is_dir=False, size=None, kind=OUTSIDE)
        found = entry.stat()
        is_dir = entry.is_dir()
    except (OSError, RuntimeError):
        return ArtifactEntry(path, is_dir=False, size=None, kind=OUTSIDE)
    return ArtifactEntry(path, is_dir, None if is_dir else found.st_size, found.st_mtime)
