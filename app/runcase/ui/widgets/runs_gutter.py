"""Paints the name column of the runs table: colour, eye, pin, arrow, star, name and count."""

from enum import Enum

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from runcase.itemmodels import formats
from runcase.itemmodels.runs import RunsModel
from runcase.ui import icons
from runcase.ui.widgets.runs_paints import Paints

SWATCH = 10
GUTTER = 66
INDENT = 16
ARROW = 18
_EYE, _PIN = 25, 46
_DOT = 14
_ICON = 15


class Part(Enum):
    """What of a name cell lies under the mouse."""

    COLOR = "color"
    EYE = "eye"
    PIN = "pin"
    ARROW = "arrow"
    NAME = "name"


class NamePainter:
    """Paints one cell of the name column."""

    def __init__(self, paints: Paints, runs: RunsModel) -> None:
        self._paints = paints
        self._runs = runs

    def part_at(self, area: QRect, row: int, place: QPoint) -> Part:
        """Return what lies at a place of a row's name cell."""
        x = place.x() - area.left()
        if x < self._px(GUTTER):
            eye, pin = self._px(_EYE) - 3, self._px(_PIN) - 3
            return Part.COLOR if x < eye else Part.EYE if x < pin else Part.PIN
        arrow = self._px(ARROW)
        left = self.name_begins(row) - arrow
        on_arrow = left - 2 <= x < left + arrow - 2
        return Part.ARROW if on_arrow and self._runs.child_count(row) else Part.NAME

    def name_begins(self, row: int) -> int:
        """Return how far from the left edge the name itself begins."""
        return self._px(GUTTER + self._runs.depth(row) * INDENT + ARROW)

    def paint(self, painter: QPainter, area: QRect, row: int, hovered: bool) -> None:
        """Paint the whole cell over its background."""
        group = self._runs.is_group(row)
        self._gutter(painter, area, row, group, hovered)
        text = area.adjusted(self.name_begins(row), 0, -8, 0)
        if self._runs.child_count(row):
            arrow = "chevron-down" if self._runs.is_expanded(row) else "chevron-right"
            self._icon(painter, arrow, "text-2", text.left() - self._px(ARROW), area, 14)
        context = self._runs.is_context(row)
        deleted = self._runs.is_deleted(row)
        if not group and self._runs.marks:
            text.setLeft(text.left() + self._signs(painter, text, row))
        font, metrics = self._paints.font("body", bold=group, italic=context, struck=deleted)
        name = formats.one_line(self._runs.name(row))
        running = not group and self._runs.status(row) == "RUNNING"
        running = running and not self._runs.is_stalled(row)
        if self._runs.child_count(row):
            wanted = metrics.horizontalAdvance(name) + (self._px(_DOT) if running else 0)
            text.setRight(self._count(painter, text, row, wanted))
        if running:
            text.setRight(text.right() - self._px(_DOT))
        painter.setFont(font)
        painter.setPen(self._paints.color("muted" if context or deleted else "text"))
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, shown)
        if running:
            at = text.left() + metrics.horizontalAdvance(shown) + 6
            side = self._px(7)
            self._dot(painter, QRectF(at, area.center().y() - side // 2, side, side))

    def _dot(self, painter: QPainter, box: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._paints.color("success"))
        painter.drawEllipse(box)

    def _signs(self, painter: QPainter, text: QRect, row: int) -> int:
        """Paint a star and a note's sign before the name; return the room they take."""
        mark = self._runs.mark(row)
        room = 0
        for name, on in (("star", mark.star), ("message-square", bool(mark.note))):
            if on:
                self._icon(painter, name, "text-2", text.left() + room, text, 13)
                room += self._px(18)
        return room

    def _gutter(self, painter: QPainter, area: QRect, row: int, group: bool, hovered: bool) -> None:
        index = self._runs.color_index(row)
        side = self._px(SWATCH)
        box = QRectF(area.left() + self._px(8), area.center().y() - side / 2 + 1, side, side)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._paints.theme.run_color(index))
            painter.drawRoundedRect(box, 3, 3)
        elif not group:
            painter.setPen(QPen(self._paints.color("border-strong"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        quiet = "text-2" if hovered else "faint"
        shown = self._runs.is_group_shown(row) if group else index is not None
        eye = ("eye", "text-2") if shown else ("eye-off", quiet)
        self._icon(painter, *eye, area.left() + self._px(_EYE), area, _ICON)
        pinned = not group and self._runs.mark(row).pin
        if pinned or (hovered and not group):
            token = "accent" if pinned else "text-2"
            self._icon(painter, "pin", token, area.left() + self._px(_PIN), area, _ICON)

    def _count(self, painter: QPainter, text: QRect, row: int, wanted: int) -> int:
        """Paint the number of runs below behind the name; return where the name must end."""
        count = formats.count(self._runs.child_count(row))
        font, metrics = self._paints.font("caption")
        width = metrics.horizontalAdvance(count) + 10
        left = text.left() + min(wanted + 6, max(20, text.width() - width - 4))
        tall = metrics.height() + 2
        box = QRectF(left, text.center().y() - tall / 2, width, tall)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._paints.color("chip"))
        painter.drawRoundedRect(box, 4, 4)
        painter.setFont(font)
        painter.setPen(self._paints.color("text-2"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, count)
        return round(left) - 4

    def _icon(
        self, painter: QPainter, name: str, token: str, left: int, area: QRect, size: int
    ) -> None:
        ratio = painter.device().devicePixelRatio()
        image = icons.pixmap(self._paints.theme, name, token, size, ratio)
        painter.drawPixmap(QPoint(left, area.center().y() - self._px(size) // 2), image)

    def _px(self, pixels: int) -> int:
        return self._paints.theme.px(pixels)
