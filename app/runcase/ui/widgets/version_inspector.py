"""The inspector of a registered version: URI, aliases, summary, metrics, tags, description."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from runcase.itemmodels import formats
from runcase.itemmodels.registry import own_tags
from runcase.itemmodels.run_texts import run_name
from runcase.store.records import LatestMetric, LoggedModel, ModelVersion, RunDetail
from runcase.ui.location import Location, Place
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Elided, IconLabel, clear, label, line, row
from runcase.ui.widgets.facts import Facts, Section, chips, copyable
from runcase.ui.widgets.note import Note
from runcase.ui.widgets.state_page import StatePage

MAX_METRICS = 12
MAX_NOTE = 1200
_STATUS = {"READY": ("circle-check", "success"), "FAILED_REGISTRATION": ("circle-x", "error")}


@dataclass(frozen=True, slots=True)
class InspectedVersion:
    """A version with what the store holds of its origin; `run` is None when it is not there."""

    version: ModelVersion
    is_prompt: bool
    run: RunDetail | None
    model: LoggedModel | None
    description_html: str


class VersionInspector(QWidget):
    """Shows one version; `went` carries (Location, in a new window)."""

    went = Signal(object, bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self._theme = theme
        self._empty = StatePage(theme, self)
        self.show_nothing()
        inner = QWidget()
        inner.setObjectName("inspector")
        self._body = QVBoxLayout(inner)
        self._body.setContentsMargins(0, 10, 0, 12)
        self._body.setSpacing(2)
        self._scroll = QScrollArea()
        self._scroll.setWidget(inner)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._empty)
        layout.addWidget(self._scroll)

    def show_nothing(self) -> None:
        """Say that no version is selected."""
        text = "Select a version to see it here."
        self._empty.show_state("mouse-pointer-2", "No version selected", text)
        self._empty.show()
        if hasattr(self, "_scroll"):
            self._scroll.hide()

    def show_version(self, found: InspectedVersion) -> None:
        """Show a version; the scroll position stays."""
        at = self._scroll.verticalScrollBar().value()
        clear(self._body)
        self._head(found)
        self._aliases(found.version)
        self._summary(found)
        if not found.is_prompt:
            self._metrics(found.run.metrics if found.run is not None else ())
        self._tags(found.version)
        self._description(found)
        self._body.addStretch(1)
        self._empty.hide()
        self._scroll.show()
        self._scroll.verticalScrollBar().setValue(at)

    def _head(self, found: InspectedVersion) -> None:
        version = found.version
        top = row(margins=(12, 0, 12, 0))
        top.addWidget(Elided(f"{version.name} v{version.version}", "title"), 1)
        icon, token = _STATUS.get(version.status or "", ("clock", "muted"))
        if version.status:
            status = IconLabel(self._theme, icon, token, 17)
            status.setToolTip(version.status_message or version.status)
            status.setAccessibleName(f"status {version.status.lower()}")
            top.addWidget(status)
        self._body.addLayout(top)
        uri = version_uri(version, prompt=found.is_prompt, by_alias=False)
        shown = uri if len(uri) <= 34 else f"{uri[:20]}…{uri[-12:]}"
        self._body.addLayout(
            row(copyable(self._theme, uri, shown, "URI"), 1, margins=(12, 0, 12, 4))
        )

    def _aliases(self, version: ModelVersion) -> None:
        section = self._section("Aliases", str(len(version.aliases) or ""))
        if version.aliases:
            marks = [(alias, "chip-alias") for alias in version.aliases]
            section.body.addLayout(row(chips(marks, self._theme.px(272)), margins=(12, 2, 12, 6)))
        else:
            section.body.addLayout(row(label("none", "small-muted"), margins=(12, 2, 12, 6)))

    def _summary(self, found: InspectedVersion) -> None:
        version = found.version
        section = self._section("Summary")
        facts = Facts(self._theme)
        facts.followed.connect(lambda place: self.went.emit(place, False))
        created, updated = version.creation_time, version.last_updated_time
        facts.add("Created", formats.moment(created), tip=formats.moment_with_zone(created))
        facts.add("Updated", formats.moment(updated), tip=formats.moment_with_zone(updated))
        if version.status and not found.is_prompt:
            facts.add("Status", version.status.replace("_", " ").lower())
        if version.user_id:
            facts.add("User", version.user_id)
        if version.current_stage != "None":
            facts.add("Stage (legacy)", version.current_stage)
        if not found.is_prompt:
            self._source(facts, found)
        section.body.addWidget(facts)

    def _source(self, facts: Facts, found: InspectedVersion) -> None:
        version, run = found.version, found.run
        if run is not None:
            place = Location(Place.RUN, run.run.run_id)
            facts.add("Source run", _middle(run_name(run.run), 24), link=place, tip=run.run.run_id)
        elif version.run_id:
            facts.add_widget("Source run", self._absent(version.run_id))
        else:
            facts.add("Source run", formats.MISSING, tip="This version names no run")
        if version.source:
            facts.add("Source", version.source, mono=True, tip=version.source)
        if version.storage_location and version.storage_location != version.source:
            location = version.storage_location
            facts.add("Storage", location, mono=True, tip=location)

    def _absent(self, run_id: str) -> QWidget:
        text = label(f"{formats.short_id(run_id)} is not in this store", "small-muted")
        text.setWordWrap(True)
        text.setToolTip(run_id)
        return text

    def _metrics(self, metrics: Sequence[LatestMetric]) -> None:
        plain = sorted(
            metrics, key=lambda each: (each.key.startswith("system/"), each.key.casefold())
        )
        if not plain:
            return
        shown = plain[:MAX_METRICS]
        section = self._section("Metrics of the source run", f"{len(shown)} of {len(plain)}")
        for metric in shown:
            name = Elided(metric.key, "mono", Qt.TextElideMode.ElideMiddle)
            value = label(formats.number(metric.value), "strong")
            value.setToolTip(f"{formats.exact(metric.value)} at step {metric.step:,}")
            line_ = row(margins=(12, 2, 12, 2))
            line_.addWidget(name, 1)
            line_.addWidget(value)
            section.body.addLayout(line_)

    def _tags(self, version: ModelVersion) -> None:
        shown = own_tags(version.tags)
        if not shown:
            return
        section = self._section("Tags", str(len(shown)))
        marks = [(f"{key}: {value}" if value else key, "chip") for key, value in shown.items()]
        section.body.addLayout(row(chips(marks, self._theme.px(272)), margins=(12, 2, 12, 6)))

    def _description(self, found: InspectedVersion) -> None:
        if not found.description_html:
            return
        section = self._section("Commit message" if found.is_prompt else "Description")
        note = Note("Description", MAX_NOTE, parent=section)
        note.show_html(found.description_html)
        host = row(margins=(12, 2, 12, 6))
        host.addWidget(note, 1)
        section.body.addLayout(host)

    def _section(self, title: str, count: str = "") -> Section:
        self._body.addWidget(line())
        section = Section(self._theme, title)
        section.set_count(count)
        self._body.addWidget(section)
        return section


def version_uri(version: ModelVersion, *, prompt: bool, by_alias: bool) -> str:
    """Return MLflow's URI of a version: `models:/name/2`, or `models:/name@alias`."""
    scheme = "prompts" if prompt else "models"
    if by_alias and version.aliases:
        return f"{scheme}:/{version.name}@{version.aliases[0]}"
    return f"{scheme}:/{version.name}/{version.version}"


def _middle(text: str, most: int) -> str:
    half = most // 2
    return text if len(text) <= most else f"{text[: half - 1]}…{text[-half:]}"
