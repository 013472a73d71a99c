"""Leads the completer: when it opens, what it shows for the text so far, what its keys do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from runcase.errors import FilterError
from runcase.store.records import ColumnKey
from runcase.ui.theme import Theme
from runcase.ui.widgets.completer_choice import Choice, Problem
from runcase.ui.widgets.filter_editor import FilterEditor, units
from runcase.ui.widgets.filter_history import FilterHistory

if TYPE_CHECKING:
    from runcase.store.completion import Completion, Vocabulary
    from runcase.store.facets import Facet
    from runcase.ui.widgets.completer_popup import CompleterPopup

_STEPS = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: 8,
    Qt.Key.Key_PageUp: -8,
}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_KINDS_OF_FILTERS = ("saved", "recent")
_INSTEAD = re.compile(r"Did you mean (.+)\?")
_SETTLE_MS = 150
_ASKED = 8  # facets of so many rows are asked for


class FilterCompleter(QObject):
    """Watches the editor; the field hands it the keys first.

    `facets_wanted` carries column keys, and whether they are worth loading: else only those whose
    columns are there already should be answered. `forgotten` carries the kind ("saved" with a
    name, or "recent" with a text) of a filter that shall be deleted.
    """

    facets_wanted = Signal(object, bool)
    forgotten = Signal(str, str)
    helped = Signal()
    applied = Signal()

    def __init__(self, theme: Theme, editor: FilterEditor, field: QWidget) -> None:
        super().__init__(field)
        self._theme = theme
        self._editor = editor
        self._field = field
        self._popup: CompleterPopup | None = None
        self.vocabulary: Vocabulary | None = None
        self.history = FilterHistory()
        self.problem: Problem | None = None
        self._asked: set[ColumnKey] = set()
        self._open = ""  # "typed", "asked", "history", or only the "problem"
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._ask_for_details)

    @property
    def popup(self) -> CompleterPopup:
        """Return the popup over the field's window."""
        window = self._field.window()
        if self._popup is None or not isValid(self._popup) or self._popup.parent() is not window:
            if self._popup is not None and isValid(self._popup):
                self._popup.deleteLater()
            # Imported here: most windows never filter, and the first rows wait for no import.
            from runcase.ui.widgets.completer_popup import CompleterPopup

            self._popup = CompleterPopup(self._theme, window)
            self._popup.accepted.connect(self._accept)
            self._popup.operator_chosen.connect(self._add_operator)
            self._popup.helped.connect(self._help)
        return self._popup

    def is_visible(self) -> bool:
        """Say whether the popup is open."""
        return self._popup is not None and isValid(self._popup) and self._popup.isVisible()

    def set_vocabulary(self, vocabulary: Vocabulary) -> None:
        """Take the names of other runs."""
        self.vocabulary = vocabulary
        self._asked.clear()
        self.refresh()

    def show_facet(self, key: ColumnKey, facet: Facet) -> None:
        """Take what a column holds, and show it if it is being waited for."""
        if self.vocabulary is not None:
            self.vocabulary.facets[key] = facet
        if self._open in ("typed", "asked"):
            self.refresh()

    def show_problem(self, problem: Problem | None) -> None:
        """Take what is wrong with the text; it is shown while somebody is at it."""
        self.problem = problem
        if self._editor.hasFocus() and self._open:
            self.refresh()

    def typed(self) -> None:
        """Open for what was typed, if there is something to offer."""
        self.problem = None
        self._open = "typed"
        self.refresh()

    def entered(self) -> None:
        """Close after Return; what is wrong comes back when it is known."""
        self.close()
        self._open = "problem"

    def close(self) -> None:
        """Hide the popup."""
        self._open = ""
        if self._popup is not None and isValid(self._popup):
            self._popup.hide()

    def refresh(self) -> None:
        """Show what fits the place of the cursor."""
        if not self._open or not self._editor.hasFocus():
            return
        choices, operators = self._choices()
        popup, before = self.popup, self._chosen()
        popup.show_choices(choices, operators, self._problem_beside(choices))
        if before is not None and before in choices:
            popup.chosen_by_hand = True
            popup.list.setCurrentIndex(popup.model.index(choices.index(before)))
        if not popup.has_content():
            popup.hide()
            return
        popup.show_at(self._corner(choices[0].start if choices else self._editor.place()))

    def press(self, event: QKeyEvent) -> bool:
        """Take a key; True when it is used up."""
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Space and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._open = "asked"
            self.refresh()
            return True
        if not self.is_visible():
            return self._press_closed(key)
        if key in _STEPS:
            self.popup.step(_STEPS[key])
            return True
        if key == Qt.Key.Key_Escape:
            self.close()
            return True
        current = self.popup.current()
        if current is None:
            return False
        by_hand = self.popup.chosen_by_hand
        if key == Qt.Key.Key_Tab or (key in _ENTER and by_hand):
            self._accept(current)
            return True
        if key == Qt.Key.Key_Delete and by_hand and current.kind in _KINDS_OF_FILTERS:
            name = current.label if current.kind == "saved" else current.insert
            self.forgotten.emit(current.kind, name)
            return True
        return False

    def _press_closed(self, key: Qt.Key) -> bool:
        if key != Qt.Key.Key_Down:
            return False
        self._open = "asked" if self._editor.toPlainText() else "history"
        self.refresh()
        return True

    def _chosen(self) -> Choice | None:
        """Return the row that somebody went to, so that it stays when facts come in."""
        return self.popup.current() if self.popup.chosen_by_hand else None

    def _choices(self) -> tuple[list[Choice], tuple[str, ...]]:
        text, place = self._editor.toPlainText(), self._editor.place()
        if self._open == "history":
            return self.history.choices(len(text)), ()
        if self._open == "problem" or self.vocabulary is None:
            return [], ()
        # Imported here: lark, which it needs, is needed only once somebody filters.
        from runcase.store.completion import complete

        found = complete(text, place, self.vocabulary)
        if found.wanted is not None and found.wanted not in self._asked:
            self._asked.add(found.wanted)
            self.facets_wanted.emit((found.wanted,), True)
        if self._open == "typed" and not self._is_welcome(text, place, found):
            return [], ()
        self._settle.start()
        return _listed(found), found.operators if found.items[:1] and found.items[0].column else ()

    def _is_welcome(self, text: str, place: int, found: Completion) -> bool:
        """Say whether the popup may open by itself: not over a clause that is whole."""
        if not text.strip() or not found.items:
            return False
        return found.start < place or found.items[0].kind in ("compare", "value", "null")

    def _problem_beside(self, choices: list[Choice]) -> Problem | None:
        """Return the problem unless the choices are about to mend it."""
        problem = self.problem
        if problem is None or not choices or problem.instead:
            return problem
        end = max(choice.end for choice in choices)
        return None if problem.start + problem.length >= choices[0].start - 1 <= end else problem

    def _corner(self, start: int) -> QPoint:
        """Return where the popup begins: below the field, under the piece it is about."""
        cursor = QTextCursor(self._editor.document())
        cursor.setPosition(units(self._editor.toPlainText(), start))
        x = self._editor.cursorRect(cursor).left() + self._editor.x() - 12
        return self._field.mapTo(self._field.window(), QPoint(max(0, x), self._field.height() + 3))

    def _accept(self, choice: Choice) -> None:
        self._editor.replace(choice.start, choice.end, choice.insert)
        if choice.kind in _KINDS_OF_FILTERS:
            self.close()
            self.applied.emit()
        else:
            self._open = "typed"
            self.refresh()

    def _add_operator(self, operator: str) -> None:
        """Complete the name, then write a comparison after it."""
        current = self.popup.current()
        if current is not None and current.column is not None:
            self._editor.replace(current.start, current.end, current.insert)
        place = self._editor.place()
        self._editor.replace(place, place, f"{operator} ")
        self._open = "typed"
        self.refresh()

    def _ask_for_details(self) -> None:
        if not self.is_visible() or self.vocabulary is None:
            return
        facets = self.vocabulary.facets
        rows = self.popup.model.choices[:_ASKED]
        keys = tuple(
            row.column for row in rows
            if row.column is not None
            and row.column not in facets
            and row.column not in self._asked
        )  # fmt: skip
        if keys:
            self._asked.update(keys)
            self.facets_wanted.emit(keys, False)

    def _help(self) -> None:
        self.close()
        self.helped.emit()


def problem_of(text: str, vocabulary: Vocabulary | None) -> Problem | None:
    """Return what is wrong with a filter, or which of its names no run has; None for nothing."""
    # Imported here: lark is needed only once somebody filters, and is there when this is asked.
    from runcase.store.search import parse
    from runcase.store.search_clauses import name_of

    try:
        parsed = parse(text)
    except FilterError as error:
        meant = _INSTEAD.search(error.hint)
        hint = f"{error.hint}\nThe table still shows the last valid filter.".strip()
        instead = meant[1] if meant else ""
        return Problem(error.message, hint, error.position, error.length, instead)
    unknown = parsed.unknown(vocabulary.keys) if vocabulary and vocabulary.keys else []
    if not unknown:
        return None
    first = unknown[0]
    instead = name_of(first.suggestions[0]) if first.suggestions else ""
    return Problem(
        f"No run has a {first.column.kind} named “{first.column.key}”",
        f"Did you mean {instead}?" if instead else "",
        first.position,
        first.length,
        instead,
    )


def _listed(found: Completion) -> list[Choice]:
    return [
        Choice(each.kind, each.label, each.detail, each.insert, found.start, found.end, each.column)
        for each in found.items
    ]
