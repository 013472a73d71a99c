"""Markdown and HTML pages: nothing is loaded, and a link is followed only after a question."""

from typing import Any

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage, QTextDocument
from PySide6.QtWidgets import QFrame, QMessageBox, QStackedWidget, QTextBrowser, QWidget

from runcase.preview import words
from runcase.preview.document import Page
from runcase.ui.previews.text_view import CodeEdit
from runcase.ui.theme import Theme

_OPENED = frozenset(("http", "https", "mailto"))


class PageView(QStackedWidget):
    """A page and its source; `choose` switches between them."""

    asked = Signal(QUrl)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document: Page | None = None
        self._texted: Page | None = None
        self._browser = _Browser(theme)
        self._edit = CodeEdit(theme)
        self.addWidget(self._browser)
        self.addWidget(self._edit)
        self._browser.anchorClicked.connect(self._ask)

    def show_document(self, document: Page) -> None:
        """Show a page from its top."""
        self._document = document
        self._browser.setAccessibleName(document.name)
        self._browser.show_page(document)
        if self.currentIndex() == 1:
            self.choose("text")

    def facts(self) -> str:
        """Return what the header says of the file."""
        document = self._document
        return f"{words.size(document.size)} · {document.format}" if document else ""

    def choose(self, view: str) -> None:
        """Switch to "page" or "text"; the text is laid out when it is first wanted."""
        if view == "text" and self._document is not None and self._texted is not self._document:
            self._edit.show_text(self._document.source)
            self._texted = self._document
        self.setCurrentIndex(1 if view == "text" else 0)

    def _ask(self, url: QUrl) -> None:
        """Say where a link leads before the system's browser is asked to go there."""
        if url.scheme().lower() not in _OPENED:
            return
        self.asked.emit(url)
        box = QMessageBox(self)
        box.setWindowTitle("Open Link")
        box.setText("Open this address in the browser?")
        box.setInformativeText(url.toDisplayString())
        opens = box.addButton("Open in Browser", QMessageBox.ButtonRole.AcceptRole)
        copies = box.addButton("Copy Address", QMessageBox.ButtonRole.ActionRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.buttonClicked.connect(lambda button: _follow(url, button is opens, button is copies))
        box.open()


class _Browser(QTextBrowser):
    """Shows a page's own pictures, which came decoded; every other address is nothing."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._page: Page | None = None
        self._images: dict[str, QImage] = {}
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.document().setDocumentMargin(24)
        theme.changed.connect(self._restyle)

    def show_page(self, page: Page) -> None:
        """Lay a page out."""
        self._page = page
        self._images = {
            each.address: QImage(
                each.frame.pixels,
                each.frame.width,
                each.frame.height,
                4 * each.frame.width,
                QImage.Format.Format_RGBA8888,
            ).copy()
            for each in page.images
            if len(each.frame.pixels) == 4 * each.frame.width * each.frame.height
        }
        self._restyle()

    def loadResource(self, type: int, name: QUrl | str) -> Any:  # noqa: A002 - Qt's name
        image = self._images.get(name.toString() if isinstance(name, QUrl) else name)
        if type == QTextDocument.ResourceType.ImageResource.value and image is not None:
            return image
        return None

    def _restyle(self) -> None:
        color = self._theme.color
        mono = self._theme.font("mono")
        self.document().setDefaultFont(self._theme.font("body"))
        self.document().setDefaultStyleSheet(
            f"a {{ color: {color('accent').name()}; text-decoration: none; }}"
            f"code, pre, tt, kbd, samp {{ font-family: '{mono.family()}';"
            f" font-size: {mono.pixelSize()}px; background-color: {color('chip').name()}; }}"
            f"h1 {{ font-size: {self._theme.font('page').pixelSize()}px; }}"
            f"h2, h3 {{ font-size: {self._theme.font('title').pixelSize()}px; }}"
            f"h4, h5, h6 {{ font-size: {self._theme.font('body').pixelSize()}px; }}"
            f"blockquote {{ color: {color('muted').name()}; }}"
            f"th {{ background-color: {color('header').name()}; }}"
            f"th, td {{ border: 1px solid {color('border').name()}; padding: 4px 8px; }}"
            "table { border-collapse: collapse; margin-bottom: 8px; }"
            "h1, h2, h3, h4 { margin-bottom: 8px; margin-top: 12px; }"
        )
        if self._page is not None:
            self.setHtml(self._page.html)


def _follow(url: QUrl, opens: bool, copies: bool) -> None:
    if opens:
        QDesktopServices.openUrl(url)
    elif copies:
        QGuiApplication.clipboard().setText(url.toString())
