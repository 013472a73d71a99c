"""Drives the real application as a person does, and waits for what it does."""

from contextlib import contextmanager
from threading import Barrier

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from shiboken6 import delete, isValid

from runcase.app import Application
from runcase.session.jobs import LANES
from runcase.session.session import State
from runcase.ui.plots.deferred import DeferredCharts
from runcase.ui.store_window import StoreWindow
from runcase.ui.theme import Scheme

GUARD_MS = 60_000
# Timers that wait longer than this wait for the person, not for an answer.
_LONGEST_PAUSE_MS = 500
# An answer may ask for more by a timer of 0 ms: so many looks in a row have to find nothing.
_LOOKS = 4


@contextmanager
def running(qapp, folder):
    """A whole application with settings of its own; nothing of it stays behind."""
    settings = QSettings(str(folder / "runcase.ini"), QSettings.Format.IniFormat)
    settings.setValue("theme", Scheme.LIGHT.value)
    # Beside the folder: some tests compare all that is in it before and after.
    application = Application(qapp, settings, folder.with_name(f"{folder.name}-local.db"))
    start_threads(application.context.jobs)
    # Closing the last window would end the loop in which the test waits.
    qapp.setQuitOnLastWindowClosed(False)
    yield application
    application.close()
    assert application.windows == []
    qapp.aboutToQuit.disconnect(application.close)
    delete(application)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def start_threads(jobs):
    """Start all threads of all lanes, so that none begins within a test that shares a window."""
    for name, lane in jobs._lanes.items():
        together = Barrier(LANES[name])
        for _ in range(LANES[name]):
            lane.submit(together.wait, GUARD_MS / 1000)


def settle(qtbot, application):
    """Wait until no job and no pause is left, and none follows from the last one."""
    quiet = 0

    def idle():
        nonlocal quiet
        left = _work_left(application)
        quiet = 0 if left else quiet + 1
        assert quiet >= _LOOKS, f"still at work: {left}"

    qtbot.waitUntil(idle, timeout=GUARD_MS)


def open_store(qtbot, application, path, size=(1440, 900)):
    """Open a store; returns its window, active and with its first page filled."""
    before = tuple(application.windows)
    application.open([str(path)])
    wait_for(qtbot, lambda: _ready(application, before))
    (window,) = _ready(application, before)
    window.resize(*size)
    settle(qtbot, application)  # the welcome window goes, and takes the focus with it
    activate(qtbot, window)
    return window


def activate(qtbot, window):
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=GUARD_MS)


def wait_for(qtbot, condition):
    qtbot.waitUntil(lambda: bool(condition()), timeout=GUARD_MS)


def trigger(window, action_id):
    """Choose a menu item, which has to be enabled."""
    action = window.actions_.by_id[action_id]
    assert action.isEnabled(), action_id
    action.trigger()


def press(widget, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(widget, key, modifier)


def type_into(widget, text):
    QTest.keyClicks(widget, text)


def click(view, index, modifier=Qt.KeyboardModifier.NoModifier, dx=None):
    """Click on an item's middle, or so many pixels right of its left edge."""
    view.scrollTo(index)
    box = view.visualRect(index)
    at = box.center() if dx is None else QPoint(box.left() + dx, box.center().y())
    assert view.viewport().rect().contains(at), "the item is not in sight"
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, at)


def click_tab(bar, number):
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(number).center())


def _ready(application, before):
    return [
        each
        for each in application.windows
        if isinstance(each, StoreWindow)
        and each not in before
        and (each.contents is not None or each.session.state is State.FAILED)
    ]


def _work_left(application):
    jobs = [job for job in application.context.jobs._jobs if not job.key.startswith("watch")]
    left = [f"job {job.key} of {job.owner!r}" for job in jobs if isValid(job.owner)]
    for window in QApplication.topLevelWidgets():
        left += [
            f"import of {charts!r}"
            for charts in window.findChildren(DeferredCharts)
            if charts.panel is None and charts._asked
        ]
        left += [
            f"pause of {timer.parent()!r}"
            for timer in window.findChildren(QTimer)
            if timer.isSingleShot() and timer.isActive() and timer.interval() <= _LONGEST_PAUSE_MS
        ]
    return left
