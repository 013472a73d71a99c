"""Writes bars as a matplotlib script."""

from collections.abc import Mapping

import numpy as np

from runcase.curves.figures.bars import Bars
from runcase.curves.run_table import RunTable
from runcase.curves.scripts.writing import Look, axis, color_of, listed, moments, script, shown

_MOST = 60


def bars_script(table: RunTable, figure: Bars, looks: Mapping[str, Look]) -> str:
    """Return the program of a figure of these runs."""
    runs = [str(table.run_ids[int(run)]) if run >= 0 else "" for run in figure.runs]
    colors = [color_of(run, looks) or "#dde6f3" for run in runs]
    body = [
        listed("names", map(shown, figure.labels)),
        listed("values", figure.values),
        *moments(figure.x, "values"),
        listed("color", colors),
    ]
    if np.isfinite(figure.errors).any():
        body.append(listed("errors", np.nan_to_num(figure.errors, nan=0.0)))
        body.append(
            "ax.errorbar(values, range(len(names)), xerr=errors, fmt='none', ecolor='#1a1e26',"
        )
        body.append("            capsize=3, zorder=3)")
    body += [
        'ax.barh(range(len(names)), values, height=0.64, color=color, edgecolor="#7f8896",',
        "        linewidth=0.6)",
        "ax.set_yticks(range(len(names)), names)",
        "ax.invert_yaxis()  # the first at the top",
        *axis("x", figure.x),
        'ax.grid(axis="x", color="#eceef2")',
        "ax.set_axisbelow(True)",
    ]
    height = max(2.2, min(_MOST, 0.28 * len(figure.labels)) + 1.0)
    title = f"{figure.x.title} by {figure.by or 'run'}"
    return script(title, body, size=(7.2, round(height, 1)))
