"""Writes boxes and violins as a matplotlib script."""

from collections.abc import Mapping

import numpy as np

from runcase.curves.figures.box import Boxes
from runcase.curves.run_table import RunTable
from runcase.curves.scripts.writing import (
    ASLANT,
    GREY,
    Look,
    axis,
    color_of,
    listed,
    quoted,
    script,
    values_at,
)

# Beside more boxes there is no room for their medians.
_MOST_NAMED = 8
_NAME = 'f"{name}\\n{len(values)} " + ("run" if len(values) == 1 else "runs")'
_NAME_MANY = 'f"{name} ({len(values)})"'


def box_script(table: RunTable, figure: Boxes, looks: Mapping[str, Look]) -> str:
    """Return the program of a figure of these runs."""
    rows = np.flatnonzero(np.isfinite(figure.px) & np.isfinite(figure.py))
    colors = [color_of(str(table.run_ids[int(at)]), looks) or GREY for at in rows]
    values = np.array(values_at(figure.y, figure.py[rows]))
    codes = figure.groups.codes[rows]
    body = ["groups = {"]
    for code, label in enumerate(figure.groups.labels):
        own = ", ".join(repr(float(each)) for each in values[codes == code])
        body.append(f"    {quoted(label)}: [{own}],")
    body += [
        "}",
        "groups = {name: values for name, values in groups.items() if values}",
        "at = range(len(groups))",
    ]
    many = len(figure.groups.labels) > _MOST_NAMED
    body += _violins() if figure.outlines else _boxes(named=not many)
    body += [
        "# The runs, beside each other within their box.",
        listed("x", figure.px[rows].round(3)),
        listed("y", values),
        listed("color", colors),
        "ax.scatter(x, y, s=14, c=color, zorder=3)",
        *axis("y", figure.y),
        f"names = [{_NAME_MANY if many else _NAME} for name, values in groups.items()]",
        f"ax.set_xticks(at, names{ASLANT if many else ''})",
        f"ax.set_xlabel({quoted(figure.groups.title)})",
        'ax.grid(axis="y", color="#eceef2")',
        "ax.set_axisbelow(True)",
    ]
    kept = [code for code, each in enumerate(figure.spreads) if each is not None]
    if len(kept) != len(figure.spreads):
        # Empty categories have no box: the points move up to the ones that have.
        place = {code: at for at, code in enumerate(kept)}
        shift = [place[int(code)] - int(code) for code in codes]
        moved = figure.px[rows] + np.array(shift)
        body[body.index(listed("x", figure.px[rows].round(3)))] = listed("x", moved.round(3))
    return script(f"{figure.y.title} by {figure.groups.title or 'all runs'}", body)


def _boxes(*, named: bool) -> list[str]:
    lines = [
        "ax.boxplot(",
        "    list(groups.values()), positions=at, widths=0.6, patch_artist=True, showfliers=False,",
        '    boxprops={"facecolor": "#dde6f3", "edgecolor": "#5f6877"},',
        '    whiskerprops={"color": "#5f6877"}, capprops={"color": "#5f6877"},',
        '    medianprops={"color": "#1a1e26", "linewidth": 2},',
        ")",
    ]
    if named:
        lines += _medians()
    return lines


def _medians() -> list[str]:
    return [
        "for x, values in zip(at, groups.values()):",
        "    values = sorted(values)",
        "    middle = len(values) // 2",
        "    median = (values[middle] + values[~middle]) / 2",
        '    ax.text(x + 0.32, median, f"{median:.4g}", va="center", weight="bold", fontsize=9)',
    ]


def _violins() -> list[str]:
    return [
        "# A density needs values that differ.",
        "drawn = [(x, v) for x, v in zip(at, groups.values()) if len(set(v)) > 1]",
        "if drawn:",
        "    violins = ax.violinplot(",
        "        [v for _, v in drawn], positions=[x for x, _ in drawn], widths=0.6,",
        "        showextrema=False, showmedians=True,",
        "    )",
        '    for violin in violins["bodies"]:',
        '        violin.set(facecolor="#dde6f3", edgecolor="#5f6877", alpha=1)',
        '    violins["cmedians"].set(color="#1a1e26", linewidth=2)',
    ]
