"""Files of runs: whose they are, who has the same one, which hold the same bytes."""

import hashlib
from pathlib import Path

import pytest

from compare_store import write_store
from runcase.errors import NotFoundError
from runcase.store.artifact_owner import owner_of
from runcase.store.artifact_places import duplicates, places_of, same_files
from runcase.store.artifacts import ArtifactFinder
from runcase.store.engine import Store
from runcase.store.file_copy import copying, copying_into
from runcase.store.file_digest import hashing, times_of
from runcase.whole_file import WriteError
from small_store import run_id


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    database = write_store(tmp_path_factory.mktemp("places") / "store", files=False)
    store = Store.open(database)
    yield store
    store.close()


@pytest.fixture(scope="module")
def finder(opened):
    return ArtifactFinder(opened.path, opened.path.parent)


@pytest.fixture(scope="module")
def places(opened):
    with opened.read() as connection:
        return places_of(connection, "0")


def folder_of(store, number):
    return store.path.parent / "mlruns" / run_id(number) / "artifacts"


def test_runs_come_newest_first(places):
    assert [each.name for each in places] == ["ant", "bee", "cow", "dog"]


def test_a_file_knows_its_run(opened, finder):
    with opened.read() as connection:
        folder = folder_of(opened, 1)
        found = owner_of(connection, finder, folder / "config.yaml")
        assert (found.run_id, found.name, found.path) == (run_id(1), "bee", "config.yaml")
        for whole in (folder, folder.parent):
            assert owner_of(connection, finder, whole).path == ""
        assert owner_of(connection, finder, opened.path) is None
        assert owner_of(connection, finder, Path("/tmp") / run_id(1) / "artifacts" / "x") is None


def test_the_same_path_in_other_runs(finder, places):
    found = list(same_files(finder, places, "config.yaml"))
    assert [each.place.name for each in found] == ["ant", "bee", "cow", "dog"]
    assert [each.size for each in found] == [27] * 4
    assert list(same_files(finder, places, "../config.yaml")) == [None] * 4
    assert list(same_files(finder, places, "none")) == [None] * 4


def test_duplicates_hold_the_same_bytes(opened, finder, places):
    original = folder_of(opened, 0) / "same.txt"
    found = [each for each in duplicates(finder, places, original) if each is not None]
    assert [each.place.name for each in found] == ["bee", "cow", "dog"]
    config = folder_of(opened, 0) / "config.yaml"  # of one size, but of other bytes
    assert not [each for each in duplicates(finder, places, config) if each is not None]


def test_a_digest_comes_in_pieces(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"x" * 2_500_000)
    *steps, digest = hashing(path)
    assert steps == [1_000_000, 2_000_000, 2_500_000]
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert times_of(path).size == 2_500_000
    with pytest.raises(NotFoundError):
        list(hashing(tmp_path))
    with pytest.raises(NotFoundError):
        times_of(tmp_path / "none")


def test_a_copy_that_is_stopped_leaves_nothing(tmp_path):
    source, target = tmp_path / "a.bin", tmp_path / "b.bin"
    source.write_bytes(b"x" * 9_000_000)
    work = copying(source, target)
    assert next(work) == 4_000_000
    work.close()
    assert [each.name for each in tmp_path.iterdir()] == ["a.bin"]
    assert sum(copying(source, target)) == 9_000_000
    assert target.read_bytes() == source.read_bytes()
    with pytest.raises(WriteError):
        list(copying(source, target))


def test_folders_are_copied_whole_and_never_over_another(tmp_path):
    folder, elsewhere = tmp_path / "d", tmp_path / "e"
    (folder / "deep").mkdir(parents=True)
    elsewhere.mkdir()
    (folder / "deep" / "a.txt").write_text("a")
    (folder / "out").symlink_to(tmp_path)
    list(copying_into([folder], elsewhere))
    assert (elsewhere / "d" / "deep" / "a.txt").read_text() == "a"
    assert not (elsewhere / "d" / "out").exists(), "a link that leads out"
    with pytest.raises(WriteError, match="has d already"):
        list(copying_into([folder], elsewhere))
