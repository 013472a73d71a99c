"""Two stores beside each other: what they hold, and the schema they were written with."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QVBoxLayout,
    QWidget,
)

from runcase.itemmodels import formats
from runcase.store.records import StoreSummary
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Elided, label, line

_Fact = tuple[str, str, str]


class CompareStores(QDialog):
    """A table of facts, those that differ marked by their weight and by a sign."""

    def __init__(
        self, theme: Theme, here: StoreSummary, other: StoreSummary, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Compare Stores")
        self.resize(theme.px(620), theme.px(460))
        self.facts = facts_of(here, other)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        for column, summary in ((1, here), (2, other)):
            name = Elided(str(summary.path), "heading", Qt.TextElideMode.ElideMiddle)
            grid.addWidget(name, 0, column)
        grid.addWidget(line(), 1, 0, 1, 3)
        for at, (what, one, two) in enumerate(self.facts, 2):
            differs = one != two
            grid.addWidget(label(f"{what}  ≠" if differs else what, "muted"), at, 0)
            for column, value in ((1, one), (2, two)):
                grid.addWidget(Elided(value, "heading" if differs else "text2"), at, column)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton("Copy", QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        QShortcut(QKeySequence.StandardKey.Copy, self, self._copy)
        layout = QVBoxLayout(self)
        layout.addLayout(grid)
        layout.addStretch(1)
        layout.addWidget(buttons)

    def _copy(self) -> None:
        rows = ["\t".join(fact) for fact in self.facts]
        QApplication.clipboard().setText("\n".join(rows))


def facts_of(here: StoreSummary, other: StoreSummary) -> list[_Fact]:
    """Return what there is to tell of both: the name of a fact and its two values."""
    return [
        (what, one, two) for (what, one), (_, two) in zip(_facts(here), _facts(other), strict=True)
    ]


def _facts(summary: StoreSummary) -> list[tuple[str, str]]:
    schema = summary.revision or formats.MISSING
    return [
        ("Kind", summary.kind),
        ("Written by MLflow", summary.mlflow_versions or formats.MISSING),
        ("Schema", schema if summary.known_revision else f"{schema} (newer than Runcase knows)"),
        ("Size", formats.size(summary.size)),
        ("Experiments", _with_deleted(summary.experiments, summary.deleted_experiments)),
        ("Runs", _with_deleted(summary.runs, summary.deleted_runs)),
        ("Running", f"{summary.running_runs:,}"),
        ("Newest start", formats.moment(summary.newest_start)),
        ("Registered models", f"{summary.registered_models:,}"),
        ("Model versions", f"{summary.model_versions:,}"),
        ("Logged models", f"{summary.logged_models:,}"),
        ("Prompts", f"{summary.prompts:,}"),
        ("Datasets", f"{summary.datasets:,}"),
        ("Traces", f"{summary.traces:,}"),
    ]


def _with_deleted(active: int, deleted: int) -> str:
    return f"{active:,} and {deleted:,} deleted" if deleted else f"{active:,}"
