"""The run page: a header over the tabs Overview, Metrics and Artifacts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from runcase.errors import RuncaseError
from runcase.itemmodels import formats
from runcase.itemmodels.navigator import folder_parts
from runcase.itemmodels.run_texts import run_duration, run_name
from runcase.preview.notes import note_html
from runcase.progress import Progress
from runcase.session.session import Session
from runcase.store.metrics import summaries
from runcase.store.records import MetricSummary, RunDetail
from runcase.store.runs import detail
from runcase.ui import icons
from runcase.ui.context import Context
from runcase.ui.drop_words import DropWords
from runcase.ui.location import Location, Place
from runcase.ui.pages.artifact_commands import ArtifactCommands
from runcase.ui.pages.base import Busy, Crumb, FilterState, Page
from runcase.ui.pages.run_artifacts import RunArtifacts, split_path
from runcase.ui.pages.run_metrics import RunMetrics
from runcase.ui.pages.run_overview import RunOverview
from runcase.ui.widgets.basics import Elided, IconLabel, button, clear, label, line, row
from runcase.ui.widgets.facts import copyable
from runcase.ui.widgets.load_code import run_code
from runcase.ui.widgets.state_page import LoadingPage, StatePage
from runcase.ui.zoom import follow

TABS = ("overview", "metrics", "artifacts")


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What the header and the overview show of a run."""

    detail: RunDetail
    summaries: tuple[MetricSummary, ...]
    note_html: str


