"""The left side of the welcome page: what can be opened, the drop zone, the version."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from runcase import __version__, resources
from runcase.ui.actions import ACTIONS, ActionSpec, key_text
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import IconLabel, button, label, row
from runcase.ui.zoom import fix, follow

WIDTH = 344
# A panel that is lower has no room for the names of what can be opened.
_WITH_NAMES = 520
# What this version opens: stores, models, and the files that have a preview of their own.
_OPENS = (
    (".db", ".sqlite", "MLmodel", ".parquet"),
    (".csv", ".png", ".jpg", ".svg", ".json"),
    (".yaml", ".md", ".html", ".ipynb"),
)
_SAMPLE_NOTE = "Taxi, vision and SVM runs, on a private copy"


class StartPanel(QWidget):
    """Emits `asked` with the id of an action."""

    asked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        specs = {spec.id: spec for spec in ACTIONS}
        layout = self._outer = QVBoxLayout(self)
        layout.setSpacing(0)
        layout.addLayout(self._head())
        layout.addSpacing(24)
        for id_, text, note in (
            ("open-store", "Open Store…", ""),
            ("open-file", "Open Artifact or Model…", ""),
            ("open-clipboard", "Open Path from Clipboard", ""),
            ("open-sample", "Open the Sample Store", _SAMPLE_NOTE),
        ):
            if note:
                layout.addSpacing(4)
            layout.addWidget(self._row(specs[id_], text, note))
        layout.addSpacing(18)
        layout.addWidget(self._drop_zone(), 1)
        layout.addSpacing(12)
        layout.addLayout(self._foot())
        fix(theme, self, width=WIDTH)
        follow(theme, self, self._fit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave out the names where they would take the room of the sentence over them."""
        px = self._theme.px
        self._outer.setContentsMargins(px(24), px(30), px(24), px(14))
        self._zone.setContentsMargins(px(16), px(8), px(16), px(8))
        self._names.setVisible(self.height() >= self._theme.px(_WITH_NAMES))

    def _head(self) -> QVBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(label("Runcase", "brand"))
        words.addWidget(label("Your MLflow store, opened like a file.", "small-muted"))
        top = row(Logo(self._theme), spacing=14, margins=(12, 0, 0, 0))
        top.addLayout(words, 1)
        host = QVBoxLayout()
        host.addLayout(top)
        return host

    def _row(self, spec: ActionSpec, text: str, note: str) -> QPushButton:
        keys = key_text(spec) or ("Ctrl+V" if spec.id == "open-clipboard" else "")
        made = StartRow(self._theme, spec.icon, text, note, keys)
        made.clicked.connect(lambda: self.asked.emit(spec.id))
        return made

    def _drop_zone(self) -> QFrame:
        zone = QFrame()
        zone.setObjectName("dropZone")
        layout = self._zone = QVBoxLayout(zone)
        layout.setSpacing(6)
        layout.addStretch(1)
        layout.addLayout(row(1, IconLabel(self._theme, "arrow-down-to-line", "muted", 26), 1))
        title = label("Drop it here", "heading")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout.addWidget(title)
        text = label(
            "A store, a folder that holds one, a model folder, or one artifact. "
            "Nothing is uploaded and nothing is changed.",
            "small-muted",
        )
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        text.setWordWrap(True)
        layout.addWidget(text)
        layout.addSpacing(6)
        self._names = QWidget()
        lines = QVBoxLayout(self._names)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(6)
        for names in _OPENS:
            lines.addLayout(row(1, *(label(name, "key") for name in names), 1, spacing=5))
        layout.addWidget(self._names)
        layout.addStretch(1)
        return zone

    def _foot(self) -> QVBoxLayout:
        version = label(f"Runcase {__version__}", "caption")
        links = [
            button(text, "quiet", lambda id_=id_: self.asked.emit(id_))  # type: ignore[misc]
            for text, id_ in (("Keyboard", "keys"), ("Filter Grammar", "grammar"))
        ]
        host = QVBoxLayout()
        host.addLayout(row(version, 1, *links, spacing=4, margins=(4, 0, 0, 0)))
        return host


class StartRow(QPushButton):
    """A wide button: icon, text with an optional note below, keys on the right."""

    def __init__(self, theme: Theme, icon: str, text: str, note: str, keys: str) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("kind", "row")
        self.setAccessibleName(text)
        self.setToolTip(f"{text}  {keys}" if keys else text)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(text, "strong"))
        if note:
            words.addWidget(label(note, "caption"))
        layout = self._line = row(IconLabel(theme, icon, "accent", 17))
        layout.addLayout(words, 1)
        if keys:
            layout.addWidget(label(keys, "small-muted"))
        self.setLayout(layout)
        for child in self.findChildren(QWidget):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        fix(theme, self, height=44 if note else 34)
        follow(theme, self, self._space)

    def _space(self) -> None:
        px = self._theme.px
        self._line.setSpacing(px(11))
        self._line.setContentsMargins(px(11), 0, px(9), 0)


class Logo(QWidget):
    """The suitcase with a curve."""

    def __init__(self, theme: Theme, size: int = 46) -> None:
        super().__init__()
        self._renderer = QSvgRenderer(str(resources.path("icons", "runcase.svg")), self)
        fix(theme, self, width=size, height=size)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._renderer.render(painter, QRectF(self.rect()))
