"""Copies a view: the person ticks the experiments that get it, among as many as there are."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFrame, QLineEdit, QListView, QVBoxLayout, QWidget

from runcase.itemmodels import formats
from runcase.ui.theme import Theme
from runcase.ui.widgets.basics import button, label, row
from runcase.ui.widgets.tick_model import Choice, TickModel


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
        ordered = sorted(experiments, key=lambda pair: (pair[1].casefold(), pair[0]))
        self.model = TickModel([_choice(*each) for each in ordered], theme.px(26), self)
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


def _choice(experiment_id: str, name: str) -> Choice:
    tip = formats.excerpt(f"{name}\n{experiment_id}")
    return Choice(experiment_id, formats.one_line(name), tip, f"{name} {experiment_id}")


def framed(view: QWidget) -> QFrame:
    """Return a view within a border."""
    frame = QFrame()
    frame.setObjectName("card")
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(1, 1, 1, 1)
    layout.addWidget(view)
    return frame
