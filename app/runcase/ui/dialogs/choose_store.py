"""Lets the person choose among the stores of a folder."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from runcase.itemmodels import formats
from runcase.store.locate import Candidate, LocatedKind
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import button, label, row


class ChooseStore(QDialog):
    """Lists stores with their run counts, the fullest first; `chosen` carries a path."""

    chosen = Signal(str)

    def __init__(
        self, theme: Theme, stores: Sequence[Candidate], now_ms: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Choose a Store")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(theme.px(560), theme.px(320))
        self.stores = QListWidget()
        self.stores.setAccessibleName("Stores in this folder")
        self.stores.setSpacing(3)
        for each in stores:
            runs = each.error or formats.counted(each.runs, "run")
            newest = f" · newest {formats.age(each.newest, now_ms)}" if each.newest else ""
            kind = "file store" if each.kind is LocatedKind.FILE_STORE else "database"
            item = QListWidgetItem(f"{each.path.name} · {kind} · {runs}{newest}\n{each.path}")
            item.setData(Qt.ItemDataRole.UserRole, str(each.path))
            self.stores.addItem(item)
        self.stores.setCurrentRow(0)
        self.stores.itemActivated.connect(self._accept)
        accept = button("Open", "primary", self._accept)
        accept.setDefault(True)
        layout = QVBoxLayout(self)
        layout.addWidget(label(f"This folder holds {len(stores)} MLflow stores", "heading"))
        layout.addWidget(self.stores, 1)
        layout.addLayout(row(1, button("Cancel", "", self.reject), accept))

    def _accept(self) -> None:
        item = self.stores.currentItem()
        if item is not None:
            self.chosen.emit(str(item.data(Qt.ItemDataRole.UserRole)))
        self.accept()
