"""Two windows of tables aligned cell by cell, by row number or by a column whose values are unique.

Works on documents that the worker has read: nothing is opened or parsed here.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt

from runcase.errors import UnreadableError
from runcase.preview.document import Table

Numbers = npt.NDArray[np.int64]
States = npt.NDArray[np.uint8]
Cells = tuple[str | None, ...]

SAME, CHANGED, REMOVED, ADDED = range(4)
# A longer cell has been cut by the reader, so what comes behind is not compared.
_CUT = " …"
_MOST_KEYS = 50


@dataclass(frozen=True, slots=True)
class Aligned:
    """A column of both tables; -1 stands for the side that lacks it."""

    name: str
    left: int
    right: int


@dataclass(frozen=True, slots=True, eq=False)
class TableDifference:
    """Two tables laid over each other.

    Attributes:
        columns: The m columns of both, in the order of the left table.
        left_rows: (n,) the row of the left window, -1 where it has none.
        right_rows: (n,) the row of the right window.
        states: (n, m) `SAME`, `CHANGED`, `REMOVED` or `ADDED` of each cell.
        keys: The first columns that rows may be aligned by: unique, without gaps on both sides.
        key: The one they are aligned by, "" for the row number.
        note: What was not compared, in words.
    """

    left: Table
    right: Table
    columns: tuple[Aligned, ...]
    left_rows: Numbers
    right_rows: Numbers
    states: States
    keys: tuple[str, ...]
    key: str
    note: str

    @property
    def changed_cells(self) -> int:
        """Return how many cells have another value."""
        return int(np.count_nonzero(self.states == CHANGED))

    @property
    def added_rows(self) -> int:
        """Return how many rows only the right table has."""
        return int(np.count_nonzero(self.left_rows < 0))

    @property
    def removed_rows(self) -> int:
        """Return how many rows only the left table has."""
        return int(np.count_nonzero(self.right_rows < 0))

    def texts(self, row: int, column: int) -> tuple[str | None, str | None]:
        """Return what a cell says on the left and on the right, None where it says nothing."""
        found = self.columns[column]
        return (
            _at(self.left, found.left, int(self.left_rows[row])),
            _at(self.right, found.right, int(self.right_rows[row])),
        )


def table_difference(left: Table, right: Table, key: str = "") -> TableDifference:
    """Align two windows that begin at the same row and compare their cells as texts.

    Raises `UnreadableError` for a table whose columns are not of one length.
    """
    for table in (left, right):
        _check(table)
    columns = _columns(left, right)
    keys = _keys(left, right, columns)
    key = key if key in keys else ""
    rows = _by_key(left, right, _named(columns, key)) if key else _by_number(left, right)
    left_rows, right_rows = rows
    states = np.zeros((len(left_rows), len(columns)), np.uint8)
    for at, column in enumerate(columns):
        states[:, at] = _states(left, right, column, rows)
    note = _note(left, right)
    return TableDifference(left, right, columns, left_rows, right_rows, states, keys, key, note)


def _check(table: Table) -> None:
    """Make sure that a table is one: a worker may send anything."""
    lengths = {len(cells) for cells in table.cells}
    if len(table.cells) != len(table.columns) or len(lengths) > 1:
        raise UnreadableError(
            f"{table.name} could not be compared: its columns are not of one length."
        )


def _columns(left: Table, right: Table) -> tuple[Aligned, ...]:
    """Match columns by name, a repeated name by its place among its like."""
    names = [_numbered(left), _numbered(right)]
    there = {name: at for at, name in enumerate(names[1])}
    found = [Aligned(name[0], at, there.pop(name, -1)) for at, name in enumerate(names[0])]
    for name, at in there.items():
        found.append(Aligned(name[0], -1, at))
    return tuple(found)


def _numbered(table: Table) -> list[tuple[str, int]]:
    seen: dict[str, int] = {}
    found = []
    for column in table.columns:
        seen[column.name] = seen.get(column.name, -1) + 1
        found.append((column.name, seen[column.name]))
    return found


def _keys(left: Table, right: Table, columns: Sequence[Aligned]) -> tuple[str, ...]:
    times = Counter(column.name for column in columns)
    found = (
        column.name
        for column in columns
        if column.left >= 0
        and column.right >= 0
        and times[column.name] == 1
        and _is_unique(left.cells[column.left])
        and _is_unique(right.cells[column.right])
    )
    return tuple(islice(found, _MOST_KEYS))


def _is_unique(cells: Cells) -> bool:
    return len(cells) > 1 and None not in cells and len(set(cells)) == len(cells)


def _named(columns: Sequence[Aligned], key: str) -> Aligned:
    return next(column for column in columns if column.name == key)


def _by_number(left: Table, right: Table) -> tuple[Numbers, Numbers]:
    numbers = np.arange(max(left.rows, right.rows), dtype=np.int64)
    return (
        np.where(numbers < left.rows, numbers, -1),
        np.where(numbers < right.rows, numbers, -1),
    )


def _by_key(left: Table, right: Table, key: Aligned) -> tuple[Numbers, Numbers]:
    """Keep the order of the left rows; rows of the right one alone follow the row before them."""
    here = {value: row for row, value in enumerate(left.cells[key.left])}
    there = {value: row for row, value in enumerate(right.cells[key.right])}
    behind: dict[int, list[int]] = {}
    before = -1
    for value, row in there.items():
        if value in here:
            before = here[value]
        else:
            behind.setdefault(before, []).append(row)
    pairs = [(-1, row) for row in behind.get(-1, [])]
    for value, row in here.items():
        pairs.append((row, there.get(value, -1)))
        pairs += [(-1, added) for added in behind.get(row, [])]
    found = np.array(pairs, np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _states(
    left: Table, right: Table, column: Aligned, rows: tuple[Numbers, Numbers]
) -> States | int:
    if column.left < 0 or column.right < 0:
        alone = ADDED if column.left < 0 else REMOVED
        lacking = rows[1] < 0 if column.left < 0 else rows[0] < 0
        return np.where(lacking, SAME, alone).astype(np.uint8)
    a, b = left.cells[column.left], right.cells[column.right]
    found = [
        ADDED if one < 0 else REMOVED if other < 0 else CHANGED if a[one] != b[other] else SAME
        for one, other in zip(rows[0].tolist(), rows[1].tolist(), strict=True)
    ]
    return np.array(found, np.uint8)


def _at(table: Table, column: int, row: int) -> str | None:
    return table.cells[column][row] if column >= 0 and row >= 0 else None


def _note(left: Table, right: Table) -> str:
    """Say what of the files is not compared."""
    notes = []
    parts = [_part(each) for each in (left, right)]
    if parts[0] or parts[1]:
        first = max(left.first, right.first)
        shown = max(left.rows, right.rows)
        totals = [None if each.total is None else each.total for each in (left, right)]
        where = f"rows {first + 1:,} to {first + shown:,}" if first else f"the first {shown:,} rows"
        known = [f"{total:,}" for total in dict.fromkeys(totals) if total is not None]
        of = f" of {' and '.join(known)}" if len(known) == len(set(totals)) else ""
        notes.append(f"Compared {where}{of}.")
    if any(_is_cut(each) for each in (left, right)):
        notes.append("Long cells are compared by their beginning.")
    return " ".join([*notes, *dict.fromkeys(each.note for each in (left, right) if each.note)])


def _part(table: Table) -> bool:
    """Say whether a window leaves out rows of its file."""
    return table.first > 0 or table.total is None or table.rows < table.total


def _is_cut(table: Table) -> bool:
    return any(cell is not None and cell.endswith(_CUT) for cells in table.cells for cell in cells)
