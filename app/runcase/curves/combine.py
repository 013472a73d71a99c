"""Makes the curves of a chart from histories: expressions, and another metric along x."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from runcase.curves.expressions import Expression
from runcase.curves.points import Column
from runcase.curves.series import Floats, Ints, Series, XAxis

_Columns: TypeAlias = tuple[Floats, Floats, Ints, Ints]  # x, y, step, timestamp


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """One curve of a chart: a metric or an expression of one run over x.

    Attributes:
        name: The metric, or the expression as it is written.
        x: (n,) float64, ascending; steps, seconds, or the values of another metric.
        y: (n,) float64 with NaN and ±inf as logged.
        step: (n,) int64, the step of each point; of an expression that of its metrics.
        timestamp: (n,) int64, ms since the epoch; of an expression that of its first metric.
        whole: Whether these are all points, and not a sample shown while they are read.
    """

    run_id: str
    name: str
    x: Floats
    y: Floats
    step: Ints
    timestamp: Ints
    whole: bool = True


def curves_of(
    run_id: str,
    histories: Mapping[str, Series],
    expressions: Sequence[Expression],
    axis: XAxis,
    along: str = "",
    whole: bool = True,
) -> list[Curve]:
    """Return one curve for each expression of one run; those without points are left out.

    Several metrics meet at their steps: a point is where all of them have one. Of the points that
    one metric has at one step, the last one counts then; of one metric alone all are kept.

    Args:
        run_id: Whose.
        histories: Its histories by metric.
        expressions: What runs along y.
        axis: What runs along x.
        along: The metric along x instead, "" for none.
        whole: See `Curve`.
    """
    found = []
    for each in expressions:
        needed = dict.fromkeys([*each.metrics, *([along] if along else [])])
        parts = [histories[key] for key in needed if key in histories]
        if len(parts) < len(needed) or not all(len(part.y) for part in parts):
            continue
        joined = parts if each.is_metric and not along else _met(parts)
        arrays = dict(zip(needed, (part.y for part in joined), strict=True))
        base = joined[0]
        x = arrays[along] if along else base.x(axis)
        y = base.y if each.is_metric else each.value(arrays)
        columns = x, y, base.step, base.timestamp
        if along:
            columns = _taken(columns, np.flatnonzero(np.isfinite(x)))
        if len(columns[0]):
            found.append(Curve(run_id, each.text, *_ascending(columns), whole))
    return found


def share_x(curves: Sequence[Curve]) -> list[Curve]:
    """Return the curves with one x array for those whose x is the same: most runs of a sweep."""
    known: dict[tuple[int, float, float], list[Floats]] = {}
    shared = []
    for each in curves:
        same = known.setdefault((len(each.x), float(each.x[0]), float(each.x[-1])), [])
        x = next((x for x in same if x is each.x or np.array_equal(x, each.x)), None)
        if x is None:
            same.append(each.x)
            x = each.x
        shared.append(replace(each, x=x))
    return shared


def piece_of(curve: Curve, name: str, along: str) -> dict[str, Column]:
    """Return a curve's points: step, time in ms, the metric along x where there is one, value."""
    count = len(curve.x)
    columns: dict[str, Column] = {
        "run_id": np.repeat([curve.run_id], count),
        "run": np.repeat([name], count),
        "metric": np.repeat([curve.name], count),
        "step": curve.step,
        "timestamp": curve.timestamp,
    }
    return {**columns, **({along: curve.x} if along else {}), "value": curve.y}


def _met(parts: Sequence[Series]) -> list[Series]:
    """Return the series at the steps that all of them have."""
    first = parts[0]
    if all(np.array_equal(first.step, part.step) for part in parts[1:]):
        return list(parts)
    last = [_last_of_step(part) for part in parts]
    steps: Ints = last[0].step
    for part in last[1:]:
        steps = np.intersect1d(steps, part.step, assume_unique=True)
    return [_part(part, np.searchsorted(part.step, steps)) for part in last]


def _last_of_step(series: Series) -> Series:
    if len(series.step) < 2:
        return series
    return _part(series, np.flatnonzero(np.append(np.diff(series.step) != 0, True)))


def _part(series: Series, at: Ints) -> Series:
    return Series(
        series.run_id,
        series.key,
        series.step[at],
        series.timestamp[at],
        series.y[at],
        series.start,
    )


def _taken(columns: _Columns, at: Ints) -> _Columns:
    x, y, step, timestamp = columns
    return x[at], y[at], step[at], timestamp[at]


def _ascending(columns: _Columns) -> _Columns:
    """Sort by x: time may run backwards along steps, and a metric goes where it likes."""
    x = columns[0]
    if len(x) > 1 and np.any(np.diff(x) < 0):
        return _taken(columns, np.argsort(x, kind="stable"))
    return columns
