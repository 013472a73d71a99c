"""SQLite files as tables: opened read-only and immutable, so that the folder stays as it was."""

import os
import sqlite3
from urllib.parse import quote

from runcase.errors import UnreadableError
from runcase.preview.document import Column, Table
from runcase.preview.inventory import Profile
from runcase.preview.source import Source
from runcase.preview.table import Opened, answer, bounds, of_frame
from runcase.preview.table_words import cell, short

# A question about all rows is answered over so many of them, in memory.
_ROWS = 300_000
_TABLES = 500


def read(source: Source) -> Table | Profile:
    """Read a window of one table, the first or the one that is asked for.

    Raises `UnreadableError` when it is no database or damaged.
    """
    if source.data is not None:
        raise UnreadableError("A database inside an archive is not opened.")
    address = f"file:{quote(os.path.realpath(source.path))}?mode=ro&immutable=1"
    try:
        connection = sqlite3.connect(address, uri=True)
        try:
            connection.text_factory = lambda data: data.decode("utf-8", "replace")
            return _read(source, connection)
        finally:
            connection.close()
    except (sqlite3.Error, OverflowError) as error:
        raise UnreadableError(f"The database is damaged: {error}.") from error


def _read(source: Source, connection: sqlite3.Connection) -> Table | Profile:
    names = [
        str(name)
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') ORDER BY name LIMIT ?",
            (_TABLES,),
        )
    ]
    if not names:
        raise UnreadableError("The database has no tables.")
    wanted = source.request.parts[0] if source.request.parts else _fullest(connection, names)
    if wanted not in names:
        raise UnreadableError(f"The database has no table “{wanted}”.")
    quoted = '"' + wanted.replace('"', '""') + '"'
    total = int(connection.execute(f"SELECT count(*) FROM {quoted}").fetchone()[0])
    described = connection.execute(f"PRAGMA table_info({quoted})").fetchall()
    columns = tuple(
        Column(str(row[1]), str(row[2]).lower() or "any", _is_numeric(str(row[2])))
        for row in described
    )
    facts = (f"{len(names):,} tables",) if len(names) > 1 else ()
    request = source.request
    note = ""
    if os.path.exists(f"{source.path}-wal"):
        note = "Rows that are only in its write-ahead log are not shown."
    if request.query.strip() or request.view:
        opened = _in_memory(connection, quoted, columns, total)
        opened = Opened(
            "SQLite", opened.frame, opened.columns, opened.typed, opened.total, facts, note,
            parts=tuple(names), part=wanted,
        )  # fmt: skip
        return answer(source, opened)
    first, count = bounds(source, len(columns))
    rows = connection.execute(f"SELECT * FROM {quoted} LIMIT ? OFFSET ?", (count, first)).fetchall()
    cells = tuple(tuple(short(cell(row[number])) for row in rows) for number in range(len(columns)))
    return Table(
        source.name, source.size, note, "SQLite", columns, cells, first, total, facts,
        parts=tuple(names), part=wanted,
    )  # fmt: skip


def _fullest(connection: sqlite3.Connection, names: list[str]) -> str:
    """Return the first table that has a row: an empty one tells little."""
    for name in names:
        quoted = name.replace('"', '""')
        try:
            if connection.execute(f'SELECT 1 FROM "{quoted}" LIMIT 1').fetchone():
                return name
        except sqlite3.Error:  # a view of tables that are gone
            continue
    return names[0]


def _in_memory(
    connection: sqlite3.Connection, quoted: str, columns: tuple[Column, ...], total: int
) -> Opened:
    import polars  # 150 ms: only the worker process pays it

    if total > _ROWS:
        raise UnreadableError(f"{total:,} rows are too many to filter or count here.")
    rows = connection.execute(f"SELECT * FROM {quoted}").fetchall()
    series = []
    for number, column in enumerate(columns):
        values = [row[number] for row in rows]
        kinds = {type(value) for value in values if value is not None}
        mixed = not (kinds <= {int, float} or kinds <= {str})
        shown = [cell(value) for value in values] if mixed else values
        series.append(polars.Series(column.name, shown, strict=False))
    made = of_frame("SQLite", polars.DataFrame(series).lazy(), total)
    return Opened("SQLite", made.frame, columns, made.typed, total)


def _is_numeric(declared: str) -> bool:
    words = declared.upper()
    return any(each in words for each in ("INT", "REAL", "FLOA", "DOUB", "NUM", "DEC"))
