"""A card with one chart: title, note, maximise, menu, and a place for what cannot be drawn."""

from functools import partial

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QEnterEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QApplication, QFrame, QSizePolicy, QVBoxLayout, QWidget

from runcase.curves.chart import Chart
from runcase.errors import RuncaseError
from runcase.itemmodels.chart_kinds import chart_title
from runcase.ui.plots.chart_view import ChartView
from runcase.ui.plots.legend_strip import LegendStrip
from runcase.ui.plots.line_feed import LineFeed
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Elided, IconButton, row
from runcase.ui.widgets.state_page import Action, StatePage
from runcase.ui.zoom import fix

CHART_MIME = "application/x-runcase-chart"


class ChartCard(QFrame):
    """Shows a chart once there is something to draw; all its signals carry the chart's id.

    `entered` follows the mouse, `focused` the focus within the card; it carries "" when that goes.
    """

    maximise_pressed = Signal(str)
    entered = Signal(str)
    focused = Signal(str)
    menu_wanted = Signal(str, QPoint)

    def __init__(self, theme: Theme, chart: Chart, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._theme = theme
        self.spec = chart
        self.view: ChartView | None = None
        # What was asked to be read for it; None when that has to be read again.
        self.asked: object = None
        self.feed: LineFeed | None = None
        self._pressed: QPoint | None = None
        self._title = Elided("", "heading", Qt.TextElideMode.ElideMiddle)
        self._title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._note = Elided("", "small-muted")
        self._maximise = self._button("maximize-2", "Maximise")
        self._maximise.clicked.connect(lambda: self.maximise_pressed.emit(self.spec.id))
        self._more = self._button("ellipsis", "Chart Menu")
        self._more.clicked.connect(self._open_menu)
        self._header = QFrame()
        fix(theme, self._header, height=30)
        controls = row(self._title, spacing=6, margins=(10, 0, 8, 0))
        controls.addWidget(self._note, 1)
        controls.addWidget(self._maximise)
        controls.addWidget(self._more)
        self._header.setLayout(controls)
        self._header.installEventFilter(self)
        self._state: StatePage | None = None
        self.legend = LegendStrip(theme)
        self.legend.hide()
        self._body = QVBoxLayout(self)
        self._body.setContentsMargins(1, 1, 1, 1)
        self._body.setSpacing(0)
        self._body.addWidget(self._header)
        self._body.addStretch(1)
        self._body.addWidget(self.legend)
        self.set_spec(chart)

    def set_spec(self, chart: Chart) -> None:
        """Show another title."""
        self.spec = chart
        self._title.setText(chart_title(chart))
        self.setAccessibleName(chart_title(chart))

    def set_view(self, view: ChartView) -> None:
        """Put the chart into the card, in place of one of another kind."""
        self._drop(self.view)
        self.view = view
        view.installEventFilter(self)
        self._put(view)

    def note(self) -> str:
        """Return the words beside the title."""
        return self._note.text()

    def refresh_note(self) -> None:
        """Write the chart's note beside the title, and its legend below."""
        view = None if self.view is None or self.view.isHidden() else self.view
        self._note.setText("" if view is None else view.note())
        self.legend.show_keys([] if view is None else view.card_keys())

    def show_empty(self, icon: str, title: str, text: str, *actions: Action) -> None:
        """Say instead of a chart why there is none, and offer what to do."""
        if self._state is None:
            self._state = StatePage(self._theme)
        self._state.show_state(icon, title, text, *actions)
        self._put(self._state)
        if self.view is not None:
            self.view.hide()
        self._note.setText("")
        self.legend.hide()

    def show_chart(self) -> None:
        """Show the chart again."""
        if self._state is not None:
            self._state.hide()
        if self.view is not None:
            self.view.show()

    def show_failure(self, error: RuncaseError, *actions: Action) -> None:
        """Say why the chart could not be drawn, and offer what to do."""
        self.show_empty("circle-alert", "This chart cannot be drawn", _sentence(error), *actions)

    def set_maximised(self, maximised: bool) -> None:
        """Offer to restore the card instead of maximising it."""
        text = "Restore" if maximised else "Maximise"
        self._maximise.setToolTip(f"{text}  M")
        self._maximise.setAccessibleName(text)

    def stops(self) -> list[QWidget]:
        """Return what can have the focus, in the order of Tab."""
        return [self._maximise, self._more, *([] if self.view is None else [self.view])]

    def has_focus(self) -> bool:
        """Say whether the chart itself has the focus."""
        return self.view is not None and self.view.hasFocus()

    def enterEvent(self, event: QEnterEvent) -> None:
        self.entered.emit(self.spec.id)
        super().enterEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(self.spec.id, event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.has_focus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(self._theme.color("accent"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self.view:
            if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
                self.update()
                focused = self.spec.id if event.type() == QEvent.Type.FocusIn else ""
                # Once the focus has settled: what is asked of it then is answered by the widgets.
                QTimer.singleShot(0, self, partial(self.focused.emit, focused))
            return False
        if isinstance(event, QMouseEvent):
            if event.type() == QEvent.Type.MouseButtonPress:
                self._pressed = event.position().toPoint()
            elif event.type() == QEvent.Type.MouseButtonDblClick:
                self.maximise_pressed.emit(self.spec.id)
            elif event.type() == QEvent.Type.MouseMove and self._pressed is not None:
                moved = (event.position().toPoint() - self._pressed).manhattanLength()
                if moved >= QApplication.startDragDistance():
                    self._pressed = None
                    self._drag()
            elif event.type() == QEvent.Type.MouseButtonRelease:
                self._pressed = None
        return False

    def picture(self) -> QPixmap:
        """Return the card as it is in the window."""
        return self.grab()

    def _open_menu(self) -> None:
        below = self._more.mapToGlobal(self._more.rect().bottomLeft())
        self.menu_wanted.emit(self.spec.id, below)

    def _drag(self) -> None:
        """Take the card to another place among the cards, or its picture to another program."""
        mime = QMimeData()
        mime.setData(CHART_MIME, self.spec.id.encode())
        picture = self.picture()
        mime.setImageData(picture.toImage())
        drag = QDrag(self)
        drag.setMimeData(mime)
        drag.setPixmap(picture.scaledToWidth(min(240, picture.width())))
        drag.exec(Qt.DropAction.CopyAction | Qt.DropAction.MoveAction, Qt.DropAction.MoveAction)

    def _put(self, widget: QWidget) -> None:
        if self._body.indexOf(widget) < 0:
            self._body.insertWidget(1, widget, 1)
        for at in range(self._body.count()):
            item = self._body.itemAt(at)
            if item is not None and item.spacerItem() is not None:
                self._body.removeItem(item)  # it held the place of the chart
                break
        widget.show()

    def _drop(self, widget: QWidget | None) -> None:
        if widget is not None:
            self._body.removeWidget(widget)
            widget.hide()
            widget.deleteLater()

    def _button(self, icon: str, text: str) -> IconButton:
        return IconButton(self._theme, icon, text, side=24)


def _sentence(error: RuncaseError) -> str:
    return " ".join(part for part in (str(error), error.hint) if part)
