"""A person looks through whole stores, which MLflow releases wrote, with mouse and keyboard."""

import math
from collections import Counter
from functools import partial

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QTextCharFormat
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

import driving
from driving import click, press, trigger, type_into
from made import expected, unpack
from runcase.itemmodels import navigator as rows
from runcase.itemmodels.navigator import EVERY
from runcase.preview.document import Image, Page, Table, Text, Tree
from runcase.store.records import ColumnKey, Kind
from runcase.ui.dialogs.columns import ColumnsDialog
from runcase.ui.dialogs.palette import Palette
from runcase.ui.location import Place
from runcase.ui.pages.experiment import ExperimentPage
from runcase.ui.pages.model import ModelPage
from runcase.ui.pages.models import ModelsPage
from runcase.ui.pages.overview import OverviewPage
from runcase.ui.pages.run import RunPage
from small_store import picture

FULLEST = "1"
LOSS = ColumnKey(Kind.METRIC, "loss")
PARENT = "mlflow.parentRunId"
CTRL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key
PREVIEWED = {
    "plots/roc.png": Image,
    "plots/curve.svg": Image,
    "plots/plotly.html": Page,
    "docs/readme.md": Page,
    "code/train.py": Text,
    "data/config.json": Tree,
    "data/table.csv": Table,
}


class Journey:
    """One window on one store, and what MLflow's own client read from that store."""

    def __init__(self, qtbot, application, version, folder):
        unpack(version, folder)
        self.folder, self.before = folder, picture(folder)
        self.qtbot, self.application = qtbot, application
        self.truth = expected(version)
        self.runs = self.truth["runs"]
        self.settle = partial(driving.settle, qtbot, application)
        self.wait_for = partial(driving.wait_for, qtbot)
        self.window = driving.open_store(qtbot, application, folder)

    @property
    def page(self):
        return self.window.page

    @property
    def view(self):
        return self.page.view

    def trigger(self, action_id):
        trigger(self.window, action_id)
        self.settle()

    def shown(self):
        return [self.page.runs.run_id(row) for row in range(self.page.runs.rowCount())]

    def active(self, experiment=FULLEST):
        infos = {run_id: run["info"] for run_id, run in self.runs.items()}
        return [
            run_id
            for run_id, info in infos.items()
            if info["experiment_id"] == experiment and info["lifecycle_stage"] == "active"
        ]

    def children(self, parent):
        """The active runs whose parent is this one; those without a parent here for None."""
        active = set(self.active())
        above = {each: self.runs[each]["tags"].get(PARENT) for each in active}
        known = {each: over if over in active else None for each, over in above.items()}
        return {each for each, over in known.items() if over == parent}

    def named(self, name):
        return next(each for each in self.active() if self.name(each) == name)

    def name(self, run_id):
        run = self.runs[run_id]
        return run["info"].get("run_name") or run["tags"].get("mlflow.runName")

    def loss(self, run_id):
        value = self.runs[run_id]["metrics"].get("loss", {}).get("value")
        return None if value is None else float(value)

    def index(self, run_id, column=1):
        return self.page.runs.index(self.page.runs.row_of(run_id), column)


@pytest.mark.parametrize("version", ["1.0.0", "1.30.0", "2.14.3", "3.18.0"])
def test_a_store_is_looked_through(version, application, qtbot, tmp_path):
    journey = Journey(qtbot, application, version, tmp_path / "store")
    navigates(journey)
    sorts(journey)
    filters(journey)
    expands(journey)
    charts(journey)
    chooses_columns(journey)
    switches_modes(journey)
    opens_a_run(journey)
    previews_artifacts(journey)
    goes_back_and_up(journey)
    reads_the_registry(journey)
    sees_the_overview(journey)
    finds_a_run(journey)
    journey.window.close()
    journey.settle()
    assert picture(journey.folder) == journey.before


def navigates(journey):
    window, model = journey.window, journey.window.navigator.model
    nodes = {index.data(rows.ID_ROLE): index for index in walk(model, "experiment")}
    assert set(nodes) - {EVERY} == {each["experiment_id"] for each in journey.truth["experiments"]}
    assert nodes[FULLEST].data(rows.COUNT_ROLE) == str(len(journey.active()))
    assert window.location.id == FULLEST, "a window begins with the fullest experiment"
    for experiment in ("0", FULLEST):
        click(window.navigator.tree, nodes[experiment])
        journey.settle()
        assert window.location.id == experiment
        assert isinstance(window.page, ExperimentPage)
    assert set(journey.shown()) == journey.children(None)
    assert window.page.status()[0] == f"{len(journey.active())} runs"


