"""The charts of a page: one for each metric, and those that the person added, changed or moved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from runcase.curves.chart import Chart, ChartKind, Role, as_json, from_json
from runcase.itemmodels.chart_kinds import ONLY_SHOWN, chart_title
from runcase.itemmodels.directions import Direction, direction

OWN = "own"
MODEL = "model"
SYSTEM = "system"
_DEFAULT = "metric:"  # before the key: the id of a metric's own chart
_SYSTEM = "system/"


@dataclass(frozen=True, slots=True)
class Section:
    """Charts under one title, in order; `id` is kept with what is folded."""

    id: str
    title: str
    charts: tuple[Chart, ...]


class ChartBook:
    """Which charts there are, in which order and section; plain values, kept in a view."""

    def __init__(self) -> None:
        self._metrics: tuple[str, ...] = ()
        self._long: frozenset[str] | None = None
        self._bars = False
        self._own: dict[str, Chart] = {}
        self._removed: set[str] = set()
        self._orders: dict[str, list[str]] = {}
        self.folded: set[str] = set()

    def set_metrics(
        self, keys: Sequence[str], long: frozenset[str] | None, *, bars: bool = False
    ) -> None:
        """Take over which metrics there are.

        Args:
            keys: All of them.
            long: Those that are curves of several steps, None before that is known.
            bars: Whether a metric that is not is shown as bars, one a run, and not as dots.
        """
        self._metrics, self._long, self._bars = tuple(keys), long, bars

    def chart(self, chart_id: str) -> Chart | None:
        """Return a chart by its id; None when there is none."""
        if chart_id in self._own:
            return self._own[chart_id]
        key = chart_id.removeprefix(_DEFAULT)
        is_shown = key != chart_id and key in self._metrics and chart_id not in self._removed
        return self._of_metric(key) if is_shown else None

    def put(self, chart: Chart) -> None:
        """Add a chart, or change one."""
        self._own[chart.id] = chart
        self._removed.discard(chart.id)

    def remove(self, chart_id: str) -> None:
        """Take a chart away; a metric's own comes back with `restore`."""
        self._own.pop(chart_id, None)
        if chart_id.startswith(_DEFAULT):
            self._removed.add(chart_id)

    @property
    def removed(self) -> int:
        """Count the metrics' own charts that were taken away."""
        return len(self._removed & {_DEFAULT + key for key in self._metrics})

    def restore(self) -> None:
        """Bring back the metrics' own charts, unchanged and in their own order."""
        self._removed.clear()
        self._orders.clear()
        self._own = {each.id: each for each in self._own.values() if not _is_default(each.id)}

    def duplicate(self, chart_id: str) -> Chart | None:
        """Put a copy of a chart right behind it; returns the copy."""
        chart = self.chart(chart_id)
        if chart is None:
            return None
        copy = replace(chart, id=self.free_id())
        section = self.section_of(chart)
        order = self._order_in(section)
        self.put(copy)
        order.insert(order.index(chart_id) + 1 if chart_id in order else len(order), copy.id)
        self._orders[section] = order
        return copy

    def move(self, chart_id: str, before: str | None) -> None:
        """Put a chart before another of its section; None for the end."""
        chart = self.chart(chart_id)
        if chart is None:
            return
        section = self.section_of(chart)
        order = [each for each in self._order_in(section) if each != chart_id]
        at = order.index(before) if before in order else len(order)
        order.insert(at, chart_id)
        self._orders[section] = order

    def free_id(self) -> str:
        """Return an id that no chart has."""
        number = 1
        while f"chart:{number}" in self._own:
            number += 1
        return f"chart:{number}"

    def sections(self, search: str = "") -> list[Section]:
        """Return what to show, in order: the person's own, the model's, prefixes, the system's.

        Args:
            search: Words that a chart's title must all hold.
        """
        words = search.casefold().split()
        found: dict[str, list[Chart]] = {}
        for chart in self._every():
            name = chart_title(chart).casefold()
            if all(word in name for word in words):
                found.setdefault(self.section_of(chart), []).append(chart)
        ordered = sorted(found, key=_section_rank)
        return [
            Section(each, _section_title(each), tuple(self._arranged(each, found[each])))
            for each in ordered
        ]

    def section_of(self, chart: Chart) -> str:
        """Return the id of the section that a chart is in: the prefix of its first metric."""
        if chart.kind is not ChartKind.LINE and not _is_default(chart.id):
            return OWN
        names = chart.names(Role.Y)
        if len(names) > 1 and not _is_default(chart.id):
            return OWN
        first = _bare(chart, chart.name(Role.Y))
        if first.startswith(_SYSTEM):
            return SYSTEM
        if first not in self._metrics:
            return OWN  # an expression
        prefix, slash, _ = first.partition("/")
        return f"prefix:{prefix}" if slash and prefix else MODEL

    def as_json(self) -> dict[str, object]:
        """Return what differs from one chart a metric, as JSON values."""
        return {
            "charts": [as_json(each) for each in self._own.values()],
            "removed": sorted(self._removed),
            "orders": {section: list(order) for section, order in self._orders.items()},
            "folded": sorted(self.folded),
        }

    def set_json(self, value: object) -> None:
        """Take over what `as_json` returned; what is no such value is left out."""
        kept = value if isinstance(value, Mapping) else {}
        charts = [from_json(each) for each in _list(kept.get("charts"))]
        self._own = {each.id: each for each in charts if each is not None}
        self._removed = set(_texts(kept.get("removed")))
        orders = kept.get("orders")
        self._orders = {
            str(section): _texts(order)
            for section, order in (orders.items() if isinstance(orders, Mapping) else ())
        }
        self.folded = set(_texts(kept.get("folded")))

    def _of_metric(self, key: str) -> Chart:
        if not self._bars or self._long is None or key in self._long:
            return Chart(_DEFAULT + key, ChartKind.LINE, {Role.Y: (key,)})
        return Chart(
            _DEFAULT + key, ChartKind.BAR, {Role.Y: (f"metric:{key}",)}, {ONLY_SHOWN: True}
        )

    def _every(self) -> Iterable[Chart]:
        for key in self._metrics:
            chart = self.chart(_DEFAULT + key)
            if chart is not None:
                yield chart
        for chart in self._own.values():
            if not _is_default(chart.id):
                yield chart

    def _order_in(self, section: str) -> list[str]:
        inside = [each for each in self._every() if self.section_of(each) == section]
        return [each.id for each in self._arranged(section, inside)]

    def _arranged(self, section: str, charts: Iterable[Chart]) -> list[Chart]:
        places = {each: at for at, each in enumerate(self._orders.get(section, ()))}
        return sorted(charts, key=lambda chart: self._rank(chart, places))

    def _rank(self, chart: Chart, places: Mapping[str, int]) -> tuple[object, ...]:
        """Order by the person's hand, then curves before single values, then by name."""
        key = _bare(chart, chart.name(Role.Y))
        vague = direction(key) is Direction.UNKNOWN
        at = places.get(chart.id, len(places))
        return (at, key not in (self._long or ()), vague, key.casefold(), chart.id)


def _bare(chart: Chart, name: str) -> str:
    return name if chart.kind is ChartKind.LINE else name.partition(":")[2] or name


def _is_default(chart_id: str) -> bool:
    return chart_id.startswith(_DEFAULT)


def _section_rank(section: str) -> tuple[int, str]:
    return {OWN: 0, MODEL: 1, SYSTEM: 3}.get(section, 2), section


def _section_title(section: str) -> str:
    titles = {OWN: "My charts", MODEL: "Model metrics", SYSTEM: "System metrics"}
    return titles.get(section, section.removeprefix("prefix:"))


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


def _texts(value: object) -> list[str]:
    return [each for each in _list(value) if isinstance(each, str)]
