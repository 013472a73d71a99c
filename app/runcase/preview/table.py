"""Tables as windows of rows through polars' lazy frames: Parquet, Arrow, JSON lines, log_table."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import IO, TYPE_CHECKING, Any

from runcase.errors import TooBigError, UnreadableError
from runcase.preview import parquet
from runcase.preview.document import Column, Table
from runcase.preview.inventory import Profile, Storage
from runcase.preview.source import Source
from runcase.preview.table_profile import frequency, profile
from runcase.preview.table_query import Query, QueryError, Typed, parse
from runcase.preview.table_words import cell, type_words

if TYPE_CHECKING:
    import polars

ROWS = 200
CELLS = 200_000
# A sorted table is made in memory; past this only its filter is possible.
_SORTED_ROWS = 30_000_000
# The rows of a query are kept up to here, so that scrolling does not sort them again.
_KEPT_CELLS = 20_000_000
_LOADED_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Opened:
    """A table before any of its rows are read.

    Args:
        columns: As many as the frame has, under the names to show.
        typed: The columns as values to compare; in a text file they are made from its text.
        total: How many rows there are, or None to count them with a query over the frame.
        show: How a cell is shown.
        window: Rows (first, count) read in a quicker way than through the frame, if there is one.
        storage: Tells how the file keeps its rows, which takes longer than a window of them.
    """

    format: str
    frame: "polars.LazyFrame"
    columns: tuple[Column, ...]
    typed: tuple[Typed, ...]
    total: int | None
    facts: tuple[str, ...] = ()
    note: str = ""
    show: Callable[[Any], str | None] = cell
    counted: bool = True
    window: "Callable[[int, int], polars.DataFrame] | None" = None
    parts: tuple[str, ...] = ()
    part: str = ""
    storage: Callable[[], Storage | None] = lambda: None


def read_parquet(source: Source) -> Table | Profile:
    """Read a window of a Parquet file; raises `UnreadableError` when it is damaged."""
    # polars costs 150 ms to import: only the worker process, at the first table, pays it.
    import polars

    def open_it() -> Opened:
        parquet.check(source)
        made = of_frame("Parquet", scanned(source, polars.scan_parquet), None)
        return replace(made, storage=lambda: parquet.storage(source))

    return guarded(source, open_it, "valid Parquet")


def read_arrow(source: Source) -> Table | Profile:
    """Read a window of a Feather or Arrow IPC file; raises `UnreadableError`."""
    import polars  # for the reason in read_parquet

    def open_it() -> Opened:
        if source.head.startswith(b"ARROW1"):
            return of_frame("Arrow", scanned(source, polars.scan_ipc), None)
        if source.size > _LOADED_BYTES:
            raise TooBigError("The Arrow stream is too large to read as a whole.")
        whole = scanned(source, lambda file: polars.read_ipc_stream(file).lazy())
        return of_frame("Arrow stream", whole, None)

    return guarded(source, open_it, "a valid Arrow file")


def read_json_lines(source: Source) -> Table | Profile:
    """Read a window of JSON lines whose lines are objects; raises `UnreadableError`."""
    import polars  # for the reason in read_parquet

    first = source.head.lstrip(b"\xef\xbb\xbf").lstrip()
    if not first.startswith(b"{"):
        raise UnreadableError("Its lines are not objects.")

    def open_it() -> Opened:
        frame = scanned(source, lambda file: polars.scan_ndjson(file, infer_schema_length=1000))
        return of_frame("JSON lines", frame, None)

    return guarded(source, open_it, "valid JSON lines")


def read_log_table(source: Source) -> Table | Profile:
    """Read what `mlflow.log_table` and `mlflow.evaluate` write: columns, and data row by row."""
    import polars  # for the reason in read_parquet

    if source.size > _LOADED_BYTES:
        raise TooBigError("It is too large to read as a whole.")
    try:
        content = json.loads(source.read(_LOADED_BYTES))
    except (ValueError, RecursionError) as error:
        raise UnreadableError("It is not valid JSON.") from error
    names = content.get("columns") if isinstance(content, dict) else None
    rows = content.get("data") if isinstance(content, dict) else None
    if not isinstance(names, list) or not isinstance(rows, list) or not names:
        raise UnreadableError("It has no columns and data.")
    if not all(isinstance(row, list) and len(row) == len(names) for row in rows):
        raise UnreadableError("Its rows are not as long as its columns.")

    def open_it() -> Opened:
        columns = [
            _series(f"{number}", [row[number] for row in rows]) for number in range(len(names))
        ]
        made = of_frame("MLflow table", polars.DataFrame(columns).lazy(), len(rows))
        shown = tuple(
            Column(_plain(name), column.dtype, column.numeric)
            for name, column in zip(names, made.columns, strict=True)
        )
        return _renamed(made, shown)

    return guarded(source, open_it, "an MLflow table")


def scanned(source: Source, scan: "Callable[[IO[bytes]], polars.LazyFrame]") -> "polars.LazyFrame":
    """Scan a file that is open already: the threads of polars may open none (`rehearsal.py`).

    The frame keeps a descriptor of its own.
    """
    with source.open(buffering=0) as file:
        return scan(file)


def of_frame(form: str, frame: "polars.LazyFrame", total: int | None) -> Opened:
    """Describe a frame whose columns have types of their own."""
    import polars  # for the reason in read_parquet

    schema = frame.collect_schema()
    columns = tuple(
        Column(name, type_words(str(dtype)), dtype.is_numeric()) for name, dtype in schema.items()
    )
    typed = tuple(Typed(polars.col(name), _kind(dtype)) for name, dtype in schema.items())
    return Opened(form, frame, columns, typed, total)


def guarded(source: Source, open_it: Callable[[], Opened], what: str) -> Table | Profile:
    """Open a table and answer the request; every failure of polars is `UnreadableError`."""
    import polars  # for the reason in read_parquet

    try:
        return answer(source, open_it())
    except (polars.exceptions.PolarsError, OSError, ValueError, OverflowError) as error:
        raise UnreadableError(f"It is not {what}: {first_line(error)}.") from error
    except polars.exceptions.PanicException as error:
        # A panic of Rust is no Exception: the parser met what it did not expect.
        raise UnreadableError(f"It is not {what}: its reader gave up.") from error


def answer(source: Source, opened: Opened) -> Table | Profile:
    """Return the window, the profile, the count or the frequencies that were asked for."""
    request = source.request
    if request.view == "profile":
        names = [column.name for column in opened.columns]
        made = profile(source, opened.frame, list(zip(names, opened.typed, strict=True)))
        return replace(made, storage=opened.storage())
    if request.view == "frequency":
        found = _finder(opened)(request.query)
        if found is None:
            raise QueryError(f"There is no column “{request.query}”.")
        return frequency(source, opened.frame, request.query, found)
    if request.query.strip():
        return _queried(source, opened)
    first, count = bounds(source, len(opened.columns))
    rows, total = _rows(opened, first, count)
    return _table(source, opened, rows, first, total)


def _rows(opened: Opened, first: int, count: int) -> "tuple[polars.DataFrame, int | None]":
    """Return a window of rows and how many there are in all, if that is known or counted."""
    import polars  # for the reason in read_parquet

    counts = opened.total is None and opened.counted
    if opened.window is not None:
        rows = opened.window(first, count)
        return rows, _count(opened.frame) if counts else opened.total
    if not counts:
        return opened.frame.slice(first, count).collect(), opened.total
    rows, counted = polars.collect_all(
        [opened.frame.slice(first, count), opened.frame.select(polars.len())]
    )
    return rows, int(counted.item())


def bounds(source: Source, width: int) -> tuple[int, int]:
    """Return the first row and the number of rows to read, bounded by the number of cells."""
    room = max(1, CELLS // max(1, width))
    return max(0, source.request.offset), min(source.request.count or ROWS, room)


def first_line(error: BaseException) -> str:
    """Return the first line of what a library says, cut to a sentence's length."""
    line = str(error).strip().split("\n")[0].rstrip(".")
    # Polars names the format first, as the sentence around does.
    return line.removeprefix("parquet: ")[:200]


