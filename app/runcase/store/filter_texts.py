"""The tests of a filter that compare texts: on codes where they can, once per different text."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from runcase.store.columns import DatasetColumn, TextColumn
from runcase.store.filter_numbers import COMPARE
from runcase.store.filter_tree import Bools, column_of, needed
from runcase.store.frame import RunFrame
from runcase.store.records import ColumnKey, Kind

_RUN_ID = ColumnKey(Kind.ATTRIBUTE, "run_id")
_PIECE = 20_000  # texts handed to polars in one call


@dataclass(frozen=True, slots=True)
class EqualTest:
    """Keeps a text that is one of some (`wanted`), or none of them; an absent text is never kept.

    Of datasets and models, any one of the run's may pass.
    """

    column: ColumnKey
    values: tuple[str, ...]
    wanted: bool

    def columns(self) -> set[ColumnKey]:
        """Return the tested column."""
        return needed(self.column)

    def mask(self, frame: RunFrame, now: int) -> Bools:
        """Return the rows whose text passes."""
        if self.column == _RUN_ID:
            return self._ids(frame)
        column = column_of(frame, self.column)
        if isinstance(column, TextColumn):
            return self._codes(column)
        if isinstance(column, DatasetColumn):
            values = frozenset(self.values)
            return column.where(lambda text: (text in values) is self.wanted)
        return np.zeros(len(frame), dtype=np.bool_)

    def _ids(self, frame: RunFrame) -> Bools:
        kept = np.full(len(frame), not self.wanted, dtype=np.bool_)
        for run_id in self.values:
            row = frame.row_of(run_id)
            if row is not None:
                kept[row] = self.wanted
        return kept

    def _codes(self, column: TextColumn) -> Bools:
        found = [code for code in map(column.find, self.values) if code >= 0]
        codes = column.codes
        if not found:
            return np.zeros(len(codes), dtype=np.bool_) if self.wanted else codes >= 0
        if len(found) == 1:
            kept: Bools = codes == found[0]
            return kept if self.wanted else ~kept & (codes >= 0)
        passes = np.full(len(column.categories) + 1, not self.wanted, dtype=np.bool_)
        passes[found] = self.wanted
        passes[-1] = False  # code -1
        return passes[codes]


@dataclass(frozen=True, slots=True)
class TextTest:
    """Keeps a text that passes a test; an absent text does not."""

    column: ColumnKey
    test: Callable[[str], bool]

    def columns(self) -> set[ColumnKey]:
        """Return the tested column."""
        return needed(self.column)

    def mask(self, frame: RunFrame, now: int) -> Bools:
        """Return the rows whose text passes."""
        column = column_of(frame, self.column)
        if isinstance(column, TextColumn | DatasetColumn):
            return column.where(self.test)
        return np.zeros(len(frame), dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class RegexTest:
    """Keeps a text in which a regular expression is found, or is not found.

    The expressions are those of Rust's regex crate, through polars: it takes time in proportion
    to the text whatever the expression is, and lets other threads run meanwhile. Python's `re`
    can take minutes for thirty letters, and would freeze the window.
    """

    column: ColumnKey
    pattern: str
    wanted: bool

    def columns(self) -> set[ColumnKey]:
        """Return the tested column."""
        return needed(self.column)

    def mask(self, frame: RunFrame, now: int) -> Bools:
        """Return the rows whose text passes."""
        column = column_of(frame, self.column)
        if isinstance(column, TextColumn):
            passes = np.zeros(len(column.categories) + 1, dtype=np.bool_)
            passes[:-1] = _found(self.pattern, column.categories) == self.wanted
            return passes[column.codes]
        if isinstance(column, DatasetColumn):
            return self._any(column)
        return np.zeros(len(frame), dtype=np.bool_)

    def _any(self, column: DatasetColumn) -> Bools:
        texts = sorted({text for texts in column.categories for text in texts})
        found = _found(self.pattern, texts) == self.wanted
        passing = {text for text, passes in zip(texts, found.tolist(), strict=True) if passes}
        return column.where(passing.__contains__)


def _found(pattern: str, texts: Sequence[str]) -> Bools:
    import polars as pl  # 0.2 s that only a regular expression has to wait for

    found = np.zeros(len(texts), dtype=np.bool_)
    for at in range(0, len(texts), _PIECE):
        some = pl.Series(list(texts[at : at + _PIECE]), dtype=pl.String)
        found[at : at + _PIECE] = some.str.contains(pattern).to_numpy()
    return found


def pattern_mistake(pattern: str) -> tuple[str, int, int] | None:
    """Return what is wrong with a regular expression, and where: (sentence, position, length)."""
    import polars as pl  # as above

    try:
        pl.Series([""]).str.contains(pattern)
    except UnicodeEncodeError:
        return "half a character", 0, len(pattern)
    except pl.exceptions.ComputeError as error:
        # Three lines: the pattern, carets below what is wrong, "error: what".
        told, _, reason = str(error).partition("\nerror: ")
        sentence = (reason or told.removeprefix("regex error: ")).splitlines()[0]
        carets = re.fullmatch(r" {4}( *)(\^+)( .*)?", told.splitlines()[-1])
        if carets is None or "\n" in pattern:
            return sentence, 0, len(pattern)
        return sentence, len(carets[1]), len(carets[2])
    return None


def text_test(comparator: str, value: str) -> Callable[[str], bool]:
    """Return the test of LIKE, ILIKE, NOT LIKE, NOT ILIKE or < <= > >= against a text.

    LIKE knows % and _ and no escape, and tells capitals apart; ILIKE does not, in ASCII only.
    Texts are in the order of their code points.
    """
    if comparator.startswith("NOT "):
        positive = text_test(comparator.removeprefix("NOT "), value)
        return lambda text: not positive(text)
    if comparator == "LIKE":
        return _like(value)
    if comparator == "ILIKE":
        lowered = _like(_lower(value))
        return lambda text: lowered(_lower(text))
    compare = COMPARE[comparator]
    return lambda text: bool(compare(text, value))


def _lower(text: str) -> str:
    if text.isascii():
        return text.lower()
    return text.translate(_ASCII_LOWER)


_ASCII_LOWER = {capital: capital + 32 for capital in range(ord("A"), ord("Z") + 1)}


def _like(pattern: str) -> Callable[[str], bool]:
    """Match piece by piece, leftmost first: one regex with several .* can take minutes."""
    first, *rest = (_piece(part) for part in pattern.split("%"))
    if not rest:
        return lambda text: first.fullmatch(text) is not None
    last = rest.pop()
    tail = len(pattern.rsplit("%", 1)[1])

    def matches(text: str) -> bool:
        found = first.match(text)
        if found is None:
            return False
        at = found.end()
        for piece in rest:
            found = piece.search(text, at)
            if found is None:
                return False
            at = found.end()
        begin = len(text) - tail
        return begin >= at and last.fullmatch(text, begin) is not None

    return matches


def _piece(part: str) -> re.Pattern[str]:
    return re.compile("".join("." if c == "_" else re.escape(c) for c in part), re.DOTALL)
