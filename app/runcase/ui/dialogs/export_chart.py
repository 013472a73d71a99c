"""Export Chart: as what, how large, in which colours and letters, and where."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFontComboBox,
    QGridLayout,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from runcase.curves.points import write_csv, write_parquet
from runcase.errors import RuncaseError
from runcase.itemmodels import formats
from runcase.progress import Progress
from runcase.session.jobs import Job
from runcase.store.export import keep_off
from runcase.ui.context import Context
from runcase.ui.dialogs.export_place import ExportPlace
from runcase.ui.plots.chart_card import ChartCard
from runcase.ui.plots.chart_view import ChartView, Styles
from runcase.ui.plots.sheet import Form, PageSheet, Paper, chart_sheet, render, write
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import button, label, row
from runcase.whole_file import whole_file

_CSV, _PARQUET, _SCRIPT = "csv", "parquet", "py"
_FORMATS = (
    (Form.PNG.value, "PNG", "A picture in pixels, for chats and slides."),
    (Form.SVG.value, "SVG", "Lines and text, for web pages and Inkscape."),
    (Form.PDF.value, "PDF", "Lines and text, for a paper."),
    (_CSV, "CSV", "Every number it shows, in full precision; times in ms since 1970."),
    (_PARQUET, "Parquet", "The same numbers for pandas and polars."),
    (_SCRIPT, "Python", "A matplotlib script that draws the chart, its data included."),
)
_PICTURES = 3
_SUFFIXES = {f".{name}" for name, _, _ in _FORMATS}
_SCALES = (1, 2, 3, 4)
_LETTERS = ((1.0, "As in the window"), (1.25, "125 %"), (1.5, "150 %"), (2.0, "200 %"))
_SMALLEST, _LARGEST = 120, 8_000  # pixels


class ExportChartDialog(QDialog):
    """Exports one chart as the window shows it; `exported` carries a sentence with the path."""

    exported = Signal(str)

    def __init__(
        self,
        context: Context,
        store: Path,
        what: ChartView | list[ChartCard],
        styles: Styles,
        title: str,
        parent: QWidget | None = None,
    ) -> None:
        """Offer a chart, or the cards of a page; `styles` gives colours, light ones when asked."""
        super().__init__(parent)
        self.setWindowTitle("Export Chart" if isinstance(what, ChartView) else "Export Charts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(context.theme.px(540))
        self._context, self._store, self._what, self._styles = context, store, what, styles
        self._title = title
        self._job: Job[Any] | None = None
        self._make_fields()
        self._lay_out(context.theme)
        self._begin()

    def form(self) -> str:
        """Return the chosen format: png, svg, pdf, csv, parquet or py."""
        return str(self.formats.currentData())

    def start(self) -> None:
        """Export as chosen, or ask first whether a file may be replaced."""
        if isinstance(self._what, ChartView) and not isValid(self._what):
            self._complain("This chart is not shown any more. Close this window and try again.")
            return
        problem, target = self.place.problem(), self.place.target()
        if problem:
            self._complain(problem)
            return
        try:
            keep_off(target, self._store)
            self._write(target, self.place.may_replace)
        except RuncaseError as error:
            self._complain(str(error))

    def closeEvent(self, event: QCloseEvent) -> None:
        self._stop()
        super().closeEvent(event)

    def reject(self) -> None:
        self._stop()
        super().reject()

    def paper(self) -> Paper:
        """Return how the chart is to be painted."""
        size = QSize(self.width_field.value(), self.height_field.value())
        family = self.family.currentFont().family() if self.own_family.isChecked() else ""
        own = isinstance(self._what, ChartView) and size.toTuple() != self._what.plot_size()
        return Paper(
            self.light.isChecked(), size if own else None, family, float(self.letters.currentData())
        )

    def _write(self, target: Path, overwrite: bool) -> None:
        """Paint here, and have a job write what was painted."""
        form = self.form()
        if form in set(Form):
            save = self._painted(Form(form))

            def picture(_progress: Progress) -> int:
                write(target, save, overwrite=overwrite)
                return -1

            self._submit(picture, target)
            return
        assert isinstance(self._what, ChartView)
        if form == _SCRIPT:
            made = self._what.script(self._styles(light=True))

            def script(_progress: Progress) -> int:
                with whole_file(target, overwrite=overwrite) as beside:
                    beside.write_text(made(), encoding="utf-8")
                return -1

            self._submit(script, target)
            return
        pieces, save_numbers = self._what.pieces(), write_csv if form == _CSV else write_parquet
        self._submit(
            lambda progress: save_numbers(target, pieces, overwrite=overwrite, progress=progress),
            target,
        )

    def _painted(self, form: Form) -> Callable[[Path], bool]:
        theme, paper, scale = self._context.theme, self.paper(), int(self.scale.currentData())
        if isinstance(self._what, ChartView):
            with chart_sheet(theme, self._what, self._styles, paper) as sheet:
                return render(sheet, form, scale)
        with theme.lettered(paper.family, paper.letters):
            page = PageSheet(theme, self._title, self._what, self._styles, light=paper.light)
            return render(page, form, scale)

    def _submit(self, work: Callable[[Progress], int], target: Path) -> None:
        self.accept_button.setEnabled(False)
        self._job = self._context.jobs.submit(
            work,
            owner=self,
            then=lambda rows: self._finished(target, rows),
            failed=self._failed,
            key="export",
            lane="files",
        )

    def _make_fields(self) -> None:
        is_chart = isinstance(self._what, ChartView)
        self.formats = QComboBox()
        self.formats.setAccessibleName("Format")
        for form, name, _ in _FORMATS if is_chart else _FORMATS[:_PICTURES]:
            self.formats.addItem(name, form)
        theme = self._context.theme
        self.width_field, self.height_field = (
            PixelField(theme, name) for name in ("Width", "Height")
        )
        width, height = self._what.plot_size() if isinstance(self._what, ChartView) else (0, 0)
        self.width_field.setValue(width)
        self.height_field.setValue(height)
        self.scale = QComboBox()
        self.scale.setAccessibleName("Scale")
        for scale in _SCALES:
            self.scale.addItem(f"{scale} ×", scale)
        self.scale.setCurrentIndex(1)
        self.letters = QComboBox()
        self.letters.setAccessibleName("Letters")
        for size, text in _LETTERS:
            self.letters.addItem(text, size)
        self.own_family = QCheckBox("Font")
        self.family = QFontComboBox()
        self.family.setAccessibleName("Font")
        self.family.setEnabled(False)
        self.own_family.toggled.connect(self.family.setEnabled)
        self.light = QCheckBox("In the light theme's colours")
        self.light.setChecked(True)
        self._hint = label("", "small-muted")
        self._hint.setWordWrap(True)
        self._said = label("", "error")
        self._said.setWordWrap(True)
        self.accept_button = button("Export", "primary", self.start)
        self.accept_button.setDefault(True)
        self.place = ExportPlace(self.windowTitle(), self._pattern, self.accept_button)
        self.cancel_button = button("Cancel", "", self.reject)

    def _lay_out(self, theme: Theme) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(10))
        grid.setColumnStretch(1, 1)
        captions: list[tuple[str, QWidget]] = [
            ("Format", self.formats), ("Plot", self.width_field), ("Letters", self.letters),
            ("File", self.place),
        ]  # fmt: skip
        for at, (name, widget) in zip((0, 2, 3, 5), captions, strict=True):
            caption = label(name, "text2")
            caption.setBuddy(widget)
            grid.addWidget(caption, at, 0)
        left = Qt.AlignmentFlag.AlignLeft
        grid.addWidget(self.formats, 0, 1, left)
        grid.addWidget(self._hint, 1, 1)
        times, pixels = label("×", "text2"), label("pixels, at", "text2")
        size = row(self.width_field, times, self.height_field, pixels, self.scale, 1)
        grid.addLayout(size, 2, 1)
        grid.addLayout(row(self.letters, self.own_family, self.family, 1), 3, 1)
        grid.addWidget(self.light, 4, 1)
        grid.addWidget(self.place, 5, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(16),) * 4)
        layout.setSpacing(theme.px(10))
        layout.addLayout(grid)
        layout.addWidget(self._said)
        layout.addStretch(1)
        layout.addLayout(row(1, self.cancel_button, self.accept_button))

    def _begin(self) -> None:
        folder, _ = self._context.settings.export_place
        self.place.begin(folder, self._title, f".{self.form()}")
        self.formats.currentIndexChanged.connect(self._format_changed)
        self.place.changed.connect(self._said.hide)
        self._said.hide()
        self._format_changed()
        self.place.setFocus()

    def _format_changed(self) -> None:
        """Give the file the suffix of its format, if it has that of another one."""
        form = self.form()
        self.place.set_suffix(f".{form}", _SUFFIXES)
        self._hint.setText(next(text for name, _, text in _FORMATS if name == form))
        is_picture = form in set(Form)
        self.scale.setEnabled(form == Form.PNG.value)
        for each in (self.light, self.letters, self.own_family):
            each.setEnabled(is_picture)
        self.family.setEnabled(is_picture and self.own_family.isChecked())
        for field in (self.width_field, self.height_field):
            field.setEnabled(is_picture and isinstance(self._what, ChartView))

    def _pattern(self) -> str:
        return f"{self.formats.currentText()} (*.{self.form()})"

    def _finished(self, target: Path, rows: int) -> None:
        self._job = None
        settings = self._context.settings
        settings.export_place = (str(target.parent), settings.export_place[1])
        what = "The chart was" if isinstance(self._what, ChartView) else "The charts were"
        if rows >= 0:
            what = f"{formats.counted(rows, 'row')} {'was' if rows == 1 else 'were'}"
        elif self.form() == _SCRIPT:
            what = "The script was"
        self.exported.emit(f"{what} exported to {target}")
        self.accept()

    def _failed(self, error: RuncaseError) -> None:
        self._job = None
        self.accept_button.setEnabled(True)
        self._complain(str(error))

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _complain(self, text: str) -> None:
        self._said.setText(text)
        self._said.show()


class PixelField(QSpinBox):
    """A number of pixels; outlined by itself: a style sheet leaves one without arrows no room."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setRange(_SMALLEST, _LARGEST)
        self.setAccessibleName(f"{name} in pixels")
        self.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.setMinimumHeight(theme.px(26))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        token = "accent" if self.hasFocus() else "control" if self.isEnabled() else "border"
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._theme.color(token))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
