"""Add Run: finds runs of the open stores by name, id or experiment, and takes several at once."""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QFrame, QLineEdit, QListView, QVBoxLayout, QWidget

from runcase.errors import RuncaseError
from runcase.itemmodels import formats
from runcase.session.session import Session
from runcase.store.connection import ReadConnection
from runcase.store.records import Run
from runcase.store.run_refs import RunRef, store_name
from runcase.store.runs import find, newest
from runcase.ui.dialogs.palette_entries import (
    Entry,
    Match,
    letters_of,
    run_entries,
    search,
    wanted_run,
)
from runcase.ui.dialogs.palette_list import PaletteDelegate, PaletteModel
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import button, label, line, row

_NEWEST = 500  # runs of each store that are there before something is typed
_FOUND = 60  # runs of each store that a text finds
_SHOWN = 200
_SETTLE_MS = 120
_LEAST_LETTERS = 2

_Read = Callable[[ReadConnection, str], list[Run]]


@dataclass(frozen=True, slots=True)
class _Known:
    """A run that can be added."""

    ref: RunRef
    entry: Entry
    words: str  # what it is searched by besides its name: id and experiment


class AddRun(QDialog):
    """Lists runs of stores by their path, "" for the one at hand; `chosen` carries `RunRef`s."""

    chosen = Signal(list)

    def __init__(
        self,
        theme: Theme,
        sessions: Mapping[str, Session],
        there: Collection[RunRef],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Add Run")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(theme.px(620), theme.px(460))
        self._sessions = sessions
        self._there = frozenset(there)
        self._known: dict[RunRef, _Known] = {}
        self._matches: dict[Entry, RunRef] = {}
        self.picked: dict[RunRef, None] = {}
        self._listing = False
        self.field = QLineEdit()
        self.field.setPlaceholderText("Find a run by its name, id or experiment")
        self.field.setAccessibleName("Find a run")
        self.model = PaletteModel(self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setItemDelegate(PaletteDelegate(theme, self.list))
        self.list.setAccessibleName("Runs")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.setSelectionMode(QListView.SelectionMode.MultiSelection)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.note = label("", "small-muted")
        self.accept_button = button("Add Run", "primary", self._accept)
        self.accept_button.setDefault(True)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.px(8))
        layout.addWidget(self.field)
        layout.addWidget(line())
        layout.addWidget(self.list, 1)
        layout.addLayout(row(self.note, 1, button("Cancel", "", self.reject), self.accept_button))
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._find)
        self.field.textChanged.connect(self._typed)
        self.list.selectionModel().selectionChanged.connect(self._selected)
        self.list.doubleClicked.connect(self._double_clicked)
        self._ask("", _newest)
        self._list()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if event.key() in steps and self.field.hasFocus():
            self.list.setFocus()
            at = self.model.step(-1, steps[Qt.Key(event.key())])
            self._go(self.model.index(at))
        else:
            super().keyPressEvent(event)

    def _typed(self) -> None:
        self._settle.start()
        self._list()

    def _find(self) -> None:
        text = wanted_run(self.field.text())
        if len(text) >= _LEAST_LETTERS:
            self._ask(text, _found)

    def _ask(self, text: str, read: _Read) -> None:
        """Read runs of every store; one that cannot be read is named, and the others stay."""
        for store, session in self._sessions.items():
            session.ask(
                session.read(read, text),
                owner=self,
                then=partial(self._have, store),
                failed=partial(self._failed, store),
                key=f"runs of {store}",
            )

    def _have(self, store: str, runs: list[Run]) -> None:
        listed = self._sessions[store].experiments or ()
        names = {each.experiment_id: each.name for each in listed}
        section = _section(store)
        now = int(time.time() * 1000)
        for run in runs:
            ref = RunRef(run.run_id, store)
            if ref in self._there or ref in self._known:
                continue
            (made,) = run_entries([run], names, now)
            note = f"{made.note}, {formats.short_id(run.run_id)}"
            # The location tells runs of one name and note apart.
            place = replace(made.location, id=ref.spelled) if made.location else None
            entry = replace(made, section=section, note=note, location=place)
            words = f"{run.run_id} {names.get(run.experiment_id, '')}".casefold()
            self._known[ref] = _Known(ref, entry, words)
        self._list()

    def _failed(self, store: str, error: RuncaseError) -> None:
        self.note.setText(f"{store_name(store)}: {error}" if store else str(error))

    def _list(self) -> None:
        text = wanted_run(self.field.text())
        by_entry = {each.entry: each for each in self._known.values()}
        matches = search(list(by_entry), text)
        named = {match.entry for match in matches}
        words = text.casefold().split()
        for entry, each in by_entry.items():
            if entry not in named and all(word in each.words for word in words):
                matches.append(Match(entry, 0.0, letters_of(entry.text, text)))
        sections = [_section(store) for store in self._sessions]
        matches = sorted(matches, key=lambda match: sections.index(match.entry.section))[:_SHOWN]
        self._matches = {match.entry: by_entry[match.entry].ref for match in matches}
        self._listing = True
        self.model.show(matches, "" if matches else self._remark())
        for at in range(self.model.rowCount()):
            if self._ref_at(at) in self.picked:
                flag = QItemSelectionModel.SelectionFlag.Select
                self.list.selectionModel().select(self.model.index(at), flag)
        self._listing = False
        self._note()

    def _remark(self) -> str:
        return f"Nothing found for “{self.field.text().strip()}”" if self._known else "Reading …"

    def _ref_at(self, at: int) -> RunRef | None:
        match = self.model.match_at(at)
        return self._matches.get(match.entry) if match is not None else None

    def _selected(self) -> None:
        """Keep what is picked, also while another search hides it."""
        if self._listing:
            return
        selection = self.list.selectionModel()
        for at in range(self.model.rowCount()):
            ref = self._ref_at(at)
            if ref is None:
                continue
            if selection.isSelected(self.model.index(at)):
                self.picked[ref] = None
            else:
                self.picked.pop(ref, None)
        self._note()

    def _note(self) -> None:
        count = len(self.picked)
        self.accept_button.setText(f"Add {formats.counted(count, 'Run')}" if count else "Add Run")
        self.accept_button.setEnabled(bool(count) or bool(self._matches))

    def _go(self, index: QModelIndex) -> None:
        self.list.selectionModel().setCurrentIndex(
            index, QItemSelectionModel.SelectionFlag.NoUpdate
        )
        self.list.scrollTo(index)

    def _double_clicked(self, index: QModelIndex) -> None:
        ref = self._ref_at(index.row())
        if ref is not None:
            self.picked[ref] = None
            self._accept()

    def _accept(self) -> None:
        """Add what is picked; else the run under the cursor, or the first one that was found."""
        refs = list(self.picked)
        if not refs:
            current = self._ref_at(self.list.currentIndex().row())
            first = current or next(iter(self._matches.values()), None)
            refs = [first] if first is not None else []
        if refs:
            self.chosen.emit(refs)
            self.accept()


def _section(store: str) -> str:
    return f"Runs of {store_name(store)}" if store else "Runs of This Store"


def _newest(connection: ReadConnection, _text: str) -> list[Run]:
    return newest(connection, _NEWEST)


def _found(connection: ReadConnection, text: str) -> list[Run]:
    return find(connection, text, _FOUND)
