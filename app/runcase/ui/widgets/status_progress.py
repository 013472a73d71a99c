"""What is being read, in the status bar: words, a bar and Stop."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from runcase.itemmodels import formats
from runcase.ui.pages.base import Busy
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import button, label
from runcase.ui.zoom import fix

# What is over sooner is not spoken of.
_PATIENCE_MS = 150
_STEPS = 1_000


class StatusProgress(QWidget):
    """Hidden while nothing is read; `stopped` says that the person pressed Stop."""

    stopped = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = label("", "small")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        fix(theme, self._bar, width=120, height=6)
        self._stop = button("Stop", "link", self.stopped.emit)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 0, 0, 0)
        layout.setSpacing(8)
        for widget in (self._words, self._bar, self._stop):
            layout.addWidget(widget)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self.show)
        self.hide()

    def show_busy(self, busy: Busy | None) -> None:
        """Show how far something is, or nothing."""
        if busy is None:
            self._patience.stop()
            self.hide()
            return
        self._words.setText(words_of(busy))
        self._bar.setRange(0, _STEPS if busy.total else 0)
        if busy.total:
            self._bar.setValue(round(_STEPS * min(1.0, busy.done / busy.total)))
        if self.isHidden() and not self._patience.isActive():
            self._patience.start()


def words_of(busy: Busy) -> str:
    """Return what is being read, such as "Reading runs: 120,000 of 1,000,000"."""
    done = formats.count(busy.done)
    if busy.total:
        return f"Reading {busy.what}: {done} of {formats.count(busy.total)}"
    return f"Reading {busy.what}: {done}" if busy.done else f"Reading {busy.what}"
