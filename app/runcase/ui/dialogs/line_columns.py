"""Edit Chart, for curves: metrics and expressions, what runs along x, scales, limits, title."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QDialog,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from runcase.curves.chart import Chart, Role
from runcase.curves.expressions import FUNCTIONS, parse
from runcase.curves.series import XAxis
from runcase.errors import ExpressionError
from runcase.itemmodels import formats
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import button, label, row

_AXES = (
    ("", "As in the toolbar"),
    (XAxis.STEP.value, "Step"),
    (XAxis.RELATIVE.value, "Relative time"),
    (XAxis.WALL.value, "Wall time"),
)
_SCALES = (("", "As in the toolbar"), ("linear", "Linear"), ("log", "Logarithmic"))
_LIMITS = ("x_limits", "y_limits")
_SET = ("axis", "log_x", "log_y", *_LIMITS)


class LineColumnsDialog(QDialog):
    """Asks what a line chart shows; `chosen` carries a `Chart`."""

    chosen = Signal(object)

    def __init__(
        self, theme: Theme, chart: Chart, metrics: Sequence[str], parent: QWidget | None = None
    ) -> None:
        """Offer a chart as it is; `metrics` are all that there are."""
        super().__init__(parent)
        is_new = not chart.names(Role.Y)
        self.setWindowTitle("Add Line Chart" if is_new else "Edit Chart")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(theme.px(520))
        self._chart, self._metrics = chart, frozenset(metrics)
        self.texts = QPlainTextEdit("\n".join(chart.names(Role.Y)))
        self.texts.setAccessibleName("Metrics and expressions")
        self.texts.setFont(theme.font("mono"))
        self.texts.setFixedHeight(theme.px(88))
        self.texts.setTabChangesFocus(True)
        self.add_metric = _metric_box(metrics, "Add a metric")
        self.add_metric.activated.connect(lambda _at: self._add(self.add_metric.currentText()))
        self.axis = _choices(_AXES, str(chart.options.get("axis") or ""), "X axis")
        self.along = _metric_box(("", *metrics), "or a metric along X")
        self.along.setCurrentText(chart.name(Role.X))
        self.x_scale = _choices(_SCALES, _scale(chart, "log_x"), "X scale")
        self.y_scale = _choices(_SCALES, _scale(chart, "log_y"), "Y scale")
        self.limits = {
            name: tuple(_limit(chart, name, at) for at in (0, 1))
            for name in ("x_limits", "y_limits")
        }
        self.title = QLineEdit(chart.title)
        self.title.setAccessibleName("Title")
        self.title.setPlaceholderText("Made of the metrics")
        self._said = label("", "error")
        self._said.setWordWrap(True)
        self._said.hide()
        self.accept_button = button("Add" if is_new else "Apply", "primary", self.start)
        self.accept_button.setDefault(True)
        self._lay_out(theme)
        self.texts.textChanged.connect(self._said.hide)
        self.texts.setFocus()

    def start(self) -> None:
        """Check what was written, and hand it on."""
        texts = [line.strip() for line in self.texts.toPlainText().splitlines() if line.strip()]
        if not texts:
            self._complain("Name at least one metric, or write an expression of metrics.")
            return
        for number, text in enumerate(texts):
            try:
                parse(text, self._metrics)
            except ExpressionError as error:
                line = f"Line {number + 1}: " if len(texts) > 1 else ""
                self._complain(f"{line}{error} {error.hint}".strip())
                return
        along = self.along.currentText().strip()
        if along and along not in self._metrics:
            self._complain(f"There is no metric {along} here.")
            return
        options = self._options()
        if options is not None:
            columns = {Role.Y: tuple(dict.fromkeys(texts)), **({Role.X: (along,)} if along else {})}
            title = formats.one_line(self.title.text().strip())
            self.chosen.emit(replace(self._chart, columns=columns, options=options, title=title))
            self.accept()

    def _options(self) -> dict[str, object] | None:
        """Return the chart's options with what was set here; None where that is no number."""
        options = {name: each for name, each in self._chart.options.items() if name not in _SET}
        if self.axis.currentData():
            options["axis"] = self.axis.currentData()
        for name, box in (("log_x", self.x_scale), ("log_y", self.y_scale)):
            if box.currentData():
                options[name] = box.currentData() == "log"
        for name, fields in self.limits.items():
            ends: list[float | None] = []
            for field in fields:
                text = field.text().strip().replace(formats.MINUS, "-").replace(",", "")
                try:
                    ends.append(float(text) if text else None)
                except ValueError:
                    self._complain(f"{field.accessibleName()}: “{field.text()}” is not a number.")
                    return None
            if None not in ends and not ends[0] < ends[1]:  # type: ignore[operator]
                self._complain(f"{fields[0].accessibleName()}: it must be below the other end.")
                return None
            if ends != [None, None]:
                options[name] = ends
        return options

    def _add(self, metric: str) -> None:
        if metric in self._metrics:
            text = self.texts.toPlainText().rstrip()
            self.texts.setPlainText(f"{text}\n{metric}" if text else metric)
            self.add_metric.setCurrentIndex(-1)
            self.add_metric.clearEditText()

    def _lay_out(self, theme: Theme) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(10))
        grid.setColumnStretch(1, 1)
        hint = label(
            "One a line: a metric, or an expression such as train_loss − val_loss, a / b, "
            f"{FUNCTIONS[3]}(a). Other names stand in `backticks`.",
            "small-muted",
        )
        hint.setWordWrap(True)
        x, y = self.limits["x_limits"], self.limits["y_limits"]
        rows: list[tuple[str, QWidget | object]] = [
            ("Y", self.texts),
            ("", row(self.add_metric, 1)),
            ("", hint),
            ("X", row(self.axis, self.along, 1)),
            (
                "Scales",
                row(label("X", "muted"), self.x_scale, label("Y", "muted"), self.y_scale, 1),
            ),
            ("X from", row(x[0], label("to", "muted"), x[1], 1)),
            ("Y from", row(y[0], label("to", "muted"), y[1], 1)),
            ("Title", self.title),
        ]
        for at, (name, what) in enumerate(rows):
            caption = label(name, "text2")
            top = Qt.AlignmentFlag.AlignTop if what is self.texts else Qt.AlignmentFlag.AlignVCenter
            grid.addWidget(caption, at, 0, top)
            if isinstance(what, QWidget):
                grid.addWidget(what, at, 1)
                caption.setBuddy(what)
            else:
                grid.addLayout(what, at, 1)  # type: ignore[call-overload]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(16),) * 4)
        layout.setSpacing(theme.px(10))
        layout.addLayout(grid)
        layout.addWidget(self._said)
        layout.addStretch(1)
        layout.addLayout(row(1, button("Cancel", "", self.reject), self.accept_button))

    def _complain(self, text: str) -> None:
        self._said.setText(text)
        self._said.show()


def _metric_box(metrics: Sequence[str], name: str) -> QComboBox:
    """Return a list of metrics in which any part of a name finds it."""
    box, field = QComboBox(), QLineEdit()
    box.setEditable(True)
    box.setLineEdit(field)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.addItems(metrics)
    box.setCurrentIndex(-1)
    box.setAccessibleName(name)
    field.setPlaceholderText(name)
    completer = QCompleter(QStringListModel(list(metrics), box), box)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    box.setCompleter(completer)
    return box


def _choices(choices: Sequence[tuple[str, str]], chosen: str, name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    for value, text in choices:
        box.addItem(text, value)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    return box


def _scale(chart: Chart, name: str) -> str:
    value = chart.options.get(name)
    return "" if value is None else "log" if value else "linear"


def _limit(chart: Chart, name: str, at: int) -> QLineEdit:
    value = chart.options.get(name)
    ends = value if isinstance(value, list | tuple) and len(value) == 2 else (None, None)
    field = QLineEdit("" if ends[at] is None else f"{ends[at]:g}")
    field.setAccessibleName(f"{name[0].upper()} {'to' if at else 'from'}")
    field.setPlaceholderText("automatic")
    field.setMaximumWidth(120)
    return field
