"""Writes curves as a matplotlib script."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from runcase.curves.drawing import Drawn, View
from runcase.curves.scripts.writing import comment, listed, script
from runcase.curves.series import Floats, XAxis


@dataclass(frozen=True, slots=True, eq=False)
class DrawnLook:
    """A drawn line with its label, its colour such as "#333cd1", and its dashes in pixels."""

    drawn: Drawn
    label: str
    color: str
    dashes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Axes:
    """What the window shows: title, the axes' names, and their ranges in the axes' own units."""

    title: str
    x: str
    y: str
    x_range: tuple[float, float]
    y_range: tuple[float, float]


def line_script(lines: Sequence[DrawnLook], axes: Axes, view: View, *, along: bool = False) -> str:
    """Return the program of a line chart as it is drawn: its points are those on the screen.

    Args:
        lines: In the order of painting.
        axes: Names and ranges.
        view: Scales, and what runs along x.
        along: Whether another metric does.
    """
    is_time = view.axis is XAxis.WALL and not along and not view.log_x
    body = [comment("Reduced to the pixels of the window; every extreme is kept.")]
    if is_time:
        body = ["from datetime import datetime", "", *body]
    for number, each in enumerate(lines):
        body += _line(number, each, view, is_time)
    body += _axes(axes, view, is_time)
    if any(not each.drawn.line.faint for each in lines):
        body.append("ax.legend(frameon=False, fontsize=8)")
    return script(axes.title, body)


def _line(number: int, each: DrawnLook, view: View, is_time: bool) -> list[str]:
    drawn, name = each.drawn, f"{number}"
    line = drawn.line
    style = f'color="{each.color}", linewidth=1.2'
    if each.dashes:
        style += f", linestyle=(0, {each.dashes!r})"
    body = ["", *_xy(name, drawn.x, drawn.y, view, is_time)]
    if len(drawn.raw_x):
        body += _xy(f"{name}_raw", drawn.raw_x, drawn.raw_y, view, is_time)
        faint = f'color="{each.color}", linewidth=0.8, alpha=0.3'
        body.append(f"ax.plot(x{name}_raw, y{name}_raw, {faint})")
    if line.band is not None and np.isfinite(line.band.low).any():
        low, high = (_plain(edge, view.log_y) for edge in (line.band.low, line.band.high))
        body += [*_xs(f"{name}_band", line.band.x, view, is_time)]
        body += [listed(f"low{name}", low), listed(f"high{name}", high)]
        band = f'color="{each.color}", alpha=0.17, linewidth=0'
        body.append(f"ax.fill_between(x{name}_band, low{name}, high{name}, {band})")
    label = "" if line.faint else f", label={each.label.replace('$', chr(92) + '$')!r}"
    if line.faint:
        style += ", alpha=0.22"
    if np.count_nonzero(np.isfinite(drawn.y)) == 1:
        style += ', marker="o", markersize=4'
    return [*body, f"ax.plot(x{name}, y{name}, {style}{label})", *_marks(each, view, is_time)]


def _marks(each: DrawnLook, view: View, is_time: bool) -> list[str]:
    """Return what marks ∞, −∞ and NaN at the edges, as the window does."""
    lines = []
    drawn = each.drawn
    for x, height, marker in (
        (drawn.above, 0.98, "^"), (drawn.below, 0.02, "v"), (drawn.nothing, 0.02, "x"),
    ):  # fmt: skip
        if len(x):
            style = f'"{marker}", color="{each.color}", markersize=5'
            where = "transform=ax.get_xaxis_transform()"
            lines += _xs("_marks", x, view, is_time)
            lines.append(f"ax.plot(x_marks, [{height}] * len(x_marks), {style}, {where})")
    return lines


def _axes(axes: Axes, view: View, is_time: bool) -> list[str]:
    x_range = _ends(axes.x_range, view.log_x)
    if is_time:
        x_range = ", ".join(f"datetime.fromtimestamp({each:.3f})" for each in axes.x_range)
    lines = [""]
    if view.log_x:
        lines.append('ax.set_xscale("log")')
    if view.log_y:
        lines.append('ax.set_yscale("log")')
    return [
        *lines,
        f"ax.set_xlim({x_range})",
        f"ax.set_ylim({_ends(axes.y_range, view.log_y)})",
        f"ax.set_xlabel({'time' if is_time else axes.x.replace('$', chr(92) + '$')!r})",
        f"ax.set_ylabel({axes.y.replace('$', chr(92) + '$')!r})",
        'ax.grid(axis="y", alpha=0.25)',
    ]


def _xy(name: str, x: Floats, y: Floats, view: View, is_time: bool) -> list[str]:
    return [*_xs(name, x, view, is_time), listed(f"y{name}", _plain(y, view.log_y))]


def _xs(name: str, x: Floats, view: View, is_time: bool) -> list[str]:
    lines = [listed(f"x{name}", _plain(x, view.log_x))]
    if is_time:
        lines.append(f"x{name} = [datetime.fromtimestamp(each) for each in x{name}]")
    return lines


def _plain(values: Floats, log: bool) -> Floats:
    """Return numbers of an axis as numbers, with as many digits as a picture can show."""
    plain = 10**values if log else values
    with np.errstate(all="ignore"):
        rounded: Floats = np.array([float(f"{each:.13g}") for each in plain.tolist()])
    return rounded


def _ends(found: tuple[float, float], log: bool) -> str:
    return ", ".join(f"{10**each if log else each:.10g}" for each in found)
