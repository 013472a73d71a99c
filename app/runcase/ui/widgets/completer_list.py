"""The rows of the completer: a chip that says the kind, the name, and what is known of it."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from runcase.ui.theme import Theme
from runcase.ui.widgets.completer_choice import Choice

Index = QModelIndex | QPersistentModelIndex
ROW = 28
ROLE = int(Qt.ItemDataRole.UserRole) + 1
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_PADDING, _GAP, _CHIP = 9, 8, 6
_LEAST_CHIP = 40


class ChoiceModel(QAbstractListModel):
    """The choices as rows."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choices: tuple[Choice, ...] = ()

    def show(self, choices: Sequence[Choice]) -> None:
        """Show other choices."""
        self.beginResetModel()
        self.choices = tuple(choices)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own signature
        return 0 if parent.isValid() else len(self.choices)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        choice = self.choices[index.row()]
        if role == ROLE:
            return choice
        if role == Qt.ItemDataRole.DisplayRole:
            return choice.label
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(part for part in (choice.insert.strip(), choice.detail) if part)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (choice.label, choice.kind, choice.detail) if part)
        return None


class ChoiceDelegate(QStyledItemDelegate):
    """Paints a row: chip, monospaced name, muted detail on the right."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, self._theme.px(ROW))

    def width(self, choice: Choice) -> int:
        """Return how wide a row would like to be, in pixels."""
        mono = QFontMetrics(self._theme.font("mono")).horizontalAdvance(choice.label)
        detail = QFontMetrics(self._theme.font("small")).horizontalAdvance(choice.detail)
        chip = self._chip_width(choice.kind)
        return 2 * _PADDING + chip + _GAP + mono + (detail + 3 * _GAP if detail else 0)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        choice = index.data(ROLE)
        if not isinstance(choice, Choice):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRect(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, self._theme.color("sel"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, self._theme.color("hover"))
        area.adjust(_PADDING, 0, -_PADDING, 0)
        left = self._chip(painter, area, choice.kind) + _GAP
        right = self._detail(painter, area, choice, left)
        font = self._theme.font("mono")
        painter.setFont(font)
        painter.setPen(self._theme.color("text"))
        name = QRect(left, area.top(), right - left, area.height())
        shown = QFontMetrics(font).elidedText(
            choice.label, Qt.TextElideMode.ElideMiddle, name.width()
        )
        painter.drawText(name, _LEFT, shown)
        painter.restore()

    def _chip_width(self, kind: str) -> int:
        metrics = QFontMetrics(self._theme.font("caption"))
        return max(self._theme.px(_LEAST_CHIP), metrics.horizontalAdvance(kind) + 2 * _CHIP)

    def _chip(self, painter: QPainter, area: QRect, kind: str) -> int:
        """Draw the chip; return where it ends."""
        wide, high = self._chip_width(kind), self._theme.px(18)
        box = QRectF(area.left(), area.center().y() - high / 2 + 1, wide, high)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("chip"))
        painter.drawRoundedRect(box, 4, 4)
        painter.setFont(self._theme.font("caption"))
        painter.setPen(self._theme.color("text-2"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, kind)
        return round(box.right())

    def _detail(self, painter: QPainter, area: QRect, choice: Choice, left: int) -> int:
        """Write the detail where the name leaves room, or over half; return where it begins."""
        if not choice.detail:
            return area.right()
        name = QFontMetrics(self._theme.font("mono")).horizontalAdvance(choice.label)
        room = area.right() - left
        room -= min(name + 2 * _GAP, room // 2)
        font = self._theme.font("small")
        metrics = QFontMetrics(font)
        room = min(metrics.horizontalAdvance(choice.detail) + 3, room)
        painter.setFont(font)
        painter.setPen(self._theme.color("muted"))
        shown = metrics.elidedText(choice.detail, Qt.TextElideMode.ElideRight, room)
        painter.drawText(area, _RIGHT, shown)
        return area.right() - room - 2 * _GAP
