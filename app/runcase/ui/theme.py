"""Colours and fonts: one source (`resources/theme`) for the palette, the style sheet and plots."""

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QIcon,
    QPalette,
    QPixmap,
)
from PySide6.QtWidgets import QApplication

from runcase import resources

_BUNDLED = ("Inter", "JetBrains Mono")
_SCALES = {
    "caption": 0.85, "small": 0.92, "body": 1.0, "title": 1.15, "page": 1.38, "brand": 1.7,
    "mono": 0.92,
}  # fmt: skip
# What is pressed is never less than 24 pixels high; a style sheet's frame takes two of them.
_TARGET, _FRAME = 24, 2
_LENGTH = re.compile(r"(min-height: )?\b(\d+)px")


class Scheme(StrEnum):
    """What the person chose: follow the system, or one of the two themes."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@cache
def _tokens(name: str) -> tuple[dict[str, str], tuple[str, ...]]:
    with resources.path("theme", f"{name}.toml").open("rb") as file:
        data = tomllib.load(file)
    return data["tokens"], tuple(data["runs"])


class Theme(QObject):
    """The colours and fonts in force; `changed` follows a new scheme, zoom or system setting."""

    changed = Signal()

    def __init__(self, app: QApplication, scheme: Scheme = Scheme.SYSTEM) -> None:
        super().__init__(app)
        self._app = app
        self._scheme = scheme
        self._zoom = 1.0
        # Other than so only while something is painted for a file.
        self._family, self._letters = "", 1.0
        self._families = self._load_families()
        self._points = self._base_size()
        self._apply()
        app.styleHints().colorSchemeChanged.connect(self._system_changed)

    @property
    def is_dark(self) -> bool:
        """Say whether the dark tokens are in force."""
        if self._scheme is Scheme.SYSTEM:
            # Offscreen and Xvfb report Unknown: then it is light.
            return self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self._scheme is Scheme.DARK

    @property
    def scheme(self) -> Scheme:
        """Return what the person chose."""
        return self._scheme

    def set_scheme(self, scheme: Scheme) -> None:
        """Switch to a scheme and restyle every window."""
        self._scheme = scheme
        self._apply()

    @property
    def zoom(self) -> float:
        """Return the zoom of the interface, 0.8 to 2."""
        return self._zoom

    def set_zoom(self, zoom: float) -> None:
        """Scale all text, icons, bars and rows."""
        self._zoom = min(2.0, max(0.8, zoom))
        self._apply()

    def color(self, token: str, *, light: bool = False) -> QColor:
        """Return the colour of a token such as "text-2"; raises `KeyError` for an unknown one.

        With `light` it is the light theme's, whatever is in force: for paper.
        """
        return QColor(_tokens(self._name(light))[0][token])

    def run_color(self, index: int, *, light: bool = False) -> QColor:
        """Return the run palette's colour for an index, which repeats past its end."""
        runs = _tokens(self._name(light))[1]
        return QColor(runs[index % len(runs)])

    def run_icon(self, index: int) -> QIcon:
        """Return a square of the run palette's colour, for menus."""
        image = QPixmap(24, 24)
        image.fill(self.run_color(index))
        image.setDevicePixelRatio(2)
        return QIcon(image)

    def font(self, role: str = "body", weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        """Return the font of a role: body, caption, small, title, page or mono."""
        mono = role == "mono"
        font = QFont(self._families[1] if mono else self._family or self._families[0])
        size = self._points * _SCALES[role] * self._zoom * self._letters
        font.setPixelSize(max(8, round(size)))
        font.setWeight(weight)
        if mono:
            # JetBrains Mono joins == and .. into one sign: an id or a version must stay readable.
            font.setFeature(QFont.Tag("calt"), 0)
        else:
            font.setFeature(QFont.Tag("tnum"), 1)
        return font

    @contextmanager
    def lettered(self, family: str, size: float) -> Iterator[None]:
        """Give other letters than the window's while something is painted for a file.

        Args:
            family: "" for the window's own.
            size: How many times as large.
        """
        self._family, self._letters = family, size
        try:
            yield
        finally:
            self._family, self._letters = "", 1.0

    def px(self, pixels: int) -> int:
        """Scale a length of the design (at zoom 1) to the zoom in force."""
        return round(pixels * self._zoom)

    def target(self, pixels: int) -> int:
        """Scale the side of something to press: below zoom 1 never to less than 24 pixels."""
        return max(self.px(pixels), min(pixels, _TARGET))

    def _name(self, light: bool) -> str:
        return "dark" if self.is_dark and not light else "light"

    def _load_families(self) -> tuple[str, str]:
        """Use the bundled fonts offscreen, so that pictures agree everywhere; else the system's."""
        if QGuiApplication.platformName() == "offscreen":
            for file in sorted(resources.path("fonts").iterdir()):
                if file.suffix in (".otf", ".ttf"):
                    QFontDatabase.addApplicationFont(str(file))
            return _BUNDLED
        general = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        return general.family(), fixed.family()

    def _base_size(self) -> float:
        if QGuiApplication.platformName() == "offscreen":
            return 13.0
        general = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        if general.pixelSize() > 0:
            return float(general.pixelSize())
        screen = self._app.primaryScreen()
        return general.pointSizeF() * screen.logicalDotsPerInch() / 72

    def _system_changed(self) -> None:
        if self._scheme is Scheme.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        self._app.setFont(self.font())
        self._app.setPalette(self._palette())
        self._app.setStyleSheet(self._style_sheet())
        self.changed.emit()

    def _style_sheet(self) -> str:
        text = resources.path("theme", "app.qss").read_text(encoding="utf-8")
        text = _LENGTH.sub(self._scaled, text)
        tokens = _tokens("dark" if self.is_dark else "light")[0]
        # Longest first, so that @text-2 is not taken for @text.
        for token in sorted(tokens, key=len, reverse=True):
            text = text.replace(f"@{token}", tokens[token])
        name = "dark" if self.is_dark else "light"
        for image in ("check", "arrow"):
            file = resources.path("theme", f"{image}-{name}.svg")
            text = text.replace(f"%{image}", file.as_posix())
        text = text.replace("%mono-family", self._families[1])
        for role in _SCALES:
            text = text.replace(f"%{role}", f"{self.font(role).pixelSize()}px")
        return text

    def _scaled(self, length: re.Match[str]) -> str:
        """Scale a length of the style sheet; thin lines stay thin."""
        name, pixels = length[1] or "", int(length[2])
        if pixels <= _FRAME:
            return length[0]
        return f"{name}{self.target(pixels + _FRAME) - _FRAME if name else self.px(pixels)}px"

    def _palette(self) -> QPalette:
        palette = QPalette()
        for role, token in (
            (QPalette.ColorRole.Window, "window"),
            (QPalette.ColorRole.WindowText, "text"),
            (QPalette.ColorRole.Base, "surface"),
            (QPalette.ColorRole.AlternateBase, "alt"),
            (QPalette.ColorRole.Text, "text"),
            (QPalette.ColorRole.Button, "header"),
            (QPalette.ColorRole.ButtonText, "text"),
            (QPalette.ColorRole.BrightText, "error"),
            (QPalette.ColorRole.PlaceholderText, "muted"),
            (QPalette.ColorRole.Highlight, "sel"),
            (QPalette.ColorRole.HighlightedText, "text"),
            (QPalette.ColorRole.Link, "accent"),
            (QPalette.ColorRole.LinkVisited, "accent"),
            (QPalette.ColorRole.Accent, "accent"),
            (QPalette.ColorRole.ToolTipBase, "tip"),
            (QPalette.ColorRole.ToolTipText, "text"),
            (QPalette.ColorRole.Light, "surface"),
            (QPalette.ColorRole.Midlight, "border"),
            (QPalette.ColorRole.Mid, "border"),
            (QPalette.ColorRole.Dark, "border-strong"),
            (QPalette.ColorRole.Shadow, "border-strong"),
        ):
            palette.setColor(role, self.color(token))
        palette.setColor(
            QPalette.ColorGroup.Inactive, QPalette.ColorRole.Highlight, self.color("sel-inactive")
        )
        for role in (
            QPalette.ColorRole.Text,
            QPalette.ColorRole.WindowText,
            QPalette.ColorRole.ButtonText,
        ):
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.color("faint"))
        return palette
