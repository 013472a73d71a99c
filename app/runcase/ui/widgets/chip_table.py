"""The table of the registry's pages: rows of 30 pixels with chips and links."""

from collections.abc import Mapping

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from runcase.itemmodels.registry import LINK_ROLE
from runcase.ui.theme import Theme
from runcase.ui.widgets.chip_delegate import ChipDelegate

ROW = 30
HEADER = 27
# A column that nobody gave a width is at least so wide, and as wide as its title.
_LEAST = 76
_LEAST_STRETCHED = 92
_NO_KEYS = Qt.KeyboardModifier.NoModifier


class ChipTable(QTableView):
    """Emits `opened` (index, in a new window) for a pressed link, a double click or Enter."""

    opened = Signal(QModelIndex, bool)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._widths: Mapping[str, int] = {}
        self._stretched = ""
        self._fitted = False
        self._chips = ChipDelegate(theme, self)
        self.setAccessibleName(name)
        self.setItemDelegate(self._chips)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(1)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(theme.px(48))
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.doubleClicked.connect(self._double_clicked)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_model(
        self, model: QAbstractItemModel, widths: Mapping[str, int], stretched: str
    ) -> None:
        """Show a model; `widths` are by column title, the `stretched` column takes the rest."""
        self.setModel(model)
        self._widths, self._stretched = widths, stretched
        model.modelReset.connect(self._lay_out)
        self._lay_out()

    def fit_height(self) -> None:
        """Make the table as high as its rows, for a table inside a scrolled page."""
        self._fitted = True
        height = self._theme.px(HEADER) + self.model().rowCount() * self._theme.px(ROW) + 2
        if self.horizontalHeader().length() > self.viewport().width():
            height += self.horizontalScrollBar().sizeHint().height()
        self.setFixedHeight(height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        at = self.currentIndex()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and at.isValid():
            self.opened.emit(at, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
            return
        # Type-ahead is off in views: a letter is the window's to take as an action.
        if event.text().isprintable() and event.text() and event.modifiers() == _NO_KEYS:
            event.ignore()
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        at = self.indexAt(event.position().toPoint())
        left = event.button() == Qt.MouseButton.LeftButton
        if left and at.isValid() and self._chips.link_at(at, event.position().toPoint()):
            self.opened.emit(at, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        at = self.indexAt(event.position().toPoint())
        self._hover(at.row())
        over = at.isValid() and self._chips.link_at(at, event.position().toPoint())
        shape = Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._stretch()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, row: int) -> None:
        if row != self._chips.hovered:
            self._chips.hovered = row
            self.viewport().update()

    def _double_clicked(self, index: QModelIndex) -> None:
        # The first click of the two has followed a link already.
        if not index.data(LINK_ROLE):
            self.opened.emit(index, False)

    def _restyle(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.px(ROW))
        self.horizontalHeader().setFixedHeight(self._theme.px(HEADER))
        self._lay_out()

    def _lay_out(self) -> None:
        if not self._widths:
            return  # no model yet
        model = self.model()
        metrics = QFontMetrics(self._theme.font("small"))
        for column in range(model.columnCount()):
            title = str(model.headerData(column, Qt.Orientation.Horizontal) or "")
            wide = self._widths.get(title, 0)
            least = max(self._theme.px(_LEAST), metrics.horizontalAdvance(title) + 24)
            self.setColumnWidth(column, self._theme.px(wide) if wide else least)
        self._stretch()

    def _stretch(self) -> None:
        """Give the stretched column what the others leave, but never a sliver."""
        model, column = self.model(), -1
        for at in range(model.columnCount() if self._widths else 0):
            if model.headerData(at, Qt.Orientation.Horizontal) == self._stretched:
                column = at
        if column >= 0:
            taken = self.horizontalHeader().length() - self.columnWidth(column)
            room = self.viewport().width() - taken
            self.setColumnWidth(column, max(self._theme.px(_LEAST_STRETCHED), room))
        if self._fitted:
            self.fit_height()
