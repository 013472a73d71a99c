"""Paints charts with their titles and legends for PNG, SVG and PDF files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import (
    QFontMetricsF,
    QImage,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
)

from runcase.itemmodels import formats
from runcase.itemmodels.chart_kinds import chart_title
from runcase.ui.plots.chart_card import ChartCard
from runcase.ui.plots.chart_view import ChartView, Key, Styles
from runcase.ui.plots.legend_strip import draw_key
from runcase.ui.theme import Theme
from runcase.whole_file import WriteError, whole_file

if TYPE_CHECKING:
    from PySide6.QtSvg import QSvgGenerator

# One unit of a sheet is a CSS pixel: 96 of them are an inch, in SVG and in PDF.
_DPI = 96
_MARGIN = 12.0
_LINE = 18.0
_TITLE = 26.0
_SWATCH = 16.0
_GAP = 16.0
# Past so many lines of names the rest is only counted.
_MOST_LINES = 6


class Form(StrEnum):
    """As what a chart is painted."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class Paper:
    """How a chart is painted.

    Attributes:
        light: Whether in the light theme's colours, whatever is in force.
        size: The plot's width and height in pixels; None for the window's.
        family: The letters' family, "" for the window's.
        letters: How large they are, 1 for as in the window.
    """

    light: bool = True
    size: QSize | None = None
    family: str = ""
    letters: float = 1.0


class Sheet(Protocol):
    """Something to paint: its title, its size in units, and how; used on the GUI thread."""

    title: str
    size: QSizeF

    def paint(self, painter: QPainter, scale: float = 1.0) -> None:
        """Paint it; `scale` is device pixels to a unit."""


@contextmanager
def chart_sheet(
    theme: Theme, view: ChartView, styles: Styles, paper: Paper
) -> Iterator[ChartSheet]:
    """Lend a chart to be painted: while it is, it has the paper's size and letters."""
    kept = view.size()
    with theme.lettered(paper.family, paper.letters):
        try:
            if paper.size is not None:
                _resize(view, paper.size)
            yield ChartSheet(theme, view, styles, light=paper.light)
        finally:
            if paper.size is not None:
                _resize(view, kept)
    view.restyle()


class ChartSheet:
    """A chart as it is in the window now, between its title and its legend."""

    def __init__(self, theme: Theme, view: ChartView, styles: Styles, *, light: bool) -> None:
        self._theme, self._view, self._light = theme, view, light
        self._styles = styles(light=light)
        self.title = chart_title(view.chart)
        width, height = view.plot_size()
        self._plot = QRectF(_MARGIN, _MARGIN + _TITLE, width, height)
        self._metrics = QFontMetricsF(theme.font("small"))
        self._places, lines = self._lay_out(width)
        self.size = QSizeF(width + 2 * _MARGIN, self._plot.bottom() + 6 + lines * _LINE + _MARGIN)

    def paint(self, painter: QPainter, scale: float = 1.0) -> None:
        """Paint title, plot and legend."""
        theme, light = self._theme, self._light
        painter.fillRect(QRectF(0, 0, *self.size.toTuple()), theme.color("surface", light=light))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._view.paint_plot(painter, self._plot, self._styles, light=light, scale=scale)
        box = QRectF(_MARGIN, _MARGIN, self._plot.width(), _TITLE)
        _paint_title(painter, theme, self.title, box, light)
        painter.setFont(theme.font("small"))
        for place, name, key in self._places:
            if key is not None:
                draw_key(painter, key, place.left(), place.center().y())
            painter.setPen(theme.color("text-2", light=light))
            text = place.adjusted(_SWATCH + 6 if key is not None else 0, 0, 0, 0)
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, name)

    def _lay_out(self, width: float) -> tuple[list[tuple[QRectF, str, Key | None]], int]:
        """Place the legend in lines; returns the places and how many lines they take."""
        keys = self._view.legend_in(self._styles, light=self._light)
        places: list[tuple[QRectF, str, Key | None]] = []
        top, x, line = self._plot.bottom() + 6, _MARGIN, 0
        for at, key in enumerate(keys):
            name = self._metrics.elidedText(
                formats.one_line(key.name), Qt.TextElideMode.ElideRight, width - _SWATCH - 8
            )
            wide = _SWATCH + 8 + self._metrics.horizontalAdvance(name)
            if x > _MARGIN and x + wide > _MARGIN + width:
                x, line = _MARGIN, line + 1
            if line == _MOST_LINES:
                rest = f"and {formats.count(len(keys) - at)} more"
                places.append((QRectF(x, top + line * _LINE, width, _LINE), rest, None))
                return places, line + 1
            places.append((QRectF(x, top + line * _LINE, wide, _LINE), name, key))
            x += wide + _GAP
        return places, line + 1 if keys else 0


