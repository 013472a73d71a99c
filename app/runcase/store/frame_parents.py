"""Which row is the parent of which, from the tag that names it; cycles are cut."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from runcase.store.columns import TextColumn


def parent_rows(parents: TextColumn, rows: Mapping[str, int]) -> npt.NDArray[np.int64]:
    """Return the row of each run's parent, (n,) int64, -1 where there is none or it is not here.

    A run that is its own ancestor would never be shown: of each cycle the oldest run, which has
    the greatest row, loses its parent.
    """
    lookup = np.full(len(parents.categories) + 1, -1, dtype=np.int64)
    for code, run_id in enumerate(parents.categories):
        lookup[code] = rows.get(run_id, -1)
    parent: npt.NDArray[np.int64] = lookup[parents.codes]
    _cut_cycles(parent)
    return parent


def _cut_cycles(parent: npt.NDArray[np.int64]) -> None:
    jump = parent.copy()
    for _ in range(len(parent).bit_length()):
        if not (jump >= 0).any():
            return
        jump = np.where(jump >= 0, jump[jump], -1)
    # Whoever still has an ancestor after n steps is on a cycle or below one.
    done: set[int] = set()
    for start in np.flatnonzero(jump >= 0).tolist():
        path: dict[int, None] = {}
        row = int(start)
        while row >= 0 and row not in done and row not in path:
            path[row] = None
            row = int(parent[row])
        if row in path:
            walked = list(path)
            parent[max(walked[walked.index(row) :])] = -1
        done.update(path)
