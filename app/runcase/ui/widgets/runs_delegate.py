"""Paints the cells of the runs table: names, status, numbers with bars, sparklines."""

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
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from runcase.itemmodels import columns as titles
from runcase.itemmodels.run_cells import Cell
from runcase.itemmodels.runs import RunsModel
from runcase.itemmodels.sparklines import Sparklines
from runcase.store.records import ColumnKey
from runcase.ui import icons
from runcase.ui.widgets import sparkline
from runcase.ui.widgets.row_state import row_tint
from runcase.ui.widgets.runs_gutter import NamePainter, Part
from runcase.ui.widgets.runs_paints import Paints

Index = QModelIndex | QPersistentModelIndex
BAR = 30


class RunsDelegate(QStyledItemDelegate):
    """One delegate for all columns; it reads the model's cells, not a role for each fact.

    `part_pressed` carries the visible row and the `Part` of its name cell that was clicked.
    """

    part_pressed = Signal(int, object)
    arrow_pressed = Signal(int)

    def __init__(self, paints: Paints, runs: RunsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = paints.theme
        self._runs = runs
        self._paints = paints
        self._names = NamePainter(self._paints, runs)
        self.sparklines: Sparklines | None = None
        self.bars = True
        self.hovered = -1

    def name_begins(self, row: int) -> int:
        """Return how far from the left edge a row's name begins."""
        return self._names.name_begins(row)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, key = index.row(), self._runs.columns[index.column()]
        painter.save()
        area = QRect(option.rect)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        self._background(painter, option, area, row, selected)
        if key == titles.NAME:
            self._names.paint(painter, area, row, row == self.hovered)
        elif key == titles.STATUS:
            self._status(painter, area, row)
        elif key.how == titles.CURVE:
            self._sparkline(painter, area, row, key)
        else:
            self._cell(painter, area, row, key, selected)
        if option.state & QStyle.StateFlag.State_HasFocus and not selected:
            painter.setPen(QPen(self._paints.color("accent"), 2))
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
        row = index.row()
        part = self._names.part_at(QRect(option.rect), row, event.position().toPoint())
        if part is Part.NAME or (self._runs.is_group(row) and part is Part.PIN):
            return False
        if event.type() == QEvent.Type.MouseButtonRelease:
            if part is Part.ARROW:
                self.arrow_pressed.emit(row)
            else:
                self.part_pressed.emit(row, part)
        return True

    def _background(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        area: QRect,
        row: int,
        selected: bool,
    ) -> None:
        if selected:
            painter.fillRect(area, self._paints.color(row_tint(option)))
        elif row == self.hovered:
            painter.fillRect(area, self._paints.color("hover"))
        elif self._runs.is_group(row):
            painter.fillRect(area, self._paints.color("alt"))
        painter.setPen(self._paints.color("grid"))
        painter.drawLine(area.bottomLeft(), area.bottomRight())

    def _status(self, painter: QPainter, area: QRect, row: int) -> None:
        ratio = painter.device().devicePixelRatio()
        size = self._theme.px(15)
        if not self._runs.status(row):
            return
        if self._runs.is_stalled(row):
            image = icons.pixmap(self._theme, "clock-alert", "warn", 15, ratio)
        else:
            image = icons.status_icon(self._theme, self._runs.status(row), 15, ratio)
        painter.drawPixmap(area.center() - QPoint(size // 2, size // 2), image)

    def _sparkline(self, painter: QPainter, area: QRect, row: int, key: ColumnKey) -> None:
        run_id = self._runs.run_id(row)
        curve = self.sparklines.curve(run_id, key.key) if self.sparklines and run_id else None
        if curve is None:
            return
        index = self._runs.color_index(row)
        color = self._paints.color("muted") if index is None else self._theme.run_color(index)
        sparkline.paint(painter, QRectF(area).adjusted(8, 5, -10, -6), *curve, color)

    def _cell(
        self, painter: QPainter, area: QRect, row: int, key: ColumnKey, selected: bool
    ) -> None:
        cell = self._runs.cell(row, key)
        font, metrics = self._paints.font("mono" if cell.mono else "body", bold=cell.best)
        text = area.adjusted(8, 0, -8, 0)
        used = metrics.horizontalAdvance(cell.text)
        if cell.after:
            behind = self._paints.font("caption")[1].horizontalAdvance(cell.after) + 4
            # A number is never cut: what stands behind it is left to the tool tip.
            if used + behind <= text.width():
                text.setRight(self._after(painter, text, cell))
                used += behind
        if cell.fraction >= 0 and self.bars:
            self._bar(painter, area, cell, selected, used)
        painter.setFont(font)
        painter.setPen(self._color(cell, self._runs.is_context(row)))
        side = Qt.AlignmentFlag.AlignRight if cell.right else Qt.AlignmentFlag.AlignLeft
        shown = cell.text
        if not titles.is_right_aligned(key):
            shown = metrics.elidedText(shown, _elision(key), text.width())
        painter.drawText(text, int(side | Qt.AlignmentFlag.AlignVCenter), shown)

    def _after(self, painter: QPainter, text: QRect, cell: Cell) -> int:
        """Paint what stands behind a value; return where the value must end."""
        font, metrics = self._paints.font("caption")
        painter.setFont(font)
        painter.setPen(self._paints.color("muted"))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(text, int(flags), cell.after)
        return text.right() - metrics.horizontalAdvance(cell.after) - 4

    def _bar(self, painter: QPainter, area: QRect, cell: Cell, selected: bool, used: int) -> None:
        """Paint the bar left of the number, never under it."""
        longest = min(self._theme.px(BAR), area.width() - 16 - used - 6)
        if longest < 8:
            return
        width = max(4.0, cell.fraction * longest)
        token = "bar-best" if cell.best else "bar-selected" if selected else "bar"
        box = QRectF(area.left() + 5, area.top() + 6, width, area.height() - 12)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._paints.color(token))
        painter.drawRoundedRect(box, 2, 2)

    def _color(self, cell: Cell, context: bool) -> QColor:
        if cell.warn:
            return self._paints.color("warn")
        if cell.best:
            return self._paints.color("success")
        return self._paints.color("muted" if cell.muted or context else "text")


def _elision(key: ColumnKey) -> Qt.TextElideMode:
    """Return where a text may be cut: both ends of a path say something."""
    paths = (titles.EXPERIMENT, titles.ARTIFACTS, titles.SOURCE)
    return Qt.TextElideMode.ElideMiddle if key in paths else Qt.TextElideMode.ElideRight
