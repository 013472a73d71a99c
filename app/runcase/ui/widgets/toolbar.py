"""The toolbar: navigator, back, forward, breadcrumb, filter, badges, palette, inspector."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from runcase.ui import icons
from runcase.ui.pages.base import Crumb
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import IconButton, button
from runcase.ui.widgets.breadcrumb import Breadcrumb
from runcase.ui.widgets.filter_field import FilterField
from runcase.ui.zoom import fix, follow

# What the toolbar needs besides the breadcrumb: buttons, badges and the narrowest filter.
_OTHERS = 640


class Toolbar(QFrame):
    """The bar under the menus; its buttons trigger the window's actions."""

    went = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("toolbar")
        fix(theme, self, height=44)
        self._theme = theme
        self._crumbs: tuple[Crumb, ...] = ()
        self.breadcrumb = Breadcrumb(theme)
        self.breadcrumb.went.connect(self.went)
        self.filter = FilterField(theme)
        self.live = button("Live", "badge")
        self.lock = button("Read-only", "badge")
        self.lock.setToolTip("Runcase opens the database read-only and never writes to it")
        self.lock.setAccessibleName("Read-only")
        self.lock.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(10, 0, 10, 0)
        self._layout.setSpacing(8)
        self._layout.addWidget(self.breadcrumb)
        self._layout.addWidget(self.filter, 1)
        self._layout.addWidget(self.live)
        self._layout.addWidget(self.lock)
        icons.put(theme, self.lock, "lock", size=13)
        follow(theme, self, self._draw_badge)

    def add_buttons(
        self, left: Sequence[tuple[str, QAction]], right: Sequence[tuple[str, QAction]]
    ) -> None:
        """Put icon buttons for actions at both ends; each is (icon, action)."""
        for at, (icon, action) in enumerate(left):
            self._layout.insertWidget(at, self._button(icon, action))
        for icon, action in right:
            self._layout.addWidget(self._button(icon, action))

    def show_crumbs(self, crumbs: Sequence[Crumb]) -> None:
        """Show where the window is."""
        self._crumbs = tuple(crumbs)
        room = self.width() - self._theme.px(_OTHERS)
        self.breadcrumb.show_crumbs(crumbs, max(self._theme.px(160), room))

    def show_live(self, state: str) -> None:
        """Say "live", "paused" or "lost" in the badge; "" hides it."""
        words = {"live": "Live", "paused": "Paused", "lost": "Disconnected"}
        tips = {
            "live": "Following changes of other programs; press to pause",
            "paused": "Not following changes; press to follow",
            "lost": "The database file is not there any more",
        }
        self.live.setVisible(bool(state))
        if state:
            self.live.setText(words[state])
            self.live.setToolTip(tips[state])
            self.live.setAccessibleName(f"{words[state]}, {tips[state]}")
            self._repaint(self.live, state)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._crumbs:
            self.show_crumbs(self._crumbs)

    def _button(self, icon: str, action: QAction) -> IconButton:
        made = IconButton(self._theme, icon, action.text().replace("&", ""))
        key = action.shortcut().toString(action.shortcut().SequenceFormat.NativeText)
        made.setToolTip(f"{made.accessibleName()}  {key}" if key else made.accessibleName())
        made.setCheckable(action.isCheckable())
        made.setChecked(action.isChecked())
        made.setEnabled(action.isEnabled())
        made.clicked.connect(action.trigger)

        def take_over() -> None:
            made.setChecked(action.isChecked())
            made.setEnabled(action.isEnabled())

        action.changed.connect(take_over)
        return made

    def _repaint(self, badge: QPushButton, state: str) -> None:
        badge.setProperty("state", state)
        badge.style().unpolish(badge)
        badge.style().polish(badge)
        token = {"live": "success", "lost": "error"}.get(state, "muted")
        badge.setIcon(icons.dot(self._theme, token))
        badge.setIconSize(QSize(self._theme.px(8), self._theme.px(8)))

    def _draw_badge(self) -> None:
        self._repaint(self.live, str(self.live.property("state") or "live"))
