"""Save View As: a name for how the table looks now."""

from collections.abc import Collection

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QLineEdit, QVBoxLayout, QWidget

from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import button, label, row

_LONGEST = 120  # characters of a name


class SaveView(QDialog):
    """Asks for a name; `chosen` carries it, and whether the view is to be the default."""

    chosen = Signal(str, bool)

    def __init__(
        self,
        theme: Theme,
        names: Collection[str],
        proposed: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Save View As")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(theme.px(420))
        self._names = frozenset(names)
        self.name = QLineEdit(proposed)
        self.name.setMaxLength(_LONGEST)
        self.name.setPlaceholderText("Name of the view")
        self.name.setAccessibleName("Name of the view")
        self.name.selectAll()
        self.name.textChanged.connect(self._changed)
        self.default = QCheckBox("The experiment begins with this view")
        self.note = label("", "small-muted")
        self.note.setWordWrap(True)
        self.accept_button = button("Save", "primary", self._accept)
        self.accept_button.setDefault(True)
        kept = label("Columns, sort, groups, filter and charts, kept on this machine.", "text2")
        kept.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(16),) * 4)
        layout.setSpacing(theme.px(10))
        layout.addWidget(kept)
        layout.addWidget(self.name)
        layout.addWidget(self.default)
        layout.addWidget(self.note)
        layout.addStretch(1)
        layout.addLayout(row(1, button("Cancel", "", self.reject), self.accept_button))
        self._changed()

    def _changed(self) -> None:
        name = self.name.text().strip()
        taken = name in self._names
        self.note.setText("There is a view of this name; it will be replaced." if taken else "")
        self.accept_button.setText("Replace" if taken else "Save")
        self.accept_button.setEnabled(bool(name))

    def _accept(self) -> None:
        name = self.name.text().strip()
        if name:
            self.chosen.emit(name, self.default.isChecked())
            self.accept()
