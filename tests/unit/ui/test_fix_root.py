import shutil

import pytest

from made import unpack
from runcase.session.session import Session
from runcase.store.frame import ARTIFACT_URI, load, load_columns
from runcase.store.records import Lifecycle
from runcase.ui.dialogs.fix_root import FixRoot


@pytest.fixture
def torn(tmp_path, jobs, qtbot):
    """A store whose artifact folders lie where no search looks for them."""
    database = unpack("3.18.0", tmp_path / "here" / "store")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for folder in [each for each in database.parent.iterdir() if each.is_dir()]:
        shutil.move(folder, elsewhere / folder.name)
    session = Session(database, jobs)
    with qtbot.waitSignal(session.opened):
        session.open()
    yield session, elsewhere
    session.close()


def a_run_with_files(session, elsewhere):
    with session.store.read() as connection:
        frame = load(connection, None, Lifecycle.ACTIVE)
        load_columns(connection, frame, [ARTIFACT_URI])
    for row, run_id in enumerate(frame.ids):
        if any(elsewhere.rglob(f"{run_id}/artifacts")):
            return run_id, frame.text("artifact_uri", row)
    raise AssertionError("no run has files")


def test_a_chosen_folder_says_what_it_finds_and_is_used(qtbot, theme, torn):
    session, elsewhere = torn
    run_id, uri = a_run_with_files(session, elsewhere)
    assert session.finder.find(uri, run_id).folder is None
    dialog = FixRoot(theme, session, uri, run_id)
    qtbot.addWidget(dialog)
    assert not dialog.accept_button.isEnabled()
    dialog.propose(elsewhere)
    qtbot.waitUntil(dialog.accept_button.isEnabled, timeout=5000)
    assert "resolves" in dialog.said.text()
    with qtbot.waitSignal(dialog.confirmed) as confirmed:
        dialog.accept_button.click()
    session.map_root(*confirmed.args)
    found = session.finder.find(uri, run_id).folder
    assert found is not None
    assert found.is_relative_to(elsewhere)


def test_a_folder_without_the_run_is_refused(qtbot, theme, torn, tmp_path):
    session, elsewhere = torn
    run_id, uri = a_run_with_files(session, elsewhere)
    dialog = FixRoot(theme, session, uri, run_id)
    qtbot.addWidget(dialog)
    empty = tmp_path / "empty"
    empty.mkdir()
    dialog.propose(empty)
    qtbot.waitUntil(lambda: "not in that folder" in dialog.said.text(), timeout=5000)
    assert not dialog.accept_button.isEnabled()