def sorts(journey):
    view, runs = journey.view, journey.page.runs
    header = view.horizontalHeader()
    first = journey.shown()
    at = runs.columns.index(LOSS)
    orders = []
    for _ in range(3):
        view.scrollTo(runs.index(0, at))
        left = header.sectionViewportPosition(at) + header.sectionSize(at) // 2
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(left, 8))
        journey.settle()
        orders.append(journey.shown())
    known = [journey.loss(each) for each in journey.children(None)]
    known = sorted(each for each in known if each is not None and not math.isnan(each))
    up = [journey.loss(each) for each in orders[0]]
    down = [journey.loss(each) for each in orders[1]]
    assert up[: len(known)] == known
    assert down[: len(known)] == known[::-1]
    assert orders[2] == first, "a third click brings MLflow's order back"


def filters(journey):
    window, field = journey.window, journey.window.toolbar.filter
    every = journey.shown()
    press(journey.view, Key.Key_F, CTRL)
    assert QApplication.focusWidget() is field.editor
    type_into(field.editor, "metrics.loss < 0.5")
    press(field.editor, Key.Key_Return)
    journey.settle()
    losses = {each: journey.loss(each) for each in journey.active()}
    matching = {each for each, loss in losses.items() if loss is not None and loss < 0.5}
    assert window.page.loader.matching == len(matching)
    assert window.page.status()[0] == f"{len(matching)} of {len(losses)} runs"
    kept = journey.shown()
    assert matching & set(every) <= set(kept)
    type_into(field.editor, " and metrics.loss >< 1")
    journey.settle()
    assert journey.shown() == kept, "a mistake keeps the rows of the last valid filter"
    state = window.page.filter_state()
    assert state.bad
    assert underlined(field.editor) == list(range(state.position, state.position + state.length))
    assert field.text()[state.position :].startswith("><")
    press(field.editor, Key.Key_Escape)
    assert field.text(), "the first Esc closes the completions only"
    press(field.editor, Key.Key_Escape)
    journey.settle()
    assert field.text() == ""
    assert underlined(field.editor) == []
    assert journey.shown() == every
    press(field.editor, Key.Key_Escape)
    assert QApplication.focusWidget() is journey.view


def expands(journey):
    parent = journey.named("sweep parent")
    children = journey.children(parent)
    elder = next(each for each in children if journey.children(each))
    before = journey.shown()
    click(journey.view, journey.index(parent))
    for run_id, more in ((parent, children), (elder, journey.children(elder))):
        journey.view.setCurrentIndex(journey.index(run_id))
        press(journey.view, Key.Key_Right)
        journey.settle()
        assert more <= set(journey.shown())
    assert set(journey.shown()) - set(before) == children | journey.children(elder)
    press(journey.view, Key.Key_Left)
    journey.settle()
    assert journey.view.current_id() == elder
    assert set(journey.shown()) - set(before) == children
    press(journey.view, Key.Key_Left)
    assert journey.view.current_id() == parent
    press(journey.view, Key.Key_Left)
    journey.settle()
    assert journey.shown() == before


def charts(journey):
    page, view = journey.page, journey.view
    chosen = [journey.named(each) for each in ("baseline – ☃ run", "extremes")]
    click(view, journey.index(chosen[0]))
    click(view, journey.index(chosen[1]), CTRL)
    journey.settle()
    assert set(view.selected_ids()) == set(chosen)
    assert view.current_id() == chosen[1]
    check_curves(journey)
    shown = page.colors.shown()
    assert shown
    hidden = shown[0]
    # Colour, eye and pin lie left of the name, in the frozen column.
    click(view._frozen, journey.index(hidden, 0), dx=32)
    journey.settle()
    assert page.colors.index(hidden) is None
    assert set(view.selected_ids()) == set(chosen), "the eye leaves the selection alone"
    check_curves(journey)
    click(view, journey.index(hidden))
    journey.trigger("toggle-shown")
    assert page.colors.index(hidden) is not None
    switches_axes(journey, page.charts.panel)


def on_screen(panel):
    return [chart for chart in panel.line_charts() if not chart.visibleRegion().isEmpty()]


