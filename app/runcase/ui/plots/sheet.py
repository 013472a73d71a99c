"""Paints a chart with its title and its runs into PNG, SVG and PDF files."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QLineF, QMarginsF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QFontMetricsF,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPen,
)

from runcase.itemmodels import formats
from runcase.ui.plots.chart_view import CurveStyle
from runcase.ui.plots.line_chart import LineChart
from runcase.ui.theme import Theme
from runcase.whole_file import WriteError, whole_file

# One unit of a sheet is a CSS pixel: 96 of them are an inch, in SVG and in PDF.
_DPI = 96
_MARGIN = 12.0
_LINE = 18.0
_TITLE = 26.0
_SWATCH = 18.0
_GAP = 16.0
# Past so many lines of names the rest is only counted.
_MOST_LINES = 6


class Form(StrEnum):
    """As what a chart is painted."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"


class Sheet:
    """A chart as it is in the window now, between its metric's name and its runs' names."""

    def __init__(
        self, theme: Theme, chart: LineChart, styles: Mapping[str, CurveStyle], *, light: bool
    ) -> None:
        """Take the chart's present size; `styles` are in the colours to paint in."""
        self._theme, self._chart, self._light = theme, chart, light
        self._styles = dict(styles)
        width, height = chart.plot_size()
        self._plot = QRectF(_MARGIN, _MARGIN + _TITLE, width, height)
        self._metrics = QFontMetricsF(theme.font("small"))
        self._places, lines = self._lay_out(width)
        self.size = QSizeF(width + 2 * _MARGIN, self._plot.bottom() + 6 + lines * _LINE + _MARGIN)

    def save(self, target: Path, form: Form, *, scale: int = 1, overwrite: bool = False) -> None:
        """Write the sheet to a file, whole or not at all; on the GUI thread.

        Args:
            target: Where to.
            form: As what.
            scale: Pixels of a PNG to each pixel of the window.
            overwrite: Whether the person agreed to replace a file that is there.

        Raises:
            WriteError: The place cannot be written, or holds something already.
        """
        with whole_file(target, overwrite=overwrite) as beside:
            save = {Form.PNG: self._save_png, Form.SVG: self._save_svg, Form.PDF: self._save_pdf}
            if not save[form](beside, scale):
                raise WriteError(f"{target} could not be written.", "Is the disk full?")

    def paint(self, painter: QPainter, scale: float = 1.0) -> None:
        """Paint title, plot and names; `scale` is device pixels to a unit."""
        theme, light = self._theme, self._light
        painter.fillRect(QRectF(0, 0, *self.size.toTuple()), theme.color("surface", light=light))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._chart.paint_plot(painter, self._plot, self._styles, light=light, scale=scale)
        painter.setFont(theme.font("title"))
        painter.setPen(theme.color("text", light=light))
        title = QRectF(_MARGIN, _MARGIN, self._plot.width(), _TITLE)
        painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, formats.one_line(self._chart.key))
        painter.setFont(theme.font("small"))
        for box, name, style in self._places:
            self._paint_name(painter, box, name, style)

    def _paint_name(
        self, painter: QPainter, box: QRectF, name: str, style: CurveStyle | None
    ) -> None:
        if style is not None:
            pen = QPen(style.color, 2)
            if style.dashes:
                # Dashes are counted in widths of the pen.
                pen.setDashPattern([each / 2 for each in style.dashes])
            painter.setPen(pen)
            middle = box.center().y()
            painter.drawLine(QLineF(box.left(), middle, box.left() + _SWATCH, middle))
        painter.setPen(self._theme.color("text-2", light=self._light))
        text = box.adjusted(_SWATCH + 6 if style is not None else 0, 0, 0, 0)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, name)

    def _lay_out(self, width: float) -> tuple[list[tuple[QRectF, str, CurveStyle | None]], int]:
        """Place the names of the drawn runs in lines; returns them and how many lines they take."""
        drawn = [
            style
            for run_id, style in self._styles.items()
            if self._chart.drawn_curve(run_id) is not None
        ]
        places: list[tuple[QRectF, str, CurveStyle | None]] = []
        top, x, line = self._plot.bottom() + 6, _MARGIN, 0
        for at, style in enumerate(drawn):
            name = self._metrics.elidedText(
                formats.one_line(style.name), Qt.TextElideMode.ElideRight, width - _SWATCH - 8
            )
            wide = _SWATCH + 8 + self._metrics.horizontalAdvance(name)
            if x > _MARGIN and x + wide > _MARGIN + width:
                x, line = _MARGIN, line + 1
            if line == _MOST_LINES:
                rest = f"and {formats.counted(len(drawn) - at, 'more run')}"
                places.append((QRectF(x, top + line * _LINE, width, _LINE), rest, None))
                return places, line + 1
            places.append((QRectF(x, top + line * _LINE, wide, _LINE), name, style))
            x += wide + _GAP
        return places, line + 1 if drawn else 0

    def _save_png(self, path: Path, scale: int) -> bool:
        image = QImage(self.size.toSize() * scale, QImage.Format.Format_RGB32)
        image.setDotsPerMeterX(round(_DPI * scale / 0.0254))
        image.setDotsPerMeterY(round(_DPI * scale / 0.0254))
        painter = QPainter(image)
        painter.scale(scale, scale)
        self.paint(painter, scale)
        painter.end()
        return image.save(str(path), "PNG")  # type: ignore[call-overload, no-any-return]

    def _save_svg(self, path: Path, _scale: int) -> bool:
        # Imported here: most windows never export.
        from PySide6.QtSvg import QSvgGenerator

        # The older SVG that it writes by itself clips nothing: lines would leave the plot.
        made = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
        made.setFileName(str(path))
        made.setResolution(_DPI)
        made.setSize(QSize(*(round(each) for each in self.size.toTuple())))
        made.setViewBox(QRectF(0, 0, *self.size.toTuple()))
        made.setTitle(self._chart.key)
        painter = QPainter()
        if not painter.begin(made):
            return False
        self.paint(painter)
        return painter.end()

    def _save_pdf(self, path: Path, _scale: int) -> bool:
        made = QPdfWriter(str(path))
        made.setResolution(_DPI)
        made.setTitle(self._chart.key)
        inches = QSizeF(self.size.width() / _DPI, self.size.height() / _DPI)
        page = QPageSize(inches, QPageSize.Unit.Inch, "", QPageSize.SizeMatchPolicy.ExactMatch)
        portrait = QPageLayout.Orientation.Portrait
        made.setPageLayout(QPageLayout(page, portrait, QMarginsF(0, 0, 0, 0)))
        painter = QPainter()
        if not painter.begin(made):
            return False
        self.paint(painter)
        return painter.end()
