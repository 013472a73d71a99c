"""Collects Python's garbage on the GUI thread only."""

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 1_000


class Collector(QObject):
    """Takes over from Python's own collector, which runs on whichever thread makes garbage.

    On a worker thread it would delete widgets of closed windows there, and Qt crashes. What is
    still in use does not depend on it: reference counts free almost everything at once.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        self._clock = QTimer(self)
        self._clock.setInterval(_EVERY_MS)
        self._clock.timeout.connect(self.collect)

    def start(self) -> None:
        """Collect from now on; what is there already is never looked at again."""
        gc.disable()
        gc.freeze()
        self._clock.start()

    def stop(self) -> None:
        """Leave it to Python again."""
        self._clock.stop()
        gc.unfreeze()
        if self._was_enabled:
            gc.enable()

    def collect(self) -> None:
        """Collect the generations that are due, as Python's own thresholds say."""
        counts, due = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > due[generation]:
                gc.collect(generation)
                return
