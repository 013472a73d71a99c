"""What the completer offers and what it says is wrong: plain values, light to import."""

from dataclasses import dataclass

from runcase.store.records import ColumnKey


@dataclass(frozen=True, slots=True)
class Choice:
    """One row: what it says, and what replaces text[start:end] when it is accepted.

    `kind` "saved" and "recent" are whole filters, which can be deleted.
    """

    kind: str
    label: str
    detail: str
    insert: str
    start: int
    end: int
    column: ColumnKey | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a filter, where (in characters), and what to put there instead."""

    sentence: str
    hint: str
    start: int
    length: int
    instead: str = ""
