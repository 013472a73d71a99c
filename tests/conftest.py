"""What every test may use, and what none may leave behind: threads, windows, timers, warnings."""

import gc
import logging
import os
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before anything makes a QApplication: the tests need no display.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from made import unpack
from runcase.session.jobs import Jobs
from runcase.session.previews import Previews
from runcase.session.session import Session
from runcase.ui.allow_list import AllowList
from runcase.ui.context import Context
from runcase.ui.desktop_application import DesktopApplication
from runcase.ui.settings import Settings
from runcase.ui.theme import Scheme, Theme


@pytest.fixture(autouse=True, scope="session")
def _cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what a file store is read into out of this person's own cache."""
    before = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["XDG_CACHE_HOME"]
    else:
        os.environ["XDG_CACHE_HOME"] = before


@pytest.fixture(autouse=True, scope="session")
def _garbage_on_this_thread() -> Iterator[None]:
    """No worker thread collects garbage: it would delete widgets there."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """The application that pytest-qt makes is the one that the program makes."""
    return DesktopApplication


@pytest.fixture
def jobs(qapp: QApplication) -> Iterator[Jobs]:
    made = Jobs()
    yield made
    made.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(QSettings(str(tmp_path / "runcase.ini"), QSettings.Format.IniFormat))


@pytest.fixture(scope="session")
def _theme(qapp: QApplication) -> Theme:
    return Theme(qapp, Scheme.LIGHT)


@pytest.fixture
def theme(_theme: Theme) -> Iterator[Theme]:
    """The one theme of the application: light and at zoom 1 when a test begins."""
    yield _theme
    if _theme.scheme is not Scheme.LIGHT:
        _theme.set_scheme(Scheme.LIGHT)
    if _theme.zoom != 1.0:
        _theme.set_zoom(1.0)


@pytest.fixture
def previews(jobs: Jobs) -> Iterator[Previews]:
    made = Previews(jobs)
    yield made
    made.close()


@pytest.fixture
def context(
    theme: Theme, settings: Settings, jobs: Jobs, previews: Previews, tmp_path: Path
) -> Context:
    return Context(theme, settings, jobs, previews, tmp_path / "local.db", AllowList(settings))


@pytest.fixture
def store_path(tmp_path: Path) -> Path:
    """The database of a store that MLflow 3.18.0 wrote, in a folder of its own."""
    return unpack("3.18.0", tmp_path / "store")


@pytest.fixture
def session(store_path: Path, jobs: Jobs, qtbot: QtBot) -> Iterator[Session]:
    """A session whose store is open."""
    made = Session(store_path, jobs)
    with qtbot.waitSignal(made.opened):
        made.open()
    yield made
    made.close()


_timers: weakref.WeakSet[QTimer] = weakref.WeakSet()


class _Warnings(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[logging.LogRecord]]:
    """Warnings that were logged; a test that means to cause some takes them off this list."""
    handler = _Warnings()
    logging.getLogger().addHandler(handler)
    yield handler.records
    logging.getLogger().removeHandler(handler)
    texts = [f"{record.name}: {record.getMessage()}" for record in handler.records]
    assert not texts, "unexpected warnings were logged"


@pytest.fixture(autouse=True)
def _nothing_stays_open() -> Iterator[None]:
    """Windows and threads that a test makes end with it; those of wider fixtures may stay."""
    threads, windows = _threads(), _windows()
    yield
    gc.collect(1)
    left = _threads() - threads
    assert not {thread.name for thread in left}, "threads are left over"
    if _windows() - windows:
        gc.collect()
        assert not _names(_windows() - windows), "windows are left over"


@pytest.fixture(autouse=True, scope="module")
def _nothing_ticks() -> Iterator[None]:
    """When a module has ended, nobody needs a timer any more."""
    yield
    if QApplication.instance() is None:
        return
    _delete_later()
    gc.collect()
    _timers.update(each for each in gc.get_objects() if isinstance(each, QTimer))
    # Two million objects are there for all modules: looking at them again takes a second each time.
    gc.freeze()
    valid = [each for each in _timers if isValid(each)]
    ticking = [f"{timer!r} of {timer.parent()!r}" for timer in valid if timer.isActive()]
    assert not ticking, "timers are left over"


def _threads() -> set[threading.Thread]:
    return {each for each in threading.enumerate() if each.name.startswith("runcase-")}


def _windows() -> set[QWidget]:
    if QApplication.instance() is None:
        return set()
    _delete_later()
    # A tool tip is Qt's own and outlives what it was shown for.
    return {
        each
        for each in QApplication.topLevelWidgets()
        if each.parent() is None and each.metaObject().className() != "QTipLabel"
    }


def _names(windows: set[QWidget]) -> list[str]:
    return [f"{type(each).__name__} {each.objectName()!r}" for each in windows if isValid(each)]


def _delete_later() -> None:
    """Delete what waits for an event loop, of which there is none between tests."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
