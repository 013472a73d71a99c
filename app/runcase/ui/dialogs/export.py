"""Export Table: which runs and columns go to a file, as what and where; shows how far it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QGridLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from runcase.errors import RuncaseError
from runcase.itemmodels import formats
from runcase.progress import Progress
from runcase.session.jobs import Job
from runcase.session.session import Session
from runcase.store.export import SUFFIXES, write
from runcase.store.export_load import with_columns
from runcase.store.export_text import Format
from runcase.store.export_values import RunTable, is_exportable
from runcase.store.frame import RunFrame
from runcase.store.records import ColumnKey, Kind
from runcase.ui.dialogs.export_place import ExportPlace
from runcase.ui.settings import Settings
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Segments, button, label, row

Rows = npt.NDArray[np.int64]

_RUN_ID = ColumnKey(Kind.ATTRIBUTE, "run_id")
_ATTRIBUTES = (
    "run_name", "experiment_id", "status", "start_time", "end_time", "duration", "user_id",
    "lifecycle_stage", "parent_id", "artifact_uri",
)  # fmt: skip
_FORMATS = (
    (Format.CSV, "CSV", "UTF-8; every value in full, as it is in the store."),
    (
        Format.TSV,
        "Text for Excel",
        "Tab-separated, in the encoding that Excel opens by itself; no text acts as a formula.",
    ),
    (Format.PARQUET, "Parquet", "Typed columns, for pandas, polars and DuckDB."),
    (Format.MARKDOWN, "Markdown", "A table for a README or an issue."),
    (Format.LATEX, "LaTeX", "A tabular for a paper; needs the package booktabs."),
    (Format.JSON, "JSON", "A list of objects, one for each run."),
)
# Read by people, who need no run ids.
_FOR_PEOPLE = (Format.MARKDOWN, Format.LATEX)
_EXCEL_ROWS = 1_048_575  # below the line of titles


@dataclass(frozen=True, slots=True, eq=False)
class ExportOffer:
    """What of a table can be exported.

    Attributes:
        frame: The runs.
        shown: (n,) int64, the rows that the table shows, in its order.
        selected: (m,) int64, those of them that are selected.
        columns: The shown columns, in their order.
        keys: All metrics, params, tags and other columns that there are.
        name: What the file is called if the person says nothing: the experiment's name.
        depth: (n,) how deep each shown row is nested; None for a flat list.
        marks: The texts of columns of local marks, by run id.
    """

    frame: RunFrame
    shown: Rows
    selected: Rows
    columns: Sequence[ColumnKey]
    keys: Sequence[ColumnKey]
    name: str
    depth: Rows | None = None
    marks: Mapping[ColumnKey, Mapping[str, str]] = field(default_factory=dict)


class ExportDialog(QDialog):
    """Exports in a job of its own; `exported` carries a sentence with the file's path."""

    exported = Signal(str)

    def __init__(
        self,
        theme: Theme,
        settings: Settings,
        session: Session,
        offer: ExportOffer,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export Table")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(theme.px(580))
        self._settings, self._session, self._offer = settings, session, offer
        self._job: Job[Any] | None = None
        self._make_fields()
        self._lay_out(theme)
        self._begin()

    def table(self) -> RunTable:
        """Return what is chosen."""
        offer, form = self._offer, self.format()
        which = self.runs.choice()
        rows = {
            "shown": offer.shown,
            "selected": offer.selected,
            "all": np.arange(len(offer.frame), dtype=np.int64),
        }[which]
        columns = list(offer.columns)
        if self.columns.choice() == "all":
            columns = [ColumnKey(Kind.ATTRIBUTE, name) for name in _ATTRIBUTES]
            columns += [key for key in offer.keys if key not in columns]
        if form not in _FOR_PEOPLE and _RUN_ID not in columns:
            columns.insert(0, _RUN_ID)
        deep = self.nested.isChecked() and not self.nested.isHidden() and which == "shown"
        return RunTable(
            offer.frame, rows, columns, depth=offer.depth if deep else None, marks=offer.marks
        )

    def format(self) -> Format:
        """Return the chosen format."""
        return Format(self.formats.currentData())

    def start(self) -> None:
        """Export what is chosen, or ask first whether a file may be replaced."""
        problem = self.place.problem()
        if problem:
            self._complain(problem)
            return
        table, form, session = self.table(), self.format(), self._session
        target, overwrite = self.place.target(), self.place.may_replace

        def work(progress: Progress) -> int:
            whole = with_columns(table, lambda: session.store.read(progress))
            return write(
                target, form, whole, store=session.path, overwrite=overwrite, progress=progress
            )

        self._set_busy(True)
        self._job = session.ask(
            work,
            owner=self,
            then=lambda count: self._finished(target, count),
            failed=self._failed,
            progressed=self._progressed,
            key="export",
            lane="files",
        )

    def reject(self) -> None:
        if self._job is not None:
            self._stop()
            self._complain("Stopped. Nothing was written.")
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._stop()
        super().closeEvent(event)

    def _make_fields(self) -> None:
        offer = self._offer
        counts = [
            ("shown", f"Shown ({formats.count(len(offer.shown))})"),
            ("selected", f"Selected ({formats.count(len(offer.selected))})"),
            ("all", f"All ({formats.count(len(offer.frame))})"),
        ]
        self.runs = Segments(counts if len(offer.selected) else [counts[0], counts[2]], "Runs")
        shown = sum(map(is_exportable, offer.columns))
        every = len(_ATTRIBUTES) + len(set(offer.keys))
        self.columns = Segments(
            [
                ("shown", f"Shown ({formats.count(shown)})"),
                ("all", f"All ({formats.count(every)})"),
            ],
            "Columns",
        )
        self.formats = QComboBox()
        self.formats.setAccessibleName("Format")
        for form, name, _ in _FORMATS:
            self.formats.addItem(name, form.value)
        self.nested = QCheckBox("With a column that says how deep each run is nested")
        self.nested.setVisible(offer.depth is not None and bool(offer.depth.any()))
        self.accept_button = button("Export", "primary", self.start)
        self.accept_button.setDefault(True)
        self.place = ExportPlace("Export Table", self._pattern, self.accept_button)
        self._hint = label("", "small-muted")
        self._hint.setWordWrap(True)
        self._said = label("", "error")
        self._said.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress")
        self._far = label("", "small-muted")
        self.cancel_button = button("Cancel", "", self.reject)

    def _lay_out(self, theme: Theme) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(10))
        grid.setColumnStretch(1, 1)
        lines: list[tuple[str, QWidget]] = [
            ("Runs", self.runs),
            ("Columns", self.columns),
            ("Format", self.formats),
            ("", self._hint),
            ("", self.nested),
        ]
        left = Qt.AlignmentFlag.AlignLeft
        for at, (name, widget) in enumerate(lines):
            caption = label(name, "text2")
            caption.setBuddy(widget)
            grid.addWidget(caption, at, 0)
            if widget in (self._hint, self.nested):
                grid.addWidget(widget, at, 1)
            else:
                grid.addWidget(widget, at, 1, left)
        caption = label("File", "text2")
        caption.setBuddy(self.place)
        grid.addWidget(caption, len(lines), 0)
        grid.addWidget(self.place, len(lines), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(16),) * 4)
        layout.setSpacing(theme.px(10))
        layout.addLayout(grid)
        layout.addWidget(self._said)
        layout.addWidget(self.bar)
        layout.addStretch(1)
        layout.addLayout(row(self._far, 1, self.cancel_button, self.accept_button))

    def _begin(self) -> None:
        folder, form = self._settings.export_place
        self.formats.setCurrentIndex(max(0, self.formats.findData(form)))
        self.place.begin(folder, self._offer.name, SUFFIXES[self.format()])
        self.formats.currentIndexChanged.connect(self._format_changed)
        self.runs.chosen.connect(self._choice_changed)
        self.place.changed.connect(self._said.hide)
        self._said.hide()
        self.bar.hide()
        self.adjustSize()
        self._choice_changed()
        self.place.setFocus()

    def _format_changed(self) -> None:
        """Give the file the suffix of its format, if it has that of another one."""
        self.place.set_suffix(SUFFIXES[self.format()], {"", *SUFFIXES.values()})
        self._choice_changed()

    def _choice_changed(self) -> None:
        hint = next(text for form, _, text in _FORMATS if form is self.format())
        if self.format() is Format.TSV and len(self.table().rows) > _EXCEL_ROWS:
            hint += f" Excel shows only the first {formats.count(_EXCEL_ROWS)} runs."
        self._hint.setText(hint)
        self._make_room()
        self.nested.setEnabled(self.runs.choice() == "shown")

    def _pattern(self) -> str:
        names = {name: form for form, name, _ in _FORMATS}
        chosen = next(name for name, form in names.items() if form is self.format())
        return f"{chosen} (*{SUFFIXES[self.format()]})"

    def _progressed(self, done: int, total: int, what: str) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        of = f" of {formats.count(total)}" if total else ""
        self._far.setText(f"{formats.count(done)}{of} {what}")

    def _finished(self, target: Path, count: int) -> None:
        self._job = None
        self._settings.export_place = (str(target.parent), self.format().value)
        self.exported.emit(f"{formats.counted(count, 'run')} exported to {target}")
        self.accept()

    def _failed(self, error: RuncaseError) -> None:
        self._set_busy(False)
        self._complain(str(error))

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._set_busy(False)

    def _complain(self, text: str) -> None:
        self._said.setText(text)
        self._said.show()
        self._make_room()

    def _make_room(self) -> None:
        """Grow with what was said: else the fields would be squeezed."""
        layout = self.layout()
        if layout is not None:
            needed = layout.totalHeightForWidth(self.width())
            self.resize(self.width(), max(self.height(), needed, self.sizeHint().height()))

    def _set_busy(self, busy: bool) -> None:
        if not busy:
            self._job = None
        for widget in self._inputs():
            widget.setEnabled(not busy)
        self.bar.setRange(0, 0)
        self.bar.setVisible(busy)
        self._far.setText("")
        self._said.hide()
        self.cancel_button.setText("Stop" if busy else "Cancel")
        if not busy:
            self._choice_changed()

    def _inputs(self) -> tuple[QWidget, ...]:
        fields = (self.runs, self.columns, self.formats, self.nested)
        return (*fields, self.place, self.accept_button)
