"""Markdown and HTML pages: nothing is loaded, and a link is followed only after a question.

The scripts of an HTML page run only when a person asks for them, in `web_view`.
"""

import re
from typing import Any

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import (
    QDesktopServices,
    QGuiApplication,
    QImage,
    QPainter,
    QResizeEvent,
    QShowEvent,
    QTextDocument,
)
from PySide6.QtWidgets import QFrame, QMessageBox, QStackedWidget, QTextBrowser

from runcase.preview import words
from runcase.preview.document import Page
from runcase.preview.page import MADE_BY_SCRIPTS
from runcase.session.jobs import Jobs
from runcase.ui.previews import web_view
from runcase.ui.previews.text_view import CodeEdit
from runcase.ui.previews.web_view import WebView
from runcase.ui.theme import Theme

_CODE = re.compile(r"(<pre><code[^>]*>.*?</pre>)", re.DOTALL)
_SIZED = re.compile(r'<img\b[^>]*\bsrc="([^"]+)"[^>]*\bwidth="(\d+)"')
_OPENED = frozenset(("http", "https", "mailto"))


class PageView(QStackedWidget):
    """A page, its source, and it with its scripts; `choose` switches between them.

    Args:
        jobs: Reads the files of a page with scripts; without them none are run.
    """

    asked = Signal(QUrl)

    def __init__(self, theme: Theme, jobs: Jobs | None = None) -> None:
        super().__init__()
        self._theme = theme
        self._jobs = jobs
        self._web: WebView | None = None
        self._path = ""
        # The pages whose scripts were asked for, until the window closes.
        self._trusted: set[str] = set()
        self._document: Page | None = None
        self._texted: Page | None = None
        self._browser = _Browser(theme)
        self._edit = CodeEdit(theme)
        self.addWidget(self._browser)
        self.addWidget(self._edit)
        self._browser.anchorClicked.connect(self._ask)

    def show_document(self, document: Page, path: str = "") -> None:
        """Show a page from its top; `path` is the HTML file it is, if it is a file of its own."""
        self.rest()
        self._document = document
        self._path = path if document.format == "HTML" else ""
        self._browser.setAccessibleName(document.name)
        self._browser.show_page(document)
        if self.currentIndex() == 1:
            self.choose("text")

    def facts(self) -> str:
        """Return what the header says of the file."""
        document = self._document
        return f"{words.size(document.size)} · {document.format}" if document else ""

    @property
    def path(self) -> str:
        """Return the HTML file that is shown, or nothing."""
        return self._path

    @property
    def has_scripts(self) -> bool:
        """Say whether the page can be shown with its scripts."""
        return bool(self._path) and self._jobs is not None and web_view.available()

    @property
    def note(self) -> str:
        """Return what is said of the view that is shown."""
        if self._document is None or self.currentWidget() is self._web:
            return ""
        said = self._document.note
        if not self.has_scripts:
            return said
        return said.replace(MADE_BY_SCRIPTS, "This page is made by its scripts: see With Scripts.")

    @property
    def preferred(self) -> str:
        """Return the view that a page begins with."""
        if self.has_scripts and self._path in self._trusted:
            return "scripts"
        return "text" if self._document is not None and self._document.empty else "page"

    def rest(self) -> None:
        """End the scripts, if any run."""
        if self._web is not None:
            self._web.clear()

    def choose(self, view: str) -> None:
        """Switch to "page", "text" or "scripts"; each is made when it is first wanted."""
        if view == "scripts" and self._jobs is not None:
            if self._web is None:
                self._web = WebView(self._theme, self._jobs)
                self.addWidget(self._web)
            self._trusted.add(self._path)
            self._web.show_page(self._path)
            self.setCurrentWidget(self._web)
            return
        self.rest()
        self._trusted.discard(self._path)
        if view == "text" and self._document is not None and self._texted is not self._document:
            self._edit.show_text(self._document.source)
            self._texted = self._document
        self.setCurrentIndex(1 if view == "text" else 0)

    def ask_browser(self) -> None:
        """Say what opening the page outside means before it is done."""
        box = QMessageBox(self)
        box.setWindowTitle("Open in Browser")
        box.setText(f"Open {self._document.name if self._document else ''} in the browser?")
        box.setInformativeText(
            "The browser runs the page’s scripts and lets it use the network. "
            "Runcase cannot see or stop what it does there."
        )
        opens = box.addButton("Open in Browser", QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        url = QUrl.fromLocalFile(self._path)
        box.buttonClicked.connect(lambda button: _follow(url, button is opens, False))
        box.open()

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
        widths = {address: int(width) for address, width in _SIZED.findall(page.html)}
        self._images = {
            each.address: self._sized(
                QImage(
                    each.frame.pixels,
                    each.frame.width,
                    each.frame.height,
                    4 * each.frame.width,
                    QImage.Format.Format_RGBA8888,
                ),
                widths.get(each.address, each.frame.width),
            )
            for each in page.images
            if len(each.frame.pixels) == 4 * each.frame.width * each.frame.height
        }
        self._restyle()

    def _sized(self, image: QImage, width: int) -> QImage:
        """Return a picture with no more pixels than are shown: Qt leaves out every other one."""
        wanted = round(width * self.devicePixelRatioF())
        if not 0 < wanted < image.width():
            return image.copy()
        return image.scaledToWidth(wanted, Qt.TransformationMode.SmoothTransformation)

    def loadResource(self, type: int, name: QUrl | str) -> Any:  # noqa: A002 - Qt's name
        image = self._images.get(name.toString() if isinstance(name, QUrl) else name)
        if type == QTextDocument.ResourceType.ImageResource.value and image is not None:
            # An outline of GeoJSON is drawn for both themes.
            drawn = self._page is not None and self._page.format == "GeoJSON"
            return _on_paper(image) if self._theme.is_dark and not drawn else image
        return None

    # Qt brings the cursor in sight, which stands at the foot of its line: a page that begins with
    # a tall picture would be scrolled down to there.
    def resizeEvent(self, event: QResizeEvent) -> None:
        at = self.verticalScrollBar().value()
        super().resizeEvent(event)
        self.verticalScrollBar().setValue(at)

    def showEvent(self, event: QShowEvent) -> None:
        at = self.verticalScrollBar().value()
        super().showEvent(event)
        self.verticalScrollBar().setValue(at)

    def _restyle(self) -> None:
        color = self._theme.color
        mono = self._theme.font("mono")
        self.document().setDefaultFont(self._theme.font("body"))
        self.document().setDefaultStyleSheet(
            f"a {{ color: {color('accent').name()}; text-decoration: none; }}"
            f"code, pre, tt, kbd, samp {{ font-family: '{mono.family()}';"
            f" font-size: {mono.pixelSize()}px; }}"
            f"code, .code {{ background-color: {color('chip').name()}; }}"
            "td.code { border: none; padding: 8px 10px; }"
            f"h1 {{ font-size: {self._theme.font('page').pixelSize()}px; }}"
            f"h2, h3 {{ font-size: {self._theme.font('title').pixelSize()}px; }}"
            f"h4, h5, h6 {{ font-size: {self._theme.font('body').pixelSize()}px; }}"
            f"blockquote {{ color: {color('muted').name()}; }}"
            f"th {{ background-color: {color('header').name()}; }}"
            f"th, td {{ border: 1px solid {color('border').name()}; padding: 4px 8px; }}"
            "table { border-collapse: collapse; margin-top: 8px; margin-bottom: 8px; }"
            "h1, h2, h3, h4 { margin-bottom: 8px; margin-top: 12px; }"
        )
        if self._page is not None:
            self.setHtml(_boxed(self._page.html))
            self.verticalScrollBar().setValue(0)


def _on_paper(image: QImage) -> QImage:
    """Put white behind a picture: a plot's ink is black where it has no ground of its own."""
    made = QImage(image.size(), QImage.Format.Format_RGB32)
    made.fill(Qt.GlobalColor.white)
    painter = QPainter(made)
    painter.drawImage(0, 0, image)
    painter.end()
    return made


def _boxed(html: str) -> str:
    """Put blocks of code into tables of one cell: Qt gives nothing else a margin inside.

    A text that is no code, such as what a notebook's cell printed, stays as it is.
    """
    return _CODE.sub(
        r'<table class="code" width="100%"><tr><td class="code">\1</td></tr></table>', html
    )


def _follow(url: QUrl, opens: bool, copies: bool) -> None:
    if opens:
        QDesktopServices.openUrl(url)
    elif copies:
        QGuiApplication.clipboard().setText(url.toString())
