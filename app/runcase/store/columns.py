"""The columns of a `RunFrame` as arrays: numbers, texts in codes, and the datasets of each run.

One C call that holds the GIL for long freezes the window from any thread, so texts are kept as
integer codes into a list of the different ones, and large lists are sorted in pieces.
"""

import heapq
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, compress, islice

import numpy as np
import numpy.typing as npt

from runcase.store.frame_texts import TextEncoder, Texts

_Bools = npt.NDArray[np.bool_]

_PIECE = 4_000  # texts sorted in one C call: under 10 ms
# No two parts can match the same digits: a text of millions of them is tried in one pass.
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?|[+-]?inf(inity)?|nan", re.IGNORECASE)
_PLAIN_NUMBERS = frozenset("0123456789.eE+-")  # texts of these are numbers where float takes them
_WIDEST = 128  # bytes of texts that are sorted by numpy, which lets other threads run
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
    categories: Sequence[str]
    present: _Bools
    complete: bool = True
    _index: dict[str, int] = field(default_factory=dict, repr=False)
    _natural: npt.NDArray[np.int32] | None = field(default=None, repr=False)
    _binary: npt.NDArray[np.int32] | None = field(default=None, repr=False)
    _numbers: tuple[npt.NDArray[np.float64], _Bools] | None = field(default=None, repr=False)

    @classmethod
    def empty(cls, count: int) -> "TextColumn":
        """Return a column in which every run lacks the text."""
        return cls(np.full(count, -1, dtype=np.int32), [], np.zeros(count, dtype=np.bool_))

    @classmethod
    def of(cls, texts: Iterable[str | None], count: int) -> "TextColumn":
        """Encode one text, or None, per run."""
        encoder = TextEncoder()
        codes, categories = encoder.finish(encoder.add(list(texts)))
        assert len(codes) == count
        return cls(codes, categories, codes >= 0)

    def put(self, row: int, text: str | None) -> None:
        """Set the text of one row of an incomplete column."""
        assert isinstance(self.categories, list)
        code = -1
        if text is not None:
            code = self._index.setdefault(text, len(self.categories))
            if code == len(self.categories):
                self.categories.append(text)
                self._natural = self._binary = self._numbers = None
        self.codes[row] = code
        self.present[row] = True

    def text(self, row: int) -> str | None:
        """Return the text of one row, or None."""
        code = int(self.codes[row])
        return None if code < 0 else self.categories[code]

    def find(self, text: str) -> int:
        """Return the code of a text, -1 where no run has it."""
        if isinstance(self.categories, Texts):
            return self.categories.find(text)
        if len(self._index) != len(self.categories):
            self._index = {each: code for code, each in enumerate(self.categories)}
        return self._index.get(text, -1)

    def where(self, test: Callable[[str], bool]) -> _Bools:
        """Return the rows whose text passes a test, (n,) bool; rows without text do not."""
        passes = np.zeros(len(self.categories) + 1, dtype=np.bool_)  # the last one is for code -1
        passes[:-1] = np.fromiter(map(test, self.categories), np.bool_, len(self.categories))
        return passes[self.codes]

    def numbers(self) -> npt.NDArray[np.float64]:
        """Return the number that each category says, NaN where it is none; (categories,)."""
        return self._parsed()[0]

    def is_number(self) -> _Bools:
        """Say which categories are numbers, "nan" and "inf" among them; (categories,)."""
        return self._parsed()[1]

    def ranks(self, natural: bool) -> npt.NDArray[np.int32]:
        """Return the place of each category in a sorted list, equal ones alike; (categories,).

        Args:
            natural: Numbers by value and before texts, "abc9" before "abc10"; else by code point.
        """
        known = self._natural if natural else self._binary
        if known is None:
            known = self._natural_ranks() if natural else _ranks(self.categories)
            if natural:
                self._natural = known
            else:
                self._binary = known
        return known

    def _parsed(self) -> tuple[npt.NDArray[np.float64], _Bools]:
        if self._numbers is None:
            self._numbers = _parsed(self.categories)
        return self._numbers

    def _natural_ranks(self) -> npt.NDArray[np.int32]:
        """Rank numbers first and by value, then NaN, then texts with the numbers in them."""
        numbers, is_number = self._parsed()
        # np.unique takes all NaN for one, and puts it last.
        different, of_number = np.unique(numbers[is_number], return_inverse=True)
        ranks = np.empty(len(numbers), dtype=np.int32)
        ranks[is_number] = of_number
        if not is_number.all():
            texts = compress(self.categories, ~is_number)
            ranks[~is_number] = len(different) + _ranks(texts, _text_key)
        return ranks


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


def _parsed(texts: Sequence[str]) -> tuple[npt.NDArray[np.float64], _Bools]:
    """Return each text as a number, NaN where it is none, and whether it is one."""
    numbers = np.full(len(texts), np.nan)
    is_number = np.ones(len(texts), dtype=np.bool_)
    for at in range(0, len(texts), _PIECE):
        piece = texts[at : at + _PIECE]
        if _PLAIN_NUMBERS.issuperset("".join(piece)):
            try:
                numbers[at : at + _PIECE] = list(map(float, piece))
                continue
            except ValueError:
                pass  # such as "1-2"
        found = [bool(_NUMBER.fullmatch(text)) for text in piece]
        is_number[at : at + _PIECE] = found
        values = [float(text) for text in compress(piece, found)]
        numbers[at : at + len(piece)][found] = values
    return numbers, is_number


def _text_key(text: str) -> str:
    """Put the length before each run of digits: so they sort by value, however long they are."""
    # The last character is none that numpy takes for the padding of a shorter text.
    return f"{_DIGITS.sub(_with_length, text.casefold())}\0{text}\1"


def _with_length(digits: re.Match[str]) -> str:
    value = digits[0].lstrip("0")
    return f"{len(value):05}{value}"


def _ranks(texts: Iterable[str], key: Callable[[str], str] = str) -> npt.NDArray[np.int32]:
    """Return the place of each text in a list sorted by a key, equal keys alike."""
    rest = iter(texts)
    fixed: list[npt.NDArray[np.bytes_]] = []
    while piece := list(islice(rest, _PIECE)):
        encoded = [key(text).encode("utf-8", "surrogatepass") for text in piece]
        # What is long, or ends with what numpy takes for padding, is sorted as Python's texts.
        if any(len(each) > _WIDEST or each.endswith(b"\0") for each in encoded):
            before = [each.decode("utf-8", "surrogatepass") for each in chain(*map(list, fixed))]
            return _ranks_of_any([*before, *map(key, chain(piece, rest))])
        fixed.append(np.array(encoded, dtype=bytes))
    if not fixed:
        return np.empty(0, dtype=np.int32)
    # UTF-8 sorts by code point, and sorting bytes of one width lets other threads run.
    return np.unique(np.concatenate(fixed), return_inverse=True)[1].astype(np.int32)


def _ranks_of_any(keys: Sequence[str]) -> npt.NDArray[np.int32]:
    pieces = [
        sorted(zip(keys[at : at + _PIECE], range(at, len(keys)), strict=False))
        for at in range(0, len(keys), _PIECE)
    ]
    ranks = np.zeros(len(keys), dtype=np.int32)
    rank, last = -1, None
    for key, code in heapq.merge(*pieces):
        if key != last:
            rank, last = rank + 1, key
        ranks[code] = rank
    return ranks
