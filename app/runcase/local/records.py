"""What a person noted, as plain values: frozen, so that they cross threads without locks."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Mark:
    """What a person noted of one run; `color` is an index into the run palette."""

    star: bool = False
    pin: bool = False
    hidden: bool = False
    color: int | None = None
    note: str = ""


PLAIN = Mark()


@dataclass(frozen=True, slots=True)
class View:
    """How one experiment is looked at.

    Attributes:
        name: What the person called it, "" for the view that is shown now.
        columns: The names of the shown columns in order, such as "metric:val/loss".
        widths: Pixels at zoom 1 by column name.
        pinned: The columns that stay beside the run's name.
        sort: Column and whether descending, the most important first.
        groups: The columns that runs are grouped by, the outermost first.
        filter: The text of the filter.
        nested: Whether runs are shown below their parents.
        mode: What is shown: "table", "split" or "charts".
        split: The table's share of the height in percent.
        charts: What the charts show; JSON values whose meaning is the charts' own.
        directions: "lower", "higher" or "none" by metric.
        decimals: Digits after the point by column name.
        summary: Which value of its runs a group shows, such as "mean".
        spread: What stands behind it: "std", "sem" or "none".
        bars: Whether numbers have bars.
    """

    name: str = ""
    columns: tuple[str, ...] = ()
    widths: Mapping[str, int] = field(default_factory=dict)
    pinned: tuple[str, ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()
    groups: tuple[str, ...] = ()
    filter: str = ""
    nested: bool = True
    mode: str = "split"
    split: int = 52
    charts: Mapping[str, object] = field(default_factory=dict)
    directions: Mapping[str, str] = field(default_factory=dict)
    decimals: Mapping[str, int] = field(default_factory=dict)
    summary: str = "mean"
    spread: str = "std"
    bars: bool = True
