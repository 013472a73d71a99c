"""The columns dialog: search among all keys, tick what the table shows."""

from collections.abc import Mapping, Sequence

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
from runcase.store.frame_variation import Variation
from runcase.store.records import ColumnKey, Kind
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import button, label, row

Index = QModelIndex | QPersistentModelIndex
_KINDS = (
    Kind.ATTRIBUTE, Kind.MARK, Kind.DATASET, Kind.MODEL,
    Kind.METRIC, Kind.PARAM, Kind.TAG, Kind.WORD,
)  # fmt: skip


class ColumnsModel(QAbstractListModel):
    """All keys that match the search, with a tick each; thousands cost nothing."""

    def __init__(
        self, keys: Sequence[ColumnKey], ticked: Sequence[ColumnKey], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        every = set(keys) | set(titles.EXTRA) | set(ticked)
        every.discard(titles.NAME)
        self._every = sorted(
            every,
            key=lambda key: (
                _KINDS.index(key.kind),
                titles.title(key).casefold(),
                key.key,
                key.how,
            ),
        )
        # In the order in which they were ticked.
        self._ticked = dict.fromkeys(key for key in ticked if key != titles.NAME)
        self._shown = list(self._every)
        self.variation: Mapping[ColumnKey, Variation] = {}

    @property
    def ticked(self) -> list[ColumnKey]:
        """Return the ticked keys, in the order in which they were ticked."""
        return list(self._ticked)

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
            self._ticked |= dict.fromkeys(key for key in keys if key not in self._ticked)
        else:
            for key in keys:
                self._ticked.pop(key, None)
        if self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))

    def show_variation(self, found: Mapping[ColumnKey, Variation]) -> None:
        """Say behind each key how many runs have it and whether it varies."""
        self.variation = found
        if self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))

    def _said(self, key: ColumnKey) -> str:
        found = self.variation.get(key)
        if found is None:
            return ""
        varies = "varies" if found.differs else "constant"
        return f"   in {formats.counted(found.runs, 'run')}, {varies}"

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own signature
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        key = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            group = titles.group(key) or titles.kind_words(key)
            return f"{group}  {formats.one_line(titles.title(key))}{self._said(key)}"
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if key in self._ticked else Qt.CheckState.Unchecked
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
    """Chooses columns; `chosen` carries the list of keys, in the order in which they were ticked.

    `variation_wanted` asks for `show_variation`, which ticks the columns that vary.
    """

    chosen = Signal(list)
    variation_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        keys: Sequence[ColumnKey],
        shown: Sequence[ColumnKey],
        parent: QWidget | None = None,
        *,
        title: str = "Columns",
        accept: str = "Show Columns",
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
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
        vary = button("Tick Those That Vary", "small", self.variation_wanted.emit)
        vary.setVisible(title == "Columns")
        taken = button(accept, "primary", self._accept)
        taken.setDefault(True)
        layout = QVBoxLayout(self)
        layout.addWidget(self.search)
        layout.addLayout(row(self._count, 1, vary, every, none))
        layout.addWidget(self._list, 1)
        layout.addLayout(row(1, button("Cancel", "", self.reject), taken))
        self._recount()

    def show_variation(self, found: Mapping[ColumnKey, Variation]) -> None:
        """Tick the metrics and params whose values differ, and no other ones."""
        own = (Kind.METRIC, Kind.PARAM)
        constant = [key for key in self.model.ticked if key.kind in own and not key.how]
        self.model.show_variation(found)
        self.model.tick([key for key in constant if not _varies(found, key)], False)
        self.model.tick([key for key in found if key.kind in own and _varies(found, key)], True)

    def _recount(self) -> None:
        found, ticked = self.model.rowCount(), len(self.model.ticked)
        self._count.setText(f"{formats.count(found)} found · {formats.count(ticked)} ticked")

    def _accept(self) -> None:
        self.chosen.emit(self.model.ticked)
        self.accept()


def _varies(found: Mapping[ColumnKey, Variation], key: ColumnKey) -> bool:
    return key in found and found[key].differs
