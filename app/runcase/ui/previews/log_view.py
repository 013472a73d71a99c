"""Long texts and logs: a window of lines that moves, search, levels, and following the end."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QTextCursor
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QSizePolicy,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from runcase.preview import words
from runcase.preview.document import Log
from runcase.ui.previews.text_view import CodeEdit
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Elided, IconButton, Segments, row
from runcase.ui.zoom import fix

_STEPS = 1_000
_FOLLOW_MS = 1_000
_LEVELS = (
    ("", "All"),
    ("ERROR", "Errors"),
    ("ERROR WARNING", "Warnings"),
    ("ERROR WARNING INFO", "Info"),
)


class LogView(QWidget):
    """A window of lines; `asked` carries (offset, query, view) for another one."""

    asked = Signal(object, str, str)  # an offset of more than 32 bits

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document: Log | None = None
        self._waiting = False
        self._edit = CodeEdit(theme, numbered=False)
        self._levels = Segments(_LEVELS, "Levels")
        self.field = self._search = QLineEdit()
        self._search.setPlaceholderText("Find in the whole file")
        self._search.setAccessibleName("Find in the whole file")
        self._search.setClearButtonEnabled(True)
        up = IconButton(theme, "chevron-up", "Find Previous (Shift+Enter)")
        down = IconButton(theme, "chevron-down", "Find Next (Enter)")
        self._follow = QToolButton()
        self._follow.setText("Follow")
        self._follow.setCheckable(True)
        self._follow.setToolTip("Show the end of the file as it grows")
        bar = QFrame()
        bar.setObjectName("panelHeader")
        line = row(margins=(10, 4, 10, 4), spacing=6)
        line.addWidget(self._search, 1)
        for widget in (up, down, self._levels, self._follow):
            line.addWidget(widget)
        bar.setLayout(line)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(bar)
        layout.addWidget(self._edit, 1)
        layout.addWidget(self._make_footer(theme))
        self._timer = QTimer(self)
        self._timer.setInterval(_FOLLOW_MS)
        self._timer.timeout.connect(self._tail)
        self._search.returnPressed.connect(self._find_next)
        up.clicked.connect(self._find_previous)
        down.clicked.connect(self._find_next)
        self._levels.chosen.connect(self._choose_levels)
        self._follow.toggled.connect(self._toggle)

    def _make_footer(self, theme: Theme) -> QFrame:
        self._where = Elided("", "small-muted")
        self._where.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._head = IconButton(theme, "chevron-left", "Previous Part")
        self._next = IconButton(theme, "chevron-right", "Next Part")
        start = IconButton(theme, "arrow-up", "Beginning of the File")
        end = IconButton(theme, "arrow-down", "End of the File")
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setAccessibleName("Place in the file")
        self._slider.setRange(0, _STEPS)
        fix(theme, self._slider, width=220)
        # Asked once it is let go: dragging would ask for a hundred windows.
        self._slider.setTracking(False)
        footer = QFrame()
        footer.setObjectName("panelHeader")
        line = row(self._where, 1, self._slider, start, self._head, self._next, end, spacing=4,
                   margins=(10, 2, 10, 2))  # fmt: skip
        footer.setLayout(line)
        start.clicked.connect(self._go_start)
        end.clicked.connect(self._tail)
        self._head.clicked.connect(self._go_back)
        self._next.clicked.connect(self._go_on)
        self._slider.valueChanged.connect(self._jump)
        return footer

    def show_document(self, document: Log) -> None:
        """Show a window; a followed one stays at its end."""
        old, self._document = self._document, document
        self._waiting = False
        if old is None or old.name != document.name:
            self._follow.setChecked(False)
            self._levels.choose("")
            self._search.clear()
        self._edit.show_text(document.text)
        if document.found >= 0:
            self._show_line(document.found)
        elif self._follow.isChecked() or document.end >= document.size > document.end - 1 > 0:
            bar = self._edit.verticalScrollBar()
            bar.setValue(bar.maximum() if document.offset else 0)
        counts = [
            words.many(count, name.lower())
            for name, count in document.levels
            if count and name in ("ERROR", "WARNING")
        ]
        place = f"Bytes {document.offset:,} to {document.end:,} of {document.size:,}"
        self._where.setText(" · ".join([place, *counts]))
        self._head.setEnabled(document.offset > 0)
        self._next.setEnabled(document.end < document.size)
        blocked = self._slider.blockSignals(True)
        self._slider.setValue(round(_STEPS * document.offset / max(1, _way(document))))
        self._slider.blockSignals(blocked)

    def facts(self) -> str:
        """Return what the header says of the file."""
        document = self._document
        return f"{words.size(document.size)} · {document.text.encoding}" if document else ""

    def hideEvent(self, event: QHideEvent) -> None:
        self._follow.setChecked(False)
        super().hideEvent(event)

    def _show_line(self, number: int) -> None:
        block = self._edit.document().findBlockByNumber(number)
        cursor = QTextCursor(block)
        place = block.text().lower().find(self._search.text().lower())
        if place >= 0 and self._search.text():
            cursor.setPosition(block.position() + place)
            end = block.position() + place + len(self._search.text())
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self._edit.setTextCursor(cursor)
        self._edit.centerCursor()

    def _ask(self, offset: int, query: str = "", view: str = "") -> None:
        if not self._waiting:
            self._waiting = True
            self.asked.emit(offset, query, view)

    def _find_next(self) -> None:
        document = self._document
        if document is None or not self._search.text():
            return
        if self._find_here(back=False):
            return
        self._ask(
            document.end if document.found >= 0 else document.offset, self._search.text(), "find"
        )

    def _find_previous(self) -> None:
        document = self._document
        if document is not None and self._search.text() and not self._find_here(back=True):
            self._ask(document.offset, self._search.text(), "back")

    def _find_here(self, back: bool) -> bool:
        """Look in the window that is shown first."""
        flag = self._edit.document().FindFlag.FindBackward if back else None
        found = (
            self._edit.find(self._search.text(), flag)
            if flag
            else self._edit.find(self._search.text())
        )
        return bool(found)

    def _choose_levels(self, levels: str) -> None:
        self._ask(0, levels, "levels" if levels else "")

    def _go_start(self) -> None:
        self._levels.choose("")
        self._ask(0)

    def _go_back(self) -> None:
        document = self._document
        if document is not None:
            self._ask(max(0, document.offset - max(1, document.end - document.offset)))

    def _go_on(self) -> None:
        document = self._document
        if document is not None:
            levels = self._levels.choice()
            self._ask(document.end, levels, "levels" if levels else "")

    def _tail(self) -> None:
        self._levels.choose("")
        self._ask(0, "", "tail")

    def _jump(self, step: int) -> None:
        if self._document is not None:
            if step == _STEPS:
                self._tail()
                return
            self._levels.choose("")
            self._ask(_way(self._document) * step // _STEPS)

    def _toggle(self, follows: bool) -> None:
        if follows:
            self._timer.start()
            self._tail()
        else:
            self._timer.stop()

    def unlock(self) -> None:
        """Take questions again after one that failed."""
        self._waiting = False


def _way(document: Log) -> int:
    """Return how far a window can be moved: at its last place it ends with the file."""
    return document.size - (document.end - document.offset)
