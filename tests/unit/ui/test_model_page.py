import math
import sqlite3

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QTextBrowser
from pytestqt.qtbot import QtBot

from runcase.session.session import Session
from runcase.ui.context import Context
from runcase.ui.location import Location, Place
from runcase.ui.pages.model import ModelPage
from runcase.ui.theme import Scheme
from runcase.ui.widgets.version_chart import VersionPoint, nice_range, without_outlier

MODEL = "Fraud Model ü"


@pytest.fixture
def page(qtbot: QtBot, context: Context, session: Session) -> ModelPage:
    made = ModelPage(context, session)
    qtbot.addWidget(made)
    qtbot.addWidget(made.inspector())
    made.resize(1000, 760)
    made.show()
    return made


def open_model(qtbot: QtBot, page: ModelPage, name: str = MODEL, tab: str = "") -> None:
    page.go(Location(Place.MODEL, name, tab))
    qtbot.waitUntil(lambda: page.title() == name and len(page.status()) > 0)
    settle(qtbot, page)


def settle(qtbot: QtBot, page: ModelPage) -> None:
    qtbot.waitUntil(lambda: page.context.jobs.pending == 0)


def texts(page: ModelPage) -> str:
    shown = [each.text() for each in page.inspector().findChildren(QLabel)]
    shown += [each.text() for each in page.inspector().findChildren(QPushButton)]
    return "\n".join(shown)


def test_lists_the_versions_newest_first_without_the_deleted_one(qtbot: QtBot, page: ModelPage):
    open_model(qtbot, page)
    numbers = [page.versions.row(row).version for row in range(page.versions.rowCount())]
    assert numbers == [6, 5, 3, 2, 1]
    assert page.status() == ["5 versions", "v6 selected"]
    assert [crumb.text for crumb in page.crumbs()] == ["Registered models", MODEL]
    assert page.location == Location(Place.MODEL, MODEL, "6")


def test_a_tab_selects_its_version_and_the_inspector_follows(qtbot: QtBot, page: ModelPage):
    open_model(qtbot, page, tab="2")
    assert page.selected().aliases == ("also-champion", "champion")
    said = texts(page)
    assert f"{MODEL} v2" in said
    assert "also-champion" in said
    assert "Production" in said  # the legacy stage
    assert "train_mse" in said
    page.go(Location(Place.MODEL, MODEL, "5"))
    qtbot.waitUntil(lambda: f"{MODEL} v5" in texts(page))
    assert "none" in texts(page)


def test_a_source_run_link_opens_the_run(qtbot: QtBot, page: ModelPage):
    open_model(qtbot, page)
    column = page.versions.columns.index("Source run")
    cell = page.view.visualRect(page.versions.index(2, column))
    with qtbot.waitSignal(page.went) as went:
        place = QPoint(cell.left() + 12, cell.center().y())
        qtbot.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    location, new_window = went.args
    assert location == Location(Place.RUN, page.versions.row(2).run_id)
    assert not new_window
    page.view.setCurrentIndex(page.versions.index(2, 0))
    with qtbot.waitSignal(page.went) as went:
        ctrl = Qt.KeyboardModifier.ControlModifier
        qtbot.keyClick(page.view, Qt.Key.Key_Return, ctrl)
    assert went.args[1]


def test_a_version_without_a_run_leads_nowhere(qtbot: QtBot, page: ModelPage):
    open_model(qtbot, page, tab="5")
    assert "source-run" not in page.commands()
    with qtbot.assertNotEmitted(page.went):
        qtbot.keyClick(page.view, Qt.Key.Key_Return)


def test_a_source_run_that_is_gone_is_named_calmly(
    qtbot: QtBot, context: Context, session: Session
):
    writer = sqlite3.connect(session.path)
    writer.execute("update model_versions set run_id = 'f00df00df00df00d' where version = 6")
    writer.commit()
    writer.close()
    page = ModelPage(context, session)
    qtbot.addWidget(page)
    qtbot.addWidget(page.inspector())
    open_model(qtbot, page)
    assert "is not in this store" in texts(page)
    assert "source-run" not in page.commands()
    shown = [each.text() for each in page.lineage.findChildren(QLabel)]
    assert any("is not in this store" in text for text in shown)


def test_commands_copy_uri_code_and_row(qtbot: QtBot, page: ModelPage):
    open_model(qtbot, page, tab="2")
    clipboard = QGuiApplication.clipboard()
    commands = page.commands()
    commands["copy-model-uri"]()
    assert clipboard.text() == f"models:/{MODEL}@also-champion"
    commands["copy-load-code"]()
    assert f"models:/{MODEL}/2" in clipboard.text()
    commands["copy"]()
    titles, cells = clipboard.text().splitlines()
    assert titles.split("\t") == [each.removeprefix("metric:") for each in page.versions.columns]
    assert cells.split("\t")[:3] == ["v2", "also-champion, champion", "Production"]
    page.select(6)
    page.commands()["copy-model-uri"]()
    assert clipboard.text() == f"models:/{MODEL}/6"


