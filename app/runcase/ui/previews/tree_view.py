"""JSON and YAML: the tree, or the text it was parsed from."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QLineEdit,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from runcase.preview import words
from runcase.preview.document import Tree
from runcase.ui.previews.text_view import CodeEdit
from runcase.ui.previews.tree_model import TreeModel
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import Elided, button, label, row
from runcase.ui.zoom import follow

# So many rows are opened at first: a small file is seen whole, a large one by its top level.
_OPENED = 200
_HEADER_HEIGHT = 26


class TreePreview(QStackedWidget):
    """A tree and its text; `choose` switches between them."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._document: Tree | None = None
        self._texted: Tree | None = None
        self._model = TreeModel(theme, self)
        self._view = QTreeView()
        self._view.setModel(self._model)
        self._view.setUniformRowHeights(True)
        self._view.setAlternatingRowColors(False)
        self._view.setAllColumnsShowFocus(True)
        self._view.header().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self._view.header().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self._view.header().setStretchLastSection(True)
        header = self._view.header()
        follow(theme, header, lambda: header.setMinimumHeight(theme.px(_HEADER_HEIGHT)))
        self._view.setColumnWidth(0, theme.px(280))
        self._edit = CodeEdit(theme)
        self.field = self._search = QLineEdit()
        self._search.setPlaceholderText("Find a key or a value")
        self._search.setAccessibleName("Find a key or a value")
        self._search.setClearButtonEnabled(True)
        self._count = label("", "small-muted")
        self._path = Elided("", "mono", Qt.TextElideMode.ElideLeft)
        bar = QFrame()
        bar.setObjectName("panelHeader")
        line = row(margins=(10, 4, 10, 4))
        line.addWidget(self._search, 1)
        line.addWidget(self._count)
        bar.setLayout(line)
        foot = QFrame()
        foot.setObjectName("panelHeader")
        under = row(margins=(10, 4, 10, 4))
        under.addWidget(self._path, 1)
        under.addWidget(button("Copy Path", "small", self._copy_path))
        foot.setLayout(under)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (bar, self._view, foot):
            column.addWidget(widget)
        self.addWidget(page)
        self.addWidget(self._edit)
        self._found: list[int] = []
        self._at = -1
        self._search.textChanged.connect(self._find)
        self._search.returnPressed.connect(self._find_next)
        self._view.selectionModel().currentChanged.connect(self._say_path)
        self._add_copy("Copy Value", self._copy_value, QKeySequence.StandardKey.Copy)
        self._add_copy("Copy Path", self._copy_path, None)
        self._view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def show_document(self, document: Tree) -> None:
        """Show a tree, opened as far as a page or two."""
        self._document = document
        self._view.setAccessibleName(document.name)
        self._model.set_tree(document)
        self._search.clear()
        self._path.setText("")
        if len(document.keys) <= _OPENED:
            self._view.expandAll()
        if self.currentIndex() == 1:
            self.choose("text")

    def facts(self) -> str:
        """Return what the header says of the file."""
        return words.size(self._document.size) if self._document else ""

    def choose(self, view: str) -> None:
        """Switch to "tree" or "text"; the text is laid out when it is first wanted."""
        if view == "text" and self._document is not None and self._texted is not self._document:
            self._edit.show_text(self._document.source)
            self._texted = self._document
        self.setCurrentIndex(1 if view == "text" else 0)

    def _find(self, text: str) -> None:
        """Find the nodes whose key or value holds a text; the first one is selected."""
        document, folded = self._document, text.casefold()
        self._found, self._at = [], -1
        if document is not None and folded:
            pairs = enumerate(zip(document.keys, document.values, strict=True))
            self._found = [
                node
                for node, (key, value) in pairs
                if node and (folded in key.casefold() or folded in value.casefold())
            ]
        many = words.many(len(self._found), "place")
        self._count.setText(many if folded else "")
        if self._found:
            self._find_next()

    def _find_next(self) -> None:
        if self._found:
            self._at = (self._at + 1) % len(self._found)
            index = self._model.index_of(self._found[self._at])
            self._view.setCurrentIndex(index)
            self._view.scrollTo(index)
            self._count.setText(f"{self._at + 1:,} of {words.many(len(self._found), 'place')}")

    def _say_path(self) -> None:
        self._path.setText(self._model.path(self._view.currentIndex()))

    def _add_copy(
        self, text: str, copy: Callable[[], None], key: QKeySequence.StandardKey | None
    ) -> None:
        action = QAction(text, self._view)
        if key is not None:
            action.setShortcut(key)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(lambda: copy())
        self._view.addAction(action)

    def _copy_value(self) -> None:
        index = self._view.currentIndex()
        if index.isValid() and self._document is not None:
            QGuiApplication.clipboard().setText(self._document.values[index.internalId()])

    def _copy_path(self) -> None:
        QGuiApplication.clipboard().setText(self._model.path(self._view.currentIndex()))
