"""Writes a contour chart as a matplotlib script."""

from collections.abc import Mapping

import numpy as np

from runcase.curves.figures.contour import Contour
from runcase.curves.run_table import RunTable
from runcase.curves.scales import Scale, ScaleKind
from runcase.curves.scripts.heat import STEPS
from runcase.curves.scripts.writing import (
    GREY,
    Look,
    axis,
    color_of,
    listed,
    quoted,
    script,
    shown,
)


def contour_script(table: RunTable, figure: Contour, looks: Mapping[str, Look]) -> str:
    """Return the program of a figure of these runs."""
    x, y, z = figure.nodes()
    rows = np.flatnonzero(np.isfinite(figure.px))
    colors = [color_of(str(table.run_ids[int(at)]), looks) for at in rows]
    levels = [figure.bands[0].low, *(band.high for band in figure.bands)]
    body = [
        "# A surface over the places of runs, linear in each triangle between three of them.",
        *(f"# On {name}: {scale.title}{_unit(scale)}." for name, scale in _axes(figure)),
        listed("x", x),
        listed("y", y),
        listed("z", z),
        listed("triangles", [tuple(each) for each in figure.surface.corners.tolist()]),
        listed("levels", levels),
        listed("run_x", figure.px[rows]),
        listed("run_y", figure.py[rows]),
        listed("face", [each or "none" for each in colors]),
        listed("edge", [each or GREY for each in colors]),
        "from matplotlib.colors import LinearSegmentedColormap",
        "from matplotlib.tri import Triangulation",
        f'steps = LinearSegmentedColormap.from_list("steps", {STEPS})',
        "# The outermost values belong to the outermost bands.",
        "z = [min(max(each, levels[0]), levels[-1]) for each in z]",
        "surface = Triangulation(x, y, triangles)",
        "filled = ax.tricontourf(surface, z, levels=levels, cmap=steps)",
        'edges = {"colors": "#434b59", "linewidths": 0.8, "linestyles": "solid"}',
        "lines = ax.tricontour(surface, z, levels=levels[1:-1], **edges)",
        f"def value(place, _=None): return {_written(figure.z)}",
        "ax.clabel(lines, fmt=value, fontsize=8)",
        f"fig.colorbar(filled, label={quoted(figure.z.title)}, format=value)",
        "ax.scatter(run_x, run_y, s=22, facecolors=face, edgecolors=edge, linewidths=1)",
        *_axis("x", figure.x),
        *_axis("y", figure.y),
        f"ax.set(xlim=({figure.x.low!r}, {figure.x.high!r}), "
        f"ylim=({figure.y.low!r}, {figure.y.high!r}))",
    ]
    return script(f"{figure.z.title} over {figure.x.title} and {figure.y.title}", body)


def _axes(figure: Contour) -> tuple[tuple[str, Scale], ...]:
    return ("x", figure.x), ("y", figure.y), ("z", figure.z)


def _unit(scale: Scale) -> str:
    words = {
        ScaleKind.LOG: " as its decimal logarithm",
        ScaleKind.TIME: " in ms since 1970",
        ScaleKind.DURATION: " in ms",
        ScaleKind.CATEGORY: ", texts by their number",
    }
    return words.get(scale.kind, "")


def _written(scale: Scale) -> str:
    """Return the expression that writes the value at a place."""
    return 'f"{10 ** place:.4g}"' if scale.kind is ScaleKind.LOG else 'f"{place:.4g}"'


def _axis(letter: str, scale: Scale) -> list[str]:
    """Return the lines that label an axis of places."""
    if scale.kind is ScaleKind.CATEGORY:
        return axis(letter, scale)
    lines = [f"ax.set_{letter}label({(shown(scale.title) + _says(scale))!r})"]
    if scale.kind is ScaleKind.LOG:
        whole = scale.high - scale.low > 2
        lines += [
            f"ax.{letter}axis.set_major_locator(plt.MaxNLocator(7, integer={whole}))",
            f'ax.{letter}axis.set_major_formatter(lambda place, _: f"{{10 ** place:.3g}}")',
        ]
    if scale.kind is ScaleKind.TIME:
        lines += [
            "from datetime import datetime",
            f"ax.{letter}axis.set_major_formatter(",
            '    lambda place, _: datetime.fromtimestamp(place / 1000).strftime("%d %b %H:%M"))',
        ]
    return lines


def _says(scale: Scale) -> str:
    return {ScaleKind.LOG: " (log)", ScaleKind.DURATION: " (ms)"}.get(scale.kind, "")
