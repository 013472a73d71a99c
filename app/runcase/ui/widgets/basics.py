"""The small parts that pages are made of: labels, buttons, segments, cards, lines."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from runcase.ui import icons
from runcase.ui.theme import Theme
from runcase.ui.zoom import fix, follow

# Where the text of a search field begins, and where the room of the sign before it does.
_SIGN, _SIGN_LEFT = 26, 5


def label(text: str = "", role: str = "", *, selectable: bool = False) -> QLabel:
    """Return a plain-text label; `role` is one of the style sheet's."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    if role.startswith("chip"):
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    if selectable:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def button(text: str, kind: str = "", clicked: Callable[[], object] | None = None) -> QPushButton:
    """Return a push button; `kind` is one of the style sheet's."""
    made = QPushButton(text)
    if kind:
        made.setProperty("kind", kind)
    made.setCursor(
        Qt.CursorShape.PointingHandCursor if kind == "link" else Qt.CursorShape.ArrowCursor
    )
    if clicked is not None:
        made.clicked.connect(lambda: clicked())
    return made


def line(vertical: bool = False) -> QFrame:
    """Return a separator of one pixel."""
    made = QFrame()
    made.setObjectName("line")
    if vertical:
        made.setFixedWidth(1)
    else:
        made.setFixedHeight(1)
    return made


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and delete it."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        inner = item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


def row(
    *widgets: QWidget | int, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QHBoxLayout:
    """Return widgets side by side; an int n is a stretch of n."""
    made = QHBoxLayout()
    made.setSpacing(spacing)
    made.setContentsMargins(*margins)
    for each in widgets:
        if isinstance(each, int):
            made.addStretch(each)
        else:
            made.addWidget(each)
    return made


class IconButton(QToolButton):
    """A square button with an icon, an accessible name and a tooltip; sizes are at zoom 1."""

    def __init__(
        self, theme: Theme, icon: str, text: str, *, side: int = 28, icon_size: int = 17
    ) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self.setAccessibleName(text)
        self.setToolTip(text)
        fix(theme, self, width=side, height=side, icon=icon_size)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.toggled.connect(self._tint)
        theme.changed.connect(self._tint)
        self._tint()

    def set_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self._tint()

    def _tint(self) -> None:
        token = "accent" if self.isChecked() else "text-2"
        self.setIcon(icons.icon(self._theme, self._icon, token))


class IconLabel(QLabel):
    """An icon that follows the theme."""

    def __init__(self, theme: Theme, icon: str, token: str = "text-2", size: int = 15) -> None:
        super().__init__()
        self._theme, self._icon, self._token, self._size = theme, icon, token, size
        theme.changed.connect(self._draw)
        self._draw()

    def set_icon(self, icon: str, token: str) -> None:
        """Show another icon in another colour."""
        self._icon, self._token = icon, token
        self._draw()

    def _draw(self) -> None:
        side, ratio = self._theme.px(self._size), self.devicePixelRatioF()
        self.setFixedSize(side, side)
        self.setPixmap(icons.pixmap(self._theme, self._icon, self._token, self._size, ratio))


class Elided(QLabel):
    """A label that shortens its text to its width, with the whole text as tooltip."""

    def __init__(
        self, text: str = "", role: str = "", mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight
    ) -> None:
        super().__init__()
        self._mode = mode
        self._full = self._tip = ""
        if role:
            self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setText(text)

    def setText(self, text: str) -> None:
        self._full = text
        self.setAccessibleName(text)
        super().setText(text)
        self.updateGeometry()

    def text(self) -> str:
        return self._full

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._full) + 4, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(20, QFontMetrics(self.font()).height() + 2)

    def set_tip(self, tip: str) -> None:
        """Show a tooltip of its own, whether the text is shortened or not."""
        self._tip = tip
        self.setToolTip(tip)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if not self._tip:
            self.setToolTip(self._full if self._shown() != self._full else "")
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(
            self.rect(), int(self.alignment() | Qt.AlignmentFlag.AlignVCenter), self._shown()
        )

    def _shown(self) -> str:
        return QFontMetrics(self.font()).elidedText(self._full, self._mode, self.width())


class SearchField(QLineEdit):
    """A field with a sign at its beginning: the room that Qt keeps for one does not zoom."""

    def __init__(self, theme: Theme, icon: str, token: str = "muted", size: int = 14) -> None:
        super().__init__()
        self._theme = theme
        self._sign = IconLabel(theme, icon, token, size)
        self._sign.setParent(self)
        self.setClearButtonEnabled(True)
        follow(theme, self, self._place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        room, side = self._theme.px(_SIGN), self._sign.width()
        self.setTextMargins(room, 0, 0, 0)
        left = (room + self._theme.px(_SIGN_LEFT) - side) // 2
        self._sign.move(left, (self.height() - side + 1) // 2)


class Segments(QWidget):
    """A row of exclusive choices; `chosen` carries the id of the new one."""

    chosen = Signal(str)

    def __init__(
        self, choices: Sequence[tuple[str, str]], name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._buttons: dict[str, QPushButton] = {}
        layout = row(spacing=0)
        self.setLayout(layout)
        group = QButtonGroup(self)
        for number, (each, text) in enumerate(choices):
            made = button(text, "segment")
            made.setCheckable(True)
            made.setAutoDefault(False)
            place = "first" if number == 0 else "last" if number == len(choices) - 1 else "middle"
            made.setProperty("place", "only" if len(choices) == 1 else place)
            made.setProperty("choice", each)
            group.addButton(made)
            layout.addWidget(made)
            self._buttons[each] = made
        group.buttonClicked.connect(self._clicked)
        if choices:
            self._buttons[choices[0][0]].setChecked(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def choose(self, choice: str) -> None:
        """Check a choice without emitting."""
        if choice in self._buttons:
            self._buttons[choice].setChecked(True)

    def show_choice(self, choice: str, shown: bool) -> None:
        """Show or hide one of the choices."""
        self._buttons[choice].setVisible(shown)

    def choice(self) -> str:
        """Return the id of the checked choice."""
        return next((each for each, made in self._buttons.items() if made.isChecked()), "")

    def _clicked(self, clicked: QPushButton) -> None:
        self.chosen.emit(str(clicked.property("choice")))


class Card(QFrame):
    """A bordered block with a header of a title, a muted count and controls on the right."""

    def __init__(self, theme: Theme, title: str, note: str = "") -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAccessibleName(title)
        header = QFrame()
        header.setObjectName("cardHeader")
        fix(theme, header, height=28)
        self._title = label(title, "heading")
        self._note = label(note, "small-muted")
        self.header = row(self._title, self._note, 1, margins=(10, 0, 8, 0))
        header.setLayout(self.header)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 1)
        self.body.setSpacing(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addWidget(header)
        layout.addLayout(self.body, 1)

    def set_title(self, title: str) -> None:
        """Show another title."""
        self._title.setText(title)
        self.setAccessibleName(title)

    def set_note(self, note: str) -> None:
        """Show a count or a remark beside the title."""
        self._note.setText(note)


class PanelHeader(QFrame):
    """A bar over a pane: title, muted count, controls on the right; `height` is at zoom 1."""

    def __init__(self, theme: Theme, title: str, height: int = 34) -> None:
        super().__init__()
        self.setObjectName("panelHeader")
        fix(theme, self, height=height)
        self.title = label(title, "heading")
        self.note = label("", "small-muted")
        self.controls = row(self.title, self.note, 1, margins=(10, 0, 10, 0))
        self.setLayout(self.controls)
