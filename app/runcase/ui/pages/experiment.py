"""The experiment page: the runs table, the charts of the shown and selected runs, the inspector."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from runcase.errors import FilterError, RuncaseError
from runcase.itemmodels import columns as titles
from runcase.itemmodels import formats
from runcase.itemmodels.navigator import folder_parts
from runcase.itemmodels.runs import RunsModel
from runcase.itemmodels.runs_loader import RunsLoader
from runcase.itemmodels.selection import FIRST_SHOWN, RunColors
from runcase.session.session import Session
from runcase.store.experiments import get_experiment
from runcase.store.frame import MISSING
from runcase.store.records import ColumnKey, Experiment, Kind, Lifecycle
from runcase.ui.context import Context
from runcase.ui.location import Location, Place
from runcase.ui.pages.base import Crumb, FilterState, Page
from runcase.ui.plots.deferred import ChartedRun, DeferredCharts
from runcase.ui.settings import TableLayout
from runcase.ui.widgets.basics import PanelHeader, Segments, button
from runcase.ui.widgets.run_inspector import RunInspector
from runcase.ui.widgets.runs_view import RunsView
from runcase.ui.widgets.state_page import LoadingPage, StatePage

# Charts draw at most so many runs: the shown ones first, then the selected ones.
MAX_CHARTED = 100
# A selection that is still being made is not charted yet.
SETTLE_MS = 80


class ExperimentPage(Page):
    """One experiment; another location shows another experiment in the same widgets."""

    def __init__(self, context: Context, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._session = session
        self._id = ""
        self._experiment: Experiment | None = None
        self._mode = "split"
        self._first_colors, self._fresh = True, True
        self._error: FilterError | None = None
        self.colors = RunColors(self)
        self.runs = RunsModel(self.colors, self)
        self.loader = RunsLoader(session, self.runs, self)
        self.view = RunsView(context.theme, self.runs)
        self.view.set_row_height(context.settings.row_height)
        self.charts = DeferredCharts(context, session)
        self._inspector = RunInspector(context.theme, session)
        self._state = StatePage(context.theme)
        self._loading = LoadingPage(context.theme)
        self._stack = QStackedWidget()
        for each in (self.view, self._state, self._loading):
            self._stack.addWidget(each)
        self._table = QWidget()
        self._table.setObjectName("surface")
        layout = QVBoxLayout(self._table)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._stack, 1)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.addWidget(self._table)
        self.splitter.addWidget(self.charts)
        self.splitter.setChildrenCollapsible(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._make_header())
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
        if location.id == self._id:
            return
        self.leave()
        self._id, self._experiment, self._error = location.id, None, None
        self._stack.setCurrentWidget(self._loading)
        self._loading.start("Reading runs …")
        self._session.ask(
            self._session.read(get_experiment, location.id),
            owner=self,
            then=self._found,
            failed=self._failed,
            key="experiment",
        )

    def title(self) -> str:
        return self._experiment.name if self._experiment is not None else ""

    def crumbs(self) -> list[Crumb]:
        if self._experiment is None:
            return [Crumb("…", "flask-conical", self.location)]
        *folders, name = folder_parts(self._experiment.name)
        return [Crumb(each, "folder") for each in folders] + [
            Crumb(name, "flask-conical", self.location)
        ]

    def status(self) -> list[str]:
        loader = self.loader
        runs = formats.counted(loader.total, "run")
        if loader.filter_text and self._error is None:
            runs = f"{formats.count(loader.matching)} of {runs}"
        parts = [runs, f"{formats.count(self.view.selected_count())} selected"]
        parts.append(f"{formats.count(len(self._charted()))} charted")
        return parts

    def inspector(self) -> QWidget | None:
        return self._inspector

    def filter_hint(self) -> str:
        return "Filter runs, such as metrics.rmse < 6.5 and params.model = 'xgboost'"

    def filter_is_query(self) -> bool:
        return True

    def filter_state(self) -> FilterState:
        loader = self.loader
        error = self._error
        if error is not None:
            detail = f"{error.message} {error.hint}\nThe table shows the last valid filter."
            message = f"column {error.position + 1}: {error.message}"
            return FilterState(
                loader.filter_text, _short(message), True, error.position, error.length, detail
            )
        message = f"{formats.count(loader.matching)} of {formats.counted(loader.total, 'run')}"
        return FilterState(loader.filter_text, message if loader.filter_text else "")

    def apply_filter(self, text: str) -> None:
        if text != self.loader.filter_text:
            self.loader.set_filter(text)

    def commands(self) -> Mapping[str, Callable[[], object]]:
        found: dict[str, Callable[[], object]] = {
            "columns": self.choose_columns,
            "nested": lambda: self.set_nested(not self.loader.nested),
            "show-deleted": self._toggle_deleted,
            "expand-all": lambda: self._expand(None),
            "collapse-all": lambda: self._expand(frozenset()),
            "select-all": self.view.selectAll,
            **{f"mode-{mode}": self._mode_setter(mode) for mode in ("table", "split", "charts")},
        }
        if self.view.current_id() or self.view.selected_count():
            found |= {
                "open-run": lambda: self._open(False),
                "open-run-window": lambda: self._open(True),
                "toggle-shown": lambda: self.colors.toggle(self._chosen_ids()),
                "only-shown": self._keep_only,
                "copy": self._copy_rows,
                "copy-run-id": lambda: _copy("\n".join(self._chosen_ids())),
            }
        if self._mode != "table":
            found |= self.charts.commands()
        return found

    def context_ids(self) -> tuple[str, ...]:
        marks = ("toggle-shown", "only-shown")
        copies = ("copy", "copy-run-id")
        return ("open-run", "open-run-window", "", *marks, "", *copies, "", "columns", "nested")

    def checks(self) -> Mapping[str, bool]:
        modes = {f"mode-{mode}": mode == self._mode for mode in ("table", "split", "charts")}
        shown = self.loader.lifecycle is not Lifecycle.ACTIVE
        return {
            "nested": self.loader.nested,
            "show-deleted": shown,
            **modes,
            **self.charts.checks(),
        }

    def refresh(self) -> None:
        self.loader.refresh()
        self.charts.reload()
        self._inspect()

    def leave(self) -> None:
        if self._experiment is not None and self.runs.frame is not None:
            self._remember()

    def set_mode(self, mode: str) -> None:
        """Show the table, the charts, or both."""
        self._mode = mode
        self._modes.choose(mode)
        self._table.setVisible(mode != "charts")
        self.charts.setVisible(mode != "table")
        self._feed_charts()
        self.noted.emit()

    def set_nested(self, nested: bool) -> None:
        """Show runs below their parents, or all in one list."""
        self.loader.set_nested(nested)
        self.noted.emit()

    def set_row_height(self, height: int) -> None:
        """Set the height of the table's rows."""
        self.view.set_row_height(height)

    def choose_columns(self) -> None:
        """Let the person choose which columns are shown."""
        # Imported here: most windows never choose columns.
        from runcase.ui.dialogs.columns import ColumnsDialog

        dialog = ColumnsDialog(self.theme, self.loader.keys, self.runs.columns, self)
        dialog.chosen.connect(self._set_columns)
        dialog.open()

    def _make_header(self) -> PanelHeader:
        header = PanelHeader("Runs")
        choices = [("table", "Table"), ("split", "Split"), ("charts", "Charts")]
        self._modes = Segments(choices, "What is shown")
        self._modes.choose("split")
        self._modes.chosen.connect(self.set_mode)
        self._columns = button("Columns", "small", self.choose_columns)
        self._nested = button("Nested", "small", lambda: self.set_nested(not self.loader.nested))
        self._nested.setCheckable(True)
        self._nested.setChecked(True)
        for widget in (self._modes, self._columns, self._nested):
            header.controls.addWidget(widget)
        self._note = header.note
        return header

    def _connect(self) -> None:
        self.loader.loaded.connect(self._loaded)
        self.loader.filtered.connect(self._filtered)
        self.loader.failed.connect(self._failed)
        self.view.sort_wanted.connect(self._sort)
        self.view.opened.connect(self._open_id)
        self.view.expansion_changed.connect(self.loader.rearrange)
        self.view.delegate.eye_pressed.connect(self._eye)
        self.view.selectionModel().selectionChanged.connect(self._settle.start)
        self.view.selectionModel().currentRowChanged.connect(self._settle.start)
        self._settle.timeout.connect(self._selection_settled)
        self.colors.changed.connect(self._colors_changed)
        self.charts.run_clicked.connect(self._chart_clicked)
        self.charts.options_changed.connect(self.noted)
        self._inspector.went.connect(self.went)

    def _found(self, experiment: Experiment | None) -> None:
        if experiment is None:
            self._show_state("flask-conical", "This experiment is gone", "It is not in the store.")
            return
        self._experiment = experiment
        layout = self.context.settings.layout(self._session.path, self._id)
        columns = [key for key in map(titles.decode, layout.shown) if key is not None]
        if layout.widths:
            self.view.set_widths(layout.widths)
        colors = self.context.settings.colors(self._session.path, self._id)
        self.colors.restore(colors or {})
        self._first_colors, self._fresh = colors is None, True
        total = sum(self.splitter.sizes()) or 800
        self.splitter.setSizes([total * layout.split // 100, total * (100 - layout.split) // 100])
        self.set_mode(layout.mode)
        sort = titles.decode(layout.sort) if layout.sort else None
        self.loader.show(experiment, columns, sort, layout.descending)
        self.noted.emit()

    def _loaded(self) -> None:
        self._loading.finish()
        if self._first_colors and self.runs.frame is not None:
            self._first_colors = False
            rows = range(min(FIRST_SHOWN, self.runs.rowCount()))
            self.colors.show([self.runs.run_id(row) for row in rows])
        if self.runs.rowCount():
            self._stack.setCurrentWidget(self.view)
        else:
            self._show_nothing()
        if self._fresh and self.runs.rowCount():
            self._fresh = False
            self.view.select([self.runs.run_id(0)], self.runs.run_id(0))
        self._feed_charts()
        self._note_counts()

    def _show_nothing(self) -> None:
        loader = self.loader
        if loader.filter_text and loader.total:
            self._show_state(
                "list-filter",
                "No run matches this filter",
                f"None of the {formats.counted(loader.total, 'run')} here matches.",
                ("Clear Filter", lambda: self.apply_filter("")),
            )
            return
        deleted = self._experiment.deleted_runs if self._experiment is not None else 0
        actions = [("Show Deleted", self._toggle_deleted)] if deleted else []
        cause = f"{formats.counted(deleted, 'deleted run')} not shown." if deleted else ""
        text = cause or "New runs show up here by themselves."
        self._show_state("flask-conical", "No runs yet", text, *actions)

    def _show_state(
        self, icon: str, title: str, text: str, *actions: tuple[str, Callable[[], object]]
    ) -> None:
        self._state.show_state(icon, title, text, *actions)
        self._stack.setCurrentWidget(self._state)
        self._inspector.show_run("", None)

    def _failed(self, error: RuncaseError) -> None:
        self._loading.finish()
        self._state.show_error("The runs could not be read", error, ("Try Again", self._retry))
        self._stack.setCurrentWidget(self._state)

    def _retry(self) -> None:
        wanted, self._id = self._id, ""
        self.go(Location(Place.EXPERIMENT, wanted))

    def _filtered(self, error: FilterError | None) -> None:
        self._error = error
        self._note_counts()

    def _note_counts(self) -> None:
        total, matching = self.loader.total, self.loader.matching
        counts = formats.count(total)
        if matching != total:
            counts = f"{formats.count(matching)} of {formats.count(total)}"
        selected = self.view.selected_count()
        self._note.setText(f"{counts} · {selected:,} selected · {len(self._charted()):,} charted")
        known = sum(key.kind in (Kind.METRIC, Kind.PARAM) for key in self.loader.keys)
        shown = len(self.runs.columns) - len(titles.FIXED)
        self._columns.setText(f"Columns {shown:,} of {known:,}")
        self._nested.setChecked(self.loader.nested)
        self.noted.emit()

    def _sort(self, key: ColumnKey) -> None:
        """Sort up, then down, then as MLflow does."""
        runs = self.runs
        if runs.sort_key != key:
            self.loader.set_sort(key, key in (titles.STARTED, titles.DURATION))
        elif runs.descending == (key in (titles.STARTED, titles.DURATION)):
            self.loader.set_sort(key, not runs.descending)
        else:
            self.loader.set_sort(None, False)

    def _set_columns(self, columns: list[ColumnKey]) -> None:
        self.loader.set_columns(columns)
        self._remember()

    def _toggle_deleted(self) -> None:
        active = self.loader.lifecycle is Lifecycle.ACTIVE
        self.loader.set_lifecycle(Lifecycle.ALL if active else Lifecycle.ACTIVE)

    def _expand(self, expanded: frozenset[str] | None) -> None:
        if expanded is None and self.runs.frame is not None:
            # Named one by one, so that folding one of them again is possible.
            parents = {int(row) for row in self.runs.frame.parent if row >= 0}
            expanded = frozenset(str(self.runs.frame.ids[row]) for row in parents)
        self.runs.expanded = expanded
        self.loader.rearrange()

    def _mode_setter(self, mode: str) -> Callable[[], None]:
        return lambda: self.set_mode(mode)

    def _chosen_ids(self) -> list[str]:
        return self.view.selected_ids() or [self.view.current_id()]

    def _open(self, window: bool) -> None:
        self._open_id(self.view.current_id() or self._chosen_ids()[0], window)

    def _open_id(self, run_id: str, window: bool) -> None:
        self.went.emit(Location(Place.RUN, run_id), window)

    def _eye(self, row: int) -> None:
        self.colors.toggle([self.runs.run_id(row)])

    def _keep_only(self) -> None:
        chosen = self._chosen_ids()
        self.colors.hide([run for run in self.colors.shown() if run not in chosen])
        self.colors.show(chosen)

    def _colors_changed(self) -> None:
        if self._experiment is not None:
            shown = self.colors.as_mapping()
            self.context.settings.set_colors(self._session.path, self._id, shown)
        self._feed_charts()
        self._note_counts()

    def _selection_settled(self) -> None:
        self._inspect()
        self._feed_charts()
        self._note_counts()

    def _inspect(self) -> None:
        run_id = self.view.current_id()
        self._inspector.show_run(run_id, self.colors.index(run_id))

    def _charted(self) -> list[str]:
        """Return the runs in charts: those shown that match, then the selected ones."""
        frame = self.runs.frame
        if frame is None:
            return []
        shown = [run_id for run_id in self.colors.shown() if frame.row_of(run_id) is not None]
        selected = self.view.selected_ids(MAX_CHARTED)
        more = [run_id for run_id in selected if self.colors.index(run_id) is None]
        return (shown + more)[:MAX_CHARTED]

    def _feed_charts(self) -> None:
        frame = self.runs.frame
        if frame is None or self._mode == "table":
            return
        charted = []
        for run_id in self._charted():
            row = frame.row_of(run_id)
            if row is None:
                continue
            start = int(frame.start_time[row])
            name = str(frame.name[row]) or formats.short_id(run_id)
            color = self.colors.index(run_id)
            charted.append(ChartedRun(run_id, name, color, None if start == MISSING else start))
        metrics = [key.key for key in self.loader.keys if key.kind is Kind.METRIC]
        self.charts.feed(metrics, charted, self.view.selected_ids(MAX_CHARTED))

    def _chart_clicked(self, run_id: str) -> None:
        if run_id:
            self.view.select([run_id], run_id)

    def _copy_rows(self) -> None:
        """Copy the selected rows as tab-separated text, in full precision."""
        columns = self.runs.columns
        lines = ["\t".join(titles.said(key) for key in columns)]
        for run_id in self._chosen_ids():
            row = self.runs.row_of(run_id)
            if row is not None:
                cells = (self.runs.full_text(row, key) for key in columns)
                lines.append("\t".join(" ".join(cell.split()) for cell in cells))
        _copy("\n".join(lines))

    def _remember(self) -> None:
        sizes = self.splitter.sizes()
        split = 52 if not all(sizes) else round(100 * sizes[0] / sum(sizes))
        layout = TableLayout(
            shown=tuple(titles.encode(key) for key in self.view.column_order()),
            widths=self.view.widths(),
            sort="" if self.runs.sort_key is None else titles.encode(self.runs.sort_key),
            descending=self.runs.descending,
            mode=self._mode,
            split=split,
        )
        self.context.settings.set_layout(self._session.path, self._id, layout)


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
