"""Reads what the cards on the screen show, makes their charts, and keeps their looks up to date."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from runcase.curves.chart import Chart, ChartKind, Role
from runcase.curves.combine import Curve
from runcase.curves.run_table import RunTable
from runcase.errors import RuncaseError
from runcase.itemmodels import formats
from runcase.itemmodels.chart_kinds import ONLY_SHOWN
from runcase.itemmodels.run_values import Rows, read_table
from runcase.ui.plots.chart_card import ChartCard
from runcase.ui.plots.chart_view import RunsChart
from runcase.ui.plots.images_chart import ImagesChart
from runcase.ui.plots.kinds import make_chart, needed_columns
from runcase.ui.plots.line_chart import LineChart, LineData
from runcase.ui.plots.line_feed import LineFeed, wanted

if TYPE_CHECKING:
    from runcase.ui.plots.chart_panel import ChartPanel


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """What a runs chart was asked to show: compared by what it is made of."""

    chart: Chart
    frame: int
    rows: Rows

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Asked)
            and (self.chart, self.frame) == (other.chart, other.frame)
            and np.array_equal(self.rows, other.rows)
        )

    __hash__ = None  # type: ignore[assignment]  # arrays have none


class CardFiller:
    """A part of `ChartPanel`, made in its constructor."""

    def __init__(self, panel: ChartPanel) -> None:
        self._panel = panel

    def fill(self) -> None:
        """Read what the cards on the screen have not been given yet, and show it as is asked."""
        self.apply_options()
        self.restyle()
        for card in self._panel.grid.visible_cards():
            if card.spec.kind is ChartKind.LINE:
                self._fill_lines(card)
            else:
                self._fill_runs(card)

    def apply_options(self) -> None:
        """Look at the curves on the screen as the toolbar says.

        Another axis needs other numbers first.
        """
        options = self._panel.tools.options
        for card in self._panel.grid.visible_cards():
            chart = card.view
            if not isinstance(chart, LineChart):
                continue
            view = options.of(chart.chart)
            chart.set_shows_raw(options.raw)
            chart.crosshair.set_shown(options.crosshair)
            chart.follows = options.follow
            chart.set_hides_outliers(options.hide_outliers)
            if view.axis is chart.view.axis:
                chart.set_view(view)

    def restyle(self) -> None:
        """Draw what is on the screen with the names, colours and groups in force."""
        looks = self._panel.looks
        styles = looks.styles()
        for card in self._panel.grid.visible_cards():
            view = card.view
            if isinstance(view, LineChart) and view.set_groups(looks.groups, styles):
                continue
            if view is not None and view.styles != styles:
                view.set_styles(styles)
                card.refresh_note()

    def _fill_lines(self, card: ChartCard) -> None:
        panel = self._panel
        starts = {run.run_id: run.start for run in panel.looks.runs}
        view = panel.tools.options.of(card.spec)
        asked = wanted(card.spec, view.axis, starts, panel.keys)
        if card.asked == asked:
            return
        card.asked = asked
        if card.feed is None:
            card.feed = LineFeed(panel.session, card)
            card.feed.arrived.connect(partial(self._curves_arrived, card))
            card.feed.failed.connect(partial(self._failed, card))
        card.feed.ask(asked)

    def _curves_arrived(self, card: ChartCard, curves: tuple[Curve, ...], reading: bool) -> None:
        panel, view = self._panel, card.view
        if card.spec.kind is not ChartKind.LINE:
            return  # it was changed while this was read
        if not isinstance(view, LineChart):
            view = LineChart(panel.context.theme, panel.context.jobs, card.spec)
            view.show_raw = panel.tools.options.raw
            view.follows = panel.tools.options.follow
            view.hides_outliers = panel.tools.options.hide_outliers
            view.crosshair.set_shown(panel.tools.options.crosshair)
            panel.adopt(card, view)
        looks = panel.looks
        data = LineData(curves, looks.groups, reading)
        view.set_chart(card.spec)
        view.set_data(data, looks.styles(), panel.tools.options.of(card.spec))
        if not view.pin.is_on:
            panel.share_pin(view)
        card.show_chart()
        if not curves:
            card.show_empty("chart-line", *_nothing(card.spec, len(looks.runs)))

    def _fill_runs(self, card: ChartCard) -> None:
        panel = self._panel
        source = panel.looks.source
        if source is None:
            card.show_empty("table-2", "No table here", "This chart needs an experiment's runs.")
            return
        rows = source.rows
        if card.spec.options.get(ONLY_SHOWN):
            rows = source.frame.ids.rows_of([run.run_id for run in panel.looks.runs])
            rows = rows[rows >= 0]
        asked = _Asked(card.spec, id(source.frame), rows)
        if card.asked == asked:
            return
        card.asked = asked
        panel.session.ask(
            panel.session.read(read_table, source.frame, rows, needed_columns(card.spec)),
            owner=card,
            then=partial(self._table_arrived, card),
            failed=partial(self._failed, card),
            key="table",
        )

    def _table_arrived(self, card: ChartCard, table: RunTable) -> None:
        panel, view = self._panel, card.view
        if card.spec.kind is ChartKind.LINE:
            return  # it was changed while this was read
        if not isinstance(view, RunsChart) or view.chart.kind is not card.spec.kind:
            view = self._made(card.spec)
            panel.adopt(card, view)
        view.set_styles(panel.looks.styles())
        view.set_table(card.spec, table)
        card.show_chart()
        card.refresh_note()

    def _made(self, chart: Chart) -> RunsChart:
        context = self._panel.context
        if chart.kind is not ChartKind.IMAGES:
            return make_chart(context.theme, context.jobs, chart)
        images = ImagesChart(context, self._panel.session, chart)
        images.image_opened.connect(self._panel.artifact_wanted)
        return images

    def _failed(self, card: ChartCard, error: RuncaseError) -> None:
        card.asked = None
        card.show_failure(error, ("Edit Chart…", partial(self._panel.edit, card.spec.id)))


def _nothing(chart: Chart, runs: int) -> tuple[str, str]:
    """Say in a title and a sentence why a chart of so many runs has no curve."""
    if not runs:
        return "No run is shown", "Press the eye beside a run, or select runs in the table."
    names = " and ".join(chart.names(Role.Y)[:2])
    none = "The shown run has not"
    if runs > 1:
        none = f"None of the {formats.count(runs)} shown runs has"
    return "No points", f"{none} logged {names}."
