"""Asks for the name under which a filter is saved."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Elided, button, label, row


class SaveFilter(QFrame):
    """A popover with one line; `named` carries the name. It deletes itself."""

    named = Signal(str)
    forgotten = Signal(str)

    def __init__(self, theme: Theme, text: str, name: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popover")
        self.setAccessibleName("Save filter")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._name = name
        self.line = QLineEdit(name)
        self.line.setPlaceholderText("Name of the filter")
        self.line.setAccessibleName("Name of the filter")
        self.line.selectAll()
        self._save = button("Save", "primary", self._give)
        self._save.setEnabled(bool(name))
        buttons = row(1)
        if name:
            buttons.addWidget(button("Remove", "", self._forget))
        buttons.addWidget(button("Cancel", "", self.close))
        buttons.addWidget(self._save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(label("Saved Filter" if name else "Save Filter", "heading"))
        layout.addWidget(Elided(text, "mono-muted"))
        layout.addWidget(self.line)
        layout.addLayout(buttons)
        self.setFixedWidth(theme.px(320))
        self.line.textChanged.connect(lambda typed: self._save.setEnabled(bool(typed.strip())))
        self.line.returnPressed.connect(self._give)

    def open_at(self, corner: QPoint) -> None:
        """Show it with its upper right corner at a point of the screen."""
        self.adjustSize()
        self.move(corner.x() - self.width(), corner.y())
        self.show()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def _give(self) -> None:
        name = self.line.text().strip()
        if name:
            self.named.emit(name)
            self.close()

    def _forget(self) -> None:
        self.forgotten.emit(self._name)
        self.close()
