"""The cards of the overview: tiles of figures, facts of the database, notes of the store."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from runcase.itemmodels import formats
from runcase.store.records import StoreSummary
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import IconLabel, clear, label, line, row
from runcase.ui.widgets.facts import Facts

_MODES = {
    "read-only": "read-only, follows changes",
    "immutable": "read-only, as a file that nobody writes",
    "private copy": "through a private copy, follows changes",
    "opened for each read": "read-only, opened for each read",
}


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure with its name above and a remark below."""

    name: str
    figure: str
    remark: str = ""


def tiles_of(summary: StoreSummary) -> list[Tile]:
    """Choose the figures of a store; kinds it has none of get no tile."""
    tiles = [
        Tile("Runs", formats.count(summary.runs), _runs(summary)),
        Tile("Experiments", formats.count(summary.experiments), _deleted(summary)),
    ]
    if summary.registered_models:
        models = formats.counted(summary.registered_models, "model")
        prompts = formats.counted(summary.prompts, "prompt") if summary.prompts else ""
        remark = ", ".join(part for part in (models, prompts) if part)
        tiles.append(Tile("Model versions", formats.count(summary.model_versions), remark))
    if summary.logged_models:
        tiles.append(Tile("Logged models", formats.count(summary.logged_models)))
    if summary.traces:
        tiles.append(Tile("Traces", formats.count(summary.traces)))
    if summary.datasets:
        tiles.append(Tile("Datasets", formats.count(summary.datasets)))
    what = "Database" if summary.journal_mode else "File store"
    tiles.append(Tile(what, formats.size(summary.size), f"{summary.size:,} B"))
    return tiles


def _runs(summary: StoreSummary) -> str:
    parts = []
    if summary.running_runs:
        parts.append(f"{summary.running_runs:,} running")
    if summary.deleted_runs:
        parts.append(f"{summary.deleted_runs:,} deleted")
    return ", ".join(parts)


def _deleted(summary: StoreSummary) -> str:
    return f"{summary.deleted_experiments:,} deleted" if summary.deleted_experiments else ""


class Tiles(QFrame):
    """Figures side by side in one frame."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._theme = theme
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(1, 1, 1, 1)
        self._layout.setSpacing(0)

    def show_tiles(self, tiles: Sequence[Tile]) -> None:
        """Show figures from left to right."""
        clear(self._layout)
        for number, tile in enumerate(tiles):
            if number:
                self._layout.addWidget(line(vertical=True))
            self._layout.addWidget(self._tile(tile), 1)

    def _tile(self, tile: Tile) -> QWidget:
        host = QWidget()
        host.setAccessibleName(f"{tile.name} {tile.figure} {tile.remark}".strip())
        layout = QVBoxLayout(host)
        layout.setContentsMargins(16, 10, 12, 10)
        layout.setSpacing(1)
        layout.addWidget(label(tile.name, "small-muted"))
        layout.addWidget(label(tile.figure, "big", selectable=True))
        layout.addWidget(label(tile.remark, "caption"))
        return host


class DatabaseFacts(QWidget):
    """How the database was written and opened."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 4, 0, 4)

    def show_summary(self, summary: StoreSummary, mode: str) -> None:
        """Show the facts of a store; `mode` is the engine's word for how it is open."""
        clear(self._layout)
        facts = Facts(self._theme, 112)
        facts.add("File", str(summary.path), mono=True, tip=str(summary.path))
        if summary.journal_mode:
            facts.add_widget("Schema revision", self._revision(summary))
            facts.add("Written by", f"MLflow {summary.mlflow_versions}")
            facts.add("Journal", _journal(summary.journal_mode))
            facts.add("Opened", _MODES.get(mode, mode))
        else:
            facts.add("Kind", summary.kind)
            facts.add("Opened", "read-only, through a private copy of what its files say")
        facts.add("Size", f"{formats.size(summary.size)} ({summary.size:,} B)")
        newest = summary.newest_start
        facts.add("Newest run", formats.moment(newest), tip=formats.moment_with_zone(newest))
        self._layout.addWidget(facts)

    def _revision(self, summary: StoreSummary) -> QWidget:
        host = QWidget()
        text = label(summary.revision or "none", "mono", selectable=True)
        known = "known" if summary.known_revision else "not known"
        chip = label(known, "chip-success" if summary.known_revision else "chip-warn")
        host.setLayout(row(text, chip, 1))
        return host


def _journal(mode: str) -> str:
    words = {"wal": "write-ahead log (WAL)", "delete": "rollback journal"}
    return words.get(mode.lower(), mode)


class Notes(QWidget):
    """What a person should know about this store, a sentence each."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)

    def show_notes(self, notes: Sequence[str]) -> None:
        """Show notes one below another."""
        clear(self._layout)
        for number, note in enumerate(notes):
            if number:
                self._layout.addWidget(line())
            text = label(note, "", selectable=True)
            text.setWordWrap(True)
            line_ = row(spacing=10, margins=(12, 9, 12, 9))
            icon = IconLabel(self._theme, "triangle-alert", "warn", 16)
            line_.addWidget(icon)
            line_.addWidget(text, 1)
            self._layout.addLayout(line_)
