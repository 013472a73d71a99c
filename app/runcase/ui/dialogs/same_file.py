"""Chooses the runs in which the same file is compared."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from runcase.itemmodels import formats
from runcase.store.artifact_places import FileOfRun
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import label

_FIRST = 3  # runs that are ticked when the dialog opens
_RUN = int(Qt.ItemDataRole.UserRole) + 1


class SameFile(QDialog):
    """Lists the other runs that have the file; `chosen` carries the ids of those to compare."""

    chosen = Signal(list)

    def __init__(
        self, theme: Theme, path: str, found: Sequence[FileOfRun], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Compare Same File In")
        self.resize(theme.px(460), theme.px(420))
        title = label(path, "mono")
        many = label(f"{formats.counted(len(found), 'other run')} have this file:", "text2")
        self.runs = QListWidget()
        self.runs.setAccessibleName("Runs")
        for at, each in enumerate(found):
            item = QListWidgetItem(f"{each.place.name}   {formats.size(each.size)}")
            item.setData(_RUN, each.place.run_id)
            item.setToolTip(f"{each.place.run_id}\nmodified {formats.moment(each.modified)}")
            item.setCheckState(Qt.CheckState.Checked if at < _FIRST else Qt.CheckState.Unchecked)
            self.runs.addItem(item)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._compare = buttons.addButton("Compare", QDialogButtonBox.ButtonRole.AcceptRole)
        self._compare.setProperty("kind", "primary")
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        self.runs.itemChanged.connect(self._update)
        layout = QVBoxLayout(self)
        for widget in (title, many, self.runs, buttons):
            layout.addWidget(widget)
        self.runs.setFocus()

    def ticked(self) -> list[str]:
        """Return the ids of the runs that are ticked."""
        items = [self.runs.item(at) for at in range(self.runs.count())]
        return [
            str(each.data(_RUN)) for each in items if each.checkState() == Qt.CheckState.Checked
        ]

    def _update(self) -> None:
        self._compare.setEnabled(bool(self.ticked()))

    def _accept(self) -> None:
        self.chosen.emit(self.ticked())
        self.accept()
