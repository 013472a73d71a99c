"""The curves of compared runs, which may be of several stores."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from runcase.itemmodels.compare import Head
from runcase.itemmodels.sparklines import Curve, Name, Sparklines
from runcase.session.session import Session


class CompareCurves(QObject):
    """Keeps a store's curves as long as it is open; `arrived` says that more can be painted.

    `find` returns the session of a store's path, "" for the one at hand, None when it is closed.
    """

    arrived = Signal()

    def __init__(
        self, find: Callable[[str], Session | None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._find = find
        self._known: dict[str, tuple[Session, Sparklines]] = {}

    def curve(self, head: Head, key: str) -> Curve | None:
        """Return (x, y) of a run's metric, None when it is not read yet."""
        known = self._known.get(head.store)
        return known[1].curve(head.run_id, key) if known is not None else None

    def want(self, wanted: Sequence[tuple[Head, str]]) -> None:
        """Read these curves, in this order; what was wanted before is not any more."""
        names: dict[str, list[Name]] = {store: [] for store in self._known}
        for head, key in wanted:
            names.setdefault(head.store, []).append((head.run_id, key))
        for store, some in names.items():
            curves = self._of(store)
            if curves is not None:
                curves.want(some)

    def expire(self) -> None:
        """Read curves again when they are wanted next; until then the known ones stay."""
        for _, curves in self._known.values():
            curves.expire()

    def _of(self, store: str) -> Sparklines | None:
        session = self._find(store)
        known = self._known.get(store)
        if known is not None and known[0] is session:
            return known[1]
        if known is not None:
            del self._known[store]
            known[1].deleteLater()
        if session is None:
            return None
        made = Sparklines(session, self)
        made.arrived.connect(self.arrived)
        self._known[store] = session, made
        return made
