"""Reads the runs that are compared from the store at hand and from others that are open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runcase.errors import CancelledError, RuncaseError
from runcase.itemmodels import formats
from runcase.itemmodels.compare import Head
from runcase.itemmodels.run_texts import run_name
from runcase.progress import Progress
from runcase.session.session import Session
from runcase.store.compare import MOST, ComparedRun, ComparedRuns, best_values, read_runs
from runcase.store.run_refs import RunRef, store_name

# Sessions by the path of their store, "" for the one at hand.
Sources = Mapping[str, Session]


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """The runs that were found, in the order asked for.

    `refs` belong to `runs`; `gone` are not in their stores any more, `lost` those whose stores
    are not open or could not be read; the latter are `broken`. `parts` has the runs of each store.
    """

    runs: tuple[ComparedRun, ...]
    refs: tuple[RunRef, ...]
    gone: tuple[RunRef, ...]
    lost: tuple[RunRef, ...]
    broken: frozenset[str]
    parts: Mapping[str, ComparedRuns]

    @property
    def stores(self) -> tuple[str, ...]:
        """Return the store of each run, "" for the one at hand."""
        return tuple(ref.store for ref in self.refs)

    def metric_keys(self) -> list[str]:
        """Return the keys of all metrics in order."""
        return sorted({key for each in self.runs for key in each.metrics})

    def store_names(self, own: str) -> tuple[str, ...]:
        """Return the file name of each run's store; nothing where all are of the one at hand."""
        if not any(self.stores):
            return ()
        return tuple(store_name(store or own) for store in self.stores)


def read_compared(sources: Sources, refs: Sequence[RunRef], progress: Progress) -> Compared:
    """Read runs of several stores; another store than the one at hand may fail alone."""
    refs = refs[:MOST]
    parts: dict[str, ComparedRuns] = {}
    failed: set[str] = set()
    for store in dict.fromkeys(ref.store for ref in refs):
        ids = [ref.run_id for ref in refs if ref.store == store]
        try:
            parts[store] = _read_part(sources, store, ids, progress)
        except CancelledError:
            raise
        except RuncaseError:
            if not store:
                raise
            failed.add(store)
    found = {
        RunRef(each.run.run_id, store): each for store, part in parts.items() for each in part.runs
    }
    there = tuple(ref for ref in refs if ref in found)
    lost = tuple(ref for ref in refs if ref.store in failed)
    gone = tuple(ref for ref in refs if ref not in found and ref.store not in failed)
    broken = frozenset(failed & set(sources))
    return Compared(tuple(found[ref] for ref in there), there, gone, lost, broken, parts)


def best_of(
    sources: Sources, compared: Compared, how: str, progress: Progress
) -> list[dict[str, float]]:
    """Return another value than the latest of every metric of each run; see `best_values`."""
    found: dict[RunRef, dict[str, float]] = {}
    for store, part in compared.parts.items():
        with sources[store].store.read(progress) as connection:
            values = best_values(connection, part, how)
        for each, known in zip(part.runs, values, strict=True):
            found[RunRef(each.run.run_id, store)] = known
    return [found[ref] for ref in compared.refs]


def heads_of(compared: Compared, colors: Mapping[str, int | None]) -> list[Head]:
    """Return the heads; a run without a colour of its own takes the lowest free one.

    Args:
        compared: The runs.
        colors: The colours of runs of the store at hand, by id.
    """
    own = [None if ref.store else colors.get(ref.run_id) for ref in compared.refs]
    taken = {color for color in own if color is not None}
    free = 0
    heads = []
    for ref, each, color in zip(compared.refs, compared.runs, own, strict=True):
        if color is None:
            while free in taken:
                free += 1
            color = free
            taken.add(free)
        run = each.run
        started = formats.moment(run.start_time).rsplit(":", 1)[0]
        heads.append(Head(run.run_id, run_name(run), run.status, started, color, ref.store))
    return heads


def _read_part(
    sources: Sources, store: str, ids: Sequence[str], progress: Progress
) -> ComparedRuns:
    if store not in sources:
        raise RuncaseError(f"{store_name(store)} is not open.")
    with sources[store].store.read(progress) as connection:
        return read_runs(connection, ids)
