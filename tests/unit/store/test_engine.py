"""Opening stores as people have them: live, left behind, half-written, locked, broken."""

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, select

from made import VERSIONS, unpack
from runcase.errors import (
    BusyError,
    CancelledError,
    DamagedError,
    NotAStoreError,
    NotFoundError,
)
from runcase.progress import Progress
from runcase.store import opening
from runcase.store.engine import Mode, Store
from runcase.store.schema import runs
from small_store import INSERT_RUN, add_runs, make_store, picture, run_id
from writer import CONNECT

COUNT = select(func.count()).select_from(runs)


def count_runs(store: Store) -> int:
    with store.read() as connection:
        return int(connection.scalar(COUNT))


@pytest.fixture
def opened():
    stores = []

    def open_store(path: Path, **options) -> Store:
        stores.append(Store.open(path, **options))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_opens_every_release_and_leaves_the_folder_as_it_was(version, tmp_path, opened):
    path = unpack(version, tmp_path)
    before = picture(tmp_path)
    store = opened(path)
    assert store.mode is Mode.READ_ONLY
    assert store.notes == ()
    assert count_runs(store) > 20
    store.generation()
    store.refresh()
    store.close()
    assert picture(tmp_path) == before


def test_sees_commits_of_another_process(tmp_path, writer, opened):
    path = make_store(tmp_path / "mlflow.db")
    store = opened(path)
    first = store.generation()
    assert store.generation() == first
    other = writer(CONNECT, path)
    other.tell(f"db.execute({INSERT_RUN!r}, ('{'f' * 32}', 'x'))")
    assert store.generation() != first
    assert count_runs(store) == 4


def test_a_replaced_file_is_read_again(tmp_path, opened):
    path = make_store(tmp_path / "mlflow.db")
    store = opened(path)
    first = store.generation()
    os.replace(make_store(tmp_path / "new.db", runs=9), path)
    assert store.generation() != first
    assert store.refresh()
    assert count_runs(store) == 9


def test_a_removed_file_says_so(tmp_path, opened):
    path = make_store(tmp_path / "mlflow.db")
    store = opened(path)
    path.unlink()
    with pytest.raises(NotFoundError, match="does not exist"):
        count_runs(store)


def test_a_live_wal_is_copied_and_followed(tmp_path, writer, opened):
    path = make_store(tmp_path / "mlflow.db", wal=True)
    other = writer(f"{CONNECT}; db.execute('PRAGMA wal_autocheckpoint=0')", path)
    other.tell(f"db.execute({INSERT_RUN!r}, ('a' * 32, 'x'))")
    before = picture(tmp_path)
    store = opened(path)
    assert store.mode is Mode.COPY
    assert count_runs(store) == 4
    assert picture(tmp_path) == before
    first = store.generation()
    assert not store.refresh()
    other.tell(f"db.executemany({INSERT_RUN!r}, [(c * 32, 'x') for c in 'bcdef'])")
    assert store.generation() != first
    assert store.refresh()
    assert count_runs(store) == 9
    other.tell("db.execute('PRAGMA wal_checkpoint(TRUNCATE)')")
    other.tell(f"db.execute({INSERT_RUN!r}, ('9' * 32, 'x'))")
    assert store.refresh()
    assert count_runs(store) == 10


def test_a_wal_that_was_left_behind_counts(tmp_path, writer, opened):
    path = make_store(tmp_path / "mlflow.db", wal=True)
    other = writer(CONNECT, path)
    other.tell(f"db.execute({INSERT_RUN!r}, ('a' * 32, 'x'))")
    other.kill()
    assert (tmp_path / "mlflow.db-wal").stat().st_size
    before = picture(tmp_path)
    store = opened(path)
    assert count_runs(store) == 4
    copy = Path(store._snapshot.path)
    store.close()
    assert not copy.parent.exists()
    assert picture(tmp_path) == before


def test_a_lost_wal_is_noted(tmp_path, opened):
    path = make_store(tmp_path / "mlflow.db", wal=True)
    (tmp_path / "mlflow.db-shm").write_bytes(b"\0" * 32768)
    before = picture(tmp_path)
    store = opened(path)
    assert store.mode is Mode.IMMUTABLE
    assert count_runs(store) == 3
    assert "Recent rows may be missing" in store.notes[0]
    assert picture(tmp_path) == before


