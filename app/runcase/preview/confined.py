"""Opens files of a question about many: each only where it really lies below its own folder."""

import errno
import os
import stat
from typing import BinaryIO

from runcase.preview.many import FileIn


class Folders:
    """The folders of a question, links resolved."""

    def __init__(self, folders: tuple[str, ...]) -> None:
        self._folders = tuple(os.path.realpath(folder) for folder in folders)
        # Many files lie in few folders: the links above a file are resolved once.
        self._above: dict[tuple[int, str], str] = {}

    def open(self, file: FileIn) -> BinaryIO:
        """Open a regular file; raises `OSError`, also for one that lies outside."""
        above, _, name = file.path.rpartition("/")
        try:
            parent = self._above.get((file.folder, above))
            if parent is None:
                parent = self._inside(file, os.path.join(self._folders[file.folder], above))
                self._above[file.folder, above] = parent
            path = os.path.join(parent, name)
            status = os.lstat(path)
            if stat.S_ISLNK(status.st_mode) or os.path.basename(path) != name:
                path = self._inside(file, path)
                status = os.stat(path)
        except ValueError as error:  # a NUL in the name, or another drive
            raise FileNotFoundError(errno.ENOENT, str(error), file.path) from error
        # Opening a pipe would wait for a writer, reading a device need never end.
        if not stat.S_ISREG(status.st_mode):
            raise FileNotFoundError(errno.ENOENT, "not a file", file.path)
        return open(path, "rb")

    def _inside(self, file: FileIn, path: str) -> str:
        """Return a path below the file's folder, links resolved."""
        folder = self._folders[file.folder]
        real = os.path.realpath(path, strict=True)
        if os.path.commonpath((folder, real)) != folder:
            raise FileNotFoundError(errno.ENOENT, "outside of its folder", file.path)
        return real
