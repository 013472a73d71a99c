from PySide6.QtGui import QFont, QGuiApplication
from pytestqt.qtbot import QtBot

from runcase import __version__
from runcase.store.search import parse
from runcase.ui.actions import ACTIONS, key_text
from runcase.ui.dialogs import grammar_text
from runcase.ui.dialogs.help import AboutDialog, GrammarDialog, KeysDialog, LicencesDialog
from runcase.ui.theme import Theme


def test_every_key_is_listed_and_found(qtbot: QtBot, theme: Theme):
    dialog = KeysDialog(theme)
    qtbot.addWidget(dialog)
    listed = {dialog.table.item(row, 2).text() for row in range(dialog.table.rowCount())}
    assert {key_text(spec) for spec in ACTIONS if key_text(spec)} <= listed
    dialog.search.setText("palette ctrl")
    assert dialog.table.rowCount() == 1
    assert dialog.table.item(0, 0).text() == "Command Palette…"


def test_the_examples_of_the_grammar_are_filters():
    for example in grammar_text.EXAMPLES:
        assert parse(example.filter).is_mlflow
    for example in grammar_text.OWN_EXAMPLES:
        assert not parse(example.filter).is_mlflow


def test_the_grammar_is_shown_as_it_is_typed(qtbot: QtBot, theme: Theme):
    dialog = GrammarDialog(theme)
    qtbot.addWidget(dialog)
    text = dialog.text.toPlainText()
    for example in (*grammar_text.EXAMPLES, *grammar_text.OWN_EXAMPLES):
        assert example.filter in text
    cursor = dialog.text.document().find("!=")
    assert cursor.charFormat().font().featureValue(QFont.Tag("calt")) == 0


def test_licences_are_whole_texts(qtbot: QtBot, theme: Theme):
    dialog = LicencesDialog(theme)
    qtbot.addWidget(dialog)
    assert dialog.names.count() > 0
    for row in range(dialog.names.count()):
        dialog.names.setCurrentRow(row)
        assert len(dialog.text.toPlainText()) > 200


def test_about_says_the_versions(qtbot: QtBot, theme: Theme):
    dialog = AboutDialog(theme)
    qtbot.addWidget(dialog)
    dialog._copy()
    assert f"Runcase {__version__}" in QGuiApplication.clipboard().text()
