"""A small window over the table in which a person writes a note on one run."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Elided, button, label, row


class _Editor(QPlainTextEdit):
    """Ctrl+Return and Esc end writing; Tab goes on to the buttons."""

    finished = Signal()
    cancelled = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        returned = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if returned and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.finished.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)


class NotePopover(QFrame):
    """Edits a run's local note; `saved` carries the text when it was changed.

    A click beside it saves, so that nothing written is lost; Esc does not.
    """

    saved = Signal(str)

    def __init__(self, theme: Theme, run_name: str, note: str, parent: QWidget | None = None):
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popover")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("Note")
        self._before = note
        self._given_up = False
        self.editor = _Editor()
        self.editor.setAccessibleName(f"Note on {run_name}")
        self.editor.setPlaceholderText("What is worth knowing of this run")
        self.editor.setTabChangesFocus(True)
        self.editor.setFont(theme.font())
        self.editor.setPlainText(note)
        self.editor.moveCursor(QTextCursor.MoveOperation.End)
        self.editor.finished.connect(self.close)
        self.editor.cancelled.connect(self.give_up)
        title = row(label("Note", "heading"), spacing=theme.px(6))
        title.addWidget(Elided(run_name, "small-muted"), 1)
        hint = label("Kept on this machine, not in the store", "caption")
        save = button("Save", "primary", self.close)
        save.setToolTip("Ctrl+Return")
        field = QFrame()
        field.setObjectName("field")
        inner = QVBoxLayout(field)
        inner.setContentsMargins(*(theme.px(3),) * 4)
        inner.addWidget(self.editor)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(10),) * 4)
        layout.setSpacing(theme.px(8))
        layout.addLayout(title)
        layout.addWidget(field, 1)
        layout.addLayout(row(hint, 1, button("Cancel", "", self.give_up), save))
        self.resize(theme.px(400), theme.px(190))

    def open_at(self, place: QPoint) -> None:
        """Show it with its top left corner there, or as near as the screen allows."""
        screen = self.screen().availableGeometry()
        left = min(place.x(), screen.x() + screen.width() - self.width())
        top = min(place.y(), screen.y() + screen.height() - self.height())
        self.setGeometry(max(screen.x(), left), max(screen.y(), top), self.width(), self.height())
        self.show()
        self.editor.setFocus()

    def give_up(self) -> None:
        """Close without saving."""
        self._given_up = True
        self.close()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        text = self.editor.toPlainText().rstrip()
        if not self._given_up and text != self._before:
            self._before = text
            self.saved.emit(text)
