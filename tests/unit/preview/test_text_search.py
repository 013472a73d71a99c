"""Lines that hold a text: their numbers and bytes, encodings, pieces of long files, limits."""

import codecs
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcase.preview import text_search
from runcase.preview.many import FileIn, Mark, TextAnswer, TextQuestion
from runcase.preview.text_search import answer

BEGINNING = Mark()


def ask(
    path: Path, text: str, *, exact: bool = False, most: int = 2_000, start: Mark = BEGINNING
) -> TextAnswer:
    named = (FileIn(0, path.name),)
    return answer(TextQuestion((str(path.parent),), named, text, exact, most, start))


def places(found: TextAnswer) -> list[tuple[int, int]]:
    return [(each.line, each.offset) for each in found.lines]


def test_lines_are_counted_over_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_search, "_CHUNK", 10)
    path = tmp_path / "a.txt"
    path.write_text("".join(f"line {at}\n" for at in range(20_000)))
    assert path.stat().st_size > text_search.HEAD_BYTES
    assert places(ask(path, "line 17777")) == [(17778, path.read_bytes().index(b"line 17777"))]


def test_a_long_file_is_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_search, "_CHUNK", 1_000)
    monkeypatch.setattr(text_search, "SLICE_S", -1.0)  # over after each piece
    path = tmp_path / "a.txt"
    path.write_text("".join(f"line {at}\n" for at in range(9_000)))
    found, mark, done, turns = [], Mark(), 0, 0
    while not done:
        part = ask(path, "99\n".strip(), start=mark)
        found += places(part)
        done, mark, turns = part.done, part.mark, turns + 1
        assert part.texts == (turns == 1)
    assert turns > 10
    data = path.read_bytes()
    wanted = [at for at in range(9_000) if "99" in str(at)]
    assert found == [(at + 1, data.index(f"line {at}\n".encode())) for at in wanted][: len(found)]
    assert len(found) == min(len(wanted), text_search.MOST_OF_FILE)


@pytest.mark.parametrize(
    "codec", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_text_is_found_in_its_encoding(tmp_path: Path, codec: str) -> None:
    text = "eins\n一\n" if codec.startswith("utf-8") else "eins\nzwei\n"
    text += "Löss äöü\n" + "plain text\n" * 20
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(codec))
    found = ask(path, "LÖSS")
    assert (found.texts, found.others) == (1, 0)
    mark = len(codecs.BOM_UTF16) if codec == "utf-16" else len("".encode(codec))
    before = text[: text.index("Löss")]
    plain = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}.get(codec, codec)
    assert places(found) == [(3, mark + len(before.encode(plain)))]
    assert found.lines[0].excerpt == "Löss äöü"
    assert places(ask(path, "eins")) == [(1, 0)]
    assert ask(path, "eins").lines[0].excerpt == "eins"


@given(st.text(st.characters(codec="utf-16-le"), min_size=1, max_size=200), st.integers(1, 9))
def test_wide_text_is_cut_between_characters(text: str, size: int) -> None:
    data = text.encode("utf-16-le")
    newline = "\n".encode("utf-16-le")
    piece = data[: size * 7]
    end = text_search._last_line(piece, newline)
    assert end % 2 == 0
    assert end == len(piece) - len(piece) % 2 or piece[:end].endswith(newline)


def test_limits_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x\n" * 500)
    assert (len(ask(path, "x").lines), ask(path, "x").cut) == (text_search.MOST_OF_FILE, 1)
    assert len(ask(path, "x", most=7).lines) == 7
    monkeypatch.setattr(text_search, "MOST_BYTES", 100_000)
    monkeypatch.setattr(text_search, "_CHUNK", 10_000)
    path.write_text("y\n" * 90_000 + "x\n")
    assert (ask(path, "x").lines, ask(path, "x").cut) == ((), 1)


def test_a_file_is_read_below_its_own_folder_only(tmp_path: Path) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    for folder in (own, other):
        folder.mkdir()
        (folder / "a.txt").write_text("text")
    (own / "link.txt").symlink_to(other / "a.txt")
    names = ("link.txt", "../other/a.txt", str(other / "a.txt"), "nothing", "nul\0", "", "a.txt")
    named = tuple(FileIn(0, name) for name in names)
    found = answer(TextQuestion((str(own), str(other)), named, "text", False, 9))
    assert [each.file for each in found.lines] == [names.index("a.txt")]
    assert (found.done, found.unread, found.texts) == (len(names), len(names) - 1, 1)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\0")), max_size=8))
@pytest.mark.timeout(60)
def test_every_line_with_the_text_is_found_at_its_byte(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    path = tmp_path_factory.mktemp("search") / "a.txt"
    data = "\n".join(lines).encode()
    path.write_bytes(data)
    found = ask(path, "a", exact=True)
    if found.others:
        return  # nothing but control characters: no text
    assert [each.line for each in found.lines] == [
        at for at, line in enumerate(lines, 1) if "a" in line
    ]
    for each in found.lines:
        assert data[each.offset :].startswith(lines[each.line - 1].encode())
