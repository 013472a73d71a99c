import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from runcase.store.completion import Vocabulary
from runcase.store.facets import Facet
from runcase.store.records import ColumnKey, Kind
from runcase.ui.pages.base import FilterState
from runcase.ui.theme import Scheme, Theme
from runcase.ui.widgets.filter_field import FilterField
from runcase.ui.widgets.filter_save import SaveFilter

pytestmark = pytest.mark.qt_log_ignore("grabbing the keyboard", r"raise\(\)", extend=True)

DEPTH = ColumnKey(Kind.PARAM, "max_depth")
TEAM = ColumnKey(Kind.TAG, "team")
SAVED = [("good ones", "metrics.rmse < 6.2"), ("failed", "status = 'FAILED'")]


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(1200, 600)
    QVBoxLayout(made)
    return made


@pytest.fixture
def field(window: QWidget, theme: Theme) -> FilterField:
    made = FilterField(theme)
    layout = window.layout()
    layout.addWidget(made)
    layout.addStretch(1)
    other = QPushButton("other")
    layout.addWidget(other)
    made.load("Filter runs", True, FilterState())
    vocabulary = Vocabulary(
        [DEPTH, ColumnKey(Kind.PARAM, "max_leaves"), ColumnKey(Kind.METRIC, "rmse"), TEAM]
    )
    vocabulary.facets[DEPTH] = Facet(198, 16, 0, 2, (("9", 100), ("12", 98)), 9.0, 12.0)
    made.set_vocabulary(vocabulary)
    window.show()
    window.activateWindow()
    made.editor.setFocus()
    return made


def type_(field: FilterField, text: str) -> None:
    QTest.keyClicks(field.editor, text)