class RunPage(Page):
    """One run; another location shows another run in the same widgets."""

    def __init__(self, context: Context, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._session = session
        self._id = ""
        self._facts: RunFacts | None = None
        self._filters = dict.fromkeys(TABS, "")
        self.overview = RunOverview(context, session)
        self.metrics = RunMetrics(context, session)
        self.artifacts = RunArtifacts(context, session)
        self.files = ArtifactCommands(self, session, self.artifacts)
        self._state = StatePage(context.theme)
        self._loading = LoadingPage(context.theme)
        self._head = row(spacing=8, margins=(14, 10, 14, 2))
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        for text in ("Overview", "Metrics", "Artifacts"):
            self.tabs.addTab(text)
        self._bodies = QStackedWidget()
        for body in (self.overview, self.metrics, self.artifacts):
            self._bodies.addWidget(body)
        shown = QWidget()
        shown.setObjectName("surface")
        layout = QVBoxLayout(shown)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._head)
        layout.addLayout(row(self.tabs, 1, margins=(8, 0, 8, 0)))
        layout.addWidget(line())
        layout.addWidget(self._bodies, 1)
        self._stack = QStackedWidget()
        for each in (shown, self._state, self._loading):
            self._stack.addWidget(each)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)
        self.tabs.tabBarClicked.connect(self._tab_clicked)
        self.overview.went.connect(self.went)
        self.metrics.charts.said.connect(self.said)
        self.metrics.charts.options_changed.connect(self.noted)
        self.artifacts.opened.connect(self._file_opened)
        self.artifacts.counted.connect(self._files_counted)
        self.artifacts.narrowed.connect(self._files_narrowed)
        self.artifacts.list.current_changed.connect(lambda _index: self.noted.emit())

    @property
    def location(self) -> Location:
        at = self.tabs.currentIndex()
        path = self.artifacts.path if at == TABS.index("artifacts") else ""
        return Location(Place.RUN, self._id, TABS[at], path)

    def go(self, location: Location) -> None:
        at = TABS.index(location.tab) if location.tab in TABS else 0
        self.tabs.setCurrentIndex(at)
        self._bodies.setCurrentIndex(at)
        if location.id != self._id:
            self._id, self._facts = location.id, None
            # Stepping through runs, one looks for the same files in each.
            kept = self._filters["artifacts"]
            self._filters = dict.fromkeys(TABS, "") | {"artifacts": kept}
            self.artifacts.wait_for(location.path)
            self._stack.setCurrentWidget(self._loading)
            self._loading.start("Reading the run …")
            self.refresh()
        elif location.path:
            self.artifacts.open_path(location.path)

    def title(self) -> str:
        if self._facts is None:
            return ""
        name = run_name(self._facts.detail.run)
        path = self.location.path
        return f"{name} — {_file_name(path)}" if path else name

    def crumbs(self) -> list[Crumb]:
        if self._facts is None:
            return [Crumb("…", "circle-play", self.location)]
        found = self._facts.detail
        *folders, name = folder_parts(found.experiment.name)
        crumbs = [Crumb(each, "folder") for each in folders]
        place = Location(Place.EXPERIMENT, found.experiment.experiment_id)
        crumbs.append(Crumb(name, "flask-conical", place))
        for parent in found.parents:
            crumbs.append(
                Crumb(run_name(parent), "circle-play", Location(Place.RUN, parent.run_id))
            )
        crumbs.append(Crumb(run_name(found.run), "circle-play", Location(Place.RUN, self._id)))
        path = self.location.path
        if path:
            crumbs.append(Crumb(_file_name(path), "file", self.location))
        return crumbs

    def status(self) -> list[str]:
        if self._facts is None:
            return []
        found = self._facts.detail
        return [
            formats.counted(len(found.metrics), "metric"),
            formats.counted(len(found.params), "param"),
            self.artifacts.summary(),
        ]

    def filter_hint(self) -> str:
        return {
            "overview": "Find a metric, param or tag in this run",
            "metrics": "Find a metric in this run",
            "artifacts": "Find a file in this run",
        }[self._tab()]

    def filter_state(self) -> FilterState:
        return FilterState(self._filters[self._tab()])

    def apply_filter(self, text: str) -> None:
        self._filters[self._tab()] = text
        body = self._bodies.currentWidget()
        if isinstance(body, RunOverview | RunMetrics | RunArtifacts):
            body.search(text)

    def commands(self) -> Mapping[str, Callable[[], object]]:
        if self._facts is None:
            return {}
        found: dict[str, Callable[[], object]] = {
            "copy-run-id": lambda: QGuiApplication.clipboard().setText(self._id),
            "open-run-window": lambda: self.went.emit(self.location, True),
            "copy-load-code": self._copy_code,
        }
        if self._tab() == "artifacts":
            found |= self.files.commands()
        if self._tab() == "metrics":
            found |= self.metrics.commands()
        return found

    def drop_words(self, paths: Sequence[Path]) -> DropWords | None:
        if not self._takes_root(paths):
            return None
        text = f"{paths[0].name}: how many runs it resolves is shown before anything is kept"
        return DropWords("Propose this folder as artifact root", text)

    def take_drop(self, paths: Sequence[Path]) -> bool:
        """Propose a dropped folder as the root of artifacts that were looked for in vain."""
        if not self._takes_root(paths):
            return False
        self.artifacts.fix_root(paths[0])
        return True

    def _takes_root(self, paths: Sequence[Path]) -> bool:
        wanted = self._tab() == "artifacts" and self.artifacts.can_fix_root()
        return wanted and len(paths) == 1 and not paths[0].suffix

    def context_ids(self) -> tuple[str, ...]:
        if self._tab() == "artifacts":
            return self.files.context_ids()
        return ("copy-run-id", "copy-load-code", "open-run-window")

    def checks(self) -> Mapping[str, bool]:
        if self._tab() == "artifacts":
            return self.files.checks()
        return self.metrics.checks() if self._tab() == "metrics" else {}

    def busy(self) -> Busy | None:
        return self.files.files.busy()

    def stop(self) -> None:
        self.files.files.stop()

    def refresh(self) -> None:
        run_id = self._id
        self._session.ask(
            lambda progress: read_run(self._session, run_id, progress),
            owner=self,
            then=self._show,
            failed=self._failed,
            key="run",
        )

    def leave(self) -> None:
        self.files.leave()

    def path_on_disk(self) -> Path | None:
        """Return the artifact that is shown, or the run's artifact folder."""
        return self.artifacts.path_on_disk()

    def _tab(self) -> str:
        return TABS[self.tabs.currentIndex()]

    def _tab_clicked(self, at: int) -> None:
        if at >= 0 and self._facts is not None:
            self.went.emit(Location(Place.RUN, self._id, TABS[at]), False)

    def _file_opened(self, path: str) -> None:
        self.went.emit(Location(Place.RUN, self._id, "artifacts", path), False)

    def _files_counted(self, text: str) -> None:
        self.tabs.setTabText(TABS.index("artifacts"), f"Artifacts  {text}" if text else "Artifacts")
        self.noted.emit()

    def _files_narrowed(self, text: str) -> None:
        self._filters["artifacts"] = text
        self.noted.emit()

    def _failed(self, error: RuncaseError) -> None:
        self._loading.finish()
        self._state.show_error("This run could not be read", error, ("Try Again", self.refresh))
        self._stack.setCurrentWidget(self._state)

    def _show(self, facts: RunFacts | None) -> None:
        self._loading.finish()
        if facts is None:
            self._state.show_state("circle-x", "This run is not in the store", f"Run {self._id}")
            self._stack.setCurrentWidget(self._state)
            return
        first = self._facts is None
        self._facts = facts
        self._build_head(facts.detail)
        self.tabs.setTabText(TABS.index("metrics"), f"Metrics  {len(facts.detail.metrics):,}")
        self.overview.show_run(facts.detail, facts.summaries, facts.note_html)
        self.metrics.show_run(facts.detail)
        self.artifacts.show_run(facts.detail, first)
        self._stack.setCurrentIndex(0)
        self.noted.emit()

    def _fit_name(self, name: Elided) -> None:
        wide = name.sizeHint().width()
        name.setMinimumWidth(min(wide, self.theme.px(260)))
        name.setMaximumWidth(wide)

    def _build_head(self, found: RunDetail) -> None:
        run = found.run
        clear(self._head)
        icon, token = icons.STATUS_ICONS.get(run.status, ("clock", "muted"))
        self._head.addWidget(IconLabel(self.theme, icon, token, 19))
        name = Elided(run_name(run), "page")
        follow(self.theme, name, partial(self._fit_name, name))
        self._head.addWidget(name, 8)
        role = {"FINISHED": "chip-success", "FAILED": "chip-error"}.get(run.status, "chip")
        self._head.addWidget(label(run.status.capitalize(), role))
        if run.lifecycle_stage == "deleted":
            self._head.addWidget(label("Deleted", "chip-warn"))
        self._head.addWidget(
            copyable(self.theme, run.run_id, formats.short_id(run.run_id), "run id")
        )
        user = run.user_id or found.tags.get("mlflow.user")
        ran = f"{formats.moment(run.start_time)} · {run_duration(run)}"
        facts = Elided(f"{ran} · by {user}" if user else ran, "text2")
        facts.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        facts.set_tip(formats.moment_with_zone(run.start_time))
        self._head.addWidget(facts)
        self._head.addStretch(1)
        code = button("Copy Load Code", "", self._copy_code)
        icons.put(self.theme, code, "code-xml", size=15, room=16)
        self._head.addWidget(code, 0, Qt.AlignmentFlag.AlignRight)

    def _copy_code(self) -> None:
        if self._facts is not None:
            code = run_code(self._session.path, self._facts.detail)
            QGuiApplication.clipboard().setText(code)


def _file_name(path: str) -> str:
    model_id, inner = split_path(path)
    return inner.rpartition("/")[2] or model_id


def read_run(session: Session, run_id: str, progress: Progress) -> RunFacts | None:
    """Read a run and its metrics' summaries; None when it is not there. On a worker thread."""
    with session.store.read(progress) as connection:
        found = detail(connection, run_id)
        if found is None:
            return None
        metrics = tuple(summaries(connection, run_id))
    note = found.tags.get("mlflow.note.content", "")
    return RunFacts(found, metrics, note_html(note) if note else "")
