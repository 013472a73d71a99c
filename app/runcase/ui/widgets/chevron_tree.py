"""A tree view whose branches are chevrons over the row's own tint."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QFrame, QStyleOptionViewItem, QTreeView

from runcase.ui import icons
from runcase.ui.theme import Theme
from runcase.ui.widgets.letters import is_letter
from runcase.ui.zoom import follow

Index = QModelIndex | QPersistentModelIndex


class ChevronTree(QTreeView):
    """The delegate tints the whole row; the chevron is painted after it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setHeaderHidden(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QTreeView.EditTrigger.NoEditTriggers)
        self.setExpandsOnDoubleClick(False)
        follow(theme, self, self._restyled)

    def drawRow(self, painter: QPainter, options: QStyleOptionViewItem, index: Index) -> None:
        super().drawRow(painter, options, index)
        model = self.model()
        first = model.index(index.row(), 0, index.parent())
        if not model.rowCount(first) or not self.has_chevron(first):
            return
        box = self.visualRect(first)
        name = "chevron-down" if self.isExpanded(first) else "chevron-right"
        ratio = painter.device().devicePixelRatio()
        image = icons.pixmap(self._theme, name, "muted", 13, ratio)
        px = self._theme.px
        painter.drawPixmap(box.left() - px(14), box.center().y() - px(6), image)

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        """Leave the branches to `drawRow`, which paints them over the tint."""

    def has_chevron(self, _index: QModelIndex) -> bool:
        """Say whether a row with children shows that it folds."""
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # The base takes every letter, for a search that is off here; `*` expands.
        if is_letter(event) and event.text() != "*":
            event.ignore()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, _search: str) -> None:
        """Leave single letters to the actions."""

    def _restyled(self) -> None:
        self.setIndentation(self._theme.px(16))
        # Rows ask their delegate anew how high they are.
        self.scheduleDelayedItemsLayout()
        self.viewport().update()
