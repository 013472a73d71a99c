import os
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from corpus import made
from corpus.cases import CASES, Case
from runcase.errors import PreviewError
from runcase.preview.document import Image, Log, Request, Table
from runcase.preview.worker import Worker

posix = pytest.mark.skipif(os.name == "nt", reason="pipes, links and devices are POSIX's")
# A guard against a hang only; nothing here should take long.
pytestmark = pytest.mark.timeout(60)


def children(worker: Worker) -> set[int]:
    """Return the processes below the worker's nursery, but for its readers."""
    if sys.platform != "linux" or worker._nursery is None:
        return set()
    top = worker._nursery._process.pid
    mine = (worker._child, worker._spare)
    readers = {each._process.pid for each in mine if each is not None}
    found = set()
    for each in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(each.read_text().rpartition(")")[2].split()[1])
        except OSError:  # it ended
            continue
        if parent in readers or (parent == top and int(each.parent.name) not in readers):
            found.add(int(each.parent.name))
    return found


def sockets(worker: Worker) -> int:
    assert worker._child is not None
    pid = worker._child._process.pid
    if sys.platform != "linux" or not os.path.isdir(f"/proc/{pid}/fd"):
        return 0
    links = [os.readlink(each) for each in Path(f"/proc/{pid}/fd").iterdir()]
    # A local pair with itself is how tokio hears signals; the network needs more.
    return len([each for each in links if each.startswith("socket:")])


@pytest.mark.skipif(sys.platform == "win32", reason="some of these names cannot be made")
@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case.name))
def test_a_bad_file_becomes_what_it_should(worker: Worker, tmp_path: Path, case: Case) -> None:
    content = case.content() if callable(case.content) else case.content
    path = tmp_path / case.name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    document = worker.read(Request(str(path)))
    assert type(document).__name__ == case.kind, document.note
    assert case.says in document.note
    assert document.name == case.name
    assert children(worker) == set()
    assert sockets(worker) <= 2
    assert not Path("/tmp/runcase-was-here").exists()


def test_a_line_of_a_gigabyte(worker: Worker, tmp_path: Path) -> None:
    document = worker.read(Request(str(made.one_line(tmp_path / "line.txt"))))
    assert isinstance(document, Log)
    assert document.size == made.GIANT
    assert len(document.text.text) < 1_000_000
    tail = worker.read(Request(str(tmp_path / "line.txt"), view="tail"))
    assert isinstance(tail, Log)
    assert tail.text.text.endswith("1,2")


def test_a_csv_with_a_line_of_a_gigabyte_does_not_end_the_worker(
    worker: Worker, tmp_path: Path
) -> None:
    path = made.one_line(tmp_path / "line.csv")
    with suppress(PreviewError):
        assert isinstance(worker.read(Request(str(path))), Table | Log)
    again = worker.read(Request(str(path), as_bytes=True))
    assert again.size == made.GIANT


@posix
def test_a_link_out_of_the_folder_is_a_file_like_any_other(worker: Worker, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.png").write_bytes(made.png())
    os.symlink(tmp_path / "secret.png", tmp_path / "in" / "link.png")
    # The person opened it by its name; a page in the folder may not.
    assert isinstance(worker.read(Request(str(tmp_path / "in" / "link.png"))), Image)
    (tmp_path / "in" / "a.md").write_text("![x](link.png) ![y](../secret.png)")
    page = worker.read(Request(str(tmp_path / "in" / "a.md")))
    assert "2 pictures are not shown" in page.note


def test_a_file_that_grows_while_it_is_read(worker: Worker, tmp_path: Path) -> None:
    path = tmp_path / "train.log"
    path.write_text("INFO start\n")
    stop = threading.Event()

    def write() -> None:
        with path.open("a") as file:
            while not stop.is_set():
                file.write("INFO one more line of text\n" * 100)
                file.flush()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(20):
            document = worker.read(Request(str(path), view="tail"))
            assert isinstance(document, Log)
            assert document.end <= os.path.getsize(path)
    finally:
        stop.set()
        writer.join()


def test_a_file_that_vanishes_is_said(worker: Worker, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x")
    worker.read(Request(str(path)))
    path.unlink()
    with pytest.raises(PreviewError, match="does not exist"):
        worker.read(Request(str(path)))


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_DATA is enforced on Linux")
def test_a_member_that_unpacks_to_too_much_is_one_sentence(worker: Worker, tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    path.write_bytes(made.zip_of(big=bytes(200_000_000)))
    document = worker.read(Request(str(path), parts=("big",)))
    assert "unpacks to more than" in document.note
