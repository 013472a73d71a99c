"""The header of the compare table: each run's colour, name, time and whether it is the baseline."""

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from runcase.itemmodels.compare import CompareModel
from runcase.itemmodels.compare_rows import Row
from runcase.ui import icons
from runcase.ui.widgets.runs_paints import Paints
from runcase.ui.widgets.text_paint import paint_text

SWATCH = 10
_TALL, _FLAT = 74, 38
_BUTTON = 18
_DROP = "Drop a run here to add it"


class CompareHeader(QHeaderView):
    """Paints itself; the signals carry the run's number, `menu_wanted` a place on the screen too.

    Over columns of facts, when the runs are rows, it names the section and the key.
    """

    baseline_wanted = Signal(int)
    removal_wanted = Signal(int)
    opened = Signal(int)
    menu_wanted = Signal(int, QPoint)

    def __init__(self, paints: Paints, model: CompareModel, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._paints = paints
        self._theme = paints.theme
        self._model = model
        self._hovered = -1
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(60)
        self.setMouseTracking(True)
        self._theme.changed.connect(self.viewport().update)

    def sizeHint(self) -> QSize:
        height = _FLAT if self._model.transposed else _TALL
        return QSize(super().sizeHint().width(), self._theme.px(height))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        place = event.position().toPoint()
        section = self.logicalIndexAt(place)
        if event.button() != Qt.MouseButton.LeftButton or not self._is_run(section):
            return
        if self._close(section).contains(place):
            self.removal_wanted.emit(section - 1)
        elif self._chip(section).contains(place):
            self.baseline_wanted.emit(section - 1)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        section = self.logicalIndexAt(place)
        if self._is_run(section) and not self._close(section).contains(place):
            self.opened.emit(section - 1)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        section = self.logicalIndexAt(event.pos())
        if self._is_run(section):
            self.menu_wanted.emit(section - 1, event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        hovered = self._hovered
        if event.type() == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            hovered = self.logicalIndexAt(event.position().toPoint())
        elif event.type() in (QEvent.Type.Leave, QEvent.Type.HoverLeave):
            hovered = -1
        if hovered != self._hovered:
            self._hovered = hovered
            self.viewport().update()
        return super().viewportEvent(event)

    def chip_place(self, run: int) -> QPoint:
        """Return the middle of what makes a run the baseline, for the mouse."""
        return self._chip(run + 1).center()

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        if not rect.isValid() or section >= self._model.columnCount():
            return
        painter.save()
        painter.fillRect(
            rect, self._paints.color("header" if self._model.transposed else "surface")
        )
        if self._is_run(section):
            self._run(painter, rect, section)
        elif section:
            self._fact(painter, rect, section)
        else:
            self._corner(painter, rect)
        painter.setPen(self._paints.color("border"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.restore()

    def _corner(self, painter: QPainter, rect: QRect) -> None:
        painter.setFont(self._paints.font("small")[0])
        painter.setPen(self._paints.color("muted"))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
        painter.drawText(rect.adjusted(8, 0, -8, -8), int(flags), _DROP)

    def _run(self, painter: QPainter, rect: QRect, section: int) -> None:
        head = self._model.heads[section - 1]
        color = self._theme.run_color(head.color)
        painter.fillRect(QRect(rect.left(), rect.top(), rect.width(), 3), color)
        lines = self._lines(rect)
        ratio = painter.device().devicePixelRatio()
        px = self._theme.px
        side = px(SWATCH)
        swatch = QRect(lines[0].left(), lines[0].center().y() - side // 2, side, side)
        painter.fillRect(swatch, color)
        paint_text(
            painter,
            self._paints,
            lines[0].adjusted(side + 6, 0, -px(_BUTTON), 0),
            head.name,
            bold=True,
        )
        status = icons.status_icon(self._theme, head.status, 13, ratio)
        painter.drawPixmap(lines[1].left() - 1, lines[1].center().y() - px(6), status)
        short = head.run_id[:6]
        small = self._paints.font("small")[1]
        mono = self._paints.font("mono")[1]
        after = lines[1].adjusted(px(16), 0, 0, 0)
        wide = small.horizontalAdvance(head.started)
        if wide + 8 + mono.horizontalAdvance(short) <= after.width():
            paint_text(painter, self._paints, after, head.started, "small", "text-2")
            paint_text(
                painter, self._paints, after.adjusted(wide + 8, 0, 0, 0), short, "mono", "muted"
            )
        else:
            paint_text(painter, self._paints, after, head.started, "small", "text-2")
        self._baseline(painter, section)
        if head.store:
            chip = self._chip(section)
            after = lines[2].adjusted(chip.width() + 8, 0, 0, 0)
            name = head.store_name
            paint_text(painter, self._paints, after, name, "caption", "muted", right=True)
        if section == self._hovered:
            close = self._close(section)
            image = icons.pixmap(self._theme, "x", "text-2", 13, ratio)
            painter.drawPixmap(close.center() - QPoint(px(6), px(6)), image)

    def _baseline(self, painter: QPainter, section: int) -> None:
        chip = self._chip(section)
        if section - 1 != self._model.baseline:
            paint_text(painter, self._paints, chip, "set as baseline", "caption", "accent")
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._paints.color("accent-soft"))
        width = self._paints.font("caption", bold=True)[1].horizontalAdvance("baseline") + 12
        box = QRect(chip.left(), chip.top(), width, chip.height())
        painter.drawRoundedRect(box, 4, 4)
        paint_text(
            painter,
            self._paints,
            box.adjusted(6, 0, 0, 0),
            "baseline",
            "caption",
            "accent",
            bold=True,
        )

    def _fact(self, painter: QPainter, rect: QRect, section: int) -> None:
        entry = self._model.entry(section - 1)
        if not isinstance(entry, Row):
            return
        inner = rect.adjusted(8, 3, -8, -3)
        half = inner.height() // 2
        top, bottom = inner.adjusted(0, 0, 0, -half), inner.adjusted(0, half, 0, 0)
        above = f"{entry.section.value} · {entry.above.key}" if entry.above else entry.section.value
        paint_text(painter, self._paints, top, above, "caption", "muted", middle=True)
        paint_text(painter, self._paints, bottom, entry.key, "mono", middle=True)

    def _is_run(self, section: int) -> bool:
        return not self._model.transposed and 0 < section <= len(self._model.heads)

    def _lines(self, rect: QRect) -> list[QRect]:
        """Return the three lines of a run: name, time, baseline."""
        inner = rect.adjusted(10, 8, -8, -6)
        high = inner.height() // 3
        return [
            QRect(inner.left(), inner.top() + high * at, inner.width(), high) for at in range(3)
        ]

    def _area(self, section: int) -> QRect:
        left = self.sectionViewportPosition(section)
        return QRect(left, 0, self.sectionSize(section), self.height())

    def _chip(self, section: int) -> QRect:
        line = self._lines(self._area(section))[2]
        width = self._paints.font("caption", bold=True)[1].horizontalAdvance("set as baseline") + 8
        return QRect(line.left(), line.top() + 1, min(line.width(), width), line.height() - 2)

    def _close(self, section: int) -> QRect:
        line = self._lines(self._area(section))[0]
        wide = self._theme.px(_BUTTON)
        return QRect(line.right() - wide + 2, line.top(), wide, line.height())
