"""Boxes or violins: how a column is spread in each category of another."""

from dataclasses import dataclass, replace

import numpy as np

from runcase.curves.chart import Chart, Role
from runcase.curves.figures.columns import column
from runcase.curves.groups_of_runs import Groups, groups_of
from runcase.curves.run_table import RunTable
from runcase.curves.scales import Scale, category_scale, jitter, scale_of
from runcase.curves.series import Floats
from runcase.curves.spread import Spread, density, spread

MOST_GROUPS = 24
_WIDTH = 0.42


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """A box for each category; all its numbers are places on y.

    Attributes:
        groups: One for each box; without a column for them, all runs are one.
        px: (n,) places of the runs, beside each other within their box.
        py: (n,) places of the runs; NaN where a run is nowhere.
        spreads: A box's numbers, None for a category without a value.
        outlines: Of violins: places and widths from 0 to 1; none for boxes.
        missing: The runs that are nowhere.
    """

    x: Scale
    y: Scale
    groups: Groups
    px: Floats
    py: Floats
    spreads: tuple[Spread | None, ...]
    outlines: tuple[tuple[Floats, Floats], ...]
    missing: int


def boxes(chart: Chart, table: RunTable) -> Boxes:
    """Measure the categories of a chart."""
    values = replace(column(table, chart.name(Role.Y)), is_numeric=True)
    y, py = scale_of(values, values.title, bool(chart.options.get("log_y")))
    by = chart.name(Role.X)
    groups = groups_of(column(table, by), MOST_GROUPS) if by else _one(len(table))
    there = [(groups.codes == code) & np.isfinite(py) for code in range(len(groups.labels))]
    outlines: tuple[tuple[Floats, Floats], ...] = ()
    if chart.options.get("violin"):
        outlines = tuple(density(py[each]) for each in there)
    beside = groups.codes + _WIDTH * jitter(len(py))
    px = np.where(groups.codes >= 0, beside, np.nan)
    return Boxes(
        category_scale(groups.title, groups.labels),
        y,
        groups,
        px,
        py,
        tuple(spread(py[each]) for each in there),
        outlines,
        int((~(np.isfinite(px) & np.isfinite(py))).sum()),
    )


def _one(count: int) -> Groups:
    return Groups("", ("all runs",), np.zeros(count, dtype=np.int32))