def _queried(source: Source, opened: Opened) -> Table:
    import polars  # for the reason in read_parquet

    began = time.perf_counter_ns()
    query = parse(source.request.query, _finder(opened))
    first, count = bounds(source, len(opened.columns))
    kept = _answers(_key(source))
    try:
        if not kept:
            whole = _whole(opened, query)
            kept += [whole] if whole is not None else []
        if kept:
            found, rows = kept[0].height, kept[0].slice(first, count)
        else:
            frame = _filtered(opened, query)
            found = _count(frame)
            if query.keys and found > _SORTED_ROWS:
                raise QueryError(f"{found:,} rows are too many to sort: filter them first.")
            rows = _sorted(frame, query).slice(first, count).collect()
    except (polars.exceptions.ComputeError, polars.exceptions.InvalidOperationError) as error:
        raise QueryError(f"The filter does not fit the columns: {first_line(error)}.") from error
    took = (time.perf_counter_ns() - began) // 1000
    unfiltered = opened.total if opened.total is not None else _count(opened.frame)
    return _table(source, opened, rows, first, found, unfiltered, took)


def _whole(opened: Opened, query: Query) -> "polars.DataFrame | None":
    """Return all rows of a query in one pass over the file, or None if they are too many."""
    limit = _KEPT_CELLS // max(1, len(opened.columns))
    rows = _filtered(opened, query).head(limit + 1).collect()
    return _sorted(rows.lazy(), query).collect() if rows.height <= limit else None


