"""Chooses columns of a runs table by typing: one of them, or several with ticks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QLineEdit,
    QListView,
    QVBoxLayout,
    QWidget,
)

from runcase.itemmodels import columns as titles
from runcase.itemmodels import formats
from runcase.ui.widgets.tick_model import Choice, TickModel


def column_words(name: str) -> str:
    """Return a column as it is listed, such as "params.lr"."""
    key = titles.decode(name)
    return name if key is None else formats.one_line(titles.said(key))


class ColumnCombo(QComboBox):
    """One column, found by any part of its name; `picked` carries it, "" for none."""

    picked = Signal(str)

    def __init__(self, label: str, columns: Sequence[str], *, may_be_none: bool) -> None:
        super().__init__()
        self.setAccessibleName(label)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(24)
        if may_be_none:
            self.addItem("(none)", "")
        for name in columns:
            self.addItem(column_words(name), name)
        completer = QCompleter(self.model(), self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setCompleter(completer)
        self.currentIndexChanged.connect(self._tell)
        edit = self.lineEdit()
        if edit is not None:
            edit.editingFinished.connect(self._tidy)

    def choose(self, name: str) -> None:
        """Show a column; one that is not listed is added, since a view may know it."""
        at = self.findData(name)
        if at < 0 and name:
            self.addItem(column_words(name), name)
            at = self.count() - 1
        self.setCurrentIndex(at)

    def chosen(self) -> str:
        """Return the column, "" for none."""
        return str(self.currentData() or "")

    def _tell(self) -> None:
        self.picked.emit(self.chosen())

    def _tidy(self) -> None:
        """Write the chosen column again where somebody typed half of another one."""
        at = self.findText(self.currentText(), Qt.MatchFlag.MatchFixedString)
        if at >= 0:
            self.setCurrentIndex(at)
        self.setEditText(self.itemText(self.currentIndex()) if self.currentIndex() >= 0 else "")


def _choice(name: str) -> Choice:
    words = column_words(name)
    return Choice(name, words, words, words)


class ColumnTicks(QWidget):
    """Several columns, with a search; `picked` says that another one has its tick."""

    picked = Signal()

    def __init__(self, label: str, columns: Sequence[str]) -> None:
        super().__init__()
        self._search = QLineEdit()
        self._search.setPlaceholderText("Search columns")
        self._search.setAccessibleName(f"Search {label}")
        self._search.setClearButtonEnabled(True)
        self._model = TickModel([_choice(name) for name in columns], parent=self)
        self._list = QListView()
        self._list.setAccessibleName(label)
        self._list.setUniformItemSizes(True)
        self._list.setModel(self._model)
        self._search.textChanged.connect(self._model.search)
        self._model.dataChanged.connect(self.picked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._search)
        layout.addWidget(self._list)

    def choose(self, names: Sequence[str]) -> None:
        """Tick columns, and put them first."""
        self._model.choose([_choice(name) for name in names])

    def chosen(self) -> tuple[str, ...]:
        """Return the ticked columns in the order of their ticks."""
        return tuple(self._model.ticked)

    def tick(self, name: str, ticked: bool) -> None:
        """Tick a column, or take its tick away."""
        self._model.tick(name, ticked)

    def sizeHint(self) -> QSize:
        return QSize(320, 190)
