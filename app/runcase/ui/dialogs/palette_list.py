"""The list of the palette: sections with their matches, painted with the matched letters marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from runcase.ui import icons
from runcase.ui.dialogs.palette_entries import Match
from runcase.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
ROW = 32
SECTION = 27
MATCH_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: a section's title, a remark, or a match."""

    title: str = ""
    remark: str = ""
    match: Match | None = None


class PaletteModel(QAbstractListModel):
    """Matches under the titles of their sections."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[Line] = []

    def show(self, matches: Sequence[Match], remark: str = "") -> None:
        """Show matches, which come section by section; a remark stands below them."""
        self.beginResetModel()
        self._lines = []
        for section, listed in groupby(matches, key=lambda match: match.entry.section):
            self._lines.append(Line(title=section))
            self._lines += [Line(match=match) for match in listed]
        if remark:
            self._lines.append(Line(remark=remark))
        self.endResetModel()

    def match_at(self, row: int) -> Match | None:
        """Return the match of a row; None for a title or a remark."""
        return self._lines[row].match if 0 <= row < len(self._lines) else None

    def height(self, theme: Theme) -> int:
        """Return how high the whole list is, in pixels."""
        matches = sum(each.match is not None for each in self._lines)
        return matches * theme.px(ROW) + (len(self._lines) - matches) * theme.px(SECTION)

    def step(self, row: int, by: int) -> int:
        """Return the next row that holds a match, going `by` matches; the last one at the ends."""
        rows = [at for at, each in enumerate(self._lines) if each.match is not None]
        if not rows:
            return -1
        if row not in rows:
            return rows[0]
        return rows[max(0, min(len(rows) - 1, rows.index(row) + by))]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own signature
        return 0 if parent.isValid() else len(self._lines)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid() or self._lines[index.row()].match is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        each = self._lines[index.row()]
        if role == MATCH_ROLE:
            return each.match
        if role == Qt.ItemDataRole.DisplayRole:
            return each.match.entry.text if each.match is not None else each.title or each.remark
        if role == Qt.ItemDataRole.AccessibleTextRole and each.match is not None:
            entry = each.match.entry
            parts = (entry.text, entry.section, entry.note, "+".join(entry.keys))
            return ", ".join(part for part in parts if part)
        if role == Qt.ItemDataRole.ToolTipRole and each.match is not None:
            return f"{each.match.entry.text}\n{each.match.entry.note}"
        return None


class PaletteDelegate(QStyledItemDelegate):
    """Paints a section's title, or an entry: icon, text, note, keys."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        is_title = index.data(MATCH_ROLE) is None
        return QSize(100, self._theme.px(SECTION if is_title else ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRect(option.rect)
        match = index.data(MATCH_ROLE)
        if isinstance(match, Match):
            if option.state & QStyle.StateFlag.State_Selected:
                painter.fillRect(area, self._theme.color("sel"))
            elif option.state & QStyle.StateFlag.State_MouseOver:
                painter.fillRect(area, self._theme.color("hover"))
            self._entry(painter, area.adjusted(14, 0, -14, 0), match)
        else:
            painter.setFont(self._theme.font("small", QFont.Weight.DemiBold))
            painter.setPen(self._theme.color("muted"))
            painter.drawText(area.adjusted(14, 4, -14, 0), _LEFT, str(index.data()))
        painter.restore()

    def _entry(self, painter: QPainter, area: QRect, match: Match) -> None:
        entry = match.entry
        ratio = painter.device().devicePixelRatioF()
        icon = icons.pixmap(self._theme, entry.icon, entry.token, 16, ratio)
        painter.drawPixmap(area.left(), area.center().y() - self._theme.px(7), icon)
        right = self._keys(painter, area, entry.keys)
        left = self._text(
            painter,
            QRect(area.left() + self._theme.px(27), area.top(), 0, area.height()),
            match,
            right,
        )
        font = self._theme.font("small")
        painter.setFont(font)
        painter.setPen(self._theme.color("muted"))
        room = right - left - 22
        if room > 30:
            note = QFontMetrics(font).elidedText(entry.note, Qt.TextElideMode.ElideRight, room)
            painter.drawText(QRect(left + 10, area.top(), room, area.height()), _LEFT, note)

    def _text(self, painter: QPainter, area: QRect, match: Match, right: int) -> int:
        """Write the text piece by piece, matched letters strong; return where it ends."""
        left = area.left()
        marked = set(match.letters)
        text = match.entry.text
        for strong, piece in groupby(range(len(text)), key=lambda at: at in marked):
            part = "".join(text[at] for at in piece)
            weight = QFont.Weight.DemiBold if strong else QFont.Weight.Normal
            font = self._theme.font("body", weight)
            metrics = QFontMetrics(font)
            shown = metrics.elidedText(part, Qt.TextElideMode.ElideRight, max(0, right - left - 8))
            painter.setFont(font)
            painter.setPen(self._theme.color("accent" if strong else "text"))
            wide = metrics.horizontalAdvance(shown)
            painter.drawText(QRect(left, area.top(), wide + 2, area.height()), _LEFT, shown)
            left += wide
            if shown != part:
                break
        return left

    def _keys(self, painter: QPainter, area: QRect, keys: Sequence[str]) -> int:
        """Draw the caps of a shortcut from the right; return where they begin."""
        font = self._theme.font("caption")
        metrics = QFontMetrics(font)
        right = area.right()
        painter.setFont(font)
        for key in reversed(keys):
            high = self._theme.px(18)
            wide = max(high, metrics.horizontalAdvance(key) + self._theme.px(11))
            box = QRectF(right - wide + 0.5, area.center().y() + 0.5 - high / 2, wide, high)
            painter.setPen(QPen(self._theme.color("border-strong"), 1))
            painter.setBrush(self._theme.color("surface"))
            painter.drawRoundedRect(box, 3.5, 3.5)
            painter.setPen(self._theme.color("text-2"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, key)
            right -= wide + 5
        return right
