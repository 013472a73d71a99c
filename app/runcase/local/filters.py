"""Filters in Runcase's own database: those that have a name, and those used last."""

from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from runcase.local.database import filters, history

MOST_REMEMBERED = 100


def saved(connection: Connection, store: int) -> dict[str, str]:
    """Return the filters that have a name, in order of it."""
    columns = filters.c
    rows = connection.execute(
        select(columns.name, columns.text).where(columns.store == store).order_by(columns.name)
    )
    return {row.name: row.text for row in rows}


def save(connection: Connection, store: int, named: Mapping[str, str]) -> None:
    """Keep filters under their names, in place of those that have them."""
    statement = upsert(filters)
    statement = statement.on_conflict_do_update(
        index_elements=[filters.c.store, filters.c.name], set_={"text": statement.excluded.text}
    )
    if named:
        rows = [{"store": store, "name": name, "text": text} for name, text in named.items()]
        connection.execute(statement, rows)


def remove(connection: Connection, store: int, name: str) -> None:
    """Forget a filter."""
    connection.execute(delete(filters).where(filters.c.store == store, filters.c.name == name))


def recent(connection: Connection, store: int) -> list[str]:
    """Return the filters used last, the newest first."""
    newest = select(history.c.text).where(history.c.store == store)
    return list(connection.scalars(newest.order_by(history.c.place.desc()).limit(MOST_REMEMBERED)))


def forget_recent(connection: Connection, store: int, text: str) -> None:
    """Forget a filter used before."""
    columns = history.c
    connection.execute(delete(history).where(columns.store == store, columns.text == text))


def add_recent(connection: Connection, store: int, text: str) -> None:
    """Put a filter first among those used last, and forget the oldest of too many."""
    columns = history.c
    forget_recent(connection, store, text)
    connection.execute(insert(history).values(store=store, text=text))
    kept = (
        select(columns.place)
        .where(columns.store == store)
        .order_by(columns.place.desc())
        .limit(MOST_REMEMBERED)
    )
    connection.execute(
        delete(history).where(columns.store == store, columns.place.not_in(kept.scalar_subquery()))
    )
