"""The two cards of the welcome page: the chosen store, and what Runcase promises."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from runcase.itemmodels import formats
from runcase.ui.settings import Recent
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Elided, IconLabel, button, clear, label, row
from runcase.ui.widgets.facts import Facts
from runcase.ui.widgets.recents_model import base_name, store_name

_PROMISE = (
    "Runcase opens the database with SQLite’s read-only flag and writes nothing beside it, so it "
    "is safe on a store that a training job or an MLflow server is writing to. This version only "
    "reads."
)
_PROMISES = (
    ("wifi-off", "No network"),
    ("user-x", "No account"),
    ("shield-check", "Never unpickles"),
)


class RecentCard(QFrame):
    """Details of one recent store; emits `opened` (path, in a new window) and `removed` (path)."""

    opened = Signal(str, bool)
    removed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setAccessibleName("Selected store")
        self._theme = theme
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(4, 10, 4, 12)
        self._layout.setSpacing(2)

    def show_recent(self, recent: Recent, missing: bool) -> None:
        """Show what is remembered of a store."""
        clear(self._layout)
        name = Elided(store_name(recent.path), "heading")
        top = row(IconLabel(self._theme, "database", "accent", 17), margins=(12, 0, 12, 2))
        top.addWidget(name, 1)
        if missing:
            top.addWidget(label("file not found", "chip-error"))
        elif recent.mlflow:
            top.addWidget(label(f"MLflow {recent.mlflow}", "chip"))
        self._layout.addLayout(top)
        facts = Facts(self._theme, 96)
        facts.add("Database", recent.path, mono=True, tip=recent.path)
        runs = formats.counted(recent.runs, "run")
        experiments = formats.counted(recent.experiments, "experiment")
        facts.add("Holds", f"{runs} in {experiments}")
        facts.add("Size", f"{formats.size(recent.size)} ({base_name(recent.path)})")
        opened = formats.moment(recent.opened_ms)
        facts.add("Last opened", opened, tip=formats.moment_with_zone(recent.opened_ms))
        self._layout.addWidget(facts)
        self._layout.addStretch(1)
        path = recent.path
        self._layout.addLayout(
            row(
                button("Open", "primary", lambda: self.opened.emit(path, False)),
                button("Open in New Window", "", lambda: self.opened.emit(path, True)),
                1,
                button("Remove from List", "quiet", lambda: self.removed.emit(path)),
                margins=(12, 2, 12, 0),
            )
        )


def promise_card(theme: Theme) -> QFrame:
    """Return the card that says what Runcase does not do."""
    card = QFrame()
    card.setObjectName("noteCard")
    text = label(_PROMISE, "text2")
    text.setWordWrap(True)
    text.setAlignment(Qt.AlignmentFlag.AlignTop)
    promises = row(spacing=6)
    for icon, words in _PROMISES:
        promises.addWidget(IconLabel(theme, icon, "text-2", 14))
        promises.addWidget(label(words, "small"))
        promises.addSpacing(10)
    promises.addStretch(1)
    layout = QVBoxLayout(card)
    layout.setContentsMargins(16, 14, 16, 14)
    layout.setSpacing(8)
    layout.addWidget(label("Your store stays as it is", "heading"))
    layout.addWidget(text)
    layout.addLayout(promises)
    layout.addStretch(1)
    return card
