"""The application: builds the shared parts, opens windows, and wires them. The only wiring."""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QSettings, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication, QFileDialog

from runcase import folders, resources
from runcase.errors import NoStoreError, RuncaseError
from runcase.itemmodels.navigator import Contents
from runcase.progress import Progress
from runcase.session.collector import Collector
from runcase.session.jobs import Jobs
from runcase.session.previews import Previews
from runcase.session.session import Session
from runcase.store.records import StoreSummary
from runcase.ui import drops
from runcase.ui.allow_list import AllowList
from runcase.ui.bare_window import BareWindow
from runcase.ui.context import Context
from runcase.ui.location import Location
from runcase.ui.main_window import MainWindow
from runcase.ui.settings import Recent, Settings
from runcase.ui.store_window import StoreWindow
from runcase.ui.theme import Scheme, Theme

_SIZE = (1440, 900)
_WARM_MS = 2_000
_DATABASES = frozenset({".db", ".sqlite", ".sqlite3", ".db3"})
# What works in every window.
_ALWAYS = frozenset(
    {
        "open-store", "open-file", "open-clipboard", "open-sample", "new-window", "quit",
        "palette", "keys", "grammar", "licences", "about", "zoom-in", "zoom-out", "zoom-reset",
        "theme-system", "theme-light", "theme-dark", "rows-22", "rows-26", "rows-32",
    }
)  # fmt: skip


