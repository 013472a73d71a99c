"""What holds for a window whatever page it shows: keys, looks, and no windows beside it."""

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QWidget

from driving import click, open_store, press, settle, trigger
from made import unpack
from runcase.ui.location import Location, Place
from runcase.ui.main_window import MainWindow

Key = Qt.Key
MODEL = "Fraud Model ü"


@pytest.fixture
def opened(application, qtbot, tmp_path):
    """Opens a window on the store of MLflow 3.18.0, on its fullest experiment."""
    unpack("3.18.0", tmp_path / "store")
    return lambda: open_store(qtbot, application, tmp_path / "store")


@pytest.mark.parametrize("place", ["table", "tree"])
def test_single_letters_are_commands_in_tables_and_trees(place, opened, application, qtbot):
    window = opened()
    page = window.page
    click(page.view, page.runs.index(0, 1))
    view = page.view if place == "table" else window.navigator.tree
    view.setFocus()
    shown = page.colors.index(page.view.current_id())
    press(view, Key.Key_E)
    settle(qtbot, application)
    assert (page.colors.index(page.view.current_id()) is None) == (shown is not None)
    press(view, Key.Key_Slash)
    assert QApplication.focusWidget() is window.toolbar.filter.editor


def test_letters_that_are_typed_are_no_commands(opened, application, qtbot):
    window = opened()
    page, editor = window.page, window.toolbar.filter.editor
    shown = page.colors.shown()
    press(window, Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    for key in (Key.Key_E, Key.Key_S, Key.Key_Slash):
        press(editor, key)
    assert editor.toPlainText() == "es/"
    settle(qtbot, application)
    assert page.colors.shown() == shown


def test_theme_and_zoom_change_everything_at_once(opened, application, qtbot):
    window = opened()
    app, theme, view = QApplication.instance(), window.theme, window.page.view
    light, height = app.palette().color(QPalette.ColorRole.Window), view.rowHeight(0)
    trigger(window, "theme-dark")
    settle(qtbot, application)
    assert theme.is_dark
    assert app.palette().color(QPalette.ColorRole.Window).lightness() < light.lightness()
    trigger(window, "zoom-in")
    settle(qtbot, application)
    assert theme.zoom == pytest.approx(1.1)
    assert view.rowHeight(0) > height
    trigger(window, "zoom-reset")
    trigger(window, "theme-light")
    settle(qtbot, application)
    assert view.rowHeight(0) == height
    assert app.palette().color(QPalette.ColorRole.Window) == light


class Witness(QObject):
    """Notes every window but ours that comes up, if only for a moment."""

    def __init__(self):
        super().__init__()
        self.seen = set()

    def eventFilter(self, watched, event):
        shown = event.type() == QEvent.Type.Show and isinstance(watched, QWidget)
        if shown and watched.isWindow() and not isinstance(watched, MainWindow):
            self.seen.add(type(watched).__name__)
        return False


def test_no_part_of_a_page_is_ever_a_window_of_its_own(opened, application, qtbot):
    """A widget that is shown before it has a parent flashes up and takes the focus."""
    witness = Witness()
    QApplication.instance().installEventFilter(witness)
    try:
        window = opened()
        run_id = window.page.runs.run_id(0)
        for location in (
            Location(Place.EXPERIMENT, "2"),
            Location(Place.RUN, run_id),
            Location(Place.RUN, run_id, "metrics"),
            Location(Place.RUN, run_id, "artifacts"),
            Location(Place.MODELS),
            Location(Place.MODEL, MODEL),
            Location(Place.OVERVIEW),
        ):
            window.go(location)
            settle(qtbot, application)
    finally:
        QApplication.instance().removeEventFilter(witness)
    assert witness.seen == set()
