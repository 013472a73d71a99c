"""The plot's area: dragging pans, dragging with Shift or in zoom mode marks what to zoom to."""

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal


class ZoomBox(pg.ViewBox):  # type: ignore[misc]  # pyqtgraph ships no types
    """A pyqtgraph view box whose sweeps are the owner's to answer.

    `swept` carries the marked rectangle in the axes' units, and whether only x is meant.
    """

    swept = Signal(QRectF, bool)

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.zooms = False

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:
        """Pan, or mark with Shift (x alone) and in zoom mode."""
        only_x = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if axis is not None or event.button() != Qt.MouseButton.LeftButton:
            super().mouseDragEvent(event, axis)
            return
        if not only_x and not self.zooms:
            super().mouseDragEvent(event, axis)
            return
        event.accept()
        start, end = event.buttonDownPos(event.button()), event.pos()
        if only_x:
            start, end = QPointF(start.x(), 0), QPointF(end.x(), self.height())
        if not event.isFinish():
            self.updateScaleBox(start, end)
            return
        self.rbScaleBox.hide()
        marked = self.childGroup.mapRectFromParent(QRectF(start, end).normalized())
        if marked.width() > 0:
            self.swept.emit(marked, only_x)
