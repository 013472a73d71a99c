"""The page of a store that is still being opened: progress, and a way to stop."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from runcase.ui.context import Context
from runcase.ui.location import Location, Place
from runcase.ui.pages.base import Crumb, Page
from runcase.ui.widgets.state_page import LoadingPage


class OpeningPage(Page):
    """Shown while a store is read for the first time; `stopped` says that nobody waits for it."""

    stopped = Signal()

    def __init__(self, context: Context, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._path = path
        self.loading = LoadingPage(context.theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.loading)
        self.loading.start(f"Opening {path.name} …", self.stopped.emit)

    @property
    def location(self) -> Location:
        return Location(Place.WELCOME)

    def go(self, location: Location) -> None:
        """Stay: there is nowhere else on this page."""

    def title(self) -> str:
        return "opening"

    def crumbs(self) -> list[Crumb]:
        return [Crumb(self._path.name, "database", self.location)]
