"""Takes the errors that nobody caught: they are logged, and said once to the person."""

import sys
import time
import traceback
from collections.abc import Callable, Sequence
from types import TracebackType

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox

from runcase.errors import RuncaseError
from runcase.ui.main_window import MainWindow

# The same error of the same place is shown once in this time.
_ONCE_MS = 10_000


class ErrorReports(QObject):
    """Takes what nobody caught: a mistake of ours is logged, and said once."""

    def __init__(self, parent: QObject, windows: Callable[[], Sequence[MainWindow]]) -> None:
        super().__init__(parent)
        self._windows = windows
        self._said: dict[str, float] = {}

    def __call__(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Stand in for `sys.excepthook`."""
        text = "".join(traceback.format_exception(kind, error, trace))
        now = time.monotonic() * 1000
        if now - self._said.get(text, -_ONCE_MS) < _ONCE_MS:
            return
        self._said[text] = now
        sys.stderr.write(text)
        window = next(iter(self._windows()), None)
        if window is None or QGuiApplication.platformName() == "offscreen":
            return
        if isinstance(error, RuncaseError):
            window.toast.say(str(error), bad=True)
            return
        box = QMessageBox(QMessageBox.Icon.Warning, "Runcase", "", parent=window)
        box.setText("Something went wrong in Runcase. Your store was not changed.")
        box.setInformativeText(f"{kind.__name__}: {error}")
        box.setDetailedText(text)
        box.open()
