"""Runs work beside the GUI thread and brings its answers back: the only file with threads."""

import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from runcase.errors import CancelledError, RuncaseError
from runcase.progress import Progress

T = TypeVar("T")

_OWN_FAULT = "Runcase made a mistake here, and this could not be done."

# "local" has one worker: what a person noted is written in the order in which it was noted.
# "search" is not "files", so that no preview waits for a search through thousands of them.
LANES = {"read": 2, "files": 1, "search": 1, "watch": 1, "local": 1}


@dataclass(eq=False, slots=True)
class Job(Generic[T]):
    """One piece of work under way; all its callbacks run on the GUI thread."""

    owner: QObject
    then: Callable[[T], None]
    failed: Callable[[RuncaseError], None] | None
    progressed: Callable[[int, int, str], None] | None
    key: str
    finishes: bool = False
    progress: Progress = field(default_factory=Progress)
    done: bool = False

    def cancel(self) -> None:
        """Stop the work and drop its answer."""
        self.progress.cancel()


class Jobs(QObject):
    """The lanes on which work runs, and the one place where answers cross threads.

    An answer is dropped when its owner is gone, when it was cancelled, or when the same owner
    asked again under the same key.
    """

    _arrived = Signal(object, str, object)
    became_idle = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes = {
            name: ThreadPoolExecutor(workers, thread_name_prefix=f"runcase-{name}")
            for name, workers in LANES.items()
        }
        self._jobs: set[Job[Any]] = set()
        self._latest: dict[tuple[int, str], Job[Any]] = {}
        self._closed = False
        self._lock = threading.Lock()
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def pending(self) -> int:
        """Count the jobs whose answer has not been delivered, those of the watch lane left out."""
        return len([job for job in self._jobs if not job.key.startswith("watch")])

    def submit(
        self,
        work: Callable[[Progress], T],
        *,
        owner: QObject,
        then: Callable[[T], None],
        failed: Callable[[RuncaseError], None] | None = None,
        progressed: Callable[[int, int, str], None] | None = None,
        key: str = "",
        lane: str = "read",
        finishes: bool = False,
    ) -> Job[T]:
        """Run `work` on a lane, then call `then` with its answer on the GUI thread.

        Args:
            work: Called on a worker thread; raises `RuncaseError` for what a person should read.
            owner: The object that waits; when it is gone the answer is dropped.
            then: Called with the answer.
            failed: Called with the error; without it the error goes to `sys.excepthook`.
            progressed: Called with (done, total, what).
            key: A new job of the same owner and key cancels the one before.
            lane: One of `LANES`.
            finishes: Whether `close` waits for it instead of cancelling it: a short write.

        Returns:
            The job, to cancel it. After `close` nothing is begun: the job is cancelled already.
        """
        job: Job[T] = Job(owner, then, failed, progressed, key, finishes)
        if self._closed:
            job.cancel()
            job.done = True
            return job
        if progressed is not None:
            job.progress = Progress(lambda *step: self._send(job, "progress", step))
        if key:
            before = self._latest.get((id(owner), key))
            if before is not None:
                before.cancel()
            self._latest[(id(owner), key)] = job
        self._jobs.add(job)
        self._lanes[lane].submit(self._run, work, job)
        return job

    def close(self) -> None:
        """Cancel everything but what `finishes`, and wait for the threads to end."""
        with self._lock:
            self._closed = True
        for job in tuple(self._jobs):
            if not job.finishes:
                job.cancel()
        for lane in self._lanes.values():
            # What waits in a lane is begun, to end at once if it was cancelled.
            lane.shutdown(wait=True, cancel_futures=False)
        self._jobs.clear()
        self._latest.clear()

    def _run(self, work: Callable[[Progress], T], job: Job[T]) -> None:
        try:
            job.progress.check()
            answer = work(job.progress)
        except CancelledError:
            self._send(job, "cancelled", None)
        except RuncaseError as error:
            self._send(job, "failed", error)
        except BaseException as error:  # noqa: BLE001 -- handed to the GUI thread's excepthook
            self._send(job, "broken", error)
        else:
            self._send(job, "then", answer)

    def _send(self, job: Job[T], kind: str, payload: object) -> None:
        with self._lock:
            if not self._closed:
                self._arrived.emit(job, kind, payload)

    @Slot(object, str, object)
    def _deliver(self, job: Job[Any], kind: str, payload: Any) -> None:
        wanted = not job.progress.cancelled and isValid(job.owner) and not self._closed
        if kind == "progress":
            if wanted and job.progressed is not None:
                job.progressed(*payload)
            return
        self._forget(job)
        try:
            if wanted:
                self._answer(job, kind, payload)
        finally:
            if not self.pending and not self._closed:
                self.became_idle.emit()

    def _answer(self, job: Job[Any], kind: str, payload: Any) -> None:
        if kind == "then":
            job.then(payload)
        elif kind == "failed" and job.failed is not None:
            job.failed(payload)
        elif kind in ("failed", "broken"):
            sys.excepthook(type(payload), payload, payload.__traceback__)
            if job.failed is not None:
                # Whoever waits for an answer must not wait for ever.
                job.failed(RuncaseError(_OWN_FAULT, "Try again; if it stays so, report it."))

    def _forget(self, job: Job[Any]) -> None:
        job.done = True
        self._jobs.discard(job)
        if job.key and self._latest.get((id(job.owner), job.key)) is job:
            del self._latest[(id(job.owner), job.key)]
