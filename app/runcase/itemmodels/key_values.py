"""Short tables of a run: its metrics with their ranges, its params."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from runcase.curves.series import Series
from runcase.itemmodels import formats
from runcase.itemmodels.directions import Direction, direction
from runcase.store.records import MetricSummary

Index = QModelIndex | QPersistentModelIndex
SERIES_ROLE = int(Qt.ItemDataRole.UserRole) + 1
STRONG_ROLE = int(Qt.ItemDataRole.UserRole) + 2
MONO_ROLE = int(Qt.ItemDataRole.UserRole) + 3
BETTER_ROLE = int(Qt.ItemDataRole.UserRole) + 4
WARN_ROLE = int(Qt.ItemDataRole.UserRole) + 5

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
HISTORY = 1


class _Table(QAbstractTableModel):
    """A table in memory whose rows a search narrows."""

    TITLES: tuple[str, ...] = ()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: list[str] = []
        self._shown: list[int] = []

    def search(self, text: str) -> None:
        """Show only rows that hold every word."""
        self._words = text.casefold().split()
        self._narrow()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own signature
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own signature
        return 0 if parent.isValid() else len(self.TITLES)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.TITLES[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return self._aligned(section)
        return None

    def _aligned(self, _column: int) -> Qt.AlignmentFlag | None:
        """Return how a column stands; None for the view's own way."""
        return None

    def _texts(self) -> list[str]:
        raise NotImplementedError

    def _narrow(self) -> None:
        self.beginResetModel()
        self._shown = [
            at
            for at, text in enumerate(self._texts())
            if all(word in text.casefold() for word in self._words)
        ]
        self.endResetModel()


class MetricsModel(_Table):
    """Metrics: key, history, last, min, max, number of points; system metrics last."""

    TITLES = ("Name", "History", "Last", "Min", "Max", "Points")

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[MetricSummary] = []
        self._curves: Mapping[str, Series] = {}
        self._tags: Mapping[str, str] = {}

    def show(self, rows: Sequence[MetricSummary], experiment_tags: Mapping[str, str]) -> None:
        """Show the metrics of a run."""
        self._tags = experiment_tags
        self._rows = sorted(
            rows, key=lambda each: (each.key.startswith("system/"), each.key.casefold())
        )
        self._narrow()

    def show_curves(self, curves: Mapping[str, Series]) -> None:
        """Add the histories for the sparklines, by key."""
        self._curves = curves
        if self._shown:
            first, last = self.index(0, HISTORY), self.index(len(self._shown) - 1, HISTORY)
            self.dataChanged.emit(first, last)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        metric = self._rows[self._shown[index.row()]]
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(metric, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._aligned(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(metric, column)
        return self._look(metric, column, role)

    def _aligned(self, column: int) -> Qt.AlignmentFlag | None:
        return _RIGHT if column > HISTORY else None

    def _texts(self) -> list[str]:
        return [row.key for row in self._rows]

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


class ParamsModel(_Table):
    """Params: key and value, verbatim on one line."""

    TITLES = ("Name", "Value")

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, str]] = []

    def show(self, params: Mapping[str, str]) -> None:
        """Show the params of a run, in order of key."""
        self._rows = sorted(params.items(), key=lambda pair: pair[0].casefold())
        self._narrow()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        key, value = self._rows[self._shown[index.row()]]
        if role == Qt.ItemDataRole.DisplayRole:
            return formats.one_line(key if index.column() == 0 else value)
        if role == Qt.ItemDataRole.ToolTipRole:
            return formats.excerpt(key if index.column() == 0 else value)
        if role == MONO_ROLE:
            return True
        return None

    def _texts(self) -> list[str]:
        return [f"{key} {value}" for key, value in self._rows]
