"""Notices, once a second, that another program changed, replaced or removed the store."""

from collections.abc import Hashable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from runcase.errors import BusyError, RuncaseError
from runcase.progress import Progress
from runcase.session.session import Session, State
from runcase.store.changes import Origin

INTERVAL_MS = 1000
# A program that writes all the time is followed at the next look, too.
_MOST_REFRESHES = 3


class Watch(QObject):
    """Follows one session's file; `lost` and `found` say when it went and came back."""

    lost = Signal()
    found = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._seen: Hashable = None
        self._asked = False
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._look)
        session.opened.connect(self._start)

    @property
    def live(self) -> bool:
        """Say whether changes are followed."""
        return self._timer.isActive()

    def set_live(self, live: bool) -> None:
        """Follow changes, or stop following them."""
        if live and self._session.state in (State.READY, State.GONE):
            self._timer.start()
            self._look()
        else:
            self._timer.stop()

    @Slot()
    def _start(self) -> None:
        self._timer.start()
        self._look()

    @Slot()
    def _look(self) -> None:
        if self._asked:
            return
        self._asked = True
        self._session.jobs.submit(
            self._generation,
            owner=self,
            then=self._compare,
            failed=self._failed,
            key="watch",
            lane="watch",
        )

    def _generation(self, progress: Progress) -> Hashable:
        """Bring the store up to date if it changed; raises `StoreError` if it is gone.

        The generation is one that readers see at least: it is asked before the last refresh,
        which found nothing newer.
        """
        store = self._session.store
        generation = store.generation()
        if self._seen is not None and generation != self._seen:
            for _ in range(_MOST_REFRESHES):
                if not store.refresh(progress):
                    break
                generation = store.generation()
        return generation

    def _compare(self, generation: Hashable) -> None:
        self._asked = False
        if self._session.state is State.GONE:
            self._session.state = State.READY
            self.found.emit()
        if self._seen is not None and generation != self._seen:
            self._session.note_change(Origin.EXTERNAL)
        self._seen = generation

    def _failed(self, error: RuncaseError) -> None:
        self._asked = False
        if isinstance(error, BusyError):
            return  # looked at again in a second
        if self._session.state is not State.GONE:
            self._session.state = State.GONE
            self.lost.emit()
