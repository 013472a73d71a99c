"""The stores that are open in windows, so that a page of one can read another."""

import os
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from runcase.session.session import Session, State


class OpenStores(QObject):
    """Knows every open session.

    `changed` says that a store was opened or is about to be closed, `committed` carries the path
    of one in which something changed, `wanted` a session and a place that its window is to show.
    """

    changed = Signal()
    committed = Signal(str)
    wanted = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sessions: list[Session] = []

    def add(self, session: Session) -> None:
        """Take note of a store whose window has come up."""
        self._sessions.append(session)
        session.opened.connect(self.changed)
        session.changed.connect(self._committed)

    def remove(self, session: Session) -> None:
        """Forget a store before it is closed."""
        if session in self._sessions:
            self._sessions.remove(session)
            session.opened.disconnect(self.changed)
            session.changed.disconnect(self._committed)
            self.changed.emit()

    def others(self, own: Session) -> list[Session]:
        """Return a session of each other store that is open."""
        found = {_spelled(own.path): own}
        for each in self._sessions:
            if each.state is not State.OPENING and each.state is not State.FAILED:
                found.setdefault(_spelled(each.path), each)
        return [each for each in found.values() if each is not own]

    def find(self, path: str) -> Session | None:
        """Return the session of a store, None when it is not open."""
        wanted = _spelled(Path(path))
        ready = [each for each in self._sessions if each.state in (State.READY, State.GONE)]
        return next((each for each in ready if _spelled(each.path) == wanted), None)

    def _committed(self) -> None:
        session = self.sender()
        if isinstance(session, Session):
            self.committed.emit(str(session.path))


def _spelled(path: Path) -> str:
    return os.path.normcase(os.path.abspath(path))
