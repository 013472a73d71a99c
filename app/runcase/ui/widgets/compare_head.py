"""The bar over the compare table: only differences, counts, deltas, metric values, orientation."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from runcase.itemmodels import formats
from runcase.ui import icons
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Segments, button
from runcase.ui.widgets.eliding_combo import ElidingCombo
from runcase.ui.widgets.fitting_header import FittingHeader
from runcase.ui.zoom import follow

DELTAS = (
    ("both", "Delta: absolute and %"),
    ("absolute", "Delta: absolute"),
    ("percent", "Delta: %"),
    ("none", "No delta"),
)
VALUES = (
    ("", "Metric value: latest"),
    ("min", "Metric value: minimum"),
    ("max", "Metric value: maximum"),
    ("mean", "Metric value: mean"),
    ("first", "Metric value: first"),
)
_NO_LINK = "Rank params by …"
_LONGEST = 40
_HEIGHT, _NARROWEST = 38, 84


class CompareHead(FittingHeader):
    """Shows how the table is looked at; the signals carry what the person chose.

    `linked` carries the metric that params are ranked by, "" for none.
    """

    only_chosen = Signal(bool)
    deltas_chosen = Signal(str)
    values_chosen = Signal(str)
    linked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "", _HEIGHT)
        self._theme = theme
        self.title.hide()
        self.only = QCheckBox("Only Differences")
        self.only.setChecked(True)
        self.deltas = _choice("Delta", DELTAS)
        self.values = _choice("Metric value", VALUES)
        self.links = ElidingCombo()
        self.links.setAccessibleName("Rank params by their link with a metric")
        self.links.addItem(_NO_LINK, "")
        self.links.setMinimumContentsLength(12)
        self.ways = Segments([("columns", "Columns"), ("rows", "Rows")], "Runs as")
        self.charts = button("Charts", "small")
        self.copy = button("Copy as Markdown", "small")
        self.export = button("Export…", "small")
        self.add = button("Add Run…", "small")
        self.spare = (self.export, self.note, self.copy, self.charts)
        self.controls.insertWidget(0, self.only)
        widgets: tuple[QWidget, ...] = (
            self.deltas, self.values, self.links, self.ways,
            self.charts, self.copy, self.export, self.add,
        )  # fmt: skip
        for widget in widgets:
            self.controls.addWidget(widget)
        self.only.clicked.connect(self.only_chosen)
        self.deltas.activated.connect(lambda: self.deltas_chosen.emit(self.deltas.currentData()))
        self.values.activated.connect(lambda: self.values_chosen.emit(self.values.currentData()))
        self.links.activated.connect(lambda: self.linked.emit(self.links.currentData()))
        for widget, icon in (
            (self.charts, "chart-line"), (self.copy, "copy"), (self.export, "download"),
            (self.add, "plus"),
        ):  # fmt: skip
            icons.put(theme, widget, icon, size=14)
        follow(theme, self, self._fit_combos)

    def show_counts(self, differing: int, total: int) -> None:
        """Say how many rows differ."""
        self.note.setText(f"{formats.count(differing)} of {formats.counted(total, 'row')}")
        self.note.setToolTip("Rows that differ, of all rows")
        self.fit()

    def show_metrics(self, keys: Sequence[str], chosen: str) -> None:
        """Offer metrics to rank the params by."""
        known = [self.links.itemData(at) for at in range(1, self.links.count())]
        if known != list(keys):
            self.links.clear()
            self.links.addItem(_NO_LINK, "")
            for key in keys:
                text = formats.one_line(key)
                short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
                self.links.addItem(f"Ranked by {short}", key)
        self.links.setCurrentIndex(max(0, self.links.findData(chosen)))

    def _fit_combos(self) -> None:
        for combo in (self.deltas, self.values, self.links):
            combo.setMinimumWidth(self._theme.px(_NARROWEST))


def _choice(name: str, choices: Sequence[tuple[str, str]]) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    for value, text in choices:
        made.addItem(text, value)
    return made
