"""Which row is the parent of which, from the tag that names it; cycles are cut."""

import numpy as np
import numpy.typing as npt

from runcase.store.columns import TextColumn
from runcase.store.frame_ids import RunIds

_Rows = npt.NDArray[np.int32]


def parent_rows(parents: TextColumn, ids: RunIds) -> _Rows:
    """Return the row of each run's parent, (n,) int32, -1 where there is none or it is not here.

    A run that is its own ancestor would never be shown: of each cycle the oldest run, which has
    the greatest row, loses its parent.
    """
    lookup = np.append(ids.rows_of(parents.categories), -1).astype(np.int32)
    parent: _Rows = lookup[parents.codes]
    _cut_cycles(parent)
    return parent


def _cut_cycles(parent: _Rows) -> None:
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
