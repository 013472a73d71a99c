from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from runcase.preview import encoding, log, text
from runcase.preview.document import HIGHLIGHT_KINDS, Bytes, Document, Log, Text

Read = Callable[..., Document]


def spans(document: Text) -> list[tuple[str, str]]:
    units = document.text.encode("utf-16-le", "surrogatepass")
    flat = memoryview(document.spans).cast("I")
    return [
        (units[2 * start : 2 * (start + length)].decode("utf-16-le"), HIGHLIGHT_KINDS[kind])
        for start, length, kind in zip(flat[0::3], flat[1::3], flat[2::3], strict=True)
    ]


def test_code_is_highlighted(read: Read) -> None:
    document = read("train.py", "import os  # why\nx = 'a'\n")
    assert isinstance(document, Text)
    assert document.language == "python"
    assert document.lines == 2
    assert ("import", "keyword") in spans(document)
    assert ("# why", "comment") in spans(document)


def test_spans_count_in_utf16_units(read: Read) -> None:
    document = read("a.py", "'🚀🚀'; y = 12  # 🚀 end\n")
    assert isinstance(document, Text)
    assert ("12", "number") in spans(document)
    assert ("# 🚀 end", "comment") in spans(document)


def test_no_span_crosses_a_line() -> None:
    document = text.make("a.py", 0, '"""one\ntwo\r\nthree"""\n', "python")
    assert [word for word, _ in spans(document)] == ['"""', "one", "two", "three", '"""'] or all(
        "\n" not in word for word, _ in spans(document)
    )


def test_encodings_are_found(read: Read) -> None:
    for content, label in (
        ("naïve ☃\n".encode(), "UTF-8"),
        ("\ufeffnaïve\n".encode(), "UTF-8 with a byte order mark"),
        ("naïve text\n".encode("utf-16"), "UTF-16"),
        ("naïve plain text without a mark\n".encode("utf-16-le"), "UTF-16"),
        ("naïve plain text without a mark\n".encode("utf-16-be"), "UTF-16"),
        ("café latin-1 bytes\n".encode("latin-1"), "Windows-1252"),
    ):
        document = read("notes.txt", content)
        assert isinstance(document, Text)
        assert document.encoding == label
        assert "na\u00efve" in document.text or "café" in document.text


def test_cyrillic_of_the_nineties(read: Read) -> None:
    words = "Обучение модели завершено, метрики записаны в журнал. " * 5
    document = read("log.txt", words.encode("cp1251"))
    assert isinstance(document, Text)
    assert document.text == words


def test_a_character_cut_at_the_end_of_the_head_is_no_damage() -> None:
    head = ("x" * (64 * 1024 - 1) + "é").encode()[: 64 * 1024]
    assert encoding.detect(head) == "utf-8"


def test_long_files_are_cut_and_counted(read: Read) -> None:
    document = read("big.txt", "0123456789\n" * 300_000)
    assert isinstance(document, Log)
    assert document.text.truncated
    assert (document.offset, document.end) == (0, log.WINDOW_BYTES // 11 * 11)


def test_long_lines_are_cut(read: Read) -> None:
    document = read("one.txt", "x" * 100_000)
    assert isinstance(document, Text)
    assert len(document.text) < 30_000
    assert "cut" in document.note


def test_an_lfs_pointer_says_what_it_is(read: Read) -> None:
    pointer = (
        "version https://git-lfs.github.com/spec/v1\n"
        "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
    )
    for name in ("model.pkl", "plot.png", "MLmodel", "data.csv"):
        document = read(name, pointer)
        assert isinstance(document, Text)
        assert "git-LFS pointer" in document.note
        assert "12,345" in document.note


def test_an_empty_file_says_so(read: Read) -> None:
    document = read("empty.txt", b"")
    assert isinstance(document, Bytes)
    assert document.type == "Empty file"


def test_odd_names_are_read(read: Read) -> None:
    for name in ("ünï-码.txt", "back\\slash.txt", "a b#c?.txt", "quote'\".txt", ".hidden"):
        document = read(name, "hello\n")
        assert isinstance(document, Text)
        assert document.name == name


@given(st.binary(max_size=300))
def test_what_is_called_text_decodes(head: bytes) -> None:
    codec = encoding.detect(head)
    assert codec is None or isinstance(head.decode(codec, "replace"), str)
