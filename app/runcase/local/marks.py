"""Marks of runs in Runcase's own database: read whole, written field by field."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, and_, delete, select
from sqlalchemy.dialects.sqlite import insert

from runcase.local.database import marks
from runcase.local.records import PLAIN, Mark
from runcase.progress import Progress

Fields = Mapping[str, bool | int | str | None]

_CHUNK = 2_000  # runs a statement


def read(connection: Connection, store: int) -> dict[str, Mark]:
    """Return the marks of a store by run id; equal ones are one object."""
    columns = marks.c
    rows = connection.execute(
        select(
            columns.run_id, columns.star, columns.pin, columns.hidden, columns.color, columns.note
        ).where(columns.store == store)
    )
    different: dict[Mark, Mark] = {}
    found: dict[str, Mark] = {}
    for some in rows.partitions(_CHUNK):
        for run_id, star, pin, hidden, color, note in some:
            mark = Mark(star, pin, hidden, color, note)
            found[run_id] = different.setdefault(mark, mark)
    return found


def write(
    connection: Connection,
    store: int,
    run_ids: Sequence[str],
    fields: Fields,
    progress: Progress | None = None,
) -> None:
    """Set some fields of runs and leave the others, which another window may have set.

    Args:
        connection: One for writing.
        store: The key of the store.
        run_ids: Whose marks.
        fields: Values by the names of `Mark`'s fields.
        progress: Hears how far it is.
    """
    _upsert(connection, store, dict.fromkeys(run_ids, fields), progress)
    if any(value == getattr(PLAIN, name) for name, value in fields.items()):
        _drop_plain(connection, store)


def merge(connection: Connection, store: int, changed: Mapping[str, Fields]) -> None:
    """Set fields of runs, to each run its own; see `write`."""
    _upsert(connection, store, changed, None)
    _drop_plain(connection, store)


def _upsert(
    connection: Connection, store: int, changed: Mapping[str, Fields], progress: Progress | None
) -> None:
    by_names: dict[frozenset[str], list[str]] = {}
    for run_id, fields in changed.items():
        by_names.setdefault(frozenset(fields), []).append(run_id)
    by_names.pop(frozenset(), None)
    for names, run_ids in by_names.items():
        statement = insert(marks)
        statement = statement.on_conflict_do_update(
            index_elements=[marks.c.store, marks.c.run_id],
            set_={name: statement.excluded[name] for name in names},
        )
        for at in range(0, len(run_ids), _CHUNK):
            some = run_ids[at : at + _CHUNK]
            rows = [{"store": store, "run_id": run_id, **changed[run_id]} for run_id in some]
            connection.execute(statement, rows)
            if progress is not None:
                progress.report(min(at + _CHUNK, len(run_ids)), len(run_ids), "marks")


def _drop_plain(connection: Connection, store: int) -> None:
    """Take away the rows that say nothing."""
    columns = marks.c
    plain = and_(
        ~columns.star, ~columns.pin, ~columns.hidden, columns.color.is_(None), columns.note == ""
    )
    connection.execute(delete(marks).where(columns.store == store, plain))
