"""Computes a metric's least, greatest, mean and first value of each run from whole histories."""

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from runcase.errors import DamagedError
from runcase.store.columns import MetricColumn
from runcase.store.connection import ReadConnection
from runcase.store.frame_arrays import RunFrame
from runcase.store.frame_points import Points, points_of_runs, readable_points
from runcase.store.history import LARGEST
from runcase.store.records import ColumnKey

_Floats = npt.NDArray[np.float64]
_Ints = npt.NDArray[np.int64]
_Bools = npt.NDArray[np.bool_]

_LAST = np.iinfo(np.int64).max  # beyond every step and every timestamp
_AT = "at:"
_Into = TypeVar("_Into", "BestOf", "AtStep")


@dataclass(slots=True, eq=False)
class BestOf:
    """What the history of one metric says of each run, (n,) each, infinities as such.

    Attributes:
        points: int64, how many points there are, NaN among them.
        numbers: int64, how many are no NaN; the next five are meaningless where there are none.
        low: float64, the least value.
        low_step: int64, the smallest step that has it.
        high: float64, the greatest value.
        high_step: int64, the smallest step that has it.
        mean: float64.
        first: float64, the point with the least (step, timestamp, stored value), maybe NaN.
    """

    points: _Ints
    numbers: _Ints
    low: _Floats
    low_step: _Ints
    high: _Floats
    high_step: _Ints
    mean: _Floats
    first: _Floats
    _earliest: tuple[_Ints, _Ints, _Floats]

    @classmethod
    def empty(cls, count: int) -> "BestOf":
        """Return the summary of runs without points."""
        none, far = np.zeros(count, np.int64), np.full(count, _LAST)
        inf = np.full(count, np.inf)
        return cls(
            points=none,
            numbers=none.copy(),
            low=inf,
            low_step=far,
            high=-inf,
            high_step=far.copy(),
            mean=np.zeros(count),
            first=np.full(count, np.nan),
            _earliest=(far.copy(), far.copy(), inf.copy()),
        )

    def add(self, points: Points) -> None:
        """Add some points; each of a run's points is to be added once, in any order."""
        groups = _Groups(points.row)
        rows = groups.rows
        value, nan, step = groups.sorted(points.value), groups.sorted(points.nan), points.step
        step = groups.sorted(step)
        stored = np.where(nan, 0.0, value)
        self._add_first(groups, step, groups.sorted(points.timestamp), stored, nan)
        value = _with_infinities(value)
        for sign, best, at in ((1.0, self.low, self.low_step), (-1.0, self.high, self.high_step)):
            signed = np.where(nan, np.inf, sign * value)
            found = groups.least(signed)
            steps = groups.least(np.where((signed == groups.spread(found)) & ~nan, step, _LAST))
            known = sign * best[rows]
            better = (found < known) | ((found == known) & (steps < at[rows]))
            best[rows[better]] = sign * found[better]
            at[rows[better]] = steps[better]
        numbers = groups.total((~nan).astype(np.int64))
        # Divided before they are added: the sum of large values could overflow.
        shares = np.where(nan, 0.0, value) / np.maximum(groups.spread(numbers), 1)
        all_numbers = np.maximum(self.numbers[rows] + numbers, 1)
        with np.errstate(invalid="ignore"):  # +inf and -inf have no mean
            self.mean[rows] = self.mean[rows] * (self.numbers[rows] / all_numbers) + groups.total(
                shares
            ) * (numbers / all_numbers)
        self.numbers[rows] += numbers
        self.points[rows] += groups.sizes

    def carried(self, before: _Ints, rows: _Ints, some: "BestOf") -> "BestOf":
        """Return this in the order of other rows; the arguments are as for `carried_metric`."""
        pairs = zip(self.arrays(), some.arrays(), strict=True)
        made: list[npt.NDArray[Any]] = [_carried(*pair, before, rows) for pair in pairs]
        points, numbers, low, low_step, high, high_step, mean, first, *rest = made
        step, timestamp, stored = rest
        earliest = step, timestamp, stored
        return BestOf(points, numbers, low, low_step, high, high_step, mean, first, earliest)

    def arrays(self) -> tuple[npt.NDArray[Any], ...]:
        """Return all there is, (n,) each, in the order of the fields."""
        return (
            self.points,
            self.numbers,
            self.low,
            self.low_step,
            self.high,
            self.high_step,
            self.mean,
            self.first,
            *self._earliest,
        )

    def column(self, how: str) -> MetricColumn:
        """Return min, max, mean, first, step of min or step of max as a column."""
        present, numbers = self.points > 0, self.numbers > 0
        if how == "first":
            return _column(self.first, present)
        if how in ("step of min", "step of max"):
            steps = self.low_step if how == "step of min" else self.high_step
            return _column(np.where(numbers, steps.astype(np.float64), np.nan), numbers)
        values = {"min": self.low, "max": self.high, "mean": self.mean}[how]
        return _column(np.where(numbers, values, np.nan), present)

    def _add_first(
        self, groups: "_Groups", step: _Ints, timestamp: _Ints, stored: _Floats, nan: _Bools
    ) -> None:
        rows, known = groups.rows, self._earliest
        steps = groups.least(step)
        is_first = step == groups.spread(steps)
        times = groups.least(np.where(is_first, timestamp, _LAST))
        is_first &= timestamp == groups.spread(times)
        least = groups.least(np.where(is_first, stored, np.inf))
        is_first &= stored == groups.spread(least)
        is_nan = groups.least(np.where(is_first, ~nan, True)) == 0
        earlier = _is_less((steps, times, least), tuple(each[rows] for each in known))
        earlier |= self.points[rows] == 0
        to = rows[earlier]
        for each, found in zip(known, (steps, times, least), strict=True):
            each[to] = found[earlier]
        self.first[to] = np.where(is_nan, np.nan, _with_infinities(least))[earlier]


