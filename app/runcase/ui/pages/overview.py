"""The page of the store itself: what it holds, how it was opened, its experiments and traces."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from runcase.errors import RuncaseError
from runcase.itemmodels import formats
from runcase.itemmodels.overview import ExperimentsModel, TracesModel
from runcase.progress import Progress
from runcase.session.file_spans import with_file_spans
from runcase.session.session import Session
from runcase.store.experiments import list_experiments
from runcase.store.records import Experiment, StoreSummary, Trace
from runcase.store.summary import summarise
from runcase.store.traces import list_traces
from runcase.ui.context import Context
from runcase.ui.location import Location, Place
from runcase.ui.pages.base import Crumb, FilterState, Page
from runcase.ui.widgets.basics import Card
from runcase.ui.widgets.chip_table import ChipTable
from runcase.ui.widgets.overview_cards import DatabaseFacts, Notes, Tiles, tiles_of
from runcase.ui.widgets.state_page import LoadingPage, StatePage
from runcase.ui.zoom import fix

SIDE = 340
MAX_TRACES = 200
_EXPERIMENT_WIDTHS = {
    "Runs": 70,
    "Running": 76,
    "Deleted runs": 100,
    "Created": 92,
    "Updated": 92,
}
_TRACE_WIDTHS = {"State": 96, "Spans": 60, "Duration": 84, "Started": 92, "Experiment": 150}


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """What the page shows."""

    summary: StoreSummary
    mode: str
    experiments: tuple[Experiment, ...]
    traces: tuple[Trace, ...]


class OverviewPage(Page):
    """The facts of one store; it is read anew each time it is shown."""

    def __init__(self, context: Context, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._session = session
        self._text = ""
        self._overview: Overview | None = None
        self.tiles = Tiles(context.theme)
        self.facts = DatabaseFacts(context.theme)
        self.notes = Notes(context.theme)
        self.experiments = ExperimentsModel(self)
        self.traces = TracesModel(self)
        self.experiments_view = ChipTable(context.theme, "Experiments")
        self.experiments_view.show_model(self.experiments, _EXPERIMENT_WIDTHS, "Name")
        self.traces_view = ChipTable(context.theme, "Traces")
        self.traces_view.show_model(self.traces, _TRACE_WIDTHS, "Name")
        self._state = StatePage(context.theme)
        self._loading = LoadingPage(context.theme)
        self._stack = QStackedWidget()
        for each in (self._make_body(), self._state, self._loading):
            self._stack.addWidget(each)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self.experiments_view.opened.connect(self._open_experiment)
        self.traces_view.opened.connect(self._open_trace)

    @property
    def location(self) -> Location:
        return Location(Place.OVERVIEW)

    def go(self, location: Location) -> None:
        if self._overview is None:
            self._stack.setCurrentWidget(self._loading)
            self._loading.start("Counting what the store holds …")
        self.refresh()

    def title(self) -> str:
        return "Overview"

    def crumbs(self) -> list[Crumb]:
        return [Crumb("Store overview", "layout-dashboard", self.location)]

    def status(self) -> list[str]:
        if self._overview is None:
            return []
        summary = self._overview.summary
        return [
            formats.counted(summary.runs, "run"),
            formats.counted(summary.experiments, "experiment"),
            formats.size(summary.size),
        ]

    def filter_hint(self) -> str:
        return "Find an experiment or trace by name"

    def filter_state(self) -> FilterState:
        return FilterState(self._text)

    def apply_filter(self, text: str) -> None:
        self._text = text.strip()
        self.experiments.search(self._text)
        self.traces.search(self._text)
        self._fit()
        self.noted.emit()

    def refresh(self) -> None:
        self._session.ask(
            self._read, owner=self, then=self._show, failed=self._failed, key="overview"
        )

    def _make_body(self) -> QWidget:
        self._experiments_card = Card(self.theme, "Experiments")
        self._experiments_card.body.addWidget(self.experiments_view)
        self._traces_card = Card(self.theme, "Traces")
        self._traces_card.body.addWidget(self.traces_view)
        self._database_card = Card(self.theme, "Database")
        self._database_card.body.addWidget(self.facts)
        self._notes_card = Card(self.theme, "Notes")
        self._notes_card.body.addWidget(self.notes)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column, cards in (
            (left, (self._experiments_card, self._traces_card)),
            (right, (self._notes_card, self._database_card)),
        ):
            column.setSpacing(12)
            for card in cards:
                column.addWidget(card)
            column.addStretch(1)
        side = QWidget()
        side.setLayout(right)
        right.setContentsMargins(0, 0, 0, 0)
        fix(self.theme, side, width=SIDE)
        columns = QHBoxLayout()
        columns.setSpacing(12)
        columns.addLayout(left, 1)
        columns.addWidget(side)
        inner = QWidget()
        inner.setObjectName("side")
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(12)
        layout.addWidget(self.tiles)
        layout.addLayout(columns, 1)
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        return scroll

    def _read(self, progress: Progress) -> Overview:
        store = self._session.store
        summary = summarise(store, progress)
        with store.read(progress) as connection:
            experiments = list_experiments(connection)
            traces = list_traces(connection)[:MAX_TRACES] if summary.traces else []
        # Older releases keep the spans in a file beside the artifacts.
        worker, finder = self.context.previews.second(), self._session.finder
        counted = with_file_spans(worker, finder, traces, progress)
        return Overview(summary, store.mode.value, tuple(experiments), tuple(counted))

    def _failed(self, error: RuncaseError) -> None:
        self._loading.finish()
        self._state.show_error("The store could not be read", error, ("Try Again", self.refresh))
        self._stack.setCurrentWidget(self._state)

    def _show(self, overview: Overview) -> None:
        self._loading.finish()
        self._overview = overview
        summary = overview.summary
        self.tiles.show_tiles(tiles_of(summary))
        self.facts.show_summary(summary, overview.mode)
        self.notes.show_notes(summary.notes)
        self._notes_card.set_note(str(len(summary.notes)))
        self._notes_card.setVisible(bool(summary.notes))
        self.experiments.show(overview.experiments, int(time.time() * 1000))
        self._show_traces(overview.traces, summary.traces)
        self._fit()
        self._stack.setCurrentIndex(0)
        self.noted.emit()

    def _show_traces(self, traces: Sequence[Trace], total: int) -> None:
        names = {each.experiment_id: each.name for each in self._overview_experiments()}
        self.traces.show(traces, names, int(time.time() * 1000))
        shown = len(traces)
        counted = formats.count(total)
        self._traces_card.set_note(f"newest {shown} of {counted}" if shown < total else counted)
        self._traces_card.setVisible(total > 0)

    def _overview_experiments(self) -> Sequence[Experiment]:
        return self._overview.experiments if self._overview is not None else ()

    def _fit(self) -> None:
        shown, total = self.experiments.rowCount(), self.experiments.total
        self._experiments_card.set_note(f"{shown} of {total}" if shown != total else f"{total:,}")
        self.experiments_view.fit_height()
        self.traces_view.fit_height()

    def _open_experiment(self, index: QModelIndex, new_window: bool) -> None:
        experiment = self.experiments.row(index.row())
        self.went.emit(Location(Place.EXPERIMENT, experiment.experiment_id), new_window)

    def _open_trace(self, index: QModelIndex, new_window: bool) -> None:
        trace = self.traces.row(index.row())
        if trace.run_id:
            self.went.emit(Location(Place.RUN, trace.run_id), new_window)
