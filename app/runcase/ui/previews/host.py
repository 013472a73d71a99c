"""The preview pane: a bar with the file's name and facts, and the widget of its kind below."""

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from runcase.preview import words
from runcase.preview.document import (
    Bytes,
    Document,
    Image,
    Model,
    Page,
    Request,
    Table,
    Text,
    Tree,
)
from runcase.ui.previews.bytes_view import BytesView
from runcase.ui.previews.image_bar import ImageBar
from runcase.ui.previews.image_view import ImageView
from runcase.ui.previews.model_view import ModelView
from runcase.ui.previews.page_view import PageView
from runcase.ui.previews.table_view import TablePreview
from runcase.ui.previews.text_view import CodeEdit
from runcase.ui.previews.tree_view import TreePreview
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Elided, IconLabel, Segments, label, row
from runcase.ui.widgets.state_page import LoadingPage, StatePage

_HEIGHT = 38


@dataclass(frozen=True, slots=True)
class _Kind:
    """How the bar shows a kind of document: its icon and its views, the first one chosen."""

    icon: str
    views: tuple[tuple[str, str], ...] = ()


_KINDS: dict[type, _Kind] = {
    Text: _Kind("file-text"),
    Tree: _Kind("file-json", (("tree", "Tree"), ("text", "Text"))),
    Table: _Kind("table-2"),
    Image: _Kind("file-image"),
    Page: _Kind("file-text", (("page", "Page"), ("text", "Source"))),
    Model: _Kind("package", (("model", "Model"), ("text", "YAML"))),
    Bytes: _Kind("binary"),
}


