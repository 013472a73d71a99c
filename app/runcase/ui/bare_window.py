"""The window without a store: the welcome page, and files previewed on their own."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal

from runcase.errors import RuncaseError
from runcase.ui.context import Context
from runcase.ui.location import Location, Place, joined_paths
from runcase.ui.main_window import MainWindow
from runcase.ui.pages.base import Page
from runcase.ui.pages.failure import FailurePage


class BareWindow(MainWindow):
    """Shows the welcome page first; `opened` carries (path, in a new window)."""

    opened = Signal(str, bool)
    retried = Signal(str)

    def __init__(self, context: Context, commands: Callable[[str], bool]) -> None:
        # Imported here: a start with a store does not need it.
        from runcase.ui.pages.welcome import WelcomePage

        super().__init__(context, commands)
        self._welcome = WelcomePage(context)
        self._welcome.asked.connect(self.run)
        self._welcome.opened.connect(self.opened)
        self._file: Page | None = None
        self.toolbar.lock.hide()
        self.go(Location(Place.WELCOME))

    @property
    def is_untouched(self) -> bool:
        """Say whether the window still shows the welcome page, so that a store may replace it."""
        return self.page is self._welcome

    def title(self, page: Page) -> str:
        return f"{page.title() or 'Welcome'} — Runcase"

    def show_location(self, location: Location) -> None:
        page: Page = self._welcome
        if location.place is Place.FILE:
            page = self._file = self._file or self._file_page()
        self.toolbar.setVisible(page is not self._welcome)
        self.show_page(page, location)

    def own_ids(self) -> set[str]:
        own = super().own_ids() - {"navigator", "inspector"}
        shown = self.page is not None and self.page is self._file
        return own | {"show-in-files", "copy-path"} if shown else own

    def open_file(self, *paths: Path) -> None:
        """Preview files, several of them in one list."""
        self.go(Location(Place.FILE, joined_paths(paths)))

    def show_failure(self, path: Path, error: RuncaseError) -> None:
        """Say why a path could not be opened."""
        failure = FailurePage(self.context, path, error)
        failure.retried.connect(lambda: self.retried.emit(str(path)))
        failure.looked.connect(lambda: self.open_file(path))
        self.toolbar.setVisible(True)
        self.show_page(failure, Location(Place.WELCOME))

    def shown_path(self) -> Path:
        """Return the file that is previewed."""
        found = getattr(self.page, "path_on_disk", None)
        path = found() if callable(found) else None
        return path if isinstance(path, Path) else Path()

    def _file_page(self) -> Page:
        # Imported here: the previewers are not needed for the welcome page.
        from runcase.ui.pages.file import FilePage

        return FilePage(self.context)
