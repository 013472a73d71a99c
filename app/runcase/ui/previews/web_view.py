"""An HTML page with its scripts running, where QtWebEngine is installed: a strip and the page."""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections import Counter
from types import ModuleType
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from runcase.errors import RuncaseError
from runcase.preview import words
from runcase.session.jobs import Jobs
from runcase.ui.previews.blocked_dialog import BlockedDialog
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Elided, IconButton, button, label, row
from runcase.ui.widgets.state_page import StatePage
from runcase.ui.zoom import follow

if TYPE_CHECKING:
    from PySide6.QtWebEngineCore import QWebEnginePage
    from PySide6.QtWebEngineWidgets import QWebEngineView

    from runcase.ui.previews.web_page import Page, Walls

_HEIGHT = 30
_ADDRESSES = 1_000


def available() -> bool:
    """Say whether QtWebEngine is installed, without loading it."""
    return importlib.util.find_spec("PySide6.QtWebEngineWidgets") is not None


class WebView(QWidget):
    """Runs one page at a time, in a process of its own that lives no longer than it is shown."""

    def __init__(self, theme: Theme, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._jobs = jobs
        self._file = ""
        self._blocked: Counter[str] = Counter()
        self._view: QWebEngineView | None = None
        self._page: Page | None = None
        self._stopped = False
        self._state = StatePage(theme)
        # Made before the walls, so that Qt deletes the page before its profile.
        self._stack = QStackedWidget()
        self._stack.addWidget(self._state)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._build_strip())
        layout.addWidget(self._stack, 1)
        self._walls: Walls | None = None

    def show_page(self, path: str) -> None:
        """Run a page; relative files of its folder load, and nothing else."""
        self.clear()
        self._file = path
        self._load()

    def clear(self) -> None:
        """End the page and its process."""
        self._file = ""
        self._unload()
        self._blocked.clear()
        self._tell()

    def _load(self) -> None:
        try:
            module = importlib.import_module("runcase.ui.previews.web_page")
        except ImportError as error:
            self._say("QtWebEngine could not be loaded.", str(error))
            return
        self._unload()
        self._blocked.clear()
        self._tell()
        walls = self._raise_walls(module)
        folder, name = os.path.split(self._file)
        page: Page = module.Page(walls, self)
        page.blocked.connect(self._count)
        page.linked.connect(self._link)
        page.renderProcessTerminated.connect(self._ended)
        page.setBackgroundColor(QColor(Qt.GlobalColor.white))
        view: QWebEngineView = module.make_view(page, self)
        view.setAccessibleName(name)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._stack.addWidget(view)
        self._stack.setCurrentWidget(view)
        self._view, self._page = view, page
        self._stop.setEnabled(True)
        page.load(walls.admit(folder, name))

    def _raise_walls(self, module: ModuleType) -> Walls:
        if self._walls is None:
            walls: Walls = module.Walls(self._jobs, self)
            walls.blocked.connect(self._count)
            walls.failed.connect(self._failed)
            self._walls = walls
            if module.is_root():
                self._said.set_tip(
                    "Runcase runs as root, for whom Chromium’s own sandbox is off: "
                    "the page’s process is held by the policy alone."
                )
        return self._walls

    def _unload(self) -> None:
        self._stop.setEnabled(False)
        self._link_row.hide()
        if self._walls is not None:
            self._walls.close()
        if self._view is not None:
            # Its page, and the process of that, go with it.
            self._stack.removeWidget(self._view)
            self._view.hide()
            self._view.deleteLater()
        self._view = self._page = None

    def _stop_page(self) -> None:
        if self._page is not None:
            self._stopped = True
            self._page.stop()

    def _ended(self, status: QWebEnginePage.RenderProcessTerminationStatus, code: int) -> None:
        """Say why the page's process is gone."""
        stopped, self._stopped = self._stopped, False
        if self._page is None or self.sender() is not self._page:
            return
        self._unload()
        if stopped:
            self._say("The page was stopped.", "Its scripts ran until then.")
        else:
            self._say(
                "The page’s process ended.",
                f"It crashed or used too much memory (exit code {code}).",
            )

    def _failed(self, error: RuncaseError) -> None:
        self._unload()
        self._say(error.message, error.hint)

    def _say(self, title: str, text: str) -> None:
        self._state.show_state("octagon-alert", title, text, ("Reload", self._load), token="error")
        self._stack.setCurrentWidget(self._state)

    def _count(self, address: str) -> None:
        if len(self._blocked) < _ADDRESSES or address in self._blocked:
            self._blocked[address] += 1
        else:
            self._blocked["others"] += 1
        self._tell()

    def _tell(self) -> None:
        count = self._blocked.total()
        self._number.setVisible(count > 0)
        verb = "was" if count == 1 else "were"
        self._number.setText(f"{words.many(count, 'network request')} {verb} blocked")

    def _link(self, address: str) -> None:
        """Show where a link leads: it is never followed."""
        self._address.setText(address)
        self._link_row.show()

    def _list(self) -> None:
        BlockedDialog(self._theme, self._blocked, self).open()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._address.text())

    def _build_strip(self) -> QFrame:
        strip = QFrame()
        strip.setObjectName("panelHeader")
        self._said = Elided("The page’s scripts run here, without the network.", "small-muted")
        self._number = button("", "link", self._list)
        self._number.setToolTip("List the addresses that were asked for")
        self._stop = button("Stop", "small", self._stop_page)
        self._stop.setToolTip("End the page’s process")
        reload = IconButton(self._theme, "refresh-cw", "Reload Page")
        reload.clicked.connect(self._load)
        first = row(self._said, self._number, self._stop, reload, margins=(12, 0, 8, 0))
        first.setStretch(0, 1)
        self._link_row = QWidget()
        self._address = Elided("", "small", Qt.TextElideMode.ElideMiddle)
        copy = button("Copy Address", "small", self._copy)
        second = row(
            label("Links are not followed:", "small-muted"), self._address, copy,
            margins=(12, 0, 8, 4),
        )  # fmt: skip
        second.setStretch(1, 1)
        self._link_row.setLayout(second)
        self._link_row.hide()
        layout = QVBoxLayout(strip)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(first)
        layout.addWidget(self._link_row)
        px = self._theme.px
        follow(self._theme, strip, lambda: strip.setMinimumHeight(px(_HEIGHT)))
        return strip
