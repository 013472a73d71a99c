"""Paints the cells of the compare table: keys, values, deltas, what differs from the baseline."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from runcase.itemmodels import formats
from runcase.itemmodels.compare import CompareModel
from runcase.itemmodels.compare_cells import CompareCell
from runcase.itemmodels.compare_curves import CompareCurves
from runcase.itemmodels.compare_rows import Row, Section
from runcase.itemmodels.directions import Direction
from runcase.ui import icons
from runcase.ui.widgets import sparkline
from runcase.ui.widgets.row_state import row_tint
from runcase.ui.widgets.runs_paints import Paints
from runcase.ui.widgets.text_paint import paint_text

Index = QModelIndex | QPersistentModelIndex
_ARROWS = {Direction.LOWER: "↓", Direction.HIGHER: "↑"}
_CURVE, _MARK, _PERCENT = 34, 18, 54
_INDENT = 18
_LINK = 46
_CURVE_FROM = 232  # a narrower cell shows no curve


class CompareDelegate(QStyledItemDelegate):
    """One delegate for both orientations; it reads the model's cells, not a role for each fact."""

    def __init__(self, paints: Paints, model: CompareModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._paints = paints
        self._theme = paints.theme
        self._model = model
        self.curves: CompareCurves | None = None
        self.deltas = "both"  # "both", "absolute", "percent" or "none"

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        area = QRect(option.rect)
        entry, run = self._model.place(index)
        cell = self._model.cell(entry, run) if isinstance(entry, Row) and run >= 0 else None
        self._background(painter, option, area, entry, cell)
        if self._model.transposed and index.column() == 0:
            self._run(painter, area, index.row())
        elif isinstance(entry, Section):
            if run < 0:
                self._section(painter, area, entry)
        elif entry is not None and run < 0:
            self._key(painter, area, entry)
        elif entry is not None and cell is not None:
            self._value(painter, area, entry, run, cell)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(self._paints.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(1, 1, -2, -2))
        painter.restore()

    def _background(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        area: QRect,
        entry: Row | Section | None,
        cell: CompareCell | None,
    ) -> None:
        tint = row_tint(option)
        if isinstance(entry, Section):
            painter.fillRect(area, self._paints.color(tint or "header"))
        elif cell is not None and cell.other and not cell.missing:
            painter.fillRect(area, self._paints.color("warn-soft"))
        elif tint:
            painter.fillRect(area, self._paints.color(tint))
        painter.setPen(self._paints.color("grid"))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        if not isinstance(entry, Section):
            painter.drawLine(area.topRight(), area.bottomRight())

    def _section(self, painter: QPainter, area: QRect, section: Section) -> None:
        self._chevron(painter, area, section, 8)
        differing, total = self._model.counts(section)
        text = area.adjusted(self._px(26), 0, -4, 0)
        wide = paint_text(painter, self._paints, text, section.value, bold=True)
        counts = f"{differing:,} of {total:,} differ"
        paint_text(
            painter, self._paints, text.adjusted(wide + 8, 0, 0, 0), counts, "small", "muted"
        )

    def _key(self, painter: QPainter, area: QRect, row: Row) -> None:
        text = area.adjusted(8, 0, -8, 0)
        if row.above is not None:
            text.setLeft(text.left() + self._px(_INDENT))
        elif row.leaves:
            self._chevron(painter, area, row, 6)
            text.setLeft(text.left() + self._px(14))
        if row.link == row.link:
            self._link(painter, text, row.link)
            text.setRight(text.right() - self._px(_LINK + 34))
        arrow = _ARROWS.get(row.towards, "")
        role = "mono"
        room = text.adjusted(0, 0, -self._px(14) if arrow else 0, 0)
        wide = paint_text(painter, self._paints, room, row.key, role, middle=True)
        if arrow:
            paint_text(
                painter, self._paints, text.adjusted(wide + 6, 0, 0, 0), arrow, "small", "muted"
            )

    def _link(self, painter: QPainter, text: QRect, link: float) -> None:
        """Paint how closely a param goes with the chosen metric: a bar and its value."""
        right = text.right()
        room, wide = self._px(34), self._px(_LINK)
        number = QRect(right - room + 2, text.top(), room - 1, text.height())
        shown = f"{link:+.2f}".replace("-", formats.MINUS)
        paint_text(painter, self._paints, number, shown, "caption", "muted", right=True)
        box = QRectF(right - room - wide, text.center().y() - 2, wide, 5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._paints.color("grid"))
        painter.drawRect(box)
        middle = box.left() + box.width() / 2
        painter.setBrush(self._paints.color("accent"))
        long = abs(link) * box.width() / 2
        painter.drawRect(QRectF(middle - (long if link < 0 else 0), box.top(), long, 5))

    def _px(self, length: int) -> int:
        return self._theme.px(length)

    def _value(self, painter: QPainter, area: QRect, row: Row, run: int, cell: CompareCell) -> None:
        text = area.adjusted(8, 0, -8, 0)
        if row.values is None:
            role = "mono" if cell.mono and not cell.missing else "body"
            token = "muted" if cell.missing else "text"
            paint_text(painter, self._paints, text, cell.text, role, token)
            return
        column = QRect(text)
        if area.width() >= self._px(_CURVE_FROM):
            column.setLeft(text.left() + self._px(_CURVE) + 4)
        if cell.missing:
            paint_text(painter, self._paints, column, cell.text, "body", "muted")
            return
        # A long value takes the place of its curve before that of its delta: the values of a
        # column end at one place, where they can be compared.
        if column != text and self._wanted(column, cell) <= column.width():
            self._curve(painter, area, row, run)
            text = QRect(column)
        right = self._deltas(painter, text, column, cell)
        mark = self._px(_MARK)
        text.setRight(right - mark)
        if cell.best:
            ratio = painter.device().devicePixelRatio()
            image = icons.pixmap(self._theme, "award", "success", 13, ratio)
            painter.drawPixmap(QPoint(right - mark + 4, area.center().y() - self._px(6)), image)
        token = "warn" if cell.warn else "text"
        paint_text(
            painter,
            self._paints,
            text,
            cell.text,
            "body",
            token,
            bold=cell.best,
            right=True,
            whole=True,
        )

    def _wanted(self, column: QRect, cell: CompareCell) -> int:
        """Return the room for a value, its mark, its delta and its percent."""
        body = self._paints.font("body", bold=True)[1]
        wanted = body.horizontalAdvance(cell.text) + self._px(_MARK)
        if self.deltas in ("both", "absolute"):
            wanted += self._delta_width(column, cell)
        return wanted + (self._px(_PERCENT) if self.deltas in ("both", "percent") else 0)

    def _delta_width(self, column: QRect, cell: CompareCell) -> int:
        small = self._paints.font("small")[1]
        least = small.horizontalAdvance(cell.delta) + 4
        return max(self._px(58), column.width() // 3 - 8, least)

    def _deltas(self, painter: QPainter, text: QRect, column: QRect, cell: CompareCell) -> int:
        """Paint the delta and its percent in columns of their own; return where the value ends.

        Args:
            painter: Of the table.
            text: The room for all of it.
            column: The same beside a curve, as in the other rows.
            cell: What is painted.
        """
        if self.deltas == "none":
            return text.right()
        token = {1: "success", -1: "error"}.get(cell.verdict, "muted")
        right = text.right()
        # What does not fit beside the value is left to the tool tip: no number is cut.
        body = self._paints.font("body", bold=True)[1]
        percent = self._px(_PERCENT)
        room = text.width() - body.horizontalAdvance(cell.text) - self._px(_MARK)
        wide = self._delta_width(column, cell)
        with_delta = self.deltas != "percent" and wide <= room
        with_percent = self.deltas != "absolute" and percent + (wide * with_delta) <= room
        if with_percent:
            lone = "muted" if with_delta else token
            box = QRect(right - percent, text.top(), percent + 1, text.height())
            paint_text(
                painter, self._paints, box, cell.percent, "caption", lone, right=True, whole=True
            )
            right -= percent
        if with_delta:
            box = QRect(right - wide, text.top(), wide - 2, text.height())
            paint_text(
                painter, self._paints, box, cell.delta, "small", token, right=True, whole=True
            )
            right -= wide
        return right

    def _curve(self, painter: QPainter, area: QRect, row: Row, run: int) -> None:
        if self.curves is None:
            return
        head = self._model.heads[run]
        curve = self.curves.curve(head, row.key)
        if curve is not None:
            box = QRectF(area.left() + 8, area.top() + 6, self._px(_CURVE), area.height() - 12)
            sparkline.paint(painter, box, *curve, self._theme.run_color(head.color))

    def _run(self, painter: QPainter, area: QRect, run: int) -> None:
        head = self._model.heads[run]
        side = self._px(10)
        swatch = QRect(area.left() + 10, area.center().y() - side // 2, side, side)
        painter.fillRect(swatch, self._theme.run_color(head.color))
        text = area.adjusted(18 + side, 0, -8, 0)
        if run == self._model.baseline:
            wide = self._paints.font("caption", bold=True)[1].horizontalAdvance("baseline")
            box = QRect(text.right() - wide, text.top(), wide + 1, text.height())
            paint_text(painter, self._paints, box, "baseline", "caption", "accent", bold=True)
            text.setRight(text.right() - wide - 8)
        paint_text(painter, self._paints, text, head.label, bold=True)

    def _chevron(self, painter: QPainter, area: QRect, entry: Row | Section, left: int) -> None:
        ratio = painter.device().devicePixelRatio()
        name = "chevron-down" if self._model.is_open(entry) else "chevron-right"
        image = icons.pixmap(self._theme, name, "text-2", 13, ratio)
        painter.drawPixmap(QPoint(area.left() + left, area.center().y() - self._px(6)), image)
