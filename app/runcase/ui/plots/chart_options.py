"""How all charts of a page are looked at: plain values that a view of the experiment keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeVar

from runcase.curves.chart import Chart
from runcase.curves.drawing import View
from runcase.curves.groups import Band, Centre
from runcase.curves.series import XAxis
from runcase.curves.smoothing import Smoothing
from runcase.itemmodels.run_labels import PLAIN

T = TypeVar("T", bound=StrEnum)

# Charts beside each other; 0 for as many as there is room for, up to three.
COLUMNS = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Options:
    """What the toolbar and the menu Chart hold.

    Attributes:
        view: Axis, smoothing, scales and bands.
        raw: Whether the raw line stands behind a smoothed one.
        crosshair: Whether there is one.
        hide_outliers: Whether y is fitted to the 1st to 99th percentile.
        follow: Whether a zoomed chart moves along with new points.
        sync_x: Whether charts show the same range of x.
        columns: One of `COLUMNS`.
        group: The column that runs are grouped by, "" for none.
        template: How runs are named.
    """

    view: View = field(default_factory=View)
    raw: bool = True
    crosshair: bool = True
    hide_outliers: bool = False
    follow: bool = False
    sync_x: bool = False
    columns: int = 0
    group: str = ""
    template: str = PLAIN

    def of(self, chart: Chart) -> View:
        """Return how one chart is looked at: as all are, but for what was set for it alone."""
        return _view(self.view, chart.options)

    def as_json(self) -> dict[str, object]:
        """Return the options as JSON values, for a view."""
        view = self.view
        return {
            "axis": view.axis.value,
            "smoothing": view.smoothing,
            "smoothing_kind": view.kind.value,
            "log_x": view.log_x,
            "log_y": view.log_y,
            "centre": view.centre.value,
            "band": view.band.value,
            "raw": self.raw,
            "crosshair": self.crosshair,
            "hide_outliers": self.hide_outliers,
            "follow": self.follow,
            "sync_x": self.sync_x,
            "columns": self.columns,
            "group": self.group,
            "template": self.template,
        }

    def with_json(self, values: Mapping[str, object]) -> "Options":
        """Return these options with what `as_json` returned; no such value changes nothing."""
        columns = values.get("columns")
        return replace(
            self,
            view=_view(self.view, values),
            columns=columns if columns in COLUMNS and isinstance(columns, int) else self.columns,
            group=_text(values.get("group"), self.group),
            template=_text(values.get("template"), self.template) or PLAIN,
            **{
                name: _flag(values.get(name), getattr(self, name))
                for name in ("raw", "crosshair", "hide_outliers", "follow", "sync_x")
            },
        )


def fresh_options() -> dict[str, object]:
    """Return what a view keeps of charts that nobody has changed yet."""
    return {**Options().as_json(), "book": {}}


def _view(view: View, values: Mapping[str, object]) -> View:
    smoothing = values.get("smoothing")
    is_weight = isinstance(smoothing, int | float) and 0 <= smoothing < 1
    changed: dict[str, Any] = {
        "axis": _one(XAxis, values.get("axis"), view.axis),
        "smoothing": smoothing if is_weight else view.smoothing,
        "kind": _one(Smoothing, values.get("smoothing_kind"), view.kind),
        "log_x": _flag(values.get("log_x"), view.log_x),
        "log_y": _flag(values.get("log_y"), view.log_y),
        "centre": _one(Centre, values.get("centre"), view.centre),
        "band": _one(Band, values.get("band"), view.band),
    }
    return replace(view, **changed)


def _one(kind: type[T], value: object, default: T) -> T:
    return kind(value) if isinstance(value, str) and value in set(kind) else default


def _flag(value: object, default: bool) -> bool:
    return value if isinstance(value, bool) else default


def _text(value: object, default: str) -> str:
    return value if isinstance(value, str) else default
