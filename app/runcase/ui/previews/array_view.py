"""Arrays: a curve or a heat map, the numbers as a table, and statistics beside them."""

from array import array

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from runcase.preview import words
from runcase.preview.document import Array
from runcase.ui.previews.cards import grid
from runcase.ui.previews.table_view import TablePreview
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Card, label, row
from runcase.ui.zoom import fix

_SIDE = 300
_MARGIN = 16


class ArrayView(QWidget):
    """A plane of an array; `windowed` asks for rows, `chosen` for an array, `sliced` a plane."""

    windowed = Signal(int, int)
    chosen = Signal(str)
    sliced = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._document: Array | None = None
        self._canvas = ArrayCanvas(theme)
        self._table = TablePreview(theme, filtered=False)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._canvas)
        self._stack.addWidget(self._table)
        self._names = QComboBox()
        self._names.setAccessibleName("Array")
        self._plane = QLineEdit()
        self._plane.setAccessibleName("Plane: indices of the leading dimensions")
        fix(theme, self._plane, width=110)
        self._plane_label = label("Plane", "muted")
        self._bar = QFrame()
        self._bar.setObjectName("panelHeader")
        self._bar.setLayout(
            row(self._names, self._plane_label, self._plane, 1, margins=(10, 4, 10, 4))
        )
        self._side = QScrollArea()
        self._side.setObjectName("side")
        self._side.setWidgetResizable(True)
        self._side.setFrameShape(QFrame.Shape.NoFrame)
        fix(theme, self._side, width=_SIDE)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self._stack, 1)
        body.addWidget(self._side)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._bar)
        layout.addLayout(body, 1)
        self._table.windowed.connect(self.windowed)
        self._names.activated.connect(self._choose_name)
        self._plane.editingFinished.connect(self._slice)
        theme.changed.connect(self._build_side)

    def show_document(self, document: Array) -> None:
        """Show an array, or another plane or window of it."""
        self._document = document
        self._table.show_document(document.table)
        self._canvas.show_document(document)
        self._names.clear()
        self._names.addItems(document.names)
        self._names.setCurrentText(document.part)
        leading = len(document.plane.split(",")) if document.plane else 0
        self._names.setVisible(bool(document.names))
        self._plane.setVisible(bool(leading))
        self._plane_label.setVisible(bool(leading))
        shape = " × ".join(f"{each:,}" for each in document.shape[:leading])
        self._plane.setToolTip(f"Indices of the leading dimensions ({shape}), such as 0, 3")
        self._plane.setText(document.plane)
        self._bar.setVisible(bool(document.names) or bool(leading))
        self._build_side()

    @property
    def plane(self) -> str:
        """Return the indices of the leading dimensions that are shown."""
        return self._document.plane if self._document is not None else ""

    def show_rows(self, document: Array) -> None:
        """Take another window of the plane that is shown."""
        self._table.show_document(document.table)

    @property
    def is_drawn(self) -> bool:
        """Say whether there is a curve or a picture to show first."""
        document = self._document
        return document is not None and (bool(document.curve) or document.picture is not None)

    def facts(self) -> str:
        """Return what the header says of the file."""
        document = self._document
        if document is None:
            return ""
        shape = " × ".join(f"{each:,}" for each in document.shape) or "a single number"
        return f"{words.size(document.size)} · {document.dtype} · {shape}"

    def choose(self, view: str) -> None:
        """Switch to "picture" or "table"."""
        self._stack.setCurrentIndex(1 if view == "table" else 0)

    def _choose_name(self) -> None:
        self.chosen.emit(self._names.currentText())

    def _slice(self) -> None:
        if self._document is not None and self._plane.text() != self._document.plane:
            self.sliced.emit(self._plane.text())

    def _build_side(self) -> None:
        if self._document is None:
            return
        page = QWidget()
        page.setObjectName("side")
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 12, 12, 12)
        card = Card(self._theme, "Array")
        made = grid(self._theme, ("Fact", "Value"), self._document.facts, plain=(0,))
        made.horizontalHeader().hide()
        made.setFixedHeight(made.verticalHeader().length())
        card.body.addWidget(made)
        column.addWidget(card)
        column.addStretch(1)
        self._side.setWidget(page)


class ArrayCanvas(QWidget):
    """A curve from its reduced points, or a picture with the ends of its colours."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._values = array("d")
        self._image = QImage()
        self._range: tuple[str, ...] = ()
        self._last = 0
        theme.changed.connect(self.update)

    def show_document(self, document: Array) -> None:
        """Take an array's curve or picture."""
        self._values = array("d")
        self._values.frombytes(document.curve)
        frame = document.picture
        self._image = QImage()
        if frame is not None and len(frame.pixels) == 4 * frame.width * frame.height:
            self._image = QImage(
                frame.pixels, frame.width, frame.height, 4 * frame.width,
                QImage.Format.Format_RGBA8888,
            ).copy()  # fmt: skip
        self._range = document.color_range
        self._last = max(0, max(document.shape[-2:], default=1) - 1)
        self.setAccessibleName(f"{document.name}, {'curve' if self._values else 'heat map'}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("surface"))
        area = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        if area.width() < 8 or area.height() < 8:
            return
        if not self._image.isNull():
            self._paint_image(painter, area)
        elif self._values:
            self._paint_curve(painter, area)

    def _paint_image(self, painter: QPainter, area: QRectF) -> None:
        if self._range:
            area.setBottom(area.bottom() - 20)
        scale = min(area.width() / self._image.width(), area.height() / self._image.height(), 32.0)
        width, height = self._image.width() * scale, self._image.height() * scale
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < 1)
        painter.drawImage(QRectF(area.left(), area.top(), width, height), self._image)
        if self._range:
            painter.setFont(self._theme.font("small"))
            painter.setPen(self._theme.color("muted"))
            low, high = self._range
            where = QRectF(area.left(), area.top() + height + 4, area.width(), 18)
            said = f"dark is {low}, bright is {high}"
            painter.drawText(where, Qt.AlignmentFlag.AlignLeft, said)

    def _paint_curve(self, painter: QPainter, area: QRectF) -> None:
        finite = [each for each in self._values if each - each == 0.0]
        if not finite:
            return
        low, high = min(finite), max(finite)
        span = (high - low) or 1.0
        metrics = QFontMetrics(self._theme.font("small"))
        texts = [f"{each:.4g}".replace("-", "−") for each in (high, low)]
        area.setBottom(area.bottom() - metrics.height() - 4)
        left = max(metrics.horizontalAdvance(each) for each in texts) + 8
        area.setLeft(area.left() + left)
        painter.setFont(self._theme.font("small"))
        painter.setPen(self._theme.color("muted"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for text, y in zip(texts, (area.top(), area.bottom()), strict=True):
            where = QRectF(area.left() - left, y - 9, left - 8, 18)
            painter.drawText(where, int(right), text)
        below = QRectF(area.left(), area.bottom() + 4, area.width(), metrics.height())
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, "0")
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, f"{self._last:,}")
        painter.setPen(self._theme.color("grid"))
        painter.drawRect(area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("accent"), 1.0))
        step = area.width() / max(1, len(self._values) - 1)
        line = QPolygonF()
        for number, value in enumerate(self._values):
            if value - value == 0.0:
                y = area.bottom() - (value - low) / span * area.height()
                line.append(QPointF(area.left() + number * step, y))
                continue
            painter.drawPolyline(line)  # a gap where the value is no number
            line = QPolygonF()
        painter.drawPolyline(line)
