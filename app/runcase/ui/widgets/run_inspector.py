"""The inspector of a run: summary, metrics with sparklines, params, artifacts, tags."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from runcase.curves.series import Series, XAxis
from runcase.errors import RuncaseError
from runcase.itemmodels import formats
from runcase.itemmodels.directions import Direction, direction
from runcase.itemmodels.run_texts import run_duration, run_name
from runcase.progress import Progress
from runcase.session.session import Session
from runcase.store.artifact_files import list_folder
from runcase.store.connection import ReadConnection
from runcase.store.metrics import history
from runcase.store.records import ArtifactEntry, ArtifactFolder, LatestMetric, RunDetail
from runcase.store.runs import detail
from runcase.ui import icons
from runcase.ui.location import Location, Place, of_version
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Elided, IconLabel, button, clear, label, line, row
from runcase.ui.widgets.facts import Facts, Section, chips, copyable
from runcase.ui.widgets.sparkline import Sparkline
from runcase.ui.widgets.state_page import StatePage
from runcase.ui.widgets.tags import tag_chips, visible_tags
from runcase.ui.zoom import fix

MAX_METRICS = 6
MAX_PARAMS = 8
MAX_FILES = 6


@dataclass(frozen=True, slots=True, eq=False)
class InspectedRun:
    """What the inspector shows of a run."""

    detail: RunDetail
    curves: tuple[Series, ...]
    folder: ArtifactFolder
    files: tuple[ArtifactEntry, ...]


class RunInspector(QWidget):
    """Shows one run; `went` carries (Location, in a new window)."""

    went = Signal(object, bool)

    def __init__(self, theme: Theme, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        self._session = session
        self._run_id = ""
        self._color: int | None = None
        self._empty = StatePage(theme)
        self._empty.show_state("mouse-pointer-2", "No run selected", "Select a run to see it here.")
        self._inner = QWidget()
        self._inner.setObjectName("inspector")
        self._body = QVBoxLayout(self._inner)
        self._body.setContentsMargins(0, 10, 0, 12)
        self._body.setSpacing(2)
        self._scroll = QScrollArea()
        self._scroll.setWidget(self._inner)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._empty)
        layout.addWidget(self._scroll)
        self._scroll.hide()
        theme.changed.connect(self._recolor)

    def show_run(self, run_id: str, color: int | None) -> None:
        """Show a run, or nothing for ""."""
        self._run_id, self._color = run_id, color
        self._empty.setVisible(not run_id)
        if not run_id:
            self._scroll.hide()
            return
        self._session.ask(
            lambda progress: inspect(self._session, run_id, progress),
            owner=self,
            then=self._show,
            failed=self._failed,
            key="inspect",
        )

    def _recolor(self) -> None:
        """Show the run in the colours of the theme in force."""
        self.show_run(self._run_id, self._color)

    def _failed(self, error: RuncaseError) -> None:
        self._scroll.hide()
        self._empty.show()
        self._empty.show_error("This run could not be read", error)

    def _show(self, run: InspectedRun | None) -> None:
        if run is not None and run.detail.run.run_id != self._run_id:
            return  # nothing is selected any more
        if run is None:
            self._scroll.hide()
            self._empty.show()
            self._empty.show_state("circle-x", "This run is gone", "It is no longer in the store.")
            return
        at = self._scroll.verticalScrollBar().value()
        clear(self._body)
        self._head(run.detail)
        self._summary(run.detail)
        self._metrics(run)
        self._params(run.detail)
        self._files(run)
        self._tags(run.detail)
        self._body.addStretch(1)
        self._scroll.show()
        self._scroll.verticalScrollBar().setValue(at)

    def _head(self, detail_: RunDetail) -> None:
        run = detail_.run
        swatch = label("")
        fix(self._theme, swatch, width=12, height=12)
        if self._color is not None:
            color = self._theme.run_color(self._color).name()
            swatch.setStyleSheet(f"background: {color}; border-radius: 3px")
        name = Elided(run_name(run), "title")
        icon, token = icons.STATUS_ICONS.get(run.status, ("clock", "muted"))
        status = IconLabel(self._theme, icon, token, 17)
        status.setToolTip(run.status)
        status.setAccessibleName(f"status {run.status.lower()}")
        top = row(swatch, margins=(12, 0, 12, 0))
        top.addWidget(name, 1)
        top.addWidget(status)
        self._body.addLayout(top)
        ids = row(copyable(self._theme, run.run_id, formats.short_id(run.run_id), "run id"), 1)
        ids.setContentsMargins(12, 0, 12, 0)
        if detail_.parents:
            parent = detail_.parents[-1]
            ids.addWidget(label("child of", "small-muted"))
            ids.addWidget(self._run_link(run_name(parent), parent.run_id))
        self._body.addLayout(ids)
        place = Location(Place.RUN, run.run_id)
        open_run = button("Open Run", "primary", lambda: self.went.emit(place, False))
        window = button("New Window", "", lambda: self.went.emit(place, True))
        self._body.addLayout(row(open_run, window, 1, margins=(12, 6, 12, 6)))

    def _summary(self, detail_: RunDetail) -> None:
        run = detail_.run
        section = self._section("Summary")
        facts = Facts(self._theme)
        facts.followed.connect(lambda place: self.went.emit(place, False))
        moment = formats.moment_with_zone(run.start_time)
        facts.add("Started", formats.moment(run.start_time), tip=moment)
        facts.add("Duration", run_duration(run))
        facts.add("User", run.user_id or detail_.tags.get("mlflow.user") or formats.MISSING)
        source = detail_.tags.get("mlflow.source.name")
        if source:
            commit = detail_.tags.get("mlflow.source.git.commit", "")[:7]
            name = source.replace("\\", "/").rsplit("/", 1)[-1]
            facts.add("Source", f"{name} @ {commit}" if commit else name, tip=source)
        for used in detail_.datasets[:3]:
            context = f" · {used.context}" if used.context else ""
            facts.add("Dataset", f"{used.name}{context}", tip=used.source)
        for version in detail_.versions[:3]:
            facts.add("Model", f"{version.name} v{version.version}", link=of_version(version))
        section.body.addWidget(facts)

    def _metrics(self, run: InspectedRun) -> None:
        metrics = run.detail.metrics
        if not metrics:
            return
        shown = _first_metrics(run.detail)
        section = self._section("Metrics", f"{len(shown)} of {len(metrics)}")
        curves = {each.key: each for each in run.curves}
        color = None if self._color is None else self._theme.run_color(self._color)
        for metric in shown:
            name = Elided(metric.key, "mono", Qt.TextElideMode.ElideMiddle)
            value = label(formats.number(metric.value), "heading")
            value.setToolTip(f"{formats.exact(metric.value)} at step {metric.step:,}")
            line_ = QHBoxLayout()
            line_.setContentsMargins(12, 2, 12, 2)
            line_.addWidget(name, 5)
            curve = curves.get(metric.key)
            if curve is not None and len(curve.y) > 1:
                line_.addWidget(Sparkline(self._theme, curve.x(XAxis.STEP), curve.y, color), 4)
            else:
                line_.addStretch(4)
            line_.addWidget(value, 3, Qt.AlignmentFlag.AlignRight)
            section.body.addLayout(line_)

    def _params(self, detail_: RunDetail) -> None:
        params = detail_.params
        if not params:
            return
        keys = sorted(params, key=str.casefold)[:MAX_PARAMS]
        section = self._section("Params", f"{len(keys)} of {len(params)}")
        facts = Facts(self._theme, 112)
        for key in keys:
            facts.add(
                _middle(key, 16),
                formats.one_line(params[key]),
                mono=True,
                tip=f"{key} = {params[key]}",
            )
        section.body.addWidget(facts)

    def _files(self, run: InspectedRun) -> None:
        if not run.files:
            if run.folder.folder is None and run.folder.reason:
                section = self._section("Artifacts")
                note = label(run.folder.reason, "small-muted")
                note.setWordWrap(True)
                section.body.addLayout(row(note, margins=(12, 2, 12, 6)))
            return
        shown = run.files[:MAX_FILES]
        section = self._section("Artifacts", f"{len(shown)} of {len(run.files)}")
        for entry in shown:
            place = Location(Place.RUN, run.detail.run.run_id, "artifacts", entry.path)
            link = button(entry.name, "link", partial(self.went.emit, place, False))
            icon = "folder" if entry.is_dir else icons.file_icon(entry.name)
            size = "" if entry.is_dir else formats.size(entry.size)
            line_ = row(IconLabel(self._theme, icon), link, 1, label(size, "small-muted"))
            line_.setContentsMargins(12, 1, 12, 1)
            section.body.addLayout(line_)

    def _tags(self, detail_: RunDetail) -> None:
        shown = visible_tags(detail_.tags)
        if not shown:
            return
        section = self._section("Tags", str(len(shown)))
        host = chips(tag_chips(detail_.tags))
        section.body.addLayout(row(host, margins=(12, 2, 12, 6)))

    def _section(self, title: str, count: str = "") -> Section:
        self._body.addWidget(line())
        section = Section(self._theme, title)
        section.set_count(count)
        self._body.addWidget(section)
        return section

    def _run_link(self, text: str, run_id: str) -> QWidget:
        shown = _middle(formats.one_line(text), 20)
        return button(shown, "link", lambda: self.went.emit(Location(Place.RUN, run_id), False))


def inspect(session: Session, run_id: str, progress: Progress) -> InspectedRun | None:
    """Read what the inspector shows; None when the run is gone. Called on a worker thread."""
    with session.store.read(progress) as connection:
        found = detail(connection, run_id)
        if found is None:
            return None
        curves = _curves(connection, found)
    folder = session.finder.find(found.run.artifact_uri, run_id)
    files: tuple[ArtifactEntry, ...] = ()
    if folder.folder is not None:
        try:
            files = tuple(list_folder(folder.folder))
        except RuncaseError as error:
            folder = ArtifactFolder(folder.uri, None, folder.step, str(error))
    return InspectedRun(found, curves, folder, files)


def _first_metrics(found: RunDetail) -> list[LatestMetric]:
    def rank(metric: LatestMetric) -> tuple[bool, bool, str]:
        vague = direction(metric.key) is Direction.UNKNOWN
        return (metric.key.startswith("system/"), vague, metric.key.casefold())

    return sorted(found.metrics, key=rank)[:MAX_METRICS]


def _curves(connection: ReadConnection, found: RunDetail) -> tuple[Series, ...]:
    series = []
    for metric in _first_metrics(found):
        points = history(connection, found.run.run_id, metric.key)
        series.append(
            Series(found.run.run_id, metric.key, points.step, points.timestamp, points.value)
        )
    return tuple(series)


def _middle(text: str, most: int) -> str:
    half = most // 2
    return text if len(text) <= most else f"{text[: half - 1]}…{text[-half:]}"
