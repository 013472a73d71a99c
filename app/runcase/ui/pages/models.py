"""The page of the registry: registered models and, apart from them, prompts."""

from PySide6.QtCore import QModelIndex, QSize
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from runcase.errors import RuncaseError
from runcase.itemmodels import formats
from runcase.itemmodels.registry import ModelsModel
from runcase.session.session import Session
from runcase.store.records import RegisteredModel
from runcase.store.registry import list_models
from runcase.ui.context import Context
from runcase.ui.location import Location, Place
from runcase.ui.pages.base import Crumb, FilterState, Page
from runcase.ui.widgets.basics import PanelHeader
from runcase.ui.widgets.chip_table import ChipTable
from runcase.ui.widgets.state_page import LoadingPage, StatePage

_WIDTHS = {"Name": 230, "Aliases": 210, "Versions": 84, "Last updated": 120, "Tags": 240}


class ModelsPage(Page):
    """Lists the registry of one store; a model opens its own page."""

    def __init__(self, context: Context, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._session = session
        self._text = ""
        self._loaded = False
        self.models = ModelsModel(self)
        self.prompts = ModelsModel(self)
        self.models_view = self._make_view(self.models, "Registered models")
        self.prompts_view = self._make_view(self.prompts, "Prompts")
        self._models_head = PanelHeader(self.theme, "Registered models")
        self._prompts_head = PanelHeader(self.theme, "Prompts")
        inner = QWidget()
        inner.setObjectName("surface")
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._models_head)
        layout.addWidget(self.models_view)
        layout.addWidget(self._prompts_head)
        layout.addWidget(self.prompts_view)
        layout.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidget(inner)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._state = StatePage(context.theme)
        self._loading = LoadingPage(context.theme)
        self._stack = QStackedWidget()
        for each in (self._scroll, self._state, self._loading):
            self._stack.addWidget(each)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)

    @property
    def location(self) -> Location:
        return Location(Place.MODELS)

    def go(self, location: Location) -> None:
        if not self._loaded:
            self._stack.setCurrentWidget(self._loading)
            self._loading.start("Reading the registry …")
        self.refresh()

    def title(self) -> str:
        return "Registered models"

    def crumbs(self) -> list[Crumb]:
        return [Crumb("Registered models", "box", self.location)]

    def status(self) -> list[str]:
        if not self._loaded:
            return []
        parts = [formats.counted(self.models.rowCount(), "model")]
        if self.prompts.total:
            parts.append(formats.counted(self.prompts.rowCount(), "prompt"))
        return parts

    def filter_hint(self) -> str:
        return "Find a model by name, alias, tag or description"

    def filter_state(self) -> FilterState:
        if not self._text:
            return FilterState()
        found = self.models.rowCount() + self.prompts.rowCount()
        total = self.models.total + self.prompts.total
        return FilterState(self._text, f"{formats.count(found)} of {formats.count(total)}")

    def apply_filter(self, text: str) -> None:
        self._text = text.strip()
        self.models.search(self._text)
        self.prompts.search(self._text)
        self._arrange()
        self.noted.emit()

    def refresh(self) -> None:
        self._session.ask(
            self._session.read(list_models),
            owner=self,
            then=self._show,
            failed=self._failed,
            key="models",
        )

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 200)

    def _make_view(self, model: ModelsModel, name: str) -> ChipTable:
        view = ChipTable(self.theme, name)
        view.show_model(model, _WIDTHS, "Description")
        view.opened.connect(self._open)
        return view

    def _open(self, index: QModelIndex, new_window: bool) -> None:
        model = self.prompts if index.model() is self.prompts else self.models
        chosen = model.row(index.row())
        place = Location(Place.MODEL, chosen.name, workspace=chosen.workspace)
        self.went.emit(place, new_window)

    def _failed(self, error: RuncaseError) -> None:
        self._loading.finish()
        again = ("Try Again", self.refresh)
        self._state.show_error("The registry could not be read", error, again)
        self._stack.setCurrentWidget(self._state)

    def _show(self, models: list[RegisteredModel]) -> None:
        self._loading.finish()
        self._loaded = True
        chosen = [self._chosen(view) for view in (self.models_view, self.prompts_view)]
        self.models.show([each for each in models if not each.is_prompt])
        self.prompts.show([each for each in models if each.is_prompt])
        for view, key in zip((self.models_view, self.prompts_view), chosen, strict=True):
            self._choose(view, key)
        self._arrange()
        self.noted.emit()

    def _arrange(self) -> None:
        """Show the tables that have rows, or say why there are none."""
        models, prompts = self.models.rowCount(), self.prompts.rowCount()
        for head, view, count in (
            (self._models_head, self.models_view, models),
            (self._prompts_head, self.prompts_view, prompts),
        ):
            head.note.setText(formats.count(count))
            head.setVisible(count > 0)
            view.setVisible(count > 0)
            view.fit_height()
        if models + prompts:
            self._stack.setCurrentWidget(self._scroll)
            return
        if self._text:
            self._state.show_state(
                "filter",
                "No model matches this filter",
                f"None of the {self.models.total + self.prompts.total} models and prompts has "
                f"“{self._text}” in its name, aliases, tags or description.",
                ("Clear Filter", lambda: self.apply_filter("")),
            )
        else:
            self._state.show_state(
                "box",
                "No registered models",
                "A model appears here once it is registered with mlflow.register_model.",
            )
        self._stack.setCurrentWidget(self._state)

    def _chosen(self, view: ChipTable) -> tuple[str, str] | None:
        at = view.currentIndex()
        if not at.isValid():
            return None
        model = self.models if view is self.models_view else self.prompts
        chosen = model.row(at.row())
        return chosen.workspace, chosen.name

    def _choose(self, view: ChipTable, key: tuple[str, str] | None) -> None:
        model = self.models if view is self.models_view else self.prompts
        for row in range(model.rowCount()):
            each = model.row(row)
            if (each.workspace, each.name) == key:
                view.setCurrentIndex(model.index(row, 0))
