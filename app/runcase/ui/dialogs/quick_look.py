"""Quick look: one file over the page, as large as the window allows; arrows step, Esc closes."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from runcase.ui.context import Context
from runcase.ui.widgets.basics import label, row
from runcase.ui.widgets.preview_pane import PreviewPane

_SHARE = 0.86
_STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: 1,
}


class QuickLook(QDialog):
    """A frameless dialog with a preview.

    Args:
        step: Called with −1 or 1; shows another file here, and returns whether there is one.
        asked: Called with an action id and the file's path.
    """

    def __init__(
        self,
        context: Context,
        step: Callable[[int], bool],
        asked: Callable[[str, Path], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("Quick Look")
        self.setWindowTitle("Quick Look")
        self._step = step
        self.pane = PreviewPane(context)
        self.pane.tools.asked.connect(lambda id_: asked(id_, self.pane.path))
        self._place = label("", "small-muted")
        frame = QFrame()
        frame.setObjectName("card")
        inner = QVBoxLayout(frame)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.setSpacing(0)
        inner.addWidget(self.pane, 1)
        keys = label("← → other files     Esc or Space closes", "small-muted")
        inner.addLayout(row(self._place, 1, keys, margins=(12, 5, 12, 5)))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        window = parent.window()
        self.resize(window.size() * _SHARE)
        self.move(window.geometry().center() - self.rect().center())
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]
        self.pane.setFocus()

    def show_artifact(self, folder: Path, relative: str, place: str) -> None:
        """Show a file; `place` is such as "3 of 38"."""
        self._place.setText(f"{relative}     {place}")
        self.pane.show_artifact(folder, relative)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys before the preview does: its views have arrows and Space of their own."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        inside = isinstance(watched, QWidget) and watched.window() is self
        if not inside or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        typing = isinstance(watched, QLineEdit) or (
            isinstance(watched, QPlainTextEdit) and not watched.isReadOnly()
        )
        key = Qt.Key(event.key())
        if typing or key not in (*_STEPS, Qt.Key.Key_Space):
            return False
        if key == Qt.Key.Key_Space:
            self.close()
        else:
            self._step(_STEPS[key])
        return True

    def done(self, result: int) -> None:
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        super().done(result)
