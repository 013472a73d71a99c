"""The two-line header of the runs table: the kind above the key, and the sort's arrow."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from runcase.itemmodels import columns as titles
from runcase.itemmodels.runs import RunsModel
from runcase.store.records import Kind
from runcase.ui import icons
from runcase.ui.theme import Theme
from runcase.ui.widgets.runs_delegate import GUTTER


class RunsHeader(QHeaderView):
    """Paints itself and never calls the base's `paintSection`, which asks flags of every row."""

    def __init__(self, theme: Theme, runs: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._runs = runs
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(28)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        theme.changed.connect(self.viewport().update)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._theme.px(38))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        if not rect.isValid() or section >= len(self._runs.columns):
            return
        key = self._runs.columns[section]
        painter.save()
        painter.fillRect(rect, self._theme.color("header"))
        painter.setPen(self._theme.color("border"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.drawLine(rect.topRight(), rect.bottomRight())
        right = key.kind is Kind.METRIC or key == titles.DURATION or self._runs.stats(key).numeric
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        sorted_here = self._runs.sort_key == key
        inner = rect.adjusted(GUTTER + 18 if key == titles.NAME else 8, 3, -8, -3)
        half = inner.height() // 2
        small = self._theme.font("caption")
        painter.setFont(small)
        painter.setPen(self._theme.color("muted"))
        top = QRect(inner.left(), inner.top(), inner.width(), half)
        painter.drawText(top, int(side | Qt.AlignmentFlag.AlignVCenter), titles.group(key))
        weight = QFont.Weight.DemiBold if sorted_here else QFont.Weight.Normal
        painter.setFont(self._theme.font("small", weight))
        painter.setPen(self._theme.color("text"))
        bottom = QRect(inner.left(), inner.top() + half, inner.width(), inner.height() - half)
        if sorted_here:
            bottom = self._arrow(painter, bottom, right)
        text = QFontMetrics(painter.font()).elidedText(
            titles.title(key), Qt.TextElideMode.ElideMiddle, bottom.width()
        )
        painter.drawText(bottom, int(side | Qt.AlignmentFlag.AlignVCenter), text)
        painter.restore()

    def _arrow(self, painter: QPainter, line: QRect, right: bool) -> QRect:
        """Paint the sort's arrow at the end of the title and return what is left."""
        size = 12
        ratio = painter.device().devicePixelRatio()
        name = "chevron-down" if self._runs.descending else "chevron-up"
        image = icons.pixmap(self._theme, name, "accent", size, ratio)
        painter.drawPixmap(line.right() - size + 2, line.center().y() - size // 2 + 1, image)
        return line.adjusted(0, 0, -size - 2, 0)
