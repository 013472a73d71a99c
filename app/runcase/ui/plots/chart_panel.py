"""The charts of an experiment or a run: a toolbar over a grid of cards, one card per metric.

A card reads and draws only while it is on the screen.
"""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QEnterEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QMenu,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from runcase.curves.series import Series
from runcase.errors import RuncaseError
from runcase.itemmodels import formats
from runcase.itemmodels.directions import Direction, direction
from runcase.session.session import Session
from runcase.store.connection import ReadConnection
from runcase.store.metrics import histories, latest_of_runs
from runcase.ui.context import Context
from runcase.ui.plots.chart_tools import ChartTools
from runcase.ui.plots.chart_view import CurveStyle
from runcase.ui.plots.deferred import ChartedRun
from runcase.ui.plots.line_chart import LineChart
from runcase.ui.widgets.basics import Elided, IconButton, PanelHeader, label
from runcase.ui.widgets.state_page import StatePage

CARD_HEIGHT = 236
# So many cards are made at once.
_CARDS = 60
CARD_WIDTH = 340
SETTLE_MS = 40
# So many runs are looked at to see which metrics are curves.
_LOOKED_AT = 20


class ChartCard(QFrame):
    """A card with a title and, once it was on the screen, a chart."""

    maximise_pressed = Signal(str)
    entered = Signal(str)
    menu_wanted = Signal(str, QPoint)

    def __init__(self, context: Context, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.key = key
        self._context = context
        self.chart: LineChart | None = None
        self.asked: tuple[str, ...] | None = None
        self._note = label("", "small-muted")
        self._made = False
        self._body = QVBoxLayout(self)
        self._body.setContentsMargins(1, 1, 1, 1)
        self._body.setSpacing(0)
        self.setMinimumSize(160, CARD_HEIGHT)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.entered.emit(self.key)
        super().enterEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(self.key, event.globalPos())

    def prepare(self) -> None:
        """Make the header when the card is first on the screen: a store has hundreds of cards."""
        if self._made:
            return
        self._made = True
        title = Elided(self.key, "heading", Qt.TextElideMode.ElideMiddle)
        button = IconButton(self._context.theme, "maximize-2", "Maximise")
        button.setFixedSize(22, 22)
        button.clicked.connect(lambda: self.maximise_pressed.emit(self.key))
        header = PanelHeader("", 28)
        header.controls.insertWidget(0, title, 100)
        header.controls.insertWidget(1, self._note)
        header.controls.addWidget(button)
        header.setStyleSheet("QFrame#panelHeader { border: none; background: transparent; }")
        self._body.addWidget(header)
        self._body.addStretch(1)

    def make_chart(self) -> LineChart:
        """Return the card's chart, made when it is first needed."""
        if self.chart is None:
            self.chart = LineChart(self._context.theme, self._context.jobs, self.key)
            self._body.takeAt(self._body.count() - 1)
            self._body.addWidget(self.chart, 1)
        return self.chart

    def show_series(self, series: Sequence[Series], styles: Mapping[str, CurveStyle]) -> None:
        """Draw histories; runs without points of this metric are left out."""
        filled = [each for each in series if len(each.y)]
        points = sum(len(each.y) for each in filled)
        note = f"{formats.counted(len(filled), 'run')} · {formats.counted(points, 'point')}"
        self._note.setText(note)
        chart = self.make_chart()
        chart.set_series(filled, dict(styles))

    def reset_zoom(self) -> None:
        """Show all of x and y."""
        if self.chart is not None:
            self.chart.reset_zoom()

    def show_failure(self, error: RuncaseError) -> None:
        """Say why the curves could not be read."""
        self._note.setText(str(error))
        self._note.setToolTip(str(error))


class ChartPanel(QWidget):
    """Charts of some metrics of some runs; `run_clicked` carries a run id."""

    run_clicked = Signal(str)
    options_changed = Signal()
    said = Signal(str, bool)

    def __init__(self, context: Context, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._session = session
        self._keys: tuple[str, ...] = ()
        self._runs: tuple[ChartedRun, ...] = ()
        self._selected: tuple[str, ...] = ()
        self._wanted: tuple[str, ...] = ()
        self._long: frozenset[str] = frozenset()
        self._cards: dict[str, ChartCard] = {}
        self._maximised = ""
        self._last = ""
        self._room = _CARDS
        self.tools = ChartTools()
        self.tools.changed.connect(self._changed)
        self._grid_host = QWidget()
        self._grid_host.setObjectName("side")
        self._grid = QGridLayout(self._grid_host)
        self._grid.setContentsMargins(10, 10, 10, 10)
        self._grid.setSpacing(10)
        self._scroll = QScrollArea()
        self._scroll.setWidget(self._grid_host)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.verticalScrollBar().valueChanged.connect(self._look)
        self._scroll.viewport().installEventFilter(self)
        self._empty = StatePage(context.theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.tools)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self._empty, 1)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._load)
        context.theme.changed.connect(self._restyle)
        self._show_emptiness()

    def set_metrics(self, keys: Sequence[str]) -> None:
        """Show one card per metric: curves first, then single values; system metrics last."""

        def rank(key: str) -> tuple[bool, bool, bool, str]:
            vague = direction(key) is Direction.UNKNOWN
            return (key.startswith("system/"), key not in self._long, vague, key.casefold())

        self._wanted = tuple(keys)
        ordered = tuple(sorted(keys, key=rank))
        if ordered == self._keys:
            return
        self._keys = ordered
        known = set(ordered)
        for key in [key for key in self._cards if key not in known]:
            self._cards.pop(key).deleteLater()
        self._lay_out()
        self._show_emptiness()
        self._look()

    def set_runs(self, runs: Sequence[ChartedRun]) -> None:
        """Show these runs; their names and colours are the table's."""
        if tuple(runs) == self._runs:
            return
        same = [run.run_id for run in runs] == [run.run_id for run in self._runs]
        self._runs = tuple(runs)
        self._show_emptiness()
        if same:
            self._restyle()
            return
        self.reload()
        self._session.ask(
            self._session.read(_long_keys, [run.run_id for run in runs[:_LOOKED_AT]]),
            owner=self,
            then=self._order_by_length,
            key="long",
        )

    def set_selected(self, run_ids: Sequence[str]) -> None:
        """Draw the selected runs' curves wider."""
        self._selected = tuple(run_ids)
        for chart in self.charts():
            chart.set_selected(self._selected)

    def options(self) -> dict[str, object]:
        """Return axis, smoothing and the rest, as a view of the experiment keeps them."""
        return self.tools.options()

    def set_options(self, options: Mapping[str, object]) -> None:
        """Take over what `options` returned; what is missing or no such value stays as it is."""
        self.tools.set_options(options)

    def charts(self) -> list[LineChart]:
        """Return the charts that were made so far."""
        return [card.chart for card in self._cards.values() if card.chart is not None]

    def reload(self) -> None:
        """Read the histories on the screen again; zooms stay."""
        for card in self._cards.values():
            card.asked = None
        self._look()

    def commands(self) -> Mapping[str, Callable[[], object]]:
        """Return what the chart's actions do here."""
        return {
            **self.tools.commands(),
            "maximise": self._toggle_maximised,
            "reset-zoom": self._reset_zoom,
            "export-chart": self.export,
        }

    def checks(self) -> Mapping[str, bool]:
        """Return which of the chart's actions are on."""
        return self.tools.checks()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._lay_out()
            self._look()
        return super().eventFilter(watched, event)

    def showEvent(self, event: object) -> None:
        self._look()

    def _new_card(self, key: str) -> ChartCard:
        card = ChartCard(self._context, key, self._grid_host)
        card.maximise_pressed.connect(self.maximise)
        card.entered.connect(self._entered)
        card.menu_wanted.connect(self._open_menu)
        return card

    def _lay_out(self) -> None:
        keys = (
            [self._maximised] if self._maximised in self._keys else list(self._keys[: self._room])
        )
        for key in keys:
            if key not in self._cards:
                self._cards[key] = self._new_card(key)
        width = max(1, self._scroll.viewport().width())
        columns = max(1, min(3, (width - 10) // CARD_WIDTH, len(keys)))
        while self._grid.takeAt(0) is not None:
            pass
        shown = set(keys)
        for key, card in self._cards.items():
            card.setVisible(key in shown)
        for at, key in enumerate(keys):
            self._grid.addWidget(self._cards[key], at // columns, at % columns)
        for column in range(4):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    def maximise(self, key: str) -> None:
        self._maximised = "" if self._maximised == key else key
        self._lay_out()
        self._look()

    def export(self) -> None:
        """Export the maximised chart, else the one the mouse was on last, else the first."""
        # Imported here: most windows never export.
        from runcase.ui.dialogs.export_chart import ExportChartDialog

        chart = self._shown_chart()
        if chart is None:
            self.said.emit("No chart is drawn that could be exported.", True)
            return
        dialog = ExportChartDialog(self._context, self._session.path, chart, self._styles, self)
        dialog.exported.connect(lambda sentence: self.said.emit(sentence, False))
        dialog.open()

    def _shown_chart(self) -> LineChart | None:
        for key in (self._maximised, self._last, *self._keys):
            card = self._cards.get(key)
            if card is not None and card.isVisible() and card.chart is not None:
                return card.chart
        return None

    def _entered(self, key: str) -> None:
        self._last = key

    def _open_menu(self, key: str, place: QPoint) -> None:
        self._last = key
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        text = "Restore" if self._maximised else "Maximise"
        menu.addAction(text, lambda: self.maximise(key))
        menu.addAction("Reset Zoom", self._cards[key].reset_zoom)
        menu.addSeparator()
        hide = menu.addAction("Hide Outliers", self.tools.toggle_outliers)
        hide.setCheckable(True)
        hide.setChecked(self.tools.hides_outliers)
        menu.addAction("Export Chart…", self.export)
        menu.popup(place)

    def _toggle_maximised(self) -> None:
        shown = [card.key for card in self._cards.values() if card.underMouse()]
        first = next(iter(self._keys), "")
        self.maximise(self._maximised or (shown[0] if shown else first))

    def _reset_zoom(self) -> None:
        for chart in self.charts():
            chart.reset_zoom()

    def _changed(self) -> None:
        for chart in self.charts():
            self._apply_options(chart)
        self.options_changed.emit()

    def _apply_options(self, chart: LineChart) -> None:
        chart.show_raw = self.tools.raw
        chart.set_crosshair(self.tools.crosshair)
        chart.set_hides_outliers(self.tools.hides_outliers)
        chart.set_view(self.tools.view)

    def _show_emptiness(self) -> None:
        self._scroll.setVisible(bool(self._keys and self._runs))
        self._empty.setVisible(not (self._keys and self._runs))
        if not self._keys:
            self._empty.show_state(
                "chart-line", "No metrics", "The runs here have logged no metric."
            )
        elif not self._runs:
            self._empty.show_state(
                "eye-off",
                "No run is shown in charts",
                "Press the eye beside a run, or select runs in the table.",
            )

    def _restyle(self) -> None:
        """Give the curves the colours and names in force, without reading them again."""
        styles = self._styles()
        for chart in self.charts():
            chart.set_styles(styles)

    def _order_by_length(self, long: frozenset[str]) -> None:
        if not long <= self._long:
            self._long |= long
            self.set_metrics(self._wanted)

    def _look(self) -> None:
        self._settle.start()

    def _load(self) -> None:
        """Read the histories of the cards on the screen that were not read for these runs."""
        if not self.isVisible():
            return
        bar = self._scroll.verticalScrollBar()
        if self._room < len(self._keys) and bar.value() + bar.pageStep() >= bar.maximum():
            # Cards for thousands of metrics would take seconds: more come as they are scrolled to.
            self._room += _CARDS
            self._lay_out()
        wanted = tuple(run.run_id for run in self._runs)
        window = self._scroll.viewport().rect()
        for card in self._cards.values():
            if not card.isVisible() or card.asked == wanted:
                continue
            corner = card.mapTo(self._scroll.viewport(), card.rect().topLeft())
            if not window.intersects(card.rect().translated(corner)):
                continue
            card.prepare()
            card.asked = wanted
            self._ask(card)

    def _ask(self, card: ChartCard) -> None:
        starts = {run.run_id: run.start for run in self._runs}
        self._session.ask(
            self._session.read(_series, card.key, starts),
            owner=card,
            then=lambda series: self._arrived(card, series),
            failed=lambda error: self._failed(card, error),
            key="series",
        )

    def _arrived(self, card: ChartCard, series: list[Series]) -> None:
        fresh = card.chart is None
        chart = card.make_chart()
        if fresh:
            chart.run_clicked.connect(self.run_clicked)
            self._apply_options(chart)
            chart.set_selected(self._selected)
        card.show_series(series, self._styles())

    def _failed(self, card: ChartCard, error: RuncaseError) -> None:
        card.asked = None
        card.show_failure(error)

    def _styles(self, *, light: bool = False) -> dict[str, CurveStyle]:
        theme = self._context.theme
        styles = {}
        for run in self._runs:
            if run.color is None:
                styles[run.run_id] = CurveStyle(run.name, theme.color("muted", light=light))
            else:
                # The first six of twelve are solid, the others dashed; past twelve, dotted.
                dashes = (2, 3) if run.color >= 12 else (6, 3) if run.color >= 6 else ()
                color = theme.run_color(run.color, light=light)
                styles[run.run_id] = CurveStyle(run.name, color, dashes)
        return styles


def _long_keys(connection: ReadConnection, run_ids: Sequence[str]) -> frozenset[str]:
    """Return the metrics whose latest step is not 0: those that have a curve."""
    found = latest_of_runs(connection, run_ids)
    return frozenset(each.key for rows in found.values() for each in rows if each.step)


def _series(connection: ReadConnection, key: str, starts: Mapping[str, int | None]) -> list[Series]:
    """Read one metric of several runs."""
    pairs = [(run_id, key) for run_id in starts]
    return [
        Series(run_id, key, found.step, found.timestamp, found.value, starts[run_id])
        for (run_id, _), found in zip(pairs, histories(connection, pairs), strict=True)
    ]
