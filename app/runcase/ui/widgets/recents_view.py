"""The table of recent stores: rows of two lines, opened by a double click or Enter."""

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QMenu,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from runcase.ui import icons
from runcase.ui.theme import Theme
from runcase.ui.widgets.recents_model import FILE_ROLE, MISSING_ROLE, PATH_ROLE, RecentsModel
from runcase.ui.widgets.row_state import row_tint

Index = QModelIndex | QPersistentModelIndex
ROW = 56
HEADER = 28
_WIDTHS = (0, 76, 62, 92, 120)
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_ICON_LEFT, _TEXT_LEFT = 9, 40


class RecentsView(QTableView):
    """Emits `opened` (path, in a new window) and `removed` (path)."""

    opened = Signal(str, bool)
    removed = Signal(str)

    def __init__(self, theme: Theme, model: RecentsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._recents = model
        self.setAccessibleName("Recent stores")
        self.setModel(model)
        self.setItemDelegate(RecentDelegate(theme, self))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setDefaultAlignment(_LEFT)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.doubleClicked.connect(lambda at: self._open(at.row(), new_window=False))
        theme.changed.connect(self._restyle)
        model.modelReset.connect(self._fit)
        self._restyle()

    def sizeHint(self) -> QSize:
        return QSize(640, self._height(max(1, self._recents.rowCount())))

    def minimumSizeHint(self) -> QSize:
        return QSize(420, self._height(min(2, max(1, self._recents.rowCount()))))

    def path(self) -> str:
        """Return the path of the current row, "" without one."""
        at = self.currentIndex()
        return str(at.data(PATH_ROLE)) if at.isValid() else ""

    def choose(self, row: int) -> None:
        """Make a row the current one."""
        self.setCurrentIndex(self._recents.index(row, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            ctrl = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            self._open(row, new_window=bool(ctrl))
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and row >= 0:
            self.removed.emit(self.path())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        under = self.indexAt(event.pos())
        at = under if under.isValid() else self.currentIndex()
        if at.isValid():
            self.menu(at.row()).popup(event.globalPos())

    def menu(self, row: int) -> QMenu:
        """Return the context menu of a row."""
        path = self._recents.row(row).path
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Open", lambda: self.opened.emit(path, False))
        menu.addAction("Open in New Window", lambda: self.opened.emit(path, True))
        menu.addSeparator()
        menu.addAction("Remove from List", lambda: self.removed.emit(path))
        return menu

    def _open(self, row: int, *, new_window: bool) -> None:
        self.opened.emit(self._recents.row(row).path, new_window)

    def _restyle(self) -> None:
        px = self._theme.px
        self.verticalHeader().setDefaultSectionSize(px(ROW))
        self.horizontalHeader().setFixedHeight(px(HEADER))
        for column, width in enumerate(_WIDTHS[1:], 1):
            self.setColumnWidth(column, px(width))
        self._fit()

    def _fit(self) -> None:
        """Be no higher than the rows: what is below the table follows it."""
        self.updateGeometry()

    def _height(self, rows: int) -> int:
        return self._theme.px(HEADER) + rows * self._theme.px(ROW)


class RecentDelegate(QStyledItemDelegate):
    """Paints name, file and chip over the path; figures on the right."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(60, self._theme.px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRect(option.rect)
        token = row_tint(option)
        selected = token.startswith("sel")
        if token:
            painter.fillRect(area, self._theme.color(token))
        painter.setPen(self._theme.color("grid"))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        gone = bool(index.data(MISSING_ROLE))
        if index.column() == 0:
            self._store(painter, area, index, selected, gone)
        else:
            painter.setFont(self._theme.font())
            last = index.column() == len(RecentsModel.TITLES) - 1
            painter.setPen(self._theme.color("muted" if gone or last else "text"))
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(area.adjusted(4, 0, -8, 0), int(side), str(index.data() or ""))
        painter.restore()

    def _store(
        self, painter: QPainter, area: QRect, index: Index, selected: bool, gone: bool
    ) -> None:
        px = self._theme.px
        ratio = painter.device().devicePixelRatioF()
        icon = icons.pixmap(self._theme, "database", "accent" if selected else "muted", 19, ratio)
        painter.drawPixmap(area.left() + px(_ICON_LEFT), area.center().y() - px(19) // 2, icon)
        left, right = area.left() + px(_TEXT_LEFT), area.right() - 8
        line = QRect(left, area.top() + px(8), right - left, px(20))
        strong = self._theme.font("body", QFont.Weight.DemiBold)
        end = self._piece(painter, line, str(index.data()), strong, "muted" if gone else "text")
        line.setLeft(end + 8)
        file = str(index.data(FILE_ROLE))
        end = self._piece(painter, line, file, self._theme.font("small"), "muted")
        line.setLeft(end + 8)
        if gone:
            self._chip(painter, line, "file not found")
        below = QRect(left, area.top() + px(29), right - left, px(18))
        font = self._theme.font("mono")
        path = QFontMetrics(font).elidedText(
            str(index.data(PATH_ROLE)), Qt.TextElideMode.ElideMiddle, below.width()
        )
        self._piece(painter, below, path, font, "muted" if gone else "text-2")

    def _piece(self, painter: QPainter, area: QRect, text: str, font: QFont, token: str) -> int:
        """Write one part of a line and return where it ends."""
        painter.setFont(font)
        painter.setPen(self._theme.color(token))
        metrics = QFontMetrics(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, area.width()))
        painter.drawText(area, int(_LEFT), shown)
        return area.left() + metrics.horizontalAdvance(shown)

    def _chip(self, painter: QPainter, area: QRect, text: str) -> None:
        font = self._theme.font("caption")
        wide = QFontMetrics(font).horizontalAdvance(text) + 14
        if wide > area.width():
            return
        px = self._theme.px
        box = QRectF(area.left(), area.center().y() - px(9), wide, px(19))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("error-soft"))
        painter.drawRoundedRect(box, 4, 4)
        painter.setFont(font)
        painter.setPen(self._theme.color("error"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
