"""Two pictures under one zoom and one pan: side by side, under a slider, in turn, or subtracted."""

import math
from enum import StrEnum

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from runcase.ui.previews.image_view import checkerboard, paper
from runcase.ui.theme import Theme

_STEP = 1.25
_LEAST, _MOST = 0.01, 64.0
_MARGIN = 12
_PAN = 40  # pixels an arrow key moves the pictures
_GRIP = 8  # pixels beside the slider's line in which the mouse takes it
_SMOOTH_UNTIL = 2.0


class ImageMode(StrEnum):
    """How two pictures are laid out."""

    SIDE = "side"
    SLIDER = "slider"
    BLINK = "blink"
    DIFFERENCE = "difference"


class ImageCanvas(QWidget):
    """Paints two pictures that share their top left corner; `zoomed` carries the scale.

    Zoom and pan are one state for both, so that they cannot come apart. `flipped` says that the
    person asked for the other picture.
    """

    zoomed = Signal(float)
    flipped = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.left, self.right, self.difference = QPixmap(), QPixmap(), QPixmap()
        self.mode = ImageMode.SIDE
        self.shows_right = False
        self.split = 0.5
        self.scale, self.center = 1.0, QPointF()
        self.fits = True
        self._held: QPointF | None = None
        self._slides = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumHeight(80)
        self.setAccessibleName("Compared pictures")
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_images(self, left: QPixmap, right: QPixmap, *, keep: bool = False) -> None:
        """Show two pictures, as large as fits, or at the zoom and place of those before."""
        self.left, self.right, self.difference = left, right, QPixmap()
        if self.fits or not keep:
            self.fit()
        self.update()

    def show_difference(self, difference: QPixmap) -> None:
        """Take what is shown in the mode of the difference."""
        self.difference = difference
        self.update()

    def set_mode(self, mode: ImageMode) -> None:
        """Lay the pictures out in another way."""
        self.mode = mode
        if self.fits:
            self.fit()
        self.update()

    def set_shows_right(self, right: bool) -> None:
        """Show the right picture, or the left one, where they are shown in turn."""
        self.shows_right = right
        self.update()

    def fit(self) -> None:
        """Show the whole pictures, never enlarged."""
        self.fits = True
        size, room = self._size(), self._areas()[0].size()
        self.center = QPointF(size.width() / 2, size.height() / 2)
        scale = min(
            (room.width() - 2 * _MARGIN) / max(1, size.width()),
            (room.height() - 2 * _MARGIN) / max(1, size.height()),
            1.0,
        )
        self._zoom(scale)

    def zoom_to(self, scale: float) -> None:
        """Zoom to a scale about the middle."""
        self.fits = False
        self._zoom(scale)

    def zoom_by(self, steps: float) -> None:
        """Zoom so many steps in, or out."""
        self.zoom_to(self.scale * math.pow(_STEP, steps))

    def sizeHint(self) -> QSize:
        return QSize(480, 240)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y()
        if turned:
            place = event.position()
            before = self._image_point(place)
            self.zoom_by(turned / 120)
            self.center += before - self._image_point(place)
            self.update()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = event.position()
            self._slides = self._is_on_line(event.position())
            if not self._slides:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if self._held is None:
            on_line = self._is_on_line(place)
            shape = Qt.CursorShape.SplitHCursor if on_line else Qt.CursorShape.OpenHandCursor
            self.setCursor(shape)
        elif self._slides:
            self._slide_to(place.x() / max(1, self.width()))
        else:
            self.fits = False
            self.center -= (place - self._held) / self.scale
            self._held = place
        self.update()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._held = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, moved = event.key(), self._moved(event)
        if moved is not None:
            self._move(moved, sliding=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.zoom_by(-1 if key == Qt.Key.Key_Minus else 1)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key in (Qt.Key.Key_1, Qt.Key.Key_2):
            self.zoom_to(1.0 if key == Qt.Key.Key_1 else 2.0)
        elif key == Qt.Key.Key_Space:
            self.flipped.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.fits:
            self.fit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._board)
        smooth = self.scale < _SMOOTH_UNTIL and self.mode is not ImageMode.DIFFERENCE
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        areas = self._areas()
        if self.mode is ImageMode.SIDE:
            self._picture(painter, areas[0], areas[0], self.left)
            self._picture(painter, areas[1], areas[1], self.right)
            painter.fillRect(areas[0].right() + 1, 0, 1, self.height(), self._color("border"))
        elif self.mode is ImageMode.SLIDER:
            line = round(self.split * self.width())
            part = QRect(0, 0, line, self.height())
            self._picture(painter, areas[0], part, self.left)
            rest = QRect(line, 0, self.width() - line, self.height())
            self._picture(painter, areas[0], rest, self.right)
            painter.fillRect(line - 1, 0, 2, self.height(), self._color("accent"))
            painter.setBrush(self._color("accent"))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.drawEllipse(QPoint(line, self.height() // 2), 5, 5)
        elif self.mode is ImageMode.BLINK:
            picture = self.right if self.shows_right else self.left
            self._picture(painter, areas[0], areas[0], picture)
        else:
            painter.fillRect(self.rect(), self._color("window"))
            self._picture(painter, areas[0], areas[0], self.difference)
        painter.end()

    def _picture(self, painter: QPainter, area: QRect, clip: QRect, picture: QPixmap) -> None:
        """Paint a picture about the middle of an area, as far as a part of it goes."""
        if picture.isNull():
            return
        painter.save()
        painter.setClipRect(clip)
        middle = QRectF(area).center()
        size = picture.deviceIndependentSize() * self.scale
        corner = middle - self.center * self.scale
        box = QRectF(corner, size)
        painter.fillRect(box, self._paper)
        painter.drawPixmap(box, picture, QRectF(picture.rect()))
        pen = QPen(self._color("border-strong"))
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)
        painter.restore()

    def _areas(self) -> list[QRect]:
        if self.mode is not ImageMode.SIDE:
            return [self.rect()]
        half = (self.width() - 1) // 2
        high = self.height()
        return [QRect(0, 0, half, high), QRect(half + 1, 0, self.width() - half - 1, high)]

    def _size(self) -> QSize:
        return self.left.size().expandedTo(self.right.size())

    def _image_point(self, place: QPointF) -> QPointF:
        """Return which point of the pictures is at a place of the widget."""
        area = next((each for each in self._areas() if each.contains(place.toPoint())), self.rect())
        return self.center + (place - QRectF(area).center()) / self.scale

    def _is_on_line(self, place: QPointF) -> bool:
        line = self.split * self.width()
        return self.mode is ImageMode.SLIDER and abs(place.x() - line) <= _GRIP

    def _slide_to(self, split: float) -> None:
        self.split = min(1.0, max(0.0, split))

    def _moved(self, event: QKeyEvent) -> QPointF | None:
        ways = {
            Qt.Key.Key_Left: QPointF(-_PAN, 0),
            Qt.Key.Key_Right: QPointF(_PAN, 0),
            Qt.Key.Key_Up: QPointF(0, -_PAN),
            Qt.Key.Key_Down: QPointF(0, _PAN),
        }
        return ways.get(Qt.Key(event.key()))

    def _move(self, by: QPointF, *, sliding: bool) -> None:
        if sliding and self.mode is ImageMode.SLIDER:
            self._slide_to(self.split + by.x() / max(1, self.width()))
        else:
            self.fits = False
            self.center += by / self.scale
        self.update()

    def _zoom(self, scale: float) -> None:
        self.scale = min(_MOST, max(_LEAST, scale))
        self.zoomed.emit(self.scale)
        self.update()

    def _color(self, token: str) -> QColor:
        return self._theme.color(token)

    def _restyle(self) -> None:
        self._board, self._paper = checkerboard(self._theme), paper()
        self.update()
