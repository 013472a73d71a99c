"""Two texts compared: side by side or in one pane, what changed in colour, step by step."""

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from runcase.store.compare_lines import Shown, TextDifference, Tone, folded, sides, unified
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import line
from runcase.ui.widgets.compare_diff_pane import DiffPane


class DiffView(QWidget):
    """Shows a `TextDifference`; both sides scroll together."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.left = DiffPane(theme, "Left text")
        self.right = DiffPane(theme, "Right text")
        self.both = DiffPane(theme, "Both texts")
        self._found = TextDifference((), 0, 0)
        self._panes: tuple[DiffPane, ...] = (self.left, self.right)
        self._changes: list[int] = []
        self._folds = True
        self._opened: set[int] = set()
        pair = QWidget()
        inner = QHBoxLayout(pair)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(self.left, 1)
        inner.addWidget(line(vertical=True))
        inner.addWidget(self.right, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(pair)
        self._stack.addWidget(self.both)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        for one, other in ((self.left, self.right), (self.right, self.left)):
            one.verticalScrollBar().valueChanged.connect(other.verticalScrollBar().setValue)
            one.horizontalScrollBar().valueChanged.connect(other.horizontalScrollBar().setValue)
        for pane in (self.left, self.right, self.both):
            pane.unfolded.connect(self._unfold)

    @property
    def is_unified(self) -> bool:
        """Say whether both texts are in one pane."""
        return self._stack.currentIndex() == 1

    def set_unified(self, unified: bool) -> None:
        """Show both texts in one pane, or side by side."""
        self._stack.setCurrentIndex(int(unified))
        self._panes = (self.both,) if unified else (self.left, self.right)
        self._fill()

    def set_folded(self, folds: bool) -> None:
        """Leave out unchanged lines that are far from a change, or show all."""
        self._folds = folds
        self._opened.clear()
        self._fill()

    def show_difference(self, found: TextDifference) -> None:
        """Show two texts from their first difference."""
        self._found = found
        self._opened.clear()
        self._fill()

    def step(self, by: int, *, from_top: bool = False) -> None:
        """Bring the next change into sight, or the one before."""
        here = -1 if from_top else self._panes[0].textCursor().blockNumber()
        if by > 0:
            found = next((at for at in self._changes if at > here), None)
        else:
            found = next((at for at in reversed(self._changes) if at < here), None)
        if found is not None:
            for pane in self._panes:
                pane.go_to(found)

    def _fill(self) -> None:
        self._lay_out()
        self._panes[0].go_to(0)
        self.step(1, from_top=True)

    def _lay_out(self) -> None:
        lines = self._found.lines
        kept = folded(lines, self._opened) if self._folds else lines
        if self.is_unified:
            shown = unified(kept)
            self.both.show_lines(shown)
        else:
            shown, other = sides(kept)
            self.left.show_lines(shown)
            self.right.show_lines(other)
        self._changes = _changes(shown)

    def _unfold(self, first: int, at: int) -> None:
        """Show the lines that a line stands for; what is on the screen stays where it is."""
        top = self._panes[0].verticalScrollBar().value()
        self._opened.add(first)
        self._lay_out()
        for pane in self._panes:
            pane.go_to(at)
            pane.verticalScrollBar().setValue(top)


def _changes(lines: Sequence[Shown]) -> list[int]:
    """Return where each run of changed lines begins."""
    plain = [each.tone in (Tone.PLAIN, Tone.FOLDED) for each in lines]
    return [at for at, each in enumerate(plain) if not each and (at == 0 or plain[at - 1])]
