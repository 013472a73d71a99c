"""Paints the cells of the runs table: gutter, names with arrows, status, numbers with bars."""

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from runcase.itemmodels import columns as titles
from runcase.itemmodels import formats
from runcase.itemmodels.runs import Cell, RunsModel
from runcase.store.records import ColumnKey, Kind
from runcase.ui import icons
from runcase.ui.theme import Theme
from runcase.ui.widgets.row_state import row_tint

Index = QModelIndex | QPersistentModelIndex

SWATCH = 10
GUTTER = 46
INDENT = 16
ARROW = 18
BAR = 30


class RunsDelegate(QStyledItemDelegate):
    """One delegate for all columns; it reads the model's cells, not a role for each fact."""

    eye_pressed = Signal(int)
    arrow_pressed = Signal(int)

    def __init__(self, theme: Theme, runs: RunsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._runs = runs
        self.hovered = -1

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, key = index.row(), self._runs.columns[index.column()]
        painter.save()
        area = QRect(option.rect)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        self._background(painter, option, area, row, selected)
        if key == titles.NAME:
            self._name(painter, area, row)
        elif key == titles.STATUS:
            self._status(painter, area, row)
        else:
            self._cell(painter, area, row, key, selected)
        if option.state & QStyle.StateFlag.State_HasFocus and not selected:
            painter.setPen(QPen(self._theme.color("accent"), 2))
            painter.drawRect(area.adjusted(1, 1, -2, -2))
        painter.restore()

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: Index,
    ) -> bool:
        if not isinstance(event, QMouseEvent) or self._runs.columns[index.column()] != titles.NAME:
            return False
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        area = QRect(option.rect)
        in_gutter = event.position().x() < area.left() + GUTTER
        on_arrow = self._arrow_box(area, index.row()).contains(event.position().toPoint())
        if event.type() == QEvent.Type.MouseButtonRelease:
            if in_gutter:
                self.eye_pressed.emit(index.row())
            elif on_arrow and self._runs.child_count(index.row()):
                self.arrow_pressed.emit(index.row())
        return in_gutter or on_arrow

    def _background(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        area: QRect,
        row: int,
        selected: bool,
    ) -> None:
        if selected:
            painter.fillRect(area, self._theme.color(row_tint(option)))
        elif row == self.hovered:
            painter.fillRect(area, self._theme.color("hover"))
        painter.setPen(self._theme.color("grid"))
        painter.drawLine(area.bottomLeft(), area.bottomRight())

    def _name(self, painter: QPainter, area: QRect, row: int) -> None:
        run_id = self._runs.run_id(row)
        self._gutter(painter, area, run_id)
        left = area.left() + GUTTER + self._runs.depth(row) * INDENT
        ratio = painter.device().devicePixelRatio()
        if self._runs.child_count(row):
            arrow = "chevron-down" if self._runs.is_expanded(row) else "chevron-right"
            image = icons.pixmap(self._theme, arrow, "text-2", 14, ratio)
            painter.drawPixmap(QPoint(left, area.center().y() - 7), image)
        text = area.adjusted(0, 0, -8, 0)
        text.setLeft(left + ARROW)
        context, deleted = self._runs.is_context(row), self._runs.is_deleted(row)
        font = self._theme.font()
        font.setItalic(context)
        font.setStrikeOut(deleted)
        painter.setFont(font)
        if self._runs.child_count(row):
            text.setRight(self._count(painter, text, row, font))
        painter.setPen(self._theme.color("muted" if context or deleted else "text"))
        painter.setFont(font)
        metrics = QFontMetrics(font)
        name = formats.one_line(self._runs.name(row))
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, shown)
        if self._runs.status(row) == "RUNNING" and not self._runs.is_stalled(row):
            at = text.left() + metrics.horizontalAdvance(shown) + 6
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("success"))
            painter.drawEllipse(QRectF(min(at, area.right() - 10), area.center().y() - 3, 7, 7))

    def _count(self, painter: QPainter, text: QRect, row: int, font: QFont) -> int:
        """Paint the number of children behind the name; return where the name must end."""
        count = formats.count(self._runs.child_count(row))
        small = self._theme.font("caption")
        width = QFontMetrics(small).horizontalAdvance(count) + 10
        name = formats.one_line(self._runs.name(row))
        wanted = QFontMetrics(font).horizontalAdvance(name) + 6
        left = text.left() + min(wanted, max(20, text.width() - width - 4))
        box = QRectF(left, text.center().y() - 8, width, 17)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("chip"))
        painter.drawRoundedRect(box, 4, 4)
        painter.setFont(small)
        painter.setPen(self._theme.color("text-2"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, count)
        return round(left) - 4

    def _gutter(self, painter: QPainter, area: QRect, run_id: str) -> None:
        index = self._runs.colors.index(run_id)
        middle = area.center().y()
        box = QRectF(area.left() + 8, middle - SWATCH / 2 + 1, SWATCH, SWATCH)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index is None:
            painter.setPen(QPen(self._theme.color("border-strong"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.run_color(index))
            painter.drawRoundedRect(box, 3, 3)
        icon, token = ("eye-off", "faint") if index is None else ("eye", "text-2")
        ratio = painter.device().devicePixelRatio()
        image = icons.pixmap(self._theme, icon, token, 15, ratio)
        painter.drawPixmap(QPoint(area.left() + 25, middle - 7), image)

    def _status(self, painter: QPainter, area: QRect, row: int) -> None:
        ratio = painter.device().devicePixelRatio()
        if self._runs.is_stalled(row):
            image = icons.pixmap(self._theme, "clock-alert", "warn", 15, ratio)
        else:
            image = icons.status_icon(self._theme, self._runs.status(row), 15, ratio)
        painter.drawPixmap(QPoint(area.center().x() - 7, area.center().y() - 7), image)

    def _cell(
        self, painter: QPainter, area: QRect, row: int, key: ColumnKey, selected: bool
    ) -> None:
        cell = self._runs.cell(row, key)
        if cell.fraction >= 0:
            self._bar(painter, area, cell, selected)
        font = self._theme.font("mono" if cell.mono else "body")
        if cell.best:
            font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(self._color(cell, self._runs.is_context(row)))
        side = Qt.AlignmentFlag.AlignRight if cell.right else Qt.AlignmentFlag.AlignLeft
        text = area.adjusted(8, 0, -8, 0)
        number = key.kind is Kind.METRIC or key == titles.DURATION
        shown = cell.text
        if not number:
            shown = QFontMetrics(font).elidedText(
                cell.text, Qt.TextElideMode.ElideRight, text.width()
            )
        painter.drawText(text, int(side | Qt.AlignmentFlag.AlignVCenter), shown)

    def _bar(self, painter: QPainter, area: QRect, cell: Cell, selected: bool) -> None:
        """Paint the bar left of the number, never under it."""
        room = area.width() - 16 - QFontMetrics(self._theme.font()).horizontalAdvance(cell.text)
        longest = min(BAR, room - 6)
        if longest < 8:
            return
        width = max(4.0, cell.fraction * longest)
        token = "bar-best" if cell.best else "bar-selected" if selected else "bar"
        box = QRectF(area.left() + 5, area.top() + 6, width, area.height() - 12)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(token))
        painter.drawRoundedRect(box, 2, 2)

    def _color(self, cell: Cell, context: bool) -> QColor:
        if cell.warn:
            return self._theme.color("warn")
        if cell.best:
            return self._theme.color("success")
        return self._theme.color("muted" if cell.muted or context else "text")

    def _arrow_box(self, area: QRect, row: int) -> QRect:
        left = area.left() + GUTTER + self._runs.depth(row) * INDENT
        return QRect(left - 2, area.top(), ARROW, area.height())
