"""What one chart shows: its kind, the columns in each role, and its own options."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ChartKind(StrEnum):
    """How a chart draws; the words are those that views keep."""

    LINE = "line"
    SCATTER = "scatter"
    PARALLEL = "parallel"
    BOX = "box"
    BAR = "bar"
    HEAT = "heat"
    CONTOUR = "contour"
    HISTOGRAM = "histogram"
    CORRELATION = "correlation"
    IMPORTANCE = "importance"
    IMAGES = "images"


class Role(StrEnum):
    """What a column is for in a chart.

    A line chart has metrics or expressions of them as Y; parallel coordinates and the correlation
    matrix have AXES; the image grid has the keys of logged images as AXES.
    """

    X = "x"
    Y = "y"
    Z = "z"
    COLOR = "color"
    SIZE = "size"
    AXES = "axes"


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart of an experiment; frozen, so that it crosses threads and is kept in views.

    Attributes:
        id: Stays the same while the chart changes; unique on its page.
        kind: How it draws.
        columns: The columns in each role. For lines: metrics and expressions as they are written.
            For all others: columns as the table's views spell them, such as "param:lr".
        options: JSON values whose meaning is the kind's own.
        title: What the person called it, "" for a title made of the columns.
    """

    id: str
    kind: ChartKind
    columns: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)
    options: Mapping[str, object] = field(default_factory=dict)
    title: str = ""

    def names(self, role: Role) -> tuple[str, ...]:
        """Return the columns in a role, in order."""
        return self.columns.get(role, ())

    def name(self, role: Role) -> str:
        """Return the first column in a role, "" for none."""
        found = self.names(role)
        return found[0] if found else ""


def as_json(chart: Chart) -> dict[str, Any]:
    """Return a chart as JSON values, for a view."""
    return {
        "id": chart.id,
        "kind": chart.kind.value,
        "columns": {role.value: list(names) for role, names in chart.columns.items()},
        "options": dict(chart.options),
        "title": chart.title,
    }


def from_json(value: object) -> Chart | None:
    """Return the chart of a view, None for what this version does not know."""
    if not isinstance(value, Mapping):
        return None
    kind, columns = value.get("kind"), value.get("columns")
    if not isinstance(kind, str) or kind not in set(ChartKind) or not value.get("id"):
        return None
    options = value.get("options")
    return Chart(
        str(value["id"]),
        ChartKind(kind),
        _columns(columns) if isinstance(columns, Mapping) else {},
        {str(name): each for name, each in options.items()} if isinstance(options, Mapping) else {},
        str(value.get("title") or ""),
    )


def _columns(value: Mapping[Any, Any]) -> dict[Role, tuple[str, ...]]:
    return {
        Role(role): tuple(each for each in names if isinstance(each, str))
        for role, names in value.items()
        if role in set(Role) and isinstance(names, list | tuple)
    }
