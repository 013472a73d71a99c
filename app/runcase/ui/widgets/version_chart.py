"""A small line chart of one metric over a model's versions, painted without a plot library."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from runcase.itemmodels import formats
from runcase.ui.theme import Theme

_TOP, _RIGHT, _BOTTOM, _GAP = 14, 18, 26, 10
_TICKS = 5
_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
# With so many values, one that takes most of the range for itself is left outside.
_LEAST_FOR_OUTLIER = 5
_SHARE_OF_OTHERS = 0.4
# Past so many versions only some are named on the axis.
_NAME_WIDTH = 34


@dataclass(frozen=True, slots=True)
class VersionPoint:
    """One version's value, NaN where its run has none; `alias` names it in the chart."""

    version: int
    value: float
    run_name: str = ""
    alias: str = ""


class VersionChart(QWidget):
    """Draws values by version; `chosen` carries the number of a pressed version."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._key = ""
        self._points: tuple[VersionPoint, ...] = ()
        self._selected: int | None = None
        self._reference: VersionPoint | None = None
        self._low, self._high = 0.0, 1.0
        self.setMouseTracking(True)
        self.setMinimumHeight(theme.px(110))
        theme.changed.connect(self.update)

    def show_points(
        self, key: str, points: Sequence[VersionPoint], reference: VersionPoint | None
    ) -> None:
        """Show values by version, oldest first, with a dashed line at a reference."""
        self._key, self._points, self._reference = key, tuple(points), reference
        finite = [each.value for each in self._points if math.isfinite(each.value)]
        self._low, self._high = nice_range(without_outlier(finite))
        self.setAccessibleName(f"{key} by version")
        self.setAccessibleDescription(self._described(finite))
        self.update()

    def select(self, version: int | None) -> None:
        """Mark a version."""
        self._selected = version
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, self._theme.px(220))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._points:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._area()
        self._axes(painter, area)
        self._reference_line(painter, area)
        painter.save()
        painter.setClipRect(area.adjusted(-8, -8, 8, 8))
        self._line(painter, area)
        painter.restore()
        self._reference_name(painter, area)
        self._outliers(painter, area)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        near = self._near(event.position())
        if near is None:
            QToolTip.hideText()
            return
        value = formats.exact(near.value) if not math.isnan(near.value) else "not logged"
        alias = f" @{near.alias}" if near.alias else ""
        text = f"v{near.version}{alias}  {self._key} {value}"
        if near.run_name:
            text += f"\n{near.run_name}"
        QToolTip.showText(event.globalPosition().toPoint(), text, self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        near = self._near(event.position())
        if near is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(near.version)

    def leaveEvent(self, event: QEvent) -> None:
        QToolTip.hideText()
        super().leaveEvent(event)

    def _area(self) -> QRectF:
        metrics = QFontMetrics(self._theme.font("caption"))
        wide = max(metrics.horizontalAdvance(text) for _, text in self._ticks())
        left = wide + 12 + _GAP
        return QRectF(
            left, _TOP, max(10.0, self.width() - left - _RIGHT), self.height() - _TOP - _BOTTOM
        )

    def _ticks(self) -> list[tuple[float, str]]:
        step = (self._high - self._low) / (_TICKS - 1)
        values = [self._low + step * number for number in range(_TICKS)]
        places = max(0, min(6, -math.floor(math.log10(step)) + 1)) if step > 0 else 0
        texts = [formats.number(value, places) for value in values]
        while places > 0 and all(text.endswith("0") for text in texts):
            places -= 1
            texts = [formats.number(value, places) for value in values]
        return list(zip(values, texts, strict=True))

    def _x(self, area: QRectF, at: int) -> float:
        last = len(self._points) - 1
        return area.center().x() if last == 0 else area.left() + area.width() * at / last

    def _y(self, area: QRectF, value: float) -> float:
        return area.bottom() - area.height() * (value - self._low) / (self._high - self._low)

    def _near(self, place: QPointF) -> VersionPoint | None:
        if not self._points:
            return None
        area = self._area()
        if not area.adjusted(-_GAP, -_TOP, _GAP, _BOTTOM).contains(place):
            return None
        last = len(self._points) - 1
        at = round((place.x() - area.left()) / area.width() * last) if last else 0
        return self._points[min(last, max(0, at))]

    def _axes(self, painter: QPainter, area: QRectF) -> None:
        painter.setFont(self._theme.font("caption"))
        for number, (value, text) in enumerate(self._ticks()):
            y = round(self._y(area, value)) + 0.5
            painter.setPen(QPen(self._theme.color("border-strong" if number == 0 else "grid"), 1))
            painter.drawLine(QPointF(area.left() - 4, y), QPointF(area.right() + 4, y))
            painter.setPen(self._theme.color("muted"))
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y - 9, area.left() - _GAP, 18), int(side), text)
        every = max(1, math.ceil(len(self._points) * _NAME_WIDTH / max(1.0, area.width())))
        for at, point in enumerate(self._points):
            chosen = point.version == self._selected
            if at % every and not chosen:
                continue
            strong = QFont.Weight.DemiBold if chosen else QFont.Weight.Normal
            painter.setFont(self._theme.font("caption", strong))
            painter.setPen(self._theme.color("text" if chosen else "muted"))
            box = QRectF(self._x(area, at) - 30, area.bottom() + 6, 60, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"v{point.version}")

    def _reference_line(self, painter: QPainter, area: QRectF) -> None:
        reference = self._reference
        if reference is None or not math.isfinite(reference.value):
            return
        y = self._y(area, reference.value)
        painter.setPen(QPen(self._theme.color("success"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))

    def _reference_name(self, painter: QPainter, area: QRectF) -> None:
        """Name the reference where the line of values leaves room."""
        reference = self._reference
        if reference is None or not math.isfinite(reference.value):
            return
        y = self._y(area, reference.value)
        font = self._theme.font("caption", QFont.Weight.DemiBold)
        text = f"{reference.alias} v{reference.version}"
        wide = QFontMetrics(font).horizontalAdvance(text) + 8
        lefts = (area.left() + 6, area.center().x() - wide / 2, area.right() - wide - 6)
        tops = [top for top in (y - 18, y + 3) if area.top() <= top <= area.bottom() - 16]
        boxes = [QRectF(left, top, wide, 16) for top in tops or [y - 18] for left in lefts]
        box = min(boxes, key=lambda each: self._crossings(area, each))
        painter.setFont(font)
        painter.setPen(self._theme.color("success"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _crossings(self, area: QRectF, box: QRectF) -> int:
        """Count the samples of the line that lie in a box."""
        places = [place for _, place in self._places(area)]
        found = 0
        for one, two in pairwise(places):
            steps = (one + (two - one) * (number / 16) for number in range(17))
            found += sum(box.adjusted(-5, -5, 5, 5).contains(step) for step in steps)
        return found

    def _outliers(self, painter: QPainter, area: QRectF) -> None:
        """Write the values that lie outside, at the edge where they left."""
        painter.setFont(self._theme.font("caption"))
        painter.setPen(self._theme.color("muted"))
        for point, place in self._places(area):
            if self._low <= point.value <= self._high:
                continue
            up = point.value > self._high
            text = f"v{point.version} {formats.number(point.value)} {'↑' if up else '↓'}"
            wide = painter.fontMetrics().horizontalAdvance(text) + 4
            top = area.top() - 6 if up else area.bottom() - 14
            ends = [area.left() + 4, area.right() - wide, place.x() + 8, place.x() - wide - 8]
            boxes = [QRectF(left, top, wide, 16) for left in self._beside(area, place, wide) + ends]
            inside = [each for each in boxes if area.left() <= each.left() <= area.right() - wide]
            box = min(inside or boxes, key=lambda each: self._crossings(area, each))
            painter.drawText(box, int(_MIDDLE), text)

    def _beside(self, area: QRectF, outside: QPointF, wide: float) -> list[float]:
        """Return left edges of a text beside the lines that lead to a point outside."""
        places = [place for _, place in self._places(area)]
        at = places.index(outside)
        found = []
        for inner in places[max(0, at - 1) : at + 2]:
            if inner != outside and area.contains(inner):
                edge = area.top() if outside.y() < area.top() else area.bottom()
                share = (edge - inner.y()) / (outside.y() - inner.y())
                cross = inner.x() + (outside.x() - inner.x()) * share
                found += [cross - wide - 8, cross + 10]
        return found

    def _places(self, area: QRectF) -> list[tuple[VersionPoint, QPointF]]:
        return [
            (point, QPointF(self._x(area, at), self._y(area, point.value)))
            for at, point in enumerate(self._points)
            if math.isfinite(point.value)
        ]

    def _line(self, painter: QPainter, area: QRectF) -> None:
        color = self._theme.run_color(0)
        piece = QPolygonF()
        pen = QPen(color, 1.4)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for at, point in enumerate(self._points):
            if math.isfinite(point.value):
                piece.append(QPointF(self._x(area, at), self._y(area, point.value)))
            else:
                painter.drawPolyline(piece)
                piece = QPolygonF()
        painter.drawPolyline(piece)
        for point, place in self._places(area):
            chosen = point.version == self._selected
            painter.setBrush(color if chosen else self._theme.color("surface"))
            radius = 5.5 if chosen else 4.0
            painter.drawEllipse(place, radius, radius)

    def _described(self, finite: Sequence[float]) -> str:
        if not finite:
            return f"No version has a value of {self._key}"
        low, high = formats.number(min(finite)), formats.number(max(finite))
        return f"{len(finite)} versions, {self._key} from {low} to {high}"


def without_outlier(values: Sequence[float]) -> list[float]:
    """Leave out one extreme value that would squeeze all the others into a part of the range."""
    ordered = sorted(values)
    if len(ordered) < _LEAST_FOR_OUTLIER:
        return ordered
    span = ordered[-1] - ordered[0]
    rest = min((ordered[1:], ordered[:-1]), key=lambda each: each[-1] - each[0])
    others = rest[-1] - rest[0]
    return rest if 0 < others < span * _SHARE_OF_OTHERS else ordered


def nice_range(values: Sequence[float]) -> tuple[float, float]:
    """Return a range around values that ends on round numbers, with four equal steps."""
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    if low == high:
        pad = abs(low) * 0.05 or 1.0
        low, high = low - pad, high + pad
    raw = (high - low) / (_TICKS - 1)
    power = 10.0 ** math.floor(math.log10(raw))
    for nice in (1.0, 2.0, 2.5, 5.0, 10.0, 20.0):
        step = nice * power
        start = math.floor(low / step + 1e-9) * step
        if step * (1 + 1e-9) >= raw and start + step * (_TICKS - 1) >= high - step * 1e-9:
            return start, start + step * (_TICKS - 1)
    return low, high
