"""Pictures: fit, 100 %, 200 %, zoom at the mouse, pan, and the frames of an animation."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPixmap,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsPixmapItem,
    QGraphicsRectItem,
    QGraphicsScene,
    QGraphicsView,
    QWidget,
)

from runcase.preview import words
from runcase.preview.document import Frame, Image
from runcase.ui.theme import Theme

_STEP = 1.25
_LEAST, _MOST = 0.01, 64.0
_TILE = 8
_MARGIN = 16
# Above this every pixel is meant to be seen as a square.
_SMOOTH_UNTIL = 2.0
_FASTEST_MS = 20
_TURNS = frozenset((Qt.Key.Key_PageDown, Qt.Key.Key_PageUp, Qt.Key.Key_Home, Qt.Key.Key_End))


class ImageView(QGraphicsView):
    """A picture on a checkerboard; `zoomed` carries the new scale, 1 for natural size.

    `hovered` carries the pixel under the mouse and its colour, invalid outside; `paged` the page
    that a key asks for.
    """

    zoomed = Signal(float)
    played = Signal(bool)
    hovered = Signal(int, int, QColor)
    paged = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._document: Image | None = None
        self._fits = True
        self._by_width = False
        self._number = 0
        self._pixmaps: dict[int, QPixmap] = {}
        self._scene = QGraphicsScene(self)
        self._item = QGraphicsPixmapItem()
        self._border = QGraphicsRectItem()
        self._scene.addItem(self._item)
        self._scene.addItem(self._border)
        self.setScene(self._scene)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.CrossCursor)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._play_next)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_document(self, document: Image) -> None:
        """Show a picture, as large as fits but not larger than it is.

        Another page of the same file is shown as the one before was, from its top.
        """
        self.pause()
        before, self._document = self._document, document
        turned = before is not None and before.page != document.page
        same = turned and before is not None and before.name == document.name
        self._pixmaps = {}
        self.setAccessibleName(document.name)
        self.setAccessibleDescription(self.facts())
        self._show_frame(0)
        area = QRectF(0, 0, document.width, document.height)
        self._border.setRect(area)
        self.setSceneRect(area)
        if not same:
            self.fit()
            return
        if self._fits:
            self._fit()
        self.verticalScrollBar().setValue(self.verticalScrollBar().minimum())

    def facts(self) -> str:
        """Return what the header says of the file."""
        if self._document is None:
            return ""
        size = words.size(self._document.size)
        pixels = words.dimensions(self._document.width, self._document.height)
        return f"{size} · {pixels}"

    @property
    def scale_factor(self) -> float:
        """Return the zoom, 1 for natural size."""
        return self.transform().m11()

    @property
    def fits(self) -> bool:
        """Say whether the picture follows the size of the view."""
        return self._fits

    @property
    def fits_width(self) -> bool:
        """Say whether it follows the width alone."""
        return self._fits and self._by_width

    @property
    def text(self) -> str:
        """Return the words on the page, where the file has them as text."""
        return self._document.text if self._document else ""

    @property
    def frames(self) -> int:
        """Return how many frames can be shown."""
        return len(self._document.frames) if self._document else 0

    @property
    def frame_number(self) -> int:
        """Return the frame that is shown, from 0."""
        return self._number

    @property
    def is_playing(self) -> bool:
        """Say whether the frames run."""
        return self._timer.isActive()

    @property
    def page(self) -> int:
        """Return the page of the file that is shown, from 0."""
        return self._document.page if self._document else 0

    @property
    def pages(self) -> int:
        """Return how many pages the file has."""
        return self._document.pages if self._document else 0

    def fit(self) -> None:
        """Show the whole picture, never enlarged."""
        self._fits, self._by_width = True, False
        self._fit()

    def fit_width(self) -> None:
        """Show the picture, or the page, as wide as the view."""
        self._fits = self._by_width = True
        self._fit()

    def turn_to(self, page: int) -> None:
        """Ask for a page, the nearest there is."""
        wanted = min(max(0, page), self.pages - 1)
        if self.pages > 1 and wanted != self.page:
            self.paged.emit(wanted)

    def zoom_to(self, scale: float) -> None:
        """Zoom to a scale about the middle of the view."""
        self._fits = False
        anchor = self.transformationAnchor()
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self._apply(scale)
        self.setTransformationAnchor(anchor)

    def zoom_in(self) -> None:
        """Zoom one step in."""
        self.zoom_to(self.scale_factor * _STEP)

    def zoom_out(self) -> None:
        """Zoom one step out."""
        self.zoom_to(self.scale_factor / _STEP)

    def play(self) -> None:
        """Run the frames, at the speed that the file says."""
        if self.frames > 1:
            self._timer.start(self._delay())
            self.played.emit(True)

    def pause(self) -> None:
        """Hold the frames."""
        if self._timer.isActive():
            self._timer.stop()
            self.played.emit(False)

    def step(self, by: int) -> None:
        """Show the frame that is so many further, round and round."""
        if self.frames > 1:
            self._show_frame((self._number + by) % self.frames)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y()
        if turned:
            self._fits = False
            self._apply(self.scale_factor * math.pow(_STEP, turned / 120))
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.mapToScene(event.position().toPoint()))

    def _hover(self, place: QPointF) -> None:
        """Say which pixel of the frame lies under a place of the picture."""
        document = self._document
        if document is None or not self.sceneRect().contains(place):
            self.hovered.emit(-1, -1, QColor())
            return
        frame = document.frames[self._number]
        x = min(frame.width - 1, int(place.x() * frame.width / document.width))
        y = min(frame.height - 1, int(place.y() * frame.height / document.height))
        start = 4 * (y * frame.width + x)
        pixel = frame.pixels[start : start + 4]
        if len(pixel) == 4:
            self.hovered.emit(int(place.x()), int(place.y()), QColor(*pixel))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_in()
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom_out()
        elif event.key() == Qt.Key.Key_0:
            self.fit()
        elif event.key() == Qt.Key.Key_1:
            self.zoom_to(1.0)
        elif event.key() == Qt.Key.Key_2:
            self.zoom_to(2.0)
        elif event.key() in _TURNS and self._turns(event.key()):
            event.accept()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fits:
            self._fit()

    def hideEvent(self, event: object) -> None:
        self.pause()

    def _fit(self) -> None:
        if self._document is None:
            return
        room = self.viewport().size()
        across = (room.width() - 2 * _MARGIN) / max(1, self._document.width)
        down = (room.height() - 2 * _MARGIN) / max(1, self._document.height)
        self._apply(across if self._by_width else min(across, down, 1.0))

    def _turns(self, key: int) -> bool:
        """Turn the page at its end, as a key says; False leaves the key to scrolling."""
        if self.pages < 2:
            return False
        bar = self.verticalScrollBar()
        if key == Qt.Key.Key_PageDown and bar.value() == bar.maximum():
            self.turn_to(self.page + 1)
        elif key == Qt.Key.Key_PageUp and bar.value() == bar.minimum():
            self.turn_to(self.page - 1)
        elif key == Qt.Key.Key_Home:
            self.turn_to(0)
        elif key == Qt.Key.Key_End:
            self.turn_to(self.pages - 1)
        else:
            return False
        return True

    def _apply(self, scale: float) -> None:
        scale = min(_MOST, max(_LEAST, scale))
        self.setTransform(QTransform.fromScale(scale, scale))
        smooth = scale < _SMOOTH_UNTIL or self._is_vector
        self._item.setTransformationMode(
            Qt.TransformationMode.SmoothTransformation
            if smooth
            else Qt.TransformationMode.FastTransformation
        )
        self.zoomed.emit(scale)

    @property
    def _is_vector(self) -> bool:
        return self._document is not None and self._document.format == "SVG"

    def _show_frame(self, number: int) -> None:
        if self._document is None:
            return
        self._number = number
        frame = self._document.frames[number]
        if number not in self._pixmaps:
            self._pixmaps[number] = pixmap_of(frame)
        self._item.setPixmap(self._pixmaps[number])
        # A frame may be scaled down, or drawn larger: it always covers the natural size.
        self._item.setTransform(
            QTransform.fromScale(
                self._document.width / frame.width, self._document.height / frame.height
            )
        )

    def _play_next(self) -> None:
        self.step(1)
        self._timer.setInterval(self._delay())
        self.played.emit(True)

    def _delay(self) -> int:
        frame = self._document.frames[self._number] if self._document else None
        return max(_FASTEST_MS, frame.delay_ms if frame else _FASTEST_MS)

    def drawBackground(self, painter: QPainter, rect: QRectF | object) -> None:
        painter.save()
        painter.resetTransform()
        painter.setBrushOrigin(QPointF(0, 0))
        painter.fillRect(self.viewport().rect(), self._board)
        area = self.mapFromScene(self._border.rect()).boundingRect()
        painter.fillRect(area & self.viewport().rect(), self._paper)
        painter.restore()

    def _restyle(self) -> None:
        self._board, self._paper = checkerboard(self._theme), paper()
        pen = QPen(self._theme.color("border-strong"))
        pen.setCosmetic(True)
        self._border.setPen(pen)
        self.viewport().update()


def checkerboard(theme: Theme) -> QBrush:
    """Return the ground around a picture."""
    return _tiles(theme.color("surface"), theme.color("hover" if theme.is_dark else "grid"))


def paper() -> QBrush:
    """Return the ground behind transparent parts: light in both themes, as plots have black ink."""
    return _tiles(QColor("#FFFFFF"), QColor("#ECEEF2"))


def _tiles(ground: QColor, shade: QColor) -> QBrush:
    tile = QPixmap(2 * _TILE, 2 * _TILE)
    tile.fill(ground)
    painter = QPainter(tile)
    painter.fillRect(0, 0, _TILE, _TILE, shade)
    painter.fillRect(_TILE, _TILE, _TILE, _TILE, shade)
    painter.end()
    return QBrush(tile)


def pixmap_of(frame: Frame) -> QPixmap:
    """Wrap the pixels that the worker decoded; a frame that lies about its size stays empty."""
    if not frame.is_honest:
        return QPixmap(1, 1)
    image = QImage(
        frame.pixels, frame.width, frame.height, 4 * frame.width, QImage.Format.Format_RGBA8888
    )
    return QPixmap.fromImage(image)
