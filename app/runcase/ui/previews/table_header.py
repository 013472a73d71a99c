"""The header of a table preview: name, type, and once it is known a histogram and the range."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QMenu

from runcase.preview.inventory import ColumnProfile, Profile
from runcase.ui.previews.table_model import TableModel
from runcase.ui.previews.text_view import code_font
from runcase.ui.theme import Theme

_HEIGHT, _PROFILED_HEIGHT = 38, 84
_BARS_HEIGHT = 26
_PADDING = 18
_DISTINCT = "all distinct"


class TableHeader(QHeaderView):
    """Paints itself: the base's painting would ask every row's flags.

    `sorted_by` carries a column's number and whether it should descend, `counted` the number of a
    column whose values are to be counted.
    """

    sorted_by = Signal(int, bool)
    counted = Signal(int)

    def __init__(self, model: TableModel, theme: Theme) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._table = model
        self._theme = theme
        self._profiles: tuple[ColumnProfile, ...] = ()
        self._bins: list[list[int]] = []
        self._sorted: tuple[str, bool] | None = None
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setDefaultSectionSize(120)
        self.setMinimumSectionSize(40)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.sectionDoubleClicked.connect(self._toggle)

    def set_profile(self, profile: Profile | None) -> None:
        """Show what the columns hold, or only their types."""
        self._profiles = profile.columns if profile is not None else ()
        self._bins = [list(memoryview(each.bins).cast("I")) for each in self._profiles]
        # The view asks for the height only when it is told to.
        self.geometriesChanged.emit()
        self.viewport().update()

    def widths(self, most: int) -> list[int]:
        """Return how wide the first columns, at most so many, have to be for their header."""
        bold = QFontMetrics(_bold(self._theme))
        small = QFontMetrics(self._theme.font("small"))
        found = []
        for section in range(min(most, self.count())):
            column = self._table.column(section)
            # With room for the arrow of a sorted column.
            widest = bold.horizontalAdvance(f"{column.name} ↓")
            said = [column.dtype]
            if section < len(self._profiles):
                profile, bins = self._profiles[section], self._bins[section]
                varied = _is_varied(profile, bins)
                said += [_DISTINCT, _nulls(profile)] if varied else [_range_words(profile)]
            widest = max(widest, *map(small.horizontalAdvance, said))
            found.append(widest + self._theme.px(_PADDING))
        return found

    def set_sorted(self, name: str, down: bool) -> None:
        """Mark the column that the rows are sorted by; an empty name marks none."""
        self._sorted = (name, down) if name else None
        self.viewport().update()

    def sizeHint(self) -> QSize:
        height = _PROFILED_HEIGHT if self._profiles else _HEIGHT
        return QSize(super().sizeHint().width(), self._theme.px(height))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        column = self._table.column(section)
        painter.save()
        painter.fillRect(rect, self._theme.color("header"))
        painter.setPen(self._theme.color("border"))
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inner = rect.adjusted(8, 4, -9, -4)
        line = self._theme.px(15)
        name = column.name
        if self._sorted is not None and self._sorted[0] == column.name:
            name = f"{name} {'↓' if self._sorted[1] else '↑'}"
        right = column.numeric and not self._profiles
        self._write(painter, inner, 0, line, name, "text", True, right)
        self._write(painter, inner, line, line, column.dtype, "muted", False, right)
        if section < len(self._profiles):
            self._paint_profile(painter, inner, section, 2 * line)
        painter.restore()

    def _paint_profile(self, painter: QPainter, inner: QRect, section: int, top: int) -> None:
        profile, bins = self._profiles[section], self._bins[section]
        height = self._theme.px(_BARS_HEIGHT)
        said = _range_words(profile)
        if _is_varied(profile, bins):
            self._write(painter, inner, top, height, _DISTINCT, "muted", False, False)
            said = _nulls(profile)
        elif bins and max(bins) > 0:
            area = QRectF(inner.left(), inner.top() + top + 2, inner.width(), height - 4)
            token = "muted" if profile.labels else "accent"
            self._paint_bars(painter, area, bins, token)
        line = inner.height() - top - height
        self._write(painter, inner, top + height, line, said, "muted", False, False)

    def _paint_bars(self, painter: QPainter, area: QRectF, bins: list[int], token: str) -> None:
        width = min(area.width() / len(bins), 24.0)
        most = max(bins)
        color = self._theme.color(token)
        color.setAlphaF(0.75)
        for number, count in enumerate(bins):
            high = max(1.0, area.height() * count / most) if count else 0.0
            left = area.left() + number * width
            painter.fillRect(QRectF(left, area.bottom() - high, max(1.0, width - 1), high), color)

    def _write(
        self, painter: QPainter, inner: QRect, top: int, height: int, text: str, token: str,
        bold: bool, right: bool,
    ) -> None:  # fmt: skip
        font = _bold(self._theme) if bold else self._theme.font("small")
        painter.setFont(font)
        painter.setPen(self._theme.color(token))
        area = QRect(inner.left(), inner.top() + top, inner.width(), height)
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideMiddle, area.width())
        painter.drawText(area, int(side | Qt.AlignmentFlag.AlignVCenter), shown)

    def _toggle(self, section: int) -> None:
        name = self._table.column(section).name
        self.sorted_by.emit(section, self._sorted == (name, False))

    def _show_menu(self, place: QPoint) -> None:
        section = self.logicalIndexAt(place)
        if section < 0:
            return
        menu = QMenu(self)
        ascending = menu.addAction("Sort Ascending")
        descending = menu.addAction("Sort Descending")
        menu.addSeparator()
        count = menu.addAction("Value Frequencies…")
        hide = menu.addAction("Hide Column")
        ascending.triggered.connect(lambda: self.sorted_by.emit(section, False))
        descending.triggered.connect(lambda: self.sorted_by.emit(section, True))
        count.triggered.connect(lambda: self.counted.emit(section))
        hide.triggered.connect(lambda: self.hideSection(section))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.mapToGlobal(place))


def _bold(theme: Theme) -> QFont:
    font = code_font(theme)
    font.setWeight(font.Weight.DemiBold)
    return font


def _is_varied(profile: ColumnProfile, bins: list[int]) -> bool:
    """Return whether a column of words has none twice, so that bars would say nothing."""
    return bool(profile.labels) and profile.distinct is not None and len(bins) > 1 and bins[0] == 1


def _nulls(profile: ColumnProfile) -> str:
    return f"{profile.nulls:,} null"


def _range_words(profile: ColumnProfile) -> str:
    if profile.labels:
        if set(profile.labels) <= {"true", "false"}:
            counts = dict(zip(profile.labels, memoryview(profile.bins).cast("I"), strict=True))
            share = counts.get("true", 0) / max(1, sum(counts.values()))
            return f"{share:.0%} true"
        return f"{profile.distinct or 0:,} values"
    if not profile.least:
        return _nulls(profile)
    if profile.greatest in ("", profile.least):
        return profile.least
    return f"{profile.least} – {profile.greatest}"
