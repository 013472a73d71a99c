"""The points of one metric of one run as arrays, and how they come from the rows of a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

LARGEST = 1.7976931348623157e308  # MLflow writes an infinity as the largest double
# One row of the table of metrics.
POINT = np.dtype(
    [("rowid", "i8"), ("step", "i8"), ("timestamp", "i8"), ("value", "f8"), ("nan", "i1")]
)


class End(NamedTuple):
    """The last row of the table of metrics at some time, and what tells it from others."""

    row: int
    run_id: str
    key: str
    value: float
    timestamp: int


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """All points of one metric of one run, sorted by (step, timestamp).

    `value` is NaN for a logged NaN and ±inf for ±1.7976931348623157e308. `end` says up to where
    the table was looked at; None where row numbers tell nothing.
    """

    run_id: str
    key: str
    step: NDArray[np.int64]
    timestamp: NDArray[np.int64]
    value: NDArray[np.float64]
    end: End | None = None

    def __len__(self) -> int:
        return len(self.step)

    @property
    def nbytes(self) -> int:
        """Return how much memory the points take, in bytes."""
        return self.step.nbytes + self.timestamp.nbytes + self.value.nbytes

    def and_then(self, added: "History", end: End) -> "History":
        """Return these points and others that were added to the table since."""
        if not len(added):
            return History(self.run_id, self.key, self.step, self.timestamp, self.value, end)
        step = np.concatenate((self.step, added.step))
        timestamp = np.concatenate((self.timestamp, added.timestamp))
        value = np.concatenate((self.value, added.value))
        at = len(self)
        if at and (added.step[0], added.timestamp[0]) < (step[at - 1], timestamp[at - 1]):
            order = np.lexsort((timestamp, step))
            step, timestamp, value = step[order], timestamp[order], value[order]
        return History(self.run_id, self.key, step, timestamp, value, end)


def history_of(
    run_id: str, key: str, chunks: Sequence[NDArray[Any]], end: End | None = None
) -> History:
    """Return points as they are stored, `POINT` each, as a history.

    With `end`, later rows are left out: while a history is read in chunks, points are added.
    """
    points = np.concatenate(chunks) if chunks else np.empty(0, POINT)
    if end is not None and len(points) and points["rowid"].max() > end.row:
        points = points[points["rowid"] <= end.row]
    if not _is_sorted(points):
        points = points[np.lexsort((points["timestamp"], points["step"]))]
    value = points["value"].copy()
    huge = np.abs(value) >= LARGEST
    value[huge] = np.copysign(np.inf, value[huge])
    value[points["nan"] != 0] = np.nan
    return History(run_id, key, points["step"].copy(), points["timestamp"].copy(), value, end)


def _is_sorted(points: NDArray[Any]) -> bool:
    """Say whether points are in order already, as they come from the index by step."""
    step, time = points["step"], points["timestamp"]
    # Compared and not subtracted: the difference of two steps may be beyond 64 bits.
    later = (step[1:] == step[:-1]) & (time[1:] >= time[:-1])
    return bool(np.all((step[1:] > step[:-1]) | later))
