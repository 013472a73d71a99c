"""Text and code with line numbers; the highlighting was computed in the worker process."""

from bisect import bisect_left

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QWidget

from runcase.preview.document import HIGHLIGHT_KINDS, Text
from runcase.ui.theme import Theme
from runcase.ui.widgets.gutter_edit import GutterEdit

_TOKENS = {
    "keyword": "keyword",
    "string": "string",
    "number": "number",
    "comment": "muted",
    "name": "text",
    "tag": "keyword",
    "attribute": "number",
    "heading": "keyword",
    "added": "success",
    "removed": "error",
    "error": "error",
    "warning": "warn",
    "muted": "muted",
}
_BOLD = frozenset(("name", "heading"))
_GUTTER_PADDING = 10


def code_font(theme: Theme) -> QFont:
    """Return the theme's fixed font without ligatures, so that `==` stays two characters."""
    font = theme.font("mono")
    for feature in ("calt", "liga"):
        font.setFeature(QFont.Tag(feature), 0)
    return font


class SpanHighlighter(QSyntaxHighlighter):
    """Colours the spans of a `Text`; they are sorted, so a block finds its own by bisection."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._theme = theme
        self._spans = memoryview(b"").cast("I")
        self._starts: list[int] = []
        self._formats: list[QTextCharFormat] = []
        self.restyle()

    def set_spans(self, spans: bytes) -> None:
        """Take the spans of the text that is about to be set."""
        self._spans = memoryview(spans).cast("I")
        self._starts = self._spans[0::3].tolist()

    def restyle(self) -> None:
        """Take the theme's colours."""
        self._formats = [self._format(kind) for kind in HIGHLIGHT_KINDS]
        if self._starts:
            self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        begin = self.currentBlock().position()
        end = begin + self.currentBlock().length()
        for number in range(bisect_left(self._starts, begin), len(self._starts)):
            start, length, kind = self._spans[3 * number : 3 * number + 3]
            if start >= end:
                return
            if kind < len(self._formats):
                self.setFormat(start - begin, length, self._formats[kind])

    def _format(self, kind: str) -> QTextCharFormat:
        made = QTextCharFormat()
        made.setForeground(self._theme.color(_TOKENS[kind]))
        if kind in _BOLD:
            made.setFontWeight(QFont.Weight.DemiBold)
        return made


class CodeEdit(GutterEdit):
    """A read-only text with line numbers in a gutter."""

    def __init__(self, theme: Theme, numbered: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._numbered = numbered
        self.document().setDocumentMargin(8)
        self._highlighter = SpanHighlighter(self.document(), theme)
        self.blockCountChanged.connect(self.place_gutter)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_text(self, document: Text) -> None:
        """Show a text from its top."""
        self.setAccessibleName(document.name)
        self._highlighter.set_spans(document.spans)
        self.setPlainText(document.text)
        self.place_gutter()

    def show_line(self, line: int) -> None:
        """Select a line, from 1, and bring it to the middle."""
        block = self.document().findBlockByNumber(line - 1)
        if block.isValid():
            cursor = QTextCursor(block)
            cursor.movePosition(
                QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor
            )
            self.setTextCursor(cursor)
            self.centerCursor()

    def gutter_width(self) -> int:
        if not self._numbered:
            return 0
        digits = max(2, len(str(max(1, self.blockCount()))))
        return digits * QFontMetrics(self.font()).horizontalAdvance("9") + 2 * _GUTTER_PADDING

    def paint_gutter(self, event: QPaintEvent, painter: QPainter) -> None:
        painter.fillRect(event.rect(), self._theme.color("side"))
        painter.setFont(self.font())
        painter.setPen(self._theme.color("muted"))
        width = self.gutter_width() - _GUTTER_PADDING
        for at, top, height in self.lines_in(event.rect()):
            area = QRect(0, top, width, height)
            painter.drawText(area, Qt.AlignmentFlag.AlignRight, str(at + 1))

    def _restyle(self) -> None:
        self.setFont(code_font(self._theme))
        self.document().setDefaultFont(code_font(self._theme))
        self._highlighter.restyle()
        self.place_gutter()
