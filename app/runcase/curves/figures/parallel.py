"""Parallel coordinates: an upright axis for each column, a curve through them for each run."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from runcase.curves.chart import Chart, Role
from runcase.curves.figures.columns import column
from runcase.curves.run_table import RunTable
from runcase.curves.scales import Scale, ScaleKind, scale_of
from runcase.curves.series import Floats

# More do not fit beside each other in any window.
MOST_AXES = 24
# So many different values are all named at their axis.
_FEW = 7


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """One axis: its column, its scale, and where each run crosses it.

    Attributes:
        name: The column, as the table's views spell it.
        scale: Without room at its ends, but for categories.
        shares: (n,) 0 at the bottom to 1 at the top; NaN for none.
        falls: Whether the scale's low end is at the top.
        marks: The places of its values where there are only a few different ones; else empty.
    """

    name: str
    scale: Scale
    shares: Floats
    falls: bool
    marks: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Parallel:
    """The axes from left to right.

    Attributes:
        left_out: The axes there is no room for.
        incomplete: The runs that lack a value on some axis.
    """

    axes: tuple[Axis, ...]
    left_out: int
    incomplete: int


def parallel(chart: Chart, table: RunTable) -> Parallel:
    """Make the axes of a chart."""
    names = chart.names(Role.AXES)
    logs, inverted = option_names(chart, "log"), option_names(chart, "inverted")
    axes = tuple(_axis(table, name, name in logs, name in inverted) for name in names[:MOST_AXES])
    gaps = np.zeros(len(table), dtype=np.bool_)
    for axis in axes:
        gaps |= np.isnan(axis.shares)
    return Parallel(axes, len(names) - len(axes), int(gaps.sum()))


def in_brushes(
    axes: tuple[Axis, ...], brushes: Mapping[str, tuple[float, float]]
) -> npt.NDArray[np.bool_]:
    """Say for each run whether it passes through all brushes: column -> (low, high) shares."""
    found = np.ones(len(axes[0].shares) if axes else 0, dtype=np.bool_)
    for axis in axes:
        if axis.name in brushes:
            low, high = brushes[axis.name]
            found &= (axis.shares >= low) & (axis.shares <= high)
    return found


def option_names(chart: Chart, option: str) -> tuple[str, ...]:
    """Return the columns that an option of a chart lists, such as its logarithmic axes."""
    value = chart.options.get(option)
    return tuple(str(each) for each in value) if isinstance(value, list | tuple) else ()


def _axis(table: RunTable, name: str, log: bool, inverted: bool) -> Axis:
    values = column(table, name)
    scale, places = scale_of(values, values.title, log)
    finite = places[np.isfinite(places)]
    falls = inverted
    if scale.kind is ScaleKind.CATEGORY:
        falls = not inverted  # the first at the top, as in a list
    elif len(finite) and finite.min() < finite.max():
        scale = scale.seen(float(finite.min()), float(finite.max()))
    shares = scale.share(places)
    marks = np.unique(finite) if scale.kind is not ScaleKind.CATEGORY else np.empty(0)
    few = tuple(marks.tolist()) if len(marks) <= _FEW else ()
    return Axis(name, scale, 1 - shares if falls else shares, falls, few)
