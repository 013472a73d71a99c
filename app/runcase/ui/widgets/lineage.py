"""Where a registered version comes from: datasets, run, logged model, version, as a chain."""

import json
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from runcase.itemmodels import formats
from runcase.itemmodels.run_texts import run_duration, run_name
from runcase.store.records import Dataset, LoggedModel, ModelVersion, RunDetail
from runcase.ui.location import Location, Place
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Elided, IconLabel, button, clear, line

MAX_DATASETS = 3


class Lineage(QWidget):
    """Shows one version's ancestry; `went` carries (Location, in a new window)."""

    went = Signal(object, bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(12, 10, 12, 10)
        self._layout.setSpacing(0)

    def show_version(
        self,
        version: ModelVersion,
        run: RunDetail | None,
        model: LoggedModel | None,
        metric: str,
        now_ms: int,
    ) -> None:
        """Show a version with what was found of its source run and logged model.

        `metric` is the key of the run's metric to name, "" for none.
        """
        clear(self._layout)
        if run is not None:
            for each in run.datasets[:MAX_DATASETS]:
                self._step("table-2", each.name, _of_dataset(each))
            more = len(run.datasets) - MAX_DATASETS
            if more > 0:
                self._step("table-2", f"{more} more datasets", "on the run's page")
            self._run(run, metric)
        elif version.run_id:
            note = f"run {formats.short_id(version.run_id)} is not in this store"
            self._step("circle-play", "Source run", note, muted=True)
        else:
            self._step("circle-play", "No source run", "this version names none", muted=True)
        if model is not None:
            self._step("boxes", model.name, f"logged model, {formats.short_id(model.model_id)}")
        elif version.model_id:
            note = f"logged model, {formats.short_id(version.model_id)}"
            self._step("boxes", "Not in this store", note, muted=True)
        created = formats.age(version.creation_time, now_ms)
        self._step("box", f"{version.name} v{version.version}", f"registered {created}", last=True)
        self._layout.addStretch(1)

    def _run(self, found: RunDetail, metric: str) -> None:
        run = found.run
        parts = ["run", run_duration(run)]
        value = next((each.value for each in found.metrics if each.key == metric), None)
        if value is not None:
            parts.append(f"{metric} {formats.number(value)}")
        place = Location(Place.RUN, run.run_id)
        self._step("circle-play", run_name(run), ", ".join(parts), link=place)

    def _step(
        self,
        icon: str,
        text: str,
        note: str,
        *,
        link: Location | None = None,
        muted: bool = False,
        last: bool = False,
    ) -> None:
        """Add one stop, with a thin line down to the next."""
        rail = QVBoxLayout()
        rail.setSpacing(3)
        rail.setContentsMargins(0, 2, 0, 3)
        token = "accent" if last else "muted"
        rail.addWidget(IconLabel(self._theme, icon, token, 16), 0, Qt.AlignmentFlag.AlignHCenter)
        if last:
            rail.addStretch(1)
        else:
            rail.addWidget(line(vertical=True), 1, Qt.AlignmentFlag.AlignHCenter)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.setContentsMargins(0, 0, 0, 8)
        if link is not None:
            made = button(_short(text), "link", partial(self.went.emit, link, False))
            made.setToolTip(text)
            words.addWidget(made, 0, Qt.AlignmentFlag.AlignLeft)
        else:
            role = "heading" if last else "muted" if muted else ""
            words.addLayout(_under(Elided(text, role, Qt.TextElideMode.ElideMiddle)))
        words.addLayout(_under(Elided(note, "small-muted")))
        both = QHBoxLayout()
        both.setSpacing(8)
        both.addLayout(rail)
        both.addLayout(words, 1)
        self._layout.addLayout(both)


def _under(text: QWidget) -> QHBoxLayout:
    """Stand a text under a link's text, which has a border and padding of its own."""
    host = QHBoxLayout()
    host.setContentsMargins(3, 0, 0, 0)
    host.addWidget(text, 1)
    return host


def _of_dataset(dataset: Dataset) -> str:
    parts = ["dataset", dataset.context or dataset.digest]
    rows = _rows(dataset.profile)
    if rows is not None:
        parts.append(formats.counted(rows, "row"))
    return ", ".join(parts)


def _rows(profile: str | None) -> int | None:
    """Return the number of rows that MLflow noted of a dataset, if it did."""
    try:
        noted = json.loads(profile or "")
    except (ValueError, RecursionError):
        return None
    rows = noted.get("num_rows") if isinstance(noted, dict) else None
    return rows if isinstance(rows, int) else None


def _short(text: str) -> str:
    return text if len(text) <= 28 else f"{text[:14]}…{text[-13:]}"
