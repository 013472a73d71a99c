"""The columns of a `RunFrame` as arrays: numbers, texts in codes, and the datasets of each run.

One C call that holds the GIL for long freezes the window from any thread, so texts are kept as
integer codes into a list of the different ones, and large lists are sorted in pieces.
"""

import heapq
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

_Bools = npt.NDArray[np.bool_]

_PIECE = 4_000  # texts sorted in one C call: under 10 ms
# No two parts can match the same digits: a text of millions of them is tried in one pass.
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?|nan", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")


@dataclass(slots=True)
class MetricColumn:
    """A metric's latest value for each run.

    Attributes:
        values: (n,) float64, ±inf as such, NaN where it is absent and where NaN was logged.
        present: (n,) bool, the runs that have the metric.
        nan: (n,) bool, the runs whose latest value is a logged NaN.
        complete: Whether every row was read, and not only those asked for first.
    """

    values: npt.NDArray[np.float64]
    present: _Bools
    nan: _Bools
    complete: bool = True

    @classmethod
    def empty(cls, count: int) -> "MetricColumn":
        """Return a column in which every run lacks the metric."""
        absent = np.zeros(count, dtype=np.bool_)
        return cls(np.full(count, np.nan), absent, absent.copy())


@dataclass(slots=True)
class TextColumn:
    """A param, a tag or a text attribute of each run.

    Attributes:
        codes: (n,) int32 into `categories`, -1 where there is no text.
        categories: The different texts, in the order of their first appearance.
        present: (n,) bool, the runs that have it; a tag with a NULL value is present without text.
        complete: Whether every row was read, and not only those asked for first.
    """

    codes: npt.NDArray[np.int32]
    categories: list[str]
    present: _Bools
    complete: bool = True
    _index: dict[str, int] = field(default_factory=dict, repr=False)
    _natural: npt.NDArray[np.int64] | None = field(default=None, repr=False)
    _binary: npt.NDArray[np.int64] | None = field(default=None, repr=False)

    @classmethod
    def empty(cls, count: int) -> "TextColumn":
        """Return a column in which every run lacks the text."""
        return cls(np.full(count, -1, dtype=np.int32), [], np.zeros(count, dtype=np.bool_))

    @classmethod
    def of(cls, texts: Iterable[str | None], count: int) -> "TextColumn":
        """Encode one text, or None, per run."""
        column = cls.empty(count)
        column.codes[:] = np.fromiter((column.code(text) for text in texts), np.int32, count)
        column.present[:] = column.codes >= 0
        return column

    def code(self, text: str | None) -> int:
        """Return the code of a text, a new one if need be; -1 for None."""
        if text is None:
            return -1
        code = self._index.setdefault(text, len(self.categories))
        if code == len(self.categories):
            self.categories.append(text)
            self._natural = self._binary = None
        return code

    def text(self, row: int) -> str | None:
        """Return the text of one row, or None."""
        code = int(self.codes[row])
        return None if code < 0 else self.categories[code]

    def where(self, test: Callable[[str], bool]) -> _Bools:
        """Return the rows whose text passes a test, (n,) bool; rows without text do not."""
        passes = np.zeros(len(self.categories) + 1, dtype=np.bool_)  # the last one is for code -1
        for code, text in enumerate(self.categories):
            passes[code] = test(text)
        return passes[self.codes]

    def ranks(self, natural: bool) -> npt.NDArray[np.int64]:
        """Return the place of each category in a sorted list, equal ones alike; (categories,).

        Args:
            natural: Numbers by value and before texts, "abc9" before "abc10"; else by code point.
        """
        known = self._natural if natural else self._binary
        if known is not None and len(known) == len(self.categories):
            return known
        if natural:
            self._natural = found = _natural_ranks(self.categories)
        else:
            self._binary = found = _ranks(self.categories)
        return found


@dataclass(slots=True)
class DatasetColumn:
    """The names, digests or contexts of the datasets that each run used.

    Attributes:
        codes: (n,) int32 into `categories`, -1 for a run without datasets.
        categories: The different tuples of texts; a dataset without a context has no text here.
        complete: Always true; datasets are read in one pass.
    """

    codes: npt.NDArray[np.int32]
    categories: list[tuple[str, ...]]
    complete: bool = True

    def texts(self, row: int) -> tuple[str, ...]:
        """Return the texts of one row."""
        code = int(self.codes[row])
        return () if code < 0 else self.categories[code]

    def where(self, test: Callable[[str], bool]) -> _Bools:
        """Return the rows of which at least one dataset passes a test, (n,) bool."""
        passes = np.zeros(len(self.categories) + 1, dtype=np.bool_)
        for code, texts in enumerate(self.categories):
            passes[code] = any(test(text) for text in texts)
        return passes[self.codes]


Column = MetricColumn | TextColumn | DatasetColumn


def _natural_ranks(texts: Sequence[str]) -> npt.NDArray[np.int64]:
    """Rank numbers first and by value, then NaN, then texts with the numbers in them by value."""
    is_number = np.fromiter((bool(_NUMBER.fullmatch(text)) for text in texts), np.bool_, len(texts))
    numbers = [float(texts[place]) for place in np.flatnonzero(is_number).tolist()]
    # np.unique takes all NaN for one, and puts it last.
    different, of_number = np.unique(np.array(numbers), return_inverse=True)
    keys = [_text_key(texts[place]) for place in np.flatnonzero(~is_number).tolist()]
    ranks = np.empty(len(texts), dtype=np.int64)
    ranks[is_number] = of_number
    ranks[~is_number] = len(different) + _ranks(keys)
    return ranks


def _text_key(text: str) -> str:
    """Put the length before each run of digits: so they sort by value, however long they are."""
    return f"{_DIGITS.sub(_with_length, text.casefold())}\0{text}"


def _with_length(digits: re.Match[str]) -> str:
    value = digits[0].lstrip("0")
    return f"{len(value):05}{value}"


def _ranks(keys: Sequence[str]) -> npt.NDArray[np.int64]:
    pieces = [
        sorted(zip(keys[at : at + _PIECE], range(at, len(keys)), strict=False))
        for at in range(0, len(keys), _PIECE)
    ]
    ranks = np.zeros(len(keys), dtype=np.int64)
    rank, last = -1, None
    for key, code in heapq.merge(*pieces):
        if key != last:
            rank, last = rank + 1, key
        ranks[code] = rank
    return ranks
