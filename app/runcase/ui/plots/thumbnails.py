"""Thumbnails of pictures: read in the preview worker one after another, the last ones kept."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage

from runcase.errors import RuncaseError
from runcase.preview.document import Document, Image, Request
from runcase.progress import Progress
from runcase.ui.context import Context

_MOST_BYTES = 64_000_000
NOT_A_PICTURE = "This file is not a picture."


class Thumbnails(QObject):
    """Hands out pictures that are read, and reads those that are wanted; `arrived` follows each."""

    arrived = Signal()

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._kept: OrderedDict[tuple[str, int], QImage] = OrderedDict()
        self._broken: dict[str, str] = {}
        self._bytes = 0
        self._wanted: list[str] = []
        self._size = 0
        self._reading = ""

    def picture(self, path: str, size: int) -> QImage | None:
        """Return a picture of at most `size` pixels a side, None when it is still to be read."""
        found = self._kept.get((path, size))
        if found is not None:
            self._kept.move_to_end((path, size))
        return found

    def problem(self, path: str) -> str:
        """Return why a picture cannot be read, "" where it can or nobody has tried."""
        return self._broken.get(path, "")

    def want(self, paths: Sequence[str], size: int) -> None:
        """Read these next, in order, and nothing else that was wanted before."""
        self._size = size
        self._wanted = [
            path for path in paths if (path, size) not in self._kept and path not in self._broken
        ]
        self._read_next()

    def waiting(self) -> int:
        """Count the pictures that are still to be read."""
        return len(self._wanted)

    def forget_problems(self) -> None:
        """Try pictures again that could not be read: they may be written by now."""
        self._broken.clear()

    def _read_next(self) -> None:
        if self._reading or not self._wanted:
            return
        self._reading = self._wanted[0]
        self._context.previews.ask(
            Request(self._reading),
            owner=self,
            then=partial(self._read, self._reading),
            failed=partial(self._failed, self._reading),
            key="thumbnail",
        )

    def _read(self, path: str, document: Document) -> None:
        if not isinstance(document, Image) or not document.frames:
            # Of a damaged picture the bytes come, with a note that says why.
            self._finish(path, document.note or NOT_A_PICTURE)
            return
        size = self._size
        self._context.jobs.submit(
            partial(_scaled, document, size),
            owner=self,
            then=partial(self._keep, path, size),
            failed=partial(self._failed, path),
            key="scale",
            lane="files",
        )

    def _keep(self, path: str, size: int, image: QImage) -> None:
        self._kept[path, size] = image
        self._bytes += image.sizeInBytes()
        while self._bytes > _MOST_BYTES and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1].sizeInBytes()
        self._finish(path)

    def _failed(self, path: str, error: RuncaseError) -> None:
        self._finish(path, str(error))

    def _finish(self, path: str, problem: str = "") -> None:
        if problem:
            self._broken[path] = problem
        self._reading = ""
        self._wanted = [each for each in self._wanted if each != path]
        self.arrived.emit()
        self._read_next()


def _scaled(document: Image, size: int, _progress: Progress) -> QImage:
    """Return the first frame, smaller if need be; on a worker thread."""
    frame = document.frames[0]
    image = QImage(
        frame.pixels, frame.width, frame.height, 4 * frame.width, QImage.Format.Format_RGBA8888
    )
    if max(frame.width, frame.height) <= size:
        return image.copy()
    fitting = QSize(size, size)
    keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    return image.scaled(fitting, keep, smooth)
