"""The curves of a chart: pan, zoom, crosshair with values, groups, live points."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from runcase.curves.chart import Chart, Role
from runcase.curves.combine import Curve, piece_of
from runcase.curves.drawing import (
    Drawn,
    Line,
    Prepared,
    View,
    Window,
    extent,
    prepare,
    reduce_lines,
)
from runcase.curves.limits import limits_of, widened
from runcase.curves.points import Piece, Pieces
from runcase.curves.scripts.lines import Axes, line_script
from runcase.curves.series import XAxis
from runcase.itemmodels import formats
from runcase.itemmodels.chart_kinds import chart_title
from runcase.progress import Progress
from runcase.session.jobs import Jobs
from runcase.ui.plots.axes import DurationAxis, MetricAxis, WallAxis
from runcase.ui.plots.chart_view import ChartView, CurveStyle, Key
from runcase.ui.plots.crosshair import Crosshair
from runcase.ui.plots.line_paint import LinePaint
from runcase.ui.plots.line_picture import LinePicture, dashes_of, picture_of, style_of
from runcase.ui.plots.pin import Pin
from runcase.ui.plots.plot_canvas import PlotCanvas
from runcase.ui.plots.zoom_box import ZoomBox
from runcase.ui.theme import Theme

_REDUCE_MS = 30
_PAN = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class LineData:
    """What a line chart draws.

    Attributes:
        curves: Of all shown runs.
        groups: The group of each run by its id, None where runs stand for themselves.
        reading: Whether some of the curves are samples, which are still being read.
    """

    curves: tuple[Curve, ...] = ()
    groups: Mapping[str, str] | None = None
    reading: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    """What a job brings: lines, what is drawn of them, and the window it is drawn for.

    Attributes:
        y: The ends of the axis.
        found: The least and the greatest value on the axis, None where none is finite.
    """

    prepared: Prepared
    drawn: list[Drawn]
    picture: LinePicture
    window: Window
    y: tuple[float, float]
    found: tuple[float, float] | None


class LineChart(ChartView):
    """Curves of metrics of several runs.

    `ranged` carries the visible x after a pan or zoom by hand, `pointed` the x under the mouse,
    NaN when it left, `pinned` the x that was pinned, NaN for none: so that other charts can follow.
    """

    ranged = Signal(float, float)
    pointed = Signal(float)
    pinned = Signal(float)

    def __init__(
        self, theme: Theme, jobs: Jobs, chart: Chart, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, chart, parent)
        self.jobs = jobs
        self.view = View()
        self.data = LineData()
        self.show_raw = True
        self.hides_outliers = False
        self.follows = False
        self.prepared = Prepared()
        self._found: tuple[float, float] | None = None
        self._auto = True
        self.canvas = PlotCanvas(theme, ZoomBox())
        self._paint = LinePaint(self)
        self.crosshair = Crosshair(self)
        self.pin = Pin(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 0, 0, 2)
        layout.addWidget(self.canvas)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_REDUCE_MS)
        self._again.timeout.connect(self._reduce)
        self.canvas.moved.connect(self._moved_by_hand)
        self.canvas.resized.connect(self._resized)
        self.canvas.box.swept.connect(self._zoom_to)
        self.canvas.recolored.connect(self._paint.recolor)
        self._set_axes()
        self.canvas.recolor()

    @property
    def is_auto(self) -> bool:
        """Say whether everything is shown, and not what was zoomed to by hand."""
        return self._auto

    @property
    def is_smoothed(self) -> bool:
        """Say whether the values of runs are smoothed ones."""
        return self.view.smoothing > 0 and self.data.groups is None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the metrics and expressions that it shows."""
        return self.chart.names(Role.Y)

    def drawn_lines(self) -> list[Drawn]:
        """Return what is drawn of each line, in the order of painting."""
        return list(self._paint.drawn)

    def drawn_of(self, run_id: str) -> Drawn | None:
        """Return what is drawn of a run's first line."""
        return next((each for each in self._paint.drawn if each.line.run_id == run_id), None)

    def set_data(self, data: LineData, styles: Mapping[str, CurveStyle], view: View) -> None:
        """Show other or longer curves; a zoom made by hand stays while the axes are the same."""
        self.data = data
        self.styles = dict(styles)
        self._take(view)
        self._prepare()

    def set_groups(
        self, groups: Mapping[str, str] | None, styles: Mapping[str, CurveStyle]
    ) -> bool:
        """Sum the same curves up by other groups; says whether they are others."""
        if groups == self.data.groups:
            return False
        self.data, self.styles = replace(self.data, groups=groups), dict(styles)
        self._prepare()
        return True

    def set_view(self, view: View) -> None:
        """Change axis, smoothing or scale; another axis or scale shows everything again."""
        if view != self.view:
            self._take(view)
            self._prepare()

    def set_chart(self, chart: Chart) -> None:
        """Take over another spec: other limits, another x; its curves come with `set_data`."""
        before, self.chart = self.chart, chart
        if chart.name(Role.X) != before.name(Role.X) or limits_of(chart) != limits_of(before):
            self._auto = True
            self._set_axes()
        if chart.name(Role.X) != before.name(Role.X):
            self.pin.follow(math.nan)

    def set_zooms(self, zooms: bool) -> None:
        """Have dragging mark what to zoom to, or pan."""
        self.canvas.box.zooms = zooms

    def set_hides_outliers(self, hides: bool) -> None:
        """Fit y to the 1st to 99th percentile of what is drawn, or to all of it; a zoom stays."""
        if hides != self.hides_outliers:
            self.hides_outliers = hides
            self._prepare()

    def set_shows_raw(self, shows: bool) -> None:
        """Show or hide the raw line behind a smoothed one."""
        if shows != self.show_raw:
            self.show_raw = shows
            self.restyle()

    def restyle(self) -> None:
        self._paint.recolor()

    def set_hovered(self, run_id: str) -> None:
        if run_id != self.hovered:
            self.hovered = run_id
            self._paint.emphasise()

    def set_selected(self, run_ids: Sequence[str]) -> None:
        if frozenset(run_ids) != self.selected:
            self.selected = frozenset(run_ids)
            self._paint.select()

    def reset_zoom(self) -> None:
        self._auto = True
        self._prepare()

    def zoom_x(self, low: float, high: float) -> None:
        """Show another range of x, as another chart does."""
        self._auto = False
        self.canvas.box.setXRange(low, high, padding=0)
        self._again.start()

    def note(self) -> str:
        lines = [line for line in self.prepared.lines if not line.faint]
        if self.data.groups is None:
            runs = formats.counted(len({line.run_id for line in lines}), "run")
        else:
            runs = formats.counted(len({line.group for line in lines}), "group")
        if self.data.reading:
            return f"{runs} · reading …"
        shown = sum(len(each.x) for each in self._paint.drawn if not each.line.faint)
        points = self.prepared.points
        found = f"{runs} · {formats.counted(points, 'point')}"
        if self._is_reduced():
            found = (
                f"{runs} · {formats.about(shown)} of {formats.about(points)} points, extremes kept"
            )
        if self.prepared.left_out:
            found += f", {formats.count(self.prepared.left_out)} at x ≤ 0 left out"
        if self.prepared.beneath:
            found += f", {formats.count(self.prepared.beneath)} at y ≤ 0 left out"
        elif points and self._found is None:
            found += ", none of them finite"
        return found

    def legend(self, *, light: bool = False) -> list[Key]:
        return [
            Key(self.label(line), style.color, style.dashes)
            for line in self.prepared.lines
            if not line.faint and (style := self.style_of(line)) is not None
        ]

    def card_keys(self) -> list[Key]:
        if self.data.groups is not None:
            return self.legend()
        names, color = self.chart.names(Role.Y), self.color("text-2")
        if len(names) < 2:
            return []
        return [Key(name, color, dashes_of(at)) for at, name in enumerate(names)]

    def label(self, line: Line) -> str:
        """Return a line's name: its run or group, and its metric where there are several."""
        style = self.style_of(line)
        name = style.name if style is not None else formats.short_id(line.run_id)
        if self.data.groups is not None and not line.run_id:
            name = f"{line.group or 'no value'} (n = {line.members})"
        if len(self.chart.names(Role.Y)) < 2:
            return name
        return f"{name} · {line.name}"

    def style_of(self, line: Line) -> CurveStyle | None:
        """Return how a line looks; of several metrics the second is dashed, the third dotted."""
        return style_of(line, self.styles, self.data.groups is not None, self.names)

    def view_range(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the visible range of x and of y, in the axes' own units."""
        return self.canvas.view_range()

    def color(self, token: str) -> QColor:
        """Return a colour of the theme that is painted in."""
        return self.canvas.color(token)

    def plot_size(self) -> tuple[int, int]:
        return self.canvas.plot_size()

    def paint_plot(
        self,
        painter: QPainter,
        target: QRectF,
        styles: Mapping[str, CurveStyle],
        *,
        light: bool,
        scale: float = 1.0,
    ) -> None:
        kept = self.styles
        self.styles = dict(styles)
        self.crosshair.hide()
        self.pin.set_painted(False)
        try:
            self.canvas.paint(painter, target, light=light, scale=scale)
        finally:
            self.styles = kept
            self.pin.set_painted(True)
            self._paint.recolor()

    def numbers(self) -> Piece:
        pieces = [dict(piece) for piece in self.pieces()()]
        return (
            {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
            if pieces
            else {}
        )

    def pieces(self) -> Pieces:
        curves, along = self.data.curves, self.chart.name(Role.X)
        names = {run_id: style.name for run_id, style in self.styles.items()}
        return lambda: (piece_of(each, names.get(each.run_id, ""), along) for each in curves)

    def script(self, styles: Mapping[str, CurveStyle]) -> Callable[[], str]:
        x_range, y_range = self.view_range()
        axes = Axes(self.name(), self.x_name(), self.name(), x_range, y_range)
        kept, self.styles = self.styles, dict(styles)
        looks = self._paint.looks()
        self.styles = kept
        along = bool(self.chart.name(Role.X))
        return partial(line_script, looks, axes, self.view, along=along)

    def name(self) -> str:
        """Return the chart's title."""
        return chart_title(self.chart)

    def shares_x(self, other: "LineChart") -> bool:
        """Say whether a place on x is the same on another chart."""
        return (self.x_name(), self.view.log_x) == (other.x_name(), other.view.log_x)

    def x_name(self) -> str:
        """Return what runs along x, in words."""
        words = {
            XAxis.STEP: "step",
            XAxis.RELATIVE: "seconds since the start",
            XAxis.WALL: "time (s since 1970)",
        }
        return self.chart.name(Role.X) or words[self.view.axis]

    def _take(self, view: View) -> None:
        before, self.view = self.view, view
        scales = (view.axis, view.log_x, view.log_y)
        if scales != (before.axis, before.log_x, before.log_y):
            self._auto = True
            self.crosshair.hide()
            self._set_axes()
        if (view.axis, view.log_x) != (before.axis, before.log_x):
            self.pin.follow(math.nan)

    def _prepare(self) -> None:
        data, view, window = self.data, self.view, None if self._auto else self._seen()
        columns, limits, inner = self._pixels(), limits_of(self.chart), self.hides_outliers
        looks, pixels = self._paint.looks_now(), self.canvas.pixels()

        def work(progress: Progress) -> _Answer:
            prepared = prepare(data.curves, view, data.groups)
            x = widened(prepared.x_range(), limits.x, view.log_x)
            shown = window or Window(*x, columns)
            found = extent(prepared.lines, False)
            fitted = extent(prepared.lines, True) if inner else found
            y = widened(fitted, limits.y, view.log_y)
            drawn = reduce_lines(prepared, shown)
            seen = pixels if window else replace(pixels, x=(shown.low, shown.high), y=y)
            return _Answer(
                prepared, drawn, picture_of(drawn, looks, seen, progress.check), shown, y, found
            )

        self.jobs.submit(work, owner=self, then=self._show, key="prepare")

    def _reduce(self) -> None:
        prepared, window = self.prepared, self._seen()
        looks, pixels = self._paint.looks_now(), self.canvas.pixels()

        def work(progress: Progress) -> tuple[Prepared, list[Drawn], LinePicture]:
            drawn = reduce_lines(prepared, window)
            return prepared, drawn, picture_of(drawn, looks, pixels, progress.check)

        self.jobs.submit(work, owner=self, then=self._show_reduced, key="reduce")

    def _show(self, answer: _Answer) -> None:
        before, self.prepared = self.prepared.x_range(), answer.prepared
        self._found = answer.found
        if self._auto:
            x = answer.window.low, answer.window.high
            self.canvas.box.setRange(xRange=x, yRange=answer.y, padding=0)
        self._paint.show(answer.drawn, answer.picture)
        self.crosshair.refresh()
        self.pin.refresh()
        now = answer.prepared.x_range()
        if not self._auto and self.follows and before and now and now[1] > before[1]:
            # The newest points come in at the right, and the zoom stays as wide as it is.
            self.canvas.box.translateBy(x=now[1] - before[1])
        if answer.window != self._seen():
            self._again.start()  # zoomed or resized while this was worked out
        self.setAccessibleDescription(self._described())
        self.drawn.emit()

    def _described(self) -> str:
        """Say in words what there is, whatever part of it is in sight."""
        said = [self.name(), self.note()]
        for side, name, ends in (
            ("bottom", self.chart.name(Role.X) or self.view.axis.value, self.prepared.x_range()),
            ("left", "values", self._found),
        ):
            if ends is not None:
                low, high = map(self.canvas.item.getAxis(side).text_of, ends)
                said.append(f"{name} {low} to {high}")
        return ", ".join(said)

    def _show_reduced(self, answer: tuple[Prepared, list[Drawn], LinePicture]) -> None:
        prepared, drawn, picture = answer
        if prepared is self.prepared:  # else other lines came meanwhile, reduced already
            self._paint.show(drawn, picture)
            self.drawn.emit()

    def _seen(self) -> Window:
        (left, right), _ = self.view_range()
        return Window(left, right, self._pixels())

    def _pixels(self) -> int:
        return max(50, round(float(self.canvas.box.width()) * self.devicePixelRatioF()))

    def _is_reduced(self) -> bool:
        """Say whether fewer points are drawn than lie in the window."""
        return self.data.groups is None and any(
            len(each.x) < np.searchsorted(each.line.x, right) - np.searchsorted(each.line.x, left)
            for each in self._paint.drawn
            for left, right in (self.view_range()[0],)
        )

    def _set_axes(self) -> None:
        kinds = {XAxis.STEP: MetricAxis, XAxis.RELATIVE: DurationAxis, XAxis.WALL: WallAxis}
        along, log = self.chart.name(Role.X), self.view.log_x
        bottom = kinds[self.view.axis]
        if along or log:
            bottom = MetricAxis
        self.canvas.set_axes(
            MetricAxis("bottom", log=log, what=along or self.view.axis.value)
            if bottom is MetricAxis
            else bottom("bottom"),
            MetricAxis("left", log=self.view.log_y),
        )

    def _moved_by_hand(self) -> None:
        self._auto = False
        self._again.start()
        self.ranged.emit(*self.view_range()[0])

    def _zoom_to(self, marked: QRectF, only_x: bool) -> None:
        x = marked.left(), marked.right()
        if only_x:
            self.canvas.box.setRange(xRange=x, padding=0)
        else:
            self.canvas.box.setRange(xRange=x, yRange=(marked.top(), marked.bottom()), padding=0)
        self._moved_by_hand()

    def _resized(self) -> None:
        if self.prepared.lines:
            self._again.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, 1),
            Qt.Key.Key_Down: (0, -1),
        }.get(Qt.Key(event.key()))
        is_shifted = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        if self.pin.is_on and event.key() == Qt.Key.Key_Escape:
            self.pin.take_off()
            return
        if self.pin.is_on and is_shifted and way is not None and way[0]:
            self.pin.step(way[0])
            return
        if way is None or event.modifiers():
            super().keyPressEvent(event)
            return
        (left, right), (bottom, top) = self.view_range()
        self.canvas.box.translateBy(
            x=way[0] * (right - left) * _PAN, y=way[1] * (top - bottom) * _PAN
        )
        self._moved_by_hand()

    def leaveEvent(self, event: QEvent) -> None:
        self.crosshair.leave()
        super().leaveEvent(event)
