"""Draws pages of the real window into PNG files: for pictures, and to look at one's own work."""

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QtMsgType, qInstallMessageHandler

from runcase.app import Application
from runcase.errors import NotFoundError, RuncaseError
from runcase.session.session import State
from runcase.store.compare import LEAST
from runcase.store.connection import ReadConnection
from runcase.store.engine import Store
from runcase.store.experiments import get_experiment, list_experiments
from runcase.store.frame import load
from runcase.store.locate import LocatedKind, locate
from runcase.store.records import Lifecycle
from runcase.store.registry import list_models
from runcase.store.runs import get_run
from runcase.store.summary import summarise
from runcase.ui.desktop_application import make_qt
from runcase.ui.location import Location, Place
from runcase.ui.main_window import MainWindow
from runcase.ui.pages.experiment import ExperimentPage
from runcase.ui.pages.run import RunPage
from runcase.ui.store_window import StoreWindow
from runcase.ui.theme import Scheme

_PAGES = ("welcome", "experiment", "charts", "run", "artifacts", "compare", "registry")
_COMPARED = 4  # runs that are compared where nothing says which
# A window counts as finished after so long without work; a page may take so long at most.
_QUIET_S = 0.2
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What to draw: a page or "all", a place such as "run/ID", and how."""

    page: str
    at: str
    filter_text: str
    theme: str
    size: tuple[int, int]
    out: str


def shot(path: str, wish: Wish) -> int:
    """Draw a page of a store, or all pages in both themes; raises `RuncaseError`."""
    qInstallMessageHandler(_say)
    qt = make_qt(sys.argv[:1])
    mistakes: list[BaseException] = []
    sys.excepthook = lambda _kind, error, _trace: mistakes.append(error)
    with tempfile.TemporaryDirectory(prefix="runcase-shot-") as folder:
        # Settings of its own: a picture neither shows nor changes what the person chose.
        settings = QSettings(str(Path(folder) / "shot.ini"), QSettings.Format.IniFormat)
        application = Application(qt, settings, Path(folder) / "local.db")
        try:
            for each in _each(wish):
                _draw_or_say(application, path, each, wish.page == "all")
                if mistakes:
                    raise mistakes[0]
            return 0
        finally:
            application.close()
            # What is unwritten would make the folder again once Qt drops the settings.
            settings.sync()


def _say(_kind: QtMsgType, _context: object, message: str) -> None:
    """Pass on what Qt says, but for what the offscreen platform says of every window."""
    if "propagateSizeHints" not in message:
        print(message, file=sys.stderr)


def _draw_or_say(application: Application, path: str, wish: Wish, several: bool) -> None:
    """Draw one of several pages; one that this store has nothing for is named and left out."""
    try:
        _draw(application, path, wish)
    except NotFoundError as error:
        if not several or not application.windows:
            raise
        print(f"runcase: no page {wish.page}: {error}", file=sys.stderr)
        for window in tuple(application.windows):
            window.close()
        return
    if several:
        print(wish.out)


def _each(wish: Wish) -> list[Wish]:
    """Return one wish per picture: "all" means every page in both themes."""
    if wish.page != "all":
        return [wish]
    return [
        replace(wish, page=page, theme=theme, out=str(Path(wish.out) / f"{page}-{theme}.png"))
        for theme in ("light", "dark")
        for page in _PAGES
    ]


def _draw(application: Application, path: str, wish: Wish) -> None:
    application.context.theme.set_scheme(Scheme(wish.theme))
    if wish.page == "welcome":
        window = _welcome(application, path)
    else:
        window = _store_page(application, path, wish)
    window.resize(*wish.size)
    window.activateWindow()
    _wait(application)
    out = Path(wish.out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotFoundError(f"{out.parent} cannot be made: {error.strerror}.") from error
    if not window.grab().save(str(out), "PNG"):
        raise NotFoundError(f"{out} cannot be written.", "Choose another file for --out.")
    window.close()
    _wait(application)


def _welcome(application: Application, path: str) -> MainWindow:
    found = locate(path)
    if found.stores:
        store = Store.open(found.stores[0].path, found.folder)
        application.remember(summarise(store))
        store.close()
    return application.show_welcome()


def _store_page(application: Application, path: str, wish: Wish) -> MainWindow:
    found = locate(path)
    if found.kind in (LocatedKind.ARTIFACT, LocatedKind.MODEL_FOLDER):
        window = application.show_welcome()
        window.open_file(found.path)
        return window
    several = found.kind is LocatedKind.FOLDER_OF_STORES
    database = found.stores[0].path if several else found.path
    store_window = application.open_store(database, found.folder, None)
    store_window.resize(*wish.size)
    _wait(application, lambda: store_window.contents is not None)
    if store_window.session.state is State.FAILED and store_window.session.error is not None:
        raise store_window.session.error
    location = _location(store_window, wish)
    store_window.go(location)
    _wait(application)
    page = store_window.page
    if isinstance(page, ExperimentPage):
        page.set_mode("charts" if wish.page == "charts" else "split")
        if wish.filter_text:
            store_window.toolbar.filter.put(wish.filter_text)
    if isinstance(page, RunPage) and wish.page == "artifacts" and not location.path:
        page.artifacts.open_first_picture()
    return store_window


def _location(window: StoreWindow, wish: Wish) -> Location:
    """Return where to go: what `--at` says, else the fullest or newest of its kind."""
    kind, _, name = wish.at.partition("/")
    with window.session.store.read() as connection:
        if wish.page in ("experiment", "charts"):
            wanted = name if kind == "exp" else _fullest(connection)
            if get_experiment(connection, wanted) is None:
                raise NotFoundError(f"This store has no experiment {wanted}.")
            return Location(Place.EXPERIMENT, wanted)
        if wish.page in ("run", "artifacts"):
            run_id = name if kind == "run" else _newest_finished(connection, name)
            if get_run(connection, run_id) is None:
                raise NotFoundError(f"This store has no run {run_id}.")
            tab = "artifacts" if wish.page == "artifacts" else "overview"
            return Location(Place.RUN, run_id, tab)
        if wish.page == "compare":
            return Location(Place.COMPARE, name if kind == "run" else _newest(connection, name))
        models = list_models(connection)
        if kind == "model":
            models = [each for each in models if each.name == name]
            if not models:
                raise NotFoundError(f"This store has no registered model “{name}”.")
            return Location(Place.MODEL, name, workspace=models[0].workspace)
        models = [each for each in models if not each.is_prompt]
        if not models:
            raise NotFoundError("This store has no registered models.")
        most = max(models, key=lambda each: each.versions)
        return Location(Place.MODEL, most.name, workspace=most.workspace)


def _fullest(connection: ReadConnection) -> str:
    active = [e for e in list_experiments(connection) if e.lifecycle_stage != "deleted"]
    if not active:
        raise NotFoundError("This store has no experiments.")
    return max(active, key=lambda each: each.active_runs).experiment_id


def _newest(connection: ReadConnection, experiment: str) -> str:
    """Return the newest runs of an experiment, or of the fullest one, to be compared."""
    frame = load(connection, [experiment or _fullest(connection)], Lifecycle.ACTIVE)
    if len(frame) < LEAST:
        raise NotFoundError("This experiment has no two runs to compare.")
    return ",".join(frame.ids[at] for at in range(min(_COMPARED, len(frame))))


def _newest_finished(connection: ReadConnection, experiment: str) -> str:
    """Return the newest finished run of an experiment, or of the fullest one."""
    frame = load(connection, [experiment or _fullest(connection)], Lifecycle.ACTIVE)
    finished = frame.attribute("status").where("FINISHED".__eq__)
    if len(frame):
        return frame.ids[int(finished.argmax())]  # the first row where none is finished
    raise NotFoundError("This store has no runs.")


def _wait(application: Application, ready: Callable[[], bool] = lambda: True) -> None:
    """Let the window work until nothing is left to do."""
    end = time.monotonic() + _PATIENCE_S
    quiet = time.monotonic()
    while time.monotonic() < end:
        # Asked before, too: what a long turn ends with has to be laid out in the next one.
        busy = application.context.jobs.pending
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        failed = any(
            isinstance(each, StoreWindow) and each.session.state is State.FAILED
            for each in application.windows
        )
        if busy or application.context.jobs.pending or not (ready() or failed):
            quiet = time.monotonic()
        if time.monotonic() - quiet > _QUIET_S:
            return
        time.sleep(0.005)
    raise RuncaseError(f"The page was not finished after {_PATIENCE_S:.0f} s.")
