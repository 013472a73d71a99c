"""The tiles of the image grid: a row for each key, a column for each run, painted and scrolled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from runcase.itemmodels import formats
from runcase.store.logged_images import LoggedImage, RunImages
from runcase.ui.plots.chart_view import CurveStyle
from runcase.ui.plots.ink import Ink
from runcase.ui.plots.run_words import as_plain
from runcase.ui.plots.thumbnails import Thumbnails
from runcase.ui.theme import Theme

_LEAST, _LARGEST = 84, 256
_BAR = 16
_GAP = 10
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft
_CENTER = Qt.AlignmentFlag.AlignCenter
_RIGHT = Qt.TextElideMode.ElideRight


@dataclass(frozen=True, slots=True)
class Grid:
    """What the tiles show: keys from top to bottom, runs from left to right, at one step."""

    keys: tuple[str, ...] = ()
    runs: tuple[tuple[str, str], ...] = ()  # id, name
    found: Mapping[str, RunImages] | None = None
    step: int = 0

    def image(self, key: str, run_id: str) -> LoggedImage | None:
        """Return what a run has for a key at the step or before."""
        found = self.found.get(run_id) if self.found is not None else None
        return found.at(key, self.step) if found is not None else None

    def words(self, key: str, run_id: str) -> str:
        """Say in words what a tile shows, or why it is empty."""
        found = self.found.get(run_id) if self.found is not None else None
        if found is None or found.problem:
            return found.problem if found is not None else "Not looked for yet"
        image = found.at(key, self.step)
        if image is not None:
            return f"step {image.step:,}"
        return f"none up to step {self.step:,}" if key in found.images else "not logged"


class ImageTiles(QAbstractScrollArea):
    """Names stay at the edges; only what is seen is read; `opened` carries run id and path."""

    opened = Signal(str, str)
    hovered = Signal(str)
    stepped = Signal(int)

    def __init__(self, theme: Theme, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._thumbnails = theme, thumbnails
        self.grid = Grid()
        self.styles: Mapping[str, CurveStyle] = {}
        self.lit: frozenset[str] = frozenset()
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setAccessibleName("Logged images")
        self.viewport().setMouseTracking(True)
        self.horizontalScrollBar().valueChanged.connect(self.look)
        self.verticalScrollBar().valueChanged.connect(self.look)
        thumbnails.arrived.connect(self.viewport().update)
        theme.changed.connect(self.look)

    def show_grid(self, grid: Grid) -> None:
        """Show other keys, runs, pictures, or another step of them."""
        self.grid = grid
        self.look()

    def look(self) -> None:
        """Lay out, and read what is seen now."""
        across, down = self._whole()
        size = self.viewport().size()
        for bar, whole, page in (
            (self.horizontalScrollBar(), across, size.width()),
            (self.verticalScrollBar(), down, size.height()),
        ):
            bar.setRange(0, max(0, whole - page))
            bar.setPageStep(page)
            bar.setSingleStep(self._tile() // 4)
        tiles = self._tiles(self._origin(), QRectF(self.viewport().rect()))
        images = (self.grid.image(key, run_id) for key, run_id, _ in tiles)
        paths = [path for image in images if (path := shown_path(image))]
        self._thumbnails.want(paths, self.picture_size())
        self.viewport().update()

    def picture_size(self) -> int:
        """Return how many device pixels a thumbnail has at most."""
        return round(_LARGEST * self.devicePixelRatioF())

    def whole_size(self) -> QSize:
        """Return the size of all tiles, scrolled to or not."""
        return QSize(*self._whole())

    def tile_at(self, point: QPoint) -> tuple[str, str] | None:
        """Return the key and the run at a point of the viewport."""
        spot = QRectF(point.x(), point.y(), 1, 1)
        for key, run_id, box in self._tiles(self._origin(), spot):
            if box.contains(QPointF(point)):
                return key, run_id
        return None

    def tile_box(self, key: str, run_id: str) -> QRectF:
        """Return where a tile is in the viewport; an empty box for none."""
        tiles = self._tiles(self._origin(), QRectF(self.viewport().rect()))
        return next((box for k, r, box in tiles if (k, r) == (key, run_id)), QRectF())

    def paint(self, ink: Ink, origin: QPointF, seen: QRectF) -> None:
        """Paint the tiles that are seen, and the names of keys and runs."""
        for key, run_id, box in self._tiles(origin, seen):
            self._paint_tile(ink, key, run_id, box)
        self._paint_keys(ink, origin, seen)
        self._paint_runs(ink, origin, seen)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), self._theme.color("surface"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        ink = Ink(painter, self._theme, self.styles)
        self.paint(ink, self._origin(), QRectF(self.viewport().rect()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.look()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self.tile_at(event.position().toPoint())
        image = self.grid.image(*at) if at is not None else None
        shape = Qt.CursorShape.ArrowCursor if image is None else Qt.CursorShape.PointingHandCursor
        self.viewport().setCursor(shape)
        self.hovered.emit(at[1] if at is not None else "")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at = self.tile_at(event.position().toPoint())
        image = self.grid.image(*at) if at is not None else None
        if at is not None and image is not None:
            self.opened.emit(at[1], image.path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in steps:
            self.stepped.emit(steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Leave:
            self.hovered.emit("")
        if isinstance(event, QHelpEvent):
            at = self.tile_at(event.pos())
            tip = "" if at is None else self._tip(*at)
            QToolTip.showText(event.globalPos(), as_plain(tip), self)
            return True
        return super().viewportEvent(event)

    def _tip(self, key: str, run_id: str) -> str:
        name = dict(self.grid.runs)[run_id]
        image = self.grid.image(key, run_id)
        lines = [f"{key} of {name}", self.grid.words(key, run_id)]
        if image is not None:
            lines += [image.path, self._thumbnails.problem(shown_path(image))]
        return formats.excerpt("\n".join(line for line in lines if line))

    def _tile(self) -> int:
        """Return the side of a tile: one row fills the height, or two share it."""
        line, head = self._heights()
        rows = min(2, max(1, len(self.grid.keys)))
        # Of the whole area: what a scroll bar takes must not decide whether there is one.
        room = (self.height() - _BAR - head - _GAP) / rows - 2 * line - _GAP
        return round(min(max(room, self._theme.px(_LEAST)), self._theme.px(_LARGEST)))

    def _heights(self) -> tuple[int, int]:
        """Return the heights of a line of text, and of the runs' names at the top."""
        line = round(QFontMetricsF(self._theme.font("small")).height())
        return line, line + 8

    def _whole(self) -> tuple[int, int]:
        line, head = self._heights()
        across = len(self.grid.runs) * (self._tile() + _GAP) + _GAP
        return across, head + len(self.grid.keys) * (self._tile() + 2 * line + _GAP) + _GAP

    def _origin(self) -> QPointF:
        return QPointF(-self.horizontalScrollBar().value(), -self.verticalScrollBar().value())

    def _tiles(self, origin: QPointF, seen: QRectF) -> list[tuple[str, str, QRectF]]:
        """Return the tiles within a box, and no others: there may be thousands."""
        line, head = self._heights()
        tile = self._tile()
        across, down = tile + _GAP, tile + 2 * line + _GAP
        left, top = origin.x() + _GAP, origin.y() + head + line
        columns = range(
            max(0, int((seen.left() - left) // across)),
            min(len(self.grid.runs), int((seen.right() - left) // across) + 1),
        )
        rows = range(
            max(0, int((seen.top() - top) // down)),
            min(len(self.grid.keys), int((seen.bottom() - top) // down) + 1),
        )
        return [
            (
                self.grid.keys[row],
                self.grid.runs[column][0],
                QRectF(left + column * across, top + row * down, tile, tile),
            )
            for row in rows
            for column in columns
        ]

    def _paint_tile(self, ink: Ink, key: str, run_id: str, box: QRectF) -> None:
        painter, image = ink.painter, self.grid.image(key, run_id)
        painter.setPen(ink.pen("accent" if run_id in self.lit else "border"))
        painter.setBrush(ink.color("side"))
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
        line, _ = self._heights()
        words = self.grid.words(key, run_id)
        painter.setFont(ink.font("caption"))
        below = QRectF(box.left(), box.bottom(), box.width(), line)
        if image is None:
            painter.setPen(ink.color("muted"))
            flags = _CENTER | Qt.TextFlag.TextWordWrap
            painter.drawText(box.adjusted(8, 8, -8, -8), flags, words)
            return
        path = shown_path(image)
        picture = self._thumbnails.picture(path, self.picture_size())
        if picture is not None:
            ratio = self.devicePixelRatioF()
            wide, high = picture.width() / ratio, picture.height() / ratio
            grown = box.width() / max(wide, high)
            # Tiny pictures are enlarged by whole numbers, so that their pixels are seen.
            grown = float(int(grown)) if grown >= 1 else grown
            target = QRectF(0, 0, wide * grown, high * grown)
            target.moveCenter(box.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, grown <= 1)
            painter.drawImage(target, picture)
        else:
            problem = self._thumbnails.problem(path)
            painter.setPen(ink.color("error" if problem else "muted"))
            painter.drawText(box, _CENTER, "not readable" if problem else "reading…")
        earlier = image.step != self.grid.step
        painter.setPen(ink.color("warn" if earlier else "muted"))
        text = f"{words}, the last before" if earlier else words
        ink.text(below, text, _LEFT | _MIDDLE, _RIGHT)

    def _paint_keys(self, ink: Ink, origin: QPointF, seen: QRectF) -> None:
        line, head = self._heights()
        painter = ink.painter
        painter.setFont(ink.font("mono"))
        for row, key in enumerate(self.grid.keys):
            top = origin.y() + head + row * (self._tile() + 2 * line + _GAP)
            box = QRectF(seen.left() + _GAP, top, seen.width() - 2 * _GAP, line)
            painter.setPen(ink.color("text-2"))
            ink.text(box, formats.one_line(key), _LEFT | _MIDDLE, Qt.TextElideMode.ElideMiddle)

    def _paint_runs(self, ink: Ink, origin: QPointF, seen: QRectF) -> None:
        """Paint the runs' names over what is scrolled below them."""
        line, head = self._heights()
        painter = ink.painter
        painter.fillRect(QRectF(seen.left(), seen.top(), seen.width(), head), ink.color("surface"))
        for column, (run_id, name) in enumerate(self.grid.runs):
            left = origin.x() + _GAP + column * (self._tile() + _GAP)
            style = ink.styles.get(run_id)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(style.color if style is not None else ink.color("muted"))
            painter.drawRoundedRect(QRectF(left, seen.top() + 4 + (line - 10) / 2, 10, 10), 3, 3)
            weight = QFont.Weight.DemiBold if run_id in self.lit else QFont.Weight.Normal
            painter.setFont(ink.font("small", weight))
            painter.setPen(ink.color("text"))
            box = QRectF(left + 15, seen.top() + 4, self._tile() - 15, line)
            shown = formats.one_line(style.name if style is not None else name)
            ink.text(box, shown, _LEFT | _MIDDLE, _RIGHT)


def shown_path(image: LoggedImage | None) -> str:
    """Return the file that a tile shows: the smaller twin where there is one."""
    return "" if image is None else image.small or image.file