def check_curves(journey):
    """Every chart of curves on the screen draws each charted run that has its metric."""
    drawn = on_screen(journey.page.charts.panel)
    assert any(chart.prepared.lines for chart in drawn)
    for chart in drawn:
        charted = [run.run_id for run in journey.page.charts.panel.looks.runs]
        wanted = {each for each in charted if chart.name() in journey.runs[each]["metrics"]}
        assert {each.line.run_id for each in chart.drawn_lines()} == wanted, chart.name()


def switches_axes(journey, panel):
    chart = on_screen(panel)[0]
    for axis in ("relative", "wall", "step"):
        journey.trigger(f"x-{axis}")
        assert {each.view.axis.value for each in on_screen(panel)} == {axis}
        check_curves(journey)
    for on in (True, False):
        journey.trigger("log-y")
        assert chart.view.log_y is on
        assert journey.window.actions_.by_id["log-y"].isChecked() is on
    for _ in range(3):
        journey.trigger("smooth-more")
    assert chart.view.smoothing == pytest.approx(0.15)
    journey.trigger("smooth-less")
    assert chart.view.smoothing == pytest.approx(0.10)
    for kind in ("time", "gaussian", "mean", "ema"):
        journey.trigger(f"smooth-{kind}")
        assert {each.view.kind.value for each in on_screen(panel)} == {kind}
        assert panel.options()["smoothing_kind"] == kind
        assert journey.window.actions_.by_id[f"smooth-{kind}"].isChecked()
        check_curves(journey)
    journey.trigger("raw-line")
    assert not chart.show_raw
    check_curves(journey)


def chooses_columns(journey):
    journey.trigger("columns")
    dialog = journey.window.findChild(ColumnsDialog)
    type_into(dialog.search, "loss")
    found = dialog.model.shown()
    assert LOSS in found
    by_text = {each.text(): each for each in dialog.findChildren(QPushButton)}
    by_text["Untick Found"].click()
    by_text["Show Columns"].click()
    journey.settle()
    assert not set(found) & set(journey.page.runs.columns)
    journey.trigger("columns")
    dialog = journey.window.findChild(ColumnsDialog)
    type_into(dialog.search, "loss")
    at = dialog.model.index(dialog.model.shown().index(LOSS))
    press(dialog._list, Key.Key_Down)
    dialog._list.setCurrentIndex(at)
    press(dialog._list, Key.Key_Space)
    press(dialog.search, Key.Key_Return)
    journey.settle()
    assert journey.window.findChild(ColumnsDialog) is None
    driving.activate(journey.qtbot, journey.window)  # no window manager does it here
    assert journey.page.runs.columns[-1] == LOSS
    top = journey.named("baseline – ☃ run")
    row = journey.page.runs.row_of(top)
    assert float(journey.page.runs.full_text(row, LOSS)) == journey.loss(top)


def switches_modes(journey):
    page = journey.page
    # Beside the charts the table is the list of their runs.
    for mode, table, drawn in (("table", True, False), ("charts", True, True)):
        journey.trigger(f"mode-{mode}")
        assert (page.view.isVisible(), page.charts.isVisible()) == (table, drawn)
        assert journey.window.actions_.by_id[f"mode-{mode}"].isChecked()
    check_curves(journey)
    journey.trigger("mode-split")
    assert page.view.isVisible()
    assert page.charts.isVisible()


def opens_a_run(journey):
    run_id = journey.named("baseline – ☃ run")
    click(journey.view, journey.index(run_id))
    press(journey.view, Key.Key_Return)
    journey.settle()
    page, run = journey.page, journey.runs[run_id]
    assert isinstance(page, RunPage)
    assert page.location.id == run_id
    assert "baseline – ☃ run" in journey.window.windowTitle()
    assert page.overview.metrics.rowCount() == len(run["metrics"])
    assert page.overview.params.rowCount() == len(run["params"])
    driving.click_tab(page.tabs, 1)
    journey.settle()
    drawn = page.metrics.charts.panel.charts()
    assert drawn
    assert all(len(chart.prepared.lines) == 1 for chart in drawn)


