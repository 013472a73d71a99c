"""The columns dialog: search among all keys, tick what the table shows."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtWidgets import QDialog, QLineEdit, QListView, QVBoxLayout, QWidget

from runcase.itemmodels import columns as titles
from runcase.itemmodels import formats
from runcase.store.records import ColumnKey, Kind
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import button, label, row

Index = QModelIndex | QPersistentModelIndex
_KINDS = {Kind.ATTRIBUTE: 0, Kind.DATASET: 1, Kind.METRIC: 2, Kind.PARAM: 3, Kind.TAG: 4}


class ColumnsModel(QAbstractListModel):
    """All keys that match the search, with a tick each; thousands cost nothing."""

    def __init__(
        self, keys: Sequence[ColumnKey], ticked: Sequence[ColumnKey], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        every = set(keys) | set(titles.EXTRA) | set(ticked)
        every -= set(titles.FIXED)
        self._every = sorted(
            every, key=lambda key: (_KINDS[key.kind], titles.title(key).casefold(), key.key)
        )
        self.ticked = [key for key in ticked if key not in titles.FIXED]
        self._shown = list(self._every)

    def search(self, text: str) -> None:
        """Show the keys that hold every word of the text."""
        words = text.casefold().split()
        self.beginResetModel()
        self._shown = [
            key for key in self._every if all(word in titles.said(key).casefold() for word in words)
        ]
        self.endResetModel()

    def shown(self) -> list[ColumnKey]:
        """Return the keys that match the search."""
        return list(self._shown)

    def tick(self, keys: Sequence[ColumnKey], ticked: bool) -> None:
        """Tick keys or take their ticks away; new ones go to the end."""
        if ticked:
            self.ticked += [key for key in keys if key not in self.ticked]
        else:
            gone = set(keys)
            self.ticked = [key for key in self.ticked if key not in gone]
        if self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own signature
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        key = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{titles.group(key)}  {formats.one_line(titles.title(key))}"
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if key in self.ticked else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ToolTipRole:
            return titles.said(key)
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        self.tick([self._shown[index.row()]], Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        return (
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsUserCheckable
        )


class ColumnsDialog(QDialog):
    """Chooses columns; `chosen` carries the list of keys when the person accepts."""

    chosen = Signal(list)

    def __init__(
        self,
        theme: Theme,
        keys: Sequence[ColumnKey],
        shown: Sequence[ColumnKey],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Columns")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(theme.px(460), theme.px(560))
        self.model = ColumnsModel(keys, shown, self)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search metrics, params, tags")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self.model.search)
        self._list = QListView()
        self._list.setModel(self.model)
        self._list.setUniformItemSizes(True)
        self._list.setAccessibleName("Columns")
        self._count = label("", "small-muted")
        self.model.dataChanged.connect(self._recount)
        self.model.modelReset.connect(self._recount)
        every = button("Tick Found", "small", lambda: self.model.tick(self.model.shown(), True))
        none = button("Untick Found", "small", lambda: self.model.tick(self.model.shown(), False))
        accept = button("Show Columns", "primary", self._accept)
        accept.setDefault(True)
        layout = QVBoxLayout(self)
        layout.addWidget(self.search)
        layout.addLayout(row(self._count, 1, every, none))
        layout.addWidget(self._list, 1)
        layout.addLayout(row(1, button("Cancel", "", self.reject), accept))
        self._recount()

    def _recount(self) -> None:
        found, ticked = self.model.rowCount(), len(self.model.ticked)
        self._count.setText(f"{formats.count(found)} found · {formats.count(ticked)} ticked")

    def _accept(self) -> None:
        self.chosen.emit(self.model.ticked)
        self.accept()
