"""A histogram: how many runs have a value in each bin, split by a category if wanted."""

from dataclasses import dataclass

import numpy as np

from runcase.curves.bins import bin_of, edges
from runcase.curves.chart import Chart, Role
from runcase.curves.figures.columns import column
from runcase.curves.groups_of_runs import Groups, groups_of
from runcase.curves.run_table import RunTable
from runcase.curves.scales import Scale, ScaleKind, category_scale, fitted, scale_of
from runcase.curves.series import Floats, Ints

_MOST_COLORS = 12
_MOST_BINS = 100


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Bins along x, stacked by groups.

    Attributes:
        edges: (k + 1,) places on x.
        bins: (n,) the bin of each run, -1 for none.
        counts: (g, k) runs of each group in each bin.
        groups: The categories that split the bins; None for one.
        missing: The runs in no bin.
    """

    x: Scale
    y: Scale
    edges: Floats
    bins: Ints
    counts: Ints
    groups: Groups | None
    missing: int


def histogram(chart: Chart, table: RunTable) -> Histogram:
    """Count the runs of a chart; runs without the category are of a group of their own."""
    values = column(table, chart.name(Role.X))
    if values.is_numeric:
        x, places = scale_of(values, values.title, bool(chart.options.get("log_x")))
        bounds = edges(places, _MOST_BINS)
        bins = bin_of(places, bounds)
        x = fitted(x, bounds, pad=0.02) if len(bounds) > 1 else x
    else:
        own = groups_of(values, _MOST_BINS)
        x = category_scale(values.title, own.labels)
        bounds = np.arange(len(own.labels) + 1, dtype=np.float64) - 0.5
        bins = own.codes.astype(np.int64)
    by = chart.name(Role.COLOR)
    groups = _with_rest(groups_of(column(table, by), _MOST_COLORS)) if by else None
    codes = groups.codes if groups is not None else np.zeros(len(table), dtype=np.int32)
    layers = len(groups.labels) if groups is not None else 1
    width = max(0, len(bounds) - 1)
    there = bins >= 0
    flat = codes[there].astype(np.int64) * width + bins[there]
    counts = np.bincount(flat, minlength=layers * width).astype(np.int64).reshape(layers, width)
    top = float(counts.sum(axis=0).max()) if counts.size else 1.0
    y = Scale("runs", ScaleKind.LINEAR, 0.0, 1.05 * max(1.0, top))
    return Histogram(x, y, bounds, bins, counts, groups, int((~there).sum()))


def _with_rest(groups: Groups) -> Groups:
    """Give the runs without a category one."""
    if not (groups.codes < 0).any():
        return groups
    codes = np.where(groups.codes < 0, len(groups.labels), groups.codes).astype(np.int32)
    return Groups(groups.title, (*groups.labels, "not logged"), codes, groups.folded)