def previews_artifacts(journey):
    page = journey.page
    driving.click_tab(page.tabs, 2)
    journey.settle()
    assert page.location.tab == "artifacts"
    artifacts = page.artifacts
    for path, kind in PREVIEWED.items():
        # The first one starts the worker process.
        with journey.qtbot.waitSignal(artifacts.preview.shown, timeout=driving.GUARD_MS) as shown:
            click(artifacts.tree, artifacts.model.find(f"/{path}"))
        assert isinstance(shown.args[0], kind), path
        assert page.location.path == path
        assert journey.window.windowTitle().endswith(path.rsplit("/", 1)[-1])
    files = [each for each in journey.runs[page.location.id]["artifacts"] if not each["is_dir"]]
    assert artifacts.summary().startswith(f"{len(files)} files")


def goes_back_and_up(journey):
    window, run_id = journey.window, journey.page.location.id
    *_, before, last = PREVIEWED
    journey.trigger("back")
    assert window.location.path == before
    assert journey.page.artifacts.path == before
    journey.trigger("forward")
    assert window.location.path == last
    press(window, Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    journey.settle()
    while window.location.place is Place.RUN:
        journey.trigger("up")
    assert window.location.place is Place.EXPERIMENT
    assert window.location.id == FULLEST
    assert journey.view.current_id() == run_id, "the row that was opened is still current"


def reads_the_registry(journey):
    window, models = journey.window, journey.truth.get("registered_models") or []
    prompts = {each["name"] for each in journey.truth.get("prompts") or []}
    named = {each["name"] for each in models} - prompts
    if not named:
        assert not window.actions_.by_id["go-models"].isEnabled()
        return
    journey.trigger("go-models")
    page = journey.page
    assert isinstance(page, ModelsPage)
    listed = [page.models.row(row).name for row in range(page.models.rowCount())]
    assert set(listed) == named
    assert page.prompts.rowCount() == len(prompts)
    name = "Fraud Model ü"
    click(page.models_view, page.models.index(listed.index(name), 0))
    press(page.models_view, Key.Key_Return)
    journey.settle()
    follows_a_version(journey, name)


def follows_a_version(journey, name):
    page = journey.page
    assert isinstance(page, ModelPage)
    versions = [each for each in journey.truth["model_versions"] if each["name"] == name]
    assert page.versions.rowCount() == len(versions)
    source = next(each for each in versions if each["run_id"])
    at = page.versions.row_of(int(source["version"]))
    click(page.view, page.versions.index(at, 0))
    journey.settle()
    run_name = journey.name(source["run_id"])
    link = next(each for each in page.lineage.findChildren(QPushButton) if each.text() == run_name)
    link.click()
    journey.settle()
    assert isinstance(journey.page, RunPage)
    assert journey.page.location.id == source["run_id"]
    journey.trigger("back")
    assert journey.page is page
    assert page.selected().version == int(source["version"])
    journey.trigger("source-run")
    assert journey.page.location.id == source["run_id"]


def sees_the_overview(journey):
    journey.trigger("go-overview")
    page = journey.page
    assert isinstance(page, OverviewPage)
    stages = Counter(each["lifecycle_stage"] for each in journey.truth["experiments"])
    assert page.status()[1] == f"{stages['active']} experiments"
    assert page.experiments.rowCount() >= stages["active"]


def finds_a_run(journey):
    window, run_id = journey.window, journey.named("sweep parent")
    press(window, Key.Key_K, CTRL)
    palette = window.findChild(Palette)
    assert QApplication.focusWidget() is palette.field
    type_into(palette.field, "sweep pa")
    journey.settle()
    press(palette.field, Key.Key_Tab)
    journey.settle()
    assert palette.mode() == "runs"
    assert palette.current().location.id == run_id
    press(palette.field, Key.Key_Return)
    journey.settle()
    assert window.findChild(Palette) is None
    assert journey.page.location.id == run_id


def walk(model, kind, parent=None):
    """All rows of a kind in a tree model."""
    above = QModelIndex() if parent is None else parent
    for row in range(model.rowCount(above)):
        index = model.index(row, 0, above)
        if index.data(rows.KIND_ROLE) == kind:
            yield index
        yield from walk(model, kind, index)


def underlined(editor):
    """The positions of the letters that are underlined as a mistake."""
    wave = QTextCharFormat.UnderlineStyle.WaveUnderline
    formats = editor.document().firstBlock().layout().formats()
    marked = [each for each in formats if each.format.underlineStyle() == wave]
    return sorted({at for each in marked for at in range(each.start, each.start + each.length)})
