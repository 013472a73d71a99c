"""Choices that match a search, each with a tick: columns of a chart, experiments of a view."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
)

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Choice:
    """One line: what it is known by, what is written, its tooltip, and what a search looks in."""

    id: str
    text: str
    tip: str
    words: str


class TickModel(QAbstractListModel):
    """`ticked` has the ids in the order of their ticks, those that do not match included."""

    def __init__(
        self, choices: Sequence[Choice], row_height: int = 0, parent: QObject | None = None
    ) -> None:
        """Offer choices; a row is as high as its text, or `row_height` pixels."""
        super().__init__(parent)
        self._size = QSize(0, row_height) if row_height else None
        self._every = list(choices)
        self._shown = list(choices)
        self.ticked: dict[str, None] = {}

    def search(self, text: str) -> None:
        """Show the choices that hold every word of the text."""
        words = text.casefold().split()
        self.beginResetModel()
        self._shown = [
            each for each in self._every if all(word in each.words.casefold() for word in words)
        ]
        self.endResetModel()

    def choose(self, choices: Sequence[Choice]) -> None:
        """Tick these alone, and put them first; those that were not offered are added."""
        self.beginResetModel()
        self.ticked = dict.fromkeys(each.id for each in choices)
        self._every = [*choices, *(each for each in self._every if each.id not in self.ticked)]
        self._shown = list(self._every)
        self.endResetModel()

    def tick(self, choice_id: str, ticked: bool) -> None:
        """Tick a choice that is shown, or take its tick away."""
        for at, each in enumerate(self._shown):
            if each.id == choice_id:
                self._set(each, ticked)
                self.dataChanged.emit(self.index(at), self.index(at))

    def tick_shown(self, ticked: bool) -> None:
        """Tick all that match the search, or take their ticks away."""
        for each in self._shown:
            self._set(each, ticked)
        if self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own signature
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        each = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return each.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return each.tip
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if each.id in self.ticked else Qt.CheckState.Unchecked
        return self._size if role == Qt.ItemDataRole.SizeHintRole else None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        self._set(self._shown[index.row()], Qt.CheckState(value) == Qt.CheckState.Checked)
        self.dataChanged.emit(index, index)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsUserCheckable

    def _set(self, each: Choice, ticked: bool) -> None:
        if ticked:
            self.ticked[each.id] = None
        else:
            self.ticked.pop(each.id, None)
