"""Short tables of a run: its metrics with their ranges, its params."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt

from runcase.curves.series import Series
from runcase.itemmodels import formats
from runcase.itemmodels.directions import Direction, direction
from runcase.itemmodels.searched_rows import SearchedRows
from runcase.store.records import MetricSummary

SERIES_ROLE = int(Qt.ItemDataRole.UserRole) + 1
STRONG_ROLE = int(Qt.ItemDataRole.UserRole) + 2
MONO_ROLE = int(Qt.ItemDataRole.UserRole) + 3
BETTER_ROLE = int(Qt.ItemDataRole.UserRole) + 4
WARN_ROLE = int(Qt.ItemDataRole.UserRole) + 5

HISTORY = 1


class MetricsModel(SearchedRows[MetricSummary]):
    """Metrics: key, history, last, min, max, number of points; system metrics last."""

    TITLES = ("Name", "History", "Last", "Min", "Max", "Points")
    NUMBERS = frozenset(TITLES[2:])

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._curves: Mapping[str, Series] = {}
        self._tags: Mapping[str, str] = {}

    def show(self, rows: Sequence[MetricSummary], experiment_tags: Mapping[str, str]) -> None:
        """Show the metrics of a run."""
        self._tags = experiment_tags
        self._put(
            sorted(rows, key=lambda each: (each.key.startswith("system/"), each.key.casefold()))
        )

    def show_curves(self, curves: Mapping[str, Series]) -> None:
        """Add the histories for the sparklines, by key."""
        self._curves = curves
        if self._shown:
            first, last = self.index(0, HISTORY), self.index(len(self._shown) - 1, HISTORY)
            self.dataChanged.emit(first, last)

    def _cell(self, number: int, column: int, role: int) -> Any:
        metric = self._shown[number]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(metric, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(metric, column)
        return self._look(metric, column, role)

    def _said(self, row: MetricSummary) -> str:
        return row.key

    def _text(self, metric: MetricSummary, column: int) -> str:
        if column in (2, 3, 4):
            values = (metric.last, metric.minimum, metric.maximum)
            places = formats.decimals_for(values)
            if metric.points == 1 and column > 2:
                return formats.MISSING
            return formats.number(values[column - 2], places)
        return {0: formats.one_line(metric.key), 5: formats.count(metric.points)}.get(column, "")

    def _tip(self, metric: MetricSummary, column: int) -> str:
        if column == 2:
            moment = formats.moment(metric.timestamp)
            return f"{formats.exact(metric.last)}\nstep {metric.step:,}, {moment}"
        if column in (3, 4):
            return formats.exact(metric.minimum if column == 3 else metric.maximum)
        return formats.excerpt(metric.key)

    def _look(self, metric: MetricSummary, column: int, role: int) -> Any:
        if role == SERIES_ROLE and column == HISTORY:
            return self._curves.get(metric.key)
        if role == STRONG_ROLE:
            return column == 2
        if role == MONO_ROLE:
            return column == 0
        if role == WARN_ROLE:
            return column == 2 and self._text(metric, 2) in ("NaN", "∞", f"{formats.MINUS}∞")
        if role == BETTER_ROLE:
            better = direction(metric.key, dict(self._tags))
            wanted = {Direction.LOWER: 3, Direction.HIGHER: 4}.get(better)
            return column == wanted and metric.points > 1
        return None


class ParamsModel(SearchedRows[tuple[str, str]]):
    """Params: key and value, verbatim on one line."""

    TITLES = ("Name", "Value")

    def show(self, params: Mapping[str, str]) -> None:
        """Show the params of a run, in order of key."""
        self._put(sorted(params.items(), key=lambda pair: pair[0].casefold()))

    def _cell(self, number: int, column: int, role: int) -> Any:
        text = self._shown[number][column]
        if role == Qt.ItemDataRole.DisplayRole:
            return formats.one_line(text)
        if role == Qt.ItemDataRole.ToolTipRole:
            return formats.excerpt(text)
        return True if role == MONO_ROLE else None

    def _said(self, row: tuple[str, str]) -> str:
        return " ".join(row)