def test_wal_mode_without_a_wal_is_complete(tmp_path, opened):
    path = make_store(tmp_path / "mlflow.db", wal=True)
    before = picture(tmp_path)
    store = opened(path)
    assert store.mode is Mode.IMMUTABLE
    assert store.notes == ()
    assert store.journal_mode == "wal"
    assert picture(tmp_path) == before


def test_an_immutable_store_opens_again_when_a_writer_comes(tmp_path, writer, opened):
    path = make_store(tmp_path / "mlflow.db", wal=True)
    store = opened(path)
    other = writer(CONNECT, path)
    other.tell(f"db.execute({INSERT_RUN!r}, ('a' * 32, 'x'))")
    assert count_runs(store) == 4
    assert store.mode is Mode.COPY


def test_a_store_that_goes_over_to_wal_is_not_written_beside(tmp_path, writer, opened):
    path = make_store(tmp_path / "mlflow.db")
    store = opened(path)
    other = writer(CONNECT, path)
    other.tell("db.execute('PRAGMA journal_mode=wal')")
    other.tell(f"db.execute({INSERT_RUN!r}, ('a' * 32, 'x'))")
    before = picture(tmp_path)
    assert count_runs(store) == 4
    assert store.mode is Mode.COPY
    assert picture(tmp_path) == before


def test_too_much_wal_to_copy_is_opened_for_each_read(tmp_path, writer, opened, monkeypatch):
    path = make_store(tmp_path / "mlflow.db", wal=True)
    other = writer(CONNECT, path)
    other.tell(f"db.execute({INSERT_RUN!r}, ('a' * 32, 'x'))")
    monkeypatch.setattr(opening, "LARGEST_COPY", 1000)
    store = opened(path)
    assert store.mode is Mode.PER_JOB
    assert count_runs(store) == 4
    assert not store._idle


def test_half_the_temporary_space_is_the_most_that_is_copied():
    assert opening.may_copy(100, lambda: 200)
    assert not opening.may_copy(101, lambda: 200)
    assert not opening.may_copy(opening.LARGEST_COPY + 1, lambda: 1 << 50)


def leave_hot_journal(path: Path, writer) -> None:
    other = writer(f"{CONNECT}; db.execute('PRAGMA cache_size=5')", path)
    other.tell("db.execute('BEGIN IMMEDIATE')")
    other.tell(
        f"db.executemany({INSERT_RUN!r}, [('%032x' % i, 'x' * 999) for i in range(99, 999)])"
    )
    other.kill()
    assert any(Path(f"{path}-journal").read_bytes()[:28])


def test_a_hot_journal_is_rolled_back_in_a_copy(tmp_path, writer, opened):
    path = make_store(tmp_path / "mlflow.db")
    leave_hot_journal(path, writer)
    before = picture(tmp_path)
    store = opened(path)
    assert store.mode is Mode.COPY
    assert count_runs(store) == 3
    assert "unfinished write" in store.notes[0]
    store.close()
    assert picture(tmp_path) == before


def test_a_writer_that_dies_while_the_store_is_open(tmp_path, writer, opened):
    path = make_store(tmp_path / "mlflow.db")
    store = opened(path)
    assert count_runs(store) == 3
    leave_hot_journal(path, writer)
    with pytest.raises(BusyError, match="unfinished write"):
        count_runs(store)
    assert count_runs(store) == 3
    sqlite3.connect(path).execute("SELECT count(*) FROM runs").connection.close()
    assert store.refresh()
    assert store.mode is Mode.READ_ONLY


def test_a_zeroed_journal_is_nothing_special(tmp_path, opened):
    path = make_store(tmp_path / "mlflow.db")
    (tmp_path / "mlflow.db-journal").write_bytes(b"\0" * 28 + b"old pages" * 100)
    before = picture(tmp_path)
    store = opened(path)
    assert store.mode is Mode.READ_ONLY
    assert store.notes == ()
    store.close()
    assert picture(tmp_path) == before


def test_a_locked_store_is_busy(tmp_path, writer):
    path = make_store(tmp_path / "mlflow.db")
    other = writer(CONNECT, path)
    other.tell("db.execute('BEGIN EXCLUSIVE')")
    with pytest.raises(BusyError, match="locked by another program"):
        Store.open(path, timeout=0.05)


