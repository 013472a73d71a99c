"""Reads an experiment's runs for the table, step by step: rows first, then columns, then all."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from runcase.errors import FilterError, RuncaseError
from runcase.itemmodels import columns as titles
from runcase.itemmodels.arrangement import Arrangement, Wish, arrange
from runcase.itemmodels.directions import Direction, direction
from runcase.itemmodels.runs import RunsModel
from runcase.progress import Progress
from runcase.session.session import Session
from runcase.store import frame as frames
from runcase.store.columns import MetricColumn, TextColumn
from runcase.store.connection import ReadConnection
from runcase.store.frame import RunFrame
from runcase.store.records import ColumnKey, Experiment, Kind, Lifecycle
from runcase.store.stalled import stalled_runs

if TYPE_CHECKING:
    from runcase.store.search import Filter

# So many rows are read first: more than a tall screen shows.
FIRST_ROWS = 80
# The first columns are chosen among so many keys; the columns dialog has them all.
_CANDIDATES = 400
_SHOWN_METRICS = 8
_SHOWN_PARAMS = 8


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    """What a step brings to the GUI thread; `keys` and `shown` are None when not asked for."""

    frame: RunFrame
    arrangement: Arrangement
    wish: Wish
    keys: tuple[ColumnKey, ...] | None = None
    shown: tuple[ColumnKey, ...] | None = None
    whole: bool = False
    stalled: Mapping[str, int] | None = None


class RunsLoader(QObject):
    """Keeps a `RunsModel` filled; `loaded` follows each step, `filtered` a filter's answer.

    `filtered` carries a `FilterError` or None. One job at a time reads: what is asked during the
    first steps waits for them, what is asked during a refresh comes first and then refreshes.
    """

    loaded = Signal()
    filtered = Signal(object)
    failed = Signal(object)

    def __init__(self, session: Session, model: RunsModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.model = model
        self.experiment: Experiment | None = None
        self.keys: tuple[ColumnKey, ...] = ()
        self.filter_text = ""
        self.lifecycle = Lifecycle.ACTIVE
        self.nested = True
        self.whole = False
        self._looked_at: RunFrame | None = None
        self._filter: Filter | None = None
        self._chosen: tuple[ColumnKey, ...] | None = None
        self._busy = False
        self._loading = False
        self._refreshing = False
        self._again = False
        self._asked = False
        self._starts = 0

    @property
    def total(self) -> int:
        """Count the runs before filtering."""
        return 0 if self.model.frame is None else len(self.model.frame)

    @property
    def matching(self) -> int:
        """Count the runs that match the filter."""
        return 0 if self.model.arrangement is None else self.model.arrangement.matching

    def show(
        self,
        experiment: Experiment,
        columns: Sequence[ColumnKey],
        sort: ColumnKey | None,
        descending: bool,
    ) -> None:
        """Show an experiment from scratch; without columns the most common keys are chosen."""
        self.experiment = experiment
        self.whole = False
        self._filter, self.filter_text = None, ""
        deleted = experiment.lifecycle_stage == "deleted"
        self.lifecycle = Lifecycle.ALL if deleted else Lifecycle.ACTIVE
        self._chosen = tuple(columns) or None
        self.model.sort_key, self.model.descending = sort, descending
        self.model.expanded = frozenset()
        self.keys = ()
        self._start()

    def set_lifecycle(self, lifecycle: Lifecycle) -> None:
        """Show active runs, or deleted ones as well."""
        self.lifecycle = lifecycle
        self._start()

    def set_filter(self, text: str) -> None:
        """Filter by MLflow's grammar; a mistake keeps the rows of the last valid filter."""
        self.filter_text = text
        self._session.ask(
            lambda _progress: _parse(text),
            owner=self,
            then=lambda parsed: self._parsed(text, parsed),
            failed=self._mistaken,
            key="parse",
        )

    def set_sort(self, key: ColumnKey | None, descending: bool) -> None:
        """Sort by a column."""
        self.model.sort_key, self.model.descending = key, descending
        self.rearrange()

    def set_columns(self, columns: Sequence[ColumnKey]) -> None:
        """Show other columns."""
        self._chosen = tuple(columns)
        self.model.set_columns(columns)
        self.rearrange()

    def set_nested(self, nested: bool) -> None:
        """Show runs below their parents, or all in one list."""
        self.nested = nested
        self.rearrange()

    def rearrange(self) -> None:
        """Sort, filter and nest again, after reading the columns this needs."""
        frame = self.model.frame
        if self._loading or frame is None:
            self._asked = True
            return
        self._again = self._again or self._refreshing
        self._asked = self._refreshing = False
        self._ask(lambda progress: self._arranged(progress, frame, self._wish()))

    def refresh(self) -> None:
        """Read everything again; a refresh under way is finished first, then repeated."""
        frame = self.model.frame
        if self._busy:
            self._again = True
            return
        if frame is None:
            if self.experiment is not None:
                self._start()  # it failed the first time
            return
        self._again = False
        self._refreshing = True
        wish = self._wish()

        def work(progress: Progress) -> _Answer:
            with self._session.store.read(progress) as connection:
                fresh = frames.refresh(connection, frame)
                keys = tuple(frames.keys(connection, self._ids()))
                return self._answer(connection, fresh, wish, keys)

        self._ask(work)

    def _ids(self) -> list[str]:
        return [] if self.experiment is None else [self.experiment.experiment_id]

    def _wish(self) -> Wish:
        return Wish(
            columns=self.model.columns,
            sort=self.model.sort_key,
            descending=self.model.descending,
            nested=self.nested,
            expanded=self.model.expanded,
            experiment_tags=self.experiment.tags if self.experiment is not None else {},
        )

    def _start(self) -> None:
        ids, lifecycle, wish = self._ids(), self.lifecycle, self._wish()
        direct = wish.sort is None and self._filter is None
        self._starts += 1
        number = self._starts

        def first(progress: Progress) -> _Answer:
            with self._session.store.read(progress) as connection:
                frame = frames.load(connection, ids, lifecycle)
            plain = replace(wish, sort=None)
            return _Answer(frame, arrange(frame, plain), plain)

        def second(frame: RunFrame) -> None:
            if self._starts == number:
                wanted = self._wish()
                self._ask(lambda progress: self._second(progress, frame, wanted))

        def then(answer: _Answer) -> None:
            if direct and not self._asked:
                self._show(answer)
            # After the rows are painted, which posted events bring before this timer.
            QTimer.singleShot(0, self, lambda: second(answer.frame))

        self._busy = self._loading = True
        self._again = self._asked = self._refreshing = False
        self._session.ask(first, owner=self, then=then, failed=self._failed, key="frame")

    def _second(self, progress: Progress, frame: RunFrame, wish: Wish) -> _Answer:
        """Read the keys and the first rows, and choose the columns to show."""
        with self._session.store.read(progress) as connection:
            keys = tuple(frames.keys(connection, self._ids()))
            shown = self._chosen
            first = arrange(frame, replace(wish, sort=None)).rows[:FIRST_ROWS]
            rows = [int(row) for row in first]
            if shown is None:
                some = [k for k in keys if k.kind in (Kind.METRIC, Kind.PARAM)][:_CANDIDATES]
                frames.load_rows(connection, frame, rows, some)
                shown = _most_common(frame, rows, some)
                for key in set(some) - set(shown):
                    frame.columns.pop(key, None)
            elif wish.sort is None and self._filter is None:
                frames.load_rows(connection, frame, rows, shown)
            wish = replace(wish, columns=titles.FIXED + shown)
            if wish.sort is not None or self._filter is not None:
                return self._answer(connection, frame, wish, keys, shown)
        return _Answer(frame, arrange(frame, wish), wish, keys, shown)

    def _arranged(self, progress: Progress, frame: RunFrame, wish: Wish) -> _Answer:
        with self._session.store.read(progress) as connection:
            return self._answer(connection, frame, wish)

    def _answer(
        self,
        connection: ReadConnection,
        frame: RunFrame,
        wish: Wish,
        keys: tuple[ColumnKey, ...] | None = None,
        shown: tuple[ColumnKey, ...] | None = None,
    ) -> _Answer:
        """Read whole columns, then arrange."""
        wanted = [key for key in wish.columns if key.kind is not Kind.ATTRIBUTE]
        if wish.sort is not None and wish.sort.kind is not Kind.ATTRIBUTE:
            wanted.append(wish.sort)
        chosen = self._filter
        if chosen is not None:
            wanted += [key for key in chosen.columns() if key.kind is not Kind.ATTRIBUTE]
        frames.load_columns(connection, frame, wanted)
        mask = None if chosen is None else np.asarray(chosen.mask(frame), np.bool_)
        wish = replace(wish, mask=mask)
        stalled = None
        if frame is not self._looked_at:  # a sort or a filter brings no new signs of life
            stalled = stalled_runs(connection, frame, int(time.time() * 1000))
        return _Answer(frame, arrange(frame, wish), wish, keys, shown, True, stalled)

    def _ask(self, work: Callable[[Progress], _Answer]) -> None:
        self._busy = True
        self._session.ask(work, owner=self, then=self._done, failed=self._failed, key="frame")

    def _done(self, answer: _Answer) -> None:
        self._busy = self._loading = self._refreshing = False
        self._show(answer)
        if self._busy:
            return  # who heard of it asked for more
        if self._asked or not answer.whole:
            self.rearrange()
        elif self._again:
            self.refresh()

    def _show(self, answer: _Answer) -> None:
        self.model.now_ms = int(time.time() * 1000)
        if answer.keys is not None:
            self.keys = answer.keys
        if answer.shown is not None:
            self._chosen = answer.shown
            self.model.set_columns(answer.shown)
        if answer.stalled is not None:
            self.model.stalled = answer.stalled
            self._looked_at = answer.frame
        self.model.show(answer.frame, answer.arrangement)
        self.whole = answer.whole
        self.loaded.emit()

    def _parsed(self, text: str, parsed: Filter | None) -> None:
        if text != self.filter_text:
            return  # another experiment is shown meanwhile
        self._filter = parsed
        self.filtered.emit(None)
        self.rearrange()

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


def _most_common(
    frame: RunFrame, rows: Sequence[int], keys: Sequence[ColumnKey]
) -> tuple[ColumnKey, ...]:
    """Choose the metrics and params that most of the first rows have; system metrics last.

    Where none of them has any, every key is as good as another: MLflow 1.0 has no table of latest
    metrics, so its first rows come without.
    """
    counts: dict[ColumnKey, int] = {}
    for key in keys:
        column = frame.columns.get(key)
        if isinstance(column, MetricColumn | TextColumn):
            counts[key] = int(np.count_nonzero(column.present[list(rows)]))

    def rank(key: ColumnKey) -> tuple[bool, bool, int, str]:
        vague = key.kind is Kind.METRIC and direction(key.key) is Direction.UNKNOWN
        return (key.key.startswith("system/"), vague, -counts[key], key.key.casefold())

    def chosen(kind: Kind, most: int) -> list[ColumnKey]:
        known = sorted((key for key in counts if key.kind is kind), key=rank)
        return ([key for key in known if counts[key]] or known)[:most]

    return (*chosen(Kind.METRIC, _SHOWN_METRICS), *chosen(Kind.PARAM, _SHOWN_PARAMS))
