"""Jobs without threads: at once, or when a test says so, for races and stale answers."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent

from runcase.session.jobs import LANES, Jobs


class InlineJobs(Jobs):
    """Work is done and answered before `submit` returns."""

    def __init__(self) -> None:
        super().__init__()
        self._lanes = dict.fromkeys(LANES, _Lane(self._at_once))

    def _at_once(self, work: Callable[[], None]) -> None:
        work()
        deliver(self)


class HeldJobs(Jobs):
    """Work waits until `release`; what was superseded is still here, as on a slow lane."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[Callable[[], None]] = []
        self._lanes = dict.fromkeys(LANES, _Lane(self.held.append))

    def release(self, place: int = 0) -> None:
        """Do one held piece of work, the oldest by default, and deliver its answer."""
        self.held.pop(place)()
        deliver(self)
        QCoreApplication.processEvents()

    def release_all(self) -> None:
        """Do everything that waits, and what that asks for in turn."""
        while self.held:
            self.release()

    def work_only(self, place: int = 0) -> None:
        """Do one held piece of work and leave its answer on the way to the GUI thread."""
        self.held.pop(place)()


def deliver(jobs: Jobs) -> None:
    """Bring the answers that are on their way."""
    QCoreApplication.sendPostedEvents(jobs, QEvent.Type.MetaCall.value)


class _Lane:
    """What `Jobs` uses of an executor."""

    def __init__(self, take: Callable[[Callable[[], None]], None]) -> None:
        self._take = take

    def submit(self, run, work, job) -> None:
        self._take(lambda: run(work, job))

    def shutdown(self, wait: bool, cancel_futures: bool) -> None:
        """Nothing runs by itself, so there is nothing to wait for."""
