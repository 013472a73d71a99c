"""Fonts, their metrics and colours of the runs table, made once a theme and not once a cell."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QFont, QFontMetrics

from runcase.ui.theme import Theme


class Paints(QObject):
    """Looks fonts and colours up by name; all of them are made anew when the theme changes."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._fonts: dict[tuple[str, bool, bool, bool], tuple[QFont, QFontMetrics]] = {}
        self._colors: dict[str, QColor] = {}
        theme.changed.connect(self._forget)

    def color(self, token: str) -> QColor:
        """Return the colour of a token; not to be changed."""
        found = self._colors.get(token)
        if found is None:
            found = self._colors[token] = self.theme.color(token)
        return found

    def font(
        self, role: str = "body", bold: bool = False, italic: bool = False, struck: bool = False
    ) -> tuple[QFont, QFontMetrics]:
        """Return a font and its metrics; not to be changed."""
        name = (role, bold, italic, struck)
        found = self._fonts.get(name)
        if found is None:
            weight = QFont.Weight.DemiBold if bold else QFont.Weight.Normal
            font = self.theme.font(role, weight)
            font.setItalic(italic)
            font.setStrikeOut(struck)
            found = self._fonts[name] = (font, QFontMetrics(font))
        return found

    def _forget(self) -> None:
        self._fonts.clear()
        self._colors.clear()
