"""A contact sheet: thumbnails of pictures, of which only those on the screen are read."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from runcase.itemmodels.contact_sheet import SheetItem, SheetModel
from runcase.ui import icons
from runcase.ui.context import Context
from runcase.ui.plots.thumbnails import Thumbnails
from runcase.ui.previews.image_view import paper
from runcase.ui.theme import Theme
from runcase.ui.widgets.row_state import row_tint

Index = QModelIndex | QPersistentModelIndex
_TILE = 148
_PAD = 8
_TEXT = 20


class ContactSheet(QListView):
    """`opened` carries the key of a picture, `looked` that of one to look at quickly."""

    opened = Signal(str)
    looked = Signal(str)

    def __init__(self, context: Context, tile: int = _TILE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._tile = context.theme, tile
        self.thumbnails = Thumbnails(context, self)
        self.sheet = SheetModel(self)
        self.setModel(self.sheet)
        self.setAccessibleName("Contact sheet")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setItemDelegate(_Tile(self._theme, self.thumbnails, tile, self))
        self.setGridSize(self._grid())
        self.activated.connect(self._activated)
        self.verticalScrollBar().valueChanged.connect(self.look)
        self.thumbnails.arrived.connect(self.viewport().update)
        self.sheet.modelReset.connect(self.look)
        self.sheet.rowsInserted.connect(self.look)
        self._theme.changed.connect(self._restyle)

    def show_items(self, items: list[SheetItem]) -> None:
        """Show other pictures, or more of them."""
        self.thumbnails.forget_problems()
        self.sheet.show(items)

    def look(self) -> None:
        """Read the pictures that are on the screen now, and no others."""
        if not self.isVisible() or not self.sheet.items:
            return
        grid = self._grid()
        across = max(1, self.viewport().width() // grid.width())
        first = self.verticalScrollBar().value() // grid.height() * across
        rows = self.viewport().height() // grid.height() + 2
        seen = self.sheet.items[first : first + rows * across]
        size = round(self._theme.px(self._tile) * self.devicePixelRatioF())
        self.thumbnails.want([str(each.path) for each in seen], size)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() == Qt.Key.Key_Space and index.isValid():
            self.looked.emit(self.sheet.items[index.row()].key)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            self.opened.emit(self.sheet.items[index.row()].key)
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, _search: str) -> None:
        """Leave single letters to the actions."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.look()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look()

    def _grid(self) -> QSize:
        side = self._theme.px(self._tile) + 2 * _PAD
        return QSize(side, side + self._theme.px(_TEXT))

    def _activated(self, index: QModelIndex) -> None:
        self.opened.emit(self.sheet.items[index.row()].key)

    def _restyle(self) -> None:
        self.setGridSize(self._grid())
        self.look()


class _Tile(QStyledItemDelegate):
    """One picture with its name below."""

    def __init__(self, theme: Theme, thumbnails: Thumbnails, tile: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._thumbnails, self._tile = theme, thumbnails, tile
        self._paper = paper()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        side = self._theme.px(self._tile) + 2 * _PAD
        return QSize(side, side + self._theme.px(_TEXT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, SheetModel):
            return
        item = model.items[index.row()]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        area = QRect(option.rect).adjusted(3, 3, -3, -3)
        token = row_tint(option)
        if token:
            painter.fillRect(area, self._theme.color(token))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(self._theme.color("accent"))
            painter.drawRect(area.adjusted(0, 0, -1, -1))
        side = self._theme.px(self._tile)
        left = option.rect.left() + (option.rect.width() - side) // 2
        self._picture(painter, item, QRect(left, option.rect.top() + _PAD, side, side))
        painter.setFont(self._theme.font("small"))
        painter.setPen(self._theme.color("text-2"))
        below = QRect(left, option.rect.top() + _PAD + side, side, self._theme.px(_TEXT))
        shown = painter.fontMetrics().elidedText(
            item.title, Qt.TextElideMode.ElideMiddle, below.width()
        )
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, shown)
        painter.restore()

    def _picture(self, painter: QPainter, item: SheetItem, box: QRect) -> None:
        ratio = painter.device().devicePixelRatio()
        picture = self._thumbnails.picture(str(item.path), round(box.width() * ratio))
        painter.setPen(self._theme.color("border"))
        painter.setBrush(self._theme.color("side"))
        painter.drawRect(box.adjusted(0, 0, -1, -1))
        if picture is not None:
            inner = box.adjusted(2, 2, -2, -2)
            scale = min(
                inner.width() / picture.width(), inner.height() / picture.height(), 1 / ratio
            )
            wide, high = picture.width() * scale, picture.height() * scale
            centre = QRectF(inner).center()
            area = QRectF(centre.x() - wide / 2, centre.y() - high / 2, wide, high)
            painter.fillRect(area, self._paper)
            painter.drawImage(area, picture)
            return
        problem = self._thumbnails.problem(str(item.path))
        if not problem:
            icon = icons.pixmap(self._theme, "file-image", "faint", 20, ratio)
            half = self._theme.px(10)
            painter.drawPixmap(box.center().x() - half, box.center().y() - half, icon)
            return
        painter.setFont(self._theme.font("caption"))
        painter.setPen(self._theme.color("muted"))
        wrap = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(box.adjusted(8, 8, -8, -8), wrap, problem)
