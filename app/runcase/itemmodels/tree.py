"""The base of all tree models: nodes by integer id, so that no index carries a pointer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex


@dataclass(slots=True)
class Node:
    """One row: `key` is stable across refreshes, `data` holds values by role."""

    key: str
    data: dict[int, Any] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)
    selectable: bool = True
    parent: int = -1
    row: int = 0


class TreeModel(QAbstractItemModel):
    """A tree of nodes in memory.

    `internalId` is a node's number: `internalPointer` on such an index would be a segfault.
    """

    def __init__(self, columns: Sequence[str] = ("",), parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self._nodes: list[Node] = []
        self._roots: list[int] = []
        self._numbers: dict[str, int] = {}
        self._children: list[list[int]] = []

    def set_roots(self, roots: Sequence[Node]) -> None:
        """Show another tree; resets the model unless only values changed."""
        flat, children, tops = _flatten(roots)
        if [(n.key, n.parent) for n in flat] == [(n.key, n.parent) for n in self._nodes]:
            self._nodes = flat
            for number in range(len(flat)):
                index = self.index_of(number)
                self.dataChanged.emit(index, index.siblingAtColumn(len(self._columns) - 1))
            return
        self.beginResetModel()
        self._nodes, self._children, self._roots = flat, children, tops
        self._numbers = {node.key: number for number, node in enumerate(flat)}
        self.endResetModel()

    def find(self, key: str) -> QModelIndex:
        """Return the index of a key, invalid if there is none."""
        number = self._numbers.get(key)
        return QModelIndex() if number is None else self.index_of(number)

    def index_of(self, number: int, column: int = 0) -> QModelIndex:
        """Return the index of a node's number."""
        return self.createIndex(self._nodes[number].row, column, number)

    def node(self, index: Index) -> Node | None:
        """Return the node behind an index, None for an invalid one."""
        if not index.isValid() or index.internalId() >= len(self._nodes):
            return None
        return self._nodes[index.internalId()]

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008 -- Qt's own signature
        siblings = self._children[parent.internalId()] if parent.isValid() else self._roots
        if 0 <= row < len(siblings) and 0 <= column < len(self._columns):
            return self.createIndex(row, column, siblings[row])
        return QModelIndex()

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008 -- QObject.parent() shares the name
        node = self.node(index)
        if node is None or node.parent < 0:
            return QModelIndex()
        return self.index_of(node.parent)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own signature
        if parent.column() > 0:
            return 0
        if not parent.isValid():
            return len(self._roots)
        return len(self._children[parent.internalId()])

    def columnCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own signature
        return len(self._columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        node = self.node(index)
        if node is None:
            return None
        if index.column() and role == Qt.ItemDataRole.DisplayRole:
            texts = node.data.get(COLUMNS_ROLE, ())
            return texts[index.column() - 1] if index.column() <= len(texts) else None
        return node.data.get(role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        node = self.node(index)
        if node is None:
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled
        return flags | Qt.ItemFlag.ItemIsSelectable if node.selectable else flags


# A node's texts for the columns after the first, as a tuple.
COLUMNS_ROLE = int(Qt.ItemDataRole.UserRole) + 99


def _flatten(roots: Sequence[Node]) -> tuple[list[Node], list[list[int]], list[int]]:
    flat: list[Node] = []
    children: list[list[int]] = []
    tops: list[int] = []

    waiting = [(root, -1, row) for row, root in reversed(list(enumerate(roots)))]
    while waiting:
        node, parent, row = waiting.pop()
        number = len(flat)
        node.parent, node.row = parent, row
        flat.append(node)
        children.append([])
        (tops if parent < 0 else children[parent]).append(number)
        waiting += [(child, number, at) for at, child in reversed(list(enumerate(node.children)))]
    return flat, children, tops