class PreviewHost(QWidget):
    """Shows documents; `requested` carries a `Request` for more of the same file."""

    requested = Signal(object)
    file_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._request = Request("")
        self._code = CodeEdit(theme)
        self._tree = TreePreview(theme)
        self._table = TablePreview(theme)
        self._image = ImageView(theme)
        self._page = PageView(theme)
        self._model = ModelView(theme)
        self._bytes = BytesView(theme)
        self._state = StatePage(theme)
        self._loading = LoadingPage(theme)
        self._nothing = QWidget()
        self._stack = QStackedWidget()
        self._stack.setObjectName("surface")
        for widget in (
            self._nothing,
            self._code,
            self._tree,
            self._table,
            self._image,
            self._page,
            self._model,
            self._bytes,
            self._state,
            self._loading,
        ):
            self._stack.addWidget(widget)
        self._build_bar()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self._bar, self._note, self._stack):
            layout.addWidget(part)
        layout.setStretch(2, 1)
        self._table.windowed.connect(self._ask_rows)
        self._bytes.windowed.connect(self._ask_bytes)
        self._model.chosen.connect(self.file_chosen)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.clear()

    def set_request(self, request: Request) -> None:
        """Say what was asked for: later windows are asked for from the same path and root."""
        self._request = request

    def show_document(self, document: Document, name: str = "") -> None:
        """Show a document under a name, by default its own."""
        kind = _KINDS[type(document)]
        self._loading.finish()
        self._head(name or document.name, kind.icon, kind.views)
        self._facts.setText(self._show(document))
        self._say(document.note)
        self._image_bar.setVisible(isinstance(document, Image))
        self._image_bar.refresh()

    def show_loading(self, name: str) -> None:
        """Say that a file is being read; nothing is drawn before 150 ms."""
        self._image.pause()
        self._head(name, "file", ())
        self._facts.setText("")
        self._say("")
        self._loading.start(f"Reading {name}")
        self._stack.setCurrentWidget(self._loading)

    def show_error(self, message: str, hint: str = "", name: str = "") -> None:
        """Say why a file is not shown, and offer its bytes."""
        self._loading.finish()
        self._head(name or self._name.text(), "file-question-mark", ())
        self._facts.setText("")
        self._say("")
        self._state.show_state(
            "octagon-alert",
            message,
            hint,
            *([("Show as Bytes", self._ask_as_bytes)] if self._request.path else []),
            token="error",
        )
        self._stack.setCurrentWidget(self._state)

    def clear(self) -> None:
        """Show nothing."""
        self._image.pause()
        self._loading.finish()
        self._request = Request("")
        self._bar.hide()
        self._say("")
        self._stack.setCurrentWidget(self._nothing)

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def _show(self, document: Document) -> str:
        """Hand a document to its widget; returns the facts for the bar."""
        if isinstance(document, Text):
            self._code.show_text(document)
            self._stack.setCurrentWidget(self._code)
            return _text_facts(document)
        view: TreePreview | TablePreview | ImageView | PageView | ModelView | BytesView
        if isinstance(document, Tree):
            view = self._tree
            self._tree.choose("tree")
            self._tree.show_document(document)
        elif isinstance(document, Table):
            view = self._table
            self._table.show_document(document)
        elif isinstance(document, Page):
            view = self._page
            self._page.show_document(document)
            chosen = "text" if document.empty else "page"
            self._page.choose(chosen)
            self._segments[Page].choose(chosen)
        elif isinstance(document, Model):
            view = self._model
            self._model.choose("model")
            self._model.show_document(document)
        elif isinstance(document, Bytes):
            view = self._bytes
            self._bytes.show_document(document)
        else:
            view = self._image
        self._stack.setCurrentWidget(view)
        if isinstance(document, Image):
            # After it has its size, so that "fit" knows the room.
            self._image.show_document(document)
        return view.facts()

    def _build_bar(self) -> None:
        self._bar = QFrame()
        self._bar.setObjectName("panelHeader")
        self._bar.setFixedHeight(_HEIGHT)
        self._icon = IconLabel(self._theme, "file", "text-2", 15)
        self._name = Elided("", "heading", Qt.TextElideMode.ElideMiddle)
        self._name.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._facts = label("", "small-muted")
        self._segments: dict[type, Segments] = {}
        self._image_bar = ImageBar(self._theme, self._image)
        bar = row(self._icon, self._name, self._facts, margins=(12, 0, 10, 0))
        bar.addStretch(1)
        for kind, shown in _KINDS.items():
            if shown.views:
                made = Segments(shown.views, "View")
                made.chosen.connect(self._choose)
                self._segments[kind] = made
                bar.addWidget(made)
        bar.addWidget(self._image_bar)
        self._bar.setLayout(bar)
        self._note = label("", "small")
        self._note.setObjectName("previewNote")
        self._note.setWordWrap(True)

    def _head(self, name: str, icon: str, views: tuple[tuple[str, str], ...]) -> None:
        self._bar.show()
        self._name.setText(name)
        self._icon.set_icon(icon, "text-2")
        self._image_bar.hide()
        for kind, segments in self._segments.items():
            segments.setVisible(bool(views) and _KINDS[kind].views == views)
            segments.choose(_KINDS[kind].views[0][0])

    def _say(self, note: str) -> None:
        self._note.setText(note)
        self._note.setVisible(bool(note))

    def _choose(self, view: str) -> None:
        current = self._stack.currentWidget()
        if isinstance(current, TreePreview | PageView | ModelView):
            current.choose(view)

    def _ask_rows(self, first: int, count: int) -> None:
        request = self._request
        self.requested.emit(Request(request.path, request.root, False, first, count))

    def _ask_bytes(self, offset: int) -> None:
        self.requested.emit(Request(self._request.path, self._request.root, True, offset))

    def _ask_as_bytes(self) -> None:
        self.requested.emit(Request(self._request.path, self._request.root, True))

    def _restyle(self) -> None:
        color = self._theme.color
        self._note.setStyleSheet(
            f"QLabel#previewNote {{ background: {color('warn-soft').name()};"
            f" color: {color('warn').name()}; padding: 5px 12px;"
            f" border-bottom: 1px solid {color('border').name()}; }}"
        )


def _text_facts(document: Text) -> str:
    parts = [words.size(document.size)]
    if document.lines is not None:
        parts.append(words.many(document.lines, "line"))
    parts.append(document.encoding)
    if document.truncated:
        parts.append("not all is shown")
    return " · ".join(parts)
