"""What a runs table reads and works out beside the window: each function is one job's work."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from runcase.itemmodels import columns as titles
from runcase.itemmodels.arrangement import Arrangement, arrange
from runcase.itemmodels.directions import Direction, direction
from runcase.itemmodels.wish import Bools, Wish
from runcase.progress import Progress
from runcase.session.session import Session
from runcase.store import frame as frames
from runcase.store.columns import MetricColumn, TextColumn
from runcase.store.connection import ReadConnection
from runcase.store.frame import RunFrame
from runcase.store.frame_keys import keys_of_runs
from runcase.store.records import ColumnKey, Kind, Lifecycle
from runcase.store.stalled import stalled_runs

if TYPE_CHECKING:
    from runcase.local.records import Mark
    from runcase.store.search import Filter

# So many rows are read first: more than a tall screen shows.
FIRST_ROWS = 80
_NEWEST = 100
# The first columns are chosen among so many keys; the columns dialog has them all.
_CANDIDATES = 400
_SHOWN_METRICS = 8
_SHOWN_PARAMS = 8
# Below this many runs all columns are read in one step; above, a few at a time.
_ONE_STEP = 20_000
_BATCH = 8
# So many columns that are not shown any more stay in memory.
_KEPT = 24
# Attributes that a frame has only after they were asked for.
_READ_WHEN_ASKED = ("artifact_uri", "experiment")


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What a job is to read and arrange; `chosen` is None before anybody chose columns."""

    wish: Wish
    filter: Filter | None
    marks: Mapping[str, Mark]
    experiment_ids: Sequence[str] | None
    lifecycle: Lifecycle
    before: Arrangement | None
    chosen: tuple[ColumnKey, ...] | None

    @property
    def is_plain(self) -> bool:
        """Say whether rows can be shown before any column is read."""
        return not self.wish.sort and not self.wish.groups and self.filter is None


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a job brings; `keys`, `chosen` and `stalled` are None when they stay as they are.

    `whole` says that nothing more is to be read.
    """

    arrangement: Arrangement
    keys: tuple[ColumnKey, ...] | None = None
    chosen: tuple[ColumnKey, ...] | None = None
    whole: bool = False
    stalled: Mapping[str, int] | None = None


class RunsReader:
    """Reads for one table; its methods run on worker threads, one after the other."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._looked_at: RunFrame | None = None
        self._mask: tuple[Filter, RunFrame, Bools] | None = None
        self._used: dict[ColumnKey, None] = {}  # what was needed last stands last

    def forget(self) -> None:
        """Drop what is known of the runs of before."""
        self._looked_at = self._mask = None

    def newest(self, progress: Progress, asked: Asked) -> Answer:
        """Read the newest runs with the values of the columns to show."""
        with self._session.store.read(progress) as connection:
            frame = frames.newest(connection, asked.experiment_ids, asked.lifecycle, _NEWEST)
            keys = _keys_of_newest(connection, frame)
            chosen = self._choose(connection, frame, asked, keys)
        wish = _showing(asked.wish, chosen)
        return Answer(arrange(frame, wish), keys, chosen)

    def rows(self, progress: Progress, asked: Asked) -> Answer:
        """Read all rows, without columns."""
        with self._session.store.read(progress) as connection:
            frame = frames.load(connection, asked.experiment_ids, asked.lifecycle)
        plain = replace(asked.wish, sort=(), groups=(), mask=None)
        return Answer(arrange(frame, plain))

    def first_columns(self, progress: Progress, frame: RunFrame, asked: Asked) -> Answer:
        """Read the keys and the rows on the screen, and choose the columns to show."""
        with self._session.store.read(progress) as connection:
            keys = tuple(frames.keys(connection, asked.experiment_ids, frame.ids))
            chosen = self._choose(connection, frame, asked, keys)
            asked = replace(asked, wish=_showing(asked.wish, chosen), chosen=chosen)
            if asked.is_plain:
                return Answer(arrange(frame, asked.wish), keys, chosen)
            answer = self._answer(connection, frame, asked)
        return replace(answer, keys=keys, chosen=chosen)

    def arranged(self, progress: Progress, frame: RunFrame, asked: Asked) -> Answer:
        """Read what a sort, a filter or groups need, and arrange."""
        with self._session.store.read(progress) as connection:
            return self._answer(connection, frame, asked)

    def next_columns(self, progress: Progress, frame: RunFrame, asked: Asked) -> Answer:
        """Read the next shown columns."""
        with self._session.store.read(progress) as connection:
            frames.load_columns(connection, frame, batch_of(frame, asked.wish.columns))
            return self._answer(connection, frame, asked)

    def refreshed(
        self, progress: Progress, frame: RunFrame, asked: Asked, thorough: bool
    ) -> Answer:
        """Read the same runs and columns anew, or only what MLflow's clients left a trace of."""
        with self._session.store.read(progress) as connection:
            fresh = frames.refresh(connection, frame, thorough, _ONE_STEP)
            keys = tuple(frames.keys(connection, asked.experiment_ids, fresh.ids))
            return replace(self._answer(connection, fresh, asked), keys=keys)

    def uses_marks(self, wish: Wish, chosen: Filter | None) -> bool:
        """Say whether anything shown depends on marks other than pins and hidden runs."""
        return any(key.kind is Kind.MARK for key in _needed(wish, chosen, wish.columns))

    def _answer(self, connection: ReadConnection, frame: RunFrame, asked: Asked) -> Answer:
        """Read what must be there before arranging: few shown columns, or those of the wish."""
        few = len(frame) <= _ONE_STEP
        needed = _needed(asked.wish, asked.filter, asked.wish.columns if few else ())
        frames.load_columns(connection, frame, [key for key in needed if key.kind is not Kind.MARK])
        _put_marks(frame, asked.marks, needed | set(asked.wish.columns))
        mask = self._masked(frame, asked.filter, asked.marks)
        self._drop_unused(frame, needed | set(asked.wish.columns))
        stalled = None
        if frame is not self._looked_at:  # a sort or a filter brings no new signs of life
            stalled = stalled_runs(connection, frame, int(time.time() * 1000))
            self._looked_at = frame
        arrangement = arrange(frame, replace(asked.wish, mask=mask), asked.before)
        whole = not batch_of(frame, asked.wish.columns)
        return Answer(arrangement, whole=whole, stalled=stalled)

    def _drop_unused(self, frame: RunFrame, needed: set[ColumnKey]) -> None:
        """Drop the columns that were not needed for longest."""
        for key in needed:
            self._used.pop(key, None)
            self._used[key] = None
        old = [key for key in self._used if key not in needed and key in frame.columns]
        for key in old[: max(0, len(old) - _KEPT)]:
            del self._used[key]
            frame.forget([key])

    def _masked(
        self, frame: RunFrame, chosen: Filter | None, marks: Mapping[str, Mark]
    ) -> Bools | None:
        if chosen is None:
            return None
        known = self._mask
        # Marks change without the store, and what is young today is not tomorrow.
        moves = chosen.moves or any(key.kind is Kind.MARK for key in chosen.columns())
        if known is not None and known[0] is chosen and known[1] is frame and not moves:
            return known[2]
        mask = np.asarray(chosen.mask(frame), np.bool_)
        self._mask = (chosen, frame, mask)
        return mask

    def _choose(
        self,
        connection: ReadConnection,
        frame: RunFrame,
        asked: Asked,
        keys: Sequence[ColumnKey],
    ) -> tuple[ColumnKey, ...]:
        """Read the first rows of the columns to show, which are chosen if nobody did."""
        shown = asked.chosen
        rows = [int(row) for row in arrange(frame, replace(asked.wish, sort=(), groups=())).rows]
        rows = rows[:FIRST_ROWS]
        if shown is None:
            some = [key for key in keys if key.kind in (Kind.METRIC, Kind.PARAM)][:_CANDIDATES]
            frames.load_rows(connection, frame, rows, some)
            found = _most_common(frame, rows, some)
            frame.forget(key for key in some if key not in found)
            first = (titles.EXPERIMENT,) if asked.experiment_ids is None else ()
            return (*first, *titles.DEFAULT, *found)
        frames.load_rows(connection, frame, rows, [key for key in shown if _is_simple(key)])
        return shown


