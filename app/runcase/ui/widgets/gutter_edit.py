"""A read-only text with a strip left of it, for line numbers and signs."""

from abc import abstractmethod
from collections.abc import Iterator

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QWidget


class GutterEdit(QPlainTextEdit):
    """Places and scrolls the strip, and has its heirs say how wide it is and what it shows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gutter = _Gutter(self)
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        # Keyboard selection needs a cursor that a read-only text hides otherwise.
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.updateRequest.connect(self._scroll_gutter)

    @abstractmethod
    def gutter_width(self) -> int:
        """Return the width of the strip, in pixels; 0 for none."""

    @abstractmethod
    def paint_gutter(self, event: QPaintEvent, painter: QPainter) -> None:
        """Paint the strip beside the lines that are visible."""

    def place_gutter(self) -> None:
        """Make room for the strip; to be called when its width may have changed."""
        width = self.gutter_width()
        self.setViewportMargins(width, 0, 0, 0)
        area = self.contentsRect()
        self._gutter.setGeometry(QRect(area.left(), area.top(), width, area.height()))

    def lines_in(self, area: QRect) -> Iterator[tuple[int, int, int]]:
        """Yield number, from 0, top and height of the visible lines down to an area's bottom."""
        block = self.firstVisibleBlock()
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if box.top() > area.bottom():
                return
            yield block.blockNumber(), round(box.top()), round(box.height())
            block = block.next()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place_gutter()

    def _scroll_gutter(self, area: QRect, moved: int) -> None:
        if moved:
            self._gutter.scroll(0, moved)
        else:
            self._gutter.update(0, area.y(), self._gutter.width(), area.height())


class _Gutter(QWidget):
    """The strip left of a `GutterEdit`, which paints it."""

    def __init__(self, edit: GutterEdit) -> None:
        super().__init__(edit)
        self._edit = edit

    def sizeHint(self) -> QSize:
        return QSize(self._edit.gutter_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._edit.paint_gutter(event, painter)
