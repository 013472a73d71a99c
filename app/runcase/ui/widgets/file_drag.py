"""Takes files out of a widget by drag and drop: to the desktop, an editor, another window."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from runcase.itemmodels.artifacts import mime_of
from runcase.ui import icons
from runcase.ui.theme import Theme


class FileDrag(QObject):
    """Begins a drag once the mouse moves on a widget with its left button down.

    Args:
        paths: Called then; returns the files to take along, none for no drag.
    """

    def __init__(self, theme: Theme, source: QWidget, paths: Callable[[], Sequence[Path]]) -> None:
        super().__init__(source)
        self._theme, self._source, self._paths = theme, source, paths
        self._pressed: QPoint | None = None
        source.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QMouseEvent):
            return False
        at = event.position().toPoint()
        if event.type() == QEvent.Type.MouseButtonPress:
            left = event.button() == Qt.MouseButton.LeftButton
            self._pressed = at if left else None
        elif event.type() == QEvent.Type.MouseMove and self._pressed is not None:
            if (at - self._pressed).manhattanLength() >= QApplication.startDragDistance():
                self._pressed = None
                self._begin()
        elif event.type() == QEvent.Type.MouseButtonRelease:
            self._pressed = None
        return False

    def _begin(self) -> None:
        paths = list(self._paths())
        if not paths:
            return
        drag = QDrag(self._source)
        drag.setMimeData(mime_of(paths))
        name = icons.file_icon(paths[0].name)
        drag.setPixmap(icons.pixmap(self._theme, name, "accent", 28, 2.0))
        drag.exec(Qt.DropAction.CopyAction)
