from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from runcase.ui.context import Context
from runcase.ui.location import Location, Place
from runcase.ui.pages.welcome import WelcomePage
from runcase.ui.settings import Recent
from runcase.ui.widgets.recents_model import base_name, store_name
from runcase.ui.widgets.recents_view import RecentsView


@pytest.fixture
def there(tmp_path: Path) -> Path:
    path = tmp_path / "tracking" / "mlflow.db"
    path.parent.mkdir()
    path.write_bytes(b"")
    return path


@pytest.fixture
def page(qtbot: QtBot, context: Context, there: Path) -> WelcomePage:
    for path, runs in (("/no/such/churn-q1/mlflow.db", 578), (str(there), 612)):
        context.settings.add_recent(Recent(path, 1_700_000_000_000, runs, 9, 412_000_000, "3.18"))
    return shown(qtbot, WelcomePage(context))


def shown(qtbot: QtBot, page: WelcomePage) -> WelcomePage:
    qtbot.addWidget(page)
    page.resize(1280, 660)
    page.show()
    page.go(Location(Place.WELCOME))
    qtbot.waitUntil(lambda: page.context.jobs.pending == 0)
    return page


def visible(page: WelcomePage) -> list[str]:
    return [each.text() for each in page.findChildren(QLabel) if each.isVisible()]


def press(qtbot: QtBot, page: WelcomePage, text: str) -> None:
    def buttons() -> list[QPushButton]:
        every = [each for each in page.findChildren(QPushButton) if each.isVisible()]
        return [each for each in every if text in (each.text(), each.accessibleName())]

    qtbot.waitUntil(lambda: len(buttons()) == 1)
    buttons()[0].click()


def test_recents_are_listed_with_what_is_known_of_them(page: WelcomePage, there: Path):
    cells = [str(page.recents.index(0, column).data()) for column in range(5)]
    assert cells == ["tracking", "612", "9", "412 MB", "14 Nov 2023"]
    assert page.view.path() == str(there)
    assert page.status()[0] == "2 recent stores"
    assert "612 runs in 9 experiments" in visible(page)
    assert "MLflow 3.18" in visible(page)


def test_a_file_that_is_not_there_is_marked(qtbot: QtBot, page: WelcomePage):
    assert [page.recents.is_missing(row) for row in range(2)] == [False, True]
    page.view.choose(1)
    qtbot.waitUntil(lambda: "file not found" in visible(page))


def test_buttons_ask_for_actions(qtbot: QtBot, page: WelcomePage):
    for text, action in (
        ("Open Store…", "open-store"),
        ("Open Artifact or Model…", "open-file"),
        ("Open Path from Clipboard", "open-clipboard"),
        ("Open the Sample Store", "open-sample"),
    ):
        with qtbot.waitSignal(page.asked) as asked:
            press(qtbot, page, text)
        assert asked.args == [action]


def test_a_store_opens_from_the_table_and_the_card(qtbot: QtBot, page: WelcomePage, there: Path):
    for modifier, new_window in (
        (Qt.KeyboardModifier.NoModifier, False),
        (Qt.KeyboardModifier.ControlModifier, True),
    ):
        with qtbot.waitSignal(page.opened) as opened:
            qtbot.keyClick(page.view, Qt.Key.Key_Return, modifier)
        assert opened.args == [str(there), new_window]
    with qtbot.waitSignal(page.opened) as opened:
        press(qtbot, page, "Open in New Window")
    assert opened.args == [str(there), True]


def test_the_search_finds_by_path(qtbot: QtBot, page: WelcomePage):
    page.search.setText("churn")
    assert page.recents.rowCount() == 1
    page.search.setText("nothing like it")
    assert "No store matches" in visible(page)
    press(qtbot, page, "Clear Search")
    assert page.recents.rowCount() == 2


def test_delete_and_the_menu_take_a_store_off_the_list(
    qtbot: QtBot, page: WelcomePage, there: Path
):
    menu = page.view.menu(1)
    assert [each.text() for each in menu.actions() if each.text()] == [
        "Open",
        "Open in New Window",
        "Remove from List",
    ]
    menu.actions()[-1].trigger()
    menu.close()
    assert [each.path for each in page.context.settings.recents()] == [str(there)]
    qtbot.keyClick(page.view, Qt.Key.Key_Delete)
    assert page.context.settings.recents() == []
    assert there.exists()
    assert "No recent stores" in visible(page)
    qtbot.waitUntil(lambda: page.context.jobs.pending == 0)


def test_without_recents_the_page_says_what_to_do(qtbot: QtBot, context: Context):
    page = shown(qtbot, WelcomePage(context))
    qtbot.waitUntil(lambda: "No recent stores" in visible(page))
    assert not page.search.isVisible()
    assert not page.card.isVisible()


def test_paste_opens_the_path_of_the_clipboard(qtbot: QtBot, page: WelcomePage):
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.view.setFocus()
    with qtbot.waitSignal(page.asked) as asked:
        qtbot.keyClick(page, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert asked.args == ["open-clipboard"]


def test_a_long_list_scrolls_and_the_cards_stay(qtbot: QtBot, context: Context):
    for number in range(20):
        context.settings.add_recent(Recent(f"/no/such/{number}/mlflow.db", number))
    page = shown(qtbot, WelcomePage(context))
    view = page.findChild(RecentsView)
    assert view.verticalScrollBar().maximum() > 0
    assert page.card.isVisible()
    assert page.card.geometry().bottom() <= page.height()


def test_names_of_paths_of_all_systems():
    assert store_name("/home/ines/tracking/mlflow.db") == "tracking"
    assert store_name("C:\\work\\resnet-pets\\mlflow.db") == "resnet-pets"
    assert base_name("C:\\work\\resnet-pets\\mlflow.db") == "mlflow.db"
    assert base_name("/odd/back\\slash.db") == "back\\slash.db"
    assert store_name("/mlflow.db") == "mlflow.db"