@dataclass(slots=True, eq=False)
class AtStep:
    """A metric's value at one step of each run: of several points the last, as MLflow has it."""

    present: _Bools
    nan: _Bools
    _timestamp: _Ints
    _stored: _Floats

    @classmethod
    def empty(cls, count: int) -> "AtStep":
        """Return the values of runs without points."""
        none = np.zeros(count, np.bool_)
        return cls(none, none.copy(), np.zeros(count, np.int64), np.zeros(count))

    def add(self, points: Points) -> None:
        """Add some points of the step."""
        stored = np.where(points.nan, 0.0, points.value)
        order = np.lexsort((stored, points.timestamp, points.row))
        row = points.row[order]
        last = order[np.append(row[1:] != row[:-1], True)]
        row, time, value = points.row[last], points.timestamp[last], stored[last]
        earlier = _is_less((time, value), (self._timestamp[row], self._stored[row]))
        later = ~earlier | ~self.present[row]
        to = row[later]
        self._timestamp[to], self._stored[to] = time[later], value[later]
        self.nan[to], self.present[to] = points.nan[last][later], True

    def column(self) -> MetricColumn:
        """Return the values as a column."""
        values = np.where(self.nan | ~self.present, np.nan, _with_infinities(self._stored))
        return _column(values, self.present)


def best_column(connection: ReadConnection, frame: RunFrame, key: ColumnKey) -> MetricColumn:
    """Return a metric's column of which `key.how` names the value.

    All but the value at a step come from one reading of the histories, kept in `frame.best`.

    Args:
        connection: Where from.
        frame: The runs.
        key: min, max, mean, first, "at:100", step of min or step of max of a metric.
    """
    count = len(frame)
    if key.how.startswith(_AT):
        step = int(key.how.removeprefix(_AT))
        return _read(connection, frame, key.key, step, AtStep.empty(count)).column()
    best = frame.best.get(key.key)
    if best is None:
        best = _read(connection, frame, key.key, None, BestOf.empty(count))
        frame.best[key.key] = best
    return best.column(key.how)


def _read(
    connection: ReadConnection,
    frame: RunFrame,
    name: str,
    step: int | None,
    into: _Into,
) -> _Into:
    count = len(frame)
    try:
        for points, done in points_of_runs(connection, frame, name, step):
            into.add(points)
            connection.progress.report(int(done * count), count, "runs")
    except DamagedError:
        into = type(into).empty(count)  # nothing is to be added twice
        for points in readable_points(connection, frame, name, step):
            into.add(points)
    return into


def _carried(
    array: npt.NDArray[Any], some: npt.NDArray[Any], before: _Ints, rows: _Ints
) -> npt.NDArray[Any]:
    made = array[before]
    made[rows] = some
    return made


def _column(values: _Floats, present: _Bools) -> MetricColumn:
    return MetricColumn(values.copy(), present.copy(), present & np.isnan(values))


def _with_infinities(stored: _Floats) -> _Floats:
    huge = np.abs(stored) >= LARGEST
    return np.where(huge, np.copysign(np.inf, stored), stored) if huge.any() else stored


def _is_less(left: tuple[Any, ...], right: tuple[Any, ...]) -> _Bools:
    """Compare arrays of equal length place by place, the first ones being the most important."""
    less = np.zeros(len(left[0]), np.bool_)
    equal = ~less
    for a, b in zip(left, right, strict=True):
        less |= equal & (a < b)
        equal &= a == b
    return less


class _Groups:
    """Points in the order of their rows, and what each row's points say together."""

    def __init__(self, row: _Ints) -> None:
        self._order = None if (row[1:] >= row[:-1]).all() else np.argsort(row, kind="stable")
        row = self.sorted(row)
        self._starts = np.flatnonzero(np.append(True, row[1:] != row[:-1]))
        self.rows = row[self._starts]
        self.sizes = np.diff(np.append(self._starts, len(row)))

    def sorted(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return values if self._order is None else values[self._order]

    def least(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        found: npt.NDArray[Any] = np.minimum.reduceat(values, self._starts)
        return found

    def total(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        found: npt.NDArray[Any] = np.add.reduceat(values, self._starts)
        return found

    def spread(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.repeat(values, self.sizes)
