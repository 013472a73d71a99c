"""Chooses columns of a runs table by typing: one of them, or several with ticks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
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

Index = QModelIndex | QPersistentModelIndex


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


class _Ticks(QAbstractListModel):
    """The columns that match the search; those with ticks keep the order of the ticks."""

    def __init__(self, columns: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._every = list(columns)
        self._shown = list(columns)
        self.ticked: dict[str, None] = {}

    def search(self, text: str) -> None:
        words = text.casefold().split()
        self.beginResetModel()
        self._shown = [
            name
            for name in self._every
            if all(word in column_words(name).casefold() for word in words)
        ]
        self.endResetModel()

    def set_ticked(self, names: Sequence[str]) -> None:
        self.beginResetModel()
        self.ticked = dict.fromkeys(names)
        # Those of a chart first, in its order.
        self._every = [*names, *(name for name in self._every if name not in self.ticked)]
        self._shown = list(self._every)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own signature
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        name = self._shown[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return column_words(name)
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if name in self.ticked else Qt.CheckState.Unchecked
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        name = self._shown[index.row()]
        if Qt.CheckState(value) == Qt.CheckState.Checked:
            self.ticked[name] = None
        else:
            self.ticked.pop(name, None)
        self.dataChanged.emit(index, index)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsUserCheckable


class ColumnTicks(QWidget):
    """Several columns, with a search; `picked` says that another one has its tick."""

    picked = Signal()

    def __init__(self, label: str, columns: Sequence[str]) -> None:
        super().__init__()
        self._search = QLineEdit()
        self._search.setPlaceholderText("Search columns")
        self._search.setAccessibleName(f"Search {label}")
        self._search.setClearButtonEnabled(True)
        self._model = _Ticks(columns, self)
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
        self._model.set_ticked(names)

    def chosen(self) -> tuple[str, ...]:
        """Return the ticked columns in the order of their ticks."""
        return tuple(self._model.ticked)

    def tick(self, name: str, ticked: bool) -> None:
        """Tick a column, or take its tick away."""
        for row in range(self._model.rowCount()):
            index = self._model.index(row)
            if self._model.data(index) == column_words(name):
                state = Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
                self._model.setData(index, state, Qt.ItemDataRole.CheckStateRole)

    def sizeHint(self) -> QSize:
        return QSize(320, 190)
