"""The page of a store that could not be opened: what is wrong, and what can be done."""

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from runcase.errors import (
    BusyError,
    DamagedError,
    DeniedError,
    NoStoreError,
    NotAStoreError,
    NotFoundError,
    RuncaseError,
)
from runcase.ui.context import Context
from runcase.ui.location import Location, Place
from runcase.ui.pages.base import Crumb, Page
from runcase.ui.widgets.state_page import StatePage

_TITLES: dict[type[RuncaseError], str] = {
    NotFoundError: "There is no store here",
    NoStoreError: "There is no store here",
    BusyError: "Another program holds the store",
    DamagedError: "This store is damaged",
    DeniedError: "This file may not be read",
}
# What can be looked at all the same: other databases have tables, damaged ones have bytes.
_LOOKS: dict[type[RuncaseError], str] = {
    NoStoreError: "Show Its Files",
    NotAStoreError: "Show as a File",
    DamagedError: "Show as a File",
}


class FailurePage(Page):
    """Shown instead of a store; `retried` says that the person wants another try.

    `looked` says that the path is to be shown as what it is: files of a folder, or one file.
    """

    retried = Signal()
    looked = Signal()

    def __init__(
        self, context: Context, path: Path, error: RuncaseError, parent: QWidget | None = None
    ) -> None:
        super().__init__(context, parent)
        self._path = path
        self.error = error
        self._state = StatePage(context.theme)
        layout = QVBoxLayout(self)
        layout.addWidget(self._state)
        title = _TITLES.get(type(error), "This is not an MLflow store")
        words = next((_LOOKS[kind] for kind in _LOOKS if isinstance(error, kind)), "")
        look = [(words, self.looked.emit)] if words else []
        self._state.show_error(
            title,
            error,
            *look,
            ("Try Again", self.retried.emit),
            ("Copy Details", lambda: QGuiApplication.clipboard().setText(f"{path}: {error}")),
        )

    @property
    def location(self) -> Location:
        return Location(Place.WELCOME)

    def go(self, location: Location) -> None:
        """Stay: there is nowhere else on this page."""

    def title(self) -> str:
        return "could not be opened"

    def crumbs(self) -> list[Crumb]:
        return [Crumb(self._path.name, "database", self.location)]

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"refresh": self.retried.emit}
