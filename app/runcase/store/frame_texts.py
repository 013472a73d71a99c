"""The different texts of a column: encoded to numbers as they are read, and kept compactly."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import count, pairwise
from typing import overload

import numpy as np
import numpy.typing as npt

_Codes = npt.NDArray[np.int32]

_FEW = 16_384  # different texts kept as Python's own; beyond that they take five times the memory
_PIECE = 10_000  # texts made in one go: about 1 ms
_LOOKED_UP = 16  # so many texts are found faster one by one than by going through all


class Texts(Sequence[str]):
    """Many texts as UTF-8, one after the other."""

    __slots__ = ("_data", "_ends")

    def __init__(self, data: npt.NDArray[np.uint8], ends: npt.NDArray[np.int64]) -> None:
        self._data = data
        self._ends = ends  # (n + 1,), where each text begins and the last one ends

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, code: int) -> str: ...
    @overload
    def __getitem__(self, code: slice) -> list[str]: ...
    def __getitem__(self, code: int | slice) -> str | list[str]:
        if isinstance(code, slice):
            first, last, step = code.indices(len(self))
            return self._texts(first, last)[::step] if step > 0 else [*self][code]
        at = range(len(self))[code]
        data = self._data[self._ends[at] : self._ends[at + 1]]
        return data.tobytes().decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        for at in range(0, len(self), _PIECE):
            yield from self._texts(at, min(at + _PIECE, len(self)))

    def find(self, text: str) -> int:
        """Return the place of a text, -1 where it is none of these."""
        wanted = text.encode("utf-8", "surrogatepass")
        found = np.flatnonzero(np.diff(self._ends) == len(wanted))
        for at, byte in enumerate(wanted):
            if not len(found):
                return -1
            found = found[self._data[self._ends[found] + at] == byte]
        return int(found[0]) if len(found) else -1

    def followed_by(self, texts: Sequence[str]) -> "Texts":
        """Return these texts with others behind them."""
        encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
        lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
        data = np.frombuffer(b"".join(encoded), dtype=np.uint8)
        ends = np.append(self._ends, self._ends[-1] + np.cumsum(lengths))
        return Texts(np.append(self._data, data), ends)

    def only(self, kept: npt.NDArray[np.bool_]) -> "Texts":
        """Return those of these texts that are to be kept, (n,) bool."""
        lengths = np.diff(self._ends)
        ends = np.concatenate(([0], np.cumsum(lengths[kept])))
        return Texts(self._data[np.repeat(kept, lengths)], ends)

    def _texts(self, first: int, last: int) -> list[str]:
        if last <= first:
            return []
        begin = self._ends[first]
        data = self._data[begin : self._ends[last]].tobytes()
        ends = (self._ends[first : last + 1] - begin).tolist()
        if data.isascii():
            whole = data.decode("ascii")
            return [whole[start:end] for start, end in pairwise(ends)]
        return [data[start:end].decode("utf-8", "surrogatepass") for start, end in pairwise(ends)]


def extended(categories: Sequence[str], texts: Sequence[str]) -> tuple[Sequence[str], _Codes]:
    """Return different texts with others behind them, and the place of each of the others.

    Args:
        categories: Different texts; they are returned as they are where no other is new.
        texts: Different texts, few of them.
    """
    known = _places(categories, texts)
    new = [text for text in texts if text not in known]
    known.update((text, len(categories) + at) for at, text in enumerate(new))
    places = np.fromiter((known[text] for text in texts), np.int32, len(texts))
    if not new:
        return categories, places
    if isinstance(categories, Texts):
        return categories.followed_by(new), places
    return [*categories, *new], places


def without(categories: Sequence[str], left_out: npt.NDArray[np.bool_]) -> Sequence[str]:
    """Return different texts without some of them, (n,) bool."""
    if isinstance(categories, Texts):
        return categories.only(~left_out)
    return [text for text, out in zip(categories, left_out.tolist(), strict=True) if not out]


def _places(categories: Sequence[str], texts: Sequence[str]) -> dict[str, int]:
    """Return where some texts are, those that are there."""
    if isinstance(categories, Texts) and len(texts) <= _LOOKED_UP:
        found = ((text, categories.find(text)) for text in texts)
        return {text: at for text, at in found if at >= 0}
    wanted = frozenset(texts)
    return {text: at for at, text in enumerate(categories) if text in wanted} if wanted else {}


class TextEncoder:
    """Gives every text of a column a code while it is read piece by piece.

    While there are few different texts, equal ones get the same code at once. Later each gets one
    of its own, and `finish` finds the equal ones by their hashes: a dict of 700,000 different
    texts would take 100 MB for every column.
    """

    def __init__(self) -> None:
        self._few: defaultdict[str | None, int] = defaultdict(count().__next__, {None: -1})
        self._many: _Many | None = None

    def add(self, texts: Sequence[str | None]) -> _Codes:
        """Return the codes of some texts, -1 for None; valid until `finish`."""
        if self._many is not None:
            return self._many.add(texts)
        codes = np.fromiter(map(self._few.__getitem__, texts), np.int32, len(texts))
        if len(self._few) > _FEW:
            self._many = _Many()
            self._many.add([text for text in self._few if text is not None])
            self._few.clear()
        return codes

    def finish(self, codes: _Codes) -> tuple[_Codes, Sequence[str]]:
        """Return all codes given so far as they are to be kept, and the different texts."""
        if self._many is not None:
            return self._many.finish(codes)
        return codes, [text for text in self._few if text is not None]


class _Many:
    def __init__(self) -> None:
        self._data: list[npt.NDArray[np.uint8]] = []
        self._lengths: list[npt.NDArray[np.int64]] = []
        self._hashes: list[npt.NDArray[np.int64]] = []
        self._count = 0

    def add(self, texts: Sequence[str | None]) -> _Codes:
        given = [text for text in texts if text is not None]
        joined = "".join(given)
        if joined.isascii():
            data = joined.encode("ascii")
            lengths = np.fromiter(map(len, given), np.int64, len(given))
        else:
            encoded = [text.encode("utf-8", "surrogatepass") for text in given]
            data = b"".join(encoded)
            lengths = np.fromiter(map(len, encoded), np.int64, len(given))
        self._data.append(np.frombuffer(data, dtype=np.uint8))
        self._lengths.append(lengths)
        self._hashes.append(np.fromiter(map(hash, given), np.int64, len(given)))
        first, self._count = self._count, self._count + len(given)
        numbers = np.arange(first, self._count, dtype=np.int32)
        if len(given) == len(texts):
            return numbers
        codes = np.full(len(texts), -1, dtype=np.int32)
        codes[[text is not None for text in texts]] = numbers
        return codes

    def finish(self, codes: _Codes) -> tuple[_Codes, Sequence[str]]:
        data = np.concatenate(self._data)
        self._data.clear()
        lengths = np.concatenate(self._lengths)
        ends = np.concatenate(([0], np.cumsum(lengths)))
        first = _first_alike(data, ends, np.concatenate(self._hashes))
        kept = first == np.arange(self._count)
        if not kept.all():
            new = (np.cumsum(kept) - 1).astype(np.int32)
            codes = np.append(new[first], np.int32(-1))[codes]
            return codes, Texts(data, ends).only(kept)
        return codes, Texts(data, ends)


def _first_alike(
    data: npt.NDArray[np.uint8], ends: npt.NDArray[np.int64], hashes: npt.NDArray[np.int64]
) -> _Codes:
    """Return for each text the first one that equals it, (n,)."""
    order = np.argsort(hashes, kind="stable").astype(np.int32)
    begins = np.append(True, hashes[order[1:]] != hashes[order[:-1]])
    first = np.empty(len(order), dtype=np.int32)
    first[order] = order[begins][np.cumsum(begins) - 1]
    raw = data.tobytes()
    later = np.flatnonzero(first != np.arange(len(first)))
    for at in range(0, len(later), _PIECE):
        codes = later[at : at + _PIECE]
        others = first[codes]
        bounds = (ends[each].tolist() for each in (codes, codes + 1, others, others + 1))
        for code, begin, end, other, other_end in zip(codes.tolist(), *bounds, strict=True):
            if raw[begin:end] != raw[other:other_end]:
                first[code] = code  # two texts of one hash
    return first
