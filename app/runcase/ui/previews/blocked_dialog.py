"""The addresses that a page with scripts asked for and did not get."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QScrollArea, QVBoxLayout, QWidget

from runcase.ui.previews.cards import grid
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import label

_SHOWN = 300


class BlockedDialog(QDialog):
    """Addresses and how often each was asked for, the commonest first."""

    def __init__(self, theme: Theme, blocked: Mapping[str, int], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Blocked Requests")
        pairs = sorted(blocked.items(), key=lambda each: -each[1])
        self._text = "\n".join(address for address, _ in pairs)
        rows = [(address, f"{count:,}") for address, count in pairs[:_SHOWN]]
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(grid(theme, ("Address", "Times"), rows, right=(1,)))
        scroll.setAlignment(Qt.AlignmentFlag.AlignTop)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("Copy", QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        said = "Nothing was sent: the page’s own files are all that it may load."
        for widget in (label(said, "muted"), scroll, buttons):
            layout.addWidget(widget)
        self.resize(theme.px(560), theme.px(380))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
