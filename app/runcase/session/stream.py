"""Runs a generator on a lane in slices, so that other work gets its turn between them."""

import time
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from PySide6.QtCore import QObject

from runcase.errors import RuncaseError
from runcase.progress import Progress
from runcase.session.jobs import Job, Jobs

T = TypeVar("T")

# So long a preview waits at most for a long piece of work to let it through.
_SLICE_S = 0.1


class Stream(Generic[T]):
    """A generator under way: what it yields comes in lists, in order, on the GUI thread.

    The generator yields often, at best every few milliseconds: between two items it may be
    stopped. A new stream of the same owner and key stops the one before.

    Args:
        source: Called on the worker thread; makes the generator. What blocks in it is interrupted
            by the progress that it is given.
        then: Called with what a slice yielded, never with an empty list.
        finished: Called once the generator has ended; not after `stop`.
    """

    def __init__(
        self,
        jobs: Jobs,
        source: Callable[[Progress], Iterator[T]],
        *,
        owner: QObject,
        then: Callable[[list[T]], None],
        finished: Callable[[], None],
        failed: Callable[[RuncaseError], None],
        key: str,
        lane: str = "files",
    ) -> None:
        self._jobs, self._owner, self._key, self._lane = jobs, owner, key, lane
        self._source = source
        # The generator lives through many jobs, each with a progress of its own.
        self._progress = Progress()
        self._then, self._finished, self._failed = then, finished, failed
        self._items: Iterator[T] | None = None
        self.is_running = True
        self._job: Job[tuple[list[T], bool]] = self._next()

    def stop(self) -> None:
        """End it here; what came stays."""
        if self.is_running:
            self.is_running = False
            self._job.cancel()
            # On the lane, as it may be under way there: closing it lets go of its files.
            self._jobs.submit(
                self._close,
                owner=self._owner,
                then=_closed,
                key=f"{self._key} end",
                lane=self._lane,
            )

    def _next(self) -> Job[tuple[list[T], bool]]:
        return self._jobs.submit(
            self._slice,
            owner=self._owner,
            then=self._arrived,
            failed=self._broke,
            key=self._key,
            lane=self._lane,
        )

    def _slice(self, progress: Progress) -> tuple[list[T], bool]:
        progress.interrupted_by(self._progress.cancel)
        items = self._items = self._items or self._source(self._progress)
        found: list[T] = []
        end = time.monotonic() + _SLICE_S
        for each in items:
            progress.check()
            found.append(each)
            if time.monotonic() > end:
                return found, False
        return found, True

    def _arrived(self, answer: tuple[list[T], bool]) -> None:
        found, ended = answer
        if found:
            self._then(found)
        if not self.is_running:
            return
        if ended:
            self.is_running = False
            self._finished()
        else:
            self._job = self._next()

    def _broke(self, error: RuncaseError) -> None:
        self.is_running = False
        self._failed(error)

    def _close(self, _progress: Progress) -> None:
        close = getattr(self._items, "close", None)
        if close is not None:
            close()


def _closed(_nothing: None) -> None:
    """Do nothing more: what was stopped has let go."""
