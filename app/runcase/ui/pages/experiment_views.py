"""Turns how an experiment is looked at into a `View` that is kept, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from runcase.itemmodels import columns as titles
from runcase.itemmodels.directions import Direction
from runcase.itemmodels.wish import Spread, Summary, Wish
from runcase.local.records import View
from runcase.store.records import ColumnKey
from runcase.ui.widgets.runs_table import RunsTable

if TYPE_CHECKING:
    from runcase.store.frame_groups import GroupBy

T = TypeVar("T", Summary, Spread, Direction)

_NO_DIRECTION = "none"
_BINS = "*"  # between the number of bins and the column's name


def columns_of(view: View) -> list[ColumnKey]:
    """Return the columns of a view that this version knows."""
    return [key for key in map(titles.decode, view.columns) if key is not None]


def pinned_of(view: View) -> tuple[ColumnKey, ...]:
    """Return the columns that a view keeps beside the name."""
    shown = set(columns_of(view))
    return tuple(key for key in map(titles.decode, view.pinned) if key in shown and key is not None)


def wish_of(view: View, experiment_tags: Mapping[str, str]) -> Wish:
    """Return sort, groups and the rest of what a view asks for; its columns are `columns_of`."""
    sort = [(titles.decode(name), bool(descending)) for name, descending in view.sort]
    groups = [_group(name) for name in view.groups]
    decimals = {titles.decode(name): count for name, count in view.decimals.items()}
    return Wish(
        columns=(titles.NAME,),
        sort=tuple((key, descending) for key, descending in sort if key is not None),
        nested=view.nested,
        groups=tuple(each for each in groups if each is not None),
        summary=_known(Summary, view.summary, Summary.MEAN),
        spread=_known(Spread, view.spread, Spread.STD),
        directions={key: _direction(way) for key, way in view.directions.items()},
        decimals={key: count for key, count in decimals.items() if key is not None},
        experiment_tags=experiment_tags,
    )


def view_of(
    table: RunsTable, mode: str, split: int, charts: Mapping[str, object], name: str = ""
) -> View:
    """Return how an experiment is looked at now."""
    wish = table.loader.wish
    return View(
        name=name,
        columns=tuple(titles.encode(key) for key in table.runs.columns if key != titles.NAME),
        widths=table.view.widths(),
        pinned=tuple(titles.encode(key) for key in table.pinned),
        sort=tuple((titles.encode(key), descending) for key, descending in wish.sort),
        groups=tuple(_group_name(each) for each in wish.groups),
        filter=table.loader.filter_text,
        nested=wish.nested,
        mode=mode,
        split=split,
        charts=charts,
        directions={key: _direction_name(way) for key, way in wish.directions.items()},
        decimals={titles.encode(key): count for key, count in wish.decimals.items()},
        summary=wish.summary.value,
        spread=wish.spread.value,
        bars=table.view.delegate.bars,
    )


def _group(name: str) -> GroupBy | None:
    from runcase.store.frame_groups import GroupBy  # few views have groups

    bins, found, rest = name.partition(_BINS)
    key = titles.decode(rest if found and bins.isdecimal() else name)
    if key is None:
        return None
    return GroupBy(key, int(bins) if found and bins.isdecimal() else 0)


def _group_name(group: GroupBy) -> str:
    name = titles.encode(group.column)
    return f"{group.bins}{_BINS}{name}" if group.bins else name


def _direction(name: str) -> Direction:
    return _known(Direction, name, Direction.UNKNOWN)


def _direction_name(way: Direction) -> str:
    return _NO_DIRECTION if way is Direction.UNKNOWN else way.value


def _known(kind: type[T], name: str, default: T) -> T:
    return kind(name) if name in set(kind) else default
