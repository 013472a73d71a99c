"""Reads the runs of a table step by step: the newest rows, all rows, then columns, then the rest.

What is read and worked out beside the window is in `runs_reader`; here is when it is asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from runcase.errors import FilterError, RuncaseError
from runcase.itemmodels import columns as titles
from runcase.itemmodels.runs import RunsModel
from runcase.itemmodels.runs_reader import Answer, Asked, RunsReader
from runcase.itemmodels.wish import Wish
from runcase.progress import Progress
from runcase.session.session import Session
from runcase.store.frame import RunFrame
from runcase.store.records import ColumnKey, Experiment, Lifecycle

if TYPE_CHECKING:
    from runcase.local.records import Mark
    from runcase.store.search import Filter

# With more runs than this the newest ones are shown before all are read.
_MANY = 20_000


@dataclass(frozen=True, slots=True)
class Scope:
    """Which experiments a table is about; `every` means all active ones."""

    experiments: tuple[Experiment, ...] = ()
    every: bool = False

    def ids(self) -> list[str] | None:
        """Return the experiments' ids, None for all active ones."""
        return None if self.every else [each.experiment_id for each in self.experiments]


class RunsLoader(QObject):
    """Keeps a `RunsModel` filled; `loaded` follows each step, `filtered` a filter's answer.

    `filtered` carries a `FilterError` or None; `progressed` (done, total, what) while something is
    read. One job at a time reads: what is asked while the rows are read waits for them, what is
    asked while columns are read or during a refresh comes first.
    """

    loaded = Signal()
    filtered = Signal(object)
    failed = Signal(object)
    progressed = Signal(int, int, str)

    def __init__(self, session: Session, model: RunsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.model = model
        self.scope: Scope | None = None
        self.keys: tuple[ColumnKey, ...] = ()
        self.filter_text = ""
        self.filter: Filter | None = None
        self.lifecycle = Lifecycle.ACTIVE
        self.wish = Wish(model.columns)
        self.marks: Mapping[str, Mark] = {}
        self.show_hidden = False
        self.whole = False
        # Whether the model has the columns of what `show` asked for, and not of what was before.
        self.begun = False
        self.stopped = False
        self._reader = RunsReader(session)
        self._chosen: tuple[ColumnKey, ...] | None = None
        self._busy = self._loading = self._refreshing = False
        self._again = self._asked = False
        # Whether the next refresh reads everything, and whether the one under way does.
        self._thorough = self._reads_all = False
        self._starts = 0
        self._job: Any = None

    @property
    def total(self) -> int:
        """Count the runs before filtering."""
        return 0 if self.model.frame is None else len(self.model.frame)

    @property
    def matching(self) -> int:
        """Count the runs that match the filter and are not hidden."""
        return 0 if self.model.arrangement is None else self.model.arrangement.matching

    @property
    def hidden(self) -> int:
        """Count the matching runs that the person hides."""
        return 0 if self.model.arrangement is None else self.model.arrangement.hidden

    @property
    def loading(self) -> bool:
        """Say whether not all rows are there yet, or not in their order."""
        return self._loading

    @property
    def busy(self) -> bool:
        """Say whether something is being read."""
        return self._busy

    def show(self, scope: Scope, columns: Sequence[ColumnKey], wish: Wish, text: str = "") -> None:
        """Show experiments from scratch.

        Args:
            scope: Which ones.
            columns: What to show; the most common keys are chosen when there are none.
            wish: Sort, groups and the rest; its columns are not looked at.
            text: A filter.
        """
        self.scope = scope
        self.whole = self.stopped = self.begun = False
        deleted = bool(scope.experiments) and all(
            each.lifecycle_stage == "deleted" for each in scope.experiments
        )
        self.lifecycle = Lifecycle.ALL if deleted else Lifecycle.ACTIVE
        self._chosen = tuple(columns) or None
        self.wish = replace(wish, columns=(titles.NAME, *(columns or titles.DEFAULT)))
        self.keys = ()
        self.filter, self.filter_text = None, text
        self._reader.forget()
        self._starts += 1
        if not text.strip():
            self._start()
            return
        # A filter of before comes first: no row is shown that it does not keep.
        number = self._starts
        self._session.ask(
            lambda _progress: _parse(text),
            owner=self,
            then=lambda parsed: self._begin_filtered(number, parsed),
            failed=lambda error: self._begin_mistaken(number, error),
            key="parse",
        )

    def set_lifecycle(self, lifecycle: Lifecycle) -> None:
        """Show active runs, or deleted ones as well."""
        self.lifecycle = lifecycle
        self._start()

    def set_filter(self, text: str) -> None:
        """Filter by a text; a mistake in it keeps the rows of the last valid filter."""
        self.filter_text = text
        self._session.ask(
            lambda _progress: _parse(text),
            owner=self,
            then=lambda parsed: self._parsed(text, parsed),
            failed=self._mistaken,
            key="parse",
        )

    def ask(self, **changes: Any) -> None:
        """Ask for another sort, grouping, nesting or expansion: fields of `Wish` by name."""
        self.wish = replace(self.wish, **changes)
        self.rearrange()

    def set_columns(self, columns: Sequence[ColumnKey]) -> None:
        """Show other columns."""
        self._chosen = tuple(key for key in columns if key != titles.NAME)
        self.model.set_columns(columns)
        self.ask(columns=self.model.columns)

    def set_marks(self, marks: Mapping[str, Mark]) -> None:
        """Take over what the person noted: pins, hidden runs and the columns of marks."""
        self.marks = self.model.marks = marks
        pinned = frozenset(run_id for run_id, mark in marks.items() if mark.pin)
        hidden = frozenset(run_id for run_id, mark in marks.items() if mark.hidden)
        asked = replace(
            self.wish, pinned=pinned, hidden=frozenset() if self.show_hidden else hidden
        )
        needed = self._reader.uses_marks(asked, self.filter)
        if asked == self.wish and not needed:
            self.model.repaint_names()
            return
        self.wish = asked
        self.rearrange()

    def rearrange(self) -> None:
        """Sort, filter and nest again, after reading the columns this needs."""
        frame = self.model.frame
        if self._loading or frame is None:
            self._asked = True
            return
        if self._refreshing:
            self._again, self._thorough = True, self._thorough or self._reads_all
        self._asked = self._refreshing = self.stopped = False
        asked = self._asking()
        self._ask(lambda progress: self._reader.arranged(progress, frame, asked))

    def refresh(self, thorough: bool = False) -> None:
        """Read again what changed; a refresh under way is finished first, then repeated.

        Args:
            thorough: Read everything: of many runs, only what MLflow's clients leave a trace of is
                read else.
        """
        frame = self.model.frame
        self._thorough = self._thorough or thorough
        if self._busy:
            self._again = True
            return
        if frame is None:
            if self.scope is not None:
                self._start()  # it failed the first time
            return
        reads_all = self._reads_all = self._thorough
        self._again = self._thorough = False
        self._refreshing = True
        asked = self._asking()
        self._ask(lambda progress: self._reader.refreshed(progress, frame, asked, reads_all))

    def stop(self) -> None:
        """Stop reading; what was read stays shown, and the next request goes on."""
        if self._job is not None and self._busy:
            self._job.cancel()
            self._busy = self._loading = self._refreshing = self._again = False
            self.stopped = True
            self.loaded.emit()

    def _asking(self) -> Asked:
        return Asked(
            self.wish,
            self.filter,
            self.marks,
            () if self.scope is None else self.scope.ids(),
            self.lifecycle,
            self.model.arrangement,
            self._chosen,
        )

    def _start(self) -> None:
        self._starts += 1
        number = self._starts
        asked = replace(self._asking(), before=None)
        self._busy = self._loading = True
        self._again = self._asked = self._refreshing = self.stopped = False
        self._thorough = False  # all is read anyway
        runs = 0
        if self.scope is not None:
            runs = sum(each.active_runs + each.deleted_runs for each in self.scope.experiments)
        if runs > _MANY and asked.is_plain:
            self._step(
                lambda progress: self._reader.newest(progress, asked),
                lambda answer: self._newest(number, asked, answer),
            )
        else:
            self._read_rows(number, asked)

    def _newest(self, number: int, asked: Asked, answer: Answer) -> None:
        if number == self._starts:
            self._show(answer)
            self._read_rows(number, replace(asked, chosen=self._chosen, wish=self.wish))

    def _read_rows(self, number: int, asked: Asked) -> None:
        self._step(
            lambda progress: self._reader.rows(progress, asked),
            lambda answer: self._have_rows(number, answer),
        )

    def _have_rows(self, number: int, answer: Answer) -> None:
        asked = self._asking()
        if asked.is_plain and not self._asked:
            self._show(answer)
        frame = answer.arrangement.frame

        def second() -> None:
            if self._starts == number and not self.stopped:
                asked = self._asking()
                self._ask(lambda progress: self._reader.first_columns(progress, frame, asked))

        # After the rows are painted, which posted events bring before this timer.
        QTimer.singleShot(0, self, second)

    def _ask(self, work: Callable[[Progress], Answer]) -> None:
        self._busy = True
        self._step(work, self._done)

    def _step(self, work: Callable[[Progress], Answer], then: Callable[[Answer], None]) -> None:
        self._job = self._session.ask(
            work,
            owner=self,
            then=then,
            failed=self._failed,
            progressed=self.progressed.emit,
            key="frame",
        )

    def _done(self, answer: Answer) -> None:
        self._busy = self._loading = self._refreshing = False
        self._show(answer)
        if self._busy:
            return  # who heard of it asked for more
        frame = answer.arrangement.frame
        if self._asked:
            self.rearrange()
        elif not answer.whole:
            self._read_more(frame)
        elif self._again:
            self.refresh()

    def _read_more(self, frame: RunFrame) -> None:
        """Read the next columns, those on the screen first."""
        asked = self._asking()
        self._ask(lambda progress: self._reader.next_columns(progress, frame, asked))

    def _show(self, answer: Answer) -> None:
        self.model.now_ms = int(time.time() * 1000)
        if answer.keys is not None:
            self.keys = answer.keys
        if answer.chosen is not None:
            self._chosen = answer.chosen
            self.begun = True
            self.model.set_columns(answer.chosen)
            self.wish = replace(self.wish, columns=self.model.columns)
        if answer.stalled is not None:
            self.model.stalled = answer.stalled
        self.model.show(answer.arrangement)
        self.whole = answer.whole
        self.loaded.emit()

    def _begin_filtered(self, number: int, parsed: Filter | None) -> None:
        if number == self._starts:
            self.filter = parsed
            self._start()
            self.filtered.emit(None)

    def _begin_mistaken(self, number: int, error: RuncaseError) -> None:
        if number == self._starts:
            self._start()
            self._mistaken(error)

    def _parsed(self, text: str, parsed: Filter | None) -> None:
        if text != self.filter_text:
            return  # another experiment is shown meanwhile
        self.filter = parsed
        self.filtered.emit(None)
        self.ask(folded=frozenset())

    def _mistaken(self, error: RuncaseError) -> None:
        if isinstance(error, FilterError):
            self.filtered.emit(error)
        else:
            self._failed(error)

    def _failed(self, error: RuncaseError) -> None:
        self._busy = self._loading = self._refreshing = False
        self.failed.emit(error)


def _parse(text: str) -> Filter | None:
    # Imported here: lark is needed only once somebody filters.
    from runcase.store.search import parse

    return parse(text) if text.strip() else None
