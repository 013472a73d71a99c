"""What a person noted of one store, as Qt sees it: in memory at once, kept beside in jobs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import EllipsisType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from runcase.errors import RuncaseError
from runcase.local.notes import Notes
from runcase.local.records import PLAIN, Mark, View
from runcase.progress import Progress
from runcase.session.jobs import Jobs
from runcase.session.session import Session

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runcase.local.exchange import Exchange
    from runcase.local.marks import Fields
    from runcase.store.identity import Anchors

LANE = "local"
_SLICE = 20_000  # marks changed at a time: 15 ms


@dataclass(slots=True, eq=False)
class _Place:
    """Where a store's notes are kept; only the one worker of the lane changes it."""

    path: Path
    key: int | None = None
    anchors: Anchors | None = None
    broken: bool = False


@dataclass(slots=True, eq=False)
class _Change:
    """Fields to set of runs, and of how many it is done."""

    run_ids: list[str]
    fields: Fields
    done: int = 0


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of importing a file of marks: how many of its runs are in this store."""

    known: int
    unknown: int
    views: int
    filters: int


class LocalMarks(QObject):
    """Marks, views and filters of one store; `ready` follows `load`.

    What is set is there at once and is written in order on a lane of its own. When the database
    cannot be used, `failed` says so once, in a sentence, and from then on all is in memory only.
    `changed` carries the set of run ids whose marks changed, `views_changed` an experiment's id.
    `said` carries a sentence on an import or export, and whether it is bad news.
    """

    ready = Signal()
    changed = Signal(object)
    views_changed = Signal(str)
    filters_changed = Signal()
    failed = Signal(str)
    said = Signal(str, bool)

    def __init__(
        self, session: Session, jobs: Jobs, path: Path, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._place = _Place(path)
        self._notes = Notes()
        self._early: list[Callable[[Notes], None]] = []
        self._waiting: deque[_Change] = deque()
        self._slices = QTimer(self, singleShot=True, interval=0)
        self._slices.timeout.connect(self._take_slice)
        self.is_ready = False
        self._said_failed = False

    def load(self) -> None:
        """Read what was noted of the session's store, which is open; ends with `ready`."""
        place, session = self._place, self._session

        def work(progress: Progress) -> Notes:
            # Imported here: SQLAlchemy costs 0.3 s, and this is a worker thread.
            from runcase.local import notes
            from runcase.local.database import reading
            from runcase.local.identity import identify
            from runcase.store.identity import anchors

            with session.store.read(progress) as connection:
                found = anchors(connection)
            place.anchors = found
            place.key = identify(place.path, session.path, found.run_ids, found.experiments).key
            with reading(place.path) as connection:
                return notes.read(connection, place.key)

        self._jobs.submit(
            work, owner=self, then=self._loaded, failed=self._not_loaded, key="load", lane=LANE
        )

    def of(self, run_id: str) -> Mark:
        """Return a run's mark, the plain one when there is none."""
        return self._notes.marks.get(run_id, PLAIN)

    def all(self) -> Mapping[str, Mark]:
        """Return the marks of all runs that have one; not to be changed."""
        return self._notes.marks

    def set(
        self,
        run_ids: Sequence[str],
        *,
        star: bool | None = None,
        pin: bool | None = None,
        hidden: bool | None = None,
        color: int | EllipsisType | None = ...,
        note: str | None = None,
    ) -> None:
        """Set what is given of some runs' marks; `color=None` takes the colour away.

        Very many runs take a moment, in the order in which they were set; `changed` follows.
        """
        given = {"star": star, "pin": pin, "hidden": hidden, "note": note}
        fields: dict[str, bool | int | str | None] = {
            name: value for name, value in given.items() if value is not None
        }
        if not isinstance(color, EllipsisType):
            fields["color"] = color
        if note is not None:
            # Qt gives halves of characters, which no database keeps.
            fields["note"] = note.encode("utf-8", "replace").decode("utf-8")
        if run_ids and fields:
            ids = list(run_ids)
            self._write(lambda connection, store: _write_marks(connection, store, ids, fields))
            self._waiting.append(_Change(ids, fields))
            if len(self._waiting) == 1:
                self._take_slice()

    def set_colors(self, colors: Mapping[str, int | None]) -> None:
        """Set the colours of runs, to each its own, or none; in one write."""
        self._finish_waiting()
        changed = {
            run_id: color for run_id, color in colors.items() if self.of(run_id).color != color
        }
        if not changed:
            return
        fields: dict[str, Fields] = {each: {"color": color} for each, color in changed.items()}
        self._change(lambda notes: notes.merge_marks(fields))
        self._write(lambda connection, store: _merge_marks(connection, store, fields))
        self.changed.emit(set(changed))

    def current(self, experiment_id: str) -> View | None:
        """Return how an experiment was looked at last, None if it never was."""
        return self._notes.views.get((experiment_id, ""))

    def save_current(self, experiment_id: str, view: View) -> None:
        """Remember how an experiment is looked at now."""
        shown = replace(view, name="")
        if self.current(experiment_id) != shown:
            self._save_view([experiment_id], shown)

    def named(self, experiment_id: str) -> list[View]:
        """Return an experiment's named views, in order of their names."""
        return self._notes.named(experiment_id)

    def save_named(self, experiment_id: str, view: View) -> None:
        """Keep a view under its name, in place of the one that has it."""
        self._save_view([experiment_id], view)
        self.views_changed.emit(experiment_id)

    def rename(self, experiment_id: str, old: str, new: str) -> None:
        """Give a named view another name; one that has it already is replaced."""
        from runcase.local import views  # by now it is in memory

        self._change(lambda notes: notes.rename_view(experiment_id, old, new))
        self._write(lambda lent, store: views.rename(lent, store, experiment_id, old, new))
        self.views_changed.emit(experiment_id)

    def delete(self, experiment_id: str, name: str) -> None:
        """Forget a named view."""
        from runcase.local import views  # by now it is in memory

        self._change(lambda notes: notes.remove_view(experiment_id, name))
        self._write(lambda lent, store: views.remove(lent, store, experiment_id, name))
        self.views_changed.emit(experiment_id)

    def default_of(self, experiment_id: str) -> View | None:
        """Return the named view that an experiment begins with, if one is chosen."""
        name = self._notes.defaults.get(experiment_id)
        return None if name is None else self._notes.views.get((experiment_id, name))

    def set_default(self, experiment_id: str, name: str | None) -> None:
        """Choose the named view that an experiment begins with, or none."""
        from runcase.local import views  # by now it is in memory

        self._change(lambda notes: notes.set_default(experiment_id, name))
        self._write(lambda lent, store: views.set_default(lent, store, experiment_id, name))
        self.views_changed.emit(experiment_id)

    def copy_to(self, experiment_id: str, others: Sequence[str], name: str) -> None:
        """Give other experiments a named view of this one."""
        view = self._notes.views.get((experiment_id, name))
        if view is not None and others:
            self._save_view(list(others), view)
            for each in others:
                self.views_changed.emit(each)

    def history(self) -> list[str]:
        """Return the filters used last, the newest first."""
        return list(self._notes.history)

    def add_history(self, text: str) -> None:
        """Put a filter first among those used last."""
        from runcase.local import filters  # by now it is in memory

        if text.strip() and self._notes.history[:1] != [text]:
            self._change(lambda notes: notes.add_history(text))
            self._write(lambda lent, store: filters.add_recent(lent, store, text))
            self.filters_changed.emit()

    def delete_history(self, text: str) -> None:
        """Forget a filter used before."""
        from runcase.local import filters  # by now it is in memory

        self._change(lambda notes: notes.remove_history(text))
        self._write(lambda lent, store: filters.forget_recent(lent, store, text))
        self.filters_changed.emit()

    def saved(self) -> list[tuple[str, str]]:
        """Return the filters that have a name, as (name, text) in order of their names."""
        return sorted(self._notes.filters.items(), key=lambda pair: pair[0].casefold())

    def save_filter(self, name: str, text: str) -> None:
        """Keep a filter under a name, in place of the one that has it."""
        from runcase.local import filters  # by now it is in memory

        self._change(lambda notes: notes.filters.update({name: text}))
        self._write(lambda lent, store: filters.save(lent, store, {name: text}))
        self.filters_changed.emit()

    def delete_filter(self, name: str) -> None:
        """Forget a filter that has a name."""
        from runcase.local import filters  # by now it is in memory

        self._change(lambda notes: notes.filters.pop(name, None))
        self._write(lambda lent, store: filters.remove(lent, store, name))
        self.filters_changed.emit()

    def export_marks(self, path: Path, *, overwrite: bool = False) -> None:
        """Write marks, named views and filters to a file; ends with `said`."""
        place, notes, store = self._place, self._notes, self._session.path
        marks, named = dict(notes.marks), dict(notes.filters)
        views = [(each, view, notes.defaults.get(each)) for (each, _), view in notes.views.items()]

        def work(progress: Progress) -> str:
            from runcase.local import exchange
            from runcase.local.views import Kept
            from runcase.store.export import keep_off

            keep_off(path, store)
            anchors = place.anchors
            what = exchange.Exchange(
                anchors.run_ids if anchors else (),
                anchors.experiments if anchors else (),
                {run_id: exchange.set_fields(mark) for run_id, mark in marks.items()},
                tuple(
                    Kept(each, view, view.name == chosen)
                    for each, view, chosen in views
                    if view.name
                ),
                named,
            )
            exchange.write(path, what, overwrite=overwrite, progress=progress)
            return f"Marks of {_runs(len(marks))} were written to {path}"

        self._exchange(work, lambda sentence: self.said.emit(sentence, False))

    def import_marks(self, path: Path) -> None:
        """Merge a file of marks into what is noted: what the file sets wins; ends with `said`."""
        place, session = self._place, self._session

        def work(progress: Progress) -> tuple[Exchange, Imported]:
            from runcase.local import exchange, notes
            from runcase.local.database import writing
            from runcase.store.identity import known_runs

            found = exchange.read(path, progress)
            with session.store.read(progress) as connection:
                known = len(known_runs(connection, list(found.marks)))
            if found.marks and not known:
                raise exchange.ExchangeError(
                    f"{path.name} is of another store: none of its {_runs(len(found.marks))} is "
                    "in this one.",
                    "Nothing was changed.",
                )
            if place.key is not None and not place.broken:
                with writing(place.path) as lent:
                    notes.write(lent, place.key, found)
            unknown = len(found.marks) - known
            return found, Imported(known, unknown, len(found.views), len(found.filters))

        self._exchange(work, self._imported)

    def _exchange(self, work: Callable[[Progress], Any], then: Callable[[Any], None]) -> None:
        self._jobs.submit(
            work,
            owner=self,
            then=then,
            failed=lambda error: self.said.emit(str(error), True),
            key="exchange",
            lane=LANE,
        )

    def _imported(self, answer: tuple[Exchange, Imported]) -> None:
        found, counts = answer
        self._finish_waiting()
        self._notes.merge(found)
        self.changed.emit(set(found.marks))
        for each in {kept.experiment_id for kept in found.views}:
            self.views_changed.emit(each)
        if found.filters:
            self.filters_changed.emit()
        self.said.emit(_imported_words(counts), False)

    def _save_view(self, experiment_ids: list[str], view: View) -> None:
        from runcase.local import views  # by now it is in memory

        self._change(lambda notes: notes.save_view(experiment_ids, view))
        self._write(lambda lent, store: views.save(lent, store, experiment_ids, view))

    def _take_slice(self) -> None:
        """Go on with the first change that waits: a million marks would hold the window up."""
        first = self._waiting[0]
        some = first.run_ids[first.done : first.done + _SLICE]
        first.done += len(some)
        self._change(lambda notes: notes.set_marks(some, first.fields))
        if first.done >= len(first.run_ids):
            self._waiting.popleft()
            self.changed.emit(set(first.run_ids))
        if self._waiting:
            self._slices.start()

    def _finish_waiting(self) -> None:
        while self._waiting:
            self._take_slice()
        self._slices.stop()

    def _change(self, change: Callable[[Notes], object]) -> None:
        change(self._notes)
        if not self.is_ready:
            self._early.append(lambda notes: (change(notes), None)[1])

    def _write(self, change: Callable[[Connection, int], None]) -> None:
        place = self._place

        def work(_progress: Progress) -> None:
            from runcase.local.database import LocalError, writing

            if place.key is None or place.broken:
                return
            try:
                with writing(place.path) as connection:
                    change(connection, place.key)
            except LocalError:
                place.broken = True  # what waits behind it would wait for the same lock
                raise

        self._jobs.submit(
            work, owner=self, then=_nothing, failed=self._failed, lane=LANE, finishes=True
        )

    def _loaded(self, notes: Notes) -> None:
        for change in self._early:
            change(notes)
        self._early.clear()
        self._notes, self.is_ready = notes, True
        self.ready.emit()

    def _not_loaded(self, error: RuncaseError) -> None:
        self._place.broken = True
        self._failed(error)
        self._loaded(self._notes)

    def _failed(self, error: RuncaseError) -> None:
        if not self._said_failed:
            self._said_failed = True
            self.failed.emit(str(error))


def _write_marks(
    connection: Connection, store: int, run_ids: Sequence[str], fields: Fields
) -> None:
    from runcase.local import marks  # this is a worker thread

    marks.write(connection, store, run_ids, fields)


def _merge_marks(connection: Connection, store: int, changed: Mapping[str, Fields]) -> None:
    from runcase.local import marks  # as above

    marks.merge(connection, store, changed)


def _nothing(_answer: None) -> None:
    """Nobody waits for a write."""


def _runs(count: int) -> str:
    return f"{count:,} run" if count == 1 else f"{count:,} runs"


def _imported_words(counts: Imported) -> str:
    parts = [f"marks of {_runs(counts.known)}"]
    if counts.unknown:
        parts.append(f"{counts.unknown:,} more that are not in this store")
    if counts.views:
        parts.append(f"{counts.views:,} view{'' if counts.views == 1 else 's'}")
    if counts.filters:
        parts.append(f"{counts.filters:,} filter{'' if counts.filters == 1 else 's'}")
    return f"Imported {', '.join(parts)}"
