"""The charts' toolbar: axis, smoothing and what else all charts share, and its commands."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QSlider

from runcase.curves.drawing import View
from runcase.curves.series import XAxis
from runcase.curves.smoothing import Smoothing
from runcase.ui.widgets.basics import PanelHeader, Segments, label

_AXES = (("step", "Step"), ("relative", "Relative"), ("wall", "Wall time"))
_KINDS = (
    (Smoothing.EMA, "Moving average", "By points, as TensorBoard does; debiased."),
    (Smoothing.TIME, "Time-weighted", "A moving average by distance in x, not by points."),
    (Smoothing.GAUSSIAN, "Gaussian", "By the points before and after, the nearest most."),
    (Smoothing.MEAN, "Running mean", "The mean of the points before and after."),
)


class ChartTools(PanelHeader):
    """Holds how charts are looked at; `changed` follows every change of it."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__("Charts")
        self.view = View()
        self.raw = True
        self.crosshair = True
        self.hides_outliers = False
        self._axis = Segments(list(_AXES), "X axis")
        self._axis.chosen.connect(self._set_axis)
        self._kind = QComboBox()
        self._kind.setAccessibleName("Kind of smoothing")
        for at, (kind, name, meaning) in enumerate(_KINDS):
            self._kind.addItem(name, kind.value)
            self._kind.setItemData(at, meaning, Qt.ItemDataRole.ToolTipRole)
        self._kind.currentIndexChanged.connect(
            lambda _at: self._change(kind=Smoothing(self._kind.currentData()))
        )
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, 99)
        self._slider.setFixedWidth(86)
        self._slider.setAccessibleName("Smoothing")
        self._slider.valueChanged.connect(self._set_smoothing)
        self._amount = label("0.00", "small-muted")
        self._raw_box = QCheckBox("Raw line")
        self._raw_box.setChecked(True)
        self._raw_box.toggled.connect(self._set_raw)
        self._log = QCheckBox("Log Y")
        self._log.toggled.connect(lambda on: self._change(log_y=on))
        shown = (self._axis, label("Smoothing", "small"), self._kind, self._slider, self._amount)
        for at, widget in enumerate((*shown, self._raw_box, self._log)):
            self.controls.insertWidget(1 + at, widget)

    def options(self) -> dict[str, object]:
        """Return axis, smoothing and the rest, as a view of the experiment keeps them."""
        return {
            "axis": self.view.axis.value,
            "smoothing": self.view.smoothing,
            "smoothing_kind": self.view.kind.value,
            "log_y": self.view.log_y,
            "raw": self.raw,
            "crosshair": self.crosshair,
            "hide_outliers": self.hides_outliers,
        }

    def set_options(self, options: Mapping[str, object]) -> None:
        """Take over what `options` returned; what is missing or no such value stays as it is."""
        axis, smoothing = options.get("axis"), options.get("smoothing")
        if isinstance(axis, str) and axis in set(XAxis):
            self._set_axis(axis)
        if isinstance(smoothing, int | float) and 0 <= smoothing < 1:
            self._slider.setValue(round(100 * smoothing))
        kind = options.get("smoothing_kind")
        if isinstance(kind, str) and kind in set(Smoothing):
            self._choose(Smoothing(kind))
        self._log.setChecked(bool(options.get("log_y", self.view.log_y)))
        self._raw_box.setChecked(bool(options.get("raw", self.raw)))
        if bool(options.get("crosshair", self.crosshair)) != self.crosshair:
            self._toggle_crosshair()
        if bool(options.get("hide_outliers", self.hides_outliers)) != self.hides_outliers:
            self.toggle_outliers()

    def commands(self) -> dict[str, Callable[[], object]]:
        """Return what the actions on all charts do."""
        return {
            **{f"x-{axis.value}": self._axis_setter(axis) for axis in XAxis},
            "log-y": self._log.toggle,
            "raw-line": self._raw_box.toggle,
            "smooth-more": lambda: self._slider.setValue(self._slider.value() + 5),
            "smooth-less": lambda: self._slider.setValue(self._slider.value() - 5),
            **{f"smooth-{kind.value}": self._kind_setter(kind) for kind in Smoothing},
            "crosshair": self._toggle_crosshair,
            "hide-outliers": self.toggle_outliers,
        }

    def checks(self) -> dict[str, bool]:
        """Return which of these actions are on."""
        return {
            **{f"x-{axis.value}": self.view.axis is axis for axis in XAxis},
            **{f"smooth-{kind.value}": self.view.kind is kind for kind in Smoothing},
            "log-y": self.view.log_y,
            "raw-line": self.raw,
            "crosshair": self.crosshair,
            "hide-outliers": self.hides_outliers,
        }

    def toggle_outliers(self) -> None:
        """Leave outliers beyond the ends of y, or bring them back; says so in the toolbar."""
        self.hides_outliers = not self.hides_outliers
        self.note.setText("Outliers hidden" if self.hides_outliers else "")
        self.changed.emit()

    def _axis_setter(self, axis: XAxis) -> Callable[[], None]:
        return lambda: self._set_axis(axis.value)

    def _kind_setter(self, kind: Smoothing) -> Callable[[], None]:
        return lambda: self._choose(kind)

    def _choose(self, kind: Smoothing) -> None:
        self._kind.setCurrentIndex(self._kind.findData(kind.value))

    def _set_axis(self, axis: str) -> None:
        self._axis.choose(axis)
        self._change(axis=XAxis(axis))

    def _set_smoothing(self, value: int) -> None:
        self._amount.setText(f"{value / 100:.2f}")
        self._change(smoothing=value / 100)

    def _set_raw(self, shown: bool) -> None:
        self.raw = shown
        self.changed.emit()

    def _toggle_crosshair(self) -> None:
        self.crosshair = not self.crosshair
        self.changed.emit()

    def _change(self, **changed: Any) -> None:
        self.view = replace(self.view, **changed)
        self.changed.emit()
