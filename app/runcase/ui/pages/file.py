"""A file without a store: what was dropped or named, previewed."""

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from runcase.ui.context import Context
from runcase.ui.location import Location, Place
from runcase.ui.pages.base import Busy, Crumb, Page
from runcase.ui.pages.file_commands import FileCommands
from runcase.ui.widgets.preview_pane import PreviewPane


class FilePage(Page):
    """Previews one file or model folder."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._path = Path()
        self.preview = PreviewPane(context)
        self._files = FileCommands(self)
        self.preview.tools.asked.connect(lambda id_: self.commands()[id_]())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.preview)

    @property
    def location(self) -> Location:
        return Location(Place.FILE, str(self._path))

    def go(self, location: Location) -> None:
        self._path = Path(location.id)
        self.preview.show_file(self._path)

    def title(self) -> str:
        return self._path.name

    def crumbs(self) -> list[Crumb]:
        return [
            Crumb(self._path.parent.name or str(self._path.parent), "folder"),
            Crumb(self._path.name, "file", self.location),
        ]

    def status(self) -> list[str]:
        return [str(self._path)]

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {
            "copy-path": lambda: self._files.copy_text(str(self._path)),
            "open-with": lambda: self._files.open_with(self._path),
            "save-as": lambda: self._files.save_as([self._path], 0),
            "refresh": lambda: self.go(self.location),
        }

    def context_ids(self) -> tuple[str, ...]:
        return ("open-with", "save-as", "", "copy-path", "show-in-files")

    def busy(self) -> Busy | None:
        return self._files.busy()

    def stop(self) -> None:
        self._files.stop()

    def path_on_disk(self) -> Path:
        """Return the file, for Show in Files."""
        return self._path
