"""Works the runs table of a real window with mouse and keyboard, and makes stores to work on."""

import sqlite3

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

import driving
from runcase.store.create import create
from runcase.store.records import ColumnKey, Kind
from small_store import run_id

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
PLAIN = Qt.KeyboardModifier.NoModifier
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
# What the offscreen platform says of popups.
NO_PLATFORM = "This plugin does not support"
PARENT = "mlflow.parentRunId"
# From the left edge of a name: the colour, the eye, the pin.
COLOR_AT, EYE_AT, PIN_AT = 12, 32, 52


def metric(key, how=""):
    return ColumnKey(Kind.METRIC, key, how)


def param(key):
    return ColumnKey(Kind.PARAM, key)


def tag(key):
    return ColumnKey(Kind.TAG, key)


def new_store(path):
    """Make an empty store of MLflow 3.18; returns a connection that writes to it."""
    create(path, str(path.with_name("mlruns")), 0)
    return sqlite3.connect(path)


def add_experiment(connection, number, name):
    connection.execute(
        "INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage,"
        " workspace) VALUES (?, ?, ?, 'active', 'default')",
        (number, name, f"/a/{number}"),
    )


def add_run(connection, number, name="", **more):
    """Add a run: `params`, `tags`, `metrics` by key (a value, or values by step), `times`."""
    made = run_id(number)
    start, end = more.get("times", (1_000_000 - number, 2_000_000))
    connection.execute(
        "INSERT INTO runs (run_uuid, name, user_id, status, start_time, end_time, lifecycle_stage,"
        " artifact_uri, experiment_id) VALUES (?, ?, 'ada', ?, ?, ?, 'active', ?, ?)",
        (made, name, more.get("status", "FINISHED"), start, end, f"/a/{made}", more.get("at", 0)),
    )
    tags = {"mlflow.runName": name, **more.get("tags", {})}
    if "parent" in more:
        tags[PARENT] = run_id(more["parent"])
    for table, pairs in (("params", more.get("params", {})), ("tags", tags)):
        connection.executemany(
            f"INSERT INTO {table} (run_uuid, key, value) VALUES (?, ?, ?)",
            [(made, key, value) for key, value in pairs.items()],
        )
    for key, values in more.get("metrics", {}).items():
        log(connection, number, key, values if isinstance(values, dict) else {0: values})
    return made


def log(connection, number, key, values):
    """Log values by step, as MLflow does; the last one is the latest."""
    rows = [
        (run_id(number), key, 0.0 if value != value else value, step, step, value != value)
        for step, value in values.items()
    ]
    columns = "(run_uuid, key, value, timestamp, step, is_nan)"
    for table, some in (("metrics", rows), ("latest_metrics", rows[-1:])):
        statement = f"INSERT OR REPLACE INTO {table} {columns} VALUES (?, ?, ?, ?, ?, ?)"
        connection.executemany(statement, some)


