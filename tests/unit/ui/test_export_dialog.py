import csv

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from fakes import HeldJobs, InlineJobs
from runcase.session.session import Session
from runcase.store import frame as frames
from runcase.store.export_text import Format
from runcase.store.records import ColumnKey, Kind, Lifecycle
from runcase.ui.dialogs.export import ExportDialog, ExportOffer

NAME = ColumnKey(Kind.ATTRIBUTE, "run_name")
CURVE = ColumnKey(Kind.METRIC, "loss", "curve")


@pytest.fixture(params=[InlineJobs])
def jobs_of_test(request, qapp):
    made = request.param()
    yield made
    made.close()


@pytest.fixture
def session_of_test(store_path, jobs_of_test):
    made = Session(store_path, jobs_of_test)
    made.open()
    if isinstance(jobs_of_test, HeldJobs):
        jobs_of_test.release_all()
    yield made
    made.close()


@pytest.fixture
def offer(session_of_test):
    with session_of_test.store.read() as connection:
        frame = frames.load(connection, None, Lifecycle.ACTIVE)
        keys = frames.keys(connection, sorted(frame.attribute("experiment_id").categories))
    shown = np.arange(len(frame) - 2, dtype=np.int64)
    depth = np.where(shown > 2, 1, 0)
    return ExportOffer(frame, shown, shown[:3], [NAME, CURVE], keys, "a/b: c?", depth)


@pytest.fixture
def dialog(theme, settings, session_of_test, offer, tmp_path, qtbot):
    (tmp_path / "out").mkdir()
    settings.export_place = (str(tmp_path / "out"), "csv")
    made = ExportDialog(theme, settings, session_of_test, offer)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    made.show()
    return made


def choose(segments, choice):
    QTest.mouseClick(segments._buttons[choice], Qt.MouseButton.LeftButton)


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def heard(signal):
    said = []
    signal.connect(said.append)
    return said


def test_what_is_shown_is_written(dialog, offer, settings, tmp_path):
    said = heard(dialog.exported)
    assert dialog.place.target() == tmp_path / "out" / "a_b_ c_.csv"
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    rows = read(dialog.place.target())
    assert rows[0] == ["run_id", "run_name"]
    assert [row[0] for row in rows[1:]] == offer.frame.ids.take(offer.shown)
    assert said == [f"{len(offer.shown)} runs exported to {dialog.place.target()}"]
    assert not dialog.isVisible()
    assert settings.export_place == (str(tmp_path / "out"), "csv")


def test_all_columns_are_read_for_it_and_the_frame_stays(dialog, offer):
    before = set(offer.frame.columns)
    choose(dialog.columns, "all")
    choose(dialog.runs, "all")
    dialog.start()
    titles, *rows = read(dialog.place.target())
    assert len(rows) == len(offer.frame)
    assert {f"{key.kind}s.{key.key}" for key in offer.keys} <= set(titles)
    assert any(cell for row in rows for cell in row[12:])
    assert set(offer.frame.columns) == before


def test_selected_runs_and_how_deep_they_are(dialog, offer):
    dialog.nested.setChecked(True)
    assert dialog.table().depth is offer.depth
    choose(dialog.runs, "selected")
    assert not dialog.nested.isEnabled()
    assert dialog.table().depth is None
    assert len(dialog.table().rows) == 3


def test_a_format_for_people_has_no_ids(dialog):
    dialog.formats.setCurrentIndex(dialog.formats.findData(Format.LATEX.value))
    assert dialog.place.target().suffix == ".tex"
    assert dialog.table().columns == [NAME, CURVE]
    dialog.place.path.setText(str(dialog.place.target().with_suffix(".mine")))
    dialog.formats.setCurrentIndex(0)
    assert dialog.place.target().suffix == ".mine"


def test_a_file_is_replaced_only_when_the_person_agrees(dialog):
    dialog.place.target().write_text("mine")
    dialog.start()
    assert dialog.isVisible()
    assert dialog.accept_button.text() == "Replace"
    assert "is there already" in dialog._said.text()
    assert dialog.place.target().read_text() == "mine"
    dialog.start()
    assert not dialog.isVisible()
    assert dialog.place.target().read_text() != "mine"


def test_another_name_takes_the_agreement_back(dialog):
    first = dialog.place.target()
    first.write_text("mine")
    dialog.start()
    dialog.place.path.setText(str(first.with_name("other.csv")))
    dialog.place.path.setText(str(first))
    assert dialog.accept_button.text() == "Export"
    dialog.start()
    assert first.read_text() == "mine"


@pytest.mark.parametrize("path", ["", "  ", "relative.csv"])
def test_a_place_is_asked_for(dialog, path):
    dialog.place.path.setText(path)
    dialog.start()
    assert "Say where" in dialog._said.text()


def test_a_place_that_cannot_be_written_is_said(dialog, tmp_path, store_path):
    for path, why in (
        (tmp_path / "none" / "a.csv", "There is no folder"),
        (store_path, "Replace"),
    ):
        dialog.place.path.setText(str(path))
        dialog.start()
        assert why in dialog._said.text()
    before = store_path.read_bytes()
    dialog.start()
    assert "never written to" in dialog._said.text()
    assert store_path.read_bytes() == before
    assert dialog.accept_button.isEnabled()


@pytest.mark.parametrize("jobs_of_test", [HeldJobs], indirect=True)
def test_stopping_keeps_the_dialog(dialog, jobs_of_test, tmp_path):
    dialog.start()
    assert dialog.cancel_button.text() == "Stop"
    assert not dialog.accept_button.isEnabled()
    assert dialog.bar.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    jobs_of_test.release_all()
    assert dialog.isVisible()
    assert dialog.accept_button.isEnabled()
    assert "Nothing was written" in dialog._said.text()
    assert list((tmp_path / "out").iterdir()) == []
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_every_field_has_a_name(dialog):
    for each in (dialog.runs, dialog.columns, dialog.formats, dialog.place.path, dialog.bar):
        assert each.accessibleName()
