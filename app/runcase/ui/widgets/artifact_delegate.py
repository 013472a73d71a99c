"""Paints a row of the artifact tree: icon, name, a bar for its share, its size."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from runcase.itemmodels import artifacts as rows
from runcase.ui import icons
from runcase.ui.theme import Theme
from runcase.ui.widgets.row_state import row_tint

Index = QModelIndex | QPersistentModelIndex
_BAR, _BAR_FROM = 30, 100
_CHIP_FROM = 130


class ArtifactDelegate(QStyledItemDelegate):
    """Both columns of the tree; the background of a selected row is the view's."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, self._theme.px(26))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        token = row_tint(option)
        if token:
            tint = self._theme.color(token)
            # The first column's tint reaches under the branches, painted before this.
            painter.setClipping(False)
            ground = QRect(option.rect)
            if index.column() == 0:
                ground.setLeft(0)
            painter.fillRect(ground, tint)
        area = QRect(option.rect)
        if index.column() == 0:
            self._name(painter, option, index, area, selected)
        else:
            self._size(painter, index, area)
        painter.restore()

    def _name(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: Index,
        area: QRect,
        selected: bool,
    ) -> None:
        name = str(index.data())
        if index.data(rows.DIR_ROLE):
            opened = bool(option.state & QStyle.StateFlag.State_Open)
            icon = "folder-open" if opened else "folder"
        else:
            icon = icons.file_icon(name)
        token = "accent" if name == "MLmodel" else "text-2"
        ratio = painter.device().devicePixelRatio()
        image = icons.pixmap(self._theme, icon, token, 15, ratio)
        painter.drawPixmap(area.left() + 2, area.center().y() - self._theme.px(7), image)
        text = area.adjusted(self._theme.px(24), 0, -4, 0)
        if index.data(rows.MODEL_ROLE) and area.width() > self._theme.px(_CHIP_FROM):
            text.setRight(self._chip(painter, area))
        weight = QFont.Weight.DemiBold if selected else QFont.Weight.Normal
        painter.setFont(self._theme.font("body", weight))
        painter.setPen(self._theme.color("text"))
        shown = QFontMetrics(painter.font()).elidedText(
            name, Qt.TextElideMode.ElideMiddle, text.width()
        )
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, shown)

    def _chip(self, painter: QPainter, area: QRect) -> int:
        painter.setFont(self._theme.font("caption"))
        px = self._theme.px
        width = QFontMetrics(painter.font()).horizontalAdvance("MLmodel") + px(12)
        box = QRectF(area.right() - width - 2, area.center().y() - px(8), width, px(18))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("chip"))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(self._theme.color("text-2"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "MLmodel")
        return round(box.left()) - 4

    def _size(self, painter: QPainter, index: Index, area: QRect) -> None:
        share = index.data(rows.SHARE_ROLE)
        if share is not None and area.width() >= self._theme.px(_BAR_FROM):
            middle = area.center().y()
            wide, high = self._theme.px(_BAR), self._theme.px(4)
            track = QRectF(area.left() + 4, middle + 1 - high / 2, wide, high)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("grid"))
            painter.drawRoundedRect(track, 2, 2)
            painter.setBrush(self._theme.color("border-strong"))
            track.setWidth(max(1.5, wide * share))
            painter.drawRoundedRect(track, 2, 2)
        painter.setFont(self._theme.font("small"))
        painter.setPen(self._theme.color("muted"))
        side = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(area.adjusted(0, 0, -10, 0), side, str(index.data() or ""))
