"""All curves of a chart as one graphics item: hundreds of items of their own would be slow."""

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from runcase.ui.plots.line_picture import LinePicture, paint_paths


class CurvesItem(pg.GraphicsObject):  # type: ignore[misc]  # pyqtgraph ships no types
    """Paints areas, then strokes, one pixel wide whatever the zoom.

    Of many curves a worker has painted an image already; while it is zoomed by hand that is
    stretched, and into a file the curves themselves are painted.
    """

    def __init__(self) -> None:
        super().__init__()
        self.picture = LinePicture()
        self._wide = 1.0

    def show(self, picture: LinePicture) -> None:
        """Paint other curves."""
        self.prepareGeometryChange()
        self.picture = picture
        self.update()

    def set_wide(self, wide: float) -> None:
        """Paint lines so many pixels wide, for a file of a finer grain."""
        self._wide = wide
        self.update()

    def boundingRect(self) -> QRectF:
        return self.picture.bounds

    def paint(self, painter: QPainter, _option: object, widget: QWidget | None = None) -> None:
        image = self.picture.image
        if image is None or widget is None:
            paint_paths(painter, self.picture, self._wide)
            return
        place = painter.transform().mapRect(self.picture.seen)
        size = image.deviceIndependentSize()
        painter.save()
        painter.resetTransform()
        if abs(place.width() - size.width()) < 1 and abs(place.height() - size.height()) < 1:
            ratio = image.devicePixelRatio()
            left, top = round(place.left() * ratio) / ratio, round(place.top() * ratio) / ratio
            painter.drawImage(QPointF(left, top), image)
        else:
            painter.drawImage(place, image)
        painter.restore()
