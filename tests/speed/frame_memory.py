"""Opens the fullest experiment of a store with ten columns and says what memory that takes."""

import json
import os
import resource
import sqlite3
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "app"))
from runcase.store import frame as frames
from runcase.store.engine import Store
from runcase.store.records import Kind, Lifecycle


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def size(thing: object, seen: set[int]) -> int:
    """Return the bytes of all arrays in it; texts in lists are few."""
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    if isinstance(thing, np.ndarray):
        return thing.nbytes
    if isinstance(thing, dict):
        return sum(size(each, seen) for each in thing.values())
    names = {name for kind in type(thing).__mro__ for name in getattr(kind, "__slots__", ())}
    return sum(size(getattr(thing, name, None), seen) for name in names)


path = sys.argv[1]
with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as raw:
    sql = "SELECT experiment_id FROM runs GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
    experiment = str(raw.execute(sql).fetchone()[0])
raw.close()
store = Store.open(Path(path))
with store.read() as connection:
    keys = frames.keys(connection)
    before = resident()
    found = frames.load(connection, [experiment], Lifecycle.ACTIVE)
    for kind in (Kind.PARAM, Kind.METRIC):
        frames.load_columns(connection, found, [key for key in keys if key.kind is kind][:5])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(
    json.dumps(
        {
            "runs": len(found),
            "columns": 10,
            "taken": resident() - before,
            "arrays": size(found, set()),
            "peak": peak - before,
        }
    )
)
