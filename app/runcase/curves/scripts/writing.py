"""The parts that the scripts of all charts of runs have in common."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from runcase.curves.scales import Scale, ScaleKind
from runcase.curves.series import Floats

_WIDTH = 96
GREY = "#7f8896"
# For names that do not fit beside each other.
ASLANT = ', rotation=35, ha="right", rotation_mode="anchor"'
_LONG = 60


@dataclass(frozen=True, slots=True)
class Look:
    """How a shown run looks: its name, and its colour such as "#333cd1"."""

    name: str
    color: str


def script(title: str, body: Iterable[str], *, size: tuple[float, float] = (7.2, 4.5)) -> str:
    """Return a whole program: it shows the figure, or saves it to a file named when called.

    Args:
        title: One line that says what is drawn.
        body: Lines that define the data and draw on `ax`.
        size: Of the figure, in inches.
    """
    says = title.replace("\\", "\\\\").replace('"', "'")
    lines = [
        f'"""{says}',
        "",
        "Needs matplotlib. Run it alone for a window, or with the name of a file to write.",
        '"""',
        "",
        "import sys",
        "from math import inf, nan",
        "",
        "import matplotlib.pyplot as plt",
        "",
        f"fig, ax = plt.subplots(figsize={size!r}, layout='constrained')",
        'ax.spines[["top", "right"]].set_visible(False)',
        "",
        *body,
        "",
        "if len(sys.argv) > 1:",
        "    fig.savefig(sys.argv[1], dpi=150)",
        "else:",
        "    plt.show()",
        "",
    ]
    return "\n".join(lines)


def listed(name: str, values: Iterable[object] | Floats) -> str:
    """Return an assignment of a list of numbers, texts or None, wrapped to lines."""
    items = [_literal(each) for each in values]
    one = f"{name} = [{', '.join(items)}]"
    return one if len(one) <= _WIDTH else f"{name} = [\n{_wrapped(items)}\n]"


def _wrapped(items: Sequence[str]) -> str:
    lines: list[str] = []
    line = "   "
    for item in items:
        if len(line) + len(item) + 2 > _WIDTH and line.strip():
            lines.append(line)
            line = "   "
        line += f" {item},"
    return "\n".join([*lines, line])


def _literal(value: object) -> str:
    if isinstance(value, np.generic):
        value = value.item()
    return repr(value)


def shown(text: str) -> str:
    """Return a text that matplotlib shows as it is: a dollar would begin a formula."""
    return str(text).replace("$", "\\$")


def quoted(text: str) -> str:
    """Return the literal of a text that is shown."""
    return repr(shown(text))


def axis(letter: str, scale: Scale) -> list[str]:
    """Return the lines that make an axis of `ax` as a scale is: log, categories or limits."""
    lines = []
    unit = " (ms)" if scale.kind is ScaleKind.DURATION else ""
    title = shown(scale.title) + unit
    if scale.kind is ScaleKind.LOG:
        lines.append(f'ax.set_{letter}scale("log")')
    if scale.kind is ScaleKind.CATEGORY:
        lines.append(listed(f"{letter}_labels", map(shown, scale.labels)))
        is_long = letter == "x" and sum(len(text) for text in scale.labels) > _LONG
        aslant = ASLANT if is_long else ""
        lines.append(f"ax.set_{letter}ticks(range(len({letter}_labels)), {letter}_labels{aslant})")
    if title:
        lines.append(f"ax.set_{letter}label({title!r})")
    return lines


def moments(scale: Scale, name: str) -> list[str]:
    """Return the lines that turn ms of a list into local times, where a scale is one of times."""
    if scale.kind is not ScaleKind.TIME:
        return []
    return [
        "from datetime import datetime",
        f"{name} = [nan if v != v else datetime.fromtimestamp(v / 1000) for v in {name}]",
    ]


def values_at(scale: Scale, places: Floats) -> list[Any]:
    """Return the values at places, for a list."""
    if scale.kind is ScaleKind.LOG:
        return [scale.value(place) for place in places.tolist()]
    found: list[Any] = places.tolist()
    return found


def comment(text: str) -> str:
    """Return a comment of one line."""
    return f"# {textwrap.shorten(text, _WIDTH)}"


def color_of(run_id: str, looks: Mapping[str, Look]) -> str:
    """Return the colour of a run, "" for one that is not shown."""
    found = looks.get(run_id)
    return found.color if found is not None else ""
