from collections.abc import Callable
from pathlib import Path

import pytest

from runcase.preview.document import Bytes, Document, Request, Table
from runcase.preview.worker import Worker

REAL = Path(__file__).parents[2] / "corpus" / "real"
Read = Callable[..., Document]


def table(document: Document) -> Table:
    assert isinstance(document, Table), document.note
    return document


@pytest.mark.parametrize(("name", "form"), [("book.xls", "Excel"), ("book.ods", "OpenDocument")])
def test_a_sheet_of_an_old_workbook_is_a_table(worker: Worker, name: str, form: str) -> None:
    document = table(worker.read(Request(str(REAL / name))))
    assert (document.format, document.part) == (form, "runs")
    assert document.parts[:2] == ("runs", "other ☃")
    assert [(each.name, each.dtype) for each in document.columns] == [
        ("name", "string"), ("lr", "float64"), ("n", "int64"), ("when", "datetime"),
        ("good", "bool"), ("empty", "null"), ("odd", "string"),
    ]  # fmt: skip
    assert document.cells == (
        ("naïve ☃ 桌", "r1", "two\nlines"),
        ("0.1", "1e-07", "12345678.5"),
        ("3", "-4", "2147483648"),
        ("2025-03-19 21:40:00", "2025-03-20 21:40:01", None),
        ("true", "false", "true"),
        (None, None, None),
        ("x", "2.5", None),
    )
    other = table(worker.read(Request(str(REAL / name), parts=("other ☃",))))
    assert [each.name for each in other.columns] == ["A", "B"]
    assert other.cells == (("no header", "2"), ("1", "3"))
    found = table(worker.read(Request(str(REAL / name), query="n > 0 order by n desc")))
    assert found.cells[0] == ("two\nlines", "naïve ☃ 桌")


def test_a_sheet_that_is_gone_is_named(worker: Worker) -> None:
    document = worker.read(Request(str(REAL / "book.xls"), parts=("gone",)))
    assert "It has no sheet “gone”." in document.note


@pytest.mark.parametrize("end", [600, 4101, 5000])
def test_a_workbook_that_is_cut_off_is_shown_as_bytes(read: Read, end: int) -> None:
    # At 4101 bytes its reader panics, which is no Exception of Python's.
    document = read("cut.xls", (REAL / "book.xls").read_bytes()[:end])
    assert isinstance(document, Bytes)
    assert "Not shown as a workbook. It is not a valid workbook" in document.note
