"""Keeps the histories that were read last, so that a second chart of them reads nothing."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runcase.curves.series import Series

if TYPE_CHECKING:
    from runcase.store.connection import ReadConnection
    from runcase.store.history import History

Pair = tuple[str, str]  # run id, metric

# 24 bytes a point: so much is the histories of 20 million points and some.
_MOST_BYTES = 640 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What a first look at some histories brings, by run id and metric.

    Attributes:
        series: Whole histories, or samples of those in `sampled`.
        sampled: The long ones, which are still to be read.
    """

    series: Mapping[Pair, Series]
    sampled: tuple[Pair, ...]


class Histories:
    """The last histories of one store, up to 640 MB; its methods are called on worker threads.

    A history that is known is only brought up to date: what was added is read, and nothing at all
    where the table of metrics ends where it ended.
    """

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._known: OrderedDict[Pair, History] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def look(
        self, connection: ReadConnection, pairs: Sequence[Pair], starts: Mapping[str, int | None]
    ) -> Look:
        """Read short histories and bring known ones up to date; of long ones read a sample.

        Args:
            connection: Where from.
            pairs: Run ids and metrics.
            starts: The runs' starts in ms by id, from which relative time counts.
        """
        # Imported here: SQLAlchemy is in memory once a store is open, and not before.
        from runcase.store import metric_updates

        end = metric_updates.end_of(connection)
        found: dict[Pair, Series] = {}
        long: list[Pair] = []
        for done, pair in enumerate(pairs):
            connection.progress.report(done, len(pairs), "curves")
            known = self._find(pair)
            if known is None and metric_updates.is_long(connection, *pair):
                long.append(pair)
                continue
            history = metric_updates.updated(connection, known, *pair, end)
            self._keep(pair, history)
            found[pair] = _series(history, starts)
        for pair in long:
            points = metric_updates.sample(connection, *pair, _sample_size(len(long)))
            found[pair] = _series(points, starts)
        return Look({pair: found[pair] for pair in pairs}, tuple(long))

    def whole(
        self, connection: ReadConnection, pair: Pair, starts: Mapping[str, int | None]
    ) -> Series:
        """Read one history to its end, however long it is."""
        from runcase.store import metric_updates  # as above

        end = metric_updates.end_of(connection)
        history = metric_updates.updated(connection, self._find(pair), *pair, end)
        self._keep(pair, history)
        return _series(history, starts)

    def forget(self) -> None:
        """Read everything anew from now on: the person asked for it, or the store was replaced."""
        with self._lock:
            self._known.clear()
            self._bytes = 0

    def _find(self, pair: Pair) -> History | None:
        with self._lock:
            known = self._known.get(pair)
            if known is not None:
                self._known.move_to_end(pair)
            return known

    def _keep(self, pair: Pair, history: History) -> None:
        with self._lock:
            before = self._known.pop(pair, None)
            self._bytes -= 0 if before is None else before.nbytes
            self._known[pair] = history
            self._bytes += history.nbytes
            while self._bytes > self._most_bytes and len(self._known) > 1:
                _, oldest = self._known.popitem(last=False)
                self._bytes -= oldest.nbytes


def _sample_size(histories: int) -> int:
    """Return how many points to sample of each: about 40 ms together for up to seven."""
    return max(300, 2_000 // max(1, histories))


def _series(history: History, starts: Mapping[str, int | None]) -> Series:
    return Series(
        history.run_id,
        history.key,
        history.step,
        history.timestamp,
        history.value,
        starts.get(history.run_id),
    )
