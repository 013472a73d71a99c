"""Says how many runs a brush holds, and what can be done with them."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from runcase.itemmodels import formats
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import IconLabel, button, label, row


class BrushBar(QFrame):
    """A line below the charts, there only while runs are brushed."""

    keep_wanted = Signal()
    clear_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panelHeader")
        self.runs: frozenset[str] = frozenset()
        self._words = label("", "heading")
        keep = button("Keep Only These", "small", self.keep_wanted.emit)
        keep.setToolTip("Show these runs in the charts, and no others.")
        clear = button("Clear Brush", "small", self.clear_wanted.emit)
        icon = IconLabel(theme, "mouse-pointer-2")
        self.setLayout(row(icon, self._words, 1, keep, clear, margins=(12, 5, 12, 5)))
        self.hide()

    def show_runs(self, run_ids: frozenset[str] | None) -> None:
        """Show how many runs are brushed; None hides the bar."""
        self.runs = run_ids or frozenset()
        runs = formats.counted(len(self.runs), "run")
        self._words.setText(f"{runs} in the brush")
        self.setVisible(run_ids is not None)
