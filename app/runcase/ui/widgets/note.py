"""A note or description in Markdown, already rendered as HTML, as high as its text."""

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QWidget


class Note(QTextBrowser):
    """Grows with its text up to a limit, then scrolls; links open in the browser when pressed."""

    def __init__(
        self, name: str, most: int = 240, margin: int = 0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._most = most
        self.setAccessibleName(name)
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(margin)
        self.viewport().setAutoFillBackground(False)
        self.setStyleSheet("background: transparent")
        self.anchorClicked.connect(_follow)

    def show_html(self, html: str) -> None:
        """Show sanitised HTML; nothing at all for ""."""
        size = self.font().pixelSize()
        if size > 0:
            # A heading of a note is no heading of the page.
            heads = "".join(f"h{n} {{ font-size: {size + 4 - n}px }}" for n in range(1, 5))
            self.document().setDefaultStyleSheet(heads)
        self.setHtml(html)
        self.setVisible(bool(html))
        self._fit()

    def set_most(self, most: int) -> None:
        """Be at most so high, in pixels."""
        self._most = most
        if self.isVisible():
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        self.document().setTextWidth(max(60, self.viewport().width()))
        self.setFixedHeight(min(self._most, round(self.document().size().height()) + 2))


def _follow(url: QUrl) -> None:
    if url.scheme() in ("http", "https"):
        QDesktopServices.openUrl(url)
