"""The experiments and the newest traces of a store, as rows of its overview."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt

from runcase.itemmodels import formats
from runcase.itemmodels.registry import CHIPS_ROLE, LINK_ROLE
from runcase.itemmodels.searched_rows import SearchedRows
from runcase.store.records import Experiment, Trace

_STATES = {"OK": "success", "ERROR": "error", "IN_PROGRESS": "accent"}


class ExperimentsModel(SearchedRows[Experiment]):
    """Experiments: active ones by name, then deleted ones."""

    TITLES = ("Name", "Runs", "Running", "Deleted runs", "Created", "Updated")
    NUMBERS = frozenset({"Runs", "Running", "Deleted runs"})

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = 0

    def show(self, experiments: Sequence[Experiment], now_ms: int) -> None:
        """Show experiments; ages are relative to `now_ms`."""
        self._now = now_ms
        self._put(
            sorted(
                experiments,
                key=lambda each: (each.lifecycle_stage == "deleted", each.name.casefold()),
            )
        )

    def _said(self, row: Experiment) -> str:
        return row.name

    def _cell(self, number: int, column: int, role: int) -> Any:
        each, title = self._shown[number], self.TITLES[column]
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


class TracesModel(SearchedRows[Trace]):
    """Traces in the order given: name, state, spans, duration, start, experiment."""

    TITLES = ("Name", "State", "Spans", "Duration", "Started", "Experiment")
    NUMBERS = frozenset({"Spans", "Duration"})

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = 0
        self._experiments: Mapping[str, str] = {}

    def show(self, traces: Sequence[Trace], experiments: Mapping[str, str], now_ms: int) -> None:
        """Show traces; `experiments` are names by id, ages are relative to `now_ms`."""
        self._experiments, self._now = experiments, now_ms
        self._put(traces)

    def _said(self, row: Trace) -> str:
        return row.name or row.trace_id

    def _cell(self, number: int, column: int, role: int) -> Any:
        each, title = self._shown[number], self.TITLES[column]
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
