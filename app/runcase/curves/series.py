"""One curve: a metric's whole history of one run, and its x in steps or time."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class XAxis(StrEnum):
    """What runs along x."""

    STEP = "step"
    RELATIVE = "relative"
    WALL = "wall"


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A history: step, timestamp (ms) and y, each (n,), sorted by (step, timestamp); NaN kept.

    `start` is the run's start in ms, or None: relative time counts from it, else from the first
    point.
    """

    run_id: str
    key: str
    step: Ints
    timestamp: Ints
    y: Floats
    start: int | None = None

    def x(self, axis: XAxis) -> Floats:
        """Return x, (n,) float64: steps, seconds since the start, or seconds since the epoch."""
        if axis is XAxis.STEP:
            return self.step.astype(np.float64)
        seconds = self.timestamp / 1000.0
        if axis is XAxis.WALL or not len(seconds):
            return seconds
        start = float(seconds.min()) if self.start is None else self.start / 1000.0
        return seconds - min(start, float(seconds.min()))

    def drawn(self, axis: XAxis) -> tuple[Floats, Floats]:
        """Return (x, y) sorted by x: time may run backwards along steps."""
        x = self.x(axis)
        if len(x) > 1 and np.any(np.diff(x) < 0):
            order = np.argsort(x, kind="stable")
            return x[order], self.y[order]
        return x, self.y
