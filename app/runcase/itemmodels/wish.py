"""What a person asks of a runs table: columns, sort, filter, groups, what is open and hidden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from runcase.itemmodels.directions import Direction
from runcase.store.records import ColumnKey

if TYPE_CHECKING:
    from runcase.store.frame_groups import GroupBy

Bools = npt.NDArray[np.bool_]
GroupPath = tuple[str | None, ...]
# The code of a text column in a group whose runs have different texts.
MIXED = -2


class Summary(StrEnum):
    """Which value of many runs stands in the row of their group or parent."""

    MEAN = "mean"
    MEDIAN = "median"
    LOW = "minimum"
    HIGH = "maximum"
    BEST = "best"


class Spread(StrEnum):
    """What stands behind a group's value."""

    NONE = "none"
    STD = "std"
    SEM = "sem"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person asked of the table.

    Attributes:
        columns: The shown columns, the name first.
        sort: Columns and whether each is descending, most important first.
        mask: (n,) bool, the runs that match the filter; None without one.
        nested: Whether runs stand below their parents; not within groups.
        expanded: Run ids whose children are shown, None for all.
        folded: Run ids whose children are not shown although a filter found some of them.
        groups: The levels of grouping, none for a list of runs.
        open_groups: The paths of labels of groups whose runs are shown, None for all.
        summary: Which value of its runs a group or a parent shows.
        spread: What stands behind it.
        pinned: Run ids that stay on top.
        hidden: Run ids that are left out.
        directions: What the person said about metrics, by key.
        experiment_tags: The experiment's tags, which may name its primary metric.
        decimals: The person's number of decimals, by column.
    """

    columns: tuple[ColumnKey, ...]
    sort: tuple[tuple[ColumnKey, bool], ...] = ()
    mask: Bools | None = None
    nested: bool = True
    expanded: frozenset[str] | None = frozenset()
    folded: frozenset[str] = frozenset()
    groups: tuple[GroupBy, ...] = ()
    open_groups: frozenset[GroupPath] | None = frozenset()
    summary: Summary = Summary.MEAN
    spread: Spread = Spread.STD
    pinned: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    directions: Mapping[str, Direction] = field(default_factory=dict)
    experiment_tags: Mapping[str, str] = field(default_factory=dict)
    decimals: Mapping[ColumnKey, int] = field(default_factory=dict)
