"""Copies a view: the person ticks the experiments that get it, among as many as there are."""

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
from PySide6.QtWidgets import QDialog, QFrame, QLineEdit, QListView, QVBoxLayout, QWidget

from runcase.itemmodels import formats
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import button, label, row

Index = QModelIndex | QPersistentModelIndex


class ExperimentsModel(QAbstractListModel):
    """Experiments, as (id, name), that match a search, with a tick each."""

    def __init__(
        self,
        experiments: Sequence[tuple[str, str]],
        row_height: int,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._size = QSize(0, row_height)
        self._every = sorted(experiments, key=lambda pair: (pair[1].casefold(), pair[0]))
        self._shown = list(self._every)
        self.ticked: dict[str, None] = {}

    def search(self, text: str) -> None:
        """Show the experiments whose name or id holds every word of the text."""
        words = text.casefold().split()
        self.beginResetModel()
        self._shown = [
            each
            for each in self._every
            if all(word in f"{each[1]} {each[0]}".casefold() for word in words)
        ]
        self.endResetModel()

    def tick_shown(self, ticked: bool) -> None:
        """Tick all that match the search, or take their ticks away."""
        for experiment_id, _ in self._shown:
            if ticked:
                self.ticked[experiment_id] = None
            else:
                self.ticked.pop(experiment_id, None)
        if self._shown:
            self.dataChanged.emit(self.index(0), self.index(len(self._shown) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own signature
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        experiment_id, name = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return formats.one_line(name)
        if role == Qt.ItemDataRole.CheckStateRole:
            ticked = experiment_id in self.ticked
            return Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.SizeHintRole:
            return self._size
        if role == Qt.ItemDataRole.ToolTipRole:
            return formats.excerpt(f"{name}\n{experiment_id}")
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        experiment_id, _ = self._shown[index.row()]
        if Qt.CheckState(value) == Qt.CheckState.Checked:
            self.ticked[experiment_id] = None
        else:
            self.ticked.pop(experiment_id, None)
        self.dataChanged.emit(index, index)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        return (
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsUserCheckable
        )


class CopyView(QDialog):
    """Chooses experiments; `chosen` carries their ids when the person accepts."""

    chosen = Signal(list)

    def __init__(
        self,
        theme: Theme,
        view: str,
        experiments: Sequence[tuple[str, str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Copy “{formats.one_line(view)}” to Experiments")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(theme.px(440), theme.px(460))
        self.model = ExperimentsModel(experiments, theme.px(26), self)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search experiments")
        self.search.setAccessibleName("Search experiments")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self.model.search)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName("Experiments")
        self._count = label("", "small-muted")
        every = button("Tick Found", "small", lambda: self.model.tick_shown(True))
        none = button("Untick Found", "small", lambda: self.model.tick_shown(False))
        self.accept_button = button("Copy View", "primary", self._accept)
        self.accept_button.setDefault(True)
        self.model.dataChanged.connect(self._recount)
        self.model.modelReset.connect(self._recount)
        for each in (every, none):
            each.setAutoDefault(False)
        note = label(
            "A view of the same name there is replaced. Columns without values stay empty."
        )
        note.setProperty("role", "small-muted")
        note.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(16),) * 4)
        layout.setSpacing(theme.px(10))
        layout.addWidget(self.search)
        layout.addLayout(row(self._count, 1, every, none))
        layout.addWidget(framed(self.list), 1)
        layout.addWidget(note)
        layout.addLayout(row(1, button("Cancel", "", self.reject), self.accept_button))
        self._recount()

    def _recount(self) -> None:
        found, ticked = self.model.rowCount(), len(self.model.ticked)
        self._count.setText(f"{formats.count(found)} found · {formats.count(ticked)} ticked")
        self.accept_button.setEnabled(bool(ticked))

    def _accept(self) -> None:
        self.chosen.emit(list(self.model.ticked))
        self.accept()


def framed(view: QWidget) -> QFrame:
    """Return a view within a border."""
    frame = QFrame()
    frame.setObjectName("card")
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(1, 1, 1, 1)
    layout.addWidget(view)
    return frame