def press(field: FilterField, key: Qt.Key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(field.editor, key, modifier)


def rows(field: FilterField) -> list[str]:
    if not field.completer.is_visible():
        return []
    return [choice.label for choice in field.completer.popup.model.choices]


def bad(field: FilterField, message: str = "mistake") -> None:
    field.show_state(FilterState(field.text(), message, True, 0, 1, "detail"))


def test_typing_opens_the_completer_and_tab_accepts(field):
    type_(field, "params.max_d")
    assert rows(field) == ["max_depth"]
    press(field, Qt.Key.Key_Tab)
    assert field.text() == "params.max_depth "
    assert rows(field)[:2] == ["=", "!="]
    assert field.editor.hasFocus()


def test_loading_opens_nothing(field):
    field.load("Filter runs", True, FilterState("params.max_d"))
    assert field.text() == "params.max_d"
    assert rows(field) == []


def test_return_applies_unless_a_row_was_gone_to(field):
    applied = QSignalSpy(field.applied)
    type_(field, "params.max")
    press(field, Qt.Key.Key_Return)
    assert [applied.at(0)[0], field.text()] == ["params.max", "params.max"]
    assert rows(field) == []
    type_(field, "_")
    press(field, Qt.Key.Key_Down)
    press(field, Qt.Key.Key_Down)
    press(field, Qt.Key.Key_Return)
    assert field.text() == "params.max_leaves "
    assert applied.count() == 1


def test_escape_closes_first_and_then_clears(field):
    left = QSignalSpy(field.left)
    type_(field, "params.max")
    press(field, Qt.Key.Key_Escape)
    assert (rows(field), field.text()) == ([], "params.max")
    press(field, Qt.Key.Key_Escape)
    assert field.text() == ""
    assert left.count() == 0
    press(field, Qt.Key.Key_Escape)
    assert left.count() == 1


def test_arrows_go_round(field):
    type_(field, "params.max")
    popup = field.completer.popup
    down, up = Qt.Key.Key_Down, Qt.Key.Key_Up
    pages = ((Qt.Key.Key_PageUp, 0), (Qt.Key.Key_PageDown, 1))
    for key, row in ((down, 0), (down, 1), (down, 0), (up, 1), *pages):
        press(field, key)
        assert popup.list.currentIndex().row() == row


def test_control_space_opens_and_leaving_closes(field):
    press(field, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert "metrics." in rows(field)
    field.editor.clearFocus()
    assert rows(field) == []


def test_tab_leaves_the_field_when_nothing_is_offered(field, qtbot):
    type_(field, "zzzz")
    assert rows(field) == []
    press(field, Qt.Key.Key_Tab)
    assert not field.editor.hasFocus()


def test_values_are_asked_for_once_and_shown_when_they_come(field):
    wanted = QSignalSpy(field.facets_wanted)
    type_(field, "tags.team = ")
    asked = [wanted.at(at) for at in range(wanted.count()) if wanted.at(at)[1]]
    assert asked == [[(TEAM,), True]]
    assert rows(field) == []
    field.show_facet(TEAM, Facet(3, 0, 0, 1, (("vision", 3),)))
    assert rows(field) == ["vision"]
    press(field, Qt.Key.Key_Tab)
    assert field.text() == "tags.team = 'vision' "


def test_details_of_the_rows_are_asked_for_without_loading(field, qtbot):
    with qtbot.waitSignal(field.facets_wanted) as caught:
        type_(field, "params.max")
    assert caught.args == [(ColumnKey(Kind.PARAM, "max_leaves"),), False]


def test_a_facet_that_comes_late_leaves_the_chosen_row(field):
    type_(field, "params.max")
    press(field, Qt.Key.Key_Down)
    press(field, Qt.Key.Key_Down)
    field.show_facet(TEAM, Facet(1, 0))
    assert field.completer.popup.current().label == "max_leaves"


def test_a_comparison_is_added_after_the_name(field):
    type_(field, "params.max_d")
    chips = field.completer.popup.findChildren(QPushButton)
    next(chip for chip in chips if chip.text() == "!=").click()
    assert field.text() == "params.max_depth != "
    assert rows(field) == ["9", "12"]


def test_a_mistake_is_shown_with_what_was_meant(field):
    type_(field, "metrics.rmse => 3")
    bad(field)
    problem = field.completer.problem
    assert problem.sentence == "=> is no comparison."
    assert (problem.start, problem.length, problem.instead) == (13, 2, ">=")
    assert field.completer.is_visible()
    field.completer.popup._panel._hint.linkActivated.emit("#")
    assert field.text() == "metrics.rmse >= 3"


def test_an_unknown_name_is_a_problem_with_suggestions(field):
    type_(field, "params.max_dept = '3' ")
    bad(field, "unknown key")
    problem = field.completer.problem
    assert problem.sentence == "No run has a param named “max_dept”"
    assert problem.instead == "params.max_depth"
    assert field.completer.is_visible()


def test_what_is_being_completed_is_no_mistake_yet(field):
    type_(field, "params.max_dep")
    bad(field)
    assert rows(field) == ["max_depth"]
    assert field.completer.popup._panel.isHidden()


def test_a_mistake_on_load_opens_nothing(field):
    field.load("Filter runs", True, FilterState("metrics.a =>", "mistake", True, 0, 1))
    assert not field.completer.is_visible()


def test_after_return_only_the_mistake_comes_back(field):
    type_(field, "params.max")
    press(field, Qt.Key.Key_Return)
    bad(field)
    assert field.completer.is_visible()
    assert rows(field) == []


def test_down_in_an_empty_field_shows_saved_and_recent_filters(field):
    applied = QSignalSpy(field.applied)
    field.set_history(SAVED, ["geo", "metrics.rmse < 6.2"])
    press(field, Qt.Key.Key_Down)
    assert rows(field) == ["good ones", "failed", "geo"]
    press(field, Qt.Key.Key_Down)
    press(field, Qt.Key.Key_Down)
    press(field, Qt.Key.Key_Return)
    assert field.text() == "status = 'FAILED'"
    assert applied.at(applied.count() - 1) == ["status = 'FAILED'"]
    assert rows(field) == []


def test_saved_and_recent_filters_are_forgotten_by_a_key(field):
    forgotten = QSignalSpy(field.forget_wanted)
    field.set_history(SAVED, ["geo"])
    press(field, Qt.Key.Key_Down)
    press(field, Qt.Key.Key_Down)
    press(field, Qt.Key.Key_Delete)
    press(field, Qt.Key.Key_PageDown)
    press(field, Qt.Key.Key_Delete)
    assert [forgotten.at(0), forgotten.at(1)] == [["saved", "good ones"], ["recent", "geo"]]
    field.set_history([], ["geo"])
    assert rows(field) == ["geo"]


def test_the_bookmark_saves_under_a_name(field, qtbot):
    saved = QSignalSpy(field.save_wanted)
    assert field._bookmark.isHidden()
    field.put("geo")
    assert not field._bookmark.isHidden()
    field._bookmark.click()
    (popover,) = field.findChildren(SaveFilter)
    assert not popover._save.isEnabled()
    QTest.keyClicks(popover.line, "my words")
    QTest.keyClick(popover.line, Qt.Key.Key_Return)
    assert saved.at(0) == ["my words", "geo"]
    field.set_history([("my words", "geo")], [])
    assert field._bookmark.isChecked()


def test_a_saved_filter_can_be_removed_at_the_bookmark(field):
    forgotten = QSignalSpy(field.forget_wanted)
    field.set_history([("mine", "geo")], [])
    field.put("geo")
    field._bookmark.click()
    (popover,) = field.findChildren(SaveFilter)
    remove = next(b for b in popover.findChildren(QPushButton) if b.text() == "Remove")
    remove.click()
    assert forgotten.at(0) == ["saved", "mine"]


def test_a_plain_search_has_no_completer_and_no_bookmark(field):
    field.load("Find", False, FilterState())
    type_(field, "params.max")
    assert rows(field) == []
    assert field._bookmark.isHidden()


def test_emoji_before_the_cursor_move_nothing(field):
    field.editor.insertPlainText("tags.team = '😀' AND ")  # which no key of QTest types
    type_(field, "params.max_d")
    press(field, Qt.Key.Key_Tab)
    assert field.text() == "tags.team = '😀' AND params.max_depth "


def test_it_asks_for_the_grammar(field):
    helped = QSignalSpy(field.help_wanted)
    type_(field, "params.max")
    field.completer.popup._foot.help.click()
    assert helped.count() == 1
    assert rows(field) == []


@pytest.mark.parametrize(("scheme", "zoom"), [(Scheme.DARK, 1.0), (Scheme.LIGHT, 2.0)])
def test_the_popup_stays_inside_of_its_window(field, window, theme, scheme, zoom):
    theme.set_scheme(scheme)
    theme.set_zoom(zoom)
    type_(field, "tags.team = 'x' AND metrics.rmse > 4 AND params.max")
    popup = field.completer.popup
    assert popup.isVisible()
    assert window.rect().contains(popup.geometry())
    assert popup.height() >= popup.sizeHint().height()