class Application(QObject):
    """All windows of one process, and what they share."""

    def __init__(self, app: QApplication, store: QSettings, local_db: Path) -> None:
        super().__init__(app)
        app.setApplicationName("Runcase")
        app.setStyle("Fusion")
        app.setWindowIcon(QIcon(str(resources.path("icons", "runcase.svg"))))
        app.setQuitOnLastWindowClosed(True)
        settings = Settings(store)
        theme = Theme(app, settings.scheme)
        theme.set_zoom(settings.zoom)
        jobs = Jobs(self)
        previews, allowed = Previews(jobs, self), AllowList(settings, self)
        self.context = Context(theme, settings, jobs, previews, local_db, allowed)
        self.context.stores.wanted.connect(self._show_in_store)
        self.windows: list[MainWindow] = []
        self._collector = Collector(self)
        # Threads begin with the first window: from here on none of them may collect garbage.
        self._collector.start()
        app.aboutToQuit.connect(self.close)

    def open(self, paths: Sequence[str]) -> None:
        """Open paths: stores in windows of their own; the welcome page without any."""
        if not paths:
            self.show_welcome()
        elif len(paths) == 1:
            self.open_path(paths[0])
        else:
            self.open_paths(paths)

    def warm_previews(self) -> None:
        """Start the preview worker once the first page had the time to come up."""
        QTimer.singleShot(_WARM_MS, self.context.previews, self.context.previews.warm)

    def open_from_outside(self, paths: Sequence[str]) -> None:
        """Open what a second start asked for, and come to the front."""
        if list(paths) == ["--sample"]:
            self.open_sample()
        elif paths or not self.windows:
            self.open(paths)
        else:
            self.windows[-1].raise_()
            self.windows[-1].activateWindow()

    def show_welcome(self) -> BareWindow:
        """Open a window on the welcome page."""
        window = BareWindow(self.context, lambda id_: self._command(window, id_))
        window.opened.connect(lambda path, new: self.open_path(path, None if new else window))
        window.retried.connect(lambda path: self.open_path(path, window))
        self._adopt(window)
        return window

    def open_path(self, path: str, into: MainWindow | None = None, *, look: bool = False) -> None:
        """Find out what a path is and show it; a store that is open comes to the front.

        A file that lies in an open store leads to its run. With `look` a folder without a store
        has its files listed instead of an error.
        """
        if self._focus_store(Path(path).expanduser()):
            return
        if Path(path).suffix.lower() in _DATABASES and ":/" not in path:
            # Most often it is what its name says: opening it tells, and no time is lost.
            self.open_store(Path(path).expanduser().absolute(), None, None)
            if into is not None:
                self._close_untouched(into)
            return
        target = into if into is not None else self._untouched()
        waiting = target if target is not None else self.show_welcome()
        waiting.setCursor(waiting.cursor())
        sessions = drops.open_sessions(self.windows, into) if len(self.windows) > 1 or into else []
        self.context.jobs.submit(
            lambda progress: _locate(path, sessions, progress),
            owner=waiting,
            then=lambda found: self._located(found, waiting),
            failed=lambda error: self._failed(path, error, waiting, look),
            key="locate",
        )

    def open_sample(self, into: MainWindow | None = None) -> None:
        """Open the sample store; it is written first if it is not there."""
        target = into if into is not None else self._untouched() or self.show_welcome()
        self.context.jobs.submit(
            _sample,
            owner=target,
            then=lambda path: self.open_path(str(path), target),
            failed=lambda error: target.toast.say(str(error), bad=True),
            key="sample",
        )

    def open_store(self, path: Path, folder: Path | None, start: Location | None) -> StoreWindow:
        """Open a window on a database."""
        roots = self.context.settings.roots(path)
        session = Session(path, self.context.jobs, folder, mappings=roots)
        window = StoreWindow(self.context, session, lambda id_: self._command(window, id_), start)
        window.summarised.connect(self.remember)
        window.window_wanted.connect(lambda place: self.open_store(path, folder, place))
        self._adopt(window)
        self.context.stores.add(session)
        window.open()
        return window

    def close(self) -> None:
        """End all work; called once, before the process ends."""
        for window in tuple(self.windows):
            window.close()
        self.context.jobs.close()
        self.context.previews.close()
        self._collector.stop()

    def _adopt(self, window: MainWindow) -> None:
        self.windows.append(window)
        window.closed.connect(self._closed)
        window.drops.dropped.connect(lambda paths, shift: self._dropped(paths, shift, window))
        window.drops.says = drops.says_for(window)
        window.drops.looks = drops.looks_for(window, self._sessions)
        geometry = self.context.settings.geometry
        if not (geometry.size() and window.restoreGeometry(geometry)):
            screen = window.screen().availableGeometry()
            window.resize(min(_SIZE[0], screen.width()), min(_SIZE[1], screen.height()))
        window.show()
        self._update(window)

    def _closed(self, window: MainWindow) -> None:
        if window in self.windows:
            self.windows.remove(window)
        if isinstance(window, StoreWindow):
            window.watch.set_live(False)
            self.context.stores.remove(window.session)
            window.session.close()

    def _show_in_store(self, session: Session, place: Location) -> None:
        """Bring the window of another store to the front, at a place."""
        for window in self.windows:
            if isinstance(window, StoreWindow) and window.session is session:
                window.raise_()
                window.activateWindow()
                window.go(place)

    def _untouched(self) -> BareWindow | None:
        """Return a window that still shows the welcome page."""
        return next(
            (each for each in self.windows if isinstance(each, BareWindow) and each.is_untouched),
            None,
        )

    def _focus_store(self, path: Path) -> bool:
        """Bring the window of an open store to the front.

        Asked before the path is looked at: opening the file a second time and closing it would
        drop SQLite's locks on it.
        """
        for window in self.windows:
            if isinstance(window, StoreWindow) and _same(window.session.path, path):
                window.raise_()
                window.activateWindow()
                return True
        return False

    def _located(self, found: object, waiting: MainWindow) -> None:
        from runcase.store.locate import Located, LocatedKind  # with SQLAlchemy, by now imported

        if isinstance(found, tuple):
            session, owner = found
            self._show_in_store(session, drops.place_of(owner))
            self._close_untouched(waiting)
            return
        assert isinstance(found, Located)
        if found.kind in (LocatedKind.STORE, LocatedKind.FILE_STORE):
            if not self._focus_store(found.path):
                self.open_store(found.path, found.folder, None)
            self._close_untouched(waiting)
        elif found.kind is LocatedKind.FOLDER_OF_STORES:
            self._choose(found, waiting)
        elif isinstance(waiting, BareWindow | StoreWindow):
            waiting.open_file(found.path)

    def _choose(self, found: object, waiting: MainWindow) -> None:
        from runcase.store.locate import Located
        from runcase.ui.dialogs.choose_store import ChooseStore

        assert isinstance(found, Located)
        dialog = ChooseStore(self.context.theme, found.stores, int(time.time() * 1000), waiting)
        folder = found.folder
        dialog.chosen.connect(lambda path: self._chosen(Path(path), folder, waiting))
        dialog.open()

    def _chosen(self, path: Path, folder: Path | None, waiting: MainWindow) -> None:
        """Open one of a folder's stores as what it was listed as, without asking again."""
        if not self._focus_store(path):
            self.open_store(path, folder, None)
        self._close_untouched(waiting)

    def _failed(self, path: str, error: RuncaseError, waiting: MainWindow, look: bool) -> None:
        if look and isinstance(error, NoStoreError):
            if isinstance(waiting, BareWindow | StoreWindow):
                waiting.open_file(Path(path))
                waiting.toast.say("No MLflow store is in this folder: its files are listed.")
        elif isinstance(waiting, BareWindow):
            waiting.show_failure(Path(path), error)
        else:
            waiting.toast.say(str(error), bad=True)

    def _close_untouched(self, window: MainWindow) -> None:
        if isinstance(window, BareWindow) and window.is_untouched and len(self.windows) > 1:
            window.close()

    def _dropped(self, paths: Sequence[Path], shift: bool, window: MainWindow) -> None:
        page = window.page
        if page is not None and page.take_drop(paths):
            return
        if shift and len(paths) == 1 and isinstance(window, StoreWindow):
            self._compare_store(window, paths[0])
        elif len(paths) == 1:
            self.open_path(str(paths[0]), window, look=True)
        else:
            self.open_paths(list(map(str, paths)), window)

    def open_paths(self, paths: Sequence[str], into: MainWindow | None = None) -> None:
        """Open several paths: each store in its window, all other files in one list."""
        waiting = into if into is not None else self._untouched() or self.show_welcome()
        addresses = [path for path in paths if ":/" in path]
        files = [Path(path).expanduser().absolute() for path in paths if ":/" not in path]
        sessions = self._sessions()
        self.context.jobs.submit(
            lambda progress: drops.apart(files, sessions, progress),
            owner=waiting,
            then=lambda apart: self._open_apart(
                [*map(str, apart[0]), *addresses], apart[1], waiting
            ),
            key="locate",
        )

    def _open_apart(self, stores: list[str], files: list[Path], waiting: MainWindow) -> None:
        if files and isinstance(waiting, BareWindow | StoreWindow):
            waiting.open_file(*files)
        for path in stores:
            self.open_path(path, None if files else waiting)

    def _compare_store(self, window: StoreWindow, path: Path) -> None:
        """Show what the window's store and another one hold, beside each other."""
        session, sessions = window.session, self._sessions()

        def show(found: tuple[StoreSummary, StoreSummary]) -> None:
            from runcase.ui.dialogs.compare_stores import CompareStores  # chosen now and then

            CompareStores(self.context.theme, *found, window).open()

        self.context.jobs.submit(
            lambda progress: drops.summaries(session, path, sessions, progress),
            owner=window,
            then=show,
            failed=lambda error: window.toast.say(str(error), bad=True),
            key="compare-stores",
        )

    def _sessions(self) -> list[Session]:
        return drops.open_sessions(self.windows)

    def remember(self, summary: StoreSummary) -> None:
        """Put a store first in the list of recent ones."""
        self.context.settings.add_recent(
            Recent(
                path=str(summary.path),
                opened_ms=int(time.time() * 1000),
                runs=summary.runs,
                experiments=summary.experiments,
                size=summary.size,
                mlflow=summary.mlflow_versions,
            )
        )

    def _update(self, window: MainWindow) -> None:
        """Enable what the application does in every window."""
        window.always = _ALWAYS
        window.always_checks = self._checks
        window.update_actions()

    def _checks(self) -> dict[str, bool]:
        settings = self.context.settings
        themes = {f"theme-{scheme.value}": settings.scheme is scheme for scheme in Scheme}
        rows = {f"rows-{height}": settings.row_height == height for height in (22, 26, 32)}
        return themes | rows

    def _command(self, window: MainWindow, action_id: str) -> bool:
        """Do what an action says that no page and no window does itself."""
        handlers: dict[str, Callable[[], object]] = {
            "open-store": lambda: self._ask_for_store(window),
            "open-file": lambda: self._ask_for_file(window),
            "open-clipboard": lambda: self._open_clipboard(window),
            "open-sample": lambda: self.open_sample(window),
            "new-window": self.show_welcome,
            "quit": QApplication.closeAllWindows,
            "palette": lambda: self._palette(window, "all"),
            "go-run": lambda: self._palette(window, "runs"),
            "show-in-files": lambda: self._show_in_files(window),
            "copy-path": lambda: _copy(str(_shown(window))),
            "copy-store-path": lambda: _copy(str(_store_path(window))),
            "zoom-in": lambda: self._zoom(0.1),
            "zoom-out": lambda: self._zoom(-0.1),
            "zoom-reset": lambda: self._zoom(0),
        }
        if action_id in handlers:
            handlers[action_id]()
        elif action_id.startswith("theme-"):
            self.context.settings.scheme = Scheme(action_id.removeprefix("theme-"))
            self.context.theme.set_scheme(self.context.settings.scheme)
        elif action_id.startswith("rows-"):
            self._set_rows(int(action_id.removeprefix("rows-")))
        elif action_id in ("keys", "grammar", "licences", "about"):
            self._help(window, action_id)
        else:
            return False
        return True

    def _zoom(self, by: float) -> None:
        theme = self.context.theme
        theme.set_zoom(1.0 if by == 0 else round(theme.zoom + by, 1))
        self.context.settings.zoom = theme.zoom

    def _set_rows(self, height: int) -> None:
        self.context.settings.row_height = height
        for window in self.windows:
            if isinstance(window, StoreWindow):
                window.set_row_height(height)

    def _help(self, window: MainWindow, action_id: str) -> None:
        # Imported here: help is read once, if ever.
        from runcase.ui.dialogs import help as helps

        theme = self.context.theme
        dialogs = {
            "keys": helps.KeysDialog,
            "grammar": helps.GrammarDialog,
            "licences": helps.LicencesDialog,
            "about": helps.AboutDialog,
        }
        dialogs[action_id](theme, window).open()

    def _palette(self, window: MainWindow, mode: str) -> None:
        from runcase.ui.dialogs.palette import Palette  # rapidfuzz, when it is first wanted

        contents: Contents | None = None
        session: Session | None = None
        if isinstance(window, StoreWindow):
            contents, session = window.contents, window.session
        window.update_actions()
        palette = Palette(
            self.context.theme, window, window.listed_actions(), contents, session, mode
        )
        palette.chosen_action.connect(window.run)
        palette.went.connect(window.went)
        palette.show()

    def _ask_for_store(self, window: MainWindow) -> None:
        kinds = "MLflow stores (*.db *.sqlite *.sqlite3 *.db3);;All files (*)"
        path, _ = QFileDialog.getOpenFileName(window, "Open Store", "", kinds)
        if path:
            self.open_path(path, window)

    def _ask_for_file(self, window: MainWindow) -> None:
        path, _ = QFileDialog.getOpenFileName(window, "Open Artifact or Model", "", "All files (*)")
        if path:
            self.open_path(path, window)

    def _open_clipboard(self, window: MainWindow) -> None:
        text = QGuiApplication.clipboard().text().strip().strip("\"'")
        if text:
            self.open_path(text.splitlines()[0], window)
        else:
            window.toast.say("The clipboard holds no path.", bad=True)

    def _show_in_files(self, window: MainWindow) -> None:
        path = _shown(window)
        self.context.jobs.submit(
            lambda _progress: path if path.is_dir() else path.parent,
            owner=window,
            then=lambda folder: _open_folder(window, folder),
            key="show-in-files",
            lane="files",
        )


