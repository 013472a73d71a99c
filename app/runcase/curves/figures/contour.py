"""A contour chart: a column over two others, linear between the runs, and empty around them."""

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias, cast

import numpy as np
from contourpy import FillType, LineType, contour_generator

from runcase.curves.chart import Chart, Role
from runcase.curves.figures.columns import column
from runcase.curves.run_table import RunTable
from runcase.curves.scales import Scale, ScaleKind, fitted, scale_of, ticks
from runcase.curves.series import Floats, Ints
from runcase.curves.triangles import Triangles, triangles

# Each beyond costs its triangles time that grows with the square; a screen shows no more.
_MOST_PLACES = 1_500
_THINNED = 36  # cells along each side
_GRID = 144
_LEVELS = 8

_Lines: TypeAlias = list[Floats]
_Filled: TypeAlias = tuple[list[Floats], list[Ints]]


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """What lies between two values.

    Attributes:
        low: The lower value, as a place of `z`; high likewise.
        areas: Each a (k, 2) list of places on x and y, and the (r + 1,) offsets of its rings: the
            outer one, then its holes.
    """

    low: float
    high: float
    areas: tuple[tuple[Floats, Ints], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Contour:
    """A surface over two axes; all places are those of the scales.

    Attributes:
        px: (n,) where each run is on x, NaN for one without all three values; py, pz likewise.
        surface: Of the different places of runs, in shares of their range, 0 to 1.
        hull: (h, 2) places around all runs.
        bands: From low to high.
        lines: Places of `z`, and the (k, 2) lines there.
        missing: The runs that are nowhere.
        is_thinned: Whether neighbours were averaged, as they are too many.
    """

    x: Scale
    y: Scale
    z: Scale
    px: Floats
    py: Floats
    pz: Floats
    surface: Triangles
    hull: Floats
    bands: tuple[Band, ...]
    lines: tuple[tuple[float, tuple[Floats, ...]], ...]
    missing: int
    is_thinned: bool

    def value_at(self, x: float, y: float) -> float:
        """Return the place of z at a place, NaN outside the hull."""
        if not len(self.surface.corners):
            return float("nan")
        (left, wide), (low, tall) = _range(self.px), _range(self.py)
        return self.z.place(self.surface.at((x / 2 - left) / wide, (y / 2 - low) / tall))

    def nodes(self) -> tuple[Floats, Floats, Floats]:
        """Return the places on x, y and z of what the surface is made of."""
        x = _placed(self.px, self.surface.x)
        return x, _placed(self.py, self.surface.y), _at(self.z.low, self.z.high, self.surface.z)


def contour(chart: Chart, table: RunTable) -> Contour:
    """Lay a surface over the runs of a chart; runs at one place count with their mean."""
    options = chart.options
    x, px = _scaled(table, chart.name(Role.X), bool(options.get("log_x")))
    y, py = _scaled(table, chart.name(Role.Y), bool(options.get("log_y")))
    by = column(table, chart.name(Role.Z))
    z = Scale(by.title, ScaleKind.LOG if options.get("log_z") else ScaleKind.LINEAR, 0.0, 1.0)
    pz = z.on(by.numbers)
    there = np.isfinite(px) & np.isfinite(py) & np.isfinite(pz)
    px, py, pz = (np.where(there, each, np.nan) for each in (px, py, pz))
    z = fitted(z, pz, pad=0.0)
    surface, is_thinned = _surface(px[there], py[there], z.share(pz[there]))
    bands, lines = _levels(z, surface, px, py) if len(surface.corners) else ((), ())
    hull = _pairs(px, py, surface.x[surface.hull], surface.y[surface.hull])
    missing = int((~there).sum())
    return Contour(x, y, z, px, py, pz, surface, hull, bands, lines, missing, is_thinned)


def _scaled(table: RunTable, name: str, log: bool) -> tuple[Scale, Floats]:
    values = column(table, name)
    return scale_of(values, values.title, log)


def _surface(px: Floats, py: Floats, z: Floats) -> tuple[Triangles, bool]:
    if not len(px):
        return triangles(px, py, z), False
    x, y = _shares(px), _shares(py)
    # What differs by less is rounding: 0.1 + 0.2 is no other place than 0.3.
    found = _merged(x, y, z, 1e6)
    is_thinned = len(found[0]) > _MOST_PLACES
    return triangles(*(_merged(x, y, z, _THINNED) if is_thinned else found)), is_thinned


def _merged(x: Floats, y: Floats, z: Floats, cells: float) -> tuple[Floats, Floats, Floats]:
    """Return the means of what lies in the same of so many cells along each side."""
    keys = np.round(x * cells) * (2 * cells) + np.round(y * cells)
    _, first, which, counts = np.unique(
        keys, return_index=True, return_inverse=True, return_counts=True
    )
    means = [np.bincount(which, each) / counts for each in (x, y, z)]
    if cells > _THINNED:
        means[:2] = [x[first], y[first]]
    return means[0], means[1], means[2]


def _levels(
    z: Scale, surface: Triangles, px: Floats, py: Floats
) -> tuple[tuple[Band, ...], tuple[tuple[float, tuple[Floats, ...]], ...]]:
    sides = np.linspace(0.0, 1.0, _GRID)
    made = contour_generator(
        sides,
        sides,
        surface.on_grid(sides, sides),
        line_type=LineType.Separate,
        fill_type=FillType.OuterOffset,
    )
    inner = [each for each in ticks(z, _LEVELS).places if z.low < each < z.high]
    edges = [z.low, *inner, z.high]
    bands = []
    for low, high in pairwise(edges):
        # Rounding may put a value a hair beyond the first and the last edge.
        bottom = -1.0 if low == z.low else _share(z, low)
        top = 2.0 if high == z.high else _share(z, high)
        # Typed as any of the types of fills and lines; which one is said above.
        points, offsets = cast("_Filled", made.filled(bottom, top))
        areas = tuple(
            (_pairs(px, py, *part.T), at.astype(np.int64))
            for part, at in zip(points, offsets, strict=True)
        )
        bands.append(Band(low, high, areas))
    lines = tuple(
        (
            level,
            tuple(_pairs(px, py, *line.T) for line in cast("_Lines", made.lines(_share(z, level)))),
        )
        for level in inner
    )
    return tuple(bands), lines


def _share(scale: Scale, place: float) -> float:
    return float(scale.share(np.array([place]))[0])


def _range(places: Floats) -> tuple[float, float]:
    """Return half of the least place, and half of what lies between it and the greatest."""
    low, high = float(np.nanmin(places)), float(np.nanmax(places))
    return low / 2, (high / 2 - low / 2) or 1.0


def _shares(places: Floats) -> Floats:
    low, wide = _range(places)
    found: Floats = (places / 2 - low) / wide
    return found


def _at(low: float, high: float, shares: Floats) -> Floats:
    found: Floats = low * (1 - shares) + high * shares
    return found


def _placed(places: Floats, shares: Floats) -> Floats:
    """Return the places at shares of what runs take up."""
    if not len(shares):
        return np.empty(0)
    return _at(float(np.nanmin(places)), float(np.nanmax(places)), shares)


def _pairs(px: Floats, py: Floats, x: Floats, y: Floats) -> Floats:
    return np.column_stack((_placed(px, x), _placed(py, y)))
