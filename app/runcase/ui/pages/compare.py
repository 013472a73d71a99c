"""The compare page: 2 to 200 runs beside each other, and what differs between them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from runcase.errors import RuncaseError
from runcase.itemmodels import formats
from runcase.itemmodels.compare import CompareModel, Head
from runcase.itemmodels.compare_rows import (
    Row,
    Section,
    links_of,
    put_directions,
    put_links,
    rows_of,
)
from runcase.itemmodels.directions import Direction
from runcase.itemmodels.navigator import folder_parts
from runcase.itemmodels.run_texts import run_name
from runcase.itemmodels.sparklines import Sparklines
from runcase.progress import Progress
from runcase.session.jobs import Job
from runcase.session.local import LocalMarks
from runcase.session.session import Session
from runcase.store.changes import Change, Origin
from runcase.store.compare import LEAST, ComparedRun, ComparedRuns, best_values, read_runs
from runcase.ui.context import Context
from runcase.ui.location import Location, Place
from runcase.ui.pages.base import Busy, Crumb, FilterState, Page
from runcase.ui.pages.compare_commands import CompareCommands
from runcase.ui.pages.compare_files import CompareFiles
from runcase.ui.widgets.compare_head import CompareHead
from runcase.ui.widgets.compare_view import CompareView
from runcase.ui.widgets.state_page import LoadingPage, StatePage

_SAID = {
    "lower": Direction.LOWER,
    "higher": Direction.HIGHER,
    "none": Direction.UNKNOWN,
}
# Curves are read for so many cells at most: those on the screen.
_MOST_CURVES = 400


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """What a job read: the runs and the rows made of them."""

    compared: ComparedRuns
    rows: list[Row]


class ComparePage(Page):
    """Several runs; another location shows others in the same widgets."""

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
        self._ids = ""
        self.compared: ComparedRuns | None = None
        self._search = ""
        self._how = ""
        self._link = ""
        self._reading = self._again = False
        self._busy: Busy | None = None
        self._job: Job[Any] | None = None
        self.model = CompareModel(self)
        self.view = CompareView(context.theme, self.model)
        self.view.set_row_height(context.settings.row_height)
        self.view.cells.sparklines = Sparklines(session, self)
        self.head = CompareHead(context.theme)
        shown = QWidget()
        # Before the head: the first view of the page takes the focus back from the filter field.
        self.splitter = QSplitter(Qt.Orientation.Vertical, shown)
        self.nothing = StatePage(context.theme)
        self.table = QStackedWidget()
        self.table.addWidget(self.view)
        self.table.addWidget(self.nothing)
        self.splitter.addWidget(self.table)
        self.splitter.setChildrenCollapsible(False)
        layout = QVBoxLayout(shown)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self.splitter, 1)
        self._state = StatePage(context.theme)
        self._loading = LoadingPage(context.theme)
        self.stack = QStackedWidget()
        for each in (shown, self._state, self._loading):
            self.stack.addWidget(each)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.stack)
        self.setFocusProxy(self.view)
        self.files = CompareFiles(self)
        self._commands = CompareCommands(self)
        self._connect()

    @property
    def location(self) -> Location:
        return Location(Place.COMPARE, self._ids)

    def go(self, location: Location) -> None:
        if location.id == self._ids:
            return
        self.leave()
        self._ids, self.compared = location.id, None
        self.files.close()
        self.model.show([], [])
        self.stack.setCurrentWidget(self._loading)
        self._loading.start("Reading runs …", self.stop)
        self.refresh()

    def title(self) -> str:
        count = len(self.compared.runs) if self.compared is not None else len(self.run_ids())
        return f"Compare {formats.counted(count, 'run')}"

    def crumbs(self) -> list[Crumb]:
        here = Crumb(self.title(), "git-compare", self.location)
        runs = self.compared.runs if self.compared is not None else ()
        experiments = {each.experiment.experiment_id: each.experiment for each in runs}
        if len(experiments) != 1:
            return [here]
        experiment = next(iter(experiments.values()))
        *folders, name = folder_parts(experiment.name)
        place = Location(Place.EXPERIMENT, experiment.experiment_id)
        above = [Crumb(each, "folder") for each in folders]
        return [*above, Crumb(name, "flask-conical", place), here]

    def status(self) -> list[str]:
        if self.compared is None or not self.model.heads:
            return []
        differing, _ = self.model.totals()
        parts = [
            formats.counted(len(self.model.heads), "run"),
            formats.counted(differing, "difference"),
        ]
        if self.model.baseline >= 0:
            parts.append(f"baseline {self.model.heads[self.model.baseline].name}")
        if self.compared.gone:
            gone = len(self.compared.gone)
            parts.append(f"{formats.counted(gone, 'run')} {'is' if gone == 1 else 'are'} gone")
        return parts

    def busy(self) -> Busy | None:
        return self._busy

    def stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self._reading = self._again = False
        self._busy = None
        if self.compared is None:
            self._loading.finish()
            again = ("Try Again", self.refresh)
            self._say("git-compare", "Reading was stopped", "", again)

    def filter_hint(self) -> str:
        return "Find a row" if self.compared is not None and self.model.heads else ""

    def filter_state(self) -> FilterState:
        shown = sum(isinstance(entry, Row) for entry in self.model.entries())
        return FilterState(self._search, formats.counted(shown, "row"))

    def apply_filter(self, text: str) -> None:
        self._search = text
        self.model.search(text)
        self.noted.emit()

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return self._commands.commands()

    def context_ids(self) -> tuple[str, ...]:
        return self._commands.context_ids()

    def extend_menu(self, menu: QMenu) -> None:
        self._commands.extend_menu(menu)

    def checks(self) -> Mapping[str, bool]:
        return {
            "only-differences": self.model.only_differences,
            "runs-as-rows": self.model.transposed,
        }

    def set_row_height(self, height: int) -> None:
        self.view.set_row_height(height)

    def follow(self, change: Change) -> None:
        self.files.is_stale |= change.origin is Origin.REFRESH
        self.refresh()

    def refresh(self) -> None:
        if self._reading and self.compared is not None:
            # A store that changes faster than it is read would never be shown.
            self._again = True
            return
        ids, how, metric, session = self.run_ids(), self._how, self._link, self.session

        def work(progress: Progress) -> Read:
            with session.store.read(progress) as connection:
                compared = read_runs(connection, ids)
                best = best_values(connection, compared, how) if how else None
            rows = rows_of(compared.runs, best, progress)
            put_links(rows, links_of(rows, metric))
            return Read(compared, rows)

        self._ask(work)

    def leave(self) -> None:
        if self._job is not None and self.compared is not None:
            self.stop()

    def run_ids(self) -> list[str]:
        """Return the ids of the runs that are to be compared."""
        return [each for each in self._ids.split(",") if each]

    def open_run(self, run: int, window: bool = False) -> None:
        """Go to a run's own page."""
        if 0 <= run < len(self.model.heads):
            self.went.emit(Location(Place.RUN, self.model.heads[run].run_id), window)

    def remove(self, run: int) -> None:
        """Compare the others without this one."""
        if len(self.model.heads) > LEAST:
            ids = [head.run_id for at, head in enumerate(self.model.heads) if at != run]
            self.went.emit(Location(Place.COMPARE, ",".join(ids)), False)

    def set_only_differences(self, only: bool) -> None:
        """Show what differs, or everything."""
        self.head.only.setChecked(only)
        self.model.set_only_differences(only)

    def set_transposed(self, transposed: bool) -> None:
        """Show the runs as rows, or as columns."""
        self.head.ways.choose("rows" if transposed else "columns")
        self.model.set_transposed(transposed)

    def set_values(self, how: str) -> None:
        """Show another value of every metric: "" the latest one, min, max, mean, first."""
        if how == self._how or self.compared is None:
            return
        self._how = how
        compared, session, metric = self.compared, self.session, self._link

        def work(progress: Progress) -> Read:
            best = None
            if how:
                with session.store.read(progress) as connection:
                    best = best_values(connection, compared, how)
            rows = rows_of(compared.runs, best, progress)
            put_links(rows, links_of(rows, metric))
            return Read(compared, rows)

        self._ask(work)

    def rank_by(self, metric: str) -> None:
        """Put the params first that go most closely with a metric; "" for their own order."""
        self._link = metric
        rows = self.model.rows

        def done(links: Mapping[int, float]) -> None:
            if self.model.rows is rows:
                put_links(rows, links)
                self.model.linked = bool(metric)
                self.model.rearrange()
            if metric and all(link != link for link in links.values()):
                self.said.emit("These runs are too few, or too alike, to rank their params.", True)

        self.session.ask(
            lambda _progress: links_of(rows, metric), owner=self, then=done, key="links"
        )

    def set_busy(self, busy: Busy | None, job: Job[Any] | None = None) -> None:
        """Show in the status bar what is being read, and what Stop stops."""
        self._busy, self._job = busy, job
        self.progressed.emit()

    def _ask(self, work: Callable[[Progress], Read]) -> None:
        self._reading = True
        self._job = self.session.ask(
            work,
            owner=self,
            then=self._show,
            failed=self._failed,
            progressed=self._progressed,
            key="compare",
        )

    def _connect(self) -> None:
        header = self.view.header
        header.baseline_wanted.connect(self.model.set_baseline)
        header.removal_wanted.connect(self.remove)
        header.opened.connect(self.open_run)
        header.menu_wanted.connect(self._header_menu)
        self.view.opened.connect(self.open_run)
        self.head.only_chosen.connect(self.set_only_differences)
        self.head.deltas_chosen.connect(self._set_deltas)
        self.head.values_chosen.connect(self.set_values)
        self.head.linked.connect(self.rank_by)
        self.view.chosen.connect(lambda row: self.files.show(row, self.view.current_run()))
        self.head.ways.chosen.connect(lambda way: self.set_transposed(way == "rows"))
        self.model.arranged.connect(self._arranged)
        self.model.baseline_changed.connect(self._baseline_changed)
        self.view.selectionModel().currentChanged.connect(self._moved)
        self.view.verticalScrollBar().valueChanged.connect(self._want_curves)
        self.view.horizontalScrollBar().valueChanged.connect(self._want_curves)
        if self.view.cells.sparklines is not None:
            self.view.cells.sparklines.arrived.connect(self.view.repaint_all)

    def _show(self, read: Read) -> None:
        self._loading.finish()
        self._busy = self._job = None
        again, self._reading, self._again = self._again, False, False
        first = self.compared is None
        self.compared = read.compared
        runs = read.compared.runs
        if len(runs) < LEAST:
            self._show_too_few(read.compared)
            return
        self.stack.setCurrentIndex(0)
        self.model.linked = bool(self._link)
        put_directions(read.rows, self._said())
        self.model.show(self._heads(runs), [*read.rows, *self.files.rows(read.compared)])
        self.head.show_metrics(read.compared.metric_keys(), self._link)
        self.files.read(read.compared)
        if self.view.cells.sparklines is not None:
            self.view.cells.sparklines.expire()
        self._want_curves()
        gone = len(read.compared.gone)
        if first and gone:
            are = "is" if gone == 1 else "are"
            them = "it" if gone == 1 else "them"
            self.said.emit(
                f"{formats.counted(gone, 'run')} {are} not in the store any more; "
                f"the others are compared without {them}.",
                True,
            )
        if first:
            self.view.setFocus()
        self.noted.emit()
        self.progressed.emit()
        if again:
            self.refresh()

    def _show_too_few(self, compared: ComparedRuns) -> None:
        self.model.show([], [])
        gone = len(compared.gone)
        cause = "Choose two runs or more in an experiment's table."
        if gone:
            are = "is" if gone == 1 else "are"
            cause = f"{formats.counted(gone, 'run')} {are} not in the store any more. {cause}"
        self._say("git-compare", "There is nothing to compare", cause)
        self.noted.emit()

    def _say(
        self, icon: str, title: str, text: str, *actions: tuple[str, Callable[[], object]]
    ) -> None:
        self._state.show_state(icon, title, text, *actions)
        self.stack.setCurrentWidget(self._state)

    def _failed(self, error: RuncaseError) -> None:
        self._loading.finish()
        self._busy = self._job = None
        self._reading = self._again = False
        if self.compared is not None and self.model.heads:
            self.said.emit(str(error), True)
            self.progressed.emit()
            return
        self._state.show_error("These runs could not be read", error, ("Try Again", self.refresh))
        self.stack.setCurrentWidget(self._state)

    def _progressed(self, done: int, total: int, what: str) -> None:
        self._busy = Busy(done, total, what)
        if self.compared is None:
            self._loading.report(done, total, what)
        self.progressed.emit()

    def _heads(self, runs: tuple[ComparedRun, ...]) -> list[Head]:
        """Return the heads; a run without a colour of its own takes the lowest free one."""
        known = {each.run.run_id: self.local.of(each.run.run_id).color for each in runs}
        taken = {color for color in known.values() if color is not None}
        free = 0
        heads = []
        for each in runs:
            color = known[each.run.run_id]
            if color is None:
                while free in taken:
                    free += 1
                color = free
                taken.add(free)
            run = each.run
            started = formats.moment(run.start_time).rsplit(":", 1)[0]
            heads.append(Head(run.run_id, run_name(run), run.status, started, color))
        return heads

    def _said(self) -> dict[str, Direction]:
        """Return what the person said about metrics of the runs' experiments."""
        found: dict[str, Direction] = {}
        runs = self.compared.runs if self.compared is not None else ()
        for experiment in {each.experiment.experiment_id for each in runs}:
            view = self.local.current(experiment)
            if view is not None:
                found |= {
                    key: _SAID[said] for key, said in view.directions.items() if said in _SAID
                }
        return found

    def _set_deltas(self, deltas: str) -> None:
        self.view.cells.deltas = deltas
        self.view.repaint_all()

    def _arranged(self) -> None:
        self.head.show_counts(*self.model.totals())
        self._show_nothing()
        self._want_curves()
        self.noted.emit()

    def _show_nothing(self) -> None:
        """Say why the table is empty, when it is."""
        if self.model.entries() or not self.model.heads:
            self.table.setCurrentWidget(self.view)
            return
        everything = ("Show Everything", lambda: self.set_only_differences(False))
        if self._search:
            clear = ("Clear Filter", lambda: self.apply_filter(""))
            offers = [clear, everything] if self.model.only_differences else [clear]
            text = "No key and no value of these runs holds all of the words."
            if self.model.only_differences:
                text = "Only what differs is looked through."
            self.nothing.show_state("search", "No row matches", text, *offers)
        else:
            text = "All metrics, params, tags, attributes and datasets are the same."
            self.nothing.show_state("git-compare", "These runs do not differ", text, everything)
        self.table.setCurrentWidget(self.nothing)

    def _baseline_changed(self) -> None:
        self.view.repaint_all()
        self.noted.emit()

    def _moved(self) -> None:
        """Show the file under the cursor, once the person has opened the pane."""
        row, pane = self.view.current_row(), self.files.pane
        is_open = pane is not None and pane.isVisible()
        if is_open and row is not None and row.section is Section.ARTIFACTS:
            self.files.show(row, self.view.current_run())
        self.noted.emit()

    def _want_curves(self) -> None:
        """Read the curves of the cells on the screen."""
        sparklines = self.view.cells.sparklines
        if sparklines is None or self.model.transposed or not self.model.heads:
            return
        across = self.view.horizontalHeader()
        first = max(1, across.visualIndexAt(self.view.frozen.width() + 1))
        last = across.visualIndexAt(self.view.viewport().width() - 1)
        runs = range(first - 1, len(self.model.heads) if last < 0 else last)
        names = [
            (self.model.heads[run].run_id, entry.key)
            for at in range(*self.view.visible_rows())
            for entry in (self.model.entry(at),)
            if isinstance(entry, Row) and entry.section is Section.METRICS
            for run in runs
        ]
        sparklines.want(names[:_MOST_CURVES])

    def _header_menu(self, run: int, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, do, works in self._commands.of_run(run):
            action = menu.addAction(text)
            action.setEnabled(works)
            action.triggered.connect(lambda _checked=False, do=do: do())
        menu.popup(place)
