"""Two texts side by side: lines that face each other, what changed in colour, scrolled together."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QTextEdit, QWidget

from runcase.itemmodels import formats
from runcase.store.compare_lines import Change, Line, TextDifference
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import line

_LONGEST = 5_000  # letters of a line that are laid out


class DiffView(QWidget):
    """Shows a `TextDifference`; both sides scroll together."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.left = DiffPane(theme, is_left=True)
        self.right = DiffPane(theme, is_left=False)
        self._changes: list[int] = []
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.left, 1)
        layout.addWidget(line(vertical=True))
        layout.addWidget(self.right, 1)
        for one, other in ((self.left, self.right), (self.right, self.left)):
            one.verticalScrollBar().valueChanged.connect(other.verticalScrollBar().setValue)
            one.horizontalScrollBar().valueChanged.connect(other.horizontalScrollBar().setValue)

    def show_difference(self, found: TextDifference) -> None:
        """Show two texts from their first difference."""
        self.left.show_lines(found.lines)
        self.right.show_lines(found.lines)
        self._changes = [
            at
            for at, each in enumerate(found.lines)
            if each.change is not Change.SAME
            and (at == 0 or found.lines[at - 1].change is Change.SAME)
        ]
        self.left.go_to(0)
        self.step(1, from_top=True)

    def step(self, by: int, *, from_top: bool = False) -> None:
        """Bring the next change into sight, or the one before."""
        here = -1 if from_top else self.left.textCursor().blockNumber()
        if by > 0:
            found = next((at for at in self._changes if at > here), None)
        else:
            found = next((at for at in reversed(self._changes) if at < here), None)
        if found is not None:
            self.left.go_to(found)
            self.right.go_to(found)


class DiffPane(QPlainTextEdit):
    """One side: its own line numbers, a sign for what changed, hatching where it has no line."""

    def __init__(self, theme: Theme, is_left: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_left = is_left
        self._lines: Sequence[Line] = ()
        self._gutter = _Gutter(self)
        self.setAccessibleName("Left text" if is_left else "Right text")
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.updateRequest.connect(self._scroll_gutter)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show this side of the lines."""
        self._lines = lines
        texts = [each.left_text if self._is_left else each.right_text for each in lines]
        # One block per line: what Qt would break at is shown as a sign.
        self.setPlainText("\n".join(formats.excerpt(_flat(text))[:_LONGEST] for text in texts))
        self._place_gutter()
        self._paint_changes()

    def go_to(self, at: int) -> None:
        """Bring a line into sight, with some lines above it."""
        cursor = QTextCursor(self.document().findBlockByNumber(at))
        self.setTextCursor(cursor)
        self.verticalScrollBar().setValue(max(0, at - 3))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_gutter()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        block = self.firstVisibleBlock()
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if box.top() > event.rect().bottom():
                break
            brush = self._brush(block.blockNumber())
            if brush is not None:
                area = QRect(0, round(box.top()), self.viewport().width(), round(box.height()))
                painter.fillRect(area, brush)
            block = block.next()
        painter.end()
        super().paintEvent(event)

    def gutter_width(self) -> int:
        """Return the width of numbers and signs, in pixels."""
        digits = max(3, len(str(len(self._lines))))
        return (digits + 4) * self.fontMetrics().horizontalAdvance("9")

    def paint_gutter(self, event: QPaintEvent, painter: QPainter) -> None:
        """Paint the numbers and signs of the lines that are visible."""
        painter.fillRect(event.rect(), self._theme.color("side"))
        painter.setFont(self.font())
        block = self.firstVisibleBlock()
        wide, one = self.gutter_width(), self.fontMetrics().horizontalAdvance("9")
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            at = block.blockNumber()
            if box.top() > event.rect().bottom() or at >= len(self._lines):
                return
            number = self._number(self._lines[at])
            area = QRect(0, round(box.top()), wide, round(box.height()))
            if number is not None:
                changed = self._lines[at].change is not Change.SAME
                if changed:
                    painter.fillRect(area, self._soft())
                painter.setPen(self._theme.color("muted"))
                numbers = area.adjusted(0, 0, -3 * one, 0)
                painter.drawText(numbers, Qt.AlignmentFlag.AlignRight, str(number))
                if changed:
                    sign = area.adjusted(wide - 2 * one, 0, 0, 0)
                    painter.drawText(
                        sign, Qt.AlignmentFlag.AlignLeft, "-" if self._is_left else "+"
                    )
            block = block.next()

    def _brush(self, at: int) -> QBrush | None:
        """Return the ground of a line, hatched where this side has none."""
        if at >= len(self._lines) or self._lines[at].change is Change.SAME:
            return None
        if self._number(self._lines[at]) is None:
            return QBrush(self._theme.color("border"), Qt.BrushStyle.BDiagPattern)
        return QBrush(self._soft())

    def _number(self, each: Line) -> int | None:
        return each.left if self._is_left else each.right

    def _soft(self) -> QColor:
        return self._theme.color("error-soft" if self._is_left else "success-soft")

    def _paint_changes(self) -> None:
        strong = self._theme.color("error" if self._is_left else "success")
        strong.setAlpha(70)
        found: list[QTextEdit.ExtraSelection] = []
        for at, each in enumerate(self._lines):
            if each.change is Change.SAME or self._number(each) is None:
                continue
            block = self.document().findBlockByNumber(at)
            for first, end in each.left_spans if self._is_left else each.right_spans:
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

    def _place_gutter(self) -> None:
        width = self.gutter_width()
        self.setViewportMargins(width, 0, 0, 0)
        area = self.contentsRect()
        self._gutter.setGeometry(QRect(area.left(), area.top(), width, area.height()))

    def _scroll_gutter(self, area: QRect, moved: int) -> None:
        if moved:
            self._gutter.scroll(0, moved)
        else:
            self._gutter.update(0, area.y(), self._gutter.width(), area.height())

    def _restyle(self) -> None:
        font = self._theme.font("mono")
        self.setFont(font)
        self.document().setDefaultFont(font)
        self._place_gutter()
        self._paint_changes()


def _flat(text: str) -> str:
    """Return a line without what Qt takes for the end of one, as long as it was."""
    return text.translate(dict.fromkeys((0x2028, 0x2029, 0x0B, 0x0C, 0x85, 0x0D), "⏎"))


class _Gutter(QWidget):
    """The strip left of a `DiffPane`, which paints it."""

    def __init__(self, pane: DiffPane) -> None:
        super().__init__(pane)
        self._pane = pane

    def sizeHint(self) -> QSize:
        return QSize(self._pane.gutter_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._pane.paint_gutter(event, painter)
