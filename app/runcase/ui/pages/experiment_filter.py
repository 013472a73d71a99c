"""The filter of an experiment's page: its state in words, completions, clauses from the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from shiboken6 import isValid

from runcase.errors import FilterError
from runcase.itemmodels import columns as titles
from runcase.itemmodels import formats
from runcase.itemmodels.run_cells import value_of
from runcase.progress import Progress
from runcase.store.frame import load_columns
from runcase.store.records import ColumnKey, Kind
from runcase.ui.pages.base import FilterState
from runcase.ui.widgets.filter_field import FilterField

if TYPE_CHECKING:
    from runcase.store.facets import Facet
    from runcase.ui.pages.experiment import ExperimentPage
    from runcase.ui.widgets.facet_popover import FacetPopover

_MENU_TEXT = 80
_MESSAGE = 60
_Facets = dict[ColumnKey, "Facet"]


class ExperimentFilter:
    """What the page's filter field, its cells and its headers say to the loader."""

    def __init__(self, page: ExperimentPage) -> None:
        self._page = page
        self.error: FilterError | None = None
        self._field: FilterField | None = None
        self._known: tuple[ColumnKey, ...] | None = None  # the keys that the field was given
        self._popover: FacetPopover | None = None
        page.table.filter_wanted.connect(self._wanted)
        page.local.filters_changed.connect(self._show_history)

    def attach(self, field: FilterField) -> None:
        """Answer what the field asks."""
        self._field, self._known = field, None
        field.facets_wanted.connect(self._answer)
        field.save_wanted.connect(self._page.local.save_filter)
        field.forget_wanted.connect(self._forget)
        field.editor.focused.connect(self._focused)
        self._show_history()

    def detach(self, field: FilterField) -> None:
        """Answer the field no more."""
        field.facets_wanted.disconnect(self._answer)
        field.save_wanted.disconnect(self._page.local.save_filter)
        field.forget_wanted.disconnect(self._forget)
        field.editor.focused.disconnect(self._focused)
        self._field = None

    def state(self) -> FilterState:
        """Return what came of the filter: a count, a mistake, or a key that no run has."""
        loader = self._page.loader
        text, error = loader.filter_text, self.error
        if error is not None:
            detail = f"{error.message} {error.hint}\nThe table shows the last valid filter."
            message = f"column {error.position + 1}: {error.message}"
            return FilterState(text, _short(message), True, error.position, error.length, detail)
        count = f"{formats.count(loader.matching)} of {formats.counted(loader.total, 'run')}"
        unknown = loader.filter.unknown(loader.keys) if loader.filter and loader.keys else []
        if unknown:
            first = unknown[0]
            name = formats.one_line(first.column.key)
            detail = f"No run has a {first.column.kind} named “{name}”."
            if first.suggestions:
                detail += f" Did you mean {titles.said(first.suggestions[0])}?"
            message = f"{count} · unknown key"
            return FilterState(text, message, True, first.position, first.length, detail)
        return FilterState(text, count if text else "")

    def apply(self, text: str) -> None:
        """Filter by a text."""
        if text != self._page.loader.filter_text:
            self._page.loader.set_filter(text)

    def add(self, clause: str) -> None:
        """Narrow the filter by one more clause."""
        # Imported here: lark is needed only once somebody filters.
        from runcase.store.search import conjoin

        self._put(conjoin(self._page.loader.filter_text, clause))

    def clauses(self, row: int, key: ColumnKey) -> list[tuple[str, str]]:
        """Return what a cell offers to filter by: (text on the menu, clause)."""
        from runcase.store.search import clause_for

        page = self._page
        frame = page.runs.frame
        at = page.runs.frame_row(row)
        if frame is None or at < 0 or key == titles.AGE or key.how == titles.CURVE:
            return []
        value = value_of(frame, at, key)
        if value is None:
            signs = ["IS NULL", "IS NOT NULL"]
        else:
            signs = ["=", "!="] if isinstance(value, str) else ["=", "!=", "<", ">"]
        made = [clause_for(key, sign, value) for sign in signs]
        return [(formats.one_line(clause)[:_MENU_TEXT], clause) for clause in made]

    def mark_columns(self) -> None:
        """Show in the headers which columns the filter names."""
        chosen = self._page.loader.filter
        named = frozenset(chosen.columns()) if chosen is not None else frozenset()
        for header in (self._page.view.header, self._page.view.frozen_header):
            if header.filtered != named:
                header.filtered = named
                header.viewport().update()

    def _put(self, text: str) -> None:
        self.apply(text)
        self._page.noted.emit()

    def _focused(self, focused: bool) -> None:
        """Give the field the names of this experiment, when somebody is about to type."""
        keys = self._page.loader.keys
        if not focused or self._field is None or keys == self._known:
            return
        from runcase.store.completion import Vocabulary  # not needed before somebody types

        self._known = keys
        self._field.set_vocabulary(Vocabulary(keys))

    def _show_history(self) -> None:
        if self._field is not None:
            local = self._page.local
            self._field.set_history(local.saved(), local.history())

    def _forget(self, kind: str, name: str) -> None:
        local = self._page.local
        if kind == "saved":
            local.delete_filter(name)
        else:
            local.delete_history(name)
        self._show_history()

    def _answer(self, keys: Sequence[ColumnKey], load: bool) -> None:
        def show(found: _Facets) -> None:
            if self._field is not None:
                for key, each in found.items():
                    self._field.show_facet(key, each)

        self._count(keys, load, show)

    def _count(
        self, keys: Sequence[ColumnKey], load: bool, then: Callable[[_Facets], object]
    ) -> None:
        """Count the values of columns beside the window."""
        page = self._page
        frame = page.runs.frame
        if frame is None:
            return

        def work(progress: Progress) -> _Facets:
            from runcase.store.facets import facet

            if load:
                stored = [key for key in keys if key.kind is not Kind.MARK]
                with page.session.store.read(progress) as connection:
                    load_columns(connection, frame, stored)
            found = {key: facet(frame, key) for key in keys}
            return {key: each for key, each in found.items() if each is not None}

        page.session.ask(work, owner=page, then=lambda found: (then(found), None)[1], key="facets")

    def _wanted(self, key: ColumnKey, values: bool) -> None:
        if values:
            self._open_values(key)
        else:
            self._name_in_field(key)

    def _open_values(self, key: ColumnKey) -> None:
        """Open the values of a column below its header."""
        # Imported here: most windows never filter by a header.
        from runcase.store.search import clauses_on, conjoin, without
        from runcase.ui.widgets.facet_popover import FacetPopover

        page = self._page
        text = page.loader.filter_text
        title = titles.title(key) if not key.how else titles.said(key)
        current = clauses_on(text, key)
        popover = FacetPopover(page.theme, key, title, None, current, page)
        popover.filtered.connect(lambda clause: self._put(conjoin(text, clause, replacing=key)))
        popover.cleared.connect(lambda: self._put(without(text, key)))
        self._popover = popover
        popover.open_at(page.view.below_header(key))
        self._count([key], True, self._show_values)

    def _show_values(self, found: _Facets) -> None:
        # Closed meanwhile, it deleted itself.
        if self._popover is not None and isValid(self._popover):
            for each in found.values():
                self._popover.show_facet(each)

    def _name_in_field(self, key: ColumnKey) -> None:
        """Write a column's name behind the filter, to be compared by the person."""
        from runcase.store.search import name_of

        if self._field is None:
            return
        text = self._field.text().rstrip()
        self._field.take_focus()
        begun = f"{text} AND " if text else ""
        self._field.editor.replace(0, len(self._field.text()), f"{begun}{name_of(key)} ")


def _short(text: str) -> str:
    return text if len(text) <= _MESSAGE else f"{text[: _MESSAGE - 1]}…"
