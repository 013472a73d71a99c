"""Writes parallel coordinates as a matplotlib script."""

from collections.abc import Mapping

import numpy as np

from runcase.curves.figures.parallel import Axis, Parallel
from runcase.curves.run_table import RunTable
from runcase.curves.scales import ScaleKind, ticks
from runcase.curves.scripts.writing import Look, color_of, listed, script, shown

_MISSING = -0.08


def parallel_script(table: RunTable, figure: Parallel, looks: Mapping[str, Look]) -> str:
    """Return the program of a figure of these runs."""
    shares = np.array([axis.shares for axis in figure.axes]).T.reshape(-1, len(figure.axes))
    shares = np.where(np.isnan(shares), _MISSING, shares).round(4)
    colors = [color_of(str(run_id), looks) for run_id in table.run_ids]
    body = [
        "from matplotlib.path import Path",
        "from matplotlib.patches import PathPatch",
        "",
        listed("axes", (shown(axis.scale.title) for axis in figure.axes)),
        f"# Where each run crosses the axes, 0 to 1; {_MISSING} where it has no value.",
        "runs = [",
        *(
            f"    ({str(name)!r}, {color!r}, [{', '.join(repr(float(each)) for each in row)}]),"
            for name, color, row in zip(table.names, colors, shares, strict=True)
        ),
        "]",
        "ticks = [",
        *(f"    {_ticks(axis)!r}," for axis in figure.axes),
        "]",
        "# Shown runs last, in their colours, over all others in grey.",
        "for name, color, at in sorted(runs, key=lambda run: run[1] != ''):",
        "    points, codes = [(0, at[0])], [Path.MOVETO]",
        "    for x in range(len(axes) - 1):",
        "        points += [(x + 0.5, at[x]), (x + 0.5, at[x + 1]), (x + 1, at[x + 1])]",
        "        codes += [Path.CURVE4] * 3",
        "    look = {'edgecolor': color, 'linewidth': 1.8} if color else {",
        "        'edgecolor': '#7f8896', 'linewidth': 0.8, 'alpha': 0.45}",
        "    ax.add_patch(PathPatch(Path(points, codes), fill=False, **look))",
        "for x, (title, marks) in enumerate(zip(axes, ticks)):",
        "    ax.plot([x, x], [0, 1], color='#5f6877', linewidth=1)",
        "    ax.text(x, 1.08, title, ha='center', fontsize=9, fontweight='bold')",
        "    for at, text in marks:",
        "        ax.text(x - 0.03, at, text, ha='right', va='center', fontsize=8, color='#434b59')",
        f"if any({_MISSING} in at for _, _, at in runs):",
        f"    ax.text(-0.03, {_MISSING}, 'missing', ha='right', va='center', fontsize=8)",
        "ax.set_xlim(-0.4, len(axes) - 0.7)",
        "ax.set_ylim(-0.12, 1.15)",
        "ax.axis('off')",
    ]
    wide = max(6.0, 1.3 * len(figure.axes))
    return script("Parallel coordinates", body, size=(round(wide, 1), 4.2))


def _ticks(axis: Axis) -> list[tuple[float, str]]:
    found = axis.marks or ticks(axis.scale, 5).places
    shares = axis.scale.share(np.array(found))
    places = 1 - shares if axis.falls else shares
    texts = (
        shown(axis.scale.labels[int(each)])
        if axis.scale.kind is ScaleKind.CATEGORY
        else f"{axis.scale.value(each):.4g}"
        for each in found
    )
    return [(round(float(at), 4), text) for at, text in zip(places, texts, strict=True)]
