"""One open store as Qt sees it: opens it, reads from it in jobs, and says when it changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from PySide6.QtCore import QObject, Signal

from runcase.errors import RuncaseError, StoreError
from runcase.progress import Progress
from runcase.session.histories import Histories
from runcase.session.jobs import Job, Jobs
from runcase.store.changes import Change, Origin

if TYPE_CHECKING:
    from runcase.store.artifacts import ArtifactFinder
    from runcase.store.engine import ReadConnection, Store
    from runcase.store.records import Experiment

P = ParamSpec("P")
T = TypeVar("T")


class State(StrEnum):
    """Where a session stands."""

    OPENING = "opening"
    READY = "ready"
    FAILED = "failed"
    GONE = "gone"


class Session(QObject):
    """One store; `changed` carries a `Change` after every outside commit."""

    opened = Signal()
    failed = Signal(object)
    changed = Signal(object)

    def __init__(
        self,
        path: Path,
        jobs: Jobs,
        folder: Path | None = None,
        parent: QObject | None = None,
        mappings: Sequence[tuple[str, Path]] = (),
    ) -> None:
        super().__init__(parent)
        self.path = path
        self.folder = folder
        self._mappings = tuple(mappings)
        self.jobs = jobs
        self.state = State.OPENING
        self.error: RuncaseError | None = None
        self.changed_ms = 0
        # What the window listed last, so that no page has to list it again; None before that.
        self.experiments: Sequence[Experiment] | None = None
        self._opening: Job[Any] | None = None
        self._store: Store | None = None
        self._finder: ArtifactFinder | None = None
        self._asked: list[Job[Any]] = []
        self._closed = False
        self.histories = Histories()

    @property
    def store(self) -> Store:
        """Return the open store; raises `StoreError` while there is none."""
        if self._store is None:
            raise StoreError("The store is not open.")
        return self._store

    @property
    def finder(self) -> ArtifactFinder:
        """Return what resolves this store's artifact URIs; used on worker threads."""
        if self._finder is None:
            raise StoreError("The store is not open.")
        return self._finder

    def open(self, progressed: Callable[[int, int, str], None] | None = None) -> None:
        """Open the store in a job; ends with `opened` or `failed`.

        Args:
            progressed: Called with (done, total, what): a large file store takes a while.
        """
        self.state = State.OPENING
        self._opening = self.jobs.submit(
            self._open,
            owner=self,
            then=self._opened,
            failed=self._failed,
            progressed=progressed,
            key="open",
        )
        self._remember(self._opening)

    def stop_opening(self) -> None:
        """Give up opening; ends with `failed`."""
        if self.state is State.OPENING and self._opening is not None:
            self._opening.cancel()
            self._failed(StoreError("Opening was stopped.", "Nothing was changed."))

    def read(
        self,
        function: Callable[Concatenate[ReadConnection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Callable[[Progress], T]:
        """Return `function(connection, …)` as work for `ask`."""

        def work(progress: Progress) -> T:
            with self.store.read(progress) as connection:
                return function(connection, *args, **kwargs)

        return work

    def ask(
        self,
        work: Callable[[Progress], T],
        *,
        owner: QObject,
        then: Callable[[T], None],
        failed: Callable[[RuncaseError], None] | None = None,
        progressed: Callable[[int, int, str], None] | None = None,
        key: str = "",
        lane: str = "read",
    ) -> Job[T]:
        """Run work beside the window; see `Jobs.submit`. Errors without `failed` are kept here."""
        return self._remember(
            self.jobs.submit(
                work,
                owner=owner,
                then=then,
                failed=failed or self._keep_error,
                progressed=progressed,
                key=key,
                lane=lane,
            )
        )

    def watch_over(self, job: Job[Any]) -> None:
        """Cancel a job that reads this store, but is another's, when this one is closed."""
        self._remember(job)

    @property
    def mappings(self) -> tuple[tuple[str, Path], ...]:
        """Return what the person said about artifact roots: stored root, folder here."""
        return self._mappings

    def map_root(self, stored: str, folder: Path) -> None:
        """Look for artifacts of a stored root below another folder from now on."""
        # Imported here: by now it is in memory.
        from runcase.store.artifacts import ArtifactFinder

        kept = [pair for pair in self._mappings if pair[0] != stored]
        self._mappings = (*kept, (stored, folder))
        self._finder = ArtifactFinder(self.store.path, self.store.folder, self._mappings)

    def refresh(self) -> None:
        """Bring the store up to date in a job, then have every view read again what it shows."""
        self.ask(
            lambda progress: self.store.refresh(progress),
            owner=self,
            then=lambda _reopened: self.note_change(Origin.REFRESH),
            key="refresh",
            lane="watch",
        )

    def note_change(self, origin: Origin) -> None:
        """Tell every view that the store changed."""
        self.changed_ms = int(time.time() * 1000)
        if origin is Origin.REFRESH:
            self.histories.forget()
        self.changed.emit(Change(origin, self.changed_ms))

    def close(self) -> None:
        """Close the store, on the GUI thread, after its window has gone."""
        self._closed = True
        for job in self._asked:
            job.cancel()  # closing a store waits for the reads that are going on
        self._asked.clear()
        if self._store is not None:
            self._store.close()
            self._store = None

    def _open(self, progress: Progress) -> tuple[Any, Any]:
        # Imported here: SQLAlchemy costs 0.3 s, and the window is up by now.
        from runcase.store.artifacts import ArtifactFinder
        from runcase.store.engine import Store

        store = Store.open(self.path, self.folder, progress, at_once=True)
        self._store = store
        if self._closed:
            # Closed meanwhile, so this answer is dropped and nobody else would close it.
            store.close()
        return store, ArtifactFinder(store.path, store.folder, self._mappings)

    def _opened(self, answer: tuple[Any, Any]) -> None:
        self._store, self._finder = answer
        self.state = State.READY
        self.opened.emit()

    def _remember(self, job: Job[T]) -> Job[T]:
        self._asked = [each for each in self._asked if not each.done]
        self._asked.append(job)
        return job

    def _failed(self, error: RuncaseError) -> None:
        self.state, self.error = State.FAILED, error
        self.failed.emit(error)

    def _keep_error(self, error: RuncaseError) -> None:
        self.error = error
        self.failed.emit(error)
