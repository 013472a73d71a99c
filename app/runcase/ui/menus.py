"""Makes the menus, keys and QActions of a window from the table of actions."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from runcase.ui import icons
from runcase.ui.actions import ACTIONS, MENUS, ActionSpec
from runcase.ui.theme import Theme


class Actions(QObject):
    """A window's actions by id; `triggered` is called with the id of the one that was chosen."""

    def __init__(self, window: QMainWindow, theme: Theme, triggered: Callable[[str], None]) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._triggered = triggered
        self.by_id: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {}
        groups: dict[str, QActionGroup] = {}
        for spec in ACTIONS:
            self.by_id[spec.id] = self._make(spec, groups)
        self._fill_menus()

    def _make(self, spec: ActionSpec, groups: dict[str, QActionGroup]) -> QAction:
        text = spec.text
        if spec.view_keys:
            # Shown as the menu's key column without being a shortcut of the window: single
            # letters act only in tables, trees and charts.
            text = f"{spec.text}\t{spec.view_keys}" if not spec.keys else spec.text
        action = QAction(text, self._window)
        action.setObjectName(spec.id)
        action.setMenuRole(_ROLES.get(spec.id, QAction.MenuRole.NoRole))
        keys = []
        for key in spec.keys:
            if isinstance(key, str):
                keys.append(QKeySequence(key))
            else:
                keys += QKeySequence.keyBindings(key)
        action.setShortcuts(keys)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setCheckable(spec.checkable or bool(spec.choice))
        if spec.choice:
            groups.setdefault(spec.choice, QActionGroup(self._window)).addAction(action)
        action.triggered.connect(lambda _checked=False, id_=spec.id: self._triggered(id_))
        self._window.addAction(action)
        return action

    def _fill_menus(self) -> None:
        bar = self._window.menuBar()
        for title in MENUS:
            menu = bar.addMenu(title)
            self.menus[title] = menu
            # Drawing 40 icons costs 20 ms at the start: a menu's are drawn when it opens.
            menu.aboutToShow.connect(lambda title=title: self._tint(title))
            last, submenus = 0, dict[str, QMenu]()
            for spec in ACTIONS:
                if spec.menu != title:
                    continue
                if spec.group != last:
                    menu.addSeparator()
                    last = spec.group
                target = menu
                if spec.submenu:
                    if spec.submenu not in submenus:
                        submenus[spec.submenu] = menu.addMenu(spec.submenu)
                    target = submenus[spec.submenu]
                target.addAction(self.by_id[spec.id])

    def _tint(self, title: str) -> None:
        for spec in ACTIONS:
            if spec.icon and spec.menu == title:
                self.by_id[spec.id].setIcon(icons.icon(self._theme, spec.icon, "text-2", 15))


_ROLES = {
    "about": QAction.MenuRole.AboutRole,
    "quit": QAction.MenuRole.QuitRole,
}
