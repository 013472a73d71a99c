"""The dialogs of the Help menu: keys, filter grammar, licences, about."""

import platform
from collections.abc import Sequence
from html import escape

import PySide6
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QGuiApplication, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QTableWidget,
    QTableWidgetItem,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from runcase import __version__, resources
from runcase.ui.actions import ACTIONS, ActionSpec, key_text
from runcase.ui.dialogs import grammar_text
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import button, label, row
from runcase.ui.widgets.start_panel import Logo

_NAMES = {"jetbrains-mono": "JetBrains Mono", "python-packages": "Python packages"}
# Keys of lists and of the palette, which are no actions.
_OTHER_KEYS = (
    ("Open what is selected", "Lists", "Enter"),
    ("Open it in a new window", "Lists", "Ctrl+Enter"),
    ("Leave the filter or close the palette", "Lists", "Esc"),
    ("Complete what is being typed", "Filter", "Ctrl+Space"),
    ("Accept a completion", "Filter", "Tab"),
    ("Saved and recent filters, in an empty filter", "Filter", "↓"),
    ("Move pinned values to the next point", "Charts", "Shift+→"),
    ("Unpin values", "Charts", "Esc"),
    ("Only commands", "Palette", ">"),
    ("Only models", "Palette", "@"),
)


class _Help(QDialog):
    """A dialog with one panel of content and a Close button."""

    def __init__(self, theme: Theme, title: str, size: tuple[int, int], parent: QWidget | None):
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.theme = theme
        self.resize(theme.px(size[0]), theme.px(size[1]))
        self.panel = QFrame()
        self.panel.setObjectName("card")
        self.content = QVBoxLayout(self.panel)
        self.content.setContentsMargins(1, 1, 1, 1)
        self.content.setSpacing(0)
        close = button("Close", "", self.reject)
        self.foot = row(1, close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 14)
        layout.setSpacing(10)
        layout.addWidget(self.panel, 1)
        layout.addLayout(self.foot)


class KeysDialog(_Help):
    """Every command with its key; a field searches among them."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Keyboard", (580, 620), parent)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a command or key")
        self.search.setAccessibleName("Find a command or key")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.table = QTableWidget(0, 3)
        self.table.setHorizontalHeaderLabels(["Command", "Menu", "Key"])
        self.table.setAccessibleName("Keys")
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(theme.px(26))
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        )
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.setColumnWidth(1, theme.px(110))
        self.table.setColumnWidth(2, theme.px(150))
        self.table.setShowGrid(False)
        self.table.setStyleSheet("QTableWidget::item { padding: 0 5px }")
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.content.addWidget(self.table)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, self.search)
        self._rows = [*_with_keys(ACTIONS), *_OTHER_KEYS]
        self._search("")

    def _search(self, text: str) -> None:
        words = text.casefold().split()
        found = [each for each in self._rows if all(w in " ".join(each).casefold() for w in words)]
        self.table.setRowCount(len(found))
        mono = self.theme.font("mono")
        for at, cells in enumerate(found):
            for column, cell in enumerate(cells):
                item = QTableWidgetItem(cell)
                if column == 1:
                    item.setForeground(self.theme.color("muted"))
                if column == 2:
                    item.setFont(mono)
                self.table.setItem(at, column, item)


class GrammarDialog(_Help):
    """The language of the filter field."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Filter Grammar", (780, 680), parent)
        self.text = QTextBrowser()
        self.text.setAccessibleName("Filter grammar")
        self.text.setOpenLinks(False)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.document().setDocumentMargin(16)
        self.text.setHtml(_grammar_html(theme))
        _show_signs(self.text.document(), theme.font("mono"))
        self.content.addWidget(self.text)


