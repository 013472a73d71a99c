"""RUNNING runs that nobody writes to any more: their process died without ending them."""

from collections.abc import Sequence

import numpy as np

from runcase.store.connection import ReadConnection
from runcase.store.frame import MISSING, RunFrame
from runcase.store.metrics import latest_of_runs

# A training step that takes longer than this between two metrics is rarer than a dead process.
STALLED_MS = 3_600_000
# The newest RUNNING runs are looked at; a store with more of them has a problem of its own.
_MOST = 300


def stalled_runs(connection: ReadConnection, frame: RunFrame, now_ms: int) -> dict[str, int]:
    """Return the stalled runs of a frame with the time of their last sign of life, in ms.

    A sign of life is the run's start or the timestamp of one of its latest metrics.
    """
    is_running = frame.attribute("status").where("RUNNING".__eq__)
    running = np.flatnonzero(is_running)[:_MOST]
    starts = dict(zip(frame.ids.take(running), frame.start_time[running].tolist(), strict=True))
    seen = _last_writes(connection, list(starts))
    signs = {run_id: max(start, seen.get(run_id, MISSING)) for run_id, start in starts.items()}
    return {
        run_id: sign
        for run_id, sign in signs.items()
        if sign != MISSING and now_ms - sign > STALLED_MS
    }


def _last_writes(connection: ReadConnection, run_ids: Sequence[str]) -> dict[str, int]:
    found = latest_of_runs(connection, run_ids) if run_ids else {}
    return {run_id: max(row.timestamp for row in rows) for run_id, rows in found.items()}
