"""Facts in two columns, key and value, as the inspector and the cards show them."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Elided, IconButton, button, clear, label, row
from runcase.ui.zoom import fix


class Facts(QWidget):
    """Rows of a muted key and a value; `followed` carries the target of a pressed link.

    `key_width` is at zoom 1.
    """

    followed = Signal(object)

    def __init__(self, theme: Theme, key_width: int = 92) -> None:
        super().__init__()
        self._theme, self._key_width = theme, key_width
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(12, 6, 12, 10)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)

    def clear(self) -> None:
        """Take all rows away."""
        clear(self._grid)

    def add(
        self, key: str, value: str, *, mono: bool = False, tip: str = "", link: object = None
    ) -> None:
        """Add a row; a `link` makes the value a button that is followed."""
        at = self._grid.rowCount()
        caption = label(key, "small-muted")
        fix(self._theme, caption, width=self._key_width)
        self._grid.addWidget(caption, at, 0)
        if link is not None:
            made = button(value, "link", lambda: self.followed.emit(link))
            made.setToolTip(tip)
            self._grid.addWidget(made, at, 1, Qt.AlignmentFlag.AlignLeft)
            return
        shown = Elided(value, "mono" if mono else "small", Qt.TextElideMode.ElideMiddle)
        if tip:
            shown.set_tip(tip)
        self._grid.addWidget(shown, at, 1)

    def add_widget(self, key: str, widget: QWidget) -> None:
        """Add a row with a widget as its value."""
        at = self._grid.rowCount()
        caption = label(key, "small-muted")
        fix(self._theme, caption, width=self._key_width)
        self._grid.addWidget(caption, at, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(widget, at, 1)


class Section(QWidget):
    """A titled part of the inspector that folds."""

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fold = IconButton(theme, "chevron-down", f"Fold {title}", side=20)
        self._fold.clicked.connect(self._toggle)
        self._count = label("", "small-muted")
        self.head = row(self._fold, label(title, "heading"), 1, self._count, spacing=4)
        self.head.setContentsMargins(8, 4, 12, 2)
        self._inner = QWidget()
        self.body = QVBoxLayout(self._inner)
        self.body.setContentsMargins(0, 0, 0, 4)
        self.body.setSpacing(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self.head)
        layout.addWidget(self._inner)

    def set_count(self, text: str) -> None:
        """Show a count on the right of the title."""
        self._count.setText(text)

    def _toggle(self) -> None:
        shown = self._inner.isHidden()
        self._inner.setVisible(shown)
        self._fold.set_icon("chevron-down" if shown else "chevron-right")


def chips(texts: list[tuple[str, str]], width: int = 272) -> QWidget:
    """Return chips in as many lines as they need; each is (text, role)."""
    host = QWidget()
    layout = QVBoxLayout(host)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(5)
    line, used = row(spacing=5), 0
    for text, role in texts:
        chip = label(_short(text), role)
        if _short(text) != text:
            chip.setToolTip(text)
        wide = chip.sizeHint().width() + 5
        if used and used + wide > width:
            line.addStretch(1)
            layout.addLayout(line)
            line, used = row(spacing=5), 0
        line.addWidget(chip)
        used += wide
    line.addStretch(1)
    layout.addLayout(line)
    return host


def copyable(theme: Theme, text: str, shown: str, what: str) -> QWidget:
    """Return a mono text with a button that copies it whole."""
    host = QWidget()
    copy = IconButton(theme, "copy", f"Copy {what}", side=20, icon_size=13)
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
    value: QLabel = label(shown, "mono-muted")
    value.setToolTip(text)
    host.setLayout(row(value, copy, spacing=4))
    return host


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:26]}…{line[-12:]}"
