"""One metric's curves: pan, zoom, crosshair with values, smoothing with the raw line behind."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPen, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from runcase.curves.drawing import Drawn, View, draw, value_at
from runcase.curves.series import Floats, Series, XAxis
from runcase.itemmodels import formats
from runcase.session.jobs import Jobs
from runcase.ui.plots.axes import DurationAxis, MetricAxis, WallAxis
from runcase.ui.plots.chart_view import CurveStyle
from runcase.ui.plots.tip import PlotTip, TipRow
from runcase.ui.theme import Theme

# Beyond this many curves antialiasing costs more than it shows.
_ANTIALIASED = 40
_RAW_ALPHA = 70
_REDUCE_MS = 30


@dataclass(slots=True)
class _Curve:
    line: Any
    raw: Any
    drawn: Drawn


class LineChart(QWidget):
    """Curves of several runs; `run_clicked` carries a run id, "" for none."""

    run_clicked = Signal(str)

    def __init__(self, theme: Theme, jobs: Jobs, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._jobs = jobs
        self.key = key
        self.view = View()
        self.show_raw = True
        self.crosshair = True
        self.hides_outliers = False
        self._series: list[Series] = []
        self._styles: dict[str, CurveStyle] = {}
        self._selected: frozenset[str] = frozenset()
        self._curves: dict[str, _Curve] = {}
        self._auto = True
        # Other than so only while it is painted for a file.
        self._light, self._wide = False, 1.0
        self._plot = pg.PlotWidget(background=None)
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setMinimumSize(0, 0)
        self._item = self._plot.getPlotItem()
        self._box = self._item.getViewBox()
        self._line = pg.InfiniteLine(angle=90, movable=False)
        self._line.setZValue(20)
        self._dots = pg.ScatterPlotItem(size=7, pxMode=True)
        self._dots.setZValue(21)
        self._tip = PlotTip(theme, self)
        self._build()
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_REDUCE_MS)
        self._again.timeout.connect(self._reduce)
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_series(self, series: Sequence[Series], styles: dict[str, CurveStyle]) -> None:
        """Show other or longer curves; a zoom made by hand stays."""
        self._series = list(series)
        self._styles = dict(styles)
        self._reduce()

    def set_styles(self, styles: dict[str, CurveStyle]) -> None:
        """Draw the same curves in other colours."""
        self._styles = dict(styles)
        for run_id, curve in self._curves.items():
            self._pen(curve, run_id)

    def set_view(self, view: View) -> None:
        """Change axis, smoothing or scale; another axis or scale shows everything again."""
        other = (view.axis, view.log_y) != (self.view.axis, self.view.log_y)
        self.view = (
            replace(view, low=None, high=None)
            if other
            else replace(view, low=self.view.low, high=self.view.high)
        )
        if other:
            self._set_axes()
            self._auto = True
        self._reduce()

    def set_selected(self, run_ids: Sequence[str]) -> None:
        """Draw these runs' curves wider and on top."""
        self._selected = frozenset(run_ids)
        for run_id, curve in self._curves.items():
            self._pen(curve, run_id)

    def set_crosshair(self, shown: bool) -> None:
        """Show or hide the crosshair."""
        self.crosshair = shown
        if not shown:
            self._hide_crosshair()

    def set_hides_outliers(self, hides: bool) -> None:
        """Fit y to the 1st to 99th percentile of what is drawn, or to all of it; a zoom stays."""
        if hides != self.hides_outliers:
            self.hides_outliers = hides
            if self._auto:
                self._fit()

    def reset_zoom(self) -> None:
        """Show all of x and y, and follow new points again."""
        self._auto = True
        self.view = replace(self.view, low=None, high=None)
        self._reduce()

    def curve_count(self) -> int:
        """Count the curves that are drawn."""
        return len(self._curves)

    def drawn_curve(self, run_id: str) -> Drawn | None:
        """Return what is drawn of a run."""
        curve = self._curves.get(run_id)
        return None if curve is None else curve.drawn

    def view_range(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the visible range of x and of y, in the axes' own units."""
        (left, right), (bottom, top) = self._box.viewRange()
        return (left, right), (bottom, top)

    def point_at(self, x: float) -> None:
        """Put the crosshair at an x of the axis and show the values there."""
        self._show_crosshair(x)

    def series(self) -> list[Series]:
        """Return the histories that are drawn from, whole."""
        return list(self._series)

    def paint_plot(
        self,
        painter: QPainter,
        target: QRectF,
        styles: dict[str, CurveStyle],
        *,
        light: bool,
        scale: float = 1.0,
    ) -> None:
        """Paint axes and curves as the window shows them, without the crosshair.

        Args:
            painter: On a picture or a page.
            target: Where to, in the painter's units; of the plot's own size it is not stretched.
            styles: The runs' colours of the theme that is painted in.
            light: Whether in the light theme's colours, whatever is in force.
            scale: Device pixels to a unit: lines are a pixel wide, and grow with it.
        """
        kept = self._styles
        self._hide_crosshair()
        self._dress(styles, light, scale)
        scene = self._plot.scene()
        options = {"painter": painter, "resolutionScale": scale}
        # Points are painted straight to the device, and have to find this painter's. Axes would be
        # laid out anew for it.
        items = [item for item in scene.items() if isinstance(item, pg.ScatterPlotItem)]
        for item in items:
            item.setExportMode(True, options)
        try:
            seen = self._plot.mapToScene(self._plot.viewport().rect()).boundingRect()
            scene.render(painter, target, seen)
        finally:
            for item in items:
                item.setExportMode(False)
            self._dress(kept, False, 1.0)

    def _dress(self, styles: dict[str, CurveStyle], light: bool, wide: float) -> None:
        self._styles, self._light, self._wide = styles, light, wide
        self._restyle()

    def plot_size(self) -> tuple[int, int]:
        """Return the width and height of what `paint_plot` paints, in pixels."""
        return self._plot.width(), self._plot.height()

    def _color(self, token: str) -> QColor:
        return self._theme.color(token, light=self._light)

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 2, 8, 2)
        layout.addWidget(self._plot)
        self._item.hideButtons()
        self._item.setMenuEnabled(False)
        self._box.setMouseEnabled(x=True, y=True)
        self._box.disableAutoRange()
        self._box.sigRangeChangedManually.connect(self._moved_by_hand)
        self._box.sigResized.connect(self._resized)
        self._item.addItem(self._line, ignoreBounds=True)
        self._item.addItem(self._dots, ignoreBounds=True)
        self._line.hide()
        self._proxy = pg.SignalProxy(
            self._plot.scene().sigMouseMoved, rateLimit=60, slot=self._mouse_moved
        )
        self._plot.scene().sigMouseClicked.connect(self._mouse_clicked)
        self._set_axes()

    def _set_axes(self) -> None:
        bottom = {XAxis.STEP: MetricAxis, XAxis.RELATIVE: DurationAxis, XAxis.WALL: WallAxis}
        self._item.setAxisItems(
            {
                "bottom": bottom[self.view.axis](orientation="bottom"),
                "left": MetricAxis(orientation="left", log=self.view.log_y),
            }
        )
        self._restyle_axes()

    def _restyle(self) -> None:
        self._plot.setBackground(self._color("surface"))
        color = self._color("muted")
        self._line.setPen(pg.mkPen(color, width=1, style=Qt.PenStyle.DashLine))
        self._restyle_axes()
        for run_id, curve in self._curves.items():
            self._pen(curve, run_id)

    def _restyle_axes(self) -> None:
        for side in ("left", "bottom"):
            axis = self._item.getAxis(side)
            axis.setPen(pg.mkPen(self._color("border-strong"), width=self._wide))
            axis.setTextPen(pg.mkPen(self._color("muted")))
            axis.setTickFont(self._theme.font("caption"))
            axis.setStyle(tickLength=-4, maxTickLevel=1)
        self._item.showGrid(x=False, y=True, alpha=0.16)

    def _reduce(self) -> None:
        series, view = tuple(self._series), replace(self.view, pixels=max(50, self.width()))
        self._jobs.submit(
            lambda _progress: draw(series, view), owner=self, then=self._show, key="reduce"
        )

    def _show(self, drawn: list[Drawn]) -> None:
        wanted = {each.run_id for each in drawn}
        for run_id in [run_id for run_id in self._curves if run_id not in wanted]:
            curve = self._curves.pop(run_id)
            self._item.removeItem(curve.line)
            self._item.removeItem(curve.raw)
        smooth = len(drawn) <= _ANTIALIASED
        for each in drawn:
            curve = self._curves.get(each.run_id) or self._new_curve(each)
            self._curves[each.run_id] = curve
            curve.drawn = each
            options = {"connect": "finite", "antialias": smooth}
            curve.line.setData(each.x, each.y, symbol=self._symbol(each), **options)
            curve.raw.setData(each.raw_x, each.raw_y, **options)
            curve.raw.setVisible(self.show_raw)
            self._pen(curve, each.run_id)
        if self._auto:
            self._fit()
        self.setAccessibleDescription(describe(self))

    def _new_curve(self, drawn: Drawn) -> _Curve:
        line = pg.PlotDataItem(symbolSize=6, symbolPen=None)
        raw = pg.PlotDataItem()
        self._item.addItem(raw)
        self._item.addItem(line)
        return _Curve(line, raw, drawn)

    def _symbol(self, drawn: Drawn) -> str | None:
        """Show lone points as dots: a line of one point is nothing."""
        return "o" if np.count_nonzero(np.isfinite(drawn.y)) == 1 else None

    def _pen(self, curve: _Curve, run_id: str) -> None:
        style = self._styles.get(run_id)
        color = style.color if style is not None else self._color("muted")
        pen = QPen(color)
        pen.setCosmetic(True)
        wide = run_id in self._selected
        pen.setWidthF((2.4 if wide else 1.0) * self._wide)
        if style is not None and style.dashes:
            pen.setDashPattern(list(style.dashes))
        curve.line.setPen(pen)
        curve.line.setSymbolBrush(color)
        curve.line.setZValue(10 if wide else 5)
        curve.line.curve.setSegmentedLineMode("on" if wide else "auto")
        # A line of one point would be an empty path in a file.
        curve.line.curve.setVisible(self._symbol(curve.drawn) is None)
        faint = QColor(color)
        faint.setAlpha(_RAW_ALPHA)
        raw = QPen(faint)
        raw.setCosmetic(True)
        raw.setWidthF(self._wide)
        curve.raw.setPen(raw)

    def _fit(self) -> None:
        xs = [c.drawn.whole_x for c in self._curves.values() if len(c.drawn.whole_x)]
        ys = [c.drawn.y[np.isfinite(c.drawn.y)] for c in self._curves.values()]
        ys = [y for y in ys if len(y)]
        if not xs or not ys:
            self._box.setRange(xRange=(0, 1), yRange=(0, 1), padding=0)
            return
        low, high = min(float(x[0]) for x in xs), max(float(x[-1]) for x in xs)
        bottom, top = _extent(np.concatenate(ys), self.hides_outliers)
        if not high > low:
            low, high = low - 0.5, high + 0.5
        if not top > bottom:
            pad = abs(top) * 0.1 or 0.5
            bottom, top = bottom - pad, top + pad
        self._box.setRange(xRange=(low, high), yRange=(bottom, top), padding=0.03)

    def _moved_by_hand(self, *_args: object) -> None:
        self._auto = False
        (left, right), _ = self.view_range()
        self.view = replace(self.view, low=left, high=right)
        self._again.start()

    def _resized(self, *_args: object) -> None:
        if self._series:
            self._again.start()

    def _mouse_moved(self, event: tuple[QPointF]) -> None:
        position = event[0]
        if not self.crosshair or not self._box.sceneBoundingRect().contains(position):
            self._hide_crosshair()
            return
        self._show_crosshair(float(self._box.mapSceneToView(position).x()), position)

    def _show_crosshair(self, at: float, position: QPointF | None = None) -> None:
        rows, dots = [], []
        for run_id, curve in self._curves.items():
            found = value_at(curve.drawn.whole_x, curve.drawn.whole_y, at)
            style = self._styles.get(run_id)
            if found is None or style is None:
                continue
            x, y, place = found
            raw = float(curve.drawn.raw[place])
            rows.append(TipRow(style.name, style.color, y, raw, run_id in self._selected))
            on_axis = y if not self.view.log_y else np.log10(y) if y > 0 else np.nan
            if np.isfinite(on_axis):
                dots.append({"pos": (x, on_axis), "brush": style.color, "pen": None})
        self._line.setPos(at)
        self._line.setVisible(bool(rows))
        self._dots.setData(dots)
        if rows:
            heading = self._item.getAxis("bottom").described(at)
            smoothed = self.view.smoothing > 0
            place_at = position or self._box.mapViewToScene(QPointF(at, self.view_range()[1][1]))
            self._tip.show_rows(heading, rows, smoothed, self._plot.mapFromScene(place_at))
        else:
            self._tip.hide()

    def _hide_crosshair(self) -> None:
        self._line.hide()
        self._dots.clear()
        self._tip.hide()

    def leaveEvent(self, event: Any) -> None:
        self._hide_crosshair()
        super().leaveEvent(event)

    def _mouse_clicked(self, event: Any) -> None:
        if event.double():
            self.reset_zoom()
            return
        position = self._box.mapSceneToView(event.scenePos())
        self.run_clicked.emit(self._nearest(position))

    def _nearest(self, position: QPointF) -> str:
        """Return the run whose curve passes within 8 pixels of a point, "" for none."""
        (_, _), (bottom, top) = self.view_range()
        reach = (top - bottom) / max(1.0, float(self._box.height())) * 8
        best, found = reach, ""
        for run_id, curve in self._curves.items():
            near = value_at(curve.drawn.whole_x, curve.drawn.whole_y, position.x())
            if near is None:
                continue
            y = near[1]
            if self.view.log_y:
                y = float(np.log10(y)) if y > 0 else np.nan
            if abs(y - position.y()) < best:
                best, found = abs(y - position.y()), run_id
        return found


def _extent(y: Floats, inner: bool) -> tuple[float, float]:
    if not inner:
        return float(y.min()), float(y.max())
    # Values themselves, not between two of them: of fewer than 100 none is left out.
    low, high = np.percentile(y, 1, method="lower"), np.percentile(y, 99, method="higher")
    return float(low), float(high)


def describe(chart: LineChart) -> str:
    """Say in words what a chart shows, for accessibility."""
    (left, right), _ = chart.view_range()
    return (
        f"{chart.key}, {formats.counted(chart.curve_count(), 'run')}, "
        f"{chart.view.axis.value} {left:g} to {right:g}"
    )
