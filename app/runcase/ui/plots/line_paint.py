"""The graphics items of a line chart: curves, bands, wide lines on top, marks at the edges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pyqtgraph as pg

from runcase.curves.drawing import Drawn
from runcase.curves.scripts.lines import DrawnLook
from runcase.ui.plots.curves_item import CurvesItem
from runcase.ui.plots.line_picture import (
    DASHED,
    MOST_WIDE,
    WIDE,
    LineLooks,
    LinePicture,
    cosmetic,
    is_many,
    picture_of,
)
from runcase.ui.plots.spots_item import SpotsItem

if TYPE_CHECKING:
    from runcase.ui.plots.line_chart import LineChart

_SPOT = 8.0


class LinePaint:
    """Draws what a chart has reduced; a part of `LineChart`, made in its constructor."""

    def __init__(self, chart: LineChart) -> None:
        self._chart = chart
        self.drawn: Sequence[Drawn] = ()
        self.curves = CurvesItem()
        self.curves.setZValue(5)
        self._wide: list[Any] = []
        self.spots = SpotsItem(_SPOT)
        self.spots.setZValue(7)
        for item in (self.curves, self.spots):
            chart.canvas.item.addItem(item, ignoreBounds=True)

    def looks_now(self) -> LineLooks:
        """Return what lines look like, for a worker thread."""
        chart = self._chart
        return LineLooks(
            chart.styles,
            chart.data.groups is not None,
            chart.names,
            chart.color("muted"),
            chart.show_raw,
            chart.selected,
        )

    def show(self, drawn: Sequence[Drawn], picture: LinePicture) -> None:
        """Draw other curves, of which a job has made the picture."""
        self.drawn = drawn
        self._take(picture)
        if picture.looks != self.looks_now():
            self.recolor()  # they changed while it was made

    def looks(self) -> list[DrawnLook]:
        """Return what is drawn with labels, colours and dashes, for a script."""
        looks = self.looks_now()
        found = []
        for each in self.drawn:
            color, dashes = looks.look_of(each.line)
            found.append(DrawnLook(each, self._chart.label(each.line), color.name(), dashes))
        return found

    def recolor(self) -> None:
        """Draw the same curves with the styles and the theme in force: many of them in a job."""
        drawn, looks, canvas = self.drawn, self.looks_now(), self._chart.canvas
        if canvas.is_painting or not is_many(drawn):
            self._take(picture_of(drawn, looks))
            return
        pixels = canvas.pixels()
        self._chart.jobs.submit(
            lambda progress: picture_of(drawn, looks, pixels, progress.check),
            owner=self._chart,
            then=lambda picture: self._repaint(drawn, picture),
            key="picture",
        )

    def select(self) -> None:
        """Draw other runs wide: many in a job, as they are part of its image."""
        if self.curves.picture.image is not None:
            self.recolor()
        self.emphasise()

    def emphasise(self) -> None:
        """Draw the selected and the hovered runs wide and on top."""
        chosen = list(self._emphasised())[:MOST_WIDE]
        while len(self._wide) < len(chosen):
            item = pg.PlotCurveItem(skipFiniteCheck=False, antialias=True)
            item.setZValue(10)
            self._chart.canvas.item.addItem(item, ignoreBounds=True)
            self._wide.append(item)
        looks = self.looks_now()
        for at, item in enumerate(self._wide):
            if at >= len(chosen):
                item.setVisible(False)
                continue
            each = chosen[at]
            color, dashes = looks.look_of(each.line)
            dashes = dashes if len(each.x) <= DASHED else ()
            pen = cosmetic(color, WIDE * self._chart.canvas.wide, dashes)
            item.setData(each.x, each.y, pen=pen, connect="finite")
            item.setSegmentedLineMode("off" if dashes else "on")
            item.setVisible(True)

    def _repaint(self, drawn: Sequence[Drawn], picture: LinePicture) -> None:
        if drawn is self.drawn:  # else a later answer was painted with its own looks
            self._take(picture)

    def _take(self, picture: LinePicture) -> None:
        wide = self._chart.canvas.wide
        self.curves.set_wide(wide)
        self.curves.show(picture)
        self.spots.set_wide(wide)
        self.spots.show(picture.spots)
        self.emphasise()

    def _emphasised(self) -> Iterator[Drawn]:
        chart = self._chart
        selected = frozenset() if self.curves.picture.image is not None else chart.selected
        for each in self.drawn:
            run = each.line.run_id
            if run and len(each.x) > 1 and (run == chart.hovered or run in selected):
                yield each
