"""What a store is known by wherever it lies: its oldest runs, and when its experiments began."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from runcase.store import schema
from runcase.store.connection import ReadConnection
from runcase.store.values import integer, text

_RUNS = 20
_EXPERIMENTS = 50
_CHUNK = 500  # ids a statement


@dataclass(frozen=True, slots=True)
class Anchors:
    """What is found again in a store that was moved or copied.

    Attributes:
        run_ids: The oldest runs, and those whose ids come first: a file store that was read again
            has its rows in another order.
        experiments: Ids of experiments and their creation times in ms, where there is one.
    """

    run_ids: tuple[str, ...]
    experiments: tuple[tuple[str, int], ...]


def anchors(connection: ReadConnection) -> Anchors:
    """Read a store's anchors: at most 40 runs and 50 experiments, all by an index."""
    runs, experiments = schema.runs.c, schema.experiments.c
    found: dict[str, None] = {}
    for order in (runs.rowid, runs.run_uuid):
        rows = connection.rows(select(runs.run_uuid).order_by(order).limit(_RUNS))
        found.update((text(run_id), None) for (run_id,) in rows if run_id is not None)
    created = connection.features.column(experiments.creation_time)
    rows = connection.rows(
        select(experiments.experiment_id, created)
        .order_by(experiments.experiment_id)
        .limit(_EXPERIMENTS)
    )
    times = [(text(number), integer(time)) for number, time in rows]
    return Anchors(
        tuple(found), tuple((number, time) for number, time in times if time is not None)
    )


def known_runs(connection: ReadConnection, run_ids: Sequence[str]) -> set[str]:
    """Return which of some run ids are in the store, deleted runs among them."""
    column = schema.runs.c.run_uuid
    found: set[str] = set()
    for at in range(0, len(run_ids), _CHUNK):
        wanted = run_ids[at : at + _CHUNK]
        found.update(
            text(run_id) for (run_id,) in connection.rows(select(column).where(column.in_(wanted)))
        )
        connection.progress.report(min(at + _CHUNK, len(run_ids)), len(run_ids), "runs")
    return found
