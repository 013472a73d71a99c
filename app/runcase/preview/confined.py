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

    def open(self, file: FileIn) -> BinaryIO:
        """Open a regular file; raises `OSError`, also for one that lies outside."""
        folder = self._folders[file.folder]
        try:
            path = os.path.realpath(os.path.join(folder, file.path), strict=True)
            inside = os.path.commonpath((folder, path)) == folder
        except ValueError as error:  # a NUL in the name, or another drive
            raise FileNotFoundError(errno.ENOENT, str(error), file.path) from error
        # Opening a pipe would wait for a writer, reading a device need never end.
        if not inside or not stat.S_ISREG(os.stat(path).st_mode):
            raise FileNotFoundError(errno.ENOENT, "not a file of this folder", file.path)
        return open(path, "rb")
