"""A `Tree` as a Qt model: two columns, node numbers as internal ids, everything in memory."""

from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
)

from runcase.preview.document import NODE_KINDS, Tree
from runcase.ui.previews.text_view import code_font
from runcase.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_ROW_HEIGHT = 26
_TOKENS = {
    "string": "string",
    "number": "number",
    "boolean": "keyword",
    "null": "muted",
    "alias": "muted",
    "other": "warn",
    "object": "muted",
    "array": "muted",
}


class TreeModel(QAbstractItemModel):
    """Keys and values; the root itself is not shown unless it is a leaf."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tree: Tree | None = None
        self._parents = self._first = self._shown = self._counts = memoryview(b"").cast("I")
        theme.changed.connect(self._restyle)
        self._restyle()

    def set_tree(self, tree: Tree) -> None:
        """Show another tree."""
        self.beginResetModel()
        self._tree = tree
        self._parents, self._first, self._shown, self._counts = (
            memoryview(part).cast("I")
            for part in (tree.parents, tree.first, tree.shown, tree.counts)
        )
        self.endResetModel()

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, self._first[self._node(parent)] + row)

    def parent(self, index: Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]
        # PySide's stub has QObject.parent() here.
        if not index.isValid():
            return QModelIndex()
        node = self._parents[index.internalId()]
        if node == 0:
            return QModelIndex()
        return self.createIndex(node - self._first[self._parents[node]], 0, node)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        if self._tree is None or parent.column() > 0:
            return 0
        node = self._node(parent)
        return self._shown[node] if node < len(self._shown) else 0

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 2

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return ("Key", "Value")[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._tree is None or not index.isValid():
            return None
        if role == Qt.ItemDataRole.SizeHintRole:
            return self._size
        node = index.internalId()
        kind = NODE_KINDS[self._tree.kinds[node]]
        if index.column() == 0:
            return self._key(node, role)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._value(node, kind).replace("\n", " ⏎ ")
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tree.values[node] or None
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._colors[kind]
        if role == Qt.ItemDataRole.FontRole:
            return self._mono
        return None

    def path(self, index: Index) -> str:
        """Return the keys that lead to a node, joined by dots."""
        keys: list[str] = []
        node = index.internalId() if index.isValid() and self._tree is not None else 0
        while node and self._tree is not None:
            keys.append(self._tree.keys[node])
            node = self._parents[node]
        return ".".join(reversed(keys))

    def index_of(self, node: int) -> QModelIndex:
        """Return the index of a node by its number; node 0 has none."""
        if not node:
            return QModelIndex()
        return self.createIndex(node - self._first[self._parents[node]], 0, node)

    def _key(self, node: int, role: int) -> Any:
        if self._tree is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._tree.keys[node]
        if role == Qt.ItemDataRole.FontRole:
            return self._mono
        in_array = NODE_KINDS[self._tree.kinds[self._parents[node]]] == "array"
        if role == Qt.ItemDataRole.ForegroundRole and in_array:
            return self._colors["null"]
        return None

    def _value(self, node: int, kind: str) -> str:
        count = self._counts[node]
        shown = self._shown[node]
        part = f", the first {shown:,} shown" if shown < count else ""
        if kind == "object":
            return f"{{{count:,} {'key' if count == 1 else 'keys'}{part}}}" if count else "{}"
        if kind == "array":
            return f"[{count:,} {'item' if count == 1 else 'items'}{part}]" if count else "[]"
        return self._tree.values[node] if self._tree is not None else ""

    def _node(self, index: Index) -> int:
        return index.internalId() if index.isValid() else 0

    def _restyle(self) -> None:
        self._mono = code_font(self._theme)
        self._size = QSize(0, self._theme.px(_ROW_HEIGHT))
        self._colors = {kind: self._theme.color(token) for kind, token in _TOKENS.items()}
        self.layoutChanged.emit()
