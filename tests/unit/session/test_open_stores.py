from runcase.session.open_stores import OpenStores
from runcase.session.session import Session
from runcase.store.changes import Origin
from small_store import make_store


def opened(path, jobs, qtbot):
    made = Session(path, jobs)
    with qtbot.waitSignal(made.opened):
        made.open()
    return made


def test_stores_are_found_by_their_path_while_they_are_open(tmp_path, jobs, qtbot):
    stores = OpenStores()
    paths = [make_store(tmp_path / f"{name}.db") for name in "ab"]
    one, other, again = (opened(path, jobs, qtbot) for path in (*paths, paths[0]))
    coming = Session(tmp_path / "c.db", jobs)
    for session in (one, other, again, coming):
        stores.add(session)
    assert stores.others(one) == [other], "not itself, twice or before it is open"
    assert stores.find(str(paths[1])) is other
    assert stores.find(str(tmp_path / "." / "b.db")) is other
    assert stores.find(str(tmp_path / "c.db")) is None
    with qtbot.waitSignal(stores.committed) as committed:
        other.note_change(Origin.EXTERNAL)
    assert committed.args == [str(paths[1])]
    with qtbot.waitSignal(stores.changed):
        stores.remove(other)
    assert stores.find(str(paths[1])) is None
    stores.remove(other)
    with qtbot.assertNotEmitted(stores.committed):
        other.note_change(Origin.EXTERNAL)
    for session in (one, other, again):
        session.close()
