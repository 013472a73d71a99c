"""Search inside text files: what is looked through, what is left alone, what costs only itself."""

import os
import signal
import sys

import pytest

from runcase.errors import CancelledError, PreviewError, UnreadableError
from runcase.preview.many import Mark, TextAnswer, TextLine
from runcase.preview.worker import Worker
from runcase.progress import Progress
from runcase.session import many_files, text_search
from runcase.session.text_search import Hit, Looked, Search
from runcase.store.artifact_places import ArtifactPlace

RUN = "a" * 32


@pytest.fixture(scope="module")
def worker():
    with Worker(warms=False) as made:
        yield made


class Finder:
    """Finds the one folder there is."""

    def __init__(self, folder):
        self.folder = folder

    def find(self, _uri, _kind_id):
        return self


def searched(worker, folder, text, exact=False):
    search = Search(Finder(folder), [ArtifactPlace(RUN, "run", "uri")], text, exact=exact)
    every = list(search.hits(worker, Progress()))
    assert isinstance(every[-1], Looked)
    return [each for each in every if isinstance(each, Hit)], every[-1]


@pytest.fixture
def found(worker):
    return lambda *what, **how: searched(worker, *what, **how)


def test_lines_bytes_and_excerpts(found, tmp_path):
    (tmp_path / "a.txt").write_bytes("eins\nzwei Löss\ndrei loss\n".encode())
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.log").write_text("LOSS " + "x" * 500)
    hits, looked = found(tmp_path, "loss")
    assert [(each.relative, each.line, each.offset) for each in hits] == [
        ("a.txt", 3, 16),
        ("deep/b.log", 1, 0),
    ]
    assert hits[0].excerpt == "drei loss"
    assert hits[1].excerpt.startswith("LOSS x")
    assert hits[1].excerpt.endswith("…")
    assert (looked.runs, looked.files, looked.others, looked.full) == (1, 2, 0, 0)
    assert [each.relative for each in found(tmp_path, "LOSS", exact=True)[0]] == ["deep/b.log"]


def test_what_is_no_text_is_counted_and_limits_are_said(found, tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("x\n" * 500)
    (tmp_path / "data.bin").write_bytes(b"x\0x\n")
    hits, looked = found(tmp_path, "x")
    assert (len(hits), looked.files, looked.cut, looked.others) == (200, 1, 1, 1)
    monkeypatch.setattr(text_search, "MOST_HITS", 50)
    hits, looked = found(tmp_path, "x")
    assert (len(hits), looked.full) == (50, 1)


def test_files_are_asked_for_in_portions_over_all_runs(found, worker, tmp_path, monkeypatch):
    monkeypatch.setattr(text_search, "TOGETHER", 3)
    monkeypatch.setattr(many_files, "TOGETHER", 2)
    for at in range(10):
        (tmp_path / f"{at}.txt").write_text(f"text {at}")
    hits, looked = found(tmp_path, "text")
    assert [each.excerpt for each in hits] == [f"text {at}" for at in range(10)]
    assert looked.files == 10


def test_links_out_and_pipes_are_left_alone(found, tmp_path):
    outside, folder = tmp_path / "secret.txt", tmp_path / "artifacts"
    outside.write_text("secret")
    folder.mkdir()
    (folder / "link.txt").symlink_to(outside)
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe")  # opening it would wait for ever
    hits, looked = found(folder, "secret")
    assert hits == []
    assert looked.files == 0


def test_a_run_without_files_is_counted(found, tmp_path):
    assert found(None, "x")[1].missing == 1
    assert found(tmp_path, "x")[1].missing == 0


class Fragile:
    """A worker whose reader does not survive one file; it tells how often it was asked."""

    def __init__(self, worker, bad):
        self.worker, self.bad, self.asked = worker, bad, 0

    def look(self, question, progress):
        self.asked += 1
        if any(each.path == self.bad for each in question.files):
            raise UnreadableError("its reader was ended by signal 9")
        return self.worker.look(question, progress)


def test_a_file_that_kills_the_reader_costs_itself_only(worker, tmp_path):
    for name in "abcd":
        (tmp_path / f"{name}.txt").write_text("text")
    hits, looked = searched(Fragile(worker, "c.txt"), tmp_path, "text")
    assert [each.relative for each in hits] == ["a.txt", "b.txt", "d.txt"]
    assert (looked.files, looked.unread) == (3, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_a_reader_that_hangs_is_ended_and_its_files_read(tmp_path):
    (tmp_path / "a.txt").write_text("text")
    with Worker(0.3, warms=False) as worker:
        worker.warm()
        os.kill(worker._child._process.pid, signal.SIGSTOP)
        hits, looked = searched(worker, tmp_path, "text")
        assert (len(hits), looked.unread) == (0, 1)
        assert len(searched(worker, tmp_path, "text")[0]) == 1


@pytest.mark.parametrize(
    ("lines", "done", "offset"),
    [((), 0, 0), ((), 2, 0), ((), -1, 9), ((TextLine(7, 1, 0, ""),), 1, 0)],
)
def test_an_answer_that_makes_no_sense_is_no_answer(tmp_path, lines, done, offset):
    (tmp_path / "a.txt").write_text("text")

    class Liar:
        def look(self, _question, _progress):
            return TextAnswer(lines, done, Mark(offset), 1, 0, 0, 0, 0)

    hits, looked = searched(Liar(), tmp_path, "text")
    assert (hits, looked.unread, looked.files) == ([], 1, 0)


def test_a_worker_that_does_not_start_ends_the_search(tmp_path):
    class Broken:
        def look(self, _question, _progress):
            raise PreviewError("The preview worker did not start.")

    (tmp_path / "a.txt").write_text("text")
    with pytest.raises(PreviewError, match="did not start"):
        searched(Broken(), tmp_path, "text")


def test_a_search_that_is_stopped_reads_no_further(worker, tmp_path):
    (tmp_path / "a.txt").write_text("text")
    progress = Progress()
    progress.cancel()
    search = Search(Finder(tmp_path), [ArtifactPlace(RUN, "run", "uri")], "text")
    with pytest.raises(CancelledError):
        list(search.hits(worker, progress))
