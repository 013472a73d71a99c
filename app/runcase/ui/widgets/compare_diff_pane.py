"""One pane of a text difference: line numbers, signs, grounds, and hatching where a line lacks."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from runcase.itemmodels import formats
from runcase.store.compare_lines import Shown, Tone
from runcase.ui.theme import Theme
from runcase.ui.widgets.gutter_edit import GutterEdit

_LONGEST = 5_000  # letters of a line that are laid out
_SIGNS = {Tone.REMOVED: "\N{MINUS SIGN}", Tone.ADDED: "+"}
_SOFT = {Tone.REMOVED: "error-soft", Tone.ADDED: "success-soft", Tone.FOLDED: "accent-soft"}
_STRONG = {Tone.REMOVED: "error", Tone.ADDED: "success"}


class DiffPane(GutterEdit):
    """Shows lines of one text, or of both, which then has a column of numbers for each.

    `unfolded` says that a line that stands for others was clicked, or Return pressed on it: where
    those begin among all lines, and the number of the line here.
    """

    unfolded = Signal(int, int)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines: Sequence[Shown] = ()
        self.setAccessibleName(name)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_lines(self, lines: Sequence[Shown]) -> None:
        """Show lines in place of those before."""
        self._lines = lines
        # One block per line: what Qt would break at is shown as a sign.
        texts = (formats.excerpt(_flat(each.text))[:_LONGEST] for each in lines)
        self.setPlainText("\n".join(texts))
        self.place_gutter()
        self._paint_changes()

    def go_to(self, at: int) -> None:
        """Bring a line into sight, with some lines above it."""
        cursor = QTextCursor(self.document().findBlockByNumber(at))
        self.setTextCursor(cursor)
        self.verticalScrollBar().setValue(max(0, at - 3))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        at = self.cursorForPosition(event.position().toPoint()).blockNumber()
        if event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            self._unfold(at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        else:
            self._unfold(self.textCursor().blockNumber())

    def _unfold(self, at: int) -> None:
        fold = self._lines[at].fold if at < len(self._lines) else None
        if fold is not None:
            self.unfolded.emit(fold, at)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        for at, top, height in self.lines_in(event.rect()):
            brush = self._brush(at)
            if brush is not None:
                painter.fillRect(QRect(0, top, self.viewport().width(), height), brush)
        painter.end()
        super().paintEvent(event)

    def gutter_width(self) -> int:
        return self._columns() * self._column() + 3 * self._digit()

    def paint_gutter(self, event: QPaintEvent, painter: QPainter) -> None:
        painter.fillRect(event.rect(), self._theme.color("side"))
        painter.setFont(self.font())
        for at, top, height in self.lines_in(event.rect()):
            if at >= len(self._lines):
                return
            area = QRect(0, top, self.gutter_width(), height)
            self._paint_numbers(painter, area, self._lines[at])

    def _paint_numbers(self, painter: QPainter, area: QRect, line: Shown) -> None:
        if line.tone in _SOFT:
            painter.fillRect(area, self._theme.color(_SOFT[line.tone]))
        painter.setPen(self._theme.color("muted"))
        wide = self._column()
        for at, number in enumerate(line.numbers):
            if number is not None:
                box = QRect(area.left() + at * wide, area.top(), wide, area.height())
                painter.drawText(box, Qt.AlignmentFlag.AlignRight, str(number))
        sign = area.adjusted(area.width() - 2 * self._digit(), 0, 0, 0)
        painter.drawText(sign, Qt.AlignmentFlag.AlignLeft, _SIGNS.get(line.tone, ""))

    def _columns(self) -> int:
        return len(self._lines[0].numbers) if self._lines else 1

    def _column(self) -> int:
        """Return the width of a column of numbers."""
        return (max(3, len(str(len(self._lines)))) + 1) * self._digit()

    def _digit(self) -> int:
        return self.fontMetrics().horizontalAdvance("9")

    def _brush(self, at: int) -> QBrush | None:
        """Return the ground of a line, hatched where this pane has none."""
        tone = self._lines[at].tone if at < len(self._lines) else Tone.PLAIN
        if tone is Tone.ABSENT:
            return QBrush(self._theme.color("border"), Qt.BrushStyle.BDiagPattern)
        return QBrush(self._theme.color(_SOFT[tone])) if tone in _SOFT else None

    def _paint_changes(self) -> None:
        found: list[QTextEdit.ExtraSelection] = []
        for at, each in enumerate(self._lines):
            if each.tone is Tone.FOLDED:
                part = QTextEdit.ExtraSelection()
                part.format.setForeground(self._theme.color("accent"))
                cursor = QTextCursor(self.document().findBlockByNumber(at))
                cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
                part.cursor = cursor
                found.append(part)
            if not each.spans or each.tone not in _STRONG:
                continue
            strong = QColor(self._theme.color(_STRONG[each.tone]))
            strong.setAlpha(70)
            block = self.document().findBlockByNumber(at)
            for first, end in each.spans:
                part = QTextEdit.ExtraSelection()
                part.format.setBackground(strong)
                cursor = QTextCursor(block)
                cursor.setPosition(block.position() + min(first, block.length() - 1))
                cursor.setPosition(
                    block.position() + min(end, block.length() - 1),
                    QTextCursor.MoveMode.KeepAnchor,
                )
                part.cursor = cursor
                found.append(part)
        self.setExtraSelections(found)

    def _restyle(self) -> None:
        font = self._theme.font("mono")
        self.setFont(font)
        self.document().setDefaultFont(font)
        self.place_gutter()
        self._paint_changes()


def _flat(text: str) -> str:
    """Return a line without what Qt takes for the end of one, as long as it was."""
    return text.translate(dict.fromkeys((0x2028, 0x2029, 0x0B, 0x0C, 0x85, 0x0D), "⏎"))
