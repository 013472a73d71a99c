"""Reads a file in the worker process and shows its document."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from runcase.errors import GoneError, RuncaseError
from runcase.preview.document import Document, Request
from runcase.session.jobs import Job
from runcase.store.artifact_files import confine
from runcase.ui.context import Context
from runcase.ui.previews.host import PreviewHost
from runcase.ui.widgets.file_drag import FileDrag
from runcase.ui.widgets.file_tools import FileTools


@dataclass(frozen=True, slots=True)
class InText:
    """A place in a text: its line from 1, the byte at which that begins, what is looked for."""

    line: int
    offset: int
    text: str


class PreviewPane(QWidget):
    """A preview host that asks for what it shows; `shown` carries the `Document`.

    Its bar has the commands for the file, and the file is dragged out of it.

    Args:
        beside: Whether a second preview and a panel of details may stand beside it.
    """

    shown = Signal(object)

    def __init__(
        self, context: Context, parent: QWidget | None = None, *, beside: bool = False
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._name = ""
        self.host = PreviewHost(context.theme, context.jobs, context.allowed)
        self._root = self._path = Path()
        self._at: InText | None = None
        self._reading: dict[str, Job[Document]] = {}
        self.host.requested.connect(self._ask)
        self.host.file_chosen.connect(self._file_chosen)
        self.tools = FileTools(context.theme, beside=beside)
        self.host.add_tools(self.tools)
        self._drag = FileDrag(context.theme, self.host.bar, self._dragged)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.host)

    @property
    def path(self) -> Path:
        """Return where the file that is shown lies."""
        return self._path

    def show_file(self, path: Path) -> None:
        """Preview a file on its own, or a model folder; its reader may read beside it."""
        self._find(path.name, lambda: (path, _folder(path)))

    def show_artifact(
        self, folder: Path, relative: str, whose: str = "", at: InText | None = None
    ) -> None:
        """Preview a file below an artifact folder; its reader may read below that folder.

        `whose` is said behind its name, where the previews of two runs stand side by side. Of a
        text the place `at` comes into sight.
        """
        name = relative.rpartition("/")[2]
        self._find(
            f"{name} — {whose}" if whose else name, lambda: (confine(folder, relative), folder)
        )
        self._at = at

    def clear(self) -> None:
        """Show nothing."""
        self._stop()
        self.host.clear()

    def say(self, message: str, hint: str) -> None:
        """Show a sentence where a file would be."""
        self.clear()
        self.host.show_error(message, hint, " ")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.tools.fit(self.width())
        self.host.fit_bar()

    def _find(self, name: str, find: Callable[[], tuple[Path, Path]]) -> None:
        """Look on the disk for (file, root) beside the window, then preview it."""
        self._stop()
        self._name, self._at = name, None
        self.host.show_loading(name)
        self._context.jobs.submit(
            lambda _progress: find(),
            owner=self,
            then=self._found,
            failed=self._failed,
            key="find",
            lane="files",
        )

    def _stop(self) -> None:
        for job in self._reading.values():
            job.cancel()
        self._reading.clear()

    def _dragged(self) -> list[Path]:
        return [self._path] if self._path != Path() else []

    def _found(self, place: tuple[Path, Path]) -> None:
        self._path, self._root = place
        request = Request(str(self._path), str(self._root))
        self.host.set_request(request)
        self._ask(request)

    def _ask(self, request: Request) -> None:
        # A profile is made while the person scrolls: neither replaces the other.
        key = f"preview {request.view}" if request.view in ("profile", "count") else "preview"
        self._reading[key] = self._context.previews.ask(
            request,
            owner=self,
            then=lambda document: self._arrived(request, document),
            failed=lambda error: self._refused(request, error),
            key=key,
        )

    def _file_chosen(self, relative: str) -> None:
        """Preview a file that a model's page names; it must lie below the same folder."""
        path, root = self._path, self._root
        self._find(relative, lambda: (confine(_folder(path), relative), root))

    def _arrived(self, request: Request, document: Document) -> None:
        self.host.show_answer(request, document, self._name)
        if self._at is not None:
            at, self._at = self._at, None
            self.host.show_place(at.line, at.offset, at.text)
        self.shown.emit(document)

    def _refused(self, request: Request, error: RuncaseError) -> None:
        gone = isinstance(error, GoneError)
        self.host.show_failure(request, error.message, error.hint, self._name, gone=gone)

    def _failed(self, error: RuncaseError) -> None:
        self.host.show_error(error.message, error.hint, self._name)


def _folder(path: Path) -> Path:
    """Return a folder itself, or the one a file lies in; looks on the disk."""
    return path if path.is_dir() else path.parent
