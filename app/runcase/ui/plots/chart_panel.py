"""The charts of an experiment or a run: a toolbar over cards, of which those on the screen draw."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from runcase.curves.chart import Chart, Role
from runcase.itemmodels.chart_book import ChartBook
from runcase.session.session import Session
from runcase.store.connection import ReadConnection
from runcase.store.metrics import latest_of_runs
from runcase.ui.context import Context
from runcase.ui.plots.brush_bar import BrushBar
from runcase.ui.plots.card_filler import CardFiller
from runcase.ui.plots.chart_card import ChartCard
from runcase.ui.plots.chart_commands import ChartCommands
from runcase.ui.plots.chart_grid import ChartGrid
from runcase.ui.plots.chart_tools import ChartTools
from runcase.ui.plots.chart_view import ChartView, RunsChart
from runcase.ui.plots.deferred import ChartedRun
from runcase.ui.plots.line_chart import LineChart
from runcase.ui.plots.run_looks import RunLooks, RunsSource
from runcase.ui.widgets.state_page import StatePage

# So many runs are looked at to see which metrics are curves.
_LOOKED_AT = 20


class ChartPanel(QWidget):
    """Charts of some metrics of some runs.

    `run_clicked` and `run_hovered` carry a run id, "" for none; `brushed` a frozenset of run ids,
    or None; `kept` those that alone are to be shown; `artifact_wanted` a run id and a path.
    `opened` carries the run to look at, `toggled` the one to show or hide, `colored` one with its
    index of the palette, `dropped` a list of those to show.
    """

    run_clicked = Signal(str)
    run_hovered = Signal(str)
    brushed = Signal(object)
    kept = Signal(object)
    artifact_wanted = Signal(str, str)
    opened = Signal(str)
    toggled = Signal(str)
    colored = Signal(str, int)
    dropped = Signal(list)
    options_changed = Signal()
    said = Signal(str, bool)

    def __init__(self, context: Context, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.session = session
        self.book = ChartBook()
        self.keys: frozenset[str] = frozenset()
        self._metrics: tuple[str, ...] | None = None
        self._long: frozenset[str] | None = None
        self._selected: tuple[str, ...] = ()
        self._search = ""
        self.maximised = ""
        self.last = ""
        self.zooms = False
        self.tools = ChartTools(context.theme)
        self.looks = RunLooks(context.theme, session, self)
        self.grid = ChartGrid(context.theme, self._new_card)
        self._filler = CardFiller(self)
        self._commands = ChartCommands(self)
        self._brush = BrushBar(context.theme)
        self._empty = StatePage(context.theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.tools)
        layout.addWidget(self.grid, 1)
        layout.addWidget(self._empty, 1)
        layout.addWidget(self._brush)
        self._connect()
        self.clear()

    def set_metrics(self, keys: Sequence[str]) -> None:
        """Show one card per metric, and the charts that the person added."""
        if tuple(keys) != self._metrics:  # None before any are known
            self._metrics, self.keys = tuple(keys), frozenset(keys)
            self._arrange()

    def set_runs(self, runs: Sequence[ChartedRun]) -> None:
        """Show these runs; their names and colours are the table's."""
        before = [run.run_id for run in self.looks.runs]
        self.looks.set_runs(runs)
        if [run.run_id for run in runs] == before:
            return
        self._arrange()
        self.session.ask(
            self.session.read(_long_keys, [run.run_id for run in runs[:_LOOKED_AT]]),
            owner=self,
            then=self._order_by_length,
            key="long",
        )

    def set_source(self, source: RunsSource | None) -> None:
        """Take over the runs table, for charts of columns, groups and names."""
        self.looks.set_source(source)
        self.tools.offer_groups(source is not None)
        self._arrange()

    def clear(self) -> None:
        """Let go of all charts; none are shown before there are metrics again."""
        self._metrics, self.keys, self._long = None, frozenset(), None
        self.looks.set_runs(())
        self.set_source(None)
        self.grid.show_sections((), set(), "")
        self.grid.hide()
        self._empty.hide()

    def set_selected(self, run_ids: Sequence[str]) -> None:
        """Make the selected runs stand out in all charts."""
        self._selected = tuple(run_ids)
        for chart in self.charts():
            chart.set_selected(self._selected)

    def set_hovered(self, run_id: str) -> None:
        """Light a run up in all charts, "" for none."""
        for chart in self.charts():
            chart.set_hovered(run_id)

    def options(self) -> dict[str, object]:
        """Return axis, smoothing, charts and the rest, as a view of the experiment keeps them."""
        return {**self.tools.options.as_json(), "book": self.book.as_json()}

    def set_options(self, options: Mapping[str, object]) -> None:
        """Take over what `options` returned; what is missing or no such value stays as it is."""
        self.tools.set_options(options)
        if "book" in options:
            self.book.set_json(options["book"])
        self.maximised = ""
        for chart in self.charts():
            chart.reset_zoom()
        self._arrange()

    def charts(self) -> list[ChartView]:
        """Return the charts that exist now, in the order in which they were made."""
        return [card.view for card in self.grid.cards.values() if card.view is not None]

    def line_charts(self) -> Iterator[LineChart]:
        """Yield those of them that show curves."""
        for chart in self.charts():
            if isinstance(chart, LineChart):
                yield chart

    def reload(self) -> None:
        """Read what is on the screen again; zooms stay."""
        for card in self.grid.cards.values():
            card.asked = None
        self.grid.look()

    def commands(self) -> Mapping[str, Callable[[], object]]:
        """Return what the chart's actions do here."""
        return {**self.tools.commands(), **self._commands.commands()}

    def checks(self) -> Mapping[str, bool]:
        """Return which of the chart's actions are on."""
        pinned = any(chart.pin.is_on for chart in self.line_charts())
        return {**self.tools.checks(), "zoom-box": self.zooms, "pin-values": pinned}

    def maximise(self, chart_id: str) -> None:
        """Show one chart alone, or all of them again."""
        self.maximised = "" if self.maximised == chart_id else chart_id
        self._arrange()

    def set_zooms(self, zooms: bool) -> None:
        """Have dragging in a chart mark what to zoom to, or pan."""
        self.zooms = zooms
        for chart in self.line_charts():
            chart.set_zooms(zooms)
        self.options_changed.emit()

    def bring_up(self, key: str) -> None:
        """Show the chart of a metric alone."""
        chart = next((each for each in self._shown_charts() if each.names(Role.Y) == (key,)), None)
        if chart is not None and self.maximised != chart.id:
            self.maximise(chart.id)

    def change(self, chart: Chart) -> None:
        """Add a chart, or show one otherwise; it is kept with the view."""
        is_new = self.book.chart(chart.id) is None
        self.book.put(chart)
        self._arrange()
        if is_new:
            self.grid.scroll_to(chart.id)
        self.options_changed.emit()

    def edit(self, chart_id: str) -> None:
        """Ask for other columns of a chart."""
        self._commands.edit(chart_id)

    def add(self, chart: Chart) -> None:
        """Add a chart under an id of its own."""
        self.change(replace(chart, id=self.book.free_id()))

    def rearranged(self) -> None:
        """Show the charts as the book has them now."""
        if self.maximised and self.book.chart(self.maximised) is None:
            self.maximised = ""
        self._arrange()
        self.options_changed.emit()

    def share_pin(self, view: LineChart) -> None:
        """Pin in a new chart what is pinned in the others."""
        for other in self.line_charts():
            if other is not view and other.pin.is_on and other.shares_x(view):
                view.pin.follow(other.pin.x)
                return

    def current_card(self) -> ChartCard | None:
        """Return the maximised card, else the last one with mouse or focus, else the first."""
        visible = {card.spec.id: card for card in self.grid.visible_cards()}
        for chart_id in (self.maximised, self.last, *visible):
            card = visible.get(chart_id)
            if card is not None and card.view is not None:
                return card
        return None

    def adopt(self, card: ChartCard, view: ChartView) -> None:
        """Take a new chart into a card, and link it with all others."""
        view.set_selected(self._selected)
        view.run_clicked.connect(self.run_clicked)
        view.run_hovered.connect(self._hover)
        view.brushed.connect(self._show_brush)
        if isinstance(view, LineChart):
            view.set_zooms(self.zooms)
            view.pointed.connect(lambda x: self._point_elsewhere(view, x))
            view.pinned.connect(lambda x: self._pin_elsewhere(view, x))
            view.ranged.connect(lambda low, high: self._range_elsewhere(view, low, high))
        if isinstance(view, RunsChart):
            view.edited.connect(self.change)
            view.wanted.connect(self.add)
        view.drawn.connect(card.refresh_note)
        card.set_view(view)
        self.grid.order_focus(self.tools.add_button)

    def showEvent(self, event: object) -> None:
        self.grid.look()

    def _connect(self) -> None:
        self.tools.changed.connect(self._options_changed)
        self.tools.searched.connect(self._find)
        self.tools.add_wanted.connect(self._commands.add)
        self.tools.group_button.clicked.connect(self._commands.open_groups)
        self.tools.layout_button.clicked.connect(self._commands.open_layout)
        self.tools.options_button.clicked.connect(self._commands.open_options)
        self.looks.changed.connect(self._filler.restyle)
        self.grid.wanted.connect(self._fill)
        self.grid.dropped.connect(self.dropped)
        self.grid.charted.connect(self._take)
        self.grid.moved.connect(self._move)
        self.grid.folded.connect(self._fold)
        self._brush.keep_wanted.connect(self._keep)
        self._brush.clear_wanted.connect(self._clear_brush)
        # A method of this object: the theme outlives the window, and a part would be called after.
        self.context.theme.changed.connect(self._restyle)

    def _new_card(self, chart: Chart) -> ChartCard:
        card = ChartCard(self.context.theme, chart)
        card.set_maximised(chart.id == self.maximised)
        card.maximise_pressed.connect(self.maximise)
        card.entered.connect(self._entered)
        card.focused.connect(self._focused)
        card.menu_wanted.connect(self._open_menu)
        return card

    def _arrange(self) -> None:
        """Lay the charts out anew, once there are metrics or known to be none."""
        if self._metrics is None:
            return
        self.book.set_metrics(self._metrics, self._long, bars=self.looks.source is not None)
        sections = self.book.sections(self._search)
        charts = [chart for section in sections for chart in section.charts]
        self.grid.columns = self.tools.options.columns
        self.grid.show_sections(sections, self.book.folded, self.maximised)
        for chart_id, card in self.grid.cards.items():
            card.set_maximised(chart_id == self.maximised)
        self._show_emptiness(bool(charts))

    def _show_emptiness(self, any_chart: bool) -> None:
        needs_runs = bool(self.looks.runs) or self.looks.source is not None
        self.grid.setVisible(any_chart and needs_runs)
        self._empty.setVisible(not (any_chart and needs_runs))
        if self._search and not any_chart:
            words = f"No chart's title holds all words of “{self._search}”."
            self._empty.show_state(
                "search", "No chart found", words, ("Clear", lambda: self.tools.search(""))
            )
        elif not any_chart:
            self._empty.show_state(
                "chart-line", "No metrics", "The runs here have logged no metric."
            )
        elif not needs_runs:
            self._empty.show_state(
                "eye-off",
                "No run is shown in charts",
                "Press the eye beside a run, or select runs in the table.",
            )

    def _shown_charts(self) -> list[Chart]:
        return [chart for section in self.book.sections() for chart in section.charts]

    def _order_by_length(self, long: frozenset[str]) -> None:
        known = self._long
        self._long = long if known is None else known | long
        if self._long != known:
            self._arrange()

    def _restyle(self) -> None:
        self._filler.restyle()

    def _options_changed(self) -> None:
        options = self.tools.options
        self.looks.set_template(options.template)
        self.looks.set_group(options.group)
        if options.columns != self.grid.columns:
            self.grid.set_columns(options.columns)
        self._filler.apply_options()
        self.grid.look()
        self.options_changed.emit()

    def _find(self, text: str) -> None:
        self._search = text
        self._arrange()

    def _fill(self) -> None:
        self.grid.order_focus(self.tools.add_button)
        self._filler.fill()

    def _focused(self, chart_id: str) -> None:
        """Take single keys and Copy for the chart that has the focus."""
        self.last = chart_id or self.last
        self.options_changed.emit()

    def _entered(self, chart_id: str) -> None:
        self.last = chart_id

    def _open_menu(self, chart_id: str, place: QPoint) -> None:
        self.last = chart_id
        self._commands.open_menu(chart_id, place)

    def _move(self, chart_id: str, before: str) -> None:
        self.book.move(chart_id, before or None)
        self.rearranged()

    def _take(self, chart: Chart) -> None:
        """Show a chart that a dropped column made, or changed."""
        if chart.id:
            self.change(chart)
        else:
            self.add(chart)

    def _fold(self, section: str) -> None:
        self.book.folded ^= {section}
        self.rearranged()

    def _point_elsewhere(self, source: LineChart, x: float) -> None:
        for chart in self.line_charts():
            if chart is not source:
                at = x if chart.shares_x(source) else math.nan
                chart.crosshair.point_at(at, with_values=False)

    def _pin_elsewhere(self, source: LineChart, x: float) -> None:
        for chart in self.line_charts():
            if chart is not source:
                chart.pin.follow(x if chart.shares_x(source) else math.nan)
        self.options_changed.emit()

    def _range_elsewhere(self, source: LineChart, low: float, high: float) -> None:
        if not self.tools.options.sync_x:
            return
        for chart in self.line_charts():
            if chart is not source and chart.shares_x(source):
                chart.zoom_x(low, high)

    def _hover(self, run_id: str) -> None:
        self.set_hovered(run_id)
        self.run_hovered.emit(run_id)

    def _show_brush(self, run_ids: frozenset[str] | None) -> None:
        self._brush.show_runs(run_ids)
        self.brushed.emit(run_ids)

    def _keep(self) -> None:
        self.kept.emit(self._brush.runs)

    def _clear_brush(self) -> None:
        for chart in self.charts():
            chart.clear_brush()
        self._show_brush(None)


def _long_keys(connection: ReadConnection, run_ids: Sequence[str]) -> frozenset[str]:
    """Return the metrics whose latest step is not 0: those that have a curve."""
    found = latest_of_runs(connection, run_ids)
    return frozenset(each.key for rows in found.values() for each in rows if each.step)
