"""Parallel coordinates of runs: axes to drag and brush, a smooth curve for each run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainterPath
from PySide6.QtWidgets import QMenu, QToolTip

from runcase.curves.chart import Chart, Role
from runcase.curves.figures.columns import as_numbers
from runcase.curves.figures.parallel import Axis, Parallel, in_brushes, option_names, parallel
from runcase.curves.run_table import RunTable
from runcase.curves.scales import Scale, ScaleKind
from runcase.curves.scripts.parallel import parallel_script
from runcase.curves.series import Floats
from runcase.itemmodels import formats
from runcase.progress import Progress
from runcase.ui.plots.chart_view import CurveStyle
from runcase.ui.plots.frame import Frame
from runcase.ui.plots.ink import Ink
from runcase.ui.plots.parallel_axes import (
    Slot,
    axis_at,
    lay_out,
    paint_axis,
    paint_brush,
    paint_missing,
)
from runcase.ui.plots.point_tip import Hit
from runcase.ui.plots.run_words import as_plain, run_lines, styles_of
from runcase.ui.plots.runs_plot import RunsPlot

_NEAR = 6.0
# Curves beyond it are a carpet that takes seconds: every so many is drawn, and the note says so.
_MOST_GREY = 4_000
_EVEN = Scale("", ScaleKind.LINEAR, 0.0, 1.0)


class ParallelChart(RunsPlot[Parallel]):
    """Drag an axis by its title to move it, drag along it to brush; a click takes the brush off."""

    moves = (False, False)

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._brushes: dict[str, tuple[float, float]] = {}
        self._paths: dict[int, QPainterPath] = {}
        self._slots: tuple[Slot, ...] = ()
        self._grabbed = ""
        self._brushing = ""
        self._start = 0.0

    def compute(self, chart: Chart, table: RunTable, progress: Progress) -> Parallel:
        return parallel(chart, table)

    def axes(self, figure: Parallel) -> tuple[Scale, Scale]:
        return _EVEN, _EVEN

    def emptiness(self, figure: Parallel) -> str:
        if not len(self.table):
            return "No run matches."
        return "" if figure.axes else "Choose the axes: Edit Chart in the menu."

    def figure_changed(self, figure: Parallel) -> None:
        names = {axis.name for axis in figure.axes}
        self._brushes = {name: each for name, each in self._brushes.items() if name in names}
        self._paths.clear()

    def brushes(self) -> dict[str, tuple[float, float]]:
        """Return the brushes: column -> (low, high), shares of its axis from the bottom."""
        return dict(self._brushes)

    def brush(self, name: str, low: float, high: float) -> None:
        """Keep the runs that cross an axis between two shares of it; all brushes count."""
        self._brushes[name] = (min(low, high), max(low, high))
        self._tell_brush()

    def unbrush(self, name: str) -> None:
        """Take the brush off an axis."""
        if self._brushes.pop(name, None) is not None:
            self._tell_brush()

    def clear_brush(self) -> None:
        self._brushes.clear()
        self.restyle()
        self.drawn.emit()

    def move_axis(self, name: str, to: int) -> None:
        """Put an axis at a place, counted without it."""
        names = [each for each in self.asked[0].names(Role.AXES) if each != name]
        names.insert(min(max(0, to), len(names)), name)
        self._edit(axes=tuple(names))

    def remove_axis(self, name: str) -> None:
        """Take an axis out."""
        self._brushes.pop(name, None)
        self._edit(axes=tuple(each for each in self.asked[0].names(Role.AXES) if each != name))

    def toggle(self, option: str, name: str) -> None:
        """Turn "log" or "inverted" of an axis on or off, and take its brush off."""
        listed = option_names(self.asked[0], option)
        kept = tuple(each for each in listed if each != name)
        self.unbrush(name)
        self._edit(options={option: list(kept if name in listed else (*listed, name))})

    def paint_frame(self, ink: Ink, frame: Frame, figure: Parallel) -> None:
        """Axes are painted over the curves."""

    def paint_marks(self, ink: Ink, frame: Frame, figure: Parallel) -> None:
        slots = self._slots_of(ink, frame, figure)
        kept = in_brushes(figure.axes, self._brushes)
        shown = {self.row_of(run_id): style for run_id, style in ink.styles.items()}
        heights = _heights(figure, slots)
        grey = [row for row in range(len(self.table)) if row not in shown]
        step = 1 if ink.vector else max(1, len(grey) // _MOST_GREY)
        out = ink.color("faint", 0.13)
        inside = ink.color("faint", 0.40 if len(grey) < 400 else 0.22)
        brush = ink.painter
        brush.setBrush(Qt.BrushStyle.NoBrush)
        for lit in (False, True):
            brush.setPen(ink.pen(inside if lit else out, 1.0))
            for row in grey[::step]:
                if bool(kept[row]) is lit:
                    brush.drawPath(self._path(row, slots, heights, ink.vector))
        for row, style in reversed(list(shown.items())):
            if row >= 0:
                color = style.color
                if not kept[row]:
                    color = type(color)(color)
                    color.setAlphaF(0.18)
                brush.setPen(ink.pen(color, 1.8))
                brush.drawPath(self._path(row, slots, heights, ink.vector))

    def paint_over(self, ink: Ink, frame: Frame, figure: Parallel) -> None:
        slots = self._slots_of(ink, frame, figure)
        for slot, axis in zip(slots, figure.axes, strict=True):
            paint_axis(ink, slot, axis)
            if axis.name in self._brushes:
                paint_brush(ink, slot, *self._brushes[axis.name])
        if figure.incomplete:
            paint_missing(ink, slots, figure.axes)

    def paint_lit(self, ink: Ink, frame: Frame, figure: Parallel) -> None:
        slots = self._slots_of(ink, frame, figure)
        heights = _heights(figure, slots)
        for row in self.lit_rows():
            style = ink.styles.get(str(self.table.run_ids[row]))
            ink.painter.setBrush(Qt.BrushStyle.NoBrush)
            ink.painter.setPen(ink.pen(style.color if style is not None else "text", 2.6))
            ink.painter.drawPath(self._path(row, slots, heights, False))

    def hit_at(self, frame: Frame, figure: Parallel, point: QPointF) -> Hit | None:
        row = self._nearest(self._slots, figure, point)
        if row < 0:
            return None
        return run_lines(self.table, row, [axis.name for axis in figure.axes])

    def steps(self, figure: Parallel) -> Sequence[int]:
        kept = in_brushes(figure.axes, self._brushes)
        last = figure.axes[-1].shares if figure.axes else np.empty(0)
        return [int(row) for row in np.argsort(-last, kind="stable") if kept[row]]

    def note(self) -> str:
        figure = self.figure
        if figure is None:
            return ""
        words = ["1 axis" if len(figure.axes) == 1 else f"{len(figure.axes)} axes"]
        if self._brushes:
            inside = int(in_brushes(figure.axes, self._brushes).sum())
            words.append(f"{formats.counted(inside, 'run')} in the brush")
        else:
            words.append("drag an axis to move it, drag along it to brush")
        if figure.left_out:
            words.append(f"{figure.left_out:,} more not drawn")
        if figure.incomplete:
            words.append(self.missing_words(figure.incomplete))
        return " · ".join(words)

    def describe(self, figure: Parallel) -> str:
        names = ", ".join(axis.scale.title for axis in figure.axes)
        return f"Parallel coordinates of {formats.counted(len(self.table), 'run')}: {names}"

    def numbers(self) -> dict[str, Sequence[Any]]:
        return as_numbers(self.table, self.chart.names(Role.AXES))

    def script_of(self, figure: Parallel, styles: Mapping[str, CurveStyle]) -> str:
        return parallel_script(self.table, figure, styles_of(styles))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or self.figure is None:
            return
        self._pressed, self._dragged = event.position(), False
        at = axis_at(self._slots, event.position())
        self._grabbed = self._brushing = ""
        if at is not None:
            slot, on_title = at
            if on_title:
                self._grabbed = slot.name
            else:
                self._brushing, self._start = slot.name, slot.share(event.position().y())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        if self._pressed is None:
            self._hover(point)
            self._set_cursor(point)
            return
        if (point - self._pressed).manhattanLength() < 4 and not self._dragged:
            return
        self._dragged, self._hit = True, None
        if self._brushing:
            slot = next(each for each in self._slots if each.name == self._brushing)
            ends = sorted((self._start, slot.share(point.y())))
            self._brushes[self._brushing] = (ends[0], ends[1])
            self.restyle()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        self._pressed = None
        if self._brushing and self._dragged:
            self._tell_brush()
        elif self._brushing and self._brushing in self._brushes:
            self.unbrush(self._brushing)
        elif self._grabbed and self._dragged:
            others = [slot for slot in self._slots if slot.name != self._grabbed]
            self.move_axis(self._grabbed, sum(slot.x < event.position().x() for slot in others))
        elif not self._dragged:
            self._click(event.position())
        self._grabbed = self._brushing = ""
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.reset_zoom()

    def reset_zoom(self) -> None:
        """Take all brushes off."""
        if self._brushes:
            self._brushes.clear()
            self._tell_brush()
        super().reset_zoom()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._brushes:
            self.reset_zoom()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at = axis_at(self._slots, QPointF(event.pos()))
        if at is None or self.figure is None:
            event.ignore()
            return
        menu = self.axis_menu(at[0].name)
        menu.exec(event.globalPos())
        menu.deleteLater()
        event.accept()

    def axis_menu(self, name: str) -> QMenu:
        """Return the menu of an axis."""
        menu = QMenu(self)
        axis = next(each for each in self._axes_now() if each.name == name)
        log = menu.addAction("Log Axis", lambda: self.toggle("log", name))
        log.setCheckable(True)
        log.setChecked(axis.scale.kind is ScaleKind.LOG)
        log.setEnabled(axis.scale.kind in (ScaleKind.LOG, ScaleKind.LINEAR, ScaleKind.DURATION))
        turned = menu.addAction("Invert Axis", lambda: self.toggle("inverted", name))
        turned.setCheckable(True)
        turned.setChecked(name in option_names(self.chart, "inverted"))
        menu.addSeparator()
        place = [each.name for each in self._axes_now()].index(name)
        menu.addAction("Move Left", lambda: self.move_axis(name, place - 1))
        menu.addAction("Move Right", lambda: self.move_axis(name, place + 1))
        cleared = menu.addAction("Clear Brush", lambda: self.unbrush(name))
        cleared.setEnabled(name in self._brushes)
        menu.addAction("Remove Axis", lambda: self.remove_axis(name))
        return menu

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and self.figure is not None:
            at = axis_at(self._slots, QPointF(event.pos()))  # type: ignore[attr-defined]
            tip = "" if at is None or not at[1] else at[0].tip
            QToolTip.showText(event.globalPos(), as_plain(tip), self)  # type: ignore[attr-defined]
            return True
        return super().event(event)

    def _axes_now(self) -> tuple[Axis, ...]:
        return self.figure.axes if self.figure is not None else ()

    def _slots_of(self, ink: Ink, frame: Frame, figure: Parallel) -> tuple[Slot, ...]:
        slots = lay_out(ink, frame.area, figure)
        if not ink.vector and slots != self._slots:
            self._slots = slots
            self._paths.clear()
        return slots

    def _frame(self, ink: Ink, bounds: QRectF, figure: Parallel) -> Frame:
        return Frame(bounds, _EVEN, _EVEN)

    def _path(self, row: int, slots: Sequence[Slot], heights: Floats, fresh: bool) -> QPainterPath:
        found = None if fresh else self._paths.get(row)
        if found is None:
            found = _curve([slot.x for slot in slots], heights[row])
            if not fresh:
                self._paths[row] = found
        return found

    def _nearest(self, slots: Sequence[Slot], figure: Parallel, point: QPointF) -> int:
        """Return the run whose curve passes nearest, among those in the brush; -1 for none."""
        if not slots or not slots[0].top - _NEAR <= point.y() <= slots[0].bottom + 24:
            return -1
        heights = _heights(figure, slots)
        right = next((at for at, slot in enumerate(slots) if slot.x >= point.x()), len(slots) - 1)
        left = max(0, right - 1)
        wide = slots[right].x - slots[left].x
        share = (point.x() - slots[left].x) / wide if wide else 0.0
        # The curve between two axes is a cubic with its handles half way: y depends on x so.
        smooth = _eased(min(1.0, max(0.0, share)))
        y = heights[:, left] * (1 - smooth) + heights[:, right] * smooth
        distance = np.abs(y - point.y())
        distance[~in_brushes(figure.axes, self._brushes)] = np.inf
        for run_id in self.styles:  # shown runs lie on top
            row = self.row_of(run_id)
            if row >= 0:
                distance[row] -= 2.0
        if not len(distance):
            return -1
        row = int(np.argmin(distance))
        return row if distance[row] <= _NEAR else -1

    def _set_cursor(self, point: QPointF) -> None:
        at = axis_at(self._slots, point)
        shape = Qt.CursorShape.ArrowCursor
        if at is not None:
            shape = Qt.CursorShape.SizeHorCursor if at[1] else Qt.CursorShape.CrossCursor
        self.setCursor(shape)

    def _tell_brush(self) -> None:
        self.restyle()
        self.drawn.emit()
        if self.figure is not None and self._brushes:
            self._brushed(in_brushes(self.figure.axes, self._brushes))
        else:
            self.brushed.emit(None)

    def _edit(
        self, axes: tuple[str, ...] | None = None, options: Mapping[str, object] | None = None
    ) -> None:
        chart, table = self.asked
        columns = dict(chart.columns)
        if axes is not None:
            columns[Role.AXES] = axes
        edited = replace(chart, columns=columns, options={**chart.options, **(options or {})})
        self.set_table(edited, table)
        self.edited.emit(edited)


def _heights(figure: Parallel, slots: Sequence[Slot]) -> Floats:
    """Return where runs cross the axes, (n, axes), in pixels from the top."""
    if not slots:
        return np.empty((0, 0))
    shares = np.column_stack([axis.shares for axis in figure.axes])
    top, bottom = slots[0].top, slots[0].bottom
    found: Floats = np.where(np.isnan(shares), slots[0].missing, bottom - shares * (bottom - top))
    return found


def _curve(x: Sequence[float], heights: Floats) -> QPainterPath:
    path = QPainterPath(QPointF(x[0], float(heights[0])))
    for at in range(1, len(x)):
        middle = (x[at - 1] + x[at]) / 2
        before, y = float(heights[at - 1]), float(heights[at])
        path.cubicTo(QPointF(middle, before), QPointF(middle, y), QPointF(x[at], y))
    return path


def _eased(share: float) -> float:
    """Return how far y is along a curve whose x is at a share: a cubic solved by bisection."""
    low, high = 0.0, 1.0
    for _ in range(24):
        t = (low + high) / 2
        x = 1.5 * t * (1 - t) + t**3 if not math.isclose(t, share) else share
        low, high = (t, high) if x < share else (low, t)
    t = (low + high) / 2
    return t * t * (3 - 2 * t)
