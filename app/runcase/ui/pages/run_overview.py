"""The Overview tab of the run page: metrics, params and, in cards, where the run comes from."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QScrollArea,
    QTableView,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from runcase.curves.series import Series
from runcase.itemmodels import formats
from runcase.itemmodels.key_values import HISTORY, MetricsModel, ParamsModel
from runcase.itemmodels.run_texts import run_duration, run_name
from runcase.session.session import Session
from runcase.store.connection import ReadConnection
from runcase.store.metrics import histories
from runcase.store.records import MetricSummary, Run, RunDetail
from runcase.ui import icons
from runcase.ui.context import Context
from runcase.ui.location import Location, Place, of_version
from runcase.ui.widgets.basics import Card, Elided, IconLabel, button, clear, label, row
from runcase.ui.widgets.cell_delegate import CellDelegate
from runcase.ui.widgets.facts import Facts, chips
from runcase.ui.widgets.tags import system_tags, tag_chips
from runcase.ui.zoom import fix, follow_rows

SIDE = 296
# Sparklines are read for so many metrics; the Metrics tab draws them all.
MAX_CURVES = 60
MAX_CHILDREN = 30


class RunOverview(QWidget):
    """Shows one run's facts; `went` carries (Location, in a new window)."""

    went = Signal(object, bool)

    def __init__(self, context: Context, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = context.theme
        self._session = session
        self._detail: RunDetail | None = None
        self.metrics = MetricsModel(self)
        self.params = ParamsModel(self)
        self._metrics_card = Card(self._theme, "Metrics")
        self._metrics_view = self._table(self.metrics, "Metrics")
        self._metrics_card.body.addWidget(self._metrics_view)
        self._params_card = Card(self._theme, "Params")
        self._params_view = self._table(self.params, "Params")
        self._params_card.body.addWidget(self._params_view)
        self._side = QVBoxLayout()
        self._side.setContentsMargins(0, 0, 0, 0)
        self._side.setSpacing(10)
        host = QWidget()
        host.setObjectName("side")
        host.setLayout(self._side)
        scroll = QScrollArea()
        scroll.setWidget(host)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        fix(self._theme, scroll, width=SIDE)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 12, 4, 12)
        layout.setSpacing(12)
        layout.addWidget(self._metrics_card, 55)
        layout.addWidget(self._params_card, 30)
        layout.addWidget(scroll)
        self._widths()

    def show_run(
        self, found: RunDetail, summaries: Sequence[MetricSummary], note_html: str
    ) -> None:
        """Show a run; its note is HTML already."""
        self._detail = found
        self.metrics.show(summaries, found.experiment.tags)
        self.params.show(found.params)
        self._metrics_card.set_note(formats.count(len(summaries)))
        self._params_card.set_note(formats.count(len(found.params)))
        self._build_side(found, note_html)
        curves = [each.key for each in summaries if each.points > 1][:MAX_CURVES]
        self._session.ask(
            self._session.read(_curves, found.run, curves),
            owner=self,
            then=self.metrics.show_curves,
            key="curves",
        )

    def search(self, text: str) -> None:
        """Show only metrics and params that hold every word."""
        self.metrics.search(text)
        self.params.search(text)

    def _table(self, model: MetricsModel | ParamsModel, name: str) -> QTableView:
        view = QTableView()
        view.setAccessibleName(name)
        view.setModel(model)
        view.setItemDelegate(CellDelegate(self._theme, view))
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.horizontalHeader().setHighlightSections(False)
        view.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        follow_rows(self._theme, view, 26)
        view.doubleClicked.connect(self._pressed)
        return view

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._widths()

    def _widths(self) -> None:
        header = self._metrics_view.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        roomy = self._metrics_card.width() > self._theme.px(520)
        history, number, points = (110, 86, 64) if roomy else (64, 70, 54)
        for column, width in (
            (HISTORY, history),
            (2, number),
            (3, number),
            (4, number),
            (5, points),
        ):
            self._metrics_view.setColumnWidth(column, self._theme.px(width))
        params = self._params_view.horizontalHeader()
        self._params_view.setColumnWidth(0, self._theme.px(168 if roomy else 130))
        params.setStretchLastSection(True)

    def _pressed(self, index: QModelIndex) -> None:
        if index.model() is self.metrics and self._detail is not None:
            self.went.emit(Location(Place.RUN, self._detail.run.run_id, "metrics"), False)

    def _build_side(self, found: RunDetail, note_html: str) -> None:
        clear(self._side)
        self._source(found)
        self._models(found)
        self._datasets(found)
        self._tags(found)
        self._note(note_html)
        self._family(found)
        self._side.addStretch(1)

    def _source(self, found: RunDetail) -> None:
        tags = found.tags
        card = self._card("Source")
        facts = Facts(self._theme, 84)
        facts.followed.connect(lambda place: self.went.emit(place, False))
        source = tags.get("mlflow.source.name", "")
        kind = tags.get("mlflow.source.type", "").lower()
        if source:
            name = source.replace("\\", "/").rsplit("/", 1)[-1]
            facts.add("Entry", f"{name} · {kind}" if kind else name, mono=True, tip=source)
        commit = tags.get("mlflow.source.git.commit", "")
        if commit:
            branch = tags.get("mlflow.source.git.branch", "")
            facts.add("Commit", f"{commit[:8]} {branch}".strip(), mono=True, tip=commit)
        repository = tags.get("mlflow.source.git.repoURL", "")
        if repository:
            facts.add("Repository", repository, mono=True)
        experiment = found.experiment
        place = Location(Place.EXPERIMENT, experiment.experiment_id)
        facts.add("Experiment", _short(experiment.name, 20), link=place, tip=experiment.name)
        facts.add("Started", formats.moment(found.run.start_time))
        facts.add("Ended", formats.moment(found.run.end_time))
        facts.add("Artifacts", found.run.artifact_uri or formats.MISSING, mono=True)
        card.body.addWidget(facts)

    def _models(self, found: RunDetail) -> None:
        if not (found.versions or found.logged_models or found.input_models):
            return
        card = self._card("Models", str(len(found.versions) + len(found.logged_models)))
        for version in found.versions:
            text = f"{version.name} v{version.version}"
            roles = [(alias, "chip-alias") for alias in version.aliases]
            self._link_row(card, "box", text, of_version(version), roles)
        for model in found.logged_models:
            place = Location(Place.RUN, found.run.run_id, "artifacts", f"{model.model_id}:MLmodel")
            state = [(model.status.lower(), "chip")]
            self._link_row(card, "boxes", f"{model.name} (logged)", place, state)
        for model in found.input_models:
            if model.source_run_id:
                place = Location(Place.RUN, model.source_run_id)
                self._link_row(card, "arrow-right", f"{model.name} (input)", place, [])

    def _link_row(
        self,
        card: Card,
        icon: str,
        text: str,
        place: Location,
        marks: Sequence[tuple[str, str]],
    ) -> None:
        link = button(_short(text, 26), "link", partial(self.went.emit, place, False))
        link.setToolTip(text)
        made = row(IconLabel(self._theme, icon, "text-2"), link, 1, margins=(12, 4, 10, 4))
        for mark, role in marks[:2]:
            made.addWidget(label(_short(mark, 14), role))
        card.body.addLayout(made)

    def _datasets(self, found: RunDetail) -> None:
        if not found.datasets:
            return
        card = self._card("Datasets", str(len(found.datasets)))
        for used in found.datasets:
            name = Elided(used.name, "heading", Qt.TextElideMode.ElideMiddle)
            top = row(IconLabel(self._theme, "table-2", "muted"), margins=(12, 5, 10, 0))
            top.addWidget(name, 1)
            if used.context:
                top.addWidget(label(used.context, "chip"))
            card.body.addLayout(top)
            below = Elided(f"{used.source_type} · {used.digest}", "small-muted")
            below.set_tip(f"{used.source}\n{used.schema or ''}"[:2000])
            line = row(margins=(35, 0, 10, 5))
            line.addWidget(below, 1)
            card.body.addLayout(line)

    def _tags(self, found: RunDetail) -> None:
        own, mlflow = tag_chips(found.tags), system_tags(found.tags)
        if not (own or mlflow):
            return
        card = self._card("Tags", str(len(own)))
        marks = [*own, (f"{len(mlflow)} mlflow.*", "chip")] if mlflow else own
        host = chips(marks, self._theme.px(SIDE) - 40)
        host.setToolTip("\n".join(f"{key} = {value[:120]}" for key, value in mlflow.items()))
        card.body.addLayout(row(host, margins=(12, 8, 10, 8)))

    def _note(self, html: str) -> None:
        if not html:
            return
        card = self._card("Note")
        text = QTextBrowser()
        text.setAccessibleName("Note")
        text.setOpenLinks(False)
        text.setFrameShape(QFrame.Shape.NoFrame)
        text.setHtml(html)
        text.document().setDocumentMargin(10)
        text.document().setTextWidth(self._theme.px(SIDE) - 24)
        height = round(text.document().size().height()) + 4
        text.setFixedHeight(min(height, self._theme.px(260)))
        card.body.addWidget(text)

    def _family(self, found: RunDetail) -> None:
        if found.parents:
            card = self._card("Parents", str(len(found.parents)))
            for parent in found.parents:
                self._run_row(card, parent)
        if found.children:
            card = self._card("Child runs", formats.count(len(found.children)))
            for child in found.children[:MAX_CHILDREN]:
                self._run_row(card, child)
            more = len(found.children) - MAX_CHILDREN
            if more > 0:
                text = label(f"{more:,} more in the runs table", "small-muted")
                card.body.addLayout(row(text, margins=(12, 4, 10, 6)))

    def _run_row(self, card: Card, run: Run) -> None:
        place = Location(Place.RUN, run.run_id)
        link = button(_short(run_name(run), 24), "link", partial(self.went.emit, place, False))
        link.setToolTip(run.run_id)
        icon, token = icons.STATUS_ICONS.get(run.status, ("clock", "muted"))
        took = label(run_duration(run), "small-muted")
        status = IconLabel(self._theme, icon, token)
        card.body.addLayout(row(link, 1, took, status, margins=(12, 3, 10, 3)))

    def _card(self, title: str, note: str = "") -> Card:
        card = Card(self._theme, title, note)
        self._side.addWidget(card)
        return card


def _curves(connection: ReadConnection, run: Run, keys: Sequence[str]) -> dict[str, Series]:
    """Read the histories of a run's metrics for the sparklines."""
    found = histories(connection, [(run.run_id, key) for key in keys])
    return {
        each.key: Series(run.run_id, each.key, each.step, each.timestamp, each.value)
        for each in found
    }


def _short(text: str, most: int) -> str:
    line = formats.one_line(text)
    return line if len(line) <= most else f"{line[: most // 2]}…{line[-(most // 2 - 1) :]}"
