"""A short message at the bottom of the centre pane that goes away by itself."""

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QFrame, QWidget

from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import IconButton, IconLabel, label, row

STAYS_MS = 8000


class Toast(QFrame):
    """One message at a time; it stays while the mouse is over it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("toast")
        self._icon = IconLabel(theme, "circle-check", "success", 17)
        self._text = label("")
        close = IconButton(theme, "x", "Dismiss", side=22)
        close.clicked.connect(self.hide)
        self.setLayout(row(self._icon, self._text, close, margins=(12, 8, 8, 8)))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(STAYS_MS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def say(self, text: str, *, bad: bool = False) -> None:
        """Show a message."""
        self._icon.set_icon(*(("octagon-alert", "error") if bad else ("circle-check", "success")))
        self._text.setText(text)
        self._text.setWordWrap(False)
        self.adjustSize()
        self.place()
        self.show()
        self.raise_()
        self._timer.start()

    def place(self) -> None:
        """Move to the bottom centre of the parent."""
        parent = self.parentWidget()
        if parent is not None:
            width = min(self.sizeHint().width(), parent.width() - 24)
            self.resize(width, self.sizeHint().height())
            self.move((parent.width() - width) // 2, parent.height() - self.height() - 16)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._timer.start()
        super().leaveEvent(event)
