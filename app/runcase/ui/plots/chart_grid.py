"""Cards in sections, of which only those on the screen exist: a store may have 2,000 metrics."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QFrame, QScrollArea, QToolButton, QWidget

from runcase.curves.chart import Chart
from runcase.itemmodels import formats
from runcase.itemmodels.chart_book import Section
from runcase.ui import icons
from runcase.ui.column_mime import COLUMN, column_in
from runcase.ui.plots.chart_card import CHART_MIME, ChartCard
from runcase.ui.plots.column_drop import ColumnDrop
from runcase.ui.run_mime import refs_in
from runcase.ui.theme import Theme
from runcase.ui.widgets.drop_overlay import DropOverlay

CARD_HEIGHT = 236
CARD_WIDTH = 340
_GAP = 10
_HEAD = 26
# So many cards beyond those on the screen stay as they are, for scrolling back.
_KEPT = 12
_SETTLE_MS = 40


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a card or a section's head lies; `chart` is None for a head."""

    section: Section
    chart: Chart | None
    rect: QRect


class ChartGrid(QScrollArea):
    """Lays cards out; who owns it makes them, and fills those that `wanted` names.

    `wanted` follows scrolling and resizing; `moved` carries a chart's id and the id it was
    dropped before, "" for the end; `folded` a section's id; `dropped` the ids of runs, `charted`
    the chart that a dropped column makes, without an id if it is a new one.
    """

    wanted = Signal()
    moved = Signal(str, str)
    folded = Signal(str)
    dropped = Signal(list)
    charted = Signal(object)

    def __init__(
        self, theme: Theme, make: Callable[[Chart], ChartCard], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._make = theme, make
        self.cards: dict[str, ChartCard] = {}
        self._heads: dict[str, QToolButton] = {}
        self._places: list[_Place] = []
        self._sections: Sequence[Section] = ()
        self._folded: set[str] = set()
        self.columns = 0
        self._maximised = ""
        self._canvas = _Canvas(theme, self)
        self._canvas.setObjectName("side")
        self.setWidget(self._canvas)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._look)
        self.verticalScrollBar().valueChanged.connect(self.look)
        self.viewport().installEventFilter(self)
        theme.changed.connect(self._retint)

    def show_sections(self, sections: Sequence[Section], folded: set[str], maximised: str) -> None:
        """Show other charts, or in another order; cards that stay are kept."""
        self._sections, self._folded, self._maximised = sections, set(folded), maximised
        known = {chart.id for section in sections for chart in section.charts}
        for gone in [each for each in self.cards if each not in known]:
            self._drop(gone)
        self.lay_out()

    def set_columns(self, columns: int) -> None:
        """Show so many cards beside each other, 0 for as many as there is room for."""
        self.columns = columns
        self.lay_out()

    def visible_cards(self) -> list[ChartCard]:
        """Return the cards on the screen, from top to bottom."""
        seen = self.seen()
        return [
            self.cards[place.chart.id]
            for place in self._places
            if place.chart is not None
            and place.chart.id in self.cards
            and place.rect.intersects(seen)
        ]

    def look(self) -> None:
        """Make the cards on the screen, soon: while something scrolls, not each of them."""
        self._settle.start()

    def lay_out(self) -> None:
        """Work out where everything lies, and put what exists there."""
        width = max(1, self.viewport().width())
        self._places = self._placed(width)
        bottom = max((place.rect.bottom() for place in self._places), default=0)
        self._canvas.resize(width, max(bottom + _GAP, self.viewport().height()))
        heads = set()
        for place in self._places:
            if place.chart is None:
                heads.add(place.section.id)
                self._head(place.section).setGeometry(place.rect)
            elif place.chart.id in self.cards:
                self.cards[place.chart.id].setGeometry(place.rect)
        for section, head in self._heads.items():
            head.setVisible(section in heads)
        placed = {place.chart.id for place in self._places if place.chart is not None}
        for each, card in self.cards.items():
            card.setVisible(each in placed)
        self.look()

    def scroll_to(self, chart_id: str) -> None:
        """Bring a card onto the screen."""
        for place in self._places:
            if place.chart is not None and place.chart.id == chart_id:
                self.ensureVisible(place.rect.center().x(), place.rect.bottom(), 0, _GAP)
                self.ensureVisible(place.rect.center().x(), place.rect.top(), 0, _HEAD)

    def order_focus(self, before: QWidget) -> None:
        """Have Tab go from a widget through the cards as they lie, not as they were made."""
        last = before
        for place in self._places:
            card = None if place.chart is None else self.cards.get(place.chart.id)
            for stop in () if card is None else card.stops():
                QWidget.setTabOrder(last, stop)
                last = stop

    def mark_color(self) -> QColor:
        """Return the colour of the line where a dragged card would go."""
        return self._theme.color("accent")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.lay_out()
        return super().eventFilter(watched, event)

    def chart_at(self, at: QPoint) -> tuple[Chart, QRect] | None:
        """Return the chart at a point of the cards' canvas and where its card is, None for none."""
        for place in self._places:
            if place.chart is not None and place.rect.contains(at):
                return place.chart, place.rect
        return None

    def place_before(self, at: QPoint) -> tuple[str, QRect] | None:
        """Return the chart that something dropped at a point comes before, and where to mark it.

        The id is "" for the end of a section.
        """
        cards = [place for place in self._places if place.chart is not None]
        for number, place in enumerate(cards):
            if not place.rect.adjusted(-_GAP, -_GAP, _GAP, _GAP).contains(at):
                continue
            assert place.chart is not None
            left = at.x() < place.rect.center().x()
            edge = place.rect.left() - _GAP // 2 - 1 if left else place.rect.right() + _GAP // 2
            mark = QRect(edge, place.rect.top(), 2, place.rect.height())
            if left:
                return place.chart.id, mark
            after = cards[number + 1] if number + 1 < len(cards) else None
            same = after is not None and after.section.id == place.section.id
            return (after.chart.id if same and after and after.chart else ""), mark
        return None

    def _placed(self, width: int) -> list[_Place]:
        if self._maximised:
            for section in self._sections:
                for chart in section.charts:
                    if chart.id == self._maximised:
                        height = max(CARD_HEIGHT, self.viewport().height() - 2 * _GAP)
                        rect = QRect(_GAP, _GAP, width - 2 * _GAP, height)
                        return [_Place(section, chart, rect)]
        zoom = self._theme.zoom
        card_height = round(CARD_HEIGHT * zoom)
        room = max(1, (width - _GAP) // round(CARD_WIDTH * zoom))
        titled = len(self._sections) > 1
        places, top = [], _GAP
        for section in self._sections:
            if titled:
                head = round(_HEAD * zoom)
                places.append(_Place(section, None, QRect(_GAP, top, width - 2 * _GAP, head)))
                top += head + 4
                if section.id in self._folded:
                    continue
            columns = self.columns or min(3, room)
            columns = max(1, min(columns, len(section.charts)))
            card_width = (width - _GAP * (columns + 1)) // columns
            for at, chart in enumerate(section.charts):
                x = _GAP + (at % columns) * (card_width + _GAP)
                y = top + (at // columns) * (card_height + _GAP)
                places.append(_Place(section, chart, QRect(x, y, card_width, card_height)))
            rows = -(-len(section.charts) // columns)
            top += rows * (card_height + _GAP)
        return places

    def _look(self) -> None:
        """Make what is on the screen, and let go of what is far from it."""
        if not self.isVisible():
            return
        seen = self.seen()
        near = seen.adjusted(0, -seen.height() // 2, 0, seen.height() // 2)
        far = []
        for place in self._places:
            if place.chart is None:
                continue
            chart = place.chart
            if place.rect.intersects(near):
                if chart.id not in self.cards:
                    card = self._make(chart)
                    card.setParent(self._canvas)
                    card.setGeometry(place.rect)
                    card.show()
                    self.cards[chart.id] = card
                elif self.cards[chart.id].spec != chart:
                    self.cards[chart.id].set_spec(chart)
                    self.cards[chart.id].asked = None
            elif chart.id in self.cards:
                far.append((abs(place.rect.center().y() - seen.center().y()), chart.id))
        if not self._maximised:
            for _, each in sorted(far, reverse=True)[: max(0, len(far) - _KEPT)]:
                self._drop(each)
        self.wanted.emit()

    def seen(self) -> QRect:
        """Return what of the cards' canvas is on the screen."""
        return QRect(0, self.verticalScrollBar().value(), self.width(), self.viewport().height())

    def _drop(self, chart_id: str) -> None:
        card = self.cards.pop(chart_id)
        card.hide()
        card.deleteLater()

    def _head(self, section: Section) -> QToolButton:
        head = self._heads.get(section.id)
        if head is None:
            head = QToolButton(self._canvas)
            head.setObjectName("sectionHead")
            head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            head.setAutoRaise(True)
            head.clicked.connect(lambda _checked=False, id_=section.id: self.folded.emit(id_))
            self._heads[section.id] = head
        head.setText(f"{section.title}  {formats.count(len(section.charts))}")
        self._tint(section.id, head)
        head.show()
        return head

    def _tint(self, section: str, head: QToolButton) -> None:
        icon = "chevron-right" if section in self._folded else "chevron-down"
        head.setIcon(icons.icon(self._theme, icon, "text-2", 14))
        head.setIconSize(QSize(self._theme.px(14), self._theme.px(14)))

    def _retint(self) -> None:
        for section, head in self._heads.items():
            self._tint(section, head)
        self.lay_out()


class _Canvas(QWidget):
    """What the cards lie on; it takes runs, and cards, of which it shows where they would go."""

    def __init__(self, theme: Theme, grid: ChartGrid) -> None:
        super().__init__()
        self._grid = grid
        self._mark: QRect | None = None
        self._overlay = DropOverlay(theme, grid)
        self._columns = ColumnDrop(theme, grid, self)
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        runs = refs_in(event.mimeData())
        if event.mimeData().hasFormat(CHART_MIME) or event.mimeData().hasFormat(COLUMN):
            event.acceptProposedAction()
        elif runs:
            words = f"Show {formats.counted(len(runs), 'run')}"
            self._overlay.announce(words, "in these charts; no store is changed")
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        key = column_in(event.mimeData())
        if key is not None:
            outcome = self._columns.offer(key, event.position().toPoint())
            event.setAccepted(outcome.chart is not None)
            return
        if not event.mimeData().hasFormat(CHART_MIME):
            return
        found = self._grid.place_before(event.position().toPoint())
        self._show_mark(None if found is None else found[1])
        event.setAccepted(found is not None)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_mark(None)
        self._overlay.hide()
        self._columns.end()

    def dropEvent(self, event: QDropEvent) -> None:
        self._show_mark(None)
        self._overlay.hide()
        key = column_in(event.mimeData())
        if key is not None:
            outcome = self._columns.offer(key, event.position().toPoint())
            self._columns.end()
            if outcome.chart is not None:
                event.acceptProposedAction()
                self._grid.charted.emit(outcome.chart)
            return
        runs = refs_in(event.mimeData())
        if runs:
            event.acceptProposedAction()
            self._grid.dropped.emit([each.run_id for each in runs])
            return
        found = self._grid.place_before(event.position().toPoint())
        if found is not None and event.mimeData().hasFormat(CHART_MIME):
            event.acceptProposedAction()
            moved = bytes(event.mimeData().data(CHART_MIME).data()).decode()
            self._grid.moved.emit(moved, found[0])

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._mark is not None:
            QPainter(self).fillRect(self._mark, self._grid.mark_color())

    def _show_mark(self, mark: QRect | None) -> None:
        self._mark = mark
        self.update()
