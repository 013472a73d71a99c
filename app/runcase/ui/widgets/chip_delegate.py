"""Paints the cells of the registry's tables: chips, links, strong and plain text."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from runcase.itemmodels import registry as roles
from runcase.ui.theme import Theme
from runcase.ui.widgets.row_state import row_tint

Index = QModelIndex | QPersistentModelIndex
# A chip's background, text and border tokens.
_LOOKS = {
    "accent": ("accent-soft", "accent", ""),
    "plain": ("chip", "text-2", ""),
    "success": ("", "success", "success"),
    "warn": ("warn-soft", "warn", "warn"),
    "error": ("error-soft", "error", ""),
    "outline": ("", "text-2", "border-strong"),
}


class ChipDelegate(QStyledItemDelegate):
    """One delegate for all columns of a registry table."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.hovered = -1

    def link_at(self, index: Index, place: QPoint) -> bool:
        """Say whether a place of the viewport lies on a cell's link text."""
        view = self.parent()
        if not index.data(roles.LINK_ROLE) or not isinstance(view, QAbstractItemView):
            return False
        area = view.visualRect(index).adjusted(8, 0, -8, 0)
        weight = QFont.Weight.DemiBold if index.data(roles.STRONG_ROLE) else QFont.Weight.Normal
        metrics = QFontMetrics(self._theme.font("body", weight))
        wide = metrics.horizontalAdvance(str(index.data() or ""))
        return area.left() - 2 <= place.x() <= area.left() + min(wide, area.width()) + 2

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(60, self._theme.px(30))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRect(option.rect)
        token = row_tint(option)
        if token:
            painter.fillRect(area, self._theme.color(token))
        elif index.row() == self.hovered:
            painter.fillRect(area, self._theme.color("hover"))
        painter.setPen(self._theme.color("grid"))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        chips = index.data(roles.CHIPS_ROLE)
        if chips:
            self._chips(painter, area.adjusted(8, 0, -4, 0), chips)
        else:
            self._text(painter, index, area.adjusted(8, 0, -8, 0))
        painter.restore()

    def _text(self, painter: QPainter, index: Index, area: QRect) -> None:
        strong = bool(index.data(roles.STRONG_ROLE))
        weight = QFont.Weight.DemiBold if strong else QFont.Weight.Normal
        painter.setFont(self._theme.font("body", weight))
        painter.setPen(self._theme.color("accent" if index.data(roles.LINK_ROLE) else "text"))
        side = index.data(Qt.ItemDataRole.TextAlignmentRole)
        if side is None:
            side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        text = QFontMetrics(painter.font()).elidedText(
            str(index.data() or ""), Qt.TextElideMode.ElideRight, area.width()
        )
        painter.drawText(area, int(side), text)

    def _chips(self, painter: QPainter, area: QRect, chips: tuple[tuple[str, str], ...]) -> None:
        """Paint as many chips as there is room for, and the number of the others."""
        left, px = area.left(), self._theme.px
        for at, (text, look) in enumerate(chips):
            fill, ink, border = _LOOKS[look]
            weight = QFont.Weight.DemiBold if look == "accent" else QFont.Weight.Normal
            painter.setFont(self._theme.font("caption", weight))
            metrics = QFontMetrics(painter.font())
            rest = f"+{len(chips) - at}"
            room = area.right() - left - (px(26) if at + 1 < len(chips) else 0)
            if at and metrics.horizontalAdvance(text) + px(12) > room:
                painter.setPen(self._theme.color("muted"))
                painter.drawText(
                    QRect(left, area.top(), px(30), area.height()),
                    Qt.AlignmentFlag.AlignVCenter,
                    rest,
                )
                return
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, max(20, room - px(12)))
            wide = metrics.horizontalAdvance(shown) + px(12)
            box = QRectF(left, area.center().y() - px(9), wide, px(19))
            painter.setPen(
                QPen(self._theme.color(border), 1) if border else QPen(Qt.PenStyle.NoPen)
            )
            painter.setBrush(self._theme.color(fill) if fill else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            painter.setPen(self._theme.color(ink))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)
            left = round(box.right()) + 5
