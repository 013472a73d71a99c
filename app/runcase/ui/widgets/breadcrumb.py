"""The breadcrumb: where the window is, each part a way back up."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from runcase.ui import icons
from runcase.ui.pages.base import Crumb
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import IconLabel, button, clear, row

# The widest part of a path; what a part needs beside its words.
MAX_CRUMB, _AROUND = 220, 46


class Breadcrumb(QWidget):
    """The parts of a place; `went` carries the `Location` of the part that was pressed."""

    went = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._crumbs: tuple[Crumb, ...] = ()
        self._layout = row(spacing=1)
        self.setLayout(self._layout)
        self.setAccessibleName("Path")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._build)

    def show_crumbs(self, crumbs: Sequence[Crumb], width: int) -> None:
        """Show a path; when it is wider than `width` its first parts become "…"."""
        kept = list(crumbs)
        while len(kept) > 1 and self._width(kept) > width:
            hidden = kept.pop(0) if kept[0].text != "…" else kept.pop(1)
            if not kept or kept[0].text != "…":
                kept.insert(0, Crumb("…", hidden.icon, hidden.location))
            if len(kept) == 2 and kept[0].text == "…":
                break
        if tuple(kept) != self._crumbs:
            self._crumbs = tuple(kept)
            self._build()

    def texts(self) -> list[str]:
        """Return the parts that are shown."""
        return [crumb.text for crumb in self._crumbs]

    def _width(self, crumbs: Sequence[Crumb]) -> int:
        metrics = QFontMetrics(self._theme.font())
        most, around = self._theme.px(MAX_CRUMB), self._theme.px(_AROUND)
        return sum(min(most, metrics.horizontalAdvance(each.text) + around) for each in crumbs)

    def _build(self) -> None:
        clear(self._layout)
        metrics = QFontMetrics(self._theme.font())
        for number, crumb in enumerate(self._crumbs):
            if number:
                self._layout.addWidget(IconLabel(self._theme, "chevron-right", "muted", 13))
            self._layout.addWidget(self._part(crumb, number == len(self._crumbs) - 1, metrics))

    def _part(self, crumb: Crumb, here: bool, metrics: QFontMetrics) -> QPushButton:
        room = self._theme.px(MAX_CRUMB - 40)
        text = metrics.elidedText(crumb.text, Qt.TextElideMode.ElideMiddle, room)
        # The style sheet leaves no room between icon and text.
        made = button(" " + text.replace("&", "&&"), "crumb")
        icons.put(self._theme, made, crumb.icon, size=15)
        made.setProperty("here", "true" if here else "false")
        made.setAccessibleName(crumb.text)
        if text != crumb.text:
            made.setToolTip(crumb.text)
        location = crumb.location
        if location is None:
            made.setEnabled(here)
        else:
            made.clicked.connect(lambda: self.went.emit(location))
        return made
