"""What a column does that is dropped on a chart: which axis it sets, or why it cannot."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from runcase.curves.chart import Chart, ChartKind, Role
from runcase.itemmodels import columns as titles
from runcase.itemmodels.chart_kinds import chart_title, kind_of
from runcase.store.records import ColumnKey, Kind


class Zone(StrEnum):
    """The part of a card that something is dropped on."""

    BOTTOM = "bottom"
    LEFT = "left"
    RIGHT = "right"


# Which role is where; a kind without a right one has its others reach to the edge.
_ROLES: Mapping[ChartKind, Mapping[Zone, Role]] = {
    ChartKind.LINE: {Zone.BOTTOM: Role.X, Zone.LEFT: Role.Y},
    ChartKind.SCATTER: {Zone.BOTTOM: Role.X, Zone.LEFT: Role.Y, Zone.RIGHT: Role.COLOR},
    ChartKind.PARALLEL: {Zone.BOTTOM: Role.AXES, Zone.LEFT: Role.AXES},
    ChartKind.BOX: {Zone.BOTTOM: Role.X, Zone.LEFT: Role.Y},
    # Bars lie: their values are along the bottom.
    ChartKind.BAR: {Zone.BOTTOM: Role.Y, Zone.LEFT: Role.X},
    ChartKind.HEAT: {Zone.BOTTOM: Role.X, Zone.LEFT: Role.Y, Zone.RIGHT: Role.Z},
    ChartKind.CONTOUR: {Zone.BOTTOM: Role.X, Zone.LEFT: Role.Y, Zone.RIGHT: Role.Z},
    ChartKind.HISTOGRAM: {Zone.BOTTOM: Role.X, Zone.LEFT: Role.X, Zone.RIGHT: Role.COLOR},
    ChartKind.CORRELATION: {Zone.BOTTOM: Role.AXES, Zone.LEFT: Role.AXES},
    ChartKind.IMPORTANCE: {Zone.BOTTOM: Role.Y, Zone.LEFT: Role.AXES},
}
# A line chart is dropped on for another curve; only a strip along its axis is for x.
_STRIP = 0.24
_RIGHT = 0.8


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a drop will do, in words; `chart` is None where it can do nothing."""

    chart: Chart | None
    title: str
    text: str


def zone_at(kind: ChartKind, across: float, up: float) -> Zone:
    """Return the part of a card of a kind at shares of its width and height from bottom left."""
    if across > _RIGHT and Zone.RIGHT in _ROLES.get(kind, {}):
        return Zone.RIGHT
    if kind is ChartKind.LINE:
        return Zone.BOTTOM if up < _STRIP else Zone.LEFT
    return Zone.BOTTOM if up < across else Zone.LEFT


def dropped_on(chart: Chart, key: ColumnKey, zone: Zone) -> Outcome:
    """Return a chart with a column in the role of a part of its card."""
    key = _plain(key)
    name, title = titles.encode(key), titles.said(key)
    where = f"in “{chart_title(chart)}”"
    role = _ROLES.get(chart.kind, {}).get(zone)
    if role is None or key.kind is Kind.MARK:
        return Outcome(None, f"No place for {title}", f"{where}: it takes no such column")
    slot = next((each for each in kind_of(chart).slots if each.role is role), None)
    if chart.kind is ChartKind.LINE:
        return _on_lines(chart, key, role)
    assert slot is not None
    if slot.numeric and key.kind in (Kind.TAG, Kind.DATASET, Kind.MODEL):
        return Outcome(None, f"No place for {title}", f"{where}: {slot.label} takes numbers only")
    if not slot.many:
        return Outcome(_with(chart, role, (name,)), f"{slot.label}: {title}", where)
    if name in chart.names(role):
        return Outcome(None, f"{title} is there already", where)
    names = (*chart.names(role), name)
    return Outcome(_with(chart, role, names), f"Add {title} to {slot.label}", where)


def dropped_beside(key: ColumnKey) -> Outcome:
    """Return a new chart, without an id, of a column that is dropped beside all cards."""
    key = _plain(key)
    title = titles.said(key)
    if key.kind is Kind.MARK:
        return Outcome(None, f"No chart of {title}", "charts take no such column")
    if key.kind is Kind.METRIC and not key.how:
        chart = Chart("", ChartKind.LINE, {Role.Y: (key.key,)})
        return Outcome(chart, f"New chart: curves of {title}", "beside the others")
    chart = Chart("", ChartKind.HISTOGRAM, {Role.X: (titles.encode(key),)})
    return Outcome(chart, f"New chart: histogram of {title}", "beside the others")


def _on_lines(chart: Chart, key: ColumnKey, role: Role) -> Outcome:
    title, where = titles.said(key), f"in “{chart_title(chart)}”"
    if key.kind is not Kind.METRIC:
        return Outcome(None, f"No place for {title}", f"{where}: curves are of metrics")
    metric = f"metrics.{key.key}"
    if role is Role.X:
        return Outcome(_with(chart, role, (key.key,)), f"X axis: {metric}", where)
    names = chart.names(Role.Y)
    if key.key in names:
        return Outcome(None, f"{metric} is there already", where)
    return Outcome(_with(chart, role, (*names, key.key)), f"Add curves of {metric}", where)


def _plain(key: ColumnKey) -> ColumnKey:
    """Return a metric itself for its sparkline."""
    return replace(key, how="") if key.how == titles.CURVE else key


def _with(chart: Chart, role: Role, names: tuple[str, ...]) -> Chart:
    return replace(chart, columns={**chart.columns, role: names})
