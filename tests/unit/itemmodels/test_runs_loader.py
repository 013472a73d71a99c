"""Filling the runs table: in steps, filtered, sorted, after commits, and when answers overtake."""

import sqlite3

import pytest

from fakes import HeldJobs
from made import expected, unpack
from runcase.errors import BusyError, FilterError
from runcase.itemmodels import columns, runs_reader
from runcase.itemmodels.runs import RunsModel
from runcase.itemmodels.runs_loader import RunsLoader, Scope
from runcase.itemmodels.selection import RunColors
from runcase.itemmodels.wish import Wish
from runcase.session.session import Session
from runcase.store.experiments import list_experiments
from runcase.store.records import ColumnKey, Kind, Lifecycle
from small_store import INSERT_RUN, add_runs, make_store, run_id


def fullest(session):
    """Return the experiment with the most active runs."""
    with session.store.read() as connection:
        listed = list_experiments(connection)
    return max(listed, key=lambda each: each.active_runs)


def make_loader(session):
    return RunsLoader(session, RunsModel(RunColors()))


def ids(loader):
    return [loader.model.run_id(row) for row in range(loader.model.rowCount())]


@pytest.fixture
def loader(session, qtbot):
    """A loader that has read everything."""
    made = make_loader(session)
    made.show(Scope((fullest(session),)), (), Wish(()))
    qtbot.waitUntil(lambda: made.whole)
    return made


@pytest.fixture
def waits(session, qtbot):
    """Do something and wait until no job is left."""

    def made(act):
        with qtbot.waitSignal(session.jobs.became_idle):
            act()

    return made


def a_metric(loader):
    return next(key for key in loader.model.columns if key.kind is Kind.METRIC)


def test_all_runs_are_there_in_mlflows_order(loader):
    want = expected("3.18.0")["search_order_active"][loader.scope.experiments[0].experiment_id]
    loader.ask(nested=False)
    assert loader.total == len(want)
    assert loader.model.frame.ids.tolist() == want


def test_common_keys_are_chosen_and_all_are_known(loader):
    shown = loader.model.columns[1 + len(columns.DEFAULT) :]
    assert shown
    assert set(shown) <= set(loader.keys)
    assert all(key.kind in (Kind.METRIC, Kind.PARAM) for key in shown)
    system = [key.key.startswith("system/") for key in shown if key.kind is Kind.METRIC]
    assert system == sorted(system)


@pytest.mark.parametrize("version", ["1.0.0", "2.3.2", "3.18.0"])
def test_chosen_columns_are_shown_and_read(version, tmp_path, jobs, qtbot):
    session = Session(unpack(version, tmp_path / "s"), jobs)
    with qtbot.waitSignal(session.opened):
        session.open()
    loader = make_loader(session)
    loader.show(Scope((fullest(session),)), (), Wish((), sort=((columns.DURATION, True),)))
    qtbot.waitUntil(lambda: loader.whole)
    first = loader.model.columns
    loader.set_columns(loader.keys)
    qtbot.waitUntil(lambda: all(key in loader.model.frame.columns for key in loader.keys))
    assert first[: 1 + len(columns.DEFAULT)] == (columns.NAME, *columns.DEFAULT)
    assert loader.model.columns == (columns.NAME, *loader.keys)
    for row in range(loader.model.rowCount()):
        for key in loader.model.columns:
            loader.model.cell(row, key)
            loader.model.full_text(row, key)
    session.close()


def test_a_sort_orders_numbers_as_numbers(loader, waits):
    key = a_metric(loader)
    waits(lambda: loader.ask(nested=False))
    for descending in (False, True):
        waits(lambda descending=descending: loader.ask(sort=((key, descending),)))
        column = loader.model.frame.columns[key]
        rows = loader.model.arrangement.rows
        values = [column.values[row] for row in rows if column.present[row] and not column.nan[row]]
        assert values == sorted(values, reverse=descending)
    waits(lambda: loader.ask(sort=()))
    assert ids(loader) == loader.model.frame.ids.tolist()


def test_a_filter_narrows_and_no_filter_widens(loader, waits, qtbot):
    name = loader.model.name(0).replace("'", "")
    total = loader.total
    with qtbot.waitSignal(loader.filtered) as filtered:
        waits(lambda: loader.set_filter(f"attributes.run_name = '{name}'"))
    assert filtered.args == [None]
    assert 1 <= loader.matching < total
    assert {loader.model.name(row) for row in range(loader.model.rowCount())} >= {name}
    waits(lambda: loader.set_filter("  "))
    assert loader.matching == loader.total == total


def test_a_filter_by_a_key_that_is_not_shown_reads_it(loader, waits):
    waits(lambda: loader.set_columns([]))
    key = next(key for key in loader.keys if key.kind is Kind.METRIC)
    loader.model.frame.columns.pop(key, None)
    waits(lambda: loader.set_filter(f"metrics.`{key.key}` > -1e300"))
    assert 0 < loader.matching <= loader.total
    assert key in loader.model.frame.columns


