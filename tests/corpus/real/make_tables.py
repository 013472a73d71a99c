"""Writes the old tables beside it; their content is in `tests/unit/preview/test_old_tables.py`.

Run by hand, no test runs it: odfpy==1.4.1 xlwt==1.3.0.
"""

import datetime
from pathlib import Path
from typing import Any

import xlwt
from odf import table, text
from odf.opendocument import OpenDocumentSpreadsheet

HERE = Path(__file__).parent
HEADER = ["name", "lr", "n", "when", "good", "empty", "odd"]
DAY = datetime.datetime(2025, 3, 19, 21, 40)
ROWS: list[list[Any]] = [
    ["naïve ☃ 桌", 0.1, 3, DAY, True, None, "x"],
    ["r1", 1e-07, -4, DAY + datetime.timedelta(days=1, seconds=1), False, None, 2.5],
    ["two\nlines", 12345678.5, 2**31, None, True, None, None],
]
OTHER = [["no header", 1], [2, 3]]


def write_xls() -> None:
    book = xlwt.Workbook(encoding="utf-8")
    dated = xlwt.easyxf(num_format_str="YYYY-MM-DD HH:MM:SS")
    for name, rows in (("runs", [HEADER, *ROWS]), ("other ☃", OTHER)):
        sheet = book.add_sheet(name)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, datetime.datetime):
                    sheet.write(at, column, value, dated)
                elif value is not None:
                    sheet.write(at, column, value)
    formula = book.add_sheet("formula")
    formula.write(0, 0, "sum")
    formula.write(1, 0, xlwt.Formula("1+2"))
    book.save(HERE / "book.xls")


def write_ods() -> None:
    document = OpenDocumentSpreadsheet()
    for name, rows in (("runs", [HEADER, *ROWS]), ("other ☃", OTHER)):
        sheet = table.Table(name=name)
        for row in rows:
            line = table.TableRow()
            for value in row:
                line.addElement(cell(value))
            sheet.addElement(line)
        document.spreadsheet.addElement(sheet)
    document.save(HERE / "book.ods")


def cell(value: Any) -> Any:
    if value is None:
        return table.TableCell()
    if isinstance(value, bool):
        made = table.TableCell(valuetype="boolean", booleanvalue=str(value).lower())
    elif isinstance(value, datetime.datetime):
        made = table.TableCell(valuetype="date", datevalue=value.isoformat())
    elif isinstance(value, int | float):
        made = table.TableCell(valuetype="float", value=repr(value))
    else:
        made = table.TableCell(valuetype="string")
    for line in str(value).split("\n"):
        made.addElement(text.P(text=line))
    return made


if __name__ == "__main__":
    write_xls()
    write_ods()
