"""The two-line header of the runs table: the kind above the key, the sort's arrow, the menu."""

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QDrag, QMouseEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from runcase.itemmodels import columns as titles
from runcase.itemmodels.runs import RunsModel
from runcase.store.records import ColumnKey
from runcase.ui import icons
from runcase.ui.column_mime import mime_of_column
from runcase.ui.widgets.runs_gutter import GUTTER
from runcase.ui.widgets.runs_paints import Paints

_BUTTON = 18
# So far above or below the titles, in pixels, a dragged one leaves them.
_LEAVES = 20


class RunsHeader(QHeaderView):
    """Paints itself and never calls the base's `paintSection`, which asks flags of every row.

    `sort_wanted` carries a column and whether it is added to the columns sorted by; `menu_wanted`
    a column and where to open its menu on the screen.
    """

    sort_wanted = Signal(object, bool)
    menu_wanted = Signal(object, QPoint)

    def __init__(self, paints: Paints, runs: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = paints.theme
        self._runs = runs
        self._paints = paints
        self._hovered = -1
        self._pressed: QPoint | None = None
        self._resizing = False
        # Columns that the filter names.
        self.filtered: frozenset[ColumnKey] = frozenset()
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(28)
        self.setMouseTracking(True)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._theme.changed.connect(self.viewport().update)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._theme.px(38))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        section = self.logicalIndexAt(event.position().toPoint())
        on_button = section >= 0 and self._button(section).contains(event.position().toPoint())
        pressed, self._pressed = self._pressed, None
        super().mouseReleaseEvent(event)
        if event.button() != Qt.MouseButton.LeftButton or pressed is None:
            return
        moved = (event.position().toPoint() - pressed).manhattanLength() > 4
        if moved or not 0 <= section < len(self._runs.columns):
            return
        key = self._runs.columns[section]
        if on_button:
            self.menu_wanted.emit(key, self.below(section))
        elif not self._resizing:
            added = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.sort_wanted.emit(key, added)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint()
        # Beside an edge the mouse has the cursor that resizes: that is no click on the title.
        self._resizing = self.cursor().shape() == Qt.CursorShape.SplitHCursor
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        is_pressed = self._pressed is not None and event.buttons() == Qt.MouseButton.LeftButton
        if is_pressed and not self._resizing and not -_LEAVES <= at.y() < self.height() + _LEAVES:
            self._drag_out()
            return
        super().mouseMoveEvent(event)

    def _drag_out(self) -> None:
        """Take the pressed column to a chart or into the filter; among the titles it stays."""
        pressed, self._pressed = self._pressed, None
        section = -1 if pressed is None else self.logicalIndexAt(pressed)
        if pressed is None or not 0 <= section < len(self._runs.columns):
            return
        # The base moves the section to where it is let go of: that is where it was taken.
        for kind, buttons in (
            (QEvent.Type.MouseMove, Qt.MouseButton.LeftButton),
            (QEvent.Type.MouseButtonRelease, Qt.MouseButton.NoButton),
        ):
            there = QPointF(pressed), QPointF(self.viewport().mapToGlobal(pressed))
            left, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
            event = QMouseEvent(kind, *there, left, buttons, keys)
            if kind is QEvent.Type.MouseMove:
                super().mouseMoveEvent(event)
            else:
                super().mouseReleaseEvent(event)
        edge = self.sectionViewportPosition(section)
        title = QRect(edge, 0, self.sectionSize(section), self.height())
        drag = QDrag(self)
        drag.setMimeData(mime_of_column(self._runs.columns[section]))
        drag.setPixmap(self.viewport().grab(title))
        drag.exec(Qt.DropAction.CopyAction)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        section = self.logicalIndexAt(event.pos())
        if 0 <= section < len(self._runs.columns):
            self.menu_wanted.emit(self._runs.columns[section], event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._hover(self.logicalIndexAt(event.position().toPoint()))
        elif event.type() in (QEvent.Type.Leave, QEvent.Type.HoverLeave):
            self._hover(-1)
        return super().viewportEvent(event)

    def open_menu(self, section: int) -> None:
        """Open the menu of a column below its title, as the keyboard asks for it."""
        self.menu_wanted.emit(self._runs.columns[section], self.below(section))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        if not rect.isValid() or section >= len(self._runs.columns):
            return
        key = self._runs.columns[section]
        painter.save()
        painter.fillRect(rect, self._paints.color("header"))
        painter.setPen(self._paints.color("border"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.drawLine(rect.topRight(), rect.bottomRight())
        inner = rect.adjusted(self._theme.px(GUTTER + 18) if key == titles.NAME else 8, 3, -8, -3)
        if key == titles.NAME:
            self._gutter(painter, rect)
        if key != titles.STATUS:
            self._words(painter, inner, section, key)
        if section == self._hovered:
            self._chevron(painter, section)
        painter.restore()

    def _words(self, painter: QPainter, inner: QRect, section: int, key: ColumnKey) -> None:
        right = titles.is_right_aligned(key) or self._runs.stats(key).numeric
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        flags = int(side | Qt.AlignmentFlag.AlignVCenter)
        half = inner.height() // 2
        top = QRect(inner.left(), inner.top(), inner.width(), half)
        bottom = QRect(inner.left(), inner.top() + half, inner.width(), inner.height() - half)
        small, small_metrics = self._paints.font("caption")
        painter.setFont(small)
        painter.setPen(self._paints.color("muted"))
        group = small_metrics.elidedText(
            titles.group(key), Qt.TextElideMode.ElideMiddle, top.width()
        )
        if section == self._hovered and right:
            top.setRight(self._button(section).left() - 2)
        if key in self.filtered:
            self._filter_sign(painter, inner, right)
        painter.drawText(top, flags, group)
        place = self._sorted_at(key)
        font, metrics = self._paints.font("small", bold=place is not None)
        if place is not None:
            bottom = self._arrow(painter, bottom, *place)
        painter.setFont(font)
        painter.setPen(self._paints.color("text"))
        text = metrics.elidedText(
            titles.title(key).replace("\n", "⏎"), Qt.TextElideMode.ElideMiddle, bottom.width()
        )
        painter.drawText(bottom, flags, text)

    def _sorted_at(self, key: ColumnKey) -> tuple[bool, int] | None:
        """Return whether a column sorts downwards and its rank; 0 when it is the only one."""
        arrangement = self._runs.arrangement
        sort = arrangement.wish.sort if arrangement is not None else ()
        for at, (sorted_key, descending) in enumerate(sort):
            if sorted_key == key:
                return descending, at + 1 if len(sort) > 1 else 0
        return None

    def _arrow(self, painter: QPainter, line: QRect, descending: bool, rank: int) -> QRect:
        """Paint the sort's arrow, and its rank among several, at the end of the title."""
        line = self._icon(painter, line, "chevron-down" if descending else "chevron-up")
        if not rank:
            return line
        font, metrics = self._paints.font("caption")
        painter.setFont(font)
        painter.setPen(self._paints.color("accent"))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, int(flags), str(rank))
        return line.adjusted(0, 0, -metrics.horizontalAdvance(str(rank)) - 2, 0)

    def _filter_sign(self, painter: QPainter, inner: QRect, right: bool) -> None:
        """Paint beside the kind that the filter names this column: the title keeps its room."""
        size = self._theme.px(12)
        ratio = painter.device().devicePixelRatio()
        image = icons.pixmap(self._theme, "list-filter", "accent", 12, ratio)
        left = inner.left() - 2 if right else inner.right() - size
        painter.drawPixmap(left, inner.top() + 1, image)

    def _icon(self, painter: QPainter, line: QRect, name: str) -> QRect:
        size = self._theme.px(12)
        ratio = painter.device().devicePixelRatio()
        image = icons.pixmap(self._theme, name, "accent", 12, ratio)
        painter.drawPixmap(line.right() - size + 2, line.center().y() - size // 2 + 1, image)
        return line.adjusted(0, 0, -size - 2, 0)

    def _gutter(self, painter: QPainter, rect: QRect) -> None:
        """Say what the signs before the names mean: shown in charts, pinned."""
        ratio = painter.device().devicePixelRatio()
        for name, left in (("eye", 25), ("pin", 46)):
            size = self._theme.px(14)
            image = icons.pixmap(self._theme, name, "muted", 14, ratio)
            painter.drawPixmap(
                rect.left() + self._theme.px(left), rect.center().y() - size // 2, image
            )

    def _chevron(self, painter: QPainter, section: int) -> None:
        box = self._button(section)
        painter.setPen(self._paints.color("border-strong"))
        painter.setBrush(self._paints.color("surface"))
        painter.drawRoundedRect(box.adjusted(0, 0, -1, -1), 3, 3)
        ratio = painter.device().devicePixelRatio()
        image = icons.pixmap(self._theme, "chevron-down", "text-2", 12, ratio)
        half = self._theme.px(6)
        painter.drawPixmap(box.center() - QPoint(half, half), image)

    def _button(self, section: int) -> QRect:
        left = self.sectionViewportPosition(section)
        right = left + self.sectionSize(section)
        side = self._theme.px(_BUTTON)
        return QRect(right - side - 2, 2, side - 1, side - 2)

    def below(self, section: int) -> QPoint:
        """Return the bottom left corner of a title on the screen."""
        left = self.sectionViewportPosition(section)
        return self.viewport().mapToGlobal(QPoint(left, self.height()))

    def _hover(self, section: int) -> None:
        if section != self._hovered:
            self._hovered = section
            self.viewport().update()