@pytest.mark.parametrize("text", ["metrics.", "metrics.loss >", "nonsense = 1", "params.lr = 'x"])
def test_a_mistake_keeps_the_last_rows(loader, waits, qtbot, text):
    before = ids(loader)
    with qtbot.waitSignal(loader.filtered) as filtered:
        waits(lambda: loader.set_filter(text))
    assert isinstance(filtered.args[0], FilterError)
    assert ids(loader) == before
    assert loader.filter_text == text


def test_children_are_below_their_parents_or_in_one_list(loader, waits):
    frame = loader.model.frame
    top = [run for run, parent in zip(frame.ids, frame.parent, strict=True) if parent < 0]
    assert ids(loader) == top
    waits(lambda: loader.ask(expanded=None))
    assert sorted(ids(loader)) == sorted(frame.ids)
    waits(lambda: loader.ask(nested=False))
    assert ids(loader) == frame.ids.tolist()


def test_deleted_runs_on_demand(loader, waits, qtbot):
    want = expected("3.18.0")["search_order_default"][loader.scope.experiments[0].experiment_id]
    loader.set_lifecycle(Lifecycle.ALL)
    qtbot.waitUntil(lambda: loader.total == len(want) and loader.whole)
    assert loader.model.frame.ids.tolist() == want


@pytest.fixture
def growing(tmp_path, jobs, qtbot):
    """A loader on a small store, and a connection that writes into it."""
    path = make_store(tmp_path / "mlflow.db", runs=5)
    session = Session(path, jobs)
    with qtbot.waitSignal(session.opened):
        session.open()
    loader = make_loader(session)
    loader.show(Scope((fullest(session),)), (), Wish(()))
    qtbot.waitUntil(lambda: loader.whole)
    writer = sqlite3.connect(path)
    yield loader, writer
    writer.close()
    session.close()


def test_a_refresh_shows_what_another_program_wrote(growing, qtbot):
    loader, writer = growing
    key = ColumnKey(Kind.METRIC, "loss")
    add_runs(writer, range(5, 7))
    writer.execute("INSERT INTO metrics VALUES ('loss', 0.5, 1, ?, 0)", [run_id(6)])
    writer.execute("DELETE FROM runs WHERE run_uuid = ?", [run_id(0)])
    writer.commit()
    with qtbot.assertNotEmitted(loader.model.modelReset):
        loader.refresh()
        qtbot.waitUntil(lambda: loader.total == 6)
    assert set(ids(loader)) == {run_id(at) for at in range(1, 7)}
    assert key in loader.keys


def test_a_refresh_keeps_filter_sort_and_columns(growing, qtbot):
    loader, writer = growing
    loader.ask(sort=((columns.NAME, True),))
    loader.set_filter("attributes.status = 'FINISHED'")
    qtbot.waitUntil(lambda: not loader._busy)
    uri = "./mlruns/0/x"
    writer.execute(INSERT_RUN.replace("FINISHED", "FAILED"), [run_id(8), uri])
    add_runs(writer, range(9, 10))
    loader.refresh()
    qtbot.waitUntil(lambda: loader.total == 7)
    assert loader.matching == 6
    assert run_id(8) not in ids(loader)
    assert loader.wish.sort == ((columns.NAME, True),)


STATE = ColumnKey(Kind.TAG, "state")


def write_tag(path, value):
    """Change a tag of an ended run beside a new metric: only a thorough look finds the tag."""
    with sqlite3.connect(path) as writer:
        writer.execute("INSERT OR IGNORE INTO tags VALUES ('state', '', ?)", [run_id(1)])
        writer.execute("UPDATE tags SET value = ? WHERE key = 'state'", [value])
        number = float(len(value))
        writer.execute("INSERT INTO metrics VALUES ('loss', ?, 9, ?, 0)", [number, run_id(2)])
        # The run of the last tag is always looked at.
        writer.execute("INSERT OR IGNORE INTO tags VALUES ('last', '', ?)", [run_id(0)])
    writer.close()


def state(loader):
    return loader.model.frame.columns[STATE].text(loader.model.frame.row_of(run_id(1)))


def test_many_runs_are_read_again_only_where_something_happened(slow, held, monkeypatch):
    loader, path = slow
    monkeypatch.setattr(runs_reader, "_ONE_STEP", 1)
    write_tag(path, "old")
    held.release_all()
    loader.set_columns([STATE, LOSS])
    held.release_all()
    assert state(loader) == "old"
    write_tag(path, "newer")
    loader.refresh()
    held.release_all()
    row = loader.model.frame.row_of(run_id(2))
    assert (state(loader), loader.model.frame.columns[LOSS].values[row]) == ("old", 5)
    loader.refresh(thorough=True)
    held.release_all()
    assert state(loader) == "newer"


