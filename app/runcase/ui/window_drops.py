"""Files dragged over a window: the overlay that names the outcome, and the drop itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from runcase.errors import RuncaseError
from runcase.ui.widgets.drop_overlay import DropOverlay

if TYPE_CHECKING:
    from runcase.progress import Progress
    from runcase.ui.drop_words import DropWords
    from runcase.ui.main_window import MainWindow

Says = Callable[[Sequence[Path], bool], "DropWords"]
Looks = Callable[[Sequence[Path]], Callable[["Progress"], Callable[[bool], "DropWords"]]]


class WindowDrops(QObject):
    """Takes files for one window; `dropped` carries the paths and whether Shift was held.

    Attributes:
        says: Names the outcome by the names alone, as nothing may be read while dragging.
        looks: Makes the work of a job that looks at the files; its answer names the outcome,
            with and without Shift.
    """

    dropped = Signal(list, bool)

    def __init__(self, window: MainWindow, host: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.overlay = DropOverlay(window.theme, host)
        self.says: Says | None = None
        self.looks: Looks | None = None
        self._paths: list[Path] = []
        self._shift = False
        self._looked: Callable[[bool], DropWords] | None = None

    def enter(self, event: QDropEvent) -> None:
        """Say what a drop would do; what is no file is none of our business."""
        paths = paths_of(event)
        source = event.source()
        if isinstance(source, QWidget) and source.window() is self._window:
            return  # files of this window are on their way out
        if not paths or self.says is None:
            return
        self._paths, self._looked = paths, None
        self._shift = _has_shift(event)
        self._announce()
        event.acceptProposedAction()
        if self.looks is not None:
            self._window.context.jobs.submit(
                self.looks(paths),
                owner=self,
                then=partial(self._arrived, paths),
                failed=_unlooked,
                key="drop",
            )

    def move(self, event: QDragMoveEvent) -> None:
        """Follow the Shift key."""
        if not self._paths:
            return
        event.acceptProposedAction()
        if _has_shift(event) != self._shift:
            self._shift = not self._shift
            self._announce()

    def leave(self) -> None:
        """Take the announcement away."""
        self._paths = []
        self.overlay.hide()

    def drop(self, event: QDropEvent) -> None:
        """Do what was announced."""
        paths = paths_of(event)
        wanted = bool(self._paths)
        self.leave()
        if paths and wanted:
            event.acceptProposedAction()
            self.dropped.emit(paths, _has_shift(event))

    def _arrived(self, paths: list[Path], looked: Callable[[bool], DropWords]) -> None:
        if paths == self._paths:
            self._looked = looked
            self._announce()

    def _announce(self) -> None:
        page = self._window.page
        words = page.drop_words(self._paths) if page is not None else None
        if words is None and self._looked is not None:
            words = self._looked(self._shift)
        if words is None and self.says is not None:
            words = self.says(self._paths, self._shift)
        if words is not None:
            self.overlay.announce(words.title, words.text, words.hint)


def paths_of(event: QDropEvent) -> list[Path]:
    """Return the files of this machine that are dragged."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]


def _has_shift(event: QDropEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)


def _unlooked(_error: RuncaseError) -> None:
    """Leave what the names say: a file that cannot be looked at says why when it is dropped."""
