"""Which of the known stores an opened one is: by its path, and by what is in it."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, delete, func, insert, literal, select, update

from runcase.local.database import OWNED, anchors, reading, stores, writing

_RUN, _EXPERIMENT = "run ", "experiment "


class Found(StrEnum):
    """How a store was recognised."""

    SAME = "same"
    MOVED = "moved"
    COPY = "copy"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Identity:
    """The key of a store in Runcase's own database, and how it was found."""

    key: int
    found: Found


@dataclass(frozen=True, slots=True)
class _Known:
    key: int
    path: str
    anchors: frozenset[str]


def identify(
    database: Path,
    store: Path,
    run_ids: Sequence[str],
    experiments: Iterable[tuple[str, int]],
) -> Identity:
    """Return the key of a store, a new one if need be.

    A store at the recorded path that still holds one of its oldest runs (or, while either has no
    runs, an experiment of the same creation time) is the same. One that holds runs of another
    known store was moved if nothing is at that one's path any more; else it is a copy, which gets
    a key of its own and begins with what was noted of the original.

    Args:
        database: Runcase's own database; written to only when something is new.
        store: The opened database file or folder.
        run_ids: Some of its runs, those that stay longest.
        experiments: Its experiments' ids and creation times in ms.

    Raises:
        LocalError: The database cannot be used.
    """
    path = os.path.realpath(store)
    now = frozenset(
        [f"{_RUN}{run_id}" for run_id in run_ids]
        + [f"{_EXPERIMENT}{number} {created}" for number, created in experiments]
    )
    with reading(database) as connection:
        known = _at(connection, path)
        if known is not None and known.anchors == now:
            return Identity(known.key, Found.SAME)
    with writing(database) as connection:
        return _settle(connection, path, now)


def _settle(connection: Connection, path: str, now: frozenset[str]) -> Identity:
    here = _at(connection, path)
    if here is not None:
        if _is_same(here.anchors, now):
            return Identity(_remember(connection, here.key, path, now), Found.SAME)
        # Another store lies where that one lay, wherever it has gone.
        _set_path(connection, here.key, f"?{here.key}")
    alike = _alike(connection, now)
    for each in alike:
        if _is_at(each.path, path):
            return Identity(_remember(connection, each.key, path, now), Found.SAME)
    for each in alike:
        if not os.path.lexists(each.path):
            return Identity(_remember(connection, each.key, path, now), Found.MOVED)
    key = connection.execute(insert(stores).values(path=path)).inserted_primary_key
    assert key is not None
    made = _remember(connection, int(key[0]), path, now)
    if not alike:
        return Identity(made, Found.NEW)
    _take_along(connection, alike[0].key, made)
    return Identity(made, Found.COPY)


def _is_same(before: frozenset[str], now: frozenset[str]) -> bool:
    """Compare what is at one path with what was there."""
    return bool(before & now) or not before or not now


def _is_at(recorded: str, path: str) -> bool:
    """Say whether two paths lead to one file, such as two mounts of one disk do."""
    try:
        return os.path.samefile(recorded, path)
    except OSError:
        return False


def _at(connection: Connection, path: str) -> _Known | None:
    key = connection.scalar(select(stores.c.key).where(stores.c.path == path))
    if key is None:
        return None
    found = connection.scalars(select(anchors.c.anchor).where(anchors.c.store == key))
    return _Known(int(key), path, frozenset(found))


def _alike(connection: Connection, now: frozenset[str]) -> list[_Known]:
    """Return the known stores that have a run in common, the most alike first, then the newest."""
    runs = [anchor for anchor in now if anchor.startswith(_RUN)]
    shared = func.count()
    rows = connection.execute(
        select(stores.c.key, stores.c.path)
        .join(anchors, anchors.c.store == stores.c.key)
        .where(anchors.c.anchor.in_(runs))
        .group_by(stores.c.key)
        .order_by(shared.desc(), stores.c.key.desc())
    )
    return [_Known(int(key), str(path), frozenset()) for key, path in rows]


def _remember(connection: Connection, key: int, path: str, now: frozenset[str]) -> int:
    _set_path(connection, key, path)
    connection.execute(delete(anchors).where(anchors.c.store == key))
    if now:
        rows = [{"store": key, "anchor": anchor} for anchor in sorted(now)]
        connection.execute(insert(anchors), rows)
    return key


def _set_path(connection: Connection, key: int, path: str) -> None:
    connection.execute(update(stores).where(stores.c.key == key).values(path=path))


def _take_along(connection: Connection, before: int, key: int) -> None:
    for table in OWNED:
        rest = [column for column in table.c if column.name != "store"]
        copied = select(literal(key), *rest).where(table.c.store == before)
        connection.execute(insert(table).from_select(["store", *rest], copied))
