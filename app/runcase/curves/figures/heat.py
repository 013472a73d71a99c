"""A heat map: the mean of a column, or the number of runs, over a grid of two others."""

from dataclasses import dataclass

import numpy as np

from runcase.curves.bins import bin_of, cells, edges
from runcase.curves.chart import Chart, Role
from runcase.curves.figures.columns import column
from runcase.curves.groups_of_runs import groups_of
from runcase.curves.run_table import RunTable, Values
from runcase.curves.scales import Scale, ScaleKind, category_scale, fitted, scale_of
from runcase.curves.series import Floats, Ints

_MOST_CELLS = 40


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """Cells over two axes.

    Attributes:
        x_edges: (w + 1,) places on x between which the cells lie.
        y_edges: (h + 1,) the same on y.
        x_bins: (n,) the column of cells of each run, -1 for none.
        y_bins: (n,) its row of cells.
        mean: (h, w) of `z`, NaN in empty cells.
        count: (h, w) runs.
        z: The scale of the means.
        missing: The runs that are in no cell.
    """

    x: Scale
    y: Scale
    z: Scale
    x_edges: Floats
    y_edges: Floats
    x_bins: Ints
    y_bins: Ints
    mean: Floats
    count: Ints
    missing: int


def heat(chart: Chart, table: RunTable) -> Heat:
    """Bin the runs of a chart; without a column for z the cells count them."""
    below, left = column(table, chart.name(Role.X)), column(table, chart.name(Role.Y))
    x, x_edges, x_bins = _binned(below, bool(chart.options.get("log_x")))
    y, y_edges, y_bins = _binned(left, bool(chart.options.get("log_y")))
    by = column(table, chart.name(Role.Z)) if chart.name(Role.Z) else None
    z = by.numbers if by is not None else None
    wide, high = max(1, len(x_edges) - 1), max(1, len(y_edges) - 1)
    found = cells(x_bins, y_bins, z, wide, high)
    scale = Scale(by.title if by is not None else "runs", ScaleKind.LINEAR, 0.0, 1.0)
    scale = fitted(scale, found.mean.ravel(), pad=0.0, base=None if by is not None else 0.0)
    there = (x_bins >= 0) & (y_bins >= 0)
    if z is not None:
        there &= np.isfinite(z)
    return Heat(
        x,
        y,
        scale,
        x_edges,
        y_edges,
        np.where(there, x_bins, -1),
        np.where(there, y_bins, -1),
        found.mean,
        found.count,
        int((~there).sum()),
    )


def _binned(values: Values, log: bool) -> tuple[Scale, Floats, Ints]:
    """Return an axis, the edges of its bins in places, and the bin of each run."""
    few = bool(values.labels) and len(values.labels) <= _MOST_CELLS and not log
    if not values.is_numeric or few:
        groups = groups_of(values, _MOST_CELLS)
        bounds = np.arange(max(1, len(groups.labels)) + 1, dtype=np.float64) - 0.5
        return category_scale(values.title, groups.labels), bounds, groups.codes.astype(np.int64)
    scale, places = scale_of(values, values.title, log)
    bounds = edges(places, _MOST_CELLS)
    if len(bounds) > 1:
        scale = scale.seen(float(bounds[0]), float(bounds[-1]))
    return scale, bounds, bin_of(places, bounds)
