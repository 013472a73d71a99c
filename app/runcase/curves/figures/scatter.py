"""A scatter: two columns of runs against each other, coloured and sized by others."""

from dataclasses import dataclass

import numpy as np

from runcase.curves.chart import Chart, Role
from runcase.curves.figures.columns import column
from runcase.curves.fits import fit
from runcase.curves.groups_of_runs import Groups, groups_of
from runcase.curves.matrix import link_of
from runcase.curves.run_table import RunTable
from runcase.curves.scales import Scale, ScaleKind, jitter, scale_of
from runcase.curves.series import Floats

_FIT_POINTS = 65
# As many as the run palette has.
_MOST_COLORS = 12
_DEGREES = {"line": 1, "curve": 2}
_JITTER = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Scatter:
    """Points in places of two scales.

    Attributes:
        px: (n,) where each run is on x; NaN where it is nowhere.
        py: (n,) the same on y.
        shares: (n,) 0 to 1 in the colours of `color`, NaN without a value; None for no such colour.
        color: The scale of the colours.
        groups: The categories of the colours.
        sizes: (n,) 0 to 1; None where all points are of one size.
        size: The title of the column that sizes them.
        line: The fit, its x and y in places; empty for none.
        rho: Spearman's correlation of x and y, eta with a text.
        is_eta: Whether it is eta.
        missing: The runs that are nowhere.
    """

    x: Scale
    y: Scale
    px: Floats
    py: Floats
    shares: Floats | None
    color: Scale | None
    groups: Groups | None
    sizes: Floats | None
    size: str
    line: tuple[Floats, Floats]
    rho: float
    is_eta: bool
    missing: int


def scatter(chart: Chart, table: RunTable) -> Scatter:
    """Place the runs of a table."""
    left, below = column(table, chart.name(Role.Y)), column(table, chart.name(Role.X))
    x, px = scale_of(below, below.title, bool(chart.options.get("log_x")))
    y, py = scale_of(left, left.title, bool(chart.options.get("log_y")))
    color, groups, shares = None, None, None
    if chart.name(Role.COLOR):
        by = column(table, chart.name(Role.COLOR))
        if by.is_numeric:
            color, shares = _tight(*scale_of(by, by.title, bool(chart.options.get("log_color"))))
        else:
            groups = groups_of(by, _MOST_COLORS)
    sizes, size = None, ""
    if chart.name(Role.SIZE):
        by_size = column(table, chart.name(Role.SIZE))
        sizes, size = _tight(*scale_of(by_size, by_size.title))[1], by_size.title
    rho, _ = link_of(left, below)
    return Scatter(
        x,
        y,
        _jittered(px, x),
        _jittered(py, y),
        shares,
        color,
        groups,
        sizes,
        size,
        _line(x, y, px, py, _DEGREES.get(str(chart.options.get("fit", "")), 0)),
        rho,
        left.is_numeric != below.is_numeric,
        int((~(np.isfinite(px) & np.isfinite(py))).sum()),
    )


def _tight(scale: Scale, places: Floats) -> tuple[Scale, Floats]:
    """Return the scale from the least to the greatest place, and the shares of the places."""
    finite = places[np.isfinite(places)]
    if len(finite) and finite.min() < finite.max():
        scale = scale.seen(float(finite.min()), float(finite.max()))
    return scale, np.clip(scale.share(places), 0.0, 1.0)


def _line(x: Scale, y: Scale, px: Floats, py: Floats, degree: int) -> tuple[Floats, Floats]:
    is_text = ScaleKind.CATEGORY in (x.kind, y.kind)
    found = fit(px, py, degree) if degree and not is_text else None
    if found is None:
        return np.empty(0), np.empty(0)
    there = px[np.isfinite(px) & np.isfinite(py)]
    shares = np.linspace(0.0, 1.0, _FIT_POINTS)
    at = there.min() * (1 - shares) + there.max() * shares
    return at, found.at(at)


def _jittered(places: Floats, scale: Scale) -> Floats:
    """Spread points of one category beside each other, always in the same way."""
    if scale.kind is not ScaleKind.CATEGORY:
        return places
    found: Floats = places + _JITTER * jitter(len(places))
    return found
