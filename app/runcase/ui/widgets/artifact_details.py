"""The panel beside a preview: size, times, SHA-256, duplicates, and the same file in other runs."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from runcase.errors import RuncaseError
from runcase.itemmodels import formats
from runcase.itemmodels.artifact_kinds import FileKind, kind_of
from runcase.itemmodels.contact_sheet import SheetItem
from runcase.progress import Progress
from runcase.session.session import Session
from runcase.session.stream import Stream
from runcase.store.artifact_places import (
    MOST,
    ArtifactPlace,
    FileOfRun,
    duplicates,
    model_places_of,
    places_of,
    same_files,
)
from runcase.store.file_digest import FileTimes, hashing, times_of
from runcase.ui.context import Context
from runcase.ui.widgets.basics import Elided, button, clear, label, line, row
from runcase.ui.widgets.contact_sheet import ContactSheet
from runcase.ui.widgets.facts import Facts, copyable
from runcase.ui.zoom import fix, follow

_WIDTH = 264
_TILE = 72
_MOST_SHOWN = 200
_ROW = int(Qt.ItemDataRole.UserRole) + 1


@dataclass(frozen=True, slots=True)
class DetailsOf:
    """The file that the panel tells of; `model` is the name of its logged model, or ""."""

    run_id: str
    experiment_id: str
    model: str
    relative: str
    path: Path
    is_folder: bool = False


class ArtifactDetails(QScrollArea):
    """Tells of one file; `chosen` carries a `FileOfRun` to go to, `compare` asks for a choice.

    `known` says that all other runs were looked through for this file.
    """

    chosen = Signal(object)
    compare = Signal()
    known = Signal()

    def __init__(self, context: Context, session: Session) -> None:
        super().__init__()
        self._context, self._theme, self._session = context, context.theme, session
        self._of: DetailsOf | None = None
        self._is_stale = self._is_locating = False
        self._places: list[ArtifactPlace] = []
        self._same: list[FileOfRun] = []
        self._twins: list[FileOfRun] = []
        self._looked = 0
        self._hashing: Stream[int | str] | None = None
        self._comparing: Stream[FileOfRun | None] | None = None
        self._searching: Stream[FileOfRun | None] | None = None
        self._size = 0
        self.setAccessibleName("File details")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        follow(context.theme, self, lambda: self.setMinimumWidth(context.theme.px(_WIDTH)))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page = QWidget()
        page.setObjectName("side")
        self._body = QVBoxLayout(page)
        self._body.setContentsMargins(0, 10, 0, 10)
        self._body.setSpacing(6)
        self._build()
        self.setWidget(page)

    @property
    def same(self) -> list[FileOfRun]:
        """Return the files of this path that other runs have, as far as they were found."""
        return self._same

    @property
    def is_looking(self) -> bool:
        """Say whether other runs are still looked through."""
        looking = self._comparing is not None and self._comparing.is_running
        return self._is_stale or self._is_locating or looking

    def show_file(self, of: DetailsOf) -> None:
        """Tell of a file; nothing is read of it until it is asked for."""
        if of == self._of:
            return
        self.stop()
        self._of, self._is_stale = of, True
        if self.isVisible():
            self._read()

    def stop(self) -> None:
        """Stop all that is under way."""
        for each in (self._hashing, self._comparing, self._searching):
            if each is not None:
                each.stop()

    def leave(self) -> None:
        """Stop, and begin anew when the panel is shown again."""
        self.stop()
        self._is_stale = self._of is not None

    def showEvent(self, event: object) -> None:
        if self._is_stale:
            self._read()

    def hash_file(self) -> None:
        """Compute the SHA-256, or stop doing so."""
        if self._of is None:
            return
        if self._hashing is not None and self._hashing.is_running:
            self._hashing.stop()
            self._show_hash("", "Stopped", "Compute")
            return
        path = self._of.path
        self._hashing = Stream(
            self._context.jobs,
            lambda _progress: hashing(path.resolve()),
            owner=self,
            then=self._hashed,
            finished=lambda: None,
            failed=lambda error: self._show_hash("", str(error), "Compute"),
            key="hash",
        )
        self._show_hash("", "Reading …", "Stop")

    def find_duplicates(self) -> None:
        """Look for files of the same bytes in all runs of the experiment, or stop doing so."""
        of = self._of
        if of is None:
            return
        if self._searching is not None and self._searching.is_running:
            self._searching.stop()
            self._say_twins(" so far; stopped")
            return
        self._twins, self._looked = [], 0
        self._twin_list.clear()
        finder, places = self._session.finder, self._places
        self._searching = Stream(
            self._context.jobs,
            lambda _progress: duplicates(finder, places, of.path),
            owner=self,
            then=self._found_twins,
            finished=lambda: self._say_twins(""),
            failed=self._twins_failed,
            key="duplicates",
        )
        self._twin_button.setText("Stop")
        self._twin_note.setText("Comparing sizes, then SHA-256 …")

    def _build(self) -> None:
        self._title = Elided("", "heading", Qt.TextElideMode.ElideMiddle)
        self._facts = Facts(self._theme, 78)
        self._hash_note = label("", "small-muted")
        self._hash_note.setWordWrap(True)
        self._hash_host = row(margins=(12, 0, 12, 0))
        self._hash_button = button("Compute", "small", self.hash_file)
        self._twin_button = button("Find", "small", self.find_duplicates)
        self._twin_note = label("", "small-muted")
        self._twin_note.setWordWrap(True)
        self._twin_list = self._list("Duplicates")
        self._same_note = label("", "small-muted")
        self._same_list = self._list("Same file in other runs")
        self._sheet = ContactSheet(self._context, _TILE)
        self._sheet.setAccessibleName("Same file in other runs")
        fix(self._theme, self._sheet, height=2 * (_TILE + 40))
        self._sheet.opened.connect(self._open_same)
        self._compare = button("Compare Same File In…", "small", self.compare.emit)
        self._head(self._title)
        self._body.addWidget(self._facts)
        self._body.addWidget(line())
        self._head(label("SHA-256", "heading"), self._hash_button)
        self._body.addLayout(self._hash_host)
        self._note(self._hash_note)
        self._body.addWidget(line())
        self._head(label("Duplicates", "heading"), self._twin_button)
        self._note(self._twin_note)
        self._body.addWidget(self._twin_list)
        self._body.addWidget(line())
        self._head(label("Same file in other runs", "heading"))
        self._note(self._same_note)
        self._body.addWidget(self._sheet)
        self._body.addWidget(self._same_list)
        self._body.addLayout(row(self._compare, 1, margins=(12, 0, 12, 0)))
        self._body.addStretch(1)

    def _head(self, title: QWidget, control: QWidget | None = None) -> None:
        made = row(margins=(12, 0, 12, 0))
        made.addWidget(title, 1)
        if control is not None:
            made.addWidget(control)
        self._body.addLayout(made)

    def _note(self, note: QWidget) -> None:
        made = row(margins=(12, 0, 12, 0))
        made.addWidget(note, 1)
        self._body.addLayout(made)

    def _list(self, name: str) -> QListWidget:
        made = QListWidget()
        made.setAccessibleName(name)
        made.setFrameShape(QFrame.Shape.NoFrame)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        made.itemActivated.connect(lambda item: self.chosen.emit(item.data(_ROW)))
        made.itemClicked.connect(lambda item: self.chosen.emit(item.data(_ROW)))
        made.hide()
        return made

    def _read(self) -> None:
        """Read what the panel begins with: times from the disk, places from the store."""
        of = self._of
        if of is None:
            return
        self._is_stale = False
        self._title.setText(of.path.name)
        self._facts.clear()
        self._show_hash("", "", "Compute")
        self._twin_button.setText("Find")
        self._twin_note.setText("By size, then by SHA-256, in all runs of the experiment.")
        for each in (self._twin_list, self._same_list, self._sheet, self._compare):
            each.hide()
        self._same, self._looked = [], 0
        for each in (self._hash_button, self._twin_button):
            each.setEnabled(not of.is_folder)
        self._same_note.setText("" if of.is_folder else "Looking …")
        self._context.jobs.submit(
            lambda _progress: times_of(of.path),
            owner=self,
            then=lambda times: self._show_times(of, times),
            failed=lambda error: self._facts.add("Path", str(error)),
            key="times",
            lane="files",
        )

        if of.is_folder:
            self._twin_note.setText("A single file is compared.")
            return

        def read(progress: Progress) -> list[ArtifactPlace]:
            with self._session.store.read(progress) as connection:
                if of.model:
                    return model_places_of(connection, of.experiment_id, of.model)
                return places_of(connection, of.experiment_id)

        self._is_locating = True
        self._session.ask(
            read, owner=self, then=self._located, failed=self._same_failed, key="places"
        )

    def _show_times(self, of: DetailsOf, times: FileTimes) -> None:
        self._size = times.size
        facts = self._facts
        facts.clear()
        facts.add("Path", of.relative, mono=True, tip=str(of.path))
        facts.add("Kind", kind_of(of.relative).value if not times.is_folder else "Folder")
        if not times.is_folder:
            facts.add("Size", formats.size(times.size))
            facts.add("Bytes", f"{times.size:,}")
        facts.add("Modified", formats.moment(times.modified))
        if times.created is not None:
            facts.add("Created", formats.moment(times.created))
        if times.is_link:
            facts.add("Link to", of.path.name, tip="A link within the artifacts")

    def _located(self, places: list[ArtifactPlace]) -> None:
        self._is_locating = False
        of, finder = self._of, self._session.finder
        if of is None:
            return
        self._places = places
        others = [each for each in places if each.run_id != of.run_id]
        self._comparing = Stream(
            self._context.jobs,
            lambda _progress: same_files(finder, others, of.relative),
            owner=self,
            then=self._found_same,
            finished=self._show_same,
            failed=self._same_failed,
            key="same",
        )

    def _found_same(self, found: list[FileOfRun | None]) -> None:
        self._looked += len(found)
        self._same += [each for each in found if each is not None]
        self._same_note.setText(f"{formats.counted(self._looked, 'run')} looked through …")

    def _show_same(self) -> None:
        of = self._of
        if of is None:
            return
        many = len(self._same)
        limit = f" (of the newest {MOST:,})" if self._looked + 1 >= MOST else ""
        self._same_note.setText(
            f"{many:,} of {formats.counted(self._looked, 'other run')}{limit}"
            if self._looked
            else "This experiment has no other run."
        )
        self._compare.setVisible(bool(many))
        is_image = kind_of(of.relative) is FileKind.IMAGE
        self._sheet.setVisible(is_image and bool(many))
        shown = self._same[:_MOST_SHOWN]
        if is_image:
            self._sheet.show_items(
                [
                    SheetItem(str(at), each.place.name, each.folder / each.relative)
                    for at, each in enumerate(shown)
                ]
            )
        else:
            self._fill(self._same_list, shown)
        self.known.emit()

    def _open_same(self, key: str) -> None:
        if key.isdecimal() and int(key) < len(self._same):
            self.chosen.emit(self._same[int(key)])

    def _fill(self, shown: QListWidget, found: list[FileOfRun], paths: bool = False) -> None:
        shown.clear()
        for each in found[:_MOST_SHOWN]:
            what = each.relative if paths else formats.size(each.size)
            item = QListWidgetItem(f"{each.place.name}   {what}")
            item.setToolTip(f"{each.place.name}\n{each.relative}, {each.size:,} bytes")
            item.setData(_ROW, each)
            shown.addItem(item)
        rows = min(6, len(found))
        shown.setFixedHeight(self._theme.px(26) * rows + 2)
        shown.setVisible(bool(found))

    def _same_failed(self, error: RuncaseError) -> None:
        self._is_locating = False
        self._same_note.setText(str(error))

    def _hashed(self, steps: list[int | str]) -> None:
        last = steps[-1]
        if isinstance(last, str):
            self._show_hash(last, "", "Compute")
        else:
            share = f" ({last / self._size:.0%})" if self._size else ""
            self._show_hash("", f"{formats.size(last)} read{share}", "Stop")

    def _show_hash(self, digest: str, note: str, command: str) -> None:
        clear(self._hash_host)
        if digest:
            shown = f"{digest[:12]}…{digest[-12:]}"
            self._hash_host.addWidget(copyable(self._theme, digest, shown, "SHA-256"))
            self._hash_host.addStretch(1)
        self._hash_note.setText(note)
        self._hash_note.setVisible(bool(note))
        self._hash_button.setText(command)
        self._hash_button.setVisible(not digest)

    def _found_twins(self, found: list[FileOfRun | None]) -> None:
        new = [each for each in found if each is not None]
        if new:
            self._twins += new
            self._fill(self._twin_list, self._twins, paths=True)
        self._twin_note.setText(f"{formats.counted(len(self._twins), 'duplicate')} so far …")

    def _say_twins(self, more: str) -> None:
        count = formats.counted(len(self._twins), "duplicate") if self._twins else "No duplicate"
        places = formats.counted(len(self._places), "run")
        self._twin_note.setText(f"{count}{more} in {places} of the experiment.")
        self._twin_button.setText("Find Again")

    def _twins_failed(self, error: RuncaseError) -> None:
        self._twin_note.setText(str(error))
        self._twin_button.setText("Find Again")
