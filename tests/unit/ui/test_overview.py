from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from made import unpack
from runcase.session.jobs import Jobs
from runcase.session.session import Session
from runcase.store.records import StoreSummary
from runcase.ui.context import Context
from runcase.ui.location import Location, Place
from runcase.ui.pages.overview import OverviewPage
from runcase.ui.widgets.overview_cards import tiles_of


def shown_page(qtbot: QtBot, context: Context, session: Session) -> OverviewPage:
    page = OverviewPage(context, session)
    qtbot.addWidget(page)
    page.resize(1000, 760)
    page.show()
    page.go(Location(Place.OVERVIEW))
    qtbot.waitUntil(lambda: len(page.status()) > 0)
    return page


def labels(page: OverviewPage) -> list[str]:
    return [each.text() for each in page.findChildren(QLabel) if each.isVisible()]


def column(model: object, number: int) -> list[str]:
    return [str(model.index(row, number).data()) for row in range(model.rowCount(QModelIndex()))]


@pytest.fixture
def page(qtbot: QtBot, context: Context, session: Session) -> OverviewPage:
    return shown_page(qtbot, context, session)


def test_the_tiles_and_the_database_card_say_facts(page: OverviewPage, session: Session):
    said = labels(page)
    for text in ("Runs", "22", "Model versions", "12", "6 models, 2 prompts", "Logged models"):
        assert text in said
    assert "known" in said
    assert "rollback journal" in said
    assert str(session.path) in said
    assert page.status()[:2] == ["22 runs", "5 experiments"]


def test_experiments_open_and_deleted_ones_come_last(qtbot: QtBot, page: OverviewPage):
    names = column(page.experiments, 0)
    assert names[0] == "Default"
    assert names[-1] == "to be deleted (deleted)"
    with qtbot.waitSignal(page.went) as went:
        page.experiments_view.opened.emit(page.experiments.index(0, 0), False)
    assert went.args == [Location(Place.EXPERIMENT, "0"), False]


def test_traces_are_listed_with_state_spans_and_duration(qtbot: QtBot, page: OverviewPage):
    assert sorted(column(page.traces, 0)) == ["failing trace ü", "in-run", "qa-trace", "qa-trace-2"]
    assert column(page.traces, 2) == ["3", "3", "3", "3"]
    run = next(row for row in range(4) if page.traces.row(row).run_id)
    with qtbot.waitSignal(page.went) as went:
        page.traces_view.opened.emit(page.traces.index(run, 0), False)
    assert went.args[0].place is Place.RUN


def test_spans_in_files_are_counted_too(qtbot: QtBot, context: Context, jobs: Jobs, tmp_path: Path):
    session = Session(unpack("2.22.5", tmp_path / "old"), jobs)
    with qtbot.waitSignal(session.opened):
        session.open()
    page = shown_page(qtbot, context, session)
    assert column(page.traces, 2) == ["3", "3", "3", "3"]
    session.close()


def test_a_store_without_traces_has_no_card_for_them(
    qtbot: QtBot, context: Context, jobs: Jobs, tmp_path: Path
):
    session = Session(unpack("1.0.0", tmp_path / "old"), jobs)
    with qtbot.waitSignal(session.opened):
        session.open()
    page = shown_page(qtbot, context, session)
    assert "Traces" not in labels(page)
    assert "Model versions" not in labels(page)
    session.close()


def test_the_filter_narrows_both_tables(page: OverviewPage):
    page.apply_filter("qa")
    assert column(page.traces, 0) == ["qa-trace-2", "qa-trace"]
    assert page.experiments.rowCount() == 0
    page.apply_filter("")
    assert page.experiments.rowCount() == 6


def test_notes_of_the_store_are_findings(page: OverviewPage):
    page.notes.show_notes(["Recent rows may be missing."])
    assert "Recent rows may be missing." in [
        each.text() for each in page.notes.findChildren(QLabel)
    ]


def test_kinds_that_a_store_has_none_of_get_no_tile():
    summary = StoreSummary(
        Path("a.db"), "SQLite database", None, False, "1.0", "wal", 1234, 1, 0, 7, 0, 0, 0, 0, 0,
        0, 0, 0, None,
    )  # fmt: skip
    assert [tile.name for tile in tiles_of(summary)] == ["Runs", "Experiments", "Database"]
