"""Paints the cells of a run's short tables: mono keys, strong numbers, sparklines."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from runcase.curves.reduce import to_pixels
from runcase.curves.series import Floats, Series, XAxis
from runcase.itemmodels import key_values as roles
from runcase.ui.theme import Theme
from runcase.ui.widgets import sparkline
from runcase.ui.widgets.row_state import row_tint

Index = QModelIndex | QPersistentModelIndex
_KEPT = 300


class CellDelegate(QStyledItemDelegate):
    """Looks at the roles of `key_values`; keys are elided in the middle, numbers never."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._curves: dict[tuple[str, int], tuple[Series, Floats, Floats]] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(60, self._theme.px(26))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        area = QRect(option.rect)
        token = row_tint(option)
        if token:
            painter.fillRect(area, self._theme.color(token))
        painter.setPen(self._theme.color("grid"))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        series = index.data(roles.SERIES_ROLE)
        if series is not None:
            box = QRectF(area).adjusted(8, 6, -10, -6)
            x, y = self._reduced(series, round(box.width()))
            sparkline.paint(painter, box, x, y, self._theme.color("accent"))
        else:
            self._text(painter, index, area.adjusted(8, 0, -8, 0))
        painter.restore()

    def _reduced(self, series: Series, width: int) -> tuple[Floats, Floats]:
        """Return a curve reduced to its cell; the last ones are kept, for they are repainted."""
        kept = self._curves.get((series.key, width))
        if kept is not None and kept[0] is series:
            return kept[1], kept[2]
        x, y = series.drawn(XAxis.STEP)
        if len(x):
            x, y = to_pixels(x, y, float(x[0]), float(x[-1]), max(2, width))
        if len(self._curves) > _KEPT:
            self._curves.clear()
        self._curves[(series.key, width)] = (series, x, y)
        return x, y

    def _text(self, painter: QPainter, index: Index, area: QRect) -> None:
        mono = bool(index.data(roles.MONO_ROLE))
        font = self._theme.font("mono" if mono else "body")
        better = bool(index.data(roles.BETTER_ROLE))
        if better or index.data(roles.STRONG_ROLE):
            font.setWeight(QFont.Weight.DemiBold)
        token = "warn" if index.data(roles.WARN_ROLE) else "success" if better else "text"
        painter.setFont(font)
        painter.setPen(self._theme.color(token))
        text = str(index.data() or "")
        side = index.data(Qt.ItemDataRole.TextAlignmentRole)
        if side is None:
            side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            where = Qt.TextElideMode.ElideRight
            if index.column() == 0:
                where = Qt.TextElideMode.ElideMiddle
            text = QFontMetrics(font).elidedText(text, where, area.width())
        painter.drawText(area, int(side), text)
