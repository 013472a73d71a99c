"""Bars: a number of each run, or its mean in each category, in order of size."""

from dataclasses import dataclass

import numpy as np

from runcase.curves.chart import Chart, Role
from runcase.curves.figures.columns import column
from runcase.curves.groups_of_runs import groups_of
from runcase.curves.run_table import RunTable
from runcase.curves.scales import Scale, ScaleKind, fitted, scale_of
from runcase.curves.series import Floats, Ints

_MOST_GROUPS = 200
# With more bars nobody reads a name.
MOST_BARS = 2_000


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """Bars from top to bottom.

    Attributes:
        x: The scale of the values.
        labels: (b,) names of runs or of categories.
        runs: (b,) which run of the table a bar is; -1 for a category.
        values: (b,) numbers; ±inf where a run logged that.
        errors: (b,) standard deviations (n - 1); NaN of single values and of runs.
        counts: (b,) runs in each.
        by: The title of the categories, "" for runs.
        missing: The runs without a number.
        left_out: Bars beyond the first 2,000.
    """

    x: Scale
    labels: tuple[str, ...]
    runs: Ints
    values: Floats
    errors: Floats
    counts: Ints
    by: str
    missing: int
    left_out: int


def bars(chart: Chart, table: RunTable) -> Bars:
    """Make the bars of a chart; the largest first, unless its option "ascending" says otherwise."""
    values = column(table, chart.name(Role.Y))
    numbers, by = values.numbers, chart.name(Role.X)
    if by:
        labels, found, errors, counts = _means(table, by, numbers)
        runs = np.full(len(found), -1, dtype=np.int64)
    else:
        runs = np.flatnonzero(~np.isnan(numbers)).astype(np.int64)
        found, counts = numbers[runs], np.ones(len(runs), dtype=np.int64)
        errors, labels = np.full(len(runs), np.nan), ()
    order = np.argsort(found if chart.options.get("ascending") else -found, kind="stable")
    left_out = max(0, len(order) - MOST_BARS)
    order = order[:MOST_BARS]
    runs, found, errors, counts = runs[order], found[order], errors[order], counts[order]
    names = (
        tuple(labels[int(at)] for at in order) if by else tuple(table.names[int(at)] for at in runs)
    )
    scale, _ = scale_of(values, values.title, bool(chart.options.get("log_x")))
    base = None if scale.kind in (ScaleKind.LOG, ScaleKind.TIME) else 0.0
    scale = fitted(
        scale, scale.on(np.concatenate((found, found - errors, found + errors))), base=base
    )
    title = column(table, by).title if by else ""
    missing = int(np.isnan(numbers).sum())
    return Bars(scale, names, runs, found, errors, counts, title, missing, left_out)


def _means(
    table: RunTable, by: str, numbers: Floats
) -> tuple[tuple[str, ...], Floats, Floats, Ints]:
    groups = groups_of(column(table, by), _MOST_GROUPS)
    labels, means, errors, counts = [], [], [], []
    for code, label in enumerate(groups.labels):
        own = numbers[(groups.codes == code) & np.isfinite(numbers)]
        if not len(own):
            continue
        # In units of the largest: no sum and no square overflows.
        scale = float(np.abs(own).max()) or 1.0
        labels.append(label)
        means.append(float((own / scale).mean()) * scale)
        errors.append(float((own / scale).std(ddof=1)) * scale if len(own) > 1 else np.nan)
        counts.append(len(own))
    return tuple(labels), np.array(means), np.array(errors), np.array(counts, dtype=np.int64)
