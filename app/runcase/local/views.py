"""Views of experiments in Runcase's own database, each as JSON of its fields."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TypeGuard

from sqlalchemy import ColumnElement, Connection, and_, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from runcase.local.database import views
from runcase.local.records import View

_LONGEST = 4_000_000  # characters of one view
_MOST = 20_000  # of columns, and of anything else there is a list of
_MODES = ("table", "split", "charts")


@dataclass(frozen=True, slots=True)
class Kept:
    """A view as it is kept: of which experiment, and whether it is that one's default."""

    experiment_id: str
    view: View
    is_default: bool = False


def encode(view: View) -> str:
    """Return a view as JSON, without its name."""
    content = asdict(view)
    del content["name"]
    return json.dumps(content)  # in ASCII: a half of a character cannot be kept otherwise


def decode(name: str, text: str) -> View | None:
    """Return the view of a JSON text.

    Fields of a newer Runcase are left out, and those with a wrong type take their default; a text
    that is no JSON object gives None.
    """
    if len(text) > _LONGEST:
        return None
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return of(name, content)


def of(name: str, content: object) -> View | None:
    """Return the view of a decoded JSON object, as `decode` does."""
    if not isinstance(content, dict):
        return None
    found: dict[str, object] = {}
    for field, read in _FIELDS.items():
        value = read(content[field]) if field in content else None
        if value is not None:
            found[field] = value
    return replace(View(name), **found)  # type: ignore[arg-type]  # each reader gives its type


def read(connection: Connection, store: int) -> list[Kept]:
    """Return all views of a store; one that cannot be read is left out."""
    columns = views.c
    rows = connection.execute(
        select(columns.experiment_id, columns.name, columns.content, columns.is_default)
        .where(columns.store == store)
        .order_by(columns.experiment_id, columns.name)
    )
    found = []
    for experiment_id, name, content, is_default in rows:
        view = decode(name, content)
        if view is not None:
            found.append(Kept(experiment_id, view, is_default))
    return found


def save(connection: Connection, store: int, experiment_ids: Sequence[str], view: View) -> None:
    """Keep a view of some experiments under its name, in place of the one that has it."""
    content = encode(view)
    statement = insert(views).on_conflict_do_update(
        index_elements=[views.c.store, views.c.experiment_id, views.c.name],
        set_={"content": content},
    )
    rows = [
        {"store": store, "experiment_id": each, "name": view.name, "content": content}
        for each in experiment_ids
    ]
    if rows:
        connection.execute(statement, rows)


def rename(connection: Connection, store: int, experiment_id: str, old: str, new: str) -> None:
    """Give a view another name; a view that has that name already is replaced."""
    if old != new:
        remove(connection, store, experiment_id, new)
        connection.execute(
            update(views).where(_is(store, experiment_id), views.c.name == old).values(name=new)
        )


def remove(connection: Connection, store: int, experiment_id: str, name: str) -> None:
    """Forget a view."""
    connection.execute(
        delete(views).where(_is(store, experiment_id), views.c.name == name),
    )


def set_default(connection: Connection, store: int, experiment_id: str, name: str | None) -> None:
    """Make one view the default of its experiment, or none."""
    connection.execute(
        update(views)
        .where(_is(store, experiment_id))
        .values(is_default=False if name is None else views.c.name == name)
    )


def _is(store: int, experiment_id: str) -> ColumnElement[bool]:
    return and_(views.c.store == store, views.c.experiment_id == experiment_id)


def _texts(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list) or len(value) > _MOST:
        return None
    return tuple(each for each in value if isinstance(each, str))


def _sort(value: object) -> tuple[tuple[str, bool], ...] | None:
    if not isinstance(value, list) or len(value) > _MOST:
        return None
    return tuple(
        (each[0], each[1])
        for each in value
        if isinstance(each, list)
        and len(each) == 2
        and isinstance(each[0], str)
        and isinstance(each[1], bool)
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _mode(value: object) -> str | None:
    return value if isinstance(value, str) and value in _MODES else None


def _split(value: object) -> int | None:
    return value if _is_count(value) and value <= 100 else None


def _charts(value: object) -> Mapping[str, object] | None:
    return value if isinstance(value, dict) else None


def _numbers(value: object) -> Mapping[str, int] | None:
    if not isinstance(value, dict) or len(value) > _MOST:
        return None
    return {key: number for key, number in value.items() if _is_count(number)}


def _names(value: object) -> Mapping[str, str] | None:
    if not isinstance(value, dict) or len(value) > _MOST:
        return None
    return {key: name for key, name in value.items() if isinstance(name, str)}


def _is_count(value: object) -> TypeGuard[int]:
    """Say whether a value is a small number; pixels and digits are."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100_000


_FIELDS: Mapping[str, Callable[[object], object]] = {
    "columns": _texts,
    "widths": _numbers,
    "pinned": _texts,
    "sort": _sort,
    "groups": _texts,
    "filter": _text,
    "nested": _flag,
    "mode": _mode,
    "split": _split,
    "charts": _charts,
    "directions": _names,
    "decimals": _numbers,
    "summary": _text,
    "spread": _text,
    "bars": _flag,
}
