"""How the runs of charts look: names by a template, colours and dashes, and their groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QObject, Signal

from runcase.curves.run_table import RunTable
from runcase.itemmodels.run_labels import PLAIN, template
from runcase.itemmodels.run_values import Rows, read_table
from runcase.session.session import Session
from runcase.store.frame import RunFrame
from runcase.ui.plots.chart_view import CurveStyle, group_id
from runcase.ui.plots.deferred import ChartedRun
from runcase.ui.theme import Theme


@dataclass(frozen=True, slots=True, eq=False)
class RunsSource:
    """The runs table behind charts.

    Attributes:
        frame: Its runs.
        rows: (n,) the rows that match the filter, in the order of the frame.
        columns: The columns that can be shown, as views spell them.
        tags: Of the experiment: they may name its primary metric.
    """

    frame: RunFrame
    rows: Rows
    columns: tuple[str, ...]
    tags: Mapping[str, str] = field(default_factory=dict)


class RunLooks(QObject):
    """The looks of the charted runs; `changed` follows another name, colour or group."""

    changed = Signal()

    def __init__(self, theme: Theme, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme, self._session = theme, session
        self.runs: tuple[ChartedRun, ...] = ()
        self.source: RunsSource | None = None
        self.template = PLAIN
        self.group_column = ""
        self._names: dict[str, str] = {}
        self._groups: dict[str, str] | None = None
        self._labels: tuple[str, ...] = ()
        self._asked: object = None

    @property
    def groups(self) -> dict[str, str] | None:
        """Return each run's group by its id, None where runs stand for themselves.

        Those of another column stay until the values of this one are read.
        """
        return self._groups if self.group_column else None

    def set_runs(self, runs: Sequence[ChartedRun]) -> None:
        """Take over which runs are charted, their names and colours."""
        if tuple(runs) != self.runs:
            self.runs = tuple(runs)
            self._read()
            self.changed.emit()

    def set_source(self, source: RunsSource | None) -> None:
        """Take over the table that params and tags are read from."""
        self.source = source
        self._read()

    def set_template(self, text: str) -> None:
        """Name runs otherwise."""
        if text != self.template:
            self.template = text or PLAIN
            self._read()
            self.changed.emit()

    def set_group(self, column: str) -> None:
        """Group runs by a column, "" for not at all."""
        if column != self.group_column:
            self.group_column = column
            if not column:
                self._groups, self._labels = None, ()
            self._read()
            self.changed.emit()

    def styles(self, *, light: bool = False) -> dict[str, CurveStyle]:
        """Return the style of each charted run by its id, and of each group; see `Styles`."""
        theme, styles = self._theme, {}
        for run in self.runs:
            name = self._names.get(run.run_id, run.name)
            if run.color is None:
                styles[run.run_id] = CurveStyle(name, theme.color("muted", light=light))
            else:
                color = theme.run_color(run.color, light=light)
                styles[run.run_id] = CurveStyle(name, color, dashes_of(run.color))
        for at, label in enumerate(self._labels):
            color = theme.run_color(at, light=light)
            styles[group_id(label)] = CurveStyle(label, color, dashes_of(at))
        return styles

    def _read(self) -> None:
        """Read the values that names and groups are made of, if any are needed."""
        parsed = template(self.template)
        needed = tuple(dict.fromkeys([*parsed.columns, *filter(None, [self.group_column])]))
        source = self.source
        if source is None or (self.template == PLAIN and not self.group_column):
            self._asked = None
            self._names, self._groups, self._labels = {}, None, ()
            return
        asked = (tuple(run.run_id for run in self.runs), self.template, needed, id(source.frame))
        if asked == self._asked:
            return
        self._asked = asked
        rows = source.frame.ids.rows_of([run.run_id for run in self.runs])
        self._session.ask(
            self._session.read(read_table, source.frame, rows[rows >= 0], needed),
            owner=self,
            then=self._have,
            key="looks",
        )

    def _have(self, table: RunTable) -> None:
        parsed = template(self.template)
        self._names = {run_id: parsed.label(table, row) for row, run_id in enumerate(table.run_ids)}
        values = table.columns.get(self.group_column)
        self._groups, self._labels = None, ()
        if values is not None:
            texts, codes = values.labels, values.codes
            if not texts:  # a metric or a time: its numbers are its labels
                known, at = np.unique(values.numbers, return_inverse=True)
                codes = at.astype(np.int32)
                texts = tuple(f"{value:g}" if value == value else "" for value in known)
            self._groups = {
                run_id: texts[code] if code >= 0 else ""
                for run_id, code in zip(table.run_ids, codes.tolist(), strict=True)
            }
            used = set(self._groups.values())
            missing = ("",) if "" in used else ()
            self._labels = (*(text for text in texts if text in used and text), *missing)
        self.changed.emit()


def dashes_of(index: int) -> tuple[int, ...]:
    """Return a palette index's dashes: six of twelve are solid; past twelve, all are dotted."""
    return (2, 3) if index >= 12 else (6, 3) if index >= 6 else ()
