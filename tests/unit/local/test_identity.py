import os
import shutil
from itertools import count
from pathlib import Path

import pytest

from runcase.local import identity, marks, views
from runcase.local.database import reading, writing
from runcase.local.identity import Found
from runcase.local.records import Mark, View
from runcase.store.create import create
from runcase.store.engine import Store
from runcase.store.identity import anchors, known_runs
from runcase.store.records import Run
from runcase.store.write import writing as store_writing

_numbers = count(1)


@pytest.fixture
def database(tmp_path):
    return tmp_path / "own" / "local.db"


def make(path: Path, runs: int = 3, created: int = 1_000) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    create(path, str(path.parent / "mlruns"), created)
    add(path, runs)
    return path


def add(path: Path, runs: int) -> None:
    with store_writing(path) as writer:
        for _ in range(runs):
            run_id = f"{next(_numbers) * 7919 % 10**9:032x}"
            run = Run(run_id, "run", "0", "FINISHED", 1, 2, "active", "/a", "ada")
            writer.run(run, {}, {})


def anchors_of(path: Path):
    store = Store.open(path)
    try:
        with store.read() as connection:
            return anchors(connection)
    finally:
        store.close()


def identify(database: Path, path: Path) -> identity.Identity:
    found = anchors_of(path)
    return identity.identify(database, path, found.run_ids, found.experiments)


def star(database: Path, key: int, run_id: str = "a") -> None:
    with writing(database) as connection:
        marks.write(connection, key, [run_id], {"star": True})
        views.save(connection, key, ["0"], View("best"))


def noted(database: Path, key: int):
    with reading(database) as connection:
        return marks.read(connection, key), [kept.view.name for kept in views.read(connection, key)]


STARRED = ({"a": Mark(star=True)}, ["best"])


def test_a_store_at_its_path_is_the_same(database, tmp_path):
    path = make(tmp_path / "a.db")
    first = identify(database, path)
    assert first.found is Found.NEW
    assert identify(database, path) == identity.Identity(first.key, Found.SAME)
    add(path, 200)
    assert identify(database, path) == identity.Identity(first.key, Found.SAME)


def test_a_moved_store_keeps_its_key(database, tmp_path):
    path = make(tmp_path / "a.db")
    key = identify(database, path).key
    star(database, key)
    elsewhere = tmp_path / "elsewhere" / "b.db"
    elsewhere.parent.mkdir()
    path.rename(elsewhere)
    assert identify(database, elsewhere) == identity.Identity(key, Found.MOVED)
    assert identify(database, elsewhere) == identity.Identity(key, Found.SAME)
    assert noted(database, key) == STARRED


def test_a_moved_folder_with_all_stores_keeps_their_keys(database, tmp_path):
    paths = [make(tmp_path / "before" / f"{name}.db") for name in "ab"]
    keys = [identify(database, path).key for path in paths]
    (tmp_path / "before").rename(tmp_path / "after")
    for key, path in zip(keys, paths, strict=True):
        found = identify(database, tmp_path / "after" / path.name)
        assert found == identity.Identity(key, Found.MOVED)


def test_a_copy_begins_with_what_was_noted_and_goes_its_own_way(database, tmp_path):
    path = make(tmp_path / "a.db")
    key = identify(database, path).key
    star(database, key)
    copied = Path(shutil.copy(path, tmp_path / "b.db"))
    found = identify(database, copied)
    assert found.found is Found.COPY
    assert found.key != key
    assert noted(database, found.key) == STARRED
    star(database, found.key, "b")
    assert noted(database, key) == STARRED
    assert identify(database, path) == identity.Identity(key, Found.SAME)
    assert identify(database, copied) == identity.Identity(found.key, Found.SAME)


def test_a_moved_copy_is_not_taken_for_the_original(database, tmp_path):
    path = make(tmp_path / "a.db")
    key = identify(database, path).key
    copied = Path(shutil.copy(path, tmp_path / "b.db"))
    second = identify(database, copied).key
    moved = copied.rename(tmp_path / "c.db")
    assert identify(database, moved) == identity.Identity(second, Found.MOVED)
    assert identify(database, path) == identity.Identity(key, Found.SAME)


def test_another_store_at_a_known_path_is_new(database, tmp_path):
    path = make(tmp_path / "a.db")
    key = identify(database, path).key
    star(database, key)
    old = path.rename(tmp_path / "old.db")
    make(path, created=2_000)
    fresh = identify(database, path)
    assert fresh.found is Found.NEW
    assert fresh.key != key
    assert noted(database, fresh.key) == ({}, [])
    assert identify(database, old) == identity.Identity(key, Found.MOVED)


def test_another_store_is_new(database, tmp_path):
    one, other = make(tmp_path / "a.db"), make(tmp_path / "b.db", created=2_000)
    assert identify(database, one).key != identify(database, other).key


def test_an_empty_store_is_known_by_its_path_and_its_experiments(database, tmp_path):
    path = make(tmp_path / "a.db", runs=0)
    key = identify(database, path).key
    assert identify(database, path) == identity.Identity(key, Found.SAME)
    add(path, 2)
    assert identify(database, path) == identity.Identity(key, Found.SAME)
    path.unlink()
    make(path, runs=0, created=9_999)
    assert identify(database, path).found is Found.NEW


def test_empty_stores_made_at_one_moment_are_two(database, tmp_path):
    one, other = make(tmp_path / "a.db", runs=0), make(tmp_path / "b.db", runs=0)
    first = identify(database, one).key
    one.unlink()
    assert identify(database, other).key != first


@pytest.mark.skipif(os.name == "nt", reason="Windows asks for a right to make links")
def test_a_link_leads_to_the_same_store(database, tmp_path):
    path = make(tmp_path / "a.db")
    key = identify(database, path).key
    (tmp_path / "link.db").symlink_to(path)
    os.link(path, tmp_path / "hard.db")
    for name in ("link.db", "hard.db"):
        assert identify(database, tmp_path / name) == identity.Identity(key, Found.SAME)


def test_anchors_are_few_and_name_the_oldest_runs(tmp_path):
    path = make(tmp_path / "a.db", runs=5)
    first = anchors_of(path)
    add(path, 100)
    later = anchors_of(path)
    assert set(first.run_ids) <= set(later.run_ids)
    assert len(later.run_ids) <= 40
    assert later.experiments == (("0", 1_000),)


def test_anchors_of_every_release(store_path):
    assert anchors_of(store_path).run_ids


def test_known_runs_are_those_in_the_store(tmp_path):
    path = make(tmp_path / "a.db", runs=3)
    ids = list(anchors_of(path).run_ids)
    store = Store.open(path)
    try:
        with store.read() as connection:
            asked = [*ids, *(f"no {number}" for number in range(1_200))]
            assert known_runs(connection, asked) == set(ids)
    finally:
        store.close()
