"""CSV, TSV and Parquet as windows of rows, through polars' lazy frames."""

import csv
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from runcase.errors import TooBigError, UnreadableError
from runcase.preview import encoding
from runcase.preview.document import Column, Table
from runcase.preview.source import Source

if TYPE_CHECKING:
    import polars

ROWS = 200
CELLS = 200_000
SNIFF_BYTES = 1024 * 1024
# Counting reads the whole file: half a second for this much.
_COUNTED_BYTES = 512 * 1024 * 1024
_RECODED_BYTES = 64 * 1024 * 1024
_CELL_CHARACTERS = 1_000
_DELIMITERS = ",\t;|"


@dataclass(frozen=True, slots=True)
class _Dialect:
    delimiter: str
    header: tuple[str, ...]
    has_header: bool
    ragged: bool
    quote: str | None
    note: str


def read_parquet(source: Source) -> Table:
    """Read a window of a Parquet file; raises `UnreadableError` when it is damaged."""
    # polars costs 150 ms to import: only the worker process, at the first table, pays it.
    import polars

    try:
        frame = polars.scan_parquet(source.path, glob=False)
        schema = frame.collect_schema()
        columns = tuple(
            Column(name, _type_words(str(dtype)), dtype.is_numeric())
            for name, dtype in schema.items()
        )
        total = int(frame.select(polars.len()).collect().item())
        first, count = _window(source, len(columns))
        rows = frame.slice(first, count).collect()
    except (polars.exceptions.PolarsError, OSError) as error:
        raise UnreadableError(f"It is not valid Parquet: {_first_line(error)}.") from error
    cells = tuple(tuple(_cell(value) for value in series.to_list()) for series in rows)
    return Table(source.name, source.size, "", "Parquet", columns, cells, first, total, ())


def read_csv(source: Source, quoted: bool = True) -> Table:
    """Read a window of a file of separated values, every value as it stands there.

    A quote that is never closed makes all quotes ordinary characters.
    Raises `UnreadableError` when it has no columns.
    """
    # Imported here for the reason in read_parquet.
    import polars

    codec = encoding.detect(source.head)
    if codec is None:
        raise UnreadableError("It is not text.")
    sample = source.read(SNIFF_BYTES).decode(codec, "replace")
    dialect = _sniff(source, sample, quoted)
    content = _recoded(source, codec)
    total = None
    note = dialect.note
    try:
        frame = _scan(source, content, dialect)
        rows, first = _slice(frame, source, len(dialect.header))
        if source.size <= _COUNTED_BYTES:
            total = int(frame.select(polars.len()).collect().item())
    except (polars.exceptions.PolarsError, OSError) as error:
        if dialect.quote is None:
            raise UnreadableError(f"It is not a table: {_first_line(error)}.") from error
        # A quote that is never closed further down: the whole file then.
        return read_csv(source, quoted=False)
    columns = _columns(rows, dialect)
    cells = tuple(tuple(_short(value) for value in series.to_list()) for series in rows)
    form = "TSV" if dialect.delimiter == "\t" else "CSV"
    facts = (encoding.label(codec), _delimiter_words(dialect.delimiter))
    return Table(source.name, source.size, note, form, columns, cells, first, total, facts)


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
    has_header = not all(_is_number(cell) for cell in header)
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


def _scan(source: Source, content: bytes | None, dialect: _Dialect) -> "polars.LazyFrame":
    import polars  # for the reason in read_parquet

    # Rows that are longer than the header need a schema of all columns, and then the header is
    # a row like the others. Every value stays as it is written: 0.10, 007.
    wide = {f"column {number}": polars.String for number in range(len(dialect.header))}
    frame = polars.scan_csv(
        source.path if content is None else io.BytesIO(content),
        separator=dialect.delimiter,
        quote_char=dialect.quote,
        has_header=dialect.has_header and not dialect.ragged,
        schema=wide if dialect.ragged else None,
        missing_columns="insert" if dialect.ragged else "raise",
        infer_schema=False,
        truncate_ragged_lines=True,
        encoding="utf8-lossy",
        glob=False,
    )
    return frame.slice(1) if dialect.ragged and dialect.has_header else frame


def _slice(frame: "polars.LazyFrame", source: Source, width: int) -> tuple["polars.DataFrame", int]:
    first, count = _window(source, width)
    return frame.slice(first, count).collect(), first


def _window(source: Source, width: int) -> tuple[int, int]:
    """Return the first row and the number of rows to read, bounded by the number of cells."""
    room = max(1, CELLS // max(1, width))
    return max(0, source.request.offset), min(source.request.count or ROWS, room)


def _columns(rows: "polars.DataFrame", dialect: _Dialect) -> tuple[Column, ...]:
    names: Iterable[str] = rows.columns
    if len(dialect.header) == len(rows.columns):
        names = dialect.header
    types = (_inferred(series.to_list()) for series in rows)
    return tuple(
        Column(name, dtype, dtype in ("int", "float"))
        for name, dtype in zip(names, types, strict=True)
    )


def _inferred(values: list[str | None]) -> str:
    """Say what the values of a window look like."""
    present = [value.strip() for value in values if value]
    if not present:
        return "empty"
    if all(value.lower() in ("true", "false") for value in present):
        return "bool"
    if all(_is_number(value) for value in present):
        return "int" if all(value.lstrip("+-").isdigit() for value in present) else "float"
    return "date" if all(_is_date(value) for value in present) else "string"


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return "_" not in value  # Python reads 1_000 as a number, nobody else does


def _is_date(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _cell(value: Any) -> str | None:
    """Return a value as text: floats with all their digits, dates as ISO 8601."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float_words(value)
    if isinstance(value, bytes):
        return _short(value[:_CELL_CHARACTERS].hex(" "))
    if isinstance(value, datetime | date | time):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, list):
        inner = ", ".join(_cell(each) or "null" for each in value[:100])
        return _short(f"[{inner}{', …' if len(value) > 100 else ''}]")
    if isinstance(value, dict):
        inner = ", ".join(f"{key}: {_cell(each) or 'null'}" for key, each in value.items())
        return _short(f"{{{inner}}}")
    return _short(str(value))


def _float_words(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return repr(value)


def _short(value: str | None) -> str | None:
    if value is None or len(value) <= _CELL_CHARACTERS:
        return value
    return value[:_CELL_CHARACTERS] + " …"


def _type_words(dtype: str) -> str:
    """Return a polars dtype in one short word, as the header has room for."""
    name = dtype.split("(")[0].lower()
    if name in ("list", "array"):
        inner = dtype[dtype.index("(") + 1 :].rstrip(")").split(",")[0].split("(")[0].lower()
        return f"list[{inner}]"
    return {"categorical": "dict", "enum": "dict", "boolean": "bool"}.get(name, name)


def _delimiter_words(delimiter: str) -> str:
    names = {",": "comma", "\t": "tab", ";": "semicolon", "|": "bar"}
    return f"separated by {names[delimiter]}"


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0].rstrip(".")
