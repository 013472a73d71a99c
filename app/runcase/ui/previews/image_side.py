"""What a picture is made of: histogram of each channel, the pixel under the mouse, file facts."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from runcase.preview import words
from runcase.preview.document import Image
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Elided, Segments, label, line, row
from runcase.ui.zoom import fix

_WIDTH = 250
_CHANNEL_HEIGHT = 52
_VALUES = 256
_TOKENS = {"Red": "error", "Green": "success", "Blue": "accent", "Grey": "text-2"}
_SWATCH = 11


class ImageSide(QScrollArea):
    """The panel beside a picture."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._document: Image | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        fix(theme, self, width=_WIDTH)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._histogram = Histogram(theme)
        self._scale = Segments([("linear", "Linear"), ("log", "Log")], "Scale of the histogram")
        self._position = label("—", "mono")
        self._swatch = Swatch(theme)
        self._color = label("—", "mono")
        self._values = label("—", "mono")
        page = QWidget()
        page.setObjectName("side")
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(8)
        self._title = label("Histogram", "heading")
        column.addLayout(row(self._title, 1, self._scale))
        column.addWidget(self._histogram)
        column.addWidget(line())
        column.addWidget(label("Pixel", "heading"))
        pixel = QGridLayout()
        pixel.setVerticalSpacing(5)
        pixel.setColumnStretch(1, 1)
        pixel.addWidget(label("Position", "muted"), 0, 0)
        pixel.addWidget(self._position, 0, 1)
        pixel.addWidget(label("Colour", "muted"), 1, 0)
        pixel.addLayout(row(self._swatch, self._color, 1, spacing=6), 1, 1)
        pixel.addWidget(label("Values", "muted"), 2, 0)
        pixel.addWidget(self._values, 2, 1)
        column.addLayout(pixel)
        column.addWidget(line())
        column.addWidget(label("File", "heading"))
        self._facts = QGridLayout()
        self._facts.setVerticalSpacing(5)
        self._facts.setColumnStretch(1, 1)
        column.addLayout(self._facts)
        column.addStretch(1)
        self.setWidget(page)
        self._scale.chosen.connect(self._histogram.set_scale)

    def show_document(self, document: Image) -> None:
        """Show a picture's histogram and facts."""
        self._document = document
        self._histogram.show_document(document)
        for part in (self._title, self._scale, self._histogram):
            part.setVisible(bool(document.channels))
        self.show_pixel(-1, -1, QColor())
        while (item := self._facts.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        dpi = f", {document.dpi} dpi" if document.dpi else ""
        facts = [
            ("Size", f"{words.dimensions(document.width, document.height)} px"),
            ("Mode", f"{document.mode}{dpi}"),
            ("Format", document.format),
            ("Bytes", words.size(document.size)),
            *document.facts,
        ]
        for number, (name, value) in enumerate(facts):
            self._facts.addWidget(label(name, "muted"), number, 0)
            self._facts.addWidget(Elided(value), number, 1)

    def show_pixel(self, x: int, y: int, color: QColor) -> None:
        """Show the pixel under the mouse; an invalid colour means none."""
        self._swatch.set_color(color)
        if not color.isValid():
            for each in (self._position, self._color, self._values):
                each.setText("—")
            return
        self._position.setText(f"{x:,}, {y:,}")
        self._color.setText(color.name().upper())
        parts = (color.red(), color.green(), color.blue())
        alpha = f", {color.alpha()}" if color.alpha() < 255 else ""
        self._values.setText(", ".join(map(str, parts)) + alpha)


class Swatch(QWidget):
    """A small square of a colour."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._color = QColor()
        fix(theme, self, width=_SWATCH, height=_SWATCH)

    def set_color(self, color: QColor) -> None:
        """Show another colour; none when it is invalid."""
        self._color = color
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._color.isValid():
            painter = QPainter(self)
            painter.setPen(self._theme.color("border-strong"))
            painter.setBrush(self._color)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


class Histogram(QWidget):
    """How often each value from 0 to 255 is in each channel."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._channels: tuple[tuple[str, str], ...] = ()
        self._counts: list[list[float]] = []
        self._log = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_document(self, document: Image) -> None:
        """Take a picture's counts."""
        counts = memoryview(document.histogram).cast("I")
        whole = len(counts) == _VALUES * len(document.channels)
        self._channels = document.channels if whole else ()
        self._counts = [
            [float(each) for each in counts[start : start + _VALUES]]
            for start in range(0, len(counts) if whole else 0, _VALUES)
        ]
        names = ", ".join(f"{name} mean {mean}" for name, mean in self._channels)
        self.setAccessibleName(f"Histogram: {names}")
        self.setFixedHeight(self._theme.px(_CHANNEL_HEIGHT + 20) * len(self._channels) + 18)
        self.update()

    def set_scale(self, scale: str) -> None:
        """Draw the counts as they are, or their logarithms."""
        self._log = scale == "log"
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font("small"))
        high = self._theme.px(_CHANNEL_HEIGHT)
        top = 0.0
        for (name, mean), counts in zip(self._channels, self._counts, strict=True):
            color = self._theme.color(_TOKENS.get(name, "text-2"))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawRoundedRect(QRectF(0, top + 4, 9, 9), 2, 2)
            painter.setPen(self._theme.color("muted"))
            where = QRectF(15, top, self.width() - 16, 17)
            painter.drawText(where, Qt.AlignmentFlag.AlignLeft, name)
            painter.drawText(where, Qt.AlignmentFlag.AlignRight, f"mean {mean}")
            area = QRectF(0.5, top + 20, self.width() - 1, high - 2)
            self._paint_channel(painter, area, counts, color)
            top += high + 20
        painter.setPen(self._theme.color("muted"))
        where = QRectF(0, top, self.width(), 16)
        for side, text in (
            (Qt.AlignmentFlag.AlignLeft, "0"),
            (Qt.AlignmentFlag.AlignHCenter, "128"),
            (Qt.AlignmentFlag.AlignRight, "255"),
        ):
            painter.drawText(where, side, text)

    def _paint_channel(
        self, painter: QPainter, area: QRectF, counts: list[float], color: QColor
    ) -> None:
        heights = [count.bit_length() if self._log else count for count in map(int, counts)]
        # One flat ground of a plot would leave all else flat: the second largest is the measure.
        most = float(max(sorted(heights)[-2], max(heights) / 8, 1))
        step = area.width() / (_VALUES - 1)
        points = [
            QPointF(
                area.left() + each * step, area.bottom() - min(1.0, high / most) * area.height()
            )
            for each, high in enumerate(heights)
        ]
        fill = QColor(color)
        fill.setAlphaF(0.45)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        ends = [area.bottomLeft(), *points, area.bottomRight()]
        painter.drawPolygon(QPolygonF(ends))
        painter.setPen(QPen(color, 1.0))
        painter.drawPolyline(QPolygonF(points))