def user_settings() -> QSettings:
    """Return the settings of this person on this machine."""
    return QSettings(str(folders.config_folder() / "runcase.ini"), QSettings.Format.IniFormat)


def _locate(path: str, sessions: Sequence[Session], progress: Progress) -> object:
    """Return the open store and the run that a file belongs to, else what `locate` says."""
    # Imported here: SQLAlchemy costs 0.3 s, and the window is up by now.
    from runcase.store.locate import locate

    if sessions and ":/" not in path:
        owned = drops.find_owner(sessions, Path(path).expanduser(), progress)
        if owned is not None:
            return owned
    return locate(path, progress)


def _sample(progress: Progress) -> Path:
    from runcase.store.sample import ensure_sample  # with SQLAlchemy and polars

    return ensure_sample(folders.data_folder(), progress)


def _same(one: Path, other: Path) -> bool:
    return os.path.normcase(os.path.realpath(one)) == os.path.normcase(os.path.realpath(other))


def _shown(window: MainWindow) -> Path:
    if isinstance(window, StoreWindow | BareWindow):
        return window.shown_path()
    return Path()


def _open_folder(window: MainWindow, folder: Path) -> None:
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
        window.toast.say(f"No file manager answered for {folder}", bad=True)


def _store_path(window: MainWindow) -> Path:
    return window.session.path if isinstance(window, StoreWindow) else Path()


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
