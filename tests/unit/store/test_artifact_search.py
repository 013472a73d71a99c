"""Search inside text files: lines and bytes, encodings, limits, and what is left alone."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcase.store import artifact_search
from runcase.store.artifact_places import ArtifactPlace
from runcase.store.artifact_search import Hit, Looked, Search

RUN = "a" * 32


class Finder:
    """Finds the one folder there is."""

    def __init__(self, folder):
        self.folder = folder

    def find(self, _uri, _kind_id):
        return self


def found(folder, text, exact=False):
    search = Search(Finder(folder), [ArtifactPlace(RUN, "run", "uri")], text, exact=exact)
    every = list(search.hits())
    assert isinstance(every[-1], Looked)
    return [each for each in every if isinstance(each, Hit)], every[-1]


def test_lines_bytes_and_excerpts(tmp_path):
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


def test_lines_are_counted_over_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(artifact_search, "_CHUNK", 10)
    (tmp_path / "a.txt").write_text("".join(f"line {at}\n" for at in range(100)))
    hits, _ = found(tmp_path, "line 77")
    data = (tmp_path / "a.txt").read_bytes()
    assert [(each.line, each.offset) for each in hits] == [(78, data.index(b"line 77"))]


def test_wide_text_is_text_and_binary_is_none(tmp_path):
    (tmp_path / "wide.txt").write_bytes("eins\nzwei".encode("utf-16"))
    (tmp_path / "data.bin").write_bytes(b"zwei\0zwei")
    hits, looked = found(tmp_path, "zwei")
    assert [(each.relative, each.line) for each in hits] == [("wide.txt", 2)]
    assert (looked.files, looked.others) == (1, 1)


def test_limits_are_said(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("x\n" * 500)
    hits, looked = found(tmp_path, "x")
    assert (len(hits), looked.cut) == (artifact_search.MOST_OF_FILE, 1)
    monkeypatch.setattr(artifact_search, "MOST_HITS", 50)
    hits, looked = found(tmp_path, "x")
    assert (len(hits), looked.full) == (50, 1)
    monkeypatch.setattr(artifact_search, "MOST_BYTES", 10)
    monkeypatch.setattr(artifact_search, "_CHUNK", 5)
    hits, looked = found(tmp_path, "x")
    assert len(hits) < 10
    assert looked.cut == 1


def test_links_out_and_pipes_are_left_alone(tmp_path):
    outside, folder = tmp_path / "secret.txt", tmp_path / "artifacts"
    outside.write_text("secret")
    folder.mkdir()
    (folder / "link.txt").symlink_to(outside)
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe")  # opening it would wait for ever
    hits, looked = found(folder, "secret")
    assert hits == []
    assert looked.files == 0


def test_a_run_without_files_is_counted(tmp_path):
    assert found(None, "x")[1].missing == 1
    assert found(tmp_path, "x")[1].missing == 0


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\0")), max_size=8))
@pytest.mark.timeout(60)
def test_every_line_with_the_text_is_found_at_its_byte(tmp_path_factory, lines):
    folder = tmp_path_factory.mktemp("search")
    data = "\n".join(lines).encode()
    (folder / "a.txt").write_bytes(data)
    hits, _ = found(folder, "a", exact=True)
    assert [each.line for each in hits] == [at for at, line in enumerate(lines, 1) if "a" in line]
    for each in hits:
        assert data[each.offset :].startswith(lines[each.line - 1].encode())
