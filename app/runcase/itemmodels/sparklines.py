"""The curves in sparkline columns: read for the rows on the screen only, and kept for a while."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from runcase.curves.reduce import to_pixels
from runcase.errors import RuncaseError
from runcase.progress import Progress
from runcase.session.session import Session

Floats = npt.NDArray[np.float64]
Curve = tuple[Floats, Floats]
Name = tuple[str, str]  # run id, metric key

# Wider than a column gets; a curve of a million points is kept as so many pixels.
_PIXELS = 240
_KEPT = 3_000
# Curves of one job: the screen fills from the top while the rest is still read.
_AT_ONCE = 12


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    curves: dict[Name, Curve]


class Sparklines(QObject):
    """Curves by run and metric; `arrived` says that more of them can be painted."""

    arrived = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._known: dict[Name, Curve] = {}
        self._stale: set[Name] = set()
        self._waiting: list[Name] = []
        self._busy = False

    def curve(self, run_id: str, key: str) -> Curve | None:
        """Return (x, y) of a metric's history, (m,) float64 each; None when it is not read yet."""
        return self._known.get((run_id, key))

    def want(self, names: Sequence[Name]) -> None:
        """Read these curves, in this order; what was wanted before and is not any more is not."""
        self._waiting = [name for name in names if name not in self._known or name in self._stale]
        self._go_on()

    def expire(self) -> None:
        """Read curves again when they are wanted next; until then the known ones stay."""
        self._stale = set(self._known)

    def _go_on(self) -> None:
        if self._busy or not self._waiting:
            return
        some, self._waiting = self._waiting[:_AT_ONCE], self._waiting[_AT_ONCE:]
        self._busy = True
        self._session.ask(
            lambda progress: self._read(progress, some),
            owner=self,
            then=self._have,
            failed=self._failed,
            key="sparklines",
        )

    def _read(self, progress: Progress, names: Sequence[Name]) -> _Read:
        # Imported here: most tables have no sparklines.
        from runcase.store.metrics import histories

        with self._session.store.read(progress) as connection:
            found = histories(connection, names)
        return _Read({(each.run_id, each.key): _reduced(each.step, each.value) for each in found})

    def _have(self, read: _Read) -> None:
        self._busy = False
        self._known.update(read.curves)
        self._stale.difference_update(read.curves)
        for name in list(self._known)[: max(0, len(self._known) - _KEPT)]:
            del self._known[name]
        self.arrived.emit()
        self._go_on()

    def _failed(self, _error: RuncaseError) -> None:
        # The table has its own word for a store that cannot be read.
        self._busy = False
        self._waiting = []


def _reduced(step: npt.NDArray[np.int64], value: Floats) -> Curve:
    x = step.astype(np.float64)
    y = np.where(np.isfinite(value), value, np.nan)
    if not len(x):
        return x, y
    return to_pixels(x, y, float(x[0]), float(x[-1]), _PIXELS)
