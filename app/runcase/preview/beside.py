"""Files that a web page loads from its own folder: confined to it, regular, and not too large.

Bytes go to the page's own, locked-in process as they are, so they are read in this one.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from runcase.errors import TooBigError, UnreadableError
from runcase.held_files import HeldFile
from runcase.preview.source import reason

MOST_BYTES = 128 * 1024 * 1024
# By name, as a web server does; the system's own table differs from machine to machine.
_TYPES = {
    "html": "text/html",
    "htm": "text/html",
    "xhtml": "application/xhtml+xml",
    "js": "text/javascript",
    "mjs": "text/javascript",
    "css": "text/css",
    "json": "application/json",
    "geojson": "application/json",
    "map": "application/json",
    "wasm": "application/wasm",
    "xml": "text/xml",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "ico": "image/x-icon",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "ttf": "font/ttf",
    "otf": "font/otf",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "csv": "text/csv",
    "txt": "text/plain",
}


@dataclass(frozen=True, slots=True)
class Beside:
    """A whole file and its MIME type."""

    type: str
    data: bytes


def read(folder: str, relative: str, limit: int = MOST_BYTES) -> Beside:
    """Return a file below a folder, its links resolved; called from a job.

    Args:
        folder: The page's own folder.
        relative: The path below it, with `/`, as it stands in the page's address.
        limit: The most bytes it may have.

    Raises:
        UnreadableError: It leads out of the folder, is missing, or is no regular file.
        TooBigError: It is larger than `limit`.
    """
    root = os.path.realpath(folder)
    try:
        path = os.path.realpath(os.path.join(root, relative.lstrip("/")))
        if os.path.commonpath((root, path)) != root:
            raise UnreadableError(f"“{relative}” leads out of {folder}.")
        return Beside(_type(path), _content(Path(path), limit))
    except OSError as error:
        raise UnreadableError(f"“{relative}” could not be read: {reason(error)}.") from error
    except ValueError as error:  # a NUL, or another drive
        raise UnreadableError(f"“{relative}” is no path below {folder}.") from error


def _content(path: Path, limit: int) -> bytes:
    # Links are resolved by now: one that took the file's place is not followed.
    with HeldFile(path, follows=False) as file:
        data = file.read(0, limit + 1) if file.size <= limit else b""
        if file.size > limit or len(data) > limit:
            raise TooBigError(f"{path} is too large for a page.")
        return data


def _type(path: str) -> str:
    suffix = os.path.splitext(path)[1].removeprefix(".").lower()
    return _TYPES.get(suffix, "application/octet-stream")
