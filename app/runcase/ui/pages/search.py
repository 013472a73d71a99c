"""Search inside text artifacts: of one run, or of all that are shown; results while they come."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QSplitter,
    QStackedWidget,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from runcase.errors import RuncaseError
from runcase.itemmodels import formats
from runcase.preview.many import MOST_BYTES, MOST_OF_FILE
from runcase.progress import Progress
from runcase.session.session import Session
from runcase.session.stream import Stream
from runcase.session.text_search import MOST_HITS, Hit, Looked, Search
from runcase.store.artifact_places import ArtifactPlace, search_places
from runcase.ui.context import Context
from runcase.ui.location import Location, Place
from runcase.ui.pages.base import Busy, Crumb, Page
from runcase.ui.pages.file_commands import FileCommands
from runcase.ui.widgets.basics import SearchField, button, label, row
from runcase.ui.widgets.letters import is_letter
from runcase.ui.widgets.preview_pane import InText, PreviewPane
from runcase.ui.widgets.state_page import StatePage
from runcase.ui.zoom import follow_sides

_HIT = int(Qt.ItemDataRole.UserRole) + 1


class SearchPage(Page):
    """The id of its location lists the runs, its path is what is looked for first."""

    def __init__(self, context: Context, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._session = session
        self._ids: tuple[str, ...] = ()
        self._places: list[ArtifactPlace] = []
        self._stream: Stream[Hit | Looked] | None = None
        self._looked = Looked()
        self._count = 0
        self._files = FileCommands(self)
        self.field = SearchField(context.theme, "file-search")
        self.field.setAccessibleName("Search in files")
        self.field.setPlaceholderText("Text to search for, then Enter")
        self.exact = QCheckBox("Match case")
        self._command = button("Search", "primary", self._start_or_stop)
        self._scope = label("", "small-muted")
        self.results = _Results()
        self._note = label("", "small-muted")
        self._nothing = StatePage(context.theme)
        self._list = QStackedWidget()
        self._list.addWidget(self._nothing)
        self._list.addWidget(self.results)
        self.preview = PreviewPane(context)
        self._build()
        self.field.returnPressed.connect(self.search)
        self.results.currentItemChanged.connect(self._show)
        self.results.itemActivated.connect(lambda item, _column: self._open(item))
        self.preview.tools.asked.connect(lambda id_: self.commands()[id_]())
        self.setFocusProxy(self.field)

    @property
    def location(self) -> Location:
        return Location(Place.SEARCH, ",".join(self._ids))

    def go(self, location: Location) -> None:
        ids = tuple(location.id.split(","))
        if ids != self._ids:
            self._end()
            self._ids, self._places = ids, []
            self.results.clear()
            self._say_nothing("Search in the text files of these runs", "Enter begins.")
            self._session.ask(
                self._read_places, owner=self, then=self._located, key="search-places"
            )
        self._scope.setText(f"in {formats.counted(len(ids), 'run')}")
        if location.path:
            self.field.setText(location.path)
        self.field.selectAll()

    def title(self) -> str:
        return "Search in Files"

    def crumbs(self) -> list[Crumb]:
        return [Crumb(f"Search in {formats.counted(len(self._ids), 'run')}", "file-search")]

    def status(self) -> list[str]:
        return [self._note.text()] if self._note.text() else []

    def busy(self) -> Busy | None:
        return Busy(self._looked.files, 0, "files searched") if self._is_running else None

    def stop(self) -> None:
        self._end()
        self._finished()

    def commands(self) -> Mapping[str, Callable[[], object]]:
        found: dict[str, Callable[[], object]] = {"find-in-files": self.field.setFocus}
        hit = self._hit()
        if hit is not None:
            path = hit.folder / hit.relative
            found |= {
                "copy-path": lambda: self._files.copy_text(str(path)),
                "copy": lambda: QGuiApplication.clipboard().setText(hit.excerpt),
                "open-with": lambda: self._files.open_with(path),
                "save-as": lambda: self._files.save_as([path], 0),
                "open-run": lambda: self._open(self.results.currentItem()),
            }
        return found

    def context_ids(self) -> tuple[str, ...]:
        return ("open-run", "", "open-with", "save-as", "", "copy", "copy-path")

    def leave(self) -> None:
        self._end()

    def search(self) -> None:
        """Look for the text in the field; what was found before goes."""
        self._end()
        text = self.field.text()
        self.results.clear()
        self._count, self._looked = 0, Looked()
        if not text or not self._places:
            return
        work = Search(self._session.finder, self._places, text, exact=self.exact.isChecked())
        previews = self.context.previews
        self._stream = Stream(
            self.context.jobs,
            lambda progress: work.hits(previews.second(), progress),
            owner=self,
            then=self._found,
            finished=self._finished,
            failed=self._failed,
            key="search",
            lane="search",
        )
        self._say_nothing("Searching …", text)
        self._command.setText("Stop")
        self.progressed.emit()

    @property
    def _is_running(self) -> bool:
        return self._stream is not None and self._stream.is_running

    def _build(self) -> None:
        head = QFrame()
        head.setObjectName("panelHeader")
        line = row(margins=(12, 8, 12, 8))
        line.addWidget(self.field, 1)
        for widget in (self.exact, self._scope, self._command):
            line.addWidget(widget)
        head.setLayout(line)
        left = QWidget()
        left.setObjectName("surface")
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._list, 1)
        foot = QFrame()
        foot.setObjectName("panelHeader")
        self._note.setWordWrap(True)
        foot.setLayout(row(self._note, margins=(12, 6, 12, 6)))
        column.addWidget(foot)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(left)
        split.addWidget(self.preview)
        split.setChildrenCollapsible(False)
        split.setSizes([self.theme.px(430), self.theme.px(700)])
        follow_sides(self.theme, split, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(head)
        outer.addWidget(split, 1)

    def _read_places(self, progress: Progress) -> list[ArtifactPlace]:
        with self._session.store.read(progress) as connection:
            return search_places(connection, self._ids)

    def _located(self, places: list[ArtifactPlace]) -> None:
        self._places = places
        if self.field.text():
            self.search()

    def _start_or_stop(self) -> None:
        if self._is_running:
            self.stop()
        else:
            self.search()

    def _end(self) -> None:
        if self._stream is not None:
            self._stream.stop()

    def _found(self, found: list[Hit | Looked]) -> None:
        for each in found:
            if isinstance(each, Looked):
                self._looked = each
            else:
                self._count += 1
                self.results.add(each, many_runs=len(self._ids) > 1)
        if self._count:
            self._list.setCurrentWidget(self.results)
        self._note.setText(f"{self._counted()} so far, {self._sized()} searched …")
        self.progressed.emit()

    def _finished(self) -> None:
        looked = self._looked
        stopped = self._stream is not None and self._command.text() == "Stop" and not looked.runs
        self._command.setText("Search")
        parts = [f"{self._counted()}, {self._sized()} searched"]
        if looked.full:
            parts.append(f"stopped after {MOST_HITS:,} hits")
        elif stopped:
            parts.append("stopped")
        if looked.cut:
            most = formats.size(MOST_BYTES)
            parts.append(f"{looked.cut:,} only in part: beyond {most} or {MOST_OF_FILE} hits")
        if looked.others:
            parts.append(f"{looked.others:,} are no text")
        if looked.unread:
            parts.append(f"{looked.unread:,} could not be read")
        if looked.missing:
            parts.append(f"{formats.counted(looked.missing, 'run')} without files here")
        self._note.setText("; ".join(parts))
        if not self._count:
            text = f"No line of {formats.counted(looked.files, 'text file')} holds it."
            self._say_nothing(f"“{self.field.text()}” was not found", text)
        elif self.results.currentItem() is None:
            self.results.setFocus()
        self.progressed.emit()
        self.noted.emit()

    def _failed(self, error: RuncaseError) -> None:
        self._command.setText("Search")
        self._say_nothing("The search could not be finished", str(error))

    def _counted(self) -> str:
        return formats.counted(self._count, "hit")

    def _sized(self) -> str:
        size = formats.size(self._looked.bytes)
        return f"{formats.counted(self._looked.files, 'file')}, {size}"

    def _say_nothing(self, title: str, text: str) -> None:
        self._nothing.show_state("file-search", title, text)
        self._list.setCurrentWidget(self._nothing)

    def _hit(self) -> Hit | None:
        item = self.results.currentItem()
        found = item.data(0, _HIT) if item is not None else None
        return found if isinstance(found, Hit) else None

    def _show(self) -> None:
        """Preview the file of the current result, at its line."""
        hit = self._hit()
        if hit is not None:
            at = InText(hit.line, hit.offset, self.field.text())
            whose = hit.place.name if len(self._ids) > 1 else ""
            self.preview.show_artifact(hit.folder, hit.relative, whose, at)
        self.noted.emit()

    def _open(self, item: QTreeWidgetItem | None) -> None:
        """Go to the run's page, to this file."""
        hit = item.data(0, _HIT) if item is not None else None
        if isinstance(hit, Hit):
            model_id = hit.place.model_id
            path = f"{model_id}:{hit.relative}" if model_id else hit.relative
            self.went.emit(Location(Place.RUN, hit.place.run_id, "artifacts", path), False)


class _Results(QTreeWidget):
    """Files, and below each its lines; both carry the (first) hit."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("results")
        self.setAccessibleName("Results")
        self.setHeaderHidden(True)
        self.setIndentation(16)
        self.setUniformRowHeights(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._files: dict[tuple[str, str], QTreeWidgetItem] = {}

    def clear(self) -> None:
        self._files = {}
        super().clear()

    def add(self, hit: Hit, *, many_runs: bool) -> None:
        """Add a line below its file."""
        key = (hit.place.kind_id, hit.relative)
        file = self._files.get(key)
        if file is None:
            file = self._files[key] = QTreeWidgetItem(self)
            file.setData(0, _HIT, hit)
            file.setExpanded(True)
        whose = f"{hit.place.name} — " if many_runs else ""
        line = QTreeWidgetItem(file, [f"{hit.line:,}: {hit.excerpt}"])
        line.setData(0, _HIT, hit)
        line.setToolTip(0, hit.excerpt)
        file.setText(0, f"{whose}{hit.relative}   {formats.counted(file.childCount(), 'hit')}")
        file.setToolTip(0, str(hit.folder / hit.relative))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_letter(event):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, _search: str) -> None:
        """Leave single letters to the actions."""
