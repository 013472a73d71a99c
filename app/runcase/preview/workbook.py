"""Excel and OpenDocument workbooks as tables, one a sheet, through calamine."""

from typing import Any

from runcase.errors import TooBigError, UnreadableError
from runcase.preview.document import Column, Table
from runcase.preview.inventory import Profile
from runcase.preview.source import Source
from runcase.preview.table import Opened, guarded, of_frame
from runcase.preview.table_words import cell

_BYTES = 64 * 1024 * 1024
_ROWS = 1_048_576


def read(source: Source) -> Table | Profile:
    """Read a window of one sheet; raises `UnreadableError` when the workbook is damaged."""
    import python_calamine as calamine  # only the worker process loads it, at the first workbook

    if source.size > _BYTES:
        raise TooBigError("The workbook is too large to read.")

    form = "OpenDocument" if source.suffix == ".ods" else "Excel"

    def open_it() -> Opened:
        try:
            with source.open() as file:
                book = calamine.CalamineWorkbook.from_filelike(file)
                names = list(book.sheet_names)
                wanted = source.request.parts[0] if source.request.parts else names[0]
                rows = book.get_sheet_by_name(wanted).to_python(nrows=_ROWS)
        except calamine.WorksheetNotFound as error:
            raise UnreadableError(f"It has no sheet “{wanted[:80]}”.") from error
        except (calamine.CalamineError, IndexError) as error:
            raise UnreadableError(f"It is not a valid workbook: {str(error)[:120]}.") from error
        except BaseException as error:
            # A panic of Rust is no Exception, and its class has no module to be imported from.
            if type(error).__name__ != "PanicException":
                raise
            raise UnreadableError("It is not a valid workbook: its reader gave up.") from error
        return _opened(form, rows, tuple(names), wanted)

    return guarded(source, open_it, "a valid workbook")


def _opened(form: str, rows: list[list[Any]], names: tuple[str, ...], wanted: str) -> Opened:
    import polars

    if not rows:
        return Opened(form, polars.LazyFrame(), (), (), 0, parts=names, part=wanted)
    header, body = rows[0], rows[1:]
    titled = all(isinstance(each, str) and each for each in header)
    if not titled:
        body = rows
    series, titles = [], []
    for number in range(max(len(row) for row in rows)):
        values = [_value(row[number]) if number < len(row) else None for row in body]
        named = titled and number < len(header)
        titles.append(str(header[number]) if named else _letters(number))
        series.append(_series(str(number), values))
    made = of_frame(form, polars.DataFrame(series).lazy(), len(body))
    columns = tuple(
        Column(title, each.dtype, each.numeric)
        for title, each in zip(titles, made.columns, strict=True)
    )
    return Opened(form, made.frame, columns, made.typed, len(body), parts=names, part=wanted)


def _series(name: str, values: list[Any]) -> Any:
    import polars

    kinds = {type(value) for value in values if value is not None}
    if len(kinds) <= 1 or kinds <= {int, float}:
        return polars.Series(name, values, strict=False)
    return polars.Series(name, [cell(value) for value in values], polars.String)


def _value(value: Any) -> Any:
    if value == "":
        return None
    # Excel has no whole numbers: every one of them is a float.
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def _letters(number: int) -> str:
    """Return a column's letters as Excel counts: A to Z, then AA."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
