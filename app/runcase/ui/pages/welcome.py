"""The page of a window without a store: what can be opened, and what was opened before."""

import os
from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from runcase.itemmodels import formats
from runcase.progress import Progress
from runcase.ui.context import Context
from runcase.ui.location import Location, Place
from runcase.ui.pages.base import Page
from runcase.ui.widgets.basics import SearchField, label, line, row
from runcase.ui.widgets.recent_cards import RecentCard, promise_card
from runcase.ui.widgets.recents_model import RecentsModel
from runcase.ui.widgets.recents_view import RecentsView
from runcase.ui.widgets.start_panel import StartPanel
from runcase.ui.widgets.state_page import StatePage

MARGIN = 22
BOTH_CARDS = 800


class WelcomePage(Page):
    """Emits `asked` with an action's id, `opened` with a path and whether in a new window."""

    asked = Signal(str)
    opened = Signal(str, bool)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.recents = RecentsModel(self)
        self.view = RecentsView(context.theme, self.recents)
        self.start = StartPanel(context.theme)
        self.start.asked.connect(self.asked)
        self.search = SearchField(context.theme, "search", size=15)
        self.search.setPlaceholderText("Find by name or path")
        self.search.setAccessibleName("Find a recent store")
        self.card = RecentCard(context.theme)
        self._empty = StatePage(context.theme)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.start)
        layout.addWidget(line(vertical=True))
        layout.addWidget(self._right(), 1)
        self._connect()
        self.refresh()

    @property
    def location(self) -> Location:
        return Location(Place.WELCOME)

    def go(self, location: Location) -> None:
        self.refresh()
        (self.view if self.recents.rowCount() else self.start).setFocus()

    def title(self) -> str:
        return "Welcome"

    def status(self) -> list[str]:
        return [
            formats.counted(self.recents.total, "recent store"),
            "Drag a file anywhere on this window to open it",
        ]

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"refresh": self.refresh}

    def refresh(self) -> None:
        recents = self.context.settings.recents()
        chosen = self.view.path()
        self.recents.show(recents)
        self._choose(chosen)
        self._arrange()
        paths = tuple(each.path for each in recents)
        self.context.jobs.submit(
            lambda progress: _which_exist(paths, progress),
            owner=self,
            then=self._marked,
            key="exist",
            lane="files",
        )
        self.noted.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave the promises out where they would squeeze the chosen store's buttons."""
        room = self.width() - self.start.width()
        self.search.setFixedWidth(min(self.theme.px(260), room // 2))
        alone = self.card.isHidden()
        self._promise.setVisible(alone or room >= self.theme.px(BOTH_CARDS))

    def _right(self) -> QWidget:
        host = QWidget()
        host.setObjectName("surface")
        head = row(label("Recent stores", "title"), 1, self.search)
        self._frame = QFrame()
        self._frame.setObjectName("card")
        self._frame.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        framed = QVBoxLayout(self._frame)
        framed.setContentsMargins(1, 1, 1, 1)
        framed.addWidget(self.view)
        self._cards = QWidget()
        cards = QHBoxLayout(self._cards)
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(14)
        cards.addWidget(self.card, 1)
        self._promise = promise_card(self.theme)
        cards.addWidget(self._promise, 1)
        layout = QVBoxLayout(host)
        layout.setContentsMargins(MARGIN, 30, MARGIN, MARGIN)
        layout.setSpacing(14)
        layout.addLayout(head)
        layout.addWidget(self._frame)
        layout.addWidget(self._empty, 1)
        layout.addWidget(self._cards)
        self._below = QWidget()
        layout.addWidget(self._below, 1)
        return host

    def _connect(self) -> None:
        self.view.opened.connect(self.opened)
        self.view.removed.connect(self.remove)
        self.view.selectionModel().currentRowChanged.connect(self._current_changed)
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(self.view.setFocus)
        self.card.opened.connect(self.opened)
        self.card.removed.connect(self.remove)
        paste = QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self)
        paste.activated.connect(lambda: self.asked.emit("open-clipboard"))

    def remove(self, path: str) -> None:
        """Take a store off the list; its file stays."""
        at = self.recents.row_of(path)
        self.context.settings.forget_recent(path)
        self.refresh()
        if at is not None and self.recents.rowCount():
            self.view.choose(min(at, self.recents.rowCount() - 1))

    def _search(self, text: str) -> None:
        chosen = self.view.path()
        self.recents.search(text)
        self._choose(chosen)
        self._arrange()

    def _choose(self, path: str) -> None:
        """Keep a store selected where it is still listed, else take the first."""
        if self.recents.rowCount():
            self.view.choose(self.recents.row_of(path) or 0)

    def _arrange(self) -> None:
        """Show the table, or say why there is none."""
        some = self.recents.rowCount() > 0
        self._frame.setVisible(some)
        self.card.setVisible(some)
        self.search.setVisible(self.recents.total > 0)
        self._fit()
        self._empty.setVisible(not some)
        self._below.setVisible(some)
        if self.recents.total == 0:
            self._empty.show_state(
                "database",
                "No recent stores",
                "Open a store on the left, or drop one on this window. From then on it is here.",
            )
        elif not some:
            text = f"None of the {formats.counted(self.recents.total, 'store')} has these words."
            self._empty.show_state(
                "search", "No store matches", text, ("Clear Search", self.search.clear)
            )

    def _marked(self, found: Mapping[str, bool]) -> None:
        self.recents.mark_missing(found)
        self._show_card(self.view.currentIndex().row())

    def _current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        self._show_card(current.row())

    def _show_card(self, at: int) -> None:
        if 0 <= at < self.recents.rowCount():
            self.card.show_recent(self.recents.row(at), self.recents.is_missing(at))


def _which_exist(paths: Sequence[str], progress: Progress) -> dict[str, bool]:
    """Look which files are there; a network folder may make this slow."""
    found = {}
    for path in paths:
        progress.check()
        found[path] = os.path.exists(path)
    return found
