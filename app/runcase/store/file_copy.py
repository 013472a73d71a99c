"""Copies artifacts to where a person wants them, each file whole or not at all.

Bytes are passed on as they are, so they are read in this process, not in the worker's.
"""

from collections.abc import Iterator
from pathlib import Path

from runcase.errors import DeniedError, NotFoundError
from runcase.held_files import HeldFile
from runcase.store.artifact_files import walk
from runcase.whole_file import WriteError, whole_file

_CHUNK = 4_000_000


def copying(source: Path, target: Path, *, overwrite: bool = False) -> Iterator[int]:
    """Copy one file in pieces; yields the bytes copied by each.

    Args:
        source: The file, links resolved.
        target: Where it is to be.
        overwrite: Whether the person agreed to replace a file that is there.

    Raises:
        NotFoundError: The source is no file any more.
        DeniedError: It may not be read.
        WriteError: The place cannot be written, or holds something already.
    """
    if not source.is_file():
        raise NotFoundError(f"{source} is no file any more.")
    try:
        reading = HeldFile(source)
    except OSError as error:
        raise DeniedError(f"{source} could not be read: {error.strerror or error}.") from error
    with reading, whole_file(target, overwrite=overwrite) as beside, beside.open("wb") as writing:
        for chunk in reading.chunks(_CHUNK):
            writing.write(chunk)
            yield len(chunk)


def copying_into(sources: list[Path], folder: Path) -> Iterator[int]:
    """Copy files and folders into a folder, none over what is there; yields bytes as they go.

    Links that lead out of a copied folder are left out.

    Raises:
        WriteError: Something of that name is there already; nothing was copied then.
    """
    taken = [each.name for each in sources if (folder / each.name).exists()]
    if taken:
        raise WriteError(f"{folder} has {', '.join(taken[:4])} already.", "Choose another folder.")
    for source in sources:
        if not source.is_dir():
            yield from copying(source.resolve(), folder / source.name)
            continue
        _make(folder / source.name)
        for entry in walk(source):
            place = folder / source.name / entry.path
            if entry.is_dir:
                _make(place)
            elif entry.size is not None:
                yield from copying((source / entry.path).resolve(), place)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(f"{folder} could not be made: {error.strerror or error}.") from error