def _filtered(opened: Opened, query: Query) -> "polars.LazyFrame":
    return opened.frame if query.condition is None else opened.frame.filter(query.condition)


def _sorted(frame: "polars.LazyFrame", query: Query) -> "polars.LazyFrame":
    if not query.keys:
        return frame
    return frame.sort(
        [key for key, _ in query.keys],
        descending=[down for _, down in query.keys],
        nulls_last=True,
        maintain_order=True,
    )


@lru_cache(maxsize=1)
def _answers(_of: tuple[object, ...]) -> "list[polars.DataFrame]":
    """Return a place for the rows of one query, for as long as no other is asked."""
    return []


def _key(source: Source) -> tuple[object, ...]:
    request = source.request
    status = source.path.stat().st_mtime_ns if source.data is None else hash(source.head)
    return str(source.path), source.size, status, request.parts, request.query


def _table(
    source: Source,
    opened: Opened,
    rows: "polars.DataFrame",
    first: int,
    total: int | None,
    unfiltered: int | None = None,
    took: int = 0,
) -> Table:
    cells = tuple(tuple(opened.show(each) for each in series.to_list()) for series in rows)
    return Table(
        source.name, source.size, opened.note, opened.format, opened.columns, cells, first, total,
        opened.facts, unfiltered, took, opened.parts, opened.part,
    )  # fmt: skip


def _count(frame: "polars.LazyFrame") -> int:
    import polars  # for the reason in read_parquet

    return int(frame.select(polars.len()).collect().item())


def _finder(opened: Opened) -> Callable[[str], Typed | None]:
    names = [column.name for column in opened.columns]

    def find(name: str) -> Typed | None:
        if name in names:
            return opened.typed[names.index(name)]
        folded = [each.casefold() for each in names]
        return opened.typed[folded.index(name.casefold())] if name.casefold() in folded else None

    return find


def _kind(dtype: "polars.DataType") -> str:
    if dtype.is_numeric():
        return "number"
    if dtype.is_temporal():
        return "time"
    name = str(dtype).partition("(")[0]
    return {"Boolean": "bool", "List": "list"}.get(
        name, "text" if name in ("String", "Categorical", "Enum") else "other"
    )


def _series(name: str, values: list[Any]) -> "polars.Series":
    """Make a column of what JSON has; values of several kinds become text."""
    import polars  # for the reason in read_parquet

    kinds = {type(value) for value in values if value is not None}
    if kinds <= {bool} or kinds <= {str}:
        return polars.Series(name, values)
    if kinds <= {int, float} and all(abs(each) < 2**63 for each in values if each is not None):
        return polars.Series(name, values, strict=False)
    texts = [None if each is None else _plain(each) for each in values]
    return polars.Series(name, texts, polars.String)


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _renamed(opened: Opened, columns: tuple[Column, ...]) -> Opened:
    return Opened(opened.format, opened.frame, columns, opened.typed, opened.total)