class TableHands:
    """One window on a store, seen from its runs table."""

    def __init__(self, qtbot, application, path):
        self.qtbot, self.application = qtbot, application
        self.window = driving.open_store(qtbot, application, path)

    def settle(self):
        """Wait for all answers; `rest` waits for the pauses as well, which take longer."""
        jobs = self.application.context.jobs
        quiet = 0

        def idle():
            nonlocal quiet
            quiet = 0 if jobs.pending else quiet + 1
            return quiet > 1

        driving.wait_for(self.qtbot, idle)

    def rest(self):
        """Wait until selection, scrolling and charts have come to rest, too."""
        driving.settle(self.qtbot, self.application)

    def close(self):
        """Close the window and forget it: what it held on to goes with it."""
        close_popups()
        self.window.close()
        self.rest()
        self.__dict__.clear()

    def activate(self):
        """Take the focus back from a menu or dialog, as no window manager does here."""
        close_popups()
        driving.activate(self.qtbot, self.window)
        self.view.setFocus()

    @property
    def page(self):
        return self.window.page

    @property
    def table(self):
        return self.page.table

    @property
    def view(self):
        return self.page.view

    @property
    def runs(self):
        return self.page.runs

    @property
    def loader(self):
        return self.page.loader

    def ids(self):
        return [self.runs.run_id(row) for row in range(self.runs.rowCount())]

    def names(self):
        return [self.runs.name(row) for row in range(self.runs.rowCount())]

    def row(self, name):
        return self.names().index(name)

    def values(self, key):
        """The texts of a column from top to bottom."""
        return [self.runs.cell(row, key).text for row in range(self.runs.rowCount())]

    def columns(self):
        return list(self.runs.columns)

    def trigger(self, action_id):
        if not self.window.actions_.by_id[action_id].isEnabled():
            self.rest()  # a selection is taken note of after a pause
        driving.trigger(self.window, action_id)
        self.settle()

    def show(self, *columns):
        self.table.set_columns(columns)
        self.settle()

    def press(self, key, modifier=PLAIN):
        QTest.keyClick(self.view, key, modifier)
        self.settle()

    def current(self, name):
        self.view.setCurrentIndex(self.runs.index(self.row(name), 1))
        self.settle()

    def click_name(self, row, dx=None, modifier=PLAIN):
        """Click into the frozen name column."""
        driving.click(self.view._frozen, self.runs.index(row, 0), modifier, dx)
        self.settle()

    def double_click_name(self, row, dx=None):
        box = self.view._frozen.visualRect(self.runs.index(row, 0))
        right = self.view.delegate.name_begins(row) + 20 if dx is None else dx
        at = QPoint(right, box.center().y())
        QCursor.setPos(self.view._frozen.viewport().mapToGlobal(at))
        QTest.mouseClick(self.view._frozen.viewport(), LEFT, pos=at)
        QTest.mouseDClick(self.view._frozen.viewport(), LEFT, pos=at)
        self.settle()

    def header_of(self, key):
        """The header that a column's title can be clicked in, and where."""
        at = self.runs.columns.index(key)
        frozen = at <= len(self.table.pinned)
        header = self.view.frozen_header if frozen else self.view.header
        if not frozen:
            self.view.scrollTo(self.runs.index(0, at))
        left, wide = header.sectionViewportPosition(at), header.sectionSize(at)
        middle = header.viewport().mapTo(self.view, QPoint(left + wide // 2, 20))
        assert header.isAncestorOf(self.view.childAt(middle)), "another widget lies over it"
        return header, left, wide

    def click_header(self, key, modifier=PLAIN):
        header, left, wide = self.header_of(key)
        place = QPoint(left + wide // 2, 30)
        QTest.mouseMove(header.viewport(), place)
        QTest.mouseClick(header.viewport(), LEFT, modifier, place)
        self.settle()

    def header_menu(self, key):
        """Open a column's menu by a right click."""
        header, left, wide = self.header_of(key)
        return self._context_menu(header, QPoint(left + wide // 2, 20))

    def chevron_menu(self, key):
        """Open a column's menu by the button that shows under the mouse."""
        header, left, wide = self.header_of(key)
        place = QPoint(left + wide - 10, 9)
        QTest.mouseMove(header.viewport(), place)
        QTest.mouseClick(header.viewport(), LEFT, pos=place)
        return popup()

    def cell_menu(self, row, key):
        """Open the menu of a cell by a right click."""
        at = self.runs.columns.index(key)
        view = self.view if at > len(self.table.pinned) else self.view._frozen
        view.scrollTo(self.runs.index(row, at))
        # Without a mouse nothing is under it.
        self.page.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
        return self._context_menu(view, view.visualRect(self.runs.index(row, at)).center())

    def _context_menu(self, view, place):
        viewport = view.viewport()
        where = viewport.mapToGlobal(place)
        QTest.mouseMove(viewport, place)
        QTest.mouseClick(viewport, RIGHT, pos=place)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, where)
        QApplication.sendEvent(viewport, event)
        return popup()

    def choose(self, menu, *names):
        """Choose an item of a menu and its submenus by their texts."""
        top = menu
        for name in names[:-1]:
            menu = item(menu, name).menu()
        item(menu, names[-1]).trigger()
        top.close()  # what it did may have opened a popup of its own
        self.settle()

    def drag_header(self, key, by):
        """Drag a title sideways, as far as so many pixels."""
        header, left, wide = self.header_of(key)
        self._drag(header.viewport(), QPoint(left + wide // 2, 20), by)

    def resize(self, key, by):
        """Drag a column's right edge."""
        header, left, wide = self.header_of(key)
        self._drag(header.viewport(), QPoint(left + wide - 1, 20), by)

    def _drag(self, widget, start, by):
        QTest.mouseMove(widget, start)
        QTest.mousePress(widget, LEFT, PLAIN, start)
        for part in range(1, 9):
            QTest.mouseMove(widget, start + QPoint(by * part // 8, 0))
            QApplication.processEvents()
        QTest.mouseRelease(widget, LEFT, PLAIN, start + QPoint(by, 0))
        self.settle()


def popup():
    found = QApplication.activePopupWidget()
    assert isinstance(found, QMenu), "no menu is open"
    return found


def clipboard():
    return QApplication.clipboard().text()


def close_popups():
    while (found := QApplication.activePopupWidget()) is not None:
        found.close()


def texts(menu):
    return [each.text() for each in menu.actions() if not each.isSeparator()]


def item(menu, text):
    found = [each for each in menu.actions() if each.text().split("\t")[0] == text]
    assert found, (text, texts(menu))
    return found[0]
