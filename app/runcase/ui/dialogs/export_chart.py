"""Export Chart: as what, in which colours and where; writes a picture or the points it shows."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from runcase.curves.points import write_points
from runcase.errors import RuncaseError
from runcase.itemmodels import formats
from runcase.session.jobs import Job
from runcase.store.export import keep_off
from runcase.ui.context import Context
from runcase.ui.dialogs.export import file_name
from runcase.ui.plots.chart_view import Styles
from runcase.ui.plots.line_chart import LineChart
from runcase.ui.plots.sheet import Form, Sheet
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import button, label, row

_CSV = "csv"
_FORMATS = (
    (Form.PNG.value, "PNG", "A picture in pixels, for chats and slides."),
    (Form.SVG.value, "SVG", "Lines and text, for web pages and Inkscape."),
    (Form.PDF.value, "PDF", "Lines and text, for a paper."),
    (_CSV, "CSV", "Every point of the runs it shows: run, step, timestamp in ms and value."),
)
_SUFFIXES = {f".{name}" for name, _, _ in _FORMATS}
_SCALES = (1, 2, 3, 4)


class ExportChartDialog(QDialog):
    """Exports one chart as the window shows it; `exported` carries a sentence with the path."""

    exported = Signal(str)

    def __init__(
        self,
        context: Context,
        store: Path,
        chart: LineChart,
        styles: Styles,
        parent: QWidget | None = None,
    ) -> None:
        """Offer a chart; `styles` gives the runs' names and colours, light ones when asked."""
        super().__init__(parent)
        self.setWindowTitle("Export Chart")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(context.theme.px(540))
        self._context, self._store, self._chart, self._styles = context, store, chart, styles
        self._job: Job[Any] | None = None
        self._agreed: Path | None = None
        self._make_fields()
        self._lay_out(context.theme)
        self._begin()

    def form(self) -> str:
        """Return the chosen format: png, svg, pdf or csv."""
        return str(self.formats.currentData())

    def target(self) -> Path:
        """Return where the file is to be."""
        return Path(self.path.text().strip()).expanduser()

    def start(self) -> None:
        """Export as chosen, or ask first whether a file may be replaced."""
        target = self.target()
        if not self.path.text().strip() or not target.is_absolute():
            self._complain("Say where: a folder and the name of a file.")
            return
        if target.is_file() and self._agreed != target:
            self._agreed = target
            self._complain(
                f"{target.name} is there already. Press Replace to put this in its place."
            )
            self.accept_button.setText("Replace")
            return
        try:
            keep_off(target, self._store)
            self._write(target, self._agreed == target)
        except RuncaseError as error:
            self._complain(str(error))

    def closeEvent(self, event: QCloseEvent) -> None:
        self._stop()
        super().closeEvent(event)

    def reject(self) -> None:
        self._stop()
        super().reject()

    def _write(self, target: Path, overwrite: bool) -> None:
        if self.form() != _CSV:
            light = self.light.isChecked()
            sheet = Sheet(self._context.theme, self._chart, self._styles(light=light), light=light)
            scale = int(self.scale.currentData())
            sheet.save(target, Form(self.form()), scale=scale, overwrite=overwrite)
            self._finished(target, "The chart was")
            return
        series = self._chart.series()
        names = {run_id: style.name for run_id, style in self._styles(light=False).items()}
        self.accept_button.setEnabled(False)
        self._job = self._context.jobs.submit(
            lambda progress: write_points(
                target, series, names, overwrite=overwrite, progress=progress
            ),
            owner=self,
            then=lambda count: self._finished(
                target, f"{formats.counted(count, 'point')} {'was' if count == 1 else 'were'}"
            ),
            failed=self._failed,
            key="export",
            lane="files",
        )

    def _make_fields(self) -> None:
        self.formats = QComboBox()
        self.formats.setAccessibleName("Format")
        for form, name, _ in _FORMATS:
            self.formats.addItem(name, form)
        self.scale = QComboBox()
        self.scale.setAccessibleName("Size")
        width, height = self._chart.plot_size()
        for scale in _SCALES:
            self.scale.addItem(f"{scale} ×  ({width * scale:,} × {height * scale:,} pixels)", scale)
        self.scale.setCurrentIndex(1)
        self.light = QCheckBox("In the light theme's colours")
        self.light.setChecked(True)
        self.path = QLineEdit()
        self.path.setAccessibleName("File")
        self._hint = label("", "small-muted")
        self._hint.setWordWrap(True)
        self._said = label("", "error")
        self._said.setWordWrap(True)
        self.accept_button = button("Export", "primary", self.start)
        self.accept_button.setDefault(True)
        self.cancel_button = button("Cancel", "", self.reject)

    def _lay_out(self, theme: Theme) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(10))
        grid.setColumnStretch(1, 1)
        captions = [("Format", self.formats), ("Plot", self.scale), ("File", self.path)]
        for at, (name, widget) in zip((0, 2, 4), captions, strict=True):
            caption = label(name, "text2")
            caption.setBuddy(widget)
            grid.addWidget(caption, at, 0)
        left = Qt.AlignmentFlag.AlignLeft
        grid.addWidget(self.formats, 0, 1, left)
        grid.addWidget(self._hint, 1, 1)
        grid.addWidget(self.scale, 2, 1, left)
        grid.addWidget(self.light, 3, 1)
        where = row()
        where.addWidget(self.path, 1)
        where.addWidget(button("Choose…", "", self._ask_for_file))
        grid.addLayout(where, 4, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(16),) * 4)
        layout.setSpacing(theme.px(10))
        layout.addLayout(grid)
        layout.addWidget(self._said)
        layout.addStretch(1)
        layout.addLayout(row(1, self.cancel_button, self.accept_button))

    def _begin(self) -> None:
        folder, _ = self._context.settings.export_place
        if not folder or not Path(folder).is_dir():
            places = QStandardPaths.StandardLocation
            folder = QStandardPaths.writableLocation(places.DocumentsLocation)
            if not folder or not Path(folder).is_dir():
                folder = str(Path.home())
        self.path.setText(str(Path(folder, f"{file_name(self._chart.key)}.{self.form()}")))
        self.formats.currentIndexChanged.connect(self._format_changed)
        self.path.textChanged.connect(self._path_changed)
        self._said.hide()
        self._format_changed()
        self.path.setFocus()

    def _format_changed(self) -> None:
        """Give the file the suffix of its format, if it has that of another one."""
        form = self.form()
        path = self.target()
        if path.suffix in _SUFFIXES:
            self.path.setText(str(path.with_suffix(f".{form}")))
        self._hint.setText(next(text for name, _, text in _FORMATS if name == form))
        self.scale.setEnabled(form == Form.PNG.value)
        self.light.setEnabled(form != _CSV)

    def _path_changed(self) -> None:
        self._agreed = None
        self.accept_button.setText("Export")
        self._said.hide()

    def _ask_for_file(self) -> None:
        pattern = f"{self.formats.currentText()} (*.{self.form()})"
        found, _ = QFileDialog.getSaveFileName(self, "Export Chart", self.path.text(), pattern)
        if found:
            self.path.setText(found)
            # The system's own dialog has asked whether a file may be replaced.
            self._agreed = self.target()

    def _finished(self, target: Path, what: str) -> None:
        self._job = None
        settings = self._context.settings
        settings.export_place = (str(target.parent), settings.export_place[1])
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
