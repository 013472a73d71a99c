"""Bytes of databases that are open here are read, and SQLite's locks on them stay."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runcase import held_files
from runcase.errors import StoreError
from runcase.held_files import HeldFile
from runcase.local import database
from runcase.preview import beside
from runcase.progress import Progress
from runcase.store import folder_scan, opening
from runcase.store.compare_files import FileAt, digests
from runcase.store.dropped import look_at
from runcase.store.engine import Store
from runcase.store.file_copy import copying
from runcase.store.file_digest import hashing
from runcase.store.locate import locate
from runcase.store.snapshot import _copy_file
from small_store import make_store

posix = pytest.mark.skipif(os.name == "nt", reason="fcntl's locks are POSIX's")

# Another process asks for the whole database, as a writer that commits does.
OTHER = """
import sqlite3, sys
for line in sys.stdin:
    raw = sqlite3.connect(line.rstrip("\\n"), timeout=0, isolation_level=None)
    try:
        raw.execute("BEGIN EXCLUSIVE")
        print("free", flush=True)
        raw.execute("ROLLBACK")
    except sqlite3.OperationalError:
        print("locked", flush=True)
    raw.close()
"""


@pytest.fixture(scope="module")
def other() -> Iterator[Callable[[Path], str]]:
    with subprocess.Popen(
        [sys.executable, "-c", OTHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:

        def asked(path: Path) -> str:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(f"{path}\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        yield asked


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir()
    return make_store(tmp_path / "folder" / "mlflow.db")


@pytest.fixture
def locked(path: Path) -> Iterator[Path]:
    """A database that a store of this process is in the middle of reading."""
    store = Store.open(path)
    raw = store._take()
    raw.execute("BEGIN")
    raw.execute("SELECT count(*) FROM runs").fetchall()
    yield path
    raw.close()
    store.close()


@posix
def test_a_lock_is_dropped_by_whoever_opens_the_file_otherwise(
    locked: Path, other: Callable[[Path], str]
) -> None:
    assert other(locked) == "locked"
    locked.open("rb").close()
    assert other(locked) == "free"


def key_of(path: Path) -> tuple[int, int]:
    return path.stat().st_dev, path.stat().st_ino


def opens_a_second_store(path: Path) -> None:
    store = Store.open(path)
    with store.read():
        pass
    store.close()


def copies_aside(path: Path) -> None:
    _copy_file(path, path.with_name("aside"), 0, Progress())


def compares_with_itself(path: Path) -> None:
    file = FileAt(path.parent, path.name, path.stat().st_size)
    assert all(digests(({"a": file}, {"a": file}), Progress()))


@posix
@pytest.mark.parametrize(
    "work",
    [
        folder_scan.head,
        opening.sniff,
        opening.change_counter,
        locate,
        lambda path: locate(path.parent),
        lambda path: look_at([path]),
        lambda path: look_at([path.parent]),
        lambda path: beside.read(str(path.parent), path.name),
        lambda path: list(hashing(path)),
        lambda path: list(copying(path, path.with_name("copy"))),
        copies_aside,
        compares_with_itself,
        opens_a_second_store,
    ],
)
def test_the_lock_of_an_open_store_stays(
    locked: Path, other: Callable[[Path], str], work: Callable[[Path], object]
) -> None:
    assert other(locked) == "locked"
    work(locked)
    assert other(locked) == "locked"


@posix
def test_the_lock_stays_whatever_threads_do(locked: Path, other: Callable[[Path], str]) -> None:
    def read() -> None:
        for _ in range(200):
            assert folder_scan.head(locked).startswith(opening.MAGIC)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert other(locked) == "locked"


@posix
def test_the_lock_of_what_a_person_noted_stays(
    tmp_path: Path, other: Callable[[Path], str]
) -> None:
    path = tmp_path / "local.db"
    with database.writing(path):
        pass
    with database.writing(path):
        assert folder_scan.head(path)
        assert other(path) == "locked"
    assert other(path) == "free"
    assert key_of(path) not in held_files._files


@posix
def test_a_file_has_one_descriptor_until_the_last_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"one")
    first, second = HeldFile(path), HeldFile(path)
    key = key_of(path)
    assert first._descriptor == second._descriptor
    first.release()
    first.release()
    assert (second.read(1, 9), second.size) == (b"ne", 3)
    path.unlink()
    path.write_bytes(b"another")
    with HeldFile(path) as third:
        assert third.read(0, 99) == b"another"
        assert key in held_files._files
    second.release()
    assert not {key, key_of(path)} & held_files._files.keys()


@posix
def test_one_who_comes_between_is_not_closed_over(
    locked: Path, other: Callable[[Path], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file was put there while it was looked at: it is another than the one that was asked."""
    aside = locked.with_name("aside")
    aside.write_bytes(b"x")
    real = os.stat
    monkeypatch.setattr(
        held_files.os, "stat", lambda path, **how: real(aside if path == locked else path, **how)
    )
    with HeldFile(locked) as held:
        assert held.read(0, 16) == opening.MAGIC
    assert other(locked) == "locked"


def test_pieces_are_read_to_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_bytes(bytes(range(100)))
    for shares in {held_files._SHARES, False}:
        monkeypatch.setattr(held_files, "_SHARES", shares)
        with HeldFile(path) as file:
            assert [len(each) for each in file.chunks(30, 5)] == [30, 30, 30, 5]
            assert file.read(98, 50) == bytes([98, 99])
            assert (file.read(200, 5), file.size) == (b"", 100)


@posix
def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero"), tmp_path / "nothing"):
        with pytest.raises(OSError, match=r"\[Errno"):
            HeldFile(path)
    (tmp_path / "link").symlink_to(__file__)
    with pytest.raises(OSError, match=r"\[Errno"):
        HeldFile(tmp_path / "link", follows=False)
    HeldFile(tmp_path / "link").release()
    assert key_of(tmp_path / "pipe") not in held_files._files


@posix
def test_a_store_lets_go_when_it_is_closed(path: Path) -> None:
    store = Store.open(path)
    before = key_of(path)
    assert before in held_files._files
    with store.read():
        pass
    replaced = path.with_name("new.db")
    replaced.write_bytes(path.read_bytes())
    os.replace(replaced, path)
    store.refresh()
    assert key_of(path) in held_files._files
    assert before not in held_files._files
    store.close()
    assert key_of(path) not in held_files._files


def test_a_store_that_cannot_be_opened_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    path.write_bytes(b"SQLite format 3\0" + bytes(600))
    with pytest.raises(StoreError):
        Store.open(path)
    assert key_of(path) not in held_files._files
