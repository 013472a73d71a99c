"""The page of a registered model or prompt: its versions, and where the selected one is from."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from runcase.errors import RuncaseError
from runcase.itemmodels import formats
from runcase.itemmodels.registry import VersionsModel
from runcase.preview.notes import note_html
from runcase.progress import Progress
from runcase.session.session import Session
from runcase.store.models import list_logged_models
from runcase.store.records import LoggedModel, ModelVersion, RegisteredModel
from runcase.store.registry import list_models, version_metrics, versions
from runcase.store.runs import detail
from runcase.ui.context import Context
from runcase.ui.location import Location, Place
from runcase.ui.pages.base import Crumb, FilterState, Page
from runcase.ui.widgets.basics import Card, PanelHeader, button, line, row
from runcase.ui.widgets.chip_table import ChipTable
from runcase.ui.widgets.lineage import Lineage
from runcase.ui.widgets.load_code import version_code
from runcase.ui.widgets.model_head import ModelHead
from runcase.ui.widgets.prompt_view import PromptView, messages
from runcase.ui.widgets.state_page import LoadingPage, StatePage
from runcase.ui.widgets.version_chart import VersionChart, VersionPoint
from runcase.ui.widgets.version_inspector import (
    InspectedVersion,
    VersionInspector,
    version_uri,
)
from runcase.ui.zoom import fix

_WIDTHS = {
    "Version": 68,
    "Aliases": 144,
    "Stage (legacy)": 106,
    "Source run": 150,
    "Commit message": 340,
    "Created": 84,
}
LINEAGE = 250
# A lineage that needs more pixels than these is scrolled in a low window.
_LOWEST = 280
# The alias whose version the chart is measured by: this one, else the first of the model.
CHAMPION = "champion"


@dataclass(frozen=True, slots=True, eq=False)
class ModelFacts:
    """What the page shows of a model but its selected version."""

    model: RegisteredModel
    versions: tuple[ModelVersion, ...]
    metrics: Mapping[str, Mapping[str, float]]
    html: str


class _Scrolled(QScrollArea):
    """As high as what is in it, but never so high that it squeezes the rest of the page."""

    def sizeHint(self) -> QSize:
        inner = self.widget()
        return inner.sizeHint() if inner is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        inner = self.widget()
        high = inner.minimumSizeHint().height() if inner is not None else 0
        return QSize(0, min(high, _LOWEST))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)


class ModelPage(Page):
    """One registered model; another location shows another model in the same widgets."""

    def __init__(self, context: Context, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._session = session
        self._name, self._workspace = "", "default"
        self._wanted: int | None = None
        self._text = ""
        self._facts: ModelFacts | None = None
        self.versions = VersionsModel(self)
        self.view = ChipTable(context.theme, "Versions")
        self.view.show_model(self.versions, _WIDTHS, "Tags")
        self.head = ModelHead(context.theme)
        self.chart = VersionChart(context.theme)
        self.lineage = Lineage(context.theme)
        self.prompt = PromptView(context.theme)
        self._inspector = VersionInspector(context.theme)
        self._state = StatePage(context.theme)
        self._none = StatePage(context.theme)
        self._loading = LoadingPage(context.theme)
        self._stack = QStackedWidget()
        for each in (self._make_body(), self._state, self._loading):
            self._stack.addWidget(each)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self._connect()

    @property
    def location(self) -> Location:
        version = self.selected()
        tab = str(version.version) if version is not None else ""
        return Location(Place.MODEL, self._name, tab, workspace=self._workspace)

    def go(self, location: Location) -> None:
        wanted = int(location.tab) if location.tab.isdigit() else None
        if (location.id, location.workspace) != (self._name, self._workspace):
            self._name, self._workspace = location.id, location.workspace
            self._facts = None
            self._wanted = wanted
            self._text = ""
            self.versions.search("")
            self._stack.setCurrentWidget(self._loading)
            self._loading.start("Reading the model …")
            self._inspector.show_nothing()
            self.refresh()
        elif wanted is not None:
            self.select(wanted)

    def title(self) -> str:
        return self._name

    def crumbs(self) -> list[Crumb]:
        prompt = self._facts is not None and self._facts.model.is_prompt
        icon = "message-square" if prompt else "box"
        place = Location(Place.MODEL, self._name, workspace=self._workspace)
        above = "Prompts" if prompt else "Registered models"
        return [Crumb(above, icon, Location(Place.MODELS)), Crumb(self._name, icon, place)]

    def status(self) -> list[str]:
        if self._facts is None:
            return []
        chosen = self.selected()
        counted = formats.counted(len(self._facts.versions), "version")
        return [counted, f"v{chosen.version} selected" if chosen is not None else "none selected"]

    def inspector(self) -> QWidget | None:
        return self._inspector

    def commands(self) -> Mapping[str, Callable[[], object]]:
        chosen = self.selected()
        found: dict[str, Callable[[], object]] = {}
        if self.versions.has_stages and not self._is_prompt():
            found["legacy-stages"] = self.toggle_stages
        if chosen is None:
            return found
        found |= {"copy-model-uri": self._copy_uri, "copy": self._copy_row}
        if not self._is_prompt():
            found["copy-load-code"] = self._copy_code
        if chosen.run_id is not None and chosen.run_name is not None:
            found["source-run"] = lambda: self._go_to_run(chosen, False)
        return found

    def checks(self) -> Mapping[str, bool]:
        return {"legacy-stages": self.versions.stages and self.versions.has_stages}

    def filter_hint(self) -> str:
        return "Find a version by alias, tag, stage or run"

    def filter_state(self) -> FilterState:
        if not self._text:
            return FilterState()
        found, total = self.versions.rowCount(), self.versions.total
        return FilterState(self._text, f"{found:,} of {formats.counted(total, 'version')}")

    def apply_filter(self, text: str) -> None:
        self._text = text.strip()
        chosen = self._selected_number()
        self.versions.search(self._text)
        self._reselect(chosen)
        self._arrange()
        self.noted.emit()

    def refresh(self) -> None:
        self._session.ask(
            self._read_model(self._name, self._workspace),
            owner=self,
            then=self._show,
            failed=self._failed,
            key="model",
        )

    def selected(self) -> ModelVersion | None:
        """Return the selected version."""
        at = self.view.currentIndex()
        return self.versions.row(at.row()) if at.isValid() else None

    def select(self, number: int) -> None:
        """Select a version by its number; nothing happens when it is not listed."""
        at = self.versions.row_of(number)
        if at is not None:
            self.view.setCurrentIndex(self.versions.index(at, 0))
            self.view.scrollTo(self.versions.index(at, 0))

    def toggle_stages(self) -> None:
        """Show or hide the column of legacy stages."""
        chosen = self._selected_number()
        self.versions.set_stages(not self.versions.stages)
        self._reselect(chosen)
        self._note_versions()
        self.noted.emit()

    def _make_body(self) -> QWidget:
        self._panel = PanelHeader(self.theme, "Versions")
        self._stages = button("Legacy stages", "segment", self.toggle_stages)
        self._stages.setCheckable(True)
        self._stages.setProperty("place", "only")
        self._stages.setToolTip("Show the stages that MLflow had before aliases")
        self._panel.controls.addWidget(self._stages)
        self._tables = QStackedWidget()
        self._tables.addWidget(self.view)
        self._tables.addWidget(self._none)
        upper = QWidget()
        upper.setObjectName("surface")
        layout = QVBoxLayout(upper)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for each in (self.head, line(), self._panel):
            layout.addWidget(each)
        layout.addWidget(self._tables, 1)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(upper)
        self.splitter.addWidget(self._make_cards())
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 1)
        return self.splitter

    def _make_cards(self) -> QWidget:
        self._chart_card = Card(self.theme, "by version")
        self._chart_card.body.addWidget(self.chart)
        self._prompt_card = Card(self.theme, "Template")
        self._prompt_card.body.addWidget(self.prompt)
        self._lineage_card = Card(self.theme, "Lineage")
        scroll = _Scrolled()
        scroll.setWidget(self.lineage)
        scroll.setSizePolicy(self.lineage.sizePolicy())
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        for each in (scroll.viewport(), self.lineage):
            each.setAutoFillBackground(False)
        self._lineage_card.body.addWidget(scroll)
        fix(self.theme, self._lineage_card, width=LINEAGE)
        host = QWidget()
        host.setObjectName("side")
        layout = row(spacing=10, margins=(10, 10, 10, 10))
        layout.addWidget(self._chart_card, 1)
        layout.addWidget(self._prompt_card, 1)
        layout.addWidget(self._lineage_card)
        host.setLayout(layout)
        self._cards = host
        return host

    def _connect(self) -> None:
        self.view.selectionModel().currentRowChanged.connect(self._current_changed)
        self.view.opened.connect(self._open)
        self.head.asked.connect(self._asked)
        self.head.chosen.connect(self.select)
        self.chart.chosen.connect(self.select)
        self.lineage.went.connect(self.went)
        self.theme.changed.connect(self._restyle)
        self._inspector.went.connect(self.went)

    def _restyle(self) -> None:
        if self._facts is not None:
            self.head.show_model(self._facts.model, self._facts.html)

    def _is_prompt(self) -> bool:
        return self._facts is not None and self._facts.model.is_prompt

    def _selected_number(self) -> int | None:
        chosen = self.selected()
        return chosen.version if chosen is not None else None

    def _reselect(self, number: int | None) -> None:
        if number is not None and self.versions.row_of(number) is not None:
            self.select(number)
        else:
            self._inspect()

    def _read_model(self, name: str, workspace: str) -> Callable[[Progress], ModelFacts | None]:
        def read(progress: Progress) -> ModelFacts | None:
            with self._session.store.read(progress) as connection:
                every = list_models(connection)
                same = (each for each in every if (each.name, each.workspace) == (name, workspace))
                model = next(same, None)
                if model is None:
                    return None
                found = versions(connection, name, workspace)
                runs = sorted({each.run_id for each in found if each.run_id})
                metrics = {} if model.is_prompt else version_metrics(connection, runs)
            return ModelFacts(model, tuple(found), metrics, note_html(model.description or ""))

        return read

    def _failed(self, error: RuncaseError) -> None:
        self._loading.finish()
        self._state.show_error("This model could not be read", error, ("Try Again", self.refresh))
        self._stack.setCurrentWidget(self._state)

    def _show(self, facts: ModelFacts | None) -> None:
        self._loading.finish()
        if facts is None:
            self._facts = None
            text = f"“{self._name}” is not in the registry of this store."
            self._state.show_state("circle-x", "There is no such model", text)
            self._stack.setCurrentWidget(self._state)
            self._inspector.show_nothing()
            self.noted.emit()
            return
        chosen = self._wanted if self._facts is None else self._selected_number()
        self._facts = facts
        self.head.show_model(facts.model, facts.html)
        self.versions.show(facts.versions, facts.metrics, facts.model.is_prompt)
        self._arrange()
        self._stack.setCurrentIndex(0)
        if chosen is None or self.versions.row_of(chosen) is None:
            chosen = facts.versions[0].version if facts.versions else None
        self._reselect(chosen)
        self.noted.emit()

    def _arrange(self) -> None:
        """Show the parts that this model has."""
        facts = self._facts
        if facts is None:
            return
        prompt = facts.model.is_prompt
        key = self.versions.keys[0] if self.versions.keys else ""
        self._chart_card.setVisible(bool(key))
        self._prompt_card.setVisible(prompt)
        self._lineage_card.setVisible(not prompt)
        self._cards.setVisible(bool(facts.versions))
        if key:
            self._chart_card.set_title(key)
            self._chart_card.set_note("by version")
            points = self._points(facts, key)
            self.chart.show_points(key, points, _reference(facts.model, points))
        self._note_versions()
        if self.versions.rowCount():
            self._tables.setCurrentWidget(self.view)
            return
        if facts.versions:
            self._none.show_state(
                "filter",
                "No version matches this filter",
                f"None of the {len(facts.versions)} versions has “{self._text}”.",
                ("Clear Filter", lambda: self.apply_filter("")),
            )
        else:
            self._none.show_state(
                "box", "No versions yet", "New versions show up here by themselves."
            )
        self._tables.setCurrentWidget(self._none)

    def _note_versions(self) -> None:
        shown, total = self.versions.rowCount(), self.versions.total
        self._panel.note.setText(f"{shown:,} of {total:,}" if shown != total else f"{total:,}")
        self._stages.setVisible(self.versions.has_stages and not self._is_prompt())
        self._stages.setChecked(self.versions.stages)

    def _points(self, facts: ModelFacts, key: str) -> list[VersionPoint]:
        return [
            VersionPoint(
                each.version,
                facts.metrics.get(each.run_id or "", {}).get(key, math.nan),
                each.run_name or "",
                each.aliases[0] if each.aliases else "",
            )
            for each in reversed(facts.versions)
        ]

    def _current_changed(self, _current: QModelIndex, _before: QModelIndex) -> None:
        self._inspect()
        self.noted.emit()

    def _inspect(self) -> None:
        """Read what belongs to the selected version, and show it."""
        chosen = self.selected()
        self.chart.select(chosen.version if chosen is not None else None)
        if chosen is None:
            self._inspector.show_nothing()
            return
        if self._is_prompt():
            self.prompt.show_messages(messages(chosen))
            self._prompt_card.set_note(f"of v{chosen.version}")
        self._session.ask(
            self._read_version(chosen, self._is_prompt()),
            owner=self,
            then=self._show_version,
            key="version",
        )

    def _read_version(
        self, version: ModelVersion, prompt: bool
    ) -> Callable[[Progress], InspectedVersion]:
        def read(progress: Progress) -> InspectedVersion:
            run, model = None, None
            with self._session.store.read(progress) as connection:
                if version.run_id:
                    run = detail(connection, version.run_id)
                if version.model_id:
                    listed = run.logged_models if run is not None else ()
                    model = _of_id(listed, version.model_id)
                    model = model or _of_id(list_logged_models(connection), version.model_id)
            html = note_html(version.description or "")
            return InspectedVersion(version, prompt, run, model, html)

        return read

    def _show_version(self, found: InspectedVersion) -> None:
        if self._selected_number() != found.version.version:
            return
        self._inspector.show_version(found)
        self._lineage_card.set_title(f"Lineage of v{found.version.version}")
        now = int(time.time() * 1000)
        key = self.versions.keys[0] if self.versions.keys else ""
        self.lineage.show_version(found.version, found.run, found.model, key, now)

    def _open(self, index: QModelIndex, new_window: bool) -> None:
        version = self.versions.row(index.row())
        if version.run_id is not None and version.run_name is not None:
            self._go_to_run(version, new_window)

    def _go_to_run(self, version: ModelVersion, new_window: bool) -> None:
        self.went.emit(Location(Place.RUN, version.run_id or ""), new_window)

    def _asked(self, action_id: str) -> None:
        command = self.commands().get(action_id)
        if command is not None:
            command()

    def _copy_uri(self) -> None:
        chosen = self.selected()
        if chosen is not None:
            uri = version_uri(chosen, prompt=self._is_prompt(), by_alias=True)
            QGuiApplication.clipboard().setText(uri)

    def _copy_code(self) -> None:
        chosen = self.selected()
        if chosen is not None:
            QGuiApplication.clipboard().setText(version_code(self._session.path, chosen))

    def _copy_row(self) -> None:
        chosen = self.selected()
        if chosen is not None:
            QGuiApplication.clipboard().setText(self.versions.as_tsv([chosen.version]))


def _of_id(models: Sequence[LoggedModel], model_id: str) -> LoggedModel | None:
    return next((each for each in models if each.model_id == model_id), None)


def _reference(model: RegisteredModel, points: Sequence[VersionPoint]) -> VersionPoint | None:
    """Return the version that the others are measured by: the champion or the first alias."""
    aliases = sorted(model.aliases, key=lambda each: (each.name != CHAMPION, each.name))
    if not aliases:
        return None
    first = aliases[0]
    found = next((each for each in points if each.version == first.version), None)
    return replace(found, alias=first.name) if found is not None else None
