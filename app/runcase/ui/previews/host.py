"""The preview pane: a bar with the file's name and facts, and the widget of its kind below."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from runcase.preview.document import (
    Array,
    Bytes,
    Document,
    Image,
    Log,
    Model,
    Page,
    Request,
    Table,
    Text,
    Tree,
)
from runcase.preview.facts import Facts
from runcase.preview.inventory import Archive, Profile
from runcase.session.jobs import Jobs
from runcase.ui.allow_list import AllowList
from runcase.ui.previews.archive_view import ArchiveView
from runcase.ui.previews.array_view import ArrayView
from runcase.ui.previews.bytes_view import BytesView
from runcase.ui.previews.frequency_dialog import FrequencyDialog
from runcase.ui.previews.image_bar import ImageBar
from runcase.ui.previews.image_side import ImageSide
from runcase.ui.previews.image_view import ImageView
from runcase.ui.previews.kinds import KINDS, SCRIPTED, text_facts
from runcase.ui.previews.log_view import LogView
from runcase.ui.previews.media_view import MediaView
from runcase.ui.previews.model_view import ModelView
from runcase.ui.previews.page_view import PageView
from runcase.ui.previews.table_view import TablePreview
from runcase.ui.previews.text_view import CodeEdit
from runcase.ui.previews.tree_view import TreePreview
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Elided, IconLabel, Segments, button, label, row
from runcase.ui.widgets.state_page import LoadingPage, StatePage
from runcase.ui.zoom import fix

_HEIGHT = 38
# What a name has at least before others make room for it.
_NAME = 150

# Answers that add to what is shown.
_ADDED = ("profile", "count", "frequency")


class PreviewHost(QWidget):
    """Shows documents; `requested` carries a `Request` for more of the same file.

    Args:
        jobs: Reads the files of HTML pages whose scripts a person asks for.
        allowed: The imports of pickles that a person allowed.
    """

    requested = Signal(object)
    file_chosen = Signal(str)

    def __init__(
        self, theme: Theme, jobs: Jobs | None = None, allowed: AllowList | None = None
    ) -> None:
        super().__init__()
        self._theme = theme
        self._request = Request("")
        # How many of the request's parts are members of archives; a sheet or an array is none.
        self._depth = 0
        self._code = CodeEdit(theme)
        self._tree = TreePreview(theme)
        self._table = TablePreview(theme)
        self._image = ImageView(theme)
        self._image_side = ImageSide(theme)
        self._image_pane = QWidget()
        beside = QHBoxLayout(self._image_pane)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(0)
        beside.addWidget(self._image, 1)
        beside.addWidget(self._image_side)
        self._image_side.hide()
        self._page = PageView(theme, jobs)
        self._model = ModelView(theme, allowed)
        self._bytes = BytesView(theme)
        self._log = LogView(theme)
        self._array = ArrayView(theme)
        self._archive = ArchiveView(theme)
        self._insides = MediaView(theme, allowed)
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
            self._image_pane,
            self._page,
            self._model,
            self._bytes,
            self._log,
            self._array,
            self._archive,
            self._insides,
            self._state,
            self._loading,
        ):
            self._stack.addWidget(widget)
        self._build_bar()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (self._bar, self._note):
            layout.addWidget(part)
        layout.addWidget(self._stack, 1)
        self._connect()
        theme.changed.connect(self._restyle)
        self._restyle()
        self.clear()

    @property
    def bar(self) -> QFrame:
        """Return the bar over the document."""
        return self._bar

    @property
    def field(self) -> QLineEdit | None:
        """Return where one searches or filters what is shown, if that is possible."""
        view = self._stack.currentWidget()
        if isinstance(view, TreePreview | TablePreview | LogView | ArchiveView):
            return view.field if view.field.isVisible() else None
        return None

    def add_tools(self, tools: QWidget) -> None:
        """Put commands for the file at the right end of the bar."""
        layout = self._bar.layout()
        if layout is not None:
            layout.addWidget(tools)

    def set_request(self, request: Request) -> None:
        """Say what was asked for: later windows are asked for from the same path and root."""
        self._request = request
        self._depth = 0

    def show_answer(self, request: Request, document: Document, name: str = "") -> None:
        """Show what came for a request, which may be more of what is shown already."""
        if request.view in _ADDED:
            self._add(request, document)
            return
        if isinstance(document, Array) and request.offset:
            self._array.show_rows(document)
            return
        self._request = replace(request, offset=0, count=0, query="", view="")
        inside = " › ".join(request.parts[: self._depth])
        self.show_document(document, f"{name} › {inside}" if inside else name)
        self._back.setVisible(bool(inside))

    def show_place(self, line: int, offset: int, text: str) -> None:
        """Bring a place of a text into sight; what is a tree or a page shows its source for it.

        Args:
            line: From 1.
            offset: The byte at which the line begins.
            text: What was found there.
        """
        view = self._stack.currentWidget()
        if view is self._log:
            self._ask_lines(offset, text, "find")
            return
        if isinstance(view, TreePreview | PageView | ModelView):
            view.choose("text")
            for segments in self._segments.values():
                if not segments.isHidden():
                    segments.choose("text")
        for edit in self._stack.findChildren(CodeEdit):
            if edit.isVisible():
                edit.show_line(line)

    def show_failure(
        self, request: Request, message: str, hint: str = "", name: str = "", *, gone: bool = False
    ) -> None:
        """Say why a request failed; of a query it is said beside the query."""
        self._log.unlock()
        if request.view in _ADDED:
            return
        if request.query and self._stack.currentWidget() is self._table:
            self._table.show_query_error(message)
            return
        self._request = request
        self.show_error(message, hint, name, gone=gone)
        self._back.setVisible(self._depth > 0)

    def show_document(self, document: Document, name: str = "") -> None:
        """Show a document under a name, by default its own."""
        kind = KINDS[type(document)]
        self._rest()
        self._loading.finish()
        self._head(name or document.name, kind.icon, kind.views)
        self._facts.setText(self._show(document))
        said: dict[type, str] = {Page: self._page.note, Facts: self._insides.note}
        self._say(said.get(type(document), document.note))
        self._image_bar.setVisible(isinstance(document, Image))
        self.fit_bar()

    def show_loading(self, name: str) -> None:
        """Say that a file is being read; nothing is drawn before 150 ms."""
        self._rest()
        # What was shown before is not what an error would be about.
        self.set_request(Request(""))
        self._head(name, "file", ())
        self._facts.setText("")
        self._say("")
        self._loading.start(f"Reading {name}")
        self._stack.setCurrentWidget(self._loading)

    def show_error(
        self, message: str, hint: str = "", name: str = "", *, gone: bool = False
    ) -> None:
        """Say why a file is not shown, and offer its bytes, or another try where it is gone."""
        self._loading.finish()
        self._head(name or self._name.text(), "file-question-mark", ())
        self._facts.setText("")
        self._say("")
        next_step = ("Try Again", self._again) if gone else ("Show as Bytes", self._ask_as_bytes)
        self._state.show_state(
            "octagon-alert",
            message,
            hint,
            *([next_step] if self._request.path else []),
            token="error",
        )
        self._stack.setCurrentWidget(self._state)

    def clear(self) -> None:
        """Show nothing."""
        self._rest()
        self._loading.finish()
        self._request = Request("")
        self._bar.hide()
        self._say("")
        self._stack.setCurrentWidget(self._nothing)

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_bar()

    def fit_bar(self) -> None:
        """Leave out of the bar what has no room: a name says more than a size or a zoom."""
        layout = self._bar.layout()
        if layout is None:
            return
        self._facts.show()
        self._image_bar.set_tight(0)
        tighter = (partial(self._image_bar.set_tight, tight) for tight in (1, 2))
        steps: tuple[Callable[[], object], ...] = (self._facts.hide, *tighter)
        name = self._name.sizeHint().width()
        spared = max(0, name - self._theme.px(_NAME))
        for leave_out in steps:
            if layout.sizeHint().width() - spared <= self.width():
                break
            leave_out()
        layout.activate()

    def _show(self, document: Document) -> str:
        """Hand a document to its widget; returns the facts for the bar."""
        if isinstance(document, Text):
            self._code.show_text(document)
            self._stack.setCurrentWidget(self._code)
            return text_facts(document)
        if isinstance(document, Log):
            self._log.show_document(document)
            self._stack.setCurrentWidget(self._log)
            return self._log.facts()
        if isinstance(document, Archive | Array | Facts):
            return self._show_insides(document)
        view: TreePreview | TablePreview | ImageView | PageView | ModelView | BytesView
        if isinstance(document, Tree):
            view = self._tree
            self._tree.choose("tree")
            self._tree.show_document(document)
        elif isinstance(document, Table):
            view = self._table
            self._table.choose("table")
            self._table.show_document(document)
        elif isinstance(document, Page):
            view = self._page
            self._show_page(document)
        elif isinstance(document, Model):
            view = self._model
            self._model.choose("model")
            self._model.show_document(document)
        elif isinstance(document, Bytes):
            view = self._bytes
            self._bytes.show_document(document)
        else:
            view = self._image
        self._stack.setCurrentWidget(self._image_pane if view is self._image else view)
        if isinstance(document, Image):
            # After it has its size, so that "fit" knows the room.
            self._image.show_document(document)
            self._image_side.show_document(document)
        return view.facts()

    def _show_insides(self, document: Archive | Array | Facts) -> str:
        view: ArchiveView | ArrayView | MediaView
        if isinstance(document, Archive):
            view = self._archive
            self._archive.show_document(document)
        elif isinstance(document, Facts):
            view = self._insides
            self._insides.show_document(document, self._own_file())
        else:
            view = self._array
            self._array.show_document(document)
            chosen = "picture" if self._array.is_drawn else "table"
            self._array.choose(chosen)
            self._segments[KINDS[Array].views].choose(chosen)
        self._stack.setCurrentWidget(view)
        return view.facts()

    def _rest(self) -> None:
        """End what runs by itself: an animation, the scripts of a page, a film."""
        self._image.pause()
        self._page.rest()
        self._insides.rest()

    def _own_file(self) -> str:
        """Return the file that is shown, or nothing if it is a member of another."""
        return self._request.path if not self._request.parts else ""

    def _show_page(self, document: Page) -> None:
        self._page.show_document(document, self._own_file())
        views = SCRIPTED.views if self._page.has_scripts else KINDS[Page].views
        self._choose_among(views, self._page.preferred)
        self._page.choose(self._page.preferred)
        self._browse.setVisible(bool(self._page.path))

    def _add(self, request: Request, document: Document) -> None:
        """Take an answer that adds to the table that is shown."""
        if isinstance(document, Profile):
            self._table.show_profile(document)
        elif isinstance(document, Table) and request.view == "count":
            self._table.show_total(document)
        elif isinstance(document, Table):
            FrequencyDialog(self._theme, document, self).open()

    def _connect(self) -> None:
        self._table.windowed.connect(self._ask_rows)
        self._table.queried.connect(self._ask_query)
        self._table.parted.connect(self._ask_part)
        self._table.looked.connect(self._ask_look)
        self._table.counted.connect(self._ask_frequency)
        self._bytes.windowed.connect(self._ask_bytes)
        self._log.asked.connect(self._ask_lines)
        self._array.windowed.connect(self._ask_rows_of_array)
        self._array.chosen.connect(self._ask_part)
        self._array.sliced.connect(self._ask_plane)
        self._archive.opened.connect(self._ask_member)
        self._image.hovered.connect(self._image_side.show_pixel)
        self._image_bar.paged.connect(self._ask_page)
        self._image_bar.sided.connect(self._image_side.setVisible)
        self._model.chosen.connect(self.file_chosen)

    def _build_bar(self) -> None:
        self._bar = QFrame()
        self._bar.setObjectName("panelHeader")
        fix(self._theme, self._bar, height=_HEIGHT)
        self._icon = IconLabel(self._theme, "file", "text-2", 15)
        self._name = Elided("", "heading", Qt.TextElideMode.ElideMiddle)
        self._name.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._facts = label("", "small-muted")
        self._segments: dict[tuple[tuple[str, str], ...], Segments] = {}
        self._image_bar = ImageBar(self._theme, self._image)
        self._back = button("Back to Archive", "small", self._ask_outer)
        self._browse = button("Open in Browser…", "small", self._page.ask_browser)
        bar = row(self._back, self._icon, self._name, self._facts, margins=(12, 0, 10, 0))
        bar.addStretch(1)
        for shown in (*KINDS.values(), SCRIPTED):
            if shown.views:
                made = Segments(shown.views, "View")
                made.chosen.connect(self._choose)
                self._segments[shown.views] = made
                bar.addWidget(made)
                made.hide()
        bar.addWidget(self._browse)
        bar.addWidget(self._image_bar)
        # Together they would be wider than a pane, and widen the window.
        self._image_bar.hide()
        self._back.hide()
        self._bar.setLayout(bar)
        self._note = label("", "small")
        self._note.setObjectName("previewNote")
        self._note.setWordWrap(True)

    def _head(self, name: str, icon: str, views: tuple[tuple[str, str], ...]) -> None:
        self._bar.show()
        self._back.hide()
        self._name.setText(name)
        self._icon.set_icon(icon, "text-2")
        self._image_bar.hide()
        self._browse.hide()
        self._choose_among(views)

    def _choose_among(self, views: tuple[tuple[str, str], ...], chosen: str = "") -> None:
        """Show the segments of some views, by default with the first one chosen."""
        for each, segments in self._segments.items():
            segments.setVisible(each == views)
            segments.choose(chosen or each[0][0])

    def _say(self, note: str) -> None:
        self._note.setText(note)
        self._note.setVisible(bool(note))

    def _choose(self, view: str) -> None:
        current = self._stack.currentWidget()
        if isinstance(current, TreePreview | TablePreview | PageView | ModelView | ArrayView):
            current.choose(view)
        if current is self._page:
            self._say(self._page.note)

    def _again(self, **changes: Any) -> None:
        """Ask for the same file with something else of it."""
        self.requested.emit(replace(self._request, **changes))

    def _ask_rows(self, first: int, count: int) -> None:
        self._again(offset=first, count=count, query=self._table.query)

    def _ask_query(self) -> None:
        self._again(query=self._table.query)

    def _ask_look(self, view: str) -> None:
        self._again(view=view)

    def _ask_frequency(self, name: str) -> None:
        self._again(view="frequency", query=name)

    def _ask_part(self, name: str) -> None:
        parts = self._request.parts
        # The last part is a sheet, a table or an array when one was chosen before.
        self._again(parts=(*parts[: self._depth], name))

    def _ask_page(self, number: int) -> None:
        self._again(parts=(*self._request.parts[: self._depth], str(number)))

    def _ask_rows_of_array(self, first: int, count: int) -> None:
        self._again(offset=first, count=count, query=self._array.plane)

    def _ask_plane(self, plane: str) -> None:
        self._again(query=plane)

    def _ask_lines(self, offset: int, query: str, view: str) -> None:
        self._again(offset=offset, query=query, view=view)

    def _ask_member(self, path: str) -> None:
        parts = (*self._request.parts, path)
        self._depth = len(parts)
        self._again(parts=parts)

    def _ask_outer(self) -> None:
        self._depth = max(0, self._depth - 1)
        self._again(parts=self._request.parts[: self._depth], as_bytes=False)

    def _ask_bytes(self, offset: int) -> None:
        self._again(as_bytes=True, offset=offset)

    def _ask_as_bytes(self) -> None:
        self._again(as_bytes=True)

    def _restyle(self) -> None:
        color = self._theme.color
        self._note.setStyleSheet(
            f"QLabel#previewNote {{ background: {color('warn-soft').name()};"
            f" color: {color('warn').name()}; padding: 5px 12px;"
            f" border-bottom: 1px solid {color('border').name()}; }}"
        )
