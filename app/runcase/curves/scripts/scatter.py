"""Writes a scatter as a matplotlib script."""

from collections.abc import Mapping

import numpy as np

from runcase.curves.chart import Chart
from runcase.curves.figures.scatter import Scatter
from runcase.curves.run_table import RunTable
from runcase.curves.scales import ScaleKind
from runcase.curves.scripts.writing import (
    GREY,
    Look,
    axis,
    color_of,
    listed,
    moments,
    quoted,
    script,
    values_at,
)

PALETTE = (
    "#333CD1", "#D77D1D", "#1C7B57", "#9C0B8F", "#129BE7", "#84220B", "#7E61F1", "#817617",
    "#28928F", "#E855A4", "#333465", "#884E0A",
)  # fmt: skip


def scatter_script(
    chart: Chart, table: RunTable, figure: Scatter, looks: Mapping[str, Look]
) -> str:
    """Return the program of a figure of these runs."""
    rows = np.flatnonzero(np.isfinite(figure.px) & np.isfinite(figure.py))
    body = [
        listed("runs", (str(table.names[int(at)]) for at in rows)),
        listed("x", values_at(figure.x, figure.px[rows])),
        listed("y", values_at(figure.y, figure.py[rows])),
        *moments(figure.x, "x"),
        *moments(figure.y, "y"),
    ]
    size = "28"
    if figure.sizes is not None:
        sizes = 12 + 240 * np.nan_to_num(figure.sizes[rows], nan=0.0)
        body.append(listed("sizes", sizes.round(1)))
        size = "sizes"
    if figure.color is not None and figure.shares is not None:
        places = figure.color.low + figure.shares[rows] * 2 * figure.color.span
        body.append(listed("color", values_at(figure.color, places)))
        norm = ', norm="log"' if figure.color.kind is ScaleKind.LOG else ""
        body.append(f'points = ax.scatter(x, y, s={size}, c=color, cmap="cividis"{norm})')
        body.append("# Runs without that value stay hollow.")
        body.append("left = [(a, b) for a, b, c in zip(x, y, color) if c != c]")
        body.append(f"ax.scatter(*zip(*left) if left else ([], []), s=28, c='none', ec={GREY!r})")
        body.append(f"fig.colorbar(points, label={quoted(figure.color.title)})")
    elif figure.groups is not None:
        body += _grouped(figure, rows, size)
    else:
        colors = [color_of(str(table.run_ids[int(at)]), looks) for at in rows]
        body += _shown(colors, [each or GREY for each in colors], size)
    if len(figure.line[0]):
        body.append(listed("fit_x", values_at(figure.x, figure.line[0])))
        body.append(listed("fit_y", values_at(figure.y, figure.line[1])))
        body += [*moments(figure.x, "fit_x"), *moments(figure.y, "fit_y")]
        body.append('ax.plot(fit_x, fit_y, color="#5f6877", linewidth=1.2, linestyle="--")')
    body += [*axis("x", figure.x), *axis("y", figure.y), 'ax.grid(axis="y", color="#eceef2")']
    body.append("ax.set_axisbelow(True)")
    return script(f"{figure.y.title} against {figure.x.title}", body)


def _grouped(figure: Scatter, rows: "np.typing.NDArray[np.int64]", size: str) -> list[str]:
    assert figure.groups is not None
    codes = figure.groups.codes[rows]
    colors = [PALETTE[int(code)] if code >= 0 else GREY for code in codes]
    lines = [listed("color", colors), f"ax.scatter(x, y, s={size}, c=color)"]
    for at, label in enumerate(figure.groups.labels):
        lines.append(f"ax.scatter([], [], c={PALETTE[at]!r}, label={quoted(label)})")
    lines.append(f"ax.legend(title={quoted(figure.groups.title)}, frameon=False)")
    return lines


def _shown(colors: list[str], edges: list[str], size: str) -> list[str]:
    """Draw the runs that are shown filled, all others hollow."""
    faces = [each or "none" for each in colors]
    return [
        listed("face", faces),
        listed("edge", edges),
        f"ax.scatter(x, y, s={size}, facecolors=face, edgecolors=edge)",
    ]
