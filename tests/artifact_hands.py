"""Works the Artifacts tab of a real window, and shares one window among the tests of a module."""

from contextlib import contextmanager

from pytestqt.qtbot import QtBot

import driving
from runcase.ui.location import Location, Place
from table_hands import TableHands


class ArtifactHands(TableHands):
    """The Artifacts tab of one window."""

    @property
    def artifacts(self):
        return self.page.artifacts

    @property
    def tree(self):
        return self.artifacts.tree

    @property
    def list(self):
        return self.artifacts.list

    @property
    def details(self):
        return self.artifacts.details

    def open(self, run_id, path=""):
        """Go to a run's artifacts, and to one of them."""
        self.window.go(Location(Place.RUN, run_id, "artifacts", path))
        self.settle()

    def choose(self, path, group=""):
        index = self.artifacts.model.find(f"{group}/{path}")
        assert index.isValid(), path
        self.tree.setCurrentIndex(index)
        self.settle()

    def activate_window(self):
        """Come to the front of what was over the window."""
        driving.activate(self.qtbot, self.window)

    def names(self):
        """The files of the tree from top to bottom."""
        return [each.data() for each in self.artifacts.model.files()]

    def press(self, key, widget=None, modifier=driving.Qt.KeyboardModifier.NoModifier):
        driving.press(widget or self.tree, key, modifier)
        self.settle()

    def shown(self):
        """The name over the preview."""
        return self.artifacts.preview.host._name.text()


@contextmanager
def hands_on(request, qapp, tmp_path_factory, database):
    """One window for a module: its own application, and a bot that outlives single tests."""
    with driving.running(qapp, tmp_path_factory.mktemp("settings")) as application:
        hands = ArtifactHands(QtBot(request), application, database)
        yield hands
        hands.close()
