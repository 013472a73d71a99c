"""500 damaged stores: what can be read is read, what cannot is said, and nothing else happens."""

import os
import shutil
import sqlite3

import numpy as np
import pytest

import damage
from made import unpack
from runcase.itemmodels import formats
from runcase.store import experiments, frame, metrics, runs, values
from runcase.store.engine import Store
from runcase.store.records import ColumnKey, Kind, Lifecycle
from small_store import add_runs, make_store, picture, run_id

# RUNCASE_DAMAGED asks for more of them.
VARIANTS = int(os.environ.get("RUNCASE_DAMAGED", "500"))
_VERSIONS = ("1.0.0", "1.30.0", "2.14.3", "3.18.0")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Databases that MLflow wrote, by release."""
    return {one: unpack(one, tmp_path_factory.mktemp("whole") / one) for one in _VERSIONS}


# A thread, since a signal does not reach a statement that SQLite never ends.
@pytest.mark.timeout(20, method="thread")
@pytest.mark.parametrize("seed", range(VARIANTS))
def test_a_damaged_store_is_read_or_refused(seed, whole, tmp_path, qapp):
    version = _VERSIONS[seed // 3 % len(_VERSIONS)]
    path = tmp_path / "mlflow.db"
    shutil.copyfile(whole[version], path)
    how = f"{version}, {damage.damage(path, seed)}"
    print(how)
    before = picture(tmp_path)
    print(*damage.read_everything(path, seed), sep="\n")
    assert picture(tmp_path) == before
    shutil.rmtree(tmp_path)


@pytest.mark.timeout(20, method="thread")
@pytest.mark.parametrize("seed", range(8))
def test_ten_megabytes_where_a_short_text_belongs(seed, whole, tmp_path, qapp):
    path = tmp_path / "mlflow.db"
    shutil.copyfile(whole[_VERSIONS[seed % len(_VERSIONS)]], path)
    damage.huge(path, seed)
    damage.read_everything(path, seed)


# One case each of what the variants found.


def test_a_step_beyond_64_bits_and_a_text_do_not_hide_the_other_points(tmp_path):
    path = make_store(tmp_path / "mlflow.db")
    with sqlite3.connect(path) as db:
        rows = [(0.5, 1, 1), (0.25, 2, 1e20), ("high", 3, 3), (1.0, "soon", 4), ("2", 4, 2)]
        db.executemany("INSERT INTO metrics VALUES ('m', ?, ?, 'a', ?)", rows)
    db.close()
    store = Store.open(path)
    with store.read() as connection:
        found = metrics.history(connection, "a", "m")
        (summary,) = metrics.summaries(connection, "a")
    assert found.step.tolist() == [1, 2, 2**63 - 1]
    assert found.value.tolist() == [0.5, 2.0, 0.25]
    assert (summary.minimum, summary.maximum) == (0.25, 2.0)
    assert "2 points of metric m of run a were left out: they are no numbers." in store.notes
    store.close()


def test_a_text_for_a_metric_is_missing_in_the_table_and_listed(tmp_path):
    path = make_store(tmp_path / "mlflow.db")
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO metrics VALUES ('m', 'high', 1, ?, 1)", [run_id(0)])
    db.close()
    store = Store.open(path)
    key = ColumnKey(Kind.METRIC, "m")
    with store.read() as connection:
        read = frame.load(connection, None, Lifecycle.ALL)
        frame.load_columns(connection, read, [key])
    assert not read.columns[key].present.any()
    assert any("no number" in note for note in store.notes)
    store.close()


def test_bytes_for_a_name_and_a_text_for_a_time(tmp_path):
    path = make_store(tmp_path / "mlflow.db")
    with sqlite3.connect(path) as db:
        db.execute("UPDATE runs SET name=x'41ff', start_time='now', end_time=1e20, user_id=x'00'")
    db.close()
    store = Store.open(path)
    with store.read() as connection:
        run = runs.get_run(connection, run_id(0))
        read = frame.load(connection, None, Lifecycle.ALL)
    assert (run.name, run.start_time, run.end_time) == ("A�", None, 2**63 - 1)
    assert read.text("run_name", 0) == "A�"
    assert read.start_time[0] == frame.MISSING
    store.close()


def test_one_unreadable_page_leaves_the_other_rows(tmp_path):
    path = make_store(tmp_path / "mlflow.db", runs=0)
    with sqlite3.connect(path) as db:
        add_runs(db, range(500))
        root = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'runs'").fetchone()[0]
    db.close()
    content = bytearray(path.read_bytes())
    top = content[(root - 1) * 4096 : root * 4096]
    cell = int.from_bytes(top[18:20], "big")  # the fourth child of the root
    leaf = int.from_bytes(top[cell : cell + 4], "big")
    content[(leaf - 1) * 4096 : leaf * 4096] = bytes(4096)
    path.write_bytes(content)
    store = Store.open(path)
    with store.read() as connection:
        read = frame.load(connection, None, Lifecycle.ALL)
        (experiment,) = experiments.list_experiments(connection)
    lost = sorted(set(range(1, 501)) - set(read.rowid.tolist()))
    assert 400 < len(read) < 500
    assert lost == list(range(lost[0], lost[-1] + 1))  # one page's rows, no more
    assert experiment.active_runs == len(read)
    assert "Some runs could not be read: the database is damaged there." in store.notes
    store.close()


@pytest.mark.parametrize("index", ["", "run_uuid", "run_uuid, key, step"])
def test_points_that_share_one_step_and_time_are_all_there(index, tmp_path):
    number = 100_000
    path = make_store(tmp_path / "mlflow.db")
    with sqlite3.connect(path) as db:
        rows = ((float(at), run_id(0)) for at in range(number))
        db.executemany("INSERT INTO metrics VALUES ('loss', ?, 5, ?, 1)", rows)
        if index:
            db.execute(f"CREATE INDEX one ON metrics ({index})")
    db.close()
    store = Store.open(path)
    with store.read() as connection:
        found = metrics.history(connection, run_id(0), "loss")
    assert np.array_equal(np.sort(found.value), np.arange(number, dtype=float))
    store.close()


def test_a_value_of_any_type_becomes_what_it_should_be():
    assert [values.integer(one) for one in ("7", 1.9, "x", None, b"1", 1e300)] == [
        *(7, 1, None, None, None),
        2**63 - 1,
    ]
    assert values.text(b"a\xfc") == "a�"
    assert values.experiment_numbers(["1", "-2", "--3", "²", "9" * 30, "None"]) == [1, -2]
    assert values.follows("b", "a")
    assert not values.follows("a�", "a�")
    assert values.follows(b"a", "z")
    assert not values.follows(None, "a")


def test_a_huge_or_odd_text_is_cut_for_a_cell():
    assert len(formats.one_line("x\n" * 5_000_000)) == formats.CELL_TEXT + 1
    assert formats.one_line("a\0b\x1b[1m\u202ec\r\nd") == "a�b�[1m�c⏎d"
    assert len(formats.excerpt("x\n" * 5_000_000)) == formats.TIP_TEXT + 1
    assert formats.moment(1_831_200_000_000_000).endswith("ms")
