"""How a table’s cells are painted: numbers over a bar that tells their place, yes and no."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF
from PySide6.QtGui import QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from runcase.preview.inventory import Profile
from runcase.ui.previews.table_model import TableModel
from runcase.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_BAR = 30.0
_BOOLEANS = {"true": ("✓ true", "success"), "false": ("× false", "error")}


class TableDelegate(QStyledItemDelegate):
    """Paints bars where a profile says between what the numbers of a column lie."""

    def __init__(self, theme: Theme, model: TableModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self._ranges: dict[int, tuple[float, float]] = {}

    def set_profile(self, profile: Profile | None) -> None:
        """Take the ranges of fractions; whole numbers are mostly counts and ids."""
        self._ranges = {}
        for number, column in enumerate(profile.columns if profile is not None else ()):
            least, greatest = _number(column.least), _number(column.greatest)
            fractions = self._model.column(number).dtype.startswith(("float", "real", "double"))
            if fractions and least is not None and greatest is not None and least < greatest:
                self._ranges[number] = least, greatest

    def width(self, metrics: QFontMetrics, text: str, column: int) -> int:
        """Return how wide a cell is painted: its mark, its text, and a bar left of that."""
        if self._model.column(column).dtype == "bool":
            text = _BOOLEANS.get(text, (text, ""))[0]
        bar = _BAR if column in self._ranges else 0
        return metrics.horizontalAdvance(text) + round(bar)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if self._model.column(index.column()).dtype == "bool" and option.text in _BOOLEANS:
            option.text, token = _BOOLEANS[option.text]
            option.palette.setColor(QPalette.ColorRole.Text, self._theme.color(token))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        extent = self._ranges.get(index.column())
        value = _number(self._model.cell(index.row(), index.column()) or "") if extent else None
        if extent is None or value is None:
            return
        share = min(1.0, max(0.0, (value - extent[0]) / (extent[1] - extent[0])))
        area = QRectF(option.rect).adjusted(4, 4, 0, -4)
        color = self._theme.color("accent")
        color.setAlphaF(0.16)
        painter.fillRect(QRectF(area.left(), area.top(), _BAR * share, area.height()), color)


def _number(words: str) -> float | None:
    try:
        return float(words.replace("−", "-").replace(",", ""))
    except ValueError:
        return None
