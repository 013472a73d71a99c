"""Qt's application, which hears of files that the desktop opens with it."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from runcase.ui.previews import web_view


class DesktopApplication(QApplication):
    """`file_opened` carries a path: macOS sends it for a file dropped on the icon, or opened.

    Elsewhere the desktop starts the program with the path as its argument.
    """

    file_opened = Signal(str)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent):
            path = event.file() or event.url().toString()
            if path:
                self.file_opened.emit(path)
                return True
        return super().event(event)


def make_qt(arguments: Sequence[str]) -> DesktopApplication:
    """Make Qt's application; once, before everything else of Qt's."""
    if web_view.available():
        # QtWebEngine itself is loaded at the first page with scripts, which is too late for this.
        QApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    return DesktopApplication(arguments)
