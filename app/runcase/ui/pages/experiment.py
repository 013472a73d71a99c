"""The experiment page: the runs table, the charts of the shown and selected runs, the inspector."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QMenu, QSplitter, QVBoxLayout, QWidget

from runcase.errors import FilterError, RuncaseError
from runcase.itemmodels import formats
from runcase.itemmodels.navigator import EVERY, folder_parts
from runcase.itemmodels.runs_loader import Scope
from runcase.itemmodels.selection import FIRST_SHOWN
from runcase.local.records import View
from runcase.progress import Progress
from runcase.session.jobs import Job
from runcase.session.local import LocalMarks
from runcase.session.session import Session
from runcase.store.changes import Change, Origin
from runcase.store.experiments import list_experiments
from runcase.store.records import Experiment, Lifecycle
from runcase.ui.context import Context
from runcase.ui.location import Location, Place
from runcase.ui.pages.base import Busy, Crumb, FilterState, Page
from runcase.ui.pages.experiment_charts import ExperimentCharts
from runcase.ui.pages.experiment_commands import ExperimentCommands
from runcase.ui.pages.experiment_filter import ExperimentFilter
from runcase.ui.pages.experiment_views import columns_of, pinned_of, view_of, wish_of
from runcase.ui.plots.chart_options import fresh_options
from runcase.ui.widgets.filter_field import FilterField
from runcase.ui.widgets.run_inspector import RunInspector
from runcase.ui.widgets.runs_head import RunsHead
from runcase.ui.widgets.runs_table import RunsTable
from runcase.ui.zoom import follow_sides

T = TypeVar("T")

# The width of the table beside the charts: its name column and a little of the next.
LIST_WIDTH = 300
# A selection that is still being made is not charted yet.
SETTLE_MS = 80


class ExperimentPage(Page):
    """One experiment, several or all; another location shows others in the same widgets."""

    def __init__(
        self,
        context: Context,
        session: Session,
        local: LocalMarks,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, parent)
        self.session = session
        self.local = local
        self._id = ""
        self.experiments: tuple[Experiment, ...] = ()
        self.names: dict[str, str] = {}
        self.mode = "split"
        self._split = 52
        self._first_colors, self._colored, self._fresh = True, False, True
        self._wanted: dict[str, int] = {}  # runs that another page asked to be charted
        self._busy: Busy | None = None
        self._slow: Job[Any] | None = None
        self.table = RunsTable(context.theme, session, local)
        self.runs, self.loader = self.table.runs, self.table.loader
        self.view, self.colors = self.table.view, self.table.colors
        self.view.set_row_height(context.settings.row_height)
        self._charting = ExperimentCharts(self)
        self.charts = self._charting.charts
        self.head = RunsHead(context.theme)
        self.filter = ExperimentFilter(self)
        self._commands = ExperimentCommands(self)
        self._inspector = RunInspector(context.theme, session)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(self.table)
        self.splitter.addWidget(self.charts)
        self.splitter.setChildrenCollapsible(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.head)
        outer.addWidget(self.splitter, 1)
        self.setFocusProxy(self.view)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._connect()

    @property
    def location(self) -> Location:
        return Location(Place.EXPERIMENT, self._id)

    def go(self, location: Location) -> None:
        self._wanted = dict(location.shown)
        if location.id == self._id:
            self._show_wanted()
            return
        self.leave()
        self._id, self.experiments = location.id, ()
        self.filter.error = None
        self.runs.clear()
        self.charts.clear()
        self.table.stack.setCurrentWidget(self.table.loading)
        self.table.loading.start("Reading runs …")
        known = self.session.experiments
        if known is not None:
            self._listed(known)
            return
        self.session.ask(
            self.session.read(list_experiments),
            owner=self,
            then=self._listed,
            failed=self._failed,
            key="experiment",
        )

    def title(self) -> str:
        if self._id == EVERY:
            return "All Experiments"
        if len(self.experiments) > 1:
            return f"{len(self.experiments)} experiments"
        return self.experiments[0].name if self.experiments else ""

    def crumbs(self) -> list[Crumb]:
        if len(self.experiments) != 1 or self._id == EVERY:
            return [Crumb(self.title() or "…", "flask-conical", self.location)]
        *folders, name = folder_parts(self.experiments[0].name)
        return [Crumb(each, "folder") for each in folders] + [
            Crumb(name, "flask-conical", self.location)
        ]

    def status(self) -> list[str]:
        parts = [self._counted(), f"{formats.count(self.view.selected_count())} selected"]
        parts.append(f"{formats.count(len(self._charting.charted()))} charted")
        if self.loader.hidden:
            parts.append(f"{formats.count(self.loader.hidden)} hidden")
        return parts

    def busy(self) -> Busy | None:
        return self._busy

    def stop(self) -> None:
        if self._slow is not None:
            self._slow.cancel()
            self._slow = None
        self.table.stop()
        self._busy = None

    def ask_slowly(
        self, work: Callable[[Progress], T], then: Callable[[T], object], key: str
    ) -> None:
        """Run work of which the status bar shows the progress, with Stop."""

        def done(answer: T) -> None:
            self._busy = self._slow = None
            then(answer)
            self.progressed.emit()

        self._slow = self.session.ask(
            work,
            owner=self,
            then=done,
            failed=self._slow_failed,
            progressed=self._progressed,
            key=key,
        )

    def inspector(self) -> QWidget | None:
        return self._inspector

    def filter_hint(self) -> str:
        return "Filter: metrics.rmse < 6.5, or any words"

    def filter_is_query(self) -> bool:
        return True

    def filter_state(self) -> FilterState:
        return self.filter.state()

    def apply_filter(self, text: str) -> None:
        self.filter.apply(text)

    def attach_filter(self, field: FilterField) -> None:
        self.filter.attach(field)

    def detach_filter(self, field: FilterField) -> None:
        self.filter.detach(field)

    def commands(self) -> Mapping[str, Callable[[], object]]:
        found = self._commands.commands()
        if self.mode != "table":
            found |= self.charts.commands()
        return found

    def context_ids(self) -> tuple[str, ...]:
        return self._commands.context_ids()

    def extend_menu(self, menu: QMenu) -> None:
        self._commands.extend_menu(menu)

    def checks(self) -> Mapping[str, bool]:
        modes = {f"mode-{mode}": mode == self.mode for mode in ("table", "split", "charts")}
        shown = self.loader.lifecycle is not Lifecycle.ACTIVE
        wish = self.loader.wish
        return {
            **self.table.checks(),
            "show-deleted": shown,
            f"summary-{wish.summary.name.lower()}": True,
            f"spread-{wish.spread.value}": True,
            **modes,
            **self.charts.checks(),
        }

    def refresh(self) -> None:
        self._read_again(thorough=True)

    def follow(self, change: Change) -> None:
        self._read_again(thorough=change.origin is Origin.REFRESH)

    def _read_again(self, thorough: bool) -> None:
        self.loader.refresh(thorough)
        self.table.sparklines.expire()
        self.charts.reload()
        self._inspect()

    def leave(self) -> None:
        # Before its columns are there the table still has those of the experiment before.
        if self.experiments and self.loader.begun:
            self.local.save_current(self._id, self.shown_view())

    def set_mode(self, mode: str) -> None:
        """Show the table, the charts, or both."""
        before, self.mode = self.mode, mode
        if before == "split":
            self._split = self._share()
        self.head.modes.choose(mode)
        # Beside the charts the table is the list of their runs: names, colours and eyes.
        beside = mode == "charts"
        way = Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
        self.splitter.setOrientation(way)
        self.charts.setVisible(mode != "table")
        if beside:
            list_width = self.theme.px(LIST_WIDTH)
            self.splitter.setSizes([list_width, max(1, self.width() - list_width)])
        elif before == "charts":
            self._set_split(self._split)
        self._charting.feed()
        self.noted.emit()

    def set_row_height(self, height: int) -> None:
        """Set the height of the table's rows."""
        self.view.set_row_height(height)

    def shown_view(self, name: str = "") -> View:
        """Return how the experiment is looked at now."""
        split = self._share() if self.mode == "split" else self._split
        return view_of(self.table, self.mode, split, self.charts.options(), name)

    def show_view(self, view: View) -> None:
        """Look at the experiment in another way."""
        self.view.set_widths(dict(view.widths))
        self._split = view.split
        self._set_split(view.split)
        self.view.delegate.bars = view.bars
        self.set_mode(view.mode)
        # What a view does not say is as at first: not as in the one before.
        self.charts.set_options({**fresh_options(), **view.charts})
        self.table.pinned = pinned_of(view)
        self.view.set_pinned(len(self.table.pinned))
        tags = self.experiments[0].tags if len(self.experiments) == 1 else {}
        every = self._id == EVERY
        self.filter.error = None
        self.loader.marks = self.runs.marks = self.local.all()
        self.loader.show(
            Scope(self.experiments, every), columns_of(view), wish_of(view, tags), view.filter
        )
        self.table.set_marks()
        self.noted.emit()

    def toggle_deleted(self) -> None:
        """Show active runs only, or deleted ones as well."""
        active = self.loader.lifecycle is Lifecycle.ACTIVE
        self.loader.set_lifecycle(Lifecycle.ALL if active else Lifecycle.ACTIVE)

    def _share(self) -> int:
        """Return the table's share of the height in percent."""
        sizes = self.splitter.sizes()
        return self._split if not all(sizes) else round(100 * sizes[0] / sum(sizes))

    def _set_split(self, share: int) -> None:
        total = sum(self.splitter.sizes()) or 800
        self.splitter.setSizes([total * share // 100, total * (100 - share) // 100])

    def _connect(self) -> None:
        follow_sides(self.theme, self.splitter, 1)
        self.loader.loaded.connect(self._loaded)
        self.loader.filtered.connect(self._filtered)
        self.loader.failed.connect(self._failed)
        self.loader.progressed.connect(self._progressed)
        self.table.opened.connect(self._open)
        self.table.changed.connect(self._note_counts)
        self.table.plot_wanted.connect(self._plot)
        self.view.selectionModel().selectionChanged.connect(self._settle.start)
        self.view.selectionModel().currentRowChanged.connect(self._settle.start)
        self.runs.modelReset.connect(self._settle.start)
        self._settle.timeout.connect(self._selection_settled)
        self.colors.changed.connect(self._colors_changed)
        self.head.modes.chosen.connect(self.set_mode)
        self._inspector.went.connect(self.went)

    def _listed(self, every: Sequence[Experiment]) -> None:
        self.names = {each.experiment_id: each.name for each in every}
        self.runs.experiments = self.names
        wanted = set(self._id.split(","))
        self.experiments = tuple(
            each
            for each in every
            if (
                each.lifecycle_stage == "active"
                if self._id == EVERY
                else each.experiment_id in wanted
            )
        )
        if not self.experiments:
            self.table.show_state(
                "flask-conical", "This experiment is gone", "It is not in the store."
            )
            return
        # Not before the marks are there: they say which columns were shown, and which runs.
        if self.local.is_ready:
            self._begin()
        else:
            self.local.ready.connect(self._begin, Qt.ConnectionType.SingleShotConnection)

    def _begin(self) -> None:
        known = self.local.current(self._id) or self.local.default_of(self._id)
        self._first_colors, self._colored, self._fresh = known is None, False, True
        self.colors.restore({})
        self.show_view(known or View())

    def _loaded(self) -> None:
        self.table.loading.finish()
        self._busy = None
        frame = self.runs.frame
        if not self._colored and frame is not None:
            # Of very many runs only the newest ones come first.
            self._colored = not self.loader.loading
            self._restore_colors()
            self._show_wanted()
        if self.runs.rowCount():
            self.table.stack.setCurrentWidget(self.view)
        elif frame is not None:
            self._show_nothing()
        if self._fresh and self.runs.rowCount():
            self._fresh = False
            first = self.runs.run_id(0)
            if first:
                self.view.select([first], first)
        self._charting.feed()
        self._note_counts()

    def _restore_colors(self) -> None:
        frame = self.runs.frame
        assert frame is not None
        marked = {run: mark.color for run, mark in self.local.all().items()}
        here = {run: index for run, index in marked.items() if index is not None}
        here = {run: index for run, index in here.items() if frame.row_of(run) is not None}
        # Runs of several experiments may have colours from the pages of their own.
        if here or not self._first_colors:
            self.colors.restore(here)
        else:
            visible = range(min(FIRST_SHOWN, self.runs.rowCount()))
            self.colors.show([self.runs.run_id(row) for row in visible])
            self._keep_colors()
        self._first_colors = False

    def _show_wanted(self) -> None:
        """Chart exactly the runs that another page asked for, in the colours it gave them."""
        if self._wanted and self.runs.frame is not None:
            self.colors.restore(self._wanted)
            self.set_mode("charts")

    def _show_nothing(self) -> None:
        loader = self.loader
        show = self.table.show_state
        hidden = formats.counted(loader.hidden, "matching run")
        if loader.hidden:
            text = f"{hidden} {'is' if loader.hidden == 1 else 'are'} hidden by you."
            actions = [("Show Hidden Runs", self.table.commands()["show-hidden"])]
            show("eye-off", "All runs are hidden", text, *actions)
        elif loader.filter_text and loader.total:
            text = f"None of the {formats.counted(loader.total, 'run')} here matches."
            clear = ("Clear Filter", lambda: self.apply_filter(""))
            show("list-filter", "No run matches this filter", text, clear)
        else:
            deleted = sum(each.deleted_runs for each in self.experiments)
            actions = [("Show Deleted", self.toggle_deleted)] if deleted else []
            cause = f"{formats.counted(deleted, 'deleted run')} not shown." if deleted else ""
            text = cause or "New runs show up here by themselves."
            show("flask-conical", "No runs yet", text, *actions)
        self._inspector.show_run("", None)

    def _failed(self, error: RuncaseError) -> None:
        self._busy = None
        self.table.show_error(error, self._retry)
        self.noted.emit()

    def _slow_failed(self, error: RuncaseError) -> None:
        self._busy = self._slow = None
        self.said.emit(str(error), True)
        self.progressed.emit()

    def _retry(self) -> None:
        wanted, self._id = self._id, ""
        self.go(Location(Place.EXPERIMENT, wanted))

    def _progressed(self, done: int, total: int, what: str) -> None:
        self._busy = Busy(done, total, what)
        if self.table.stack.currentWidget() is self.table.loading:
            self.table.loading.report(done, total, what)
        self.progressed.emit()

    def _filtered(self, error: FilterError | None) -> None:
        self.filter.error = error
        if error is None:
            self.local.add_history(self.loader.filter_text)
        self._note_counts()

    def _counted(self) -> str:
        loader = self.loader
        runs = formats.counted(loader.total, "run")
        if loader.matching + loader.hidden != loader.total:
            return f"{formats.count(loader.matching)} of {runs}"
        return runs

    def _note_counts(self) -> None:
        self.head.show_state(
            self.loader, self.runs, self.view.selected_count(), len(self._charting.charted())
        )
        self.filter.mark_columns()
        self.noted.emit()

    def _open(self, run_id: str, window: bool) -> None:
        self.went.emit(Location(Place.RUN, run_id), window)

    def _plot(self, key: str) -> None:
        if self.mode == "table":
            self.set_mode("split")
        self.charts.bring_up(key)

    def _colors_changed(self) -> None:
        if self.runs.frame is not None and not self._fresh:
            self._keep_colors()
        self._charting.feed()
        self._note_counts()

    def _keep_colors(self) -> None:
        """Write the colours that changed into the marks."""
        shown = self.colors.as_mapping()
        changed: dict[str, int | None] = {
            run_id: index for run_id, index in shown.items() if self.local.of(run_id).color != index
        }
        frame = self.runs.frame
        for run_id, mark in self.local.all().items():
            here = frame is not None and frame.row_of(run_id) is not None
            if mark.color is not None and run_id not in shown and here:
                changed[run_id] = None
        self.local.set_colors(changed)

    def _selection_settled(self) -> None:
        self._inspect()
        self._charting.feed()
        self._note_counts()

    def _inspect(self) -> None:
        run_id = self.view.current_id()
        self._inspector.show_run(run_id, self.runs.run_color(run_id) if run_id else None)
