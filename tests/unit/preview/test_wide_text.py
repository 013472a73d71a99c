import codecs
import io
import random
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runcase.preview import encoding, log_lines, text
from runcase.preview.document import Document, Log, Request, Text
from runcase.preview.source import Source
from runcase.preview.worker import Worker

Read = Callable[..., Document]
Write = Callable[..., Path]
MARKS = {
    "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE, "utf-32-be": codecs.BOM_UTF32_BE,
}  # fmt: skip
WIDE = pytest.mark.parametrize("marked", [True, False], ids=["mark", "no mark"])
CODECS = pytest.mark.parametrize("codec", MARKS)
# Letters of whose halves a line feed can be made, and one with a capital's code (U+0441).
LINES = [
    f"2025-03-19 {level} шаг={n} \u0a05Ā\u0a05 🚀 с"
    for n, level in enumerate(["INFO", "WARNING", "ERROR", "DEBUG"] * 2500)
]
CONTENT = "\n".join(LINES) + "\n"


def encoded(content: str, codec: str, marked: bool) -> bytes:
    return (MARKS[codec] if marked else b"") + content.encode(codec)


def log_of(document: Document) -> Log:
    assert isinstance(document, Log), document.note
    return document


@WIDE
@CODECS
def test_a_log_of_wide_characters_is_read_like_any(
    worker: Worker, write: Write, codec: str, marked: bool
) -> None:
    content = encoded(CONTENT, codec, marked)
    path = str(write("train.log", content))
    head = log_of(worker.read(Request(path)))
    shown = head.text.text.split("\n")
    assert shown == LINES[: len(shown)]
    assert head.text.encoding == codec[:6].upper()
    assert dict(head.levels)["ERROR"] == sum("ERROR" in each for each in shown)
    assert content[head.offset : head.end].endswith("\n".encode(codec))
    after = log_of(worker.read(Request(path, offset=head.end)))
    assert (after.offset, after.text.text.split("\n")[0]) == (head.end, LINES[len(shown)])
    middle = log_of(worker.read(Request(path, offset=len(content) // 2 + 1)))
    assert set(middle.text.text.split("\n")) <= set(LINES)
    tail = log_of(worker.read(Request(path, view="tail")))
    assert tail.end == tail.size == len(content)
    last = tail.text.text.split("\n")
    assert last == LINES[-len(last) :]


@CODECS
def test_search_goes_on_and_back_in_wide_characters(
    worker: Worker, write: Write, codec: str
) -> None:
    content = encoded(CONTENT, codec, marked=True)
    path = str(write("train.log", content))
    found = log_of(worker.read(Request(path, view="find", query="error шаг=9998 \u0a05")))
    assert found.text.text.split("\n")[found.found] == LINES[9998]
    back = log_of(
        worker.read(Request(path, view="back", query="warning шаг=17 ", offset=len(content)))
    )
    assert back.text.text.split("\n")[back.found] == LINES[17]
    # ѡ is с with the bytes of a capital lowered, and is not there.
    for view, offset in (("find", 0), ("back", len(content))):
        missing = worker.read(Request(path, view=view, query="ѡ", offset=offset))
        assert "was not found" in missing.note
    levels = log_of(worker.read(Request(path, view="levels", query="ERROR WARNING")))
    assert levels.text.text.split("\n")[:3] == [LINES[1], LINES[2], LINES[5]]


@WIDE
@CODECS
def test_a_text_that_ends_within_a_character(read: Read, codec: str, marked: bool) -> None:
    content = encoded("naïve Текст\nline two\n", codec, marked)
    document = read("notes.txt", content + b"a")
    assert isinstance(document, Text)
    assert document.text == "naïve Текст\nline two\n\N{REPLACEMENT CHARACTER}"
    followed = log_of(read("notes.log", content + b"\n", view="tail"))
    assert followed.text.text == "naïve Текст\nline two\n\N{REPLACEMENT CHARACTER}"
    assert followed.end == len(content) + 1


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_no_edge_of_a_window_cuts_a_character_in_two(read: Read, codec: str) -> None:
    # One line without an end, of characters of four bytes behind one of two.
    content = encoded("x" + "🚀" * 300_000, codec, marked=True)
    head = log_of(read("one.log", content))
    assert set(head.text.text.removesuffix(" …")) == {"x", "🚀"}
    assert head.end % 4 == 0
    for offset in range(600_000, 600_004):
        middle = log_of(read("one.log", content, offset=offset))
        assert middle.offset % 4 == 0
        assert set(middle.text.text.removesuffix(" …")) == {"🚀"}


def test_lines_of_a_long_text_are_counted_by_their_characters(write: Write) -> None:
    content = encoded("\u0a05Ā\u0a05 x\n" * 10, "utf-16-le", marked=False)
    source = Source.peek(Request(str(write("x.txt", content))))
    assert text._count_lines(source, "utf-16-le") == 10


@pytest.mark.parametrize(
    "content",
    [
        "Обучение модели завершено\n",
        "训练完成,验证损失 0.12\n一二三\n",
        "κόσμε εδώ\n",
        "loss\t0.5\r\n",
    ],
)
@CODECS
def test_the_order_of_bytes_is_told_without_a_mark(codec: str, content: str) -> None:
    assert encoding.detect((content * 20).encode(codec)) == codec


@given(st.lists(st.floats(width=32), min_size=4, max_size=200))
def test_numbers_are_no_text(numbers: list[float]) -> None:
    packed = struct.pack(f"<{len(numbers)}d", *numbers)
    assert b"\0" not in packed or encoding.detect(packed) is None


@given(
    st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\n\u0a05Ā"), max_size=200),
    st.sampled_from([*MARKS]),
)
def test_a_window_begins_and_ends_at_lines(content: str, codec: str) -> None:
    data = content.encode(codec)
    lines = log_lines.Lines(io.BytesIO(data), len(data), log_lines.Units.of(codec, data))
    pieces, places = [], [0]
    for piece, end in lines.each(0):
        pieces.append(piece.decode())
        places.append(end)
    assert "".join(pieces) == content
    assert places[-1] == len(data)
    for place in range(len(data)):
        assert lines.start(place) == max(each for each in places[:-1] if each <= place)


@pytest.mark.parametrize("length", [8, 12, 20, 40, 100, 5000])
def test_noise_is_no_text(length: int) -> None:
    taken = 0
    for seed in range(200):
        noise = random.Random(seed).randbytes(length - 2)
        taken += encoding.detect(noise[: length // 2] + b"\0\n" + noise[length // 2 :]) in MARKS
    assert taken <= 2