def test_a_lock_is_no_news(tmp_path, writer, opened):
    path = make_store(tmp_path / "mlflow.db")
    store = opened(path, timeout=0.05)
    first = store.generation()
    other = writer(CONNECT, path)
    other.tell("db.execute('BEGIN EXCLUSIVE')")
    assert store.generation() == first
    with pytest.raises(BusyError):
        count_runs(store)


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_no_permission_and_a_folder_without_write_permission(tmp_path):
    if os.geteuid():
        pytest.skip("needs root, to become another user")
    path = make_store(tmp_path / "mlflow.db")
    code = (
        "import os, sys; from pathlib import Path; from runcase.store.engine import Store\n"
        "os.setuid(65534)\n"
        "try: print(Store.open(Path(sys.argv[1])).mode)\n"
        "except Exception as error: print(type(error).__name__)\n"
    )
    for parent in tmp_path.parents:
        if parent.stat().st_uid == 0 and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    tmp_path.chmod(0o755)
    answers = []
    for mode in (0o644, 0o600):
        path.chmod(mode)
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)],
            env={"PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=False,
        )
        answers.append(done.stdout.strip() or done.stderr)
    assert answers == ["read-only", "DeniedError"]


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        (b"", NotAStoreError, "0 bytes"),
        (b"hello, this is no database at all" * 9, NotAStoreError, "not a SQLite database"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", NotAStoreError, "Git LFS"),
        (b"SQLite for", DamagedError, "cut short"),
        (b"SQLite format 3\0" + b"\x10\x00", DamagedError, "cut short"),
    ],
)
def test_what_is_no_store(content, error, words, tmp_path):
    path = tmp_path / "mlflow.db"
    path.write_bytes(content)
    with pytest.raises(error, match=words) as caught:
        Store.open(path)
    assert str(path) in caught.value.message


def test_not_there_and_a_folder(tmp_path):
    with pytest.raises(NotFoundError, match="does not exist"):
        Store.open(tmp_path / "none.db")
    with pytest.raises(NotFoundError, match="is a folder"):
        Store.open(tmp_path)


def test_another_programs_database_names_its_tables(tmp_path):
    path = tmp_path / "basic_auth.db"
    connection = sqlite3.connect(path)
    for name in "users", "permissions", "c", "d", "e", "f", "g":
        connection.execute(f"CREATE TABLE {name} (x)")
    connection.close()
    with pytest.raises(NotAStoreError, match="its tables are c, d, e, f, g and 2 more"):
        Store.open(path)


def test_a_database_without_tables(tmp_path):
    path = tmp_path / "fresh.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version=1")
    connection.close()
    with pytest.raises(NotAStoreError, match="without any table"):
        Store.open(path)


@pytest.mark.parametrize("kept", [0.3, 0.95])
def test_truncated(kept, tmp_path):
    path = make_store(tmp_path / "mlflow.db", runs=500)
    with path.open("r+b") as file:
        file.truncate(int(path.stat().st_size * kept))
    with pytest.raises(DamagedError, match="cut short"):
        Store.open(path)


def test_damaged_pages(tmp_path, opened):
    path = make_store(tmp_path / "mlflow.db", runs=500)
    with path.open("r+b") as file:
        file.seek(-8192, os.SEEK_END)
        file.write(b"\xff" * 8192)
    store = opened(path)
    with store.read() as connection, pytest.raises(DamagedError, match="is damaged"):
        connection.rows("SELECT * FROM runs NOT INDEXED UNION ALL SELECT * FROM runs ORDER BY 1")


@pytest.mark.parametrize("name", ["a?b", "a#b", "100%", "%41", "spa ce", "ünï", "a&mode=rw", "'q'"])
def test_odd_names_are_opened_themselves(name, tmp_path, opened):
    if os.name == "nt" and "?" in name:
        pytest.skip("no such name on Windows")
    folder = tmp_path / name
    folder.mkdir()
    path = make_store(folder / f"{name}.db", wal=len(name) > 4)
    store = opened(path)
    assert count_runs(store) == 3
    assert [one.name for one in folder.iterdir()] == [path.name]


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")
def test_a_link_is_followed_to_where_the_wal_lies(tmp_path, writer, opened):
    (tmp_path / "real").mkdir()
    path = make_store(tmp_path / "real" / "mlflow.db", wal=True)
    other = writer(CONNECT, path)
    other.tell(f"db.execute({INSERT_RUN!r}, ('a' * 32, 'x'))")
    link = tmp_path / "link.db"
    link.symlink_to(path)
    assert count_runs(opened(link)) == 4


