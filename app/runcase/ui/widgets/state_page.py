"""The page for nothing, loading or an error: an icon, a fact, a cause and the next step."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QProgressBar, QVBoxLayout, QWidget

from runcase.errors import RuncaseError
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import IconLabel, button, label, row
from runcase.ui.zoom import follow

Action = tuple[str, Callable[[], object]]

# Nothing is shown of a read that takes less than this.
PATIENCE_MS = 150


class StatePage(QWidget):
    """One icon, one bold line of fact, one line of cause, at most two buttons."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = IconLabel(theme, "circle-alert", "muted", 28)
        self._title = label("", "heading")
        self._title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title.setWordWrap(True)
        self._text = label("", "text2", selectable=True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._text.setWordWrap(True)
        self._text.setMinimumWidth(200)
        follow(theme, self, lambda: self._text.setMaximumWidth(theme.px(520)))
        self._buttons = row(spacing=8)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addLayout(row(1, self._icon, 1))
        layout.addSpacing(8)
        layout.addWidget(self._title)
        text = row(1, spacing=0)
        text.addWidget(self._text, 8)
        text.addStretch(1)
        layout.addLayout(text)
        layout.addSpacing(8)
        layout.addLayout(self._buttons)
        layout.addStretch(3)

    def show_state(
        self, icon: str, title: str, text: str, *actions: Action, token: str = "muted"
    ) -> None:
        """Say what is the matter; the first action is the primary button."""
        self._icon.set_icon(icon, token)
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        while (item := self._buttons.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.deleteLater()
        self._buttons.addStretch(1)
        for number, (caption, action) in enumerate(actions):
            self._buttons.addWidget(button(caption, "primary" if number == 0 else "", action))
        self._buttons.addStretch(1)

    def show_error(self, title: str, error: RuncaseError, *actions: Action) -> None:
        """Say what went wrong, in the error's own words."""
        text = error.message if not error.hint else f"{error.message}\n{error.hint}"
        self.show_state("octagon-alert", title, text, *actions, token="error")


class LoadingPage(QWidget):
    """Skeleton rows and a line of progress with a Stop button, after 150 ms of nothing."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._stop: Callable[[], object] | None = None
        self._what: QLabel = label("", "text2")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._stop_button = button("Stop", "small", self._stopped)
        self._head = QFrame()
        layout = QVBoxLayout(self._head)
        layout.setContentsMargins(12, 12, 12, 0)
        layout.addLayout(row(self._what, 1, self._stop_button))
        layout.addWidget(self._bar)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._head)
        outer.addStretch(1)
        self._visible = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PATIENCE_MS)
        self._timer.timeout.connect(self._appear)
        self._head.hide()

    def start(self, what: str, stop: Callable[[], object] | None = None) -> None:
        """Wait for something; `stop` cancels it."""
        self._stop = stop
        self._what.setText(what)
        self._bar.setRange(0, 0)
        self._stop_button.setVisible(stop is not None)
        self._visible = False
        self._head.hide()
        self._timer.start()

    def report(self, done: int, total: int, what: str) -> None:
        """Show progress, with a real bar when the total is known."""
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        of = f" of {total:,}" if total else ""
        self._what.setText(f"{what[:1].upper()}{what[1:]}: {done:,}{of}")

    def finish(self) -> None:
        """Stop waiting."""
        self._timer.stop()
        self._head.hide()
        self._visible = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._visible:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("grid"))
        top = self._head.height() + 16
        widths = (116, 145, 93, 130, 106, 120)
        for number in range(min(12, max(0, (self.height() - top) // 26))):
            y = top + number * 26
            painter.drawRoundedRect(QRectF(12, y, 10, 10), 3, 3)
            painter.drawRoundedRect(QRectF(34, y, widths[number % 6], 10), 3, 3)
            for right in (70, 140):
                painter.drawRoundedRect(QRectF(self.width() - right, y, 56, 10), 3, 3)

    def _appear(self) -> None:
        self._visible = True
        self._head.show()
        self.update()

    def _stopped(self) -> None:
        if self._stop is not None:
            self._stop()
