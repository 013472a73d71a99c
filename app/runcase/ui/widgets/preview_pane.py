"""Reads a file in the worker process and shows its document."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from runcase.errors import RuncaseError
from runcase.preview.document import Document, Request
from runcase.store.artifact_files import confine
from runcase.ui.context import Context
from runcase.ui.previews.host import PreviewHost


class PreviewPane(QWidget):
    """A preview host that asks for what it shows; `shown` carries the `Document`."""

    shown = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._name = ""
        self.host = PreviewHost(context.theme)
        self._root = self._path = Path()
        self.host.requested.connect(self._ask)
        self.host.file_chosen.connect(self._file_chosen)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.host)

    def show_file(self, path: Path, root: Path) -> None:
        """Preview a file; its reader may read below `root`."""
        self._name, self._root, self._path = path.name, root, path
        request = Request(str(path), str(root))
        self.host.set_request(request)
        self.host.show_loading(path.name)
        self._ask(request)

    def clear(self) -> None:
        """Show nothing."""
        self.host.clear()

    def _ask(self, request: Request) -> None:
        self._context.previews.ask(
            request, owner=self, then=self._arrived, failed=self._failed, key="preview"
        )

    def _file_chosen(self, relative: str) -> None:
        """Preview a file that a model's page names; it must lie below the same folder."""
        folder = self._path if self._path.is_dir() else self._path.parent
        try:
            chosen = confine(folder, relative)
        except RuncaseError as error:
            self.host.show_error(error.message, error.hint, relative)
            return
        self.show_file(chosen, self._root)

    def _arrived(self, document: Document) -> None:
        self.host.show_document(document, self._name)
        self.shown.emit(document)

    def _failed(self, error: RuncaseError) -> None:
        self.host.show_error(error.message, error.hint, self._name)
