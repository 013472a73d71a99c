"""The charts' toolbar: axis, smoothing, groups, search, layout; and its commands."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPushButton, QSlider, QWidget

from runcase.curves.groups import Band, Centre
from runcase.curves.series import XAxis
from runcase.curves.smoothing import Smoothing
from runcase.itemmodels import columns as titles
from runcase.itemmodels import formats
from runcase.ui import icons
from runcase.ui.plots.chart_options import COLUMNS, Options
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import PanelHeader, Segments, button, label
from runcase.ui.zoom import fix

_AXES = (("step", "Step"), ("relative", "Relative"), ("wall", "Wall time"))
_FLAGS = {
    "raw-line": "raw",
    "crosshair": "crosshair",
    "hide-outliers": "hide_outliers",
    "follow-latest": "follow",
    "sync-x": "sync_x",
}
_SEARCH_MS = 150


class ChartTools(PanelHeader):
    """Holds how charts are looked at.

    `changed` follows every change of it, `searched` another text to look for, `add_wanted` the
    button that adds a chart.
    """

    changed = Signal()
    searched = Signal(str)
    add_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Charts", 38)
        self._theme = theme
        self.options = Options()
        self._axis = Segments(list(_AXES), "X axis")
        self._axis.chosen.connect(lambda axis: self.change_view(axis=XAxis(axis)))
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, 99)
        fix(theme, self._slider, width=86)
        self._slider.setAccessibleName("Smoothing")
        # Its caption is the first to go where there is little room.
        self._slider.setToolTip("Smoothing  [  ]")
        self._slider.valueChanged.connect(lambda value: self.change_view(smoothing=value / 100))
        self._amount = label("0.00", "small-muted")
        self._words = label("Smoothing", "small")
        self._log = QCheckBox("Log Y")
        self._log.toggled.connect(lambda on: self.change_view(log_y=on))
        self._search = QLineEdit()
        self._search.setPlaceholderText("Find a chart")
        self._search.setAccessibleName("Find a chart")
        self._search.setClearButtonEnabled(True)
        fix(theme, self._search, width=130)
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(_SEARCH_MS)
        self._typed.timeout.connect(lambda: self.searched.emit(self._search.text()))
        self._search.textChanged.connect(lambda _text: self._typed.start())
        self.group_button = _menu_button("Group By")
        self.layout_button = _menu_button("Layout")
        self.options_button = _menu_button("Chart Options")
        self.add_button = button("Chart", "small", self.add_wanted.emit)
        self.add_button.setToolTip("Add Chart…")
        self.add_button.setAccessibleName("Add Chart…")
        left: tuple[QWidget, ...] = (
            self._axis, self._words, self._slider, self._amount, self._log, self.group_button,
        )  # fmt: skip
        for at, widget in enumerate(left):
            self.controls.insertWidget(1 + at, widget)
        for widget in (self._search, self.layout_button, self.options_button, self.add_button):
            self.controls.addWidget(widget)
        self._draw_icons()
        self._show()

    def set_options(self, values: Mapping[str, object]) -> None:
        """Take over what `Options.as_json` returned."""
        self._take(self.options.with_json(values))

    def change_view(self, **changed: Any) -> None:
        """Change fields of the view."""
        self.change(view=replace(self.options.view, **changed))

    def change(self, **changed: Any) -> None:
        """Change fields of the options, and show them."""
        self._take(replace(self.options, **changed))

    def offer_groups(self, offers: bool) -> None:
        """Have a button for groups, or none where there is nothing to group by."""
        self.group_button.setVisible(offers)
        self._fit()

    def search(self, text: str) -> None:
        """Look for charts."""
        self._search.setText(text)

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what the actions on all charts do."""
        return {
            **{f"x-{axis.value}": self._setter(axis=axis) for axis in XAxis},
            **{f"smooth-{kind.value}": self._setter(kind=kind) for kind in Smoothing},
            **{f"centre-{centre.value}": self._setter(centre=centre) for centre in Centre},
            **{f"band-{band.value}": self._setter(band=band) for band in Band},
            **{f"columns-{columns}": self._column_setter(columns) for columns in COLUMNS},
            **{action: self._toggler(name) for action, name in _FLAGS.items()},
            "log-x": lambda: self.change_view(log_x=not self.options.view.log_x),
            "log-y": self._log.toggle,
            "smooth-more": lambda: self._slider.setValue(self._slider.value() + 5),
            "smooth-less": lambda: self._slider.setValue(self._slider.value() - 5),
            "find-chart": self._search.setFocus,
        }

    def checks(self) -> dict[str, bool]:
        """Return which of these actions are on."""
        view = self.options.view
        return {
            **{f"x-{axis.value}": view.axis is axis for axis in XAxis},
            **{f"smooth-{kind.value}": view.kind is kind for kind in Smoothing},
            **{f"centre-{centre.value}": view.centre is centre for centre in Centre},
            **{f"band-{band.value}": view.band is band for band in Band},
            **{f"columns-{columns}": self.options.columns == columns for columns in COLUMNS},
            **{action: bool(getattr(self.options, name)) for action, name in _FLAGS.items()},
            "log-x": view.log_x,
            "log-y": view.log_y,
        }

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        # Without what can be left out: it must not keep the pane from getting narrow.
        spared = [each for each in self._extras() if not each.isHidden()]
        widths = (max(each.minimumSizeHint().width(), each.minimumWidth()) for each in spared)
        gaps = self.controls.spacing() * len(spared)
        return QSize(self.controls.minimumSize().width() - sum(widths) - gaps, self.height())

    def _take(self, options: Options) -> None:
        if options != self.options:
            self.options = options
            self._show()
            self.changed.emit()

    def _setter(self, **changed: Any) -> Callable[[], None]:
        return lambda: self.change_view(**changed)

    def _column_setter(self, columns: int) -> Callable[[], None]:
        return lambda: self.change(columns=columns)

    def _toggler(self, name: str) -> Callable[[], None]:
        return lambda: self.change(**{name: not getattr(self.options, name)})

    def _show(self) -> None:
        """Show the options in the controls; what they say of it changes nothing more."""
        options, view = self.options, self.options.view
        self._axis.choose(view.axis.value)
        self._slider.setValue(round(100 * view.smoothing))
        self._amount.setText(f"{view.smoothing:.2f}")
        self._log.setChecked(view.log_y)
        key = titles.decode(options.group)
        name = "" if key is None else formats.one_line(titles.title(key))[:18]
        self.group_button.setText(f"By {name}" if name else "Group")
        self.note.setText("Outliers hidden" if options.hide_outliers else "")
        self._fit()

    def _fit(self) -> None:
        """Leave out what is also in the menus where there is no room for it."""
        for each in self._extras():
            each.show()
        for each in self._extras():
            if self.controls.minimumSize().width() <= self.width():
                return
            each.hide()

    def _extras(self) -> tuple[QWidget, ...]:
        """Return what can be left out, in this order."""
        smoothing = self._words, self._search, self.title, self._amount, self._slider
        return self.note, *smoothing, self._log

    def _draw_icons(self) -> None:
        for widget, icon in (
            (self.group_button, "group"),
            (self.layout_button, "layout-grid"),
            (self.options_button, "settings"),
            (self.add_button, "plus"),
        ):
            icons.put(self._theme, widget, icon, size=14)


def _menu_button(name: str) -> QPushButton:
    made = button("", "small")
    made.setProperty("menu", True)
    made.setToolTip(name)
    made.setAccessibleName(name)
    return made
