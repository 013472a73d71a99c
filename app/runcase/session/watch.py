"""Notices, once a second, that another program changed, replaced or removed the store."""

from collections.abc import Hashable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from runcase.errors import BusyError, RuncaseError
from runcase.progress import Progress
from runcase.session.session import Session, State
from runcase.store.changes import Origin
from runcase.store.opening import identity

INTERVAL_MS = 1000
# A program that writes all the time is followed at the next look, too.
_MOST_REFRESHES = 3


@dataclass(frozen=True, slots=True)
class _Look:
    """What one look found; `file` is (device, inode), None while it is gone."""

    generation: Hashable
    changed: bool
    file: tuple[int, int] | None


class Watch(QObject):
    """Follows one session's file; `lost` and `found` say when it went and came back.

    `replaced` says that another file has taken its place.
    """

    lost = Signal()
    found = Signal()
    replaced = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._seen: Hashable = None
        self._file: tuple[int, int] | None = None
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

    def _generation(self, progress: Progress) -> _Look:
        """Bring the store up to date if it changed; raises `StoreError` if it is gone.

        The generation is one that readers see at least: it is asked before the last refresh,
        which found nothing newer. A file store is opened as it was read the last time: the first
        look says whether it changed since.
        """
        store = self._session.store
        found = identity(store.path)
        file = found and found[:2]
        if self._seen is None and store.is_file_store:
            changed = store.refresh(progress)
            return _Look(store.generation(), changed, file)
        generation = store.generation()
        if self._seen is not None and generation != self._seen:
            for _ in range(_MOST_REFRESHES):
                if not store.refresh(progress):
                    break
                generation = store.generation()
        return _Look(generation, False, file)

    def _compare(self, look: _Look) -> None:
        generation, changed = look.generation, look.changed
        self._asked = False
        if self._session.state is State.GONE:
            self._session.state = State.READY
            self.found.emit()
        if changed or (self._seen is not None and generation != self._seen):
            self._session.note_change(Origin.EXTERNAL)
        self._seen = generation
        if self._file is not None and look.file not in (None, self._file):
            self.replaced.emit()
        self._file = look.file or self._file

    def _failed(self, error: RuncaseError) -> None:
        self._asked = False
        if isinstance(error, BusyError):
            return  # looked at again in a second
        if self._session.state is not State.GONE:
            self._session.state = State.GONE
            self.lost.emit()