class PageSheet:
    """The cards on the screen as they lie there, without buttons."""

    def __init__(
        self, theme: Theme, title: str, cards: Sequence[ChartCard], styles: Styles, *, light: bool
    ) -> None:
        self._theme, self._light = theme, light
        self._styles = styles(light=light)
        self.title = title
        self._cards = [card for card in cards if card.view is not None]
        whole = QRectF()
        for card in self._cards:
            whole = whole.united(QRectF(card.geometry()))
        self._corner = whole.topLeft()
        height = whole.height() + 2 * _MARGIN + _TITLE
        self.size = QSizeF(whole.width() + 2 * _MARGIN, height)

    def paint(self, painter: QPainter, scale: float = 1.0) -> None:
        """Paint the title, and each card's title and plot."""
        theme, light = self._theme, self._light
        painter.fillRect(QRectF(0, 0, *self.size.toTuple()), theme.color("surface", light=light))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wide = self.size.width() - 2 * _MARGIN
        _paint_title(painter, theme, self.title, QRectF(_MARGIN, _MARGIN, wide, _TITLE), light)
        for card in self._cards:
            view = card.view
            if view is None:
                continue
            corner = QRectF(card.geometry()).topLeft() - self._corner
            left, top = corner.x() + _MARGIN, corner.y() + _MARGIN + _TITLE
            width, height = view.plot_size()
            plot = QRectF(left, top + _TITLE, width, height)
            view.paint_plot(painter, plot, self._styles, light=light, scale=scale)
            box = QRectF(left, top, width, _TITLE)
            _paint_title(painter, theme, chart_title(view.chart), box, light)


def render(sheet: Sheet, form: Form, scale: int = 1) -> Callable[[Path], bool]:
    """Paint a sheet in memory, on the GUI thread; returns what writes it to a file in a job.

    What it returns says whether the file could be written.
    """
    if form is Form.PNG:
        image = QImage(sheet.size.toSize() * scale, QImage.Format.Format_RGB32)
        painter = QPainter(image)
        painter.scale(scale, scale)
        sheet.paint(painter, scale)
        painter.end()
        # Afterwards: what is recorded before, as pyqtgraph's axes are, is played as many times
        # larger as the device has more dots.
        image.setDotsPerMeterX(round(_DPI * scale / 0.0254))
        image.setDotsPerMeterY(round(_DPI * scale / 0.0254))
        return lambda path: image.save(str(path), "PNG")  # type: ignore[call-overload]
    data = _vectors(sheet, form)
    return lambda path: path.write_bytes(data) == len(data)


def write(target: Path, save: Callable[[Path], bool], *, overwrite: bool = False) -> None:
    """Write what `render` returned to a file, whole or not at all; called in a job.

    Raises:
        WriteError: The place cannot be written, or holds something already.
    """
    with whole_file(target, overwrite=overwrite) as beside:
        if not save(beside):
            raise WriteError(f"{target} could not be written.", "Is the disk full?")


def _vectors(sheet: Sheet, form: Form) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    device = _svg(sheet, buffer) if form is Form.SVG else _pdf(sheet, buffer)
    painter = QPainter(device)
    sheet.paint(painter)
    painter.end()
    data = bytes(buffer.data().data())
    if form is Form.SVG:
        # Where the window's font is not installed, no serif shall stand in for it.
        data = re.sub(rb'font-family="([^",]+)"', rb'font-family="\1, sans-serif"', data)
    return data


def _svg(sheet: Sheet, buffer: QBuffer) -> QSvgGenerator:
    from PySide6.QtSvg import QSvgGenerator  # most windows never export

    # The older SVG that it writes by itself clips nothing: lines would leave the plot.
    made = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    made.setOutputDevice(buffer)
    made.setResolution(_DPI)
    made.setSize(QSize(*(round(each) for each in sheet.size.toTuple())))
    made.setViewBox(QRectF(0, 0, *sheet.size.toTuple()))
    made.setTitle(sheet.title)
    return made


def _pdf(sheet: Sheet, buffer: QBuffer) -> QPdfWriter:
    made = QPdfWriter(buffer)
    made.setResolution(_DPI)
    made.setTitle(sheet.title)
    inches = QSizeF(sheet.size.width() / _DPI, sheet.size.height() / _DPI)
    page = QPageSize(inches, QPageSize.Unit.Inch, "", QPageSize.SizeMatchPolicy.ExactMatch)
    portrait = QPageLayout.Orientation.Portrait
    made.setPageLayout(QPageLayout(page, portrait, QMarginsF(0, 0, 0, 0)))
    return made


def _paint_title(painter: QPainter, theme: Theme, title: str, box: QRectF, light: bool) -> None:
    painter.setFont(theme.font("title"))
    painter.setPen(theme.color("text", light=light))
    text = QFontMetricsF(painter.font()).elidedText(
        formats.one_line(title), Qt.TextElideMode.ElideMiddle, box.width()
    )
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)


def _resize(view: ChartView, size: QSize) -> None:
    view.resize(size)
    layout = view.layout()
    if layout is not None:
        layout.activate()
