"""CSV and TSV as windows of rows, every value as it stands in the file."""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from runcase.errors import TooBigError, UnreadableError
from runcase.preview import encoding, table_index
from runcase.preview.document import Column, Table
from runcase.preview.inventory import Profile
from runcase.preview.source import Source
from runcase.preview.table import CELLS, Opened, answer, bounds, first_line, scanned
from runcase.preview.table_query import QueryError, Typed
from runcase.preview.table_words import inferred, is_number, short

if TYPE_CHECKING:
    import polars

SNIFF_BYTES = 1024 * 1024
# Counting reads the whole file: half a second for this much.
_COUNTED_BYTES = 512 * 1024 * 1024
# From this row on an index of the file is quicker than reading all rows before.
_INDEXED_ROW = 100_000
_RECODED_BYTES = 64 * 1024 * 1024
_DELIMITERS = ",\t;|"


@dataclass(frozen=True, slots=True)
class _Dialect:
    delimiter: str
    header: tuple[str, ...]
    has_header: bool
    ragged: bool
    quote: str | None
    note: str


def read_csv(source: Source, quoted: bool = True) -> Table | Profile:
    """Read a window of a file of separated values, every value as it stands there.

    A quote that is never closed makes all quotes ordinary characters.
    Raises `UnreadableError` when it has no columns.
    """
    # polars costs 150 ms to import: only the worker process, at the first table, pays it.
    import polars

    codec = encoding.detect(source.head)
    if codec is None:
        raise UnreadableError("It is not text.")
    sample = source.read(SNIFF_BYTES).decode(codec, "replace")
    dialect = _sniff(source, sample, quoted)
    content = _recoded(source, codec)
    try:
        return answer(source, _opened(source, codec, content, dialect))
    except QueryError:
        raise
    except (polars.exceptions.PolarsError, OSError) as error:
        if dialect.quote is None:
            raise UnreadableError(f"It is not a table: {first_line(error)}.") from error
        # A quote that is never closed further down: the whole file then.
        return read_csv(source, quoted=False)


def _opened(source: Source, codec: str, content: bytes | None, dialect: _Dialect) -> Opened:
    if content is None:
        frame = scanned(source, lambda file: _scan(file, dialect))
    else:
        frame = _scan(io.BytesIO(content), dialect)
    # What the columns look like is said from the file's beginning, for all of its windows.
    looked = frame.head(bounds(source, len(dialect.header))[1]).collect()
    columns = _columns(looked, dialect)
    form = "TSV" if dialect.delimiter == "\t" else "CSV"
    facts = (encoding.label(codec), _delimiter_words(dialect.delimiter))
    total, window = None, None
    in_file = content is None and source.data is None
    request = source.request
    # A query needs the number of all rows, too, which the index tells sooner than polars.
    wants_all = request.view == "count" or (bool(request.query) and request.view == "")
    if in_file and (wants_all or request.offset >= _INDEXED_ROW):
        key, quotes = table_index.key(str(source.path)), dialect.quote is not None
        index = table_index.build(*key, quotes)
        total = index.rows - dialect.has_header
        window = _indexed(str(source.path), index, dialect)
    elif source.request.offset == 0:
        window = _taken(looked)
    typed = tuple(
        _typed(series, column.dtype) for series, column in zip(looked, columns, strict=True)
    )
    counted = source.size <= _COUNTED_BYTES
    return Opened(form, frame, columns, typed, total, facts, dialect.note, short, counted, window)


def _taken(rows: "polars.DataFrame") -> "Callable[[int, int], polars.DataFrame]":
    return lambda _first, count: rows.head(count)


def _indexed(
    path: str, index: table_index.RowIndex, dialect: _Dialect
) -> "Callable[[int, int], polars.DataFrame]":
    def read(first: int, count: int) -> "polars.DataFrame":
        quotes = dialect.quote is not None
        header = table_index.window(path, index, 0, 1, quotes) if dialect.has_header else b""
        begin = first + dialect.has_header
        rows = table_index.window(path, index, begin, count, quotes)
        return _scan(io.BytesIO(header + rows), dialect).collect()

    return read


