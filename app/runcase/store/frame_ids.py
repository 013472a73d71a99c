"""`RunIds`: the run ids of a frame as fixed-width bytes, and which row each of them has."""

from collections.abc import Iterator, Sequence
from typing import Any, overload

import numpy as np
import numpy.typing as npt

_Rows = npt.NDArray[np.int64]
_Words = npt.NDArray[np.uint64]

_WIDEST = 64  # bytes; MLflow's ids have 32, and SQLite enforces no length
_WORD = 8  # bytes
_PIECE = 10_000  # ids turned into texts, or back, in one C call: about 1 ms
_NONE = "\1"  # stands for ids that cannot be here, such as longer ones
_MIX, _SHIFT = np.uint64(0x9E3779B97F4A7C15), np.uint64(29)


class RunIds(Sequence[str]):
    """The ids of runs in the order of their rows.

    Plain ASCII ids are kept as bytes of one width, and found by a sorted 64-bit mix of each: for a
    million of them a dict of texts would take 180 MB. All others are kept as texts.
    """

    __slots__ = ("_known", "_mixed", "_sorted", "_width", "fixed", "texts")

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts: list[str] | None = None
        self._known: dict[str, int] | None = None
        self._mixed: tuple[_Words, npt.NDArray[np.int32]] | None = None
        self._sorted: npt.NDArray[np.int32] | None = None
        self._width = 0
        self.fixed = np.empty(0, dtype="S8")
        pieces = [texts[at : at + _PIECE] for at in range(0, len(texts), _PIECE)]
        if all(map(_is_plain, pieces)):
            self._keep([np.array(piece, dtype=bytes) for piece in pieces])
        else:
            self.texts = list(texts)

    @classmethod
    def joined(cls, pieces: Sequence["RunIds"]) -> "RunIds":
        """Return the ids of several pieces, one after the other."""
        if any(piece.texts is not None for piece in pieces):
            return cls([run_id for piece in pieces for run_id in piece])
        return cls._of_fixed([piece.fixed for piece in pieces])

    @classmethod
    def _of_fixed(cls, pieces: Sequence[npt.NDArray[np.bytes_]]) -> "RunIds":
        made = cls(())
        made._keep(pieces)
        return made

    def _keep(self, pieces: Sequence[npt.NDArray[np.bytes_]]) -> None:
        widest = max((piece.itemsize for piece in pieces), default=1)
        self._width = -(-widest // _WORD) * _WORD
        self.fixed = np.empty(sum(map(len, pieces)), dtype=f"S{self._width}")
        at = 0
        for piece in pieces:
            self.fixed[at : at + len(piece)] = piece
            at += len(piece)

    def __len__(self) -> int:
        return len(self.fixed) if self.texts is None else len(self.texts)

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> list[str]: ...
    def __getitem__(self, row: int | slice) -> str | list[str]:
        if self.texts is not None:
            return self.texts[row]
        if isinstance(row, slice):
            return _decoded(self.fixed[row])
        found: bytes = self.fixed[row]
        return found.decode()

    def __iter__(self) -> Iterator[str]:
        for at in range(0, len(self), _PIECE):
            yield from self[at : at + _PIECE]

    def tolist(self) -> list[str]:
        """Return all ids."""
        return list(self)

    def take(self, rows: npt.NDArray[np.integer[Any]]) -> list[str]:
        """Return the ids of some rows, in their order."""
        if self.texts is not None:
            return [self.texts[row] for row in rows.tolist()]
        found: list[str] = []
        for at in range(0, len(rows), _PIECE):
            found += _decoded(self.fixed[rows[at : at + _PIECE]])
        return found

    def row_of(self, run_id: str) -> int | None:
        """Return the row of a run, None when it is not here."""
        row = int(self.rows_of([run_id])[0])
        return None if row < 0 else row

    def rows_of(self, run_ids: Sequence[str]) -> _Rows:
        """Return the row of each run, (n,) int64, -1 for those that are not here."""
        if self.texts is not None:
            known = self._by_text()
            return np.fromiter((known.get(each, -1) for each in run_ids), np.int64, len(run_ids))
        found = np.empty(len(run_ids), dtype=np.int64)
        fixed = run_ids.fixed if isinstance(run_ids, RunIds) and run_ids.texts is None else None
        for at in range(0, len(run_ids), _PIECE):
            if fixed is not None and fixed.itemsize == self._width:
                found[at : at + _PIECE] = self._rows_of_fixed(fixed[at : at + _PIECE])
            else:
                found[at : at + _PIECE] = self._rows_of_piece(run_ids[at : at + _PIECE])
        return found

    def same(self, rows: _Rows, other: "RunIds", other_rows: _Rows) -> bool:
        """Say whether some rows here and as many there are the same runs in the same order."""
        if len(rows) != len(other_rows):
            return False
        if self.texts is None and other.texts is None:
            return all(
                np.array_equal(
                    self.fixed[rows[at : at + _PIECE]],
                    other.fixed[other_rows[at : at + _PIECE]],
                )
                for at in range(0, len(rows), _PIECE)
            )
        return self.take(rows) == other.take(other_rows)

    def order(self, start: _Rows) -> _Rows:
        """Return the rows by start time descending and then by id, (n,) int64.

        Args:
            start: (n,) int64; the least one comes last.
        """
        late_first = ~start  # turns the order round without overflow
        order = np.argsort(late_first, kind="stable")
        tied = late_first[order[1:]] == late_first[order[:-1]]
        places = np.flatnonzero(np.append(tied, False) | np.append(False, tied))
        some = order[places]
        order[places] = some[np.lexsort((self._sortable(some), late_first[some]))]
        return order

    def sorted_rows(self) -> _Rows:
        """Return the rows in the order in which SQLite sorts their ids, (n,) int64."""
        if self._sorted is None:
            order = np.argsort(self._sortable(np.arange(len(self))), kind="stable")
            self._sorted = order.astype(np.int32)
        return self._sorted.astype(np.int64)

    def reordered(self, order: _Rows) -> "RunIds":
        """Return the same ids in another order."""
        if self.texts is None:
            return RunIds._of_fixed([self.fixed[order]])
        return RunIds(self.take(order))

    def _sortable(self, rows: _Rows) -> npt.NDArray[Any]:
        """Return fixed-width ids: sorting those lets other threads run, texts do not."""
        if self.texts is None:
            return self.fixed[rows]
        return np.array([self.texts[row][: _WIDEST * 4] for row in rows.tolist()], dtype=str)

    def _by_text(self) -> dict[str, int]:
        if self._known is None:
            self._known = {run_id: row for row, run_id in enumerate(self)}
        return self._known

    def _rows_of_piece(self, run_ids: Sequence[str]) -> _Rows:
        if not _is_plain(run_ids, self._width):
            run_ids = [each if _is_plain([each], self._width) else _NONE for each in run_ids]
        return self._rows_of_fixed(np.array(run_ids, dtype=f"S{self._width}"))

    def _rows_of_fixed(self, wanted: npt.NDArray[np.bytes_]) -> _Rows:
        """Return the row of each run by its id in these ids' own width."""
        if self._mixed is None:
            mixed = _mix(self.fixed)
            order = np.argsort(mixed, kind="stable").astype(np.int32)
            self._mixed = mixed[order], order
        keys, order = self._mixed
        if not len(keys):
            return np.full(len(wanted), -1, dtype=np.int64)
        mixed = _mix(wanted)
        places = np.minimum(np.searchsorted(keys, mixed), len(keys) - 1)
        rows = order[places].astype(np.int64)
        found = self.fixed[rows] == wanted
        lost = ~found & (keys[places] == mixed)
        if lost.any():  # another id has the same mix
            known = self._by_text()
            for at in np.flatnonzero(lost).tolist():
                rows[at] = known.get(wanted[at].decode(), -1)
            found |= lost
        rows[~found] = -1
        return rows


def _is_plain(texts: Sequence[str], widest: int = _WIDEST) -> bool:
    joined = "".join(texts)
    return joined.isascii() and "\0" not in joined and max(map(len, texts), default=0) <= widest


def _decoded(ids: npt.NDArray[np.bytes_]) -> list[str]:
    return [each.decode() for each in ids.tolist()]


def _mix(ids: npt.NDArray[np.bytes_]) -> _Words:
    words = ids.view(np.uint64).reshape(len(ids), ids.itemsize // _WORD)
    mixed = np.zeros(len(ids), dtype=np.uint64)
    for column in range(words.shape[1]):
        mixed = (mixed ^ words[:, column]) * _MIX
        mixed ^= mixed >> _SHIFT
    return mixed
