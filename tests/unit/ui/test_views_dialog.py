import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from runcase.local.records import View
from runcase.ui.dialogs.note import NotePopover
from runcase.ui.dialogs.views import ViewsDialog
from runcase.ui.dialogs.views_copy import CopyView
from runcase.ui.dialogs.views_save import SaveView

# What the offscreen platform says of every popup.
pytestmark = pytest.mark.qt_log_ignore("grabbing the keyboard", r"raise\(\)", extend=True)

BEST = View(
    "best",
    columns=("metric:rmse", "param:lr"),
    sort=(("metric:rmse", True),),
    groups=("param:lr",),
    filter="metrics.rmse < 6\nAND x" + "y" * 100,
)
VIEWS = [BEST, View("other")]
EXPERIMENTS = [("1", "Taxi"), ("2", "pets"), ("3", "svm taxi")]


def heard(signal):
    said = []
    signal.connect(lambda *what: said.append(what[0] if len(what) == 1 else what))
    return said


@pytest.fixture
def dialog(theme, qtbot):
    made = ViewsDialog(theme, VIEWS, "best", EXPERIMENTS)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    made.list.setFocus()
    return made


def test_the_first_view_is_described(dialog):
    text = dialog.about.text()
    assert text.startswith("The default · 2 columns · sorted by rmse ↓ · grouped by 1 column · ")
    assert "\n" not in text
    assert dialog.default_button.text() == "No Default"
    role = Qt.ItemDataRole.AccessibleTextRole
    assert dialog.list.item(0).data(role) == "best, default"


def test_return_applies(dialog):
    said = heard(dialog.applied)
    QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    assert said == ["other"]
    assert not dialog.isVisible()


def rename(dialog, text):
    QTest.keyClick(dialog.list, Qt.Key.Key_F2)
    editor = dialog.list.findChild(QLineEdit)
    editor.setText(text)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()  # the list takes what was typed a moment later, and so do we
    QApplication.processEvents()


def test_f2_renames(dialog):
    said = heard(dialog.renamed)
    rename(dialog, " newer ")
    assert said == [("best", "newer")]
    assert dialog.isVisible()


@pytest.mark.parametrize("text", ["other", "", "best"])
def test_a_name_is_taken_once(dialog, text):
    said = heard(dialog.renamed)
    rename(dialog, text)
    assert said == []
    assert [dialog.list.item(at).text() for at in range(2)] == ["best", "other"]


def test_a_deleted_view_comes_back(dialog):
    deleted, restored = heard(dialog.deleted), heard(dialog.restored)
    QTest.keyClick(dialog.list, Qt.Key.Key_Delete)
    dialog.show_views(VIEWS[1:], "")
    assert deleted == ["best"]
    assert dialog.name() == "other"
    assert dialog._said.text() == "best was deleted."
    QTest.mouseClick(dialog._undo, Qt.MouseButton.LeftButton)
    assert restored == [BEST]
    assert not dialog._undo.isVisible()


def test_without_views_nothing_can_be_done(dialog):
    dialog.show_views([], "")
    assert not dialog.apply_button.isEnabled()
    assert "Save View As" in dialog.about.text()
    said = heard(dialog.deleted)
    QTest.keyClick(dialog.list, Qt.Key.Key_Delete)
    QTest.keyClick(dialog.list, Qt.Key.Key_Return)
    assert said == []


def test_the_default_is_chosen_and_taken_away(dialog):
    said = heard(dialog.default_chosen)
    dialog.default_button.click()
    dialog.show_views(VIEWS, "")
    dialog.default_button.click()
    assert said == ["", "best"]


def test_a_view_is_copied_to_experiments_that_are_found(theme, qtbot):
    dialog = CopyView(theme, "best", EXPERIMENTS)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    said = heard(dialog.chosen)
    assert not dialog.accept_button.isEnabled()
    QTest.keyClicks(dialog.search, "taxi")
    assert [dialog.model.index(at).data() for at in range(dialog.model.rowCount())] == [
        "svm taxi",
        "Taxi",
    ]
    dialog.model.tick_shown(True)
    dialog.model.setData(
        dialog.model.index(0), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole
    )
    QTest.keyClicks(dialog.search, "nothing")
    assert dialog.model.rowCount() == 0
    assert dialog._count.text() == "0 found · 1 ticked"
    dialog._accept()
    assert said == [["1"]]


def test_what_was_copied_is_said(dialog, qtbot):
    said = heard(dialog.copied)
    dialog.copy_button.click()
    inner = dialog.findChild(CopyView)
    inner.model.tick_shown(True)
    inner._accept()
    assert said == [("best", ["2", "3", "1"])]
    assert dialog._said.text() == "Copied to 3 experiments."


def test_a_view_is_saved_under_a_name(theme, qtbot):
    dialog = SaveView(theme, ["best"])
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.show()
    said = heard(dialog.chosen)
    assert not dialog.accept_button.isEnabled()
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    QTest.keyClicks(dialog.name, "best ")
    assert dialog.accept_button.text() == "Replace"
    QTest.keyClicks(dialog.name, "2")
    assert dialog.accept_button.text() == "Save"
    dialog.default.setChecked(True)
    QTest.keyClick(dialog.name, Qt.Key.Key_Return)
    assert said == [("best 2", True)]


@pytest.fixture
def note(theme, qtbot):
    made = NotePopover(theme, "xgb-final", "before")
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.open_at(QPoint(100_000, 100_000))
    return made


def test_ctrl_return_saves_several_lines(note):
    said = heard(note.saved)
    assert note.screen().availableGeometry().contains(note.geometry())
    QTest.keyClicks(note.editor, " and")
    QTest.keyClick(note.editor, Qt.Key.Key_Return)
    QTest.keyClicks(note.editor, "after")
    QTest.keyClick(note.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert said == ["before and\nafter"]
    assert not note.isVisible()


def test_esc_gives_up(note):
    said = heard(note.saved)
    QTest.keyClicks(note.editor, "x")
    QTest.keyClick(note.editor, Qt.Key.Key_Escape)
    assert said == []
    assert not note.isVisible()


def test_a_click_beside_it_saves(note):
    said = heard(note.saved)
    QTest.keyClicks(note.editor, "!")
    note.close()
    assert said == ["before!"]


def test_nothing_changed_is_nothing_saved(note):
    said = heard(note.saved)
    note.close()
    assert said == []