@pytest.mark.parametrize("then", ["sort", "live", "both"])
def test_a_thorough_refresh_is_not_lost_to_what_is_asked_meanwhile(slow, held, monkeypatch, then):
    loader, path = slow
    monkeypatch.setattr(runs_reader, "_ONE_STEP", 1)
    write_tag(path, "old")
    held.release_all()
    loader.set_columns([STATE, LOSS])
    held.release_all()
    loader.refresh(thorough=then != "live")
    if then != "live":
        loader.ask(sort=((LOSS, False),))
    if then != "sort":
        loader.refresh(thorough=then == "live")
    write_tag(path, "newer")
    held.release_all()
    assert state(loader) == "newer"
    assert not loader.busy


# What happens when the person is faster than the store.


@pytest.fixture
def held(qapp):
    made = HeldJobs()
    yield made
    made.close()


@pytest.fixture
def slow(tmp_path, held):
    """A loader whose jobs wait to be released, on five runs with a metric; and the database."""
    path = make_store(tmp_path / "mlflow.db", runs=5)
    with sqlite3.connect(path) as writer:
        values = [(run_id(at), float(-at)) for at in range(5)]
        writer.executemany("INSERT INTO metrics VALUES ('loss', ?2, 1, ?1, 0)", values)
    writer.close()
    session = Session(path, held)
    session.open()
    held.release_all()
    loader = make_loader(session)
    loader.show(Scope((fullest(session),)), (), Wish(()))
    yield loader, path
    session.close()


LOSS = ColumnKey(Kind.METRIC, "loss")
BY_LOSS = [run_id(at) for at in range(4, -1, -1)]


def test_rows_come_first_then_columns_then_everything(slow, held):
    loader, _path = slow
    steps = []
    loader.loaded.connect(
        lambda: steps.append((loader.total, LOSS in loader.model.columns, loader.whole))
    )
    held.release_all()
    assert steps == [(5, False, False), (5, True, False), (5, True, True)]


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_sort_during_the_first_steps_is_not_lost_and_loses_nothing(slow, held, after):
    loader, _path = slow
    for _ in range(after):
        held.release()
    loader.ask(sort=((LOSS, False),))
    held.release_all()
    assert ids(loader) == BY_LOSS
    assert loader.keys == (LOSS,)
    assert LOSS in loader.model.columns
    assert loader.whole


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_filter_during_the_first_steps_is_not_lost_and_loses_nothing(slow, held, after):
    loader, _path = slow
    for _ in range(after):
        held.release()
    loader.set_filter("metrics.loss < -2.5")
    held.release_all()
    assert sorted(ids(loader)) == [run_id(3), run_id(4)]
    assert LOSS in loader.model.columns
    assert loader.whole


def test_another_lifecycle_is_not_lost_to_a_sort(slow, held):
    loader, path = slow
    held.release_all()
    with sqlite3.connect(path) as writer:
        writer.execute("UPDATE runs SET lifecycle_stage='deleted' WHERE run_uuid=?", [run_id(2)])
    writer.close()
    loader.set_lifecycle(Lifecycle.DELETED)
    loader.ask(sort=((LOSS, False),))
    held.release_all()
    assert ids(loader) == [run_id(2)]


@pytest.mark.parametrize("sort_first", [True, False])
def test_a_refresh_is_not_lost_to_a_sort(slow, held, sort_first):
    loader, path = slow
    held.release_all()
    with sqlite3.connect(path) as writer:
        add_runs(writer, range(7, 8))
    writer.close()
    asks = [lambda: loader.ask(sort=((LOSS, False),)), loader.refresh]
    for ask in asks if sort_first else asks[::-1]:
        ask()
    held.release_all()
    assert ids(loader) == [*BY_LOSS, run_id(7)]
    assert not held.held


def test_a_stale_answer_is_dropped(slow, held):
    loader, _path = slow
    held.release_all()
    loader.ask(sort=((LOSS, True),))
    held.work_only()
    loader.ask(sort=((LOSS, False),))
    held.release_all()
    assert ids(loader) == BY_LOSS


def test_the_last_filter_wins(slow, held):
    loader, _path = slow
    held.release_all()
    loader.set_filter("metrics.loss < -3.5")
    loader.set_filter("metrics.loss > -0.5")
    held.release_all()
    assert ids(loader) == [run_id(0)]


def test_a_filter_for_one_experiment_is_not_applied_to_the_next(slow, held):
    loader, _path = slow
    held.release_all()
    loader.set_filter("metrics.loss < -3.5")
    loader.show(loader.scope, (), Wish(()))
    held.release_all()
    assert loader.matching == 5


def test_a_first_reading_that_failed_is_repeated_by_a_refresh(tmp_path, held, monkeypatch):
    session = Session(make_store(tmp_path / "mlflow.db"), held)
    session.open()
    held.release_all()
    loader = make_loader(session)
    writer = sqlite3.connect(session.path)
    errors = []
    loader.failed.connect(errors.append)
    experiment = fullest(session)
    session.store._timeout = 0
    session.store._disconnect()
    writer.execute("BEGIN EXCLUSIVE")
    loader.show(Scope((experiment,)), (), Wish(()))
    held.release_all()
    assert [type(error) for error in errors] == [BusyError]
    writer.rollback()
    writer.close()
    loader.refresh()
    held.release_all()
    assert loader.total == 3
    session.close()
