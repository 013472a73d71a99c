"""Asks the preview worker for documents on behalf of widgets."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from runcase.errors import RuncaseError
from runcase.progress import Progress
from runcase.session.jobs import Job, Jobs

if TYPE_CHECKING:
    from runcase.preview.document import Document, Request
    from runcase.preview.worker import Worker

# It answers every 0.1 s: what takes so long hangs, as on a network drive that is gone.
_MANY_SECONDS = 5.0


class Previews(QObject):
    """The worker processes of the application, which end with it.

    One reads what is previewed; it starts when warmed, or first needed. The other one answers
    questions about many files, so that no preview waits for those; it starts when first needed.
    """

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._worker: Worker | None = None
        self._second: Worker | None = None
        self._lock = threading.Lock()

    def ask(
        self,
        request: Request,
        *,
        owner: QObject,
        then: Callable[[Document], None],
        failed: Callable[[RuncaseError], None],
        key: str = "preview",
    ) -> Job[Document]:
        """Read one file in the child; a later request of the same owner and key replaces it."""

        def work(progress: Progress) -> Document:
            return self._started().read(request, progress)

        return self._jobs.submit(work, owner=owner, then=then, failed=failed, key=key, lane="files")

    def warm(self) -> None:
        """Start the child and let it load its libraries, so that the first preview is as the rest.

        Called once the first page is up; the child works beside it.
        """
        self._jobs.submit(
            lambda _progress: self._started().warm(),
            owner=self,
            then=_warmed,
            failed=_warmed,
            key="warm",
            lane="files",
        )

    def second(self) -> Worker:
        """Return the worker that answers questions about many files; from any worker thread."""
        from runcase.preview.worker import Worker  # as below

        with self._lock:
            if self._second is None:
                self._second = Worker(_MANY_SECONDS, warms=False)
            return self._second

    def close(self) -> None:
        """End the child processes."""
        for worker in (self._worker, self._second):
            if worker is not None:
                worker.close()
        self._worker = self._second = None

    def _started(self) -> Worker:
        # Imported here, on the files lane: nobody pays for it before the first preview.
        from runcase.preview.worker import Worker

        if self._worker is None:
            self._worker = Worker()
        return self._worker


def _warmed(_outcome: object) -> None:
    """Do nothing: a child that did not start says why at the first preview."""
