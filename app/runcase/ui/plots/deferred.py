"""Stands in for the charts until pyqtgraph is imported, which costs 0.7 s after the first paint."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from runcase.progress import Progress
from runcase.session.session import Session
from runcase.ui.context import Context
from runcase.ui.widgets.state_page import LoadingPage

if TYPE_CHECKING:
    from runcase.itemmodels.run_values import Rows
    from runcase.store.frame import RunFrame
    from runcase.ui.plots.chart_panel import ChartPanel

    _Table = tuple[RunFrame, Rows, tuple[str, ...], Mapping[str, str]]

AFTER_PAINT_MS = 60


@dataclass(frozen=True, slots=True)
class ChartedRun:
    """A run that charts show: its id, name, palette index (None when only selected) and start."""

    run_id: str
    name: str
    color: int | None
    start: int | None


class DeferredCharts(QWidget):
    """The charts' place on a page; it hands on what it was last fed once they are there."""

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
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumHeight(120)
        self._context = context
        self._session = session
        self.panel: ChartPanel | None = None
        self._fed: tuple[tuple[str, ...], tuple[ChartedRun, ...], tuple[str, ...]] | None = None
        self._table: _Table | None = None
        self._options: Mapping[str, object] = {}
        self._asked = False
        self._loading = LoadingPage(context.theme)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self._loading)
        self._loading.start("Preparing charts …")

    def feed(
        self, metrics: Sequence[str], runs: Sequence[ChartedRun], selected: Sequence[str]
    ) -> None:
        """Show these metrics of these runs, the selected ones wider."""
        self._fed = (tuple(metrics), tuple(runs), tuple(selected))
        if self.panel is not None:
            self._hand_on()
        elif not self._asked:
            self._asked = True
            # Not before the rows are painted: an import and a paint share one interpreter lock.
            QTimer.singleShot(AFTER_PAINT_MS, self, self._import)

    def feed_table(
        self, frame: RunFrame, rows: Rows, columns: tuple[str, ...], tags: Mapping[str, str]
    ) -> None:
        """Draw charts of columns from a table's runs; see `RunsSource`."""
        self._table = frame, rows, columns, tags
        if self.panel is not None:
            self._hand_table_on()

    def clear(self) -> None:
        """Show nothing until the charts are fed again: with the runs of another experiment."""
        self._fed = self._table = None
        if self.panel is not None:
            self.panel.clear()

    def set_hovered(self, run_id: str) -> None:
        """Light a run up, "" for none."""
        if self.panel is not None:
            self.panel.set_hovered(run_id)

    def options(self) -> Mapping[str, object]:
        """Return axis, smoothing and the rest, as a view of the experiment keeps them."""
        return self._options if self.panel is None else self.panel.options()

    def set_options(self, options: Mapping[str, object]) -> None:
        """Take over what `options` returned, as soon as there are charts."""
        self._options = options
        if self.panel is not None:
            self.panel.set_options(options)

    def bring_up(self, key: str) -> None:
        """Show the chart of a metric large, once there are charts."""
        if self.panel is not None:
            self.panel.bring_up(key)

    def reload(self) -> None:
        """Read the histories on the screen again."""
        if self.panel is not None:
            self.panel.reload()

    def commands(self) -> Mapping[str, Callable[[], object]]:
        """Return what the chart's actions do here."""
        return {} if self.panel is None else self.panel.commands()

    def checks(self) -> Mapping[str, bool]:
        """Return which of the chart's actions are on."""
        return {} if self.panel is None else self.panel.checks()

    def _import(self) -> None:
        self._context.jobs.submit(
            _import_plots, owner=self, then=self._imported, key="import", lane="files"
        )

    def _imported(self, _done: bool) -> None:
        from runcase.ui.plots.chart_panel import ChartPanel  # pyqtgraph is in memory by now

        self._loading.finish()
        self._loading.hide()
        self.panel = ChartPanel(self._context, self._session)
        self.panel.run_clicked.connect(self.run_clicked)
        self.panel.run_hovered.connect(self.run_hovered)
        self.panel.brushed.connect(self.brushed)
        self.panel.kept.connect(self.kept)
        self.panel.artifact_wanted.connect(self.artifact_wanted)
        self.panel.opened.connect(self.opened)
        self.panel.toggled.connect(self.toggled)
        self.panel.colored.connect(self.colored)
        self.panel.dropped.connect(self.dropped)
        self.panel.options_changed.connect(self.options_changed)
        self.panel.said.connect(self.said)
        self._layout.addWidget(self.panel)
        self._hand_table_on()
        self.panel.set_options(self._options)
        self._hand_on()
        self.options_changed.emit()

    def _hand_table_on(self) -> None:
        from runcase.ui.plots.run_looks import RunsSource  # with the charts, later than the window

        if self.panel is not None and self._table is not None:
            self.panel.set_source(RunsSource(*self._table))

    def _hand_on(self) -> None:
        if self.panel is not None and self._fed is not None:
            metrics, runs, selected = self._fed
            self.panel.set_metrics(metrics)
            self.panel.set_runs(runs)
            self.panel.set_selected(selected)


def _import_plots(_progress: Progress) -> bool:
    import pyqtgraph  # noqa: F401 -- on a worker thread, so that the window stays alive

    return True
