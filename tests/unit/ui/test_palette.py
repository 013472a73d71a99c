import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from runcase.itemmodels.navigator import Contents
from runcase.session.session import Session
from runcase.store.experiments import list_experiments
from runcase.store.registry import list_models
from runcase.ui.actions import ACTIONS
from runcase.ui.dialogs.palette import Palette
from runcase.ui.dialogs.palette_entries import Entry, key_caps, search, wanted_run
from runcase.ui.location import Location, Place
from runcase.ui.theme import Theme

OFF = "select-all"
SPECS = [(spec, spec.id != OFF) for spec in ACTIONS]


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    made.show()
    made.setFocus()
    return made


@pytest.fixture
def contents(session: Session) -> Contents:
    with session.store.read() as connection:
        return Contents(tuple(list_experiments(connection)), tuple(list_models(connection)))


@pytest.fixture
def palette(theme: Theme, window: QWidget, contents: Contents, session: Session) -> Palette:
    return opened(theme, window, contents, session)


def opened(
    theme: Theme, window: QWidget, contents: Contents, session: Session, mode: str = "all"
) -> Palette:
    made = Palette(theme, window, SPECS, contents, session, mode)
    made.show()
    return made


def found(palette: Palette) -> list[str]:
    rows = (palette.model.match_at(row) for row in range(palette.model.rowCount()))
    return [match.entry.text for match in rows if match is not None]


def sections(palette: Palette) -> list[str]:
    rows = range(palette.model.rowCount())
    return [str(palette.model.index(row).data()) for row in rows if not match_at(palette, row)]


def match_at(palette: Palette, row: int) -> bool:
    return palette.model.match_at(row) is not None


def test_only_enabled_commands_are_listed(palette: Palette):
    palette.segments.choose("commands")
    palette.field.setText("select all")
    assert "Select All" not in found(palette)
    palette.field.setText("copy path")
    assert found(palette)[0] == "Copy Path"


def test_enter_runs_a_command_after_the_focus_went_back(
    qtbot: QtBot, palette: Palette, window: QWidget
):
    qtbot.keyClicks(palette.field, ">refresh")
    with qtbot.waitSignal(palette.chosen_action) as chosen:
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert chosen.args == ["refresh"]
    qtbot.waitUntil(lambda: not window.findChildren(Palette))


def test_models_are_found_by_alias(qtbot: QtBot, palette: Palette):
    palette.field.setText("@champ")
    assert palette.mode() == "models"
    assert sections(palette) == ["Models"]
    # The best match first; "also-champion" holds it too, inside.
    assert found(palette)[0] == "Fraud Model ü @champion"
    with qtbot.waitSignal(palette.went) as went:
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert went.args == [Location(Place.MODEL, "Fraud Model ü", "2"), False]


def test_experiments_open_in_a_new_window_with_ctrl_enter(qtbot: QtBot, palette: Palette):
    palette.field.setText("plain")
    assert found(palette)[0].startswith("plain experiment")
    with qtbot.waitSignal(palette.went) as went:
        qtbot.keyClick(palette.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert went.args[0].place is Place.EXPERIMENT
    assert went.args[1]


def test_runs_come_from_the_store_after_the_typing(qtbot: QtBot, palette: Palette):
    palette.field.setText("sk one")
    qtbot.waitUntil(lambda: "sk one" in found(palette))
    assert "Runs" in sections(palette)


@pytest.mark.parametrize("form", ["{}", "http://localhost:5000/#/experiments/1/runs/{}/artifacts"])
def test_an_id_or_a_pasted_address_finds_its_run(
    qtbot: QtBot,
    theme: Theme,
    window: QWidget,
    contents: Contents,
    session: Session,
    form: str,
):
    with session.store.read() as connection:
        run_id = connection.scalar("select run_uuid from runs order by run_uuid limit 1")
    palette = opened(theme, window, contents, session, "runs")
    assert "paste an MLflow address" in sections(palette)[0]
    palette.field.setText(form.format(run_id))
    qtbot.waitUntil(lambda: len(found(palette)) == 1)
    with qtbot.waitSignal(palette.went) as went:
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert went.args[0] == Location(Place.RUN, run_id)


def test_what_is_not_there_is_said(qtbot: QtBot, palette: Palette):
    palette.field.setText("qqqqzzzz")
    qtbot.waitUntil(lambda: sections(palette) == ["Nothing found for “qqqqzzzz”"])
    with qtbot.assertNotEmitted(palette.chosen_action):
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)


def test_arrows_skip_the_titles_and_tab_narrows(qtbot: QtBot, palette: Palette):
    palette.field.setText("e")
    first = palette.current()
    for _ in range(40):
        qtbot.keyClick(palette.field, Qt.Key.Key_Down)
        assert palette.current() is not None
    assert palette.current() != first
    for _ in range(40):
        qtbot.keyClick(palette.field, Qt.Key.Key_Up)
    assert palette.current() == first
    qtbot.keyClick(palette.field, Qt.Key.Key_Tab)
    assert palette.mode() == "runs"
    qtbot.keyClick(palette.field, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert palette.mode() == "all"


def test_escape_closes_and_gives_the_focus_back(qtbot: QtBot, palette: Palette, window: QWidget):
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not window.findChildren(Palette))
    assert window.focusWidget() in (window, None)


def test_a_second_palette_replaces_the_first(
    qtbot: QtBot, palette: Palette, theme: Theme, window: QWidget, session: Session
):
    second = Palette(theme, window, SPECS, None, None)
    second.show()
    qtbot.waitUntil(lambda: window.findChildren(Palette) == [second])
    assert second.came_from is window


def test_a_click_chooses(qtbot: QtBot, palette: Palette):
    palette.field.setText(">quit")
    row = palette.list.currentIndex()
    place = palette.list.visualRect(row).center()
    with qtbot.waitSignal(palette.chosen_action) as chosen:
        qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))
    assert chosen.args == ["quit"]


def test_ranking_prefers_beginnings_and_forgives_a_mistake():
    entries = [
        Entry("Commands", text, "", "x") for text in ("Copy Path", "Show in Files", "Refresh")
    ]
    assert [match.entry.text for match in search(entries, "ref")] == ["Refresh"]
    assert search(entries, "ref")[0].letters == (0, 1, 2)
    assert [match.entry.text for match in search(entries, "refrsh")] == ["Refresh"]
    assert search(entries, "files show")[0].letters == (0, 1, 2, 3, 8, 9, 10, 11, 12)
    assert search(entries, "cp")[0].entry.text == "Copy Path"
    assert search(entries, "xyz") == []
    assert len(search(entries, "")) == 3


def test_keys_are_written_cap_by_cap():
    caps = {spec.id: key_caps(spec) for spec in ACTIONS}
    assert caps["open-file"] == ("Ctrl", "Shift", "O")
    assert caps["open-clipboard"] == ()
    assert caps["toggle-shown"] == ("E",)
    assert caps["zoom-in"] == ("Ctrl", "=")


def test_addresses_are_recognised():
    run = "a41f9c07a41f9c07a41f9c07a41f9c07"
    assert wanted_run(f"http://x:5000/#/experiments/1/runs/{run}") == run
    assert wanted_run(f"https://x/ml/experiments/7/runs/{run}/model-metrics?a=b") == run
    assert wanted_run("  trial-031 ") == "trial-031"
