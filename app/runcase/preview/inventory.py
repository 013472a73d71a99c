"""What archives and tables hold, counted: their members, and their columns in short."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What a column's values are, in words.

    Args:
        nulls: How many are missing.
        distinct: How many different ones there are, or None when that was not counted.
        least: The smallest, or the shortest length of a list.
        bins: uint32 counts, 20 for numbers by equal widths, up to 20 for the commonest of others.
        labels: The values that the bins of a column that is not numeric stand for.
    """

    name: str
    nulls: int
    distinct: int | None
    least: str
    greatest: str
    mean: str
    bins: bytes
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowGroup:
    """A part of a table's rows that is stored by itself: its rows, and its bytes."""

    rows: int
    packed: int
    unpacked: int


@dataclass(frozen=True, slots=True)
class Storage:
    """How a table is stored.

    Args:
        short: The most telling facts, for a line.
        facts: All of them, in the order to show them.
        groups: The first row groups of `group_count`.
    """

    short: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    groups: tuple[RowGroup, ...]
    group_count: int


@dataclass(frozen=True, slots=True)
class Profile:
    """What the columns of a table hold; `rows` were looked at, of all when `whole`.

    Args:
        storage: How the file keeps its rows, where it says so.
    """

    name: str
    size: int
    note: str
    rows: int
    whole: bool
    columns: tuple[ColumnProfile, ...]
    storage: Storage | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A member of an archive; `note` says what is odd about it."""

    path: str
    size: int
    packed: int
    modified: str
    is_folder: bool
    note: str


@dataclass(frozen=True, slots=True)
class Archive:
    """What an archive holds; `total` members, of which `entries` may be the first."""

    name: str
    size: int
    note: str
    format: str
    entries: tuple[Entry, ...]
    total: int
    unpacked: int
