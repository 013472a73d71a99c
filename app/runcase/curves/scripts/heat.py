"""Writes a heat map as a matplotlib script."""

from runcase.curves.figures.heat import Heat
from runcase.curves.scales import ScaleKind
from runcase.curves.scripts.writing import axis, listed, moments, quoted, script, values_at

STEPS = '["#edf1f6", "#cfe0f7", "#9cc1ef", "#5e97df", "#2a66bf"]'


def heat_script(figure: Heat) -> str:
    """Return the program of a figure."""
    texts = figure.mean.shape[0] * figure.mean.shape[1] <= 200
    body = [
        listed("x_edges", values_at(figure.x, figure.x_edges)),
        listed("y_edges", values_at(figure.y, figure.y_edges)),
        *moments(figure.x, "x_edges"),
        *moments(figure.y, "y_edges"),
        "# The mean of each cell, from the bottom row up; nan where no run is.",
        "cells = [",
        *(f"    [{', '.join(repr(float(each)) for each in row)}]," for row in figure.mean),
        "]",
        "from matplotlib.colors import LinearSegmentedColormap",
        f'steps = LinearSegmentedColormap.from_list("steps", {STEPS})',
        "mesh = ax.pcolormesh(x_edges, y_edges, cells, cmap=steps, vmin="
        + repr(figure.z.low)
        + ",",
        "                     vmax=" + repr(figure.z.high) + ")",
        f"fig.colorbar(mesh, label={quoted(figure.z.title)})",
        *axis("x", figure.x),
        *axis("y", figure.y),
    ]
    is_category = ScaleKind.CATEGORY is figure.x.kind is figure.y.kind
    if texts and is_category:
        body += [
            "middle = (mesh.norm.vmin + mesh.norm.vmax) / 2",
            "for row, line in enumerate(cells):",
            "    for column, value in enumerate(line):",
            "        if value == value:",
            '            color = "white" if value > middle else "#0b1524"',
            '            where = {"ha": "center", "va": "center", "fontsize": 8}',
            '            ax.text(column, row, f"{value:.4g}", color=color, **where)',
        ]
    return script(f"{figure.z.title} over {figure.x.title} and {figure.y.title}", body)
