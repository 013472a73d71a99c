"""Writes a histogram as a matplotlib script."""

from runcase.curves.figures.histogram import Histogram
from runcase.curves.scales import ScaleKind
from runcase.curves.scripts.scatter import PALETTE
from runcase.curves.scripts.writing import axis, listed, moments, quoted, script, values_at


def histogram_script(figure: Histogram) -> str:
    """Return the program of a figure."""
    title = figure.groups.title if figure.groups is not None else ""
    labels = figure.groups.labels if figure.groups is not None else ("runs",)
    body = [listed("edges", values_at(figure.x, figure.edges)), *moments(figure.x, "edges")]
    body.append("counts = {")
    for label, counts in zip(labels, figure.counts, strict=True):
        body.append(f"    {quoted(label)}: [{', '.join(str(int(each)) for each in counts)}],")
    body.append("}")
    colors = PALETTE if figure.groups is not None else ("#5688dc",)
    gap = 0.06 if figure.x.kind is ScaleKind.CATEGORY else 0.0
    body += [
        listed("colors", [colors[at % len(colors)] for at in range(len(labels))]),
        "widths = [right - left for left, right in zip(edges, edges[1:])]",
        "floor = [0] * len(widths)",
        "for color, (name, heights) in zip(colors, counts.items()):",
        f"    ax.bar([e + w * {gap} for e, w in zip(edges, widths)], heights,",
        f"           [w * {1 - 2 * gap:g} for w in widths], floor, align='edge', label=name,",
        "           color=color, edgecolor='white', linewidth=0.6)",
        "    floor = [low + height for low, height in zip(floor, heights)]",
        *axis("x", figure.x),
        'ax.set_ylabel("runs")',
        'ax.grid(axis="y", color="#eceef2")',
        "ax.set_axisbelow(True)",
    ]
    if figure.groups is not None:
        body.append(f"ax.legend(title={quoted(title)}, frameon=False)")
    return script(f"Histogram of {figure.x.title}", body)
