"""The filter field of the toolbar: an editor with its completer, what came of it, a bookmark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from runcase.store.records import ColumnKey
from runcase.ui.pages.base import FilterState
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import IconButton, IconLabel, label
from runcase.ui.widgets.completer_choice import Problem
from runcase.ui.widgets.filter_completer import FilterCompleter, problem_of
from runcase.ui.widgets.filter_editor import FilterEditor, FilterHighlighter
from runcase.ui.widgets.filter_save import SaveFilter

if TYPE_CHECKING:
    from runcase.store.completion import Vocabulary
    from runcase.store.facets import Facet


class FilterField(QFrame):
    """The field in the toolbar.

    `applied` carries the text, `left` says Esc on an empty field. `facets_wanted` carries column
    keys and whether they are worth loading (else only columns that are there should be answered
    by `show_facet`). `save_wanted` carries a name and a text; `forget_wanted` "saved" and a name
    or "recent" and a text; `help_wanted` asks for the grammar.
    """

    applied = Signal(str)
    left = Signal()
    facets_wanted = Signal(object, bool)
    save_wanted = Signal(str, str)
    forget_wanted = Signal(str, str)
    help_wanted = Signal()

    # Typing applies by itself after this pause; Return at once.
    PAUSE_MS = 350

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setObjectName("field")
        self.setMinimumWidth(220)
        self._icon = IconLabel(theme, "list-filter", "muted", 15)
        self.editor = FilterEditor()
        self.editor.setAccessibleName("Filter")
        self.editor.installEventFilter(self)
        self._highlighter = FilterHighlighter(theme, self.editor.document())
        self.completer = FilterCompleter(theme, self.editor, self)
        self._verdict = IconLabel(theme, "check", "success", 14)
        self._message = label()
        self._clear = IconButton(theme, "x", "Clear Filter", side=24)
        self._clear.clicked.connect(self.clear)
        self._bookmark = IconButton(theme, "bookmark", "Save Filter", side=24)
        self._bookmark.setCheckable(True)
        self._bookmark.clicked.connect(self._ask_for_name)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 1, 4, 1)
        layout.setSpacing(7)
        layout.addWidget(self._icon)
        layout.addWidget(self.editor, 1)
        layout.addWidget(self._verdict)
        layout.addWidget(self._message)
        for tool in (self._clear, self._bookmark):
            layout.addWidget(tool)
        self._verdict.hide()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(self.PAUSE_MS)
        self._pause.timeout.connect(self._apply)
        self._loading = False
        self._before = ""
        self._connect()
        theme.changed.connect(self._restyle)
        self._restyle()
        self._show_tools()

    def text(self) -> str:
        """Return the text in the field."""
        return self.editor.toPlainText()

    def load(self, hint: str, query: bool, state: FilterState) -> None:
        """Show a page's filter; without a hint the page has nothing to filter."""
        self.setEnabled(bool(hint))
        self.editor.setPlaceholderText(hint)
        self._icon.set_icon("list-filter" if query else "search", "muted")
        if query != self._highlighter.colored:
            self._highlighter.colored = query
            self._restyle()
        if not query:
            self.completer.close()
        if self.text() != state.text and not self._pause.isActive():
            self._loading = True
            self.editor.setPlainText(state.text)
            self._loading = False
            self.completer.close()
        self.show_state(state)

    def show_state(self, state: FilterState) -> None:
        """Show what came of the filter: a count, or the mistake underlined."""
        if state.text != self.text():
            return
        self._underline((state.position, max(1, state.length)) if state.bad else (0, 0))
        font = self._theme.font("small")
        font.setFeature(QFont.Tag("calt"), 0)  # the signs of a mistake stay what was typed
        self._message.setFont(font)
        self._message.setText(state.message)
        self._message.setToolTip(state.detail)
        self.editor.setToolTip(state.detail if state.bad else "")
        self._set("bad", state.bad)
        token = "error" if state.bad else "success"
        self._verdict.set_icon("circle-alert" if state.bad else "check", token)
        self._message.setStyleSheet(f"color: {self._theme.color(token).name()}")
        says = bool(state.message and (state.text or state.bad))
        self._message.setVisible(says)
        self._verdict.setVisible(says and self._highlighter.colored)
        self._show_tools()
        if self._highlighter.colored:
            self.completer.show_problem(self._problem(state) if state.bad else None)

    def set_vocabulary(self, vocabulary: Vocabulary) -> None:
        """Take the names that the page's runs have; its facets may already hold some columns."""
        self.completer.set_vocabulary(vocabulary)

    def show_facet(self, key: ColumnKey, facet: Facet) -> None:
        """Take what a column of `facets_wanted` holds."""
        self.completer.show_facet(key, facet)

    def set_history(self, saved: Sequence[tuple[str, str]], recent: Sequence[str]) -> None:
        """Take the saved filters as (name, text), and the last texts, newest first."""
        self.completer.history.set(saved, recent)
        self._show_tools()
        self.completer.refresh()

    def clear(self) -> None:
        """Empty the field and apply that."""
        self.editor.setPlainText("")
        self._apply()

    def put(self, text: str) -> None:
        """Put a text in and apply it."""
        self.editor.setPlainText(text)
        self._apply()

    def take_focus(self) -> None:
        """Put the cursor into the field and select its text."""
        self.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.editor.selectAll()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.completer.close()  # it would stay where the field was

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self.editor or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        if event.type() == QEvent.Type.ShortcutOverride and self._is_ours(event):
            # Single letters are typed, not taken as keys of the window's actions.
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and self._highlighter.colored:
            return self.completer.press(event)
        return False

    def _connect(self) -> None:
        self.editor.textChanged.connect(self._typed)
        self.editor.returned.connect(self._returned)
        self.editor.escaped.connect(self._escaped)
        self.editor.focused.connect(self._focused)
        self.completer.facets_wanted.connect(self.facets_wanted)
        self.completer.forgotten.connect(self.forget_wanted)
        self.completer.helped.connect(self.help_wanted)
        self.completer.applied.connect(self._apply)

    def _is_ours(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.ShiftModifier,
        )
        if plain and event.text():
            return True
        is_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        return is_control and event.key() == Qt.Key.Key_Space

    def _problem(self, state: FilterState) -> Problem:
        found = problem_of(state.text, self.completer.vocabulary)
        return found or Problem(
            state.detail or state.message, "", state.position, max(1, state.length)
        )

    def _typed(self) -> None:
        # Highlighting changes formats, which Qt reports as a change of the text, too.
        if self.text() == self._before:
            return
        self._before = self.text()
        self._show_tools()
        if self._loading:
            return
        self._underline((0, 0))  # until it is known of the new text
        self._pause.start()
        if self._highlighter.colored and self.editor.hasFocus():
            self.completer.typed()

    def _returned(self) -> None:
        self.completer.entered()
        self._apply()

    def _apply(self) -> None:
        self._pause.stop()
        self.applied.emit(self.text().strip("\n"))

    def _escaped(self) -> None:
        if self.text():
            self.clear()
        else:
            self.left.emit()

    def _focused(self, focused: bool) -> None:
        self._set("focus", focused)
        if not focused:
            self.completer.close()

    def _ask_for_name(self) -> None:
        text = self.text().strip()
        self._show_tools()
        name = self.completer.history.name_of(text)
        asked = SaveFilter(self._theme, text, name, self)
        asked.named.connect(lambda given: self.save_wanted.emit(given, text))
        asked.forgotten.connect(lambda given: self.forget_wanted.emit("saved", given))
        corner = self._bookmark.mapToGlobal(QPoint(self._bookmark.width(), self.height()))
        asked.open_at(corner)

    def _show_tools(self) -> None:
        text = self.text().strip()
        self._clear.setVisible(bool(text))
        self._bookmark.setVisible(bool(text) and self._highlighter.colored)
        name = self.completer.history.name_of(text)
        self._bookmark.setChecked(bool(name))
        self._bookmark.setToolTip(f"Saved as “{name}”" if name else "Save Filter")

    def _underline(self, mistake: tuple[int, int]) -> None:
        if mistake != self._highlighter.mistake:
            self._highlighter.mistake = mistake
            self._highlighter.rehighlight()

    def _set(self, name: str, value: bool) -> None:
        if self.property(name) != value:
            self.setProperty(name, value)
            self.style().unpolish(self)
            self.style().polish(self)

    def _restyle(self) -> None:
        font = self._theme.font("mono" if self._highlighter.colored else "body")
        self.editor.setFont(font)
        self.editor.viewport().setFont(font)  # the placeholder is painted in the viewport's own
        height = self.editor.fontMetrics().height() + 6
        self.editor.setFixedHeight(height)
        self.setFixedHeight(max(self._theme.target(30), height + 6))
        self._highlighter.rehighlight()
