"""A pyqtgraph plot in the application's colours, that is also painted into files."""

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QColor, QPainter, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from runcase.ui.plots.axes import ROOM
from runcase.ui.plots.line_picture import Pixels
from runcase.ui.theme import Theme


class PlotCanvas(QWidget):
    """Axes, grid, pan and zoom; who owns it adds the items and colours them on `recolored`.

    `moved` follows a pan or zoom by hand, `resized` another size of the plot.
    """

    recolored = Signal()
    moved = Signal()
    resized = Signal()

    def __init__(
        self, theme: Theme, box: pg.ViewBox | None = None, parent: QWidget | None = None
    ) -> None:
        """Make a plot; `box` is its area, where pyqtgraph's own one will not do."""
        super().__init__(parent)
        self._theme = theme
        # Other than so only while it is painted for a file.
        self.light = False
        self.wide = 1.0
        self.is_painting = False
        self.plot = pg.PlotWidget(background=None, viewBox=box, enableMenu=False)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setMinimumSize(0, 0)
        self.item = self.plot.getPlotItem()
        self.box = self.item.getViewBox()
        self.item.hideButtons()
        # Room for half of a text at the last tick: without it the axis would leave the text out.
        self.item.layout.setContentsMargins(0, ROOM, ROOM, 0)
        # pyqtgraph makes a menu that nobody opens, and that outlives the plot as a window.
        self.item.ctrlMenu = None
        self.box.setMouseEnabled(x=True, y=True)
        self.box.disableAutoRange()
        self.box.sigRangeChangedManually.connect(self._moved)
        self.box.sigResized.connect(self._resized)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        theme.changed.connect(self.recolor)

    def color(self, token: str) -> QColor:
        """Return a colour of the theme that is painted in."""
        return self._theme.color(token, light=self.light)

    def set_axes(self, bottom: Any, left: Any) -> None:
        """Put other axes beside the plot."""
        self.item.setAxisItems({"bottom": bottom, "left": left})
        self._recolor_axes()

    def recolor(self) -> None:
        """Colour background, axes and grid anew, then have the owner colour its items."""
        self.plot.setBackground(self.color("surface"))
        self._recolor_axes()
        self.recolored.emit()

    def view_range(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the visible range of x and of y, in the axes' own units."""
        (left, right), (bottom, top) = self.box.viewRange()
        return (left, right), (bottom, top)

    def pixels(self) -> Pixels:
        """Return what is seen, and how large."""
        x, y = self.view_range()
        width, height = float(self.box.width()), float(self.box.height())
        return Pixels(x, y, width, height, self.devicePixelRatioF())

    def plot_size(self) -> tuple[int, int]:
        """Return the width and height of what `paint` paints, in pixels."""
        return self.plot.width(), self.plot.height()

    def paint(self, painter: QPainter, target: QRectF, *, light: bool, scale: float) -> None:
        """Paint the plot into a picture or a page; see `ChartView.paint_plot`."""
        self.light, self.wide, self.is_painting = light, scale, True
        self.recolor()
        scene = self.plot.scene()
        options = {"painter": painter, "resolutionScale": scale}
        # Points are painted straight to the device, and have to find this painter's. Axes would be
        # laid out anew for it.
        items = [item for item in scene.items() if isinstance(item, pg.ScatterPlotItem)]
        for item in items:
            item.setExportMode(True, options)
        try:
            seen = self.plot.mapToScene(self.plot.viewport().rect()).boundingRect()
            scene.render(painter, target, seen)
        finally:
            for item in items:
                item.setExportMode(False)
            self.light, self.wide, self.is_painting = False, 1.0, False
            self.recolor()

    def _recolor_axes(self) -> None:
        for side in ("left", "bottom"):
            axis = self.item.getAxis(side)
            axis.setPen(pg.mkPen(self.color("border-strong"), width=self.wide))
            axis.setTextPen(pg.mkPen(self.color("muted")))
            axis.setTickFont(self._theme.font("caption"))
            axis.setStyle(tickLength=-4, maxTickLevel=1)
        self.item.showGrid(x=False, y=True, alpha=0.16)

    def _moved(self, *_args: object) -> None:
        self.moved.emit()

    def _resized(self, *_args: object) -> None:
        self.resized.emit()