def test_legacy_stages_are_shown_until_they_are_hidden(qtbot: QtBot, page: ModelPage):
    open_model(qtbot, page, tab="3")
    assert page.checks() == {"legacy-stages": True}
    page.commands()["legacy-stages"]()
    assert "Stage (legacy)" not in page.versions.columns
    assert page.selected().version == 3
    assert page.checks() == {"legacy-stages": False}


def test_the_filter_narrows_and_says_when_nothing_is_left(qtbot: QtBot, page: ModelPage):
    open_model(qtbot, page)
    page.apply_filter("champion")
    assert page.versions.rowCount() == 1
    assert page.filter_state().message == "1 of 5 versions"
    page.apply_filter("no such thing")
    assert page.versions.rowCount() == 0
    shown = [each.text() for each in page.findChildren(QLabel) if each.isVisible()]
    assert "No version matches this filter" in shown
    page.apply_filter("")
    assert page.versions.rowCount() == 5


def test_a_refresh_keeps_the_selection_and_sees_new_versions(qtbot: QtBot, page: ModelPage):
    open_model(qtbot, page, tab="3")
    writer = sqlite3.connect(page._session.path)
    writer.execute(
        "insert into model_versions(name, version, creation_time, current_stage, workspace)"
        " values (?, 7, 1, 'None', 'default')",
        (MODEL,),
    )
    writer.commit()
    writer.close()
    page.refresh()
    qtbot.waitUntil(lambda: page.versions.rowCount() == 6)
    assert page.selected().version == 3


def test_a_prompt_shows_its_template(qtbot: QtBot, page: ModelPage):
    open_model(qtbot, page, "summarize-prompt", tab="1")
    assert page.versions.columns == ("Version", "Aliases", "Commit message", "Tags", "Created")
    assert page.crumbs()[0].text == "Prompts"
    shown = [each.toPlainText() for each in page.prompt.findChildren(QPlainTextEdit)]
    assert shown == ["Summarize {{ text }} in {{ n }} words ☃"]
    assert page.chart.isHidden() or not page.chart.isVisible()
    assert "copy-load-code" not in page.commands()
    page.commands()["copy-model-uri"]()
    assert QGuiApplication.clipboard().text() == "prompts:/summarize-prompt@production"


def test_a_chat_prompt_shows_its_messages(qtbot: QtBot, page: ModelPage):
    open_model(qtbot, page, "chat-prompt")
    fields = page.prompt.findChildren(QPlainTextEdit)
    assert [each.accessibleName() for each in fields] == ["Template, system", "Template, user"]
    assert [each.toPlainText() for each in fields] == ["You are {{ who }}", "{{ q }}"]


def test_descriptions_are_markdown(qtbot: QtBot, page: ModelPage):
    open_model(qtbot, page)
    note = page.head.findChild(QTextBrowser)
    assert note.toPlainText().split() == ["Registered", "model", "description"]


def test_states_of_no_versions_and_no_model(qtbot: QtBot, page: ModelPage):
    open_model(qtbot, page, "empty-model")
    shown = [each.text() for each in page.findChildren(QLabel) if each.isVisible()]
    assert "No versions yet" in shown
    assert page.commands() == {}
    page.go(Location(Place.MODEL, "who?"))
    settle(qtbot, page)
    shown = [each.text() for each in page.findChildren(QLabel) if each.isVisible()]
    assert "There is no such model" in shown


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_the_chart_draws_and_chooses(qtbot: QtBot, page: ModelPage, scheme: Scheme):
    page.theme.set_scheme(scheme)
    open_model(qtbot, page)
    chart = page.chart
    points = [VersionPoint(n, math.nan if n == 3 else 6.5 - n / 10) for n in range(1, 9)]
    chart.show_points("rmse", points, points[4])
    chart.select(8)
    assert chart.accessibleName() == "rmse by version"
    image = chart.grab().toImage()
    colors = {image.pixelColor(x, y).name() for x in range(60, 300) for y in range(20, 90)}
    assert page.theme.run_color(0).name() in colors
    area = chart._area()
    with qtbot.waitSignal(chart.chosen) as chosen:
        place = QPoint(round(chart._x(area, 6)), round(area.center().y()))
        qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [7]


def test_chart_ranges():
    assert nice_range([]) == (0.0, 1.0)
    assert nice_range([6.1, 6.9]) == (6.0, 7.0)
    low, high = nice_range([5.0])
    assert low < 5.0 < high
    for values in ([0.1, 0.9], [-3.0, 1e-9], [1e300, 9e300], [0.12345, 0.12346]):
        low, high = nice_range(values)
        assert low <= min(values) + 1e-9
        assert high >= max(values) - 1e-9 * abs(max(values))
    assert without_outlier([7.9, 6.5, 6.4, 6.3, 6.2]) == [6.2, 6.3, 6.4, 6.5]
    assert without_outlier([7.9, 6.2]) == [6.2, 7.9]
