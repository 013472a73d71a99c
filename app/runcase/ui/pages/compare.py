"""The compare page: 2 to 200 runs beside each other, and what differs between them."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from runcase.errors import RuncaseError
from runcase.itemmodels import formats
from runcase.itemmodels.compare import CompareModel
from runcase.itemmodels.compare_curves import CompareCurves
from runcase.itemmodels.compare_rows import Row, Section, put_directions
from runcase.itemmodels.compare_stores import Compared, heads_of
from runcase.itemmodels.directions import Direction
from runcase.itemmodels.navigator import folder_parts
from runcase.session.local import LocalMarks
from runcase.session.session import Session
from runcase.store.changes import Change, Origin
from runcase.store.compare import LEAST
from runcase.store.run_refs import RunRef, joined, refs_of
from runcase.ui.context import Context
from runcase.ui.location import Location, Place
from runcase.ui.pages.base import Busy, Crumb, FilterState, Page
from runcase.ui.pages.compare_add import CompareAdd
from runcase.ui.pages.compare_commands import CompareCommands
from runcase.ui.pages.compare_files import CompareFiles
from runcase.ui.pages.compare_lost import left_out, left_out_now, too_few
from runcase.ui.pages.compare_reads import CompareReads, Read
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
        self.compared: Compared | None = None
        self._search = ""
        self.reads = CompareReads(self)
        self.model = CompareModel(self)
        self.view = CompareView(context.theme, self.model)
        self.view.set_row_height(context.settings.row_height)
        self.curves = CompareCurves(self.reads.session_of, self)
        self.view.cells.curves = self.curves
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
        self.adding = CompareAdd(self)
        self._commands = CompareCommands(self)
        self._connect()

    @property
    def location(self) -> Location:
        return Location(Place.COMPARE, self._ids)

    def go(self, location: Location) -> None:
        self.files.wanted = location.path or self.files.wanted
        if location.id == self._ids:
            self.reads.catch_up()
            self.files.show_wanted()
            return
        self.leave()
        self._ids, self.compared = location.id, None
        self.files.close()
        self.model.show([], [])
        self.stack.setCurrentWidget(self._loading)
        self._loading.start("Reading runs …", self.stop)
        self.refresh()

    def title(self) -> str:
        count = len(self.compared.runs) if self.compared is not None else len(self.refs())
        return f"Compare {formats.counted(count, 'run')}"

    def crumbs(self) -> list[Crumb]:
        here = Crumb(self.title(), "git-compare", self.location)
        runs = self.compared.runs if self.compared is not None else ()
        experiments = {each.experiment.experiment_id: each.experiment for each in runs}
        if len(experiments) != 1 or (self.compared is not None and any(self.compared.stores)):
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
        parts += left_out(self.compared)
        return parts

    def busy(self) -> Busy | None:
        return self.reads.busy

    def stop(self) -> None:
        self.reads.stop()
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

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.adding.announce(event)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self.adding.leave()

    def dropEvent(self, event: QDropEvent) -> None:
        self.adding.take(event)

    def set_row_height(self, height: int) -> None:
        self.view.set_row_height(height)

    def follow(self, change: Change) -> None:
        self.files.is_stale |= change.origin is Origin.REFRESH
        self.refresh()

    def refresh(self) -> None:
        self.reads.refresh()

    def leave(self) -> None:
        if self.compared is not None:
            self.reads.stop()

    def refs(self) -> tuple[RunRef, ...]:
        """Return the runs that are to be compared."""
        return refs_of(self._ids)

    def stores_changed(self) -> None:
        """Read again when another store was opened or is about to be closed."""
        if any(ref.store for ref in self.refs()):
            self.reads.restart()

    def store_committed(self, path: str) -> None:
        """Read again when another store changed whose runs are compared."""
        session = self.context.stores.find(path)
        stores = {ref.store for ref in self.refs() if ref.store}
        if session is not None and session in [self.context.stores.find(each) for each in stores]:
            self.refresh()

    def open_run(self, run: int, window: bool = False) -> None:
        """Go to a run's own page."""
        if not 0 <= run < len(self.model.heads):
            return
        head = self.model.heads[run]
        place, session = Location(Place.RUN, head.run_id), self.reads.session_of(head.store)
        if not head.store:
            self.went.emit(place, window)
        elif session is not None:
            self.context.stores.wanted.emit(session, place)

    def remove(self, run: int) -> None:
        """Compare the others without this one."""
        if len(self.model.heads) > LEAST:
            removed = self.model.heads[run].key
            self.show_runs([ref for ref in self.refs() if ref.spelled != removed])

    def show_runs(self, refs: Sequence[RunRef]) -> None:
        """Compare these runs instead."""
        self.went.emit(Location(Place.COMPARE, joined(dict.fromkeys(refs))), False)

    def set_only_differences(self, only: bool) -> None:
        """Show what differs, or everything."""
        self.head.only.setChecked(only)
        self.model.set_only_differences(only)

    def set_transposed(self, transposed: bool) -> None:
        """Show the runs as rows, or as columns."""
        self.head.ways.choose("rows" if transposed else "columns")
        self.model.set_transposed(transposed)

    def _connect(self) -> None:
        header = self.view.header
        header.baseline_wanted.connect(self.model.set_baseline)
        header.removal_wanted.connect(self.remove)
        header.opened.connect(self.open_run)
        header.menu_wanted.connect(self._header_menu)
        self.view.opened.connect(self.open_run)
        self.head.only_chosen.connect(self.set_only_differences)
        self.head.deltas_chosen.connect(self._set_deltas)
        self.head.values_chosen.connect(self.reads.set_values)
        self.head.linked.connect(self.reads.rank_by)
        self.view.chosen.connect(lambda row: self.files.show(row, self.view.current_run()))
        self.head.ways.chosen.connect(lambda way: self.set_transposed(way == "rows"))
        self.model.arranged.connect(self._arranged)
        self.model.baseline_changed.connect(self._baseline_changed)
        self.view.selectionModel().currentChanged.connect(self._moved)
        self.view.verticalScrollBar().valueChanged.connect(self._want_curves)
        self.view.horizontalScrollBar().valueChanged.connect(self._want_curves)
        self.curves.arrived.connect(self.view.repaint_all)

    def show_read(self, read: Read) -> None:
        """Show what was read."""
        self._loading.finish()
        again = self.reads.finish()
        first, before = self.compared is None, self.compared
        self.compared = read.compared
        runs = read.compared.runs
        if len(runs) < LEAST:
            self.model.show([], [])
            self._say("git-compare", "There is nothing to compare", too_few(read.compared))
            self.noted.emit()
            return
        self.stack.setCurrentIndex(0)
        self.model.linked = bool(self.reads.link)
        put_directions(read.rows, self._said())
        colors = {ref.run_id: self.local.of(ref.run_id).color for ref in read.compared.refs}
        heads = heads_of(read.compared, colors)
        self.model.show(heads, [*read.rows, *self.files.rows(read.compared)])
        self.head.show_metrics(read.compared.metric_keys(), self.reads.link)
        self.files.read(read.compared)
        self.curves.expire()
        self._want_curves()
        sentence = left_out_now(before, read.compared)
        if sentence:
            self.said.emit(sentence, True)
        if first:
            self.view.setFocus()
        self.noted.emit()
        self.progressed.emit()
        if again:
            self.refresh()

    def _say(
        self, icon: str, title: str, text: str, *actions: tuple[str, Callable[[], object]]
    ) -> None:
        self._state.show_state(icon, title, text, *actions)
        self.stack.setCurrentWidget(self._state)

    def read_failed(self, error: RuncaseError) -> None:
        """Say why nothing was read; what is shown stays."""
        self._loading.finish()
        if self.compared is not None and self.model.heads:
            self.said.emit(str(error), True)
            self.progressed.emit()
            return
        self._state.show_error("These runs could not be read", error, ("Try Again", self.refresh))
        self.stack.setCurrentWidget(self._state)

    def read_progressed(self, busy: Busy) -> None:
        """Show how far reading is."""
        if self.compared is None:
            self._loading.report(busy.done, busy.total, busy.what)
        self.progressed.emit()

    def _said(self) -> dict[str, Direction]:
        """Return what the person said about metrics of this store's experiments."""
        found: dict[str, Direction] = {}
        part = self.compared.parts.get("") if self.compared is not None else None
        runs = part.runs if part is not None else ()
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
        if self.model.transposed or not self.model.heads:
            return
        across = self.view.horizontalHeader()
        first = max(1, across.visualIndexAt(self.view.keys.width() + 1))
        last = across.visualIndexAt(self.view.viewport().width() - 1)
        runs = range(first - 1, len(self.model.heads) if last < 0 else last)
        names = [
            (self.model.heads[run], entry.key)
            for at in range(*self.view.visible_rows())
            for entry in (self.model.entry(at),)
            if isinstance(entry, Row) and entry.section is Section.METRICS
            for run in runs
        ]
        self.curves.want(names[:_MOST_CURVES])

    def _header_menu(self, run: int, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, do, works in self._commands.of_run(run):
            action = menu.addAction(text)
            action.setEnabled(works)
            action.triggered.connect(lambda _checked=False, do=do: do())
        menu.popup(place)
