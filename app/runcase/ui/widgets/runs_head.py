"""The bar over the runs table: counts, what is shown, columns, groups, views and export."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QWidget

from runcase.itemmodels import columns as titles
from runcase.itemmodels import formats
from runcase.itemmodels.runs import RunsModel
from runcase.itemmodels.runs_loader import RunsLoader
from runcase.store.records import Kind
from runcase.ui import icons
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import PanelHeader, Segments, button


class RunsHead(PanelHeader):
    """Shows the state of the table; what its buttons do is the page's."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Runs")
        self._theme = theme
        choices = [("table", "Table"), ("split", "Split"), ("charts", "Charts")]
        self.modes = Segments(choices, "What is shown")
        self.modes.choose("split")
        self.columns = button("Columns", "small")
        self.group = self._menu_button("Nested")
        self.views = self._menu_button("View")
        self.export = button("", "small")
        self.export.setToolTip("Export Table…  Ctrl+E")
        self.export.setAccessibleName("Export Table…")
        widgets: tuple[QWidget, ...] = (
            self.modes, self.columns, self.group, self.views, self.export,
        )  # fmt: skip
        for widget in widgets:
            self.controls.addWidget(widget)
        self._texts = {each: each.text() for each in (self.columns, self.group, self.views)}
        self._drawn = False

    def show_state(self, loader: RunsLoader, runs: RunsModel, selected: int, charted: int) -> None:
        """Show counts, and what the table is grouped by."""
        if not self._drawn:
            # Drawing icons costs 10 ms: the first rows are painted before.
            self._drawn = True
            QTimer.singleShot(0, self, self._draw_icons)
        total, matching = loader.total, loader.matching
        counts = formats.count(total)
        if matching != total:
            counts = f"{formats.count(matching)} of {formats.count(total)}"
        hidden = f" · {loader.hidden:,} hidden" if loader.hidden else ""
        self.note.setText(f"{counts}{hidden} · {selected:,} selected · {charted:,} charted")
        known = sum(key.kind in (Kind.METRIC, Kind.PARAM) for key in loader.keys)
        shown = sum(key.kind in (Kind.METRIC, Kind.PARAM) and not key.how for key in runs.columns)
        self._texts[self.columns] = f"Columns {shown:,} of {known:,}"
        groups = loader.wish.groups
        if groups:
            first = formats.one_line(titles.title(groups[0].column))
            more = f" + {len(groups) - 1}" if len(groups) > 1 else ""
            self._texts[self.group] = f"By {first[:18]}{more}"
        else:
            self._texts[self.group] = "Nested" if loader.wish.nested else "Flat"
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave words away where there is no room: first the counts, then those of the buttons."""
        for made, text in self._texts.items():
            made.setText(text)
            made.setToolTip("")
        self.note.show()
        if self.minimumSizeHint().width() <= self.width():
            return
        self.note.hide()
        if self.minimumSizeHint().width() <= self.width():
            return
        for made, text in self._texts.items():
            made.setText("")
            made.setToolTip(text)
            made.setAccessibleName(text)

    def _menu_button(self, text: str) -> QPushButton:
        made = button(text, "small")
        made.setProperty("menu", True)
        return made

    def _draw_icons(self) -> None:
        for widget, icon in (
            (self.columns, "columns-3"),
            (self.group, "group"),
            (self.views, "layout-grid"),
            (self.export, "download"),
        ):
            icons.put(self._theme, widget, icon, size=14)
