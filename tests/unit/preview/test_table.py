from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import polars
import pytest

from runcase.preview.document import Bytes, Document, Request, Table, Text
from runcase.preview.worker import Worker

Read = Callable[..., Document]


def table(document: Document) -> Table:
    assert isinstance(document, Table), document
    return document


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(read: Read, separator: str) -> None:
    lines = [
        separator.join(row) for row in (("a", "b x", "c"), ("1", "0.10", "007"), ("2", "", "é"))
    ]
    document = table(read("x.csv", "\r\n".join(lines) + "\r\n"))
    assert [column.name for column in document.columns] == ["a", "b x", "c"]
    assert document.cells == (("1", "2"), ("0.10", None), ("007", "é"))
    assert [column.numeric for column in document.columns] == [True, True, False]
    assert document.total == 2


def test_quotes_hold_separators_and_lines(read: Read) -> None:
    document = table(read("x.csv", 'a,b\n"1,5","two\nlines"\n'))
    assert document.cells == (("1,5",), ("two\nlines",))


def test_marks_and_old_encodings(read: Read) -> None:
    assert table(read("x.csv", "\ufeffa,b\n1,2\n".encode())).columns[0].name == "a"
    assert table(read("y.csv", "name,x\ncafé,1\n".encode("latin-1"))).cells[0] == ("café",)
    assert table(read("z.csv", "name,x\ncafé,1\n".encode("utf-16"))).cells[0] == ("café",)


def test_ragged_rows_are_kept_and_said(read: Read) -> None:
    document = table(read("x.csv", "a,b\n1\n1,2,3\n4,5\n"))
    assert document.cells == (("1", "1", "4"), (None, "2", "5"), (None, "3", None))
    assert [column.name for column in document.columns] == ["a", "b", "column 3"]
    assert document.total == 3
    assert "3 values" in document.note


def test_a_quote_that_never_closes(read: Read) -> None:
    document = table(read("x.csv", 'a,b\n1,"x\n2,y\n'))
    assert document.rows == 2
    assert "quote" in document.note


def test_doubled_and_missing_headers(read: Read) -> None:
    assert [each.name for each in table(read("x.csv", "a,a\n1,2\n")).columns] == ["a", "a"]
    document = table(read("y.csv", "1,2\n3,4\n"))
    assert document.cells == (("1", "3"), ("2", "4"))
    assert document.columns[0].name == "column 1"


def test_a_window_is_read(worker: Worker, write: Callable[..., Path]) -> None:
    path = write("x.csv", "n\n" + "".join(f"{n}\n" for n in range(5000)))
    document = table(worker.read(Request(str(path), offset=4990, count=100)))
    assert document.first == 4990
    assert document.cells[0] == tuple(str(n) for n in range(4990, 5000))
    assert document.total == 5000


def test_many_columns_make_short_windows(read: Read) -> None:
    row = ",".join(str(n) for n in range(10_000))
    header = ",".join(f"c{n}" for n in range(10_000))
    document = table(read("wide.csv", "\n".join([header, *[row] * 50])))
    assert len(document.columns) == 10_000
    assert document.rows == 20


def test_parquet_shows_types_and_values(worker: Worker, tmp_path: Path) -> None:
    frame = polars.DataFrame(
        {
            "i": [1, None],
            "f": [0.1, float("nan")],
            "s": ["x", "y"],
            "l": [[1.5, 2.0], []],
            "t": [datetime(2025, 3, 19, 21, 40), None],
            "b": [True, False],
        }
    )
    frame.write_parquet(tmp_path / "x.parquet")
    document = table(worker.read(Request(str(tmp_path / "x.parquet"))))
    assert [column.dtype for column in document.columns] == [
        "int64", "float64", "string", "list[float64]", "datetime", "bool",
    ]  # fmt: skip
    assert document.cells[0] == ("1", None)
    assert document.cells[1] == ("0.1", "NaN")
    assert document.cells[3] == ("[1.5, 2.0]", "[]")
    assert document.cells[4] == ("2025-03-19 21:40:00", None)


def test_parquet_with_a_broken_footer_is_bytes(read: Read, tmp_path: Path) -> None:
    document = read("x.parquet", b"PAR1" + bytes(range(256)) * 10 + b"\xff\xff\xff\x7fPAR1")
    assert isinstance(document, Bytes)
    assert "not valid Parquet" in document.note


def test_a_csv_of_binary_is_bytes_and_an_empty_one_text(read: Read) -> None:
    assert isinstance(read("x.csv", bytes(range(256)) * 4), Bytes)
    assert isinstance(read("y.csv", "\n\n"), Text)
