"""Turns curves into lines to draw: smoothed, without infinities, then reduced to the pixels.

What does not depend on the range that is looked at is worked out once, in `prepare`; a zoom only
reduces anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from runcase.curves.combine import Curve, share_x
from runcase.curves.groups import Band, Banded, Centre, banded
from runcase.curves.reduce import PixelColumns, pixel_columns, reduced
from runcase.curves.series import Floats, XAxis
from runcase.curves.smoothing import Smoothing, smooth

# Up to so many curves each is drawn with four points a pixel column, beyond with its extremes.
_FULL = 20
# A mark at the edge is so many pixels wide.
_MARK = 10


@dataclass(frozen=True, slots=True)
class View:
    """How curves are looked at, but for the range.

    Attributes:
        log_x: Whether x is the logarithm; what is not positive is left out then.
        centre: What stands for a group of curves.
        band: What is drawn around it.
    """

    axis: XAxis = XAxis.STEP
    smoothing: float = 0.0
    kind: Smoothing = Smoothing.EMA
    log_x: bool = False
    log_y: bool = False
    centre: Centre = Centre.MEAN
    band: Band = Band.STD


@dataclass(frozen=True, slots=True)
class Window:
    """What is looked at: x from `low` to `high`, in the axis's units, on `pixels` columns."""

    low: float
    high: float
    pixels: int


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One curve on its axes, whole.

    Attributes:
        id: Unique in the chart: the run or the group, and the name.
        x: (n,) ascending, log10 on a log axis.
        y: (n,) the smoothed curve on the axis, NaN for a gap.
        raw: (n,) the same before smoothing, None where it is not smoothed.
        value: (n,) the smoothed values as numbers, not logarithms.
        logged: (n,) what was logged, ±inf and NaN as such.
        gaps: Whether y or raw holds NaN.
        band: The group's spread on the axis, None for a single run.
        spread: The same as numbers, not logarithms.
        faint: Whether it stands behind the band of its group.
        members: How many curves are summed up; 1 for a run's own.
        whole: Whether it is made of all points.
        group: The group it is of or belongs to, "" without groups.
    """

    id: tuple[str, str]
    run_id: str
    name: str
    x: Floats
    y: Floats
    raw: Floats | None
    value: Floats
    logged: Floats
    gaps: bool
    band: Banded | None = None
    spread: Banded | None = None
    faint: bool = False
    members: int = 1
    whole: bool = True
    group: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What is drawn of a line on the pixels of a window.

    Attributes:
        x, y: The line.
        raw_x, raw_y: The raw line behind a smoothed one, else empty.
        above, below, nothing: The x of +inf, -inf and NaN; of many at one place one.
    """

    line: Line
    x: Floats
    y: Floats
    raw_x: Floats
    raw_y: Floats
    above: Floats
    below: Floats
    nothing: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """All lines of a chart, and how many points stand behind them.

    Attributes:
        left_out: How many points have no place on a log x axis.
        beneath: How many values have none on a log y axis.
    """

    lines: tuple[Line, ...] = ()
    points: int = 0
    left_out: int = 0
    beneath: int = 0

    def x_range(self) -> tuple[float, float] | None:
        """Return the least and the greatest x, None without points."""
        filled = [line.x for line in self.lines if len(line.x)]
        if not filled:
            return None
        return min(float(x[0]) for x in filled), max(float(x[-1]) for x in filled)


def prepare(
    curves: Sequence[Curve], view: View, groups: Mapping[str, str] | None = None
) -> Prepared:
    """Make lines of curves; called on a worker thread.

    Infinities become gaps with a mark: a line cannot lead there. On a log axis y is log10 of
    positive values, and everything else is a gap.

    Args:
        curves: What to draw.
        view: How.
        groups: The group of each run by its id; None where runs stand for themselves.
    """
    points = sum(len(each.y) for each in curves)
    kept = [_positive(each) for each in curves] if view.log_x else list(curves)
    kept = share_x([each for each in kept if len(each.x)])
    left_out = points - sum(len(each.y) for each in kept)
    lines = [
        _line(each, view, "" if groups is None else groups.get(each.run_id, "")) for each in kept
    ]
    beneath = sum(int(np.count_nonzero(each.y <= 0)) for each in kept) if view.log_y else 0
    if groups is not None:
        lines = _grouped(lines, view)
    return Prepared(tuple(lines), points, left_out, beneath)


def reduce_lines(prepared: Prepared, window: Window) -> list[Drawn]:
    """Reduce lines to a window; called on a worker thread.

    Every pixel column keeps its minimum and its maximum, see `curves.reduce`.
    """
    full = len(prepared.lines) <= _FULL
    known: dict[int, PixelColumns] = {}
    return [_drawn(line, window, known, full) for line in prepared.lines]


def value_at(x: Floats, y: Floats, at: float) -> tuple[float, float, int] | None:
    """Return (x, y, index) of the point nearest to `at`, None outside the curve."""
    if not len(x) or at < x[0] - _margin(x) or at > x[-1] + _margin(x):
        return None
    right = int(np.searchsorted(x, at))
    places = [place for place in (right - 1, right) if 0 <= place < len(x)]
    nearest = min(places, key=lambda place: abs(float(x[place]) - at))
    return float(x[nearest]), float(y[nearest]), nearest


