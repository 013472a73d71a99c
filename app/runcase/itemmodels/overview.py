"""The experiments and the newest traces of a store, as rows of its overview."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from runcase.itemmodels import formats
from runcase.itemmodels.registry import CHIPS_ROLE, LINK_ROLE
from runcase.store.records import Experiment, Trace

Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_STATES = {"OK": "success", "ERROR": "error", "IN_PROGRESS": "accent"}


class _Rows(QAbstractTableModel):
    """Rows in memory that a search narrows; a subclass writes the cells."""

    TITLES: tuple[str, ...] = ()
    RIGHT: frozenset[str] = frozenset()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: list[str] = []
        self._shown: list[int] = []
        self._now = 0

    @property
    def total(self) -> int:
        """Count the rows before the search."""
        return len(self._names())

    def search(self, text: str) -> None:
        """Show only rows whose name has every word."""
        self._words = text.casefold().split()
        self._narrow()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own signature
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own signature
        return 0 if parent.isValid() else len(self.TITLES)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.TITLES[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and self.TITLES[section] in self.RIGHT:
            return int(_RIGHT)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        title = self.TITLES[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_RIGHT) if title in self.RIGHT else None
        return self._cell(self._shown[index.row()], title, role)

    def _names(self) -> list[str]:
        raise NotImplementedError

    def _cell(self, at: int, title: str, role: int) -> Any:
        raise NotImplementedError

    def _narrow(self) -> None:
        self.beginResetModel()
        self._shown = [
            at
            for at, name in enumerate(self._names())
            if all(word in name.casefold() for word in self._words)
        ]
        self.endResetModel()


class ExperimentsModel(_Rows):
    """Experiments: active ones by name, then deleted ones."""

    TITLES = ("Name", "Runs", "Running", "Deleted runs", "Created", "Updated")
    RIGHT = frozenset({"Runs", "Running", "Deleted runs"})

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._every: list[Experiment] = []

    def show(self, experiments: Sequence[Experiment], now_ms: int) -> None:
        """Show experiments; ages are relative to `now_ms`."""
        self._now = now_ms
        self._every = sorted(
            experiments, key=lambda each: (each.lifecycle_stage == "deleted", each.name.casefold())
        )
        self._narrow()

    def experiment(self, row: int) -> Experiment:
        """Return the experiment of a row."""
        return self._every[self._shown[row]]

    def _names(self) -> list[str]:
        return [each.name for each in self._every]

    def _cell(self, at: int, title: str, role: int) -> Any:
        each = self._every[at]
        deleted = each.lifecycle_stage == "deleted"
        if role == LINK_ROLE:
            return title == "Name" and not deleted
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(each, title)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(each, title)
        return None

    def _text(self, each: Experiment, title: str) -> str:
        match title:
            case "Name":
                deleted = each.lifecycle_stage == "deleted"
                name = formats.one_line(each.name)
                return f"{name} (deleted)" if deleted else name
            case "Runs":
                return formats.count(each.active_runs)
            case "Running":
                return formats.count(each.running_runs) if each.running_runs else ""
            case "Deleted runs":
                return formats.count(each.deleted_runs) if each.deleted_runs else ""
            case "Created":
                return formats.age(each.creation_time, self._now)
            case _:
                return formats.age(each.last_update_time, self._now)

    def _tip(self, each: Experiment, title: str) -> str:
        if title == "Created":
            return formats.moment_with_zone(each.creation_time)
        if title == "Updated":
            return formats.moment_with_zone(each.last_update_time)
        return formats.excerpt(f"{each.name}\nid {each.experiment_id}")


class TracesModel(_Rows):
    """Traces in the order given: name, state, spans, duration, start, experiment."""

    TITLES = ("Name", "State", "Spans", "Duration", "Started", "Experiment")
    RIGHT = frozenset({"Spans", "Duration"})

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._every: list[Trace] = []
        self._experiments: Mapping[str, str] = {}

    def show(self, traces: Sequence[Trace], experiments: Mapping[str, str], now_ms: int) -> None:
        """Show traces; `experiments` are names by id, ages are relative to `now_ms`."""
        self._every, self._experiments, self._now = list(traces), experiments, now_ms
        self._narrow()

    def trace(self, row: int) -> Trace:
        """Return the trace of a row."""
        return self._every[self._shown[row]]

    def _names(self) -> list[str]:
        return [each.name or each.trace_id for each in self._every]

    def _cell(self, at: int, title: str, role: int) -> Any:
        each = self._every[at]
        if role == CHIPS_ROLE:
            return ((each.state, _STATES.get(each.state, "plain")),) if title == "State" else ()
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(each, title)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(each, title)
        return None

    def _text(self, each: Trace, title: str) -> str:
        match title:
            case "Name":
                return formats.one_line(each.name or each.trace_id)
            case "Spans":
                return formats.count(each.spans) if each.spans else formats.MISSING
            case "Duration":
                return formats.duration(each.duration)
            case "Started":
                return formats.age(each.timestamp, self._now)
            case "Experiment":
                return formats.one_line(self._experiments.get(each.experiment_id, ""))
            case _:
                return each.state

    def _tip(self, each: Trace, title: str) -> str:
        if title == "Started":
            return formats.moment_with_zone(each.timestamp)
        if title == "Name":
            parts = (each.trace_id, each.request_preview or "")
            return formats.excerpt("\n".join(part for part in parts if part))
        if title == "Spans" and not each.spans:
            return "The spans of this trace are not in the database"
        return self._text(each, title)
