"""The popover of a table's header: which values a column holds, to filter by some of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit, QVBoxLayout, QWidget

from runcase.store.records import ColumnKey
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Elided, button, label, line, row
from runcase.ui.widgets.facet_histogram import FacetHistogram
from runcase.ui.widgets.facet_values import FacetValues

if TYPE_CHECKING:
    from runcase.store.facets import Facet
    from runcase.ui.widgets.facet_choice import FacetChoice

WIDTH = 340
_FEW_NUMBERS = 12  # different numbers that are ticked rather than taken by a range


class FacetPopover(QFrame):
    """Deletes itself; `filtered` carries the clause for `conjoin(text, clause, replacing=key)`.

    `cleared` says that the column shall not be filtered by any more. Without a facet it says that
    the values are being counted; `show_facet` brings them.
    """

    filtered = Signal(str)
    cleared = Signal()

    def __init__(
        self,
        theme: Theme,
        key: ColumnKey,
        title: str,
        facet: Facet | None,
        current: Sequence[str],
        parent: QWidget,
    ) -> None:
        """Take the column, its title, its facet, and the clauses of the filter that test it."""
        super().__init__(parent, Qt.WindowType.Popup)
        # Imported here: lark, which it needs, is needed only once somebody filters.
        from runcase.ui.widgets import facet_choice

        self._choices = facet_choice
        self._theme = theme
        self._key = key
        self._facet: Facet | None = None
        self._chosen: FacetChoice = facet_choice.choice_of(current)
        self.setObjectName("popover")
        self.setAccessibleName(f"Filter by {title}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(theme.px(WIDTH))
        self.values: FacetValues | None = None
        self.histogram: FacetHistogram | None = None
        self.low, self.high = QLineEdit(), QLineEdit()
        self.missing = QCheckBox()
        self._note = label("Counting the values …", "small-muted")
        self._note.setWordWrap(True)
        self._body = QVBoxLayout()
        self._body.setSpacing(8)
        self._apply = button("Apply", "primary", self.apply)
        self._clear = button("Clear", "", self._clear_all)
        self._clear.setEnabled(bool(current))
        self._build(str(key.kind), title)
        if facet is not None:
            self.show_facet(facet)

    def show_facet(self, facet: Facet) -> None:
        """Show what the column holds."""
        if self._facet is not None:
            return
        self._facet = facet
        self._note.setText(self._choices.described(self._key, facet))
        is_range = len(facet.edges) > 1 and (
            facet.distinct > _FEW_NUMBERS or not facet.values
        )  # fmt: skip
        if is_range:
            self._add_range(facet)
        elif facet.present:
            self._add_values(facet)
        self._apply.setEnabled(facet.present > 0)
        self.adjustSize()

    def apply(self) -> None:
        """Emit the clause of what is chosen and close."""
        clause = self._choices.clause_of(self._key, self._choice())
        if clause:
            self.filtered.emit(clause)
        else:
            self.cleared.emit()
        self.close()

    def open_at(self, place: QPoint) -> None:
        """Show it at a point of the screen, wholly on that screen."""
        self.adjustSize()
        screen = QGuiApplication.screenAt(place) or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        x = max(room.left(), min(place.x(), room.right() - self.width()))
        y = max(room.top(), min(place.y(), room.bottom() - self.height()))
        self.move(x, y)
        self.show()
        first = self.values or self.histogram
        if first is not None:
            first.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.apply()
        else:
            super().keyPressEvent(event)

    def _build(self, kind: str, title: str) -> None:
        head = row(spacing=8)
        head.addWidget(label(kind, "chip"))
        name = Elided(title, "mono", Qt.TextElideMode.ElideMiddle)
        head.addWidget(name, 1)
        top = QVBoxLayout()
        top.setContentsMargins(10, 0, 10, 0)
        top.setSpacing(4)
        top.addLayout(head)
        top.addWidget(self._note)
        foot = row(self._clear, 1, self._apply, margins=(10, 0, 10, 0))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 10, 1, 10)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addLayout(self._body)
        layout.addWidget(line())
        layout.addLayout(foot)
        self._apply.setEnabled(False)

    def _add_values(self, facet: Facet) -> None:
        listed: list[tuple[str | None, int]] = [*facet.values]
        if facet.missing:
            listed.append((None, facet.missing))
        self.values = FacetValues(self._theme)
        self.values.show_values(listed, self._chosen.ticked)
        self.values.setFocusProxy(self.values.list)
        self._body.addWidget(self.values)
        rest = facet.distinct - len(facet.values) - bool(facet.nan)
        if rest > 0:
            more = label(f"and {rest:,} more values", "small-muted")
            more.setContentsMargins(10, 0, 10, 0)
            self._body.addWidget(more)

    def _add_range(self, facet: Facet) -> None:
        self.histogram = FacetHistogram(self._theme, facet.edges, facet.counts)
        first, last = facet.edges[0], facet.edges[-1]
        low = first if self._chosen.low is None else self._chosen.low
        high = last if self._chosen.high is None else self._chosen.high
        self.histogram.set_range(low, high)
        self.histogram.moved.connect(self._moved)
        inner = QVBoxLayout()
        inner.setContentsMargins(10, 0, 10, 0)
        inner.setSpacing(6)
        inner.addWidget(self.histogram)
        ends = row(spacing=8)
        for end, name in ((self.low, "Least"), (self.high, "Greatest")):
            end.setAccessibleName(name)
            end.setFont(self._theme.font("mono"))
            end.textEdited.connect(self._typed)
            end.returnPressed.connect(self.apply)
            ends.addWidget(end, 1)
            if end is self.low:
                ends.addWidget(label("to", "small-muted"))
        inner.addLayout(ends)
        if facet.missing:
            self.missing.setText(f"And the {facet.missing:,} without it")
            self.missing.setChecked(None in self._chosen.ticked)
            inner.addWidget(self.missing)
        self._body.addLayout(inner)
        self._write_ends(low, high)

    def _moved(self, low: float, high: float) -> None:
        self._write_ends(low, high)

    def _write_ends(self, low: float, high: float) -> None:
        self.low.setText(self._choices.shown(self._key, low))
        self.high.setText(self._choices.shown(self._key, high))

    def _typed(self) -> None:
        low, high = self._ends()
        if self.histogram is not None and low is not None and high is not None and low <= high:
            self.histogram.set_range(low, high)

    def _ends(self) -> tuple[float | None, float | None]:
        return (
            self._choices.read(self._key, self.low.text()),
            self._choices.read(self._key, self.high.text()),
        )

    def _choice(self) -> FacetChoice:
        choice = self._choices.FacetChoice()
        if self.values is not None:
            choice.ticked = set(self.values.model.ticked)
        if self.histogram is not None and self._facet is not None:
            low, high = self._ends()
            choice.low = low if self._is_inside(low, 0) else None
            choice.high = high if self._is_inside(high, -1) else None
            if self.missing.isChecked() and (choice.low, choice.high) != (None, None):
                choice.ticked.add(None)
        return choice

    def _is_inside(self, end: float | None, at: int) -> bool:
        """Say whether an end leaves something out: at the bars' own ends it does not."""
        assert self._facet is not None
        edge = self._facet.edges[at]
        if end is None or math.isnan(end):
            return False
        written = self._choices.read(self._key, self._choices.shown(self._key, edge))
        return end not in (edge, written)

    def _clear_all(self) -> None:
        self.cleared.emit()
        self.close()
