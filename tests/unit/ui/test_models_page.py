import sqlite3
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from made import unpack
from runcase.session.jobs import Jobs
from runcase.session.session import Session
from runcase.ui.context import Context
from runcase.ui.location import Location, Place
from runcase.ui.pages.models import ModelsPage


@pytest.fixture
def page(qtbot: QtBot, context: Context, session: Session) -> ModelsPage:
    return shown_page(qtbot, context, session)


def shown_page(qtbot: QtBot, context: Context, session: Session) -> ModelsPage:
    made = ModelsPage(context, session)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    made.go(Location(Place.MODELS))
    qtbot.waitUntil(lambda: len(made.status()) > 0)
    return made


def names(page: ModelsPage) -> list[str]:
    return [page.models.row(row).name for row in range(page.models.rowCount())]


def labels(page: ModelsPage) -> list[str]:
    return [each.text() for each in page.findChildren(QLabel) if each.isVisible()]


def test_models_and_prompts_stand_apart(page: ModelsPage):
    assert names(page) == [
        "copied-model",
        "empty-model",
        "Fraud Model ü",
        "new-name",
        "via-models-uri",
        "via-runs-uri",
    ]
    prompts = [page.prompts.row(row).name for row in range(page.prompts.rowCount())]
    assert prompts == ["chat-prompt", "summarize-prompt"]
    assert page.status() == ["6 models", "2 prompts"]
    assert {"Registered models", "Prompts"} <= set(labels(page))


def test_a_click_and_enter_open_a_model(qtbot: QtBot, page: ModelsPage):
    cell = page.models_view.visualRect(page.models.index(2, 0))
    with qtbot.waitSignal(page.went) as went:
        place = QPoint(cell.left() + 14, cell.center().y())
        qtbot.mouseClick(page.models_view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert went.args == [Location(Place.MODEL, "Fraud Model ü"), False]
    page.prompts_view.setCurrentIndex(page.prompts.index(0, 0))
    with qtbot.waitSignal(page.went) as went:
        qtbot.keyClick(page.prompts_view, Qt.Key.Key_Return)
    assert went.args == [Location(Place.MODEL, "chat-prompt"), False]


def test_the_filter_looks_at_aliases_and_says_when_nothing_is_left(page: ModelsPage):
    page.apply_filter("champion")
    assert names(page) == ["Fraud Model ü"]
    assert page.filter_state().message == "1 of 8"
    assert "Prompts" not in labels(page)
    page.apply_filter("zzz")
    assert "No model matches this filter" in labels(page)
    page.apply_filter("")
    assert len(names(page)) == 6


def test_a_refresh_keeps_the_selection(qtbot: QtBot, page: ModelsPage, session: Session):
    page.models_view.setCurrentIndex(page.models.index(3, 0))
    writer = sqlite3.connect(session.path)
    writer.execute("insert into registered_models(name, workspace) values ('a', 'default')")
    writer.commit()
    writer.close()
    page.refresh()
    qtbot.waitUntil(lambda: page.models.rowCount() == 7)
    assert page.models.row(page.models_view.currentIndex().row()).name == "new-name"


def test_a_store_without_a_registry_says_so(
    qtbot: QtBot, context: Context, jobs: Jobs, tmp_path: Path
):
    session = Session(unpack("1.0.0", tmp_path / "old"), jobs)
    with qtbot.waitSignal(session.opened):
        session.open()
    page = shown_page(qtbot, context, session)
    assert "No registered models" in labels(page)
    session.close()
