"""The overlay that names what a drop will do, before it is dropped."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import IconLabel, label, row


class DropOverlay(QFrame):
    """Covers its parent while files are dragged over it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("dropOverlay")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._title = label("", "title")
        self._text = label("", "text2")
        self._hint = label("", "small-muted")
        for each in (self._title, self._text, self._hint):
            each.setAlignment(Qt.AlignmentFlag.AlignCenter)
            each.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addLayout(row(1, IconLabel(theme, "arrow-down-to-line", "accent", 28), 1))
        layout.addSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        layout.addSpacing(4)
        layout.addWidget(self._hint)
        layout.addStretch(1)
        self.hide()

    def announce(self, title: str, text: str, hint: str = "", area: QRect | None = None) -> None:
        """Say what the drop will do, and in `hint` what else it could.

        Covers the parent, or an area of it.
        """
        parent = self.parentWidget()
        if area is not None:
            self.setGeometry(area)
        elif parent is not None:
            self.setGeometry(parent.rect().adjusted(8, 8, -8, -8))
        self._title.setText(title)
        self._text.setText(text)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.raise_()
        self.show()
