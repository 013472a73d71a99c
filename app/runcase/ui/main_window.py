"""The window: toolbar, navigator, pages with a history, inspector and status bar."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QPlainTextEdit,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from runcase.ui.actions import ACTIONS, ActionSpec
from runcase.ui.context import Context
from runcase.ui.location import Location
from runcase.ui.menus import Actions
from runcase.ui.pages.base import Page
from runcase.ui.widgets.status_progress import StatusProgress
from runcase.ui.widgets.toast import Toast
from runcase.ui.widgets.toolbar import Toolbar
from runcase.ui.window_drops import WindowDrops
from runcase.ui.zoom import fix, follow

MINIMUM = (960, 600)
# The widths of the panes at first, at zoom 1.
_NAVIGATOR, _INSPECTOR = 240, 304
NO_INSPECTOR_BELOW = 1200
NO_NAVIGATOR_BELOW = 1040


class MainWindow(QMainWindow):
    """A frame around pages: it knows how to go and come back, not what pages show.

    `closed` says that the window has gone.
    """

    closed = Signal(object)

    def __init__(self, context: Context, commands: Callable[[str], bool]) -> None:
        super().__init__()
        self.context = context
        self.theme = context.theme
        self._commands = commands
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumSize(*MINIMUM)
        self.setAcceptDrops(True)
        # What the application does in every window, and which of it is ticked.
        self.always: frozenset[str] = frozenset()
        self.always_checks: Callable[[], dict[str, bool]] = dict
        self._history: list[Location] = []
        self._place = -1
        self.toolbar = Toolbar(context.theme)
        self.navigator: QWidget | None = None
        self.pages = QStackedWidget()
        self.pages.setObjectName("surface")
        self.inspectors = QStackedWidget()
        self.inspectors.setMinimumWidth(260)
        follow(self.theme, self, lambda: self.inspectors.setMaximumWidth(self.theme.px(480)))
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.pages)
        self.splitter.addWidget(self.inspectors)
        self.splitter.setStretchFactor(0, 1)
        self._wants = {"navigator": True, "inspector": True}
        host = QWidget()
        layout = QVBoxLayout(host)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.toolbar)
        layout.addWidget(self.splitter, 1)
        self.setCentralWidget(host)
        self.actions_ = Actions(self, context.theme, self.run)
        by_id = self.actions_.by_id
        self.toolbar.add_buttons(
            [
                ("panel-left", by_id["navigator"]),
                ("chevron-left", by_id["back"]),
                ("chevron-right", by_id["forward"]),
            ],
            [("search", by_id["palette"]), ("panel-right", by_id["inspector"])],
        )
        self.toast = Toast(context.theme, self.pages)
        self.drops = WindowDrops(self, host)
        self.status = self._make_status()
        self.toolbar.went.connect(self.go)
        self.toolbar.live.clicked.connect(lambda: self.run("live"))
        self.toolbar.filter.applied.connect(self._filter)
        self.toolbar.filter.left.connect(self._leave_filter)
        self.toolbar.filter.help_wanted.connect(lambda: self.run("grammar"))
        self.toolbar.show_live("")

    @property
    def page(self) -> Page | None:
        """Return the page on the screen."""
        page = self.pages.currentWidget()
        return page if isinstance(page, Page) else None

    @property
    def location(self) -> Location | None:
        """Return where the window is."""
        return self._history[self._place] if self._place >= 0 else None

    def set_navigator(self, navigator: QWidget) -> None:
        """Put the navigator on the left."""
        self.navigator = navigator
        self.splitter.insertWidget(0, navigator)
        self.splitter.setStretchFactor(0, 0)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setStretchFactor(2, 0)
        self._share(self.theme.px(_NAVIGATOR), self.theme.px(_INSPECTOR))
        self._zoom = self.theme.zoom
        follow(self.theme, self, self._zoomed)

    def go(self, location: Location) -> None:
        """Go to a place and put it into the history."""
        if self.location != location:
            del self._history[self._place + 1 :]
            self._history.append(location)
            self._place = len(self._history) - 1
        self.show_location(location)

    def back(self) -> None:
        """Go to the place before."""
        self._step(-1)

    def forward(self) -> None:
        """Go to the place after."""
        self._step(1)

    def show_location(self, location: Location) -> None:
        """Show a place; the application's part that knows the pages overrides this."""
        raise NotImplementedError

    def show_page(self, page: Page, location: Location) -> None:
        """Bring a page up at a place."""
        before = self.page
        if before is not None and before is not page:
            before.leave()
            before.detach_filter(self.toolbar.filter)
        if before is not page or self.pages.indexOf(page) < 0:
            page.attach_filter(self.toolbar.filter)
        if self.pages.indexOf(page) < 0:
            self.pages.addWidget(page)
            page.noted.connect(self.note)
            page.went.connect(self.went)
            page.progressed.connect(self._show_progress)
            page.said.connect(lambda text, bad: self.toast.say(text, bad=bad))
        page.go(location)
        self.pages.setCurrentWidget(page)
        self._show_inspector(page)
        self._load_filter(page)
        if before is not page or self.focusWidget() is None:
            page.setFocus(Qt.FocusReason.OtherFocusReason)
        self.note()

    def went(self, location: Location, _new_window: bool) -> None:
        """Go where a page asks to; new windows are the application's."""
        self.go(location)

    def note(self) -> None:
        """Show crumbs, status, title and the state of every action anew."""
        page = self.page
        if page is None:
            return
        self.toolbar.show_crumbs(page.crumbs())
        self._load_filter(page)
        self._show_progress()
        texts = page.status()
        for at, part in enumerate(self.status):
            part.setText(texts[at] if at < len(texts) else "")
        self.setWindowTitle(self.title(page))
        self.update_actions()

    def title(self, page: Page) -> str:
        """Return the window's title."""
        return page.title() or "Runcase"

    def run(self, action_id: str) -> None:
        """Do what an action says: the page's way first, then the window's."""
        page = self.page
        found = page.commands().get(action_id) if page is not None else None
        if found is not None:
            found()
        elif not self._own(action_id):
            self._commands(action_id)
        self.update_actions()

    def can_run(self, action_id: str) -> bool:
        """Say whether an action does something here."""
        return self.actions_.by_id[action_id].isEnabled()

    def listed_actions(self) -> list[tuple[ActionSpec, bool]]:
        """Return every action and whether it does something here, for the palette."""
        return [(spec, self.can_run(spec.id)) for spec in ACTIONS]

    def update_actions(self) -> None:
        """Enable what works here and tick what is on."""
        page = self.page
        commands = page.commands() if page is not None else {}
        checks = dict(page.checks()) if page is not None else {}
        checks |= self.own_checks()
        own = self.own_ids()
        for spec in ACTIONS:
            action = self.actions_.by_id[spec.id]
            action.setEnabled(spec.id in commands or spec.id in own)
            if action.isCheckable():
                action.setChecked(checks.get(spec.id, False))

    def own_ids(self) -> set[str]:
        """Return the actions that the window itself or the application does now."""
        own = {"navigator", "inspector", "status-bar", "full-screen", "close"} | self.always
        if self._place > 0:
            own.add("back")
        if self._place + 1 < len(self._history):
            own.add("forward")
        page = self.page
        if page is not None and len(self._way_up(page)) > 0:
            own.add("up")
        if page is not None and page.filter_hint():
            own.add("filter")
        return own

    def own_checks(self) -> dict[str, bool]:
        """Return which of the window's checkable actions are on."""
        return self.always_checks() | {
            "navigator": self.navigator is not None and not self.navigator.isHidden(),
            "inspector": not self.inspectors.isHidden(),
            "status-bar": not self.statusBar().isHidden(),
            "full-screen": self.isFullScreen(),
        }

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take single letters as actions while a table, tree or chart has the focus."""
        if not self._letter(event):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self.toast.place()

    def closeEvent(self, event: QCloseEvent) -> None:
        page = self.page
        if page is not None:
            page.leave()
        self.context.settings.geometry = self.saveGeometry()
        self.closed.emit(self)
        super().closeEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        page = self.page
        ids = page.context_ids() if page is not None and self._is_asked(page, event) else ()
        if page is None or not ids:
            super().contextMenuEvent(event)
            return
        self.update_actions()
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action_id in ids:
            if action_id:
                menu.addAction(self.actions_.by_id[action_id])
            else:
                menu.addSeparator()
        menu.move(event.globalPos())
        page.extend_menu(menu)
        menu.popup(event.globalPos())

    def _is_asked(self, page: Page, event: QContextMenuEvent) -> bool:
        """Say whether a context menu is asked of the page: by the mouse on it, or by its keys."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            focused = self.focusWidget()
            return focused is page or page.isAncestorOf(focused)
        return page.underMouse()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.drops.enter(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self.drops.move(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.drops.leave()

    def dropEvent(self, event: QDropEvent) -> None:
        self.drops.drop(event)

    def _make_status(self) -> list[QLabel]:
        bar = self.statusBar()
        bar.setSizeGripEnabled(False)
        fix(self.theme, bar, height=24)
        left = [QLabel() for _ in range(4)]
        for each in left:
            bar.addWidget(each)
        self._progress = StatusProgress(self.theme)
        self._progress.stopped.connect(self._stop_page)
        bar.addWidget(self._progress)
        self.status_right = QLabel()
        bar.addPermanentWidget(self.status_right)
        return left

    def _show_progress(self) -> None:
        page = self.page
        self._progress.show_busy(page.busy() if page is not None else None)

    def _stop_page(self) -> None:
        page = self.page
        if page is not None:
            page.stop()
            self.note()

    def _own(self, action_id: str) -> bool:
        handlers: dict[str, Callable[[], object]] = {
            "back": self.back,
            "forward": self.forward,
            "up": self._up,
            "close": self.close,
            "filter": self.toolbar.filter.take_focus,
            "navigator": lambda: self._toggle("navigator"),
            "inspector": lambda: self._toggle("inspector"),
            "status-bar": lambda: self.statusBar().setVisible(self.statusBar().isHidden()),
            "full-screen": self._full_screen,
        }
        handler = handlers.get(action_id)
        if handler is None:
            return False
        handler()
        return True

    def _letter(self, event: QKeyEvent) -> bool:
        if event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            return False
        if isinstance(self.focusWidget(), QLineEdit | QPlainTextEdit | QComboBox):
            return False
        for spec in ACTIONS:
            if spec.view_keys and spec.view_keys == event.text().upper() and self.can_run(spec.id):
                self.run(spec.id)
                return True
        return False

    def _step(self, by: int) -> None:
        if 0 <= self._place + by < len(self._history):
            self._place += by
            self.show_location(self._history[self._place])

    def _way_up(self, page: Page) -> list[Location]:
        above = page.crumbs()[:-1]
        return [crumb.location for crumb in above if crumb.location is not None]

    def _up(self) -> None:
        page = self.page
        way = self._way_up(page) if page is not None else []
        if way:
            self.go(way[-1])

    def _filter(self, text: str) -> None:
        page = self.page
        if page is not None:
            page.apply_filter(text)

    def _leave_filter(self) -> None:
        page = self.page
        if page is not None:
            (page.focusProxy() or page.findChild(QAbstractItemView) or page).setFocus()

    def _load_filter(self, page: Page) -> None:
        self.toolbar.filter.load(page.filter_hint(), page.filter_is_query(), page.filter_state())

    def _show_inspector(self, page: Page) -> None:
        shown = page.inspector()
        if shown is not None:
            if self.inspectors.indexOf(shown) < 0:
                self.inspectors.addWidget(shown)
            self.inspectors.setCurrentWidget(shown)
        self._fit()

    def _toggle(self, pane: str) -> None:
        widget = self.navigator if pane == "navigator" else self.inspectors
        if widget is not None:
            self._wants[pane] = widget.isHidden()
            widget.setVisible(self._wants[pane])

    def _fit(self) -> None:
        """Close the inspector, then the navigator, when the window gets narrow."""
        page = self.page
        has_inspector = page is not None and page.inspector() is not None
        px = self.theme.px
        wide = self.width() >= px(NO_INSPECTOR_BELOW)
        self.inspectors.setVisible(has_inspector and wide and self._wants["inspector"])
        if self.navigator is not None:
            roomy = self.width() >= px(NO_NAVIGATOR_BELOW)
            self.navigator.setVisible(roomy and self._wants["navigator"])
        self.update_actions()

    def _share(self, navigator: int, inspector: int) -> None:
        """Give the panes their widths, in pixels, and the page the rest."""
        rest = max(400, self.width() - navigator - inspector)
        self.splitter.setSizes([navigator, rest, inspector])

    def _zoomed(self) -> None:
        """Keep the panes as wide as they are beside their texts."""
        by, self._zoom = self.theme.zoom / self._zoom, self.theme.zoom
        if by != 1 and self.navigator is not None:
            wide = [
                round(pane.width() * by) if pane.isVisible() else self.theme.px(first)
                for pane, first in ((self.navigator, _NAVIGATOR), (self.inspectors, _INSPECTOR))
            ]
            self._share(*wide)
        self._fit()

    def _full_screen(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()