def test_text_that_is_not_utf8_is_listed_and_noted(tmp_path, opened):
    path = make_store(tmp_path / "mlflow.db")
    connection = sqlite3.connect(path)
    connection.execute(
        "UPDATE runs SET name = CAST(x'66c3fc' AS TEXT) WHERE run_uuid = ?", [run_id(1)]
    )
    connection.commit()
    connection.close()
    store = opened(path)
    with store.read() as reader:
        names = [row[0] for row in reader.rows(select(runs.c.name).order_by(runs.c.run_uuid))]
    assert names == ["", "f��", ""]
    assert "not valid UTF-8" in store.notes[0]


def test_cancelling_stops_a_statement(tmp_path, opened):
    store = opened(make_store(tmp_path / "mlflow.db"))
    progress = Progress()
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    timer = threading.Timer(0.1, progress.cancel)
    timer.start()
    with pytest.raises(CancelledError), store.read(progress) as connection:
        connection.rows(endless)
    timer.join()
    assert count_runs(store) == 3


def test_cannot_write(tmp_path, opened):
    store = opened(make_store(tmp_path / "mlflow.db"))
    with store.read() as connection:
        assert connection.scalar("PRAGMA query_only") == 1


def test_many_threads_read_at_once(tmp_path, opened):
    store = opened(make_store(tmp_path / "mlflow.db", runs=50))
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(count_runs(store))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [50] * 12
    assert len(store._idle) <= 8


def test_a_copy_reports_its_progress_and_can_be_cancelled(tmp_path, writer):
    path = make_store(tmp_path / "mlflow.db", wal=True)
    other = writer(CONNECT, path)
    other.tell(f"db.execute({INSERT_RUN!r}, ('a' * 32, 'x'))")
    reports: list[tuple[int, int, str]] = []
    Store.open(path, progress=Progress(lambda *one: reports.append(one))).close()
    assert {what for _, _, what in reports} == {"bytes copied"}
    progress = Progress()
    progress.cancel()
    with pytest.raises(CancelledError):
        Store.open(path, progress=progress)


def test_a_migration_by_another_program_is_noticed(tmp_path, opened):
    path = make_store(tmp_path / "mlflow.db")
    store = opened(path)
    assert not store.features.has("latest_metrics")
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE latest_metrics (key, value, timestamp, step, is_nan, run_uuid)"
    )
    connection.close()
    assert store.refresh()
    assert store.features.has("latest_metrics", "is_nan")
    assert not store.refresh()


def test_a_writer_is_not_blocked_by_an_open_read(tmp_path, opened):
    path = make_store(tmp_path / "mlflow.db")
    store = opened(path)
    with store.read() as connection:
        connection.rows(COUNT)
        writer = sqlite3.connect(path, timeout=0)
        add_runs(writer, range(10, 12))
        writer.close()
        assert connection.scalar(COUNT) == 5


def test_nothing_is_held_between_reads_where_that_would_block_a_rename(
    tmp_path, writer, opened, monkeypatch
):
    monkeypatch.setattr(opening, "HOLDS_CONNECTIONS", False)
    path = make_store(tmp_path / "mlflow.db")
    store = opened(path)
    first = store.generation()
    assert count_runs(store) == 3
    if Path("/proc/self/fd").exists():
        held = [os.readlink(one) for one in Path("/proc/self/fd").iterdir() if one.exists()]
        assert str(path) not in held
    other = writer(CONNECT, path)
    other.tell(f"db.execute({INSERT_RUN!r}, ('a' * 32, 'x'))")
    assert store.generation() != first
    assert count_runs(store) == 4


def test_a_text_in_a_numbers_column_is_no_crash(tmp_path, opened):
    path = make_store(tmp_path / "mlflow.db")
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO metrics VALUES ('loss', 'high', 1, ?, 1)", (run_id(0),))
    connection.commit()
    connection.close()
    with opened(path).read() as reader, pytest.raises(DamagedError, match="where a number"):
        reader.array("SELECT value FROM metrics", [("value", "f8")])


def test_opening_loads_neither_numpy_nor_qt():
    code = (
        "import sys, runcase.store.engine, runcase.store.experiments\n"
        "print(sorted({'numpy', 'PySide6', 'polars'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