def extent(lines: Sequence[Line], inner: bool) -> tuple[float, float] | None:
    """Return the least and the greatest y of lines on their axis, None where nothing is finite.

    Args:
        lines: Which.
        inner: From the 1st to the 99th percentile: outliers stay drawn, but beyond the ends. The
            values themselves, not between two of them: of fewer than 100 none is left out.
    """
    parts = [line.y for line in lines if not line.faint]
    parts += [edge for line in lines if line.band for edge in (line.band.low, line.band.high)]
    finite = [part[np.isfinite(part)] if len(part) else part for part in parts]
    finite = [part for part in finite if len(part)]
    if not finite:
        return None
    if not inner:
        return min(float(y.min()) for y in finite), max(float(y.max()) for y in finite)
    y = np.concatenate(finite)
    low, high = np.percentile(y, 1, method="lower"), np.percentile(y, 99, method="higher")
    return float(low), float(high)


def _positive(curve: Curve) -> Curve:
    first = int(np.searchsorted(curve.x, 0, "right"))
    return replace(curve, x=np.log10(curve.x[first:]), y=curve.y[first:])


def _line(curve: Curve, view: View, group: str) -> Line:
    value = smooth(curve.x, curve.y, view.kind, view.smoothing)
    y, gaps = _on_axis(value, view.log_y)
    raw = None
    if view.smoothing > 0 and len(curve.y) > 1:
        # A value that is not positive may be smoothed to one that is.
        raw, holes = _on_axis(curve.y, view.log_y)
        gaps = gaps or holes
    return Line(
        (curve.run_id, curve.name),
        curve.run_id,
        curve.name,
        curve.x,
        y,
        raw,
        value,
        curve.y,
        gaps,
        whole=curve.whole,
        group=group,
    )


def _on_axis(y: Floats, log: bool) -> tuple[Floats, bool]:
    """Return y on its axis, and whether it has gaps there."""
    if log:
        with np.errstate(divide="ignore", invalid="ignore"):
            y = np.log10(y)
    finite = np.isfinite(y)
    return (y, False) if finite.all() else (np.where(finite, y, np.nan), True)


def _grouped(lines: Sequence[Line], view: View) -> list[Line]:
    """Return the runs' lines, faint, and over them one for each group and name."""
    members: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        members.setdefault((line.group, line.name), []).append(line)
    behind = [replace(line, raw=None, faint=True) for line in lines]
    sums = []
    for (group, name), inside in members.items():
        found = banded([(line.x, line.value) for line in inside], view.centre, view.band)
        y, gaps = _on_axis(found.centre, view.log_y)
        low, high = (_on_axis(edge, view.log_y)[0] for edge in (found.low, found.high))
        if view.log_y:
            # Where the band reaches below 0 it goes as far down as the group's curves do.
            beneath = np.isfinite(found.low) & (found.low <= 0) & np.isfinite(high)
            floor = min((float(np.nanmin(each.y)) for each in inside if _any(each.y)), default=0.0)
            low = np.where(beneath, np.minimum(floor, high), low)
        line = Line(
            (f"group {group}", name), "", name, found.x, y, None, found.centre, found.centre, gaps
        )
        sums.append(
            replace(
                line,
                band=Banded(found.x, y, low, high, found.count),
                spread=found,
                members=len(inside),
                whole=all(each.whole for each in inside),
                group=group,
            )
        )
    return [*behind, *sums]


def _any(y: Floats) -> bool:
    return bool(np.isfinite(y).any())


def _drawn(line: Line, window: Window, known: dict[int, PixelColumns], full: bool) -> Drawn:
    columns = known.get(id(line.x))
    if columns is None:
        columns = pixel_columns(line.x, window.low, window.high, window.pixels)
        known[id(line.x)] = columns
    x, y = reduced(line.x, line.y, columns, gaps=line.gaps, full=full)
    nothing = np.empty(0)
    raw_x, raw_y = nothing, nothing
    if line.raw is not None:
        raw_x, raw_y = reduced(line.x, line.raw, columns, gaps=line.gaps, full=full)
    above = below = missing = nothing
    if line.gaps and line.members == 1 and not line.faint:
        part = columns.part
        at, logged = line.x[part], line.logged[part]
        above, below, missing = (
            _apart(at[which], window)
            for which in (logged == np.inf, logged == -np.inf, np.isnan(logged))
        )
    return Drawn(line, x, y, raw_x, raw_y, above, below, missing)


def _apart(x: Floats, window: Window) -> Floats:
    """Return of x only so many that their marks do not lie over each other."""
    places = max(1, window.pixels // _MARK)
    if len(x) <= places:
        return x
    columns = pixel_columns(x, window.low, window.high, places)
    return x[columns.part] if columns.starts is None else x[columns.part][columns.starts]


def _margin(x: Floats) -> float:
    return float(x[-1] - x[0]) / max(1, len(x) - 1) if len(x) > 1 else 0.5
