"""The values of a column with their counts, to be ticked; a line above searches among them."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from runcase.itemmodels import formats
from runcase.ui import icons
from runcase.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
ROW = 26
_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_ROWS = 9  # in sight
_MISSING = "not logged"
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class ValueModel(QAbstractListModel):
    """(value, count) as rows with a tick; the value None stands for runs without one."""

    ticked_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[tuple[str | None, int], ...] = ()
        self._shown: list[tuple[str | None, int]] = []
        self.ticked: set[str | None] = set()

    def show(self, values: Sequence[tuple[str | None, int]], ticked: Iterable[str | None]) -> None:
        """Show other values, some of them ticked."""
        self._all, self.ticked = tuple(values), set(ticked)
        self.search("")

    def search(self, text: str) -> None:
        """Show only the values that hold a text."""
        low = text.casefold()
        self.beginResetModel()
        self._shown = [each for each in self._all if low in (each[0] or _MISSING).casefold()]
        self.endResetModel()

    def toggle(self, row: int) -> None:
        """Tick a value or take its tick away."""
        if 0 <= row < len(self._shown):
            self.ticked ^= {self._shown[row][0]}
            index = self.index(row)
            self.dataChanged.emit(index, index)
            self.ticked_changed.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own signature
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        value, count = self._shown[index.row()]
        is_ticked = value in self.ticked
        if role == Qt.ItemDataRole.DisplayRole:
            return _MISSING if value is None else formats.one_line(value) or "“”"
        if role == _ROLE:
            return value is None, count, is_ticked
        if role == Qt.ItemDataRole.ToolTipRole:
            return value
        if role == Qt.ItemDataRole.AccessibleTextRole:
            ticked = "ticked" if is_ticked else "not ticked"
            return f"{value or _MISSING}, {formats.counted(count, 'run')}, {ticked}"
        return None


class ValueDelegate(QStyledItemDelegate):
    """Paints a row: tick box, value, a bar and the count on the right."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, self._theme.px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRect(option.rect)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(area, self._theme.color("sel"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, self._theme.color("hover"))
        is_missing, count, is_ticked = index.data(_ROLE)
        area.adjust(10, 0, -10, 0)
        side = self._theme.px(14)
        self._box(painter, QRect(area.left(), area.center().y() - side // 2, side, side), is_ticked)
        font = self._theme.font("small")
        metrics = QFontMetrics(font)
        text = formats.count(count)
        painter.setFont(font)
        painter.setPen(self._theme.color("muted"))
        painter.drawText(area, _RIGHT, text)
        left = area.left() + side + 8
        room = area.right() - metrics.horizontalAdvance(text) - 12 - left
        mono = self._theme.font("small" if is_missing else "mono")
        painter.setFont(mono)
        painter.setPen(self._theme.color("muted" if is_missing else "text"))
        shown = QFontMetrics(mono).elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRect(left, area.top(), room, area.height()), _LEFT, shown)
        painter.restore()

    def _box(self, painter: QPainter, box: QRect, is_ticked: bool) -> None:
        painter.setPen(self._theme.color("accent" if is_ticked else "control"))
        painter.setBrush(self._theme.color("accent" if is_ticked else "field"))
        painter.drawRoundedRect(box.adjusted(0, 0, -1, -1), 3, 3)
        if is_ticked:
            ratio = painter.device().devicePixelRatioF()
            tick = icons.pixmap(self._theme, "check", "on-accent", 11, ratio)
            painter.drawPixmap(box.left() + 1, box.top() + 1, tick)


class FacetValues(QFrame):
    """The list with its search line; Space or a click ticks the current value."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.model = ValueModel(self)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a value")
        self.search.setAccessibleName("Find a value")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self.model.search)
        self.list = _TickList()
        self.list.setModel(self.model)
        self.list.setItemDelegate(ValueDelegate(theme, self.list))
        self.list.setAccessibleName("Values")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.ticked.connect(self.model.toggle)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        top = QVBoxLayout()
        top.setContentsMargins(10, 0, 10, 0)
        top.addWidget(self.search)
        layout.addLayout(top)
        layout.addWidget(self.list)

    def show_values(
        self, values: Sequence[tuple[str | None, int]], ticked: Iterable[str | None]
    ) -> None:
        """Show values with their counts; None counts the runs without one."""
        self.model.show(values, ticked)
        rows = max(1, min(_ROWS, len(values)))
        self.list.setFixedHeight(rows * self._theme.px(ROW))
        self.search.setVisible(len(values) > _ROWS)


class _TickList(QListView):
    ticked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.clicked.connect(lambda index: self.ticked.emit(index.row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.ticked.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)