def _typed(first_rows: "polars.Series", dtype: str) -> Typed:
    """Return a column of text as values, by what its first rows look like."""
    import polars  # for the reason in read_csv

    text = polars.col(first_rows.name)
    padded = any(each != each.strip() for each in first_rows.to_list() if each)
    # Taking spaces away takes three times as long as reading a number.
    bare = text.str.strip_chars() if padded else text
    if dtype in ("int", "float"):
        return Typed(bare.cast(polars.Float64, strict=False), "number")
    if dtype == "bool":
        return Typed(bare.str.to_lowercase() == "true", "bool")
    return Typed(text, "time" if dtype == "date" else "text")


def _sniff(source: Source, sample: str, quoted: bool) -> _Dialect:
    """Find the separator: the one that splits the first lines into the most even columns."""
    whole = len(sample) < SNIFF_BYTES and source.size <= SNIFF_BYTES
    lines = [line for line in sample.splitlines()[: None if whole else -1][:200] if line.strip()]
    if not lines:
        raise UnreadableError("It has no lines.")
    preferred = "\t" if source.suffix in (".tsv", ".tab") else ","
    rows = {each: _rows(lines, each, quoted) for each in _DELIMITERS}
    delimiter = max(_DELIMITERS, key=lambda each: (*_evenness(rows[each]), each == preferred))
    if len(rows[delimiter][0]) == 1:
        delimiter = preferred
    chosen = rows[delimiter]
    header = chosen[0]
    if len(header) > CELLS:
        raise TooBigError("It has too many columns for a table.")
    widest = max(len(row) for row in chosen)
    note = ""
    if widest > len(header):
        note = f"Some rows have {widest} values, the header has {len(header)}."
    has_header = not all(is_number(cell) for cell in header)
    names = header if has_header else []
    names = [*names, *(f"column {number + 1}" for number in range(len(names), widest))]
    if not quoted or (whole and sample.count('"') % 2):
        note = "A quote is never closed, so quotes are shown as they stand."
        quoted = False
    names = [name.strip("\ufeff") for name in names]
    ragged = widest > len(header)
    return _Dialect(delimiter, tuple(names), has_header, ragged, '"' if quoted else None, note)


def _rows(lines: list[str], delimiter: str, quoted: bool) -> list[list[str]]:
    try:
        if quoted:
            rows = csv.reader(lines, delimiter=delimiter)
        else:
            rows = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
        return [row for row in rows if row] or [[""]]
    except csv.Error:  # a field over the module's limit
        return [[line] for line in lines]


def _evenness(rows: list[list[str]]) -> tuple[float, int]:
    """Rank a separator: how many rows are as wide as the first, then how wide that is."""
    width = len(rows[0])
    if width == 1:
        return 0.0, 0
    return sum(len(row) == width for row in rows) / len(rows), width


def _recoded(source: Source, codec: str) -> bytes | None:
    """Return the file as UTF-8 where polars could not read it as it is, else None."""
    if codec in ("utf-8", "utf-8-sig") or source.size > _RECODED_BYTES:
        return None
    return source.read(_RECODED_BYTES).decode(codec, "replace").encode()


def _scan(content: IO[bytes], dialect: _Dialect) -> "polars.LazyFrame":
    import polars  # for the reason in read_csv

    # Rows that are longer than the header need a schema of all columns, and then the header is
    # a row like the others. Every value stays as it is written: 0.10, 007.
    wide = {f"column {number}": polars.String for number in range(len(dialect.header))}
    frame = polars.scan_csv(
        content,
        separator=dialect.delimiter,
        quote_char=dialect.quote,
        has_header=dialect.has_header and not dialect.ragged,
        schema=wide if dialect.ragged else None,
        missing_columns="insert" if dialect.ragged else "raise",
        infer_schema=False,
        truncate_ragged_lines=True,
        encoding="utf8-lossy",
    )
    return frame.slice(1) if dialect.ragged and dialect.has_header else frame


def _columns(rows: "polars.DataFrame", dialect: _Dialect) -> tuple[Column, ...]:
    names: Iterable[str] = rows.columns
    if len(dialect.header) == len(rows.columns):
        names = dialect.header
    types = (inferred(series.to_list()) for series in rows)
    return tuple(
        Column(name, dtype, dtype in ("int", "float"))
        for name, dtype in zip(names, types, strict=True)
    )


def _delimiter_words(delimiter: str) -> str:
    names = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar"}
    return f"separated by {names[delimiter]}"