class LicencesDialog(_Help):
    """The licences of what Runcase is made of."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Licences", (860, 600), parent)
        self._texts = {
            _NAMES.get(path.stem, path.stem.replace("-", " ").capitalize()): path
            for path in sorted(resources.path("licences").glob("*.txt"))
        }
        self.names = QListWidget()
        self.names.setAccessibleName("Components")
        self.names.addItems(list(self._texts))
        self.names.setFixedWidth(theme.px(190))
        self.names.setFrameShape(QFrame.Shape.NoFrame)
        self.names.setStyleSheet("QListWidget::item { padding: 4px 8px }")
        self.text = QPlainTextEdit()
        self.text.setAccessibleName("Licence")
        self.text.setReadOnly(True)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setFont(theme.font("mono"))
        self.text.document().setDocumentMargin(12)
        both = QHBoxLayout()
        both.setSpacing(1)
        both.addWidget(self.names)
        both.addWidget(self.text, 1)
        self.content.addLayout(both)
        self.names.currentTextChanged.connect(self._show)
        self.names.setCurrentRow(0)

    def _show(self, name: str) -> None:
        path = self._texts.get(name)
        self.text.setPlainText(path.read_text(encoding="utf-8") if path is not None else "")


class AboutDialog(_Help):
    """Name, version and the versions that a report of a mistake needs."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "About Runcase", (460, 330), parent)
        self.content.setContentsMargins(22, 22, 22, 18)
        self.content.setSpacing(10)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label("Runcase", "brand"))
        words.addWidget(label(f"Version {__version__}", "small-muted", selectable=True))
        top = row(Logo(theme), spacing=14)
        top.addLayout(words, 1)
        self.content.addLayout(top)
        text = label(
            "Opens an MLflow store like a document: runs, curves, artifacts and models, without "
            "a server. Runcase reads your stores and writes nothing to them. It uses no network, "
            "needs no account and never unpickles anything.",
            "text2",
        )
        text.setWordWrap(True)
        self.content.addWidget(text)
        self.versions = label(_versions(), "mono-muted", selectable=True)
        self.content.addWidget(self.versions)
        self.content.addStretch(1)
        self.foot.insertWidget(0, button("Copy Versions", "", self._copy))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.versions.text())


def _versions() -> str:
    return (
        f"Runcase {__version__}\n"
        f"Python {platform.python_version()}, PySide {PySide6.__version__}\n"
        f"{platform.platform()}"
    )


def _with_keys(actions: Sequence[ActionSpec]) -> list[tuple[str, str, str]]:
    return [
        (f"{spec.submenu}: {spec.text}" if spec.submenu else spec.text, spec.menu, key_text(spec))
        for spec in actions
        if key_text(spec)
    ]


def _show_signs(document: QTextDocument, mono: QFont) -> None:
    """Take the ligatures out of code: `!=` shall look like what is to be typed."""
    mono.setFeature(QFont.Tag("calt"), 0)
    cursor = QTextCursor(document)
    block = document.begin()
    while block.isValid():
        at = block.begin()
        while not at.atEnd():
            piece = at.fragment()
            if mono.family() in (piece.charFormat().fontFamilies() or []):
                cursor.setPosition(piece.position())
                end = piece.position() + piece.length()
                cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
                form = QTextCharFormat()
                form.setFont(mono)
                cursor.mergeCharFormat(form)
            at += 1
        block = block.next()


def _grammar_html(theme: Theme) -> str:
    muted = theme.color("muted").name()
    mono = theme.font("mono")
    style = f"font-family:'{mono.family()}'; font-size:{mono.pixelSize()}px"

    def code(text: str) -> str:
        return f'<span style="{style}">{escape(text)}</span>'

    def table(rows: Sequence[Sequence[str]], titles: Sequence[str] = ()) -> str:
        head = "".join(
            f'<td style="color:{muted}; padding:3px 18px 3px 0">{escape(title)}</td>'
            for title in titles
        )
        body = "".join(
            "<tr>"
            + "".join(f'<td style="padding:3px 18px 3px 0">{cell}</td>' for cell in each)
            + "</tr>"
            for each in rows
        )
        return f"<table cellspacing=0>{f'<tr>{head}</tr>' if head else ''}{body}</table>"

    def examples(of: Sequence[grammar_text.Example]) -> str:
        return table([(code(each.filter), escape(each.finds)) for each in of])

    def entities(of: Sequence[grammar_text.Entity]) -> str:
        rows = [(code(each.name), escape(each.keys), code(each.comparators)) for each in of]
        return table(rows, ("Clause", "Keys", "Comparators"))

    def rules(of: Sequence[str]) -> str:
        items = "".join(f"<li style='margin-bottom:6px'>{escape(each)}</li>" for each in of)
        return f"<ul style='margin-left:-22px'>{items}</ul>"

    return (
        f"<p>{escape(grammar_text.INTRODUCTION)}</p>"
        f"<h3>MLflow’s filters</h3>{examples(grammar_text.EXAMPLES)}"
        f"<h4>What can be compared</h4>{entities(grammar_text.ENTITIES)}"
        f"<h4>Rules</h4>{rules(grammar_text.RULES)}"
        f"<h3>What Runcase adds</h3>{examples(grammar_text.OWN_EXAMPLES)}"
        f"<h4>What can be compared besides</h4>{entities(grammar_text.OWN_ENTITIES)}"
        f"<h4>Rules</h4>{rules(grammar_text.OWN_RULES)}"
        f"<h4>Order</h4><p>{escape(grammar_text.ORDER)}</p>"
    )
