"""A person looks at many runs while another program writes to their store, and presses F5."""

import sqlite3

import driving
from made import unpack
from runcase.itemmodels import runs_reader
from runcase.store.changes import Origin
from runcase.store.records import ColumnKey, Kind

USER = ColumnKey(Kind.TAG, "mlflow.user")


def test_all_is_read_again_when_the_person_asks_for_it(qtbot, application, tmp_path, monkeypatch):
    monkeypatch.setattr(runs_reader, "_ONE_STEP", 1)  # as if these runs were very many
    path = unpack("3.18.0", tmp_path)
    window = driving.open_store(qtbot, application, path)
    driving.settle(qtbot, application)
    window.watch.set_live(False)
    loader = window.page.loader
    loader.set_columns([USER])
    driving.settle(qtbot, application)
    frame = loader.model.frame
    status = frame.attribute("status")
    first, second = [run for row, run in enumerate(frame.ids) if status.text(row) == "FINISHED"][:2]
    with sqlite3.connect(path) as writer:
        sql = "UPDATE tags SET value = 'eve' WHERE key = ? AND run_uuid = ?"
        assert writer.execute(sql, (USER.key, first)).rowcount
        # Something that explains why the store changed, so nothing else is looked for.
        writer.execute("INSERT INTO params (key, value, run_uuid) VALUES ('x', '1', ?)", [second])
    writer.close()

    window.session.note_change(Origin.EXTERNAL)
    driving.settle(qtbot, application)
    assert loader.model.frame is not frame
    assert "eve" not in loader.model.frame.columns[USER].categories
    driving.trigger(window, "refresh")
    driving.settle(qtbot, application)
    assert "eve" in loader.model.frame.columns[USER].categories
