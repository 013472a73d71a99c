"""The Metrics tab of the run page: one chart per metric of this run."""

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QVBoxLayout, QWidget

from runcase.itemmodels.run_texts import run_name
from runcase.session.session import Session
from runcase.store.records import RunDetail
from runcase.ui.context import Context
from runcase.ui.plots.deferred import ChartedRun, DeferredCharts


class RunMetrics(QWidget):
    """All of a run's curves, in the first colour of the palette."""

    def __init__(self, context: Context, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.charts = DeferredCharts(context, session)
        self._keys: tuple[str, ...] = ()
        self._run: ChartedRun | None = None
        self._words: list[str] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.charts)

    def show_run(self, found: RunDetail) -> None:
        """Show a run's metrics."""
        run = found.run
        self._keys = tuple(metric.key for metric in found.metrics)
        self._run = ChartedRun(run.run_id, run_name(run), 0, run.start_time)
        self._feed()
        self.charts.reload()

    def search(self, text: str) -> None:
        """Show only the metrics whose key holds every word."""
        self._words = text.casefold().split()
        self._feed()

    def commands(self) -> Mapping[str, Callable[[], object]]:
        """Return what the chart's actions do here."""
        return self.charts.commands()

    def checks(self) -> Mapping[str, bool]:
        """Return which of the chart's actions are on."""
        return self.charts.checks()

    def _feed(self) -> None:
        if self._run is not None:
            keys = [key for key in self._keys if all(w in key.casefold() for w in self._words)]
            self.charts.feed(keys, [self._run], [])
