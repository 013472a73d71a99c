"""All that a person noted of one store, in memory; what is written goes to the database beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from runcase.local.records import PLAIN, Mark, View

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runcase.local.exchange import Exchange
    from runcase.local.marks import Fields

MOST_REMEMBERED = 100  # filters used last


@dataclass(slots=True, eq=False)
class Notes:
    """Marks by run id; views by experiment and name, "" for the one shown now; filters by name."""

    marks: dict[str, Mark] = field(default_factory=dict)
    views: dict[tuple[str, str], View] = field(default_factory=dict)
    defaults: dict[str, str] = field(default_factory=dict)
    filters: dict[str, str] = field(default_factory=dict)
    history: list[str] = field(default_factory=list)

    def set_marks(self, run_ids: Sequence[str], fields: Fields) -> None:
        """Set some fields of runs; a mark that says nothing any more is forgotten."""
        wanted = set(run_ids)
        marked = self.marks.keys() & wanted
        changed: dict[Mark, Mark] = {}
        for run_id in marked:
            before = self.marks[run_id]
            after = changed.get(before)
            if after is None:
                after = changed[before] = replace(before, **fields)  # type: ignore[arg-type]
            if after == PLAIN:
                del self.marks[run_id]
            else:
                self.marks[run_id] = after
        first = replace(PLAIN, **fields)  # type: ignore[arg-type]  # by the names of its fields
        if first != PLAIN:
            # In one go: there may be a million of them.
            self.marks.update(dict.fromkeys(wanted - marked, first))

    def merge_marks(self, changed: Mapping[str, Fields]) -> None:
        """Set fields of runs, to each run its own."""
        for run_id, fields in changed.items():
            self.set_marks([run_id], fields)

    def named(self, experiment_id: str) -> list[View]:
        """Return the views of an experiment that have a name, in order of it."""
        found = [
            view for (each, name), view in self.views.items() if each == experiment_id and name
        ]
        return sorted(found, key=lambda view: (view.name.casefold(), view.name))

    def save_view(self, experiment_ids: Sequence[str], view: View) -> None:
        """Keep a view under its name."""
        for each in experiment_ids:
            self.views[each, view.name] = view

    def rename_view(self, experiment_id: str, old: str, new: str) -> None:
        """Give a view another name."""
        view = self.views.pop((experiment_id, old), None)
        if view is not None:
            self.views[experiment_id, new] = replace(view, name=new)
            if self.defaults.get(experiment_id) == old:
                self.defaults[experiment_id] = new

    def remove_view(self, experiment_id: str, name: str) -> None:
        """Forget a view."""
        self.views.pop((experiment_id, name), None)
        if self.defaults.get(experiment_id) == name:
            del self.defaults[experiment_id]

    def set_default(self, experiment_id: str, name: str | None) -> None:
        """Make one view the default, or none."""
        if name is None:
            self.defaults.pop(experiment_id, None)
        else:
            self.defaults[experiment_id] = name

    def remove_history(self, text: str) -> None:
        """Forget a filter used before."""
        self.history = [each for each in self.history if each != text]

    def add_history(self, text: str) -> None:
        """Put a filter first among those used last."""
        self.history = [text, *(each for each in self.history if each != text)][:MOST_REMEMBERED]

    def merge(self, found: Exchange) -> None:
        """Take over what a file of marks sets."""
        self.merge_marks(found.marks)
        for kept in found.views:
            self.save_view([kept.experiment_id], kept.view)
            if kept.is_default:
                self.set_default(kept.experiment_id, kept.view.name)
        self.filters |= found.filters


def read(connection: Connection, store: int) -> Notes:
    """Read all that was noted of a store."""
    # Imported here: SQLAlchemy costs 0.3 s, and this is a worker thread.
    from runcase.local import filters, marks, views

    kept = views.read(connection, store)
    return Notes(
        marks.read(connection, store),
        {(each.experiment_id, each.view.name): each.view for each in kept},
        {each.experiment_id: each.view.name for each in kept if each.is_default},
        filters.saved(connection, store),
        filters.recent(connection, store),
    )


def write(connection: Connection, store: int, found: Exchange) -> None:
    """Keep what a file of marks sets."""
    from runcase.local import filters, marks, views  # as above

    marks.merge(connection, store, found.marks)
    for kept in found.views:
        views.save(connection, store, [kept.experiment_id], kept.view)
        if kept.is_default:
            views.set_default(connection, store, kept.experiment_id, kept.view.name)
    filters.save(connection, store, found.filters)
