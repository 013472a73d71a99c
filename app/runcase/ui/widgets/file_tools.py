"""What can be done with the file that is previewed: buttons at the right end of its bar."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from runcase.ui import icons
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import IconButton, button, line, row
from runcase.ui.zoom import fix

# A bar that is narrower shows its buttons without words.
_ROOMY = 860
# In one that is narrower still the name needs the room; menus and keys are there, too.
_TIGHT = 640


class FileTools(QWidget):
    """Emits the id of the action that is asked for."""

    asked = Signal(str)

    def __init__(self, theme: Theme, *, beside: bool) -> None:
        super().__init__()
        self._theme = theme
        self.pin = IconButton(theme, "pin", "Pin Preview")
        self.pin.setToolTip("Keep this preview and open the next file beside it  P")
        self.details = IconButton(theme, "panel-right", "File Details")
        self.details.setToolTip("File Details  I")
        for each in (self.pin, self.details):
            each.setCheckable(True)
            if not beside:
                each.hide()
        self._texts = {"open-with": "Open With…", "save-as": "Save As…"}
        shown = {"open-with": "external-link", "save-as": "download"}
        tips = {"open-with": "Open With…  Ctrl+Shift+Return", "save-as": "Save As…  Ctrl+S"}
        self._buttons = {id_: button(text, "small") for id_, text in self._texts.items()}
        for id_, command in self._buttons.items():
            command.setAccessibleName(self._texts[id_])
            command.setToolTip(tips[id_])
            icons.put(theme, command, shown[id_], size=14)
            command.clicked.connect(lambda _on, id_=id_: self.asked.emit(id_))
        self.pin.clicked.connect(lambda: self.asked.emit("pin-preview"))
        self.details.clicked.connect(lambda: self.asked.emit("file-details"))
        separator = line(vertical=True)
        fix(theme, separator, height=20)
        layout = row(separator, spacing=6)
        layout.insertSpacing(0, 4)
        layout.addWidget(self.pin)
        layout.addWidget(self.details)
        for command in self._buttons.values():
            layout.addWidget(command)
        self.setLayout(layout)

    def fit(self, width: int) -> None:
        """Show words on the buttons where a bar of this width has the room."""
        roomy = width >= self._theme.px(_ROOMY)
        for id_, made in self._buttons.items():
            made.setText(self._texts[id_] if roomy else "")
            made.setVisible(width >= self._theme.px(_TIGHT))
