"""Works the compare page of a real window, and shares one window among the tests of a module."""

from contextlib import contextmanager

from pytestqt.qtbot import QtBot

import driving
from runcase.itemmodels.compare_rows import Row
from runcase.ui.location import Location, Place
from table_hands import TableHands


class CompareHands(TableHands):
    """The compare page of one window."""

    @property
    def model(self):
        return self.page.model

    @property
    def pane(self):
        return self.page.files.pane

    def compare(self, *run_ids):
        self.window.went(Location(Place.COMPARE, ",".join(run_ids)), False)
        self.settle()

    def activate_window(self):
        """Come to the front of another window."""
        driving.activate(self.qtbot, self.window)

    def facts(self, section=None):
        return [
            entry.key
            for entry in self.model.entries()
            if isinstance(entry, Row) and section in (None, entry.section)
        ]

    def fact(self, key):
        return next(row for row in self.model.rows if row.key == key)

    def cell(self, key, run):
        return self.model.index_of(self.fact(key), run)

    def current(self, key, run=0):
        self.view.setCurrentIndex(self.cell(key, run))

    def open_file(self, path, run=1):
        """Show what differs in an artifact between the baseline and a run."""
        self.page.files.show(self.fact(path), run)
        self.settle()


@contextmanager
def hands_on(request, qapp, tmp_path_factory, database):
    """One window for a module: its own application, and a bot that outlives single tests."""
    with driving.running(qapp, tmp_path_factory.mktemp("settings")) as application:
        hands = CompareHands(QtBot(request), application, database)
        yield hands
        hands.close()
