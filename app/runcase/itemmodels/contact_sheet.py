"""Pictures side by side: a flat list of files with a title each."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from runcase.itemmodels.artifacts import mime_of

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class SheetItem:
    """One file: `key` is what its owner calls it."""

    key: str
    title: str
    path: Path
    tip: str = ""


class SheetModel(QAbstractListModel):
    """The files of a sheet; they are dragged out of it as files."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.items: Sequence[SheetItem] = ()

    def show(self, items: Sequence[SheetItem]) -> None:
        """Show other files; more of the same ones are added at the end."""
        known = len(self.items)
        if known and list(items[:known]) == list(self.items):
            if len(items) > known:
                self.beginInsertRows(QModelIndex(), known, len(items) - 1)
                self.items = tuple(items)
                self.endInsertRows()
            return
        self.beginResetModel()
        self.items = tuple(items)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own signature
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.items):
            return None
        item = self.items[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return item.title
        return item.tip or str(item.path) if role == Qt.ItemDataRole.ToolTipRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else flags

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        return mime_of([self.items[each.row()].path for each in indexes])

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction
