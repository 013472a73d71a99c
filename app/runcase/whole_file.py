"""Writes a file whole or not at all: beside its place first, then moved there."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runcase.errors import RuncaseError


class WriteError(RuncaseError):
    """A file could not be written where the person wants it."""


@contextmanager
def whole_file(target: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Give the path of an empty file to fill; it becomes `target` when the `with` ends well.

    Args:
        target: Where it is to be; what a link leads to is replaced, not the link.
        overwrite: Whether the person agreed to replace a file that is there.

    Raises:
        WriteError: The place cannot be written, or holds something already.
    """
    final = Path(os.path.realpath(target))
    # Short, since the name of the target may be as long as names can be.
    beside = final.with_name(f".runcase-{secrets.token_hex(6)}.part")
    try:
        _check(final, overwrite)
        beside.touch(exist_ok=False)
        try:
            yield beside
            if not overwrite and final.exists():
                raise _taken(final)
            os.replace(beside, final)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise WriteError(
            f"{final} could not be written: {error.strerror or error}.",
            "Nothing was changed. Choose another folder.",
        ) from error


def _check(final: Path, overwrite: bool) -> None:
    if not final.parent.is_dir():
        raise WriteError(f"There is no folder {final.parent}.", "Choose another folder.")
    if final.is_dir() or (final.exists() and not final.is_file()):
        raise WriteError(f"{final} is no file that could be replaced.", "Choose another name.")
    if not overwrite and final.exists():
        raise _taken(final)


def _taken(final: Path) -> WriteError:
    return WriteError(f"{final} is there already.", "Choose another name, or agree to replace it.")