def batch_of(frame: RunFrame, columns: Sequence[ColumnKey]) -> list[ColumnKey]:
    """Return the next shown columns to read, all of them for few runs."""
    missing = [key for key in columns if _is_stored(key) and not _is_there(frame, key)]
    return missing if len(frame) <= _ONE_STEP else missing[:_BATCH]


def _is_stored(key: ColumnKey) -> bool:
    if key.kind is Kind.ATTRIBUTE:
        return key.key in _READ_WHEN_ASKED
    return key.kind is not Kind.MARK and key.how != titles.CURVE


def _is_simple(key: ColumnKey) -> bool:
    return key.kind in (Kind.METRIC, Kind.PARAM, Kind.TAG) and not key.how


def _is_there(frame: RunFrame, key: ColumnKey) -> bool:
    column = frame.columns.get(key)
    return column is not None and column.complete


def _needed(wish: Wish, chosen: Filter | None, columns: Sequence[ColumnKey]) -> set[ColumnKey]:
    """Return the columns without which these rows cannot be arranged."""
    wanted = {*columns, *(key for key, _ in wish.sort), *(each.column for each in wish.groups)}
    if chosen is not None:
        wanted |= chosen.columns()
    return {key for key in wanted if _is_stored(key) or key.kind is Kind.MARK}


def _showing(wish: Wish, chosen: tuple[ColumnKey, ...]) -> Wish:
    return replace(wish, columns=(titles.NAME, *chosen))


def _put_marks(frame: RunFrame, marks: Mapping[str, Mark], needed: set[ColumnKey]) -> None:
    """Make columns of marks, where one is shown or asked for."""
    for key in needed:
        if key.kind is not Kind.MARK:
            continue
        column = TextColumn.empty(len(frame))
        marked = [(run_id, mark_text(mark, key.key)) for run_id, mark in marks.items()]
        found = [(run_id, text) for run_id, text in marked if text]
        rows = frame.ids.rows_of([run_id for run_id, _ in found])
        texts: list[str | None] = [None] * len(frame)
        for row, (_, text) in zip(rows.tolist(), found, strict=True):
            if row >= 0:
                texts[row] = text
        column = TextColumn.of(texts, len(frame))
        frame.columns[key] = column


def mark_text(mark: Mark, key: str) -> str:
    """Return the text of a mark in a column: the note, or the mark's own name where it is set."""
    if key == "note":
        return mark.note
    return key if bool(getattr(mark, key, False)) else ""


def _keys_of_newest(connection: ReadConnection, frame: RunFrame) -> tuple[ColumnKey, ...]:
    """Return the keys of a few runs; those of all runs take longer."""
    return tuple(keys_of_runs(connection, frame.ids.tolist()))


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
