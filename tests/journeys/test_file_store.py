"""A file store in the real window: every page, and the folder stays as it was."""

import pytest

import filestores
from driving import open_store, settle
from runcase.ui.location import Location, Place
from small_store import picture


@pytest.mark.parametrize("version", ["1.30.0", "3.4.0"])
def test_every_page_of_a_file_store(version, application, qtbot, tmp_path):
    root = filestores.unpack(version, tmp_path / "store")
    before = picture(tmp_path / "store")
    window = open_store(qtbot, application, root)
    page = window.page
    assert page.loader.total == page.runs.frame.start_time.size > 0
    run_id = page.runs.run_id(0)
    places = [Location(Place.RUN, run_id, tab) for tab in ("overview", "metrics", "artifacts")]
    places += [Location(Place.OVERVIEW), Location(Place.HEALTH)]
    places += [
        Location(Place.MODEL, model.name, workspace=model.workspace)
        for model in window.contents.models[:2]
    ]
    for place in places:
        window.go(place)
        settle(qtbot, application)
        assert window.page.title()
    assert "file store" in window.status_right.text()
    window.close()
    settle(qtbot, application)
    assert picture(tmp_path / "store") == before
