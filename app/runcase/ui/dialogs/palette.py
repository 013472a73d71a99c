"""The command palette: one field that finds commands, experiments, models and runs."""

import time
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from runcase.itemmodels.navigator import Contents
from runcase.session.session import Session
from runcase.store.records import Run
from runcase.store.runs import find
from runcase.ui.actions import ActionSpec
from runcase.ui.dialogs.palette_entries import (
    Entry,
    Match,
    command_entries,
    content_entries,
    letters_of,
    run_entries,
    search,
    wanted_run,
)
from runcase.ui.dialogs.palette_list import PaletteDelegate, PaletteModel
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import IconLabel, Segments, label, line, row

WIDTH, HEIGHT, LEAST = 680, 480, 220
TOP = 76
# Typing is over after so long: then the runs are asked for.
SETTLE_MS = 120
MAX_RUNS = 30
# How many of a section are shown at once beside others.
MAX_EACH = 6
_LEAST_LETTERS = 2
_MODES = (("all", "All"), ("runs", "Runs"), ("models", "Models"), ("commands", "Commands"))
_SECTIONS = {
    "all": ("Commands", "Experiments", "Models", "Runs"),
    "runs": ("Runs",),
    "models": ("Models",),
    "commands": ("Commands",),
}
_PREFIXES = {">": "commands", "@": "models"}
_STEPS = {
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_PageDown: 8,
    Qt.Key.Key_PageUp: -8,
}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Palette(QFrame):
    """Lies over its window until something is chosen; it deletes itself.

    `chosen_action` carries an action's id, `went` a `Location` and whether in a new window.
    """

    chosen_action = Signal(str)
    went = Signal(object, bool)

    def __init__(
        self,
        theme: Theme,
        parent_window: QWidget,
        actions: Sequence[tuple[ActionSpec, bool]],
        contents: Contents | None,
        session: Session | None,
        mode: str = "all",
    ) -> None:
        super().__init__(parent_window)
        others = [each for each in parent_window.findChildren(Palette) if each is not self]
        self.came_from: QWidget | None = parent_window.focusWidget()
        for other in others:
            self.came_from = other.came_from  # the focus goes back to where it came from
            other.close()
        self.setObjectName("popover")
        self.setAccessibleName("Command palette")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        self._session = session
        self._commands = command_entries(actions)
        self._contents = content_entries(contents) if contents is not None else []
        experiments = contents.experiments if contents is not None else ()
        self._names = {each.experiment_id: each.name for each in experiments}
        self._runs: list[Entry] = []
        self._runs_of: str | None = None
        self.model = PaletteModel(self)
        self.field = QLineEdit()
        self.segments = Segments(_MODES, "What to look for")
        self.list = QListView()
        self._build()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._find_runs)
        self.segments.choose(mode)
        self.segments.chosen.connect(lambda _mode: self._changed())
        self.field.textChanged.connect(lambda _text: self._changed())
        self.field.installEventFilter(self)
        self.list.clicked.connect(self._clicked)
        parent_window.installEventFilter(self)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_changed)
        self._place()
        self._changed()
        self.field.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        self._place()
        self.raise_()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parent() and event.type() == QEvent.Type.Resize:
            self._place()
        if watched is self.field and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride and _is_ours(event):
                # A window's shortcut on the same key shall not take it from the palette.
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and _is_ours(event):
                self._press(event)
                return True
        return False

    def mode(self) -> str:
        """Return what is looked for: all, runs, models or commands."""
        return _PREFIXES.get(self.field.text()[:1], self.segments.choice())

    def query(self) -> str:
        """Return what was typed, without the prefix."""
        text = self.field.text()
        return text[1:].strip() if text[:1] in _PREFIXES else text.strip()

    def current(self) -> Entry | None:
        """Return the entry that Enter chooses."""
        match = self.model.match_at(self.list.currentIndex().row())
        return match.entry if match is not None else None

    def _build(self) -> None:
        self.field.setPlaceholderText("Find a command, experiment, model or run")
        self.field.setAccessibleName("Find")
        self.field.setFrame(False)
        self.field.setObjectName("bare")
        for each in self.segments.findChildren(QPushButton):
            each.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setModel(self.model)
        self.list.setItemDelegate(PaletteDelegate(self._theme, self.list))
        self.list.setAccessibleName("Found")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        top = row(IconLabel(self._theme, "search", "muted", 18), spacing=10)
        top.setContentsMargins(14, 8, 14, 8)
        top.addWidget(self.field, 1)
        top.addWidget(self.segments)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(line())
        layout.addWidget(self.list, 1)
        layout.addWidget(line())
        layout.addLayout(_foot())

    def _place(self) -> None:
        """Lie in the middle of the window's top, as high as the list where the window allows."""
        window = self.parentWidget()
        if window is None:
            return
        px = self._theme.px
        wide = min(px(WIDTH), window.width() - 32)
        around = self.sizeHint().height() - self.list.sizeHint().height() + 8
        wanted = max(px(LEAST), around + self.model.height(self._theme))
        high = min(px(HEIGHT), wanted, window.height() - px(TOP) - 32)
        self.setGeometry((window.width() - wide) // 2, px(TOP), wide, high)

    def _changed(self) -> None:
        self._settle.start()
        self._list(first=True)

    def _find_runs(self) -> None:
        text = wanted_run(self.query())
        wanted = "Runs" in _SECTIONS[self.mode()] and len(text) >= _LEAST_LETTERS
        if self._session is None or not wanted:
            return
        self._session.ask(
            self._session.read(find, text, MAX_RUNS),
            owner=self,
            then=lambda runs: self._found_runs(text, runs),
            key="find",
        )

    def _found_runs(self, text: str, runs: list[Run]) -> None:
        self._runs_of = text
        self._runs = run_entries(runs, self._names, int(time.time() * 1000))
        self._list(first=False)

    def _list(self, *, first: bool) -> None:
        """Show what matches; keep the current entry unless the text is new."""
        before = None if first else self.current()
        matches = self._matches()
        self.model.show(matches, "" if matches else self._remark())
        self._place()
        at = next((at for at, each in enumerate(matches) if each.entry == before), None)
        rows = [at for at in range(self.model.rowCount()) if self.model.match_at(at) is not None]
        if rows:
            self._go(rows[at] if at is not None else rows[0])

    def _matches(self) -> list[Match]:
        mode, query = self.mode(), self.query()
        sections = _SECTIONS[mode]
        found = search([*self._commands, *self._contents], query)
        by_section = {
            section: [match for match in found if match.entry.section == section]
            for section in sections
        }
        if "Runs" in by_section:
            by_section["Runs"] = self._run_matches()
        if mode == "all":
            by_section = {section: listed[:MAX_EACH] for section, listed in by_section.items()}
            if query:
                # The section with the best match comes first; runs, found by the store, last.
                sections = tuple(
                    sorted(sections, key=lambda each: -_best(by_section[each], each == "Runs"))
                )
        return [match for section in sections for match in by_section[section]]

    def _run_matches(self) -> list[Match]:
        text = wanted_run(self.query())
        if text != self._runs_of or len(text) < _LEAST_LETTERS:
            return []
        return [Match(entry, 0.0, letters_of(entry.text, text)) for entry in self._runs]

    def _remark(self) -> str:
        if self.mode() == "runs" and not self.query():
            return "Type a run’s name or id, or paste an MLflow address"
        searching = (
            self._session is not None
            and "Runs" in _SECTIONS[self.mode()]
            and wanted_run(self.query()) != self._runs_of
        )
        return "Looking for runs …" if searching else f"Nothing found for “{self.query()}”"

    def _press(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEPS:
            self._go(self.model.step(self.list.currentIndex().row(), _STEPS[key]))
        elif key in _ENTER:
            ctrl = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            self._choose(new_window=bool(ctrl))
        elif key == Qt.Key.Key_Escape:
            self._leave()
        else:
            names = [each for each, _ in _MODES]
            by = -1 if key == Qt.Key.Key_Backtab else 1
            at = names.index(self.segments.choice())
            self.segments.choose(names[(at + by) % len(names)])
            self._changed()

    def _go(self, at: int) -> None:
        index = self.model.index(at)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(self.model.index(at - 1) if at == 1 else index)

    def _clicked(self, index: QModelIndex) -> None:
        if self.model.match_at(index.row()) is not None:
            ctrl = QApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier
            self._choose(new_window=bool(ctrl))

    def _choose(self, *, new_window: bool) -> None:
        entry = self.current()
        if entry is None:
            return
        self._leave()
        if entry.location is not None:
            self.went.emit(entry.location, new_window)
        else:
            self.chosen_action.emit(entry.action)

    def _leave(self) -> None:
        """Close and give the focus back: an action may work on the table that had it."""
        self.hide()
        if self.came_from is not None and isValid(self.came_from):
            self.came_from.setFocus()
        self.close()

    def _focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        # Another window, or none at all, leaves the palette open for the way back.
        window = self.parentWidget()
        if now is None or now is self or not self.isVisible():
            return
        if window is not None and window.isAncestorOf(now) and not self.isAncestorOf(now):
            self.close()


def _is_ours(event: QKeyEvent) -> bool:
    keys = (*_STEPS, *_ENTER, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
    return Qt.Key(event.key()) in keys


def _best(matches: Sequence[Match], found_by_store: bool) -> float:
    if found_by_store:
        return -1.0
    return max((match.score for match in matches), default=0.0)


def _foot() -> QHBoxLayout:
    foot = row(spacing=5, margins=(14, 7, 14, 7))
    for keys, text in (
        (("Enter",), "run"),
        (("Ctrl", "Enter"), "new window"),
        (("Tab",), "narrow"),
    ):
        for key in keys:
            foot.addWidget(label(key, "key"))
        foot.addWidget(label(text, "small-muted"))
        foot.addSpacing(10)
    foot.addStretch(1)
    for key, text in ((">", "commands"), ("@", "models")):
        foot.addWidget(label(key, "key"))
        foot.addWidget(label(text, "small-muted"))
        foot.addSpacing(6)
    return foot
