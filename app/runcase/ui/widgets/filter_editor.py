"""The editor of the filter field: one line of text, its parts coloured, its mistake underlined."""

import re
from typing import ClassVar

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QPlainTextEdit

from runcase.ui.theme import Theme

_PARTS = re.compile(
    r"""(?P<string>[eE]?'[^']*'?|"[^"]*"?)"""
    r"""|(?P<entity>\b(?:metrics?|params?|parameters?|tags?|attributes?|attr|run|datasets?"""
    r"""|models?|marks?)(?=\.))"""
    r"""|(?P<keyword>\b(?:and|or|not|like|ilike|rlike|in|is|null|nan|between)\b"""
    r"""|\b(?:min|max|mean|avg|first|last|at|step_of_min|step_of_max)(?=\())"""
    r"""|(?P<number>(?<![\w.])[-+]?(?:\d{4}-\d\d(?:-\d\d)?|(?:\d+(?:\.\d+)?(?:ms|min|[smhdw]))+"""
    r"""|\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?![\w.]))""",
    re.IGNORECASE | re.VERBOSE,
)


class FilterHighlighter(QSyntaxHighlighter):
    """Colours strings, numbers, keywords and entities, and underlines the mistake.

    `mistake` is (position, length) in characters; (0, 0) for none.
    """

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
                first, end = units(text, match.start()), units(text, match.end())
                self.setFormat(first, end - first, style)
        start, length = self.mistake
        for at in range(units(text, start), units(text, min(len(text), start + length))):
            style = self.format(at)
            style.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            style.setUnderlineColor(self._theme.color("error"))
            self.setFormat(at, 1, style)


class FilterEditor(QPlainTextEdit):
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

    def place(self) -> int:
        """Return where the cursor stands, in characters."""
        text = self.toPlainText()
        return len(text.encode("utf-16-le")[: 2 * self.textCursor().position()].decode("utf-16-le"))

    def replace(self, start: int, end: int, text: str) -> None:
        """Put a text in the place of a piece, given in characters; the cursor stands after it."""
        whole = self.toPlainText()
        cursor = self.textCursor()
        cursor.setPosition(units(whole, start))
        cursor.setPosition(units(whole, end), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(text)
        self.setTextCursor(cursor)

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


def units(text: str, characters: int) -> int:
    """Return an index in UTF-16 units, in which Qt counts: an emoji is two of them."""
    return len(text[:characters].encode("utf-16-le", "surrogatepass")) // 2
