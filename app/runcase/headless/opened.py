"""Opens the store that a command names, for the commands that need no window."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from runcase.store.engine import Store
from runcase.store.locate import locate


@contextmanager
def opened(path: str) -> Iterator[Store]:
    """Open the store at a path, the fullest one of a folder; its notes go to stderr at the end.

    Raises:
        RuncaseError: It is no store, or cannot be read.
    """
    found = locate(path)
    database = found.stores[0].path if found.stores else found.path
    if len(found.stores) > 1:
        others = ", ".join(str(one.path) for one in found.stores[1:])
        print(f"runcase: {database} is read; there are other stores: {others}", file=sys.stderr)
    store = Store.open(database, found.folder)
    try:
        yield store
        for note in (*store.notes, *found.notes):
            print(f"runcase: {note}", file=sys.stderr)
    finally:
        store.close()
