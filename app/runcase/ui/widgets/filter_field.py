"""The filter field: one line of monospaced text, coloured, with its mistake underlined."""

import re
from typing import ClassVar

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextDocument,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QWidget

from runcase.ui.pages.base import FilterState
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import IconButton, IconLabel, label

_PARTS = re.compile(
    r"""(?P<string>'[^']*'?|"[^"]*"?)"""
    r"""|(?P<entity>\b(?:metrics?|params?|parameters?|tags?|attributes?|attr|run|datasets?)(?=\.))"""
    r"""|(?P<keyword>\b(?:and|or|not|like|ilike|in|is|null)\b)"""
    r"""|(?P<number>(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?\b)""",
    re.IGNORECASE | re.VERBOSE,
)


class _Highlighter(QSyntaxHighlighter):
    """Colours strings, numbers, keywords and entities, and underlines the mistake."""

    TOKENS: ClassVar[dict[str, str]] = {
        "string": "string", "number": "number", "keyword": "keyword", "entity": "muted",
    }  # fmt: skip

    def __init__(self, theme: Theme, document: QTextDocument) -> None:
        super().__init__(document)
        self._theme = theme
        self.colored = True
        self.mistake = (0, 0)

    def highlightBlock(self, text: str) -> None:
        if self.colored:
            for match in _PARTS.finditer(text):
                style = QTextCharFormat()
                style.setForeground(self._theme.color(self.TOKENS[str(match.lastgroup)]))
                first, end = _units(text, match.start()), _units(text, match.end())
                self.setFormat(first, end - first, style)
        start, length = self.mistake
        for at in range(_units(text, start), _units(text, min(len(text), start + length))):
            style = self.format(at)
            style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            style.setUnderlineColor(self._theme.color("error"))
            self.setFormat(at, 1, style)


def _units(text: str, characters: int) -> int:
    """Return an index in UTF-16 units, in which Qt counts: an emoji is two of them."""
    return len(text[:characters].encode("utf-16-le")) // 2


class _Line(QPlainTextEdit):
    """A one-line editor: Return applies, a pasted line break becomes a space."""

    returned = Signal()
    escaped = Signal()
    focused = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.document().setDocumentMargin(1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.returned.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() and not source.hasUrls()  # a file is the window's to open

    def insertFromMimeData(self, source: QMimeData) -> None:
        self.insertPlainText(" ".join(source.text().splitlines()))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focused.emit(False)


class FilterField(QFrame):
    """The field in the toolbar; `applied` carries the text, `left` says Esc on an empty field."""

    applied = Signal(str)
    left = Signal()

    # Typing applies by itself after this pause; Return at once.
    PAUSE_MS = 350

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("field")
        self.setMinimumWidth(220)
        self.setFixedHeight(30)
        self._icon = IconLabel(theme, "list-filter", "muted", 15)
        self.editor = _Line()
        self.editor.setAccessibleName("Filter")
        self.editor.installEventFilter(self)
        self._highlighter = _Highlighter(theme, self.editor.document())
        self._message = label("", "small")
        self._clear = IconButton(theme, "x", "Clear Filter")
        self._clear.setFixedSize(22, 22)
        self._clear.clicked.connect(self.clear)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 1, 4, 1)
        layout.setSpacing(7)
        layout.addWidget(self._icon)
        layout.addWidget(self.editor, 1)
        layout.addWidget(self._message)
        layout.addWidget(self._clear)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(self.PAUSE_MS)
        self._pause.timeout.connect(self._apply)
        self._loading = False
        self._before = ""
        self.editor.textChanged.connect(self._typed)
        self.editor.returned.connect(self._apply)
        self.editor.escaped.connect(self._escaped)
        self.editor.focused.connect(self._focused)
        theme.changed.connect(self._restyle)
        self._restyle()

    def text(self) -> str:
        """Return the text in the field."""
        return self.editor.toPlainText()

    def load(self, hint: str, query: bool, state: FilterState) -> None:
        """Show a page's filter; without a hint the page has nothing to filter."""
        self.setEnabled(bool(hint))
        self.editor.setPlaceholderText(hint)
        self._icon.set_icon("list-filter" if query else "search", "muted")
        if query != self._highlighter.colored:
            self._highlighter.colored = query
            self._restyle()
        if self.text() != state.text and not self._pause.isActive():
            self._loading = True
            self.editor.setPlainText(state.text)
            self._loading = False
        self.show_state(state)

    def show_state(self, state: FilterState) -> None:
        """Show what came of the filter: a count, or the mistake underlined."""
        if state.text != self.text():
            return
        mistake = (state.position, max(1, state.length)) if state.bad else (0, 0)
        if mistake != self._highlighter.mistake:
            self._highlighter.mistake = mistake
            self._highlighter.rehighlight()
        self._message.setText(state.message)
        self._message.setToolTip(state.detail)
        self.editor.setToolTip(state.detail if state.bad else "")
        self._set("bad", state.bad)
        color = "error" if state.bad else "success"
        self._message.setStyleSheet(f"color: {self._theme.color(color).name()}")
        self._message.setVisible(bool(state.message and (state.text or state.bad)))
        self._clear.setVisible(bool(state.text))

    def clear(self) -> None:
        """Empty the field and apply that."""
        self.editor.setPlainText("")
        self._apply()

    def put(self, text: str) -> None:
        """Put a text in and apply it."""
        self.editor.setPlainText(text)
        self._apply()

    def take_focus(self) -> None:
        """Put the cursor into the field and select its text."""
        self.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.editor.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Single letters are typed, not taken as keys of the window's actions.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.ShiftModifier,
            )
            if plain and event.text():
                event.accept()
                return True
        return super().eventFilter(watched, event)

    def _typed(self) -> None:
        # Highlighting changes formats, which Qt reports as a change of the text, too.
        if self.text() == self._before:
            return
        self._before = self.text()
        self._clear.setVisible(bool(self.text()))
        if not self._loading:
            self._pause.start()

    def _apply(self) -> None:
        self._pause.stop()
        self.applied.emit(self.text().strip("\n"))

    def _escaped(self) -> None:
        if self.text():
            self.clear()
        else:
            self.left.emit()

    def _focused(self, focused: bool) -> None:
        self._set("focus", focused)

    def _set(self, name: str, value: bool) -> None:
        if self.property(name) != value:
            self.setProperty(name, value)
            self.style().unpolish(self)
            self.style().polish(self)

    def _restyle(self) -> None:
        font = self._theme.font("mono" if self._highlighter.colored else "body")
        self.editor.setFont(font)
        self.editor.viewport().setFont(font)  # the placeholder is painted in the viewport's own
        height = self.editor.fontMetrics().height() + 6
        self.editor.setFixedHeight(height)
        self.setFixedHeight(max(30, height + 6))
        self._highlighter.rehighlight()
